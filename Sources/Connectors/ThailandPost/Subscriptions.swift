import Connect
import Domain
import Synchronization

/// Parcels whose pushes are still to be ordered on system B (thailandpost.md §3). They wait for a turn here so that no booking waits for them; what is lost with the process is followed by asking.
final class Subscriptions: Sendable {
    private struct State {
        var pending: [String] = [], refused = 0
        var pausedUntil: Timestamp?
        var fault: ConnectorError?
    }
    private let state = Mutex(State())

    static let batch = 100, maximumPending = 10_000
    /// After a failure bookings go on without a try.
    static let pause = Duration.seconds(60)

    var pendingCount: Int { state.withLock { $0.pending.count } }
    /// Parcels that the service would not take, and why the last try failed altogether: for the channel's check.
    var refusedCount: Int { state.withLock { $0.refused } }
    var fault: ConnectorError? { state.withLock { $0.fault } }

    func add(_ numbers: [String]) {
        state.withLock { state in state.pending += numbers.prefix(max(0, Self.maximumPending - state.pending.count)) }
    }

    /// The next batch; empty while a failure's pause lasts. It is the caller's alone.
    func take(now: Timestamp) -> [String] {
        state.withLock { state in
            guard state.pausedUntil.map({ $0 <= now }) ?? true else { return [] }
            defer { state.pending.removeFirst(min(Self.batch, state.pending.count)) }
            return Array(state.pending.prefix(Self.batch))
        }
    }

    func succeeded(refused: Int) {
        state.withLock { state in state.refused += refused; state.fault = nil }
    }

    func putBack(_ numbers: [String], until: Timestamp, because fault: ConnectorError) {
        state.withLock { state in
            state.fault = fault
            state.pending = numbers + state.pending.prefix(max(0, Self.maximumPending - numbers.count))
            state.pausedUntil = until
        }
    }
}

extension ThailandPostConnector {
    /// `hook`'s body; the names are the platform's (§3).
    struct Subscribe: Encodable, Sendable {
        var barcode: [String]
        var status = "all", language = "TH", req_previous_status = true
    }

    /// Orders pushes for these parcels and for those that still wait. Fails softly: a parcel without pushes is asked for.
    func subscribe(_ numbers: [String]) async {
        guard !settings.bearers.isEmpty else { return }
        subscriptions.add(numbers)
        let batch = subscriptions.take(now: context.now())
        guard !batch.isEmpty else { return }
        do {
            try subscribing.quota.reserve(batch.count, now: context.now())
            let answer = try await subscribing.call("hook", Subscribe(barcode: batch))
            subscriptions.succeeded(refused: (answer["response"]?["items"]?.list ?? []).count { $0["status"]?.isFalse == true })
        } catch {
            var until = context.now() + Subscriptions.pause
            if case .throttled(let end) = error { until = max(until, end) }
            subscriptions.putBack(batch, until: until, because: error)
        }
    }
}
