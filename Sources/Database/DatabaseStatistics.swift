import Synchronization

/// What a database has done since it was opened, and what waits now.
package struct DatabaseStatistics: Sendable, Equatable {
    /// Transactions that reached the disk.
    package var commits = 0
    /// Write closures that ran in them, failed ones included.
    package var closures = 0
    package var failedClosures = 0
    package var reads = 0
    package var largestBatch = 0
    /// SQLite: the write-ahead log's bytes that are not yet reusable.
    package var walBytes = 0
    package var checkpoints = 0
    package var pendingWrites = 0
    package var pendingReads = 0
    package var oldestPendingAge = Duration.zero
}

/// The counters that the worker threads share.
final class Counters: Sendable {
    private let state = Mutex(DatabaseStatistics())

    func committed(_ closures: ArraySlice<PendingWork>) {
        let failed = closures.count { $0.failure != nil }
        state.withLock {
            $0.commits += 1
            $0.closures += closures.count
            $0.failedClosures += failed
            $0.largestBatch = max($0.largestBatch, closures.count)
        }
    }

    func failed(closures: Int) {
        state.withLock {
            $0.closures += closures
            $0.failedClosures += closures
        }
    }

    func read() {
        state.withLock { $0.reads += 1 }
    }

    func checkpointed() {
        state.withLock { $0.checkpoints += 1 }
    }

    var statistics: DatabaseStatistics { state.withLock { $0 } }
}
