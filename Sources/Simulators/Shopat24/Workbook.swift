import Foundation

/// The smallest workbook a reader opens: one sheet, inline strings, a style for dates, in a stored ZIP.
struct Workbook {
    private static let dateStyle = 1
    private let table: OrderTable
    private let style: OrderFileStyle

    init(_ table: OrderTable, style: OrderFileStyle) {
        self.table = table
        self.style = style
    }

    var bytes: Data {
        StoredZip([
            ("[Content_Types].xml", part(#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"# + Self.types + "</Types>")),
            ("_rels/.rels", part(Self.relations([("officeDocument", "xl/workbook.xml")]))),
            ("xl/workbook.xml", part(
                #"<workbook xmlns="\#(Self.main)" xmlns:r="\#(Self.office)/relationships"><sheets><sheet name="Orders" sheetId="1" r:id="rId1"/></sheets></workbook>"#)),
            ("xl/_rels/workbook.xml.rels", part(Self.relations([("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")]))),
            ("xl/styles.xml", part(#"<styleSheet xmlns="\#(Self.main)">\#(Self.styles)</styleSheet>"#)),
            ("xl/worksheets/sheet1.xml", part(#"<worksheet xmlns="\#(Self.main)"><sheetData>\#(sheet)</sheetData></worksheet>"#)),
        ]).bytes
    }

    private var sheet: String {
        let rows = [table.header.map { SheetCell.text($0) }] + table.rows
        return rows.enumerated().map { number, cells in
            let written = cells.enumerated().map { cell($1, at: Self.name(ofColumn: $0) + "\(number + 1)") }
            return #"<row r="\#(number + 1)">\#(written.joined())</row>"#
        }.joined()
    }

    private func cell(_ cell: SheetCell, at place: String) -> String {
        switch cell {
        case .blank: ""
        case .text(let text), .raw(let text): inline(text, at: place)
        case .identifier(let text):
            style.hasNumericIdentifiers && !text.isEmpty && text.allSatisfy(\.isNumber)
                ? #"<c r="\#(place)"><v>\#(trimmedZeros(text))</v></c>"# : inline(text, at: place)
        case .integer(let number): #"<c r="\#(place)"><v>\#(number)</v></c>"#
        case .money(let minor): #"<c r="\#(place)"><v>\#(Satang.text(minor))</v></c>"#
        case .date(let date):
            style.isBuddhist || style.hasThaiDigits
                ? inline(OrderTable.dateText(date, style), at: place) : #"<c r="\#(place)" s="\#(Self.dateStyle)"><v>\#(BangkokTime.serial(date))</v></c>"#
        case .error(let word): #"<c r="\#(place)" t="e"><v>\#(word)</v></c>"#
        }
    }

    private func inline(_ text: String, at place: String) -> String {
        #"<c r="\#(place)" t="inlineStr"><is><t xml:space="preserve">\#(Self.escaped(text))</t></is></c>"#
    }

    /// A numeric cell keeps no leading zero.
    private func trimmedZeros(_ digits: String) -> String {
        let trimmed = digits.drop { $0 == "0" }
        return trimmed.isEmpty ? "0" : String(trimmed)
    }

    private func part(_ xml: String) -> Data { Data((#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"# + "\n" + xml).utf8) }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }

    /// `A`, `Z`, `AA`.
    private static func name(ofColumn index: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(65 + index % 26)))
        return index < 26 ? letter : name(ofColumn: index / 26 - 1) + letter
    }

    private static let office = "http://schemas.openxmlformats.org/officeDocument/2006"
    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    private static func relations(_ targets: [(type: String, path: String)]) -> String {
        let items = targets.enumerated().map { #"<Relationship Id="rId\#($0 + 1)" Type="\#(office)/relationships/\#($1.type)" Target="\#($1.path)"/>"# }
        return #"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\#(items.joined())</Relationships>"#
    }

    private static let types: String = {
        let spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        let parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/worksheets/sheet1.xml", "worksheet"), ("/xl/styles.xml", "styles")]
        return #"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#
            + #"<Default Extension="xml" ContentType="application/xml"/>"#
            + parts.map { #"<Override PartName="\#($0.0)" ContentType="\#(spreadsheet).\#($0.1)+xml"/>"# }.joined()
    }()

    /// Cell format 0 is general, 1 is a date with a time (number format 22).
    private static let styles = #"<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>"#
        + #"<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs>"#
}
