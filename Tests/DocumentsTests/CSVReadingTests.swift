@testable import Documents
import Testing

struct CSVReadingTests {
    let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private func texts(_ text: String) throws -> [[String]] { try openTable(files.write(text)).allRows().map(\.texts) }

    @Test func `quoted fields keep delimiters, line breaks and doubled quotes`() throws {
        let rows = try texts("order,note\r\n1001,\"a, \"\"b\"\"\r\nc\"\r\n1002,plain\r\n")
        #expect(rows == [["order", "note"], ["1001", "a, \"b\"\r\nc"], ["1002", "plain"]])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `every kind of line break ends a row`(lineBreak: String) throws {
        let rows = try openTable(files.write(["a,b", "1,2", "", "3,4"].joined(separator: lineBreak))).allRows()
        #expect(rows.map(\.texts) == [["a", "b"], ["1", "2"], ["3", "4"]])
        #expect(rows.map(\.number) == [1, 2, 4])
        #expect(rows.map(\.line) == [1, 2, 4])
    }

    @Test func `blank rows are left out and still counted`() throws {
        let rows = try openTable(files.write("a,b\n,,\n \n1,2\n")).allRows()
        #expect(rows.map(\.number) == [1, 4])
    }

    @Test func `a row after a field with line breaks knows its line and its row`() throws {
        let rows = try openTable(files.write("a,b\n1,\"x\ny\nz\"\n2,w\n")).allRows()
        #expect(rows.map(\.number) == [1, 2, 3])
        #expect(rows.map(\.line) == [1, 2, 5])
        #expect(rows[2][1].reference.description == "B3")
    }

    @Test func `leading zeros and numbers stay text`() throws {
        let row = try openTable(files.write("phone,qty\n0812345678,2\n")).allRows()[1]
        #expect(row.cells.map(\.value) == [.text("0812345678"), .text("2")])
    }

    @Test func `text after a closing quotation mark belongs to the field`() throws {
        #expect(try texts("a,b\n\"x\"y,z\nin\"side,w\n") == [["a", "b"], ["xy", "z"], ["in\"side", "w"]])
    }

    @Test func `rows of different widths keep their cells in place`() throws {
        let rows = try openTable(files.write("a,b,c\n1\n1,2,3,4\n")).allRows()
        #expect(rows.map(\.width) == [3, 1, 4])
        #expect(rows[1][2].value == .empty)
        #expect(rows[2][3].value == .text("4"))
    }

    @Test(arguments: 1...40)
    func `a table is the same wherever its bytes are cut`(size: Int) throws {
        let text = "a;ข้อความ;\"q\"\"\r\nz\"\r\n\r\n1;;\"\"\r\n;2;\"x\"\r"
        var whole: [[String]] = []
        var pieces: [[String]] = []
        try parse(Array(text.utf8), by: 1_000) { whole.append($0) }
        try parse(Array(text.utf8), by: size) { pieces.append($0) }
        #expect(whole == [["a", "ข้อความ", "q\"\r\nz"], [""], ["1", "", ""], ["", "2", "x"]])
        #expect(pieces == whole)
    }

    private func parse(_ bytes: [UInt8], by size: Int, _ emit: ([String]) -> Void) throws {
        var parser = CSVParser(delimiter: .semicolon, limits: TableLimits())
        func deliver(_ record: CSVRecord) { emit((0..<record.count).map { record.text($0) ?? "?" }) }
        for start in stride(from: 0, to: bytes.count, by: size) {
            try bytes[start..<min(bytes.count, start + size)].withUnsafeBufferPointer { try parser.feed($0, deliver) }
        }
        try parser.finish(deliver)
    }

    @Test func `a quotation mark that is never closed is named with its line`() throws {
        let path = try files.write("a,b\n1,2\n3,\"open\n4,5\n")
        let found = problem { _ = try openTable(path).allRows() }
        #expect(found == .unterminatedQuote(line: 3))
        #expect(found?.sentence == "The quotation mark that opens a field on line 3 is never closed.")
        #expect(found?.remedy.contains("written twice") == true)
    }

    @Test func `an endless field is refused where it begins`() throws {
        let path = try files.write("a,b\n1,\"" + String(repeating: "x\n", count: 100_000))
        let found = problem { _ = try openTable(path).allRows() }
        #expect(found?.code == "table_cell_too_long")
        #expect(found?.sentence == "Cell B2 (line 2) holds more than 128 kB of text.")
        #expect(found?.remedy.contains("a closing quotation mark is missing") == true)
    }

    @Test func `a NUL byte is refused with its line`() throws {
        let early = try files.write("a,b\n1,\0\n", as: "early.csv")
        #expect(problem { _ = try sniff(early) }?.sentence == "Line 2 holds a NUL byte, so this is not a text file in any encoding we read.")
        let late = try files.write("a,b\n" + String(repeating: "1,2\n", count: 30_000) + "1,\0\n", as: "late.csv")
        #expect(problem { _ = try openTable(late).allRows() } == .nulByte(line: 30_002))
    }

    @Test func `too many rows and too many columns are refused by name`() throws {
        var limits = TableLimits()
        limits.maximumRows = 3
        limits.maximumColumns = 2
        let long = try files.write("a\n1\n2\n3\n", as: "long.csv")
        #expect(problem { try openTable(long, limits: limits).forEachRow { _ in } }?.sentence == "The table has more than 3 rows.")
        let wide = try files.write("a,b,,\n1,2,,x\n", as: "wide.csv")
        #expect(problem { try openTable(wide,
            limits: limits).forEachRow { _ in } }?.sentence == "Cell D2 lies beyond column B, the last of 2 columns.")
    }

    @Test func `delimiters without end are refused`() throws {
        let path = try files.write("a,b\n" + String(repeating: ",", count: 200_000))
        #expect(problem { _ = try openTable(path).allRows() }?.code == "table_too_many_columns")
    }

    @Test func `progress reaches the whole file and the first rows do not read it all`() throws {
        let path = try files.write("a,b\n" + String(repeating: "1,2\n", count: 40_000))
        let table = try openTable(path)
        var steps: [TableProgress] = []
        try table.forEachRow(progress: { steps.append($0) }, { _ in })
        #expect(steps.count == 3)
        #expect(steps.last?.fraction == 1)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.bytesRead < $1.bytesRead })
        #expect(try table.firstRows(2).map(\.texts) == [["a", "b"], ["1", "2"]])
        #expect(try table.firstRows(0).isEmpty)
    }

    @Test func `an error of the caller ends the reading and comes out unchanged`() throws {
        struct Stop: Error, Equatable {}
        let path = try files.write("a\n1\n2\n")
        var seen = 0
        #expect(throws: Stop()) {
            try openTable(path).forEachRow { _ in
                seen += 1
                if seen == 2 { throw Stop() }
            }
        }
        #expect(seen == 2)
    }
}
