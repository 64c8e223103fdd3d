import Foundation
@testable import ShopifySimulator
import SimulatorKit
import Testing

struct SimulatorOrderShapeTests {
    /// One order of a kind as the webhook carries it.
    private func body(_ kind: OrderKind, currency: String = "THB", after actions: (ShopifySimulator, Int64) throws -> Void = { _, _ in })
        async throws -> [String: Any]
    {
        var found: [String: Any] = [:]
        try await SimulatedShop.with({ $0.currency = currency }) { shop in
            let id = shop.simulator.placeOrder(kind: kind)
            try actions(shop.simulator, id)
            found = try #require(
                try JSONSerialization.jsonObject(with: shop.simulator.webhookBody(orderID: id) ?? Data()) as? [String: Any])
        }
        return found
    }

    private func amount(_ json: [String: Any], _ name: String) -> Decimal { Decimal(string: json[name] as? String ?? "") ?? -1 }

    @Test func `an order has the fields of a real body`() async throws {
        let order = try await body(.discountCode)
        let expected = """
            id admin_graphql_api_id app_id browser_ip buyer_accepts_marketing cancel_reason cancelled_at cart_token checkout_id checkout_token client_details closed_at \
            company confirmation_number confirmed contact_email created_at currency current_shipping_price_set current_subtotal_price current_subtotal_price_set \
            current_total_discounts current_total_duties_set current_total_additional_fees_set current_total_price current_total_tax customer_locale device_id \
            discount_codes duties_included email estimated_taxes financial_status fulfillment_status landing_site location_id merchant_business_entity_id \
            merchant_of_record_app_id name note note_attributes number order_number order_status_url payment_gateway_names phone po_number presentment_currency \
            processed_at source_name subtotal_price tags tax_exempt tax_lines taxes_included test token total_cash_rounding_payment_adjustment_set total_discounts \
            total_line_items_price total_outstanding total_price total_shipping_price_set total_tax total_tip_received total_weight updated_at user_id \
            billing_address customer discount_applications fulfillments line_items payment_terms refunds shipping_address shipping_lines returns line_item_groups
            """
        #expect(expected.split(separator: " ").filter { order[String($0)] == nil } == [])
        #expect(path(order, "line_items", 0, "total_discount") as? String == "0.00")
        #expect(path(order, "line_items", 0, "discount_allocations", 0, "discount_application_index") as? Int == 0)
        #expect((order["created_at"] as? String)?.hasSuffix("+07:00") == true)
    }

    @Test(arguments: OrderKind.allCases)
    func `totals obey the sum law`(kind: OrderKind) async throws {
        let order = try await body(kind)
        let tax = order["taxes_included"] as? Bool == true ? 0 : amount(order, "total_tax")
        let shipping = Decimal(string: path(order, "total_shipping_price_set", "shop_money", "amount") as? String ?? "") ?? -1
        let sum =
            amount(order, "total_line_items_price") - amount(order, "total_discounts") + shipping + tax
            + amount(order, "total_tip_received")
        #expect(sum == amount(order, "total_price"))
        #expect(amount(order, "current_total_price") == amount(order, "total_price"))
    }

    @Test func `a missing customer is null for one buyer and absent for another`() async throws {
        let guest = try await body(.guestPhone)
        let bare = try await body(.missingKeys)
        #expect(guest["customer"] is NSNull)
        #expect(guest["phone"] is String)
        #expect(bare["customer"] == nil)
        #expect(bare["shipping_address"] == nil)
    }

    @Test func `cash on delivery is a manual gateway with the whole sum outstanding`() async throws {
        let order = try await body(.cashOnDelivery)
        #expect(order["payment_gateway_names"] as? [String] == ["Cash on Delivery (COD)"])
        #expect(order["financial_status"] as? String == "pending")
        #expect(order["total_outstanding"] as? String == order["total_price"] as? String)
    }

    @Test func `a removed line stays with nothing current, and only the current sums move`() async throws {
        let order = try await body(.twoLocations) { simulator, id in try simulator.editOrder(id, .removeLine(simulator.lineIDs(of: id)[0]))
        }
        #expect((order["line_items"] as? [Any])?.count == 2)
        #expect(path(order, "line_items", 0, "current_quantity") as? Int == 0)
        #expect(path(order, "line_items", 0, "quantity") as? Int == 2)
        #expect(amount(order, "current_total_price") < amount(order, "total_price"))
    }

    @Test func `a partial refund leaves the total and moves the status`() async throws {
        let order = try await body(.discountCode) { simulator, id in try simulator.refund(id, quantities: [simulator.lineIDs(of: id)[0]: 1])
        }
        #expect(order["financial_status"] as? String == "partially_refunded")
        #expect(path(order, "line_items", 0, "current_quantity") as? Int == 1)
        #expect((path(order, "refunds", 0, "refund_line_items") as? [Any])?.count == 1)
        #expect(amount(order, "total_outstanding") == 0)
    }

    @Test func `a cancelled unpaid order is voided and owes nothing`() async throws {
        let order = try await body(.cashOnDelivery) { simulator, id in try simulator.cancelOrder(id, reason: "inventory") }
        #expect(order["cancel_reason"] as? String == "inventory")
        #expect(order["financial_status"] as? String == "voided")
        #expect(amount(order, "current_total_price") == 0)
        #expect(amount(order, "total_outstanding") == 0)
        #expect(amount(order, "total_price") > 0)
    }

    @Test func `presentment money differs from shop money`() async throws {
        let order = try await body(.presentment)
        #expect(order["currency"] as? String == "THB")
        #expect(path(order, "total_price_set", "presentment_money", "currency_code") as? String == "USD")
        #expect(path(order, "total_price_set", "shop_money", "amount") as? String == order["total_price"] as? String)
    }

    @Test(arguments: [("JPY", 0), ("CLP", 0), ("KWD", 3), ("THB", 2)])
    func `money has the decimals of its currency`(currency: String, decimals: Int) async throws {
        let text = try #require(try await body(.card, currency: currency)["total_price"] as? String)
        #expect((text.split(separator: ".").dropFirst().first?.count ?? 0) == decimals)
    }

    @Test func `properties come in their three shapes`() async throws {
        #expect(path(try await body(.emptyProperties), "line_items", 0, "properties") as? [String: String] == [:])
        #expect((path(try await body(.card), "line_items", 0, "properties") as? [Any])?.isEmpty == true)
        #expect(path(try await body(.lineProperties), "line_items", 0, "properties", 1, "value") as? Int == 1)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `no sequence of edits, refunds, payments and shipments breaks an order`(seed: UInt64) async throws {
        try await SimulatedShop.with({ $0.seed = seed }) { shop in
            var generator = SeededGenerator(seed: seed)
            let simulator = shop.simulator, id = shop.simulator.placeOrder(kind: .any)
            for _ in 0..<8 {
                let line = generator.pick(simulator.lineIDs(of: id), or: 0)
                // What the shop refuses is no step; the law must hold all the same.
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: try? simulator.editOrder(id, .lowerQuantity(line: line, by: 1))
                case 1: try? simulator.editOrder(id, .addVariant(generator.pick(simulator.variantIDs(), or: 0), quantity: 1))
                case 2: try? simulator.refund(id, quantities: [line: 1])
                case 3: try? simulator.fulfilPartly(id)
                case 4: try? simulator.payOrder(id)
                default: if generator.chance(0.2) { try? simulator.cancelOrder(id) }
                }
            }
            let order = try #require(simulator.store.read { $0.orders[id] })
            #expect(order.outstanding == order.current.grand - order.captured + order.refundedMoney)
            #expect(order.refundedMoney <= order.captured)
            #expect(order.lines.allSatisfy { $0.currentQuantity >= 0 && $0.currentQuantity <= $0.quantity })
            #expect(
                order.fulfillmentOrders.allSatisfy { whole in whole.lines.allSatisfy { $0.remaining >= 0 && $0.remaining <= $0.total } })
            for line in order.lines where line.requiresShipping && order.cancelledAt == nil {
                let waiting = order.fulfillmentOrders.flatMap(\.lines).filter { $0.lineID == line.id }.reduce(0) { $0 + $1.remaining }
                #expect(waiting == order.fulfillableQuantity(of: line))
            }
            if order.cancelledAt != nil { #expect(order.current.grand == 0) }
        }
    }

    @Test func `the same seed gives the same shop`() async throws {
        var bodies: [[Int64]] = []
        for _ in 0..<2 {
            try await SimulatedShop.with({
                $0.seed = 77; $0.clock = { Date(timeIntervalSince1970: 1_795_225_000) }
            }) { shop in
                for _ in 0..<30 { try await shop.simulator.placeOrder() }
                bodies.append(shop.simulator.orderStates().map(\.grandMinor))
            }
        }
        #expect(bodies[0] == bodies[1])
        #expect(Set(bodies[0]).count > 5)
    }
}
