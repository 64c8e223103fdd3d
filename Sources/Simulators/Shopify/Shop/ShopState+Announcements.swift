import Foundation

/// A subscription to one topic at one address.
struct WebhookSubscription: Sendable, Codable {
    var id: Int64
    /// As in the header: `orders/updated`.
    var topic: String
    var address: String
    var createdAt: Int64
    /// Made by the Admin API: listed by it, and deleted after failures. The others come from the app's configuration (platforms/shopify.md §3.1).
    var isMadeByAPI: Bool
    var apiVersion: String
    var includeFields: [String] = []
}

extension ShopState {
    mutating func announce(_ order: ShopOrder, _ topics: [String], event: String? = nil) {
        guard hasListener(topics) else { return }
        let event = event ?? uuid()
        let body = RestOrder(order: order, state: self, showsBuyer: access.hasProtectedDataApproval).json()
        let data = body.data()
        for topic in topics { add(topic, "Order", order.id, data, event, isTest: order.isTest) }
    }

    mutating func announce(_ refund: ShopRefund, of order: ShopOrder, event: String) {
        guard hasListener(["refunds/create"]) else { return }
        add("refunds/create", "Refund", refund.id, RestOrder(order: order, state: self).refund(refund).data(), event, isTest: order.isTest)
    }

    mutating func announceFulfilment(_ id: Int64, of order: ShopOrder, _ topic: String, event: String) {
        guard hasListener([topic]), let fulfilment = order.fulfilments.first(where: { $0.id == id }) else { return }
        let json = RestFulfilment(fulfilment: fulfilment, of: RestOrder(order: order, state: self)).json()
        add(topic, "Fulfillment", id, json.appending("email", JSONNode(order.email)).data(), event, isTest: order.isTest)
    }

    mutating func announceCarrierEvent(_ id: Int64, of fulfilmentID: Int64, _ order: ShopOrder) {
        guard hasListener(["fulfillment_events/create"]), let fulfilment = order.fulfilments.first(where: { $0.id == fulfilmentID }),
            let event = fulfilment.events.first(where: { $0.id == id })
        else { return }
        let body: JSONNode = [
            "id": .integer(id), "fulfillment_id": .integer(fulfilmentID), "status": .text(event.status.lowercased()), "message": nil,
            "happened_at": .text(localTime(event.happenedAt)), "city": nil, "province": nil, "country": nil, "zip": nil, "address1": nil,
            "latitude": nil,
            "longitude": nil, "shop_id": .integer(shopID), "created_at": .text(localTime(event.happenedAt)),
            "updated_at": .text(localTime(event.happenedAt)),
            "estimated_delivery_at": nil, "order_id": .integer(order.id), "admin_graphql_api_id": "gid://shopify/FulfillmentEvent/\(id)",
        ]
        add("fulfillment_events/create", "FulfillmentEvent", id, body.data(), uuid(), isTest: order.isTest)
    }

    mutating func announceProduct(_ product: ShopProduct) {
        guard hasListener(["products/update"]) else { return }
        add("products/update", "Product", product.id, restProduct(product).data(), uuid(), isTest: false)
    }

    /// The small body of `orders/edited`; only its outline is known (platforms/shopify.md §3.1), the fields inside are unverified.
    mutating func announceEdit(of order: ShopOrder, _ additions: [(Int64, Int64)], _ removals: [(Int64, Int64)], event: String) {
        guard hasListener(["orders/edited"]) else { return }
        func list(_ entries: [(Int64, Int64)]) -> JSONNode { .array(entries.map { ["id": .integer($0.0), "delta": .integer($0.1)] }) }
        let body: JSONNode = [
            "order_edit": [
                "id": .integer(order.id + 70_000_000_000), "app_id": nil, "created_at": .text(localTime(order.updatedAt)),
                "notify_customer": false,
                "order_id": .integer(order.id), "staff_note": "", "user_id": nil,
                "line_items": ["additions": list(additions), "removals": list(removals)],
                "discounts": ["line_item": ["additions": [], "removals": []]],
                "shipping_lines": ["additions": [], "removals": []],
            ]
        ]
        add("orders/edited", "Order", order.id, body.data(), event, isTest: order.isTest)
    }

    mutating func announceUninstall() {
        add("app/uninstalled", "Shop", nil, restShop().data(), uuid(), isTest: false)
    }

    mutating func announceLevel(item: Int64, location: Int64, available: Int64, at now: Int64) {
        guard hasListener(["inventory_levels/update"]) else { return }
        let body: JSONNode = [
            "inventory_item_id": .integer(item), "location_id": .integer(location), "available": .integer(available),
            "updated_at": .text(localTime(now)),
            "admin_graphql_api_id": "gid://shopify/InventoryLevel/\(location)?inventory_item_id=\(item)",
        ]
        add("inventory_levels/update", "InventoryLevel", nil, body.data(), uuid(), isTest: false)
    }

    private func hasListener(_ topics: [String]) -> Bool { subscriptions.contains { topics.contains($0.topic) } }

    private mutating func add(_ topic: String, _ resource: String, _ id: Int64?, _ body: Data, _ event: String, isTest: Bool) {
        announcements.append(Announcement(topic: topic, resource: resource, resourceID: id, body: body, eventID: event, isTest: isTest))
    }
}
