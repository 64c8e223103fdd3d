import Foundation

/// The rows of a text table. All values are `.text`: what looks like a number may be a phone or a postcode with leading zeros.
package struct CSVTable: RowSource {
    package let path: String
    package let format: CSVFormat
    private let limits: TableLimits

    package init(path: String, format: CSVFormat, limits: TableLimits = TableLimits()) {
        self.path = path
        self.format = format
        self.limits = limits
    }

    package func forEachRow(progress: (TableProgress) -> Void, _ body: (TableRow) throws -> Void) throws {
        let file = try FileChunks(path: path, limits: limits)
        var decoder = TextDecoder(encoding: format.encoding, hasByteOrderMark: format.hasByteOrderMark)
        var parser = CSVParser(delimiter: format.delimiter, limits: limits)
        var text: [UInt8] = []
        func deliver(_ record: CSVRecord) throws {
            if let row = try row(of: record) { try body(row) }
        }
        while let chunk = try file.next() {
            text.removeAll(keepingCapacity: true)
            chunk.withUnsafeBytes { decoder.decode($0.bindMemory(to: UInt8.self), into: &text) }
            try text.withUnsafeBufferPointer { try parser.feed($0, deliver) }
            progress(TableProgress(bytesRead: file.bytesRead, bytesTotal: file.totalBytes))
        }
        text.removeAll(keepingCapacity: true)
        decoder.finish(into: &text)
        try text.withUnsafeBufferPointer { try parser.feed($0, deliver) }
        try parser.finish(deliver)
    }

    /// nil for a blank row and for the `sep=` line.
    private func row(of record: CSVRecord) throws -> TableRow? {
        if record.isBlank || (format.hasSeparatorLine && record.number == 1) { return nil }
        var cells: [TableCell] = []
        cells.reserveCapacity(min(record.count, limits.maximumColumns))
        var isBlank = true
        for column in 0..<record.count where !record.isEmpty(column) {
            let reference = CellReference(column: column, row: record.number)
            guard column < limits.maximumColumns else { throw FileProblem.tooManyColumns(at: reference, limit: limits.maximumColumns) }
            guard let text = record.text(column) else { throw FileProblem.undecodable(line: record.line, encoding: format.encoding) }
            let value = CellValue.text(FormulaGuard.removed(from: text))
            if isBlank, !value.isBlank { isBlank = false }
            cells.append(TableCell(column: column, row: record.number, value: value))
        }
        if isBlank { return nil }
        return TableRow(number: record.number, line: record.line, cells: cells, width: min(record.count, limits.maximumColumns))
    }
}
