import Connect
import Database
import Domain
import Foundation
@testable import Hub
import Synchronization
import Testing

extension Laws {
    /// A pair is on disk before it is used, and never let go of; a consent is one decision.
    @Suite struct ConnectionSavingTests {
        /// From now on the database takes no new pair, whatever else it takes.
        private func refuseSaving(_ database: Database) async throws {
            try await database.write { tx in
                try tx.run("CREATE TRIGGER no_new_pair BEFORE UPDATE ON credentials WHEN NEW.generation > OLD.generation BEGIN SELECT RAISE(ABORT, 'no'); END")
            }
        }
        private func takeSaving(_ database: Database) async throws { try await database.write { tx in try tx.run("DROP TRIGGER no_new_pair") } }

        @Test(.timeLimit(.minutes(1)))
        func `a new pair that the database does not take is used by nobody, waited for by everybody, and saved when the database takes it`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), fair = LawFair(), channel = try await law.addMarket(fair)
            _ = try await law.authorise(channel)
            try await refuseSaving(law.hub.ledgerDatabase)
            fair.expire()
            let isDone = Flagged(false)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let isGood = try await law.hub.check(channel).allSatisfy(\.isGood)
                        isDone.value = true
                        return isGood
                    }
                }
                try await until("the platform gave the next pair") { fair.state.withLock { $0.refreshes } == 1 }
                try await until("its saving was refused") { law.hub.channels.credentials.isBehind }
                let calls = fair.state.withLock { $0.calls }
                #expect(!isDone.value)
                #expect(calls <= 8)
                #expect(try await law.hub.channels.credentials.standings(of: channel.id).first?.generation == 1)
                try await takeSaving(law.hub.ledgerDatabase)
                for try await isGood in group { #expect(isGood) }
            }
            #expect(fair.state.withLock { ($0.refreshes, $0.reused) } == (1, 0))
            #expect(try await law.hub.channels.credentials.standings(of: channel.id).first?.generation == 2)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `who does not wait any longer is told so, and the next who asks is given the pair of then, also where another node took it for lost`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), fair = LawFair(), channel = try await law.addMarket(fair)
            _ = try await law.authorise(channel)
            let connector = try #require(law.hub.channels.directory.connector(of: channel.id) as? LawMarket), clock = law.clock
            let keeper = CredentialKeeper(database: law.hub.ledgerDatabase, vault: try Vault(keyFile: law.place.folder + "/secret.key"), now: { clock.now }, logger: LawLog.silent, saveWait: .milliseconds(100))
            var context = connector.context
            context.credentials = keeper.source(of: channel.id) { connector }
            let twin = try LawMarket(context)
            try await refuseSaving(law.hub.ledgerDatabase)
            fair.expire()
            #expect(await twin.check().last?.found.contains("has not taken it yet") == true)
            #expect(fair.state.withLock { $0.refreshes } == 1)
            let id = channel.id.value
            try await law.hub.ledgerDatabase.write { tx in try tx.run("UPDATE credentials SET state = 'lapsed', fault = 'spent' WHERE channel_id = \(id)") }
            #expect(await twin.check().last?.isGood == false)
            try await takeSaving(law.hub.ledgerDatabase)
            #expect(await twin.check().last?.isGood == true)
            #expect(fair.state.withLock { ($0.refreshes, $0.reused) } == (1, 0))
            let standing = try #require(try await law.hub.channels.credentials.standings(of: channel.id).first)
            #expect(standing.state == .valid)
            #expect(standing.generation == 2)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a pair that is lost with the process is told as a problem, and the seller's new consent ends it`() async throws {
            let place = try await LawPlace.fresh(.sqlite), law = try await LawHub.start(place), fair = LawFair(), channel = try await law.addMarket(fair)
            _ = try await law.authorise(channel)
            try await refuseSaving(law.hub.ledgerDatabase)
            fair.expire()
            async let isGood = law.hub.check(channel).allSatisfy(\.isGood)
            try await until("its saving was refused") { law.hub.channels.credentials.isBehind }
            await law.stop()
            #expect(try await !isGood)
            let next = try await LawHub.start(place)
            #expect(try await next.problems().contains { $0.kind == Problem.Kind.channelLost.rawValue && $0.message.contains("authorised again") })
            try await takeSaving(next.hub.ledgerDatabase)
            _ = try await next.authorise(channel)
            #expect(try await next.hub.check(channel).allSatisfy(\.isGood))
            #expect(try await !next.problems().contains { $0.kind == Problem.Kind.channelLost.rawValue })
            await next.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a claim for a pair that another node has replaced meanwhile is not given`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), fair = LawFair(), channel = try await law.addMarket(fair)
            _ = try await law.authorise(channel)
            let now = law.clock.now, id = channel.id
            let (old, current) = try await law.hub.ledgerDatabase.write { tx in
                (try CredentialRows.claim(id, "main", after: 0, node: "a", now: now, until: now + .seconds(90), in: tx), try CredentialRows.claim(id, "main", after: 1, node: "a", now: now, until: now + .seconds(90), in: tx))
            }
            #expect(old == nil)
            #expect(current?.generation == 1)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `of two channels that one account is given to in the same moment one is refused`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), fair = LawFair()
            let one = try await law.addMarket(fair, name: "One"), two = try await law.addMarket(fair, name: "Two")
            func outcome(_ channel: Channel) async -> Result<Void, AuthorisationFault> {
                do { _ = try await law.authorise(channel); return .success(()) } catch let fault as AuthorisationFault { return .failure(fault) } catch { Issue.record(error); return .success(()) }
            }
            for _ in 0..<3 {
                async let first = outcome(one), second = outcome(two)
                let faults = await [first, second].compactMap { if case .failure(let fault) = $0 { fault } else { nil } }
                #expect(faults.count == 1)
                #expect(faults.allSatisfy { $0.code == "account_taken" })
            }
            let holders = try await law.hub.ledgerDatabase.read { tx in try tx.rows("SELECT channel_id FROM credentials WHERE account_id = 'shop-1' ORDER BY channel_id") { try $0.int64(0) } }
            #expect(holders.count == 1)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `what a consent settles of the settings is saved with its tokens or not at all, and a second consent changes neither`(engine: LawEngine) async throws {
            let place = try await LawPlace.fresh(engine), clock = LawClock()
            let hub = try await Hub(Hub.Settings(dataFolder: place.folder, databaseURL: place.databaseURL), registry: ConnectorRegistry([LawConsent.self]), logger: LawLog.silent, now: { clock.now }) { _, _ in
                ChannelHTTP { _ throws(ConnectorError) in throw .unreachable(reason: "there is no wire") }
            }
            let channel = try await hub.channels.add(platform: "lawconsent", name: "Consent", settings: [:], by: "test")
            func agree(as number: String) async throws {
                let begun = try await hub.authorisations.begin(channel, by: "test", session: nil)
                _ = try await hub.authorisations.complete(["code": number, "state": begun.state], session: nil)
            }
            func outcome(_ number: String) async -> String {
                do { try await agree(as: number); return number } catch { return (error as? any HubError)?.code ?? "\(error)" }
            }
            // Two sellers' round trips at once: whoever is second belongs elsewhere.
            async let first = outcome("7"), second = outcome("8")
            let outcomes = await [first, second].sorted()
            #expect(outcomes.last == "other_account")
            let winner = try #require(outcomes.first)
            #expect(try await hub.channels.settings(of: channel.id)["number"] == winner)
            #expect(hub.channels.directory.channel(channel.id)?.settings["number"] == winner)
            let held = try await hub.channels.credentials.current(channel.id, "main", refused: nil, connector: hub.channels.directory.connector(of: channel.id))
            #expect(held.accessToken == "access-of-\(winner)")
            await hub.journalDatabase.close()
            await hub.ledgerDatabase.close()
            place.remove()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a push for an account that another hub has connected meanwhile is not taken for a stranger's`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), first = LawFair(), second = LawFair()
            second.state.withLock { $0.account = "shop-2" }
            let one = try await law.addMarket(first, name: "One")
            _ = try await law.authorise(one)
            let before = law.hub.channels.directory.current
            let two = try await law.addMarket(second, name: "Two")
            _ = try await law.authorise(two)
            // As a hub sees it whose neighbour did all this.
            law.hub.channels.directory.replace(before)
            #expect(try await law.deliver(.law("7", at: law.clock.now), to: one.id, topic: "order@shop-2").status == 200)
            #expect(try await law.order("7", in: two.id).snapshot.externalNumber == "#7")
            #expect(law.hub.refusals.entries(of: one.id).isEmpty)
            // A stranger is looked up once, and counted each time.
            for id in ["8", "9"] { #expect(try await law.deliver(.law(id, at: law.clock.now), to: one.id, topic: "order@shop-9").status == 200) }
            #expect(law.hub.refusals.entries(of: one.id).map(\.count) == [2])
            await law.end()
        }
    }
}

/// A platform whose consent names the number by which orders are known ever after.
struct LawConsent: Authorises {
    static let descriptor = PlatformDescriptor(platform: "lawconsent", title: "Law consent", kind: .shop, settings: [SettingField("number", "Number")])
    static let refreshPolicy = RefreshPolicy(ahead: .seconds(3600), isSingleUse: true)
    let context: ChannelContext
    init(_ context: ChannelContext) throws(ConnectorError) { self.context = context }

    func authorisationURL(redirect: String, state: String) throws(ConnectorError) -> String { "https://consent.example/?state=\(state)" }
    func credential(from query: [String: String], redirect: String) async throws(ConnectorError) -> Credential {
        let number = query["code"] ?? ""
        var credential = Credential(accessToken: "access-of-\(number)", refreshToken: "refresh", accessExpiresAt: context.now() + .seconds(14_400), issuedAt: context.now())
        credential.settings = ["number": number]
        return credential
    }
    func refreshToken(_ credential: Credential?, grant: String) async throws(ConnectorError) -> Credential { throw .unreachable(reason: "nobody answers") }
}
