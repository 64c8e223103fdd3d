import Connect
import Domain
import Foundation
@testable import ShopifyConnector
import Testing

/// The sum law over the cases of platforms/shopify.md §4.3; the amounts are invented.
@Suite struct ConnectorTotalsTests {
    private func order(_ change: (inout [String: Any]) -> Void) throws -> OrderSnapshot {
        try #require(try Bench.order(OrderBody.changed(change)))
    }
    /// 2 × 100 + 1 × 300, no tax, no shipping.
    private static func plain(_ body: inout [String: Any]) {
        body["line_items"] = [OrderBody.line(1, price: "100.00", quantity: 2), OrderBody.line(2, price: "300.00", quantity: 1)]
        body["taxes_included"] = false; body["shipping_lines"] = [Any](); body["discount_codes"] = [Any]()
        amounts(&body, items: "500.00", total: "500.00", current: "500.00", tax: "0.00", discounts: "0.00", shipping: "0.00")
    }
    private static func amounts(_ body: inout [String: Any], items: String, total: String, current: String, tax: String, currentTax: String? = nil, discounts: String, currentDiscounts: String? = nil,
                                shipping: String) {
        body["total_line_items_price"] = items; body["total_price"] = total; body["current_total_price"] = current; body["total_tax"] = tax; body["current_total_tax"] = currentTax ?? tax
        body["total_discounts"] = discounts; body["current_total_discounts"] = currentDiscounts ?? discounts; body["total_shipping_price_set"] = OrderBody.set(shipping)
        body["total_outstanding"] = current
    }
    private func obeys(_ totals: Totals) -> Bool { totals.rebuiltGrand == totals.grand }

    @Test func `tax that is not in the prices is added`() throws {
        let totals = try order {
            Self.plain(&$0)
            Self.amounts(&$0, items: "500.00", total: "588.50", current: "588.50", tax: "38.50", discounts: "0.00", shipping: "50.00")
        }.totals
        #expect(totals == Totals(items: 50_000, shipping: 5_000, tax: 3_850, grand: 58_850))
        #expect(obeys(totals))
    }

    @Test func `discounts of the order are the sum of its allocations`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["line_items"] = [OrderBody.line(1, price: "100.00", quantity: 2, allocations: ["20.00", "5.50"]), OrderBody.line(2, price: "300.00", quantity: 1, allocations: ["30.00"])]
            Self.amounts(&$0, items: "500.00", total: "444.50", current: "444.50", tax: "0.00", discounts: "55.50", shipping: "0.00")
        }
        #expect(read.totals == Totals(items: 50_000, discount: 5_550, grand: 44_450))
        #expect(read.lines.map(\.discount) == [2_550, 3_000])
        #expect(read.lines.map(\.lineTotal) == [17_450, 27_000])
    }

    @Test func `several shipping lines add up and the first names the method`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["shipping_lines"] = [["title": "Old", "code": "OLD", "price": "9.00", "discounted_price": "9.00", "is_removed": true],
                                    ["title": "Cold", "code": "COLD", "price": "70.00", "discounted_price": "70.00", "carrier_identifier": "c1"], ["title": "EMS", "code": "EMS", "price": "50.00", "discounted_price": "50.00"]]
            Self.amounts(&$0, items: "500.00", total: "620.00", current: "620.00", tax: "0.00", discounts: "0.00", shipping: "120.00")
        }
        #expect(read.totals.shipping == 12_000 && obeys(read.totals))
        #expect(read.shipping == Shipping(methodCode: "COLD", methodTitle: "Cold", requestedCarrier: "c1"))
    }

    @Test(arguments: [("50.00", "50.00"), ("0.00", "0.00"), ("0.00", "50.00"), ("50.00", "0.00")])
    func `free shipping obeys the law however the platform counts it`(discounts: String, shipping: String) throws {
        let totals = try order {
            Self.plain(&$0)
            $0["shipping_lines"] = [["title": "EMS", "code": "EMS", "price": "50.00", "discounted_price": "0.00"]]
            Self.amounts(&$0, items: "500.00", total: "500.00", current: "500.00", tax: "0.00", discounts: discounts, shipping: shipping)
        }.totals
        #expect(obeys(totals) && totals.grand == 50_000)
    }

    @Test func `tips, duties, fees and the rounding of cash are fees`() throws {
        let totals = try order {
            Self.plain(&$0)
            $0["total_tip_received"] = "25.00"; $0["original_total_duties_set"] = OrderBody.set("40.00"); $0["original_total_additional_fees_set"] = OrderBody.set("3.00")
            $0["total_cash_rounding_payment_adjustment_set"] = OrderBody.set("-0.25")
            Self.amounts(&$0, items: "500.00", total: "567.75", current: "567.75", tax: "0.00", discounts: "0.00", shipping: "0.00")
        }.totals
        #expect(totals.fees == 6_775 && obeys(totals))
    }

    @Test func `rounding outside the total and duties inside the prices are no fees`() throws {
        let totals = try order {
            Self.plain(&$0)
            $0["original_total_duties_set"] = OrderBody.set("40.00"); $0["duties_included"] = true
            $0["total_cash_rounding_payment_adjustment_set"] = OrderBody.set("0.25")
        }.totals
        #expect(totals.fees == 0 && obeys(totals))
    }

    @Test func `a gift card pays and changes no total`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["payment_gateway_names"] = ["gift_card", "bogus"]; $0["financial_status"] = "paid"; $0["total_outstanding"] = "0.00"
        }
        #expect(read.totals.grand == 50_000 && obeys(read.totals))
        #expect(read.payment == Payment(method: "gift_card, bogus", state: .paid))
    }

    @Test(arguments: [("JPY", "1290", "1290.0", Int64(1290)), ("JPY", "1290.00", "1290", 1290), ("KWD", "1.290", "1.29", 1290), ("CLP", "1290", "1290.00", 1290), ("USD", "12.9", "12.90", 1290)])
    func `amounts are scaled by their currency however they are padded`(currency: String, price: String, total: String, minor: Int64) throws {
        let read = try order {
            Self.plain(&$0)
            $0["currency"] = currency; $0["presentment_currency"] = currency; $0["total_shipping_price_set"] = OrderBody.set("0", currency)
            $0["line_items"] = [OrderBody.line(1, price: price, quantity: 1)]
            Self.amounts(&$0, items: price, total: total, current: total, tax: "0", discounts: "0.0", shipping: "0.0")
        }
        #expect(read.totals == Totals(items: minor, grand: minor))
        #expect(read.lines.first?.unitPrice == minor)
    }

    @Test func `more decimals than the currency has are refused, not rounded away`() {
        #expect(throws: ConnectorError.notUnderstood(field: "total_price", found: "1290.5")) {
            try Bench.order(OrderBody.changed { $0["currency"] = "JPY"; $0["total_price"] = "1290.5" })
        }
    }

    @Test func `the shop's money counts and the buyer's is kept beside it`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["presentment_currency"] = "USD"
            $0["total_price_set"] = ["shop_money": ["amount": "500.00", "currency_code": "THB"], "presentment_money": ["amount": "14.29", "currency_code": "USD"]]
        }
        #expect(read.currency == .thb && read.totals.grand == 50_000)
        #expect(read.attributes["presentment.currency"] == "USD" && read.attributes["presentment.total"] == "14.29")
    }

    // MARK: edits and refunds

    @Test func `a line removed by an edit is gone and the total is the current one`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["line_items"] = [OrderBody.line(1, price: "100.00", quantity: 2), OrderBody.line(2, price: "300.00", quantity: 1, current: 0)]
            // An edit leaves a refund without money behind.
            $0["refunds"] = [["refund_line_items": [["line_item_id": 2, "quantity": 1, "subtotal": 300.0, "total_tax": 0.0]], "transactions": [Any]()]]
            Self.amounts(&$0, items: "500.00", total: "500.00", current: "200.00", tax: "0.00", discounts: "0.00", shipping: "0.00")
        }
        #expect(read.totals == Totals(items: 20_000, grand: 20_000))
        #expect(read.lines.map(\.externalLineID) == ["1"])
        #expect(read.payment.codAmount == 20_000)
    }

    @Test func `a line added by an edit counts`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["line_items"] = [OrderBody.line(1, price: "100.00", quantity: 2), OrderBody.line(2, price: "300.00", quantity: 1), OrderBody.line(3, price: "40.00", quantity: 1)]
            Self.amounts(&$0, items: "500.00", total: "500.00", current: "540.00", tax: "0.00", discounts: "0.00", shipping: "0.00")
        }
        #expect(read.totals == Totals(items: 54_000, grand: 54_000) && read.lines.count == 3)
    }

    @Test func `an edit takes its share of discount and tax with it`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["line_items"] = [OrderBody.line(1, price: "100.00", quantity: 3, current: 2, allocations: ["10.00"], taxes: ["20.00"])]
            Self.amounts(&$0, items: "300.00", total: "310.00", current: "206.67", tax: "20.00", currentTax: "13.33", discounts: "10.00", currentDiscounts: "6.66", shipping: "0.00")
        }
        #expect(read.totals == Totals(items: 20_000, discount: 666, tax: 1_333, grand: 20_667) && obeys(read.totals))
        #expect(read.lines.first.map { [$0.discount, $0.tax, $0.lineTotal] } == [667, 1_333, 19_333])
    }

    @Test func `a refund leaves the total and shows beside it`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["financial_status"] = "partially_refunded"
            $0["line_items"] = [OrderBody.line(1, price: "100.00", quantity: 2, current: 1), OrderBody.line(2, price: "300.00", quantity: 1)]
            $0["refunds"] = [["refund_line_items": [["line_item_id": 1, "quantity": 1, "subtotal": 100.0, "total_tax": 0.0]],
                              "transactions": [["kind": "refund", "status": "success", "amount": "100.00", "currency": "THB"], ["kind": "refund", "status": "failure", "amount": "7.00"]]]]
            Self.amounts(&$0, items: "500.00", total: "500.00", current: "400.00", tax: "0.00", discounts: "0.00", shipping: "0.00")
        }
        #expect(read.totals == Totals(items: 50_000, grand: 50_000, refunded: 10_000))
        #expect(read.payment.state == .partiallyRefunded)
        #expect(read.lines.map(\.quantity) == [1, 1])   // what is still to be shipped
    }

    @Test func `an order edited and then refunded is what was agreed after the edit`() throws {
        let totals = try order {
            Self.plain(&$0)
            $0["shipping_lines"] = [["title": "EMS", "code": "EMS", "price": "50.00", "discounted_price": "50.00"]]
            // 2 × 100 of which one was refunded with its discount of 10 and tax of 7 and the shipping; 300 removed by an edit.
            $0["line_items"] = [OrderBody.line(1, price: "100.00", quantity: 2, current: 1, allocations: ["20.00"], taxes: ["14.00"]), OrderBody.line(2, price: "300.00", quantity: 1, current: 0)]
            $0["refunds"] = [["refund_line_items": [["line_item_id": 2, "quantity": 1, "subtotal": 300.0, "total_tax": 0.0]], "transactions": [Any]()],
                             ["refund_line_items": [["line_item_id": 1, "quantity": 1, "subtotal": 90.0, "total_tax": 7.0]],
                              "order_adjustments": [["kind": "shipping_refund", "amount": "-50.00", "tax_amount": "0.00"]],
                              "transactions": [["kind": "refund", "status": "success", "amount": "147.00", "currency": "THB"]]]]
            Self.amounts(&$0, items: "500.00", total: "544.00", current: "97.00", tax: "14.00", currentTax: "7.00", discounts: "20.00", currentDiscounts: "10.00", shipping: "50.00")
        }.totals
        #expect(totals == Totals(items: 20_000, discount: 2_000, shipping: 5_000, tax: 1_400, grand: 24_400, refunded: 14_700))
        #expect(obeys(totals))
    }

    @Test func `a wholly refunded order shows what was bought and has nothing left to ship`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["financial_status"] = "refunded"
            $0["line_items"] = [OrderBody.line(1, price: "100.00", quantity: 2, current: 0), OrderBody.line(2, price: "300.00", quantity: 1, current: 0)]
            $0["refunds"] = [["refund_line_items": [["line_item_id": 1, "quantity": 2, "subtotal": 200.0], ["line_item_id": 2, "quantity": 1, "subtotal": 300.0]],
                              "transactions": [["kind": "refund", "status": "success", "amount": "500.00", "currency": "THB"]]]]
            Self.amounts(&$0, items: "500.00", total: "500.00", current: "0.00", tax: "0.00", discounts: "0.00", shipping: "0.00")
        }
        #expect(read.totals == Totals(items: 50_000, grand: 50_000, refunded: 50_000))
        #expect(read.lines.map(\.quantity) == [2, 1] && read.standing == .closed && read.payment.state == .refunded)
    }

    @Test func `a cancelled order keeps what was bought`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["cancelled_at"] = "2026-11-06T11:00:00+07:00"; $0["cancel_reason"] = "customer"
            $0["line_items"] = [OrderBody.line(1, price: "100.00", quantity: 5, current: 0)]
            Self.amounts(&$0, items: "500.00", total: "500.00", current: "0.00", tax: "0.00", discounts: "0.00", shipping: "0.00")
        }
        #expect(read.standing == .cancelled && read.totals.grand == 50_000 && read.lines.map(\.quantity) == [5] && read.attributes["cancel.reason"] == "customer")
    }

    @Test func `a refund in the buyer's currency is counted in the shop's and raised`() throws {
        let read = try order {
            Self.plain(&$0)
            $0["refunds"] = [["refund_line_items": [["line_item_id": 1, "quantity": 1, "subtotal": 100.0]], "transactions": [["kind": "refund", "status": "success", "amount": "2.86", "currency": "USD"]]]]
        }
        #expect(read.totals.refunded == 10_000 && read.flags.map(\.code) == ["refund_currency"])
    }

    @Test func `numbers that break the law are returned as they are`() throws {
        let totals = try order { $0["total_price"] = "1341.00"; $0["current_total_price"] = "1341.00" }.totals
        #expect(totals.grand == 134_100 && totals.rebuiltGrand == 134_000)
    }

    @Test func `in GraphQL an edited order with its refunds in detail is the same`() throws {
        func bag(_ amount: String) -> [String: Any] { ["shopMoney": ["amount": amount, "currencyCode": "THB"]] }
        func line(_ id: Int, _ price: String, _ quantity: Int, _ current: Int) -> [String: Any] {
            ["id": "gid://shopify/LineItem/\(id)", "title": "L\(id)", "quantity": quantity, "currentQuantity": current, "originalUnitPriceSet": bag(price)]
        }
        let body = try OrderBody.changed(OrderBody.node) {
            $0["edited"] = true; $0["taxesIncluded"] = false; $0["shippingLines"] = ["nodes": [Any]()]
            $0["lineItems"] = ["nodes": [line(1, "100.0", 2, 1), line(2, "300.0", 1, 0)]]
            for (key, amount) in [("totalPriceSet", "500.0"), ("currentTotalPriceSet", "100.0"), ("totalDiscountsSet", "0.0"), ("currentTotalDiscountsSet", "0.0"), ("totalTaxSet", "0.0"),
                                  ("currentTotalTaxSet", "0.0"), ("totalShippingPriceSet", "0.0"), ("totalRefundedSet", "100.0")] { $0[key] = bag(amount) }
            $0["refunds"] = [["totalRefundedSet": bag("0.0"), "refundLineItems": ["nodes": [["quantity": 1, "lineItem": ["id": "gid://shopify/LineItem/2"], "subtotalSet": bag("300.0"), "totalTaxSet": bag("0.0")]]]],
                             ["totalRefundedSet": bag("100.0"), "refundLineItems": ["nodes": [["quantity": 1, "lineItem": ["id": "gid://shopify/LineItem/1"], "subtotalSet": bag("100.0"), "totalTaxSet": bag("0.0")]]]]]
        }
        let read = try #require(try Bench.order("graphql/order", body))
        #expect(read.totals == Totals(items: 20_000, grand: 20_000, refunded: 10_000))
        #expect(read.lines.map(\.quantity) == [1])
    }
}
