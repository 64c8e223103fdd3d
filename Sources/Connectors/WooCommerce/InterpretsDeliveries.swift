package import Connect
import Domain
import Foundation

extension WooCommerceConnector: InterpretsDeliveries {
    /// The topic under which orders that we asked for ourselves enter the journal.
    static let readTopic = "order.read"

    package func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        switch delivery.topic {
        case "order.created", "order.updated", "order.restored", Self.readTopic: [try order(delivery)]
        // The body has no time, deliveries have no order and may come hours late (§3.4): the order may have been restored meanwhile. So it is asked for:
        // the trash answers with the status `trash` and its time, and what was deleted for good is not found.
        case "order.deleted": [.fetch(try deletedID(delivery), hint: nil)]
        case let topic where topic.hasPrefix("action."): [try action(delivery)]
        // A post-stored shop announces a trashed order under product.deleted too, with the order's id (platforms/woocommerce.md §3.4).
        case let topic where ["product.", "coupon.", "customer."].contains(where: { topic.hasPrefix($0) }): [.ignored(reason: "\(topic) says nothing of an order")]
        default: throw .notUnderstood(field: "X-WC-Webhook-Topic", found: delivery.topic.cut(60))
        }
    }

    var reading: OrderReading { OrderReading(statuses: statuses, codMethods: settings.codMethods, completedMeans: settings.completedMeans) }

    private func order(_ delivery: StoredDelivery) throws(ConnectorError) -> Interpretation {
        let body = Data(delivery.body)
        let wire: WireOrder
        do {
            wire = try JSONDecoder().decode(WireOrder.self, from: body)
        } catch {
            if let lost = try Self.lostChannel(body) { return lost }
            throw Self.notUnderstood(error)
        }
        guard wire.id > 0 else { throw .notUnderstood(field: "id", found: String(wire.id)) }
        let wasRead = switch delivery.origin {
        case .poll, .fetch, .reconciliation: true
        case .webhook, .file, .api: false
        }
        return .order(try reading.snapshot(of: wire, seenAt: delivery.askedAt ?? delivery.receivedAt, wasRead: wasRead))
    }

    /// Trashed or deleted orders are announced by their id alone (§3.4).
    private func deletedID(_ delivery: StoredDelivery) throws(ConnectorError) -> ExternalID {
        struct Body: Decodable { var id: Int64 }
        do {
            let id = try JSONDecoder().decode(Body.self, from: Data(delivery.body)).id
            guard id > 0 else { throw ConnectorError.notUnderstood(field: "id", found: String(id)) }
            return String(id)
        } catch {
            throw Self.notUnderstood(error)
        }
    }

    /// `{"action":"woocommerce_order_status_completed","arg":9301}`: only a name and an id (§3.1).
    private func action(_ delivery: StoredDelivery) throws(ConnectorError) -> Interpretation {
        struct Body: Decodable {
            var action: String?, arg: Int64?
            enum CodingKeys: String, CodingKey { case action, arg }
            init(from decoder: any Decoder) throws {
                let box = try decoder.container(keyedBy: CodingKeys.self)
                action = box.text(.action)
                arg = box.integer(.arg)
            }
        }
        let body: Body
        do { body = try JSONDecoder().decode(Body.self, from: Data(delivery.body)) } catch { throw Self.notUnderstood(error) }
        let name = body.action ?? String(delivery.topic.dropFirst("action.".count))
        if ["product", "stock", "coupon", "customer"].contains(where: { name.contains($0) }) { return .ignored(reason: "the action \(name.cut(80)) says nothing of an order") }
        guard let id = body.arg, id > 0 else { return .ignored(reason: "the action \(name.cut(80)) names no order") }
        return .fetch(String(id), hint: nil)
    }

    /// A signed error envelope in an order's place: the webhook's owner was deleted or lost its role, and nothing will come any more (§3.4).
    ///
    /// - Returns: nil where the body is no error envelope.
    /// - Throws: `.notUnderstood` for an envelope with another reason; a person has to look at it.
    private static func lostChannel(_ body: Data) throws(ConnectorError) -> Interpretation? {
        guard let envelope = ErrorEnvelope(body), !envelope.code.isEmpty else { return nil }
        guard envelope.isAboutRights else { throw .notUnderstood(field: "id", found: "the shop's error \(envelope.code.cut(80))") }
        return .channelLost(reason: "the shop signs its webhooks with an error instead of orders (\(envelope.code.cut(80))): the user who owns them was deleted or lost its role. "
            + "Make a new key as an administrator or shop manager, then register the webhooks again.")
    }

    /// Names the field, never its contents: they may be a buyer's.
    static func notUnderstood(_ error: any Error) -> ConnectorError {
        if let error = error as? ConnectorError { return error }
        guard let error = error as? DecodingError else { return .notUnderstood(field: "body", found: "something that is not JSON") }
        switch error {
        case .keyNotFound(let key, let context): return .notUnderstood(field: path(context.codingPath + [key]), found: "nothing")
        case .valueNotFound(_, let context): return .notUnderstood(field: path(context.codingPath), found: "null")
        case .typeMismatch(_, let context): return .notUnderstood(field: path(context.codingPath), found: "a value of another type")
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? .notUnderstood(field: "body", found: "something that is not JSON") : .notUnderstood(field: path(context.codingPath), found: "a value out of range")
        @unknown default: return .notUnderstood(field: "body", found: "something that is not JSON")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        let path = keys.reduce(into: "") { path, key in
            if let index = key.intValue { path += "[\(index)]" } else { path += (path.isEmpty ? "" : ".") + key.stringValue }
        }
        return path.isEmpty ? "body" : path
    }
}
