/// A text that a spreadsheet program would run as a formula is written to csv with an apostrophe before it, and read back without.
///
/// Writing and reading give the same text for every text: one that already begins with apostrophes and then a dangerous sign gets one more.
enum FormulaGuard {
    private static let dangerous = Set("=+-@\t\n\r".utf8)
    private static let apostrophe = UInt8(ascii: "'")

    static func added(to text: String) -> String {
        guard let first = text.utf8.first(where: { $0 != apostrophe }), dangerous.contains(first) else { return text }
        return text.utf8.first != apostrophe && isNumeric(text) ? text : "'" + text
    }

    static func removed(from text: String) -> String {
        guard text.utf8.first == apostrophe, let first = text.utf8.first(where: { $0 != apostrophe }), dangerous.contains(first)
        else { return text }
        return String(text.unicodeScalars.dropFirst())
    }

    /// A sign, digits, and points or commas between them: an amount or a phone, which no program runs.
    private static func isNumeric(_ text: String) -> Bool {
        let body = text.utf8.dropFirst()
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard let first = body.first, let last = body.last, isDigit(first), isDigit(last) else { return false }
        return body.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
    }
}
