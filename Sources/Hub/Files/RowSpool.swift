import Documents
import Foundation

/// Rows of a file, parsed once and put aside in a temporary file, with an index by order number.
///
/// Memory: 16 bytes a row and about 100 bytes an order, whatever the rows hold; 100,000 rows cost under 15 MB, a full sheet of a
/// million under 120 MB. Rows of one order are read back together, wherever they stood.
final class RowSpool {
    static let bufferBytes = 256 << 10

    private struct Entry { var order: Int32, length: Int32, offset: Int64 }

    private let path: String
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private var written: Int64 = 0
    private var entries: [Entry] = []
    private var orders: [String: Int32] = [:]
    private var position = 0
    private(set) var orderCount = 0
    private(set) var exampleCount = 0
    private var page: (start: Int64, bytes: [UInt8]) = (0, [])

    init(folder: String) throws {
        path = folder + "/rows-" + UUID().uuidString
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]), let handle = FileHandle(forUpdatingAtPath: path) else {
            throw FileProblem.unwritable(reason: "the folder for imports takes no file")
        }
        self.handle = handle
    }

    deinit {
        // Scrap: a file that stays behind is swept at the next import.
        try? handle.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    var rowCount: Int { entries.count }

    /// - Parameter number: nil makes the row an order of its own (it has no number and will be rejected).
    func append(_ row: TableRow, number: String?) throws {
        let order: Int32
        if let number, let known = orders[number] { order = known } else {
            order = Int32(orderCount)
            orderCount += 1
            if let number {
                orders[number] = order
                if number.hasPrefix(TemplateExample.prefix) { exampleCount += 1 }
            }
        }
        let start = buffer.count
        SpooledRow.encode(row, into: &buffer)
        entries.append(Entry(order: order, length: Int32(buffer.count - start), offset: written + Int64(start)))
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Nothing more comes; orders can be read, in the order of their first rows.
    func seal() throws {
        try flush()
        buffer = []
        orders = [:]
        entries.sort { ($0.order, $0.offset) < ($1.order, $1.offset) }
    }

    /// Back to the first order.
    func rewind() { position = 0 }

    /// The rows of the next order; of those beyond `limit` only the count is known.
    func nextOrder(limit: Int) throws -> (rows: [TableRow], count: Int)? {
        guard position < entries.count else { return nil }
        let order = entries[position].order
        var rows: [TableRow] = [], count = 0
        while position < entries.count, entries[position].order == order {
            if count < limit { rows.append(try read(entries[position])) }
            count += 1
            position += 1
        }
        return (rows, count)
    }

    private func read(_ entry: Entry) throws -> TableRow {
        let end = entry.offset + Int64(entry.length)
        if entry.offset < page.start || end > page.start + Int64(page.bytes.count) {
            do {
                try handle.seek(toOffset: UInt64(entry.offset))
                page = (entry.offset, [UInt8](try handle.read(upToCount: max(Self.bufferBytes, Int(entry.length))) ?? Data()))
            } catch { throw FileProblem.unreadable(reason: "the rows put aside could not be read back") }
        }
        let from = Int(entry.offset - page.start)
        guard from + Int(entry.length) <= page.bytes.count, let row = SpooledRow.decode(page.bytes[from..<from + Int(entry.length)]) else {
            throw FileProblem.unreadable(reason: "the rows put aside could not be read back")
        }
        return row
    }

    private func flush() throws {
        do { try handle.write(contentsOf: Data(buffer)) } catch { throw FileProblem.unwritable(reason: "the disk did not take the rows") }
        written += Int64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }
}

/// The example order of our templates, which people forget to delete.
enum TemplateExample { static let prefix = "EXAMPLE-" }
