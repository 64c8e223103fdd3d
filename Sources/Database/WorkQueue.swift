import Dispatch
import Synchronization

/// The bounded line in front of one or more worker threads.
final class WorkQueue: Sendable {
    private struct State {
        var pending: [PendingWork] = []
        var sleepers = 0
        var isClosed = false
    }
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// - Throws: `.overloaded` when the line is full, `.closed` after `close`.
    func append(_ work: PendingWork) throws(DatabaseError) {
        let (refusal, someoneSleeps): (DatabaseError?, Bool) = state.withLock { state in
            if state.isClosed { return (.closed, false) }
            if state.pending.count >= limit { return (.overloaded, false) }
            state.pending.append(work)
            guard state.sleepers > 0 else { return (nil, false) }
            state.sleepers -= 1
            return (nil, true)
        }
        if someoneSleeps { wake.signal() }
        if let refusal { throw refusal }
    }

    /// Work that a batch had no time for goes back to the front, past the limit if need be.
    func putBack(_ work: ArraySlice<PendingWork>) {
        guard !work.isEmpty else { return }
        state.withLock { $0.pending.insert(contentsOf: work, at: 0) }
    }

    /// Blocks the calling worker thread until there is work; `nil` once the line is closed and empty.
    func next(atMost maximum: Int) -> [PendingWork]? {
        while true {
            let (batch, isClosed): ([PendingWork], Bool) = state.withLock { state in
                guard !state.pending.isEmpty else {
                    if !state.isClosed { state.sleepers += 1 }
                    return ([], state.isClosed)
                }
                if state.pending.count <= maximum {
                    let all = state.pending
                    state.pending = []
                    return (all, state.isClosed)
                }
                let first = Array(state.pending.prefix(maximum))
                state.pending.removeFirst(maximum)
                return (first, state.isClosed)
            }
            if !batch.isEmpty { return batch }
            if isClosed { return nil }
            wake.wait()
        }
    }

    /// Takes no more work; what waits is still handed out.
    func close() {
        let sleepers = state.withLock { state in
            state.isClosed = true
            defer { state.sleepers = 0 }
            return state.sleepers
        }
        for _ in 0..<sleepers { wake.signal() }
    }

    var depth: (count: Int, oldest: ContinuousClock.Instant?) {
        state.withLock { ($0.pending.count, $0.pending.first?.since) }
    }
}
