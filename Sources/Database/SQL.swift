/// A statement and its bound values, written as one interpolated text:
/// ```swift
/// try tx.run("UPDATE orders SET workflow = \(state) WHERE id = \(id)")
/// ```
/// - `\(value)` binds a value (`SQLBindable`, or a `RawRepresentable` of one, or an optional of either).
/// - `\(list: ids)` binds a list for `IN (…)`.
/// - `\(raw: text)` pastes trusted text, such as a column name out of a closed set of our own.
/// - `\(fragment)` of type `SQL` pastes its text and brings its values along.
///
/// The text carries `?` for each value; the PostgreSQL engine rewrites it to `$1…` once, when it prepares the statement.
/// A literal question mark therefore has to stand inside quotes; PostgreSQL's operators that contain one cannot be written.
package struct SQL: Sendable, Equatable, ExpressibleByStringInterpolation {
    package private(set) var text: String
    package private(set) var values: [SQLValue]

    package init(stringLiteral text: String) {
        self.text = text
        values = []
    }

    package init(stringInterpolation interpolation: StringInterpolation) {
        text = interpolation.text
        values = interpolation.values
    }

    /// Trusted text with its values in the order of its question marks.
    package init(raw text: String, values: [SQLValue] = []) {
        self.text = text
        self.values = values
    }

    package mutating func append(_ other: SQL) {
        text += other.text
        values += other.values
    }

    package static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.append(right)
        return sum
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var values: [SQLValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount)
            values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        package mutating func appendInterpolation(_ value: some SQLBindable) {
            text += "?"
            values.append(value.sqlValue)
        }

        /// An optional is bound as its value or NULL; written out so that the compiler knows an optional is meant.
        package mutating func appendInterpolation<T: SQLBindable>(_ value: T?) {
            text += "?"
            values.append(value?.sqlValue ?? .null)
        }

        @_disfavoredOverload
        package mutating func appendInterpolation<T: RawRepresentable>(_ value: T) where T.RawValue: SQLBindable {
            appendInterpolation(value.rawValue)
        }

        @_disfavoredOverload
        package mutating func appendInterpolation<T: RawRepresentable>(_ value: T?) where T.RawValue: SQLBindable {
            appendInterpolation(value?.rawValue)
        }

        package mutating func appendInterpolation(_ fragment: SQL) {
            text += fragment.text
            values += fragment.values
        }

        package mutating func appendInterpolation(raw trusted: String) {
            text += trusted
        }

        /// For `IN (\(list: ids))`. The list is filled up to a power of two by repeating its last value, so that few
        /// different statements exist; an empty list becomes an empty set, so `IN` is false and `NOT IN` is true.
        package mutating func appendInterpolation(list: [Int64]) {
            appendList(list.map(SQLValue.integer), emptySet: "SELECT CAST(NULL AS BIGINT) WHERE 1 = 0")
        }

        /// The same for texts.
        package mutating func appendInterpolation(list: [String]) {
            appendList(list.map(SQLValue.text), emptySet: "SELECT CAST(NULL AS TEXT) WHERE 1 = 0")
        }

        private mutating func appendList(_ list: [SQLValue], emptySet: String) {
            guard let last = list.last else {
                text += emptySet
                return
            }
            var size = 1
            while size < list.count { size *= 2 }
            text += "?" + String(repeating: ",?", count: size - 1)
            values += list
            values += Array(repeating: last, count: size - list.count)
        }
    }
}

extension Sequence<SQL> {
    /// The fragments one after another with trusted text between them, as in `filters.joined(by: " AND ")`.
    package func joined(by separator: String) -> SQL {
        var whole = SQL(raw: "")
        var isFirst = true
        for fragment in self {
            if !isFirst { whole.append(SQL(raw: separator)) }
            whole.append(fragment)
            isFirst = false
        }
        return whole
    }
}
