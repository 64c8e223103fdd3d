import Waiting
@testable import Database
import Dispatch
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct GroupCommitTests {
    struct Refusal: Error, Equatable { var id: Int }

    /// Starts `count` writes while the writer is held up, so that they wait together, and returns their results.
    static func together<T: Sendable>(_ database: Database, _ count: Int, _ body: @escaping @Sendable (any Transaction, Int) throws -> T) async throws -> [Result<T, any Error>] {
        let gate = DispatchSemaphore(value: 0)
        let entered = Locked(false)
        async let holder: Void = database.write { _ in
            entered.withLock { $0 = true }
            gate.wait()
        }
        #expect(await eventually { entered.withLock { $0 } })
        let tasks = (0..<count).map { index in Task { try await database.write { try body($0, index) } } }
        #expect(await eventually { database.statistics.pendingWrites == count })
        gate.signal()
        try await holder
        var results: [Result<T, any Error>] = []
        for task in tasks { results.append(await task.result) }
        return results
    }

    @Test(arguments: testedEngines)
    func `writes that wait together share a commit`(engine: Engine) async throws {
        var options = DatabaseOptions()
        options.maximumBatchTime = .seconds(60)
        try await withDatabase(engine, options: options) { database in
            let results = try await Self.together(database, 100) { tx, index in try tx.run(TestSchema.insert(index)) }
            #expect(results.allSatisfy { (try? $0.get()) == 1 })
            #expect(database.statistics.commits == 2)
            #expect(database.statistics.closures == 101)
            #expect(database.statistics.largestBatch == 100)
            #expect(try await database.count("orders") == 100)
        }
    }

    @Test(arguments: testedEngines)
    func `a closure that throws leaves its neighbours alone and nothing of itself`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let results = try await Self.together(database, 50) { tx, index in
                try tx.run(TestSchema.insert(index))
                if index.isMultiple(of: 5) { throw Refusal(id: index) }
                return index
            }
            for (index, result) in results.enumerated() {
                if index.isMultiple(of: 5) {
                    #expect(throws: Refusal(id: index)) { try result.get() }
                } else {
                    #expect(try result.get() == index)
                }
            }
            #expect(try await database.read { try $0.rows("SELECT id FROM orders ORDER BY id") { try $0.int(0) } } == (0..<50).filter { !$0.isMultiple(of: 5) })
            #expect(database.statistics.failedClosures == 10)
        }
    }

    @Test(arguments: testedEngines)
    func `a closure with a refused statement leaves its neighbours alone`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let results = try await Self.together(database, 20) { tx, index in
                try tx.run(TestSchema.insert(index))
                if index.isMultiple(of: 2) { try tx.run(TestSchema.insert(100 + index, "order \(index)")) }
            }
            #expect(results.enumerated().allSatisfy { index, result in index.isMultiple(of: 2) == ((try? result.get()) == nil) })
            #expect(try await database.count("orders") == 10)
        }
    }

    @Test(arguments: testedEngines)
    func `a closure without a statement costs nothing and returns its value`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let results = try await Self.together(database, 10) { _, index in
                if index == 3 { throw Refusal(id: 3) }
                return index
            }
            #expect(results.compactMap { try? $0.get() } == [0, 1, 2, 4, 5, 6, 7, 8, 9])
        }
    }

    @Test(arguments: testedEngines)
    func `many writers at once lose nothing`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { try $0.run("INSERT INTO counters (name, value) VALUES ('n', 0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<400 {
                    group.addTask {
                        try await database.write { tx in
                            let value = try tx.first("SELECT value FROM counters WHERE name = 'n'") { try $0.int(0) } ?? 0
                            try tx.run("UPDATE counters SET value = \(value + 1) WHERE name = 'n'")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.read { try $0.first("SELECT value FROM counters") { try $0.int(0) } } == 400)
        }
    }

    @Test(arguments: testedEngines)
    func `a batch stops at its time and the rest follows`(engine: Engine) async throws {
        var options = DatabaseOptions()
        options.maximumBatchTime = .zero
        try await withDatabase(engine, options: options) { database in
            let results = try await Self.together(database, 20) { tx, index in try tx.run(TestSchema.insert(index)) }
            #expect(results.allSatisfy { (try? $0.get()) == 1 })
            #expect(database.statistics.commits == 21)
            #expect(database.statistics.largestBatch == 1)
        }
    }

    @Test(arguments: testedEngines)
    func `an endless statement is stopped and its neighbours are written`(engine: Engine) async throws {
        var options = DatabaseOptions()
        options.statementSeconds = 1
        options.maximumBatchTime = .seconds(60)
        try await withDatabase(engine, options: options) { database in
            let results = try await Self.together(database, 10) { tx, index in
                try tx.run(TestSchema.insert(index))
                if index == 5 {
                    try tx.run("INSERT INTO orders (id, external_id) WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000) SELECT 99, 'x' FROM n WHERE x < 0")
                }
            }
            #expect(throws: DatabaseError.timedOut) { try results[5].get() }
            #expect(results.count { (try? $0.get()) != nil } == 9)
            let count = try await database.count("orders")
            #expect(count == 9)
        }
    }

    @Test(arguments: testedEngines)
    func `a full line refuses at once and goes on afterwards`(engine: Engine) async throws {
        var options = DatabaseOptions()
        options.maximumPendingWrites = 3
        try await withDatabase(engine, options: options) { database in
            let refused = Locked<DatabaseError?>(nil)
            let results = try await Self.together(database, 3) { tx, index in
                try tx.run(TestSchema.insert(index))
            }
            #expect(results.count { (try? $0.get()) != nil } == 3)
            let gate = DispatchSemaphore(value: 0)
            let entered = Locked(false)
            async let holder: Void = database.write { _ in
                entered.withLock { $0 = true }
                gate.wait()
            }
            #expect(await eventually { entered.withLock { $0 } })
            let waiting = (10..<13).map { id in Task { try await database.write { try $0.run(TestSchema.insert(id)) } } }
            #expect(await eventually { database.statistics.pendingWrites == 3 })
            do { try await database.write { _ in } } catch let error as DatabaseError { refused.withLock { $0 = error } }
            #expect(refused.withLock { $0 } == .overloaded)
            #expect(database.statistics.oldestPendingAge > .zero)
            gate.signal()
            try await holder
            for task in waiting { _ = try await task.value }
            #expect(try await database.count("orders") == 6)
        }
    }

    @Test(arguments: testedEngines)
    func `close finishes what waits and refuses what comes later`(engine: Engine) async throws {
        try await withScratchLocation(engine) { location in
            let database = try await open(location)
            let gate = DispatchSemaphore(value: 0)
            let entered = Locked(false)
            async let holder: Void = database.write { _ in
                entered.withLock { $0 = true }
                gate.wait()
            }
            #expect(await eventually { entered.withLock { $0 } })
            let waiting = (0..<50).map { id in Task { try await database.write { try $0.run(TestSchema.insert(id)) } } }
            #expect(await eventually { database.statistics.pendingWrites == 50 })
            async let closing: Void = database.close()
            #expect(await eventually { (try? await database.read { _ in }) == nil })
            gate.signal()
            try await holder
            await closing
            for task in waiting { #expect(try await task.value == 1) }
            await #expect(throws: DatabaseError.closed) { try await database.write { _ in } }
            await #expect(throws: DatabaseError.closed) { try await database.read { _ in } }
            await database.close()

            let again = try await open(location)
            #expect(try await again.count("orders") == 50)
            await again.close()
        }
    }

    @Test(arguments: testedEngines)
    func `a cancelled caller's write runs and gives its result`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await database.write { try $0.run(TestSchema.insert(1)) }
            }
            let changed = try await task.value
            #expect(changed == 1)
            #expect(try await database.count("orders") == 1)
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct ReadTests {
    @Test(arguments: testedEngines)
    func `a read sees one snapshot whatever is committed meanwhile`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            try await database.write { try $0.run(TestSchema.insert(1)) }
            let started = Locked(false)
            let gate = DispatchSemaphore(value: 0)
            async let counts = database.read { tx in
                let before = try tx.first("SELECT COUNT(*) FROM orders") { try $0.int(0) }
                started.withLock { $0 = true }
                gate.wait()
                return [before, try tx.first("SELECT COUNT(*) FROM orders") { try $0.int(0) }]
            }
            #expect(await eventually { started.withLock { $0 } })
            try await database.write { try $0.run(TestSchema.insert(2)) }
            gate.signal()
            #expect(try await counts == [1, 1])
            #expect(try await database.count("orders") == 2)
        }
    }

    @Test(arguments: testedEngines)
    func `a write inside a read is refused`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            await #expect(throws: DatabaseError.readOnly) { try await database.read { try $0.run(TestSchema.insert(1)) } }
            let count = try await database.count("orders")
            #expect(count == 0)
        }
    }

    @Test(arguments: testedEngines)
    func `reads run side by side`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let inside = Locked(0)
            let gate = DispatchSemaphore(value: 0)
            let tasks = (0..<4).map { _ in
                Task {
                    try await database.read { _ in
                        inside.withLock { $0 += 1 }
                        gate.wait()
                    }
                }
            }
            #expect(await eventually { inside.withLock { $0 } == 4 })
            for _ in tasks { gate.signal() }
            for task in tasks { try await task.value }
            #expect(await eventually { database.statistics.reads >= 4 })
        }
    }

    @Test(arguments: testedEngines)
    func `a read after a write sees it`(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            for id in 1...50 {
                try await database.write { try $0.run(TestSchema.insert(id)) }
                #expect(try await database.count("orders") == id)
            }
        }
    }

    @Test(arguments: testedEngines)
    func `a statement without an end is stopped`(engine: Engine) async throws {
        var options = DatabaseOptions()
        options.statementSeconds = 1
        try await withDatabase(engine, options: options) { database in
            await #expect(throws: DatabaseError.timedOut) {
                try await database.read { tx in
                    try tx.first("WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000) SELECT COUNT(*) FROM n") { try $0.int(0) }
                }
            }
            try await database.write { try $0.run(TestSchema.insert(1)) }
            #expect(try await database.count("orders") == 1)
        }
    }
}
