import Synchronization

/// How busy the door is. In a burst the answers to platforms come first: a platform that is not answered in time repeats its delivery or removes the webhook,
/// while what lies in the journal can wait a moment.
package final class DoorLoad: Sendable {
    /// Deliveries a second from which those who work on the journal step back. Below it one machine does both at once.
    static let burstPerSecond = 2_000.0
    /// What they leave to the door for each part of the time that they take in a burst.
    static let restForWork = 20.0
    static let longestRest = Duration.milliseconds(400)
    private static let window = Duration.milliseconds(100)

    private struct State { var begin = ContinuousClock.now, count = 0, last = 0 }
    private let state = Mutex(State())

    package init() {}

    /// - Parameter count: deliveries from outside that were just kept.
    func add(_ count: Int) {
        guard count > 0 else { return }
        state.withLock { state in
            Self.turn(&state)
            state.count += count
        }
    }

    /// Deliveries a second over the last full tenth of a second, or over the running one when that is busier.
    package var perSecond: Double {
        state.withLock { state in
            Self.turn(&state)
            return Double(max(state.count, state.last)) / (Self.window / .seconds(1))
        }
    }

    package var isBurst: Bool { perSecond > Self.burstPerSecond }

    /// How long somebody who worked for `elapsed` should leave the machine to the door; zero when there is no burst.
    func rest(after elapsed: Duration) -> Duration { isBurst ? min(elapsed * Self.restForWork, Self.longestRest) : .zero }

    private static func turn(_ state: inout State) {
        let elapsed = ContinuousClock.now - state.begin
        guard elapsed >= window else { return }
        state.last = elapsed < window * 2 ? state.count : 0
        state.count = 0
        state.begin = .now
    }
}
