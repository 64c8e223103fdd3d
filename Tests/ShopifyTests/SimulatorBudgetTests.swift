import Foundation
@testable import ShopifySimulator
import SimulatorKit
import Testing

struct SimulatorBudgetTests {
    @Test func `a bucket gives what it has, takes back what was not used, and fills with time`() {
        let start = Date(timeIntervalSince1970: 0)
        var bucket = CostBucket(capacity: 2_000, restorePerSecond: 100, now: start)
        let first = [bucket.reserve(900, now: start), bucket.reserve(900, now: start), bucket.reserve(300, now: start)]
        #expect(first == [true, true, false])
        bucket.refund(500, now: start)
        #expect(bucket.available == 700)
        let later = start.addingTimeInterval(2)
        let second = [bucket.reserve(700, now: start), bucket.reserve(201, now: later), bucket.reserve(200, now: later)]
        #expect(second == [true, false, true])
        bucket.refund(0, now: start.addingTimeInterval(3_600))
        #expect(bucket.available == 2_000)
    }

    @Test(arguments: [
        ("{ shop { name } }", 1), ("{ order(id:\"x\") { id totalPriceSet { shopMoney { amount } } } }", 3),
        ("{ orders(first: 1) { nodes { id } } }", 1),
        ("mutation { tagsAdd(id: 1, tags: []) { userErrors { message } } }", 10),
        ("{ product(id: 1) { variants(first: 250) { nodes { inventoryItem { id } } } } }", 25),
        ("{ orders(first: 250) { edges { cursor node { id } } pageInfo { hasNextPage } } }", 12),
    ])
    func `a query has its price`(query: String, cost: Int) throws {
        let document = try GraphReader.read(query)
        #expect(QueryCost.requested(try document.operation(named: nil), document, [:]) == cost)
    }

    @Test func `every answer tells the budget, and the reservation is given back`() async throws {
        try await SimulatedShop.with({ $0.costRestorePerSecond = 0.001 }) { shop in
            shop.simulator.placeOrder(kind: .card)
            let answer = try await shop.graph("{ orders(first: 250) { nodes { id lineItems(first: 5) { nodes { id } } } } }")
            let cost = try #require(path(answer, "extensions", "cost") as? [String: Any])
            let requested = try #require(cost["requestedQueryCost"] as? Int), actual = try #require(cost["actualQueryCost"] as? Int)
            #expect(requested > actual)
            #expect(path(cost, "throttleStatus", "currentlyAvailable") as? Int == 2_000 - actual)
            #expect(path(cost, "throttleStatus", "maximumAvailable") as? Double == 2_000)
        }
    }

    @Test func `an empty bucket throttles with HTTP 200 and does nothing`() async throws {
        try await SimulatedShop.with({ $0.costRestorePerSecond = 0.001 }) { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            shop.simulator.drainCostBucket()
            let answer = try await shop.call(
                "POST", "/admin/api/2026-10/graphql.json",
                ["query": "mutation { tagsAdd(id: \"\(SimulatedShop.gid(id))\", tags: [\"x\"]) { userErrors { message } } }"])
            #expect(answer.status == 200)
            #expect(path(answer.json, "errors", 0, "extensions", "code") as? String == "THROTTLED")
            #expect(path(answer.json, "extensions", "cost", "actualQueryCost") is NSNull)
            #expect(path(answer.json, "extensions", "cost", "requestedQueryCost") as? Int == 10)
            #expect(shop.simulator.store.read { $0.orders[id]?.tags.contains("x") } == false)
        }
    }

    @Test func `a query over a thousand points is refused for good`() async throws {
        try await SimulatedShop.with { shop in
            let answer = try await shop.graph(
                "{ orders(first: 250) { nodes { lineItems(first: 250) { nodes { product { variants(first: 250) { nodes { id } } } } } } } }"
            )
            #expect(path(answer, "errors", 0, "extensions", "code") as? String == "MAX_COST_EXCEEDED")
        }
    }

    @Test func `an internal error hides in a 200`() async throws {
        try await SimulatedShop.with { shop in
            shop.simulator.faults.force([.serverError(status: 500)], at: .request)
            let answer = try await shop.call("POST", "/admin/api/2026-10/graphql.json", ["query": "{ shop { name } }"])
            #expect(answer.status == 200)
            #expect(path(answer.json, "errors", 0, "extensions", "code") as? String == "INTERNAL_SERVER_ERROR")
        }
    }

    @Test func `REST throttles at forty calls with a decimal Retry-After`() async throws {
        try await SimulatedShop.with({ $0.restLeakPerSecond = 0.001 }) { shop in
            var last = try await shop.rest("GET", "/shop.json")
            #expect(last.headers["x-shopify-shop-api-call-limit"] == "1/40")
            for _ in 0..<40 { last = try await shop.rest("GET", "/shop.json") }
            #expect(last.status == 429)
            #expect(last.headers["retry-after"] == "2.0")
            #expect(last.headers["x-shopify-shop-api-call-limit"] == "40/40")
        }
    }

    @Test func `a lost answer has done its work`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            shop.simulator.faults.force([.lostAnswer], at: .write)
            await #expect(throws: (any Error).self) {
                try await shop.graph("mutation { tagsAdd(id: \"\(SimulatedShop.gid(id))\", tags: [\"x\"]) { userErrors { message } } }")
            }
            #expect(shop.simulator.store.read { $0.orders[id]?.tags.contains("x") } == true)
        }
    }
}
