package import Domain
import Database

/// Opens, counts, closes and hands over manifests. A closed one is changed only by being opened again, with a reason; one that was handed over never.
package struct ManifestDesk: Sendable {
    let ledger: Ledger
    package static let longestList = 100

    package init(ledger: Ledger) { self.ledger = ledger }

    /// The open manifest of a carrier; a new one where there is none.
    /// - Parameter day: the workspace's day, `20261121`.
    package func open(for channel: ChannelID, day: String, cutoff: Timestamp?, by actor: String) async throws -> Manifest {
        try await ledger.write { transaction in
            if let open = try ManifestRows.open(of: channel, in: transaction.tx) {
                guard cutoff == nil || open.cutoffAt == cutoff else { throw ShippingFault.otherOpen(number: open.number) }
                return open
            }
            let last = try transaction.tx.first("SELECT number FROM manifests WHERE number LIKE \("M-\(day)-%") ORDER BY LENGTH(number) DESC, number DESC LIMIT 1") { try $0.text(0) }
            let next = (last.flatMap { $0.split(separator: "-").last }.flatMap { Int($0) } ?? 0) + 1
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
            try transaction.manifest(id, in: .open)
            try transaction.tx.run("UPDATE parcels SET manifest_id = NULL WHERE id = \(parcel) AND manifest_id = \(id) AND state = 'packed'")
        }
    }

    /// Nothing is counted into it any more: what it lists is what will be handed over. A parcel whose order was cancelled meanwhile falls out.
    package func close(_ id: Int64, by actor: String) async throws -> Manifest {
        try await ledger.write { transaction in
            let manifest = try transaction.manifest(id, in: .open), tx = transaction.tx
            for line in try transaction.stopped(in: id) { try tx.run("UPDATE parcels SET manifest_id = NULL WHERE id = \(line.parcel.id)") }
            let count = try ManifestRows.count(manifest, in: tx)
            guard count.counted > 0 else { throw ShippingFault.noOrders }
            try transaction.freezeMissing(of: manifest, by: actor)
            try tx.run("""
                UPDATE manifests
                   SET state = 'closed', closed_by = \(actor), closed_at = \(transaction.now.milliseconds), parcels = \(count.counted), missing = \(count.missing), extra = \(count.extra)
                 WHERE id = \(id)
                """)
            return try ManifestRows.one(id, in: tx).unwrapped()
        }
    }

    /// A closed manifest is counted on. The audit keeps who did it and why; its paper says afterwards that it is a reprint.
    ///
    /// - Throws: `.otherOpen` while another manifest of the carrier is open, `.reasonRequired`, `.manifestState` for one that was handed over.
    package func reopen(_ id: Int64, reason: String?, by actor: AuditActor) async throws -> Manifest {
        guard let reason = reason?.trimmingWhitespace, (1...BulkRequest.maximumReason).contains(reason.count) else { throw ShippingFault.reasonRequired }
        return try await ledger.write { transaction in
            let manifest = try transaction.manifest(id, in: .closed), tx = transaction.tx
            if let open = try ManifestRows.open(of: manifest.channel, in: tx) { throw ShippingFault.otherOpen(number: open.number) }
            try tx.run("DELETE FROM manifest_scans WHERE manifest_id = \(id) AND outcome = \(ManifestRows.missing)")
            try tx.run("UPDATE manifests SET state = 'open', closed_by = NULL, closed_at = NULL, parcels = 0, missing = 0, extra = 0 WHERE id = \(id)")
            try transaction.audit(AuditChange(actor, "manifest.reopen", "manifest:\(id)", before: ["state": "closed", "parcels": "\(manifest.parcels)"], after: ["state": "open"], note: reason))
            return try ManifestRows.one(id, in: tx).unwrapped()
        }
    }

    /// Takes out of a closed manifest what must not leave any more. - Returns: the numbers.
    package func takeOutStopped(_ id: Int64, by actor: AuditActor) async throws -> [String] {
        try await ledger.write { transaction in
            let manifest = try transaction.manifest(id, in: .closed), tx = transaction.tx
            let lines = try transaction.stopped(in: id), numbers = lines.map(\.name)
            guard !lines.isEmpty else { return [] }
            for line in lines { try tx.run("UPDATE parcels SET manifest_id = NULL WHERE id = \(line.parcel.id)") }
            try tx.run("UPDATE manifests SET parcels = \(try ManifestRows.count(manifest, in: tx).counted) WHERE id = \(id)")
            try transaction.audit(AuditChange(actor, "manifest.takeOut", "manifest:\(id)", before: ["parcels": "\(manifest.parcels)"], after: ["parcels": "\(manifest.parcels - lines.count)"],
                                              note: numbers.joined(separator: ", ")))
            return numbers
        }
    }

    /// The carrier has signed: every parcel of the list is on its way.
    ///
    /// - Throws: `.mustNotGo` with those that were cancelled, held or unbooked since the manifest was closed: nothing is handed over then.
    package func handOver(_ id: Int64, to driver: String?, by actor: String) async throws -> Manifest {
        try await ledger.write { transaction in
            let manifest = try transaction.manifest(id, in: .closed)
            let tx = transaction.tx, cause = Cause(.person, actor, detail: manifest.number)
            let stopped = try transaction.stopped(in: id)
            guard stopped.isEmpty else { throw ShippingFault.mustNotGo(stopped.map { "\($0.name): \($0.hindrance ?? "")" }) }
            let parcels = try tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE manifest_id = \(id) ORDER BY id", ParcelRows.parcel)
            guard !parcels.isEmpty else { throw ShippingFault.noOrders }
            for parcel in parcels where parcel.state == .packed {
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
    @discardableResult
    func manifest(_ id: Int64, in state: ManifestState) throws -> Manifest {
        guard let manifest = try ManifestRows.one(id, in: tx) else { throw ShippingFault.unknownManifest }
        guard manifest.state == state else { throw ShippingFault.manifestState(manifest.state) }
        return manifest
    }

    func stopped(in manifest: Int64) throws -> [ParcelLine] { try ManifestDesk.stopped(in: manifest, tx) }

    /// What was packed and not there is named by the closed list.
    func freezeMissing(of manifest: Manifest, by actor: String) throws {
        let missing = try tx.rows("SELECT p.id, p.tracking_number FROM parcels p WHERE \(ManifestRows.expected(manifest.channel, dueBy: manifest.cutoffAt)) ORDER BY p.id") { (try $0.int64(0), try $0.optionalText(1)) }
        for (parcel, number) in missing {
            try tx.run("""
                INSERT INTO manifest_scans (id, manifest_id, number, parcel_id, outcome, actor, at)
                VALUES (\(nextID()), \(manifest.id), \(number ?? "–"), \(parcel), \(ManifestRows.missing), \(actor), \(now.milliseconds))
                """)
        }
    }

    func scan(_ scanned: String, into id: Int64, by actor: String) throws -> ManifestScan {
        let manifest = try manifest(id, in: .open), numbers = PackDesk.numbers(in: scanned)
        var parcel: StoredParcel?
        for number in numbers where parcel == nil {
            parcel = try ParcelRows.find(number: number, in: tx) ?? ParcelRows.find(number: number, channel: manifest.channel, in: tx)
        }
        let line = try parcel.flatMap { try PackDesk.line($0, in: tx) }
        var scan = ManifestScan(number: parcel?.trackingNumber ?? numbers.last ?? "", outcome: .unknown, parcel: line, reason: nil, counted: 0, packed: 0)
        if let parcel, let line { (scan.outcome, scan.reason) = try count(parcel, line, into: manifest, by: actor) }
        try tx.run("""
            INSERT INTO manifest_scans (id, manifest_id, number, parcel_id, outcome, actor, at)
            VALUES (\(nextID()), \(id), \(scan.number), \(parcel?.id), \(scan.outcome.rawValue), \(actor), \(now.milliseconds))
            """)
        let count = try ManifestRows.count(manifest, in: tx)
        (scan.counted, scan.packed) = (count.counted, count.expected)
        return scan
    }

    private func count(_ parcel: StoredParcel, _ line: ParcelLine, into manifest: Manifest, by actor: String) throws -> (ScanOutcome, String?) {
        if parcel.channel != manifest.channel { return (.otherCarrier, line.carrier) }
        if let hindrance = line.hindrance { return (.mustNotLeave, hindrance) }
        if parcel.state == .handedOver { return (.gone, nil) }
        if parcel.manifest == manifest.id { return (.again, nil) }
        if let other = try ManifestRows.holding(parcel, in: tx) { return (.otherManifest, other.number) }
        // What stands at the ramp has been packed, whether somebody said so or not.
        if parcel.state == .toPack { _ = try pack(parcel.id, Weighing(), by: actor) }
        try tx.run("UPDATE parcels SET manifest_id = \(manifest.id) WHERE id = \(parcel.id)")
        return (.counted, nil)
    }
}
