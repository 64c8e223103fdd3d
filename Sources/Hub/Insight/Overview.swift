import Connect
package import Domain
import Database

/// The numbers of the console's page: live counters per channel and route, open problems.
package struct Overview: Sendable {
    package struct ChannelLine: Sendable { package var channel: Channel, counts: [String: Int], refused: Int, broken: String? , lastHour: Int }
    package struct DestinationLine: Sendable { package var channel: Channel, ready: Int, waiting: Int, paused: Int, dead: Int, oldestDue: Timestamp?, standing: DestinationRunner.Standing? }
    package struct ProblemLine: Sendable, Equatable {
        package var id: Int64, kind: String, code: String, message: String, count: Int, channel: ChannelID?, order: OrderID?, delivery: DeliveryID?, updatedAt: Timestamp
    }
    package var channels: [ChannelLine], destinations: [DestinationLine], problems: [ProblemLine], workflow: [String: Int], pendingDeliveries: Int
}

extension Hub {
    package func overview() async throws -> Overview {
        let surroundings = channels.directory.surroundings, broken = channels.directory.current.broken, hour = now().milliseconds / 3_600_000
        let cursor = try await ledger.journalCursor()
        let pending = try await journal.count(after: cursor)
        let (counts, facets, jobs, dead) = try await ledgerDatabase.read { tx in
            (
                try tx.rows("SELECT channel_id, name, CAST(SUM(count) AS BIGINT), CAST(SUM(CASE WHEN hour = \(hour) THEN count ELSE 0 END) AS BIGINT) FROM channel_counts WHERE hour > \(hour - 24) GROUP BY channel_id, name") {
                    (ChannelID(try $0.int64(0)), try $0.text(1), try $0.int(2), try $0.int(3))
                },
                try tx.rows("SELECT workflow, CAST(SUM(orders) AS BIGINT) FROM facet_counts GROUP BY workflow") { (try $0.text(0), try $0.int(1)) },
                try tx.rows("SELECT destination_id, state, COUNT(*), MIN(run_at) FROM jobs GROUP BY destination_id, state") {
                    (ChannelID(try $0.int64(0)), try $0.text(1), try $0.int(2), Timestamp(milliseconds: try $0.int64(3)))
                },
                try tx.rows("SELECT destination_id, COUNT(*) FROM dead_letters WHERE state = 'open' GROUP BY destination_id") { (ChannelID(try $0.int64(0)), try $0.int(1)) }
            )
        }
        let standings = dispatcher.states()
        let live = surroundings.channels.values.filter { $0.state != .removed }.sorted { $0.id < $1.id }
        return Overview(
            channels: live.map { channel in
                let mine = counts.filter { $0.0 == channel.id }
                return Overview.ChannelLine(
                    channel: channel, counts: Dictionary(mine.map { ($0.1, $0.2) }, uniquingKeysWith: +), refused: refusals.entries(of: channel.id).map(\.count).reduce(0, +),
                    broken: broken[channel.id]?.sentence, lastHour: mine.map(\.3).reduce(0, +))
            },
            destinations: live.compactMap { channel in
                let mine = jobs.filter { $0.0 == channel.id }, letters = dead.first { $0.0 == channel.id }?.1 ?? 0
                guard !mine.isEmpty || letters > 0 || channel.kind != .file else { return nil }
                func count(_ state: String) -> Int { mine.first { $0.1 == state }?.2 ?? 0 }
                return Overview.DestinationLine(channel: channel, ready: count("ready"), waiting: count("waiting"), paused: count("paused"), dead: letters,
                                                oldestDue: mine.first { $0.1 == "ready" }?.3, standing: standings[channel.id])
            },
            problems: try await problems(limit: 50), workflow: Dictionary(facets, uniquingKeysWith: +), pendingDeliveries: pending)
    }

    package func problems(after: Int64 = 0, limit: Int) async throws -> [Overview.ProblemLine] {
        try await ledgerDatabase.read { tx in
            try tx.rows("""
                SELECT id, kind, code, message, count, channel_id, order_id, delivery_id, updated_at FROM problems WHERE state = 'open' AND id > \(after) ORDER BY updated_at DESC, id LIMIT \(limit)
                """) { row in
                Overview.ProblemLine(id: try row.int64(0), kind: try row.text(1), code: try row.text(2), message: try row.text(3), count: try row.int(4),
                                     channel: try row.optionalInt64(5).map { ChannelID($0) }, order: try row.optionalInt64(6).map { OrderID($0) },
                                     delivery: try row.optionalInt64(7).map { DeliveryID($0) }, updatedAt: Timestamp(milliseconds: try row.int64(8)))
            }
        }
    }

    package func resolveProblem(_ id: Int64) async throws -> Bool {
        let at = now().milliseconds
        return try await ledgerDatabase.write { tx in try tx.run("UPDATE problems SET state = 'resolved', updated_at = \(at) WHERE id = \(id) AND state = 'open'") } > 0
    }

    /// The comparison of platform and ledger by channel and hour, newest first.
    package func completeness(channel: ChannelID?, hours: Int) async throws -> [(channel: ChannelID, hour: Timestamp, counts: CompletenessCounts, checkedAt: Timestamp)] {
        let from = now().milliseconds / 3_600_000 - Int64(hours)
        return try await ledgerDatabase.read { tx in
            var conditions: [SQL] = ["hour > \(from)"]
            if let channel { conditions.append("channel_id = \(channel.value)") }
            return try tx.rows("""
                SELECT channel_id, hour, on_platform, here, repaired, oldest_gap_at, checked_at FROM completeness WHERE \(conditions.joined(by: " AND ")) ORDER BY hour DESC, channel_id LIMIT 5000
                """) { row in
                (ChannelID(try row.int64(0)), Timestamp(milliseconds: try row.int64(1) * 3_600_000),
                 CompletenessCounts(onPlatform: try row.int(2), here: try row.int(3), repaired: try row.int(4), oldestGap: try row.optionalInt64(5).map(Timestamp.init(milliseconds:))),
                 Timestamp(milliseconds: try row.int64(6)))
            }
        }
    }
}

extension Ledger {
    /// Milliseconds from a delivery's receipt to the record of its booking, for each booked order (for benchmarks; it reads every booking).
    package func bookingLags() async throws -> [Double] {
        try await database.read { tx in
            try tx.rows("SELECT events.at - orders.source_received_at FROM events JOIN orders ON orders.id = events.order_id WHERE events.type = 'order.booked'") { Double(try $0.int64(0)) }
        }
    }
}
