import Logging

/// The connections of an opened and migrated database, before its threads run.
struct OpenEngine: Sendable {
    let engine: Engine
    let writers: [any WriteConnection & Sendable]
    let readers: [any ReadConnection & Sendable]
    /// What only a SQLite file has: its lock and its log.
    let file: SQLiteFile?

    /// Blocks: it waits for locks and for the disk.
    static func open(_ location: DatabaseLocation, migrator: Migrator, options: DatabaseOptions) throws -> OpenEngine {
        switch location {
        case .sqlite(let path):
            let file = try SQLiteFile(path: path, migrator: migrator, options: options)
            return OpenEngine(engine: .sqlite, writers: [file.writer], readers: file.readers, file: file)
        case .postgres(let url):
            let writers = try (0..<max(1, options.writers)).map { _ in
                try PostgresConnection(url: url, applicationName: "crossdock \(migrator.name) writer", options: options)
            }
            try writers[0].migrate(migrator)
            let readers = try (0..<max(1, options.readers)).map { _ in
                try PostgresConnection(url: url, applicationName: "crossdock \(migrator.name) reader", options: options)
            }
            return OpenEngine(engine: .postgres, writers: writers, readers: readers, file: nil)
        }
    }
}
