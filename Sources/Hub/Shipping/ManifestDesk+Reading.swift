import Domain
import Database

/// What a manifest holds, page by page.
extension ManifestDesk {
    /// The parts of a manifest's list.
    package enum Part: String, Sendable, CaseIterable { case counted, missing }

    /// Newest first. What an open one holds is counted now.
    package func recent(limit: Int = longestList) async throws -> [Manifest] {
        try await ledger.database.read { tx in
            try tx.rows("SELECT \(ManifestRows.columns) FROM manifests ORDER BY id DESC LIMIT \(limit)", ManifestRows.manifest).map { try Self.upToDate($0, in: tx) }
        }
    }

    package func manifest(_ id: Int64) async throws -> Manifest {
        guard let found = try await ledger.database.read({ tx in try ManifestRows.one(id, in: tx).map { try Self.upToDate($0, in: tx) } }) else { throw ShippingFault.unknownManifest }
        return found
    }

    private static func upToDate(_ manifest: Manifest, in tx: any Transaction) throws -> Manifest {
        guard manifest.state == .open else { return manifest }
        var manifest = manifest
        let count = try ManifestRows.count(manifest, in: tx)
        (manifest.parcels, manifest.missing, manifest.extra) = (count.counted, count.missing, count.extra)
        return manifest
    }

    package func count(of id: Int64) async throws -> ManifestCount {
        try await ledger.database.read { tx in try ManifestRows.count(try ManifestRows.one(id, in: tx).unwrapped(), in: tx) }
    }

    /// One page of what was counted, or of what is missing, oldest parcel first.
    package func list(_ part: Part, of id: Int64, after: Int64? = nil, limit: Int) async throws -> [ParcelLine] {
        try await ledger.database.read { tx in try Self.parcels(part, of: try ManifestRows.one(id, in: tx).unwrapped(), after: after, limit: limit, in: tx) }
    }

    private static func parcels(_ part: Part, of manifest: Manifest, after: Int64?, limit: Int, in tx: any Transaction) throws -> [ParcelLine] {
        let condition: SQL = switch part {
        case .counted: "p.manifest_id = \(manifest.id)"
        case .missing where manifest.state == .open: ManifestRows.expected(manifest.channel, dueBy: manifest.cutoffAt)
        case .missing: "p.id IN (SELECT parcel_id FROM manifest_scans WHERE manifest_id = \(manifest.id) AND outcome = \(ManifestRows.missing))"
        }
        let ids = try tx.rows("SELECT p.id FROM parcels p WHERE \(condition) AND p.id > \(after ?? 0) ORDER BY p.id LIMIT \(limit)") { try $0.int64(0) }
        return try ids.compactMap { try ParcelRows.one($0, in: tx).flatMap { try PackDesk.line($0, in: tx) } }
    }

    /// What it lists and must not leave, cancelled, held or unbooked since it was counted.
    package func stopped(in id: Int64) async throws -> [ParcelLine] { try await ledger.database.read { try Self.stopped(in: id, $0) } }

    static func stopped(in id: Int64, _ tx: any Transaction) throws -> [ParcelLine] {
        try tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE manifest_id = \(id) AND state <> 'handedOver' ORDER BY id", ParcelRows.parcel)
            .compactMap { try PackDesk.line($0, in: tx) }.filter { $0.hindrance != nil }
    }

    /// Numbers that were scanned and are no parcel of ours.
    package func extra(of id: Int64, limit: Int = longestList) async throws -> [String] {
        try await ledger.database.read { tx in try Self.extra(of: id, limit: limit, in: tx) }
    }

    private static func extra(of id: Int64, limit: Int, in tx: any Transaction) throws -> [String] {
        try tx.rows("SELECT DISTINCT number FROM manifest_scans WHERE \(ManifestRows.extraScans(id)) ORDER BY number LIMIT \(limit)") { try $0.text(0) }
    }

    /// The latest scans, newest first.
    package func scans(of id: Int64, limit: Int) async throws -> [ScanRecord] {
        try await ledger.database.read { tx in
            try tx.rows("""
                SELECT s.id, s.number, s.outcome, p.order_id, o.external_number, s.actor, s.at
                  FROM manifest_scans s LEFT JOIN parcels p ON p.id = s.parcel_id LEFT JOIN orders o ON o.id = p.order_id
                 WHERE s.manifest_id = \(id) AND s.outcome <> \(ManifestRows.missing) ORDER BY s.id DESC LIMIT \(limit)
                """) { row in
                ScanRecord(id: try row.int64(0), number: try row.text(1), outcome: try row.value(ScanOutcome.self, 2), order: try row.optionalInt64(3).map { OrderID($0) }, orderNumber: try row.optionalText(4),
                           actor: try row.text(5), at: Timestamp(milliseconds: try row.int64(6)))
            }
        }
    }

    /// Everything of it, for its paper.
    package func contents(of id: Int64) async throws -> (counted: [ParcelLine], missing: [ParcelLine], extra: [String]) {
        try await ledger.database.read { tx in
            let manifest = try ManifestRows.one(id, in: tx).unwrapped()
            return (try Self.parcels(.counted, of: manifest, after: nil, limit: Self.mostOnPaper, in: tx), try Self.parcels(.missing, of: manifest, after: nil, limit: Self.mostOnPaper, in: tx),
                    try Self.extra(of: id, limit: Self.mostOnPaper, in: tx))
        }
    }
    static let mostOnPaper = 10_000
}
