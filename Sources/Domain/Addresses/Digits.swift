/// Digits of any script as ASCII: Thai `๑๐๑๑๐` and wide `１０１１０` are `10110` (platforms/addresses-cl-th.md §2.1).
enum Digits {
    static func ascii(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var converted = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue,
               let digit = Unicode.Scalar(0x30 + UInt32(value)) {
                converted.append(digit)
            } else {
                converted.append(scalar)
            }
        }
        return String(converted)
    }

    /// The digits of a text that has nothing beside them but what people group digits with; nil when there is anything else.
    static func only(_ text: String, allowing punctuation: Set<Unicode.Scalar>) -> String? {
        var digits = ""
        for scalar in ascii(text).unicodeScalars {
            if (0x30...0x39).contains(scalar.value) { digits.unicodeScalars.append(scalar); continue }
            guard punctuation.contains(scalar) || scalar.properties.isWhitespace || isInvisible(scalar) else { return nil }
        }
        return digits
    }

    /// Marks that come along when a number is copied from a page or a chat.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
