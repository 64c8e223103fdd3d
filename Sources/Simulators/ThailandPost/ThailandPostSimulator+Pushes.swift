package import Foundation
package import SimulatorKit
import Synchronization

/// Pushes that a well-kept post or a careless one sends (thailandpost.md §3, §11).
package enum PushOddity: String, Sendable, CaseIterable {
    /// The last event twice.
    case duplicate
    /// The last two events, the later one first.
    case reversed
    case wrongBearer
    case missingBearer
    /// A Gregorian year in a Thai push.
    case gregorianYear
    case unknownStatus
    case unknownFields
    /// The first event again, after newer ones.
    case stale
    /// A number nobody booked.
    case foreignNumber
    /// No items.
    case empty
    /// Not JSON.
    case malformed
}

extension ThailandPostSimulator {
    package var pushCounters: WebhookCounters { sender.counters }
    /// Waits until every push was acknowledged or given up; delayed ones are not waited for.
    package func idle() async { await sender.idle() }
    /// Holds pushes back until `releasePushes`.
    package func holdPushes() { sender.pause() }
    package func releasePushes() { sender.resume() }

    /// The bytes of a push with the last event of each of these parcels, and its headers: for tests without a network.
    package func pushDelivery(of barcodes: [String], language: PostLanguage = .thai) -> (headers: [(name: String, value: String)], body: Data) {
        let push = PlannedPush(items: lastEvents(of: barcodes), language: language)
        return (headers(bearer: bearer), body(of: push))
    }

    /// One push with the last event of each of these parcels, subscribed to or not.
    package func push(_ barcodes: [String], language: PostLanguage = .thai) { send(PlannedPush(items: lastEvents(of: barcodes), language: language)) }

    /// Pushes about this parcel in an odd way; the parcel itself does not change.
    package func push(_ oddity: PushOddity, of barcode: String) {
        guard let known = consignment(barcode), let first = known.events.first, let last = known.events.last else { return }
        let plain = PlannedPush(items: [PushItem(barcode: barcode, event: last)], language: .thai)
        switch oddity {
        case .duplicate:
            send(plain)
            send(plain)
        case .reversed: for event in known.events.suffix(2).reversed() { send(PlannedPush(items: [PushItem(barcode: barcode, event: event)], language: .thai)) }
        case .wrongBearer: send(body(of: plain), bearer: "wrong")
        case .missingBearer: send(body(of: plain), bearer: nil)
        case .gregorianYear: send(body(of: plain, isGregorian: true), bearer: bearer)
        case .unknownStatus:
            var event = last
            event.status = "999"
            send(PlannedPush(items: [PushItem(barcode: barcode, event: event)], language: .thai))
        case .unknownFields: send(body(of: plain, extras: ["x_new": ["deep": [1, 2]]]), bearer: bearer)
        case .stale: send(PlannedPush(items: [PushItem(barcode: barcode, event: first)], language: .thai))
        case .foreignNumber:
            guard let foreign = S10.number(prefix: "EY", serial: 99_000_001) else { return }
            send(PlannedPush(items: [PushItem(barcode: foreign, event: last)], language: .thai))
        case .empty: send(PlannedPush(items: [], language: .thai))
        case .malformed: send(Data(#"{"items":[{"barc"#.utf8), bearer: bearer)
        }
    }

    private func lastEvents(of barcodes: [String]) -> [PushItem] {
        barcodes.compactMap { barcode in consignment(barcode)?.events.last.map { PushItem(barcode: barcode, event: $0) } }
    }

    // MARK: On the wire

    /// Rendered once; a retry repeats the bytes.
    func send(_ push: PlannedPush) { send(body(of: push), bearer: bearer) }

    private var bearer: String { state.withLock { $0.settings.webhookBearer } }

    private func send(_ body: Data, bearer: String?) {
        let id = SimulatorSignature.sha256(body).hex
        sender.enqueue(WebhookDelivery(id: id, subscription: "push") { [weak self] attempt in
            guard let self, let url = self.state.withLock({ $0.settings.webhookURL }) else { return nil }
            let bytes = attempt.wantsMalformedBody ? Data(body.prefix(body.count / 2)) : body
            return WebhookRequest(url: url, headers: self.headers(bearer: attempt.wantsBadSignature ? "wrong" : bearer), body: bytes)
        })
    }

    private func headers(bearer: String?) -> [(name: String, value: String)] {
        [("Content-Type", "application/json")] + (bearer.map { [("Authorization", "Bearer \($0)")] } ?? [])
    }

    /// `items` is a list here, a map in A; `track_datetime` has minutes only.
    private func body(of push: PlannedPush, extras: [String: PostJSON] = [:], isGregorian: Bool = false) -> Data {
        state.withLock { state in
            var view = state
            if isGregorian { view.settings.usesGregorianYearInThai = true }
            let items = push.items.map { PostJSON.object(view.item($0, push.language, withExtras: true).merging(extras) { $1 }) }
            let moment = ThaiTime.minute(view.now, buddhist: view.isBuddhist(push.language))
            return PostReply.json(.object(extras.merging(["items": .array(items), "track_datetime": .string(moment)]) { $1 })).body
        }
    }
}
