@testable import Documents
import Testing

struct TableValueTests {
    @Test(arguments: [("A1", 0, 1), ("Z9", 25, 9), ("AA10", 26, 10), ("C17", 2, 17), ("XFD1048576", 16_383, 1_048_576)])
    func `cell references are read and printed`(text: String, column: Int, row: Int) {
        #expect(CellReference(text) == CellReference(column: column, row: row))
        #expect(CellReference(column: column, row: row).description == text)
    }

    @Test(arguments: ["", "A", "1", "A0", "1A", "A1B", "AAAA1", "A-1", "A99999999999999999999"])
    func `what is no cell reference is refused`(text: String) {
        #expect(CellReference(text) == nil)
    }

    @Test func `ranges know their corners in any order`() {
        #expect(CellRange("D5:B2")?.description == "B2:D5")
        #expect(CellRange("$B$2")?.contains(CellReference(column: 1, row: 2)) == true)
        #expect(CellRange("B2:D5:E6") == nil)
        #expect(CellRange("") == nil)
    }

    @Test func `values read as one would type them`() {
        #expect(CellValue.date(WallTime(year: 2026, month: 3, day: 1)).plainText == "2026-03-01")
        #expect(CellValue.date(WallTime(year: 0, month: 0, day: 0, hour: 9, minute: 5)).plainText == "09:05:00")
        #expect(CellValue.error("#N/A").plainText == nil)
        #expect(CellValue.text(" \t\u{A0}").isBlank)
        #expect(!CellValue.number(text: "0").isBlank)
    }

    @Test func `every problem has a code of its own, a sentence and a remedy`() {
        let cell = CellReference(column: 2, row: 17)
        let all: [FileProblem] = [
            .unreadable(reason: "x"), .unwritable(reason: "x"), .empty, .noRows, .tooLarge(limitBytes: 1),
            .oldOrProtectedWorkbook, .passwordProtected,
            .notATable(found: "x"), .damaged(part: "x", reason: "y"), .unsafePartName, .tooManyParts(limit: 1),
            .declaresEntities(part: "x"),
            .unpacksTooLarge(limitBytes: 1), .suspiciousCompression(part: "x"), .noVisibleSheet, .noSuchSheet(name: "x", available: []),
            .tooManyRows(limit: 1),
            .tooManyColumns(at: cell, limit: 1), .cellTooLong(at: cell, line: nil, limitBytes: 1), .tooMuchSharedText(limitBytes: 1),
            .tooManyMergedAreas(limit: 1),
            .nulByte(line: 1), .unterminatedQuote(line: 1), .undecodable(line: 1, encoding: .utf8),
        ]
        #expect(Set(all.map(\.code)).count == all.count)
        #expect(all.allSatisfy { $0.sentence.hasSuffix(".") && $0.remedy.hasSuffix(".") && $0.remedy.count > 20 })
        #expect(FileProblem.empty.description == "The file is empty. Check that the right file was chosen and that it was saved before sending.")
    }
}
