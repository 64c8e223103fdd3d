/// Phone numbers as E.164 (platforms/addresses-cl-th.md §1.7 and §2.3).
enum PhoneNumber {
    private static let punctuation: Set<Unicode.Scalar> = ["+", "-", "(", ")", ".", "/", "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}"]

    /// `text` read as a number of `country` (`CL`, `TH`); a number of elsewhere only with its `+`. nil when it is not complete, or
    /// is two numbers.
    static func e164(_ text: String, country: String) -> String? {
        guard var digits = Digits.only(text, allowing: punctuation), !digits.isEmpty else { return nil }
        let isInternational = text.unicodeScalars.first { $0 == "+" || $0.properties.numericType != nil } == "+" || digits.hasPrefix("00")
        guard text.unicodeScalars.count(where: { $0 == "+" }) <= 1 else { return nil }
        if digits.hasPrefix("00") { digits = String(digits.dropFirst(2)) }
        switch country {
        case "CL":
            if isInternational { return digits.hasPrefix("56") ? chilean(afterCountryCode: digits.dropFirst(2)) : foreign(digits) }
            return chilean(digits)
        case "TH":
            if isInternational { return digits.hasPrefix("66") ? thai(afterCountryCode: digits.dropFirst(2)) : foreign(digits) }
            return thai(digits)
        default:
            return isInternational ? foreign(digits) : nil
        }
    }

    private static func chilean(_ digits: String) -> String? {
        if digits.utf8.count == 11, digits.hasPrefix("56") { return chilean(afterCountryCode: digits.dropFirst(2)) }
        // The old mobile form, before the 9 became part of the number.
        if digits.utf8.count == 8, !digits.hasPrefix("0") { return "+569" + digits }
        return chilean(afterCountryCode: digits[...])
    }

    /// Nine digits: 9 and eight more for a mobile, the area code in front for a fixed line. One leading 0 is the trunk digit of old habit.
    private static func chilean(afterCountryCode digits: Substring) -> String? {
        let number = digits.utf8.count == 10 && digits.hasPrefix("0") ? digits.dropFirst() : digits
        guard number.utf8.count == 9, let first = number.utf8.first, first >= UInt8(ascii: "2") else { return nil }
        return "+56" + number
    }

    private static func thai(_ digits: String) -> String? {
        if digits.hasPrefix("0") { return thai(afterCountryCode: digits[...]) }
        if digits.hasPrefix("66"), digits.utf8.count >= 10 { return thai(afterCountryCode: digits.dropFirst(2)) }
        return nil
    }

    /// A mobile is 6, 8 or 9 and eight digits; a fixed line eight digits that start with another one. One leading 0 is the trunk digit.
    private static func thai(afterCountryCode digits: Substring) -> String? {
        let number = digits.hasPrefix("0") ? digits.dropFirst() : digits
        switch (number.utf8.count, number.first) {
        case (9, "6"), (9, "8"), (9, "9"): return "+66" + number
        case (8, "2"), (8, "3"), (8, "4"), (8, "5"), (8, "7"): return "+66" + number
        default: return nil
        }
    }

    private static func foreign(_ digits: String) -> String? {
        (8...15).contains(digits.utf8.count) && !digits.hasPrefix("0") ? "+" + digits : nil
    }
}
