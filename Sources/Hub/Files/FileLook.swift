import Documents
import Foundation

/// The top of a file as a person sees it, so that they can say which column is which: its headers and the first rows under them.
package struct FileLook: Sendable, Codable, Equatable {
    package struct Header: Sendable, Codable, Equatable {
        package var letter: String, text: String
    }
    static let sampledRows = 5, maximumCharacters = 120, maximumColumns = 200

    package var headers: [Header]
    /// Cells under the headers, by position.
    package var rows: [[String]]
    /// Of a workbook; empty for a text table.
    package var sheets: [String]

    init(header: TableRow, rows: [TableRow], sheets: [String]) {
        headers = header.texts.prefix(Self.maximumColumns).enumerated().map { Header(letter: CellReference.letters(of: $0.offset), text: Self.cut($0.element)) }
        let width = headers.count
        self.rows = rows.filter { $0.number > header.number }.prefix(Self.sampledRows).map { row in
            let texts = row.texts.prefix(width).map(Self.cut)
            return texts + Array(repeating: "", count: width - texts.count)
        }
        self.sheets = sheets
    }

    private static func cut(_ text: String) -> String { String(text.prefix(maximumCharacters)) }
}
