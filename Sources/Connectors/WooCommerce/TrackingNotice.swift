import Connect
import Domain
import Foundation

/// Where a shop keeps tracking numbers (platforms/woocommerce.md §6.3).
enum TrackingWay: Equatable {
    case plugin(TrackingPlugin)
    /// The order meta both plugins read, written by ourselves.
    case meta
    /// A note that is mailed to the buyer.
    case note
}

/// The two plugins whose API is known, the better known first.
enum TrackingPlugin: CaseIterable {
    case shipmentTracking
    /// Advanced Shipment Tracking; its API is known from its users only.
    case advanced

    var namespace: String {
        switch self {
        case .shipmentTracking: "wc-shipment-tracking/v3"
        case .advanced: "wc-ast/v3"
        }
    }

    struct Entry: Encodable, Equatable {
        var provider: String?
        var customProvider: String?
        var customLink: String?
        var number: String
        var dateShipped: String
        var statusShipped: Int?
        enum CodingKeys: String, CodingKey {
            case provider = "tracking_provider", customProvider = "custom_tracking_provider", customLink = "custom_tracking_link"
            case number = "tracking_number", dateShipped = "date_shipped", statusShipped = "status_shipped"
        }
    }

    func entry(_ notice: TrackingNotice, number: String) -> Entry {
        switch self {
        case .shipmentTracking:
            Entry(customProvider: notice.carrier, customLink: notice.link, number: number, dateShipped: notice.day)
        case .advanced: Entry(provider: notice.carrier, number: number, dateShipped: notice.day, statusShipped: 1)
        }
    }
}

/// What there is to say of one shipment.
struct TrackingNotice: Sendable, Equatable {
    let carrier: String
    let link: String?
    /// The tracking numbers, or our reference where the carrier gave none.
    let marks: [String]
    let hasNumbers: Bool
    let shippedOn: Timestamp

    init(_ shipment: Shipment, shippedOn: Timestamp) {
        carrier = shipment.carrier
        link = shipment.trackingURL
        var numbers: [String] = []
        for number in [shipment.trackingNumber] + shipment.parcels.map(\.trackingNumber) {
            if let number = number?.trimmedOrNil, !numbers.contains(number) { numbers.append(number) }
        }
        hasNumbers = !numbers.isEmpty
        marks = numbers.isEmpty ? [shipment.externalRef] : numbers
        self.shippedOn = shippedOn
    }

    /// `2026-11-06`, in UTC: the shop's own zone is not in its API.
    var day: String { String(shippedOn.description.prefix(10)) }

    func note(numbers: [String]) -> String {
        guard hasNumbers else { return "Shipped with \(carrier), reference \(marks.joined(separator: ", "))." }
        let noun = numbers.count == 1 ? "tracking number" : "tracking numbers"
        return "Shipped with \(carrier), \(noun) \(numbers.joined(separator: ", "))." + (link.map { " \($0)" } ?? "")
    }

    /// The whole mark, not a part of a longer number.
    static func mentions(_ mark: String, in note: String) -> Bool {
        var rest = note[...]
        while let found = rest.range(of: mark) {
            let before = found.lowerBound == note.startIndex ? nil : note[note.index(before: found.lowerBound)]
            let after = found.upperBound == note.endIndex ? nil : note[found.upperBound]
            let isPart = { (character: Character?) in character.map { $0.isLetter || $0.isNumber } ?? false }
            if !isPart(before), !isPart(after) { return true }
            rest = rest[found.upperBound...]
        }
        return false
    }

    /// An entry of `_wc_shipment_tracking_items`; its date is a unix time written as text.
    func metaItem(number: String) -> [String: String] {
        ["tracking_provider": "", "custom_tracking_provider": carrier, "custom_tracking_link": link ?? "", "tracking_number": number,
         "date_shipped": String(shippedOn.milliseconds / 1000), "tracking_id": "crossdock-\(number)"]
    }
}

struct WireTracking: Decodable, Sendable {
    var number: String?
    enum CodingKeys: String, CodingKey { case number = "tracking_number" }
    init(from decoder: any Decoder) throws { number = try decoder.container(keyedBy: CodingKeys.self).text(.number) }
}

struct WireNote: Decodable, Sendable {
    var note: String?
    enum CodingKeys: String, CodingKey { case note }
    init(from decoder: any Decoder) throws { note = try decoder.container(keyedBy: CodingKeys.self).text(.note) }
}

/// An order as far as acting on it needs it, with its tracking meta kept as it is.
struct OrderState {
    let status: String
    let trackingNumbers: [String]
    /// The id of the meta entry, so that a change hits this one and no double of its key.
    private let metaID: Int64?
    /// JSON of the entries there are: whatever a plugin put beside the number is written back.
    private let items: [[String: Any]]

    private static let metaKey = "_wc_shipment_tracking_items"

    init(_ answer: PlatformAnswer, isRead: Bool) throws(ConnectorError) {
        struct Head: Decodable { var id: Int64, status: String }
        let (head, bytes) = try AnswerReading.decode(Head.self, from: answer, isRead: isRead)
        status = head.status
        // It decoded a line above; meta that is no list of objects is nothing of ours.
        let order = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
        let meta = (order?["meta_data"] as? [[String: Any]] ?? []).first { $0["key"] as? String == Self.metaKey }
        metaID = (meta?["id"] as? NSNumber)?.int64Value
        if let keyed = meta?["value"] as? [String: Any] {
            items = keyed.sorted { $0.key < $1.key }.compactMap { $0.value as? [String: Any] }
        } else {
            items = meta?["value"] as? [[String: Any]] ?? []
        }
        trackingNumbers = items.compactMap { $0["tracking_number"] as? String }
    }

    /// The body of a PUT that adds entries to those there are.
    func trackingMeta(adding new: [[String: String]]) throws(ConnectorError) -> [UInt8] {
        var entry: [String: Any] = ["key": Self.metaKey, "value": items + new.map { $0 as [String: Any] }]
        if let metaID { entry["id"] = metaID }
        do {
            return [UInt8](try JSONSerialization.data(withJSONObject: ["meta_data": [entry]], options: [.sortedKeys]))
        } catch {
            throw .notUnderstood(field: Self.metaKey, found: "a value that cannot be written back")
        }
    }
}
