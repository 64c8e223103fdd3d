import Foundation

/// Writes a text table row by row. Texts that a spreadsheet program would run as a formula are made harmless (`FormulaGuard`).
///
/// The file at `path` is replaced; write to a temporary name and move it when a reader must never see half of it.
package final class CSVWriter {
    private static let bufferBytes = 64 << 10

    private let handle: FileHandle
    private let delimiter: UInt8
    private var buffer: [UInt8] = []
    private var isOpen = true

    /// - Parameter byteOrderMark: true makes spreadsheet programs read Thai and accents right; other programs may not expect it.
    package init(path: String, delimiter: CSVFormat.Delimiter = .comma, byteOrderMark: Bool = true) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else {
            throw FileProblem.unwritable(reason: "the file could not be created")
        }
        self.handle = handle
        self.delimiter = delimiter.byte
        if byteOrderMark { buffer = TextEncoding.utf8.byteOrderMark }
    }

    deinit {
        // Only a writer that was given up is still open here; its file is not used.
        if isOpen { try? handle.close() }
    }

    package func append(_ fields: [String]) throws {
        for (index, field) in fields.enumerated() {
            if index > 0 { buffer.append(delimiter) }
            append(field)
        }
        buffer.append(contentsOf: [0x0D, 0x0A])
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Values as one would type them; dates as `2026-03-01 09:30:00`.
    package func append(_ values: [CellValue]) throws {
        try append(values.map { $0.plainText ?? "" })
    }

    /// Writes what is left, waits until it is on disk, and closes. Without it the file is not complete.
    package func finish() throws {
        try flush()
        do {
            try handle.synchronize()
            isOpen = false
            try handle.close()
        } catch {
            throw FileProblem.unwritable(reason: "the disk did not take it")
        }
    }

    private func append(_ field: String) {
        let text = FormulaGuard.added(to: field)
        let needsQuotes = text.utf8.contains { $0 == delimiter || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D }
            || text.utf8.first == 0x20 || text.utf8.last == 0x20
        guard needsQuotes else { return buffer.append(contentsOf: text.utf8) }
        buffer.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { buffer.append(byte) }
            buffer.append(byte)
        }
        buffer.append(UInt8(ascii: "\""))
    }

    private func flush() throws {
        guard isOpen else { throw FileProblem.unwritable(reason: "it was already finished") }
        do { try handle.write(contentsOf: Data(buffer)) } catch { throw FileProblem.unwritable(reason: "the disk did not take it") }
        buffer.removeAll(keepingCapacity: true)
    }
}
