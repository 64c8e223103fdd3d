import AsyncHTTPClient
import Connect
import Domain
import Foundation
import HTTPTypes
import Logging
import SimulatorKit
import Synchronization
import Testing
import WooCommerceConnector
import WooCommerceSimulator

/// The connector and the simulator are two readings of one dossier; here they meet, for each version and each way to authenticate.
@Suite(.timeLimit(.minutes(2))) struct ConnectorSimulatorTests {
    /// How a shop is reached: what WordPress believes about TLS, and what the channel is set to.
    enum Way: String, CaseIterable, Sendable {
        case basic, strippedHeader, query, signed, signedBehindProxy, signedThoughSecure, plainPermalinks, plainPermalinksSigned
        var transport: WooTransport { [.signed, .signedBehindProxy, .plainPermalinksSigned].contains(self) ? .plainHTTP : .https }
        /// The address the channel has. The simulator speaks http only; `https` addresses are sent there all the same, as through a proxy.
        var isSecure: Bool { ![.signed, .signedThoughSecure, .plainPermalinksSigned].contains(self) }
        var isPlain: Bool { self == .plainPermalinks || self == .plainPermalinksSigned }
    }

    /// A simulator and the connector of a channel for it.
    struct Bench: Sendable {
        let simulator: WooCommerceSimulator
        let connector: WooCommerceConnector
        let saved: SavedSettings

        final class SavedSettings: Sendable {
            let values = Mutex<[String: String]>([:])
        }

        func interpret(_ listed: [ListedOrder], askedAt: Timestamp) throws -> [OrderSnapshot] {
            try listed.flatMap { order in
                let delivery = StoredDelivery(id: DeliveryID(1), channel: ChannelID(1), origin: .poll, topic: order.topic, body: try #require(order.body), receivedAt: askedAt, askedAt: askedAt)
                return try connector.interpret(delivery).compactMap { if case .order(let snapshot) = $0 { snapshot } else { nil } }
            }
        }

        /// Every page of a listing; where it lists ids only, the orders are fetched.
        func list(since: Timestamp, limit: Int = 100) async throws -> [OrderSnapshot] {
            var cursor: String?, snapshots: [OrderSnapshot] = []
            for _ in 0..<100 {
                let page = try await connector.listOrders(changedSince: since, until: nil, cursor: cursor, limit: limit)
                var whole: [ListedOrder] = []
                for order in page.orders { whole.append(order.body == nil ? try await connector.fetchOrder(order.externalID) : order) }
                snapshots += try interpret(whole, askedAt: page.askedAt)
                cursor = page.nextCursor
                if cursor == nil { break }
            }
            #expect(cursor == nil)
            return snapshots
        }
    }

    private static func now() -> Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    private func withBench(
        _ flavour: WooFlavour = .hpos10, _ way: Way = .basic, settings: [String: String] = [:], permissions: WooPermissions = .readWrite,
        change: (inout WooCommerceSimulator.Configuration) -> Void = { _ in }, _ body: (Bench) async throws -> Void
    ) async throws {
        var configuration = WooCommerceSimulator.Configuration(flavour: flavour, transport: way.transport, timeScale: 0.001)
        configuration.stripsAuthorization = way == .strippedHeader
        configuration.prettyPermalinks = !way.isPlain
        configuration.permissions = permissions
        change(&configuration)
        let simulator = try await WooCommerceSimulator.start(configuration)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration)
        let live = LiveHTTP(client: client, addressGuard: AddressGuard(allowedHosts: ["*"]), now: Self.now).channel(budget: Budget(callsPerSecond: 1_000, burst: 1_000, concurrency: 4))
        let http = ChannelHTTP { (request) async throws(ConnectorError) -> PlatformAnswer in
            var request = request
            request.url = request.url.replacing("https://127.0.0.1", with: "http://127.0.0.1", maxReplacements: 1)
            return try await live.send(request)
        }
        let saved = Bench.SavedSettings()
        var values = [
            "url": way.isSecure ? simulator.baseURL.replacing("http://", with: "https://") : simulator.baseURL, "consumerKey": simulator.consumerKey,
            "consumerSecret": simulator.consumerSecret, "webhookSecret": "hub-secret-1",
        ]
        if way == .query { values["authentication"] = "query" }
        values.merge(settings) { $1 }
        let context = ChannelContext(
            channel: ChannelID(1), name: "shop", settings: ChannelSettings(values), http: http, now: Self.now, logger: Logger(label: "test"),
            hookURL: "http://127.0.0.1:9/hooks/1", save: { changed in saved.values.withLock { $0.merge(changed) { $1 } } })
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(Bench(simulator: simulator, connector: try WooCommerceConnector(context), saved: saved)))
        } catch { result = .failure(error) }
        await simulator.stop()
        try await client.shutdown()
        try result.get()
    }

    private func shipment(_ number: String = "EX000000000TH") -> Shipment {
        Shipment(id: ShipmentID(1), carrier: "Thailand Post", channel: ChannelID(2), externalRef: "ref-\(number)", trackingNumber: number, status: .pickedUp, bookedAt: Self.now())
    }

    private func order(_ bench: Bench, _ id: String) async throws -> OrderForAction {
        let fetched = try await bench.connector.fetchOrder(id)
        return OrderForAction(id: OrderID(1), channel: ChannelID(1), channelName: "shop", snapshot: try #require(try bench.interpret([fetched], askedAt: Self.now()).first))
    }

    // MARK: Listing

    @Test(arguments: WooFlavour.allCases)
    func `every order of the shop is found, whatever its oddity, and equals the shop's own`(flavour: WooFlavour) async throws {
        try await withBench(flavour) { bench in
            for kind in OrderKind.allCases { bench.simulator.placeOrder(kind: kind) }
            let trashed = bench.simulator.placeOrder(kind: .everyday)
            bench.simulator.trash(trashed)
            let snapshots = try await bench.list(since: Self.now() - .seconds(600), limit: 5)
            let found = Dictionary(snapshots.map { ($0.externalID, $0) }) { $1 }
            for expected in bench.simulator.orderStates() {
                let snapshot = try #require(found[expected.externalID], "order \(expected.externalID) was not listed")
                #expect(snapshot.externalNumber == expected.number)
                #expect(snapshot.totals.grand == expected.grandMinor)
                #expect(snapshot.totals.rebuiltGrand == snapshot.totals.grand, "\(snapshot)")
                #expect(snapshot.currency.code == expected.currency)
                #expect(snapshot.lines.count == expected.lineCount)
                #expect(snapshot.shipTo?.postcode == expected.shipToPostcode)
                #expect((snapshot.standing == .cancelled) == expected.isCancelled)
                #expect(snapshot.revision.updatedAt.milliseconds == Int64(expected.updatedAt.timeIntervalSince1970) * 1000)
                #expect(snapshot.revision.wasRead)
            }
            #expect(found[String(trashed)]?.standing == .cancelled)
        }
    }

    @Test func `a shop seven hours east of Greenwich lists what changed just now`() async throws {
        try await withBench(change: { $0.timeZone = "Asia/Bangkok" }) { bench in
            let id = bench.simulator.placeOrder(kind: .everyday)
            let listed = try await bench.list(since: Self.now() - .seconds(60))
            #expect(listed.map(\.externalID) == [String(id)])
        }
    }

    @Test(arguments: [("JPY", 0), ("KWD", 3), ("CLP", 0)])
    func `currencies without and with three decimals add up`(currency: String, decimals: Int) async throws {
        try await withBench(change: { $0.currency = currency; $0.decimals = decimals }) { bench in
            for kind in [OrderKind.everyday, .coupon, .fees, .longFraction, .manyLines] { bench.simulator.placeOrder(kind: kind) }
            let snapshots = try await bench.list(since: Self.now() - .seconds(600))
            #expect(snapshots.count == 5)
            #expect(snapshots.allSatisfy { $0.totals.rebuiltGrand == $0.totals.grand && $0.currency.code == currency })
        }
    }

    // MARK: Ways in

    @Test(arguments: Way.allCases)
    func `every way in lists, registers, ships and cancels`(way: Way) async throws {
        try await withBench(.hpos10, way) { bench in
            let id = String(bench.simulator.placeOrder(kind: .cashOnDelivery)), other = String(bench.simulator.placeOrder(kind: .cashOnDelivery))
            #expect(Set(try await bench.list(since: Self.now() - .seconds(600)).map(\.externalID)) == [id, other])
            #expect(try await bench.connector.registerWebhooks(at: "http://127.0.0.1:9/hooks/1").allSatisfy { $0.state == .active })
            try await bench.connector.markShipped(shipment(), of: order(bench, id), idempotencyKey: "k")
            #expect(try await order(bench, id).snapshot.standing == .closed)
            #expect(try await bench.connector.cancelOrder(order(bench, other), reason: "asked", idempotencyKey: "c") == .cancelled)
            let saved = bench.saved.values.withLock { $0 }
            #expect(saved["authenticationInUse"] == (way == .strippedHeader ? "query" : way == .signedBehindProxy ? "oauth1AsHTTP" : nil))
            #expect(saved["permalinksInUse"] == (way.isPlain ? "plain" : nil))
        }
    }

    @Test func `a shop whose clock is an hour ahead still takes signed calls`() async throws {
        try await withBench(.hpos10, .signed) { bench in
            let id = bench.simulator.placeOrder(kind: .everyday)
            bench.simulator.advanceClock(bySeconds: 600)
            let fetched = try await bench.connector.fetchOrder(String(id))
            #expect(fetched.externalID == String(id))
        }
    }

    @Test func `a revoked key parks the channel`() async throws {
        try await withBench { bench in
            bench.simulator.revokeKeys()
            let error = await #expect(throws: ConnectorError.self) { try await bench.list(since: Self.now()) }
            #expect(error?.failureClass == .unauthorised)
        }
    }

    // MARK: Webhooks

    @Test(arguments: WooFlavour.allCases)
    func `the shop's own deliveries are accepted and mean the order`(flavour: WooFlavour) async throws {
        try await withBench(flavour) { bench in
            _ = try await bench.connector.registerWebhooks(at: "http://127.0.0.1:9/hooks/1")
            for kind in OrderKind.allCases {
                let id = bench.simulator.placeOrder(kind: kind), signed = bench.simulator.signedDelivery(id)
                var headers = HTTPFields()
                for (name, value) in signed.headers { if let name = HTTPField.Name(name) { headers[name] = value } }
                let body = [UInt8](signed.body)
                guard case .accept(let receipt) = bench.connector.verify(IncomingDelivery(headers: headers, body: body, receivedAt: Self.now())) else {
                    Issue.record("a delivery of \(kind) was not accepted")
                    continue
                }
                #expect(receipt.quarantine == nil)
                let meaning = try bench.connector.interpret(StoredDelivery(id: DeliveryID(1), channel: ChannelID(1), origin: .webhook, topic: receipt.topic, body: body, receivedAt: Self.now()))
                guard case .order(let pushed)? = meaning.first else { Issue.record("\(kind) is no order"); continue }
                var read = try await order(bench, String(id)).snapshot
                #expect(read.revision.wasRead)
                read.revision.wasRead = false
                #expect(read == pushed)
            }
        }
    }

    @Test func `a webhook whose owner is gone loses the channel`() async throws {
        try await withBench { bench in
            _ = try await bench.connector.registerWebhooks(at: "http://127.0.0.1:9/hooks/1")
            let id = bench.simulator.placeOrder(kind: .everyday)
            bench.simulator.removeOwner()
            let body = [UInt8](bench.simulator.signedDelivery(id).body)
            let meaning = try bench.connector.interpret(StoredDelivery(id: DeliveryID(1), channel: ChannelID(1), origin: .webhook, topic: "order.updated", body: body, receivedAt: Self.now()))
            guard case .channelLost? = meaning.first else { Issue.record("\(meaning)"); return }
        }
    }

    @Test(arguments: WooFlavour.allCases)
    func `registering twice leaves four webhooks, and they are listed active`(flavour: WooFlavour) async throws {
        try await withBench(flavour) { bench in
            let url = "http://127.0.0.1:9/hooks/1"
            #expect(try await bench.connector.listWebhooks(at: url).allSatisfy { $0.state == .missing })
            _ = try await bench.connector.registerWebhooks(at: url)
            _ = try await bench.connector.registerWebhooks(at: url)
            #expect(bench.simulator.webhookIDs.count == 4)
            #expect(try await bench.connector.listWebhooks(at: url).allSatisfy { $0.state == .active })
        }
    }

    // MARK: Writing

    @Test(arguments: [true, false])
    func `shipping twice writes the tracking once`(hasPlugin: Bool) async throws {
        try await withBench(change: { $0.hasShipmentTracking = hasPlugin }) { bench in
            let id = bench.simulator.placeOrder(kind: .cashOnDelivery), order = try await order(bench, String(id))
            try await bench.connector.markShipped(shipment(), of: order, idempotencyKey: "k")
            await #expect(throws: ConnectorError.alreadyDone) { try await bench.connector.markShipped(shipment(), of: order, idempotencyKey: "k") }
            #expect(bench.simulator.trackingNumbers(id) == (hasPlugin ? ["EX000000000TH"] : []))
            #expect(try await self.order(bench, String(id)).snapshot.standing == .closed)
        }
    }

    @Test func `tracking in the meta alone is found again`() async throws {
        try await withBench(settings: ["tracking": "meta"]) { bench in
            let id = bench.simulator.placeOrder(kind: .cashOnDelivery), order = try await order(bench, String(id))
            try await bench.connector.markShipped(shipment("A1"), of: order, idempotencyKey: "k")
            try await bench.connector.markShipped(shipment("B2"), of: order, idempotencyKey: "l")
            await #expect(throws: ConnectorError.alreadyDone) { try await bench.connector.markShipped(shipment("A1"), of: order, idempotencyKey: "k") }
            #expect(bench.simulator.trackingNumbers(id) == ["A1", "B2"])
        }
    }

    @Test func `an answer lost at any write is made good by the next try`() async throws {
        for lost in 0..<2 {
            try await withBench { bench in
                let id = bench.simulator.placeOrder(kind: .cashOnDelivery), order = try await order(bench, String(id))
                bench.simulator.faults.force(Array(repeating: nil, count: lost) + [.lostAnswer], at: .write)
                let first = await #expect(throws: ConnectorError.self) { try await bench.connector.markShipped(shipment(), of: order, idempotencyKey: "k") }
                #expect(first?.failureClass == .transient)
                do throws(ConnectorError) {
                    try await bench.connector.markShipped(shipment(), of: order, idempotencyKey: "k")
                } catch {
                    #expect(error == .alreadyDone)
                }
                #expect(bench.simulator.trackingNumbers(id) == ["EX000000000TH"])
                #expect(try await self.order(bench, String(id)).snapshot.standing == .closed)
            }
        }
    }

    @Test func `what has left is too late, what is gone is unknown`() async throws {
        try await withBench { bench in
            let done = bench.simulator.placeOrder(kind: .paidOnline), gone = bench.simulator.placeOrder(kind: .paidOnline)
            let doneOrder = try await order(bench, String(done)), goneOrder = try await order(bench, String(gone))
            bench.simulator.complete(done)
            bench.simulator.delete(gone)
            guard case .tooLate = try await bench.connector.cancelOrder(doneOrder, reason: "", idempotencyKey: "a") else { Issue.record("not too late"); return }
            #expect(try await bench.connector.cancelOrder(goneOrder, reason: "", idempotencyKey: "b") == .unknown)
            let error = await #expect(throws: ConnectorError.self) { try await bench.connector.fetchOrder(String(gone)) }
            #expect(error?.code == "not_found")
        }
    }

    // MARK: The check

    @Test(arguments: WooFlavour.allCases)
    func `the check of a registered shop is good but for what its version lacks`(flavour: WooFlavour) async throws {
        try await withBench(flavour) { bench in
            _ = try await bench.connector.registerWebhooks(at: "http://127.0.0.1:9/hooks/1")
            let bad = await bench.connector.check().filter { !$0.isGood }
            #expect(bad.map(\.name) == (flavour == .posts39 ? ["listing by change"] : []))
        }
    }

    @Test func `the check finds a read-only key`() async throws {
        try await withBench(permissions: .read) { bench in
            #expect(await bench.connector.check().first { $0.name == "write permission" }?.isGood == false)
        }
    }
}
