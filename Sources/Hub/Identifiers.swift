package import Domain
import Synchronization

/// Makes time-ordered 64-bit identifiers: 41 bits of milliseconds since 2024, 6 bits of node, 16 bits of counter.
///
/// Rising within a process even when the clock jumps back: the last time used is never gone below (law: clock jumps do no harm).
package final class IdentifierSource: Sendable {
    private struct State { var milliseconds: Int64 = 0, counter: Int64 = 0 }
    private let state = Mutex(State())
    private let node: Int64
    private let now: @Sendable () -> Timestamp
    static let epoch: Int64 = 1_704_067_200_000
    private static let counterBits: Int64 = 16

    /// - Parameter after: the largest identifier already stored, so that a clock set back across a restart cannot repeat one.
    package init(node: Int = 0, after: Int64 = 0, now: @escaping @Sendable () -> Timestamp) {
        self.node = Int64(node & 63)
        self.now = now
        state.withLock { $0.milliseconds = (after >> 22) + 1 }
    }

    package func next() -> Int64 {
        let time = now().milliseconds - Self.epoch
        return state.withLock { state in
            if time > state.milliseconds { state.milliseconds = time; state.counter = 0 } else { state.counter += 1 }
            if state.counter >= 1 << Self.counterBits { state.milliseconds += 1; state.counter = 0 }
            return state.milliseconds << 22 | node << Self.counterBits | state.counter
        }
    }
}
