import Database
import Domain

/// What shipping leaves behind, each kind as old as its neighbour: papers and news of parcels hold buyers' data like the deliveries they came from, scans are single tries, matched money is closed work.
extension Retention {
    /// The contents of labels, which are addresses, and news of parcels that never turned up. That a label was made and printed stays.
    func removePapers(before limit: Timestamp) async throws {
        try await repeated(.labels, limit) { tx in
            try tx.run("""
                UPDATE labels SET content = NULL WHERE id IN (SELECT id FROM labels WHERE content IS NOT NULL AND made_at < \(limit.milliseconds) ORDER BY made_at LIMIT \(Self.batch))
                """)
        }
        try await repeated(.earlyTracking, limit) { tx in
            try tx.run("DELETE FROM early_tracking WHERE id IN (SELECT id FROM early_tracking WHERE received_at < \(limit.milliseconds) ORDER BY received_at LIMIT \(Self.batch))")
        }
    }

    /// Scans of lists that were handed over; the list keeps its counts, and each parcel the list it left with.
    func removeScans(before limit: Timestamp) async throws {
        try await repeated(.manifestScans, limit) { tx in
            guard let oldest = try tx.first("""
                SELECT m.id FROM manifests m
                 WHERE m.state = 'handedOver' AND m.handed_at < \(limit.milliseconds) AND EXISTS (SELECT 1 FROM manifest_scans s WHERE s.manifest_id = m.id) ORDER BY m.id LIMIT 1
                """, { try $0.int64(0) }) else { return 0 }
            return try tx.run("DELETE FROM manifest_scans WHERE id IN (SELECT id FROM manifest_scans WHERE manifest_id = \(oldest) ORDER BY id LIMIT \(Self.batch))")
        }
    }

    /// Rows of carriers' lists that matched or were settled; the list itself stays, so that it is not taken twice, and each parcel knows that its money came.
    func removeRemittances(before limit: Timestamp) async throws {
        try await repeated(.remittanceLines, limit) { tx in
            guard let oldest = try tx.first("""
                SELECT r.id FROM remittances r
                 WHERE r.at < \(limit.milliseconds) AND r.is_whole = 1
                   AND EXISTS (SELECT 1 FROM remittance_lines l WHERE l.remittance_id = r.id AND (l.outcome = 'matched' OR l.settled_at < \(limit.milliseconds))) ORDER BY r.id LIMIT 1
                """, { try $0.int64(0) }) else { return 0 }
            return try tx.run("""
                DELETE FROM remittance_lines WHERE id IN (SELECT id FROM remittance_lines WHERE remittance_id = \(oldest) AND (outcome = 'matched' OR settled_at < \(limit.milliseconds)) ORDER BY id LIMIT \(Self.batch))
                """)
        }
    }
}
