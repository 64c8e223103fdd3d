import Glibc
import GRDBSQLite

/// SQLite's result codes as `DatabaseError`. Its messages name tables and columns, never values.
enum SQLiteErrors {
    static func error(of handle: OpaquePointer?, status: Int32) -> DatabaseError {
        let extended = handle.map { sqlite3_extended_errcode($0) } ?? status
        let message = sqlite3_errmsg(handle).map { String(cString: $0) } ?? ""
        switch extended & 0xff {
        case SQLITE_FULL:
            return .diskFull
        case SQLITE_IOERR:
            let cause = handle.map { sqlite3_system_errno($0) } ?? 0
            return cause == ENOSPC || cause == EDQUOT ? .diskFull : .ioFailure(code: extended)
        case SQLITE_CONSTRAINT:
            return constraint(extended, subject: subject(of: message))
        case SQLITE_READONLY:
            return .readOnly
        case SQLITE_INTERRUPT:
            return .timedOut
        case SQLITE_BUSY, SQLITE_LOCKED:
            return .retry
        default:
            return .other(code: "sqlite_\(extended)", message: message)
        }
    }

    private static func constraint(_ extended: Int32, subject: String) -> DatabaseError {
        switch extended >> 8 {
        case 6, 8, 10: .unique(constraint: subject)  // PRIMARYKEY, UNIQUE, ROWID: macros with a shift are not imported
        case 1: .constraint(kind: .check, name: subject)
        case 3: .constraint(kind: .foreignKey, name: "")
        case 5: .constraint(kind: .notNull, name: subject)
        default: .other(code: "sqlite_\(extended)", message: "constraint \(subject)")
        }
    }

    /// `UNIQUE constraint failed: orders.channel_id, orders.external_id` -> what stands after the colon.
    private static func subject(of message: String) -> String {
        message.firstIndex(of: ":").map { message[message.index(after: $0)...].trimmed } ?? message
    }
}
