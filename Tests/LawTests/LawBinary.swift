import Foundation
import Glibc
import SimulatorKit
import Synchronization

/// The real binary as a child process.
final class LawBinary: Sendable {
    let folder: String, port: Int, databaseURL: String?
    private let process = Mutex<Process?>(nil)

    struct NoBinary: Error, CustomStringConvertible { var description: String { "build the crossdock binary first: swift build --build-tests" } }

    /// - Parameter databaseURL: a PostgreSQL database; nil: SQLite files in the folder.
    init(folder: String, databaseURL: String? = nil) throws {
        self.folder = folder
        self.databaseURL = databaseURL
        port = try LoopbackPort.free()
    }

    static var path: String {
        get throws {
            if let given = ProcessInfo.processInfo.environment["CROSSDOCK_BINARY"] { return given }
            let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "crossdock").path
            guard FileManager.default.isExecutableFile(atPath: beside) else { throw NoBinary() }
            return beside
        }
    }

    var base: String { "http://127.0.0.1:\(port)" }
    var token: String { (try? String(contentsOfFile: folder + "/access", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "" }      // not there yet: asked again by the caller
    var processID: Int32 { process.withLock { $0?.processIdentifier ?? 0 } }

    /// - Parameters:
    ///   - survivesFileLimit: a write over the limit of its process is an error and no signal.
    ///   - standsBy: another hub works on its database; it is waited for no longer than until its door is open.
    func start(survivesFileLimit: Bool = false, standsBy: Bool = false) async throws {
        let child = Process(), place = databaseURL.map { ["--database", $0] } ?? []
        let arguments = ["serve", "--data", folder, "--listen", "127.0.0.1:\(port)", "--allow-host", "*", "--log-level", "critical"] + place
        child.executableURL = URL(fileURLWithPath: "/bin/sh")
        child.arguments = ["-c", (survivesFileLimit ? "trap '' XFSZ; " : "") + #"exec "$0" "$@""#, try Self.path] + arguments
        let words = folder + ".log"
        guard FileManager.default.createFile(atPath: words, contents: nil) else { throw LawFault.notReady("a file for its words") }
        child.standardError = FileHandle(forWritingAtPath: words)
        child.standardOutput = FileHandle.nullDevice
        try child.run()
        process.withLock { $0 = child }
        defer { try? FileManager.default.removeItem(atPath: words) }      // left over in the temporary folder at worst
        do { try await ready(standsBy ? "/health/live" : "/health/ready") } catch { throw LawFault.notReady("the binary: running \(child.isRunning), " + ((try? String(contentsOfFile: words, encoding: .utf8)) ?? "")) }      // without its words
    }

    private func ready(_ path: String) async throws {
        try await until("the binary is ready", within: .seconds(30)) {
            let answer = try? await LawHTTP.call("GET", self.base + path)      // not listening yet: asked again
            return answer?.status == 200
        }
    }

    func signal(_ number: Int32) { Glibc.kill(processID, number) }

    /// - Returns: the status it ended with by itself; nil when it was still there after `limit`.
    func end(within limit: Duration) async throws -> Int32? {
        guard let child = process.withLock({ $0 }) else { return nil }
        do { try await until("it has ended", within: limit) { !child.isRunning } } catch { return nil }
        process.withLock { $0 = nil }
        return child.terminationStatus
    }

    /// - Returns: how long it took, and the status it ended with; nil when it was still there after `limit`.
    func terminate(within limit: Duration) async throws -> (took: Duration, status: Int32)? {
        guard let child = process.withLock({ process in defer { process = nil }; return process }) else { return nil }
        let begin = ContinuousClock.now
        Glibc.kill(child.processIdentifier, SIGTERM)
        do { try await until("it has ended", within: limit) { !child.isRunning } } catch {
            Glibc.kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
            return nil
        }
        return (ContinuousClock.now - begin, child.terminationStatus)
    }

    /// Runs a second hub on the same folder to its end.
    func runSecond() async throws -> (status: Int32, words: String) {
        let child = Process(), errors = Pipe()
        child.executableURL = URL(fileURLWithPath: try Self.path)
        child.arguments = ["serve", "--data", folder, "--listen", "127.0.0.1:0"]
        child.standardError = errors
        child.standardOutput = FileHandle.nullDevice
        try child.run()
        do { try await until("the second one stops") { !child.isRunning } } catch { Glibc.kill(child.processIdentifier, SIGKILL) }
        child.waitUntilExit()
        return (child.terminationStatus, String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self))
    }

    func api(_ method: String, _ path: String, json: [String: Any]? = nil) async throws -> [String: Any] {
        let body = try json.map { Array(try JSONSerialization.data(withJSONObject: $0)) } ?? []
        let answer = try await LawHTTP.call(method, base + "/api/v1/" + path, headers: [("authorization", "Bearer \(token)")] + (body.isEmpty ? [] : [("content-type", "application/json")]), body: body)
        guard (200..<300).contains(answer.status) else { throw LawFault.refused(answer.status, answer.text) }
        return answer.body.isEmpty ? [:] : try JSONSerialization.jsonObject(with: answer.body) as? [String: Any] ?? [:]
    }

    /// The external ids of all orders.
    func orders() async throws -> Set<String> {
        var ids: Set<String> = [], cursor: String?
        repeat {
            let page = try await api("GET", "orders?limit=200" + (cursor.map { "&cursor=\($0)" } ?? ""))
            for order in page["data"] as? [[String: Any]] ?? [] { if let id = order["externalID"] as? String { ids.insert(id) } }
            cursor = page["nextCursor"] as? String
        } while cursor != nil
        return ids
    }
}
