/// Numbers stay text: this only writes out exponents and takes the binary noise off fractions.
enum DecimalText {
    /// What a spreadsheet keeps and shows.
    static let significantDigits = 15
    /// A spreadsheet's number is a double: none is larger, and a longer exponent is no number of a sheet.
    private static let maximumExponent = 308

    /// `1.2E+3` gives `1200`, `19.989999999999998` gives `19.99`, whole numbers keep every digit; nil when the text is not a number.
    static func plain(_ text: String) -> String? {
        var bytes = Array(text.utf8)[...].trimmed
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
        let mantissa = bytes.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
        guard let exponent = exponent(of: bytes.dropFirst(mantissa.count)) else { return nil }
        let halves = mantissa.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), halves.allSatisfy({ $0.allSatisfy { (0x30...0x39).contains($0) } }),
              halves.contains(where: { !$0.isEmpty }) else { return nil }
        var digits = Array(halves.joined())
        var point = halves[0].count + exponent
        if point < digits.count { round(&digits, &point) }
        let whole = point <= 0 ? [] : digits.prefix(point) + [UInt8](repeating: 0x30, count: max(0, point - digits.count))
        var fraction = [UInt8](repeating: 0x30, count: max(0, -point)) + digits.dropFirst(max(0, point))
        while fraction.last == 0x30 { fraction.removeLast() }
        let significant = whole.drop { $0 == 0x30 }
        let plain = (significant.isEmpty ? "0" : String(decoding: significant, as: UTF8.self))
            + (fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self))
        return isNegative && plain != "0" ? "-" + plain : plain
    }

    private static func exponent(of bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty else { return 0 }
        guard let value = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), value.magnitude <= UInt(maximumExponent) else { return nil }
        return value
    }

    /// Rounds half up to 15 significant digits. Digits before the point are never dropped.
    private static func round(_ digits: inout [UInt8], _ point: inout Int) {
        guard let first = digits.firstIndex(where: { $0 != 0x30 }) else { return }
        let end = max(first + significantDigits, point)
        guard digits.count > end else { return }
        let roundsUp = digits[end] >= UInt8(ascii: "5")
        digits.removeSubrange(end...)
        guard roundsUp else { return }
        var index = end - 1
        while index >= 0, digits[index] == UInt8(ascii: "9") {
            digits[index] = 0x30
            index -= 1
        }
        if index >= 0 {
            digits[index] += 1
        } else {
            digits.insert(UInt8(ascii: "1"), at: 0)
            point += 1
        }
    }
}

extension ArraySlice<UInt8> {
    /// Without the white space at both ends.
    fileprivate var trimmed: ArraySlice<UInt8> {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else { return [] }
        return self[first...last]
    }
}
