@testable import Database
import Foundation
import Testing

@Suite struct SQLTests {
    enum State: String { case ready, done }

    @Test func `every interpolation is bound and none is pasted`() {
        let sql: SQL = "UPDATE t SET a = \("x'; DROP TABLE t; --"), b = \(5), c = \(true), d = \(State.done), e = \([UInt8]([1, 2])) WHERE f = \(Data([3])) AND g = \(1.5)"

        #expect(sql.text == "UPDATE t SET a = ?, b = ?, c = ?, d = ?, e = ? WHERE f = ? AND g = ?")
        #expect(sql.values == [.text("x'; DROP TABLE t; --"), .integer(5), .integer(1), .text("done"), .blob([1, 2]), .blob([3]), .real(1.5)])
    }

    @Test func `an absent optional is NULL`() {
        let name: String? = nil, number: Int64? = 7, state: State? = nil
        let sql: SQL = "VALUES (\(name), \(number), \(state))"

        #expect(sql.values == [.null, .integer(7), .null])
    }

    @Test func `raw text is pasted as it is`() {
        #expect(("SELECT \(raw: "a, b") FROM t" as SQL).text == "SELECT a, b FROM t")
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (5, 8), (8, 8), (9, 16)])
    func `a list is filled up to a power of two with its last value`(count: Int, places: Int) {
        let ids = (1...count).map(Int64.init)
        let sql: SQL = "SELECT 1 WHERE x IN (\(list: ids))"

        #expect(sql.text.count { $0 == "?" } == places)
        #expect(sql.values == ids.map(SQLValue.integer) + Array(repeating: .integer(Int64(count)), count: places - count))
    }

    @Test func `fragments bring their values along in order`() {
        let filters: [SQL] = ["a = \(1)", "b = \("two")"]
        let sql: SQL = "SELECT 1 FROM t WHERE \(filters.joined(by: " AND ")) LIMIT \(3)"

        #expect(sql.text == "SELECT 1 FROM t WHERE a = ? AND b = ? LIMIT ?")
        #expect(sql.values == [.integer(1), .text("two"), .integer(3)])
    }

    @Test(arguments: [
        ("SELECT ?, ? FROM t", "SELECT $1, $2 FROM t", 2),
        ("SELECT '?', \"a?\", ? -- what's this?\n, ?", "SELECT '?', \"a?\", $1 -- what's this?\n, $2", 2),
        ("SELECT 'it''s ?' || ?", "SELECT 'it''s ?' || $1", 1),
        ("SELECT 1 - -?", "SELECT 1 - -$1", 1),
        ("SELECT 'ไทย', ?", "SELECT 'ไทย', $1", 1),
    ])
    func `question marks become numbers outside quotes and comments`(text: String, expected: String, count: Int) {
        let numbered = PostgresDialect.numbered(text)

        #expect(numbered.text == expected)
        #expect(numbered.count == count)
    }
}

@Suite struct DialectTests {
    @Test(arguments: [
        ("CREATE TABLE a (b INTEGER, c TEXT, d BLOB, e REAL);",
         "CREATE TABLE a (b INTEGER, c TEXT, d BLOB, e REAL) STRICT",
         "CREATE TABLE a (b BIGINT, c TEXT COLLATE \"C\", d BYTEA, e DOUBLE PRECISION)"),
        ("CREATE TABLE a (b INTEGER PRIMARY KEY) WITHOUT ROWID", "CREATE TABLE a (b INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID", "CREATE TABLE a (b BIGINT PRIMARY KEY)"),
        ("CREATE TABLE a (text_integer TEXT CHECK (text_integer IN ('TEXT', 'INTEGER')))",
         "CREATE TABLE a (text_integer TEXT CHECK (text_integer IN ('TEXT', 'INTEGER'))) STRICT",
         "CREATE TABLE a (text_integer TEXT COLLATE \"C\" CHECK (text_integer IN ('TEXT', 'INTEGER')))"),
        ("ALTER TABLE a ADD COLUMN b INTEGER NOT NULL DEFAULT 0", "ALTER TABLE a ADD COLUMN b INTEGER NOT NULL DEFAULT 0", "ALTER TABLE a ADD COLUMN b BIGINT NOT NULL DEFAULT 0"),
        ("CREATE TABLE a (b INTEGER CHECK (CAST(b AS TEXT) <> ''))", "CREATE TABLE a (b INTEGER CHECK (CAST(b AS TEXT) <> '')) STRICT", "CREATE TABLE a (b BIGINT CHECK (CAST(b AS TEXT) <> ''))"),
        ("UPDATE a SET b = 'INTEGER'", "UPDATE a SET b = 'INTEGER'", "UPDATE a SET b = 'INTEGER'"),
    ])
    func `a statement becomes each engine's own`(common: String, sqlite: String, postgres: String) {
        #expect(Dialect.translate(common, to: .sqlite) == sqlite)
        #expect(Dialect.translate(common, to: .postgres) == postgres)
    }

    @Test func `a checksum notices a moved, changed or added statement, and no white space around one`() {
        let migration = Migration(name: "0001", statements: ["A", "B"])

        #expect(migration.checksum == Migration(name: "0001", statements: [" A\n", "B"]).checksum)
        #expect(migration.checksum != Migration(name: "0001", statements: ["B", "A"]).checksum)
        #expect(migration.checksum != Migration(name: "0001", statements: ["A"], sqlite: ["B"]).checksum)
        #expect(migration.checksum != Migration(name: "0001", statements: ["A", "B", "C"]).checksum)
    }

    @Test(arguments: [
        (DatabaseError.fileInUse(path: "x.db", processID: 7), "file_in_use", "process 7"), (.overloaded, "overloaded", "Try again"),
        (.notDurable(setting: "fsync is off"), "not_durable", "fsync is off"), (.decoding(column: "total_minor"), "decoding", "total_minor"),
        (.constraint(kind: .notNull, name: "sku"), "not_null", "sku"), (.connectionLost, "connection_lost", "not known"),
    ])
    func `an error has a code, and a sentence with what an operator needs`(error: DatabaseError, code: String, part: String) {
        #expect(error.code == code)
        #expect(error.sentence.contains(part))
    }
}
