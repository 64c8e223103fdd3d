import Crypto
import Database
import Domain
import Foundation

extension PeopleStore {
    package static let ownerLinkLife = Duration.seconds(86_400), invitationLife = Duration.seconds(7 * 86_400), resetLife = Duration.seconds(86_400)
    static let maximumOpenLinks = 200

    // MARK: making

    /// The link with which the first admin comes in; one made before no longer works.
    ///
    /// - Throws: `.hasOwner` when there is an admin who can sign in.
    package func ownerLink(by actor: AuditActor) async throws -> MadeLink {
        try await make(.owner, person: nil, email: nil, role: .admin, life: Self.ownerLinkLife, by: actor) { tx in
            guard try PersonRows.activeAdmins(in: tx) == 0 else { throw PeopleFault.hasOwner }
            try tx.run("DELETE FROM access_links WHERE kind = 'owner' AND used_at IS NULL")
        }
    }

    /// - Throws: `.emailTaken`
    package func invite(email text: String?, role: Role, by actor: AuditActor) async throws -> MadeLink {
        let email = text.flatMap { $0.isEmpty ? nil : $0 }.map(PersonText.email)
        if let email, email == nil { throw PeopleFault.badEmail }
        let wanted = email.flatMap { $0 }
        return try await make(.invitation, person: nil, email: wanted, role: role, life: Self.invitationLife, by: actor) { tx in
            if let wanted, try PersonRows.isTaken(email: wanted, in: tx) { throw PeopleFault.emailTaken }
        }
    }

    /// For a lost password: the present one works until the link is used.
    package func resetLink(of person: Person, by actor: AuditActor) async throws -> MadeLink {
        try await make(.reset, person: person.id, email: person.email, role: person.role, life: Self.resetLife, by: actor) { tx in
            try tx.run("DELETE FROM access_links WHERE kind = 'reset' AND used_at IS NULL AND person_id = \(person.id.value)")
        }
    }

    private func make(_ kind: AccessLink.Kind, person: PersonID?, email: String?, role: Role, life: Duration, by actor: AuditActor,
                      _ prepare: @escaping @Sendable (any Transaction) throws -> Void) async throws -> MadeLink {
        let secret = Vault.randomWord(bytes: 30), at = sessions.now(), ids = ids
        let link = AccessLink(id: ids.next(), kind: kind, person: person, email: email, role: role, madeBy: actor.name, createdAt: at, expiresAt: at + life)
        try await database.write { tx in
            try prepare(tx)
            try tx.run("DELETE FROM access_links WHERE used_at IS NULL AND expires_at < \(at.milliseconds) AND kind = \(kind)")
            try tx.run("""
                INSERT INTO access_links (id, hash, kind, person_id, email, role, made_by, created_at, expires_at)
                VALUES (\(link.id), \(Self.hash(secret)), \(kind), \(person?.value), \(email), \(role), \(link.madeBy), \(at.milliseconds), \(link.expiresAt.milliseconds))
                """)
            let subject = person.map { "person:\($0)" } ?? "link:\(link.id)"
            try AuditRows.append(AuditChange(actor, "person.\(kind)Link", subject, after: ["role": role.rawValue]), in: tx, ids: ids, at: at)
        }
        return MadeLink(secret: secret, link: link)
    }

    // MARK: looking and withdrawing

    /// Invitations that nobody used yet, newest first.
    package func openInvitations() async throws -> [AccessLink] {
        let at = sessions.now().milliseconds
        return try await database.read { tx in
            try tx.rows("""
                SELECT id, kind, person_id, email, role, made_by, created_at, expires_at FROM access_links
                 WHERE kind = 'invitation' AND used_at IS NULL AND expires_at > \(at)
                 ORDER BY id DESC
                 LIMIT \(Self.maximumOpenLinks)
                """, Self.read)
        }
    }

    /// - Returns: nil when it was used, withdrawn or is too old.
    package func link(_ secret: String) async throws -> AccessLink? {
        let at = sessions.now().milliseconds, hash = Self.hash(secret)
        return try await database.read { tx in
            try tx.first("""
                SELECT id, kind, person_id, email, role, made_by, created_at, expires_at FROM access_links WHERE hash = \(hash) AND used_at IS NULL AND expires_at > \(at)
                """, Self.read)
        }
    }

    package func withdraw(_ id: Int64, by actor: AuditActor) async throws -> Bool {
        let at = sessions.now(), ids = ids
        return try await database.write { tx in
            let removed = try tx.run("DELETE FROM access_links WHERE id = \(id) AND kind = 'invitation' AND used_at IS NULL")
            if removed > 0 { try AuditRows.append(AuditChange(actor, "person.withdrawInvitation", "link:\(id)"), in: tx, ids: ids, at: at) }
            return removed > 0
        }
    }

    // MARK: using

    /// What somebody says of themselves when they come in.
    package struct Newcomer: Sendable {
        package var email: String, name: String, password: String, language: String?
        package init(email: String, name: String, password: String, language: String?) { self.email = email; self.name = name; self.password = password; self.language = language }
    }

    /// Makes the person whom an invitation or the owner's link is for, and signs them in.
    package func join(_ secret: String, _ newcomer: Newcomer, at place: SignInPlace) async throws -> SignedIn {
        guard let link = try await link(secret), link.kind != .reset else { throw PeopleFault.linkSpent }
        guard let email = link.email ?? PersonText.email(newcomer.email) else { throw PeopleFault.badEmail }
        guard let name = PersonText.name(newcomer.name) else { throw PeopleFault.badName }
        guard newcomer.language.map(PersonText.languages.contains) ?? true else { throw PeopleFault.badSetting("There is no such language.") }
        try PersonText.checkPassword(newcomer.password, email: email, name: name)
        let hash = try await sessions.passwords.hash(newcomer.password), at = sessions.now(), ids = ids
        let person = Person(id: PersonID(ids.next()), email: email, name: name, role: link.role, isDisabled: false, language: newcomer.language, theme: nil, hasSecondFactor: false, createdAt: at, seenAt: nil)
        return try await database.write { tx in
            guard try Self.spend(link, at: at, in: tx) else { throw PeopleFault.linkSpent }
            if link.kind == .owner { guard try PersonRows.activeAdmins(in: tx) == 0 else { throw PeopleFault.linkSpent } }
            guard try !PersonRows.isTaken(email: email, in: tx) else { throw PeopleFault.emailTaken }
            try PersonRows.insert(person, password: hash, in: tx)
            try AuditRows.append(AuditChange(AuditActor(name: name, person: person.id), "person.join", "person:\(person.id)", after: ["role": person.role.rawValue, "invitedBy": link.madeBy]), in: tx, ids: ids, at: at)
            return try SessionRows.start(.person(person), at: place, now: at, ids: ids, in: tx)
        }
    }

    /// Sets a new password and ends all sessions; a second factor stays.
    package func reset(_ secret: String, to password: String) async throws -> Person {
        guard let link = try await link(secret), link.kind == .reset, let id = link.person, let person = try await person(id) else { throw PeopleFault.linkSpent }
        try PersonText.checkPassword(password, email: person.email, name: person.name)
        let hash = try await sessions.passwords.hash(password), at = sessions.now(), ids = ids
        try await database.write { tx in
            guard try Self.spend(link, at: at, in: tx) else { throw PeopleFault.linkSpent }
            try tx.run("UPDATE people SET password = \(hash), updated_at = \(at.milliseconds) WHERE id = \(id.value)")
            _ = try SessionRows.endAll(of: id, in: tx)
            try AuditRows.append(AuditChange(AuditActor(name: person.name, person: id), "person.reset", "person:\(id)"), in: tx, ids: ids, at: at)
        }
        sessions.epoch.advance()
        sessions.tickets.spend(of: id)
        return person
    }

    private static func spend(_ link: AccessLink, at: Timestamp, in tx: any Transaction) throws -> Bool {
        try tx.run("UPDATE access_links SET used_at = \(at.milliseconds) WHERE id = \(link.id) AND used_at IS NULL AND expires_at > \(at.milliseconds)") == 1
    }

    private static func hash(_ secret: String) -> [UInt8] { Array(SHA256.hash(data: Data(secret.utf8))) }

    private static func read(_ row: Row) throws -> AccessLink {
        guard let kind = AccessLink.Kind(rawValue: try row.text(1)) else { throw DatabaseError.decoding(column: "kind") }
        return AccessLink(id: try row.int64(0), kind: kind, person: try row.optionalInt64(2).map(PersonID.init), email: try row.optionalText(3), role: try row.value(Role.self, 4),
                          madeBy: try row.text(5), createdAt: Timestamp(milliseconds: try row.int64(6)), expiresAt: Timestamp(milliseconds: try row.int64(7)))
    }
}
