import Synchronization

/// Which fault strikes next: decided by (seed, point, how many draws came before at this point) alone, so a run can be repeated.
package final class FaultPlan: Sendable {
    private struct State {
        var level: FaultLevel
        var draws: [FaultPoint: UInt64] = [:]
        var forced: [FaultPoint: [Fault?]] = [:]
        var struck: [FaultPoint: [FaultKind: Int]] = [:]
    }

    package let seed: UInt64
    private let state: Mutex<State>

    package init(level: FaultLevel = .none, seed: UInt64 = 1) {
        self.seed = seed
        state = Mutex(State(level: level))
    }

    package var level: FaultLevel {
        get { state.withLock { $0.level } }
        set { state.withLock { $0.level = newValue } }
    }

    /// The fault for the next event at this point, or nil where it behaves. Forced faults come first.
    package func draw(_ point: FaultPoint) -> Fault? {
        state.withLock { state in
            let fault: Fault?
            if var queue = state.forced[point], !queue.isEmpty {
                fault = queue.removeFirst()
                state.forced[point] = queue
            } else {
                let counter = state.draws[point, default: 0]
                state.draws[point] = counter &+ 1
                fault = Self.fault(level: state.level, seed: seed, point: point, counter: counter)
            }
            if let fault { state.struck[point, default: [:]][fault.kind, default: 0] += 1 }
            return fault
        }
    }

    /// The next draws at this point give these, in order, whatever the level. `nil` means "behave this time".
    package func force(_ faults: [Fault?], at point: FaultPoint) {
        state.withLock { $0.forced[point, default: []] += faults }
    }

    /// Forgets what was forced and not yet drawn.
    package func clearForced() { state.withLock { $0.forced = [:] } }

    /// How often each fault struck; kinds that never did are absent.
    package var counts: [FaultKind: Int] { state.withLock { $0.struck.values.reduce(into: [:]) { $0.merge($1) { $0 + $1 } } } }
    package func count(_ kind: FaultKind, at point: FaultPoint) -> Int { state.withLock { $0.struck[point]?[kind] ?? 0 } }

    package var total: Int { counts.values.reduce(0, +) }

    private static func fault(level: FaultLevel, seed: UInt64, point: FaultPoint, counter: UInt64) -> Fault? {
        let chances = FaultKind.chances(at: point, level: level)
        guard !chances.isEmpty else { return nil }
        var generator = SeededGenerator(seed: seed ^ digest(of: point.rawValue) ^ (counter &* 0xD134_2543_DE82_EF95))
        var roll = Int.random(in: 0..<10_000, using: &generator)
        for (kind, chance) in chances {
            roll -= chance
            if roll < 0 { return fault(of: kind, using: &generator) }
        }
        return nil
    }

    /// Details are drawn small enough for a test and large enough to change the order of things.
    private static func fault(of kind: FaultKind, using generator: inout SeededGenerator) -> Fault {
        switch kind {
        case .drop: .drop
        case .duplicate: .duplicate
        case .delay: .delay(.milliseconds(Int.random(in: 20...800, using: &generator)))
        case .throttle: .throttle(retryAfterSeconds: Int.random(in: 1...2, using: &generator))
        case .serverError: .serverError(status: generator.pick([500, 502, 503, 504], or: 500))
        case .hang: .hang(.milliseconds(Int.random(in: 1_000...3_000, using: &generator)))
        case .malform: .malform
        case .expireToken: .expireToken
        case .lostAnswer: .lostAnswer
        case .badSignature: .badSignature
        }
    }

    /// FNV-1a: `Hasher` differs from process to process, this must not.
    private static func digest(of text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
