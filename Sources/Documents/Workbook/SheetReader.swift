import Foundation

/// Turns the XML of one sheet into rows, each delivered as soon as it is complete.
final class SheetReader: XMLEvents {
    private enum Capture { case nothing, value, inlineText }

    /// A cell while it is read.
    private struct Current {
        var column = 0
        var style = 0
        var kind: Kind = .number
        var hasFormula = false
        var hasValue = false
    }

    private enum Kind { case number, shared, text, boolean, error, date }

    private let part: String
    private let texts: SharedTexts
    private let dates: DateStyles
    private let countsFrom1904: Bool
    private let limits: TableLimits
    private let deliver: (TableRow) throws -> Void
    private var merged: MergedAreas

    private(set) var isSheet = false
    private var isInData = false
    private var isInRow = false
    private var row = 0
    private var isHidden = false
    private var cells: [TableCell] = []
    private var lastColumn = -1
    private var current: Current?
    private var capture = Capture.nothing
    private var phoneticDepth = 0
    private var content: [UInt8] = []

    init(part: String, texts: SharedTexts, dates: DateStyles, countsFrom1904: Bool, merged: MergedAreas, limits: TableLimits,
         deliver: @escaping (TableRow) throws -> Void) {
        self.part = part
        self.texts = texts
        self.dates = dates
        self.countsFrom1904 = countsFrom1904
        self.merged = merged
        self.limits = limits
        self.deliver = deliver
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) throws {
        if current != nil {
            if name == "v" {
                capture = .value
                current?.hasValue = true
            } else if name == "t" {
                if phoneticDepth == 0 { capture = .inlineText }
            } else if name == "f" {
                current?.hasFormula = true
            } else if name == "rPh" {
                phoneticDepth += 1
            } else if name == "is" {
                current?.hasValue = true
            }
        } else if name == "c", isInRow {
            try startCell(attributes)
        } else if name == "row", isInData {
            try startRow(attributes)
        } else if name == "sheetData" {
            isInData = true
        } else if name == "worksheet" {
            isSheet = true
        }
    }

    func end(_ name: XMLName) throws {
        if let cell = current {
            if name == "v" || name == "t" {
                capture = .nothing
            } else if name == "rPh" {
                phoneticDepth -= 1
            } else if name == "c" {
                try endCell(cell)
            }
        } else if name == "row", isInRow {
            try endRow()
        } else if name == "sheetData" {
            isInData = false
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard capture != .nothing else { return }
        content.append(contentsOf: bytes)
        guard content.count <= limits.maximumCellBytes else {
            throw FileProblem.cellTooLong(at: place(of: current), line: nil, limitBytes: limits.maximumCellBytes)
        }
    }

    private func startRow(_ attributes: XMLAttributes) throws {
        let next = try attributes["r"].map { text in
            guard let number = Int(text), number > row else {
                throw FileProblem.damaged(part: part, reason: "has its rows out of order (after row \(row))")
            }
            return number
        } ?? row + 1
        guard next <= limits.maximumRows else { throw FileProblem.tooManyRows(limit: limits.maximumRows) }
        row = next
        isHidden = attributes.isTrue("hidden")
        isInRow = true
        lastColumn = -1
        cells.removeAll(keepingCapacity: true)
    }

    private func startCell(_ attributes: XMLAttributes) throws {
        var cell = Current(column: lastColumn + 1)
        if let reference = attributes.bytes("r") {
            guard let column = Self.column(of: reference), column > lastColumn else {
                throw FileProblem.damaged(part: part, reason: "has its cells out of order (row \(row))")
            }
            cell.column = column
        }
        if let style = attributes.bytes("s") { cell.style = Int(strtol(style, nil, 10)) }
        cell.kind = switch attributes["t"] {
        case "s": .shared
        case "str", "inlineStr": .text
        case "b": .boolean
        case "e": .error
        case "d": .date
        default: .number
        }
        lastColumn = cell.column
        current = cell
        content.removeAll(keepingCapacity: true)
    }

    private func endCell(_ cell: Current) throws {
        current = nil
        (capture, phoneticDepth) = (.nothing, 0)
        let value = try value(of: cell)
        guard value != .empty else { return }
        let reference = place(of: cell)
        guard cell.column < limits.maximumColumns else { throw FileProblem.tooManyColumns(at: reference, limit: limits.maximumColumns) }
        cells.append(TableCell(column: cell.column, row: row, value: value, isFormula: cell.hasFormula))
    }

    private func value(of cell: Current) throws -> CellValue {
        if content.isEmpty, cell.kind != .text || !cell.hasValue { return cell.hasFormula ? .formulaWithoutValue : .empty }
        let raw = String(decoding: content, as: UTF8.self)
        switch cell.kind {
        case .shared:
            guard let index = Int(raw), let text = try texts.text(index) else {
                throw FileProblem.damaged(part: part, reason: "points to a text that the workbook does not hold (cell \(place(of: cell)))")
            }
            guard text.utf8.count <= limits.maximumCellBytes else {
                throw FileProblem.cellTooLong(at: place(of: cell), line: nil, limitBytes: limits.maximumCellBytes)
            }
            return Self.value(ofText: text)
        case .text: return Self.value(ofText: raw)
        case .boolean: return .boolean(raw == "1" || raw == "true")
        case .error: return .error(raw)
        case .date: return WallTime(iso: raw).map { .date($0) } ?? .text(raw)
        case .number:
            if dates.isDate(style: cell.style), let serial = Double(raw),
               let time = SerialDate.wallTime(of: serial, countsFrom1904: countsFrom1904) {
                return .date(time)
            }
            return DecimalText.plain(raw).map { .number(text: $0) } ?? .text(raw)
        }
    }

    private func place(of cell: Current?) -> CellReference { CellReference(column: cell?.column ?? 0, row: row) }

    private static func value(ofText text: String) -> CellValue { text.isEmpty ? .empty : .text(EscapedText.decoded(text)) }

    private func endRow() throws {
        isInRow = false
        let areas = merged.touching(row: row)
        // Each column of a row lies in one area at most: more of them would cost us rows times areas.
        guard areas.count <= limits.maximumColumns else { throw FileProblem.damaged(part: part, reason: "has merged areas that lie on each other (row \(row))") }
        guard cells.contains(where: { !$0.value.isBlank }) else { return }
        let width = min(lastColumn + 1, limits.maximumColumns)
        try deliver(TableRow(number: row, cells: areas.isEmpty ? cells : marked(areas), width: width, isHidden: isHidden))
    }

    /// The row's cells with their part in merged areas, covered ones that the file leaves out included.
    private func marked(_ areas: [CellRange]) -> [TableCell] {
        var byColumn = Dictionary(uniqueKeysWithValues: cells.map { ($0.column, $0) })
        for area in areas {
            for column in area.first.column...min(area.last.column, limits.maximumColumns - 1) {
                var cell = byColumn[column] ?? TableCell(column: column, row: row, value: .empty)
                cell.merge = cell.reference == area.first ? .topLeft(of: area) : .covered(by: area)
                if cell.value != .empty || cell.coveredBy != nil { byColumn[column] = cell }
            }
        }
        return byColumn.values.sorted { $0.column < $1.column }
    }

    /// The column of `C17`, from 0; the row is known from the row's own number.
    private static func column(of reference: UnsafePointer<CChar>) -> Int? {
        var column = 0
        var cursor = reference
        while let letter = Optional(UInt8(bitPattern: cursor.pointee) & 0xDF), (0x41...0x5A).contains(letter) {
            column = column * 26 + Int(letter - 0x41) + 1
            guard column <= 16_384 else { return nil }
            cursor += 1
        }
        return column == 0 ? nil : column - 1
    }
}
