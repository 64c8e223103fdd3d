package import Connect
import Domain

extension ShopeeConnector: InterpretsDeliveries {
    package func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        if delivery.topic == Self.orderTopic { return [.order(try order(delivery))] }
        guard delivery.topic.hasPrefix("push/") else { throw .notUnderstood(field: "topic", found: delivery.topic.cut(60)) }
        guard let push = PushEnvelope(delivery.body) else { throw .notUnderstood(field: "body", found: "something that is not a JSON object") }
        return [try meaning(of: push)]
    }

    private func order(_ delivery: StoredDelivery) throws(ConnectorError) -> OrderSnapshot {
        guard let body = LooseJSON(delivery.body), body.isObject else { throw .notUnderstood(field: "body", found: "something that is not a JSON object") }
        return try OrderReading(shopID: settings.shopID).snapshot(of: OrderBody(body))
    }

    /// The topics of platforms/shopee.md §3.2. Pushes are thin, doubled and shuffled, so whatever names an order has it read again.
    private func meaning(of push: PushEnvelope) throws(ConnectorError) -> Interpretation {
        if let shop = push.shopID, shop != String(settings.shopID) {
            return .ignored(reason: "it speaks of the shop \(shop), this channel is the shop \(settings.shopID)")
        }
        switch push.code {
        case nil, 0: return try fetch(push) ?? .ignored(reason: "a test push")
        case 1: return .ignored(reason: "the seller gave the app the consent for the shop")
        case 2: return withdrawal(push)
        case 3, 4, 15, 30:
            if let fetch = try fetch(push) { return fetch }
            guard push.isTest else { throw .notUnderstood(field: "data.ordersn", found: push.data.first("ordersn", "order_sn").quoted) }
            return .ignored(reason: "a test push without an order")
        case 12: return .ignored(reason: "consents of sellers end within a week\(ending(push)): let the seller agree again")
        case 8: return try fetch(push) ?? .ignored(reason: "reserved stock changed; it says nothing of an order")
        case 22: return .ignored(reason: "a price changed; it says nothing of an order")
        case 29: return try fetch(push) ?? .ignored(reason: "a return changed that names no order; reconciliation reads it")
        case 5, 6, 7, 9, 10, 11, 13, 16, 23, 24, 25, 27: return .ignored(reason: "push \(push.code ?? 0) says nothing of an order")
        case let code?: return try fetch(push) ?? .ignored(reason: "push \(code) is not known and names no order")
        }
    }

    private func fetch(_ push: PushEnvelope) throws(ConnectorError) -> Interpretation? {
        guard let number = push.orderNumber else { return nil }
        guard Self.isName(number) else { throw .notUnderstood(field: "data.ordersn", found: number.cut(60)) }
        return .fetch(externalID(of: number), hint: push.updatedAt)
    }

    /// Only for this shop, only where it came about, and only where it names a shop at all (a merchant's consent is another matter).
    private func withdrawal(_ push: PushEnvelope) -> Interpretation {
        let shops = push.data["shop_id_list"].list.compactMap(\.identifier)
        guard push.shopID != nil || shops.contains(String(settings.shopID)) else { return .ignored(reason: "a consent was withdrawn that is not this shop's") }
        if push.data["success"].integer == 0 || push.data["success"].flag == false { return .ignored(reason: "an attempt to withdraw the consent failed") }
        return .channelLost(reason: "the seller withdrew the consent for the shop \(settings.shopID). The seller has to agree again")
    }

    private func ending(_ push: PushEnvelope) -> String {
        let shops = push.data["shop_expire_soon"].list.compactMap(\.identifier)
        return shops.contains(String(settings.shopID)) ? ", this shop's among them" : ""
    }
}
