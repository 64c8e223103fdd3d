import Foundation
import Glibc
import Synchronization

/// Listens to the statements that SQLite itself runs, with their values: the real SQL, whoever wrote it. Only files in `folder` are listened to.
final class StatementLog: Sendable {
    private static let shared = Mutex<(folder: String, statements: [String])>(("", []))
    private typealias Extension = @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Int32
    private typealias Trace = @convention(c) (UInt32, UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutableRawPointer?) -> Int32
    private static let statementBegins: UInt32 = 1

    struct NoSQLite: Error {}

    private static func function<F>(_ name: String, _ type: F.Type) throws -> F {
        guard let symbol = dlsym(nil, name) else { throw NoSQLite() }
        return unsafeBitCast(symbol, to: type)
    }
    private static let db = try? function("sqlite3_db_handle", (@convention(c) (OpaquePointer?) -> OpaquePointer?).self)
    private static let fileName = try? function("sqlite3_db_filename", (@convention(c) (OpaquePointer?, UnsafePointer<CChar>) -> UnsafePointer<CChar>?).self)
    private static let expanded = try? function("sqlite3_expanded_sql", (@convention(c) (OpaquePointer?) -> UnsafeMutablePointer<CChar>?).self)
    private static let free = try? function("sqlite3_free", (@convention(c) (UnsafeMutableRawPointer?) -> Void).self)
    private static let trace = try? function("sqlite3_trace_v2", (@convention(c) (OpaquePointer?, UInt32, Trace?, UnsafeMutableRawPointer?) -> Int32).self)

    /// Every connection that is opened while `open` runs is listened to from then on.
    static func listening<T>(to folder: String, _ open: () async throws -> T) async throws -> T {
        let add = try function("sqlite3_auto_extension", (@convention(c) (Extension) -> Int32).self), cancel = try function("sqlite3_cancel_auto_extension", (@convention(c) (Extension) -> Int32).self)
        shared.withLock { $0 = (folder, []) }
        let onOpen: Extension = { handle, _, _ in
            StatementLog.trace?(handle, StatementLog.statementBegins, { _, _, statement, _ in
                StatementLog.note(statement)
                return 0
            }, nil) ?? 0
        }
        guard add(onOpen) == 0 else { throw NoSQLite() }
        defer { _ = cancel(onOpen) }
        return try await open()
    }

    private static func note(_ statement: OpaquePointer?) {
        guard let file = fileName?(db?(statement), "main"), let text = expanded?(statement) else { return }
        let path = String(cString: file), sql = String(cString: text)
        free?(text)
        shared.withLock { state in if !state.folder.isEmpty, path.contains(state.folder) { state.statements.append(sql) } }
    }

    /// What was heard since the last call.
    static func take() -> [String] { shared.withLock { state in defer { state.statements = [] }; return state.statements } }
}
