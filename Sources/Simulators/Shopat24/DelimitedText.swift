import Foundation

/// Rows of text fields with RFC 4180 quotes, written by joining and read in one pass.
enum DelimitedText {
    static func write(_ rows: [[String]], delimiter: Character = ",", lineEnd: String = "\r\n") -> String {
        rows.map { row in row.map { quoted($0, delimiter: delimiter) }.joined(separator: String(delimiter)) + lineEnd }.joined()
    }

    private static func quoted(_ field: String, delimiter: Character) -> String {
        let needsQuotes = field.unicodeScalars.contains { $0 == "\"" || $0 == "\r" || $0 == "\n" || delimiter.unicodeScalars.contains($0) }
        return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }

    /// Comma-separated; a byte order mark and empty lines are passed over. Nil when a quote is never closed or the text is not UTF-8.
    static func read(_ bytes: Data) -> [[String]]? {
        guard var text = String(validating: bytes, as: UTF8.self) else { return nil }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        var (rows, row, field, isQuoted, wasQuote) = ([[String]](), [String](), String.UnicodeScalarView(), false, false)
        func endRow() {
            row.append(String(field))
            if row != [""] { rows.append(row) }
            (row, field) = ([], .init())
        }
        for scalar in text.unicodeScalars {
            if isQuoted, scalar != "\"" || wasQuote {
                // A quote inside quotes ends them unless another one follows.
                if wasQuote, scalar != "\"" { (isQuoted, wasQuote) = (false, false) } else {
                    field.append(scalar)
                    wasQuote = false
                    continue
                }
            }
            switch scalar {
            case "\"" where isQuoted: wasQuote = true
            case "\"" where field.isEmpty: isQuoted = true
            case ",":
                row.append(String(field))
                field = .init()
            case "\n": endRow()
            case "\r": break
            default: field.append(scalar)
            }
        }
        guard !isQuoted || wasQuote else { return nil }
        if !row.isEmpty || !field.isEmpty { endRow() }
        return rows
    }

    /// The apostrophe before a value that a spreadsheet would take for a formula is no part of it (shopat24.md §4A.2).
    static func unguarded(_ field: String) -> String {
        guard field.first == "'", let next = field.dropFirst().unicodeScalars.first, "=+-@\t".unicodeScalars.contains(next) else { return field }
        return String(field.dropFirst())
    }
}
