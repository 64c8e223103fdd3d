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
    package struct RouteLine: Sendable { package var route: Route, ready: Int, waiting: Int, paused: Int }
    package var channels: [ChannelLine], destinations: [DestinationLine], routes: [RouteLine], problems: [ProblemLine], workflow: [String: Int], pendingDeliveries: Int

    /// Dead letters of one destination are counted up to this many.
    package static let mostDead = 100_000
}

extension Hub {
    package func overview() async throws -> Overview {
        let surroundings = channels.directory.surroundings, broken = channels.directory.current.broken, hour = now().milliseconds / 3_600_000
        let cursor = try await ledger.journalCursor()
        let pending = try await journal.count(after: cursor)
        let live = surroundings.channels.values.filter { $0.state != .removed }.sorted { $0.id < $1.id }, queues = ledger.queues.byDestination
        let (counts, facets, due, dead) = try await ledgerDatabase.read { tx in
            (
                try tx.rows("SELECT channel_id, name, CAST(SUM(count) AS BIGINT), CAST(SUM(CASE WHEN hour = \(hour) THEN count ELSE 0 END) AS BIGINT) FROM channel_counts WHERE hour > \(hour - 24) GROUP BY channel_id, name") {
                    (ChannelID(try $0.int64(0)), try $0.text(1), try $0.int(2), try $0.int(3))
                },
                try tx.rows("SELECT workflow, CAST(SUM(orders) AS BIGINT) FROM facet_counts GROUP BY workflow") { (try $0.text(0), try $0.int(1)) },
                try queues.filter { $0.value.ready > 0 }.keys.reduce(into: [ChannelID: Timestamp]()) { due, destination in due[destination] = try JobRows.nextDue(for: destination, in: tx) },
                try live.reduce(into: [ChannelID: Int]()) { dead, channel in dead[channel.id] = try Self.openLetters(of: channel.id, in: tx) }
            )
        }
        let standings = dispatcher.states()
        let byRoute = ledger.queues.byRouteAndDestination
        return Overview(
            channels: live.map { channel in
                let mine = counts.filter { $0.0 == channel.id }
                return Overview.ChannelLine(
                    channel: channel, counts: Dictionary(mine.map { ($0.1, $0.2) }, uniquingKeysWith: +), refused: refusals.entries(of: channel.id).map(\.count).reduce(0, +),
                    broken: broken[channel.id]?.sentence, lastHour: mine.map(\.3).reduce(0, +))
            },
            destinations: live.compactMap { channel in
                let queue = queues[channel.id] ?? QueueBook.Line(), letters = dead[channel.id] ?? 0
                guard queue.all > 0 || letters > 0 || channel.kind != .file else { return nil }
                return Overview.DestinationLine(channel: channel, ready: queue.ready, waiting: queue.waiting, paused: queue.paused, dead: letters,
                                                oldestDue: due[channel.id], standing: standings[channel.id])
            },
            routes: surroundings.routes.map(\.route).map { route in
                let lines = (byRoute[route.id] ?? [:]).values
                return Overview.RouteLine(route: route, ready: lines.map(\.ready).reduce(0, +), waiting: lines.map(\.waiting).reduce(0, +), paused: lines.map(\.paused).reduce(0, +))
            },
            problems: try await problems(limit: 50), workflow: Dictionary(facets, uniquingKeysWith: +), pendingDeliveries: pending)
    }

    /// How many dead letters of a destination wait for a person, counted up to a bound.
    static func openLetters(of destination: ChannelID, in tx: any Transaction) throws -> Int {
        try tx.first("SELECT COUNT(*) FROM (SELECT 1 FROM dead_letters WHERE destination_id = \(destination.value) AND state = 'open' LIMIT \(Overview.mostDead)) AS letters") { try $0.int(0) } ?? 0
    }

    /// Open problems, the newest first; of one channel where it is named.
    package func problems(after: Int64 = 0, of channel: ChannelID? = nil, limit: Int) async throws -> [Overview.ProblemLine] {
        try await ledgerDatabase.read { tx in
            var conditions: [SQL] = ["state = 'open'", "id > \(after)"]
            if let channel { conditions.append("channel_id = \(channel.value)") }
            return try tx.rows("""
                SELECT id, kind, code, message, count, channel_id, order_id, delivery_id, updated_at FROM problems WHERE \(conditions.joined(by: " AND ")) ORDER BY updated_at DESC, id LIMIT \(limit)
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
