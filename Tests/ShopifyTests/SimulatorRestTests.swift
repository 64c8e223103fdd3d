import Foundation
import Waiting
@testable import ShopifySimulator
import SimulatorKit
import Testing

struct SimulatorRestTests {
    @Test func `closed and cancelled orders hide unless any status is asked for`() async throws {
        try await SimulatedShop.with { shop in
            let open = shop.simulator.placeOrder(kind: .card), closed = shop.simulator.placeOrder(kind: .card),
                cancelled = shop.simulator.placeOrder(kind: .card)
            try shop.simulator.archive(closed)
            try shop.simulator.cancelOrder(cancelled)
            func ids(_ query: String) async throws -> [Int64] {
                (try await shop.rest("GET", "/orders.json\(query)").json["orders"] as? [[String: Any]] ?? []).compactMap {
                    $0["id"] as? Int64
                }.sorted()
            }
            #expect(try await ids("") == [open])
            #expect(try await ids("?status=any") == [open, closed, cancelled])
            #expect(try await ids("?status=cancelled") == [cancelled])
            let count = try await shop.rest("GET", "/orders/count.json?status=any")
            #expect(count.json["count"] as? Int == 3)
        }
    }

    @Test func `pages follow the Link header, and nothing else may stand beside page_info`() async throws {
        try await SimulatedShop.with { shop in
            let base = Date(timeIntervalSinceNow: -7_200)
            let ids = (0..<7).map { shop.simulator.placeOrder(kind: .card, at: base.addingTimeInterval(Double($0 * 60))) }
            let since = Timestamp8601.text(base.addingTimeInterval(60))
            var next: String? =
                shop.simulator.baseURL
                + "/admin/api/2026-10/orders.json?status=any&updated_at_min=\(since)&order=updated_at+asc&limit=2&fields=id"
            var seen: [Int64] = [], lastInfo = ""
            while let url = next {
                let answer = try await PlainHTTP.send("GET", url, headers: [("X-Shopify-Access-Token", shop.token)])
                let orders = answer.json["orders"] as? [[String: Any]] ?? []
                #expect(orders.allSatisfy { Set($0.keys) == ["id"] })
                seen += orders.compactMap { $0["id"] as? Int64 }
                next = answer.headers["link"].flatMap { $0.firstMatch(of: /<([^>]+)>; rel="next"/) }.map { String($0.1) }
                if let next { lastInfo = String(next.split(separator: "page_info=").last ?? "") }
            }
            #expect(seen == Array(ids.dropFirst()))
            #expect(try await shop.rest("GET", "/orders.json?status=any&page_info=\(lastInfo)").status == 400)
        }
    }

    @Test func `an offset whose plus was not encoded is misread`() async throws {
        try await SimulatedShop.with { shop in
            shop.simulator.placeOrder(kind: .card, at: Date(timeIntervalSince1970: 1_795_225_000))
            let right = try await shop.rest(
                "GET", "/orders.json?status=any&updated_at_min=2026-11-21T00:00:00%2B07:00&updated_at_max=2026-11-21T03:00:00Z")
            let wrong = try await shop.rest(
                "GET", "/orders.json?status=any&updated_at_min=2026-11-21T08:30:00+07:00&updated_at_max=2026-11-21T03:00:00Z")
            #expect(utcTime(1_795_225_000) == "2026-11-21T01:36:40Z")
            #expect((right.json["orders"] as? [Any])?.count == 1)
            #expect((wrong.json["orders"] as? [Any])?.count == 0)
        }
    }

    @Test func `an order is pushed, found again, changed and cancelled`() async throws {
        try await SimulatedShop.with { shop in
            let variant = shop.simulator.variantIDs()[0]
            let made = try await shop.rest(
                "POST", "/orders.json",
                [
                    "order": [
                        "line_items": [["variant_id": variant, "quantity": 2], ["title": "Extra", "price": "12.50", "quantity": 1]],
                        "email": "a@example.com",
                        "financial_status": "pending", "source_identifier": "hub-123", "tags": "one, two",
                        "shipping_lines": [["title": "EMS", "price": "50.00"]],
                    ]
                ])
            let id = try #require(path(made.json, "order", "id") as? Int64)
            let found = try await shop.data(
                "{ orders(first: 5, query: \"source_identifier:hub-123\") { nodes { legacyResourceId tags } } }")
            let changed = try await shop.rest("PUT", "/orders/\(id).json", ["order": ["id": id, "note": "n", "tags": "three"]])
            let cancelled = try await shop.rest("POST", "/orders/\(id)/cancel.json", ["reason": "fraud"])
            let again = try await shop.rest("POST", "/orders/\(id)/cancel.json", [:] as [String: Any])
            #expect(made.status == 201)
            #expect(
                path(made.json, "order", "total_line_items_price") as? String == "1402.50"
                    || path(made.json, "order", "line_items", 1, "price") as? String == "12.50")
            #expect(path(found, "orders", "nodes", 0, "tags") as? [String] == ["one", "two"])
            #expect(path(changed.json, "order", "note") as? String == "n")
            #expect(path(cancelled.json, "order", "cancel_reason") as? String == "fraud")
            #expect(again.status == 422)
            #expect(again.json["errors"] is [String: Any])
        }
    }

    @Test func `a fulfilment is made by fulfilment orders`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let wholes =
                try await shop.rest("GET", "/orders/\(id)/fulfillment_orders.json").json["fulfillment_orders"] as? [[String: Any]] ?? []
            let body: [String: Any] = [
                "fulfillment": [
                    "line_items_by_fulfillment_order": [["fulfillment_order_id": wholes[0]["id"] ?? 0]], "notify_customer": false,
                    "tracking_info": ["number": "TH9", "company": "UPS"],
                ]
            ]
            let made = try await shop.rest("POST", "/fulfillments.json", body)
            let again = try await shop.rest("POST", "/fulfillments.json", body)
            let order = try await shop.rest("GET", "/orders/\(id).json")
            #expect(path(made.json, "fulfillment", "tracking_number") as? String == "TH9")
            #expect((path(made.json, "fulfillment", "tracking_url") as? String)?.hasSuffix("TH9") == true)
            #expect(again.status == 422)
            #expect(path(order.json, "order", "fulfillment_status") as? String == "fulfilled")
            #expect(path(order.json, "order", "line_items", 0, "fulfillable_quantity") as? Int == 0)
        }
    }

    @Test func `an old version falls forward, a future one does not exist`() async throws {
        try await SimulatedShop.with { shop in
            let old = try await shop.get("/admin/api/2019-04/shop.json")
            #expect(old.status == 200)
            #expect(old.headers["x-shopify-api-version"] == "2025-10")
            #expect(try await shop.get("/admin/api/2031-01/shop.json").status == 404)
            #expect(old.headers["x-request-id"] != nil)
        }
    }

    @Test func `the control routes drive the shop from outside`() async throws {
        try await SimulatedShop.with { shop in
            let made = try await shop.call("POST", "/_sim/orders", ["kind": "cod", "count": 2], token: "")
            let id = try #require(made.json["id"] as? Int64)
            let cancelled = try await shop.call("POST", "/_sim/orders/\(id)/cancel", nil, token: "")
            let state = try await shop.get("/_sim/state", token: "")
            let unknown = try await shop.call("POST", "/_sim/orders", ["kind": "nonsense"], token: "")
            #expect(made.status == 201)
            #expect(cancelled.json["cancelled_at"] is String)
            #expect((state.json["orders"] as? [[String: Any]])?.map { $0["cancelled"] as? Bool } == [true, false])
            #expect(unknown.status == 422)
        }
    }

    @Test func `a shop that was kept goes on where it was`() async throws {
        let file = URL.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        var first: [SimulatedOrder] = []
        try await SimulatedShop.with({ $0.stateFile = file }) { shop in
            shop.simulator.placeOrder(kind: .twoLocations)
            first = shop.simulator.orderStates()
        }
        try await SimulatedShop.with({ $0.stateFile = file }) { shop in
            #expect(shop.simulator.orderStates() == first)
            let id = shop.simulator.placeOrder(kind: .card)
            #expect(shop.simulator.orderStates().last?.number == "#1002")
            #expect(String(id) != first[0].externalID)
        }
    }

    @Test func `traffic places orders until it is stopped`() async throws {
        try await SimulatedShop.with { shop in
            shop.simulator.startTraffic(ordersPerSecond: 400)
            #expect(await eventually { shop.simulator.orderStates().count >= 40 })
            await shop.simulator.stopTraffic()
            let count = shop.simulator.orderStates().count
            #expect(count >= 40)
            #expect(Set(shop.simulator.orderStates().map(\.externalID)).count == count)
            #expect(shop.simulator.statistics().first { $0.name == "orders" }?.count == count)
        }
    }
}
