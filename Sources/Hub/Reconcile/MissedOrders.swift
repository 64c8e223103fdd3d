import Database
package import Domain

/// An order, or a change of one, that the platform had and the hub had not.
package struct MissedOrder: Sendable, Equatable {
    package var externalID: ExternalID, changedAt: Timestamp
    /// When the comparison found it; nil while it is being noted.
    package var foundAt: Timestamp?
    /// The order as the hub has it now; nil: it is still on its way in.
    package var order: OrderID?
    package var number: String?

    static let perPass = 500
    package static let daysKept: Int64 = 14
}

extension LedgerTransaction {
    func noteMissed(_ missed: MissedOrder, in channel: ChannelID) throws {
        try tx.run("""
            INSERT INTO missed_orders (channel_id, hour, external_id, changed_at, found_at)
            VALUES (\(channel.value), \(missed.changedAt.milliseconds / 3_600_000), \(missed.externalID), \(missed.changedAt.milliseconds), \(now.milliseconds))
            ON CONFLICT (channel_id, hour, external_id) DO UPDATE SET changed_at = excluded.changed_at, found_at = excluded.found_at
            """)
        try tx.run("DELETE FROM missed_orders WHERE channel_id = \(channel.value) AND hour < \(now.milliseconds / 3_600_000 - MissedOrder.daysKept * 24)")
    }
}

extension Ledger {
    /// What a comparison found missing among the changes of one hour of a channel; at most `limit`.
    package func missedOrders(of channel: ChannelID, hour: Timestamp, limit: Int) async throws -> [MissedOrder] {
        try await database.read { tx in
            try tx.rows("""
                SELECT external_id, changed_at, found_at FROM missed_orders
                 WHERE channel_id = \(channel.value) AND hour = \(hour.milliseconds / 3_600_000)
                 ORDER BY external_id
                 LIMIT \(limit)
                """) { row in
                MissedOrder(externalID: try row.text(0), changedAt: Timestamp(milliseconds: try row.int64(1)), foundAt: Timestamp(milliseconds: try row.int64(2)))
            }.map { missed in
                var missed = missed
                let found = try tx.first("SELECT id, external_number FROM orders WHERE channel_id = \(channel.value) AND external_id = \(missed.externalID)") {
                    (OrderID(try $0.int64(0)), try $0.text(1))
                }
                missed.order = found?.0
                missed.number = found?.1
                return missed
            }
        }
    }
}
