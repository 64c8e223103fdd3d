import Waiting
@testable import Database
import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing
import Web

/// A channel for files and pushed orders.
struct SheetShop: InterpretsDeliveries {
    static let descriptor = PlatformDescriptor(
        platform: "sheet", title: "Sheets", kind: .file,
        settings: [SettingField("currency", "Currency", defaultValue: "THB"), SettingField("country", "Country", defaultValue: "TH"), SettingField("password", "Password", isSecret: true)])
    init(_ context: ChannelContext) throws(ConnectorError) {}
    func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        do { return [.order(try JSONDecoder().decode(OrderSnapshot.self, from: Data(delivery.body)))] } catch { throw .notUnderstood(field: "body", found: "no order") }
    }
}

/// A clock that a test turns on.
final class TestClock: Sendable {
    private let ahead = Mutex<Int64>(0), standing = Mutex<Timestamp?>(nil)
    var now: Timestamp { standing.withLock { $0 } ?? running }
    private var running: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000) + ahead.withLock { $0 }) }
    /// No time passes from here on, however slow the machine is.
    func stand() { standing.withLock { $0 = running } }
    func advance(seconds: Int64) { ahead.withLock { $0 += seconds * 1000 } }
}

/// A hub with a channel for sheets, on a database of its own.
struct WebBench: Sendable {
    /// What is tested on each of these; PostgreSQL where `CROSSDOCK_TEST_POSTGRES_URL` names a server.
    static let engines: [Engine] = serverURL == nil ? [.sqlite] : [.sqlite, .postgres]
    private static let serverURL = ProcessInfo.processInfo.environment["CROSSDOCK_TEST_POSTGRES_URL"].flatMap { $0 == "none" ? nil : $0 }

    let hub: Hub, sheet: Hub.OneChannel, clock: TestClock

    /// - Parameters:
    ///   - more: connectors beside the bench's own.
    ///   - http: what every channel calls through; nil: nobody answers.
    static func run(_ engine: Engine = .sqlite, more: [any Connector.Type] = [], http: ChannelHTTP? = nil, _ body: @Sendable (WebBench) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "crossdock-web-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }      // a leftover in the temporary folder harms nobody
        guard engine == .postgres, let server = serverURL, let slash = server.lastIndex(of: "/") else { return try await run(folder: folder, url: nil, more, http, body) }
        let name = "w_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try PostgresSession(url: server, applicationName: "tests", statementSeconds: 60).control("CREATE DATABASE \(name)")
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await run(folder: folder, url: server[...slash] + name, more, http, body)) } catch { outcome = .failure(error) }
        try PostgresSession(url: server, applicationName: "tests", statementSeconds: 60).control("DROP DATABASE \(name) WITH (FORCE)")
        try outcome.get()
    }

    private static func run(folder: String, url: String?, _ more: [any Connector.Type], _ http: ChannelHTTP?, _ body: @Sendable (WebBench) async throws -> Void) async throws {
        let clock = TestClock()
        let hub = try await Hub(.init(dataFolder: folder, databaseURL: url), registry: ConnectorRegistry([PaperShop.self, SheetShop.self, StubbornPost.self] + more),
                                logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }, now: { clock.now }) { _, _ in
            http ?? ChannelHTTP { _ throws(ConnectorError) in throw .unreachable(reason: "no network in this test") }
        }
        let sheet = try await hub.channels.add(platform: "sheet", name: "Sheet", settings: [:], by: "test")
        let running = Task { await hub.run() }      // awaited below
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(WebBench(hub: hub, sheet: sheet, clock: clock))) } catch { outcome = .failure(error) }
        running.cancel()
        await running.value
        try outcome.get()
    }

    /// Calls in memory, without a wire.
    func call(_ body: @Sendable (Caller) async throws -> Void) async throws {
        let token = try await hub.tokens.create(name: "owner", scopes: ["admin"]).text
        try await Application(router: WebServer(hub: hub, settings: .init()).router()).test(.router) { client in try await body(Caller(client: client, token: token)) }
    }

    /// A server on a port of its own.
    func listen(_ limits: RequestLimits = RequestLimits(), _ body: @Sendable (_ port: Int, _ token: String) async throws -> Void) async throws {
        let token = try await hub.tokens.create(name: "owner", scopes: ["admin"]).text
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let application = try WebServer(hub: hub, settings: .init(port: 0, limits: limits)).application(logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }) { listening.yield($0) }
        let serving = Task { try await application.runService(gracefulShutdownSignals: []) }      // awaited below
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(port, token)) } catch { outcome = .failure(error) }
        serving.cancel()
        _ = try? await serving.value      // it ends by being cancelled
        try outcome.get()
    }

    struct Answer: Sendable {
        var status: Int, fields: HTTPFields, text: String
        var json: [String: any Sendable] { ((try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any])?.mapValues { "\($0)" } ?? [:] }
        var code: String? { json["code"] as? String }
        func decode<T: Decodable>(_ type: T.Type) throws -> T { try JSONDecoder().decode(type, from: Data(text.utf8)) }
    }

    struct Caller: Sendable {
        let client: any TestClientProtocol, token: String

        func callAsFunction(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, key: String? = nil, token other: String? = nil, _ more: [String: String] = [:]) async throws -> Answer {
            var fields: HTTPFields = [.authorization: "Bearer \(other ?? token)"]
            if body != nil { fields[.contentType] = "application/json" }
            if let key { fields[try #require(HTTPField.Name("Idempotency-Key"))] = key }
            for (name, value) in more { fields[try #require(HTTPField.Name(name))] = value }
            return try await client.execute(uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) }) { Answer(status: $0.status.code, fields: $0.headers, text: String(buffer: $0.body)) }
        }
    }

    /// An order pushed through the API, once the ledger has it.
    func pushedOrder(_ id: String, _ call: Caller) async throws -> StoredOrder {
        let body = ##"{"externalID":"\##(id)","currency":"THB","shipTo":{"name":"Ann","phone":"0812345678","line1":"1 Rama IV Road","province":"Bangkok","postcode":"10330","countryCode":"TH"},"payment":{"method":"card","state":"paid"},"lines":[{"sku":"TEA","title":"Tea","quantity":1,"unitPrice":12900}]}"##
        let answer = try await call(.post, "/api/v1/channels/\(sheet.id)/orders", body)
        #expect(answer.status == 202, Comment(rawValue: answer.text))
        let hub = hub, channel = sheet.id
        return try await eventually { try await hub.ledger.order(channel: channel, externalID: id) }
    }
}

/// Waits for a value.
func eventually<T>(_ look: () async throws -> T?) async throws -> T {
    var found: T?
    _ = try await Waiting.eventually {
        found = try await look()
        return found != nil
    }
    return try #require(found)
}

/// A destination that refuses what has no phone number of ten digits.
struct StubbornPost: ReceivesEvents {
    static let descriptor = PlatformDescriptor(platform: "stubborn", title: "Stubborn post", kind: .destination, settings: [])
    init(_ context: ChannelContext) throws(ConnectorError) {}
    func send(_ event: OutgoingEvent) async throws(ConnectorError) {
        guard String(decoding: event.orderJSON, as: UTF8.self).contains("0899999999") else { throw .refused(platformCode: "bad_phone", platformMessage: "the phone number is wrong") }
    }
}
