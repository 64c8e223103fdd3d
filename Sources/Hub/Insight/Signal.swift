import Synchronization

/// Wakes one waiting loop. A wake that comes while nobody waits is remembered, so none is lost between a look and a wait.
package final class Signal: Sendable {
    private struct State { var isSet = false, waiter: (id: UInt64, continuation: CheckedContinuation<Void, Never>)?, nextID: UInt64 = 0 }
    private let state = Mutex(State())
    package init() {}

    package func wake() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter else { state.isSet = true; return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Returns after a wake, after `limit`, or when the task is cancelled.
    package func wait(atMost limit: Duration) async {
        let id = state.withLock { state -> UInt64 in state.nextID += 1; return state.nextID }
        let timer = Task { try? await Task.sleep(for: limit); self.release(id) }      // an early end of the sleep only means that the wait is over
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.withLock { state -> Bool in
                    if state.isSet || Task.isCancelled { state.isSet = false; return true }
                    state.waiter = (id, continuation)
                    return false
                }
                if now { continuation.resume() }
            }
        } onCancel: { release(id) }
        timer.cancel()
    }

    private func release(_ id: UInt64) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter, waiter.id == id else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }
}
