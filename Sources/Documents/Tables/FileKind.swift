import Foundation

/// What a file is, by its contents.
package enum FileKind: Hashable, Sendable {
    case xlsx
    case csv(CSVFormat)
}

/// Says what the file at `path` is by looking into it; its name does not matter. Reads the whole file once when it is a text table
/// (only the last byte can tell UTF-8 from Latin-1), a few bytes of it otherwise.
///
/// - Throws: `FileProblem` that names what was found, when it is no table.
package func sniff(_ path: String, limits: TableLimits = TableLimits()) throws -> FileKind {
    let file = try FileChunks(path: path, limits: limits)
    guard let head = try file.next() else { throw FileProblem.empty }
    let bytes = [UInt8](head)
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
        _ = try WorkbookContainer(path: path, limits: limits)
        return .xlsx
    }
    if bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) { throw FileProblem.oldOrProtectedWorkbook }
    if let found = KnownContent.name(of: bytes) { throw FileProblem.notATable(found: found) }
    return .csv(try textFormat(of: file, head: head))
}

private func textFormat(of file: FileChunks, head: Data) throws -> CSVFormat {
    var detection = EncodingDetection()
    head.withUnsafeBytes { detection.add($0.bindMemory(to: UInt8.self)) }
    if detection.markedEncoding == nil || detection.markedEncoding == .utf8 {
        if detection.controlBytes * 50 > detection.totalBytes { throw FileProblem.notATable(found: "a file of binary data") }
        if detection.nulBytes > 0, let position = head.firstIndex(of: 0) {
            throw FileProblem.nulByte(line: head[..<position].count { $0 == 0x0A } + 1)
        }
        while let chunk = try file.next() { chunk.withUnsafeBytes { detection.add($0.bindMemory(to: UInt8.self)) } }
    }
    let (encoding, hasMark, certainty) = detection.result()
    var decoder = TextDecoder(encoding: encoding, hasByteOrderMark: hasMark)
    var sample: [UInt8] = []
    head.withUnsafeBytes { decoder.decode($0.bindMemory(to: UInt8.self), into: &sample) }
    if file.totalBytes == head.count, sample.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { throw FileProblem.empty }
    let cut = DelimiterDetection.detect(in: sample, isWhole: file.totalBytes == head.count)
    return CSVFormat(encoding: encoding, hasByteOrderMark: hasMark, encodingCertainty: certainty,
                     delimiter: cut.delimiter, delimiterCertainty: cut.certainty, hasSeparatorLine: cut.hasSeparatorLine)
}

/// Files that are sent by mistake, known by their first bytes.
private enum KnownContent {
    private static let signatures: [(bytes: [UInt8], name: String)] = [
        (Array("%PDF".utf8), "a PDF document"), (Array("{\\rtf".utf8), "a text document (RTF)"),
        (Array("Rar!".utf8), "a compressed archive (RAR)"), ([0x37, 0x7A, 0xBC, 0xAF], "a compressed archive (7z)"),
        ([0x1F, 0x8B], "a compressed file (gzip)"), (Array("SQLite format 3".utf8), "a database"),
        ([0x89, 0x50, 0x4E, 0x47], "a picture (PNG)"), ([0xFF, 0xD8, 0xFF], "a picture (JPEG)"), (Array("GIF8".utf8), "a picture (GIF)"),
    ]
    private static let markup: [(prefix: String, name: String)] = [
        ("<!doctype html", page), ("<html", page), ("<head", page), ("<body", page), ("<table", page), ("<meta", page),
        ("<?xml", "an XML file"), ("<workbook", "an XML file"),
    ]
    private static let page = "a web page (HTML)"

    static func name(of bytes: [UInt8]) -> String? {
        if let known = signatures.first(where: { bytes.starts(with: $0.bytes) }) { return known.name }
        let body = bytes.starts(with: TextEncoding.utf8.byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        let start = String(decoding: body.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.prefix(64), as: UTF8.self).lowercased()
        if let known = markup.first(where: { start.hasPrefix($0.prefix) }) { return known.name }
        if start.hasPrefix("{\"") || start.hasPrefix("[{") { return "a JSON file" }
        return nil
    }
}
