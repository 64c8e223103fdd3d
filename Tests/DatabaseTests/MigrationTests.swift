@testable import Database
import Testing

@Suite(.timeLimit(.minutes(2))) struct MigrationTests {
    static let versions = [
        Migration(name: "0001 orders", statements: ["CREATE TABLE orders (id INTEGER PRIMARY KEY, external_id TEXT NOT NULL)"]),
        Migration(name: "0002 totals", statements: ["ALTER TABLE orders ADD COLUMN total_minor INTEGER NOT NULL DEFAULT 0"]),
        Migration(
            name: "0003 lookup", statements: ["CREATE UNIQUE INDEX orders_by_external_id ON orders (external_id)"],
            sqlite: ["UPDATE orders SET total_minor = 1"], postgres: ["UPDATE orders SET total_minor = 1"]),
    ]

    private func applied(_ database: Database) async throws -> [String] {
        try await database.read { try $0.rows("SELECT name FROM schema_migrations ORDER BY name") { try $0.text(0) } }
    }

    @Test(arguments: testedEngines, 0...3)
    func `every earlier version comes up to date with its rows`(engine: Engine, earlier: Int) async throws {
        try await withScratchLocation(engine) { location in
            let old = try await open(location, Array(Self.versions.prefix(earlier)))
            if earlier > 0 { try await old.write { try $0.run("INSERT INTO orders (id, external_id) VALUES (1, 'kept')") } }
            await old.close()

            let new = try await open(location, Self.versions)
            #expect(try await applied(new) == Self.versions.map(\.name))
            let rows = try await new.read { try $0.rows("SELECT external_id, total_minor FROM orders") { "\(try $0.text(0)) \(try $0.int(1))" } }
            #expect(rows == (earlier == 0 ? [] : earlier == 3 ? ["kept 0"] : ["kept 1"]))
            await new.close()
        }
    }

    @Test(arguments: testedEngines)
    func `an edited migration is refused`(engine: Engine) async throws {
        try await withScratchLocation(engine) { location in
            await (try await open(location, Self.versions)).close()
            var edited = Self.versions
            edited[1].statements = ["ALTER TABLE orders ADD COLUMN total_minor INTEGER"]
            await #expect(throws: DatabaseError.migrationEdited(name: "0002 totals")) { try await open(location, edited) }
        }
    }

    @Test(arguments: testedEngines)
    func `a new migration before one that ran is refused`(engine: Engine) async throws {
        try await withScratchLocation(engine) { location in
            let later = Migration(name: "0003 notes", statements: ["CREATE TABLE notes (id INTEGER PRIMARY KEY)"])
            await (try await open(location, [Self.versions[0], later])).close()
            await #expect(throws: DatabaseError.migrationEdited(name: "0002 totals")) { try await open(location, [Self.versions[0], Self.versions[1], later]) }
        }
    }

    @Test(arguments: testedEngines)
    func `a schema newer than the program is refused and left as it is`(engine: Engine) async throws {
        try await withScratchLocation(engine) { location in
            await (try await open(location, Self.versions)).close()
            await #expect(throws: DatabaseError.schemaIsNewer(migration: "0003 lookup")) { try await open(location, Array(Self.versions.prefix(2))) }
            let current = try await open(location, Self.versions)
            #expect(try await applied(current).count == 3)
            await current.close()
        }
    }

    @Test(arguments: testedEngines)
    func `a migration that fails leaves the version before it`(engine: Engine) async throws {
        try await withScratchLocation(engine) { location in
            let broken = Self.versions.prefix(1) + [Migration(name: "0002 broken", statements: ["CREATE TABLE half (id INTEGER PRIMARY KEY)", "CREATE TABLE orders (id INTEGER)"])]
            await #expect(throws: DatabaseError.self) { try await open(location, Array(broken)) }
            let database = try await open(location, Self.versions)
            #expect(try await applied(database).count == 3)
            await #expect(throws: DatabaseError.self) { try await database.read { try $0.rows("SELECT id FROM half") { try $0.int(0) } } }
            await database.close()
        }
    }

    @Test(arguments: testedEngines)
    func `a wrong type is refused instead of read as zero`(engine: Engine) async throws {
        try await withDatabase(engine, Self.versions) { database in
            await #expect(throws: DatabaseError.self) { try await database.write { try $0.run("INSERT INTO orders (id, external_id, total_minor) VALUES (1, 'a', \("abc"))") } }
            let count = try await database.count("orders")
            #expect(count == 0)
        }
    }

    @Test func `two databases of different names keep their own lists in one PostgreSQL database`() async throws {
        guard PostgresCluster.isWanted else { return }
        try await withScratchLocation(.postgres) { location in
            let ledger = try await open(location, Self.versions, name: "ledger")
            let journal = try await open(location, [Migration(name: "0001 deliveries", statements: ["CREATE TABLE deliveries (id INTEGER PRIMARY KEY)"])], name: "journal")
            let lists = try await ledger.read { try $0.rows("SELECT database_name, COUNT(*) FROM schema_migrations GROUP BY database_name ORDER BY 1") { "\(try $0.text(0)) \(try $0.int(1))" } }
            #expect(lists == ["journal 1", "ledger 3"])
            await ledger.close()
            await journal.close()
        }
    }

    @Test func `several nodes that start at once migrate one after another`() async throws {
        guard PostgresCluster.isWanted else { return }
        try await withScratchLocation(.postgres) { location in
            let nodes = try await withThrowingTaskGroup(of: Database.self) { group in
                for _ in 0..<4 { group.addTask { try await open(location, Self.versions) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(try await applied(nodes[0]).count == 3)
            for node in nodes { await node.close() }
        }
    }
}
