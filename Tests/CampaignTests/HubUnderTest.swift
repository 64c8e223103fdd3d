import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Synchronization
import Waiting

/// The real binary as a child process, which can be killed at any moment and started again on the same data.
final class HubUnderTest: Sendable {
    let folder: String, databaseURL: String?, port: Int
    private let process = Mutex<Process?>(nil)

    struct NoBinary: Error, CustomStringConvertible { var description: String { "build the crossdock binary first: swift build --build-tests" } }
    struct NotReady: Error {}

    init(folder: String, databaseURL: String?, port: Int) { self.folder = folder; self.databaseURL = databaseURL; self.port = port }

    static var binary: String {
        get throws {
            if let given = ProcessInfo.processInfo.environment["CROSSDOCK_BINARY"] { return given }
            let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "crossdock").path
            guard FileManager.default.isExecutableFile(atPath: beside) else { throw NoBinary() }
            return beside
        }
    }

    var base: String { "http://127.0.0.1:\(port)" }
    var token: String { (try? String(contentsOfFile: folder + "/access", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "" }      // read again after a start

    func start() async throws {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: try Self.binary)
        child.arguments = ["serve", "--data", folder, "--listen", "127.0.0.1:\(port)", "--allow-host", "*", "--log-level", "error"] + (databaseURL.map { ["--database", $0] } ?? [])
        child.standardError = FileHandle.nullDevice
        child.standardOutput = FileHandle.nullDevice
        try child.run()
        process.withLock { $0 = child }
        let isReady = await eventually(within: .seconds(120), between: .milliseconds(50)) { (try? await Self.call("GET", base + "/health/ready", token: nil))?.0 == 200 }      // not listening yet: asked again
        guard isReady else { throw NotReady() }
    }

    func kill() { end(SIGKILL) }
    func terminate() { end(SIGTERM) }

    private func end(_ signal: Int32) {
        guard let child = process.withLock({ process in defer { process = nil }; return process }) else { return }
        Foundation.kill(child.processIdentifier, signal)
        child.waitUntilExit()
    }

    /// - Returns: status and body.
    static func call(_ method: String, _ url: String, token: String?, headers: [(String, String)] = [], body: [UInt8] = []) async throws -> (Int, Data) {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        return (Int(response.status.code), Data(buffer: try await response.body.collect(upTo: 16 << 20)))
    }

    func api(_ method: String, _ path: String, json: [String: Any]? = nil) async throws -> [String: Any] {
        let body = try json.map { Array(try JSONSerialization.data(withJSONObject: $0)) } ?? []
        let (status, data) = try await Self.call(method, base + "/api/v1/" + path, token: token, headers: body.isEmpty ? [] : [("content-type", "application/json")], body: body)
        guard (200..<300).contains(status) else { throw Refused(status: status, text: String(decoding: data, as: UTF8.self)) }
        return data.isEmpty ? [:] : try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
    struct Refused: Error { let status: Int, text: String }
}
