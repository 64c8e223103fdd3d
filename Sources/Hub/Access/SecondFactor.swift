import Database
import Domain

enum SecondFactorRows {
    static func clear(_ id: PersonID, in tx: any Transaction) throws {
        try tx.run("UPDATE people SET totp_secret = NULL, totp_pending = NULL WHERE id = \(id.value)")
        try tx.run("DELETE FROM recovery_codes WHERE person_id = \(id.value)")
    }
}

/// A second factor that is being set up: its secret for the authenticator.
package struct PendingSecondFactor: Sendable, Equatable { package var secret: String, address: String }

extension PeopleStore {
    static let recoveryCodes = 10

    /// Makes a secret, after the password was typed once more; it counts only when a code of it was typed.
    package func beginSecondFactor(of person: Person, password: String, at place: SignInPlace) async throws {
        try await confirm(password, of: person, at: place)
        let sealed = try sessions.vault.seal(["totp": OneTimeCode.newSecret()]), id = person.id
        try await database.write { tx in try tx.run("UPDATE people SET totp_pending = \(sealed) WHERE id = \(id.value)") }
    }

    /// The one that is being set up; nil: none.
    package func pendingSecondFactor(of person: Person, workspace: String) async throws -> PendingSecondFactor? {
        guard let sealed = try await database.read({ tx in try PersonRows.secrets(of: person.id, in: tx)?.pending }), let secret = try sessions.vault.open(sealed)["totp"] else { return nil }
        return PendingSecondFactor(secret: secret, address: OneTimeCode.address(secret: secret, email: person.email, workspace: workspace))
    }

    /// Turns it on, and ends every other session.
    ///
    /// - Returns: the session that goes on, and the recovery codes, which are kept nowhere.
    package func confirmSecondFactor(of session: Session, code: String, at place: SignInPlace) async throws -> (signedIn: SignedIn, recoveryCodes: [String]) {
        guard let person = session.person else { throw PeopleFault.notAPerson }
        guard let found = try await database.read({ tx in try PersonRows.secrets(of: person.id, in: tx) }), let pending = found.pending,
              let secret = try sessions.vault.open(pending)["totp"] else { throw PeopleFault.noSecondFactorPending }
        let subjects = AttemptLimiter.subjects(account: person.email, address: place.address)
        try await sessions.limiter.begin(subjects)
        let at = sessions.now(), ids = ids
        guard let step = OneTimeCode.matchingStep(code, secret: secret, at: at, after: 0) else { throw PeopleFault.wrongCode(ticket: "") }
        try await sessions.limiter.succeeded(subjects)
        let codes = (0..<Self.recoveryCodes).map { _ in OneTimeCode.newRecoveryCode() }, hashes = codes.map(OneTimeCode.hash(recoveryCode:))
        var after = person
        after.hasSecondFactor = true
        let signedInPerson = after
        let signedIn = try await database.write { tx -> SignedIn in
            guard try tx.run("UPDATE people SET totp_secret = totp_pending, totp_pending = NULL, totp_step = \(step) WHERE id = \(person.id.value) AND totp_pending = \(pending)") == 1 else {
                throw PeopleFault.noSecondFactorPending
            }
            try tx.run("DELETE FROM recovery_codes WHERE person_id = \(person.id.value)")
            for hash in hashes { try tx.run("INSERT INTO recovery_codes (person_id, hash) VALUES (\(person.id.value), \(hash))") }
            _ = try SessionRows.endAll(of: person.id, in: tx)
            try AuditRows.append(AuditChange(AuditActor(name: person.name, person: person.id), "person.secondFactor", "person:\(person.id)", before: ["secondFactor": "off"], after: ["secondFactor": "on"]), in: tx, ids: ids, at: at)
            return try SessionRows.start(.person(signedInPerson), at: place, now: at, ids: ids, in: tx)
        }
        sessions.epoch.advance()
        return (signedIn, codes)
    }

    /// Turns one's own second factor off, with the password.
    package func endSecondFactor(of session: Session, password: String, at place: SignInPlace) async throws -> SignedIn {
        guard let person = session.person else { throw PeopleFault.notAPerson }
        try await confirm(password, of: person, at: place)
        let at = sessions.now(), ids = ids
        var after = person
        after.hasSecondFactor = false
        let signedInPerson = after
        let signedIn = try await database.write { tx -> SignedIn in
            try SecondFactorRows.clear(person.id, in: tx)
            _ = try SessionRows.endAll(of: person.id, in: tx)
            try AuditRows.append(AuditChange(AuditActor(name: person.name, person: person.id), "person.secondFactor", "person:\(person.id)", before: ["secondFactor": "on"], after: ["secondFactor": "off"]), in: tx, ids: ids, at: at)
            return try SessionRows.start(.person(signedInPerson), at: place, now: at, ids: ids, in: tx)
        }
        sessions.epoch.advance()
        return signedIn
    }

    /// How many recovery codes are left.
    package func recoveryCodesLeft(of id: PersonID) async throws -> Int {
        try await database.read { tx in try tx.first("SELECT COUNT(*) FROM recovery_codes WHERE person_id = \(id.value)") { try $0.int(0) } ?? 0 }
    }
}
