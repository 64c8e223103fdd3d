/// Which cell styles show their number as a date or a time of day.
struct DateStyles {
    /// By the cell's style number.
    private let isDate: [Bool]

    init(_ part: ZipArchive.Part?, in archive: ZipArchive) throws {
        let reader = StyleReader()
        if let part { try archive.parse(part, reader) }
        isDate = reader.formats.map { id in reader.custom[id].map(Self.isDate(format:)) ?? Self.isDate(builtIn: id) }
    }

    func isDate(style: Int) -> Bool { style >= 0 && style < isDate.count && isDate[style] }

    /// 14-22 and 45-47 are dates everywhere; 27-36 and 50-58 in East Asian, 71-81 in Thai workbooks (ECMA-376 part 1, 18.8.30).
    static func isDate(builtIn id: Int) -> Bool {
        switch id {
        case 14...22, 27...36, 45...47, 50...58, 71...81: true
        default: false
        }
    }

    /// A format shows a date when a y, m, d, h or s (or b, the Buddhist year) stands in it outside of quotes, escapes and brackets.
    /// `[h]`, `[mm]`, `[ss]` count elapsed time; `[Red]`, `[$-409]` do not count.
    static func isDate(format: String) -> Bool {
        if format.lowercased() == "general" { return false }
        var bytes = Array(format.lowercased().utf8)[...]
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: ";"): return false
            case UInt8(ascii: "\\"), UInt8(ascii: "_"), UInt8(ascii: "*"): _ = bytes.popFirst()
            case UInt8(ascii: "\""): bytes = bytes.drop { $0 != UInt8(ascii: "\"") }.dropFirst()
            case UInt8(ascii: "["):
                let inside = bytes.prefix { $0 != UInt8(ascii: "]") }
                if let first = inside.first, "hms".utf8.contains(first), inside.allSatisfy({ $0 == first }) { return true }
                bytes = bytes.dropFirst(inside.count + 1)
            default: if "ymdhsb".utf8.contains(byte) { return true }
            }
        }
        return false
    }
}

private final class StyleReader: XMLEvents {
    private static let maximumStyles = 100_000

    var custom: [Int: String] = [:]
    /// Number format of each cell style.
    var formats: [Int] = []
    private var isInCellStyles = false

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name == "cellXfs" {
            isInCellStyles = true
        } else if name == "xf", isInCellStyles, formats.count < Self.maximumStyles {
            formats.append(attributes["numFmtId"].flatMap { Int($0) } ?? 0)
        } else if name == "numFmt", custom.count < Self.maximumStyles, let id = attributes["numFmtId"].flatMap({ Int($0) }) {
            custom[id] = attributes["formatCode"] ?? ""
        }
    }

    func end(_ name: XMLName) {
        if name == "cellXfs" { isInCellStyles = false }
    }
}
