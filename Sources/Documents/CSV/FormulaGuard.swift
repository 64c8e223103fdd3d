/// A text that a spreadsheet program would run as a formula is written to csv with an apostrophe before it, and read back without.
///
/// Writing and reading give the same text for every text: one that already begins with apostrophes and then a dangerous sign gets one more.
enum FormulaGuard {
    private static let dangerous: Set<UInt8> = [UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D]
    private static let apostrophe = UInt8(ascii: "'")

    static func added(to text: String) -> String {
        guard let first = text.utf8.first(where: { $0 != apostrophe }), dangerous.contains(first) else { return text }
        return text.utf8.first != apostrophe && isNumeric(text) ? text : "'" + text
    }

    static func removed(from text: String) -> String {
        guard text.utf8.first == apostrophe, let first = text.utf8.first(where: { $0 != apostrophe }), dangerous.contains(first) else { return text }
        return String(text.dropFirst())
    }

    /// A sign, digits, and points or commas between them: an amount or a phone, which no program runs.
    private static func isNumeric(_ text: String) -> Bool {
        let body = text.utf8.dropFirst()
        guard let first = body.first, let last = body.last, (0x30...0x39).contains(first), (0x30...0x39).contains(last) else { return false }
        return body.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
    }
}
