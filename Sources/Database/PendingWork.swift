/// A closure that waits for its turn, together with the caller that waits for its result.
///
/// Unchecked: the caller makes it, the queue's lock hands it to one worker thread, and only that thread touches it afterwards.
class PendingWork: @unchecked Sendable {
    let since = ContinuousClock.now
    /// What the closure threw when it last ran; the worker's note until the commit is done.
    var failure: (any Error)?

    /// Runs the closure and keeps its value. It can be called again after a rollback; the last run counts.
    func attempt(_ transaction: any Transaction) {
        preconditionFailure("a subclass knows the type of the result")
    }

    /// Resumes the caller: with `error`, else with what the closure returned or threw.
    func finish(_ error: (any Error)? = nil) {
        preconditionFailure("a subclass knows the type of the result")
    }
}

final class PendingClosure<T: Sendable>: PendingWork, @unchecked Sendable {  // as above: one thread at a time
    private let body: @Sendable (any Transaction) throws -> T
    private let continuation: CheckedContinuation<T, any Error>
    private var outcome: Result<T, any Error> = .failure(DatabaseError.closed)

    init(body: @escaping @Sendable (any Transaction) throws -> T, continuation: CheckedContinuation<T, any Error>) {
        self.body = body
        self.continuation = continuation
    }

    override func attempt(_ transaction: any Transaction) {
        do {
            outcome = .success(try body(transaction))
            failure = nil
        } catch {
            outcome = .failure(error)
            failure = error
        }
    }

    override func finish(_ error: (any Error)?) {
        if let error = error ?? failure {
            continuation.resume(throwing: error)
        } else {
            continuation.resume(with: outcome)
        }
    }
}
