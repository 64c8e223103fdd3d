import Foundation

/// Brings a schema up to date, one migration a transaction, and refuses what it does not know.
///
/// Several databases of different names can live in one PostgreSQL database; each keeps its own list.
struct Migrator {
    let name: String
    let migrations: [Migration]

    /// The table that remembers what ran.
    private static let table = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            database_name TEXT NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL,
            PRIMARY KEY (database_name, name)
        )
        """

    /// Runs on the writer's connection, before anyone else has it. The caller holds the engine's lock.
    func migrate(_ connection: some WriteConnection) throws {
        try inTransaction(connection) {
            try connection.run(SQL(raw: Dialect.translate(Self.table, to: connection.engine)))
        }
        let applied = try inTransaction(connection) {
            try connection.rows("SELECT name, checksum FROM schema_migrations WHERE database_name = \(name) ORDER BY name") {
                (name: try $0.text(0), checksum: try $0.text(1))
            }
        }
        try check(applied)
        for migration in migrations.dropFirst(applied.count) {
            try inTransaction(connection) {
                for statement in migration.statements(for: connection.engine) {
                    try connection.run(SQL(raw: statement))
                }
                let now = Int64(Date().timeIntervalSince1970 * 1000)
                try connection.run("""
                    INSERT INTO schema_migrations (database_name, name, checksum, applied_at)
                    VALUES (\(name), \(migration.name), \(migration.checksum), \(now))
                    """)
                if connection.engine == .sqlite { try checkForeignKeys(connection) }
            }
        }
    }

    /// What ran must be the beginning of what this program has, word for word.
    private func check(_ applied: [(name: String, checksum: String)]) throws {
        let known = Set(migrations.map(\.name))
        if let newer = applied.last(where: { !known.contains($0.name) }) { throw DatabaseError.schemaIsNewer(migration: newer.name) }
        for (ran, ours) in zip(applied, migrations) where ran.name != ours.name || ran.checksum != ours.checksum {
            throw DatabaseError.migrationEdited(name: ours.name)
        }
    }

    /// A rebuilt table leaves foreign keys unenforced on its way, so they are checked at the end.
    private func checkForeignKeys(_ connection: some WriteConnection) throws {
        let broken = try connection.first("PRAGMA foreign_key_check") { try $0.text(0) }
        if let broken { throw DatabaseError.constraint(kind: .foreignKey, name: broken) }
    }

    @discardableResult
    private func inTransaction<T>(_ connection: some WriteConnection, _ body: () throws -> T) throws -> T {
        do {
            try connection.begin()
            connection.failedStatement = nil
            let value = try body()
            try connection.commit()
            return value
        } catch {
            connection.rollback()
            throw error
        }
    }
}
