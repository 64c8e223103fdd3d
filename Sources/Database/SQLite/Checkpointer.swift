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

    /// A wait stalls the commits, so while a long read holds the log it is tried seldom.
    private static let pauseBetweenWaits = Duration.seconds(5)

    /// What the background thread remembers from one look to the next.
    private struct Progress {
        var copiedPages = 0
        var lastWait: ContinuousClock.Instant?
    }

    init(file: SQLiteFile, options: DatabaseOptions, counters: Counters, logger: Logger) {
        self.file = file
        self.options = options
        self.counters = counters
        self.logger = logger
    }

    func end() { stop.signal() }

    /// The background thread: looks at the log every `checkpointInterval` until `end`.
    func run() {
        var progress = Progress()
        var isBusy = false
        while stop.wait(timeout: .now() + (isBusy ? Self.busyInterval : options.checkpointInterval.dispatchInterval)) == .timedOut {
            do {
                isBusy = try look(&progress)
            } catch {
                isBusy = false
                logger.warning("checkpoint failed", metadata: ["error.code": "\((error as? DatabaseError)?.code ?? "unexpected")"])
            }
        }
    }

    /// - Returns: whether pages were copied, so that looking again soon is worth while.
    private func look(_ progress: inout Progress) throws -> Bool {
        guard uncopiedBytes(progress) > options.checkpointBytes else { return false }
        let before = progress.copiedPages
        try copy(&progress)
        let bytes = file.log.pages.load(ordering: .relaxed) * file.pageBytes
        guard bytes > options.restartBytes else { return progress.copiedPages != before }
        for _ in 0..<Self.catchUpRounds where uncopiedBytes(progress) > Self.catchUpBytes && progress.copiedPages != before {
            try copy(&progress)
        }
        if bytes > options.maximumWALBytes, progress.lastWait.map({ ContinuousClock.now - $0 > Self.pauseBetweenWaits }) ?? true {
            progress.lastWait = .now
            file.log.restart.store(.wait, ordering: .relaxed)
        } else if progress.copiedPages != before {
            file.log.restart.store(.ifFree, ordering: .relaxed)
        }
        // Without progress a long read holds the log, and the writer would ask in vain.
        return progress.copiedPages != before
    }

    private func copy(_ progress: inout Progress) throws {
        guard let result = try file.checkpointConnection.checkpoint(SQLITE_CHECKPOINT_PASSIVE, busyMilliseconds: 0) else { return }
        progress.copiedPages = result.copied
        try file.checkpointConnection.flushFile()
        counters.checkpointed()
    }

    private func uncopiedBytes(_ progress: Progress) -> Int {
        let pages = file.log.pages.load(ordering: .relaxed)
        // Fewer pages than were copied: the log was started afresh.
        return (pages < progress.copiedPages ? pages : pages - progress.copiedPages) * file.pageBytes
    }
}

extension Duration {
    fileprivate var dispatchInterval: DispatchTimeInterval {
        .nanoseconds(Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000))
    }
}
