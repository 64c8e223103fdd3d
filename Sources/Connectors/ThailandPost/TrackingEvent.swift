import Connect
import Crypto
import Domain
import Foundation

/// One event of one parcel, as A and B write it (thailandpost.md §3, §4.1).
struct TrackingEvent: Sendable, Equatable {
    var barcode: String, status: String, writtenDate: String?, postcode: String?, deliveryStatus: String?
    var description: String?, detail: String?, deliveryDescription: String?, location: String?

    /// - Parameter key: the number under which a map holds the event; an event that names another is of that other.
    /// - Returns: nil for what names no parcel or no status.
    init?(_ json: JSONValue, under key: String? = nil) {
        guard let barcode = (json["barcode"]?.text ?? key)?.uppercased(), Self.isName(barcode), let status = json["status"]?.text, status.utf8.count <= Self.maximumCodeBytes else { return nil }
        self.barcode = barcode; self.status = status
        writtenDate = json["status_date"]?.text; postcode = json["postcode"]?.text?.cut(20); deliveryStatus = json["delivery_status"]?.text?.cut(20)
        description = json["status_description"]?.text?.cut(300); location = json["location"]?.text?.cut(100)
        // Later versions of the service write the detail in both ways (§4.1).
        detail = (json["status_detail"] ?? json["statusDetail"])?.text?.cut(300)
        deliveryDescription = json["delivery_description"]?.text?.cut(300)
    }

    private static let maximumCodeBytes = 40
    private static func isName(_ text: String) -> Bool { (1...60).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 32 && $0 != 127 } }

    var time: Timestamp? { writtenDate.flatMap { ThaiTime.read($0) } }

    /// `barcode|status|status_date as ISO 8601|postcode|delivery_status`, empty for null (§3). A date that is none stands as it was written.
    var receiptText: String { [barcode, status, time?.inBangkok ?? writtenDate ?? "", postcode ?? "", deliveryStatus ?? ""].joined(separator: "|") }
    var receiptKey: String { Self.digest(receiptText) }

    static func digest(_ text: String) -> String { digest(of: Array(text.utf8)) }
    /// Lower-case hex SHA-256.
    static func digest(of bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: SHA256.hash(data: bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Words for a person. The receiver's name and signature are in the body too, and stay there (§4.1).
    var note: String? {
        let words = [description, detail, deliveryDescription ?? deliveryStatus.flatMap { TrackingCode.undelivered[$0] }, location].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: " · ")
    }
}

/// What a body of A or B holds: `items` is an array in a push and a map by number in an answer (§3). Either is read in either place.
struct TrackingBody: Sendable {
    var events: [TrackingEvent] = []
    /// Items that name no parcel or no status, by their place.
    var unreadable: [String] = []
    /// The time of a push, to the minute.
    var writtenAt: Timestamp?

    /// - Returns: nil where there is no `items`.
    init?(_ json: JSONValue) {
        guard let items = json["items"] ?? json["response"]?["items"] else { return nil }
        writtenAt = (json["track_datetime"] ?? json["response"]?["track_datetime"])?.text.flatMap { ThaiTime.read($0) }
        if let list = items.list {
            for (index, item) in list.enumerated() { add(item, under: nil, place: "\(index)") }
        } else if let map = items.object {
            for (number, value) in map.sorted(by: { $0.key < $1.key }) {
                for (index, item) in (value.list ?? [value]).enumerated() where item != .null { add(item, under: number, place: "\(number.cut(40))[\(index)]") }
            }
        } else { return nil }
    }

    private mutating func add(_ item: JSONValue, under key: String?, place: String) {
        if let event = TrackingEvent(item, under: key) { events.append(event) } else { unreadable.append(place) }
    }

    /// The events of each parcel in the order of their first mention.
    var byParcel: [(barcode: String, events: [TrackingEvent])] {
        var places: [String: Int] = [:], parcels: [(barcode: String, events: [TrackingEvent])] = []
        for event in events {
            if let place = places[event.barcode] { parcels[place].events.append(event) } else { places[event.barcode] = parcels.count; parcels.append((event.barcode, [event])) }
        }
        return parcels
    }
}
