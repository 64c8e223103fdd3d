import Connect
import Foundation

/// Texts as people and spreadsheets leave them (shopat24.md §4A.2). Pure.
struct CleanText: Sendable {
    /// Words that mean "nothing", where the profile says so.
    let nullWords: Set<String>

    static let longest = 2_000, longestID = 64

    /// NFC, trimmed, blanks of every kind collapsed, nothing invisible; nil for nothing.
    func text(_ value: JSONValue?, longest: Int = CleanText.longest) -> String? {
        guard let raw = value?.text else { return nil }
        let clean = Self.clean(raw.cut(longest * 2)).cut(longest)
        return clean.isEmpty || nullWords.contains(clean) ? nil : clean
    }

    /// An identifier is text whatever its type, without the wrappers that keep spreadsheets from counting with it.
    func identifier(_ value: JSONValue?, longest: Int = CleanText.longestID) -> String? {
        guard var text = text(value) else { return nil }
        if text.hasPrefix("=\""), text.hasSuffix("\""), text.count > 3 { text = String(text.dropFirst(2).dropLast()) }
        if text.hasPrefix("'") { text.removeFirst() }
        text = Self.asciiDigits(text)
        return text.isEmpty ? nil : text.cut(longest)
    }

    /// Nine digits have lost their leading zero.
    func phone(_ value: JSONValue?) -> String? {
        guard let phone = identifier(value) else { return nil }
        return phone.utf8.count == 9 && phone.first != "0" && Self.isDigits(phone) ? "0" + phone : phone
    }

    /// Four digits have lost theirs.
    func postcode(_ value: JSONValue?) -> String? {
        guard let postcode = identifier(value) else { return nil }
        return postcode.utf8.count == 4 && Self.isDigits(postcode) ? "0" + postcode : postcode
    }

    /// A word of the platform that a table knows: NFC, without regard to case.
    static func key(_ word: String) -> String { clean(word).lowercased() }

    static func clean(_ text: String) -> String {
        var scalars = String.UnicodeScalarView(), isBlank = false
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x00, 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060, 0x2066...0x2069, 0xFEFF: continue
            default: break
            }
            if scalar.properties.isWhitespace || scalar.value < 0x20 || scalar.value == 0x7F { isBlank = true; continue }
            if isBlank, !scalars.isEmpty { scalars.append(" ") }
            isBlank = false
            scalars.append(scalar)
        }
        return String(scalars).precomposedStringWithCanonicalMapping
    }

    /// Thai digits ๐-๙ as 0-9; everything else stays.
    static func asciiDigits(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { (0x0E50...0x0E59).contains($0.value) }) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { scalar in
            (0x0E50...0x0E59).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value - 0x0E50 + 0x30)) : scalar
        }))
    }

    static func isDigits(_ text: some StringProtocol) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) } }
}
