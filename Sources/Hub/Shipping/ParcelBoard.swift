package import Domain
import Database

/// Which parcels at hand are meant.
package struct ParcelFilter: Sendable, Equatable {
    package var state: StoredParcel.State
    /// One carrier's; nil: all.
    package var channel: ChannelID?
    /// What must leave before this moment.
    package var dueBefore: Timestamp?
    /// Part of an order's or a parcel's number, or a SKU.
    package var text: String?
    package static let longestText = 100

    package init(_ state: StoredParcel.State, channel: ChannelID? = nil, dueBefore: Timestamp? = nil, text: String? = nil) {
        self.state = state; self.channel = channel; self.dueBefore = dueBefore; self.text = text
    }

    fileprivate var condition: SQL {
        var parts: [SQL] = ["p.state = \(state.rawValue)"]
        if let channel { parts.append("p.channel_id = \(channel.value)") }
        if let dueBefore { parts.append("o.ship_by < \(dueBefore.milliseconds)") }
        if let text, !text.isEmpty {
            let word = text.prefix(Self.longestText).trimmingWhitespace.lowercased(), number = "%\(Self.escaped(word))%", sku = "\(Self.escaped(word))%"
            parts.append("""
                (LOWER(o.external_number) LIKE \(number) ESCAPE '!' OR LOWER(p.tracking_number) LIKE \("%\(Self.escaped(word.filter { !$0.isWhitespace }))%") ESCAPE '!'
                 OR EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = p.order_id AND LOWER(l.sku) LIKE \(sku) ESCAPE '!')
                 OR EXISTS (SELECT 1 FROM shipment_orders s JOIN orders c ON c.id = s.order_id WHERE s.shipment_id = p.shipment_id AND LOWER(c.external_number) LIKE \(number) ESCAPE '!'))
                """)
        }
        return parts.joined(by: " AND ")
    }

    private static func escaped(_ text: String) -> String { text.replacing("!", with: "!!").replacing("%", with: "!%").replacing("_", with: "!_") }
}

/// Where a page of the board ends.
package struct ParcelCursor: Sendable, Equatable {
    package var shipBy: Int64, number: String, id: Int64
    /// What has no hour comes last.
    static let never = Int64.max

    /// `SHIPBY.ID.NUMBER`.
    package var text: String { "\(shipBy).\(id).\(number)" }
    package init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let shipBy = Int64(parts[0]), let id = Int64(parts[1]) else { return nil }
        self.init(shipBy: shipBy, number: String(parts[2]), id: id)
    }
    init(shipBy: Int64, number: String, id: Int64) { self.shipBy = shipBy; self.number = number; self.id = id }
    package init(_ line: ParcelLine) { self.init(shipBy: line.order.shipBy?.milliseconds ?? Self.never, number: line.order.snapshot.externalNumber, id: line.parcel.id) }
}

/// The board: what stands where, the most urgent first.
extension PackDesk {
    /// One page: by the hour it must leave, then by its order's number.
    package func list(_ filter: ParcelFilter, after: ParcelCursor? = nil, limit: Int) async throws -> [ParcelLine] {
        let ids = try await ids(filter, after: after, limit: limit)
        return try await lines(ids)
    }

    package func ids(_ filter: ParcelFilter, after: ParcelCursor? = nil, limit: Int) async throws -> [Int64] {
        try await ledger.database.read { tx in
            let rest: SQL = after.map { cursor in
                """
                AND (COALESCE(o.ship_by, \(ParcelCursor.never)) > \(cursor.shipBy)
                     OR (COALESCE(o.ship_by, \(ParcelCursor.never)) = \(cursor.shipBy) AND (o.external_number > \(cursor.number) OR (o.external_number = \(cursor.number) AND p.id > \(cursor.id)))))
                """
            } ?? ""
            return try tx.rows("""
                SELECT p.id FROM parcels p JOIN orders o ON o.id = p.order_id WHERE \(filter.condition) \(rest)
                 ORDER BY COALESCE(o.ship_by, \(ParcelCursor.never)), o.external_number, p.id LIMIT \(limit)
                """) { try $0.int64(0) }
        }
    }

    /// How many there are, counted no further than `most`.
    package func count(_ filter: ParcelFilter, upTo most: Int) async throws -> Int {
        try await ledger.database.read { tx in
            try tx.first("SELECT COUNT(*) FROM (SELECT 1 AS one FROM parcels p JOIN orders o ON o.id = p.order_id WHERE \(filter.condition) LIMIT \(most)) AS found") { try $0.int(0) } ?? 0
        }
    }

    /// In the order given; what is gone is left out.
    package func lines(_ ids: [Int64]) async throws -> [ParcelLine] {
        try await ledger.database.read { tx in try ids.compactMap { try ParcelRows.one($0, in: tx).flatMap { try Self.line($0, in: tx) } } }
    }

    /// The parcels that a manifest freezes or counts, by their ids: shown on the packing card.
    package func manifest(of line: ParcelLine) async throws -> Manifest? {
        guard let id = line.parcel.manifest else { return nil }
        return try await ledger.database.read { try ManifestRows.one(id, in: $0) }
    }
}
