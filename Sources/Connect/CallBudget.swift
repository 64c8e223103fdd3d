package import Domain
import Synchronization

/// A channel's allowance of calls: a token bucket and a bound on calls at once. Waiting callers keep their order.
package final class CallBudget: Sendable {
    private struct State {
        var tokens: Double, filledAt: Timestamp, running = 0
        var heldUntil: Timestamp?
    }
    private let budget: Budget
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>
    static let longestWait = Duration.seconds(30)
    static let slotPoll = Duration.milliseconds(5)

    package init(_ budget: Budget, now: @escaping @Sendable () -> Timestamp) {
        self.budget = budget
        self.now = now
        state = Mutex(State(tokens: Double(budget.burst), filledAt: now()))
    }

    /// Runs `body` when the budget allows it.
    ///
    /// - Throws: `.throttled` when its turn would come later than `longestWait`: the job goes back to its queue instead of blocking a slot.
    package func spend<T: Sendable>(_ body: () async throws(ConnectorError) -> T) async throws(ConnectorError) -> T {
        var waited = Duration.zero
        while let pause = claim() {
            waited += pause
            if waited > Self.longestWait { throw .throttled(until: now() + pause) }
            do { try await Task.sleep(for: pause) } catch { throw .unreachable(reason: "the call was stopped before it began") }
        }
        defer { state.withLock { $0.running -= 1 } }
        return try await body()
    }

    /// nil: a token and a slot were taken. Otherwise how long to wait before asking again.
    private func claim() -> Duration? {
        let now = now()
        return state.withLock { state in
            let elapsed = max(0, Double(now.milliseconds - state.filledAt.milliseconds) / 1000)
            state.tokens = min(Double(budget.burst), state.tokens + elapsed * budget.callsPerSecond)
            state.filledAt = now
            guard state.running < budget.concurrency else { return Self.slotPoll }
            guard state.tokens >= 1 else { return .milliseconds(max(1, Int64((1 - state.tokens) / budget.callsPerSecond * 1000))) }
            state.tokens -= 1
            state.running += 1
            return nil
        }
    }
}
