package import Database
package import Domain
package import Logging
import Synchronization

package enum NodeFault: HubError, Equatable {
    case lost, taken, otherKey, sessionsStayed

    package var code: String {
        switch self {
        case .lost: "lease_lost"
        case .taken: "lease_taken"
        case .otherKey: "other_key"
        case .sessionsStayed: "sessions_stayed"
        }
    }
    package var sentence: String {
        switch self {
        case .lost: "Another hub has taken over this database, because this one was not heard of for too long. Start it again to stand by."
        case .taken: "Another hub works on this database. Stop it, or choose another database."
        case .otherKey: "The hubs of one database need one key: this one's differs from that of the hub that worked here before. Give both the same CROSSDOCK_KEY (or the same secret.key)."
        case .sessionsStayed: "The sessions of the hub that worked here before could not be ended. The database's role must be allowed to end its own sessions (pg_terminate_backend)."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// The right to work on a PostgreSQL database, held by one hub at a time for `length` and renewed long before that (docs/decisions/0008).
///
/// The database's own clock counts. Each holder has a fence number of its own; its sessions are marked with it (`SessionGuard`), and whoever takes over first
/// ends the sessions of all before: a holder that was held up and comes back cannot write a row.
package final class NodeLease: Sendable {
    private let database: Database
    private let node: String
    private let length: Duration
    private let logger: Logger
    private struct State { var fence: Int64?, heldUntil: ContinuousClock.Instant? }
    private let state = Mutex(State())

    package static let usualLength = Duration.seconds(10)
    /// `node` in ASCII: the first half of the advisory locks that mark the holders' sessions.
    static let markGroup: Int32 = 0x6e6f_6465
    static let endLimit = Duration.seconds(20), endPause = Duration.milliseconds(100)
    private static let clock: SQL = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

    private init(database: Database, node: String, length: Duration, logger: Logger) { self.database = database; self.node = node; self.length = length; self.logger = logger }

    /// - Parameters:
    ///   - node: which hub this is (`NodeIdentity`): one process at a time. What it held before it died is its own again at once.
    ///   - length: how long a holder that is not heard of keeps its right.
    package static func open(url: String, node: String, length: Duration = usualLength, logger: Logger) async throws -> NodeLease {
        var options = DatabaseOptions()
        options.readers = 1
        options.statementSeconds = 5
        let database = try await Database.open(.postgres(url: url), logger: logger, migrations: NodeSchema.migrations, name: "nodes", options: options)
        return NodeLease(database: database, node: node, length: length, logger: logger)
    }

    /// Who works, as the database knows it.
    package struct Holder: Sendable, Equatable { package var node: String, address: String? }
    /// nil: nobody, or nobody who was heard of in time.
    package func holder() async throws -> Holder? {
        try await database.read { tx in
            try tx.first("SELECT node, address FROM node_lease WHERE id = 1 AND node IS NOT NULL AND held_until > \(Self.clock)") { Holder(node: try $0.text(0), address: try $0.optionalText(1)) }
        }
    }

    /// Takes the right when nobody has it, and ends what the holders before have left open.
    ///
    /// - Parameter keyMark: tells whether two hubs have the same key (`Vault.mark`).
    /// - Returns: whether this hub has it now.
    package func take(keyMark: String) async throws -> Bool {
        let asked = ContinuousClock.now, node = node, milliseconds = length.inMilliseconds
        let fence: Int64? = try await database.write { tx in
            let known = try tx.first("SELECT key_mark FROM node_lease WHERE id = 1") { try $0.optionalText(0) }.flatMap { $0 }
            guard known == nil || known == keyMark else { throw NodeFault.otherKey }
            let taken = try tx.run("""
                UPDATE node_lease SET fence = fence + 1, node = \(node), address = NULL, key_mark = \(keyMark), held_until = \(Self.clock) + \(milliseconds)
                 WHERE id = 1 AND (node IS NULL OR node = \(node) OR held_until <= \(Self.clock))
                """)
            return taken == 1 ? try tx.first("SELECT fence FROM node_lease WHERE id = 1") { try $0.int64(0) } : nil
        }
        guard let fence else { return false }
        state.withLock { $0 = State(fence: fence, heldUntil: asked + length) }
        try await endSessions(before: fence)
        logger.notice("this hub works now", metadata: ["node": "\(node)", "fence": "\(fence)"])
        return true
    }

    /// A holder that was stopped in the middle of a transaction must not end it after us.
    private func endSessions(before fence: Int64) async throws {
        let deadline = ContinuousClock.now + Self.endLimit
        while true {
            let left = try await database.write { tx in
                try tx.rows("""
                    SELECT pid, pg_terminate_backend(pid) FROM pg_locks
                     WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                       AND classid = \(Int64(Self.markGroup)) AND CAST(objid AS BIGINT) < \(fence) AND granted
                    """) { try $0.int64(0) }.count
            }
            if left == 0 { return }
            guard ContinuousClock.now < deadline, try await beat() else { throw NodeFault.sessionsStayed }
            try await Task.sleep(for: Self.endPause)
        }
    }

    /// Renews the right. A right that has run out meanwhile is renewed too, as long as nobody has taken it.
    ///
    /// - Returns: false when another hub has it.
    private func beat() async throws -> Bool {
        guard let fence = state.withLock({ $0.fence }) else { return false }
        let asked = ContinuousClock.now, node = node, milliseconds = length.inMilliseconds
        let kept = try await database.write { tx in
            try tx.run("UPDATE node_lease SET held_until = \(Self.clock) + \(milliseconds) WHERE id = 1 AND fence = \(fence) AND node = \(node)") == 1
        }
        state.withLock { $0.heldUntil = kept ? asked + length : nil }
        return kept
    }

    /// Renews the right until cancelled.
    ///
    /// - Throws: `NodeFault.lost` when another hub has it. A database that cannot be reached is asked on: it may be away for everybody.
    package func keep() async throws {
        let pause = length / 4
        // At once: the start between taking the right and keeping it may have been long.
        while true {
            do {
                guard try await beat() else { throw NodeFault.lost }
            } catch let error as DatabaseError {
                logger.error("the right to work could not be renewed", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: pause)
        }
    }

    /// Keeps the right while `body` runs, such as a start that first changes a large schema.
    package func keeping<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask {
                try await self.keep()
                throw NodeFault.lost
            }
            group.addTask { try await body() }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw NodeFault.lost }
            return result
        }
    }

    /// Whether this hub may act on the outside now: its right was confirmed recently enough, by its own clock, to be valid still.
    package var isHeld: Bool { state.withLock { state in state.heldUntil.map { ContinuousClock.now < $0 } ?? false } }

    /// Under which address the others reach this hub.
    package func announce(address: String) async throws {
        let fence = state.withLock { $0.fence }, node = node
        try await database.write { tx in try tx.run("UPDATE node_lease SET address = \(address) WHERE id = 1 AND fence = \(fence ?? 0) AND node = \(node)") }
    }

    /// Gives the right back, so that another hub need not wait; closes.
    package func close() async {
        if let fence = state.withLock({ state in defer { state = State() }; return state.fence }) {
            let node = node
            do { try await database.write { tx in try tx.run("UPDATE node_lease SET node = NULL, address = NULL, held_until = 0 WHERE id = 1 AND fence = \(fence) AND node = \(node)") } } catch {
                logger.error("the right to work could not be given back; it runs out by itself", metadata: ["error": "\(error)"])
            }
        }
        await database.close()
    }

    /// What the hub's own databases are opened with; nil before the right was taken.
    package var sessionGuard: SessionGuard? {
        guard let fence = state.withLock({ $0.fence }) else { return nil }
        return SessionGuard(mark: (Self.markGroup, Int32(clamping: fence)), question: "SELECT 1 FROM node_lease WHERE id = 1 AND fence = \(fence) AND node = \(node)")
    }
}
