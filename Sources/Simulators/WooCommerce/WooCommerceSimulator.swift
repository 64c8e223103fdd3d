package import Foundation
import Hummingbird
package import SimulatorKit

/// A WooCommerce shop on 127.0.0.1, read from platforms/woocommerce.md alone: REST v3, both ways to authenticate, webhooks with their real
/// guarantees, the browser flow for keys, and misbehaviour on request.
package final class WooCommerceSimulator: ShopSimulator {
    package let platform = "woocommerce"
    /// `http://127.0.0.1:PORT` and the site's folder, without a final slash.
    package let baseURL: String
    package let configuration: Configuration
    let shop: Shop
    let runner: WebhookRunner
    let buyers: Buyers
    private let server: SimulatorServer

    private init(configuration: Configuration, shop: Shop, runner: WebhookRunner, buyers: Buyers, server: SimulatorServer, baseURL: String) {
        self.configuration = configuration
        self.shop = shop
        self.runner = runner
        self.buyers = buyers
        self.server = server
        self.baseURL = baseURL
    }

    /// Starts the shop and its queue. Its control plane for other languages is under `/_sim/` (see `ControlPlane`).
    package static func start(_ configuration: Configuration = Configuration()) async throws -> WooCommerceSimulator {
        let shop = Shop(configuration), runner = WebhookRunner(shop: shop, configuration: configuration)
        let buyers = Buyers(shop: shop, seed: configuration.seed)
        let door = ShopDoor(
            shop: shop, runner: runner, faults: configuration.faults, authorise: AuthoriseFlow(shop: shop, runner: runner),
            control: ControlPlane(shop: shop, runner: runner, buyers: buyers, faults: configuration.faults))
        let server = SimulatorServer(name: "woocommerce", port: configuration.port) { router in router.addMiddleware { door } }
        try await server.start()
        let baseURL = server.baseURL + configuration.subdirectory
        shop.change { $0.homeURL = configuration.homeURL ?? baseURL }
        shop.observe { runner.pump() }
        return WooCommerceSimulator(configuration: configuration, shop: shop, runner: runner, buyers: buyers, server: server, baseURL: baseURL)
    }

    package func stop() async {
        await buyers.stopTraffic()
        await runner.stop()
        await server.stop()
    }

    package var faults: FaultPlan { configuration.faults }
    package var consumerKey: String { configuration.consumerKey }
    package var consumerSecret: String { configuration.consumerSecret }
    /// What `X-WC-Webhook-Source` says, without the final slash.
    package var homeURL: String { shop.read { $0.homeURL } }

    // MARK: What the hub did, and what the shop has

    package func statistics() -> [SimulatorStatistic] { shop.read { $0.statistics } }
    package func orderStates() -> [SimulatedOrder] { shop.read { $0.orderStates } }

    /// The order as `GET /orders/{id}` answers, or nil.
    package func orderJSON(_ orderID: Int) -> Data? { shop.read { state in state.orders[orderID].map { Data(state.render($0).bytes) } } }

    /// `publish`, prices and stock of a product or variation as the API shows them, or nil.
    package func productJSON(_ productID: Int) -> Data? { shop.read { state in state.products[productID].map { Data(state.render($0).bytes) } } }

    package var orderIDs: [Int] { shop.read { $0.orders.keys.sorted() } }
    /// Goods that can be ordered: not the parents of variations.
    package var productIDs: [Int] { shop.read { $0.products.values.filter { $0.type != "variable" }.map(\.id).sorted() } }
    package func productID(sku: String) -> Int? { shop.read { $0.product(sku: sku)?.id } }
    package func trackingNumbers(_ orderID: Int) -> [String] { shop.read { $0.trackingNumbers(orderID) } }
    /// `active`, `paused` or `disabled`, and the failures in a row, which the API never tells.
    package func webhookState(_ webhookID: Int) -> (status: String, failures: Int)? {
        shop.read { $0.webhooks[webhookID].map { ($0.status, $0.failureCount) } }
    }
    package var webhookIDs: [Int] { shop.read { $0.webhooks.keys.sorted() } }

    /// A real-shaped webhook of this order, signed with the secret of the topic's webhook, or with `secret` where there is none.
    package func signedDelivery(_ orderID: Int, topic: String = "order.updated", secret: String = "hub-secret-1") -> SignedDelivery {
        shop.read { state in
            let known = state.webhooks.values.filter { $0.topic == topic }.min { $0.id < $1.id }
            let webhook = known ?? ShopWebhook(id: 17, name: "", topic: topic, deliveryURL: "", secret: secret, userID: 1, createdAt: state.now)
            return state.signed(webhook, objectID: orderID)
        }
    }

    // MARK: The queue and the clock

    /// No delivery leaves until `resumeCron` or `runCron`.
    package func pauseCron() { runner.pause() }
    package func resumeCron() { runner.resume() }
    /// Everything that waits is delivered now; returns when it is done.
    package func runCron() async { await runner.runNow() }
    package func idle() async { await runner.idle() }
    /// Deliveries that wait.
    package var queueDepth: Int { shop.read { $0.queue.count } }

    /// Moves the shop's own clock: `date_modified`, delivery ids, and what OAuth timestamps are compared with.
    package func advanceClock(bySeconds seconds: Int) { shop.change { $0.clockOffset += seconds } }
    /// Unpaid orders older than an hour are cancelled, as wp-cron does.
    package func cancelUnpaidOrders() { shop.change { $0.cancelUnpaidOrders() } }

    // MARK: Accidents

    /// The user behind the keys and webhooks loses its role, or is deleted altogether.
    package func removeOwner(deleting: Bool = true) { shop.change { $0.users[1] = deleting ? nil : ShopUser(id: 1, managesShop: false) } }
    package func restoreOwner() { shop.change { $0.users[1] = ShopUser(id: 1, managesShop: true) } }
    package func revokeKeys() { shop.change { $0.keys = [:] } }
    package func setStripsAuthorization(_ strips: Bool) { shop.change { $0.configuration.stripsAuthorization = strips } }
    package func setAnswerDelay(_ delay: Duration) { shop.change { $0.configuration.answerDelay = delay } }
    package func setShipmentTracking(_ installed: Bool) { shop.change { $0.configuration.hasShipmentTracking = installed } }
}
