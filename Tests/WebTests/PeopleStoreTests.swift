import Connect
import Database
import Domain
import Foundation
import Hub
import Testing
import Web

/// People, sessions and what lets them in, on each engine.
@Suite struct PeopleStoreTests {
    private static let here = WebBench.here, elsewhere = SignInPlace(address: "198.51.100.7", browser: "curl/8")
    private static let password = WebBench.password

    @Test(arguments: zip([59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000] as [Int64], ["287082", "081804", "050471", "005924", "279037", "353130"]))
    func `an authenticator's digits are those of RFC 6238`(second: Int64, digits: String) {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        #expect(OneTimeCode.code(secret, step: OneTimeCode.step(at: Timestamp(seconds: second))) == digits)
        #expect(OneTimeCode.matchingStep(digits, secret: secret, at: Timestamp(seconds: second), after: 0) == second / 30)
        #expect(OneTimeCode.matchingStep(digits, secret: secret, at: Timestamp(seconds: second), after: second / 30) == nil)
        #expect(OneTimeCode.matchingStep(digits, secret: secret, at: Timestamp(seconds: second + 90), after: 0) == nil)
    }

    @Test func `a password's hash carries its cost, fits no other password, and a cheaper one is renewed at the next sign-in`() async throws {
        let old = PasswordKeeper(rounds: 16), new = PasswordKeeper(rounds: 32), hash = try await old.hash(Self.password)
        #expect(hash.hasPrefix("scrypt$16$8$1$") && !hash.contains(Self.password))
        #expect(try await new.verify(Self.password, hash))
        #expect(try await !new.verify(Self.password + "x", hash))
        #expect(try await !new.verify(Self.password, nil))
        #expect(try await !new.verify(Self.password, "scrypt$garbage"))
        #expect(new.isOutdated(hash) && !old.isOutdated(hash))
        #expect(try await old.hash(Self.password) != hash)
    }

    @Test(arguments: WebBench.engines)
    func `the owner's link lets one person in, once, and a new one ends the old`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let people = bench.hub.people, actor = AuditActor(name: "test")
            let first = try await people.ownerLink(by: actor), second = try await people.ownerLink(by: actor)
            let owner = PeopleStore.Newcomer(email: " Ann@Example.COM", name: "Ann", password: Self.password, language: "th")
            #expect(await fault { try await people.join(first.secret, owner, at: Self.here) } == .linkSpent)
            let signedIn = try await people.join(second.secret, owner, at: Self.here)
            #expect(signedIn.session.person?.role == .admin && signedIn.session.person?.email == "ann@example.com")
            #expect(try await bench.hub.sessions.session(signedIn.cookie)?.id == signedIn.session.id)
            #expect(await fault { try await people.join(second.secret, owner, at: Self.here) } == .linkSpent)
            #expect(await fault { try await people.ownerLink(by: actor) } == .hasOwner)
        }
    }

    @Test(arguments: WebBench.engines)
    func `an invitation is good once, for its address, for seven days, and with the role its maker chose`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let people = bench.hub.people, actor = AuditActor(name: "test")
            let made = try await people.invite(email: "bob@example.com", role: .viewer, by: actor)
            let joined = try await people.join(made.secret, .init(email: "mallory@example.com", name: "Bob", password: Self.password, language: nil), at: Self.here)
            #expect(joined.session.person?.email == "bob@example.com" && joined.session.person?.role == .viewer)
            #expect(try await people.link(made.secret) == nil)
            #expect(await fault { try await people.invite(email: "BOB@example.com", role: .admin, by: actor) } == .emailTaken)
            let late = try await people.invite(email: nil, role: .operator, by: actor)
            #expect(try await people.openInvitations().map(\.id) == [late.link.id])
            bench.clock.advance(seconds: 7 * 86_400 + 1)
            #expect(try await people.link(late.secret) == nil)
            #expect(try await people.openInvitations().isEmpty)
            let withdrawn = try await people.invite(email: nil, role: .operator, by: actor)
            #expect(try await people.withdraw(withdrawn.link.id, by: actor))
            #expect(try await people.link(withdrawn.secret) == nil)
            let stored = try await bench.hub.ledgerDatabase.read { tx in try tx.rows("SELECT hash FROM access_links ORDER BY id") { try $0.blob(0) } }
            #expect(stored.allSatisfy { $0.count == 32 })
        }
    }

    @Test(arguments: ["short", "aaaaaaaaaaaa", "bob@example.com", String(repeating: "long", count: 60)])
    func `a weak password is refused and the link stays good`(password: String) async throws {
        try await WebBench.run { bench in
            let made = try await bench.hub.people.invite(email: "bob@example.com", role: .viewer, by: AuditActor(name: "test"))
            guard case .weakPassword = await fault({ try await bench.hub.people.join(made.secret, .init(email: "", name: "Bob", password: password, language: nil), at: Self.here) }) else {
                Issue.record("the password was taken")
                return
            }
            #expect(try await bench.hub.people.link(made.secret) != nil)
        }
    }

    @Test(arguments: WebBench.engines)
    func `five wrong passwords make an account wait at that address, and nobody learns which accounts there are`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            _ = try await bench.join(.operator)
            bench.clock.stand()
            let sessions = bench.hub.sessions
            for email in ["operator@example.com", "nobody@example.com"] {
                for _ in 1...5 { #expect(await fault { try await sessions.signIn(email: email, password: "wrong wrong wrong", code: nil, at: Self.here) } == .wrongSignIn) }
                #expect(await fault { try await sessions.signIn(email: email, password: Self.password, code: nil, at: Self.here) } == .tooManyAttempts(retryAfterSeconds: 30))
            }
            _ = try await sessions.signIn(email: "operator@example.com", password: Self.password, code: nil, at: Self.elsewhere)
            bench.clock.advance(seconds: 31)
            bench.clock.stand()
            _ = try await sessions.signIn(email: "OPERATOR@example.com", password: Self.password, code: nil, at: Self.here)
            for _ in 1...4 { #expect(await fault { try await sessions.signIn(email: "operator@example.com", password: "wrong wrong wrong", code: nil, at: Self.here) } == .wrongSignIn) }
            _ = try await sessions.signIn(email: "operator@example.com", password: Self.password, code: nil, at: Self.here)
            let kept = try await bench.hub.ledgerDatabase.read { tx in try tx.rows("SELECT subject FROM sign_in_attempts ORDER BY subject") { try $0.text(0) } }.joined()
            #expect(!kept.contains("example.com"))
        }
    }

    @Test func `one address that tries many accounts has to wait`() async throws {
        try await WebBench.run { bench in
            var waited = false
            for number in 1...60 where !waited {
                if case .tooManyAttempts = await fault({ try await bench.hub.sessions.signIn(email: "p\(number)@example.com", password: "wrong wrong wrong", code: nil, at: Self.here) }) { waited = true }
            }
            #expect(waited)
        }
    }

    @Test(arguments: WebBench.engines)
    func `with a second factor a password alone lets nobody in, a code is good once, and a recovery code too`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let people = bench.hub.people, sessions = bench.hub.sessions, first = try await bench.join(.operator), person = try #require(first.session.person)
            #expect(await fault { try await people.beginSecondFactor(of: person, password: "not my password", at: Self.here) } == .wrongPassword)
            try await people.beginSecondFactor(of: person, password: Self.password, at: Self.here)
            let secret = try #require(try await people.pendingSecondFactor(of: person, workspace: "")).secret
            #expect(await fault { try await people.confirmSecondFactor(of: first.session, code: "000000", at: Self.here) } == .wrongCode(ticket: ""))
            let code = OneTimeCode.code(secret, step: OneTimeCode.step(at: bench.clock.now))
            let (second, codes) = try await people.confirmSecondFactor(of: first.session, code: code, at: Self.here)
            #expect(codes.count == 10 && Set(codes).count == 10)
            #expect(try await sessions.session(first.cookie) == nil && second.cookie != first.cookie)
            guard case .codeNeeded(let ticket) = await fault({ try await sessions.signIn(email: person.email, password: Self.password, code: nil, at: Self.here) }) else {
                Issue.record("no code was asked for")
                return
            }
            #expect(await fault { try await sessions.signIn(ticket: ticket, code: code, at: Self.here) } == .wrongCode(ticket: ticket), "the code that turned it on is used up")
            bench.clock.advance(seconds: 60)
            let next = OneTimeCode.code(secret, step: OneTimeCode.step(at: bench.clock.now))
            _ = try await sessions.signIn(ticket: ticket, code: next, at: Self.here)
            #expect(await fault { try await sessions.signIn(ticket: ticket, code: next, at: Self.here) } == .wrongSignIn, "the ticket is spent")
            guard case .wrongCode = await fault({ try await sessions.signIn(email: person.email, password: Self.password, code: next, at: Self.here) }) else {
                Issue.record("a code was good twice")
                return
            }
            let recovery = codes[3].uppercased().replacing("-", with: " ")
            let last = try await sessions.signIn(email: person.email, password: Self.password, code: recovery, at: Self.here)
            guard case .wrongCode = await fault({ try await sessions.signIn(email: person.email, password: Self.password, code: recovery, at: Self.here) }) else {
                Issue.record("a recovery code was good twice")
                return
            }
            #expect(try await people.recoveryCodesLeft(of: person.id) == 9)
            let current = try #require(try await sessions.session(last.cookie))
            _ = try await people.endSecondFactor(of: current, password: Self.password, at: Self.here)
            _ = try await sessions.signIn(email: person.email, password: Self.password, code: nil, at: Self.here)
            let secrets = try await bench.hub.ledgerDatabase.read { tx in try tx.rows("SELECT password FROM people ORDER BY id") { try $0.text(0) } }.joined()
            #expect(!secrets.contains(secret))
        }
    }

    @Test(arguments: WebBench.engines)
    func `a change of rights ends every session that had the old ones, and the last admin stays`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let people = bench.hub.people, sessions = bench.hub.sessions, actor = AuditActor(name: "test")
            let admin = try await bench.join(.admin), other = try await bench.join(.operator), id = try #require(other.session.person).id, adminID = try #require(admin.session.person).id
            #expect(try await sessions.session(other.cookie) != nil)
            _ = try await people.setRole(.manager, of: id, by: actor)
            #expect(try await sessions.session(other.cookie) == nil)
            let again = try await sessions.signIn(email: "operator@example.com", password: Self.password, code: nil, at: Self.here)
            #expect(again.session.person?.role == .manager)
            _ = try await people.setDisabled(true, of: id, by: actor)
            #expect(try await sessions.session(again.cookie) == nil)
            #expect(await fault { try await sessions.signIn(email: "operator@example.com", password: Self.password, code: nil, at: Self.here) } == .wrongSignIn)
            #expect(await fault { try await people.setRole(.viewer, of: adminID, by: actor) } == .lastAdmin)
            #expect(await fault { try await people.setDisabled(true, of: adminID, by: actor) } == .lastAdmin)
            #expect(try await sessions.session(admin.cookie)?.person?.role == .admin)
        }
    }

    @Test(arguments: WebBench.engines)
    func `a new password ends all other sessions and gives this one another id, and a lost one is replaced by link`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let people = bench.hub.people, sessions = bench.hub.sessions, first = try await bench.join(.operator), person = try #require(first.session.person)
            let other = try await sessions.signIn(email: person.email, password: Self.password, code: nil, at: Self.elsewhere)
            #expect(await fault { try await people.changePassword(of: first.session, present: "not my password", to: "another good phrase", at: Self.here) } == .wrongPassword)
            let renewed = try await people.changePassword(of: first.session, present: Self.password, to: "another good phrase", at: Self.here)
            #expect(try await sessions.session(first.cookie) == nil)
            #expect(try await sessions.session(other.cookie) == nil)
            #expect(try await sessions.session(renewed.cookie) != nil)
            let link = try await people.resetLink(of: person, by: AuditActor(name: "test"))
            _ = try await people.reset(link.secret, to: "a third good phrase")
            #expect(try await sessions.session(renewed.cookie) == nil)
            #expect(await fault { try await people.reset(link.secret, to: "a fourth good phrase") } == .linkSpent)
            #expect(await fault { try await sessions.signIn(email: person.email, password: "another good phrase", code: nil, at: Self.here) } == .wrongSignIn)
            _ = try await sessions.signIn(email: person.email, password: "a third good phrase", code: nil, at: Self.here)
        }
    }

    @Test(arguments: WebBench.engines)
    func `a session ends by idling, by age and with its token, and its cookie is not what is stored`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let sessions = bench.hub.sessions, idle = try await bench.join(.operator)
            bench.clock.advance(seconds: 12 * 3600 + 1)
            #expect(try await sessions.session(idle.cookie) == nil)
            let used = try await sessions.signIn(email: "operator@example.com", password: Self.password, code: nil, at: Self.here)
            for _ in 1...15 {
                bench.clock.advance(seconds: 11 * 3600)
                #expect(try await sessions.session(used.cookie) != nil)
            }
            bench.clock.advance(seconds: 4 * 3600)
            #expect(try await sessions.session(used.cookie) == nil)
            let (text, token) = try await bench.hub.tokens.create(name: "t", scopes: ["orders:read"])
            let held = try await sessions.signIn(token: text, at: Self.here)
            #expect(try await sessions.session(held.cookie)?.name == "t")
            _ = try await bench.hub.tokens.revoke(token.id)
            #expect(try await sessions.session(held.cookie) == nil)
            #expect(await fault { try await sessions.signIn(token: text, at: Self.here) } == .unknownToken)
            let hashes = try await bench.hub.ledgerDatabase.read { tx in try tx.rows("SELECT hash FROM sessions ORDER BY id") { try $0.blob(0) } }
            #expect(hashes.allSatisfy { $0.count == 32 && $0 != Array(used.cookie.utf8) })
        }
    }

    @Test(arguments: WebBench.engines)
    func `the workspace keeps what it is told, refuses a zone that is none, and writes down who changed it`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let workspace = bench.hub.workspace, actor = AuditActor(name: "ann")
            #expect(await fault { try await workspace.change(by: actor) { $0.timeZone = "Mars/Olympus" } } == .badSetting("There is no time zone Mars/Olympus. Take a name as in Asia/Bangkok or America/Santiago."))
            #expect(workspace.current.timeZone == "UTC")
            _ = try await workspace.change(by: actor) { $0.timeZone = "Asia/Bangkok"; $0.name = "ACME" }
            try await workspace.reload()
            #expect(workspace.current.timeZone == "Asia/Bangkok" && workspace.current.name == "ACME")
            for hours in [0, 721] { #expect(await fault { try await workspace.change(by: actor) { $0.stillHours = hours } } == .badSetting("Hours without news are 1 to 720.")) }
            let entry = try #require(try await bench.hub.audit.entries(AuditFilter(action: "workspace.change"), before: nil, limit: 5).entries.first)
            #expect(entry.actor == "ann" && entry.detail.before?["timeZone"] == "UTC" && entry.detail.after?["timeZone"] == "Asia/Bangkok")
        }
    }

    @Test(arguments: WebBench.engines)
    func `retention removes old bodies and closed letters and nothing else, and says what it removed`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in _ = try await bench.pushedOrder("R-1", call) }
            let hub = bench.hub
            try await hub.ledgerDatabase.write { tx in
                for (id, state, closed) in [(1, "retried", 1_000), (2, "open", 0), (3, "discarded", 4_000_000_000_000)] as [(Int64, String, Int64)] {
                    try tx.run("""
                        INSERT INTO dead_letters (id, route_id, destination_id, order_id, event_id, event_type, action, idempotency_key, cause, code, message, attempts, effect_unknown, died_at, state, closed_at)
                        VALUES (\(id), 1, 1, 1, 1, 'e', 'a', 'k', 'c', 'c', 'm', 1, 0, 1000, \(state), \(closed))
                        """)
                }
            }
            try await hub.retention.pass()
            #expect(try await hub.retention.removals().map(\.kind) == ["closedDeadLetters"])
            #expect(try await hub.ledgerDatabase.read { tx in try tx.rows("SELECT id FROM dead_letters ORDER BY id") { try $0.int64(0) } } == [2, 3])
            let order = try #require(try await hub.ledger.order(channel: bench.sheet.id, externalID: "R-1"))
            let saved = try await hub.desk.edits.save([OrderEdit(order: order.id, cells: ["note": CellEdit(seen: order.snapshot.note, value: "ring")])], by: AuditActor(name: "ann"), holder: 7)
            let batch = try #require(saved.batch)
            try await hub.retention.pass()
            #expect(try await hub.desk.edits.batches(of: 7, before: nil, limit: 10).map(\.id) == [batch.id])
            bench.clock.advance(seconds: 181 * 86_400)
            try await hub.retention.pass()
            #expect(try await hub.desk.edits.batches(of: 7, before: nil, limit: 10).isEmpty)
            #expect(try await hub.ledgerDatabase.read { tx in try tx.first("SELECT COUNT(*) FROM edit_cells") { try $0.int(0) } } == 0)
            #expect(try await hub.ledger.order(order.id)?.snapshot.note == "ring", "what was edited stays")
            let delivery = try #require(try await hub.journal.read(after: DeliveryID(0), limit: 10).first)
            #expect(delivery.delivery.body.isEmpty)
            #expect(try await hub.ledger.order(channel: bench.sheet.id, externalID: "R-1") != nil)
            #expect(try await hub.retention.removals().contains { $0.kind == "deliveries" && $0.count == 1 })
            try await hub.retention.pass()
            #expect(try await hub.retention.removals().filter { $0.kind == "deliveries" }.map(\.count) == [1])
            #expect(try await hub.audit.check().isWhole)
        }
    }

    @Test(arguments: WebBench.engines)
    func `what a person reads is written down once in ten minutes, and a program's reading is not`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let readings = bench.hub.readings, ann = AuditActor(name: "ann", person: PersonID(7))
            for _ in 1...3 { readings.note(ann, "order.read", "order:1") }
            readings.note(ann, "order.read", "order:2")
            readings.note(AuditActor(name: "t", token: 3), "order.read", "order:1")
            await readings.settle()
            bench.clock.advance(seconds: 601)
            readings.note(ann, "order.read", "order:1")
            await readings.settle()
            let entries = try await bench.hub.audit.entries(AuditFilter(person: PersonID(7)), before: nil, limit: 10).entries
            #expect(entries.map(\.subject).reversed() == ["order:1", "order:2", "order:1"])
            #expect(try await bench.hub.audit.check().isWhole)
        }
    }
}
