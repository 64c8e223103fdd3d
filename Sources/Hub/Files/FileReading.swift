import Documents
import Domain
import Synchronization

/// The first pass over a file: what it is, which row holds the headers, and its rows put aside by order. Blocks.
struct FileReading: Sendable {
    var report: ImportReport
    var header: TableRow?
    var mapping: ColumnMapping?
    var spool: SpoolBox
    var look: FileLook?
    /// Whether bare numbers of days count from 1904.
    var countsFrom1904 = false

    static func read(_ path: String, into start: ImportReport, folder: String, remembered: [String: ColumnMapping], options: ImportOptions, progress: (ImportProgress) -> Void) throws -> FileReading {
        var report = start
        let spool = try SpoolBox(folder: folder)
        let table = try open(path, options, &report)
        let sheets = (table as? WorkbookTable)?.sheets.filter { !$0.isHidden }.map(\.name) ?? [], top = try table.firstRows(HeaderChoice.rowsLookedAt)
        guard let choice = try HeaderChoice.find(in: top, remembered: remembered, said: options.mapping) else {
            guard let first = top.first else { throw FileProblem.noRows }
            try refuseTextNamedWorkbook(report)
            report.missingColumns = ColumnMapping.required.compactMap(\.first)
            return FileReading(report: report, spool: spool, look: FileLook(header: first, rows: top, sheets: sheets))
        }
        describe(choice, &report)
        let look = FileLook(header: choice.row, rows: top, sheets: sheets), corrections = options.correctedCells
        guard report.missingColumns.isEmpty else {
            try refuseTextNamedWorkbook(report)
            return FileReading(report: report, header: choice.row, mapping: choice.mapping, spool: spool, look: look)
        }
        var merged = MergedValues(mapping: choice.mapping)
        var last = choice.row.number, empty = 0
        try table.forEachRow(progress: { progress(.reading(rows: spool.rowCount, fraction: $0.fraction)) }) { row in
            guard row.number > choice.row.number else { return }
            empty += row.number - last - 1
            last = row.number
            let whole = merged.completed(row).corrected(corrections[row.number])
            try spool.append(whole, number: choice.mapping.text(.orderNumber, of: whole))
        }
        try spool.seal()
        report.rows = spool.rowCount
        report.emptyRows = empty
        guard spool.rowCount > 0 else { throw FileProblem.noRows }
        return FileReading(report: report, header: choice.row, mapping: choice.mapping, spool: spool, look: look, countsFrom1904: (table as? WorkbookTable)?.countsFrom1904 ?? false)
    }

    /// A table of text is taken whatever its name says; one without our columns that calls itself a workbook is something else.
    private static func refuseTextNamedWorkbook(_ report: ImportReport) throws {
        let name = report.fileName.lowercased()
        guard report.kind == "csv", name.hasSuffix(".xlsx") || name.hasSuffix(".xls") else { return }
        throw FileProblem.notATable(found: "a text file without order columns that is named like a workbook")
    }

    private static func open(_ path: String, _ options: ImportOptions, _ report: inout ImportReport) throws -> any RowSource {
        try report.open(path, sheet: options.sheet) { format in
            if let encoding = options.encoding { format = format.read(in: encoding) }
            if let delimiter = options.delimiter { format = format.cut(at: delimiter) }
        }
    }

    private static func describe(_ choice: HeaderChoice, _ report: inout ImportReport) {
        report.headerRow = choice.row.number
        report.fingerprint = choice.mapping.fingerprint
        report.isMappingRemembered = choice.isRemembered
        report.mapping = choice.mapping.assignments.map {
            ImportReport.Column(column: $0.column, header: $0.header, letter: CellReference.letters(of: $0.index), confidence: "\($0.confidence)")
        }
        report.unknownHeaders = choice.mapping.unknownHeaders
        report.missingColumns = choice.mapping.missingRequired
    }
}

extension ImportReport {
    /// Opens a table, and notes what kind it is.
    ///
    /// - Parameter correct: puts what is known of a text's form in the place of what was guessed.
    mutating func open(_ path: String, sheet: String?, correct: (inout CSVFormat) -> Void) throws -> any RowSource {
        switch try sniff(path) {
        case .xlsx:
            let table = try WorkbookTable(path: path, sheet: sheet.map { .named($0) } ?? .firstVisible)
            kind = "xlsx"
            self.sheet = table.sheet.name
            return table
        case .csv(var format):
            correct(&format)
            kind = "csv"
            encoding = format.encoding.rawValue
            delimiter = format.delimiter.rawValue
            return CSVTable(path: path, format: format)
        }
    }
}

/// What a person sees in cells merged downwards: the value of the area's top, for columns that belong to the order as a whole.
struct MergedValues {
    private let columns: Set<Int>
    private var areas: [CellRange: CellValue] = [:]

    init(mapping: ColumnMapping) { columns = Set(mapping.assignments.filter { !OrderAssembly.belongsToLine($0.column) }.map(\.index)) }

    mutating func completed(_ row: TableRow) -> TableRow {
        if row.cells.allSatisfy({ $0.merge == nil }) { return row }
        var row = row
        // Areas above this row are done with.
        areas = areas.filter { $0.key.last.row >= row.number }
        for (index, cell) in row.cells.enumerated() where columns.contains(cell.column) {
            switch cell.merge {
            case .topLeft(let area): areas[area] = cell.value
            case .covered(let area) where area.first.column == cell.column: if let value = areas[area] { row.cells[index].value = value }
            case .covered, nil: break
            }
        }
        return row
    }
}

/// Carries the spool from one blocking call to the next; never used by two at once, and locked all the same.
final class SpoolBox: Sendable {
    private let spool: Mutex<RowSpool>
    init(folder: String) throws { spool = Mutex(try RowSpool(folder: folder)) }

    var rowCount: Int { spool.withLock { $0.rowCount } }
    func append(_ row: TableRow, number: String?) throws { try spool.withLock { try $0.append(row, number: number) } }
    func seal() throws { try spool.withLock { try $0.seal() } }

    func rewind() { spool.withLock { $0.rewind() } }

    /// The rows of the next orders as they were put aside; at most `count` orders, and about `maximumLines` rows.
    func rows(_ count: Int, limit: Int) throws -> [(rows: [TableRow], count: Int)] {
        try spool.withLock { spool in
            var orders: [(rows: [TableRow], count: Int)] = [], rows = 0
            while orders.count < count, rows < OrderAssembly.maximumLines, let next = try spool.nextOrder(limit: limit) {
                rows += next.rows.count
                orders.append(next)
            }
            return orders
        }
    }

    func next(_ count: Int, _ settings: AssemblySettings, now: Timestamp) throws -> [AssembledOrder] {
        try spool.withLock { spool in
            var orders: [AssembledOrder] = [], rows = 0
            // In a file of nothing but the example, somebody tries the template.
            let hasOthers = spool.orderCount > spool.exampleCount
            while orders.count < count, rows < OrderAssembly.maximumLines, let next = try spool.nextOrder(limit: OrderAssembly.maximumLines) {
                rows += next.rows.count
                orders.append(OrderAssembly.assemble(next.rows, count: next.count, settings: settings,
                                                     isForgottenExample: { hasOthers && $0.hasPrefix(TemplateExample.prefix) }, now: now))
            }
            return orders
        }
    }
}

extension TableRow {
    /// With a person's texts in place of cells, by column.
    func corrected(_ texts: [Int: String]?) -> TableRow {
        guard let texts else { return self }
        var row = self
        row.cells.removeAll { texts.keys.contains($0.column) }
        row.cells += texts.filter { !$0.value.isEmpty }.map { TableCell(column: $0.key, row: number, value: .text($0.value)) }
        row.cells.sort { $0.column < $1.column }
        row.width = max(width, (row.cells.last?.column ?? -1) + 1)
        return row
    }
}
