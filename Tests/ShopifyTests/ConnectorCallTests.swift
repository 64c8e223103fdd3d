import Connect
import Domain
import Foundation
import HTTPTypes
@testable import ShopifyConnector
import Synchronization
import Testing

@Suite struct ConnectorCallTests {
    static let since = Timestamp(seconds: 1_795_000_000)

    private func page(_ nodes: [String], next: String? = nil, cost: String = "") -> PlatformAnswer {
        let info = next.map { #"{"hasNextPage":true,"endCursor":"\#($0)"}"# } ?? #"{"hasNextPage":false,"endCursor":"z"}"#
        return Bench.answer(#"{"data":{"orders":{"pageInfo":\#(info),"nodes":[\#(nodes.joined(separator: ","))]}}\#(cost)}"#)
    }
    private func node(_ change: (inout [String: Any]) -> Void = { _ in }) throws -> String { String(decoding: try OrderBody.changed(OrderBody.node, change), as: UTF8.self) }

    // MARK: the request

    @Test func `a call goes to the pinned version with the token in its header`() async throws {
        let platform = ScriptedPlatform([page([])])
        _ = try await Bench.connector(platform).listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 10)
        let request = try #require(platform.requests.first)
        #expect(request.method == .post && request.url == "https://crossdock-test.myshopify.com/admin/api/2026-10/graphql.json")
        #expect(try request.headers[#require(HTTPField.Name("X-Shopify-Access-Token"))] == "token-1")
        #expect(request.headers[.contentType] == "application/json")
        #expect(platform.operations == ["orders"])
        #expect(!String(decoding: request.body, as: UTF8.self).contains("token-1"))
    }

    @Test func `a window is asked in quoted UTC and widened to whole seconds`() {
        let variables = ShopifyConnector.listVariables(since: Timestamp(milliseconds: 1_795_000_000_900), until: Timestamp(milliseconds: 1_795_000_060_100), cursor: "c", size: 5)
        #expect(variables == ["query": "updated_at:>='2026-11-18T11:06:40Z' updated_at:<'2026-11-18T11:07:41Z'", "first": 5, "after": "c"])
    }

    @Test func `another version and address are used where they are set`() async throws {
        var settings = Bench.staticToken
        settings["apiVersion"] = "2026-07"; settings["baseURL"] = "http://127.0.0.1:9/"
        let platform = ScriptedPlatform([page([])])
        _ = try await Bench.connector(platform, settings).listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 10)
        #expect(platform.requests.first?.url == "http://127.0.0.1:9/admin/api/2026-07/graphql.json")
    }

    @Test(arguments: [("shop", ""), ("shop", "example.com"), ("shop", "a.myshopify.com.evil.example"), ("apiVersion", "latest"), ("grant", "magic"), ("accessToken", ""), ("baseURL", "ftp://x"),
                      ("includeTestOrders", "perhaps"), ("accessTokenExpiresAt", "soon")])
    func `a malformed setting stops the channel with its name`(key: String, value: String) {
        var settings = Bench.staticToken
        settings[key] = value
        let error = #expect(throws: ConnectorError.self) { try Bench.connector(ScriptedPlatform(), settings) }
        guard case .misconfigured(key, _)? = error else { Issue.record("\(String(describing: error))"); return }
    }

    @Test func `the grant follows from what is set`() throws {
        func grant(_ settings: [String: String]) throws -> ShopifySettings.Grant { try ShopifySettings(ChannelSettings(["shop": Bench.shop].merging(settings) { $1 })).grant }
        #expect(try grant(["accessToken": "t"]) == .static)
        #expect(try grant(["clientID": "i", "clientSecret": "s"]) == .clientCredentials)
        #expect(try grant(["clientID": "i", "clientSecret": "s", "accessToken": "t", "refreshToken": "r"]) == .code)
        #expect(try grant(["clientID": "i", "clientSecret": "s", "accessToken": "t"]) == .static)
    }

    // MARK: listing

    @Test func `listed orders enter as GraphQL nodes and are read back as orders`() async throws {
        let platform = ScriptedPlatform([page([try node(), try node { $0["legacyResourceId"] = "6100000000002"; $0["id"] = "gid://shopify/Order/6100000000002" }], next: "cursor-2")])
        let connector = try Bench.connector(platform)
        let listed = try await connector.listOrders(changedSince: Self.since, until: nil, cursor: "cursor-1", limit: 250)
        #expect(listed.nextCursor == "cursor-2" && listed.askedAt == Bench.now)
        #expect(listed.orders.map(\.externalID) == ["6100000000001", "6100000000002"])
        #expect(listed.orders.first?.updatedAt == Timestamp(rfc3339: "2026-11-06T03:12:44Z"))
        #expect(platform.variables(0)["after"] as? String == "cursor-1" && platform.variables(0)["first"] as? Int == OrderQueries.largestPage)
        let body = try #require(listed.orders.first?.body)
        guard case .order(let order)? = try connector.interpret(Bench.delivery(listed.orders[0].topic, body, origin: .poll)).first else { Issue.record("no order"); return }
        #expect(order.totals.grand == 134_000 && order.revision.wasRead)
    }

    @Test func `the last page has no cursor`() async throws {
        #expect(try await Bench.connector(ScriptedPlatform([page([])])).listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 10).nextCursor == nil)
    }

    @Test func `a page that costs too much is halved until it fits, and the size is remembered`() async throws {
        let tooMuch = ConnectorErrorTests.graphQL("MAX_COST_EXCEEDED", "too much")
        let platform = ScriptedPlatform([tooMuch, tooMuch, page([]), page([])])
        let connector = try Bench.connector(platform)
        _ = try await connector.listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 20)
        _ = try await connector.listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 20)
        #expect((0..<4).map { platform.variables($0)["first"] as? Int } == [20, 10, 5, 5])
    }

    @Test func `a page of one order that costs too much is refused`() async throws {
        let connector = try Bench.connector(ScriptedPlatform([ConnectorErrorTests.graphQL("MAX_COST_EXCEEDED", "too much")]))
        let error = await #expect(throws: ConnectorError.self) { try await connector.listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 1) }
        #expect(error?.code == "MAX_COST_EXCEEDED")
    }

    @Test func `a call that the bucket cannot pay for is not made`() async throws {
        let clock = Mutex(Bench.now)
        let cost = #","extensions":{"cost":{"requestedQueryCost":400,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":100,"restoreRate":100.0}}}"#
        let platform = ScriptedPlatform([page([], cost: cost), page([])])
        let connector = try Bench.connector(platform, now: { clock.withLock { $0 } })
        _ = try await connector.listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 5)
        await #expect(throws: ConnectorError.throttled(until: Bench.now + .seconds(3))) { try await connector.listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 5) }
        #expect(platform.requests.count == 1)
        clock.withLock { $0 = $0 + .seconds(3) }
        _ = try await connector.listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 5)
        #expect(platform.requests.count == 2)
    }

    @Test func `lines past the first page are read`() async throws {
        func more(_ id: Int, next: String?) -> PlatformAnswer {
            Bench.data(#"{"order":{"lineItems":{"pageInfo":{"hasNextPage":\#(next != nil),"endCursor":"\#(next ?? "")"},"nodes":[{"id":"gid://shopify/LineItem/\#(id)","title":"L","quantity":1,"currentQuantity":1,"originalUnitPriceSet":{"shopMoney":{"amount":"0.0"}}}]}}}"#)
        }
        let first = try node { order in
            var lines = order["lineItems"] as? [String: Any] ?? [:]
            lines["pageInfo"] = ["hasNextPage": true, "endCursor": "l1"]
            order["lineItems"] = lines
        }
        let platform = ScriptedPlatform([Bench.data(#"{"order":\#(first)}"#), more(2, next: "l2"), more(3, next: nil)])
        let connector = try Bench.connector(platform)
        let fetched = try await connector.fetchOrder("6100000000001")
        guard case .order(let order)? = try connector.interpret(Bench.delivery(fetched.topic, try #require(fetched.body), origin: .fetch)).first else { Issue.record("no order"); return }
        #expect(order.lines.map(\.externalLineID) == ["14100000000001", "2", "3"])
        #expect(platform.operations == ["order", "orderLines", "orderLines"])
        #expect(platform.variables(1)["after"] as? String == "l1" && platform.variables(2)["after"] as? String == "l2")
    }

    @Test func `for an edited order with refunds their lines are read`() async throws {
        let edited = try node { $0["edited"] = true; $0["refunds"] = [["id": "gid://shopify/Refund/1"]] }
        let platform = ScriptedPlatform([Bench.data(#"{"order":\#(edited)}"#), Bench.data(#"{"order":{"refunds":[{"id":"gid://shopify/Refund/1","refundLineItems":{"nodes":[]}}]}}"#)])
        let fetched = try await Bench.connector(platform).fetchOrder("6100000000001")
        #expect(platform.operations == ["order", "orderRefunds"])
        #expect(String(decoding: try #require(fetched.body), as: UTF8.self).contains("refundLineItems"))
    }

    @Test func `an API version without refunded shipping is asked without it`() async throws {
        let edited = try node { $0["edited"] = true; $0["refunds"] = [["id": "gid://shopify/Refund/1"]] }
        let platform = ScriptedPlatform([Bench.data(#"{"order":\#(edited)}"#), ConnectorErrorTests.graphQL("undefinedField", "Field 'refundShippingLines' doesn't exist"), Bench.data(#"{"order":{"refunds":[]}}"#)])
        _ = try await Bench.connector(platform).fetchOrder("6100000000001")
        #expect(platform.calls.map { ($0["query"] as? String ?? "").contains("refundShippingLines") } == [false, true, false])
    }

    @Test func `a fetched order that is gone says so`() async throws {
        let connector = try Bench.connector(ScriptedPlatform([Bench.data(#"{"order":null}"#)]))
        let error = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("1") }
        #expect(error?.code == "not_found" && error?.failureClass == .rejected)
    }
}
