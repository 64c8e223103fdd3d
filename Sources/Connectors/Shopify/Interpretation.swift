package import Connect
import Domain
import Foundation

/// What a topic's body is (§3.1).
enum TopicMeaning: Sendable, Equatable {
    /// A whole order, REST-shaped.
    case order
    /// A whole order, GraphQL-shaped, read by us.
    case node
    /// Something of an order changed and the body says of which: fetch it.
    case change
    case deleted, uninstalled, privacyRequest, other

    static func of(_ topic: String) -> TopicMeaning {
        switch topic {
        case "orders/updated", "orders/create", "orders/cancelled", "orders/paid", "orders/fulfilled", "orders/partially_fulfilled": .order
        case ShopifyConnector.nodeTopic: .node
        case "orders/delete": .deleted
        case "app/uninstalled": .uninstalled
        case "customers/data_request", "customers/redact", "shop/redact": .privacyRequest
        default:
            ["orders/", "refunds/", "fulfillments/", "fulfillment_events/", "order_transactions/", "returns/"].contains { topic.hasPrefix($0) } ? .change : .other
        }
    }
}

extension ShopifyConnector: InterpretsDeliveries {
    package func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        switch TopicMeaning.of(delivery.topic) {
        case .order: [try order(try Self.decode(WebhookOrder.self, delivery.body).reading, of: delivery)]
        case .node: [try order(try Self.decode(NodeOrder.self, delivery.body).reading, of: delivery)]
        case .change: [try change(delivery)]
        case .deleted: [try deletion(delivery)]
        case .uninstalled: [.channelLost(reason: "the app was uninstalled from \(settings.shop); install it again and authorise the channel")]
        case .privacyRequest: [.ignored(reason: "privacy request (\(delivery.topic)): a person has to answer it")]
        case .other:
            if delivery.topic.isEmpty { throw .notUnderstood(field: "X-Shopify-Topic", found: "") } else { [.ignored(reason: "\(delivery.topic.cut(80)) says nothing of an order")] }
        }
    }

    private func order(_ reading: OrderReading, of delivery: StoredDelivery) throws(ConnectorError) -> Interpretation {
        if reading.isTest, !settings.includesTestOrders { return .ignored(reason: "a test order; set includeTestOrders to take it") }
        if settings.fetchesAfterWebhook, delivery.origin == .webhook {
            return .fetch(reading.id, hint: reading.updatedAt.flatMap { Timestamp(rfc3339: $0) })
        }
        let wasRead = delivery.origin == .fetch || delivery.origin == .poll || delivery.origin == .reconciliation
        return .order(try reading.snapshot(counter: wasRead ? 0 : Self.counter(delivery), wasRead: wasRead, cashOnDelivery: settings.codGateways))
    }

    private func change(_ delivery: StoredDelivery) throws(ConnectorError) -> Interpretation {
        let change = try Self.decode(ChangeBody.self, delivery.body)
        guard let order = change.orderID else {
            guard TopicMeaning.hasOrderByContract(delivery.topic) else { return .ignored(reason: "\(delivery.topic.cut(80)) names no order") }
            throw .notUnderstood(field: "order_id", found: "")
        }
        return .fetch(order, hint: change.at)
    }

    private func deletion(_ delivery: StoredDelivery) throws(ConnectorError) -> Interpretation {
        guard let id = try Self.decode(DeletedBody.self, delivery.body).id else { throw .notUnderstood(field: "id", found: "") }
        let at = delivery.headers[KeptHeader.triggeredAt].flatMap { Timestamp(rfc3339: $0) } ?? delivery.receivedAt
        return .cancelled(id, at: at, counter: Self.counter(delivery), reason: "deleted at the shop")
    }

    /// Triggered-At in nanoseconds since 1970, 0 where the header is missing: it orders deliveries that share a whole-second `updated_at` (§3.5).
    static func counter(_ delivery: StoredDelivery) -> Int64 {
        guard let text = delivery.headers[KeptHeader.triggeredAt] else { return 0 }
        return nanoseconds(text) ?? 0
    }

    /// `2026-11-06T03:12:44.118204377Z` with up to nine fraction digits.
    static func nanoseconds(_ text: String) -> Int64? {
        guard let time = Timestamp(rfc3339: text), abs(time.milliseconds) < 9_000_000_000_000 else { return nil }
        var fraction: Int64 = 0, digits = 0
        if let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) {
            for byte in text.utf8[point...].dropFirst() {
                guard (48...57).contains(byte), digits < 9 else { break }
                fraction = fraction * 10 + Int64(byte - 48)
                digits += 1
            }
        }
        for _ in digits..<9 { fraction *= 10 }
        let seconds = (time.milliseconds - (time.milliseconds % 1000 + 1000) % 1000) / 1000
        return seconds * 1_000_000_000 + fraction
    }

    /// Reads a body. The error names the field and never holds the body's words.
    static func decode<Body: Decodable>(_ type: Body.Type, _ body: [UInt8]) throws(ConnectorError) -> Body {
        do { return try JSONDecoder().decode(type, from: Data(body)) } catch let error as DecodingError {
            throw .notUnderstood(field: error.path, found: error.problem)
        } catch {
            throw .notUnderstood(field: "body", found: "no JSON")
        }
    }
}

extension TopicMeaning {
    /// Topics whose bodies always name their order; others of the family may not (§3.1).
    static func hasOrderByContract(_ topic: String) -> Bool {
        topic == "orders/edited" || topic == "refunds/create" || topic == "fulfillments/create" || topic == "fulfillments/update" || topic == "fulfillment_events/create"
    }
}

/// `{"order_edit":{"order_id":…}}`, a refund, a fulfilment or one of its events.
private struct ChangeBody: Decodable {
    var orderID: String?, at: Timestamp?
    private enum Key: String, CodingKey { case order_id, order_edit, updated_at, created_at }

    init(from decoder: any Decoder) throws {
        let body = try decoder.container(keyedBy: Key.self)
        let edit = body.object(.order_edit, Key.self)
        orderID = body.identifier(.order_id) ?? edit?.identifier(.order_id)
        let text = body.text(.updated_at) ?? body.text(.created_at) ?? edit?.text(.created_at)
        at = text.flatMap { Timestamp(rfc3339: $0) }
    }
}

private struct DeletedBody: Decodable {
    var id: String?
    private enum Key: String, CodingKey { case id }
    init(from decoder: any Decoder) throws { id = try decoder.container(keyedBy: Key.self).identifier(.id) }
}

extension DecodingError {
    private var context: Context? {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context), .dataCorrupted(let context): context
        @unknown default: nil
        }
    }
    var path: String {
        let path = (context?.codingPath ?? []).map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        return path.isEmpty ? "body" : path
    }
    /// What is wrong, without what was found: it may be a buyer's.
    var problem: String {
        switch self {
        case .typeMismatch: "a value of another kind"
        case .valueNotFound, .keyNotFound: "nothing"
        case .dataCorrupted: context?.codingPath.isEmpty == false ? "a value that cannot be read" : "no readable JSON"
        @unknown default: "a value that cannot be read"
        }
    }
}
