import Foundation
import Glibc
import GRDBSQLite
import Logging

/// An open SQLite file: its lock, its connections, and the thread that checkpoints it.
struct SQLiteFile: Sendable {
    let path: String
    let lock: FileLock
    let writer: SQLiteConnection
    let readers: [SQLiteConnection]
    let checkpointConnection: SQLiteConnection
    let log = WriteAheadLog()
    let pageBytes: Int

    /// Takes the file, checks that commits are durable, and migrates. Blocks.
    init(path: String, migrator: Migrator, options: DatabaseOptions) throws {
        let path = Self.realPath(path)
        self.path = path
        lock = try FileLock(databasePath: path)
        writer = try SQLiteConnection(path: path, readOnly: false, options: options)
        try writer.makeDurableWriter(pageBytes: options.pageBytes, log: log)
        pageBytes = try writer.first("PRAGMA page_size") { try $0.int(0) } ?? options.pageBytes
        try writer.script("PRAGMA foreign_keys = OFF")  // a rebuilt table must not cascade; the migrator checks at its end
        try migrator.migrate(writer)
        try writer.script("PRAGMA foreign_keys = ON")
        try Self.reserveLog(path + "-wal", bytes: options.reservedLogBytes)
        var small = options
        small.cacheBytes = options.readerCacheBytes
        checkpointConnection = try SQLiteConnection(path: path, readOnly: false, options: small)
        try checkpointConnection.script("PRAGMA synchronous = FULL")
        readers = try (0..<max(1, options.readers)).map { _ in try SQLiteConnection(path: path, readOnly: true, options: options) }
    }

    /// Zeros behind the log's last frame: SQLite reads a log up to its first invalid frame and writes over what lies behind. No other descriptor's locks hang on
    /// the log file, so it may be opened and closed here; nothing writes yet. A full disk is no reason not to start.
    private static func reserveLog(_ path: String, bytes: Int) throws {
        guard bytes > 0 else { return }
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        var size = Int(status.st_size)
        while size < bytes {
            let written = pwrite(descriptor, zeros, min(zeros.count, bytes - size), off_t(size))
            guard written > 0 else {
                ftruncate(descriptor, status.st_size)
                return
            }
            size += written
        }
        fdatasync(descriptor)
    }

    /// After every thread has ended: empties the log into the file and gives the file back. Blocks.
    func close() {
        // Whatever the last checkpoint cannot do, the next start does.
        _ = try? checkpointConnection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE, busyMilliseconds: 1_000)
        checkpointConnection.close()
        lock.release()
    }

    /// One name for one file, whichever link it is opened by, or the lock would not hold.
    private static func realPath(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else {
            let url = URL(filePath: path)
            guard let folder = realpath(url.deletingLastPathComponent().path(percentEncoded: false), nil) else { return path }
            defer { free(folder) }
            return String(cString: folder) + "/" + url.lastPathComponent
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Writes a consistent copy to `target`, which must not exist, while work goes on. Blocks.
    static func backup(_ path: String, to target: String, options: DatabaseOptions) throws {
        guard access(target, F_OK) != 0 else { throw DatabaseError.other(code: "exists", message: "\(target) exists already") }
        let partial = target + ".partial"
        unlink(partial)
        defer { unlink(partial) }
        var options = options
        options.statementSeconds = 24 * 3600
        let connection = try SQLiteConnection(path: path, readOnly: true, options: options)
        defer { connection.close() }
        _ = try connection.run("VACUUM INTO \(partial)")
        try flush(partial)
        guard rename(partial, target) == 0 else { throw DatabaseError.ioFailure(code: errno) }
        try flush(URL(filePath: target).deletingLastPathComponent().path(percentEncoded: false))
    }

    /// SQLite does not flush the copy that VACUUM INTO makes.
    private static func flush(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DatabaseError.ioFailure(code: errno) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw errno == ENOSPC ? DatabaseError.diskFull : DatabaseError.ioFailure(code: errno) }
    }
}
