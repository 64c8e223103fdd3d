import CZip
import Foundation

/// Makes a zip container. Nothing is at `path` before `finish`, and then all of it is.
final class ZipWriter {
    /// 1 January 2000, 00:00 UTC: the same contents make the same file.
    private static let fixedTime = time_t(946_684_800)

    private var handle: OpaquePointer?

    init(path: String) throws {
        var code: Int32 = 0
        handle = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code)
        guard handle != nil else { throw FileProblem.unwritable(reason: "the file could not be created") }
    }

    deinit { if let handle { zip_discard(handle) } }

    /// Adds a part with these contents.
    func add(_ name: String, _ contents: [UInt8]) throws {
        // libzip reads the bytes when the container is closed, so it gets a copy that it frees itself.
        guard let handle, let copy = malloc(max(1, contents.count)) else { throw FileProblem.unwritable(reason: "memory is short") }
        contents.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { memcpy(copy, base, bytes.count) }
        }
        guard let source = zip_source_buffer(handle, copy, UInt64(contents.count), 1) else {
            free(copy)
            throw FileProblem.unwritable(reason: "memory is short")
        }
        try add(name, source, to: handle)
    }

    /// Adds a part with the contents of a file, which must stay until `finish`.
    func add(_ name: String, file path: String) throws {
        guard let handle, let source = zip_source_file(handle, path, 0, -1) else { throw FileProblem.unwritable(reason: "memory is short") }
        try add(name, source, to: handle)
    }

    func finish() throws {
        guard let handle else { throw FileProblem.unwritable(reason: "it was already finished") }
        guard zip_close(handle) == 0 else { throw FileProblem.unwritable(reason: String(cString: zip_strerror(handle))) }
        self.handle = nil
    }

    private func add(_ name: String, _ source: OpaquePointer, to handle: OpaquePointer) throws {
        let index = zip_file_add(handle, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(source)
            throw FileProblem.unwritable(reason: String(cString: zip_strerror(handle)))
        }
        zip_file_set_mtime(handle, UInt64(index), Self.fixedTime, 0)
    }
}
