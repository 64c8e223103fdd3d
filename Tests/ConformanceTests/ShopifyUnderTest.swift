import Connect
import Domain
import Foundation
import ShopifyConnector
import ShopifySimulator
import SimulatorKit

extension Platform {
    static let shopify = Platform(name: "shopify") { wanted in
        var configuration = ShopifySimulator.Configuration()
        configuration.staticToken = ShopifyUnderTest.token
        configuration.cancelJobDelay = .milliseconds(50)
        configuration.timeScale = 0.000_1
        configuration.currency = wanted.currency
        // The kit asks for more in a second than a shop in a minute.
        configuration.costBucketSize = 2_000_000
        configuration.costRestorePerSecond = 100_000
        let simulator = try await ShopifySimulator.start(configuration), wire = Wire()
        let connector = try ShopifyConnector(wire.context([
            "shop": configuration.shop, "clientID": configuration.clientID, "clientSecret": configuration.clientSecret, "accessToken": ShopifyUnderTest.token, "grant": "static",
            "baseURL": simulator.baseURL, "includeTestOrders": "true",
        ]))
        return ShopifyUnderTest(shopify: simulator, wire: wire, connector: connector)
    }
}

struct ShopifyUnderTest: ShopUnderTest {
    static let token = "static-token"
    let shopify: ShopifySimulator
    let wire: Wire
    let connector: any Connector
    var simulator: any PlatformSimulator { shopify }
    var shop: any ShopSimulator { shopify }
    let replayWindow: Duration? = nil
    let repeatStyle = RepeatStyle.asksFirst
    let refusesLateCancel = true, repeatsAtPageEnds = false
    let plantedMismatches: Set<ExternalID> = []

    func happen() async throws { shopify.placeOrder(kind: .card) }
    func settled() async { await shopify.idle() }
    func identity(of delivery: CaughtWebhook) -> String { "\(delivery.headers["x-shopify-topic"] ?? "") \(delivery.headers["x-shopify-webhook-id"] ?? "")" }
    func loseAccess() async { shopify.uninstall() }
    func isWrite(_ request: PlatformRequest) -> Bool { String(decoding: request.body, as: UTF8.self).contains("mutation ") }
    func stop() async { await shopify.stop() }

    func read() async throws(ConnectorError) {
        guard let lister = connector as? any ListsOrders else { return }
        _ = try await lister.listOrders(changedSince: Wire.clock(), until: nil, cursor: nil, limit: 1)
    }

    func refused() async throws(ConnectorError) {
        guard let fetcher = connector as? any FetchesOrders else { return }
        _ = try await fetcher.fetchOrder("1")
    }

    func delete(_ webhook: WebhookRegistration) async throws -> Bool {
        let query = #"{"query":"mutation { webhookSubscriptionDelete(id: \"\#(webhook.externalID ?? "")\") { deletedWebhookSubscriptionId userErrors { message } } }"}"#
        let answer = try await PlainHTTP.send("POST", "\(shopify.baseURL)/admin/api/2026-10/graphql.json",
                                              headers: [("X-Shopify-Access-Token", Self.token), ("Content-Type", "application/json")], body: Data(query.utf8))
        return answer.status == 200
    }

    // MARK: orders

    func place() async throws -> ExternalID { String(shopify.placeOrder(kind: .cashOnDelivery)) }

    func change(_ id: ExternalID) async throws {
        try shopify.editOrder(try Int64(id).orProblem("no number"), .note("changed \(UInt64.random(in: 0 ... .max))"))
    }

    func shipments(of id: ExternalID) async throws -> Int { shopify.orderStates().first { $0.externalID == id }?.trackingNumbers.count ?? 0 }

    /// GraphQL alone tells holds and times to ship by, REST alone tells weights; their status words differ in spelling.
    func comparable(_ order: OrderSnapshot) -> OrderSnapshot {
        var order = order
        order.platformStatus = ""
        order.shipping.shipBy = nil
        if order.standing == .onHold { order.standing = .open }
        for index in order.lines.indices { order.lines[index].weightGrams = nil }
        return order
    }

    func zoo() async throws -> [ZooOrder] {
        var zoo = OrderKind.allCases.map { ZooOrder(what: $0.rawValue, id: String(shopify.placeOrder(kind: $0))) }
        let variant = try shopify.variantIDs().first.orProblem("the shop sells nothing")
        for kind in [OrderKind.card, .discountCode, .freeShippingCode, .taxExcluded, .severalShippingLines, .tip, .presentment, .cashOnDelivery, .giftCardUsed] {
            for later in Later.allCases {
                let id = shopify.placeOrder(kind: kind), lines = shopify.lineIDs(of: id)
                guard let line = lines.first else { continue }
                // What the shop refuses (nothing left to refund of an unpaid order, the only line cannot go) leaves the order as it was.
                do { try later.act(shopify, id, line: line, variant: variant) } catch {}
                zoo.append(ZooOrder(what: "\(kind.rawValue), \(later.rawValue)", id: String(id)))
            }
        }
        return zoo
    }

    /// What happens to orders after they were placed.
    private enum Later: String, CaseIterable {
        case lineRemoved, quantityLowered, lineAdded, partRefunded, shippingRefunded, wholeRefunded, editedAndRefunded, addedAndPartRefundedWithShipping, cancelled, editedAndCancelled, shipped, partShipped, archived

        func act(_ shop: ShopifySimulator, _ id: Int64, line: Int64, variant: Int64) throws {
            switch self {
            case .lineRemoved: try shop.editOrder(id, .removeLine(line))
            case .quantityLowered: try shop.editOrder(id, .lowerQuantity(line: line, by: 1))
            case .lineAdded: try shop.editOrder(id, .addVariant(variant, quantity: 2))
            case .partRefunded:
                pay(shop, id)
                try shop.refund(id, quantities: [line: 1])
            case .shippingRefunded:
                pay(shop, id)
                try shop.refund(id, quantities: [line: 1], shipping: true)
            case .wholeRefunded:
                pay(shop, id)
                try shop.refund(id)
            case .editedAndRefunded:
                try shop.editOrder(id, .addVariant(variant, quantity: 1))
                pay(shop, id)
                try shop.refund(id, quantities: [line: 1])
            case .addedAndPartRefundedWithShipping:
                try shop.editOrder(id, .addVariant(variant, quantity: 3))
                pay(shop, id)
                try shop.refund(id, quantities: [line: 1], shipping: true)
            case .cancelled: try shop.cancelOrder(id)
            case .editedAndCancelled:
                try shop.editOrder(id, .addVariant(variant, quantity: 1))
                try shop.cancelOrder(id)
            case .shipped: try shop.fulfil(id, number: "EX1")
            case .partShipped: try shop.fulfilPartly(id)
            case .archived: try shop.archive(id)
            }
        }

        private func pay(_ shop: ShopifySimulator, _ id: Int64) {
            // Paid already.
            try? shop.payOrder(id)
        }
    }
}

extension Optional {
    func orProblem(_ words: String) throws -> Wrapped {
        guard let self else { throw KitProblem(words) }
        return self
    }
}
