import Foundation

/// Folding of Thai place names in Thai or Latin letters: NFKC, lower case, without spaces, hyphens, apostrophes, dots, brackets, `ฯ`
/// and the
/// level words of a province (platforms/addresses-cl-th.md §2.2). Combining marks are kept: they are the vowels and tones.
/// NFKC takes `ำ` apart, so only folded texts may be compared with each other.
enum ThaiFolding {
    static func fold(_ text: String) -> String {
        let name = withoutShortLevelWord(text)
        return withoutLevelWords(quick(name) ?? thorough(name))
    }

    /// ASCII and well-ordered Thai, byte by byte; nil for anything else.
    static func quick(_ text: String) -> String? {
        var text = text
        return text.withUTF8 { bytes -> String? in
            var folded: [UInt8] = []
            folded.reserveCapacity(bytes.count + 8)
            var lastClass: UInt8 = 0
            var index = 0
            while index < bytes.count {
                let first = bytes[index]
                if first < 0x80 {
                    index += 1
                    if isDropped(UInt32(first)) { continue }
                    folded.append((0x41...0x5A).contains(first) ? first | 0x20 : first)
                    lastClass = 0
                    continue
                }
                // U+0E00 to U+0E7F are E0 B8 80 to E0 B9 BF.
                guard first == 0xE0, bytes[index + 1] == 0xB8 || bytes[index + 1] == 0xB9 else { return nil }
                let scalar = 0x0E00 + UInt32(bytes[index + 1] & 1) << 6 + UInt32(bytes[index + 2] & 0x3F)
                index += 3
                if scalar == 0x0E2F { continue }                                        // ฯ
                let thisClass = combiningClass(scalar)
                guard thisClass == 0 || thisClass >= lastClass else { return nil }      // NFKC would change their order
                lastClass = thisClass
                if scalar == 0x0E33 {
                    folded.append(contentsOf: [0xE0, 0xB9, 0x8D, 0xE0, 0xB8, 0xB2])     // ำ is taken apart
                } else {
                    folded.append(first); folded.append(bytes[index - 2]); folded.append(bytes[index - 1])
                }
            }
            return String(decoding: folded, as: UTF8.self)
        }
    }

    /// The same by the rules of Unicode, for any text. Composing again at the end keeps the result stable under a second folding:
    /// what is dropped may have stood between a letter and its mark.
    static func thorough(_ text: String) -> String {
        let composed = text.precomposedStringWithCompatibilityMapping.lowercased().precomposedStringWithCompatibilityMapping
        var folded = String.UnicodeScalarView()
        folded.append(contentsOf: composed.unicodeScalars.lazy.filter { !isDropped($0.value) && !$0.properties.isWhitespace })
        return String(folded).precomposedStringWithCompatibilityMapping
    }

    private static func combiningClass(_ scalar: UInt32) -> UInt8 {
        switch scalar {
        case 0x0E3A: 9
        case 0x0E38, 0x0E39: 103
        case 0x0E48...0x0E4B: 107
        default: 0
        }
    }

    private static func isDropped(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09...0x0D, 0x20, 0x27, 0x28, 0x29, 0x2D, 0x2E, 0x5B, 0x5D, 0x60, 0x7B, 0x7D: true   // white space ' ( ) - . [ ] ` { }
        case 0x0E2F, 0xAD, 0xA0, 0x2018, 0x2019, 0x201B, 0x02BC, 0x2010...0x2015: true
        case 0x200B...0x200D, 0x2060, 0xFEFF: true                                                // invisible, frequent between Thai words
        default: false
        }
    }

    /// `จ.` in front of a province. It must go before the dots do: without one, จ is simply the first letter of จันทบุรี.
    private static func withoutShortLevelWord(_ text: String) -> String {
        guard text.utf8.contains(0xE0) else { return text }
        let name = text.drop { $0.isWhitespace || $0 == "(" || $0 == "[" }
        guard name.first == "จ", let mark = name.dropFirst().first, mark == "." || mark.isWhitespace else { return text }
        return String(name.dropFirst(2))
    }

    private static func withoutLevelWords(_ folded: String) -> String {
        var name = Substring(folded).utf8
        var changed = true
        while changed {
            changed = false
            for word in leadingWords where name.starts(with: word.utf8) { name = name.dropFirst(word.utf8.count); changed = true }
            if name.last == UInt8(ascii: "e"), name.suffix(8).elementsEqual("province".utf8) { name = name.dropLast(8); changed = true }
        }
        return name.count == folded.utf8.count ? folded : String(Substring(name))
    }

    private static let leadingWords = ["จังหวัด", "changwat", "province"]
}
