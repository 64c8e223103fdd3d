/// The RUT, tax number and personal document of Chile (platforms/addresses-cl-th.md §1.7).
enum ChileanTaxNumber {
    /// `12.345.678-5` as `12345678-5`, or nil when the check character does not fit. Nobody is obliged to have one; an invoice needs it.
    static func normalise(_ text: String) -> String? {
        var characters: [UInt8] = []
        for scalar in text.uppercased().unicodeScalars {
            switch scalar {
            case "0"..."9", "K": characters.append(UInt8(scalar.value))
            case ".", "-", "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}": continue
            default: guard scalar.properties.isWhitespace else { return nil }
            }
        }
        guard let check = characters.popLast() else { return nil }
        let body = characters.drop { $0 == UInt8(ascii: "0") }
        guard (1...9).contains(body.count), !body.contains(UInt8(ascii: "K")), checkCharacter(of: body) == check else { return nil }
        return String(decoding: body, as: UTF8.self) + "-" + String(UnicodeScalar(check))
    }

    /// From the right times 2, 3, 4, 5, 6, 7, 2, …; 11 less the remainder by 11; 11 is written 0 and 10 is K.
    private static func checkCharacter(of body: ArraySlice<UInt8>) -> UInt8 {
        var sum = 0, factor = 2
        for digit in body.reversed() {
            sum += Int(digit - UInt8(ascii: "0")) * factor
            factor = factor == 7 ? 2 : factor + 1
        }
        switch 11 - sum % 11 {
        case 11: return UInt8(ascii: "0")
        case 10: return UInt8(ascii: "K")
        case let value: return UInt8(ascii: "0") + UInt8(value)
        }
    }
}
