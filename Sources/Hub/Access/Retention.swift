package import Database
package import Domain
import Foundation
package import Logging
import Synchronization

/// Removes what is no longer needed, hour by hour and in small pieces, as the workspace has settled. Orders, their events, receipts and the audit stay.
package final class Retention: Sendable {
    /// What was removed on one day (of UTC).
    package struct Removal: Sendable, Equatable { package var day: Timestamp, kind: String, count: Int }

    package enum Kind: String, Sendable, CaseIterable { case deliveries, attempts, closedDeadLetters, sessions, links, deskWork, labels, earlyTracking, manifestScans, remittanceLines }

    static let every = Duration.seconds(3600), pause = Duration.milliseconds(20)
    static let batch = 500
    static let deskDays = 90
    /// A pass that meets years of arrears goes on at the next one.
    static let maximumBatches = 2000
    static let shownRemovals = 90
    static let dayMilliseconds: Int64 = 86_400_000

    private let ledger: Database, journal: Database
    private let workspace: WorkspaceStore
    private let now: @Sendable () -> Timestamp
    private let logger: Logger

    package init(ledger: Database, journal: Database, workspace: WorkspaceStore, now: @escaping @Sendable () -> Timestamp, logger: Logger) {
        self.ledger = ledger; self.journal = journal; self.workspace = workspace; self.now = now; self.logger = logger
    }

    /// Until cancelled.
    package func run() async {
        while !Task.isCancelled {
            do { try await pass() } catch is CancellationError { return } catch { logger.error("retention failed", metadata: ["error.code": "\((error as? any HubError)?.code ?? "internal")"]) }
            do { try await Task.sleep(for: Self.every) } catch { return }
        }
    }

    /// Removes everything that is due.
    package func pass() async throws {
        let days = workspace.current.retention, at = now()
        if days.deliveries > 0 {
            try await removeBodies(before: Self.limit(days.deliveries, at))
            try await removePapers(before: Self.limit(days.deliveries, at))
        }
        if days.attempts > 0 {
            try await removeAttempts(before: Self.limit(days.attempts, at))
            try await removeScans(before: Self.limit(days.attempts, at))
        }
        if days.closedDeadLetters > 0 {
            try await removeLetters(before: Self.limit(days.closedDeadLetters, at))
            try await removeRemittances(before: Self.limit(days.closedDeadLetters, at))
        }
        try await removeSessions(at)
        try await removeDeskWork(before: Self.limit(Self.deskDays, at))
    }

    private static func limit(_ days: Int, _ at: Timestamp) -> Timestamp { Timestamp(milliseconds: at.milliseconds - Int64(days) * dayMilliseconds) }

    /// Bodies and headers of deliveries, oldest first, behind the place up to which they were interpreted; those with an open problem keep theirs.
    private func removeBodies(before limit: Timestamp) async throws {
        for _ in 0..<Self.maximumBatches {
            let (from, interpreted) = try await ledger.read { tx in
                (try tx.first("SELECT position FROM cursors WHERE channel_id = 0 AND name = 'retention'") { try $0.int64(0) } ?? 0,
                 try tx.first("SELECT position FROM cursors WHERE channel_id = 0 AND name = 'journal'") { try $0.int64(0) } ?? 0)
            }
            let ids = try await journal.read { tx in
                try tx.rows("SELECT id, received_at FROM deliveries WHERE id > \(from) AND id <= \(interpreted) ORDER BY id LIMIT \(Self.batch)") { (try $0.int64(0), try $0.int64(1)) }
            }.prefix { $0.1 < limit.milliseconds }.map(\.0)
            guard let last = ids.last else { return }
            let kept = try await ledger.read { tx in
                Set(try tx.rows("SELECT delivery_id FROM problems WHERE state = 'open' AND delivery_id IN (\(list: ids)) LIMIT \(Self.batch)") { try $0.int64(0) })
            }
            let gone = ids.filter { !kept.contains($0) }, empty: [UInt8] = []
            let removed = try await journal.write { tx in
                try tx.run("UPDATE deliveries SET body = \(empty), headers = '{}' WHERE id IN (\(list: gone))")
            }
            let at = now()
            try await ledger.write { tx in
                try tx.run("""
                    INSERT INTO cursors (channel_id, name, position, updated_at) VALUES (0, 'retention', \(last), \(at.milliseconds))
                    ON CONFLICT (channel_id, name) DO UPDATE SET position = excluded.position, updated_at = excluded.updated_at
                    """)
                try Self.count(removed, .deliveries, limit, at, in: tx)
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// Attempts are named in the order of their time.
    private func removeAttempts(before limit: Timestamp) async throws {
        try await repeated(.attempts, limit) { tx in
            let ids = try tx.rows("SELECT id, at FROM attempts ORDER BY id LIMIT \(Self.batch)") { (try $0.int64(0), try $0.int64(1)) }.prefix { $0.1 < limit.milliseconds }.map(\.0)
            return ids.isEmpty ? 0 : try tx.run("DELETE FROM attempts WHERE id IN (\(list: ids))")
        }
    }

    private func removeLetters(before limit: Timestamp) async throws {
        for state in ["retried", "discarded"] {
            try await repeated(.closedDeadLetters, limit) { tx in
                // By the index on state and id: a letter that was closed late keeps younger ones until then.
                let ids = try tx.rows("SELECT id, closed_at FROM dead_letters WHERE state = \(state) ORDER BY id LIMIT \(Self.batch)") { (try $0.int64(0), try $0.optionalInt64(1) ?? 0) }
                    .filter { $0.1 < limit.milliseconds }.map(\.0)
                return ids.isEmpty ? 0 : try tx.run("DELETE FROM dead_letters WHERE id IN (\(list: ids))")
            }
        }
    }

    /// Sessions that are over and links that were used or are too old: nothing is settled about them, they are of no use to anybody.
    private func removeSessions(_ at: Timestamp) async throws {
        let idle = at - SessionStore.idle
        try await repeated(.sessions, at) { tx in try tx.run("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE used_at < \(idle.milliseconds) ORDER BY used_at LIMIT \(Self.batch))") }
        let old = at.milliseconds - 30 * Self.dayMilliseconds
        try await repeated(.links, at) { tx in try tx.run("DELETE FROM access_links WHERE id IN (SELECT id FROM access_links WHERE expires_at < \(old) ORDER BY id LIMIT \(Self.batch))") }
    }

    /// Bulk actions and saved batches of edits that are over: what they did stays with the orders' events, only taking them back as one is no longer possible.
    private func removeDeskWork(before limit: Timestamp) async throws {
        for (table, parts, name) in [("bulk_actions", "bulk_items", "bulk_id"), ("edit_batches", "edit_cells", "batch_id")] {
            // Both are named in the order of their time.
            try await repeated(.deskWork, limit) { tx in
                let ended = table == "bulk_actions" ? " AND state NOT IN ('running','cancelling')" : ""
                guard let oldest = try tx.first("SELECT id FROM \(raw: table) WHERE created_at < \(limit.milliseconds)\(raw: ended) ORDER BY id LIMIT 1", { try $0.int64(0) }) else { return 0 }
                let removed = try tx.run("""
                    DELETE FROM \(raw: parts) WHERE \(raw: name) = \(oldest)
                       AND \(raw: table == "bulk_actions" ? "position" : "order_id") IN (SELECT \(raw: table == "bulk_actions" ? "position" : "order_id") FROM \(raw: parts) WHERE \(raw: name) = \(oldest) LIMIT \(Self.batch))
                    """)
                return removed > 0 ? removed : try tx.run("DELETE FROM \(raw: table) WHERE id = \(oldest)")
            }
        }
    }

    func repeated(_ kind: Kind, _ limit: Timestamp, _ remove: @escaping @Sendable (any Transaction) throws -> Int) async throws {
        for _ in 0..<Self.maximumBatches {
            let at = now()
            let removed = try await ledger.write { tx -> Int in
                let removed = try remove(tx)
                try Self.count(removed, kind, limit, at, in: tx)
                return removed
            }
            guard removed > 0 else { return }
            try await Task.sleep(for: Self.pause)
        }
    }

    private static func count(_ removed: Int, _ kind: Kind, _ limit: Timestamp, _ at: Timestamp, in tx: any Transaction) throws {
        guard removed > 0 else { return }
        try tx.run("""
            INSERT INTO removals (day, kind, removed, older_than) VALUES (\(at.milliseconds / dayMilliseconds), \(kind), \(removed), \(limit.milliseconds))
            ON CONFLICT (day, kind) DO UPDATE SET removed = removals.removed + excluded.removed, older_than = excluded.older_than
            """)
    }

    /// Newest day first.
    package func removals() async throws -> [Removal] {
        try await ledger.read { tx in
            try tx.rows("SELECT day, kind, removed FROM removals ORDER BY day DESC, kind LIMIT \(Self.shownRemovals)") {
                Removal(day: Timestamp(milliseconds: try $0.int64(0) * Self.dayMilliseconds), kind: try $0.text(1), count: try $0.int(2))
            }
        }
    }
}
