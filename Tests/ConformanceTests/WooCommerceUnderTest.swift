import Connect
import Domain
import Foundation
import HTTPTypes
import SimulatorKit
import WooCommerceConnector
import WooCommerceSimulator

extension Platform {
    static let wooCommerce = wooCommerce("woocommerce 10", .hpos10)
    static let wooCommercePosts = wooCommerce("woocommerce 7.9", .posts79)
    static let wooCommerceOld = wooCommerce("woocommerce 3.9", .posts39)

    private static func wooCommerce(_ name: String, _ flavour: WooFlavour) -> Platform {
        Platform(name: name) { wanted in
            var configuration = WooCommerceSimulator.Configuration(flavour: flavour, transport: .https, timeScale: 0.001)
            configuration.currency = wanted.currency
            configuration.decimals = wanted.currency == "JPY" ? 0 : wanted.currency == "KWD" ? 3 : 2
            let simulator = try await WooCommerceSimulator.start(configuration), wire = Wire()
            let connector = try WooCommerceConnector(wire.context([
                "url": simulator.baseURL.replacing("http://", with: "https://"), "consumerKey": simulator.consumerKey, "consumerSecret": simulator.consumerSecret,
                "webhookSecret": "hub-secret-1", "authentication": "basic",
            ]))
            return WooCommerceUnderTest(wooCommerce: simulator, wire: wire, connector: connector)
        }
    }
}

struct WooCommerceUnderTest: ShopUnderTest {
    let wooCommerce: WooCommerceSimulator
    let wire: Wire
    let connector: any Connector
    var simulator: any PlatformSimulator { wooCommerce }
    var shop: any ShopSimulator { wooCommerce }
    let replayWindow: Duration? = nil
    let repeatStyle = RepeatStyle.asksFirst
    let refusesLateCancel = true, repeatsAtPageEnds = true
    let plantedMismatches: Set<ExternalID> = []

    func happen() async throws { wooCommerce.placeOrder(kind: .everyday) }
    func settled() async { await wooCommerce.runCron() }
    /// The shop's delivery id is the same for all deliveries of a webhook in one second (platforms/woocommerce.md §3.4).
    func identity(of delivery: CaughtWebhook) -> String { "\(delivery.headers["x-wc-webhook-topic"] ?? "") \(delivery.body.base64EncodedString())" }
    func loseAccess() async { wooCommerce.revokeKeys() }
    func isWrite(_ request: PlatformRequest) -> Bool { request.method != .get }
    func stop() async { await wooCommerce.stop() }

    func read() async throws(ConnectorError) {
        guard let lister = connector as? any ListsOrders else { return }
        _ = try await lister.listOrders(changedSince: Wire.clock() - .seconds(60), until: nil, cursor: nil, limit: 1)
    }

    func refused() async throws(ConnectorError) {
        guard let fetcher = connector as? any FetchesOrders else { return }
        _ = try await fetcher.fetchOrder("1")
    }

    func delete(_ webhook: WebhookRegistration) async throws -> Bool {
        let credentials = Data("\(wooCommerce.consumerKey):\(wooCommerce.consumerSecret)".utf8).base64EncodedString()
        let answer = try await PlainHTTP.send("DELETE", "\(wooCommerce.baseURL)/wp-json/wc/v3/webhooks/\(webhook.externalID ?? "")?force=true", headers: [("Authorization", "Basic \(credentials)")])
        return answer.status == 200
    }

    // MARK: orders

    func place() async throws -> ExternalID { String(wooCommerce.placeOrder(kind: .cashOnDelivery)) }
    func change(_ id: ExternalID) async throws { wooCommerce.edit(try Int(id).orProblem("no number")) }
    func shipments(of id: ExternalID) async throws -> Int { wooCommerce.trackingNumbers(try Int(id).orProblem("no number")).count }
    func comparable(_ order: OrderSnapshot) -> OrderSnapshot { order }

    func zoo() async throws -> [ZooOrder] {
        var zoo = OrderKind.allCases.map { ZooOrder(what: $0.rawValue, id: String(wooCommerce.placeOrder(kind: $0))) }
        for kind in [OrderKind.everyday, .cashOnDelivery, .coupon, .fees, .manyLines, .longFraction, .severalShippingLines] {
            for (what, act) in later {
                let id = wooCommerce.placeOrder(kind: kind)
                act(id)
                zoo.append(ZooOrder(what: "\(kind.rawValue), \(what)", id: String(id)))
            }
        }
        return zoo
    }

    /// What happens to orders after they were placed.
    private var later: [(String, (Int) -> Void)] {
        [
            ("edited", { wooCommerce.edit($0) }), ("edited twice", { wooCommerce.edit($0); wooCommerce.edit($0) }), ("part refunded", { wooCommerce.refund($0, amount: 100) }),
            ("wholly refunded", { wooCommerce.refund($0) }), ("cancelled", { wooCommerce.cancel($0) }), ("completed", { wooCommerce.complete($0) }), ("trashed", { wooCommerce.trash($0) }),
            ("trashed and restored", { wooCommerce.trash($0); wooCommerce.restore($0) }), ("paid and edited", { wooCommerce.pay($0); wooCommerce.edit($0) }),
        ]
    }
}
