import Connect
import Domain
import DossierSamples
import HTTPTypes
@testable import LazadaConnector
@testable import ShopeeConnector
@testable import Shopat24Connector

/// One marketplace for the fuzzer: what it sends, and how its connector is asked.
private struct Marketplace: Sendable {
    var name: String, orders: [String], pushes: [String], answers: [String], maximumBytes: Int
    var orderTopic: String, pushTopics: [String], externalID: ExternalID
    var connector: @Sendable (PlatformAnswer?) throws(ConnectorError) -> any InterpretsDeliveries & ReceivesWebhooks & ListsOrders & FetchesOrders

    func target() throws -> FuzzTarget {
        let orderBodies = try JSONMutator(orders, maximumBytes: maximumBytes), pushBodies = try JSONMutator(pushes, maximumBytes: maximumBytes)
        let answerBodies = try JSONMutator(answers, maximumBytes: maximumBytes), market = self
        return FuzzTarget(name: name) { random in
            switch random.below(4) {
            case 0:
                let answer = FuzzBench.answer(answerBodies.body(&random), &random), isFetch = random.once(in: 2)
                return { await market.verdict(of: answer, isFetch: isFetch) }
            case 1:
                let body = pushBodies.body(&random), topic = random.pick(market.pushTopics) ?? "", incoming = Self.incoming(body, &random)
                return { market.verdict(incoming, FuzzBench.delivery(body, topic: topic)) }
            default:
                let body = orderBodies.body(&random), topic = random.once(in: 20) ? "push/x" : market.orderTopic
                return { market.verdict(nil, FuzzBench.delivery(body, topic: topic, origin: .fetch)) }
            }
        }
    }

    private static func incoming(_ body: [UInt8], _ random: inout FuzzRandom) -> IncomingDelivery {
        var headers: HTTPFields = [.authorization: random.pick(HostileValues.texts + [String(repeating: "a", count: 64), HostileValues.longText(&random)]) ?? ""]
        if let name = HTTPField.Name("X-Sig"), random.once(in: 2) { headers[name] = random.pick(HostileValues.texts) }
        return IncomingDelivery(headers: headers, body: body, receivedAt: FuzzBench.now)
    }

    private func verdict(_ incoming: IncomingDelivery?, _ delivery: StoredDelivery) -> FuzzVerdict {
        do throws(ConnectorError) {
            let connector = try connector(nil)
            var verdict = FuzzVerdict()
            if let incoming, case .accept(let receipt) = connector.verify(incoming), receipt.key.isEmpty || receipt.key.utf8.count > 6_000 { verdict.complaints.append("a key of \(receipt.key.utf8.count) bytes") }
            verdict.add(FuzzBench.verdict(connector, delivery))
            return verdict
        } catch { return FuzzVerdict(complaints: ["no connector: \(error)"]) }
    }

    private func verdict(of answer: PlatformAnswer, isFetch: Bool) async -> FuzzVerdict {
        await FuzzBench.verdict { () async throws(ConnectorError) in
            let connector = try connector(answer)
            if isFetch { return FuzzBench.verdict(connector, [try await connector.fetchOrder(externalID)]) }
            return FuzzBench.verdict(connector, try await connector.listOrders(changedSince: FuzzBench.now + .seconds(-3_600), until: FuzzBench.now, cursor: nil, limit: 50).orders)
        }
    }
}

/// Shopee, Lazada and Shopat24: orders, pushes and answers (platforms/shopee.md, lazada.md, shopat24.md).
enum MarketplaceFuzzing {
    static func targets() throws -> [FuzzTarget] { try [shopee, lazada, shopat24].map { try $0.target() } }

    private static let shopee = Marketplace(
        name: "shopee", orders: [DossierSamples.shopeeOrder], pushes: MarketplaceCorpus.shopeePushes, answers: MarketplaceCorpus.shopeeAnswers, maximumBytes: ShopeeConnector.descriptor.maximumBodyBytes,
        orderTopic: ShopeeConnector.orderTopic, pushTopics: ["push/3", "push/4", "push/15", "push/2", "push/12", "push/unnamed", "push/unreadable"], externalID: "40071188:2510210K7TTH01"
    ) { answer throws(ConnectorError) in
        let settings = ["partnerID": "1180042", "partnerKey": "crossdock-test-key-0001", "pushKey": "crossdock-push-key-0001", "shopID": "40071188"]
        return try ShopeeConnector(FuzzBench.context(settings, answer: answer, account: "40071188"), jitter: { 0 })
    }

    private static let lazada = Marketplace(
        name: "lazada", orders: MarketplaceCorpus.lazadaBodies, pushes: MarketplaceCorpus.lazadaPushes, answers: MarketplaceCorpus.lazadaAnswers, maximumBytes: LazadaConnector.descriptor.maximumBodyBytes,
        orderTopic: LazadaConnector.readTopic, pushTopics: ["push/0", "push/10", "push/14", "push/unnamed", "push/unreadable"], externalID: "th:100190009:700000000000001"
    ) { answer throws(ConnectorError) in
        let settings = ["appKey": "123456", "appSecret": "helloworld", "country": "th", "sellerID": "100190009", "baseURL": "https://api.example/rest"]
        return try LazadaConnector(FuzzBench.context(settings, answer: answer, account: "th:100190009"))
    }

    private static let shopat24 = Marketplace(
        name: "shopat24", orders: [MarketplaceCorpus.shopat24Order], pushes: MarketplaceCorpus.shopat24Pushes, answers: MarketplaceCorpus.shopat24Answers, maximumBytes: Shopat24Connector.descriptor.maximumBodyBytes,
        orderTopic: Shopat24Connector.readTopic, pushTopics: [Shopat24Connector.pushTopic], externalID: "store-01:250000000123"
    ) { answer throws(ConnectorError) in
        let settings = [
            "baseURL": "https://vendor.example", "connection": "store-01", "secret": "crossdock-s24-key-0001", "webhookSecret": "crossdock-s24-key-0001",
            "profile": #"{"webhook":{"header":"X-Sig","prefix":"sha256=","encoding":"hex","template":"{body}","versionPointer":"/updatedAt","orderNoPointer":"/orderNo"}}"#,
        ]
        return try Shopat24Connector(FuzzBench.context(settings, answer: answer, account: "store-01"))
    }
}
