/// What a closure given to `Database.write` or `Database.read` works with. It belongs to that closure alone.
///
/// A statement that fails makes the whole closure fail, also when the error is caught, because PostgreSQL cannot go on
/// after an error. What may fail and be survived goes into `savepoint`.
package protocol Transaction: AnyObject {
    var engine: Engine { get }

    /// Runs a statement and returns the number of rows that it changed.
    @discardableResult func run(_ sql: SQL) throws -> Int

    /// All rows of a query (or of a `… RETURNING`), each through `map`.
    func rows<T>(_ sql: SQL, _ map: (Row) throws -> T) throws -> [T]

    /// The first row, if there is one. `… RETURNING` changes all its rows all the same.
    func first<T>(_ sql: SQL, _ map: (Row) throws -> T) throws -> T?

    /// Inserts many rows with few statements. `table` and `columns` are trusted text; each row has one value a column.
    /// - Returns: the number of rows inserted, without those that `onConflictDoNothing` left out.
    @discardableResult
    func insertMany(into table: String, columns: [String], rows: [[SQLValue]], onConflictDoNothing: Bool) throws -> Int

    /// Runs `body` in a savepoint: when it throws, what it changed is undone and the transaction can go on.
    func savepoint<T>(_ body: () throws -> T) throws -> T
}

package enum Engine: String, Sendable {
    case sqlite, postgres
}
