import Domain

/// How this shop's currency is written. Amounts inside the simulator are whole minor units.
struct CurrencyUnit: Sendable, Codable, Equatable {
    let code: String
    let decimals: Int

    init(_ code: String) {
        self.code = code.uppercased()
        decimals = Currency(code)?.exponent ?? 2
    }

    var scale: Int64 { (0..<decimals).reduce(1) { scale, _ in scale * 10 } }

    /// REST: padded by the currency, `1290.00`, `1290` for yen, `1.500` for dinar (platforms/shopify.md §4.4).
    func restText(_ minor: Int64) -> String {
        guard decimals > 0 else { return String(minor) }
        let fraction = String(minor.magnitude % UInt64(scale))
        let zeros = String(repeating: "0", count: decimals - fraction.utf8.count)
        return "\(minor < 0 ? "-" : "")\(minor.magnitude / UInt64(scale)).\(zeros)\(fraction)"
    }

    /// GraphQL `Decimal`: trailing zeros gone, but one decimal always, `1290.0`.
    func graphText(_ minor: Int64) -> String {
        var text = restText(minor)
        guard text.contains(".") else { return text + ".0" }
        while text.hasSuffix("0"), !text.hasSuffix(".0") { text.removeLast() }
        return text
    }

    /// - Returns: nil unless `text` is a decimal number this currency can hold.
    func minor(parsing text: String) -> Int64? {
        guard let currency = Currency(code) else { return nil }
        // A text that is no amount is the caller's to refuse; the reason is not needed.
        return try? Money(parsing: text, currency, rounding: true).minor
    }
}

/// `amount × numerator / denominator`, rounded half away from zero.
func proportion(_ amount: Int64, _ numerator: Int64, _ denominator: Int64) -> Int64 {
    guard denominator != 0 else { return 0 }
    let (high, low) = amount.magnitude.multipliedFullWidth(by: numerator.magnitude)
    let divisor = denominator.magnitude
    guard high < divisor else { return 0 }
    let (quotient, remainder) = divisor.dividingFullWidth((high, low))
    let rounded = Int64(clamping: quotient + (remainder >= divisor - remainder ? 1 : 0))
    return amount.signum() * numerator.signum() * denominator.signum() < 0 ? -rounded : rounded
}

/// Shares `amount` out by weight; the parts always sum to `amount` (the last one takes the rest).
func allocate(_ amount: Int64, by weights: [Int64]) -> [Int64] {
    let total = weights.reduce(0, +)
    guard total > 0 else { return weights.map { _ in 0 } }
    var parts = weights.map { proportion(amount, $0, total) }
    if let last = weights.lastIndex(where: { $0 > 0 }) { parts[last] += amount - parts.reduce(0, +) }
    return parts
}
