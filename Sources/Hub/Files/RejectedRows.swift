import Documents
import Foundation
import Synchronization

/// The rows of rejected orders as a csv: the file's own columns and cells, and one more that says why. Corrected, it can be sent again.
final class RejectedRows: Sendable {
    static let reasonHeader = "crossdock: why"
    private let path: String
    private let header: [String]
    private let writer = Mutex<CSVWriter?>(nil)

    init(path: String, header: TableRow) { self.path = path; self.header = header.texts }

    func append(_ order: AssembledOrder) throws {
        try writer.withLock { writer in
            if writer == nil {
                writer = try CSVWriter(path: path)
                try writer?.append(header + [Self.reasonHeader])
            }
            let problems = order.problems.filter(\.isRejection)
            let elsewhere = problems.first.map { "another row of the order (row \($0.row)): \($0.message)" } ?? ""
            for row in order.rows {
                var texts = row.texts
                texts = Array(texts.prefix(header.count)) + Array(repeating: "", count: max(0, header.count - texts.count))
                let own = problems.filter { $0.row == row.number }.map { "\($0.cell.map { "\($0): " } ?? "")\($0.message) \($0.remedy)" }
                try writer?.append(texts + [own.isEmpty ? elsewhere : own.joined(separator: " ")])
            }
        }
    }

    func finish() throws { try writer.withLock { try $0?.finish() } }

    func discard() {
        writer.withLock { $0 = nil }
        // Only what was begun is gone; the import is repeated whole.
        try? FileManager.default.removeItem(atPath: path)
    }
}
