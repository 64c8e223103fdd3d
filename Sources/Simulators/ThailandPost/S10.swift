/// Numbers of registered post: two letters, eight digits, a check digit, the country (thailandpost.md §6.2).
package enum S10 {
    package struct Parts: Sendable, Equatable {
        /// The service indicator: `EF`, `RR`.
        package var prefix: String
        /// 0...99,999,999.
        package var serial: Int
        package var check: Int
        package var country: String
    }

    private static let weights = [8, 6, 4, 2, 3, 5, 9, 7]

    /// Nil for a serial of more than eight digits.
    package static func checkDigit(ofSerial serial: Int) -> Int? {
        guard (0...99_999_999).contains(serial) else { return nil }
        var rest = serial
        var sum = 0
        for weight in weights.reversed() {
            sum += rest % 10 * weight
            rest /= 10
        }
        let check = 11 - sum % 11
        return check == 10 ? 0 : check == 11 ? 5 : check
    }

    package static func number(prefix: String, serial: Int) -> String? {
        checkDigit(ofSerial: serial).map { prefix + padded(serial, to: 8) + "\($0)TH" }
    }

    /// Nil where the form is wrong; the check digit is not looked at.
    package static func parts(of text: String) -> Parts? {
        let bytes = Array(text.utf8)
        guard bytes.count == 13, (bytes[0..<2] + bytes[11...]).allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else { return nil }
        guard bytes[2..<11].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        let serial = bytes[2..<10].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return Parts(
            prefix: String(decoding: bytes[0..<2], as: UTF8.self), serial: serial, check: Int(bytes[10] - UInt8(ascii: "0")),
            country: String(decoding: bytes[11...], as: UTF8.self))
    }

    /// The form and the check digit are right, whatever the country.
    package static func isValid(_ text: String) -> Bool {
        guard let parts = parts(of: text) else { return false }
        return checkDigit(ofSerial: parts.serial) == parts.check
    }

    static func padded(_ number: Int, to length: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, length - digits.utf8.count)) + digits
    }
}
