import Crypto
package import Domain
import Database
package import Foundation

/// What a line of a remittance turned out to be.
package enum RemittanceOutcome: String, Sendable, Codable, CaseIterable {
    case matched
    /// Another amount than was to be collected.
    case differs
    /// No parcel of ours has this number.
    case unknown
    /// It was paid out before.
    case doubled
    /// Nothing was to be collected with this parcel.
    case notCOD
}

package struct RemittanceLine: Sendable, Equatable {
    package var id: Int64, remittance: Int64, row: Int, number: String
    package var order: OrderID?
    package var amountMinor: Int64, feeMinor: Int64
    package var expectedMinor: Int64?, paidAt: Timestamp?
    package var outcome: RemittanceOutcome
    package var settledAt: Timestamp?, settledBy: String?, note: String?
    package var currency: String
}

package struct Remittance: Sendable, Equatable {
    package var id: Int64, channel: ChannelID, fileName: String, actor: String, at: Timestamp, parcels: Int, differences: Int, amountMinor: Int64, feeMinor: Int64, currency: String
}

/// What carriers collected: their lists taken in and matched with the parcels, what differs kept open until somebody settles it.
package struct RemittanceDesk: Sendable {
    let ledger: Ledger
    let now: @Sendable () -> Timestamp
    package static let longestList = 500
    /// So long after a delivery the money is late.
    package static let lateAfter = Duration.seconds(14 * 86_400)

    /// Takes a carrier's file in, whole or not at all.
    ///
    /// - Throws: `RemittanceFault` with the row and the column.
    package func take(_ path: String, fileName: String, from channel: ChannelID, zone: TimeZone, by actor: String) async throws -> Remittance {
        let bytes = try await LabelDesk.drawn { try Data(contentsOf: URL(fileURLWithPath: path)) }, digest = Array(SHA256.hash(data: bytes))
        let known = try await ledger.database.read { tx in
            try tx.first("SELECT at FROM remittances WHERE channel_id = \(channel.value) AND file_digest = \(digest)") { Timestamp(milliseconds: try $0.int64(0)) }
        }
        if let known { throw RemittanceFault.seenBefore(on: known) }
        // A carrier's list names no currency: it is that of what it was to collect.
        let code = try await ledger.database.read { tx in
            try tx.first("SELECT currency FROM parcels WHERE cod_minor IS NOT NULL AND channel_id = \(channel.value) ORDER BY id DESC LIMIT 1") { try $0.text(0) }
        }
        guard let currency = code.flatMap({ Currency($0) }) else { throw RemittanceFault.nothingCollected }
        let rows = try await LabelDesk.drawn { try RemittanceFile.read(path, currency: currency, zone: zone) }
        let name = String(fileName.prefix(200))
        return try await ledger.write { transaction in
            let id = transaction.nextID(), tx = transaction.tx
            var differences = 0, amount: Int64 = 0, fee: Int64 = 0
            for row in rows {
                let outcome = try transaction.remitted(row, in: id, currency: currency, actor: actor)
                if outcome != .matched { differences += 1 }
                amount = amount.addingReportingOverflow(row.amountMinor).partialValue
                fee = fee.addingReportingOverflow(row.feeMinor).partialValue
            }
            try tx.run("""
                INSERT INTO remittances (id, channel_id, file_name, file_digest, actor, at, parcels, differences, amount_minor, fee_minor, currency)
                VALUES (\(id), \(channel.value), \(name), \(digest), \(actor), \(transaction.now.milliseconds), \(rows.count), \(differences), \(amount), \(fee), \(currency.code))
                """)
            return Remittance(id: id, channel: channel, fileName: name, actor: actor, at: transaction.now, parcels: rows.count, differences: differences, amountMinor: amount, feeMinor: fee, currency: currency.code)
        }
    }

    package func recent(limit: Int = 50) async throws -> [Remittance] {
        try await ledger.database.read { tx in
            try tx.rows("""
                SELECT id, channel_id, file_name, actor, at, parcels, differences, amount_minor, fee_minor, currency FROM remittances ORDER BY id DESC LIMIT \(limit)
                """) { row in
                Remittance(id: try row.int64(0), channel: ChannelID(try row.int64(1)), fileName: try row.text(2), actor: try row.text(3), at: Timestamp(milliseconds: try row.int64(4)), parcels: try row.int(5),
                           differences: try row.int(6), amountMinor: try row.int64(7), feeMinor: try row.int64(8), currency: try row.text(9))
            }
        }
    }

    /// What nobody has settled yet, oldest first.
    package func differences(limit: Int = longestList) async throws -> [RemittanceLine] {
        try await ledger.database.read { tx in
            try tx.rows("""
                SELECT l.id, l.remittance_id, l.file_row, l.number, l.order_id, l.amount_minor, l.fee_minor, l.expected_minor, l.paid_at, l.outcome, l.settled_at, l.settled_by, l.note, r.currency
                  FROM remittance_lines l JOIN remittances r ON r.id = l.remittance_id
                 WHERE l.outcome <> 'matched' AND l.settled_at IS NULL ORDER BY l.id LIMIT \(limit)
                """) { row in
                RemittanceLine(id: try row.int64(0), remittance: try row.int64(1), row: try row.int(2), number: try row.text(3), order: try row.optionalInt64(4).map { OrderID($0) }, amountMinor: try row.int64(5), feeMinor: try row.int64(6),
                               expectedMinor: try row.optionalInt64(7), paidAt: try row.optionalInt64(8).map { Timestamp(milliseconds: $0) }, outcome: try row.value(RemittanceOutcome.self, 9),
                               settledAt: try row.optionalInt64(10).map { Timestamp(milliseconds: $0) }, settledBy: try row.optionalText(11), note: try row.optionalText(12), currency: try row.text(13))
            }
        }
    }

    /// Delivered parcels whose money has not come.
    package func late(limit: Int = longestList) async throws -> [ParcelLine] {
        let oldest = (now() - Self.lateAfter).milliseconds
        return try await ledger.database.read { tx in
            try tx.rows("""
                SELECT \(ParcelRows.columns) FROM parcels
                 WHERE cod_minor IS NOT NULL AND status = 'delivered' AND last_event_at < \(oldest)
                   AND NOT EXISTS (SELECT 1 FROM remittance_lines l WHERE l.parcel_id = parcels.id)
                 ORDER BY id LIMIT \(limit)
                """, ParcelRows.parcel).compactMap { try PackDesk.line($0, in: tx) }
        }
    }

    /// A person has settled a difference.
    /// - Returns: false when there is no such open line.
    package func settle(_ line: Int64, note: String?, by actor: String) async throws -> Bool {
        try await ledger.write { transaction in
            try transaction.tx.run("""
                UPDATE remittance_lines SET settled_at = \(transaction.now.milliseconds), settled_by = \(actor), note = \(note.map { String($0.prefix(500)) })
                 WHERE id = \(line) AND outcome <> 'matched' AND settled_at IS NULL
                """) == 1
        }
    }
}

extension LedgerTransaction {
    /// Matches one row. What was collected as it should be has paid the order.
    func remitted(_ row: RemittanceRow, in remittance: Int64, currency: Currency, actor: String) throws -> RemittanceOutcome {
        let parcel = try ParcelRows.find(number: row.number, in: tx) ?? tx.first("SELECT \(ParcelRows.columns) FROM parcels WHERE tracking_number = \(row.number) ORDER BY id DESC LIMIT 1", ParcelRows.parcel)
        var outcome = RemittanceOutcome.unknown
        if let parcel {
            let isPaid = try tx.first("SELECT 1 FROM remittance_lines WHERE parcel_id = \(parcel.id) AND outcome IN ('matched','differs') LIMIT 1") { try $0.int(0) } != nil
            if isPaid { outcome = .doubled } else if let expected = parcel.codMinor, parcel.currency == currency.code { outcome = expected == row.amountMinor ? .matched : .differs } else { outcome = .notCOD }
        }
        try tx.run("""
            INSERT INTO remittance_lines (id, remittance_id, file_row, number, parcel_id, order_id, amount_minor, fee_minor, expected_minor, paid_at, outcome)
            VALUES (\(nextID()), \(remittance), \(row.row), \(row.number), \(parcel?.id), \(parcel?.order.value), \(row.amountMinor), \(row.feeMinor), \(parcel?.codMinor), \(row.paidAt?.milliseconds), \(outcome.rawValue))
            """)
        if outcome == .matched, let parcel, var order = try OrderRows.find(parcel.order, in: tx), order.paymentState == .unpaid || order.paymentState == .authorised {
            let old = order
            order.paymentState = .paid
            try record(.paymentChanged, of: order, cause: Cause(.person, actor), note: row.number)
            try save(order, was: old)
        }
        return outcome
    }
}
