import Dispatch
import GRDBSQLite
import Logging
import Synchronization

/// Copies the write-ahead log into the file beside the commits, because SQLite's own checkpoint stalls a commit for 30 to 100 ms.
///
/// A passive checkpoint copies while the writer goes on, but SQLite flushes the file only when it has caught up with the writer,
/// which under load is never: hence the flush of our own after each. A log that has grown over `restartBytes` is started afresh
/// by the writer itself between two transactions, when all but the last few pages are copied and flushed already.
final class Checkpointer: Sendable {
    private let file: SQLiteFile
    private let options: DatabaseOptions
    private let counters: Counters
    private let logger: Logger
    private let stop = DispatchSemaphore(value: 0)
    /// Rounds that bring the copy close to the writer before the log is started afresh.
    private static let catchUpRounds = 6
    private static let catchUpBytes = 2 << 20

    init(file: SQLiteFile, options: DatabaseOptions, counters: Counters, logger: Logger) {
        self.file = file
        self.options = options
        self.counters = counters
        self.logger = logger
    }

    func end() { stop.signal() }

    /// The background thread: looks at the log every `checkpointInterval` until `end`.
    func run() {
        let (seconds, attoseconds) = options.checkpointInterval.components
        let interval = DispatchTimeInterval.nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
        var copiedPages = 0
        while stop.wait(timeout: .now() + interval) == .timedOut {
            do {
                try look(&copiedPages)
            } catch {
                logger.warning("checkpoint failed", metadata: ["error.code": "\((error as? DatabaseError)?.code ?? "unexpected")"])
            }
        }
    }

    private func look(_ copiedPages: inout Int) throws {
        guard uncopiedBytes(copiedPages) > options.checkpointBytes else { return }
        try copy(&copiedPages)
        let bytes = file.log.pages.load(ordering: .relaxed) * file.pageBytes
        guard bytes > options.restartBytes else { return }
        for _ in 0..<Self.catchUpRounds where uncopiedBytes(copiedPages) > Self.catchUpBytes { try copy(&copiedPages) }
        file.log.restart.store(bytes > options.maximumWALBytes ? .wait : .ifFree, ordering: .relaxed)
    }

    private func copy(_ copiedPages: inout Int) throws {
        guard let result = try file.checkpointConnection.checkpoint(SQLITE_CHECKPOINT_PASSIVE, busyMilliseconds: 0) else { return }
        copiedPages = result.copied
        try file.checkpointConnection.flushFile()
        counters.checkpointed()
    }

    private func uncopiedBytes(_ copiedPages: Int) -> Int {
        let pages = file.log.pages.load(ordering: .relaxed)
        // Fewer pages than were copied: the log was started afresh.
        return (pages < copiedPages ? pages : pages - copiedPages) * file.pageBytes
    }
}
