import Dispatch
import GRDBSQLite
import Synchronization

/// One SQLite handle with its statements. It serves as the writer's connection or as a reader's.
///
/// Unchecked: the opener makes it and hands it to one worker thread; only that thread uses it afterwards.
final class SQLiteConnection: @unchecked Sendable {
    let engine = Engine.sqlite
    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private static let maximumStatements = 512
    /// For other programs that look into the file, such as the `sqlite3` shell.
    private static let busyMilliseconds: Int32 = 5_000
    private static let waitForReadersMilliseconds: Int32 = 100
    private let statementSeconds: Int
    /// When the running statement has to stop; a box, because SQLite's callback gets a pointer to it.
    private let deadline = Deadline()
    /// The writer's connection only.
    private var log: WriteAheadLog?

    var failedStatement: DatabaseError?
    private(set) var lostTransaction: DatabaseError?
    let isWorthAnotherRead = false

    /// Opens the file and sets what both kinds of connection need.
    init(path: String, readOnly: Bool, options: DatabaseOptions) throws {
        var opened: OpaquePointer?
        let flags = (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let status = sqlite3_open_v2(path, &opened, flags, nil)
        guard status == SQLITE_OK, let opened else {
            let error = SQLiteErrors.error(of: opened, status: status)
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        statementSeconds = options.statementSeconds
        sqlite3_busy_timeout(handle, Self.busyMilliseconds)
        _disableDoubleQuotedStringLiterals(handle)
        sqlite3_progress_handler(handle, 20_000, { ($0.map { Unmanaged<Deadline>.fromOpaque($0).takeUnretainedValue() })?.isPast == true ? 1 : 0 },
                                 Unmanaged.passUnretained(deadline).toOpaque())  // `deadline` lives as long as the handle
        try script("PRAGMA cache_size = -\((readOnly ? options.readerCacheBytes : options.cacheBytes) / 1024)")
        try script("PRAGMA temp_store = MEMORY")
    }

    deinit {
        close()
    }

    private var isClosed = false

    func close() {
        guard !isClosed else { return }
        isClosed = true
        statements = [:]
        sqlite3_close_v2(handle)
    }

    /// WAL with a flush at every commit, checked, because both settings can be refused in silence.
    func makeDurableWriter(pageBytes: Int, log: WriteAheadLog) throws {
        try script("PRAGMA page_size = \(pageBytes)")
        let mode = try first("PRAGMA journal_mode = WAL") { try $0.text(0) }
        guard mode == "wal" else { throw DatabaseError.notDurable(setting: "journal_mode is \(mode ?? "unknown"), not wal") }
        try script("PRAGMA synchronous = FULL")
        let level = try first("PRAGMA synchronous") { try $0.int(0) }
        guard level == 2 else { throw DatabaseError.notDurable(setting: "synchronous is \(level ?? -1), not FULL") }
        // Replaces SQLite's own checkpoint after a commit, which would stall that commit; the Checkpointer does it instead.
        sqlite3_wal_hook(handle, { context, _, _, pages in
            if let context { Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue().pages.store(Int(pages), ordering: .relaxed) }
            return SQLITE_OK
        }, Unmanaged.passUnretained(log).toOpaque())  // kept alive by the property, as long as the handle
        self.log = log
    }

    func script(_ text: String) throws {
        let status = sqlite3_exec(handle, text, nil, nil, nil)
        guard status == SQLITE_OK else { throw SQLiteErrors.error(of: handle, status: status) }
    }

    /// - Returns: pages in the log, and pages of it that are in the file now; `nil` when someone else was in the way.
    func checkpoint(_ mode: Int32, busyMilliseconds: Int32) throws -> (log: Int, copied: Int)? {
        var log: Int32 = 0
        var copied: Int32 = 0
        sqlite3_busy_timeout(handle, busyMilliseconds)
        let status = sqlite3_wal_checkpoint_v2(handle, nil, mode, &log, &copied)
        if status & 0xff == SQLITE_BUSY || status & 0xff == SQLITE_LOCKED { return nil }
        guard status == SQLITE_OK else { throw SQLiteErrors.error(of: handle, status: status) }
        return (Int(log), Int(copied))
    }

    /// Flushes the file itself (not the log) to disk, through SQLite's own descriptor: closing another one would drop SQLite's locks.
    func flushFile() throws {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let found = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard found == SQLITE_OK, let file, let sync = file.pointee.pMethods?.pointee.xSync else { return }
        let status = sync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY)
        guard status == SQLITE_OK else { throw DatabaseError.ioFailure(code: status) }
    }

    // MARK: Statements

    private func statement(for text: String) throws -> SQLiteStatement {
        if let cached = statements[text], !cached.isInUse { return cached }
        var prepared: OpaquePointer?
        var tail = 0
        let status = text.withCString { start in
            var rest: UnsafePointer<CChar>?
            let status = sqlite3_prepare_v3(handle, start, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &rest)
            tail = rest.map { String(cString: $0).trimmed.count } ?? 0
            return status
        }
        guard status == SQLITE_OK else { throw failed(status) }
        guard let prepared else { throw DatabaseError.other(code: "empty_statement", message: "a statement without text") }
        let statement = SQLiteStatement(handle: prepared)
        // SQLite would leave the rest out in silence.
        guard tail == 0 else { throw DatabaseError.other(code: "several_statements", message: "one text holds several statements") }
        if statements.count >= Self.maximumStatements { statements = statements.filter(\.value.isInUse) }
        if statements[text] == nil { statements[text] = statement }
        return statement
    }

    private func execute<R>(_ sql: SQL, _ body: (SQLiteStatement) throws -> R) throws -> R {
        let statement = try statement(for: sql.text)
        guard statement.parameterCount == sql.values.count else {
            throw DatabaseError.other(code: "parameters", message: "\(statement.parameterCount) question marks for \(sql.values.count) values")
        }
        statement.isInUse = true
        deadline.set(seconds: statementSeconds)
        defer { statement.isInUse = false }
        return try statement.withBound(sql.values) { try body(statement) }
    }

    /// - Returns: whether the statement stands on a row.
    @inline(__always)
    private func step(_ statement: SQLiteStatement) throws -> Bool {
        let status = sqlite3_step(statement.handle)
        if status == SQLITE_ROW { return true }
        if status == SQLITE_DONE { return false }
        throw failed(status)
    }

    private func failed(_ status: Int32) -> DatabaseError {
        let error = SQLiteErrors.error(of: handle, status: status)
        if failedStatement == nil { failedStatement = error }
        switch error {
        case .diskFull, .ioFailure: lostTransaction = error
        // SQLite may have rolled back the whole transaction by itself.
        default:
            if isInTransaction, sqlite3_get_autocommit(handle) != 0 { lostTransaction = error }
        }
        return error
    }

    private var isInTransaction = false

    private func control(_ text: SQL) throws {
        try execute(text) { statement in while try step(statement) {} }
    }
}

extension SQLiteConnection: WriteConnection {
    func begin() throws {
        lostTransaction = nil
        try control("BEGIN IMMEDIATE")
        isInTransaction = true
    }

    func beginClosure() throws { try control("SAVEPOINT closure") }
    func endClosure() throws { try control("RELEASE closure") }

    func undoClosure() throws {
        try control("ROLLBACK TO closure")
        try control("RELEASE closure")
    }

    func commit() throws {
        try control("COMMIT")
        isInTransaction = false
    }

    func rest() {
        guard let log, log.restart.load(ordering: .relaxed) != .no else { return }
        let mode = log.restart.exchange(.no, ordering: .relaxed)
        // Refused or failed, it is asked for again; the commits are safe in the log either way.
        let result = try? checkpoint(SQLITE_CHECKPOINT_RESTART, busyMilliseconds: mode == .wait ? Self.waitForReadersMilliseconds : 0)
        if result != nil { log.pages.store(0, ordering: .relaxed) }
        sqlite3_busy_timeout(handle, Self.busyMilliseconds)
    }

    func rollback() {
        isInTransaction = false
        guard sqlite3_get_autocommit(handle) == 0 else { return }
        // An error of ROLLBACK means that there was nothing left to roll back.
        try? control("ROLLBACK")
    }
}

extension SQLiteConnection: ReadConnection {
    func beginRead() throws {
        failedStatement = nil
        lostTransaction = nil
        try control("BEGIN")
    }

    func endRead() { rollback() }
}

extension SQLiteConnection: Transaction {
    func run(_ sql: SQL) throws -> Int {
        try execute(sql) { statement in
            let before = sqlite3_total_changes64(handle)
            while try step(statement) {}
            // Statements that change no rows leave the old count standing.
            return sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
        }
    }

    func rows<T>(_ sql: SQL, _ map: (Row) throws -> T) throws -> [T] {
        try execute(sql) { statement in
            let row = Row(source: statement)
            var result: [T] = []
            while try step(statement) { result.append(try map(row)) }
            return result
        }
    }

    func first<T>(_ sql: SQL, _ map: (Row) throws -> T) throws -> T? {
        try execute(sql) { statement in
            guard try step(statement) else { return nil }
            let value = try map(Row(source: statement))
            if !statement.isReadOnly { while try step(statement) {} }
            return value
        }
    }

    func insertMany(into table: String, columns: [String], rows: [[SQLValue]], onConflictDoNothing: Bool) throws -> Int {
        let marks = repeatElement("?", count: columns.count).joined(separator: ",")
        let text = "INSERT INTO \(table) (\(columns.joined(separator: ","))) VALUES (\(marks))\(onConflictDoNothing ? " ON CONFLICT DO NOTHING" : "")"
        var inserted = 0
        for row in rows { inserted += try run(SQL(raw: text, values: row)) }
        return inserted
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        let failedBefore = failedStatement
        try control("SAVEPOINT inner_step")
        do {
            let value = try body()
            if failedBefore == nil, let failedStatement { throw failedStatement }
            try control("RELEASE inner_step")
            return value
        } catch {
            guard lostTransaction == nil else { throw error }
            try control("ROLLBACK TO inner_step")
            try control("RELEASE inner_step")
            failedStatement = failedBefore
            throw error
        }
    }
}

/// When the running statement has to stop; read by SQLite's progress callback on the same thread.
private final class Deadline {
    private var nanoseconds = UInt64.max

    func set(seconds: Int) {
        nanoseconds = DispatchTime.now().uptimeNanoseconds + UInt64(seconds) * 1_000_000_000
    }

    var isPast: Bool { DispatchTime.now().uptimeNanoseconds > nanoseconds }
}
