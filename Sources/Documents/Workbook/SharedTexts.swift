import Foundation

/// The workbook's table of texts, which cells point into by number. Kept in memory up to a limit, above it in an unnamed temporary file.
final class SharedTexts {
    private let store: TextStore

    init(_ part: ZipArchive.Part?, in archive: ZipArchive, limits: TableLimits, watch: (Int) -> Void) throws {
        store = TextStore(limits: limits)
        guard let part else { return }
        try archive.parse(part, SharedTextReader(store: store, limits: limits), watch: watch)
    }

    var count: Int { store.count }

    /// nil when there is no such text.
    func text(_ index: Int) throws -> String? { try store.text(index) }
}

/// Joins the runs of each `si`; phonetic readings (`rPh`) are not part of the text.
private final class SharedTextReader: XMLEvents {
    private let store: TextStore
    private let limits: TableLimits
    private var current: [UInt8] = []
    private var phoneticDepth = 0
    private var isInText = false

    init(store: TextStore, limits: TableLimits) {
        self.store = store
        self.limits = limits
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) {
        if name == "t" {
            isInText = phoneticDepth == 0
        } else if name == "rPh" {
            phoneticDepth += 1
        } else if name == "si" {
            current.removeAll(keepingCapacity: true)
        }
    }

    func end(_ name: XMLName) throws {
        if name == "t" {
            isInText = false
        } else if name == "rPh" {
            phoneticDepth -= 1
        } else if name == "si" {
            try store.append(current)
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard isInText else { return }
        current.append(contentsOf: bytes)
        // Where the text stands is not known here: a cell that points to it may come later, or never.
        guard current.count <= limits.maximumSharedTextBytes else {
            throw FileProblem.tooMuchSharedText(limitBytes: limits.maximumSharedTextBytes)
        }
    }
}

/// Texts end to end in one buffer. The part above the memory limit goes to disk in one run and is read back through a small window: cells
/// mostly point to texts in the order in which these were added.
private final class TextStore {
    private static let windowBytes = 256 << 10

    private let limits: TableLimits
    /// Where each text ends, counted over memory and disk.
    private var ends: [UInt32] = []
    private var memory: [UInt8] = []
    private var total = 0
    private var spill: FileHandle?
    private var pending: [UInt8] = []
    private var written = 0
    private var window: [UInt8] = []
    private var windowStart = 0

    init(limits: TableLimits) { self.limits = limits }

    deinit {
        // The file has no name any more; closing frees its space, and a failure leaves nothing behind.
        try? spill?.close()
    }

    var count: Int { ends.count }

    func append(_ text: [UInt8]) throws {
        total += text.count
        // Four bytes for the place of each text count too, or a table of empty texts would be free.
        guard total + 4 * ends.count <= limits.maximumSharedTextBytes else {
            throw FileProblem.tooMuchSharedText(limitBytes: limits.maximumSharedTextBytes)
        }
        ends.append(UInt32(total))
        if spill == nil, pending.isEmpty, memory.count + text.count <= limits.sharedTextMemoryBytes { return memory.append(contentsOf: text) }
        pending.append(contentsOf: text)
        if pending.count >= Self.windowBytes { try flush() }
    }

    func text(_ index: Int) throws -> String? {
        guard ends.indices.contains(index) else { return nil }
        let range = (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
        if range.upperBound <= memory.count { return String(decoding: memory[range], as: UTF8.self) }
        if !pending.isEmpty { try flush() }
        try load(range)
        return String(decoding: window[(range.lowerBound - windowStart)..<(range.upperBound - windowStart)], as: UTF8.self)
    }

    private func flush() throws {
        do {
            let file = try spill ?? Self.unnamedFile()
            spill = file
            try file.seek(toOffset: UInt64(written))
            try file.write(contentsOf: Data(pending))
        } catch {
            throw FileProblem.unwritable(reason: "the temporary folder did not take the workbook's texts")
        }
        written += pending.count
        pending.removeAll(keepingCapacity: true)
    }

    private func load(_ range: Range<Int>) throws {
        guard range.lowerBound < windowStart || range.upperBound > windowStart + window.count else { return }
        do {
            try spill?.seek(toOffset: UInt64(range.lowerBound - memory.count))
            window = [UInt8](try spill?.read(upToCount: max(Self.windowBytes, range.count)) ?? Data())
            windowStart = range.lowerBound
        } catch {
            window = []
        }
        guard range.upperBound <= windowStart + window.count else {
            throw FileProblem.unreadable(reason: "the temporary folder lost the workbook's texts")
        }
    }

    private static func unnamedFile() throws -> FileHandle {
        let url = FileManager.default.temporaryDirectory.appending(path: "texts-\(UUID().uuidString)")
        try Data().write(to: url, options: .withoutOverwriting)
        defer {
            // Gone by name at once, so that nothing is left behind by a crash; if that fails the file is merely not yet unnamed.
            try? FileManager.default.removeItem(at: url)
        }
        return try FileHandle(forUpdating: url)
    }
}
