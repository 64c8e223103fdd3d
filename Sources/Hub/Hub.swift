package import Domain
package import Connect
package import Database
package import Logging
import Foundation
import Synchronization

/// Everything that runs between the door and the destinations, wired for one process.
package final class Hub: Sendable {
    package let ledgerDatabase: Database
    package let journalDatabase: Database
    package let journal: Journal
    package let ledger: Ledger
    package let channels: ChannelStore
    package let intake: Intake
    package let interpreter: Interpreter
    package let dispatcher: Dispatcher
    package let reconciler: Reconciler
    package let counters: Counters
    package let refusals: RefusalLog
    package let feed: FeedSignal
    package let beacon: Beacon
    package let pulse: Pulse
    package let silence: SilenceWatch
    package let tokens: TokenStore
    package let sessions: SessionStore
    package let people: PeopleStore
    package let workspace: WorkspaceStore
    package let retention: Retention
    package let readings: ReadingLog
    package let audit: AuditLog
    package let idempotency: IdempotencyStore
    package let imports: ImportDesk
    package let watchedBook = WatchedBook()
    package let desk: Desk
    package let rehearsals: RehearsalDesk
    package let authorisations: AuthorisationDesk
    package let credentialWorker: CredentialWorker
    package let pushRecovery: PushRecovery
    package let trackingPoller: TrackingPoller
    package let shipping: ShippingDesk
    package let now: @Sendable () -> Timestamp
    package let logger: Logger
    private let wiring: Wiring

    package struct Settings: Sendable {
        /// The data directory: SQLite files, the key, the CLI's access. Present with PostgreSQL too.
        package var dataFolder: String
        /// nil: SQLite files in the data directory.
        package var databaseURL: String?
        /// 32 bytes in base64; nil: the file `secret.key` in the data directory.
        package var vaultKey: String?
        /// What a password's hash costs (scrypt's N).
        package var passwordRounds = PasswordKeeper.usualRounds
        /// After an end without goodbye: how long what was on its way then is given to arrive, before anybody is asked about it.
        package var settling = Duration.seconds(1)
        package init(dataFolder: String, databaseURL: String? = nil, vaultKey: String? = nil) { self.dataFolder = dataFolder; self.databaseURL = databaseURL; self.vaultKey = vaultKey }

        /// What seals the credentials; the data directory and its key are made when they are missing.
        package func vault() throws -> Vault {
            try FileManager.default.createDirectory(atPath: dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            return try vaultKey.map { try Vault(base64Key: $0) } ?? Vault(keyFile: dataFolder + "/secret.key")
        }
    }

    /// What is known only after the parts that need each other were made.
    private final class Wiring: Sendable {
        let interpreterSignal = Signal()
        let dispatcher = Mutex<Dispatcher?>(nil)
    }

    /// Opens the databases (durability checked, migrated, locked), reads the channels, and makes the parts. Nothing runs until `run()`.
    package init(_ settings: Settings, registry: ConnectorRegistry, logger: Logger, now: @escaping @Sendable () -> Timestamp,
                 databaseOptions: DatabaseOptions = DatabaseOptions(), http: @escaping ChannelStore.HTTPFactory) async throws {
        let vault = try settings.vault()
        let ledgerPlace = settings.databaseURL.map { DatabaseLocation.postgres(url: $0) } ?? .sqlite(path: settings.dataFolder + "/crossdock.db")
        let journalPlace = settings.databaseURL.map { DatabaseLocation.postgres(url: $0) } ?? .sqlite(path: settings.dataFolder + "/journal.db")
        ledgerDatabase = try await Database.open(ledgerPlace, logger: logger, migrations: LedgerSchema.migrations, name: "ledger", options: databaseOptions)
        do { journalDatabase = try await Database.open(journalPlace, logger: logger, migrations: JournalSchema.migrations, name: "journal", options: Self.journalOptions(databaseOptions)) } catch {
            await ledgerDatabase.close()
            throw error
        }
        self.now = now
        self.logger = logger
        counters = Counters()
        refusals = RefusalLog()
        feed = FeedSignal()
        beacon = Beacon()
        let pulse = Pulse(now: now)
        try await pulse.restore(from: ledgerDatabase)
        self.pulse = pulse
        let wiring = Wiring()
        self.wiring = wiring
        var last = try await Self.lastID(journalDatabase, "SELECT MAX(id) FROM deliveries")
        for table in LedgerSchema.identified { last = max(last, try await Self.lastID(ledgerDatabase, "SELECT MAX(id) FROM \(raw: table)")) }
        let ids = IdentifierSource(after: last, now: now)
        let buckets = TermBuckets(lastBucket: try await ledgerDatabase.read { try TermBuckets.lastBucket(in: $0) })
        let directory = ChannelDirectory(), queues = QueueBook()
        channels = ChannelStore(database: ledgerDatabase, vault: vault, registry: registry, directory: directory, ids: ids, now: now, logger: logger,
                                outputFolder: settings.dataFolder + "/out", queues: queues, http: http)
        try await channels.seedRoutes()
        try await channels.reload()
        let feed = feed
        let epoch = AccessEpoch(), passwords = PasswordKeeper(rounds: settings.passwordRounds)
        tokens = TokenStore(database: ledgerDatabase, ids: ids, epoch: epoch, now: now)
        sessions = SessionStore(database: ledgerDatabase, vault: vault, tokens: tokens, passwords: passwords, epoch: epoch, ids: ids, now: now)
        people = PeopleStore(sessions: sessions)
        workspace = WorkspaceStore(database: ledgerDatabase, ids: ids, now: now)
        try await workspace.reload()
        retention = Retention(ledger: ledgerDatabase, journal: journalDatabase, workspace: workspace, now: now, logger: logger)
        readings = ReadingLog(database: ledgerDatabase, ids: ids, now: now)
        audit = AuditLog(database: ledgerDatabase, ids: ids, now: now)
        idempotency = IdempotencyStore(database: ledgerDatabase, vault: vault, now: now)
        imports = ImportDesk(logger: logger)
        rehearsals = RehearsalDesk(ids: ids, logger: logger)
        ledger = Ledger(database: ledgerDatabase, ids: ids, buckets: buckets, channels: directory, now: now, logger: logger, counters: counters, pulse: pulse,
                        queues: queues, onChannelLost: { [channels] in try await channels.reload() }) { destinations, events in
            wiring.dispatcher.withLock { $0 }?.wake(destinations)
            if events > 0 { feed.changed() }
        }
        try await ledger.countQueues()
        desk = Desk(ledger: ledger, beacon: beacon, folder: settings.dataFolder + "/exports", logger: logger)
        journal = Journal(database: journalDatabase, ids: ids) { kept in
            pulse.accepted(kept)
            wiring.interpreterSignal.wake()
        }
        let accounts = AccountFinder(directory: directory, database: ledgerDatabase, now: now) { [channels] in try await channels.reload() }
        intake = Intake(journal: journal, directory: directory, ledger: ledger, counters: counters, refusals: refusals, accounts: accounts, now: now, logger: logger)
        interpreter = Interpreter(journal: journal, ledger: ledger, channels: directory, signal: wiring.interpreterSignal, logger: logger)
        let wasClean = try await Self.takeCleanMark(ledgerDatabase)
        dispatcher = Dispatcher(
            ledger: ledger, store: channels, executor: JobExecutor(ledger: ledger, directory: directory, intake: intake, now: now), counters: counters, logger: logger, now: now,
            uncertain: wasClean ? nil : Uncertain(upTo: JobID(last), askedFrom: .now + settings.settling))
        reconciler = Reconciler(store: channels, ledger: ledger, intake: intake, logger: logger, now: now)
        authorisations = AuthorisationDesk(database: ledgerDatabase, channels: channels, now: now, logger: logger)
        credentialWorker = CredentialWorker(keeper: channels.credentials, channels: channels, ledger: ledger, now: now, logger: logger)
        pushRecovery = PushRecovery(ledger: ledger, directory: directory, intake: intake, now: now, logger: logger)
        shipping = ShippingDesk(ledger: ledger, channels: channels, now: now, stillHours: { [workspace] in workspace.current.stillHours }, logger: logger)
        trackingPoller = TrackingPoller(ledger: ledger, directory: directory, intake: intake, now: now, logger: logger)
        silence = SilenceWatch(ledger: ledger, directory: directory, pulse: pulse, now: now)
        wiring.dispatcher.withLock { [dispatcher] in $0 = dispatcher }
        credentialWorker.whenMended { [dispatcher, reconciler] channel in
            dispatcher.release(channel)
            reconciler.wake()
        }
    }

    /// The journal takes bursts of large rows and is read in order: its log is laid out beforehand.
    private static func journalOptions(_ given: DatabaseOptions) -> DatabaseOptions {
        var options = given
        options.reservedLogBytes = 64 << 20
        options.restartBytes = 64 << 20
        // Deliveries are several kilobytes: in small pages each would be a chain of half-empty ones.
        options.pageBytes = 32 << 10
        options.cacheBytes = 8 << 20
        options.readerCacheBytes = 4 << 20
        options.readers = 2
        return options
    }

    package static let shutdownLimit = Duration.seconds(8)

    /// Runs until cancelled: then nothing new is started, what runs is finished within `shutdownLimit`, and the databases are closed.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            let interpreting = Task { await interpreter.run() }          // awaited below
            let dispatching = Task { await dispatcher.run() }            // awaited below
            let reconciling = Task { await reconciler.run() }            // awaited below
            let atDesk = Task { await desk.worker.run() }                // awaited below
            let counting = Task { await keepPulse() }                    // awaited below
            let tidying = Task { await retention.run() }                 // awaited below
            let watching = Task { await WatchedFolders(hub: self)?.run() }      // awaited below
            let renewing = Task { await credentialWorker.run() }         // awaited below
            let tracking = Task { await trackingPoller.run() }           // awaited below
            let recovering = Task { await pushRecovery.run() }           // awaited below
            group.addTask { await waitForCancellation() }
            await group.next()
            let end = ContinuousClock.now + Self.shutdownLimit
            intake.close()
            channels.credentials.stop()
            await imports.stop()
            watching.cancel()
            await watching.value
            atDesk.cancel()
            await atDesk.value
            await rehearsals.stop()
            tidying.cancel()
            await tidying.value
            renewing.cancel()
            await renewing.value
            tracking.cancel()
            await tracking.value
            recovering.cancel()
            await recovering.value
            reconciling.cancel()
            await reconciling.value
            interpreting.cancel()
            await interpreting.value
            dispatcher.stop()
            counting.cancel()
            await counting.value
            let finished = await completes(dispatching, within: max(end - .now, .zero))
            if !finished { dispatching.cancel(); await dispatching.value }
            await readings.settle()
            await credentialWorker.settle()
            await close(isClean: finished)
        }
    }

    private func close(isClean: Bool) async {
        try? await pulse.write(to: ledgerDatabase)      // losing it leaves a notch in a chart
        if isClean {
            // A lost mark only costs some questions to destinations at the next start.
            _ = try? await ledgerDatabase.write { tx in
                try tx.run("INSERT INTO cursors (channel_id, name, position, updated_at) VALUES (0, 'clean', 1, 0) ON CONFLICT (channel_id, name) DO UPDATE SET position = 1")
            }
        }
        await journalDatabase.close()
        await ledgerDatabase.close()
    }

    /// Whether the last process ended in good order; the mark is taken away, so that only a good end sets it again.
    private static func takeCleanMark(_ database: Database) async throws -> Bool {
        try await database.write { tx in
            let clean = try tx.first("SELECT position FROM cursors WHERE channel_id = 0 AND name = 'clean'") { try $0.int64(0) } == 1
            try tx.run("UPDATE cursors SET position = 0 WHERE channel_id = 0 AND name = 'clean'")
            return clean
        }
    }

    private static func lastID(_ database: Database, _ sql: SQL) async throws -> Int64 {
        try await database.read { tx in try tx.first(sql) { try $0.optionalInt64(0) }.flatMap { $0 } ?? 0 }
    }
}

/// Suspends until the task is cancelled.
package func waitForCancellation() async {
    let (stream, continuation) = AsyncStream<Never>.makeStream()
    await withTaskCancellationHandler { for await _ in stream {} } onCancel: { continuation.finish() }
}

/// - Returns: false when the task still runs after `limit`.
private func completes(_ task: Task<Void, Never>, within limit: Duration) async -> Bool {
    let result = AsyncStream<Bool>.makeStream()
    let watcher = Task { await task.value; result.continuation.yield(true) }                                          // ends with the task
    let timer = Task { try? await Task.sleep(for: limit); result.continuation.yield(false) }                          // an early end is a cancellation: nobody listens then
    var iterator = result.stream.makeAsyncIterator()
    let finished = await iterator.next() ?? false
    timer.cancel()
    if finished { await watcher.value }
    return finished
}

/// Tells followers of the change feed that there is something new.
package final class FeedSignal: Sendable {
    private struct State { var version: UInt64 = 0, followers: [UInt64: AsyncStream<Void>.Continuation] = [:], next: UInt64 = 0 }
    private let state = Mutex(State())
    package init() {}

    package func changed() {
        for follower in state.withLock({ Array($0.followers.values) }) { follower.yield() }
    }

    /// A stream that yields after changes; several changes may be one.
    package func follow() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state -> UInt64 in state.next += 1; state.followers[state.next] = continuation; return state.next }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.followers.removeValue(forKey: id) } }
        return stream
    }
}
