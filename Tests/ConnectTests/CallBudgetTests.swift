@testable import Connect
import Domain
import Synchronization
import Testing

@Suite struct CallBudgetTests {
    /// A clock that a test sets; each look at it may move it on.
    final class ManualClock: Sendable {
        private let time = Mutex(Timestamp(seconds: 1_000))
        private let step: Duration
        init(step: Duration = .zero) { self.step = step }
        var now: Timestamp { time.withLock { let seen = $0; $0 = $0 + step; return seen } }
        func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
    }

    @Test func `a burst passes at once, and the bucket fills with time, never above the burst`() async throws {
        let clock = ManualClock(), budget = CallBudget(Budget(callsPerSecond: 0.02, burst: 3, concurrency: 8), now: { clock.now })
        for _ in 0..<2 {
            for number in 0..<3 { #expect(try await budget.spend { () async throws(ConnectorError) in number } == number) }
            // A token takes fifty seconds here: longer than a call may wait, so the job goes back to its queue.
            #expect(await throttled(budget) == true)
            clock.advance(.seconds(3_600))
        }
    }

    @Test func `a turn that comes too late is told when to come again`() async throws {
        let clock = ManualClock(), budget = CallBudget(Budget(callsPerSecond: 0.02, burst: 1, concurrency: 1), now: { clock.now })
        try await budget.spend { () async throws(ConnectorError) in }
        do {
            try await budget.spend { () async throws(ConnectorError) in }
            Issue.record("not throttled")
        } catch { #expect(error == .throttled(until: clock.now + .seconds(50))) }
    }

    @Test func `a short wait is waited for`() async throws {
        let clock = ManualClock(step: .milliseconds(4)), budget = CallBudget(Budget(callsPerSecond: 100, burst: 1, concurrency: 1), now: { clock.now })
        for number in 0..<5 {
            let spent = try await budget.spend { () async throws(ConnectorError) in number }
            #expect(spent == number)
        }
    }

    @Test func `a call that failed gives its place back`() async throws {
        let budget = CallBudget(Budget(callsPerSecond: 10, burst: 100, concurrency: 1), now: { Timestamp(seconds: 1) })
        for _ in 0..<5 {
            do throws(ConnectorError) { try await budget.spend { () async throws(ConnectorError) in throw .alreadyDone } } catch { #expect(error == .alreadyDone) }
        }
        #expect(try await budget.spend { () async throws(ConnectorError) in 7 } == 7)
    }

    private func throttled(_ budget: CallBudget) async -> Bool {
        do { try await budget.spend { () async throws(ConnectorError) in }; return false } catch { return error.code == "throttled" }
    }
}
