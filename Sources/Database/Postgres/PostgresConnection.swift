/// A writer's or a reader's place at a PostgreSQL server: opens its session again when it was lost, and runs closures on it.
///
/// Unchecked: the opener makes it and hands it to one worker thread; only that thread uses it afterwards.
final class PostgresConnection: @unchecked Sendable {
    let engine = Engine.postgres
    private let url: String
    private let applicationName: String
    private let options: DatabaseOptions
    private var session: PostgresSession?

    var failedStatement: DatabaseError?
    private(set) var lostTransaction: DatabaseError?

    private static let closureSavepoint = "SAVEPOINT closure"
    private static let innerSavepoint = "SAVEPOINT inner_step"
    /// `crossdck` in ASCII: the advisory lock that migrations of all nodes share.
    private static let migrationLock: Int64 = 0x6372_6f73_7364_636b

    init(url: String, applicationName: String, options: DatabaseOptions) throws {
        self.url = url
        self.applicationName = applicationName
        self.options = options
        _ = try openSession()
    }

    func close() { session = nil }

    private func openSession() throws -> PostgresSession {
        if let session, !session.isLost { return session }
        session = nil
        let opened = try PostgresSession(url: url, applicationName: applicationName, statementSeconds: options.statementSeconds)
        if let entry = options.sessionGuard { try Self.pass(entry, opened) }
        session = opened
        return opened
    }

    /// Marked first, asked then: whoever takes the right away between the two finds the mark.
    private static func pass(_ entry: SessionGuard, _ session: PostgresSession) throws {
        try session.control("SELECT pg_advisory_lock_shared(\(entry.mark.group), \(entry.mark.number))")
        guard try session.execute(entry.question).rowCount > 0 else { throw DatabaseError.fenced }
    }

    /// Migrates under a lock that other nodes wait for.
    func migrate(_ migrator: Migrator) throws {
        let session = try openSession()
        try session.control("SET statement_timeout = 0")
        try session.control("SELECT pg_advisory_lock(\(Self.migrationLock))")
        try migrator.migrate(self)
        // A new session: the lock, the time-out and the migrations' statements go with the old one.
        close()
        _ = try openSession()
    }

    /// The session inside a transaction, where a lost one cannot be replaced.
    private func current() throws -> PostgresSession {
        if let lostTransaction { throw lostTransaction }
        guard let session, !session.isLost else { throw failed(DatabaseError.unreachable(reason: "the connection was lost")) }
        return session
    }

    private func failed(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        if failedStatement == nil { failedStatement = error }
        switch error {
        case .retry, .unreachable, .diskFull, .ioFailure: if lostTransaction == nil { lostTransaction = error }
        default: break
        }
        return error
    }

    private func execute(_ sql: SQL, types: [UInt32]? = nil) throws -> PostgresResult {
        let session = try current()
        do { return try session.execute(sql, types: types) } catch { throw failed(error) }
    }

    private func start(_ control: String) throws {
        lostTransaction = nil
        let session = try openSession()
        session.forgetDeferred()
        try session.trimStatements()
        session.enqueue(control)
    }
}

extension PostgresConnection: WriteConnection {
    func begin() throws { try start("BEGIN ISOLATION LEVEL \(options.writeIsolation.rawValue)") }

    func beginClosure() throws { try current().enqueue(Self.closureSavepoint) }

    func endClosure() throws {
        let session = try current()
        if !session.takeBack(Self.closureSavepoint) { session.enqueue("RELEASE \(Self.closureSavepoint)") }
    }

    func undoClosure() throws {
        let session = try current()
        if session.takeBack(Self.closureSavepoint) { return }
        session.enqueue("ROLLBACK TO \(Self.closureSavepoint)")
        session.enqueue("RELEASE \(Self.closureSavepoint)")
    }

    func commit() throws {
        let session = try current()
        if !session.isInTransaction {  // no statement was sent, so there is nothing to commit
            session.forgetDeferred()
            return
        }
        do {
            let tag = try session.control("COMMIT").commandTag
            guard tag == "COMMIT" else { throw DatabaseError.other(code: "rolled_back", message: "the server rolled the transaction back") }
        } catch DatabaseError.unreachable {
            throw DatabaseError.connectionLost
        }
    }

    func rest() {}

    func rollback() {
        guard let session else { return }
        session.forgetDeferred()
        guard session.isInTransaction else { return }
        // A session that cannot even roll back is replaced at the next transaction; the server rolls back by itself.
        do { try session.control("ROLLBACK") } catch { close() }
    }
}

extension PostgresConnection: ReadConnection {
    func beginRead() throws {
        failedStatement = nil
        try start("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    func endRead() { rollback() }

    var isWorthAnotherRead: Bool {
        switch lostTransaction {
        case .retry, .unreachable: true
        default: false
        }
    }
}

extension PostgresConnection: Transaction {
    func run(_ sql: SQL) throws -> Int { try execute(sql).changedRows }

    func rows<T>(_ sql: SQL, _ map: (Row) throws -> T) throws -> [T] {
        let result = try execute(sql)
        let row = Row(source: result)
        var values: [T] = []
        values.reserveCapacity(Int(result.rowCount))
        for index in 0..<result.rowCount {
            result.currentRow = index
            values.append(try map(row))
        }
        return values
    }

    func first<T>(_ sql: SQL, _ map: (Row) throws -> T) throws -> T? {
        let result = try execute(sql)
        return result.rowCount > 0 ? try map(Row(source: result)) : nil
    }

    func insertMany(into table: String, columns: [String], rows: [[SQLValue]], onConflictDoNothing: Bool) throws -> Int {
        guard rows.allSatisfy({ $0.count == columns.count }) else {
            throw DatabaseError.other(code: "parameters", message: "a row for \(table) does not have \(columns.count) values")
        }
        // One type a column, from whichever row has a value in it.
        let columnTypes: [UInt32] = columns.indices.map { column in
            rows.lazy.map { PostgresParameters.type(of: $0[column]) }.first { $0 != 0 } ?? 0
        }
        var inserted = 0
        var start = 0
        while start < rows.count {
            let size = Self.chunkSize(of: rows[start...], columns: columns.count)
            let text = PostgresDialect.insertText(table: table, columns: columns, rows: size, onConflictDoNothing: onConflictDoNothing)
            let chunk = SQL(raw: text, values: rows[start..<(start + size)].flatMap { $0 })
            inserted += try execute(chunk, types: (0..<size).flatMap { _ in columnTypes }).changedRows
            start += size
        }
        return inserted
    }

    /// The largest statement size that these rows fill without too many bytes.
    private static func chunkSize(of rows: ArraySlice<[SQLValue]>, columns: Int) -> Int {
        var bytes = 0
        var fitting = 0
        for row in rows.prefix(PostgresDialect.insertSizes[0]) {
            for value in row {
                switch value {
                case .blob(let value): bytes += value.count
                case .text(let value): bytes += value.utf8.count
                default: bytes += 8
                }
            }
            if fitting > 0, bytes > PostgresDialect.maximumInsertBytes || (fitting + 1) * columns > PostgresDialect.maximumParameters { break }
            fitting += 1
        }
        return PostgresDialect.insertSizes.first { $0 <= fitting } ?? 1
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        let failedBefore = failedStatement
        try current().enqueue(Self.innerSavepoint)
        do {
            let value = try body()
            if failedBefore == nil, let failedStatement { throw failedStatement }
            let session = try current()
            if !session.takeBack(Self.innerSavepoint) { session.enqueue("RELEASE \(Self.innerSavepoint)") }
            return value
        } catch {
            guard lostTransaction == nil, let session else { throw error }
            if !session.takeBack(Self.innerSavepoint) {
                session.enqueue("ROLLBACK TO \(Self.innerSavepoint)")
                session.enqueue("RELEASE \(Self.innerSavepoint)")
            }
            failedStatement = failedBefore
            throw error
        }
    }
}
