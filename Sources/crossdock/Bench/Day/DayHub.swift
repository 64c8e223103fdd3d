import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import SimulatorKit
import Synchronization

/// The hubs of a day: this very program as child processes, one on SQLite or two on one PostgreSQL database, killed and started again on the same data.
final class DayHub: Sendable {
    struct NotReady: Error, CustomStringConvertible { let description: String }
    struct NotEnded: Error, CustomStringConvertible { let description: String }
    struct Refused: Error, CustomStringConvertible {
        let status: Int, text: String
        var description: String { "\(status) \(text.prefix(400))" }
    }
    private struct Node { var folder: String, port: Int, process: Process? }

    let folder: String
    private let databaseURL: String?, clock: String, key: String
    private let nodes: Mutex<[Node]>
    private let client: HTTPClient
    private let kills = Mutex(0), restarts = Mutex(0)

    /// How long a call is repeated while a hub is away: longer than a take-over.
    private static let patience = Duration.seconds(60), goodbye = Duration.seconds(30), pause = Duration.milliseconds(200)

    init(folder: String, databaseURL: String?, count: Int, clock: String) throws {
        self.folder = folder
        self.databaseURL = databaseURL
        self.clock = clock
        key = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }).base64EncodedString()
        nodes = Mutex(try (0..<count).map { Node(folder: "\(folder)/hub-\($0 + 1)", port: try LoopbackPort.free(), process: nil) })
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Hubs that work in each other's place read and write files in one place.
    var files: String { folder + "/files" }

    /// The first hub's address, which platforms know.
    var publicURL: String { "http://127.0.0.1:\(nodes.withLock { $0.first?.port ?? 0 })" }
    var killed: Int { kills.withLock { $0 } }
    /// Hubs that ended by themselves, as one does whose right to work was lost while its machine was held up.
    var restarted: Int { restarts.withLock { $0 } }

    func startAll() async throws {
        for index in nodes.withLock({ $0.indices }) { try await start(index) }
    }

    /// Returns when somebody answers at its port, itself or the hub that it passes on to.
    func start(_ index: Int) async throws {
        let node = nodes.withLock { $0[index] }, child = Process()
        try FileManager.default.createDirectory(atPath: node.folder, withIntermediateDirectories: true)
        for way in ["in", "out"] where !FileManager.default.fileExists(atPath: "\(node.folder)/\(way)") {
            try FileManager.default.createDirectory(atPath: "\(files)/\(way)", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: "\(node.folder)/\(way)", withDestinationPath: "\(files)/\(way)")
        }
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["serve", "--data", node.folder, "--listen", "127.0.0.1:\(node.port)", "--public-url", publicURL, "--allow-host", "*", "--log-level", "error"]
            + (databaseURL.map { ["--database", $0] } ?? [])
        child.environment = ProcessInfo.processInfo.environment.merging([CompressedTime.variable: clock, "CROSSDOCK_KEY": key]) { $1 }
        let log = node.folder + "/hub.log"
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(fileURLWithPath: log)) }
        let words = FileHandle(forWritingAtPath: log)
        _ = try words?.seekToEnd()
        child.standardError = words ?? FileHandle.nullDevice
        child.standardOutput = FileHandle.nullDevice
        try child.run()
        nodes.withLock { $0[index].process = child }
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            guard child.isRunning else { throw NotReady(description: "the hub ended at once; its words are in \(log)") }
            if let answer = try? await send("GET", "http://127.0.0.1:\(node.port)/health/ready"), answer.status == 200 { return }      // not listening yet: asked again
            try await Task.sleep(for: .milliseconds(50))
        }
        throw NotReady(description: "the hub was not ready within a minute; its words are in \(log)")
    }

    /// SIGKILL to the hub that works, and a new one in its place.
    func killTheWorkingOne() async throws {
        let index = try await working()
        let child = nodes.withLock { nodes -> Process? in defer { nodes[index].process = nil }; return nodes[index].process }
        guard let child else { return }
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
        kills.withLock { $0 += 1 }
        try await start(index)
    }

    /// The supervisor that each hub runs under (docs/nodes.md): one that ended by itself is started again.
    func supervise() async throws {
        while true {
            for index in nodes.withLock({ $0.indices }) {
                let hasEnded = nodes.withLock { nodes -> Bool in
                    guard let child = nodes[index].process, !child.isRunning else { return false }
                    nodes[index].process = nil
                    return true
                }
                guard hasEnded else { continue }
                restarts.withLock { $0 += 1 }
                try await start(index)
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// The one that does not merely pass on. Of one hub, that one.
    private func working() async throws -> Int {
        let all = nodes.withLock { $0 }
        guard all.count > 1 else { return 0 }
        for (index, node) in all.enumerated() {
            if let answer = try? await send("GET", "http://127.0.0.1:\(node.port)/health/live"), answer.status == 200, !answer.text.contains("standing by") { return index }      // away: the other one
        }
        return 0
    }

    /// - Throws: when one works on although it was told to end; it is killed.
    func stopAll() async throws {
        var deaf: [String] = []
        for node in nodes.withLock({ $0 }) {
            guard let child = node.process, child.isRunning else { continue }
            child.terminate()
            let end = ContinuousClock.now + Self.goodbye
            while child.isRunning, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(50)) }
            guard child.isRunning else { continue }
            kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
            deaf.append(node.folder)
        }
        try? await client.shutdown()      // the process ends with the figure
        if let one = deaf.first { throw NotEnded(description: "the hub in \(one) worked on for \(Self.goodbye) after it was told to end") }
    }

    // MARK: Calls

    struct Answer: Sendable {
        var status: Int, headers: [String: String], data: Data
        var text: String { String(decoding: data, as: UTF8.self) }
    }

    func send(_ method: String, _ url: String, headers: [(String, String)] = [], body: Data? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(data: body)) }
        let response = try await client.execute(request, timeout: .seconds(60))
        let data = Data(buffer: try await response.body.collect(upTo: 256 << 20))
        return Answer(status: Int(response.status.code), headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }), data: data)
    }

    private var token: String { LocalAccess.token(in: nodes.withLock { $0.first?.folder ?? "" }) ?? "" }

    /// A call as a page makes it: repeated under one key while the hub is away, so that it has its effect once.
    func raw(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> Answer {
        let data = try body?.data(), key = UUID().uuidString, end = ContinuousClock.now + Self.patience
        var turn = 0
        while true {
            try Task.checkCancellation()
            let ports = nodes.withLock { $0.map(\.port) }, base = "http://127.0.0.1:\(ports[turn % ports.count])"
            var headers = [("authorization", "Bearer \(token)")]
            if method != "GET" { headers.append(("idempotency-key", key)) }
            if data != nil { headers.append(("content-type", "application/json")) }
            do {
                let answer = try await send(method, "\(base)/api/v1/\(path)", headers: headers, body: data)
                // Nobody works just now, or the hub is being started: asked again, at the other door too.
                guard [502, 503, 425, 429].contains(answer.status), ContinuousClock.now < end else { return answer }
            } catch is CancellationError { throw CancellationError() } catch {
                guard ContinuousClock.now < end else { throw error }
            }
            turn += 1
            try await Task.sleep(for: Self.pause)
        }
    }

    func api(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        let answer = try await raw(method, path, body)
        guard (200..<300).contains(answer.status) else { throw Refused(status: answer.status, text: answer.text) }
        return answer.data.isEmpty ? .null : try JSONValue(data: answer.data)
    }

    /// Every row of a list, page by page.
    func all(_ path: String, limit: Int = 200) async throws -> [JSONValue] {
        var rows: [JSONValue] = [], cursor: String?
        repeat {
            let page = try await api("GET", path + (path.contains("?") ? "&" : "?") + "limit=\(limit)" + (cursor.map { "&cursor=\($0)" } ?? ""))
            rows += page["data"].elements
            cursor = page["nextCursor"].string
        } while cursor != nil
        return rows
    }
}
