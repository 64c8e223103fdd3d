import Foundation

/// Amounts of a shop: whole units of its smallest decimal place (a shop setting, not the currency's), as WooCommerce writes them.
struct Decimals: Sendable, Equatable {
    /// 2 for THB, 0 for JPY or VND.
    let places: Int

    var scale: Int { Self.power(places) }

    private static func power(_ exponent: Int) -> Int { (0..<max(0, exponent)).reduce(1) { value, _ in value * 10 } }

    /// `-5000` -> `-50.00`.
    func format(_ amount: Int) -> String { format(amount, places: places) }

    /// With the `dp` parameter of a request: another number of places, half away from zero.
    func format(_ amount: Int, places wanted: Int) -> String {
        var value = amount
        if wanted < places {
            let divisor = Self.power(places - wanted)
            value = (abs(value) + divisor / 2) / divisor * (value < 0 ? -1 : 1)
        } else {
            value *= Self.power(wanted - places)
        }
        guard wanted > 0 else { return "\(value)" }
        let scale = Self.power(wanted), fraction = "\(abs(value) % scale)"
        return "\(value < 0 ? "-" : "")\(abs(value) / scale).\(String(repeating: "0", count: wanted - fraction.count))\(fraction)"
    }

    /// `3.50` -> `3.5`, `63.00` -> `63`: how old versions store the parts of a tax (platforms/woocommerce.md §4.4).
    func formatUnpadded(_ amount: Int) -> String {
        let text = format(amount)
        guard text.contains(".") else { return text }
        var trimmed = Substring(text)
        while trimmed.last == "0" { trimmed.removeLast() }
        if trimmed.last == "." { trimmed.removeLast() }
        return String(trimmed)
    }

    /// A plain decimal in major units, rounded half away from zero; nil where PHP would read no number (an empty text is zero).
    func parse(_ text: String) -> Int? {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        if trimmed.isEmpty { return 0 }
        guard trimmed.utf8.allSatisfy({ "0123456789.-+eE".utf8.contains($0) }), trimmed.utf8.count <= 30,
            var value = Decimal(string: trimmed, locale: Locale(identifier: "en_US_POSIX"))
        else { return nil }
        value *= Decimal(scale)
        var rounded = Decimal()
        NSDecimalRound(&rounded, &value, 0, .plain)
        return Int("\(rounded)")
    }

    func double(_ amount: Int) -> Double { Double(amount) / Double(scale) }

    /// Tax of an amount at a rate in per cent, half away from zero to the shop's decimals.
    func tax(of amount: Int, basisPoints: Int) -> Int {
        let product = abs(amount) * basisPoints
        return (product + 5_000) / 10_000 * (amount < 0 ? -1 : 1)
    }
}
