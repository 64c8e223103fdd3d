/// Thai typed in the wrong order, set right (labels.md §4.2). Unicode normalisation does none of this, and a font shapes only the right order.
enum ThaiOrder {
    private static let saraAm: Unicode.Scalar = "\u{0E33}", saraAa: Unicode.Scalar = "\u{0E32}", nikhahit: Unicode.Scalar = "\u{0E4D}"

    static func repaired(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard scalars.contains(where: { isThai($0) }) else { return scalars }
        var text: [Unicode.Scalar] = []
        text.reserveCapacity(scalars.count)
        for scalar in scalars { append(scalar, to: &text) }
        return text
    }

    /// Adds one scalar and keeps what stands there in order; each rule looks back at the last two.
    private static func append(_ scalar: Unicode.Scalar, to text: inout [Unicode.Scalar]) {
        guard let last = text.last else { return text.append(scalar) }
        let before = text.count > 1 ? text[text.count - 2] : nil
        switch scalar {
        case _ where isMark(scalar) && scalar == last:                                          // a key pressed twice
            return
        case "\u{0E40}" where last == "\u{0E40}":                                               // เ twice is แ
            text[text.count - 1] = "\u{0E41}"
        case saraAa where last == nikhahit:                                                     // ring + aa, after a tone or not
            text[text.count - 1] = saraAm
        case saraAa where isTone(last) && before == nikhahit:                                   // ring + tone + aa
            text[text.count - 2] = last
            text[text.count - 1] = saraAm
        case _ where isTone(scalar) && last == saraAm:                                          // the tone behind am
            guard before.map(isTone) != true else { return }
            text.insert(scalar, at: text.count - 1)
        case _ where isVowelMark(scalar) && isTone(last):                                       // the tone before its vowel
            text.removeLast()
            append(scalar, to: &text)
            append(last, to: &text)
        default:
            text.append(scalar)
        }
    }

    static func isThai(_ scalar: Unicode.Scalar) -> Bool { (0x0E01...0x0E5B).contains(scalar.value) }

    static func isTone(_ scalar: Unicode.Scalar) -> Bool { (0x0E48...0x0E4B).contains(scalar.value) }

    /// Vowels above and below the consonant, and the ring.
    private static func isVowelMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E31, 0x0E34...0x0E3A, 0x0E47, 0x0E4D: true
        default: false
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool { isTone(scalar) || isVowelMark(scalar) || scalar.value == 0x0E4C }
}
