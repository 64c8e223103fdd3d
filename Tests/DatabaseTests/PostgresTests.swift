@testable import Database
import Foundation
import Testing

@Suite(.enabled(if: PostgresCluster.isWanted, "no PostgreSQL wanted"), .timeLimit(.minutes(2))) struct PostgresTests {
    /// Ends the connections of the database that carry this name.
    private func terminate(_ url: String, _ applicationName: String) throws {
        try PostgresCluster.administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = '\(applicationName)'", url)
    }

    @Test(arguments: ["synchronous_commit"])
    func `a server that answers before the flush is refused`(setting: String) async throws {
        try await PostgresCluster.withDatabase { url in
            guard let name = url.split(separator: "/").last else { return }
            try PostgresCluster.administer("ALTER DATABASE \(name) SET \(setting) = off", url)
            await #expect(throws: DatabaseError.notDurable(setting: "\(setting) is off")) { try await open(.postgres(url: url)) }
        }
    }

    @Test func `a server that is not there is named, without the password`() async throws {
        let error = await #expect(throws: DatabaseError.self) { try await open(.postgres(url: "postgres://someone:hunter2@127.0.0.1:1/x")) }
        guard case .unreachable(let reason) = error else { Issue.record("\(String(describing: error))"); return }
        #expect(reason.contains("127.0.0.1"))
        #expect(!reason.contains("hunter2"))
    }

    @Test func `a writer whose connection was ended connects again and writes once`() async throws {
        try await PostgresCluster.withDatabase { url in
            let database = try await open(.postgres(url: url))
            try await database.write { try $0.run(TestSchema.insert(1)) }
            try terminate(url, "crossdock test writer")
            try await database.write { try $0.run(TestSchema.insert(2)) }
            #expect(try await database.count("orders") == 2)
            await database.close()
        }
    }

    @Test func `a reader whose connection was ended connects again`() async throws {
        try await PostgresCluster.withDatabase { url in
            let database = try await open(.postgres(url: url))
            try await database.write { try $0.run(TestSchema.insert(1)) }
            try terminate(url, "crossdock test reader")
            for _ in 0..<8 { #expect(try await database.count("orders") == 1) }
            await database.close()
        }
    }

    @Test func `a connection lost in the middle of a closure repeats the whole closure`() async throws {
        try await PostgresCluster.withDatabase { url in
            let database = try await open(.postgres(url: url))
            let runs = Locked(0)
            try await database.write { tx in
                let run = runs.withLock { $0 += 1; return $0 }
                try tx.run(TestSchema.insert(1))
                if run == 1 { try tx.run("SELECT pg_terminate_backend(pg_backend_pid())") }
                try tx.run(TestSchema.insert(2))
            }
            #expect(runs.withLock { $0 } == 2)
            #expect(try await database.count("orders") == 2)
            await database.close()
        }
    }

    @Test func `a connection lost during the commit is an unknown outcome`() async throws {
        let dyingCommit = Migration(name: "0003 dying commit", statements: [], postgres: [
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END'",
            "CREATE CONSTRAINT TRIGGER dying AFTER INSERT ON counters DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
        ])
        try await PostgresCluster.withDatabase { url in
            let database = try await open(.postgres(url: url), TestSchema.migrations + [dyingCommit])
            await #expect(throws: DatabaseError.connectionLost) {
                try await database.write { try $0.run("INSERT INTO counters (name, value) VALUES ('a', 1)") }
            }
            try await database.write { try $0.run(TestSchema.insert(1)) }
            #expect(try await database.count("orders") == 1)
            await database.close()
        }
    }

    @Test func `two nodes that change the same row repeat instead of losing a change`() async throws {
        try await PostgresCluster.withDatabase { url in
            let nodes = [try await open(.postgres(url: url)), try await open(.postgres(url: url))]
            try await nodes[0].write { try $0.run("INSERT INTO counters (name, value) VALUES ('n', 0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for node in nodes {
                    group.addTask {
                        for _ in 0..<50 {
                            var isDone = false
                            while !isDone {
                                do {
                                    try await node.write { tx in
                                        let value = try tx.first("SELECT value FROM counters WHERE name = 'n'") { try $0.int(0) } ?? 0
                                        try tx.run("UPDATE counters SET value = \(value + 1) WHERE name = 'n'")
                                    }
                                    isDone = true
                                } catch DatabaseError.retry {}  // unlucky six times over; nothing was written
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await nodes[1].read { try $0.first("SELECT value FROM counters") { try $0.int(0) } } == 100)
            for node in nodes { await node.close() }
        }
    }

    @Test func `several writers of one node share the line and lose nothing`() async throws {
        var options = DatabaseOptions()
        options.writers = 3
        options.maximumBatch = 4
        try await withDatabase(.postgres, options: options) { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 0..<300 { group.addTask { try await database.write { _ = try $0.run(TestSchema.insert(id)) } } }
                try await group.waitForAll()
            }
            #expect(try await database.count("orders") == 300)
        }
    }

    @Test func `more different statements than the cache holds are no trouble`() async throws {
        try await withDatabase(.postgres) { database in
            for round in 0..<3 {
                let sum = try await database.write { tx in
                    try (0..<400).reduce(0) { sum, index in try sum + (tx.first("SELECT \(index) + \(raw: String(round * 400))") { try $0.int(0) } ?? 0) }
                }
                #expect(sum == 400 * 399 / 2 + 400 * round * 400)
            }
        }
    }

    @Test func `a statement that fails when it runs is prepared once`() async throws {
        try await withDatabase(.postgres) { database in
            try await database.write { try $0.run(TestSchema.insert(1)) }
            let prepared = try await database.write { tx in
                for _ in 0..<5 { #expect(throws: DatabaseError.self) { try tx.savepoint { try tx.run("INSERT INTO orders (id, external_id) VALUES (\(1), \("x"))") } } }
                return try tx.first("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO orders%'") { try $0.int(0) }
            }
            #expect(prepared == 1)
        }
    }

    @Test(arguments: [
        ("40001", DatabaseError.retry), ("40P01", .retry), ("55P03", .retry), ("53100", .diskFull), ("57014", .timedOut), ("58030", .ioFailure(code: 58030)),
        ("42P01", .other(code: "42P01", message: "told")), ("22003", .other(code: "22003", message: "a value does not fit its type")),
    ])
    func `each state of the server has its error, and the next write works`(state: String, expected: DatabaseError) async throws {
        try await withDatabase(.postgres) { database in
            await #expect(throws: expected) {
                try await database.write { tx in
                    try tx.run(TestSchema.insert(1))
                    try tx.run("DO \(raw: "$$ BEGIN RAISE EXCEPTION 'told' USING ERRCODE = '\(state)'; END $$")")
                }
            }
            try await database.write { try $0.run(TestSchema.insert(2)) }
            #expect(try await database.read { try $0.rows("SELECT id FROM orders") { try $0.int(0) } } == [2])
        }
    }

    @Test func `a data error does not quote the datum`() async throws {
        try await withDatabase(.postgres) { database in
            let error = await #expect(throws: DatabaseError.self) {
                try await database.read { try $0.first("SELECT CAST(\("hunter2") AS BIGINT)") { try $0.int(0) } }
            }
            #expect(error?.sentence.contains("hunter2") == false)
        }
    }
}
