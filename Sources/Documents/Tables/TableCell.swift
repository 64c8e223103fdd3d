/// What a cell holds, as the file says it. Nothing is guessed: a csv file has only `.text`, and a number stored as text stays text.
package enum CellValue: Hashable, Sendable {
    case text(String)
    /// Exact decimal text without exponent: `1.2E+3` is `1200`. A fraction longer than 15 significant digits is rounded to 15, which is
    /// all a spreadsheet shows (it stores 19.99 as `19.989999999999998`).
    case number(text: String)
    /// A wall time: it has no zone, the reader applies the sender's.
    case date(WallTime)
    case boolean(Bool)
    /// The sheet's own word: `#N/A`, `#REF!`, `#DIV/0!`.
    case error(String)
    /// A formula whose result was never calculated and saved; open and save the file in a spreadsheet program to get it.
    case formulaWithoutValue
    case empty

    /// The value as one would type it; nil where there is nothing to read (empty, error, formula without result).
    package var plainText: String? {
        switch self {
        case .text(let text), .number(let text): text
        case .date(let time): time.description
        case .boolean(let isTrue): isTrue ? "TRUE" : "FALSE"
        case .error, .formulaWithoutValue, .empty: nil
        }
    }

    package var isBlank: Bool {
        switch self {
        case .empty: true
        case .text(let text): text.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) } || text.allSatisfy(\.isWhitespace)
        default: false
        }
    }
}

/// A date and time of day as written, in the Gregorian calendar and in no zone.
package struct WallTime: Hashable, Sendable, CustomStringConvertible {
    /// 0 (with month and day 0) when the cell holds a time of day alone.
    package var year: Int, month: Int, day: Int
    package var hour: Int, minute: Int, second: Int

    package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        (self.year, self.month, self.day) = (year, month, day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    package var isTimeOnly: Bool { year == 0 }

    /// `2026-03-01 09:30:00`, `2026-03-01` at midnight, `09:30:00` for a time alone.
    package var description: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(two(hour)):\(two(minute)):\(two(second))"
        if isTimeOnly { return time }
        let years = String(year)
        let date = String(repeating: "0", count: max(0, 4 - years.count)) + years + "-\(two(month))-\(two(day))"
        return hour == 0 && minute == 0 && second == 0 ? date : "\(date) \(time)"
    }
}

/// One cell with its place, so that every message can name it.
package struct TableCell: Hashable, Sendable {
    /// How a cell takes part in a merged area. Only the top-left cell of an area has the value a person sees there.
    package enum Merge: Hashable, Sendable {
        case topLeft(of: CellRange)
        case covered(by: CellRange)
    }

    package var reference: CellReference
    package var value: CellValue
    /// The value is the saved result of a formula.
    package var isFormula: Bool
    package var merge: Merge?

    package init(column: Int, row: Int, value: CellValue, isFormula: Bool = false, merge: Merge? = nil) {
        reference = CellReference(column: column, row: row)
        self.value = value
        self.isFormula = isFormula
        self.merge = merge
    }

    /// From 0.
    package var column: Int { reference.column }
    /// From 1, as the spreadsheet shows it.
    package var row: Int { reference.row }

    /// The merged area whose top-left cell holds the value that a person sees here; nil for a cell with a value of its own.
    package var coveredBy: CellRange? { if case .covered(let range) = merge { range } else { nil } }
}

/// One row that has something in it. Blank rows are not delivered, but they count: `number` is what the spreadsheet shows.
package struct TableRow: Hashable, Sendable {
    /// From 1, as the spreadsheet shows it.
    package var number: Int
    /// csv: the line of the file on which the row begins (quoted fields may hold line breaks). xlsx: nil.
    package var line: Int?
    /// Without the empty cells, from left to right; cells covered by a merged area are in it.
    package var cells: [TableCell]
    /// Columns up to the last one written in the file, empty ones included.
    package var width: Int
    /// The row is hidden in the sheet, by hand or by a filter. It is delivered all the same.
    package var isHidden: Bool

    package init(number: Int, line: Int? = nil, cells: [TableCell], width: Int? = nil, isHidden: Bool = false) {
        self.number = number
        self.line = line
        self.cells = cells
        self.width = width ?? (cells.last?.column ?? -1) + 1
        self.isHidden = isHidden
    }

    /// The cell of this column (from 0); an empty cell where the row has none.
    package subscript(column: Int) -> TableCell {
        if column >= 0, column < cells.count, cells[column].column == column { return cells[column] }
        return cells.first { $0.column == column } ?? TableCell(column: column, row: number, value: .empty)
    }

    /// The row's texts by position, empty text where there is nothing.
    package var texts: [String] {
        var texts = [String](repeating: "", count: max(width, (cells.last?.column ?? -1) + 1))
        for cell in cells { texts[cell.column] = cell.value.plainText ?? "" }
        return texts
    }
}
