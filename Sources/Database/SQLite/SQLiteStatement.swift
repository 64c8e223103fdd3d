import GRDBSQLite

/// A prepared statement of one connection, and the row that it stands on.
final class SQLiteStatement: RowSource {
    let handle: OpaquePointer
    let isReadOnly: Bool
    let parameterCount: Int
    var isInUse = false
    /// Longer texts and blobs are bound where they are; shorter ones are copied, which costs less than the detour.
    private static let bindInPlaceBytes = 512
    // SQLITE_TRANSIENT is a C cast macro that is not imported; -1 is its documented value.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    init(handle: OpaquePointer) {
        self.handle = handle
        isReadOnly = sqlite3_stmt_readonly(handle) != 0
        parameterCount = Int(sqlite3_bind_parameter_count(handle))
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Binds the values, runs `body`, and resets the statement before any bound memory goes away.
    func withBound<R>(_ values: [SQLValue], _ body: () throws -> R) throws -> R {
        try bind(values, from: 0, body)
    }

    private func bind<R>(_ values: [SQLValue], from start: Int, _ body: () throws -> R) throws -> R {
        for index in start..<values.count {
            let position = Int32(index + 1)
            let status: Int32
            switch values[index] {
            case .null: status = sqlite3_bind_null(handle, position)
            case .integer(let value): status = sqlite3_bind_int64(handle, position, value)
            case .real(let value): status = sqlite3_bind_double(handle, position, value)
            case .text(let value):
                let bound: Int32? = value.utf8.withContiguousStorageIfAvailable { bytes in
                    if bytes.count > Self.bindInPlaceBytes { return nil }
                    return bytes.withMemoryRebound(to: CChar.self) {
                        sqlite3_bind_text(handle, position, $0.baseAddress, Int32($0.count), Self.copied)
                    }
                } ?? nil
                guard let bound else {
                    var value = value
                    return try value.withUTF8 { bytes in
                        try check(bytes.withMemoryRebound(to: CChar.self) {
                            sqlite3_bind_text64(handle, position, $0.baseAddress, UInt64($0.count), nil, UInt8(SQLITE_UTF8))
                        })
                        return try bind(values, from: index + 1, body)
                    }
                }
                status = bound
            case .blob(let value):
                if value.isEmpty {
                    status = sqlite3_bind_zeroblob(handle, position, 0)
                } else if value.count <= Self.bindInPlaceBytes {
                    status = sqlite3_bind_blob(handle, position, value, Int32(value.count), Self.copied)
                } else {
                    return try value.withUnsafeBytes { bytes in
                        try check(sqlite3_bind_blob64(handle, position, bytes.baseAddress, UInt64(bytes.count), nil))
                        return try bind(values, from: index + 1, body)
                    }
                }
            }
            try check(status)
        }
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        return try body()
    }

    private func check(_ status: Int32) throws {
        guard status != SQLITE_OK else { return }
        sqlite3_clear_bindings(handle)
        throw SQLiteErrors.error(of: sqlite3_db_handle(handle), status: status)
    }

    // MARK: The current row

    var columnCount: Int { Int(sqlite3_column_count(handle)) }

    func columnName(_ column: Int) -> String? {
        sqlite3_column_name(handle, Int32(column)).map { String(cString: $0) }
    }

    func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    func int64(_ column: Int) -> Int64? {
        guard sqlite3_column_type(handle, Int32(column)) == SQLITE_INTEGER else { return nil }
        return sqlite3_column_int64(handle, Int32(column))
    }

    func real(_ column: Int) -> Double? {
        guard sqlite3_column_type(handle, Int32(column)) == SQLITE_FLOAT else { return nil }
        return sqlite3_column_double(handle, Int32(column))
    }

    func text(_ column: Int) -> String? {
        guard sqlite3_column_type(handle, Int32(column)) == SQLITE_TEXT, let bytes = sqlite3_column_text(handle, Int32(column)) else { return nil }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, Int32(column)))), as: UTF8.self)
    }

    func blob(_ column: Int) -> [UInt8]? {
        guard sqlite3_column_type(handle, Int32(column)) == SQLITE_BLOB else { return nil }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        guard let bytes = sqlite3_column_blob(handle, Int32(column)) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: count))
    }
}
