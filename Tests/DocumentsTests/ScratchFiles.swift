@testable import Documents
import Foundation
import Testing

/// A folder of its own for one test, gone with the value.
final class ScratchFiles {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "documents-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        // A scratch folder that stays behind harms no test.
        try? FileManager.default.removeItem(atPath: folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } }

    func write(_ bytes: [UInt8], as name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: path(name)))
        return path(name)
    }

    func write(_ text: String, as name: String = "orders.csv") throws -> String { try write(Array(text.utf8), as: name) }

    func zip(_ parts: KeyValuePairs<String, String>, as name: String = "orders.xlsx") throws -> String {
        let writer = try ZipWriter(path: path(name))
        for (part, text) in parts { try writer.add(part, Array(text.utf8)) }
        try writer.finish()
        return path(name)
    }
}

/// Workbooks put together by hand, part by part.
enum HandMade {
    static let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
    static let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    static let root = relationships(["r1": ("officeDocument", "xl/workbook.xml")])
    static let workbook = workbook(sheets: "<sheet name=\"Orders\" sheetId=\"1\" r:id=\"s1\"/>")

    static func workbook(sheets: String, properties: String = "") -> String {
        "<workbook \(main) xmlns:r=\"\(relations)\">\(properties)<sheets>\(sheets)</sheets></workbook>"
    }

    static func relationships(_ entries: KeyValuePairs<String, (kind: String, target: String)>) -> String {
        let list = entries.map { id,
            entry in "<Relationship Id=\"\(id)\" Type=\"\(relations)/\(entry.kind)\" Target=\"\(entry.target)\"/>" }
        return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\(list.joined())</Relationships>"
    }

    static func sheet(_ rows: String,
        after: String = "") -> String { "<worksheet \(main)><sheetData>\(rows)</sheetData>\(after)</worksheet>" }

    /// One sheet with these rows; shared texts and styles as XML of their parts' contents.
    static func workbook(_ files: ScratchFiles, rows: String, after: String = "", texts: String? = nil, styles: String? = nil,
        properties: String = "") throws -> String {
        try files.zip([
            "_rels/.rels": root,
            "xl/workbook.xml": workbook(sheets: "<sheet name=\"Orders\" sheetId=\"1\" r:id=\"s1\"/>", properties: properties),
            "xl/_rels/workbook.xml.rels": relationships([
                "s1": ("worksheet", "worksheets/sheet1.xml"), "t1": ("sharedStrings", "sharedStrings.xml"), "y1": ("styles", "styles.xml"),
            ]),
            "xl/worksheets/sheet1.xml": sheet(rows, after: after),
            "xl/sharedStrings.xml": "<sst \(main)>\(texts ?? "")</sst>",
            "xl/styles.xml": "<styleSheet \(main)>\(styles ?? "")</styleSheet>",
        ])
    }
}

extension RowSource {
    func allRows() throws -> [TableRow] {
        var rows: [TableRow] = []
        try forEachRow { rows.append($0) }
        return rows
    }
}

/// The problem that `work` stops with; fails the test when it does not stop with one.
func problem(_ work: () throws -> Void, _ location: SourceLocation = #_sourceLocation) -> FileProblem? {
    #expect(throws: FileProblem.self, sourceLocation: location) { try work() }
}
