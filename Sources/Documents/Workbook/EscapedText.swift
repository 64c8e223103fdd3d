/// Spreadsheet XML writes characters that XML cannot hold as `_x0001_` (ECMA-376 part 1, 22.9.2.19), and a literal `_x0001_` as
/// `_x005F_x0001_`.
enum EscapedText {
    static func decoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "_")) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if let code = code(in: bytes, at: index), let scalar = UnicodeScalar(code), let encoded = UTF8.encode(scalar) {
                // A NUL is no character of a text: databases take none.
                if code != 0 { result.append(contentsOf: encoded) }
                index += 7
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// As the text of an XML element: markup escaped, what XML cannot hold in the form above.
    static func encoded(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 16)
        var index = 0
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".utf8)
            case "<": result.append(contentsOf: "&lt;".utf8)
            case ">": result.append(contentsOf: "&gt;".utf8)
            case "\"": result.append(contentsOf: "&quot;".utf8)
            case "_" where code(in: bytes, at: index) != nil: result.append(contentsOf: "_x005F_".utf8)
            // A plain return would be read as a line feed (XML 1.0, 2.11).
            case "\r": result.append(contentsOf: "&#13;".utf8)
            case "\t", "\n": result.append(UInt8(scalar.value))
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result.append(contentsOf: "_x\(String(repeating: "0", count: 4 - digits.count))\(digits)_".utf8)
            default: result.append(contentsOf: bytes[index..<index + UTF8.width(scalar)])
            }
            index += UTF8.width(scalar)
        }
        return result
    }

    private static func code(in bytes: [UInt8], at index: Int) -> UInt16? {
        let underscore = UInt8(ascii: "_")
        guard index + 6 < bytes.count, bytes[index] == underscore, bytes[index + 1] == UInt8(ascii: "x"), bytes[index + 6] == underscore
        else { return nil }
        var code: UInt16 = 0
        for byte in bytes[(index + 2)...(index + 5)] {
            guard byte < 0x80, let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            code = code << 4 | UInt16(digit)
        }
        return code
    }
}
