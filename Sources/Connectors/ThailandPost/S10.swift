/// A tracking number after UPU S10: two letters for the service, eight digits, a check digit, two letters for the country (thailandpost.md §6.2).
package struct S10: Sendable, Hashable, CustomStringConvertible {
    package let service: String
    package let serial: Int
    package let country: String

    package static let thailand = "TH"
    package static let serials = 0...99_999_999
    static let length = 13

    /// - Returns: nil unless `service` and `country` are two capital letters each and `serial` has at most eight digits.
    package init?(service: String, serial: Int, country: String = S10.thailand) {
        guard Self.isLetters(service), Self.isLetters(country), Self.serials.contains(serial) else { return nil }
        self.service = service; self.serial = serial; self.country = country
    }

    /// Reads a number with its check digit, in small letters and with blanks too (`EF 1234 5678 5 TH`).
    ///
    /// - Returns: nil where the shape or the check digit is wrong. Only numbers of our own are held to that: the documentation's own sample fails it (§6.2).
    package init?(_ text: String) {
        guard let plain = Self.plain(text), let serial = Int(plain.dropFirst(2).prefix(8)), let check = plain.dropFirst(10).first?.wholeNumberValue,
              check == Self.checkDigit(of: serial) else { return nil }
        self.init(service: String(plain.prefix(2)), serial: serial, country: String(plain.suffix(2)))
    }

    /// Weights 8 6 4 2 3 5 9 7 from the left; 11 − sum mod 11, with 10 as 0 and 11 as 5.
    package static func checkDigit(of serial: Int) -> Int {
        var rest = serial, sum = 0
        for weight in [7, 9, 5, 3, 2, 4, 6, 8] { sum += rest % 10 * weight; rest /= 10 }
        return switch 11 - sum % 11 { case 10: 0; case 11: 5; case let digit: digit }
    }

    package var description: String { "\(service)\(Self.padded(serial))\(Self.checkDigit(of: serial))\(country)" }

    /// As it is printed under the bars: `EF 1234 5678 5 TH` (§6.3).
    package var spaced: String {
        let digits = Self.padded(serial)
        return "\(service) \(digits.prefix(4)) \(digits.suffix(4)) \(Self.checkDigit(of: serial)) \(country)"
    }

    /// Whether a text has the shape of such a number, whatever its check digit: what a carrier tells of is not refused for it.
    package static func hasShape(_ text: String) -> Bool { plain(text) != nil }

    /// Thirteen characters without blanks, in capitals; nil for another shape.
    private static func plain(_ text: String) -> String? {
        let bytes = text.utf8.filter { $0 != UInt8(ascii: " ") }.map { (97...122).contains($0) ? $0 - 32 : $0 }
        guard bytes.count == length, bytes.prefix(2).allSatisfy(isCapital), bytes.suffix(2).allSatisfy(isCapital),
              bytes[2..<11].allSatisfy({ (48...57).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isCapital(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
    private static func isLetters(_ text: String) -> Bool { text.utf8.count == 2 && text.utf8.allSatisfy(isCapital) }
    private static func padded(_ serial: Int) -> String {
        let digits = String(serial)
        return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
    }
}
