package import Domain

/// Amounts and weights as papers show them: in figures with the separators of the language, and in words.
package enum AmountText {
    /// `1,250.00`, in Spanish `1.250,00`; as many decimals as the currency has.
    package static func figures(_ money: Money, _ language: PaperLanguage) -> String {
        let (whole, part) = split(money)
        let exponent = money.currency.exponent
        let point = language == .spanish ? "," : "."
        let fraction = exponent == 0 ? "" : point + padded(part, to: exponent)
        return (money.minor < 0 ? "-" : "") + grouped(whole, by: language == .spanish ? "." : ",") + fraction
    }

    /// `1,250.00 บาท` in Thai, else the currency's code behind the figures.
    package static func withUnit(_ money: Money, _ language: PaperLanguage) -> String {
        figures(money, language) + " " + (language == .thai && money.currency == .thb ? "บาท" : money.currency.code)
    }

    /// `หนึ่งพันสองร้อยห้าสิบบาทถ้วน`, `one thousand two hundred fifty baht`, `mil doscientos cincuenta pesos`.
    package static func inWords(_ money: Money, _ language: PaperLanguage) -> String {
        let (whole, part) = split(money)
        return switch language {
        case .thai: ThaiNumerals.amount(money, whole: whole, part: part)
        case .english: EnglishNumerals.amount(money, whole: whole, part: part)
        case .spanish: SpanishNumerals.amount(money, whole: whole, part: part)
        }
    }

    /// `850 g`, `1.25 kg`.
    package static func weight(grams: Int, _ language: PaperLanguage) -> String {
        guard grams >= 1000 else { return "\(grams) g" }
        var fraction = padded(UInt64(grams % 1000), to: 3)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = grouped(UInt64(grams / 1000), by: language == .spanish ? "." : ",")
        return fraction.isEmpty ? "\(whole) kg" : "\(whole)\(language == .spanish ? "," : ".")\(fraction) kg"
    }

    /// Minor units a major one has.
    static func scale(_ currency: Currency) -> UInt64 { (0..<currency.exponent).reduce(1) { scale, _ in scale * 10 } }

    /// `05` of 5 cents; the scale of parts, as in `50/100`, for currencies whose words nobody gave.
    static func hundredths(_ part: UInt64, _ currency: Currency) -> String { "\(padded(part, to: currency.exponent))/\(scale(currency))" }

    private static func split(_ money: Money) -> (whole: UInt64, part: UInt64) {
        let (whole, part) = money.minor.magnitude.quotientAndRemainder(dividingBy: scale(money.currency))
        return (whole, part)
    }

    private static func padded(_ value: UInt64, to digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private static func grouped(_ value: UInt64, by separator: String) -> String {
        var groups: [String] = [], rest = String(value)[...]
        while rest.count > 3 { groups.insert(String(rest.suffix(3)), at: 0); rest = rest.dropLast(3) }
        return ([String(rest)] + groups).joined(separator: separator)
    }
}

/// A currency's own nouns, one and many.
struct CurrencyNouns { let one: String, many: String, onePart: String, manyParts: String }
