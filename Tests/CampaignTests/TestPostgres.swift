import Foundation

/// The PostgreSQL server that `Scripts/postgres-for-tests` runs; a fresh database for each test.
enum TestPostgres {
    struct Unavailable: Error, CustomStringConvertible { var description: String { "set CROSSDOCK_TEST_POSTGRES_URL, or run the tests with `make test`" } }

    static func freshDatabase() async throws -> String {
        guard let url = ProcessInfo.processInfo.environment["CROSSDOCK_TEST_POSTGRES_URL"], let slash = url.lastIndex(of: "/") else { throw Unavailable() }
        let name = "campaign_\(UUID().uuidString.lowercased().replacing("-", with: "").prefix(12))"
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
