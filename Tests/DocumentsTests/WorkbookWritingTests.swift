@testable import Documents
import Foundation
import Testing

struct WorkbookWritingTests {
    let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    @Test func `every kind of value is read back as it was written`() throws {
        let values: [CellValue] = [
            .text("0812345678"), .text("=1+1"), .text("a<b>&\"c\" _x000D_ \u{1}\r\n\tข้อความ 😀 \u{FFFE}"), .number(text: "-1234.5"),
            .number(text: "12345678901234567"),
            .date(WallTime(year: 2026, month: 3, day: 1, hour: 9, minute: 30, second: 5)), .date(WallTime(year: 1900, month: 2, day: 28)),
            .date(WallTime(year: 0, month: 0, day: 0, hour: 23, minute: 59, second: 59)), .boolean(true), .empty, .text(" padded "),
        ]
        let writer = try WorkbookWriter(path: files.path("out.xlsx"), sheetName: "Rejected [rows]: 1/2 with a name that is too long",
            columnWidths: [10, 500])
        try writer.append((0..<values.count).map { "Header \($0)" })
        try writer.append(values)
        try writer.finish()
        let table = try WorkbookTable(path: files.path("out.xlsx"))
        #expect(table.sheet.name == "Rejected rows 12 with a name th")
        let row = try #require(try table.allRows().last)
        #expect((0..<values.count).map { row[$0].value } == values)
        #expect(row.cells.allSatisfy { !$0.isFormula })
        #expect(try files.names == ["out.xlsx"])
    }

    @Test func `nothing is at the path before the end and nothing is left behind by a writer that was given up`() throws {
        do {
            let writer = try WorkbookWriter(path: files.path("half.xlsx"))
            try writer.append(["a"])
            #expect(!FileManager.default.fileExists(atPath: files.path("half.xlsx")))
        }
        #expect(try files.names == [])
    }

    @Test func `a text longer than a cell can hold is refused by its place`() throws {
        let writer = try WorkbookWriter(path: files.path("long.xlsx"))
        try writer.append(["a"])
        let found = problem { try writer.append(["b", String(repeating: "x", count: 32_768)]) }
        #expect(found?.code == "table_cell_too_long")
    }

    @Test func `the same rows make the same bytes`() throws {
        for name in ["one.xlsx", "two.xlsx"] { try OrderTemplate.writeWorkbook(to: files.path(name), language: .thai) }
        #expect(try Data(contentsOf: URL(filePath: files.path("one.xlsx"))) == Data(contentsOf: URL(filePath: files.path("two.xlsx"))))
    }

    @Test(arguments: HeaderLanguage.allCases)
    func `a template is understood by ourselves without doubt`(language: HeaderLanguage) throws {
        try OrderTemplate.writeWorkbook(to: files.path("t.xlsx"), language: language)
        try OrderTemplate.writeCSV(to: files.path("t.csv"), language: language)
        let sheets = try ["t.xlsx", "t.csv"].map { try openTable(files.path($0)).allRows() }
        for rows in sheets {
            #expect(rows.count == 3)
            let mapping = ColumnMapping.guess(headers: rows[0].texts)
            #expect(mapping.assignments.map(\.column) == OrderTemplate.columns)
            #expect(mapping.assignments.allSatisfy { $0.confidence == .exact })
            #expect(mapping.conflicts.isEmpty && mapping.unknownHeaders.isEmpty && mapping.missingRequired.isEmpty)
            #expect(mapping.text(.sku, of: rows[2]) == "MUG-WHITE")
            #expect(mapping.text(.placedAt, of: rows[1]) == "2026-03-01 09:30:00")
        }
    }
}
