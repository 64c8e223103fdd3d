import Crypto
import Database
package import Domain
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

/// What a person has to settle, as they call it.
package enum RemittanceDifference: String, Sendable, CaseIterable { case tooLittle, tooMuch, unknownNumber, matchedTwice, notCOD }

package struct RemittanceLine: Sendable, Equatable {
    package var id: Int64, remittance: Int64, row: Int, number: String
    package var order: OrderID?
    package var amountMinor: Int64, feeMinor: Int64
    package var expectedMinor: Int64?, paidAt: Timestamp?
    package var outcome: RemittanceOutcome
    package var settledAt: Timestamp?, settledBy: String?, note: String?
    package var currency: String

    /// nil: it is as it should be.
    package var difference: RemittanceDifference? {
        switch outcome {
        case .matched: nil
        case .differs: amountMinor < expectedMinor ?? 0 ? .tooLittle : .tooMuch
        case .unknown: .unknownNumber
        case .doubled: .matchedTwice
        case .notCOD: .notCOD
        }
    }
}

package struct Remittance: Sendable, Equatable {
    package var id: Int64, channel: ChannelID, fileName: String, actor: String, at: Timestamp, parcels: Int, differences: Int, amountMinor: Int64, feeMinor: Int64, currency: String
    /// False while its rows are being taken, and after a stop in the middle: the same file goes on from there.
    package var isWhole = true
}

/// What carriers collected: their lists taken in and matched with the parcels, what differs kept open until somebody settles it.
package struct RemittanceDesk: Sendable {
    let ledger: Ledger
    let now: @Sendable () -> Timestamp
    package static let longestList = 500
    /// So long after a delivery the money is late.
    package static let lateAfter = Duration.seconds(14 * 86_400)

    /// Rows that are matched in one transaction.
    static let batch = 250

    /// Takes a carrier's file in. It is read through before anything of it is taken; then its rows are matched piece by piece, so that nothing else waits long and nothing large is held.
    /// A file whose taking was cut short is sent again and goes on where it stood.
    ///
    /// - Throws: `RemittanceFault` with the row and the column.
    package func take(_ path: String, fileName: String, from channel: ChannelID, zone: TimeZone, by actor: String) async throws -> Remittance {
        let digest = try await LabelDesk.drawn { try Self.digest(of: path) }
        if let known = try await find(channel, digest), known.isWhole { throw RemittanceFault.seenBefore(on: known.at) }
        // A carrier's list names no currency: it is that of what it was to collect.
        let code = try await ledger.database.read { tx in
            try tx.first("SELECT currency FROM parcels WHERE cod_minor IS NOT NULL AND channel_id = \(channel.value) ORDER BY id DESC LIMIT 1") { try $0.text(0) }
        }
        guard let currency = code.flatMap({ Currency($0) }) else { throw RemittanceFault.nothingCollected }
        _ = try await LabelDesk.drawn { try RemittanceFile.check(path, currency: currency, zone: zone) }
        let remittance = try await begin(channel, fileName: String(fileName.prefix(200)), digest, currency, actor)
        let (batches, gate) = RemittanceFile.batches(path, currency: currency, zone: zone, after: try await lastRow(of: remittance), size: Self.batch)
        defer { gate.shut() }
        for try await rows in batches {
            try await match(rows, in: remittance, of: channel, currency, actor)
            gate.taken()
        }
        try await ledger.database.write { tx in try tx.run("UPDATE remittances SET is_whole = 1 WHERE id = \(remittance)") }
        guard let taken = try await find(channel, digest) else { throw RemittanceFault.unreadable("The file was taken and cannot be found any more.") }
        return taken
    }

    private static func digest(of path: String) throws -> [UInt8] {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }      // read only: there is nothing to lose
        var hash = SHA256()
        while let piece = try file.read(upToCount: pieceBytes), !piece.isEmpty { hash.update(data: piece) }
        return Array(hash.finalize())
    }
    private static let pieceBytes = 1 << 20

    private func begin(_ channel: ChannelID, fileName: String, _ digest: [UInt8], _ currency: Currency, _ actor: String) async throws -> Int64 {
        try await ledger.write { transaction in
            try transaction.tx.run("""
                INSERT INTO remittances (id, channel_id, file_name, file_digest, actor, at, parcels, differences, amount_minor, fee_minor, currency, is_whole)
                VALUES (\(transaction.nextID()), \(channel.value), \(fileName), \(digest), \(actor), \(transaction.now.milliseconds), 0, 0, 0, 0, \(currency.code), 0)
                ON CONFLICT (channel_id, file_digest) DO NOTHING
                """)
            return try transaction.tx.first("SELECT id FROM remittances WHERE channel_id = \(channel.value) AND file_digest = \(digest)") { try $0.int64(0) } ?? 0
        }
    }

    private func lastRow(of remittance: Int64) async throws -> Int { try await ledger.database.read { try Self.lastRow(of: remittance, in: $0) } }

    private static func lastRow(of remittance: Int64, in tx: any Transaction) throws -> Int {
        try tx.first("SELECT MAX(file_row) FROM remittance_lines WHERE remittance_id = \(remittance)") { try $0.optionalInt(0) ?? 0 } ?? 0
    }

    private func match(_ rows: [RemittanceRow], in remittance: Int64, of channel: ChannelID, _ currency: Currency, _ actor: String) async throws {
        try await ledger.write { transaction in
            let tx = transaction.tx
            // Two people who send the same file at once take turns here, and each passes over what the other has matched.
            try tx.run("UPDATE remittances SET is_whole = 0 WHERE id = \(remittance)")
            let last = try Self.lastRow(of: remittance, in: tx)
            var count = 0, differences = 0, amount: Int64 = 0, fee: Int64 = 0
            for row in rows where row.row > last {
                let outcome = try transaction.remitted(row, in: remittance, of: channel, currency: currency, actor: actor)
                count += 1
                if outcome != .matched { differences += 1 }
                amount = amount.addingReportingOverflow(row.amountMinor).partialValue
                fee = fee.addingReportingOverflow(row.feeMinor).partialValue
            }
            try tx.run("""
                UPDATE remittances SET parcels = parcels + \(count), differences = differences + \(differences), amount_minor = amount_minor + \(amount), fee_minor = fee_minor + \(fee) WHERE id = \(remittance)
                """)
        }
    }

    private func find(_ channel: ChannelID, _ digest: [UInt8]) async throws -> Remittance? {
        try await ledger.database.read { tx in
            try tx.first("SELECT \(Self.columns) FROM remittances WHERE channel_id = \(channel.value) AND file_digest = \(digest)", Self.remittance)
        }
    }

    private static let columns: SQL = "id, channel_id, file_name, actor, at, parcels, differences, amount_minor, fee_minor, currency, is_whole"

    private static func remittance(_ row: Row) throws -> Remittance {
        Remittance(id: try row.int64(0), channel: ChannelID(try row.int64(1)), fileName: try row.text(2), actor: try row.text(3), at: Timestamp(milliseconds: try row.int64(4)), parcels: try row.int(5),
                   differences: try row.int(6), amountMinor: try row.int64(7), feeMinor: try row.int64(8), currency: try row.text(9), isWhole: try row.int(10) == 1)
    }

    package func recent(limit: Int = 50) async throws -> [Remittance] {
        try await ledger.database.read { tx in try tx.rows("SELECT \(Self.columns) FROM remittances ORDER BY id DESC LIMIT \(limit)", Self.remittance) }
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

    /// Delivered parcels whose money has not come, so long after their delivery.
    package func late(after wait: Duration = lateAfter, limit: Int = longestList) async throws -> [ParcelLine] {
        let oldest = (now() - wait).milliseconds
        return try await ledger.database.read { tx in
            try tx.rows("""
                SELECT \(ParcelRows.columns) FROM parcels
                 WHERE cod_minor IS NOT NULL AND status = 'delivered' AND last_event_at < \(oldest) AND remitted_at IS NULL AND state <> 'void'
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
    /// Matches one row with a parcel of this carrier. An order is paid when all that was to be collected for it has come.
    func remitted(_ row: RemittanceRow, in remittance: Int64, of channel: ChannelID, currency: Currency, actor: String) throws -> RemittanceOutcome {
        // A number used again belongs to the box that lives.
        let parcel = try tx.first("""
            SELECT \(ParcelRows.columns) FROM parcels WHERE tracking_number = \(row.number) AND channel_id = \(channel.value) ORDER BY CASE WHEN state = 'void' THEN 1 ELSE 0 END, id DESC LIMIT 1
            """, ParcelRows.parcel)
        let outcome = try parcel.map { try self.outcome(of: row, for: $0, currency) } ?? .unknown
        try tx.run("""
            INSERT INTO remittance_lines (id, remittance_id, file_row, number, parcel_id, order_id, amount_minor, fee_minor, expected_minor, paid_at, outcome)
            VALUES (\(nextID()), \(remittance), \(row.row), \(row.number), \(parcel?.id), \(parcel?.order.value), \(row.amountMinor), \(row.feeMinor), \(parcel?.codMinor), \(row.paidAt?.milliseconds), \(outcome.rawValue))
            """)
        guard outcome == .matched, let parcel else { return outcome }
        try tx.run("UPDATE parcels SET remitted_at = \(now.milliseconds) WHERE id = \(parcel.id)")
        // What came in parts is settled by its last part.
        try tx.run("""
            UPDATE remittance_lines SET settled_at = \(now.milliseconds), settled_by = \(actor), note = \("+ \(row.row)") WHERE parcel_id = \(parcel.id) AND outcome = 'differs' AND settled_at IS NULL
            """)
        let companions = try tx.rows("SELECT order_id FROM shipment_orders WHERE shipment_id = \(parcel.shipment.value) ORDER BY order_id") { OrderID(try $0.int64(0)) }
        for order in [parcel.order] + companions.filter({ $0 != parcel.order }) { try collected(order, number: row.number, actor: actor) }
        return outcome
    }

    private func outcome(of row: RemittanceRow, for parcel: StoredParcel, _ currency: Currency) throws -> RemittanceOutcome {
        let isPaid = try tx.first("SELECT 1 FROM parcels WHERE id = \(parcel.id) AND remitted_at IS NOT NULL") { try $0.int(0) } != nil
        if isPaid { return .doubled }
        guard let expected = parcel.codMinor, parcel.currency == currency.code else { return .notCOD }
        let parts = try tx.rows("SELECT amount_minor FROM remittance_lines WHERE parcel_id = \(parcel.id) AND outcome = 'differs' ORDER BY id LIMIT 20") { try $0.int64(0) }
        let before = parts.reduce(Int64(0)) { $0.addingReportingOverflow($1).partialValue }, all = before.addingReportingOverflow(row.amountMinor).partialValue
        if all == expected { return .matched }
        // More than was to be collected, in more than one line: one of them came twice.
        return parts.isEmpty || all < expected ? .differs : .doubled
    }

    /// Pays an order whose every box with cash on delivery is matched in full, or was collected by the carrier's own word.
    private func collected(_ id: OrderID, number: String, actor: String) throws {
        guard var order = try OrderRows.find(id, in: tx), order.snapshot.payment.isCashOnDelivery, order.paymentState == .unpaid || order.paymentState == .authorised else { return }
        guard try !ParcelRows.isOwed(for: id, in: tx) else { return }
        let old = order
        order.paymentState = .paid
        try record(.paymentChanged, of: order, cause: Cause(.person, actor), note: number)
        try save(order, was: old)
    }
}
