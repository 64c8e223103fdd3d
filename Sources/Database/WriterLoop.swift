import Foundation

/// Group commit: the closures that wait at the same moment share one transaction and one flush to disk.
///
/// Each closure of a shared transaction has its own savepoint, so one that throws leaves its neighbours alone.
/// Callers are resumed after the commit and never before.
struct WriterLoop: Sendable {
    let queue: WorkQueue
    let counters: Counters
    let options: DatabaseOptions

    /// Runs until the queue is closed and empty, then closes the connection.
    func run(on connection: any WriteConnection) {
        while let batch = queue.next(atMost: options.maximumBatch) {
            queue.putBack(commit(batch[...], on: connection))
            connection.rest()
        }
        connection.close()
    }

    /// Commits as many closures from the front as its time allows, and returns the others.
    private func commit(_ closures: ArraySlice<PendingWork>, on connection: any WriteConnection) -> ArraySlice<PendingWork> {
        var batch = closures
        var attempt = 1
        while true {
            do {
                let done = try runOnce(batch, on: connection)
                for work in done { work.finish() }
                return closures[done.endIndex...]
            } catch {
                connection.rollback()
                guard Self.isWorthAnotherAttempt(error), attempt < options.maximumAttempts else {
                    counters.failed(closures: batch.count)
                    for work in batch { work.finish(error) }
                    return closures[batch.endIndex...]
                }
                // Smaller transactions meet fewer others.
                if error == .retry, attempt > 1 { batch = batch.prefix(max(1, batch.count / 4)) }
                Thread.sleep(forTimeInterval: Self.pause(before: attempt))
                attempt += 1
            }
        }
    }

    /// - Returns: the closures that were committed, or failed by themselves.
    /// - Throws: when the transaction as a whole was not committed.
    private func runOnce(_ batch: ArraySlice<PendingWork>, on connection: any WriteConnection) throws(DatabaseError) -> ArraySlice<PendingWork> {
        let isShared = batch.count > 1
        let start = ContinuousClock.now
        var end = batch.startIndex
        do {
            try connection.begin()
            for work in batch {
                if end > batch.startIndex, ContinuousClock.now - start > options.maximumBatchTime { break }
                if isShared { try connection.beginClosure() }
                connection.failedStatement = nil
                work.attempt(connection)
                if let lost = connection.lostTransaction { throw lost }
                // A failed statement fails the closure even when the closure went on after it.
                if work.failure == nil { work.failure = connection.failedStatement }
                if isShared {
                    if work.failure == nil { try connection.endClosure() } else { try connection.undoClosure() }
                }
                end += 1
            }
            let done = batch[..<end]
            if !isShared, batch.first?.failure != nil {
                connection.rollback()
            } else {
                try connection.commit()
            }
            counters.committed(done)
            return done
        } catch {
            throw error as? DatabaseError ?? .other(code: "unexpected", message: "\(type(of: error))")
        }
    }

    private static func isWorthAnotherAttempt(_ error: DatabaseError) -> Bool {
        switch error {
        case .retry, .unreachable: true
        default: false
        }
    }

    /// Seconds, doubling from 5 ms to 320 ms, with jitter.
    private static func pause(before attempt: Int) -> Double {
        0.005 * Double(1 << min(attempt - 1, 6)) * Double.random(in: 0.5...1.5)
    }
}

/// Runs read closures one after another, each on a snapshot of its own.
struct ReaderLoop: Sendable {
    let queue: WorkQueue
    let counters: Counters

    func run(on connection: any ReadConnection) {
        while let work = queue.next(atMost: 1)?.first {
            var failure = read(work, on: connection)
            if failure != nil, connection.isWorthAnotherRead { failure = read(work, on: connection) }
            counters.read()
            work.finish(failure)
        }
        connection.close()
    }

    private func read(_ work: PendingWork, on connection: any ReadConnection) -> (any Error)? {
        do {
            try connection.beginRead()
            work.attempt(connection)
            connection.endRead()
            return work.failure
        } catch {
            return error
        }
    }
}
