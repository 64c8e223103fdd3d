@testable import Documents
import Testing

struct CSVDetectionTests {
    let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private static let thai = "เลขที่คำสั่งซื้อ;ชื่อผู้รับ\n1001;สมชาย ใจดี\n"
    private static let spanish = "número,dirección\n1001,Ñuñoa – Peñalolén\n"

    private func bytes(_ text: String, in encoding: TextEncoding) throws -> [UInt8] {
        if let table = encoding.upperHalf {
            return try text.unicodeScalars.map { $0.value < 0x80 ? UInt8($0.value) : UInt8(try #require(table.firstIndex(of: UInt16($0.value)))) + 0x80 }
        }
        switch encoding {
        case .utf16LittleEndian: return text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case .utf16BigEndian: return text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        default: return Array(text.utf8)
        }
    }

    private func format(_ bytes: [UInt8]) throws -> CSVFormat {
        guard case .csv(let format) = try sniff(files.write(bytes, as: "any-name.bin")) else { throw FileProblem.empty }
        return format
    }

    @Test(arguments: [
        (CSVDetectionTests.thai, TextEncoding.utf8, false), (CSVDetectionTests.thai, .utf8, true),
        (CSVDetectionTests.thai, .windows874, false),
        (CSVDetectionTests.thai, .utf16LittleEndian, true), (CSVDetectionTests.thai, .utf16BigEndian, true),
        (CSVDetectionTests.spanish, .utf8, false), (CSVDetectionTests.spanish, .utf8, true),
        (CSVDetectionTests.spanish, .windows1252, false),
        (CSVDetectionTests.spanish, .utf16LittleEndian, true),
    ])
    func `each encoding is found and read`(text: String, encoding: TextEncoding, marked: Bool) throws {
        let written = (marked ? encoding.byteOrderMark : []) + (try bytes(text, in: encoding))
        let found = try format(written)
        #expect(found.encoding == encoding)
        #expect(found.hasByteOrderMark == marked)
        #expect(found.encodingCertainty == (encoding.upperHalf == nil ? .certain : .likely))
        let rows = try CSVTable(path: files.write(written, as: "f"), format: found).allRows()
        #expect(rows.flatMap(\.texts) == text.split { $0 == "\n" || $0 == "," || $0 == ";" }.map(String.init))
    }

    @Test func `one late byte turns ASCII into Latin-1`() throws {
        let found = try format(Array(String(repeating: "a,b\n", count: 50_000).utf8) + [0x31, 0x2C, 0xF1, 0x0A])
        #expect(found.encoding == .windows1252)
    }

    @Test func `pure ASCII says that its encoding was assumed`() throws {
        let found = try format(Array("a,b\n1,2\n".utf8))
        #expect(found.encoding == .utf8)
        #expect(found.encodingCertainty == .assumed)
    }

    @Test func `a broken place in UTF-8 is named instead of read as another encoding`() throws {
        let text = Array(String(repeating: "สวัสดี,b\n", count: 20).utf8) + [0x61, 0xE0, 0xB8, 0x2C, 0x62, 0x0A]
        let path = try files.write(text, as: "broken.csv")
        let found = problem { _ = try openTable(path).allRows() }
        #expect(found == .undecodable(line: 21, encoding: .utf8))
        #expect(found?.sentence == "Line 21 is not text in UTF-8.")
        #expect(found?.remedy.contains("Choose the encoding") == true)
    }

    @Test func `a person's choice of encoding and delimiter is obeyed`() throws {
        let path = try files.write(try bytes("ก,ข;ค\n", in: .windows874), as: "thai.csv")
        guard case .csv(let found) = try sniff(path) else { return }
        let latin = try CSVTable(path: path, format: found.read(in: .windows1252)).allRows()
        #expect(latin.first?.texts == ["¡", "¢;¤"])
        let cut = try CSVTable(path: path, format: found.read(in: .windows874).cut(at: .semicolon)).allRows()
        #expect(cut.first?.texts == ["ก,ข", "ค"])
    }

    @Test func `bytes that an encoding does not have are refused`() throws {
        let path = try files.write([0x61, 0x2C, 0xDB, 0x0A], as: "gap.csv")
        let found = problem { _ = try CSVTable(path: path, format: CSVFormat(encoding: .windows874)).allRows() }
        #expect(found?.sentence == "Line 1 is not text in Thai (Windows-874).")
    }

    @Test func `half a UTF-16 character at the end is refused`() throws {
        let path = try files.write([0xFF, 0xFE, 0x61, 0x00, 0x3D, 0xD8], as: "half.csv")
        #expect(problem { _ = try openTable(path).allRows() } == .undecodable(line: 1, encoding: .utf16LittleEndian))
        let pair = try files.write([0xFF, 0xFE, 0x3D, 0xD8, 0x00, 0xDE], as: "pair.csv")
        #expect(try openTable(pair).allRows().first?.texts == ["😀"])
    }

    @Test(arguments: [
        ("a,b,c\n1,2,3\n", CSVFormat.Delimiter.comma), ("a;b;c\n1,5;2,5;3\n", .semicolon), ("a\tb\n1,2\t3,4\n", .tab),
        ("\"a;x\",b\n\"1;2;3\",4\n", .comma), ("name;address\nAna;\"Calle 1, depto 2, Santiago\"\n", .semicolon),
        ("a,b;c,d,e\n1,2,3,4\n5,6;7,8,9\n", .comma), ("Transfers of May\n\na;b;c\n1,5;2;3\n", .semicolon),
    ])
    func `the delimiter is the one that cuts rows alike`(text: String, delimiter: CSVFormat.Delimiter) throws {
        #expect(try format(Array(text.utf8)).delimiter == delimiter)
    }

    @Test func `a single column says that its delimiter was assumed`() throws {
        for text in ["order\n1\n2\n", "note\nno; not so\n2\n3\n"] {
            let found = try format(Array(text.utf8))
            #expect(found.delimiter == .comma)
            #expect(found.delimiterCertainty == .assumed)
        }
    }

    @Test func `a separator line is obeyed and is no row`() throws {
        let path = try files.write("sep=;\r\na,b;c\r\n1,2;3\r\n")
        let rows = try openTable(path).allRows()
        #expect(rows.map(\.texts) == [["a,b", "c"], ["1,2", "3"]])
        #expect(rows.first?.number == 2)
    }

    @Test(arguments: [
        ("%PDF-1.7 …", "a PDF document"), ("  <!DOCTYPE html><html>", "a web page (HTML)"), ("<table><tr>", "a web page (HTML)"),
        ("<?xml version=\"1.0\"?><Workbook>", "an XML file"), ("{\"orders\":[]}", "a JSON file"), ("\u{FEFF}<html>", "a web page (HTML)"),
    ])
    func `what is no table is called by its name`(text: String, found: String) throws {
        let path = try files.write(text, as: "orders.xlsx")
        let stopped = problem { _ = try sniff(path) }
        #expect(stopped?.sentence == "This is \(found), not a spreadsheet (.xlsx) or a text table (.csv).")
        #expect(stopped?.remedy.contains("Save the orders as .xlsx") == true)
    }

    @Test func `binary data, nothing, and nothing but white space are refused`() throws {
        let garbage = try files.write((0..<4_000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 7) | 1 }, as: "garbage.xlsx")
        #expect(problem { _ = try sniff(garbage) } == .notATable(found: "a file of binary data"))
        let empty = try files.write("", as: "empty.xlsx")
        #expect(problem { _ = try sniff(empty) }?.sentence == "The file is empty.")
        let white = try files.write("\u{FEFF} \r\n\n", as: "white.csv")
        #expect(problem { _ = try sniff(white) } == .empty)
        #expect(problem { _ = try sniff(files.path("nowhere.csv")) }?.sentence == "The file could not be read: there is no such file.")
        #expect(problem { _ = try sniff(files.folder) }?.sentence == "The file could not be read: it is a folder.")
    }

    @Test func `a file over the limit is refused before it is read`() throws {
        var limits = TableLimits()
        limits.maximumFileBytes = 3 << 20
        let path = try files.write([UInt8](repeating: 0x61, count: 4 << 20), as: "large.csv")
        #expect(problem { _ = try sniff(path, limits: limits) }?.sentence == "The file is larger than 3 MB.")
    }
}
