import Database
import Domain

/// Who may sign in, and as what. Every change of rights ends the sessions that had the old ones.
package final class PeopleStore: Sendable {
    let sessions: SessionStore
    var database: Database { sessions.database }
    var ids: IdentifierSource { sessions.ids }

    package init(sessions: SessionStore) { self.sessions = sessions }

    package func all() async throws -> [Person] { try await database.read { tx in try PersonRows.all(in: tx) } }
    package func person(_ id: PersonID) async throws -> Person? { try await database.read { tx in try PersonRows.find(id, in: tx) } }
    package func person(email: String) async throws -> Person? {
        guard let email = PersonText.email(email) else { return nil }
        return try await database.read { tx in try PersonRows.secrets(email: email, in: tx)?.person }
    }
    /// Nobody has been set up yet.
    package func isEmpty() async throws -> Bool { try await database.read { tx in try PersonRows.count(in: tx) } == 0 }

    // MARK: by an admin

    /// - Throws: `.lastAdmin` when nobody would be left who can manage people.
    package func setRole(_ role: Role, of id: PersonID, by actor: AuditActor) async throws -> Person {
        try await change(id, by: actor, "person.role", { ["role": $0.role.rawValue] }) { person, tx in
            person.role = role
            try tx.run("UPDATE people SET role = \(role) WHERE id = \(id.value)")
        }
    }

    package func setDisabled(_ isDisabled: Bool, of id: PersonID, by actor: AuditActor) async throws -> Person {
        let state = isDisabled ? "disabled" : "active"
        return try await change(id, by: actor, "person.state", { ["state": $0.isDisabled ? "disabled" : "active"] }) { person, tx in
            person.isDisabled = isDisabled
            try tx.run("UPDATE people SET state = \(state) WHERE id = \(id.value)")
        }
    }

    /// For somebody who lost their authenticator.
    package func removeSecondFactor(of id: PersonID, by actor: AuditActor) async throws -> Person {
        try await change(id, by: actor, "person.secondFactor", { ["secondFactor": $0.hasSecondFactor ? "on" : "off"] }) { person, tx in
            person.hasSecondFactor = false
            try SecondFactorRows.clear(id, in: tx)
        }
    }

    private func change(_ id: PersonID, by actor: AuditActor, _ action: String, _ summary: @escaping @Sendable (Person) -> [String: String],
                        _ edit: @escaping @Sendable (inout Person, any Transaction) throws -> Void) async throws -> Person {
        let at = sessions.now(), ids = ids
        let (changed, isChanged) = try await database.write { tx -> (Person, Bool) in
            guard let before = try PersonRows.find(id, in: tx) else { throw PeopleFault.unknownPerson }
            var after = before
            try edit(&after, tx)
            guard after != before else { return (after, false) }
            guard try PersonRows.activeAdmins(in: tx) > 0 else { throw PeopleFault.lastAdmin }
            try tx.run("UPDATE people SET updated_at = \(at.milliseconds) WHERE id = \(id.value)")
            _ = try SessionRows.endAll(of: id, in: tx)
            try AuditRows.append(AuditChange(actor, action, "person:\(id)", before: summary(before), after: summary(after)), in: tx, ids: ids, at: at)
            return (after, true)
        }
        if isChanged {
            sessions.epoch.advance()
            sessions.tickets.spend(of: id)
        }
        return changed
    }

    // MARK: by oneself

    /// Name, language and theme: no rights, so the session stays.
    package func change(_ id: PersonID, name text: String, language: String?, theme: String?) async throws -> Person {
        guard let name = PersonText.name(text) else { throw PeopleFault.badName }
        guard language.map(PersonText.languages.contains) ?? true, theme.map(PersonText.themes.contains) ?? true else { throw PeopleFault.badSetting("There is no such language or theme.") }
        let at = sessions.now(), ids = ids
        let changed = try await database.write { tx -> Person in
            guard let before = try PersonRows.find(id, in: tx) else { throw PeopleFault.unknownPerson }
            var after = before
            after.name = name
            after.language = language
            after.theme = theme
            guard after != before else { return after }
            try tx.run("UPDATE people SET name = \(name), language = \(language), theme = \(theme), updated_at = \(at.milliseconds) WHERE id = \(id.value)")
            if after.name != before.name {
                try AuditRows.append(AuditChange(AuditActor(name: before.name, person: id), "person.rename", "person:\(id)", before: ["name": before.name], after: ["name": name]), in: tx, ids: ids, at: at)
            }
            return after
        }
        sessions.epoch.advance()
        return changed
    }

    /// - Returns: the one session that goes on, under a new id.
    package func changePassword(of session: Session, present: String, to password: String, at place: SignInPlace) async throws -> SignedIn {
        guard let person = session.person else { throw PeopleFault.notAPerson }
        try await confirm(present, of: person, at: place)
        try PersonText.checkPassword(password, email: person.email, name: person.name)
        let hash = try await sessions.passwords.hash(password), at = sessions.now(), ids = ids
        let signedIn = try await database.write { tx -> SignedIn in
            try tx.run("UPDATE people SET password = \(hash), updated_at = \(at.milliseconds) WHERE id = \(person.id.value)")
            _ = try SessionRows.endAll(of: person.id, in: tx)
            try AuditRows.append(AuditChange(AuditActor(name: person.name, person: person.id), "person.password", "person:\(person.id)"), in: tx, ids: ids, at: at)
            return try SessionRows.start(.person(person), at: place, now: at, ids: ids, in: tx)
        }
        sessions.epoch.advance()
        sessions.tickets.spend(of: person.id)
        return signedIn
    }

    /// Asks for the password once more before something that a borrowed browser must not do.
    func confirm(_ password: String, of person: Person, at place: SignInPlace) async throws {
        let subjects = AttemptLimiter.subjects(account: person.email, address: place.address)
        try await sessions.limiter.begin(subjects)
        let stored = try await database.read { tx in try PersonRows.secrets(of: person.id, in: tx)?.password }
        let isRight: Bool
        do { isRight = try await sessions.passwords.verify(String(password.prefix(PersonText.longestPassword + 1)), stored) } catch {
            try await sessions.limiter.takeBack(subjects)
            throw error
        }
        guard isRight else { throw PeopleFault.wrongPassword }
        try await sessions.limiter.succeeded(subjects)
    }
}
