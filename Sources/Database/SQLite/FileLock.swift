import Glibc
import Synchronization

/// The right to a database file: an advisory lock on `<path>.lock`, which the kernel gives back when the process ends however it ends.
/// The lock file itself stays, because removing it would let two owners in.
package final class FileLock: Sendable {
    private let descriptor: Mutex<Int32>

    /// - Throws: `.fileInUse` with the owner's process id.
    package init(databasePath: String) throws(DatabaseError) {
        let path = databasePath + ".lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let cause = errno
            if cause == ENOSPC || cause == EDQUOT { throw .diskFull }
            throw .other(code: "open_failed", message: "\(path) cannot be opened: \(String(cString: strerror(cause)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = Self.processID(in: descriptor)
            close(descriptor)
            throw .fileInUse(path: databasePath, processID: owner)
        }
        // A full disk must not keep the program from starting: without the number the lock still holds.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
        self.descriptor = Mutex(descriptor)
    }

    private static func processID(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(count), as: UTF8.self).trimmed)
    }

    /// Gives the file back; a second call does nothing.
    package func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            close(descriptor)
            descriptor = -1
        }
    }

    deinit {
        release()
    }
}
