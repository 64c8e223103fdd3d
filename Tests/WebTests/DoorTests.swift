import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing
import Web

/// A platform that signs with one word and sends whole orders.
struct PaperShop: ReceivesWebhooks, InterpretsDeliveries {
    static let descriptor = PlatformDescriptor(platform: "paper", title: "Paper shop", kind: .shop, settings: [SettingField("word", "Word", isSecret: true, isRequired: true)], maximumBodyBytes: 4096)
    let word: String
    init(_ context: ChannelContext) throws(ConnectorError) { word = try context.settings.required("word") }

    func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        guard delivery.headers[.authorization] == word else { return .refuse(HookAnswer(status: 401, code: "bad_signature")) }
        return .accept(Receipt(key: "\(StableHash.of(delivery.body))", topic: "order"))
    }
    func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        do { return [.order(try JSONDecoder().decode(OrderSnapshot.self, from: Data(delivery.body)))] } catch { throw .notUnderstood(field: "body", found: "no order") }
    }
}

@Suite struct DoorTests {
    private func withHub(_ body: @Sendable (Hub, any TestClientProtocol, String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "crossdock-web-\(UUID().uuidString)").path
        let clock: @Sendable () -> Timestamp = { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
        let hub = try await Hub(.init(dataFolder: folder), registry: ConnectorRegistry([PaperShop.self]), logger: Logger(label: "test"), now: clock) { _, _ in
            ChannelHTTP { _ throws(ConnectorError) in throw .unreachable(reason: "no network in this test") }
        }
        let channel = try await hub.channels.add(platform: "paper", name: "Paper", settings: ["word": "open sesame"], by: "test")
        let running = Task { await hub.run() }      // awaited below
        let application = Application(router: try WebServer(hub: hub, settings: .init()).router())
        try await application.test(.router) { client in try await body(hub, client, "/hooks/\(channel.hookKey)") }
        running.cancel()
        await running.value
        try FileManager.default.removeItem(atPath: folder)
    }

    private static func order(_ id: String, name: String = "Malee") throws -> ByteBuffer {
        let snapshot = OrderSnapshot(
            externalID: id, externalNumber: "#\(id)", placedAt: Timestamp(seconds: 1_790_000_000), revision: Revision(updatedAt: Timestamp(seconds: 1_790_000_000)), buyer: Buyer(name: name),
            currency: .thb, totals: Totals(items: 100, grand: 100), payment: Payment(state: .unpaid), lines: [OrderLine(externalLineID: "1", title: "Tea", quantity: 1, unitPrice: 100, lineTotal: 100)],
            platformStatus: "open")
        return ByteBuffer(bytes: try JSONEncoder().encode(snapshot))
    }

    private static func orders(_ hub: Hub, until count: Int) async throws -> [StoredOrder] {
        try await eventually {
            let orders = try await hub.ledger.orders(OrderFilter(), after: nil, limit: 50).orders
            return orders.count >= count ? orders : nil
        }
    }

    @Test func `a genuine delivery is answered 200 and becomes an order, its twin changes nothing`() async throws {
        try await withHub { hub, client, hook in
            for _ in 0..<2 {
                let status = try await client.execute(uri: hook, method: .post, headers: [.authorization: "open sesame"], body: try Self.order("1")) { $0.status }
                #expect(status == .ok)
            }
            let orders = try await Self.orders(hub, until: 1)
            #expect(orders.map(\.snapshot.externalID) == ["1"])
            #expect(orders.map(\.version) == [1])
        }
    }

    @Test func `forged, unknown and oversized calls are told apart, and nothing of them is kept`() async throws {
        try await withHub { hub, client, hook in
            let forged = try await client.execute(uri: hook, method: .post, headers: [.authorization: "guess"], body: try Self.order("1")) { $0.status }
            let unknown = try await client.execute(uri: "/hooks/nobody", method: .post, body: try Self.order("1")) { $0.status }
            let oversized = try await client.execute(uri: hook, method: .post, headers: [.authorization: "open sesame"], body: ByteBuffer(repeating: 32, count: 5000)) { $0.status }
            #expect([forged, unknown, oversized] == [.unauthorized, .notFound, .contentTooLarge])
            let kept = try await hub.journal.lastID()
            #expect(kept == DeliveryID(0))
        }
    }

    @Test func `a signed body nobody can read is kept and shown as a problem with its reason`() async throws {
        try await withHub { hub, client, hook in
            let status = try await client.execute(uri: hook, method: .post, headers: [.authorization: "open sesame"], body: ByteBuffer(string: "{]")) { $0.status }
            #expect(status == .ok)
            let problems = try await eventually {
                let found = try await hub.problems(limit: 10)
                return found.isEmpty ? nil : found
            }
            #expect(problems.map(\.code) == ["not_understood"])
        }
    }

    @Test func `a hub that is closing refuses with 503 and says when to come again`() async throws {
        try await withHub { hub, client, hook in
            hub.intake.close()
            let (status, again) = try await client.execute(uri: hook, method: .post, headers: [.authorization: "open sesame"], body: try Self.order("1")) { ($0.status, $0.headers[.retryAfter]) }
            #expect(status == .serviceUnavailable)
            #expect(again == "5")
        }
    }

    @Test(arguments: ["/api/v1/orders", "/api/v1/channels", "/api/v1/jobs", "/api/v1/problems", "/api/v1/tokens", "/metrics", "/api/v1/events", "/api/v1/openapi.json"])
    func `nothing but hooks and health answers without a token`(path: String) async throws {
        try await withHub { _, client, _ in
            let status = try await client.execute(uri: path, method: .get) { $0.status }
            #expect(status == .unauthorized)
            let live = try await client.execute(uri: "/health/live", method: .get) { $0.status }
            #expect(live == .ok)
        }
    }

    @Test func `a token may do what its scopes say, and sees buyers only with their scope`() async throws {
        try await withHub { hub, client, hook in
            _ = try await client.execute(uri: hook, method: .post, headers: [.authorization: "open sesame"], body: try Self.order("1", name: "<script>alert(1)</script>")) { $0.status }
            _ = try await Self.orders(hub, until: 1)
            let reader = try await hub.tokens.create(name: "reader", scopes: ["orders:read"]).text
            let (status, text) = try await client.execute(uri: "/api/v1/orders", method: .get, headers: [.authorization: "Bearer \(reader)"]) { ($0.status, String(buffer: $0.body)) }
            #expect(status == .ok)
            #expect(text.contains("\"name\":\"<•••\""))
            let refused = try await client.execute(uri: "/api/v1/channels", method: .get, headers: [.authorization: "Bearer \(reader)"]) { $0.status }
            #expect(refused == .forbidden)
        }
    }

    @Test func `a hostile name is text on the page`() async throws {
        try await withHub { hub, client, hook in
            _ = try await client.execute(uri: hook, method: .post, headers: [.authorization: "open sesame"], body: try Self.order("1", name: "<script>alert(1)</script>")) { $0.status }
            _ = try await Self.orders(hub, until: 1)
            let admin = try await hub.tokens.create(name: "owner", scopes: ["admin"]).text
            let cookie = try await hub.sessions.signIn(token: admin, at: SignInPlace(address: "127.0.0.1", browser: "")).cookie
            let page = try await client.execute(uri: "/", method: .get, headers: [.cookie: "crossdock_session=\(cookie)"]) { String(buffer: $0.body) }
            #expect(!page.contains("<script>alert"))
            #expect(page.contains("#1"))
            let form = try await client.execute(uri: "/sign-in", method: .get) { String(buffer: $0.body) }
            #expect(form.contains("<form"))
        }
    }
}
