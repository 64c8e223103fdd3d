import Connect
import Domain

/// Minor units out of the platform's decimal texts, and sums that cannot overflow unseen.
struct AmountReader {
    /// A bound on any one amount, so that sums of a few stay inside 64 bits: 10^15 minor units.
    static let largest: Int64 = 1_000_000_000_000_000
    /// A bound on a line's quantity.
    static let largestQuantity = 1_000_000
    /// A piece of a thousand tons has no known weight.
    static let largestGrams = 1_000_000_000

    let currency: Currency

    /// nil stays nil. Digits past the minor unit must be zeros (§4.3: paddings vary by currency), unless `rounding`.
    func minor(_ text: String?, _ field: String, rounding: Bool = false) throws(ConnectorError) -> Int64? {
        guard let text else { return nil }
        let parsed: Int64
        do throws(MoneyProblem) { parsed = try Money(parsing: text, currency, rounding: rounding).minor } catch { throw .notUnderstood(field: field, found: text.cut(40)) }
        guard parsed.magnitude <= Self.largest.magnitude else { throw .notUnderstood(field: field, found: text.cut(40)) }
        return parsed
    }

    func sum(_ texts: [String], _ field: String) throws(ConnectorError) -> Int64 {
        if texts.isEmpty { return 0 }
        var tally = Tally(field)
        for text in texts { tally.add(try minor(text, field, rounding: true) ?? 0) }
        return try tally.result()
    }

    func product(_ price: Int64, _ quantity: Int, _ field: String) throws(ConnectorError) -> Int64 {
        let (product, overflow) = price.multipliedReportingOverflow(by: Int64(quantity))
        guard !overflow, product.magnitude <= Self.largest.magnitude else { throw .notUnderstood(field: field, found: "an amount past all bounds") }
        return product
    }

    /// `amount` × `part` / `whole`, half away from zero: what of a line's discount or tax stays when some of it was taken away.
    static func share(_ amount: Int64, _ part: Int, of whole: Int) -> Int64 {
        guard part != whole, whole > 0 else { return amount }
        let product = Int128(amount) * Int128(part), divisor = Int128(whole)
        let quotient = product / divisor, rest = product % divisor
        return Int64(clamping: rest.magnitude * 2 >= divisor.magnitude ? quotient + product.signum() : quotient)
    }
}

/// A sum that remembers an overflow and says so at the end.
struct Tally {
    private var value: Int64 = 0, overflowed = false
    private let field: String
    init(_ field: String) { self.field = field }
    mutating func add(_ amount: Int64) {
        let (sum, overflow) = value.addingReportingOverflow(amount)
        value = sum
        overflowed = overflowed || overflow
    }
    func result() throws(ConnectorError) -> Int64 {
        guard !overflowed, value.magnitude <= UInt64(Int64.max / 8) else { throw .notUnderstood(field: field, found: "a sum past all bounds") }
        return value
    }
}
