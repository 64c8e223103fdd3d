import Connect
import Domain
import Foundation
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorMoneyTests {
    @Test(arguments: [("38", 3_800), ("38.0", 3_800), ("38.00", 3_800), ("\"38\"", 3_800), ("\"38.5\"", 3_850), ("38.55", 3_855), ("0.07", 7), ("1.1", 110), ("0", 0), ("null", 0), ("\"\"", 0), (nil, 0), ("38.554", 3_855), ("38.555", 3_856)] as [(String?, Int64)])
    func `amounts come as numbers of every form, and no floating point touches them`(text: String?, minor: Int64) throws {
        #expect(try SampleOrder.snapshot(["estimated_shipping_fee": text]).totals.shipping == minor)
    }

    @Test(arguments: ["true", "[]", "{}", "\"free\"", "\"1,000\"", "1e300", "1e16"])
    func `what is no amount is not guessed`(text: String) {
        #expect(throws: ConnectorError.self) { try SampleOrder.snapshot(["estimated_shipping_fee": text]) }
        #expect(throws: ConnectorError.self) { try SampleOrder.snapshot(["total_amount": text]) }
    }

    @Test func `a currency without decimals has none`() throws {
        let order = try SampleOrder.snapshot(["currency": "\"VND\"", "total_amount": "425000", "estimated_shipping_fee": "26000"], line: ["model_original_price": "250000", "model_discounted_price": "199500"])
        #expect(order.totals == Totals(items: 399_000, shipping: 26_000, taxIncluded: true, grand: 425_000))
    }

    /// `total_amount` comes after the payment only (platforms/shopee.md §4.2).
    @Test(arguments: [(nil, "null", 43_750), ("0", "null", 43_750), ("0", "0", 43_750), ("null", "1761021600", 43_750), ("0", "1761021600", 0), ("400", "1761021600", 40_000)] as [(String?, String, Int64)])
    func `a total that is not told yet is the sum of its parts`(total: String?, paidAt: String, grand: Int64) throws {
        let totals = try SampleOrder.snapshot(["total_amount": total, "pay_time": paidAt]).totals
        #expect(totals.grand == grand && totals.rebuiltGrand == grand)
    }

    @Test func `a total above its parts is told as it is, for the ledger to raise`() throws {
        let totals = try SampleOrder.snapshot(["total_amount": "500"]).totals
        #expect(totals.grand == 50_000 && totals.discount == 0 && totals.rebuiltGrand == 43_750)
    }

    @Test func `what the buyer paid for shipping goes before the estimate`() throws {
        let totals = try SampleOrder.snapshot(beside: #","escrow":{"buyer_paid_shipping_fee":18,"items":[]}"#).totals
        #expect(totals == Totals(items: 39_950, discount: 0, shipping: 1_800, taxIncluded: true, grand: 41_750))
    }

    @Test(arguments: [("249", "199.75", 24_900, 9_850, 39_950), ("0", "199.75", 19_975, 0, 39_950), ("null", "199.75", 19_975, 0, 39_950), ("150", "199.75", 19_975, 0, 39_950), ("199.75", "199.75", 19_975, 0, 39_950)] as [(String, String, Int64, Int64, Int64)])
    func `a line is its price by quantity less its discount`(original: String, discounted: String, unit: Int64, discount: Int64, total: Int64) throws {
        let line = try #require(try SampleOrder.snapshot(line: ["model_original_price": original, "model_discounted_price": discounted]).lines.first)
        #expect(line.unitPrice == unit && line.discount == discount && line.lineTotal == total)
        #expect(line.unitPrice * Int64(line.quantity) - line.discount == line.lineTotal)
    }

    // MARK: Bundles

    private func bundle(_ items: [(id: Int, quantity: Int, original: String, discounted: String)], escrow: String?, total: String) throws -> OrderSnapshot {
        let lines = items.enumerated().map { index, item in
            #"{"item_id":\#(item.id),"model_id":0,"item_name":"x","model_quantity_purchased":\#(item.quantity),"model_original_price":\#(item.original),"model_discounted_price":\#(item.discounted),"line_item_id":\#(900 + index)}"#
        }
        let beside = escrow.map { #","escrow":{"buyer_paid_shipping_fee":0,"items":[\#($0)]}"# } ?? #","escrowProblem":"error_not_found""#
        return try SampleOrder.snapshot(["item_list": "[\(lines.joined(separator: ","))]", "total_amount": total, "estimated_shipping_fee": "0"], beside: beside)
    }

    @Test(arguments: [
        // The whole line's amounts, one piece's amounts, and a single piece where both are the same.
        (3, #"{"item_id":7,"model_id":0,"quantity_purchased":3,"original_price":300,"discounted_price":240}"#, 24_000),
        (3, #"{"item_id":7,"model_id":0,"quantity_purchased":3,"original_price":100,"discounted_price":80}"#, 24_000),
        (1, #"{"item_id":7,"model_id":0,"quantity_purchased":1,"original_price":100,"discounted_price":80}"#, 8_000),
    ] as [(Int, String, Int64)])
    func `a bundle's line takes its amount from the escrow`(quantity: Int, escrow: String, total: Int64) throws {
        let order = try bundle([(7, quantity, "100", "0")], escrow: escrow, total: "\(total / 100)")
        #expect(order.lines.first?.lineTotal == total && order.lines.first?.unitPrice == 10_000)
        #expect(order.totals.items == total && order.totals.rebuiltGrand == order.totals.grand && order.flags.allSatisfy { $0.code == "masked" })
    }

    @Test func `the same goods in and out of a bundle share what the escrow tells of both`() throws {
        let order = try bundle([(7, 1, "100", "0"), (7, 2, "100", "0"), (7, 1, "100", "90")], escrow: #"{"item_id":7,"model_id":0,"quantity_purchased":4,"original_price":400,"discounted_price":290}"#, total: "290")
        #expect(order.lines.map(\.lineTotal) == [6_666, 13_334, 9_000])
        #expect(order.totals.items == 29_000)
    }

    @Test func `as many entries as lines are theirs one by one`() throws {
        let escrow = #"{"item_id":7,"model_id":0,"quantity_purchased":1,"original_price":100,"discounted_price":70},{"item_id":7,"model_id":0,"quantity_purchased":1,"original_price":100,"discounted_price":60}"#
        #expect(try bundle([(7, 1, "100", "0"), (7, 1, "100", "0")], escrow: escrow, total: "130").lines.map(\.lineTotal) == [7_000, 6_000])
    }

    @Test func `a bundle of which nobody tells the price is flagged, and its total kept`() throws {
        let order = try bundle([(7, 2, "100", "0")], escrow: nil, total: "160")
        #expect(order.flags.contains { $0.code == "bundle_price_unknown" && $0.message.contains("error_not_found") })
        #expect(order.totals.grand == 16_000 && order.lines.first?.lineTotal == 0)
    }

    @Test func `sums that no order has are not understood`() {
        #expect(throws: ConnectorError.self) { try SampleOrder.snapshot(line: ["model_discounted_price": "9000000000000", "model_original_price": "9000000000000", "active_qty": "1000000"]) }
        #expect(throws: ConnectorError.self) { try SampleOrder.snapshot(line: ["model_discounted_price": "-1"]) }
        #expect(throws: ConnectorError.self) { try SampleOrder.snapshot(line: ["model_original_price": "-1"]) }
    }
}
