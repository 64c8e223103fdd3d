import Connect
import Domain
import Synchronization

/// Holds what one try asked and was answered until it is known whether it is worth keeping. Nothing is copied or masked before that.
final class ExchangeRecorder: Sendable {
    @TaskLocal static var current: ExchangeRecorder?
    /// The last calls of one try.
    static let maximumCalls = 6

    struct Call: Sendable {
        var at: Timestamp, duration: Duration, request: PlatformRequest, answer: PlatformAnswer?, fault: ConnectorError?, secrets: SecretMask
    }
    private let calls = Mutex<[Call]>([])

    func add(_ call: Call) {
        calls.withLock { calls in
            if calls.count == Self.maximumCalls { calls.removeFirst() }
            calls.append(call)
        }
    }

    var exchanges: [Exchange] { calls.withLock { $0 }.map(Exchange.init) }
}

/// Which tries have their calls kept: every failed one up to a rate, and of the others one a minute for each destination and action, in place of the last.
final class ExchangeSampling: Sendable {
    static let failuresPerSecond = 10
    static let successEvery = Duration.seconds(60)
    private struct State { var second: Int64 = 0, failures = 0, lastSuccess: [JobAction: Timestamp] = [:] }
    private let state = Mutex(State())

    func wants(_ outcome: JobOutcome, of action: JobAction, now: Timestamp) -> Bool {
        state.withLock { state in
            if case .failed = outcome {
                let second = now.milliseconds / 1000
                if state.second != second { state.second = second; state.failures = 0 }
                state.failures += 1
                return state.failures <= Self.failuresPerSecond
            }
            if let last = state.lastSuccess[action], (now - last) < Self.successEvery, now >= last { return false }
            state.lastSuccess[action] = now
            return true
        }
    }
}
