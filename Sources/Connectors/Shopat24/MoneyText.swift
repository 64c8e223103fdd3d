import Connect
import Domain

/// Amounts as the channel writes them (shopat24.md §4A.2), in minor units of one currency: the only place where money is read and rounded.
struct MoneyText: Sendable {
    let form: Profile.Values.MoneyForm
    let dashIsZero: Bool
    let currency: Currency

    /// A bound on any one amount, so that sums of many stay inside 64 bits: 10^13 minor units.
    static let largest: Int64 = 10_000_000_000_000

    /// - Returns: nil where nothing is said.
    func minor(_ value: JSONValue?, _ field: @autoclosure () -> String) throws(ConnectorError) -> Int64? {
        guard let value, value != .null else { return nil }
        guard let text = value.text, text.utf8.count <= 60, !isTruth(value) else { throw .notUnderstood(field: field(), found: "something that is no amount") }
        guard let amount = Self.plain(text) else { throw .notUnderstood(field: field(), found: text.cut(40)) }
        if amount.isEmpty { return nil }
        if amount == "-" {
            guard dashIsZero else { throw .notUnderstood(field: field(), found: "-") }
            return 0
        }
        let minor: Int64
        switch form {
        case .minor:
            guard let whole = Int64(amount) else { throw .notUnderstood(field: field(), found: text.cut(40)) }
            minor = whole
        case .string, .major:
            do { minor = try Money(parsing: amount, currency, rounding: true).minor } catch { throw .notUnderstood(field: field(), found: text.cut(40)) }
        }
        guard minor.magnitude <= Self.largest.magnitude else { throw .notUnderstood(field: field(), found: text.cut(40)) }
        return minor
    }

    private func isTruth(_ value: JSONValue) -> Bool { if case .bool = value { true } else { false } }

    /// `฿1,299.00`, `1,299.00 บาท`, `(12.00)`, `๑๒.๕๐` as plain decimals; empty for nothing, nil for what is no number.
    ///
    /// Commas are taken only between groups of three before the point: `12,5` and `1.299,00` are written another way, and stripping them would make another amount.
    static func plain(_ text: String) -> String? {
        var text = CleanText.asciiDigits(CleanText.clean(text)).uppercased()
        for word in ["THB", "บาท", "฿"] { text = text.replacing(word, with: "") }
        text = text.replacing(" ", with: "")
        if text.isEmpty || text == "-" { return text }
        var isNegative = false
        if text.hasPrefix("("), text.hasSuffix(")") { isNegative = true; text = String(text.dropFirst().dropLast()) }
        if text.hasPrefix("-") {
            guard !isNegative else { return nil }
            isNegative = true
            text.removeFirst()
        } else if text.hasPrefix("+") { text.removeFirst() }
        let sides = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 1 || CleanText.isDigits(sides[1]) || sides[1].isEmpty, let whole = grouped(sides[0]), !whole.isEmpty || (sides.count == 2 && !sides[1].isEmpty) else { return nil }
        return (isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole) + (sides.count == 2 && !sides[1].isEmpty ? "." + sides[1] : "")
    }

    private static func grouped(_ text: Substring) -> String? {
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        guard groups.allSatisfy({ $0.isEmpty && groups.count == 1 || CleanText.isDigits($0) }) else { return nil }
        if groups.count > 1 { guard (1...3).contains(groups[0].utf8.count), groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }) else { return nil } }
        return groups.joined()
    }
}
