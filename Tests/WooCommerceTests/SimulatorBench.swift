import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import SimulatorKit
import Synchronization
import WooCommerceSimulator

/// A shop for one test, and a caller who speaks to it over real HTTP.
struct SimulatedShop: Sendable {
    let simulator: WooCommerceSimulator

    struct Answer: Sendable {
        var status: Int
        var headers: [String: String]
        var body: Data
        var json: WooJSON { (try? WooJSON(parsing: body)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
        var code: String? { json["code"]?.text }
        var message: String? { json["message"]?.text }
        var ids: [Int] { (json.items ?? []).compactMap { $0["id"]?.integerValue } }
    }

    /// With Basic, unless other headers or a query say otherwise.
    func call(
        _ method: String = "GET", _ path: String, _ body: WooJSON? = nil, headers: [(String, String)]? = nil
    ) async throws -> Answer {
        try await plain(method, "/wp-json/wc/v3/\(path)", body, headers: headers ?? [("Authorization", basic)])
    }

    func plain(_ method: String, _ path: String, _ body: WooJSON? = nil, headers: [(String, String)] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: simulator.baseURL + path)
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.bytes))
        }
        let response = try await Self.client.execute(request, timeout: .seconds(20))
        let collected = try await response.body.collect(upTo: 16 << 20)
        let fields = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        return Answer(status: Int(response.status.code), headers: fields, body: Data(collected.readableBytesView))
    }

    var basic: String { "Basic \(Data("\(simulator.consumerKey):\(simulator.consumerSecret)".utf8).base64EncodedString())" }

    /// A redirect is an answer here, not an instruction.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
}

/// Runs a test's body with a shop whose queue takes no time, and stops the shop afterwards.
func withShop(
    _ configuration: WooCommerceSimulator.Configuration = .quick(), _ body: (SimulatedShop) async throws -> Void
) async throws {
    let simulator = try await WooCommerceSimulator.start(configuration)
    do {
        try await body(SimulatedShop(simulator: simulator))
    } catch {
        await simulator.stop()
        throw error
    }
    await simulator.stop()
}

extension WooCommerceSimulator.Configuration {
    static func quick(
        _ flavour: WooFlavour = .hpos10, _ transport: WooTransport = .https, change: (inout WooCommerceSimulator.Configuration) -> Void = { _ in }
    ) -> Self {
        var configuration = WooCommerceSimulator.Configuration(flavour: flavour, transport: transport, timeScale: 0.000_1)
        change(&configuration)
        return configuration
    }
}

/// Takes webhooks and answers what the test wants.
final class WebhookReceiver: Sendable {
    struct Received: Sendable {
        var headers: [String: String]
        var body: Data
        var topic: String { headers["x-wc-webhook-topic"] ?? "" }
        var json: WooJSON { (try? WooJSON(parsing: body)) ?? .null }
    }
    private struct State {
        var received: [Received] = []
        var status = 200
        var pause = Duration.zero
    }
    /// What the route and the test share.
    private final class Desk: Sendable {
        let state = Mutex(State())
    }

    private let desk: Desk
    private let server: SimulatorServer

    private init(desk: Desk, server: SimulatorServer) {
        self.desk = desk
        self.server = server
    }

    static func start() async throws -> WebhookReceiver {
        let desk = Desk()
        let server = SimulatorServer(name: "receiver") { router in
            router.post("hook") { request, _ -> Response in
                let body = try await request.body.collect(upTo: 1 << 20)
                var headers: [String: String] = [:]
                for field in request.headers { headers[field.name.canonicalName] = field.value }
                let (status, pause) = desk.state.withLock { state in
                    state.received.append(Received(headers: headers, body: Data(body.readableBytesView)))
                    return (state.status, state.pause)
                }
                if pause > .zero { try await Task.sleep(for: pause) }
                return Response(status: .init(code: status), headers: status == 302 ? [.location: "http://127.0.0.1:1/"] : [:])
            }
        }
        try await server.start()
        return WebhookReceiver(desk: desk, server: server)
    }

    var url: String { "\(server.baseURL)/hook" }
    /// Takes the delivery and answers only this much later.
    func answerSlowly(_ pause: Duration) { desk.state.withLock { $0.pause = pause } }
    func answer(_ status: Int) { desk.state.withLock { $0.status = status } }
    func stop() async { await server.stop() }

    /// Everything that came, pings too.
    var all: [Received] { desk.state.withLock { $0.received } }
    var pings: [Received] { all.filter { $0.headers["x-wc-webhook-topic"] == nil } }
    var deliveries: [Received] { all.filter { $0.headers["x-wc-webhook-topic"] != nil } }
    func forget() { desk.state.withLock { $0.received = [] } }
}

/// A shop and a receiver with one webhook for each topic; the queue stands still until the test runs it.
func withWebhooks(
    _ topics: [String], _ configuration: WooCommerceSimulator.Configuration = .quick(), secret: String = "hub-secret-1",
    _ body: (SimulatedShop, WebhookReceiver, [Int]) async throws -> Void
) async throws {
    let receiver = try await WebhookReceiver.start()
    do {
        try await withShop(configuration) { shop in
            shop.simulator.pauseCron()
            var ids: [Int] = []
            for topic in topics {
                let answer = try await shop.call("POST", "webhooks", [
                    "name": "hub", "topic": .string(topic), "delivery_url": .string(receiver.url), "secret": .string(secret),
                ])
                ids.append(answer.json["id"]?.integerValue ?? 0)
            }
            try await body(shop, receiver, ids)
        }
    } catch {
        await receiver.stop()
        throw error
    }
    await receiver.stop()
}
