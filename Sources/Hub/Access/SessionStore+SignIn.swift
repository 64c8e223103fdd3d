import Domain
import Database

extension SessionStore {
    /// Signs a person in: always a new session, whatever the browser brought along.
    ///
    /// - Throws: `.wrongSignIn` (which takes as long for an unknown address), `.codeNeeded` with a ticket that stands for the password, `.tooManyAttempts`, `.busy`.
    package func signIn(email text: String, password: String, code: String?, at place: SignInPlace) async throws -> SignedIn {
        let email = PersonText.email(text) ?? "", subjects = AttemptLimiter.subjects(account: email, address: place.address)
        try await limiter.begin(subjects)
        let found = try await database.read { tx in try PersonRows.secrets(email: email, in: tx) }
        let isRight: Bool
        do { isRight = try await passwords.verify(String(password.prefix(PersonText.longestPassword + 1)), found?.password) } catch {
            try await limiter.takeBack(subjects)
            throw error
        }
        guard isRight, let found, !found.person.isDisabled else { throw PeopleFault.wrongSignIn }
        if found.totp != nil {
            let ticket = tickets.make(for: found.person.id)
            guard let code, !code.isEmpty else {
                try await limiter.takeBack(subjects)
                throw PeopleFault.codeNeeded(ticket: ticket)
            }
            guard try await spend(code, of: found) else { throw PeopleFault.wrongCode(ticket: ticket) }
            tickets.spend(of: found.person.id)
        }
        try await limiter.succeeded(subjects)
        let signedIn = try await start(found, at: place)
        if passwords.isOutdated(found.password) { try await renewHash(of: found, password) }
        return signedIn
    }

    /// The second step of signing in.
    package func signIn(ticket: String, code: String, at place: SignInPlace) async throws -> SignedIn {
        guard let id = tickets.person(of: ticket), let found = try await database.read({ tx in try PersonRows.secrets(of: id, in: tx) }), !found.person.isDisabled else {
            throw PeopleFault.wrongSignIn
        }
        let subjects = AttemptLimiter.subjects(account: found.person.email, address: place.address)
        try await limiter.begin(subjects)
        guard try await spend(code, of: found) else { throw PeopleFault.wrongCode(ticket: ticket) }
        tickets.spend(of: id)
        try await limiter.succeeded(subjects)
        return try await start(found, at: place)
    }

    /// A session that lives as long as the token does.
    package func signIn(token text: String, at place: SignInPlace) async throws -> SignedIn {
        let subjects = AttemptLimiter.subjects(account: nil, address: place.address)
        try await limiter.begin(subjects)
        guard let token = try await tokens.token(text) else { throw PeopleFault.unknownToken }
        try await limiter.succeeded(subjects)
        let at = now(), ids = ids, actor = AuditActor(name: token.name, token: token.id)
        return try await database.write { tx in
            guard let living = try TokenStore.living(token.id, in: tx) else { throw PeopleFault.unknownToken }
            let signedIn = try SessionRows.start(.token(living), at: place, now: at, ids: ids, in: tx)
            try AuditRows.append(AuditChange(actor, "session.start", "session:\(signedIn.session.id)", after: ["address": place.address]), in: tx, ids: ids, at: at)
            return signedIn
        }
    }

    /// - Throws: `.wrongSignIn` when the password was changed or the person switched off while it was being checked.
    private func start(_ found: PersonRows.Secrets, at place: SignInPlace) async throws -> SignedIn {
        let at = now(), ids = ids
        return try await database.write { tx in
            guard let current = try PersonRows.secrets(of: found.person.id, in: tx), current.password == found.password, !current.person.isDisabled else { throw PeopleFault.wrongSignIn }
            let person = current.person, signedIn = try SessionRows.start(.person(person), at: place, now: at, ids: ids, in: tx)
            try tx.run("UPDATE people SET seen_at = \(at.milliseconds) WHERE id = \(person.id.value)")
            let actor = AuditActor(name: person.name, person: person.id)
            try AuditRows.append(AuditChange(actor, "session.start", "session:\(signedIn.session.id)", after: ["address": place.address]), in: tx, ids: ids, at: at)
            return signedIn
        }
    }

    /// Uses up the authenticator's code, or a recovery code.
    func spend(_ code: String, of found: PersonRows.Secrets) async throws -> Bool {
        guard let sealed = found.totp, let secret = try vault.open(sealed)["totp"] else { return false }
        let id = found.person.id.value, at = now(), ids = ids, typed = String(code.prefix(64))
        if let step = OneTimeCode.matchingStep(typed, secret: secret, at: at, after: found.totpStep) {
            // Two requests with one code: only one of them moves the step.
            return try await database.write { tx in try tx.run("UPDATE people SET totp_step = \(step) WHERE id = \(id) AND totp_step < \(step)") } == 1
        }
        let hash = OneTimeCode.hash(recoveryCode: typed), person = found.person
        return try await database.write { tx in
            guard try tx.run("DELETE FROM recovery_codes WHERE person_id = \(id) AND hash = \(hash)") == 1 else { return false }
            try AuditRows.append(AuditChange(AuditActor(name: person.name, person: person.id), "person.recoveryCode", "person:\(person.id)"), in: tx, ids: ids, at: at)
            return true
        }
    }

    private func renewHash(of found: PersonRows.Secrets, _ password: String) async throws {
        let fresh = try await passwords.hash(password), id = found.person.id.value
        try await database.write { tx in try tx.run("UPDATE people SET password = \(fresh) WHERE id = \(id) AND password = \(found.password)") }
    }
}
