import Connect
import Domain

/// The shop's decimal strings in minor units of one currency: the only place where money is read and rounded.
///
/// The scale is the currency's by ISO 4217, never the string's length: a shop may show "1000.00" JPY or "1.5" KWD, and older versions
/// leave tax parts unpadded (platforms/woocommerce.md §4.4). More decimals than the currency has are rounded half away from zero.
struct MoneyReader {
    /// A bound on any one amount, so that sums of a few stay inside 64 bits: 10^15 minor units.
    static let largest: Int64 = 1_000_000_000_000_000
    /// A bound on the order's sums: eight of them still fit.
    static let largestSum = Int64.max / 8

    let currency: Currency

    /// - Returns: 0 for nil, which is how WooCommerce leaves a sum out.
    func minor(_ text: String?, _ field: @autoclosure () -> String) throws(ConnectorError) -> Int64 {
        guard let text else { return 0 }
        let parsed: Int64
        do {
            parsed = try Money(parsing: text, currency, rounding: true).minor
        } catch {
            throw .notUnderstood(field: field(), found: text.cut(40))
        }
        guard parsed.magnitude <= Self.largest.magnitude else { throw .notUnderstood(field: field(), found: text.cut(40)) }
        return parsed
    }

    func sum(_ texts: [String?], _ field: String) throws(ConnectorError) -> Int64 {
        var sum: Int64 = 0
        for text in texts { sum = try Self.adding(sum, try minor(text, field), field) }
        return sum
    }

    static func adding(_ a: Int64, _ b: Int64, _ field: String) throws(ConnectorError) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        guard !overflow, sum.magnitude <= largestSum.magnitude else { throw .notUnderstood(field: field, found: "a sum that is too large") }
        return sum
    }

    /// `total / count`, half away from zero; `total` itself where there is nothing to share.
    static func share(of total: Int64, among count: Int) -> Int64 {
        guard count > 1 else { return total }
        let (quotient, remainder) = total.quotientAndRemainder(dividingBy: Int64(count))
        return remainder.magnitude >= UInt64(count) - remainder.magnitude ? quotient + (total < 0 ? -1 : 1) : quotient
    }
}

/// The order's sums in our form. Totals of the API are always without tax, with the tax apart, whatever `prices_include_tax` says (§5).
struct OrderSums {
    var totals: Totals
    var lines: [LineSums]
    /// What was added to `items` so that the sum law holds exactly; at most one minor unit a position.
    var absorbedRounding: Int64

    struct LineSums: Equatable { var subtotal: Int64, total: Int64, tax: Int64 }

    init(_ order: WireOrder, lines wireLines: [WireLine], currency: Currency) throws(ConnectorError) {
        let reader = MoneyReader(currency: currency)
        guard let total = order.total else { throw .notUnderstood(field: "total", found: "nothing") }
        let grand = try reader.minor(total, "total")
        lines = []
        lines.reserveCapacity(wireLines.count)
        var items: Int64 = 0, lineTotals: Int64 = 0
        for (index, line) in wireLines.enumerated() {
            guard let text = line.total ?? line.subtotal else { throw .notUnderstood(field: "line_items[\(index)].total", found: "nothing") }
            let lineTotal = try reader.minor(text, "line_items[\(index)].total")
            let subtotal = try line.subtotal.map { text throws(ConnectorError) in try reader.minor(text, "line_items[\(index)].subtotal") } ?? lineTotal
            lines.append(LineSums(subtotal: subtotal, total: lineTotal, tax: try reader.minor(line.totalTax, "line_items[\(index)].total_tax")))
            items = try MoneyReader.adding(items, subtotal, "line_items[].subtotal")
            lineTotals = try MoneyReader.adding(lineTotals, lineTotal, "line_items[].total")
        }
        var fees: Int64 = 0, reductions: Int64 = 0
        for fee in order.feeLines {
            let amount = try reader.minor(fee.total, "fee_lines[].total")
            // A negative fee is how shops and plugins write a discount that is no coupon.
            if amount < 0 {
                reductions = try MoneyReader.adding(reductions, -amount, "fee_lines[].total")
            } else {
                fees = try MoneyReader.adding(fees, amount, "fee_lines[].total")
            }
        }
        let shipping = order.shippingTotal == nil
            ? try reader.sum(order.shippingLines.map(\.total), "shipping_lines[].total") : try reader.minor(order.shippingTotal, "shipping_total")
        var refunded: Int64 = 0
        for refund in order.refunds {
            let amount = try reader.minor(refund.total, "refunds[].total")
            refunded = try MoneyReader.adding(refunded, amount < 0 ? -amount : amount, "refunds[].total")
        }
        let stated = try MoneyReader.adding(try reader.minor(order.discountTotal, "discount_total"), reductions, "discount_total")
        totals = Totals(items: items, discount: stated, shipping: shipping, fees: fees, tax: try reader.minor(order.totalTax, "total_tax"),
                        taxIncluded: false, grand: grand, refunded: refunded)
        absorbedRounding = 0
        settle(slack: Int64(wireLines.count + order.shippingLines.count + order.feeLines.count + 1),
               lineDiscount: try MoneyReader.adding(try MoneyReader.adding(items, -lineTotals, "line_items"), reductions, "line_items"))
    }

    /// Makes the sum law hold where the shop's own numbers do: with the discount it states, else with the one its lines show (a price changed
    /// by hand leaves `discount_total` behind), and with its rounding of up to one unit a position added to `items`, the only sum of our own.
    /// A larger difference stays, for the ledger to flag with both numbers.
    private mutating func settle(slack: Int64, lineDiscount: Int64) {
        var best: (totals: Totals, difference: Int64)?
        for discount in [totals.discount, lineDiscount] {
            var candidate = totals
            candidate.discount = discount
            guard let rebuilt = candidate.rebuiltGrand else { continue }
            let (difference, overflow) = totals.grand.subtractingReportingOverflow(rebuilt)
            guard !overflow, difference.magnitude <= UInt64(slack), difference.magnitude < best?.difference.magnitude ?? .max else { continue }
            let (items, itemsOverflow) = candidate.items.addingReportingOverflow(difference)
            guard !itemsOverflow else { continue }
            candidate.items = items
            best = (candidate, difference)
        }
        guard let best else { return }
        totals = best.totals
        absorbedRounding = best.difference
    }
}
