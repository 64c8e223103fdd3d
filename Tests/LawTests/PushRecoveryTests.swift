import AsyncHTTPClient
import Connect
import Database
import Domain
import Foundation
@testable import Hub
import ShopeeConnector
import ShopeeSimulator
import Synchronization
import Testing

extension Laws {
    @Suite struct PushRecoveryTests {
        // MARK: against Shopee's simulator

        private static let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration)

        private func open(_ place: LawPlace) async throws -> Hub {
            let live = LiveHTTP(client: Self.client, addressGuard: AddressGuard(allowedHosts: ["*"]), now: { .now })
            return try await Hub(Hub.Settings(dataFolder: place.folder, databaseURL: place.databaseURL), registry: ConnectorRegistry([ShopeeConnector.self]), logger: LawLog.silent, now: { .now }) { _, descriptor in
                live.channel(budget: descriptor.budget)
            }
        }

        /// A whole hub's loops, without a server: nothing comes to its door.
        private func running<T>(_ place: LawPlace, _ body: (Hub) async throws -> T) async throws -> T {
            let hub = try await open(place), loops = Task { await hub.run() }      // awaited below
            do {
                let result = try await body(hub)
                loops.cancel()
                await loops.value
                return result
            } catch {
                loops.cancel()
                await loops.value
                throw error
            }
        }

        private func connect(_ shop: ShopeeConfiguration.Shop, _ name: String, _ simulator: ShopeeSimulator, _ hub: Hub) async throws -> Channel {
            let configuration = simulator.configuration
            let channel = try await hub.channels.add(platform: "shopee", name: name, settings: [
                "partnerID": String(configuration.partnerID), "partnerKey": configuration.partnerKey, "pushKey": configuration.pushKey ?? "", "shopID": String(shop.shopID), "baseURL": simulator.baseURL,
                HubSetting.reconcileSeconds: "86400", HubSetting.backfillHours: "0", HubSetting.webhooks: "manual", HubSetting.approval: "manual",
            ], by: "test")
            simulator.consents(asShop: shop.shopID)
            let begun = try await hub.authorisations.begin(channel, by: "test", session: nil)
            return try await hub.authorisations.complete(["code": simulator.consent(shopID: shop.shopID), "shop_id": String(shop.shopID), "state": begun.state], session: nil)
        }

        @Test(.timeLimit(.minutes(2)), arguments: LawEngine.allCases)
        func `after an outage every order whose push was lost is there once, and the platform's list is empty`(engine: LawEngine) async throws {
            var configuration = ShopeeConfiguration()
            configuration.shops.append(.init(shopID: 40_071_199, name: "A stranger's shop"))
            configuration.pushTimeScale = 0.000_01
            let simulator = try await ShopeeSimulator.start(configuration), place = try await LawPlace.fresh(engine)
            // The hub is down, and whatever stands before it knows no such page.
            simulator.setCallback(url: simulator.baseURL + "/hooks/down")
            let (one, two) = try await running(place) { hub in
                (try await connect(configuration.shops[0], "One", simulator, hub).id, try await connect(configuration.shops[1], "Two", simulator, hub).id)
            }
            _ = try simulator.authorise(shopID: configuration.shops[2].shopID)
            var expected: [(ChannelID, ExternalID)] = []
            for index in 0..<60 {
                let channel = index % 3 == 0 ? two : one
                expected.append((channel, try simulator.place(.everyday, shopID: configuration.shops[channel == one ? 0 : 1].shopID)))
            }
            for _ in 0..<3 { try simulator.place(.everyday, shopID: configuration.shops[2].shopID) }
            await simulator.idle()
            let lost = simulator.lostPushes
            #expect(lost >= 63)
            try await running(place) { hub in
                try await until("the platform's list is empty", within: .seconds(60)) { simulator.lostPushes == 0 }
                for (channel, id) in expected { try await until("order \(id) is here", within: .seconds(60)) { try await hub.ledger.order(channel: channel, externalID: id) != nil } }
                let count = try await hub.ledgerDatabase.read { tx in try tx.first("SELECT COUNT(*) FROM orders") { try $0.int(0) } ?? 0 }
                #expect(count == expected.count)
                let kept = try await hub.journalDatabase.read { tx in try tx.first("SELECT COUNT(*) FROM deliveries WHERE origin = 'webhook'") { try $0.int(0) } ?? 0 }
                let (recovered, skipped) = try #require(try await hub.ledgerDatabase.read { tx in
                    try tx.first("SELECT recovered, skipped FROM push_recoveries WHERE platform = 'shopee'") { (try $0.int(0), try $0.int(1)) }
                })
                #expect(kept == recovered)
                #expect(recovered + skipped == lost)
                #expect(skipped >= 3)
                #expect(hub.refusals.entries(of: one).map(\.code) == ["unknown_account"])
                #expect(try await hub.problems(limit: 50).isEmpty)
            }
            await simulator.stop()
            place.remove()
        }

        // MARK: against a made-up platform

        private func made(_ pusher: LawPusher, clock: LawClock, shops: [String]) async throws -> (Hub, LawPlace, [Channel]) {
            let place = try await LawPlace.fresh(.sqlite)
            let hub = try await Hub(Hub.Settings(dataFolder: place.folder), registry: ConnectorRegistry([LawPusherShop.self]), logger: LawLog.silent, now: { clock.now }) { _, _ in
                ChannelHTTP { _ throws(ConnectorError) in throw .unreachable(reason: "there is no wire") }
            }
            var channels: [Channel] = []
            for shop in shops {
                let channel = try await hub.channels.add(platform: "lawpusher", name: shop, settings: ["pusher": pusher.name, "shop": shop], by: "test")
                try await hub.channels.adopt(Credential(accessToken: "a", accountID: shop, issuedAt: clock.now), of: channel, RefreshPolicy(ahead: .seconds(60), isSingleUse: false), auditedBy: AuditActor(name: "test"))
                channels.append(channel)
            }
            return (hub, place, channels)
        }

        private func end(_ hub: Hub, _ place: LawPlace) async {
            await hub.journalDatabase.close()
            await hub.ledgerDatabase.close()
            place.remove()
        }

        private func keptIn(_ hub: Hub) async throws -> [(channel: Int64, complaint: String?)] {
            try await hub.journalDatabase.read { tx in try tx.rows("SELECT channel_id, complaint FROM deliveries ORDER BY id") { (channel: try $0.int64(0), complaint: try $0.optionalText(1)) } }
        }

        @Test(.timeLimit(.minutes(1)))
        func `each lost push goes to the channel that holds its account, a stranger's blocks nothing, what cannot be read is kept with its complaint, and then all is confirmed`() async throws {
            let pusher = LawPusher(), clock = LawClock(), (hub, place, channels) = try await made(pusher, clock: clock, shops: ["shop-1", "shop-2"])
            pusher.lose("shop-1"); pusher.lose("shop-9"); pusher.lose("shop-2"); pusher.lose(nil, complaint: "no topic"); pusher.lose("shop-2")
            let application = PushRecovery.Application(platform: "lawpusher", name: pusher.name)
            #expect(try await hub.pushRecovery.pass(application) == PushRecovery.Report(recovered: 4, skipped: 1))
            let kept = try await keptIn(hub)
            #expect(kept.filter { $0.channel == channels[0].id.value }.count == 2)
            #expect(kept.filter { $0.channel == channels[1].id.value }.count == 2)
            #expect(kept.compactMap(\.complaint) == ["no topic"])
            #expect(pusher.state.withLock { $0.lost.isEmpty })
            // Not due again for a while; asked early it is asked, and there is nothing.
            #expect(try await hub.pushRecovery.pass(application) == nil)
            #expect(try await hub.pushRecovery.pass(application, isEarly: true) == PushRecovery.Report())
            clock.move(by: .seconds(601))
            pusher.lose("shop-1")
            #expect(try await hub.pushRecovery.pass(application) == PushRecovery.Report(recovered: 1))
            await end(hub, place)
        }

        @Test(.timeLimit(.minutes(1)))
        func `one channel's trouble is not the others', and a platform that does not answer is left alone, longer each time`() async throws {
            let pusher = LawPusher(), clock = LawClock(), (hub, place, _) = try await made(pusher, clock: clock, shops: ["shop-1", "shop-2"])
            let application = PushRecovery.Application(platform: "lawpusher", name: pusher.name)
            pusher.state.withLock { $0.faults["shop-1"] = .unauthorised(reason: "the key has expired") }
            pusher.lose("shop-1")
            #expect(try await hub.pushRecovery.pass(application) == PushRecovery.Report(recovered: 1))
            pusher.state.withLock { $0.faults = ["shop-1": .unreachable(reason: "down"), "shop-2": .unreachable(reason: "down")] }
            pusher.lose("shop-2")
            for pause in [601, 31, 61] as [Int64] {
                clock.move(by: .seconds(pause))
                await #expect(throws: ConnectorError.self) { try await hub.pushRecovery.pass(application) }
                let asked = pusher.state.withLock { $0.asked }
                #expect(try await hub.pushRecovery.pass(application, isEarly: true) == nil)
                #expect(pusher.state.withLock { $0.asked } == asked)
            }
            #expect(try await hub.problems(limit: 10).map(\.kind) == [Problem.Kind.webhookMissing.rawValue])
            pusher.state.withLock { $0.faults = [:] }
            clock.move(by: .seconds(301))
            #expect(try await hub.pushRecovery.pass(application) == PushRecovery.Report(recovered: 1))
            #expect(try await hub.problems(limit: 10).isEmpty)
            await end(hub, place)
        }

        @Test(.timeLimit(.minutes(1)))
        func `what could not be kept is not confirmed, and what is kept twice is one delivery for the ledger`() async throws {
            let pusher = LawPusher(), clock = LawClock(), (hub, place, channels) = try await made(pusher, clock: clock, shops: ["shop-1"])
            let application = PushRecovery.Application(platform: "lawpusher", name: pusher.name)
            pusher.lose("shop-1")
            pusher.state.withLock { $0.refusesConfirming = true }
            await #expect(throws: ConnectorError.self) { try await hub.pushRecovery.pass(application) }
            pusher.state.withLock { $0.refusesConfirming = false }
            clock.move(by: .seconds(31))
            #expect(try await hub.pushRecovery.pass(application) == PushRecovery.Report(recovered: 1))
            let keys = try await hub.journalDatabase.read { tx in try tx.rows("SELECT receipt_key FROM deliveries WHERE channel_id = \(channels[0].id.value)") { try $0.blob(0) } }
            #expect(keys.count == 2)
            #expect(Set(keys).count == 1)
            pusher.lose("shop-1")
            await hub.journalDatabase.close()
            clock.move(by: .seconds(601))
            await #expect(throws: (any Error).self) { try await hub.pushRecovery.pass(application) }
            #expect(pusher.state.withLock { $0.lost.count } == 1)
            await end(hub, place)
        }

        @Test(.timeLimit(.minutes(1)))
        func `two nodes ask for one app's pushes one after the other`() async throws {
            let pusher = LawPusher(), clock = LawClock(), (hub, place, _) = try await made(pusher, clock: clock, shops: ["shop-1"])
            for _ in 0..<7 { pusher.lose("shop-1") }
            let application = PushRecovery.Application(platform: "lawpusher", name: pusher.name)
            let other = PushRecovery(ledger: hub.ledger, directory: hub.channels.directory, intake: hub.intake, now: { clock.now }, logger: LawLog.silent)
            async let here = hub.pushRecovery.pass(application), there = other.pass(application)
            let reports = try await [here, there]
            #expect(reports.compactMap(\.self) == [PushRecovery.Report(recovered: 7)])
            #expect(try await keptIn(hub).count == 7)
            await end(hub, place)
        }
    }
}

/// What a made-up platform could not deliver.
final class LawPusher: Sendable {
    struct State {
        var lost: [(id: Int, push: LostPush)] = [], next = 1
        var faults: [String: ConnectorError] = [:], refusesConfirming = false
        var asked = 0
    }
    let name = UUID().uuidString
    let state = Mutex(State())
    private static let all = Mutex<[String: LawPusher]>([:])

    init() { Self.all.withLock { $0[name] = self } }
    static func named(_ name: String) -> LawPusher? { all.withLock { $0[name] } }

    func lose(_ account: String?, complaint: String? = nil) {
        state.withLock { state in
            let push = LostPush(topic: "order", body: Array("{\"push\":\(state.next)}".utf8), receiptKey: "push:\(state.next)", account: account, complaint: complaint)
            state.lost.append((state.next, push))
            state.next += 1
        }
    }
}

/// One shop of the platform's one app.
struct LawPusherShop: RecoversPushes {
    static let descriptor = PlatformDescriptor(platform: "lawpusher", title: "Law pusher", kind: .shop, settings: [SettingField("pusher", "Pusher", isRequired: true), SettingField("shop", "Shop", isRequired: true)])
    static let page = 3
    let pusher: LawPusher, shop: String

    init(_ context: ChannelContext) throws(ConnectorError) {
        guard let pusher = LawPusher.named(try context.settings.required("pusher")) else { throw .misconfigured(setting: "pusher", problem: "is not known") }
        self.pusher = pusher
        shop = try context.settings.required("shop")
    }

    var pushApplication: String { pusher.name }
    func verify(_ delivery: IncomingDelivery) -> HookVerdict { .refuse(HookAnswer(status: 401, code: "nothing_comes")) }

    func lostPushes() async throws(ConnectorError) -> LostPushes {
        let answer = pusher.state.withLock { state -> Result<LostPushes, ConnectorError> in
            state.asked += 1
            if let fault = state.faults[shop] { return .failure(fault) }
            let page = state.lost.prefix(Self.page)
            return .success(LostPushes(pushes: page.map(\.push), watermark: page.last.map { String($0.id) }, hasMore: state.lost.count > page.count))
        }
        return try answer.get()
    }

    func confirmLostPushes(upTo watermark: String) async throws(ConnectorError) {
        let isTaken = pusher.state.withLock { state in
            if state.refusesConfirming { return false }
            state.lost.removeAll { $0.id <= Int(watermark) ?? 0 }
            return true
        }
        if !isTaken { throw .unreachable(reason: "the answer was lost") }
    }
}
