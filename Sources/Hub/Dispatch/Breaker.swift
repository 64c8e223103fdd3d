package import Domain

/// Stops calling a destination that fails again and again, tries one call after a while, and lets everything through once that one succeeds.
package struct Breaker: Sendable, Equatable {
    package enum State: Sendable, Equatable { case closed, open(until: Timestamp), halfOpen }
    package static let failuresToOpen = 8
    static let firstWait = Duration.seconds(5), longestWait = Duration.seconds(60)

    package private(set) var state = State.closed
    private var failures = 0
    private var openings = 0
    package init() {}

    /// How many calls may run at once now: 0 while open, 1 on trial.
    package mutating func allowance(width: Int, now: Timestamp) -> Int {
        if case .open(let until) = state, now >= until { state = .halfOpen }
        return switch state {
        case .closed: width
        case .open: 0
        case .halfOpen: 1
        }
    }

    /// While it is open: when it lets one call try.
    package var opensAgainAt: Timestamp? { if case .open(let until) = state { until } else { nil } }

    package mutating func clockWasSetBack(by jump: Duration) { if case .open(let until) = state { state = .open(until: until - jump) } }

    /// One call may try its luck now.
    package mutating func tryOne() { if case .open = state { state = .halfOpen } }

    package mutating func succeeded() { self = Breaker() }

    package mutating func failed(now: Timestamp) {
        failures += 1
        guard state == .halfOpen || failures >= Self.failuresToOpen else { return }
        if case .open = state { return }
        let wait = min(Self.firstWait.inMilliseconds << Int64(min(openings, 8)), Self.longestWait.inMilliseconds)
        openings += 1
        failures = 0
        state = .open(until: now + .milliseconds(wait))
    }
}
