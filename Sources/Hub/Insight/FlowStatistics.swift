import Connect
import Database
package import Domain
import Synchronization

/// What the routes did: by minute in memory for the last hour, by hour on disk. Counted after the commits, written down every few seconds: a crash costs the
/// statistics of those seconds, never a job.
package final class FlowStatistics: Sendable {
    package struct Key: Hashable, Sendable {
        package var route: RouteID, destination: ChannelID
        package init(route: RouteID, destination: ChannelID) { self.route = route; self.destination = destination }
    }
    package struct Cell: Sendable, Equatable {
        /// Tries that ended well, and those that did not.
        package var done = 0, failed = 0
        /// From the event to its effect.
        package var lags = LagHistogram()
        package init() {}
        package var tries: Int { done + failed }
        package var failureRate: Double? { tries > 0 ? Double(failed) / Double(tries) : nil }

        mutating func merge(_ other: Cell) {
            done += other.done
            failed += other.failed
            lags.merge(other.lags)
        }
    }
    private struct HourKey: Hashable { var hour: Int64, route: RouteID, destination: ChannelID, outcome: String }
    private struct Hour { var attempts = 0, lags = LagHistogram() }
    private struct State {
        var minutes: [Int64: [Key: Cell]] = [:]
        var deliveries: [Int64: [ChannelID: Int]] = [:]
        var pending: [HourKey: Hour] = [:]
    }

    static let minutesKept: Int64 = 60
    static let hoursKept: Int64 = 24 * 90
    static let rateMinutes: Int64 = 5

    private let state = Mutex(State())
    private let now: @Sendable () -> Timestamp
    private let started: Timestamp
    package init(now: @escaping @Sendable () -> Timestamp) { self.now = now; started = now() }

    // MARK: counting

    func add(_ job: Job, _ outcome: JobOutcome) {
        let time = now(), minute = time.milliseconds / 60_000, lag = (time - job.createdAt).inMilliseconds
        let isFailed = if case .failed(let error, _) = outcome { error.failureClass != .alreadyDone } else { false }
        if case .interrupted = outcome { return }
        state.withLock { state in
            if state.minutes[minute] == nil { state.minutes = state.minutes.filter { $0.key > minute - Self.minutesKept } }
            var cell = state.minutes[minute]?[Key(route: job.route, destination: job.destination)] ?? Cell()
            var hour = state.pending[HourKey(hour: minute / 60, route: job.route, destination: job.destination, outcome: outcome.word)] ?? Hour()
            hour.attempts += 1
            if isFailed { cell.failed += 1 } else {
                cell.done += 1
                cell.lags.add(milliseconds: lag)
                hour.lags.add(milliseconds: lag)
            }
            state.minutes[minute, default: [:]][Key(route: job.route, destination: job.destination)] = cell
            state.pending[HourKey(hour: minute / 60, route: job.route, destination: job.destination, outcome: outcome.word)] = hour
        }
    }

    func addDeliveries(_ counts: [ChannelID: Int]) {
        let minute = now().milliseconds / 60_000
        state.withLock { state in
            if state.deliveries[minute] == nil { state.deliveries = state.deliveries.filter { $0.key > minute - Self.minutesKept } }
            for (channel, count) in counts { state.deliveries[minute, default: [:]][channel, default: 0] += count }
        }
    }

    // MARK: reading

    /// The last hour, by route and destination.
    package var lastHour: [Key: Cell] { cells(minutes: Self.minutesKept) }

    /// Ended tries a minute over the last minutes.
    package var perMinute: [Key: Double] {
        let minutes = span
        return cells(minutes: Self.rateMinutes).mapValues { Double($0.tries) / minutes }
    }

    /// Deliveries a minute over the last minutes, by channel.
    package var deliveriesPerMinute: [ChannelID: Double] {
        let first = now().milliseconds / 60_000 - Self.rateMinutes, minutes = span
        let counts = state.withLock { state in
            state.deliveries.filter { $0.key > first }.values.reduce(into: [ChannelID: Int]()) { sum, minute in sum.merge(minute, uniquingKeysWith: +) }
        }
        return counts.mapValues { Double($0) / minutes }
    }

    /// The minutes that a rate is taken over: the running one as far as it has come, and no more than the process has lived.
    private var span: Double {
        let time = now().milliseconds, running = Double(time % 60_000) / 60_000
        let lived = Double(time - started.milliseconds) / 60_000
        return max(min(Double(Self.rateMinutes - 1) + running, lived), 1.0 / 6)
    }

    private func cells(minutes: Int64) -> [Key: Cell] {
        let first = now().milliseconds / 60_000 - minutes
        return state.withLock { state in
            state.minutes.filter { $0.key > first }.values.reduce(into: [:]) { sum, minute in
                for (key, cell) in minute { sum[key, default: Cell()].merge(cell) }
            }
        }
    }

    // MARK: the record by hour

    /// Adds what was counted since the last time to the hours on disk.
    func write(to database: Database) async throws {
        let pending = state.withLock { state in defer { state.pending = [:] }; return state.pending }
        guard !pending.isEmpty else { return }
        let oldest = now().milliseconds / 3_600_000 - Self.hoursKept
        do {
            try await database.write { tx in
                for (key, hour) in pending {
                    let before = try tx.first("""
                        SELECT attempts, lags FROM flow_hours WHERE hour = \(key.hour) AND route_id = \(key.route.value) AND destination_id = \(key.destination.value) AND outcome = \(key.outcome)
                        """) { (try $0.int(0), LagHistogram(text: try $0.text(1))) }
                    var lags = hour.lags
                    if let before { lags.merge(before.1) }
                    try tx.run("""
                        INSERT INTO flow_hours (hour, route_id, destination_id, outcome, attempts, lags)
                        VALUES (\(key.hour), \(key.route.value), \(key.destination.value), \(key.outcome), \(hour.attempts), \(lags.text))
                        ON CONFLICT (hour, route_id, destination_id, outcome) DO UPDATE SET attempts = flow_hours.attempts + excluded.attempts, lags = excluded.lags
                        """)
                }
                try tx.run("DELETE FROM flow_hours WHERE hour < \(oldest)")
            }
        } catch {
            // Counted again with the next ones.
            state.withLock { state in
                for (key, hour) in pending {
                    state.pending[key, default: Hour()].attempts += hour.attempts
                    state.pending[key, default: Hour()].lags.merge(hour.lags)
                }
            }
            throw error
        }
    }
}

/// One hour of one route at one destination.
package struct FlowHour: Sendable, Equatable {
    package var hour: Timestamp, route: RouteID, destination: ChannelID, outcome: String, attempts: Int, lags: LagHistogram
}

extension Hub {
    /// The last `hours`, oldest first; the seconds that are not written down yet are missing.
    package func flowHours(_ hours: Int, route: RouteID? = nil) async throws -> [FlowHour] {
        let from = now().milliseconds / 3_600_000 - Int64(hours)
        return try await ledgerDatabase.read { tx in
            try tx.rows("SELECT hour, route_id, destination_id, outcome, attempts, lags FROM flow_hours WHERE hour > \(from) ORDER BY hour LIMIT 20000") { row in
                FlowHour(hour: Timestamp(milliseconds: try row.int64(0) * 3_600_000), route: RouteID(try row.int64(1)), destination: ChannelID(try row.int64(2)), outcome: try row.text(3),
                         attempts: try row.int(4), lags: LagHistogram(text: try row.text(5)))
            }
        }.filter { route == nil || $0.route == route }
    }
}
