import CPostgres

/// One libpq connection in pipeline mode: statements are prepared once, and control statements travel together with the next
/// statement, so a savepoint costs no round trip. It speaks the protocol and knows nothing of batches or closures.
///
/// Used by one thread at a time, as libpq demands.
final class PostgresSession {
    private let handle: OpaquePointer
    private var prepared: [String: Prepared] = [:]
    private var preparedCount = 0
    private static let maximumStatements = 512
    /// Results without an error in the last exchange.
    private var succeeded = 0
    /// Sent before the next statement, in order.
    private(set) var deferred: [String] = []
    /// The connection is gone; nothing can be sent any more.
    private(set) var isLost = false

    private struct Prepared {
        var name: String
        /// Declared types, 0 where only NULL has been seen.
        var types: [Oid]
    }

    /// Connects and checks the server's durability. Blocks for at most the connection time-out (5 s unless the URL has its own).
    init(url: String, applicationName: String, statementSeconds: Int) throws {
        // Later keywords win, so what stands in the URL overrides what stands before it.
        let keywords = ["connect_timeout", "tcp_user_timeout", "keepalives_idle", "application_name", "dbname", "client_encoding"]
        let values = ["5", "10000", "10", applicationName, url, "UTF8"]
        guard let handle = Self.withCStrings(keywords, { keywords in Self.withCStrings(values) { PQconnectdbParams(keywords, $0, 1) } }) else {
            throw DatabaseError.unreachable(reason: "out of memory")
        }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else {
            throw DatabaseError.unreachable(reason: Self.connectionMessage(handle))
        }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)  // notices would go to standard error
        guard PQenterPipelineMode(handle) == 1 else { throw DatabaseError.unreachable(reason: "pipeline mode was refused") }
        try control("SET statement_timeout = \(statementSeconds * 1000)")
        try control("SET idle_in_transaction_session_timeout = 60000")
        try control("SET jit = off")  // statements here end in milliseconds; a session's first compilation alone takes fifty
        for (setting, refused) in [("fsync", "off"), ("synchronous_commit", "off")] {
            let result = try execute(SQL(raw: "SHOW \(setting)"))
            if result.text(0) == refused { throw DatabaseError.notDurable(setting: "\(setting) is \(refused)") }
        }
    }

    deinit {
        PQfinish(handle)
    }

    /// The first line of libpq's message; it names host, user and database, never the password.
    private static func connectionMessage(_ handle: OpaquePointer) -> String {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? "unknown"
        return text.split(separator: "\n").first.map(String.init) ?? "unknown"
    }

    private static func withCStrings<R>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
        let copies = texts.map { Array($0.utf8CString) }
        func nest(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) -> R {
            guard index < copies.count else { return body(pointers + [nil]) }
            return copies[index].withUnsafeBufferPointer { nest(index + 1, pointers + [$0.baseAddress]) }
        }
        return nest(0, [])
    }

    var isInTransaction: Bool {
        !isLost && PQtransactionStatus(handle) != PQTRANS_IDLE
    }

    // MARK: Control statements

    func enqueue(_ control: String) { deferred.append(control) }

    /// Takes back the last control statement if it was not sent yet.
    func takeBack(_ control: String) -> Bool {
        guard deferred.last == control else { return false }
        deferred.removeLast()
        return true
    }

    func forgetDeferred() { deferred = [] }

    /// Sends what is deferred and one more control statement, and waits for all of them.
    @discardableResult
    func control(_ text: String) throws -> PostgresResult {
        try exchange { try send(PQsendQueryParams(handle, text, 0, nil, nil, nil, nil, 1)) }
    }

    // MARK: Statements

    /// Runs one statement, after what is deferred. `types` overrides the types of the values, column by column of an INSERT.
    func execute(_ sql: SQL, types declared: [Oid]? = nil) throws -> PostgresResult {
        let types = declared ?? sql.values.map(PostgresParameters.type)
        let parameters = PostgresParameters(sql.values)
        guard let known = prepared[sql.text] else { return try prepareAndRun(sql, types: types, parameters) }
        guard Self.fits(types, known.types) else {
            // A type that was not known before, or another one: prepare once more, keeping what is known.
            return try prepareAndRun(sql, types: zip(types, known.types).map { $0 == 0 ? $1 : $0 }, parameters)
        }
        return try exchange { try sendPrepared(known.name, parameters) }
    }

    private static func fits(_ types: [Oid], _ known: [Oid]) -> Bool {
        zip(types, known).allSatisfy { $0 == 0 || $0 == $1 }
    }

    private func prepareAndRun(_ sql: SQL, types: [Oid], _ parameters: PostgresParameters) throws -> PostgresResult {
        let (text, count) = PostgresDialect.numbered(sql.text)
        guard count == sql.values.count else {
            throw DatabaseError.other(code: "parameters", message: "\(count) question marks for \(sql.values.count) values")
        }
        guard count <= PostgresDialect.maximumParameters else {
            throw DatabaseError.other(code: "parameters", message: "\(count) values are too many for one statement")
        }
        preparedCount += 1
        let name = "s\(preparedCount)"
        let controls = deferred.count
        // A statement that fails when it runs is prepared all the same.
        defer { if succeeded > controls { prepared[sql.text] = Prepared(name: name, types: types) } }
        return try exchange(preparing: true) {
            try send(PQsendPrepare(handle, name, text, Int32(types.count), types))
            try sendPrepared(name, parameters)
        }
    }

    private func sendPrepared(_ name: String, _ parameters: PostgresParameters) throws {
        try send(parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1)
        })
    }

    /// Between two transactions: a cache that has grown too far starts anew.
    func trimStatements() throws {
        guard preparedCount > Self.maximumStatements else { return }
        prepared = [:]
        preparedCount = 0
        try control("DEALLOCATE ALL")
    }

    // MARK: The pipeline

    private func send(_ status: Int32) throws {
        guard status != 1 else { return }
        // Whatever the cause, the pipeline is no longer in step.
        throw lost()
    }

    private func lost() -> DatabaseError {
        isLost = true
        return .unreachable(reason: Self.connectionMessage(handle))
    }

    /// Sends the deferred control statements and what `statements` sends, then reads one result each.
    /// - Returns: the last result. - Throws: the first error; the server has skipped what came after it.
    private func exchange(preparing: Bool = false, _ statements: () throws -> Void) throws -> PostgresResult {
        guard !isLost else { throw DatabaseError.unreachable(reason: "the connection is closed") }
        let controls = deferred
        deferred = []
        succeeded = 0
        for text in controls { try send(PQsendQueryParams(handle, text, 0, nil, nil, nil, nil, 1)) }
        try statements()
        try send(PQpipelineSync(handle))

        var last: PostgresResult?
        var failure: DatabaseError?
        for _ in 0..<(controls.count + (preparing ? 2 : 1)) {
            guard let result = PQgetResult(handle).map(PostgresResult.init) else { throw failure ?? lost() }
            switch result.status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK: succeeded += 1
            case PGRES_PIPELINE_ABORTED: break  // skipped because of the failure before it
            default:
                if failure == nil { failure = result.error }
                if PQstatus(handle) == CONNECTION_BAD { isLost = true }
                if case .unreachable = failure { isLost = true }
            }
            if isLost { throw failure ?? lost() }
            last = result
            while let more = PQgetResult(handle) { PQclear(more) }
        }
        guard let sync = PQgetResult(handle).map(PostgresResult.init), sync.status == PGRES_PIPELINE_SYNC else { throw failure ?? lost() }
        if let failure { throw failure }
        guard let last else { throw lost() }
        return last
    }
}
