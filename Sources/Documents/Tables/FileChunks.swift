import Foundation

/// A file read from its beginning in pieces, never whole.
final class FileChunks {
    static let chunkBytes = 64 << 10

    let totalBytes: Int
    private(set) var bytesRead = 0
    private let handle: FileHandle

    /// - Throws: `FileProblem.unreadable`, `.empty`, or `.tooLarge`.
    init(path: String, limits: TableLimits) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileProblem.unreadable(reason: "there is no such file")
        }
        guard !isFolder.boolValue else { throw FileProblem.unreadable(reason: "it is a folder") }
        guard let handle = FileHandle(forReadingAtPath: path) else { throw FileProblem.unreadable(reason: "it may not be opened") }
        self.handle = handle
        do {
            totalBytes = Int(try handle.seekToEnd())
            try handle.seek(toOffset: 0)
        } catch {
            throw FileProblem.unreadable(reason: "it is not an ordinary file")
        }
        guard totalBytes > 0 else { throw FileProblem.empty }
        guard totalBytes <= limits.maximumFileBytes else { throw FileProblem.tooLarge(limitBytes: limits.maximumFileBytes) }
    }

    deinit {
        // Nothing was written, so a failing close loses nothing.
        try? handle.close()
    }

    /// The next bytes, nil at the end.
    func next(upTo count: Int = FileChunks.chunkBytes) throws -> Data? {
        do {
            guard let data = try handle.read(upToCount: count), !data.isEmpty else { return nil }
            bytesRead += data.count
            return data
        } catch {
            throw FileProblem.unreadable(reason: "the disk reported an error after \(bytesRead) bytes")
        }
    }
}
