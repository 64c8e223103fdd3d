import Connect
import Domain
import HTTPTypes
@testable import WooCommerceConnector

enum WooCommerceFuzzing {
    static let settings = [
        "url": "https://shop.example", "consumerKey": "ck_00112233445566778899aabbccddeeff00112233", "consumerSecret": "cs_ffeeddccbbaa99887766554433221100ffeeddcc", "webhookSecret": "hub-secret-1",
    ]
    private static let topics = ["order.updated", "order.created", "order.restored", "order.read", "order.deleted", "action.woocommerce_order_status_completed", "product.updated", "", "order.x"]

    static func target() throws -> FuzzTarget {
        let limit = WooCommerceConnector.descriptor.maximumBodyBytes
        let bodies = try JSONMutator(
            [WooCommerceCorpus.order, WooCommerceCorpus.refunded, #"{"id":9301}"#, #"{"action":"woocommerce_order_status_completed","arg":9301}"#, WooCommerceCorpus.answers[6]], maximumBytes: limit)
        let answers = try JSONMutator(WooCommerceCorpus.answers, maximumBytes: limit)
        return FuzzTarget(name: "woocommerce") { random in
            guard random.once(in: 4) else { return delivery(bodies, &random) }
            let choice = random.below(6), answer = FuzzBench.answer(answers.body(&random), &random), tracking = random.pick(["auto", "meta", "note", "shipmentTracking"]) ?? "auto"
            return { await verdict(of: answer, choice, tracking: tracking) }
        }
    }

    private static func delivery(_ bodies: JSONMutator, _ random: inout FuzzRandom) -> FuzzTarget.Examination {
        let base = random.below(bodies.corpus.count)
        let fitting = ["order.updated", "order.read", "order.deleted", "action.woocommerce_order_status_completed", "order.updated"][base]
        let topic = random.once(in: 8) ? random.pick(topics) ?? "" : fitting, body = bodies.body(&random, base: base)
        let incoming = signed(body, topic: topic, &random), delivery = FuzzBench.delivery(body, topic: topic, origin: topic == "order.read" ? .poll : .webhook)
        return {
            do throws(ConnectorError) {
                let connector = try WooCommerceConnector(FuzzBench.context(settings))
                var verdict = FuzzBench.verdict(connector, delivery)
                if case .accept(let receipt) = connector.verify(incoming) {
                    if receipt.key.isEmpty || receipt.key.utf8.count > 6_000 { verdict.complaints.append("a key of \(receipt.key.utf8.count) bytes") }
                }
                return verdict
            } catch { return FuzzVerdict(complaints: ["no connector: \(error)"]) }
        }
    }

    private static func signed(_ body: [UInt8], topic: String, _ random: inout FuzzRandom) -> IncomingDelivery {
        var headers: HTTPFields = [.wooSignature: WebhookSignature(storedSecret: "hub-secret-1").signature(for: body), .wooTopic: topic]
        if random.once(in: 2) { headers[.wooSource] = random.pick(["https://shop.example/", "http://[::1", "https://", HostileValues.longText(&random)]) }
        if random.once(in: 2) { headers[.wooDeliveryID] = random.pick(HostileValues.texts) }
        if random.once(in: 4) { headers[.wooSignature] = random.pick(HostileValues.texts) }
        if random.once(in: 8) { headers[.wooSignature] = nil }
        return IncomingDelivery(headers: headers, body: body, receivedAt: FuzzBench.now)
    }

    private static func verdict(of answer: PlatformAnswer, _ choice: Int, tracking: String) async -> FuzzVerdict {
        await FuzzBench.verdict { () async throws(ConnectorError) in
            let connector = try WooCommerceConnector(FuzzBench.context(settings.merging(["tracking": tracking]) { $1 }, answer: answer))
            switch choice {
            case 0, 1:
                let page = try await connector.listOrders(changedSince: FuzzBench.now, until: nil, cursor: choice == 0 ? nil : "oneSecond.any.1794000000.1.100.0", limit: 50)
                return FuzzBench.verdict(connector, page.orders)
            case 2: return FuzzBench.verdict(connector, [try await connector.fetchOrder("9301")])
            case 3: try await connector.markShipped(FuzzBench.shipment, of: FuzzBench.order, idempotencyKey: "k")
            case 4: _ = try await connector.cancelOrder(FuzzBench.order, reason: "customer", idempotencyKey: "k")
            default: _ = try await connector.registerWebhooks(at: "https://hub.example/hooks/1")
            }
            return FuzzVerdict(isRead: true)
        }
    }
}
