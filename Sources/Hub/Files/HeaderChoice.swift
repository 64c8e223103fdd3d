import Documents

/// The header row of a file and what its columns mean: remembered, else guessed, with a person's words over it.
struct HeaderChoice: Sendable {
    /// The header is looked for in so many rows.
    static let rowsLookedAt = 20

    var row: TableRow
    var mapping: ColumnMapping
    var isRemembered: Bool

    /// - Parameter remembered: mappings of this sender by fingerprint.
    /// - Returns: nil when no row looks like headers and nobody said which column is which.
    static func find(in rows: [TableRow], remembered: [String: ColumnMapping], said: [OrderColumn: String?]) throws(ImportFault) -> HeaderChoice? {
        var choice: HeaderChoice
        if let known = rows.lazy.compactMap({ row in remembered[ColumnMapping.fingerprint(of: row.texts)].map { (row, $0) } }).first {
            choice = HeaderChoice(row: known.0, mapping: known.1, isRemembered: true)
        } else if let guessed = ColumnMapping.findHeader(in: rows) {
            choice = HeaderChoice(row: guessed.row, mapping: guessed.mapping, isRemembered: false)
        } else if !said.isEmpty, let first = rows.first {
            choice = HeaderChoice(row: first, mapping: ColumnMapping.guess(headers: first.texts), isRemembered: false)
        } else { return nil }
        for (column, text) in said.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let text, !text.isEmpty else { choice.mapping.assign(column, to: nil); continue }
            guard let index = index(of: text, in: choice.row.texts) else { throw .noSuchColumn(column, text) }
            choice.mapping.assign(column, to: index, header: choice.row.texts[index])
        }
        return choice
    }

    private static func index(of text: String, in headers: [String]) -> Int? {
        // `$C` is column C whatever the headers are called.
        if text.hasPrefix("$"), let cell = CellReference(text + "1"), cell.column < headers.count { return cell.column }
        if let exact = headers.firstIndex(of: text) { return exact }
        let folded = HeaderFolding.fold(text)
        if !folded.isEmpty, let same = headers.firstIndex(where: { HeaderFolding.fold($0) == folded }) { return same }
        guard let cell = CellReference(text + "1"), cell.column < headers.count else { return nil }
        return cell.column
    }
}
