import Connect
import CustomShopConnector
import CustomShopSimulator
import Domain
import Foundation
import HTTPTypes
import SimulatorKit
import Testing

/// The pull endpoint and our callbacks, against the simulated shop over real HTTP (platforms/companion-webhook.md §10, §11).
@Suite struct ConnectorShopTests {
    private static let beginning = Timestamp(seconds: 1_577_836_800)

    private func withConnector(
        _ change: (inout CustomShopConfiguration) -> Void = { _ in }, _ body: (CustomShopSimulator, CustomShopConnector) async throws -> Void
    ) async throws {
        try await withShop(change) { shop, _ in
            try await body(shop, try CustomShopBench.live([
                "callbackURL": shop.callbackURL, "callbackSecret": SimulatorVector.w6.secret, "pullURL": shop.baseURL + "/", "pullToken": "pull_test_3f1c0a",
            ]))
        }
    }

    @Test func `what the shop sends is accepted, whichever living secret signed it`() async throws {
        try await withShop { shop, hub in
            let connector = try CustomShopBench.live(["previousSecret": SimulatorVector.oldSecret])
            for style in [CustomShopSigning.Style.current, .previous, .both, .unknownVersionFirst] {
                shop.setStyle(style)
                _ = try await shop.placeOrder()
            }
            await shop.idle()
            #expect(hub.count == 4)
            for call in hub.all {
                var headers = HTTPFields()
                for (name, value) in call.headers where name.hasPrefix("webhook") || name == "content-type" { headers[try #require(HTTPField.Name(name))] = value }
                let now = Timestamp(milliseconds: Int64(call.receivedAt.timeIntervalSince1970 * 1000))
                #expect(connector.verify(IncomingDelivery(headers: headers, body: Array(call.body), receivedAt: now)).told == "202 accepted")
                guard case .order? = try connector.interpret(CustomShopBench.stored(call.body)).first else { Issue.record("no order"); return }
            }
        }
    }

    @Test func `the pull endpoint is walked to its end, and every page's order can be read`() async throws {
        try await withConnector { shop, connector in
            let ids = try await shop.burst(7)
            var seen: [ListedOrder] = [], cursor: String?, pages = 0
            repeat {
                let page = try await connector.listOrders(changedSince: Self.beginning, until: nil, cursor: cursor, limit: 3)
                seen += page.orders
                cursor = page.nextCursor
                pages += 1
            } while cursor != nil && pages < 10
            #expect(Set(seen.map(\.externalID)) == Set(ids))
            #expect(seen.map(\.updatedAt) == seen.map(\.updatedAt).sorted())
            for one in seen {
                guard case .order(let order)? = try connector.interpret(CustomShopBench.stored(try #require(one.body), topic: one.topic)).first else { Issue.record("no order"); return }
                #expect(order.externalID == one.externalID)
                #expect(order.revision.wasRead)
                #expect(order.totals.mismatch(in: order.currency) == nil)
            }
            let bounded = try await connector.listOrders(changedSince: Self.beginning, until: Self.beginning + .seconds(1), cursor: nil, limit: 100)
            #expect(bounded.orders.isEmpty)
        }
    }

    @Test func `one order is fetched, an unknown one is refused as not found`() async throws {
        try await withConnector { shop, connector in
            let id = try await shop.unannouncedOrder()
            #expect(try await connector.fetchOrder(id).externalID == id)
            let error = await connectorError { () async throws(ConnectorError) in try await connector.fetchOrder("no such/order?") }
            #expect(error?.code == "not_found")
        }
    }

    @Test func `the pull endpoint's faults have their classes`() async throws {
        try await withConnector { shop, connector in
            shop.faults.force([.throttle(retryAfterSeconds: 3), .serverError(status: 502), .expireToken, .malform, .drop], at: .request)
            var classes: [String] = []
            for _ in 0..<5 {
                let error = await connectorError { () async throws(ConnectorError) in try await connector.listOrders(changedSince: Self.beginning, until: nil, cursor: nil, limit: 10) }
                classes.append(error?.failureClass.word ?? "none")
            }
            #expect(classes == ["throttled", "transient", "unauthorised", "transient", "transient"])
            #expect(await connector.check().allSatisfy(\.isGood))
        }
    }

    @Test func `a shipment told twice is one shipment`() async throws {
        try await withConnector { shop, connector in
            let id = try await shop.placeOrder()
            for _ in 0..<2 { try await connector.markShipped(CustomShopBench.shipment("shp_7Q2"), of: CustomShopBench.order(id), idempotencyKey: "job:41") }
            #expect(shop.callbackCounts() == ["msg_job_41": 2])
            #expect(shop.shipmentCounts() == ["shp_7Q2": 1])
            #expect(shop.receivedCallbacks().allSatisfy { $0.refusal == nil && $0.type == "order.shipped" })
            let told = try #require(shop.shipments(of: id).first)
            #expect(told.trackingNumber == "EX123456789TH")
            #expect(told.lines.map(\.externalLineID) == ["1"] && told.lines.map(\.quantity) == [2])
        }
    }

    @Test func `a cancellation is asked for, and the shop's own event confirms it`() async throws {
        try await withConnector { shop, connector in
            let id = try await shop.placeOrder()
            #expect(try await connector.cancelOrder(CustomShopBench.order(id), reason: "sold out", idempotencyKey: "job:42") == .pending)
            #expect(shop.orderStates().first { $0.externalID == id }?.isCancelled == true)
        }
    }

    @Test func `the shop's answers to a callback have their classes`() async throws {
        try await withConnector { shop, connector in
            let id = try await shop.placeOrder()
            let cases: [(CallbackAnswer, String)] = [
                (.ok, "none"), (.accepted, "none"), (.noContent, "none"), (.html, "none"), (.redirect, "rejected"), (.unauthorised, "unauthorised"), (.gone, "rejected"),
                (.throttled(retryAfterSeconds: 7), "throttled"), (.serverError, "transient"), (.closeEarly, "transient"),
            ]
            shop.answerNext(cases.map(\.0))
            for (answer, word) in cases {
                let error = await connectorError { () async throws(ConnectorError) in try await connector.markShipped(CustomShopBench.shipment("shp_1"), of: CustomShopBench.order(id), idempotencyKey: "job:1") }
                #expect(error?.failureClass.word ?? "none" == word, "\(answer)")
            }
            #expect(shop.shipmentCounts() == ["shp_1": 1])
        }
    }

    @Test func `a shop without callbacks and pull endpoint is told of nothing and asked for nothing`() async throws {
        let connector = try CustomShopBench.connector()
        try await connector.markShipped(CustomShopBench.shipment("s"), of: CustomShopBench.order("A"), idempotencyKey: "k")
        #expect(try await connector.cancelOrder(CustomShopBench.order("A"), reason: "r", idempotencyKey: "k") == .unknown)
        #expect(try await connector.listOrders(changedSince: Self.beginning, until: nil, cursor: nil, limit: 10).orders.isEmpty)
        #expect(await connectorError { () async throws(ConnectorError) in try await connector.fetchOrder("A") }?.code == "no_pull_endpoint")
        #expect(await connector.check().allSatisfy { !$0.isGood && $0.remedy != nil })
    }

    @Test(arguments: ["9223372036854775807", "-1", "1e300", "soon"])
    func `no answer's pause is longer than an hour`(retryAfter: String) async throws {
        let http = CustomShopBench.answering(429, headers: [.retryAfter: retryAfter])
        let connector = try CustomShopBench.connector(["pullURL": "https://shop.example", "pullToken": "t"], http: http)
        guard case .throttled(let until)? = await connectorError({ () async throws(ConnectorError) in try await connector.fetchOrder("A") }) else { Issue.record("not throttled"); return }
        #expect(until > CustomShopBench.now && until <= CustomShopBench.now + .seconds(3600))
    }

    @Test(arguments: [
        ["secret": ""], ["secret": "whsec_"], ["secret": "whsec_AQID"], ["secret": "whsec_*****"], ["previousSecret": "short"], ["sourcePlatform": "shopify"],
        ["callbackURL": "https://shop.example/c"], ["pullURL": "https://shop.example"],
    ])
    func `settings that cannot work are refused when the channel is made`(settings: [String: String]) {
        #expect(throws: ConnectorError.self) { try CustomShopBench.connector(settings) }
    }
}
