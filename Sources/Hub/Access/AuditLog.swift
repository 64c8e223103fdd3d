import Crypto
package import Database
package import Domain
import Foundation

/// The record of what people and programs changed. Each entry carries a hash over itself and the entry before, so that one that was altered or taken out is found.
package final class AuditLog: Sendable {
    /// Entries looked at for one page of a filtered list.
    static let scanBudget = 20_000
    static let checkedAtOnce = 1000

    private let database: Database
    private let ids: IdentifierSource
    private let now: @Sendable () -> Timestamp

    package init(database: Database, ids: IdentifierSource, now: @escaping @Sendable () -> Timestamp) { self.database = database; self.ids = ids; self.now = now }

    /// For a change that was made elsewhere; what can be written in the change's own transaction uses `AuditRows.append`.
    package func record(_ change: AuditChange) async throws {
        let ids = ids, at = now()
        try await database.write { tx in try AuditRows.append(change, in: tx, ids: ids, at: at) }
    }

    /// Newest first, before `cursor`. A page may hold fewer than `limit` and still have a cursor.
    package func entries(_ filter: AuditFilter, before cursor: Int64?, limit: Int) async throws -> (entries: [AuditEntry], next: Int64?) {
        try await database.read { tx in
            let below = cursor ?? Int64.max
            let floor = try tx.first("SELECT id FROM audit WHERE id < \(below) ORDER BY id DESC LIMIT 1 OFFSET \(Self.scanBudget)") { try $0.int64(0) }
            var conditions: [SQL] = ["id < \(below)"]
            if let floor { conditions.append("id > \(floor)") }
            if let actor = filter.actor { conditions.append("actor = \(actor)") }
            if let action = filter.action { conditions.append("action = \(action)") }
            if let subject = filter.subject { conditions.append("subject = \(subject)") }
            // In the JSON of an entry a quote inside a text is escaped: no note can pass for the member.
            if let person = filter.person { conditions.append("detail LIKE \("%\"person\":\"\(person)\"%")") }
            if let from = filter.from { conditions.append("at >= \(from.milliseconds)") }
            if let before = filter.before { conditions.append("at < \(before.milliseconds)") }
            let found = try tx.rows("""
                SELECT id, at, actor, action, subject, detail FROM audit WHERE \(conditions.joined(by: " AND ")) ORDER BY id DESC LIMIT \(limit + 1)
                """, AuditRows.read)
            return found.count > limit ? (Array(found.prefix(limit)), found[limit - 1].id) : (found, floor.map { $0 + 1 })
        }
    }

    /// Walks the whole chain.
    package func check() async throws -> AuditCheck {
        var last = AuditRows.genesis, after: Int64 = 0, count = 0
        while true {
            let from = after
            let rows = try await database.read { tx in
                try tx.rows("""
                    SELECT id, at, actor, action, subject, detail, previous_hash, hash FROM audit WHERE id > \(from) ORDER BY id LIMIT \(Self.checkedAtOnce)
                    """) { row in
                    (id: try row.int64(0), hash: try AuditRows.hash(id: row.int64(0), at: row.int64(1), actor: row.text(2), action: row.text(3), subject: row.text(4),
                                                                    detail: row.optionalText(5) ?? "", after: row.blob(6)),
                     previous: try row.blob(6), stored: try row.blob(7))
                }
            }
            for row in rows {
                guard row.previous == last, row.hash == row.stored else { return AuditCheck(entries: count, firstBroken: row.id, isWhole: false) }
                last = row.stored
                after = row.id
                count += 1
            }
            if rows.count < Self.checkedAtOnce { break }
        }
        let (end, found) = (last, count)
        let isWhole = try await database.read { tx in
            try tx.first("SELECT position, detail FROM cursors WHERE channel_id = 0 AND name = 'audit'") { try $0.int(0) <= found || $0.optionalText(1) == AuditRows.text(of: end) } ?? (found == 0)
        }
        return AuditCheck(entries: count, firstBroken: nil, isWhole: isWhole)
    }
}

/// The SQL of the audit.
package enum AuditRows {
    static let genesis = [UInt8](repeating: 0, count: 32)

    /// Writes the entry at the end of the chain. The cursor's row is held until the commit, so that entries of concurrent transactions follow one another.
    package static func append(_ change: AuditChange, in tx: any Transaction, ids: IdentifierSource, at: Timestamp) throws {
        let last = try tx.first("""
            INSERT INTO cursors (channel_id, name, position, detail, updated_at) VALUES (0, 'audit', 1, \(text(of: genesis)), \(at.milliseconds))
            ON CONFLICT (channel_id, name) DO UPDATE SET position = cursors.position + 1, updated_at = excluded.updated_at
            RETURNING detail
            """) { try bytes(of: $0.text(0)) } ?? genesis
        let id = ids.next(), detail = try OrderRows.encodeOne(change.detail)
        let hash = try hash(id: id, at: at.milliseconds, actor: change.actor.name, action: change.action, subject: change.subject, detail: detail, after: last)
        try tx.run("""
            INSERT INTO audit (id, at, actor, action, subject, detail, previous_hash, hash)
            VALUES (\(id), \(at.milliseconds), \(change.actor.name), \(change.action), \(change.subject), \(detail), \(last), \(hash))
            """)
        try tx.run("UPDATE cursors SET detail = \(text(of: hash)) WHERE channel_id = 0 AND name = 'audit'")
    }

    static func read(_ row: Row) throws -> AuditEntry {
        AuditEntry(id: try row.int64(0), at: Timestamp(milliseconds: try row.int64(1)), actor: try row.text(2), action: try row.text(3), subject: try row.text(4),
                   detail: try row.optionalText(5).map { try OrderRows.decode(AuditChange.Detail.self, $0, column: "detail") } ?? AuditChange.Detail())
    }

    static func hash(id: Int64, at: Int64, actor: String, action: String, subject: String, detail: String, after previous: [UInt8]) throws -> [UInt8] {
        // A list in JSON, so that no text can pass for the end of one field and the start of the next.
        let fields = try JSONEncoder.crossdock.encode([String(id), String(at), actor, action, subject, detail])
        return Array(SHA256.hash(data: Data(previous) + fields))
    }

    static func text(of hash: [UInt8]) -> String { Data(hash).base64EncodedString() }
    private static func bytes(of text: String) -> [UInt8] { Data(base64Encoded: text).map(Array.init) ?? genesis }
}
