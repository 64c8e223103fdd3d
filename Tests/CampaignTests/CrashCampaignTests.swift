import CourierSimulator
import Foundation
import ShopifySimulator
import SimulatorKit
import Synchronization
import Testing
import Waiting

/// The proof: deliveries doubled, shuffled and dropped while the hub is killed again and again; at the end every order is the platform's, and booked once.
@Suite(.serialized) struct CrashCampaignTests {
    struct Scale: Sendable {
        var orders = 3000, deliveries = 20_000, kills = 20, duplicated = 0.30, shuffled = 0.30, dropped = 0.05
    }

    @Test(.timeLimit(.minutes(12)), arguments: ["sqlite", "postgres"])
    func `nothing is lost and nothing is booked twice while the hub is killed twenty times`(engine: String) async throws {
        let seed = ProcessInfo.processInfo.environment["CROSSDOCK_SEED"].flatMap(UInt64.init) ?? 20_261_121
        print("crash campaign on \(engine), seed \(seed)")
        let campaign = try await CrashCampaign(engine: engine, seed: seed, scale: Scale())
        let outcome = try await campaign.run()
        await campaign.end()
        #expect(outcome.kills >= 20)
        #expect(outcome.missing.isEmpty, "orders that never arrived: \(outcome.missing.prefix(5))")
        #expect(outcome.different.isEmpty, "orders that differ from the platform: \(outcome.different.prefix(5))")
        #expect(outcome.bookedTwice.isEmpty, "booked more than once: \(outcome.bookedTwice.prefix(5))")
        #expect(outcome.neverBooked.isEmpty, "never booked: \(outcome.neverBooked.prefix(5))")
        print("crash campaign on \(engine): \(outcome.sent) deliveries answered, \(outcome.kills) kills, \(outcome.orders) orders equal, \(outcome.bookings) bookings")
    }
}

/// One campaign: the platform and the courier live in this process, the hub is a child that dies.
final class CrashCampaign: Sendable {
    struct Delivery: Sendable { let headers: [(name: String, value: String)], body: Data }
    struct Outcome { var kills = 0, sent = 0, orders = 0, bookings = 0, missing: [String] = [], different: [String] = [], bookedTwice: [String] = [], neverBooked: [String] = [] }

    let shop: ShopifySimulator, courier: CourierSimulator, hub: HubUnderTest
    private let scale: CrashCampaignTests.Scale, seed: UInt64
    private let isSending = Mutex(true)
    private let kills = Mutex(0)

    init(engine: String, seed: UInt64, scale: CrashCampaignTests.Scale) async throws {
        self.scale = scale
        self.seed = seed
        var shopConfiguration = ShopifySimulator.Configuration(faults: FaultPlan(level: .none, seed: seed))
        shopConfiguration.tokenMode = .staticToken
        shopConfiguration.staticToken = "shpat_campaign"
        shopConfiguration.costRestorePerSecond = 1_000_000
        shopConfiguration.costBucketSize = 1_000_000
        shopConfiguration.seed = seed
        shop = try await ShopifySimulator.start(shopConfiguration)
        var courierConfiguration = CourierConfiguration()
        courierConfiguration.requestsPerSecond = 100_000
        // A careless courier: only the hub keeps a booking at one.
        courierConfiguration.enforcesUniqueRef = false
        courier = try await CourierSimulator.start(courierConfiguration)
        let folder = FileManager.default.temporaryDirectory.appending(path: "crossdock-campaign-\(UUID().uuidString)").path
        hub = HubUnderTest(folder: folder, databaseURL: engine == "postgres" ? try await TestPostgres.freshDatabase() : nil, port: try LoopbackPort.free())
    }

    func end() async {
        hub.terminate()
        await shop.stop()
        await courier.stop()
        try? FileManager.default.removeItem(atPath: hub.folder)      // left over in the temporary folder at worst
    }

    func run() async throws -> Outcome {
        try await hub.start()
        let hook = try await connect()
        let deliveries = try makeDeliveries()
        async let killing: Void = keepKilling()
        let sent = try await send(deliveries, to: hook)
        isSending.withLock { $0 = false }
        try await killing
        var outcome = try await settle()
        outcome.sent = sent
        outcome.kills = kills.withLock { $0 }
        return outcome
    }

    private func connect() async throws -> String {
        let configuration = courier.configuration
        _ = try await hub.api("POST", "channels", json: ["platform": "courier", "name": "Courier", "settings": [
            "url": courier.baseURL, "keyID": configuration.keyID, "secret": configuration.secrets[0], "callbackSecret": configuration.callbackSecret]])
        let channel = try await hub.api("POST", "channels", json: ["platform": "shopify", "name": "Shop", "settings": [
            "shop": shop.configuration.shop, "grant": "static", "accessToken": "shpat_campaign", "clientSecret": shop.configuration.clientSecret,
            "baseURL": shop.baseURL, "hub.reconcileSeconds": "3", "hub.webhooks": "manual"]])
        return try #require(channel["hookURL"] as? String)
    }

    /// Orders, then rounds of changes; each state's delivery is taken as the platform would have sent it then. Doubled, shuffled, some dropped.
    private func makeDeliveries() throws -> [Delivery] {
        var random = SeededGenerator(seed: seed), list: [Delivery] = []
        let ids = (0..<scale.orders).map { _ in shop.placeOrder(kind: Bool.random(using: &random) ? .cashOnDelivery : .card) }
        func announce(_ id: Int64, _ topic: String) {
            guard let delivery = shop.signedDelivery(orderID: id, topic: topic) else { return }
            list.append(Delivery(headers: delivery.headers, body: delivery.body))
        }
        for id in ids { announce(id, "orders/create") }
        var rounds = 0
        let unique = Int(Double(scale.deliveries) / (1 + scale.duplicated))
        while list.count < unique {
            rounds += 1
            let id = ids[Int.random(in: 0..<ids.count, using: &random)]
            if rounds % 150 == 0 { try? shop.cancelOrder(id) } else { try? shop.editOrder(id, .note("round \(rounds)")) }      // a cancelled order refuses edits; its delivery is sent again
            announce(id, "orders/updated")
        }
        list.removeAll { _ in Double.random(in: 0..<1, using: &random) < scale.dropped }
        list += list.filter { _ in Double.random(in: 0..<1, using: &random) < scale.duplicated }
        for index in list.indices where Double.random(in: 0..<1, using: &random) < scale.shuffled { list.swapAt(index, Int.random(in: 0..<list.count, using: &random)) }
        return list
    }

    /// Each delivery is repeated until it is answered 2xx, as its platform would.
    private func send(_ deliveries: [Delivery], to hook: String) async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = deliveries.makeIterator(), sent = 0
            for _ in 0..<24 { if let delivery = next.next() { group.addTask { try await self.deliver(delivery, to: hook) } } }
            while try await group.next() != nil {
                sent += 1
                if let delivery = next.next() { group.addTask { try await self.deliver(delivery, to: hook) } }
            }
            return sent
        }
    }

    private func deliver(_ delivery: Delivery, to hook: String) async throws {
        let headers = delivery.headers.map { ($0.name, $0.value) }
        let isTaken = try await eventually(within: .seconds(240), between: .milliseconds(50)) {
            guard let (status, _) = try? await HubUnderTest.call("POST", hook, token: nil, headers: headers, body: Array(delivery.body)) else { return false }      // no answer: sent again
            if status == 401 || status == 404 { throw HubUnderTest.Refused(status: status, text: "a genuine delivery was refused") }
            return (200..<300).contains(status)
        }
        guard isTaken else { throw HubUnderTest.NotReady() }
    }

    private func keepKilling() async throws {
        var random = SeededGenerator(seed: seed &+ 1)
        while isSending.withLock({ $0 }) || kills.withLock({ $0 }) < scale.kills {
            try await Task.sleep(for: .milliseconds(Int.random(in: 300...2400, using: &random)))
            hub.kill()
            kills.withLock { $0 += 1 }
            try await hub.start()
        }
    }

    /// Waits until hub and platform agree, or nothing changes any more.
    private func settle() async throws -> Outcome {
        var outcome = Outcome()
        _ = try await eventually(within: .seconds(240), between: .milliseconds(500)) {
            outcome = try await compare()
            return outcome.missing.isEmpty && outcome.different.isEmpty && outcome.neverBooked.isEmpty && outcome.orders == scale.orders
        }
        return outcome
    }

    private func compare() async throws -> Outcome {
        var outcome = Outcome(), here: [String: [String: Any]] = [:], cursor: String?
        repeat {
            let page = try await hub.api("GET", "orders?limit=200" + (cursor.map { "&cursor=\($0)" } ?? ""))
            for order in page["data"] as? [[String: Any]] ?? [] { if let id = order["externalID"] as? String { here[id] = order } }
            cursor = page["nextCursor"] as? String
        } while cursor != nil
        outcome.orders = here.count
        let bookings = courier.bookings()
        outcome.bookings = bookings.values.reduce(0, +)
        var perOrder: [String: Int] = [:]
        for (ref, count) in bookings { perOrder[ref.split(separator: "-").dropFirst().first.map(String.init) ?? ref, default: 0] += count }
        for truth in shop.orderStates() {
            guard let order = here[truth.externalID] else { outcome.missing.append(truth.externalID); continue }
            let isCancelled = order["workflow"] as? String == "cancelled"
            let updatedAt = (order["sourceUpdatedAt"] as? String).flatMap { try? Date($0, strategy: .iso8601) }
            if isCancelled != truth.isCancelled || abs((updatedAt ?? .distantPast).timeIntervalSince(truth.updatedAt)) >= 1 { outcome.different.append(truth.externalID) }
            let booked = perOrder[order["id"] as? String ?? ""] ?? 0
            if booked > 1 { outcome.bookedTwice.append(truth.externalID) }
            if booked == 0, !truth.isCancelled { outcome.neverBooked.append(truth.externalID) }
        }
        return outcome
    }
}
