package import Domain
import Database

package enum ManifestState: String, Sendable, Codable, CaseIterable { case open, closed, handedOver }

/// The list that a carrier is handed its parcels with: counted by scan, closed, signed.
package struct Manifest: Sendable, Equatable {
    package var id: Int64
    /// `M-20261121-0001`, counted anew each day of the workspace.
    package var number: String
    package var channel: ChannelID
    package var state: ManifestState
    package var cutoffAt: Timestamp?
    package var openedBy: String, openedAt: Timestamp
    package var closedBy: String?, closedAt: Timestamp?
    package var handedBy: String?, handedTo: String?, handedAt: Timestamp?
    /// How often its paper was made: each after the first is marked as a reprint.
    package var prints: Int
    package var parcels: Int, missing: Int, extra: Int
}

/// One scan of a manifest.
package struct ManifestScan: Sendable, Equatable {
    /// What it was: taken into the list, there already, not of this carrier, not to leave, unknown.
    package enum Outcome: String, Sendable, Codable, CaseIterable { case counted, again, otherCarrier, mustNotLeave, gone, unknown }
    package var number: String, outcome: Outcome
    package var parcel: ParcelLine?
    /// For `mustNotLeave`, `otherCarrier`: why.
    package var reason: String?
    /// Parcels counted so far, of how many that are packed for this carrier.
    package var counted: Int, packed: Int
}

enum ManifestRows {
    static let columns: SQL = """
        id, number, channel_id, state, cutoff_at, opened_by, opened_at, closed_by, closed_at, handed_by, handed_to, handed_at, prints, parcels, missing, extra
        """

    static func manifest(_ row: Row) throws -> Manifest {
        func time(_ column: Int) throws -> Timestamp? { try row.optionalInt64(column).map { Timestamp(milliseconds: $0) } }
        return Manifest(
            id: try row.int64(0), number: try row.text(1), channel: ChannelID(try row.int64(2)), state: try row.value(ManifestState.self, 3), cutoffAt: try time(4), openedBy: try row.text(5),
            openedAt: Timestamp(milliseconds: try row.int64(6)), closedBy: try row.optionalText(7), closedAt: try time(8), handedBy: try row.optionalText(9), handedTo: try row.optionalText(10),
            handedAt: try time(11), prints: try row.int(12), parcels: try row.int(13), missing: try row.int(14), extra: try row.int(15))
    }

    static func one(_ id: Int64, in tx: any Transaction) throws -> Manifest? { try tx.first("SELECT \(columns) FROM manifests WHERE id = \(id)", manifest) }

    static func open(of channel: ChannelID, in tx: any Transaction) throws -> Manifest? {
        try tx.first("SELECT \(columns) FROM manifests WHERE channel_id = \(channel.value) AND state = 'open'", manifest)
    }

    static func counted(_ id: Int64, in tx: any Transaction) throws -> Int { try tx.first("SELECT COUNT(*) FROM parcels WHERE manifest_id = \(id)") { try $0.int(0) } ?? 0 }

    static func packed(for channel: ChannelID, in tx: any Transaction) throws -> Int {
        try tx.first("SELECT COUNT(*) FROM parcels WHERE state = 'packed' AND channel_id = \(channel.value)") { try $0.int(0) } ?? 0
    }
}
