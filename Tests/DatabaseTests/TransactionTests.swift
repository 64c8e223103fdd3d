@testable import Database
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct TransactionTests {
    @Test(arguments: testedEngines)
    func `every kind of value comes back as it went in`(engine: Engine) async throws {
        let integers: [Int64] = [0, -1, .min, .max, 1_700_000_000_000]
        let texts = ["", "กรุงเทพมหานคร 🛵", "it's \"quoted\"?", String(repeating: "ñ", count: 5_000)]
        let blobs: [[UInt8]] = [[], [0], [UInt8](repeating: 7, count: 511), (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }]
        let reals = [0.0, -1.5, .pi, 1e300]
        try await withDatabase(engine) { database in
            let back = try await database.write { tx in
                (
                    try integers.map { value in try tx.first("SELECT \(value)") { try $0.int64(0) } },
                    try texts.map { value in try tx.first("SELECT \(value)") { try $0.text(0) } },
                    try blobs.map { value in try tx.first("SELECT \(value)") { try $0.blob(0) } },
                    try reals.map { value in try tx.first("SELECT \(value)") { try $0.real(0) } }
                )
            }
            #expect(back.0 == integers)
            #expect(back.1 == texts)
            #expect(back.2 == blobs)
            #expect(back.3 == reals)
        }
    }

    @Test(arguments: testedEngines)
    func `stored rows are read again with every column, absent ones included`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { tx in
                try tx.run("INSERT INTO orders (id, external_id, total_minor, weight, body) VALUES (\(1), \("a"), \(1999), \(2.5), \([UInt8]([1, 2])))")
                try tx.run("INSERT INTO orders (id, external_id, total_minor, weight, body) VALUES (\(2), \("b"), \(Int?.none), \(Double?.none), \([UInt8]?.none))")
            }
            let rows = try await database.read { tx in
                try tx.rows("SELECT id, external_id, total_minor, weight, body FROM orders ORDER BY id") { row in
                    "\(try row.int(0)) \(try row.text(1)) \(try row.optionalInt64(2) as Any) \(try row.optionalReal(3) as Any) \(try row.optionalBlob(4) as Any)"
                }
            }
            #expect(rows == ["1 a Optional(1999) Optional(2.5) Optional([1, 2])", "2 b nil nil nil"])
        }
    }

    @Test(arguments: testedEngines)
    func `sums, counts and comparisons read as numbers and Booleans`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let values = try await database.write { tx in
                for id in 1...3 {
                    try tx.run("INSERT INTO orders (id, external_id, total_minor) VALUES (\(id), \("o\(id)"), \(Int64.max / 4))")
                }
                return try tx.first("SELECT SUM(total_minor), COUNT(*), SUM(total_minor) > 5, SUM(-total_minor), SUM(id) * 10000, SUM(id) - 6 FROM orders") { row in
                    [try row.int64(0), try row.int64(1), try row.bool(2) ? 1 : 0, try row.int64(3), try row.int64(4), try row.int64(5)]
                }
            }
            #expect(values == [3 * (Int64.max / 4), 3, 1, -3 * (Int64.max / 4), 60_000, 0])
        }
    }

    @Test(arguments: testedEngines)
    func `a milliseconds sum with a small constant does not overflow`(engine: Engine) async throws {
        let now: Int64 = 1_700_000_000_000
        try await withDatabase(engine) { database in
            let value = try await database.read { tx in try tx.first("SELECT \(now) - 1000") { try $0.int64(0) } }
            #expect(value == now - 1000)
        }
    }

    @Test(arguments: testedEngines)
    func `run counts the rows that it changed`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let counts = try await database.write { tx in
                [
                    try tx.insertMany(into: "orders", columns: ["id", "external_id"], rows: (1...5).map { [.integer($0), .text("o\($0)")] }, onConflictDoNothing: false),
                    try tx.run("UPDATE orders SET total_minor = 1 WHERE id <= 3"),
                    try tx.run("UPDATE orders SET total_minor = 1 WHERE id = 99"),
                    try tx.run("INSERT INTO orders (id, external_id) VALUES (1, 'x') ON CONFLICT DO NOTHING"),
                    try tx.run("DELETE FROM orders"),
                ]
            }
            #expect(counts == [5, 3, 0, 0, 5])
        }
    }

    @Test(arguments: testedEngines)
    func `RETURNING gives the rows and changes all of them even if one is read`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let (first, left) = try await database.write { tx in
                for id in 1...3 { try tx.run(TestSchema.insert(id)) }
                let first = try tx.first("UPDATE orders SET total_minor = 5 RETURNING total_minor") { try $0.int(0) }
                return (first, try tx.first("SELECT COUNT(*) FROM orders WHERE total_minor = 5") { try $0.int(0) })
            }
            #expect(first == 5)
            #expect(left == 3)
        }
    }

    @Test(arguments: testedEngines, [1, 3, 300, 1_000])
    func `many rows are inserted and those that are there already are left out`(engine: Engine, count: Int) async throws {
        try await withDatabase(engine) { database in
            let inserted = try await database.write { tx in
                try tx.run(TestSchema.insert(count))
                let rows = (1...count).map { id -> [SQLValue] in
                    [.integer(Int64(id)), .text("row \(id)"), id.isMultiple(of: 3) ? .null : .integer(Int64(id)), .blob([UInt8](repeating: 1, count: 600))]
                }
                return try tx.insertMany(into: "orders", columns: ["id", "external_id", "total_minor", "body"], rows: rows, onConflictDoNothing: true)
            }
            #expect(inserted == count - 1)
            #expect(try await database.count("orders") == count)
        }
    }

    @Test(arguments: testedEngines)
    func `lists find their rows, and an empty list finds none`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let found = try await database.write { tx in
                for id in 1...10 { try tx.run(TestSchema.insert(id)) }
                func count(_ condition: SQL) throws -> Int? { try tx.first("SELECT COUNT(*) FROM orders WHERE \(condition)") { try $0.int(0) } }
                return [
                    try count("id IN (\(list: [Int64(1), 5, 9]))"), try count("id IN (\(list: [Int64]()))"), try count("id NOT IN (\(list: [Int64]()))"),
                    try count("external_id IN (\(list: ["order 2", "order 3"]))"), try count("external_id IN (\(list: [String]()))"),
                ]
            }
            #expect(found == [3, 0, 10, 2, 0])
        }
    }

    @Test(arguments: testedEngines)
    func `text sorts bytewise on every engine`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let order = try await database.write { tx in
                for (id, name) in ["b", "B", "a", "_", "é", "Z"].enumerated() { try tx.run(TestSchema.insert(id, name)) }
                return try tx.rows("SELECT external_id FROM orders ORDER BY external_id") { try $0.text(0) }
            }
            #expect(order == ["B", "Z", "_", "a", "b", "é"])
        }
    }

    @Test(arguments: testedEngines)
    func `a wrong type or NULL names the column and not the content`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { try $0.run("INSERT INTO orders (id, external_id) VALUES (1, 'secret')") }
            await #expect(throws: DatabaseError.decoding(column: "external_id")) {
                try await database.read { try $0.first("SELECT external_id FROM orders") { try $0.int(0) } }
            }
            await #expect(throws: DatabaseError.decoding(column: "total_minor")) {
                try await database.read { try $0.first("SELECT total_minor FROM orders") { try $0.int(0) } }
            }
            await #expect(throws: DatabaseError.decoding(column: "seven")) {
                try await database.read { try $0.first("SELECT 7 AS seven") { try $0.bool(0) } }
            }
            await #expect(throws: DatabaseError.decoding(column: "#3")) {
                try await database.read { try $0.first("SELECT 7 AS seven") { try $0.text(3) } }
            }
        }
    }

    @Test(arguments: testedEngines)
    func `each rule of the schema has its own error`(engine: Engine) async throws {
        let uniqueName = engine == .sqlite ? "orders.external_id" : "orders_external_id_key"
        try await withDatabase(engine) { database in
            try await database.write { try $0.run(TestSchema.insert(1, "same")) }
            await #expect(throws: DatabaseError.unique(constraint: uniqueName)) { try await database.write { try $0.run(TestSchema.insert(2, "same")) } }
            let cases: [(SQL, DatabaseError.ConstraintKind)] = [
                ("INSERT INTO orders (id, external_id, total_minor) VALUES (3, 'c', -1)", .check),
                ("INSERT INTO orders (id, external_id) VALUES (3, \(String?.none))", .notNull),
                ("INSERT INTO order_lines (order_id, position, sku) VALUES (99, 1, 'x')", .foreignKey),
            ]
            for (sql, expected) in cases {
                let error = await #expect(throws: DatabaseError.self) { try await database.write { try $0.run(sql) } }
                guard case .constraint(let kind, _) = error else { Issue.record("\(String(describing: error)) for \(sql.text)"); continue }
                #expect(kind == expected)
            }
        }
    }

    @Test(arguments: testedEngines)
    func `a savepoint undoes its own part and lets the closure go on`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let caught = try await database.write { tx in
                try tx.run(TestSchema.insert(1))
                var caught: DatabaseError?
                do {
                    try tx.savepoint {
                        try tx.run(TestSchema.insert(2))
                        try tx.run(TestSchema.insert(1))
                    }
                } catch let error as DatabaseError { caught = error }
                try tx.savepoint { _ = try tx.run(TestSchema.insert(3)) }
                return caught
            }
            #expect(caught?.code == "unique")
            #expect(try await database.read { try $0.rows("SELECT id FROM orders ORDER BY id") { try $0.int(0) } } == [1, 3])
        }
    }

    @Test(arguments: testedEngines)
    func `a failed statement fails the closure even when its error was caught`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.write { tx in
                    try tx.run(TestSchema.insert(1))
                    _ = try? tx.run(TestSchema.insert(1))
                }
            }
            let count = try await database.count("orders")
            #expect(error?.code == "unique")
            #expect(count == 0)
        }
    }

    @Test(arguments: testedEngines)
    func `a query inside a query's rows works`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let pairs = try await database.write { tx in
                for id in 1...3 { try tx.run(TestSchema.insert(id)) }
                return try tx.rows("SELECT id FROM orders ORDER BY id") { outer in
                    let id = try outer.int(0)
                    return try tx.rows("SELECT id FROM orders ORDER BY id") { try $0.int(0) }.filter { $0 < id }.count
                }
            }
            #expect(pairs == [0, 1, 2])
        }
    }

    @Test(arguments: testedEngines)
    func `a column that was NULL first takes a number later`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { tx in
                for (id, total) in [nil, 5, nil, 7].enumerated() as EnumeratedSequence<[Int?]> {
                    try tx.run("INSERT INTO orders (id, external_id, total_minor) VALUES (\(id), \("o\(id)"), \(total))")
                }
            }
            #expect(try await database.read { try $0.rows("SELECT total_minor FROM orders ORDER BY id") { try $0.optionalInt(0) } } == [nil, 5, nil, 7])
        }
    }

    @Test(arguments: testedEngines)
    func `broken SQL and a wrong number of values are errors, and the database goes on`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            await #expect(throws: DatabaseError.self) { try await database.write { try $0.run("SELEKT 1") } }
            let error = await #expect(throws: DatabaseError.self) { try await database.write { try $0.run(SQL(raw: "SELECT ?, ?", values: [.integer(1)])) } }
            #expect(error?.code == "parameters")
            await #expect(throws: DatabaseError.self) { try await database.write { try $0.run("SELECT 1; SELECT 2") } }
            try await database.write { try $0.run(TestSchema.insert(1)) }
            #expect(try await database.count("orders") == 1)
        }
    }
}
