package import Domain
import Database

/// Opens, counts, closes and hands over manifests. A closed one is never changed again.
package struct ManifestDesk: Sendable {
    let ledger: Ledger
    package static let longestList = 100

    package init(ledger: Ledger) { self.ledger = ledger }

    package func recent(limit: Int = longestList) async throws -> [Manifest] {
        try await ledger.database.read { tx in try tx.rows("SELECT \(ManifestRows.columns) FROM manifests ORDER BY id DESC LIMIT \(limit)", ManifestRows.manifest) }
    }

    package func manifest(_ id: Int64) async throws -> Manifest {
        guard let found = try await ledger.database.read({ try ManifestRows.one(id, in: $0) }) else { throw ShippingFault.unknownManifest }
        return found
    }

    /// The parcels that were counted into it, and those packed for its carrier that were not.
    package func contents(of id: Int64) async throws -> (counted: [ParcelLine], missing: [ParcelLine], extra: [String]) {
        try await ledger.database.read { tx in
            guard let manifest = try ManifestRows.one(id, in: tx) else { throw ShippingFault.unknownManifest }
            let counted = try tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE manifest_id = \(id) ORDER BY id", ParcelRows.parcel)
            let rest = manifest.state == .open
                ? try tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE state = 'packed' AND channel_id = \(manifest.channel.value) AND manifest_id IS NULL ORDER BY id", ParcelRows.parcel) : []
            let extra = try tx.rows("SELECT DISTINCT number FROM manifest_scans WHERE manifest_id = \(id) AND outcome = 'unknown' ORDER BY number") { try $0.text(0) }
            return (try counted.compactMap { try PackDesk.line($0, in: tx) }, try rest.compactMap { try PackDesk.line($0, in: tx) }, extra)
        }
    }

    /// The open manifest of a carrier; a new one where there is none.
    /// - Parameter day: the workspace's day, `20261121`.
    package func open(for channel: ChannelID, day: String, cutoff: Timestamp?, by actor: String) async throws -> Manifest {
        try await ledger.write { transaction in
            if let open = try ManifestRows.open(of: channel, in: transaction.tx) { return open }
            let last = try transaction.tx.first("SELECT number FROM manifests WHERE number LIKE \("M-\(day)-%") ORDER BY number DESC LIMIT 1") { try $0.text(0) }
            let next = (last.flatMap { Int($0.suffix(4)) } ?? 0) + 1
            let id = transaction.nextID(), number = "M-\(day)-" + String("000\(next)".suffix(max(4, "\(next)".count)))
            try transaction.tx.run("""
                INSERT INTO manifests (id, number, channel_id, state, cutoff_at, opened_by, opened_at, prints, parcels, missing, extra)
                VALUES (\(id), \(number), \(channel.value), 'open', \(cutoff?.milliseconds), \(actor), \(transaction.now.milliseconds), 0, 0, 0, 0)
                """)
            return try ManifestRows.one(id, in: transaction.tx).unwrapped()
        }
    }

    /// Counts one parcel into an open manifest, or says why not. Each scan is kept.
    package func scan(_ scanned: String, into id: Int64, by actor: String) async throws -> ManifestScan {
        try await ledger.write { transaction in try transaction.scan(scanned, into: id, by: actor) }
    }

    /// Takes a parcel out again, while the manifest is open.
    package func remove(_ parcel: Int64, from id: Int64) async throws {
        try await ledger.write { transaction in
            guard let manifest = try ManifestRows.one(id, in: transaction.tx) else { throw ShippingFault.unknownManifest }
            guard manifest.state == .open else { throw ShippingFault.manifestState(manifest.state) }
            try transaction.tx.run("UPDATE parcels SET manifest_id = NULL WHERE id = \(parcel) AND manifest_id = \(id) AND state = 'packed'")
        }
    }

    /// Nothing is counted into it any more: what it lists is what will be handed over. A parcel whose order was cancelled meanwhile falls out.
    package func close(_ id: Int64, by actor: String) async throws -> Manifest {
        try await ledger.write { transaction in
            guard let manifest = try ManifestRows.one(id, in: transaction.tx) else { throw ShippingFault.unknownManifest }
            guard manifest.state == .open else { throw ShippingFault.manifestState(manifest.state) }
            let tx = transaction.tx
            for parcel in try tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE manifest_id = \(id) ORDER BY id", ParcelRows.parcel) where try PackDesk.line(parcel, in: tx)?.hindrance != nil {
                try tx.run("UPDATE parcels SET manifest_id = NULL WHERE id = \(parcel.id)")
            }
            let counted = try ManifestRows.counted(id, in: tx)
            guard counted > 0 else { throw ShippingFault.noOrders }
            let missing = try ManifestRows.packed(for: manifest.channel, in: tx) - counted
            let extra = try tx.first("SELECT COUNT(DISTINCT number) FROM manifest_scans WHERE manifest_id = \(id) AND outcome = 'unknown'") { try $0.int(0) } ?? 0
            try tx.run("""
                UPDATE manifests SET state = 'closed', closed_by = \(actor), closed_at = \(transaction.now.milliseconds), parcels = \(counted), missing = \(max(missing, 0)), extra = \(extra) WHERE id = \(id)
                """)
            return try ManifestRows.one(id, in: tx).unwrapped()
        }
    }

    /// The carrier has signed: every parcel of the list is on its way.
    package func handOver(_ id: Int64, to driver: String?, by actor: String) async throws -> Manifest {
        try await ledger.write { transaction in
            guard let manifest = try ManifestRows.one(id, in: transaction.tx) else { throw ShippingFault.unknownManifest }
            guard manifest.state == .closed else { throw ShippingFault.manifestState(manifest.state) }
            let tx = transaction.tx, cause = Cause(.person, actor, detail: manifest.number)
            for parcel in try tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE manifest_id = \(id) ORDER BY id", ParcelRows.parcel) where parcel.state == .packed {
                try tx.run("UPDATE parcels SET state = 'handedOver', handed_at = \(transaction.now.milliseconds) WHERE id = \(parcel.id)")
                if let order = try OrderRows.find(parcel.order, in: tx) { try transaction.record(.handedOver, of: order, cause: cause, note: LedgerTransaction.boxNote(parcel)) }
                try transaction.boxMoved(parcel, of: parcel.order, to: .pickedUp, cause: cause)
            }
            try tx.run("UPDATE manifests SET state = 'handedOver', handed_by = \(actor), handed_to = \(driver), handed_at = \(transaction.now.milliseconds) WHERE id = \(id)")
            return try ManifestRows.one(id, in: tx).unwrapped()
        }
    }

    /// Its paper is made once more. - Returns: which print this is, 1 for the first.
    package func printed(_ id: Int64) async throws -> Int {
        try await ledger.write { transaction in
            try transaction.tx.rows("UPDATE manifests SET prints = prints + 1 WHERE id = \(id) RETURNING prints") { try $0.int(0) }.first.unwrapped()
        }
    }
}

extension Optional {
    /// A row that was just written.
    func unwrapped() throws -> Wrapped { if let self { return self } else { throw ShippingFault.unknownManifest } }
}

extension LedgerTransaction {
    func scan(_ scanned: String, into id: Int64, by actor: String) throws -> ManifestScan {
        guard let manifest = try ManifestRows.one(id, in: tx) else { throw ShippingFault.unknownManifest }
        guard manifest.state == .open else { throw ShippingFault.manifestState(manifest.state) }
        let numbers = PackDesk.numbers(in: scanned)
        var parcel: StoredParcel?
        for number in numbers where parcel == nil {
            parcel = try ParcelRows.find(number: number, in: tx) ?? ParcelRows.find(number: number, channel: manifest.channel, in: tx)
        }
        var scan = ManifestScan(number: parcel?.trackingNumber ?? numbers.last ?? "", outcome: .unknown, parcel: try parcel.flatMap { try PackDesk.line($0, in: tx) }, reason: nil, counted: 0, packed: 0)
        if let parcel, let line = scan.parcel {
            if parcel.channel != manifest.channel { (scan.outcome, scan.reason) = (.otherCarrier, line.carrier) }
            else if let hindrance = line.hindrance { (scan.outcome, scan.reason) = (.mustNotLeave, hindrance) }
            else if parcel.state == .handedOver { scan.outcome = .gone }
            else if parcel.manifest == id { scan.outcome = .again }
            else {
                // What stands at the ramp has been packed, whether somebody said so or not.
                if parcel.state == .toPack { _ = try pack(parcel.id, weightGrams: nil, by: actor) }
                try tx.run("UPDATE parcels SET manifest_id = \(id) WHERE id = \(parcel.id)")
                scan.outcome = .counted
            }
        }
        try tx.run("""
            INSERT INTO manifest_scans (id, manifest_id, number, parcel_id, outcome, actor, at)
            VALUES (\(nextID()), \(id), \(scan.number), \(parcel?.id), \(scan.outcome.rawValue), \(actor), \(now.milliseconds))
            """)
        scan.counted = try ManifestRows.counted(id, in: tx)
        scan.packed = try ManifestRows.packed(for: manifest.channel, in: tx)
        return scan
    }
}
