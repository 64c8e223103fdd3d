package import Database
package import Domain
import Synchronization

/// Who is signed in. A page asks a memory first: it costs no query.
package final class SessionStore: Sendable {
    /// A long shift: who does nothing for so long signs in again.
    package static let idle = Duration.seconds(12 * 3600)
    /// And a week at most.
    package static let longest = Duration.seconds(7 * 86_400)
    static let maximumKnown = 10_000
    /// The last use is written at most once in so many seconds a session.
    static let useSeconds: Int64 = 60

    private struct Memory { var epoch: UInt64 = 0, sessions: [[UInt8]: Session] = [:], dueUses: [[UInt8]: Int64] = [:] }
    private let memory = Mutex(Memory())
    let database: Database
    let ids: IdentifierSource
    let epoch: AccessEpoch
    let vault: Vault
    let passwords: PasswordKeeper
    let limiter: AttemptLimiter
    let tickets: CodeTickets
    let tokens: TokenStore
    let now: @Sendable () -> Timestamp

    package init(database: Database, vault: Vault, tokens: TokenStore, passwords: PasswordKeeper, epoch: AccessEpoch, ids: IdentifierSource, now: @escaping @Sendable () -> Timestamp) {
        self.database = database; self.vault = vault; self.tokens = tokens; self.passwords = passwords; self.epoch = epoch; self.ids = ids; self.now = now
        limiter = AttemptLimiter(database: database, now: now)
        tickets = CodeTickets(now: now)
    }

    /// The session of a cookie; nil: unknown, ended, idle too long, too old, or its holder may no longer sign in.
    ///
    /// - Parameter isUse: false for what goes on by itself, such as an open page's stream: it does not keep a session from ending.
    package func session(_ cookie: String, isUse: Bool = true) async throws -> Session? {
        let hash = SessionRows.hash(cookie), before = epoch.value
        let known = memory.withLock { memory -> Session? in
            if memory.epoch != before { memory = Memory(epoch: before) }
            return memory.sessions[hash]
        }
        var found = known
        if found == nil { found = try await database.read { tx in try SessionRows.find(hash, in: tx) } }
        guard let session = found else { return nil }
        let at = now()
        guard at < session.expiresAt, at < session.usedAt + Self.idle else {
            memory.withLock { $0.sessions[hash] = nil }
            return nil
        }
        let isDue = memory.withLock { memory -> Bool in
            // What was read before a change is used this once and not kept.
            guard memory.epoch == before, epoch.value == before else { return false }
            if known == nil {
                if memory.sessions.count >= Self.maximumKnown { memory.sessions.removeAll() }
                memory.sessions[hash] = session
            }
            guard isUse, at.milliseconds - session.usedAt.milliseconds >= Self.useSeconds * 1000 else { return false }
            memory.sessions[hash]?.usedAt = at
            return true
        }
        // The page itself matters more than this note: one that is lost is made at the next minute's page.
        if isDue { try? await note(session, usedAt: at) }
        return session
    }

    private func note(_ session: Session, usedAt at: Timestamp) async throws {
        let person = session.person?.id.value
        try await database.write { tx in
            try tx.run("UPDATE sessions SET used_at = \(at.milliseconds) WHERE id = \(session.id.value)")
            if let person { try tx.run("UPDATE people SET seen_at = \(at.milliseconds) WHERE id = \(person)") }
        }
    }

    // MARK: ending

    package func end(_ session: Session) async throws {
        try await database.write { tx in try tx.run("DELETE FROM sessions WHERE id = \(session.id.value)") }
        epoch.advance()
    }

    /// One of a person's sessions, by its place in their list.
    package func end(_ id: SessionID, of person: PersonID, by actor: AuditActor) async throws -> Bool {
        let at = now(), ids = ids
        let ended = try await database.write { tx in
            let ended = try SessionRows.end(id, of: person, in: tx)
            if ended > 0 { try AuditRows.append(AuditChange(actor, "session.end", "person:\(person)"), in: tx, ids: ids, at: at) }
            return ended
        }
        epoch.advance()
        return ended > 0
    }

    /// Signs a person out everywhere.
    package func endAll(of person: PersonID, by actor: AuditActor) async throws -> Int {
        let at = now(), ids = ids
        let ended = try await database.write { tx in
            let ended = try SessionRows.endAll(of: person, in: tx)
            try AuditRows.append(AuditChange(actor, "session.endAll", "person:\(person)", after: ["ended": "\(ended)"]), in: tx, ids: ids, at: at)
            return ended
        }
        epoch.advance()
        return ended
    }

    /// Newest first, without those that are over.
    package func sessions(of person: Person) async throws -> [Session] {
        let at = now()
        return try await database.read { tx in try SessionRows.all(of: person, in: tx) }.filter { at < $0.expiresAt && at < $0.usedAt + Self.idle }
    }
}
