import Domain

/// Amounts as people type them: `1.299,00`, `1,299.00`, `฿1,299.00`, `1 299`, `THB 1,299`.
enum AmountText {
    enum Fault: Error, Equatable { case notAnAmount, ambiguous, tooPrecise, negative, outOfRange, otherCurrency }

    /// Where one separator before exactly three digits means thousands by custom: the comma here, the dot elsewhere.
    private static let commaGroups: Set<String> = ["THB", "USD", "GBP", "SGD", "MYR", "PHP", "HKD", "TWD", "CNY", "INR", "AUD", "NZD", "CAD", "MXN", "AED", "LKR"]
    /// Signs that belong to one currency; the dollar and the yen sign belong to several and say nothing.
    private static let signs: [(sign: String, code: String)] = [("฿", "THB"), ("€", "EUR"), ("£", "GBP"), ("₩", "KRW"), ("₫", "VND"), ("₱", "PHP"), ("₹", "INR"), ("บาท", "THB"), ("baht", "THB")]

    /// Minor units; never negative.
    static func minor(_ text: String, _ currency: Currency) -> Result<Int64, Fault> {
        var bare = AddressNormaliser.asciiDigits(text).lowercased()
        for (sign, code) in signs where bare.contains(sign) {
            guard code == currency.code else { return .failure(.otherCurrency) }
            bare = bare.replacing(sign, with: "")
        }
        bare = bare.replacing(currency.code.lowercased(), with: "")
        let letters = bare.filter(\.isLetter)
        if letters.count == 3, bare.contains(where: \.isNumber), Currency(letters) != nil { return .failure(.otherCurrency) }
        bare = bare.filter { !$0.isWhitespace && !"$¥'’\u{200B}\u{FEFF}".contains($0) }
        if bare.hasSuffix(".-") || bare.hasSuffix(",-") { bare = String(bare.dropLast(2)) }
        if bare.hasPrefix("-") || (bare.hasPrefix("(") && bare.hasSuffix(")")) { return .failure(.negative) }
        guard !bare.isEmpty, bare.utf8.allSatisfy({ (48...57).contains($0) || $0 == 44 || $0 == 46 }), bare.utf8.contains(where: { (48...57).contains($0) }) else {
            return .failure(.notAnAmount)
        }
        return plain(bare, currency).flatMap { text in
            do throws(MoneyProblem) { return .success(try Money(parsing: text, currency).minor) } catch {
                switch error {
                case .tooPrecise: return .failure(.tooPrecise)
                case .outOfRange: return .failure(.outOfRange)
                case .notANumber: return .failure(.notAnAmount)
                }
            }
        }
    }

    /// The amount with a dot for the decimals and nothing else.
    private static func plain(_ text: String, _ currency: Currency) -> Result<String, Fault> {
        let commas = text.count { $0 == "," }, dots = text.count { $0 == "." }
        if commas == 0, dots == 0 { return .success(text) }
        if commas > 0, dots > 0 {
            guard let comma = text.lastIndex(of: ","), let dot = text.lastIndex(of: ".") else { return .failure(.notAnAmount) }
            let decimal: Character = comma > dot ? "," : ".", thousands: Character = comma > dot ? "." : ","
            guard text.count(where: { $0 == decimal }) == 1 else { return .failure(.notAnAmount) }
            let halves = text.split(separator: decimal, omittingEmptySubsequences: false)
            guard isGrouped(halves[0], by: thousands) else { return .failure(.notAnAmount) }
            return .success(halves[0].filter { $0 != thousands } + "." + halves[1])
        }
        let separator: Character = commas > 0 ? "," : "."
        if commas + dots > 1 {
            return isGrouped(text[...], by: separator) ? .success(text.filter { $0 != separator }) : .failure(.notAnAmount)
        }
        let halves = text.split(separator: separator, omittingEmptySubsequences: false)
        let couldBeThousands = isGrouped(text[...], by: separator)
        guard couldBeThousands else { return .success((halves[0].isEmpty ? "0" : String(halves[0])) + "." + halves[1]) }
        if currency.exponent == 0 || (separator == "," && commaGroups.contains(currency.code)) { return .success(text.filter { $0 != separator }) }
        return .failure(.ambiguous)
    }

    /// `1.299.000`: one to three digits without a leading zero, then groups of three.
    private static func isGrouped(_ text: Substring, by separator: Character) -> Bool {
        let groups = text.split(separator: separator, omittingEmptySubsequences: false)
        guard let first = groups.first, groups.count > 1, (1...3).contains(first.count), first.first != "0" else { return groups.count == 1 && !text.isEmpty }
        return groups.dropFirst().allSatisfy { $0.count == 3 }
    }
}
