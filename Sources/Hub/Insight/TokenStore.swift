package import Database
package import Domain
import Crypto
import Foundation
import Synchronization

/// API tokens: shown once, stored as SHA-256, looked up by their hash.
package final class TokenStore: Sendable {
    package struct Token: Sendable, Equatable { package var id: Int64, name: String, scopes: [String], createdAt: Timestamp, lastUsedAt: Timestamp?, isRevoked: Bool }
    private let database: Database
    private let ids: IdentifierSource
    private let now: @Sendable () -> Timestamp
    private let epoch: AccessEpoch
    private let known = Mutex<[[UInt8]: Token]>([:])
    static let maximumKnown = 10_000
    /// The last use is written at most once in so many seconds a token.
    static let useSeconds: Int64 = 60

    package init(database: Database, ids: IdentifierSource, epoch: AccessEpoch, now: @escaping @Sendable () -> Timestamp) { self.database = database; self.ids = ids; self.epoch = epoch; self.now = now }

    /// - Returns: the token's text, which is kept nowhere.
    package func create(name: String, scopes: [String], auditedBy: AuditActor? = nil) async throws -> (text: String, token: Token) {
        let text = "cdt_" + Vault.randomWord(bytes: 30), hash = Self.hash(text)
        let token = Token(id: ids.next(), name: name, scopes: scopes, createdAt: now(), lastUsedAt: nil, isRevoked: false)
        let joined = scopes.joined(separator: " "), ids = ids
        let change = auditedBy.map { AuditChange($0, "token.create", "token:\(token.id)", after: ["name": name, "scopes": joined]) }
        try await database.write { tx in
            if let change { try AuditRows.append(change, in: tx, ids: ids, at: token.createdAt) }
            try tx.run("INSERT INTO tokens (id, name, hash, scopes, created_at) VALUES (\(token.id), \(name), \(hash), \(joined), \(token.createdAt.milliseconds))")
        }
        return (text, token)
    }

    /// nil: unknown or revoked.
    package func token(_ text: String) async throws -> Token? {
        let hash = Self.hash(text)
        if let token = known.withLock({ $0[hash] }) { return await used(token, hash) }
        let before = epoch.value
        let found = try await database.read { tx in
            try tx.first("SELECT id, name, scopes, created_at, last_used_at, revoked_at FROM tokens WHERE hash = \(hash)", Self.read)
        }
        guard let found, !found.isRevoked else { return nil }
        known.withLock { known in
            // What was read before a change is used this once and not kept.
            guard epoch.value == before else { return }
            if known.count >= Self.maximumKnown { known.removeAll() }
            known[hash] = found
        }
        return await used(found, hash)
    }

    /// Notes that the token is in use: one small write a minute, however many calls it makes.
    private func used(_ token: Token, _ hash: [UInt8]) async -> Token {
        let at = now()
        let isDue = known.withLock { known -> Bool in
            if let last = known[hash]?.lastUsedAt, at.milliseconds - last.milliseconds < Self.useSeconds * 1000 { return false }
            known[hash]?.lastUsedAt = at
            return true
        }
        // The call itself matters more than this note: one that is lost is made at the next minute's call.
        if isDue { _ = try? await database.write { tx in try tx.run("UPDATE tokens SET last_used_at = \(at.milliseconds) WHERE id = \(token.id)") } }
        return token
    }

    package func all() async throws -> [Token] {
        try await database.read { tx in try tx.rows("SELECT id, name, scopes, created_at, last_used_at, revoked_at FROM tokens ORDER BY id LIMIT 1000", Self.read) }
    }

    package func revoke(_ id: Int64, auditedBy: AuditActor? = nil) async throws -> Bool {
        let at = now(), ids = ids
        let changed = try await database.write { tx in
            let changed = try tx.run("UPDATE tokens SET revoked_at = \(at.milliseconds) WHERE id = \(id) AND revoked_at IS NULL")
            if changed > 0 { try tx.run("DELETE FROM sessions WHERE token_id = \(id)") }
            if changed > 0, let auditedBy { try AuditRows.append(AuditChange(auditedBy, "token.revoke", "token:\(id)"), in: tx, ids: ids, at: at) }
            return changed
        }
        epoch.advance()
        known.withLock { $0.removeAll() }
        return changed > 0
    }

    /// nil: revoked, or never made.
    static func living(_ id: Int64, in tx: any Transaction) throws -> Token? {
        try tx.first("SELECT id, name, scopes, created_at, last_used_at, revoked_at FROM tokens WHERE id = \(id) AND revoked_at IS NULL", read)
    }

    private static func read(_ row: Row) throws -> Token {
        Token(id: try row.int64(0), name: try row.text(1), scopes: try row.text(2).split(separator: " ").map(String.init), createdAt: Timestamp(milliseconds: try row.int64(3)),
              lastUsedAt: try row.optionalInt64(4).map(Timestamp.init(milliseconds:)), isRevoked: try row.optionalInt64(5) != nil)
    }

    private static func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}
