import Connect
import Domain
@testable import ShopifyConnector

enum ShopifyFuzzing {
    static let settings = ["shop": "crossdock-test.myshopify.com", "clientSecret": "hush", "accessToken": "token-1", "grant": "static", "includeTestOrders": "true"]
    private static let topics = [
        "orders/updated", "orders/create", "orders/cancelled", ShopifyConnector.nodeTopic, "orders/edited", "refunds/create", "fulfillments/update", "orders/delete", "app/uninstalled", "products/update",
        "customers/redact", "",
    ]
    private static let changes = [
        #"{"order_edit":{"order_id":6100000000001,"created_at":"2026-11-06T10:12:44+07:00"}}"#, #"{"id":1,"order_id":6100000000001,"created_at":"2026-11-06T10:12:44+07:00"}"#, #"{"id":6100000000001}"#,
    ]

    static func target() throws -> FuzzTarget {
        let limit = ShopifyConnector.descriptor.maximumBodyBytes
        let bodies = try JSONMutator([ShopifyCorpus.webhook, ShopifyCorpus.refunded, ShopifyCorpus.node] + changes, maximumBytes: limit)
        let answers = try JSONMutator(ShopifyCorpus.answers, maximumBytes: limit)
        return FuzzTarget(name: "shopify") { random in
            guard random.once(in: 4) else { return delivery(bodies, &random) }
            let choice = random.below(6), answer = FuzzBench.answer(answers.body(&random), &random)
            return { await verdict(of: answer, choice) }
        }
    }

    private static func delivery(_ bodies: JSONMutator, _ random: inout FuzzRandom) -> FuzzTarget.Examination {
        let base = random.below(bodies.corpus.count)
        let fitting = ["orders/updated", "orders/updated", ShopifyConnector.nodeTopic, "orders/edited", "refunds/create", "orders/delete"][base]
        let topic = random.once(in: 8) ? random.pick(topics) ?? "" : fitting, isRead = topic == ShopifyConnector.nodeTopic
        let triggered = random.once(in: 2) ? "2026-11-06T03:12:44.118204377Z" : random.pick(HostileValues.texts) ?? ""
        let delivery = FuzzBench.delivery(bodies.body(&random, base: base), topic: topic, origin: isRead ? .poll : .webhook, headers: ["triggered-at": triggered])
        return {
            do throws(ConnectorError) {
                return FuzzBench.verdict(try ShopifyConnector(FuzzBench.context(settings)), delivery)
            } catch { return FuzzVerdict(complaints: ["no connector: \(error)"]) }
        }
    }

    private static func verdict(of answer: PlatformAnswer, _ choice: Int) async -> FuzzVerdict {
        await FuzzBench.verdict { () async throws(ConnectorError) in
            let connector = try ShopifyConnector(FuzzBench.context(settings, answer: answer), pause: { _ in })
            switch choice {
            case 0, 1:
                let page = try await connector.listOrders(changedSince: FuzzBench.now, until: nil, cursor: nil, limit: 50)
                return FuzzBench.verdict(connector, page.orders)
            case 2: return FuzzBench.verdict(connector, [try await connector.fetchOrder("6100000000001")])
            case 3: try await connector.markShipped(FuzzBench.shipment, of: FuzzBench.order, idempotencyKey: "k")
            case 4: _ = try await connector.cancelOrder(FuzzBench.order, reason: "customer", idempotencyKey: "k")
            default: _ = try await connector.registerWebhooks(at: "https://hub.example/hooks/1")
            }
            // A second call meets what the first answer taught: costs and pages.
            _ = try await connector.fetchOrder("6100000000001")
            return FuzzVerdict(isRead: true)
        }
    }
}
