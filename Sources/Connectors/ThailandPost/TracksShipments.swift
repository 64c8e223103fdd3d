package import Connect
import Domain
import Foundation

extension ThailandPostConnector: TracksShipments {
    /// 100 numbers a call in the older clients, 1 000 in the text of 2023: the smaller one always works (thailandpost.md §4.1).
    package var trackingBatch: Int { 100 }
    package var trackingInterval: Duration { .seconds(settings.trackingHours * 3600) }

    static let topic = "tracking"

    /// `track`'s body: the list is called `barcode`, singular (§4.1).
    struct Track: Encodable, Sendable {
        var barcode: [String]
        var status = "all", language = "TH"
    }

    /// Every parcel's whole history, one body a parcel: an answer that holds nothing new has the receipt key of the last one. A number that A does not know gives no body.
    ///
    /// - Throws: `.throttled` until midnight in Bangkok where the day's quota is used up to 95 %.
    package func track(_ trackingNumbers: [String]) async throws(ConnectorError) -> [FetchedBody] {
        var bodies: [FetchedBody] = [], rest = trackingNumbers[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(trackingBatch))
            rest = rest.dropFirst(trackingBatch)
            try tracking.quota.reserve(batch.count, now: context.now())
            bodies += try fetched(try await tracking.call("track", Track(barcode: batch)))
        }
        await subscribe([])
        return bodies
    }

    private func fetched(_ answer: JSONValue) throws(ConnectorError) -> [FetchedBody] {
        guard let items = answer["response"]?["items"] else { throw .unreachable(reason: "Track & Trace answered without items") }
        var parcels: [String: JSONValue] = [:]
        if let map = items.object {
            parcels = map
        } else if let list = items.list {
            // As in a push; nothing of it may be lost.
            for item in list { let number = item["barcode"]?.text ?? ""; parcels[number] = .list((parcels[number]?.list ?? []) + [item]) }
        } else { throw .notUnderstood(field: "response.items", found: "neither a map nor a list") }
        var bodies: [FetchedBody] = []
        for (number, events) in parcels.sorted(by: { $0.key < $1.key }) where events != .null && events != .list([]) {
            let one = JSONValue.object(["response": .object(["items": .object([number: events])])])
            bodies.append(try Self.body(one))
        }
        return bodies
    }

    private static func body(_ json: JSONValue) throws(ConnectorError) -> FetchedBody {
        let bytes: [UInt8]
        do { bytes = Array(try JSONEncoder.crossdock.encode(json)) } catch { throw .notUnderstood(field: "response.items", found: "a value that JSON cannot hold") }
        let read = TrackingBody(json), events = read?.events ?? []
        // What is not readable has its bytes for a key, and becomes a problem for a person when it is interpreted.
        let key = events.isEmpty || read?.unreadable.isEmpty == false ? nil : "tracking:" + TrackingEvent.digest(events.map(\.receiptText).joined(separator: "\n"))
        return FetchedBody(topic: topic, body: bytes, receiptKey: key)
    }
}
