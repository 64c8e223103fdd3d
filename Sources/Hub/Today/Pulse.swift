import Database
package import Domain
import Synchronization

/// How much came in and went out, minute by minute for the last day: counted in memory, written to disk some times a minute, read back at the start. A crash
/// loses some seconds of a chart, never an order. When each channel was last heard is kept with its topics (`TopicTimes`) and held here in memory.
package final class Pulse: Sendable {
    package struct Minute: Sendable, Equatable {
        /// Minutes since 1970.
        package var minute: Int64
        /// Deliveries kept, orders made, parcels booked.
        package var accepted = 0, orders = 0, booked = 0
        /// From the receipt of what caused it to the destination's answer.
        package var lags = LagHistogram()
        package init(minute: Int64) { self.minute = minute }

        package var start: Timestamp { Timestamp(milliseconds: minute * 60_000) }
    }
    /// What one commit of the ledger adds.
    struct Beat: Sendable {
        var orders = 0, booked = 0, lags: [Int64] = []

        mutating func add(_ later: Beat) {
            orders += later.orders
            booked += later.booked
            lags += later.lags
        }
    }

    package static let keptMinutes: Int64 = 24 * 60
    private struct State {
        var minutes: [Int64: Minute] = [:], unwritten: Set<Int64> = []
        var heard: [ChannelID: Timestamp] = [:]
    }
    private let state = Mutex(State())
    private let now: @Sendable () -> Timestamp

    init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    func accepted(_ count: Int) { change { $0.accepted += count } }

    func beat(_ beat: Beat) {
        guard beat.orders > 0 || beat.booked > 0 || !beat.lags.isEmpty else { return }
        change { minute in
            minute.orders += beat.orders
            minute.booked += beat.booked
            for lag in beat.lags { minute.lags.add(milliseconds: lag) }
        }
    }

    func heard(_ times: [ChannelID: Timestamp]) { state.withLock { $0.heard.merge(times, uniquingKeysWith: max) } }

    /// When each channel last delivered something.
    package var lastHeard: [ChannelID: Timestamp] { state.withLock { $0.heard } }

    private func change(_ body: (inout Minute) -> Void) {
        let minute = now().milliseconds / 60_000
        state.withLock { state in
            body(&state.minutes[minute, default: Minute(minute: minute)])
            state.unwritten.insert(minute)
        }
    }

    /// The last day in steps of `minutes`, oldest first; a step in which nothing happened is there too. The last one has only begun.
    package func series(stepMinutes: Int64) -> [Minute] {
        let last = now().milliseconds / 60_000 / stepMinutes, first = last - Self.keptMinutes / stepMinutes + 1
        let minutes = state.withLock { $0.minutes }
        var steps = Dictionary(uniqueKeysWithValues: (first...last).map { ($0, Minute(minute: $0 * stepMinutes)) })
        for minute in minutes.values {
            let step = minute.minute / stepMinutes
            guard var sum = steps[step] else { continue }
            sum.accepted += minute.accepted
            sum.orders += minute.orders
            sum.booked += minute.booked
            sum.lags.merge(minute.lags)
            steps[step] = sum
        }
        return steps.values.sorted { $0.minute < $1.minute }
    }

    // MARK: On disk

    func restore(from database: Database) async throws {
        let oldest = now().milliseconds / 60_000 - Self.keptMinutes
        let (minutes, heard) = try await database.read { tx in
            (try tx.rows("SELECT minute, accepted, orders, booked, lags FROM pulse_minutes WHERE minute > \(oldest) ORDER BY minute LIMIT \(Self.keptMinutes * 2)") { row in
                var minute = Minute(minute: try row.int64(0))
                (minute.accepted, minute.orders, minute.booked) = (try row.int(1), try row.int(2), try row.int(3))
                minute.lags = LagHistogram(text: try row.text(4))
                return minute
            }, try tx.rows("SELECT channel_id, MAX(last_at) FROM topic_times GROUP BY channel_id LIMIT 10000") { (ChannelID(try $0.int64(0)), Timestamp(milliseconds: try $0.int64(1))) })
        }
        state.withLock { state in
            for minute in minutes { state.minutes[minute.minute] = minute }
            for (channel, at) in heard { state.heard[channel] = at }
        }
    }

    /// Writes what changed since the last time, and drops what is older than a day.
    func write(to database: Database) async throws {
        let oldest = now().milliseconds / 60_000 - Self.keptMinutes
        let minutes = state.withLock { state in
            let changed = state.unwritten.compactMap { state.minutes[$0] }
            state.unwritten = []
            state.minutes = state.minutes.filter { $0.key > oldest }
            return changed
        }
        guard !minutes.isEmpty else { return }
        do {
            try await database.write { tx in
                for minute in minutes {
                    try tx.run("""
                        INSERT INTO pulse_minutes (minute, accepted, orders, booked, lags)
                        VALUES (\(minute.minute), \(minute.accepted), \(minute.orders), \(minute.booked), \(minute.lags.text))
                        ON CONFLICT (minute) DO UPDATE SET accepted = excluded.accepted, orders = excluded.orders, booked = excluded.booked, lags = excluded.lags
                        """)
                }
            }
        } catch {
            state.withLock { $0.unwritten.formUnion(minutes.map(\.minute)) }
            throw error
        }
    }

    /// Takes away what no page shows any more.
    func purge(in database: Database) async throws {
        let oldest = now().milliseconds / 60_000 - Self.keptMinutes * 2, pastSlot = DueSlot.of(now()) - 96
        try await database.write { tx in
            try tx.run("DELETE FROM pulse_minutes WHERE minute < \(oldest)")
            try tx.run("DELETE FROM due_counts WHERE slot < \(pastSlot) AND orders = 0")
        }
    }
}
