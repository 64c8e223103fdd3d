import Foundation

/// Folding of Chilean names: NFKD, lower case, no combining marks, no apostrophes, every other run of non-alphanumerics one space
/// (platforms/addresses-cl-th.md §1.4). Never to be used on Thai text: there the marks are vowels.
enum ChileanFolding {
    static func fold(_ text: String) -> String {
        quick(text) ?? thorough(text)
    }

    /// Plain ASCII, the accented letters of Spanish, combining marks and curly quotes, byte by byte; nil for anything else.
    static func quick(_ text: String) -> String? {
        var text = text
        return text.withUTF8 { bytes -> String? in
            var folded: [UInt8] = []
            folded.reserveCapacity(bytes.count)
            var pendingSpace = false
            var index = 0
            func byte(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
            func append(_ letter: UInt8) {
                if pendingSpace, !folded.isEmpty { folded.append(0x20) }
                pendingSpace = false
                folded.append(letter)
            }
            while index < bytes.count {
                let first = bytes[index]
                switch first {
                case 0x61...0x7A, 0x30...0x39: append(first)
                case 0x41...0x5A: append(first | 0x20)
                case 0x27, 0x60: break                                          // ' and `
                case 0x00..<0x80: pendingSpace = true
                case 0xC2 where byte(1) == 0xA0: pendingSpace = true; index += 1  // no-break space
                case 0xC2 where byte(1) == 0xB4: index += 1                       // ´ typed as an apostrophe
                case 0xC3:
                    let letter = latinLetters[Int(byte(1) & 0x1F)]
                    guard letter != 0 else { return nil }
                    append(letter)
                    index += 1
                case 0xCC: index += 1                                             // U+0300 to U+033F, combining marks
                case 0xCD where byte(1) < 0xB0: index += 1                        // U+0340 to U+036F, combining marks
                case 0xE2 where byte(1) == 0x80 && (byte(2) == 0x98 || byte(2) == 0x99): index += 2      // ‘ ’
                case 0xE2 where byte(1) == 0x80 && (byte(2) == 0x93 || byte(2) == 0x94): pendingSpace = true; index += 2   // – —
                default: return nil
                }
                index += 1
            }
            return String(decoding: folded, as: UTF8.self)
        }
    }

    /// U+00C0 to U+00DF by their low five bits; U+00E0 to U+00FF are the same letters. 0 where there is no plain letter.
    private static let latinLetters: [UInt8] = Array("aaaaaa\0ceeeeiiii\0nooooo\0\0uuuuy\0\0".utf8)

    /// The same by the rules of Unicode, for any text.
    static func thorough(_ text: String) -> String {
        // The acute accent alone decomposes to a space and a mark, so apostrophes go before the decomposition and, for the wide
        // form, after it.
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: text.unicodeScalars.lazy.filter { !isApostrophe($0) })
        var folded = String.UnicodeScalarView()
        var pendingSpace = false
        let lowered = String(kept).decomposedStringWithCompatibilityMapping.lowercased()
        for scalar in lowered.decomposedStringWithCompatibilityMapping.unicodeScalars {
            let properties = scalar.properties
            switch properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: continue
            default: if isApostrophe(scalar) { continue }
            }
            if properties.isAlphabetic || properties.numericType != nil {
                if pendingSpace, !folded.isEmpty { folded.append(" ") }
                pendingSpace = false
                folded.append(scalar)
            } else {
                pendingSpace = true
            }
        }
        return String(folded)
    }

    private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x27, 0x60, 0xB4, 0x2018, 0x2019, 0x201B, 0x02B9, 0x02BB, 0x02BC, 0x2032, 0xA78B, 0xA78C: true
        default: false
        }
    }
}
