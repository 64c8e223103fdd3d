@testable import Documents
import Testing

struct WorkbookReadingTests {
    let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private func rows(_ rows: String, after: String = "", texts: String? = nil, styles: String? = nil,
        properties: String = "") throws -> [TableRow] {
        try openTable(HandMade.workbook(files, rows: rows, after: after, texts: texts, styles: styles, properties: properties)).allRows()
    }

    private func value(_ cell: String, texts: String? = nil, styles: String? = nil, properties: String = "") throws -> CellValue? {
        let row = "<row r=\"1\"><c r=\"A1\" t=\"b\"><v>1</v></c>\(cell)</row>"
        return try rows(row, texts: texts, styles: styles, properties: properties).first?[1].value
    }

    @Test func `shared, inline and formula texts are read, runs joined and phonetic readings left out`() throws {
        let shared = "<si><t>plain</t></si><si><r><rPr><b/></rPr><t xml:space=\"preserve\">rich </t></r><r><t>text</t></r><rPh sb=\"0\" eb=\"1\"><t>reading</t></rPh></si>"
        let row = try rows("""
            <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>inline</t></is></c>\
            <c r="D1" t="inlineStr"><is><r><t>in</t></r><r><t>runs</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c><c r="E1" t="str"><f>A1</f><v>result</v></c></row>
            """, texts: shared)[0]
        #expect(row.texts == ["plain", "rich text", "inline", "inruns", "result"])
        #expect(row.cells.map(\.isFormula) == [false, false, false, false, true])
    }

    @Test func `missing references count up and missing rows keep their numbers`() throws {
        let read = try rows("<row><c><v>1</v></c><c><v>2</v></c></row><row r=\"5\"><c r=\"C5\"><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>")
        #expect(read.map(\.number) == [1, 5, 6])
        #expect(read[1].cells.map(\.reference.description) == ["C5", "D5"])
        #expect(read[1].texts == ["", "", "3", "4"])
    }

    @Test func `rows with nothing but formatting are left out`() throws {
        let read = try rows("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\" s=\"1\"/></row><row r=\"3\"/><row r=\"4\" hidden=\"1\"><c r=\"A4\"><v>2</v></c></row>")
        #expect(read.map(\.number) == [1, 4])
        #expect(read.map(\.isHidden) == [false, true])
    }

    @Test(arguments: [
        ("42", "42"), ("1.2E+3", "1200"), ("1.5E-3", "0.0015"), ("8.850123456789E+12", "8850123456789"), ("-0.50", "-0.5"),
        ("19.989999999999998", "19.99"),
        ("59.969999999999999", "59.97"), ("0.30000000000000004", "0.3"), ("12345678901234567", "12345678901234567"), ("0099", "99"),
        ("1E2", "100"), ("-0", "0"),
        ("99.9999999999999999", "100"), (" 7 ", "7"), (".5", "0.5"), ("5.", "5"),
    ])
    func `numbers come as exact decimal text`(stored: String, expected: String) throws {
        #expect(try value("<c r=\"B1\"><v>\(stored)</v></c>") == .number(text: expected))
    }

    @Test(arguments: ["1e400", "1e999999999", "nan", "--1", "1.2.3", "E5", "1,5"])
    func `what is no number stays text`(stored: String) throws {
        #expect(try value("<c r=\"B1\"><v>\(stored)</v></c>") == .text(stored))
    }

    @Test func `booleans, errors, formulas without value and ISO dates are told apart`() throws {
        let row = try rows("""
            <row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="e"><v>#N/A</v></c><c r="D1"><f>SUM(A1:B1)</f></c>\
            <c r="E1"><f>1+1</f><v></v></c><c r="F1"><f>1+1</f><v>2</v></c><c r="G1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="H1" t="d"><v>2026-03-01T09:30:00Z</v></c></row>
            """)[0]
        #expect(row.cells.map(\.value) == [
            .boolean(true), .boolean(false), .error("#N/A"), .formulaWithoutValue, .formulaWithoutValue, .number(text: "2"),
            .error("#DIV/0!"),
            .date(WallTime(year: 2026, month: 3, day: 1, hour: 9, minute: 30)),
        ])
        #expect(row.cells.map(\.isFormula) == [false, false, false, true, true, true, true, false])
    }

    @Test func `control characters come out of their escapes`() throws {
        #expect(try value("<c r=\"B1\" t=\"inlineStr\"><is><t>a_x000D_b _x005F_x000D_ _xZZ_</t></is></c>") == .text("a\rb _x000D_ _xZZ_"))
    }

    private static let styles = """
        <numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/><numFmt numFmtId="165" formatCode="[$-409]#,##0.00;[Red]&quot;days&quot;0"/>\
        <numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>\
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="46"/><xf numFmtId="166"/><xf numFmtId="4"/></cellXfs>
        """

    @Test(arguments: [
        (1, "45352", WallTime(year: 2024, month: 3, day: 1)), (2, "45352.39583333333", WallTime(year: 2024, month: 3, day: 1, hour: 9,
        minute: 30)),
        (3, "45351.999999", WallTime(year: 2024, month: 3, day: 1)), (1, "1", WallTime(year: 1900, month: 1, day: 1)),
        (1, "59", WallTime(year: 1900, month: 2, day: 28)),
        (1, "61", WallTime(year: 1900, month: 3, day: 1)), (5, "0.5", WallTime(year: 0, month: 0, day: 0, hour: 12)),
        (1, "4.5352E4", WallTime(year: 2024, month: 3, day: 1)),
        (6, "0.25", WallTime(year: 0, month: 0, day: 0, hour: 6)), (1, "2958465", WallTime(year: 9999, month: 12, day: 31)),
    ])
    func `numbers with a date style are dates`(style: Int, serial: String, expected: WallTime) throws {
        #expect(try value("<c r=\"B1\" s=\"\(style)\"><v>\(serial)</v></c>", styles: Self.styles) == .date(expected))
    }

    @Test(arguments: [(0, "45352"), (4, "45352"), (7, "45352"), (99, "45352"), (1, "-3"), (1, "60"), (1, "9999999")])
    func `numbers without a date style, or that are no date, stay numbers`(style: Int, serial: String) throws {
        #expect(try value("<c r=\"B1\" s=\"\(style)\"><v>\(serial)</v></c>", styles: Self.styles) == .number(text: serial))
    }

    @Test func `a workbook that counts from 1904 has the dates it shows`() throws {
        let found = try value("<c r=\"B1\" s=\"1\"><v>43890</v></c>", styles: Self.styles, properties: "<workbookPr date1904=\"1\"/>")
        #expect(found == .date(WallTime(year: 2024, month: 3, day: 1)))
    }

    @Test(arguments: [
        ("General", false), ("0.00E+00", false), ("#,##0.00\" baht\"", false), ("[Red]0;[Blue]0", false), ("0\\d", false), ("@", false),
        ("_-* #,##0_-", false),
        ("yyyy-mm-dd", true), ("d/m/bbbb", true), ("[$-D07041E]d mmm yyyy", true), ("h:mm AM/PM", true), ("[mm]:ss", true),
        ("\"on\" d", true),
    ])
    func `a custom format is a date by what stands outside of quotes and brackets`(format: String, isDate: Bool) {
        #expect(DateStyles.isDate(format: format) == isDate)
    }

    @Test(arguments: 0..<300)
    func `serial numbers and wall times are each other's reverse`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let serial = Double(Int.random(in: 61...2_958_465, using: &random)) + Double(Int.random(in: 0..<86_400, using: &random)) / 86_400
        let time = SerialDate.wallTime(of: serial, countsFrom1904: false)
        #expect(time.map { abs(SerialDate.serial(of: $0) - serial) < 1e-6 } == true)
    }

    @Test func `merged cells name the area whose value they show`() throws {
        let read = try rows("""
            <row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="B2"><v>3</v></c></row><row r="3"><c r="A3" s="1"/><c r="B3"><v>4</v></c></row>\
            <row r="4"><c r="A4"><v>5</v></c></row>
            """, after: "<mergeCells count=\"2\"><mergeCell ref=\"A1:A3\"/><mergeCell ref=\"B4:C4\"/></mergeCells>")
        let area = try #require(CellRange("A1:A3"))
        #expect(read[0][0].merge == .topLeft(of: area))
        #expect(read[0][1].merge == nil)
        #expect(read[1][0] == TableCell(column: 0, row: 2, value: .empty, merge: .covered(by: area)))
        #expect(read[2][0].coveredBy?.description == "A1:A3")
        #expect(read[3][0].merge == nil)
        #expect(read[3][2].coveredBy?.first.description == "B4")
    }

    @Test func `the first visible sheet is read, others by name`() throws {
        let path = try files.zip([
            "_rels/.rels": HandMade.relationships(["r1": ("officeDocument", "/book/main.xml")]),
            "book/main.xml": HandMade.workbook(sheets: """
                <sheet name="Hidden" sheetId="1" state="hidden" r:id="a"/><sheet name="Chart" sheetId="2" r:id="c"/><sheet name="Pedidos" sheetId="3" r:id="b"/>\
                <sheet name="Very" sheetId="4" state="veryHidden" r:id="d"/>
                """),
            "book/_rels/main.xml.rels": HandMade.relationships([
                "a": ("worksheet", "sheets/one.xml"), "b": ("worksheet", "/other/two.xml"), "c": ("chartsheet", "chart.xml"),
                "d": ("worksheet", "../other/three.xml"),
            ]),
            "book/sheets/one.xml": HandMade.sheet("<row><c><v>1</v></c></row>"),
            "other/two.xml": HandMade.sheet("<row><c><v>2</v></c></row>"),
            "Other/Three.xml": HandMade.sheet("<row><c><v>3</v></c></row>"),
        ])
        let table = try WorkbookTable(path: path)
        #expect(table.sheets == [.init(name: "Hidden", isHidden: true), .init(name: "Pedidos", isHidden: false),
            .init(name: "Very", isHidden: true)])
        #expect(table.sheet.name == "Pedidos")
        #expect(try table.allRows().map(\.texts) == [["2"]])
        #expect(try WorkbookTable(path: path, sheet: .named("hidden")).allRows().map(\.texts) == [["1"]])
        #expect(try openTable(path, sheet: .named("Very")).allRows().map(\.texts) == [["3"]])
        let found = problem { _ = try openTable(path, sheet: .named("Orders")) }
        #expect(found?.sentence == "The workbook has no sheet \"Orders\"; it has \"Hidden\", \"Pedidos\", \"Very\".")
    }

    @Test func `prefixed elements are read like plain ones`() throws {
        let space = "xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
        let path = try files.zip([
            "_rels/.rels": HandMade.root, "xl/workbook.xml": HandMade.workbook,
            "xl/_rels/workbook.xml.rels": HandMade.relationships(["s1": ("worksheet", "worksheets/sheet1.xml")]),
            "xl/worksheets/sheet1.xml": """
                <x:worksheet \(space)><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row></x:sheetData>\
                <x:mergeCells><x:mergeCell ref="A1:B1"/></x:mergeCells></x:worksheet>
                """,
        ])
        let row = try #require(try openTable(path).allRows().first)
        #expect(row.texts == ["a", ""])
        #expect(row[1].coveredBy?.description == "A1:B1")
    }

    @Test func `shared texts beyond the memory limit are read back from disk`() throws {
        var limits = TableLimits()
        limits.sharedTextMemoryBytes = 64
        let words = (0..<2_000).map { "text number \($0) ทดสอบ" }
        let path = try HandMade.workbook(
            files, rows: (0..<2_000).map { "<row><c t=\"s\"><v>\(($0 * 7) % 2_000)</v></c></row>" }.joined(),
            texts: words.map { "<si><t>\($0)</t></si>" }.joined())
        let read = try openTable(path, limits: limits).allRows().map { $0.texts[0] }
        #expect(read == (0..<2_000).map { words[($0 * 7) % 2_000] })
    }
}
