/// A parcel number after UPU S10: two letters, eight digits, a check digit, two letters of the country (thailandpost.md §6.2).
///
/// For numbers that we print and issue. A number received from a carrier may fail the check (the documentation's own sample does) and is still its number.
package struct S10Number: Sendable, Hashable {
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

    package let text: String

    package init(_ text: String) throws(Fault) {
        let bytes = Array(text.utf8)
        guard bytes.count == 13, bytes[2..<11].allSatisfy({ (0x30...0x39).contains($0) }) else { throw .wrongForm }
        let letters = bytes[..<2] + bytes[11...]
        guard letters.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            throw letters.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) } ? .lowerCase : .wrongForm
        }
        let expected = Self.checkDigit(ofSerial: bytes[2..<10].map { Int($0) - 0x30 })
        guard Int(bytes[10]) - 0x30 == expected else { throw .wrongCheckDigit(expected: expected) }
        self.text = text
    }

    /// Weights 8 6 4 2 3 5 9 7; 11 minus the sum modulo 11, where 10 is 0 and 11 is 5.
    static func checkDigit(ofSerial digits: [Int]) -> Int {
        let sum = zip(digits, [8, 6, 4, 2, 3, 5, 9, 7]).reduce(0) { $0 + $1.0 * $1.1 }
        return switch 11 - sum % 11 {
        case 10: 0
        case 11: 5
        case let digit: digit
        }
    }
}
