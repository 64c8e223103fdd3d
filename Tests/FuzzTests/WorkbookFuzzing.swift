@testable import Documents
import Domain
import Foundation

/// Workbooks whose parts, or whose container's bytes, were changed.
enum WorkbookFuzzing {
    private static let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
    private static let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let headers = ["Order number", "Recipient", "Phone", "Address", "Province", "Postcode", "SKU", "Quantity", "Unit price", "Order date"]

    private static let parts: [(name: String, text: String)] = [
        ("_rels/.rels", relationships([("r1", "officeDocument", "xl/workbook.xml")])),
        ("xl/workbook.xml", "<workbook \(main) xmlns:r=\"\(relations)\"><workbookPr date1904=\"0\"/><sheets><sheet name=\"Orders\" sheetId=\"1\" r:id=\"s1\"/><sheet name=\"Two\" state=\"hidden\" sheetId=\"2\" r:id=\"s1\"/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", relationships([("s1", "worksheet", "worksheets/sheet1.xml"), ("t1", "sharedStrings", "sharedStrings.xml"), ("y1", "styles", "styles.xml")])),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", "<sst \(main) count=\"3\" uniqueCount=\"3\"><si><t>สมชาย ใจดี</t></si><si><r><t>99/1 </t></r><r><t xml:space=\"preserve\">ซอย</t></r><rPh sb=\"0\" eb=\"1\"><t>x</t></rPh></si><si><t>MUG_x0041_</t></si></sst>"),
        ("xl/styles.xml", "<styleSheet \(main)><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"[$-th-TH]d mmm bbbb\"/></numFmts><cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>"),
    ]

    private static var sheet: String {
        let head = headers.enumerated().map { "<c r=\"\(CellReference.letters(of: $0.offset))1\" t=\"inlineStr\"><is><t>\($0.element)</t></is></c>" }.joined()
        let rows = (2...4).map { row in
            "<row r=\"\(row)\" hidden=\"0\"><c r=\"A\(row)\"><v>100\(row)</v></c><c r=\"B\(row)\" t=\"s\"><v>0</v></c><c r=\"C\(row)\"><v>8.1234567E+8</v></c><c r=\"D\(row)\" t=\"s\"><v>1</v></c>"
                + "<c r=\"E\(row)\" t=\"str\"><f>A1</f><v>ภูเก็ต</v></c><c r=\"F\(row)\"><v>83000</v></c><c r=\"G\(row)\" t=\"s\"><v>2</v></c><c r=\"H\(row)\"><v>2</v></c><c r=\"I\(row)\"><v>19.989999999999998</v></c>"
                + "<c r=\"J\(row)\" s=\"1\"><v>46112.395833</v></c><c r=\"K\(row)\" t=\"e\"><v>#N/A</v></c><c r=\"L\(row)\" t=\"b\"><v>1</v></c><c r=\"M\(row)\" t=\"d\"><v>2026-03-01T09:30:00</v></c></row>"
        }.joined()
        return "<worksheet \(main)><sheetData><row r=\"1\">\(head)</row>\(rows)</sheetData><mergeCells count=\"2\"><mergeCell ref=\"B2:B4\"/><mergeCell ref=\"K2:L3\"/></mergeCells></worksheet>"
    }

    private static func relationships(_ entries: [(id: String, kind: String, target: String)]) -> String {
        let list = entries.map { "<Relationship Id=\"\($0.id)\" Type=\"\(relations)/\($0.kind)\" Target=\"\($0.target)\"/>" }
        return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\(list.joined())</Relationships>"
    }

    private static let pieces = [
        "<row>", "</row>", "<c>", "</c>", "<v>", "</v>", "<is><t>", "<f/>", "<rPh>", "</rPh>", "<!--", "-->", "<![CDATA[", "]]>", "&amp;", "&#0;", "&#x10FFFF;", "&lol;", "<!DOCTYPE a [<!ENTITY l \"x\">]>", "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
        " r=\"XFD1048576\"", " r=\"A0\"", " r=\"ZZZZ1\"", " s=\"99999999999999999999\"", " s=\"-1\"", " t=\"s\"", " t=\"d\"", "<mergeCell ref=\"A1:XFD1048576\"/>", "<mergeCell ref=\"ZZZ9999999:A1\"/>", "../", "_xD800_", "_x0000_",
    ]

    static func target() throws -> FuzzTarget {
        FuzzTarget(name: "xlsx") { random in
            let path = FileManager.default.temporaryDirectory.appending(path: "crossdock-fuzz-\(ProcessInfo.processInfo.processIdentifier)-table.xlsx").path(percentEncoded: false)
            // A leftover of the case before is in the way.
            try? FileManager.default.removeItem(atPath: path)
            let changed = random.below(parts.count + 2), writer = try ZipWriter(path: path)
            for (index, part) in parts.enumerated() {
                var bytes = Array(part.text.utf8)
                if index == changed || (changed > parts.count && part.name.contains("sheet1")) { mutate(&bytes, &random) }
                if random.once(in: 60) { continue }
                try writer.add(random.once(in: 100) ? "../" + part.name : part.name, bytes)
            }
            try writer.finish()
            if random.once(in: 3) {
                var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
                ByteMutator.mutate(&bytes, &random)
                try Data(bytes).write(to: URL(filePath: path))
            }
            return { TableExpectations.verdict(of: path) }
        }
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
        for _ in 0...random.below(4) {
            switch random.below(4) {
            case 0: ByteMutator.mutate(&bytes, &random)
            case 1: bytes.insert(contentsOf: Array(String(repeating: random.pick(pieces) ?? "", count: random.pick([1, 1, 2, 120, 3_000]) ?? 1).utf8), at: random.below(bytes.count + 1))
            case 2:
                // Another value between two tags.
                let starts = bytes.indices.filter { bytes[$0] == UInt8(ascii: ">") }
                guard let start = random.pick(starts), let end = bytes[start...].firstIndex(of: UInt8(ascii: "<")) else { continue }
                let value = random.pick(random.pick([HostileValues.numbers, HostileValues.notNumbers, HostileValues.texts.filter { !$0.contains("<") && !$0.contains("&") }]) ?? []) ?? ""
                bytes.replaceSubrange((start + 1)..<max(end, start + 1), with: Array(value.utf8))
            default:
                // Another value of an attribute.
                let quotes = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\"") }
                guard let start = random.pick(quotes), let end = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "\"")) else { continue }
                bytes.replaceSubrange((start + 1)..<end, with: Array((random.pick(HostileValues.numbers + ["A1", "XFD1", "B2:B4", "worksheet", "s", ""]) ?? "").utf8))
            }
        }
    }
}
