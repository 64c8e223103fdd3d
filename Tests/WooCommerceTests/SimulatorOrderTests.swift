import Foundation
import SimulatorKit
import Testing
@testable import WooCommerceSimulator

/// Acting on orders, platforms/woocommerce.md §6.
struct SimulatorOrderTests {
    private func stockOf(_ shop: SimulatedShop, _ id: Int) async throws -> Int? {
        try await shop.call("GET", "products/\(id)").json["stock_quantity"]?.integerValue
    }

    @Test func `a pushed order has the shop's prices, taxes and 201`() async throws {
        try await withShop { (shop) async throws in
            let product = try #require(shop.simulator.productID(sku: "BAG-RAT"))
            let answer = try await shop.call("POST", "orders", [
                "status": "processing", "payment_method": "cod", "payment_method_title": "COD", "billing": ["first_name": "มาลี", "email": "m@example.com"],
                "line_items": [["product_id": .integer(product), "quantity": 2, "subtotal": "1000.00", "total": "900.00"]],
                "shipping_lines": [["method_id": "flat_rate", "method_title": "EMS", "total": "60.00"]], "meta_data": [["key": "_crossdock_id", "value": "77"]],
                "total": "1.00", "number": "X",
            ])
            #expect(answer.status == 201)
            let order = answer.json
            #expect(order["total"] == "1027.20")
            #expect(order["total_tax"] == "67.20")
            #expect(order["discount_total"] == "100.00")
            #expect(order["line_items"]?.items?.first?["price"] == 450)
            #expect(order["number"] == .string("\(order["id"]?.integerValue ?? 0)"))
            #expect(order["date_paid"] == WooJSON.null)
            #expect(order["meta_data"]?.items?.first?["value"] == "77")
            #expect(answer.headers["location"]?.hasSuffix("/orders/\(order["id"]?.integerValue ?? 0)") == true)
        }
    }

    @Test func `an unknown product makes a nameless line, no product at all is refused`() async throws {
        try await withShop { (shop) async throws in
            let unknown = try await shop.call("POST", "orders", ["line_items": [["product_id": 999_999, "quantity": 1]]])
            #expect(unknown.status == 201)
            #expect(unknown.json["line_items"]?.items?.first?["name"] == "")
            #expect(unknown.json["total"] == "0.00")
            let none = try await shop.call("POST", "orders", ["line_items": [["quantity": 1]]])
            #expect(none.status == 400)
            #expect(none.code == "woocommerce_rest_required_product_reference")
        }
    }

    @Test func `an unknown coupon fails and leaves a draft behind`() async throws {
        try await withShop { (shop) async throws in
            let answer = try await shop.call("POST", "orders", ["coupon_lines": [["code": "nope"]]])
            #expect(answer.status == 400)
            let draft = try #require(answer.json["data"]?["new_draft_order_id"]?.integerValue)
            #expect(try await shop.call("GET", "orders/\(draft)").json["status"] == "checkout-draft")
        }
    }

    @Test func `processing pays every method but COD, completion pays COD, too`() async throws {
        try await withShop { (shop) async throws in
            for (method, isPaid) in [("omise", true), ("cod", false)] {
                let made = try await shop.call("POST", "orders", [
                    "payment_method": .string(method), "line_items": [["sku": "BAG-RAT", "quantity": 1]],
                ])
                let id = try #require(made.json["id"]?.integerValue)
                let processing = try await shop.call("PUT", "orders/\(id)", ["status": "processing"]).json
                #expect((processing["date_paid_gmt"] != .null) == isPaid)
                let completed = try await shop.call("PUT", "orders/\(id)", ["status": "completed"]).json
                #expect(completed["date_paid_gmt"] != .null)
                #expect(completed["date_completed_gmt"] != .null)
            }
        }
    }

    @Test func `stock goes down once and comes back on cancelling`() async throws {
        try await withShop { (shop) async throws in
            let product = try #require(shop.simulator.productID(sku: "SOAP-MNG"))
            let before = try #require(try await stockOf(shop, product))
            let made = try await shop.call("POST", "orders", ["status": "processing", "line_items": [["product_id": .integer(product), "quantity": 3]]])
            let id = try #require(made.json["id"]?.integerValue)
            #expect(try await stockOf(shop, product) == before - 3)
            _ = try await shop.call("PUT", "orders/\(id)", ["status": "completed"])
            #expect(try await stockOf(shop, product) == before - 3)
            _ = try await shop.call("PUT", "orders/\(id)", ["status": "cancelled"])
            #expect(try await stockOf(shop, product) == before)
        }
    }

    @Test func `meta is changed by key, by id, and deleted by null`() async throws {
        try await withShop { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .objectMeta)
            let meta = { (answer: SimulatedShop.Answer, key: String) in (answer.json["meta_data"]?.items ?? []).filter { $0["key"]?.text == key }.map { $0["value"] } }
            let first = try await shop.call("PUT", "orders/\(id)", ["meta_data": [["key": "tags", "value": "one"]]])
            #expect(meta(first, "tags") == ["one", ["second entry of the same key"]])
            let gone = try await shop.call("PUT", "orders/\(id)", ["meta_data": [["key": "points", "value": nil]]])
            #expect(meta(gone, "points") == [])
            #expect(meta(gone, "gift").first??["wrap"] == true)
        }
    }

    @Test func `a refund books what is left and no more`() async throws {
        try await withShop { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .paidOnline)
            let total = try #require(try await shop.call("GET", "orders/\(id)").json["total"]?.text)
            let tooMuch = try await shop.call("POST", "orders/\(id)/refunds", ["amount": "999999.00", "api_refund": false])
            #expect(tooMuch.status == 500)
            #expect(tooMuch.code == "woocommerce_rest_cannot_create_order_refund")
            #expect(tooMuch.message == "Invalid refund amount.")
            let part = try await shop.call("POST", "orders/\(id)/refunds", ["amount": "5.00", "reason": "damaged", "api_refund": false])
            #expect(part.status == 201)
            #expect(part.json["amount"] == "5.00")
            let order = try await shop.call("GET", "orders/\(id)").json
            #expect(order["refunds"]?.items?.first?["total"] == "-5.00")
            #expect(order["status"] == "processing")
            #expect(shop.simulator.refund(id))
            #expect(try await shop.call("GET", "orders/\(id)").json["status"] == "refunded")
            #expect(try await shop.call("GET", "orders/\(id)").json["total"]?.text == total)
        }
    }

    @Test func `api_refund is true unless it is said otherwise, and cash cannot be sent back`() async throws {
        try await withShop { (shop) async throws in
            let paid = shop.simulator.placeOrder(kind: .paidOnline), cash = shop.simulator.placeOrder(kind: .cashOnDelivery)
            #expect(try await shop.call("POST", "orders/\(paid)/refunds", ["amount": "2.00"]).json["refunded_payment"] == true)
            #expect(shop.simulator.statistics().first { $0.name == "paid back" }?.count == 200)
            #expect(try await shop.call("POST", "orders/\(cash)/refunds", ["amount": "2.00"]).status == 500)
        }
    }

    @Test func `a missing order is 404 to read and 400 to write`() async throws {
        try await withShop { (shop) async throws in
            let read = try await shop.call("GET", "orders/1"), written = try await shop.call("PUT", "orders/1", [:])
            #expect(read.status == 404)
            #expect(written.status == 400)
            #expect(read.code == "woocommerce_rest_shop_order_invalid_id")
            #expect(written.code == read.code)
        }
    }

    @Test func `any status follows any other, an unknown one is refused`() async throws {
        try await withShop { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            for status in ["cancelled", "processing", "completed", "pending", "packed"] {
                #expect(try await shop.call("PUT", "orders/\(id)", ["status": .string(status)]).json["status"] == .string(status))
            }
            #expect(try await shop.call("PUT", "orders/\(id)", ["status": "delivered"]).code == "rest_invalid_param")
        }
    }

    @Test func `a body that is no JSON is refused in WordPress's words`() async throws {
        try await withShop { (shop) async throws in
            let answer = try await shop.plain("POST", "/wp-json/wc/v3/orders", .string("not an object"), headers: [("Authorization", shop.basic)])
            #expect(answer.status == 400)
            #expect(answer.code == "rest_invalid_json")
        }
    }

    @Test func `tracking is stored by the plugin and shown as meta`() async throws {
        try await withShop { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            let path = "/wp-json/wc-shipment-tracking/v3/orders/\(id)/shipment-trackings"
            let made = try await shop.plain("POST", path, [
                "custom_tracking_provider": "Thailand Post", "custom_tracking_link": "https://track.example/%1$s", "tracking_number": "EX000000000TH",
                "date_shipped": "2026-11-06",
            ], headers: [("Authorization", shop.basic)])
            #expect(made.status == 201)
            #expect(made.json["tracking_link"] == "https://track.example/EX000000000TH")
            #expect(shop.simulator.trackingNumbers(id) == ["EX000000000TH"])
            let meta = try await shop.call("GET", "orders/\(id)").json["meta_data"]?.items?.first { $0["key"] == "_wc_shipment_tracking_items" }
            #expect(meta?["value"]?.items?.first?["date_shipped"] == "1793923200")
            shop.simulator.setShipmentTracking(false)
            #expect(try await shop.plain("GET", path, headers: [("Authorization", shop.basic)]).code == "rest_no_route")
        }
    }

    @Test func `a numbering plugin makes any text`() async throws {
        try await withShop(.quick { $0.numbering = .sequential(prefix: "INV-2026/", digits: 5) }) { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            #expect(try await shop.call("GET", "orders/\(id)").json["number"] == "INV-2026/00017")
        }
    }

    @Test func `a shop that starts again can go on with fresh ids`() async throws {
        let first = WooCommerceSimulator.Configuration.freshFirstOrderID
        try await withShop(.quick { $0.firstOrderID = first }) { (shop) async throws in
            #expect(shop.simulator.placeOrder(kind: .everyday) == first)
            #expect(first > 1_000_000)
        }
    }

    @Test func `unpaid orders of the checkout are cancelled after an hour`() async throws {
        try await withShop { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .pending)
            shop.simulator.advanceClock(bySeconds: 3_700)
            shop.simulator.cancelUnpaidOrders()
            #expect(try await shop.call("GET", "orders/\(id)").json["status"] == "cancelled")
        }
    }
}
