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

/// What came of one scan.
package enum ScanOutcome: String, Sendable, Codable, CaseIterable {
    /// Taken into the list, there already, not of this carrier, frozen in another manifest, not to leave, gone already, no parcel of ours.
    case counted, again, otherCarrier, otherManifest, mustNotLeave, gone, unknown
}

/// One scan of a manifest, answered.
package struct ManifestScan: Sendable, Equatable {
    package var number: String, outcome: ScanOutcome
    package var parcel: ParcelLine?
    /// Why, for what is not counted: a reason, a carrier, the number of another manifest.
    package var reason: String?
    /// Parcels counted so far, of how many that should travel with this manifest.
    package var counted: Int, packed: Int
}

/// One scan as it was written down.
package struct ScanRecord: Sendable, Equatable {
    package var id: Int64
    package var number: String, outcome: ScanOutcome, order: OrderID?, orderNumber: String?, actor: String, at: Timestamp
}

/// How a manifest stands.
package struct ManifestCount: Sendable, Equatable {
    package var counted: Int
    /// Packed for its carrier, free to leave, in no manifest; of a closed one: what stood so when it was closed.
    package var missing: Int
    /// Numbers that were scanned and are no parcel of ours.
    package var extra: Int
    package var expected: Int { counted + missing }
}

/// The SQL of manifests.
enum ManifestRows {
    static let columns: SQL = """
        id, number, channel_id, state, cutoff_at, opened_by, opened_at, closed_by, closed_at, handed_by, handed_to, handed_at, prints, parcels, missing, extra
        """
    /// Stands among the scans of a closed manifest for a parcel that was not there.
    static let missing = "missing"

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

    /// The manifest that a parcel is frozen in: closed, and not yet handed over.
    static func holding(_ parcel: StoredParcel, in tx: any Transaction) throws -> Manifest? {
        try parcel.manifest.flatMap { try one($0, in: tx) }.flatMap { $0.state == .open ? nil : $0 }
    }

    /// What is packed for a carrier, in no manifest, may leave (`ParcelLine.hindrance` in SQL), and is due by a cut-off where there is one.
    static func expected(_ channel: ChannelID, dueBy cutoff: Timestamp? = nil) -> SQL {
        let due: SQL = cutoff.map { "AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = p.order_id AND o.ship_by > \($0.milliseconds))" } ?? ""
        let stays: SQL = """
            (o.workflow IN ('cancelled','excluded','awaitingConfirmation') OR EXISTS (SELECT 1 FROM cancellation_wishes w WHERE w.order_id = o.id AND w.state <> 'over'))
            """
        return """
            p.state = 'packed' AND p.channel_id = \(channel.value) AND p.manifest_id IS NULL \(due)
            AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = p.order_id AND \(stays))
            AND NOT EXISTS (SELECT 1 FROM shipment_orders s JOIN orders o ON o.id = s.order_id WHERE s.shipment_id = p.shipment_id AND \(stays))
            """
    }

    static func count(_ manifest: Manifest, in tx: any Transaction) throws -> ManifestCount {
        let counted = try tx.first("SELECT COUNT(*) FROM parcels WHERE manifest_id = \(manifest.id)") { try $0.int(0) } ?? 0
        let missing = manifest.state == .open
            ? try tx.first("SELECT COUNT(*) FROM parcels p WHERE \(expected(manifest.channel, dueBy: manifest.cutoffAt))") { try $0.int(0) }
            : try tx.first("SELECT COUNT(*) FROM manifest_scans WHERE manifest_id = \(manifest.id) AND outcome = \(missing)") { try $0.int(0) }
        let extra = try tx.first("SELECT COUNT(DISTINCT number) FROM manifest_scans WHERE \(extraScans(manifest.id))") { try $0.int(0) }
        return ManifestCount(counted: counted, missing: missing ?? 0, extra: extra ?? 0)
    }

    /// Scans of numbers that nobody knew, and still nobody knows: one that was scanned too early counts once it is counted.
    static func extraScans(_ id: Int64) -> SQL {
        """
        manifest_id = \(id) AND outcome = 'unknown'
        AND number NOT IN (SELECT number FROM manifest_scans WHERE manifest_id = \(id) AND outcome IN ('counted','again','otherCarrier','otherManifest','mustNotLeave','gone'))
        """
    }
}
