@testable import Database
import Foundation
import Glibc
import Synchronization

/// The PostgreSQL server of this test process: the one that `CROSSDOCK_TEST_POSTGRES_URL` names (`none` leaves PostgreSQL out),
/// else one of our own, started by `Scripts/postgres-for-tests` at first use and stopped when the process ends.
enum PostgresCluster {
    static let isWanted = ProcessInfo.processInfo.environment["CROSSDOCK_TEST_POSTGRES_URL"] != "none"

    static let url: Result<String, any Error> = Result {
        if let given = ProcessInfo.processInfo.environment["CROSSDOCK_TEST_POSTGRES_URL"] { return given }
        let lines = try output(of: "'\(script)' start \(getpid())").split(separator: "\n").map(String.init)
        guard lines.count == 2 else { throw NotStarted(output: lines) }
        folder.withLock { $0 = lines[1] }
        atexit { PostgresCluster.stop() }
        return lines[0]
    }

    struct NotStarted: Error { var output: [String] }

    private static let folder = Mutex<String?>(nil)
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Scripts/postgres-for-tests").path(percentEncoded: false)

    private static func stop() {
        guard let folder = folder.withLock({ $0 }) else { return }
        _ = try? output(of: "'\(script)' stop '\(folder)'")  // the process is ending; the script's own watch is the second net
    }

    private static func output(of command: String) throws -> String {
        guard let pipe = popen(command, "r") else { throw NotStarted(output: ["popen failed"]) }
        var bytes: [UInt8] = []
        var byte = fgetc(pipe)
        while byte != EOF {
            bytes.append(UInt8(truncatingIfNeeded: byte))
            byte = fgetc(pipe)
        }
        pclose(pipe)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Runs `body` with the URL of an empty database of its own.
    static func withDatabase<T>(_ body: (String) async throws -> T) async throws -> T {
        await places.enter()
        do {
            let value = try await withNewDatabase(body)
            await places.leave()
            return value
        } catch {
            await places.leave()
            throw error
        }
    }

    /// Tests run side by side, and a server has a limited number of connections.
    private static let places = Places(free: 16)

    private actor Places {
        private var free: Int
        private var waiting: [CheckedContinuation<Void, Never>] = []

        init(free: Int) { self.free = free }

        func enter() async {
            if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
        }

        func leave() {
            if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
        }
    }

    private static func withNewDatabase<T>(_ body: (String) async throws -> T) async throws -> T {
        let server = try url.get()
        let name = "t_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try administer("CREATE DATABASE \(name)", server)
        defer { try? administer("DROP DATABASE \(name) WITH (FORCE)", server) }  // the whole server goes anyway
        guard let slash = server.lastIndex(of: "/") else { throw NotStarted(output: [server]) }
        return try await body(server[...slash] + name)
    }

    static func administer(_ statement: String, _ url: String) throws {
        try PostgresSession(url: url, applicationName: "tests", statementSeconds: 60).control(statement)
    }
}
