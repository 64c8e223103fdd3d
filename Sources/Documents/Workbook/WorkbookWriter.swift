import Foundation

/// Writes an .xlsx workbook of one sheet, row by row, in flat memory: rows go to a temporary file beside the target, `finish` packs it.
///
/// The first row is the header: bold, and it stays in sight. Texts are stored as texts: leading zeros stay and nothing runs as a formula.
package final class WorkbookWriter {
    private static let bufferBytes = 64 << 10
    private static let maximumRows = 1_048_576
    private static let maximumColumns = 16_384
    /// What a spreadsheet program accepts in one cell.
    package static let maximumCellCharacters = 32_767

    private let path: String
    private let sheetName: String
    private let rowsPath: String
    private let handle: FileHandle
    private var buffer: [UInt8]
    private var row = 0
    private var isFinished = false

    /// - Parameters:
    ///   - sheetName: cut to what a sheet name may be (31 characters, none of `[]:*?/\`).
    ///   - columnWidths: in characters, from the first column on.
    package init(path: String, sheetName: String = "Orders", columnWidths: [Int] = []) throws {
        self.path = path
        self.sheetName = Self.allowed(sheetName)
        rowsPath = path + ".rows-\(UUID().uuidString)"
        guard FileManager.default.createFile(atPath: rowsPath, contents: nil), let handle = FileHandle(forWritingAtPath: rowsPath) else {
            throw FileProblem.unwritable(reason: "the file could not be created")
        }
        self.handle = handle
        buffer = Array(WorkbookParts.sheetHead(columnWidths: columnWidths).utf8)
    }

    deinit {
        // A writer that was given up leaves nothing; after `finish` both are gone already.
        if !isFinished {
            try? handle.close()
            try? FileManager.default.removeItem(atPath: rowsPath)
        }
    }

    /// Adds one row. Empty values take their column and are not written; errors and formulas without result are left empty.
    package func append(_ values: [CellValue]) throws {
        guard !isFinished else { throw FileProblem.unwritable(reason: "it was already finished") }
        row += 1
        guard row <= Self.maximumRows else { throw FileProblem.tooManyRows(limit: Self.maximumRows) }
        guard values.count <= Self.maximumColumns else {
            throw FileProblem.tooManyColumns(at: CellReference(column: Self.maximumColumns, row: row), limit: Self.maximumColumns)
        }
        buffer.append(contentsOf: "<row r=\"\(row)\">".utf8)
        for (column, value) in values.enumerated() { try append(value, at: CellReference(column: column, row: row)) }
        buffer.append(contentsOf: "</row>".utf8)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Adds a row of texts.
    package func append(_ texts: [String]) throws { try append(texts.map { $0.isEmpty ? .empty : .text($0) }) }

    /// Packs the workbook and puts it at `path`, replacing what was there.
    package func finish() throws {
        buffer.append(contentsOf: WorkbookParts.sheetTail.utf8)
        try flush()
        isFinished = true
        defer {
            // Only scrap; the workbook itself is complete or the error below says otherwise.
            try? FileManager.default.removeItem(atPath: rowsPath)
        }
        do { try handle.close() } catch { throw FileProblem.unwritable(reason: "the disk did not take it") }
        let zip = try ZipWriter(path: path)
        for (name, text) in WorkbookParts.fixed(sheetName: sheetName) { try zip.add(name, Array(text.utf8)) }
        try zip.add("xl/worksheets/sheet1.xml", file: rowsPath)
        try zip.finish()
    }

    private func append(_ value: CellValue, at cell: CellReference) throws {
        let header = row == 1
        switch value {
        case .text(let text):
            guard text.utf16.count <= Self.maximumCellCharacters else {
                throw FileProblem.cellTooLong(at: cell, line: nil, limitBytes: Self.maximumCellCharacters)
            }
            let style = header ? WorkbookParts.Style.header : text.contains("\n") ? .wrapped : .text
            buffer.append(contentsOf: "<c r=\"\(cell)\" s=\"\(style.rawValue)\" t=\"inlineStr\"><is><t xml:space=\"preserve\">".utf8)
            buffer.append(contentsOf: EscapedText.encoded(text))
            buffer.append(contentsOf: "</t></is></c>".utf8)
        case .number(let text):
            // What is no number after all is kept as text: a broken number breaks the whole workbook.
            guard let plain = DecimalText.plain(text) else { return try append(.text(text), at: cell) }
            buffer.append(contentsOf: "<c r=\"\(cell)\"><v>\(plain)</v></c>".utf8)
        case .date(let time):
            let style: WorkbookParts.Style = time.isTimeOnly ? .time : .date
            buffer.append(contentsOf: "<c r=\"\(cell)\" s=\"\(style.rawValue)\"><v>\(SerialDate.serial(of: time))</v></c>".utf8)
        case .boolean(let isTrue):
            buffer.append(contentsOf: "<c r=\"\(cell)\" t=\"b\"><v>\(isTrue ? 1 : 0)</v></c>".utf8)
        case .error, .formulaWithoutValue, .empty:
            break
        }
    }

    private func flush() throws {
        do { try handle.write(contentsOf: Data(buffer)) } catch { throw FileProblem.unwritable(reason: "the disk did not take it") }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func allowed(_ name: String) -> String {
        let kept = String(name.filter { !"[]:*?/\\".contains($0) && !$0.isNewline }.prefix(31))
            .trimmingCharacters(in: CharacterSet(charactersIn: "' "))
        return kept.isEmpty ? "Sheet1" : kept
    }
}
