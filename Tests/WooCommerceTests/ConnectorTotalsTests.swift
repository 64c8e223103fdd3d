import Connect
import Domain
import Testing

@testable import WooCommerceConnector

/// Money: scale, sums, rounding (platforms/woocommerce.md §4.4, §5).
@Suite struct ConnectorTotalsTests {
    private func line(_ id: Int, quantity: Int = 1, subtotal: String, total: String, tax: String = "0.00") -> String {
        #"{"id":\#(id),"name":"x","product_id":1,"variation_id":0,"quantity":\#(quantity),"subtotal":"\#(subtotal)","total":"\#(total)","total_tax":"\#(tax)","price":1,"sku":""}"#
    }

    private func order(
        _ currency: String, lines: [String], discount: String = "0", shipping: String = "0", tax: String = "0", fees: [String] = [], total: String, refunds: String = "[]"
    ) throws -> OrderSnapshot {
        try SampleOrder.snapshot([
            "currency": "\"\(currency)\"", "line_items": "[\(lines.joined(separator: ","))]", "discount_total": "\"\(discount)\"", "shipping_total": "\"\(shipping)\"",
            "total_tax": "\"\(tax)\"", "total": "\"\(total)\"", "refunds": refunds, "fee_lines": "[" + fees.map { #"{"id":1,"name":"fee","total":"\#($0)"}"# }.joined(separator: ",") + "]",
        ])
    }

    @Test func `the dossier's order adds up`() throws {
        let totals = try SampleOrder.snapshot().totals
        #expect(totals == Totals(items: 100_000, discount: 10_000, shipping: 6_000, fees: 0, tax: 6_720, taxIncluded: false, grand: 102_720, refunded: 5_000))
        #expect(totals.rebuiltGrand == totals.grand)
    }

    @Test func `fees are kept apart, and a negative fee is a discount`() throws {
        let totals = try order("THB", lines: [line(1, subtotal: "500.00", total: "450.00")], discount: "50.00", shipping: "40.00", fees: ["30.00", "-20.00", "5.50"], total: "505.50").totals
        #expect(totals == Totals(items: 50_000, discount: 7_000, shipping: 4_000, fees: 3_550, tax: 0, taxIncluded: false, grand: 50_550))
        #expect(totals.rebuiltGrand == totals.grand)
    }

    @Test func `several refunds are one positive sum`() throws {
        let totals = try order("THB", lines: [line(1, subtotal: "500.00", total: "500.00")], total: "500.00", refunds: #"[{"id":1,"total":"-50.00"},{"id":2,"total":"-0.25"},{"id":3,"total":"1.00"}]"#).totals
        #expect(totals.refunded == 5_125)
    }

    @Test(arguments: [("JPY", "1980.00", Int64(1980)), ("JPY", "1980", 1980), ("CLP", "12990", 12_990), ("KWD", "1.5", 1_500), ("KWD", "1.250", 1_250), ("THB", "19.9900", 1_999), ("THB", "3.5", 350), ("VND", "250000.0", 250_000)])
    func `the scale is the currency's, not the text's`(currency: String, text: String, minor: Int64) throws {
        let snapshot = try order(currency, lines: [line(1, subtotal: text, total: text)], total: text)
        #expect(snapshot.totals.grand == minor)
        #expect(snapshot.totals.items == minor)
        #expect(snapshot.lines.first?.lineTotal == minor)
    }

    @Test func `a price that does not divide keeps the line's total exact`() throws {
        let snapshot = try order("THB", lines: [line(1, quantity: 3, subtotal: "100.00", total: "90.00")], discount: "10.00", total: "90.00")
        let line = try #require(snapshot.lines.first)
        #expect(line.unitPrice == 3_333)
        #expect(line.discount == 1_000)
        #expect(line.lineTotal == 9_000)
        #expect(snapshot.totals.rebuiltGrand == snapshot.totals.grand)
    }

    @Test(arguments: [(Int64(100), 3, Int64(33)), (200, 3, 67), (5, 2, 3), (-5, 2, -3), (100, 0, 100), (100, 1, 100), (.max, 2, 4_611_686_018_427_387_904)])
    func `a unit price is rounded half away from zero`(total: Int64, count: Int, share: Int64) {
        #expect(MoneyReader.share(of: total, among: count) == share)
    }

    @Test func `the shop's rounding of a unit a line is absorbed in items and told`() throws {
        let snapshot = try order("JPY", lines: [line(1, subtotal: "909.4", total: "909.4"), line(2, subtotal: "909.4", total: "909.4")], tax: "182", total: "2001")
        #expect(snapshot.totals.items == 1819)
        #expect(snapshot.totals.rebuiltGrand == 2001)
        #expect(snapshot.attributes["absorbedRounding"] == "1 JPY")
    }

    @Test func `a larger difference is left for the ledger to flag`() throws {
        let totals = try order("THB", lines: [line(1, subtotal: "500.00", total: "500.00")], total: "400.00").totals
        #expect(totals.items == 50_000)
        #expect(totals.grand == 40_000)
        #expect(totals.rebuiltGrand == 50_000)
    }

    @Test func `a price changed by hand is a discount that discount_total does not know`() throws {
        let totals = try order("THB", lines: [line(1, subtotal: "500.00", total: "420.00")], discount: "0.00", total: "420.00").totals
        #expect(totals.discount == 8_000)
        #expect(totals.rebuiltGrand == totals.grand)
    }

    @Test(arguments: ["1,000.00", "abc", "12.3.4", "0x10", "NaN", "99999999999999999999"])
    func `money nobody can read is raised, not guessed`(total: String) {
        #expect(throws: ConnectorError.notUnderstood(field: "total", found: total)) { try order("THB", lines: [], total: total) }
    }

    @Test func `sums that overflow are raised`() {
        let huge = "92233720368547758.07"
        #expect(throws: ConnectorError.self) { try order("THB", lines: [line(1, subtotal: huge, total: huge), line(2, subtotal: huge, total: huge)], total: "1") }
    }

    @Test func `prices entered with tax come without it, like all others`() throws {
        let snapshot = try SampleOrder.snapshot(["prices_include_tax": "true"])
        #expect(!snapshot.totals.taxIncluded)
        #expect(snapshot.totals.rebuiltGrand == snapshot.totals.grand)
    }
}
