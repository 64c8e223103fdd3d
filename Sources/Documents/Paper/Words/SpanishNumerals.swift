import Domain

/// Spanish number words as they stand before a noun: un peso, veintiún mil, ciento un pesos, un millón de pesos. The long scale: a billón is 10¹².
enum SpanishNumerals {
    private static let small = ["cero", "un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece", "catorce", "quince",
                                "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiún", "veintidós", "veintitrés", "veinticuatro", "veinticinco",
                                "veintiséis", "veintisiete", "veintiocho", "veintinueve"]
    private static let tens = ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
    private static let hundreds = ["", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos", "ochocientos", "novecientos"]
    private static let groups: [(size: UInt64, one: String, many: String)] = [
        (1_000_000_000_000_000_000, "trillón", "trillones"), (1_000_000_000_000, "billón", "billones"), (1_000_000, "millón", "millones"),
    ]

    static func words(_ value: UInt64) -> String {
        guard value > 0 else { return small[0] }
        var parts: [String] = [], rest = value
        for group in groups where rest >= group.size {
            let count = rest / group.size
            parts.append("\(thousands(Int(count))) \(count == 1 ? group.one : group.many)")
            rest %= group.size
        }
        if rest > 0 { parts.append(thousands(Int(rest))) }
        return parts.joined(separator: " ")
    }

    static func amount(_ money: Money, whole: UInt64, part: UInt64) -> String {
        let minus = money.minor < 0 ? "menos " : ""
        guard let nouns = nouns(of: money.currency) else {
            return "\(minus)\(words(whole)) \(money.currency)\(part == 0 ? "" : " con \(AmountText.hundredths(part, money.currency))")"
        }
        let isRoundMillion = whole >= 1_000_000 && whole % 1_000_000 == 0
        let major = whole == 0 && part > 0 ? nil : "\(words(whole))\(isRoundMillion ? " de" : "") \(whole == 1 ? nouns.one : nouns.many)"
        let minor = part == 0 ? nil : "\(words(part)) \(part == 1 ? nouns.onePart : nouns.manyParts)"
        return minus + [major, minor].compactMap(\.self).joined(separator: " con ")
    }

    private static func nouns(of currency: Currency) -> CurrencyNouns? {
        switch currency {
        case .clp: CurrencyNouns(one: "peso", many: "pesos", onePart: "", manyParts: "")
        case .usd: CurrencyNouns(one: "dólar", many: "dólares", onePart: "centavo", manyParts: "centavos")
        case .eur: CurrencyNouns(one: "euro", many: "euros", onePart: "céntimo", manyParts: "céntimos")
        case .thb: CurrencyNouns(one: "baht", many: "bahts", onePart: "satang", manyParts: "satangs")
        default: nil
        }
    }

    /// Up to 999,999: the groups of the long scale have six digits.
    private static func thousands(_ value: Int) -> String {
        let (thousands, rest) = value.quotientAndRemainder(dividingBy: 1000)
        var parts: [String] = []
        if thousands == 1 { parts.append("mil") } else if thousands > 1 { parts.append(belowThousand(thousands) + " mil") }
        if rest > 0 { parts.append(belowThousand(rest)) }
        return parts.joined(separator: " ")
    }

    private static func belowThousand(_ value: Int) -> String {
        if value == 100 { return "cien" }
        var parts: [String] = []
        if value >= 100 { parts.append(hundreds[value / 100]) }
        let rest = value % 100
        if rest >= 30 { parts.append(tens[rest / 10] + (rest % 10 == 0 ? "" : " y " + small[rest % 10])) } else if rest > 0 { parts.append(small[rest]) }
        return parts.joined(separator: " ")
    }
}
