import AsyncHTTPClient
import Connect
import CourierConnector
import CustomShopConnector
import Database
import Domain
import Foundation
import Hub
import Hummingbird
import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import ServiceLifecycle
import Shopat24Connector
import ShopifyConnector
import SignedWebhookConnector
import Synchronization
import Testing
import Waiting
import Web
import WooCommerceConnector

/// The two databases that every law about data has to hold on.
enum LawEngine: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite, postgres
    var testDescription: String { rawValue }
}

extension Timestamp {
    static var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

/// A wall clock that a test can set: real time and an offset.
final class LawClock: Sendable {
    private let offset = Mutex<Int64>(0)
    var now: Timestamp { Timestamp(milliseconds: Timestamp.now.milliseconds + offset.withLock { $0 }) }
    func move(by duration: Duration) { offset.withLock { $0 += duration.inMilliseconds } }
}

/// A place for a hub's data that outlives it, so that a hub can be started again on it.
struct LawPlace: Sendable {
    let folder: String, databaseURL: String?

    static func fresh(_ engine: LawEngine) async throws -> LawPlace {
        let folder = FileManager.default.temporaryDirectory.appending(path: "crossdock-law-\(UUID().uuidString)").path
        return LawPlace(folder: folder, databaseURL: engine == .postgres ? try LawPostgres.freshDatabase() : nil)
    }
    func remove() { try? FileManager.default.removeItem(atPath: folder) }      // left over in the temporary folder at worst
}

/// A whole hub in this process: its loops, its real server on a free loopback port, and its clock in the test's hand.
final class LawHub: Sendable {
    let hub: Hub, base: String, token: String, clock: LawClock, place: LawPlace
    private let running: Task<Void, Never>, group: ServiceGroup, serving: Task<Void, any Error>

    static let registry = ConnectorRegistry([LawShop.self, LawMarket.self, LawPost.self, ShopifyConnector.self, WooCommerceConnector.self, CustomShopConnector.self, CourierConnector.self, Shopat24Connector.self, SignedWebhookConnector.self])
    private static let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: LiveHTTP.configuration)

    private init(hub: Hub, base: String, token: String, clock: LawClock, place: LawPlace, running: Task<Void, Never>, group: ServiceGroup, serving: Task<Void, any Error>) {
        self.hub = hub; self.base = base; self.token = token; self.clock = clock; self.place = place; self.running = running; self.group = group; self.serving = serving
    }

    /// What a test that failed in the middle left running; the tests run one after another.
    private static let leftOver = Mutex<LawHub?>(nil)

    /// - Parameters:
    ///   - wasKilled: the hub before is taken to have ended without saying goodbye.
    ///   - settling: how long it then waits before it asks what became of what was on its way.
    static func start(_ place: LawPlace, clock: LawClock = LawClock(), wasKilled: Bool = false, settling: Duration? = nil, logger: Logger = LawLog.silent) async throws -> LawHub {
        if let left = leftOver.withLock({ $0 }) { await left.stop() }
        let live = LiveHTTP(client: client, addressGuard: AddressGuard(allowedHosts: ["*"]), now: { clock.now })
        var settings = Hub.Settings(dataFolder: place.folder, databaseURL: place.databaseURL)
        if let settling { settings.settling = settling }
        let http: ChannelStore.HTTPFactory = { _, descriptor in live.channel(budget: descriptor.budget) }
        if wasKilled {
            let before = try await Hub(settings, registry: registry, logger: logger, now: { clock.now }, http: http)
            await before.journalDatabase.close()
            await before.ledgerDatabase.close()
        }
        let hub = try await Hub(settings, registry: registry, logger: logger, now: { clock.now }, http: http)
        let (ports, port) = AsyncStream<Int>.makeStream()
        var quiet = Logger(label: "server")
        quiet.logLevel = .critical
        let application = try WebServer(hub: hub, settings: .init(port: 0)).application(logger: quiet) { number in
            hub.channels.setPublicURL("http://127.0.0.1:\(number)")
            port.yield(number)
            port.finish()
        }
        var configuration = ServiceGroupConfiguration(services: [.init(service: WithAddress(application: application, port: port))], logger: quiet)
        configuration.maximumGracefulShutdownDuration = .milliseconds(500)
        let group = ServiceGroup(configuration: configuration)
        let serving = Task { try await group.run() }      // awaited by `stop`
        var number: Int?
        for await found in ports { number = found }
        guard let number else {
            try await serving.value
            throw LawFault.notReady("the server")
        }
        let running = Task { await hub.run() }      // awaited by `stop`
        let token = try await hub.tokens.create(name: "law", scopes: ["admin"]).text
        let law = LawHub(hub: hub, base: "http://127.0.0.1:\(number)", token: token, clock: clock, place: place, running: running, group: group, serving: serving)
        leftOver.withLock { $0 = law }
        return law
    }

    func stop() async {
        Self.leftOver.withLock { left in if left === self { left = nil } }
        await group.triggerGracefulShutdown()
        _ = try? await serving.value      // a test that stops a hanging answer is no failure
        running.cancel()
        await running.value
    }

    func end() async {
        await stop()
        place.remove()
    }

    func hook(of channel: ChannelID) -> String { base + "/hooks/" + (hub.channels.directory.channel(channel)?.hookKey ?? "") }

    /// - Returns: the answer as a JSON object; a problem is thrown.
    @discardableResult
    func api(_ method: String, _ path: String, json: [String: Any]? = nil) async throws -> [String: Any] {
        let body = try json.map { Array(try JSONSerialization.data(withJSONObject: $0)) } ?? []
        let answer = try await LawHTTP.call(method, base + "/api/v1/" + path, headers: [("authorization", "Bearer \(token)")] + (body.isEmpty ? [] : [("content-type", "application/json")]), body: body)
        guard (200..<300).contains(answer.status) else { throw LawFault.refused(answer.status, answer.text) }
        return answer.body.isEmpty ? [:] : try JSONSerialization.jsonObject(with: answer.body) as? [String: Any] ?? [:]
    }

    func timeline(of order: OrderID) async throws -> [[String: Any]] { try await api("GET", "orders/\(order)/timeline")["data"] as? [[String: Any]] ?? [] }

    /// Everything that was accepted until now is in the ledger.
    func settled() async throws {
        let last = try await hub.journal.lastID()
        try await until("everything accepted is interpreted") { try await self.hub.ledger.journalCursor() >= last }
    }

    func order(_ externalID: String, in channel: ChannelID) async throws -> StoredOrder {
        try await until("order \(externalID) is here") { try await self.hub.ledger.order(channel: channel, externalID: externalID) != nil }
        guard let order = try await hub.ledger.order(channel: channel, externalID: externalID) else { throw LawFault.notReady(externalID) }
        return order
    }
}

/// Ends the stream of ports when the server could not start, so that nobody waits for ever.
private struct WithAddress<App: ApplicationProtocol>: Service {
    let application: App, port: AsyncStream<Int>.Continuation
    func run() async throws {
        defer { port.finish() }
        try await application.run()
    }
}

enum LawFault: Error { case notReady(String), refused(Int, String) }

/// A bounded poll.
func until(_ what: String, within limit: Duration = .seconds(20), _ holds: () async throws -> Bool) async throws {
    guard try await eventually(within: limit, holds) else { throw LawFault.notReady(what) }
}

enum LawHTTP {
    struct Answer { let status: Int, headers: HTTPHeaders, body: Data; var text: String { String(decoding: body, as: UTF8.self) } }

    /// A refused connection is an answer too: it is not tried again behind the test's back.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    static func call(_ method: String, _ url: String, headers: [(String, String)] = [], body: [UInt8] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await client.execute(request, timeout: .seconds(30))
        return Answer(status: Int(response.status.code), headers: response.headers, body: Data(buffer: try await response.body.collect(upTo: 16 << 20)))
    }
}

/// The PostgreSQL server that `Scripts/postgres-for-tests` runs; a fresh database for each test.
enum LawPostgres {
    struct Unavailable: Error, CustomStringConvertible { var description: String { "set CROSSDOCK_TEST_POSTGRES_URL, or run the tests with `make test`" } }

    static func freshDatabase() throws -> String {
        guard let url = ProcessInfo.processInfo.environment["CROSSDOCK_TEST_POSTGRES_URL"], let slash = url.lastIndex(of: "/") else { throw Unavailable() }
        let name = "law_\(UUID().uuidString.lowercased().replacing("-", with: "").prefix(12))"
        let psql = Process()
        psql.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        psql.arguments = ["psql", "--quiet", "--no-psqlrc", url, "--command", "CREATE DATABASE \(name)"]
        psql.standardOutput = FileHandle.nullDevice
        try psql.run()
        psql.waitUntilExit()
        guard psql.terminationStatus == 0 else { throw Unavailable() }
        return url[..<slash] + "/" + name
    }
}

/// Keeps every log line, to look for what must not be in one.
struct LawLog: LogHandler {
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var text: String { lines.withLock { $0.joined(separator: "\n") } }
    }
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { lines.add("\(event.level) \(event.message) \(event.metadata ?? [:]) \(metadata)") }

    static func logger(into lines: Lines) -> Logger { Logger(label: "law") { _ in LawLog(lines: lines) } }
    static let silent: Logger = {
        var logger = Logger(label: "law")
        logger.logLevel = .critical
        return logger
    }()
}
