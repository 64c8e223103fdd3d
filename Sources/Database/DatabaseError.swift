/// What can go wrong in here. No case carries a value of a row or a bound argument, so an error can be logged as it is.
package enum DatabaseError: Error, Sendable, Equatable {
    /// The engine would answer before the data is on disk; `setting` names what is wrong. Thrown by `open` only.
    case notDurable(setting: String)
    /// Another process, or another `Database` of this one, owns the file.
    case fileInUse(path: String, processID: Int32?)
    /// `maximumPendingWrites` (or reads) are waiting already. Nothing was done.
    case overloaded
    /// No space left. Nothing was written; the engine goes on by itself once there is space.
    case diskFull
    /// The disk or file system answered with an error. Nothing was written.
    case ioFailure(code: Int32)
    /// The database was migrated by a newer version of this program.
    case schemaIsNewer(migration: String)
    /// A migration that ran here reads differently in this program, or a new one stands before one that ran.
    case migrationEdited(name: String)
    /// A column holds NULL or another type than was asked for.
    case decoding(column: String)
    /// A UNIQUE or PRIMARY KEY rule refused the row: SQLite's columns (`orders.channel_id, orders.external_id`), PostgreSQL's constraint name.
    case unique(constraint: String)
    /// A CHECK, NOT NULL or FOREIGN KEY rule refused the row.
    case constraint(kind: ConstraintKind, name: String)
    /// A write inside `read`.
    case readOnly
    /// The transaction met another one and lost, several times over (PostgreSQL 40001, 40P01, 55P03). Nothing was written.
    case retry
    /// A statement ran longer than `statementSeconds`.
    case timedOut
    /// The server went away while COMMIT was under way: the outcome is unknown. Repeat the write if it is idempotent.
    case connectionLost
    /// The server cannot be reached. Nothing was written.
    case unreachable(reason: String)
    /// Another node works on this database now (`SessionGuard`). Nothing was written, and nothing will be.
    case fenced
    /// `close` was called before.
    case closed
    /// Anything else; `code` is SQLite's extended code or PostgreSQL's SQLSTATE.
    case other(code: String, message: String)

    package enum ConstraintKind: String, Sendable { case check, notNull = "not_null", foreignKey = "foreign_key" }

    /// The machine word for logs and answers.
    package var code: String {
        switch self {
        case .notDurable: "not_durable"
        case .fileInUse: "file_in_use"
        case .overloaded: "overloaded"
        case .diskFull: "disk_full"
        case .ioFailure: "io_failure"
        case .schemaIsNewer: "schema_is_newer"
        case .migrationEdited: "migration_edited"
        case .decoding: "decoding"
        case .unique: "unique"
        case .constraint(let kind, _): kind.rawValue
        case .readOnly: "read_only"
        case .retry: "retry"
        case .timedOut: "timed_out"
        case .connectionLost: "connection_lost"
        case .unreachable: "unreachable"
        case .fenced: "fenced"
        case .closed: "closed"
        case .other(let code, _): code
        }
    }

    /// Whether the same write can succeed later without anyone changing it. After `.connectionLost` it may also have succeeded already.
    package var isTransient: Bool {
        switch self {
        case .overloaded, .diskFull, .ioFailure, .retry, .timedOut, .connectionLost, .unreachable: true
        default: false
        }
    }

    /// What was tried, what answered, and what an operator can do.
    package var sentence: String {
        switch self {
        case .notDurable(let setting):
            "The database is not safe against a power cut (\(setting)). Correct the setting and start again."
        case .fileInUse(let path, let processID):
            "The database file \(path) is in use by \(processID.map { "process \($0)" } ?? "another process"). Stop that process, or choose another file."
        case .overloaded:
            "More work waits for the database than it may hold. Try again in a moment; if this repeats, look at the disk."
        case .diskFull:
            "There is no space left for the database. Free some space; the work goes on by itself."
        case .ioFailure(let code):
            "The disk refused a database operation (code \(code)). Look at the system's log."
        case .schemaIsNewer(let migration):
            "The database was changed by a newer version of this program (\(migration)). Start that version, or restore a backup."
        case .migrationEdited(let name):
            "The migration '\(name)' that ran on this database is not the one in this program. Start the version that belongs to the database."
        case .decoding(let column):
            "The column '\(column)' does not hold what was expected. Report this with the version of the program."
        case .unique(let constraint):
            "A row with the same key exists already (\(constraint))."
        case .constraint(let kind, let name):
            "The database refused a row (\(kind.rawValue)\(name.isEmpty ? "" : " \(name)"))."
        case .readOnly:
            "A write was tried inside a read. Report this with the version of the program."
        case .retry:
            "Other work kept changing the same rows. Try again."
        case .timedOut:
            "A database statement took too long and was stopped. Try again, or ask for less at once."
        case .connectionLost:
            "The database server went away during a commit, so it is not known whether the change was kept. Look before repeating it."
        case .unreachable(let reason):
            "The database server cannot be reached: \(reason). Check that it runs and that the address is right."
        case .fenced:
            "Another hub works on this database now. This one was held up for too long and has to stop; start it again to stand by."
        case .closed:
            "The database is closed, because the program is shutting down."
        case .other(let code, let message):
            "The database refused a statement (\(code)): \(message)."
        }
    }
}

extension DatabaseError: CustomStringConvertible {
    package var description: String { sentence }
}
