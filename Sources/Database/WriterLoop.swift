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
            do throws(LostBatch) {
                let done = try runOnce(batch, on: connection)
                for work in done { work.finish() }
                return closures[done.endIndex...]
            } catch {
                connection.rollback()
                switch Remedy(for: error) {
                case .again where attempt < options.maximumAttempts:
                    // Smaller transactions meet fewer others.
                    if error.cause == .retry, attempt > 1 { batch = batch.prefix(max(1, batch.count / 4)) }
                    Thread.sleep(forTimeInterval: Self.pause(before: attempt))
                    attempt += 1
                case .without(let culprit):
                    fail(closures[culprit...culprit], error.cause)
                    return closures[..<culprit] + closures[(culprit + 1)...]
                case .again, .none:
                    fail(batch, error.cause)
                    return closures[batch.endIndex...]
                }
            }
        }
    }

    private func fail(_ closures: ArraySlice<PendingWork>, _ error: DatabaseError) {
        counters.failed(closures: closures.count)
        for work in closures { work.finish(error) }
    }

    /// - Returns: the closures that were committed, or failed by themselves.
    private func runOnce(_ batch: ArraySlice<PendingWork>, on connection: any WriteConnection) throws(LostBatch) -> ArraySlice<PendingWork> {
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
                if let lost = connection.lostTransaction { throw LostBatch(cause: lost, culprit: end) }
                // A failed statement fails the closure even when the closure went on after it.
                if work.failure == nil { work.failure = connection.failedStatement }
                if isShared {
                    if work.failure == nil { try connection.endClosure() } else { try connection.undoClosure() }
                }
                end += 1
            }
            let done = batch[..<end]
            if !isShared, done.first?.failure != nil {
                connection.rollback()
                counters.failed(closures: 1)
            } else {
                try connection.commit()
                counters.committed(done)
            }
            return done
        } catch let lost as LostBatch {
            throw lost
        } catch {
            throw LostBatch(cause: error as? DatabaseError ?? .other(code: "unexpected", message: "\(type(of: error))"), culprit: nil)
        }
    }

    /// Seconds, doubling from 5 ms to 320 ms, with jitter.
    private static func pause(before attempt: Int) -> Double {
        0.005 * Double(1 << min(attempt - 1, 6)) * Double.random(in: 0.5...1.5)
    }
}

/// A transaction that was not committed as a whole.
private struct LostBatch: Error {
    var cause: DatabaseError
    /// The closure during which it was lost; `nil` for BEGIN and COMMIT.
    var culprit: Int?
}

private enum Remedy {
    case again, none
    /// The engine dropped the transaction because of one closure (SQLite does, when it stops an endless statement).
    case without(Int)

    init(for lost: LostBatch) {
        switch lost.cause {
        case .retry, .unreachable: self = .again
        case .diskFull, .ioFailure, .connectionLost, .notDurable: self = .none
        default: self = lost.culprit.map(Remedy.without) ?? .none
        }
    }
}
