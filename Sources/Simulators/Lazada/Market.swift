import SimulatorKit
import Synchronization

/// The platform's state under its one lock.
final class Market: Sendable {
    /// What a change caused and others carry out.
    typealias Effects = (pushes: [Push], parcels: [ParcelStep])

    private let state: Mutex<LazadaState>
    private let onEffects = Mutex<@Sendable (Effects) -> Void>({ _ in })

    init(_ configuration: LazadaSimulator.Configuration) { state = Mutex(LazadaState(configuration)) }

    func observe(_ body: @escaping @Sendable (Effects) -> Void) { onEffects.withLock { $0 = body } }

    func read<Value: Sendable>(_ body: (LazadaState) -> Value) -> Value { state.withLock { body($0) } }

    /// Changes the state, then hands out the pushes and parcels it caused, outside the lock.
    @discardableResult
    func change<Value: Sendable>(_ body: (inout LazadaState) -> Value) -> Value {
        let (value, effects) = state.withLock { state -> (Value, Effects) in
            let value = body(&state)
            defer { (state.outbox, state.parcelsToMove) = ([], []) }
            return (value, (state.outbox, state.parcelsToMove))
        }
        if !effects.pushes.isEmpty || !effects.parcels.isEmpty { onEffects.withLock { $0 }(effects) }
        return value
    }
}

/// A parcel that takes its next step by itself.
struct ParcelStep: Sendable {
    var store: String
    var package: String
}
