/// Which sheet of a workbook is the table.
package enum SheetChoice: Hashable, Sendable {
    case firstVisible
    /// By name, hidden or not, letters' case aside.
    case named(String)
}

/// A sheet as the workbook lists it.
package struct WorkbookSheet: Hashable, Sendable {
    package var name: String
    package var isHidden: Bool
}

/// The rows of one sheet of an .xlsx workbook.
///
/// Memory stays flat: the sheet streams through an XML parser; the table of shared texts is kept in memory up to a limit and on disk above
/// it; merged areas, which the file lists after its rows, are found by a first pass over the unpacked bytes.
package struct WorkbookTable: RowSource {
    package let path: String
    /// All sheets with cells, in the workbook's order.
    package let sheets: [WorkbookSheet]
    /// The one that is read.
    package let sheet: WorkbookSheet
    /// Bare numbers in a column of dates count from 1904, as they do in old Mac books.
    package let countsFrom1904: Bool
    private let limits: TableLimits

    /// - Throws: `FileProblem`, also when the chosen sheet does not exist.
    package init(path: String, sheet choice: SheetChoice = .firstVisible, limits: TableLimits = TableLimits()) throws {
        let container = try WorkbookContainer(path: path, limits: limits)
        let readable = container.sheets.filter { $0.part != nil }
        let chosen: WorkbookContainer.Sheet? = switch choice {
        case .firstVisible: readable.first { !$0.isHidden }
        case .named(let name): readable.first { $0.name == name } ?? readable.first { $0.name.lowercased() == name.lowercased() }
        }
        guard let chosen else {
            if case .named(let name) = choice { throw FileProblem.noSuchSheet(name: name, available: readable.map(\.name)) }
            throw FileProblem.noVisibleSheet
        }
        self.path = path
        self.limits = limits
        countsFrom1904 = container.countsFrom1904
        sheets = readable.map { WorkbookSheet(name: $0.name, isHidden: $0.isHidden) }
        sheet = WorkbookSheet(name: chosen.name, isHidden: chosen.isHidden)
    }

    package func forEachRow(progress: (TableProgress) -> Void, _ body: (TableRow) throws -> Void) throws {
        let container = try WorkbookContainer(path: path, limits: limits)
        guard let name = container.sheets.first(where: { $0.name == sheet.name && $0.part != nil })?.part else {
            throw FileProblem.noSuchSheet(name: sheet.name, available: container.sheets.map(\.name))
        }
        guard let part = container.archive.part(name) else { throw FileProblem.damaged(part: name, reason: "is missing") }
        let total = (container.sharedTexts?.unpackedBytes ?? 0) + 2 * part.unpackedBytes
        var done = 0
        func advance(_ count: Int) {
            done += count
            progress(TableProgress(bytesRead: min(done, total), bytesTotal: total))
        }
        let texts = try SharedTexts(container.sharedTexts, in: container.archive, limits: limits, watch: advance)
        let dates = try DateStyles(container.styles, in: container.archive)
        let merged = try MergedAreas.find(in: part, of: container.archive, limits: limits, watch: advance)
        try withoutActuallyEscaping(body) { body in
            let reader = SheetReader(part: part.name, texts: texts, dates: dates, countsFrom1904: container.countsFrom1904,
                                     merged: merged, limits: limits, deliver: body)
            try container.archive.parse(part, reader, watch: advance)
            guard reader.isSheet else { throw FileProblem.damaged(part: part.name, reason: "is not a sheet") }
        }
    }
}
