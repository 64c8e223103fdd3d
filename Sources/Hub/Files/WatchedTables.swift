import Connect
import Documents
import Domain
import Foundation

/// The tables of files that were written together, read once into one spool. Blocks.
///
/// Each row keeps which table it is of in a cell before its own, so that every message can name file, row and column.
struct WatchedTables: Sendable {
    struct Origin: Sendable {
        /// The file, and the archive's member where it is one.
        var name: String
        var header: TableRow
    }
    var origins: [Origin] = []
    var layouts: [FileLayout] = []
    let spool: SpoolBox
    var report: ImportReport

    private static let rowsLookedAt = 20

    /// - Parameter scratch: a folder of our own, removed by the caller.
    static func read(_ files: [(name: String, path: String)], into report: ImportReport, scratch: String, rowsFolder: String, exchange: FileExchange, connector: any ReadsFiles,
                     progress: (ImportProgress) -> Void) throws -> WatchedTables {
        var tables = WatchedTables(spool: try SpoolBox(folder: rowsFolder), report: report)
        for (index, file) in files.enumerated() {
            do {
                let folder = scratch + "/\(index)"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                for member in try ZippedTables().unpack(file.path, name: file.name, into: folder) {
                    let isMember = member.path != file.path, name = isMember ? "\(file.name) > \(member.name)" : file.name
                    if member.isEmpty {
                        // The house writes reports without rows as files without bytes (shopat24.md §4A.4); anything else that is empty broke off.
                        guard isMember || name.lowercased().hasSuffix(".asc") else { throw FileProblem.empty }
                        continue
                    }
                    do { try tables.add(member.path, name: name, exchange, connector, progress) } catch let problem as FileProblem where isMember { throw WatchedFault.inFile(name, code: problem.code, sentence: "\(problem)") }
                }
            } catch let problem as FileProblem { throw WatchedFault.inFile(file.name, code: problem.code, sentence: "\(problem)") }
        }
        try tables.spool.seal()
        tables.report.rows = tables.spool.rowCount
        return tables
    }

    private mutating func add(_ path: String, name: String, _ exchange: FileExchange, _ connector: any ReadsFiles, _ progress: (ImportProgress) -> Void) throws {
        let source = try open(path, exchange), number = origins.count, spool = spool
        let top = try source.firstRows(exchange.headerRow ?? Self.rowsLookedAt)
        let candidates = exchange.headerRow.map { wanted in top.filter { $0.number == wanted } } ?? top
        guard let (header, layout) = candidates.lazy.compactMap({ row in connector.layout(of: row.texts).map { (row, $0) } }).first else {
            let seen = top.first?.texts.filter { !$0.isEmpty }.prefix(5).map { "\"\($0.prefix(30))\"" }.joined(separator: ", ") ?? "nothing"
            throw WatchedFault.noHeader(file: name, expected: "it begins with \(seen)")
        }
        guard layout.missing.isEmpty else { throw WatchedFault.columnsMissing(file: name, layout.missing) }
        origins.append(Origin(name: name, header: header))
        layouts.append(layout)
        report.headerRow = report.headerRow ?? header.number
        report.unknownHeaders += layout.unknown.filter { !report.unknownHeaders.contains($0) }
        try source.forEachRow(progress: { progress(.reading(rows: spool.rowCount, fraction: $0.fraction)) }) { row in
            guard row.number > header.number else { return }
            let order = connector.orderNumber(in: Self.fileRow(row, table: number), layout)
            try spool.append(Self.marked(row, table: number), number: order.map { "\(layout.kind)\u{1F}\($0)" })
        }
    }

    private mutating func open(_ path: String, _ exchange: FileExchange) throws -> any RowSource {
        try report.open(path, sheet: exchange.sheet) { format in
            if let said = exchange.encoding.flatMap({ TextEncoding(rawValue: $0) }) { format = format.read(in: said) }
            // Which of two one-byte alphabets it is was only guessed; the channel's is known.
            else if format.encoding == .windows1252, let usual = exchange.usualEncoding.flatMap({ TextEncoding(rawValue: $0) }) { format = format.read(in: usual) }
        }
    }

    // MARK: rows

    private static func marked(_ row: TableRow, table: Int) -> TableRow {
        var cells = [TableCell(column: 0, row: row.number, value: .number(text: "\(table)"))]
        cells += row.cells.map { TableCell(column: $0.column + 1, row: row.number, value: $0.value) }
        return TableRow(number: row.number, cells: cells, width: row.width + 1)
    }

    static func fileRow(marked row: TableRow) -> FileRow {
        let table = row[0].value.plainText.flatMap { Int($0) } ?? 0
        return FileRow(table: table, number: row.number, cells: values(row, shift: 1))
    }

    private static func fileRow(_ row: TableRow, table: Int) -> FileRow { FileRow(table: table, number: row.number, cells: values(row, shift: 0)) }

    private static func values(_ row: TableRow, shift: Int) -> [Int: FileRow.Value] {
        var values: [Int: FileRow.Value] = [:]
        for cell in row.cells where cell.column >= shift {
            values[cell.column - shift] = switch cell.value {
            case .text(let text): .text(text)
            case .number(let text): .number(text)
            case .date(let time): .time(time.description)
            case .boolean(let isTrue): .truth(isTrue)
            case .error(let word): .error(word)
            case .formulaWithoutValue: .formulaWithoutResult
            case .empty: nil
            }
        }
        return values
    }

    /// The row as it stood in its file.
    static func plain(_ row: TableRow) -> TableRow {
        let cells = row.cells.filter { $0.column >= 1 }.map { TableCell(column: $0.column - 1, row: row.number, value: $0.value) }
        return TableRow(number: row.number, cells: cells, width: max(0, row.width - 1))
    }
}
