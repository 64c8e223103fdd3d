import Domain

/// English number words without "and" inside a number: one thousand two hundred fifty.
enum EnglishNumerals {
    private static let small = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
                                "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    private static let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    private static let groups: [(size: UInt64, word: String)] = [
        (1_000_000_000_000_000_000, "quintillion"), (1_000_000_000_000_000, "quadrillion"), (1_000_000_000_000, "trillion"),
        (1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"),
    ]

    static func words(_ value: UInt64) -> String {
        guard value > 0 else { return small[0] }
        var parts: [String] = [], rest = value
        for group in groups where rest >= group.size {
            parts.append(hundreds(Int(rest / group.size)) + " " + group.word)
            rest %= group.size
        }
        if rest > 0 { parts.append(hundreds(Int(rest))) }
        return parts.joined(separator: " ")
    }

    static func amount(_ money: Money, whole: UInt64, part: UInt64) -> String {
        let minus = money.minor < 0 ? "minus " : ""
        guard let nouns = nouns(of: money.currency) else {
            return "\(minus)\(words(whole)) \(money.currency)\(part == 0 ? "" : " and \(AmountText.hundredths(part, money.currency))")"
        }
        let major = whole == 0 && part > 0 ? nil : "\(words(whole)) \(whole == 1 ? nouns.one : nouns.many)"
        let minor = part == 0 ? nil : "\(words(part)) \(part == 1 ? nouns.onePart : nouns.manyParts)"
        return minus + [major, minor].compactMap(\.self).joined(separator: " and ")
    }

    private static func nouns(of currency: Currency) -> CurrencyNouns? {
        switch currency {
        case .thb: CurrencyNouns(one: "baht", many: "baht", onePart: "satang", manyParts: "satang")
        case .usd: CurrencyNouns(one: "dollar", many: "dollars", onePart: "cent", manyParts: "cents")
        case .eur: CurrencyNouns(one: "euro", many: "euros", onePart: "cent", manyParts: "cents")
        case .clp: CurrencyNouns(one: "peso", many: "pesos", onePart: "", manyParts: "")
        case .jpy: CurrencyNouns(one: "yen", many: "yen", onePart: "", manyParts: "")
        default: nil
        }
    }

    private static func hundreds(_ value: Int) -> String {
        var parts: [String] = []
        if value >= 100 { parts.append("\(small[value / 100]) hundred") }
        let rest = value % 100
        if rest >= 20 { parts.append(tens[rest / 10] + (rest % 10 == 0 ? "" : "-" + small[rest % 10])) } else if rest > 0 { parts.append(small[rest]) }
        return parts.joined(separator: " ")
    }
}
