import Connect
import Domain

/// The order's totals: sums of its lines, and what the order says of shipping, discount and the whole (shopat24.md §5). Prices include the 7 % of VAT [I], so the tax is 0.
struct OrderSums: Sendable, Equatable {
    var totals: Totals
    /// Up to one baht, added to `items` so that the sum law holds.
    var absorbedRounding: Int64 = 0
    /// More than one baht between the whole and its parts, or between a line's total and its own: the order is held.
    var isOff: Bool

    /// 1.00 THB (§5).
    static let toleranceMinor: Int64 = 100
    private static let largestSum = Int64.max / 16

    init(_ lines: OrderLines, shipping: Int64?, discount stated: Int64?, grand: Int64?, tolerance: Int64 = toleranceMinor) throws(ConnectorError) {
        let shipping = shipping ?? 0
        isOff = lines.largestDifference > tolerance
        // The order's discount may hold the lines' or come on top of them; nothing says which, so the one that makes the sum is taken.
        let both = try Self.adding(stated ?? 0, lines.discount, "discount")
        let candidates = stated.map { $0 == lines.discount ? [$0] : [$0, both, lines.discount] } ?? [lines.discount]
        totals = Totals(items: lines.items, discount: candidates[0], shipping: shipping, tax: 0, taxIncluded: true, grand: 0)
        guard let grand else {
            totals.grand = try Self.adding(try Self.adding(lines.items, shipping, "shipping"), -candidates[0], "discount")
            return
        }
        var smallest = Int64.max
        for discount in candidates {
            let sum = try Self.adding(try Self.adding(lines.items, shipping, "shipping"), -discount, "discount"), difference = try Self.adding(grand, -sum, "grand")
            guard abs(difference) < abs(smallest) else { continue }
            smallest = difference
            totals.discount = discount
        }
        totals.grand = grand
        if abs(smallest) <= tolerance {
            totals.items += smallest
            absorbedRounding = smallest
        } else {
            totals.discount = candidates[0]
            isOff = true
        }
    }

    static func adding(_ a: Int64, _ b: Int64, _ field: String) throws(ConnectorError) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        guard !overflow, sum.magnitude <= largestSum.magnitude else { throw .notUnderstood(field: field, found: "a sum that is too large") }
        return sum
    }

    static func product(_ price: Int64, _ quantity: Int) throws(ConnectorError) -> Int64 {
        let (product, overflow) = price.multipliedReportingOverflow(by: Int64(quantity))
        guard !overflow, product.magnitude <= largestSum.magnitude else { throw .notUnderstood(field: "lines", found: "a sum that is too large") }
        return product
    }

    /// Half away from zero; the whole where there is nothing to share.
    static func share(of total: Int64, among count: Int) -> Int64 {
        guard count > 1 else { return total }
        let (quotient, remainder) = total.quotientAndRemainder(dividingBy: Int64(count))
        return remainder.magnitude >= UInt64(count) - remainder.magnitude ? quotient + (total < 0 ? -1 : 1) : quotient
    }
}
