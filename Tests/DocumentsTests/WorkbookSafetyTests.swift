@testable import Documents
import Foundation
import Testing

struct WorkbookSafetyTests {
    let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private func stop(_ path: String, limits: TableLimits = TableLimits()) -> FileProblem? {
        problem { try openTable(path, limits: limits).forEachRow { _ in } }
    }

    @Test func `an old or protected workbook says what to do`() throws {
        let path = try files.write([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 512), as: "orders.xlsx")
        let found = stop(path)
        #expect(found?.code == "workbook_old_or_protected")
        #expect(found?.sentence == "This is an old .xls workbook, or a workbook protected with a password.")
        #expect(found?.remedy == "Open it in a spreadsheet program, remove the password if there is one, and save it as .xlsx (\"Excel workbook\").")
    }

    @Test func `a zip file that is no workbook is called by its name`() throws {
        #expect(stop(try files.zip(["readme.txt": "x"]))?.sentence == "This is a zip archive without a workbook, not a spreadsheet (.xlsx) or a text table (.csv).")
        let word = try files.zip(["_rels/.rels": HandMade.relationships(["r": ("officeDocument", "word/document.xml")]),
            "word/document.xml": "<w/>"])
        #expect(stop(word) == .notATable(found: "a text document (.docx)"))
        #expect(stop(try files.zip(["mimetype": "x", "content.xml": "<x/>"])) == .notATable(found: "an OpenDocument file (.ods)"))
        let binary = try files.zip(["_rels/.rels": HandMade.relationships(["r": ("officeDocument", "xl/workbook.bin")]),
            "xl/workbook.bin": "<x/>"])
        #expect(stop(binary) == .notATable(found: "a binary workbook (.xlsb)"))
        let nothing = try files.write([0x50, 0x4B, 0x05, 0x06] + [UInt8](repeating: 0, count: 18), as: "none.xlsx")
        #expect(stop(nothing) == .notATable(found: "an empty zip archive"))
    }

    @Test func `a workbook cut short is damaged`() throws {
        let whole = try HandMade.workbook(files, rows: "<row><c><v>1</v></c></row>")
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: whole)))
        let found = stop(try files.write(Array(bytes.prefix(bytes.count / 2)), as: "cut.xlsx"))
        #expect(found?.sentence == "The workbook is damaged: the container is incomplete or broken.")
        #expect(found?.remedy.contains("ask for it again") == true)
    }

    @Test(arguments: ["../evil.xml", "xl/../../evil.xml", "/etc/evil", "xl\\..\\evil.xml"])
    func `part names that point outside are refused`(name: String) throws {
        let writer = try ZipWriter(path: files.path("names.xlsx"))
        try writer.add("_rels/.rels", Array(HandMade.root.utf8))
        try writer.add(name, [1])
        try writer.finish()
        #expect(stop(files.path("names.xlsx"))?.code == "workbook_unsafe_name")
    }

    @Test func `a relationship that climbs out of the container is refused`() throws {
        let path = try files.zip(["_rels/.rels": HandMade.relationships(["r1": ("officeDocument", "../../workbook.xml")]),
            "workbook.xml": HandMade.workbook])
        #expect(stop(path) == .unsafePartName)
    }

    @Test(arguments: [
        "<!DOCTYPE sst [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><sst><si><t>&b;</t></si></sst>",
        "<!DOCTYPE sst SYSTEM \"file:///etc/passwd\"><sst/>",
        "<!DOCTYPE sst [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><sst><si><t>&x;</t></si></sst>",
    ])
    func `document types and entities are refused`(texts: String) throws {
        let path = try files.zip([
            "_rels/.rels": HandMade.root, "xl/workbook.xml": HandMade.workbook,
            "xl/_rels/workbook.xml.rels": HandMade.relationships(["s1": ("worksheet", "s.xml"), "t": ("sharedStrings", "t.xml")]),
            "xl/s.xml": HandMade.sheet("<row><c t=\"s\"><v>0</v></c></row>"), "xl/t.xml": texts,
        ])
        let found = stop(path)
        #expect(found == .declaresEntities(part: "xl/t.xml"))
        #expect(found?.sentence == "The workbook's part xl/t.xml declares a document type or entities, which no spreadsheet program writes.")
    }

    @Test func `a zip bomb is stopped by its ratio and by its size`() throws {
        var limits = TableLimits()
        limits.ratioFloorBytes = 1 << 20
        let path = try HandMade.workbook(files, rows: "<row><c><v>1</v></c></row>" + String(repeating: " ", count: 6 << 20))
        #expect(stop(path, limits: limits)?.sentence == "The workbook's part xl/worksheets/sheet1.xml unpacks to far more than a real sheet would.")
        limits.maximumUnpackedBytes = 2 << 20
        #expect(stop(path, limits: limits)?.sentence == "The workbook unpacks to more than 2 MB.")
    }

    @Test func `a part that lies about its size is stopped by what comes out`() throws {
        var limits = TableLimits()
        limits.maximumUnpackedBytes = 1 << 20
        let path = try HandMade.workbook(files, rows: "<row><c><v>1</v></c></row>" + String(repeating: " ", count: 3 << 20))
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let size = withUnsafeBytes(of: UInt32(3 << 20).littleEndian) { Array($0) }
        let high = Array(size[2...])
        var patched = 0
        for index in 0..<bytes.count - 4 where bytes[(index + 2)..<(index + 4)].elementsEqual(high) && bytes[index + 1] < 2 {
            bytes.replaceSubrange(index..<index + 4, with: [0x10, 0x27, 0, 0])
            patched += 1
        }
        #expect(patched >= 1)
        let found = stop(try files.write(bytes, as: "liar.xlsx"), limits: limits)
        #expect(["workbook_damaged", "workbook_unpacks_too_large"].contains(found?.code))
    }

    @Test func `too many parts, rows, columns, texts and merged areas are refused by name`() throws {
        var limits = TableLimits()
        limits.maximumParts = 3
        let path = try HandMade.workbook(files, rows: "<row><c><v>1</v></c></row>", texts: "<si><t>0123456789</t></si>")
        #expect(stop(path, limits: limits)?.sentence == "The workbook consists of more than 3 parts.")
        limits = TableLimits()
        limits.maximumSharedTextBytes = 5
        #expect(stop(path, limits: limits)?.code == "workbook_too_much_text")
        limits = TableLimits()
        limits.maximumRows = 10
        #expect(stop(try HandMade.workbook(files, rows: "<row r=\"11\"><c><v>1</v></c></row>"), limits: limits) == .tooManyRows(limit: 10))
        #expect(stop(try HandMade.workbook(files,
            rows: "<row><c r=\"XFD1\"><v>1</v></c></row>"))?.sentence == "Cell XFD1 lies beyond column SR, the last of 512 columns.")
        #expect(try openTable(HandMade.workbook(files, rows: "<row><c><v>1</v></c><c r=\"XFD1\" s=\"4\"/></row>")).allRows().count == 1)
        limits = TableLimits()
        limits.maximumMergedAreas = 1
        let merged = try HandMade.workbook(files, rows: "<row><c><v>1</v></c></row>",
            after: "<mergeCells><mergeCell ref=\"A1:B1\"/><mergeCell ref=\"C1:D1\"/></mergeCells>")
        #expect(stop(merged, limits: limits)?.sentence == "The sheet has more than 1 merged areas.")
    }

    @Test func `a cell with endless text is refused by its place`() throws {
        let long = String(repeating: "x", count: 140_000)
        let inline = try HandMade.workbook(files, rows: "<row r=\"4\"><c r=\"C4\" t=\"inlineStr\"><is><t>\(long)</t></is></c></row>")
        #expect(stop(inline)?.sentence == "Cell C4 holds more than 128 kB of text.")
        let shared = try HandMade.workbook(files, rows: "<row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c></row>",
            texts: "<si><t>\(long)</t></si>")
        #expect(stop(shared)?.sentence == "Cell B2 holds more than 128 kB of text.")
    }

    @Test(arguments: [
        ("<row r=\"2\"><c><v>1</v></c></row><row r=\"1\"><c><v>1</v></c></row>", "has its rows out of order (after row 2)"),
        ("<row r=\"x\"/>", "has its rows out of order (after row 0)"), ("<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>",
        "has its cells out of order (row 1)"),
        ("<row><c r=\"77\"><v>1</v></c></row>", "has its cells out of order (row 1)"),
        ("<row r=\"3\"><c t=\"s\"><v>9</v></c></row>", "points to a text that the workbook does not hold (cell A3)"),
        ("<row r=\"3\"><c t=\"s\"><v>-1</v></c></row>", "points to a text that the workbook does not hold (cell A3)"),
        ("<row><c>", "is not well-formed XML (line 1)"), (String(repeating: "<x>", count: 200), "is nested too deeply"),
    ])
    func `a broken sheet says what is broken`(rows: String, reason: String) throws {
        let found = stop(try HandMade.workbook(files, rows: rows))
        #expect(found == .damaged(part: "xl/worksheets/sheet1.xml", reason: reason))
        #expect(found?.code == "workbook_damaged")
    }

    @Test func `a missing sheet part and a workbook without visible sheets are named`() throws {
        let missing = try files.zip([
            "_rels/.rels": HandMade.root, "xl/workbook.xml": HandMade.workbook,
            "xl/_rels/workbook.xml.rels": HandMade.relationships(["s1": ("worksheet", "gone.xml")]),
        ])
        #expect(stop(missing)?.sentence == "The workbook is damaged: xl/gone.xml is missing.")
        let hidden = try files.zip([
            "_rels/.rels": HandMade.root,
            "xl/workbook.xml": HandMade.workbook(sheets: "<sheet name=\"A\" state=\"hidden\" sheetId=\"1\" r:id=\"s1\"/>"),
            "xl/_rels/workbook.xml.rels": HandMade.relationships(["s1": ("worksheet", "a.xml")]), "xl/a.xml": HandMade.sheet(""),
        ])
        #expect(stop(hidden)?.sentence == "The workbook has no visible sheet with cells.")
    }

    @Test(arguments: 0..<150)
    func `a workbook with broken bytes never crashes the reader`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let path = try HandMade.workbook(
            files, rows: "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>45352.5</v></c></row>",
                after: "<mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells>",
            texts: "<si><t>x</t></si>", styles: "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs>")
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        for _ in 0..<Int.random(in: 1...6, using: &random) { bytes[Int.random(in: 0..<bytes.count,
            using: &random)] = UInt8.random(in: 0...255, using: &random) }
        let broken = try files.write(bytes, as: "broken.xlsx")
        do {
            try openTable(broken).forEachRow { #expect($0.number > 0) }
        } catch let found as FileProblem {
            #expect(!found.sentence.isEmpty && !found.remedy.isEmpty)
        }
    }

    @Test(arguments: 0..<300)
    func `a sheet with broken XML never crashes the reader`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var xml = Array(HandMade.sheet("""
            <row r="1" hidden="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><f>x</f><v>45352.5E+1</v></c><c t="inlineStr"><is><r><t>a_x000D_</t></r><rPh><t>b</t></rPh></is></c></row>
            """, after: "<mergeCells><mergeCell ref=\"A1:C9\"/></mergeCells>").utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 100..<xml.count - 8, using: &random)
            switch Int.random(in: 0...2, using: &random) {
            case 0: xml[at] = UInt8.random(in: 0x20...0x7E, using: &random)
            case 1: xml.removeSubrange(at..<at + Int.random(in: 1...8, using: &random))
            default: xml.insert(contentsOf: xml[at..<at + 8], at: at)
            }
        }
        let writer = try ZipWriter(path: files.path("fuzz.xlsx"))
        try writer.add("_rels/.rels", Array(HandMade.root.utf8))
        try writer.add("xl/workbook.xml", Array(HandMade.workbook.utf8))
        try writer.add("xl/_rels/workbook.xml.rels", Array(HandMade.relationships(["s1": ("worksheet", "s.xml")]).utf8))
        try writer.add("xl/s.xml", xml)
        try writer.finish()
        do {
            try openTable(files.path("fuzz.xlsx")).forEachRow { #expect($0.number > 0) }
        } catch let found as FileProblem {
            #expect(!found.sentence.isEmpty && !found.remedy.isEmpty)
        }
    }
}
