@testable import Database
import Dispatch
import Foundation
import Logging
import Synchronization

/// Every behaviour is tested on each of these.
let testedEngines: [Engine] = PostgresCluster.isWanted ? [.sqlite, .postgres] : [.sqlite]

/// Runs `body` with the place of an empty database of its own, gone afterwards.
func withScratchLocation<T>(_ engine: Engine, _ body: (DatabaseLocation) async throws -> T) async throws -> T {
    switch engine {
    case .sqlite: try await withScratchFolder { try await body(.sqlite(path: $0.appending(path: "test.db").path(percentEncoded: false))) }
    case .postgres: try await PostgresCluster.withDatabase { try await body(.postgres(url: $0)) }
    }
}

func withScratchFolder<T>(_ body: (URL) async throws -> T) async throws -> T {
    let folder = URL.temporaryDirectory.appending(path: "crossdock-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }  // a leftover in the temporary folder harms nobody
    return try await body(folder)
}

/// Runs `body` with an open, migrated database, closed afterwards.
func withDatabase<T>(
    _ engine: Engine, _ migrations: [Migration] = TestSchema.migrations, options: DatabaseOptions = DatabaseOptions(),
    _ body: (Database) async throws -> T
) async throws -> T {
    try await withScratchLocation(engine) { location in
        let database = try await open(location, migrations, options: options)
        do {
            let value = try await body(database)
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }
}

func open(_ location: DatabaseLocation, _ migrations: [Migration] = TestSchema.migrations, name: String = "test",
          options: DatabaseOptions = DatabaseOptions()) async throws -> Database {
    try await Database.open(location, logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }, migrations: migrations, name: name, options: options)
}

/// A little shop: enough columns for every type and every rule.
enum TestSchema {
    static let migrations = [
        Migration(name: "0001 orders", statements: [
            """
            CREATE TABLE orders (
                id INTEGER PRIMARY KEY, external_id TEXT NOT NULL UNIQUE, total_minor INTEGER CHECK (total_minor >= 0),
                weight REAL, body BLOB
            )
            """,
            "CREATE TABLE order_lines (order_id INTEGER NOT NULL REFERENCES orders (id), position INTEGER NOT NULL, sku TEXT NOT NULL, PRIMARY KEY (order_id, position)) WITHOUT ROWID",
        ]),
        Migration(name: "0002 counters", statements: ["CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"]),
    ]

    static func insert(_ id: Int, _ externalID: String? = nil) -> SQL {
        "INSERT INTO orders (id, external_id) VALUES (\(id), \(externalID ?? "order \(id)"))"
    }
}

extension Database {
    func count(_ table: String) async throws -> Int {
        try await read { try $0.first("SELECT COUNT(*) FROM \(raw: table)") { try $0.int(0) } ?? -1 }
    }
}

/// A value that closures on several threads share.
final class Locked<Value: Sendable>: Sendable {
    private let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }

    @discardableResult
    func withLock<T: Sendable>(_ body: (inout Value) -> T) -> T {
        value.withLock { value in body(&value) }
    }
}
