/// How far a reading has come. Bytes of work, so `bytesTotal` can differ from the file's size; it never changes during one reading.
package struct TableProgress: Hashable, Sendable {
    package var bytesRead: Int
    package var bytesTotal: Int

    /// 0 to 1.
    package var fraction: Double { bytesTotal <= 0 ? 1 : min(1, Double(bytesRead) / Double(bytesTotal)) }
}

/// A table that is read one row at a time, in flat memory, as often as one likes: each call opens the file anew.
///
/// Reading blocks: call it from a thread of its own, not from the cooperative pool.
/// - Throws: `FileProblem` for everything that is wrong with the file; whatever `body` throws ends the reading and comes out unchanged.
package protocol RowSource: Sendable {
    /// Rows from top to bottom, without the blank ones; `progress` is called about every 64 kB.
    func forEachRow(progress: (TableProgress) -> Void, _ body: (TableRow) throws -> Void) throws
}

extension RowSource {
    package func forEachRow(_ body: (TableRow) throws -> Void) throws {
        try forEachRow(progress: { _ in }, body)
    }

    /// At most `count` rows from the top, for a preview or to find the header row.
    package func firstRows(_ count: Int) throws -> [TableRow] {
        var rows: [TableRow] = []
        guard count > 0 else { return rows }
        do {
            try forEachRow { row in
                rows.append(row)
                if rows.count == count { throw EnoughRows() }
            }
        } catch is EnoughRows {
            return rows
        }
        return rows
    }
}

/// Ends a reading from inside `body`.
private struct EnoughRows: Error {}

/// Opens a table by what the file is, whatever its name says.
package func openTable(_ path: String, sheet: SheetChoice = .firstVisible, limits: TableLimits = TableLimits()) throws -> any RowSource {
    switch try sniff(path, limits: limits) {
    case .xlsx: try WorkbookTable(path: path, sheet: sheet, limits: limits)
    case .csv(let format): CSVTable(path: path, format: format, limits: limits)
    }
}
