/// Text of a platform's address field.
enum AddressText {
    /// Without white space and invisible marks at its ends; nil when nothing is left that says anything (`-` and `.` say nothing).
    static func clean(_ text: String?) -> String? {
        guard let text else { return nil }
        let scalars = text.unicodeScalars
        guard scalars.contains(where: saysSomething),
              let first = scalars.firstIndex(where: isVisible), let last = scalars.lastIndex(where: isVisible) else { return nil }
        return String(scalars[first...last])
    }

    /// True when the text has Thai letters.
    static func isThai(_ text: String) -> Bool { text.unicodeScalars.contains { (0x0E01...0x0E5B).contains($0.value) } }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x80 ? scalar.value > 0x20 && scalar.value != 0x7F : !scalar.properties.isWhitespace && !Digits.isInvisible(scalar)
    }

    private static func saysSomething(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case ..<0x80: false
        default: scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }
}
