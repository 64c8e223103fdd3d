package import Logging
import Synchronization

/// One SQL database, SQLite or PostgreSQL: durable group-committed writes, snapshot reads, forward-only migrations.
///
/// Closures are synchronous, so nothing can be awaited inside a transaction. A write closure can run more than once (after a
/// lost race, or a connection lost before its commit): it may touch nothing but its transaction and its result.
///
/// Cancellation stops here: a write or read that was handed over runs, and its caller gets its result, cancelled or not.
package final class Database: Sendable {
    package let name: String
    package let engine: Engine
    private let writes: WorkQueue
    private let reads: WorkQueue
    private let workers = Workers()
    private let counters = Counters()
    private let options: DatabaseOptions
    private let file: SQLiteFile?
    private let checkpointer: Checkpointer?

    /// Opens, checks durability, migrates under a lock, and starts the worker threads.
    ///
    /// - Parameter name: tells this database from others in logs, and in one PostgreSQL database (`ledger`, `journal`).
    /// - Throws: `.notDurable`, `.fileInUse`, `.schemaIsNewer`, `.migrationEdited`, `.unreachable`, or what a migration met.
    package static func open(
        _ location: DatabaseLocation, logger: Logger, migrations: [Migration], name: String, options: DatabaseOptions = DatabaseOptions()
    ) async throws -> Database {
        let names = migrations.map(\.name)
        precondition(zip(names, names.dropFirst()).allSatisfy { $0 < $1 }, "migrations are named and listed in rising order")
        let migrator = Migrator(name: name, migrations: migrations)
        let engine = try await Workers.blocking("\(name) open") { try OpenEngine.open(location, migrator: migrator, options: options) }
        return Database(engine, name: name, options: options, logger: logger)
    }

    private init(_ opened: OpenEngine, name: String, options: DatabaseOptions, logger: Logger) {
        self.name = name
        self.options = options
        engine = opened.engine
        file = opened.file
        writes = WorkQueue(limit: options.maximumPendingWrites)
        reads = WorkQueue(limit: options.maximumPendingReads)
        checkpointer = opened.file.map { [counters] in Checkpointer(file: $0, options: options, counters: counters, logger: logger) }
        for (index, writer) in opened.writers.enumerated() {
            workers.start("\(name) writer \(index)") { [writes, counters] in
                WriterLoop(queue: writes, counters: counters, options: options).run(on: writer)
            }
        }
        for (index, reader) in opened.readers.enumerated() {
            workers.start("\(name) reader \(index)") { [reads, counters] in
                ReaderLoop(queue: reads, counters: counters).run(on: reader)
            }
        }
        if let checkpointer { workers.start("\(name) checkpoint") { checkpointer.run() } }
    }

    /// Runs `body` in a transaction and returns its value once that is on disk. Closures that wait at the same moment share a commit;
    /// each stands or falls by itself.
    ///
    /// - Throws: what `body` throws (its changes are undone), `.overloaded`, `.closed`, or what the engine met.
    @discardableResult
    package func write<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await enqueue(body, on: writes)
    }

    /// Runs `body` on a snapshot: it sees the commits before it and none that come during it. A write inside throws `.readOnly`.
    package func read<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T) async throws -> T {
        try await enqueue(body, on: reads)
    }

    private func enqueue<T: Sendable>(_ body: @escaping @Sendable (any Transaction) throws -> T, on queue: WorkQueue) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let work = PendingClosure(body: body, continuation: continuation)
            do {
                try queue.append(work)
            } catch {
                work.finish(error)
            }
        }
    }

    /// Finishes everything that waits, then closes. Later calls throw `.closed`; a second `close` waits for the first.
    package func close() async {
        startClosing()
        await workers.finished()
        guard let file else { return }
        await Workers.blocking("\(name) close") { file.close() }
    }

    private func startClosing() {
        writes.close()
        reads.close()
        checkpointer?.end()
    }

    deinit {
        startClosing()
    }

    /// Writes a consistent, flushed copy of a SQLite file to `path`, which must not exist; work goes on meanwhile.
    package func backup(to path: String) async throws {
        guard let source = file?.path else {
            throw DatabaseError.other(code: "not_supported", message: "a PostgreSQL database is backed up with pg_dump or a standby")
        }
        let options = options
        try await Workers.blocking("\(name) backup") { try SQLiteFile.backup(source, to: path, options: options) }
    }

    package var statistics: DatabaseStatistics {
        var statistics = counters.statistics
        let waiting = writes.depth
        statistics.pendingWrites = waiting.count
        statistics.oldestPendingAge = waiting.oldest.map { ContinuousClock.now - $0 } ?? .zero
        statistics.pendingReads = reads.depth.count
        if let file { statistics.walBytes = file.log.pages.load(ordering: .relaxed) * file.pageBytes }
        return statistics
    }
}
