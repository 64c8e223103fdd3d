import Foundation
import Testing
@testable import WooCommerceSimulator

/// Stock and prices, platforms/woocommerce.md §7.
struct SimulatorProductTests {
    @Test func `a stock quantity is ignored unless stock is managed`() async throws {
        try await withShop { (shop) async throws in
            let made = try await shop.call("POST", "products", ["name": "Mug", "type": "simple", "regular_price": "450.00", "sku": "MUG", "status": "draft"])
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.integerValue)
            let ignored = try await shop.call("PUT", "products/\(id)", ["stock_quantity": 7])
            #expect(ignored.status == 200)
            #expect(ignored.json["stock_quantity"] == .null)
            #expect(try await shop.call("PUT", "products/\(id)", ["manage_stock": true, "stock_quantity": 7]).json["stock_quantity"] == 7)
            #expect(try await shop.call("PUT", "products/\(id)", ["stock_quantity": .number(1.5)]).code == "rest_invalid_param")
        }
    }

    @Test func `prices are text, and a variable parent has none`() async throws {
        try await withShop { (shop) async throws in
            let id = try #require(shop.simulator.productID(sku: "BAG-RAT"))
            #expect(try await shop.call("PUT", "products/\(id)", ["regular_price": 499]).code == "rest_invalid_param")
            let sale = try await shop.call("PUT", "products/\(id)", ["regular_price": "499.00", "sale_price": "449.00", "price": "1"]).json
            #expect(sale["price"] == "449.00")
            #expect(try await shop.call("PUT", "products/\(id)", ["sale_price": ""]).json["price"] == "499.00")

            let parent = try #require(try await shop.call("GET", "products?type=variable").ids.first)
            let before = try await shop.call("GET", "products/\(parent)").json["regular_price"]
            let ignored = try await shop.call("PUT", "products/\(parent)", ["regular_price": "1.00"])
            #expect(ignored.status == 200)
            #expect(ignored.json["regular_price"] == before)
        }
    }

    @Test func `a duplicate SKU names the product that has it`() async throws {
        try await withShop { (shop) async throws in
            let id = try #require(shop.simulator.productID(sku: "BAG-RAT"))
            let answer = try await shop.call("POST", "products", ["name": "Copy", "sku": "BAG-RAT"])
            #expect(answer.status == 400)
            #expect(answer.code == "product_invalid_sku")
            #expect(answer.json["data"]?["resource_id"] == .integer(id))
        }
    }

    @Test func `a SKU finds variations, too`() async throws {
        try await withShop { (shop) async throws in
            let found = try await shop.call("GET", "products?sku=TOP-RED-M,BAG-RAT&orderby=id&order=asc")
            let types = (found.json.items ?? []).compactMap { $0["type"]?.text }
            #expect(types.contains("variation"))
            #expect(found.ids.count == 2)
            let listed = try await shop.call("GET", "products?per_page=100").json.items ?? []
            #expect(!listed.isEmpty)
            #expect(listed.allSatisfy { $0["type"] != "variation" })
        }
    }

    @Test func `a batch answers each item for itself, and is refused past a hundred`() async throws {
        try await withShop { (shop) async throws in
            let id = try #require(shop.simulator.productID(sku: "BAG-RAT"))
            let answer = try await shop.call("POST", "products/batch", [
                "update": [["id": .integer(id), "regular_price": "700.00"], ["id": 1, "regular_price": "1.00"], ["id": .integer(id), "regular_price": 5]],
            ])
            #expect(answer.status == 200)
            let items = try #require(answer.json["update"]?.items)
            #expect(items[0]["regular_price"] == "700.00")
            #expect(items[1]["error"]?["code"] == "woocommerce_rest_product_invalid_id")
            #expect(items[1]["error"]?["data"]?["status"] == 400)
            #expect(items[2]["error"]?["code"] == "rest_invalid_param")
            let many = try await shop.call("POST", "products/batch", ["delete": .array((0..<101).map { .integer($0) })])
            #expect(many.status == 413)
            #expect(many.code == "woocommerce_rest_request_entity_too_large")
        }
    }

    @Test func `variations hang below their parent and are announced as products`() async throws {
        try await withWebhooks(["product.updated"]) { (shop, receiver, _) async throws in
            let id = try #require(shop.simulator.productID(sku: "TOP-RED-M"))
            let parent = try #require(try await shop.call("GET", "products/\(id)").json["parent_id"]?.integerValue)
            let changed = try await shop.call("POST", "products/\(parent)/variations/batch", ["update": [["id": .integer(id), "stock_quantity": 3]]])
            #expect(changed.json["update"]?.items?.first?["stock_quantity"] == 3)
            await shop.simulator.runCron()
            #expect(receiver.deliveries.first?.json["type"] == "variation")
            #expect(receiver.deliveries.first?.json["parent_id"] == .integer(parent))
        }
    }
}
