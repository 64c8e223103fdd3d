import Connect
import Database
import Domain
import Foundation
import Hub
import Logging
import Synchronization
import Testing

extension Laws {
    @Suite struct ConnectionTests {
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a channel works after its seller agreed, and an expired token costs one refresh and no failed call`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), fair = LawFair(), channel = try await law.addMarket(fair)
            #expect(try await law.hub.check(channel).last?.isGood == false)
            _ = try await law.authorise(channel)
            #expect(try await law.hub.check(channel).allSatisfy(\.isGood))
            fair.expire()
            #expect(try await law.hub.check(channel).allSatisfy(\.isGood))
            #expect(fair.state.withLock { $0.refreshes } == 1)
            let standing = try #require(try await law.hub.channels.credentials.standings(of: channel.id).first)
            #expect(standing.generation == 2)
            #expect(standing.accountID == "shop-1")
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `many callers with a refused token make one refresh`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), fair = LawFair(), channel = try await law.addMarket(fair)
            _ = try await law.authorise(channel)
            fair.expire()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<40 { group.addTask { try await law.hub.check(channel).allSatisfy(\.isGood) } }
                for try await isGood in group { #expect(isGood) }
            }
            #expect(fair.state.withLock { ($0.refreshes, $0.reused) } == (1, 0))
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `two hubs' keepers on one database never spend one refresh token twice`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), fair = LawFair(), channel = try await law.addMarket(fair)
            _ = try await law.authorise(channel)
            let connector = try #require(law.hub.channels.directory.connector(of: channel.id) as? LawMarket)
            // The keeper of another node: its own memory, the same tables and the same key.
            let vault = try Vault(keyFile: law.place.folder + "/secret.key"), clock = law.clock
            let other = CredentialKeeper(database: law.hub.ledgerDatabase, vault: vault, now: { clock.now }, logger: LawLog.silent)
            var context = connector.context
            context.credentials = other.source(of: channel.id) { connector }
            let twin = try LawMarket(context)
            for _ in 0..<5 {
                fair.expire()
                async let here = law.hub.check(channel).allSatisfy(\.isGood), there = twin.check().allSatisfy(\.isGood)
                #expect(try await here)
                #expect(await there)
            }
            #expect(fair.state.withLock { $0.reused } == 0)
            #expect(fair.state.withLock { $0.refreshes } == 5)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `tokens are renewed ahead of their end by themselves`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), fair = LawFair(), channel = try await law.addMarket(fair)
            _ = try await law.authorise(channel)
            law.clock.move(by: .seconds(14_400 - 1800))
            // A change wakes whoever waits for the next renewal.
            law.hub.credentialWorker.wake()
            try await until("the token was renewed") { fair.state.withLock { $0.refreshes } == 1 }
            #expect(fair.state.withLock { $0.calls } == 0)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a lost answer to a single-use refresh is told plainly, and the seller's new consent mends it`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), fair = LawFair(), channel = try await law.addMarket(fair)
            _ = try await law.authorise(channel)
            fair.state.withLock { $0.losesNextAnswer = true }
            fair.expire()
            #expect(try await law.hub.check(channel).last?.found.contains("could not be reached") == true)
            // Not at once: callers would storm a platform that has trouble already.
            #expect(try await law.hub.check(channel).last?.found.contains("asked for again") == true)
            law.clock.move(by: .seconds(6))
            // The old token once more: the platform has spent it.
            #expect(try await law.hub.check(channel).last?.isGood == false)
            let standing = try #require(try await law.hub.channels.credentials.standings(of: channel.id).first)
            #expect(standing.state == .lapsed)
            #expect(standing.fault?.contains("used already") == true)
            _ = try await law.authorise(channel)
            #expect(try await law.hub.check(channel).last?.isGood == true)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `agreeing as another account, a used state and a foreign state change nothing`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), fair = LawFair(), channel = try await law.addMarket(fair)
            _ = try await law.authorise(channel)
            fair.state.withLock { $0.account = "shop-2" }
            await #expect(throws: AuthorisationFault.otherAccount(expected: "shop-1", given: "shop-2")) { _ = try await law.authorise(channel) }
            fair.state.withLock { $0.account = "shop-1" }
            let begun = try await law.hub.authorisations.begin(channel, by: "test", session: nil)
            #expect(try await law.hub.authorisations.outcome(of: begun.state) == .awaited)
            _ = try await law.hub.authorisations.complete(["code": "good", "state": begun.state], session: nil)
            #expect(try await law.hub.authorisations.outcome(of: begun.state) == .authorised)
            #expect(try await law.hub.authorisations.outcome(of: "made-up") == nil)
            await #expect(throws: AuthorisationFault.alreadyUsed) { _ = try await law.hub.authorisations.complete(["code": "good", "state": begun.state], session: nil) }
            await #expect(throws: AuthorisationFault.unknownState) { _ = try await law.hub.authorisations.complete(["code": "good", "state": "made-up"], session: nil) }
            let inBrowser = try await law.hub.authorisations.begin(channel, by: "test", session: 7)
            await #expect(throws: AuthorisationFault.otherSession) { _ = try await law.hub.authorisations.complete(["code": "good", "state": inBrowser.state], session: 8) }
            let late = try await law.hub.authorisations.begin(channel, by: "test", session: nil)
            law.clock.move(by: .seconds(1801))
            await #expect(throws: AuthorisationFault.expired) { _ = try await law.hub.authorisations.complete(["code": "good", "state": late.state], session: nil) }
            let second = try await law.addMarket(fair, name: "Second")
            await #expect(throws: AuthorisationFault.accountTaken(channel: "Market", account: "shop-1")) { _ = try await law.authorise(second) }
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `while a channel is not authorised its work waits, fails nothing, and drains by itself afterwards`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), fair = LawFair(), channel = try await law.addMarket(fair)
            _ = try await law.authorise(channel)
            fair.state.withLock { $0.isRevoked = true }
            fair.expire()
            for index in 1...5 { try await law.deliver(.law("\(index)", at: law.clock.now), to: channel.id) }
            try await until("the channel is parked") { law.hub.channels.directory.channel(channel.id)?.state == .parked }
            try await until("the work of all five waits") { try await law.jobs(at: channel.id).count == 5 }
            #expect(try await law.letters().isEmpty)
            try await until("no call is under way") { law.hub.dispatcher.states()[channel.id]?.running == 0 }
            #expect(try await law.problems().contains { $0.kind == Problem.Kind.channelLost.rawValue })
            fair.state.withLock { $0.isRevoked = false }
            _ = try await law.authorise(channel)
            try await until("everything is arranged") { fair.state.withLock { $0.arranged.count } == 5 }
            try await until("nothing waits any more") { try await law.jobs(at: channel.id).isEmpty }
            #expect(fair.state.withLock { $0.arranged.values.allSatisfy { $0 == 1 } })
            #expect(try await law.letters().isEmpty)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `one push address serves two shops: each push goes to the channel that holds its account, and a stranger's is answered and kept by nobody`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), first = LawFair(), second = LawFair()
            second.state.withLock { $0.account = "shop-2" }
            let one = try await law.addMarket(first, name: "One"), two = try await law.addMarket(second, name: "Two")
            _ = try await law.authorise(one)
            _ = try await law.authorise(two)
            #expect(try await law.deliver(.law("7", at: law.clock.now), to: one.id, topic: "order@shop-2").status == 200)
            #expect(try await law.deliver(.law("8", at: law.clock.now), to: one.id, topic: "order@shop-9").status == 200)
            #expect(try await law.order("7", in: two.id).snapshot.externalNumber == "#7")
            try await law.settled()
            #expect(try await law.hub.ledger.order(channel: one.id, externalID: "7") == nil)
            #expect(try await law.hub.ledger.order(channel: one.id, externalID: "8") == nil)
            #expect(law.hub.refusals.entries(of: one.id).map(\.code) == ["unknown_account"])
            await law.end()
        }

        @Test(arguments: [(15, nil), (14, "ends_within_14_days"), (8, "ends_within_14_days"), (7, "ends_within_7_days"), (3, "ends_within_3_days"), (2, "ends_within_3_days"), (1, "ends_within_1_days"), (0, "authorisation_ended")])
        func `what no refresh puts off is told of at fourteen, seven, three and one days`(days: Int, code: String?) {
            let now = Timestamp(seconds: 1_700_000_000)
            let standing = CredentialStanding(channel: ChannelID(1), grant: "main", accountID: nil, state: .valid, generation: 1, refreshAt: nil, accessExpiresAt: nil,
                                              refreshExpiresAt: now + .seconds(Int64(days) * 86_400), authorisationExpiresAt: nil, failures: 0, fault: nil, refreshedAt: nil)
            #expect(CredentialWorker.warning(of: standing, "Shop", at: now)?.code == code)
        }
    }
}
