/// One row of a result, read by column index from 0. It is valid only inside the closure that it is given to.
///
/// A NULL or a value of another type throws `DatabaseError.decoding` with the column's name, never its content.
package struct Row {
    let source: any RowSource

    package func int64(_ column: Int) throws -> Int64 {
        guard let value = source.int64(column) else { throw undecodable(column) }
        return value
    }

    package func int(_ column: Int) throws -> Int {
        guard let value = source.int64(column) else { throw undecodable(column) }
        return Int(value)
    }

    package func real(_ column: Int) throws -> Double {
        guard let value = source.real(column) else { throw undecodable(column) }
        return value
    }

    package func text(_ column: Int) throws -> String {
        guard let value = source.text(column) else { throw undecodable(column) }
        return value
    }

    package func blob(_ column: Int) throws -> [UInt8] {
        guard let value = source.blob(column) else { throw undecodable(column) }
        return value
    }

    /// 0 or 1 (or PostgreSQL's Boolean, the type of a comparison there); any other number is a decoding error.
    package func bool(_ column: Int) throws -> Bool {
        switch source.int64(column) {
        case 0: false
        case 1: true
        default: throw undecodable(column)
        }
    }

    package func isNull(_ column: Int) -> Bool { source.isNull(column) }
    package func optionalInt64(_ column: Int) throws -> Int64? { isNull(column) ? nil : try int64(column) }
    package func optionalInt(_ column: Int) throws -> Int? { isNull(column) ? nil : try int(column) }
    package func optionalReal(_ column: Int) throws -> Double? { isNull(column) ? nil : try real(column) }
    package func optionalText(_ column: Int) throws -> String? { isNull(column) ? nil : try text(column) }
    package func optionalBlob(_ column: Int) throws -> [UInt8]? { isNull(column) ? nil : try blob(column) }
    package func optionalBool(_ column: Int) throws -> Bool? { isNull(column) ? nil : try bool(column) }

    /// An enum or identifier that stands for text; a text that it does not know is a decoding error.
    package func value<T: RawRepresentable>(_ type: T.Type, _ column: Int) throws -> T where T.RawValue == String {
        guard let value = T(rawValue: try text(column)) else { throw undecodable(column) }
        return value
    }

    /// The same for an integer.
    package func value<T: RawRepresentable>(_ type: T.Type, _ column: Int) throws -> T where T.RawValue == Int64 {
        guard let value = T(rawValue: try int64(column)) else { throw undecodable(column) }
        return value
    }

    package var columnCount: Int { source.columnCount }

    private func undecodable(_ column: Int) -> DatabaseError {
        .decoding(column: source.columnName(column) ?? "#\(column)")
    }
}

/// How an engine hands out the current row; `nil` means NULL, another type, or no such column.
protocol RowSource: AnyObject {
    var columnCount: Int { get }
    func columnName(_ column: Int) -> String?
    func isNull(_ column: Int) -> Bool
    func int64(_ column: Int) -> Int64?
    func real(_ column: Int) -> Double?
    func text(_ column: Int) -> String?
    func blob(_ column: Int) -> [UInt8]?
}
