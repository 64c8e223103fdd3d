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
    /// Under load it copies little and often: a commit's flush waits behind the flush of a large copy.
    private static let busyInterval = DispatchTimeInterval.milliseconds(10)

    init(file: SQLiteFile, options: DatabaseOptions, counters: Counters, logger: Logger) {
        self.file = file
        self.options = options
        self.counters = counters
        self.logger = logger
    }

    func end() { stop.signal() }

    /// The background thread: looks at the log every `checkpointInterval` until `end`.
    func run() {
        var copiedPages = 0
        var isBusy = false
        while stop.wait(timeout: .now() + (isBusy ? Self.busyInterval : options.checkpointInterval.dispatchInterval)) == .timedOut {
            do {
                isBusy = try look(&copiedPages)
            } catch {
                isBusy = false
                logger.warning("checkpoint failed", metadata: ["error.code": "\((error as? DatabaseError)?.code ?? "unexpected")"])
            }
        }
    }

    /// - Returns: whether there was something to copy.
    private func look(_ copiedPages: inout Int) throws -> Bool {
        guard uncopiedBytes(copiedPages) > options.checkpointBytes else { return false }
        try copy(&copiedPages)
        let bytes = file.log.pages.load(ordering: .relaxed) * file.pageBytes
        guard bytes > options.restartBytes else { return true }
        for _ in 0..<Self.catchUpRounds where uncopiedBytes(copiedPages) > Self.catchUpBytes { try copy(&copiedPages) }
        file.log.restart.store(bytes > options.maximumWALBytes ? .wait : .ifFree, ordering: .relaxed)
        return true
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

extension Duration {
    fileprivate var dispatchInterval: DispatchTimeInterval {
        .nanoseconds(Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000))
    }
}
