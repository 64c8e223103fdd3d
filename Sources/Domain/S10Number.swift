/// A parcel number after UPU S10: two letters for the service, eight digits, a check digit, two letters for the country (thailandpost.md §6.2).
///
/// Numbers that we issue and print are held to their check digit. A number received from a carrier may fail it (the documentation's own sample does) and is still its number.
package struct S10Number: Sendable, Hashable, CustomStringConvertible {
    package enum Fault: Error, Sendable, Equatable {
        case wrongForm
        case lowerCase
        case wrongCheckDigit(expected: Int)

        package var reason: String {
            switch self {
            case .wrongForm: "it is not two letters, nine digits and two letters"
            case .lowerCase: "its letters must be capitals"
            case .wrongCheckDigit(let expected): "its check digit should be \(expected)"
            }
        }
    }

    package let service: String
    package let serial: Int
    package let country: String

    package static let thailand = "TH"
    package static let serials = 0...99_999_999
    static let length = 13

    /// - Returns: nil unless `service` and `country` are two capital letters each and `serial` has at most eight digits.
    package init?(service: String, serial: Int, country: String = S10Number.thailand) {
        guard Self.isLetters(service), Self.isLetters(country), Self.serials.contains(serial) else { return nil }
        self.service = service; self.serial = serial; self.country = country
    }

    /// The number exactly as it goes under the bars: thirteen characters, capitals, the right check digit.
    package init(_ text: String) throws(Fault) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.length, bytes[2..<11].allSatisfy({ (48...57).contains($0) }) else { throw .wrongForm }
        let letters = bytes[..<2] + bytes[11...]
        guard letters.allSatisfy(Self.isCapital) else { throw letters.allSatisfy { (97...122).contains($0 | 0x20) } ? .lowerCase : .wrongForm }
        let serial = bytes[2..<10].reduce(0) { $0 * 10 + Int($1) - 48 }, expected = Self.checkDigit(of: serial)
        guard Int(bytes[10]) - 48 == expected else { throw .wrongCheckDigit(expected: expected) }
        self.serial = serial
        service = String(decoding: bytes[..<2], as: UTF8.self)
        country = String(decoding: bytes[11...], as: UTF8.self)
    }

    /// A number as people write it, in small letters and with blanks too (`EF 1234 5678 5 TH`).
    ///
    /// - Returns: nil where the shape or the check digit is wrong.
    package init?(reading text: String) {
        guard let plain = Self.plain(text), let number = try? S10Number(plain) else { return nil }      // nil tells it
        self = number
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
