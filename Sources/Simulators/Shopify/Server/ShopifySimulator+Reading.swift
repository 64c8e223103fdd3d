package import Foundation
package import SimulatorKit

/// What tests and demos look at.
extension ShopifySimulator {
    package func orderStates() -> [SimulatedOrder] {
        store.read { state in state.placed.compactMap { state.orders[$0] }.map(SimulatedOrder.init) }
    }

    /// Ids of the lines of an order, in their order.
    package func lineIDs(of id: Int64) -> [Int64] { store.read { $0.orders[id]?.lines.map(\.id) ?? [] } }

    /// Ids of the variants the shop sells.
    package func variantIDs() -> [Int64] { store.read { $0.products.flatMap { $0.variants.map(\.id) } } }

    /// The order as a webhook would carry it now; nil where there is none.
    package func webhookBody(orderID: Int64) -> Data? {
        store.read { state in state.orders[orderID].map { state.restOrder($0).data() } }
    }

    /// Headers and body of one delivery as it would leave now, signed with the app's secret. Nothing is sent.
    package func signedDelivery(orderID: Int64, topic: String = "orders/updated") -> (headers: [(name: String, value: String)], body: Data)?
    {
        guard let body = webhookBody(orderID: orderID) else { return nil }
        return signed(topic: topic, resourceID: orderID, body: body, isTest: false)
    }

    /// What "send test notification" in the admin sends: an id above 2^53 (platforms/shopify.md §4.4).
    package func testNotification(topic: String = "orders/updated") -> (headers: [(name: String, value: String)], body: Data) {
        signed(topic: topic, resourceID: Self.testNotificationID, body: testBody(), isTest: true)
    }

    package static let testNotificationID: Int64 = 820_982_911_946_154_508

    /// Sends that notification to every subscription of the topic, once.
    /// - Parameter storeKey: signs with this instead of the app's secret, as seen with notifications made in the admin.
    package func sendTestNotification(topic: String = "orders/updated", storeKey: String? = nil) {
        let announcement = Announcement(
            topic: topic, resource: "Order", resourceID: Self.testNotificationID, body: testBody(),
            eventID: store.change { state, _ in state.uuid() }, isTest: true)
        for subscription in store.read(\.subscriptions) where subscription.topic == topic {
            queue.send(announcement, to: subscription, key: storeKey)
        }
    }

    private func signed(topic: String, resourceID: Int64, body: Data, isTest: Bool) -> (
        headers: [(name: String, value: String)], body: Data
    ) {
        let (id, event, now) = store.change { state, now in (state.uuid(), state.uuid(), now) }
        let delivery = SignedDelivery(
            announcement: Announcement(topic: topic, resource: "Order", resourceID: resourceID, body: body, eventID: event, isTest: isTest),
            subscription: WebhookSubscription(
                id: 0, topic: topic, address: "", createdAt: now, isMadeByAPI: true, apiVersion: configuration.apiVersion),
            webhookID: id, domain: configuration.shop, apiVersion: configuration.apiVersion, family: configuration.webhookHeaders,
            triggeredAt: SignedDelivery.nanosecondTime(configuration.clock(), fraction: id))
        return (delivery.headers(secret: store.read(\.access.secret), body: body), body)
    }

    private func testBody() -> Data {
        let now = store.now
        return store.read { state in
            var scratch = state
            var order = OrderBuilder.place(.test, at: now, in: &scratch)
            (order.id, order.email) = (Self.testNotificationID, "jon@example.com")
            order.customer?.id = 115_310_627_314_723_954
            return state.restOrder(order).data()
        }
    }
}

extension SimulatedOrder {
    init(_ order: ShopOrder) {
        self.init(
            externalID: String(order.id), number: order.name, updatedAt: Date(timeIntervalSince1970: TimeInterval(order.updatedAt)),
            isCancelled: order.cancelledAt != nil, grandMinor: order.agreed.grand, currency: order.currency.code,
            lineCount: order.isEmptied ? order.lines.count : order.lines.count { $0.currentQuantity > 0 },
            shipToPostcode: order.shipping?.zip, fulfilment: Self.word(for: order),
            trackingNumbers: order.fulfilments.filter(\.isLive).flatMap(\.numbers))
    }

    /// The hub's word for it (platforms/shopify.md §5).
    private static func word(for order: ShopOrder) -> String {
        let live = order.fulfilments.filter(\.isLive)
        guard order.fulfillmentStatus == "fulfilled", let last = live.last else { return "unfulfilled" }
        return switch last.displayStatus {
        case "LABEL_PRINTED", "LABEL_PURCHASED", "CONFIRMED", "READY_FOR_PICKUP": "readyToShip"
        case "CARRIER_PICKED_UP": "pickedUp"
        case "OUT_FOR_DELIVERY": "outForDelivery"
        case "DELIVERED": "delivered"
        case "ATTEMPTED_DELIVERY": "deliveryFailed"
        case "FAILURE": "lost"
        default: "inTransit"
        }
    }
}
