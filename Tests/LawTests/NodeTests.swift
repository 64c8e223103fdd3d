import Database
import Dispatch
import Domain
import Foundation
import Glibc
import Hub
import Logging
import NIOHTTP1
import Testing

extension Laws {
    /// Two hubs on one PostgreSQL database: one works, whatever happens to the other (docs/decisions/0008).
    @Suite struct NodeTests {
        static let length = Duration.milliseconds(400)

        private static func lease(_ url: String, _ node: String, length: Duration = length) async throws -> NodeLease {
            try await NodeLease.open(url: url, node: node, length: length, logger: LawLog.silent)
        }
        private static func ledger(_ url: String, _ lease: NodeLease) async throws -> Database {
            var options = DatabaseOptions()
            options.sessionGuard = lease.sessionGuard
            return try await Database.open(.postgres(url: url), logger: LawLog.silent, migrations: LedgerSchema.migrations, name: "ledger", options: options)
        }
        private static func mark(_ database: Database, _ name: String) async throws {
            try await database.write { try $0.run("INSERT INTO cursors (channel_id, name, position, updated_at) VALUES (0, \(name), 1, 0)") }
        }
        private static func marks(_ database: Database) async throws -> [String] {
            try await database.read { try $0.rows("SELECT name FROM cursors WHERE name LIKE 'node %' ORDER BY name") { try $0.text(0) } }
        }

        @Test(.timeLimit(.minutes(1)))
        func `one of two hubs works, and the other follows at once when it goes in good order`() async throws {
            let url = try LawPostgres.freshDatabase(), first = try await Self.lease(url, "first", length: .seconds(60)), second = try await Self.lease(url, "second", length: .seconds(60))
            #expect(try await first.take(keyMark: "k"))
            #expect(try await !second.take(keyMark: "k"))
            try await first.announce(address: "http://127.0.0.1:1")
            let holder = try await second.holder()
            #expect(holder?.node == "first" && holder?.address == "http://127.0.0.1:1")
            #expect(first.isHeld && !second.isHeld)
            await first.close()
            #expect(try await second.holder() == nil)
            #expect(try await second.take(keyMark: "k"))
            #expect(second.isHeld)
            await second.close()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a hub that was not heard of is taken over, and can write no row and make no call afterwards`() async throws {
            let url = try LawPostgres.freshDatabase(), first = try await Self.lease(url, "first"), second = try await Self.lease(url, "second")
            #expect(try await first.take(keyMark: "k"))
            let old = try await Self.ledger(url, first)
            try await Self.mark(old, "node before")
            try await until("the right has run out") { try await second.take(keyMark: "k") }
            #expect(!first.isHeld)
            await #expect(throws: DatabaseError.fenced) { try await Self.mark(old, "node late") }
            await #expect(throws: DatabaseError.fenced) { try await Self.marks(old) }
            await #expect(throws: NodeFault.lost) { try await first.keep() }
            let new = try await Self.ledger(url, second)
            try await Self.mark(new, "node new")
            #expect(try await Self.marks(new) == ["node before", "node new"])
            await old.close()
            await new.close()
            await first.close()
            await second.close()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a transaction that was open when its hub was taken over is never committed`() async throws {
            let url = try LawPostgres.freshDatabase(), first = try await Self.lease(url, "first"), second = try await Self.lease(url, "second")
            #expect(try await first.take(keyMark: "k"))
            let old = try await Self.ledger(url, first), isOpen = Flagged(false), gate = DispatchSemaphore(value: 0)
            let held = Task {
                try await old.write { tx in
                    try tx.run("INSERT INTO cursors (channel_id, name, position, updated_at) VALUES (0, 'node held up', 1, 0)")
                    isOpen.value = true
                    gate.wait()
                }
            }
            try await until("the transaction is open") { isOpen.value }
            try await until("the right has run out") { try await second.take(keyMark: "k") }
            gate.signal()
            await #expect(throws: DatabaseError.self) { try await held.value }
            let new = try await Self.ledger(url, second)
            #expect(try await Self.marks(new) == [])
            await old.close()
            await new.close()
            await first.close()
            await second.close()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a hub that keeps its right keeps it beyond its length, and one that was away takes it up again if nobody has it`() async throws {
            let url = try LawPostgres.freshDatabase(), first = try await Self.lease(url, "first"), second = try await Self.lease(url, "second")
            #expect(try await first.take(keyMark: "k"))
            let keeping = Task { try await first.keep() }, end = ContinuousClock.now + Self.length * 3
            try await until("three lengths have passed") { ContinuousClock.now > end }
            #expect(try await !second.take(keyMark: "k"))
            keeping.cancel()
            await #expect(throws: CancellationError.self) { try await keeping.value }
            try await until("the right has run out") { !first.isHeld }
            let again = Task { try await first.keep() }
            try await until("it is held again") { first.isHeld }
            again.cancel()
            _ = await again.result
            await first.close()
            await second.close()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a hub with another key is told so instead of working with credentials that it cannot open`() async throws {
            let url = try LawPostgres.freshDatabase(), first = try await Self.lease(url, "first"), second = try await Self.lease(url, "second")
            let vault = try Vault(base64Key: Data(repeating: 1, count: 32).base64EncodedString()), other = try Vault(base64Key: Data(repeating: 2, count: 32).base64EncodedString())
            #expect(try await first.take(keyMark: vault.mark))
            await first.close()
            await #expect(throws: NodeFault.otherKey) { try await second.take(keyMark: other.mark) }
            #expect(try await second.take(keyMark: vault.mark))
            await second.close()
        }

        private static func pair() throws -> (LawBinary, LawBinary) {
            let folder = FileManager.default.temporaryDirectory.appending(path: "crossdock-law-\(UUID().uuidString)").path, url = try LawPostgres.freshDatabase()
            return (try LawBinary(folder: folder, databaseURL: url), try LawBinary(folder: folder, databaseURL: url))
        }
        private static func works(_ binary: LawBinary) async -> Bool {
            guard let answer = try? await LawHTTP.call("GET", binary.base + "/health/live") else { return false }       // not listening for a moment: asked again
            return answer.text == "ok\n"
        }

        @Test(.timeLimit(.minutes(3)))
        func `a second hub passes everything on while the first works, and works itself soon after the first was killed`() async throws {
            let (first, second) = try Self.pair()
            defer { try? FileManager.default.removeItem(atPath: first.folder) }      // left over in the temporary folder at worst
            try await first.start()
            try await second.start(standsBy: true)
            let address = try #require(try await first.api("POST", "channels", json: ProcessTests.shop)["hookURL"] as? String)
            let hook = address.replacing(first.base, with: second.base)
            try await until("the second knows the first") { try await LawHTTP.call("GET", second.base + "/health/ready").status == 200 }
            #expect(try await ProcessTests.deliver(7_100_000_000_001, to: hook).status == 200)
            try await until("the order is there, asked through either") { try await Set([first.orders().count, second.orders().count]) == [1] }
            let page = try await LawHTTP.call("GET", second.base + "/sign-in")
            #expect(page.text.contains("<form"), "\(page.status)")
            let killed = ContinuousClock.now
            first.signal(SIGKILL)
            _ = try await first.end(within: .seconds(5))
            let meanwhile = try await LawHTTP.call("GET", second.base + "/health/ready")
            #expect(meanwhile.status == 503)
            #expect(meanwhile.headers.first(name: "retry-after") == "5")
            try await until("the second works", within: .seconds(40)) { await Self.works(second) }
            #expect(ContinuousClock.now - killed < .seconds(40))
            #expect(try await ProcessTests.deliver(7_100_000_000_002, to: hook).status == 200)
            try await until("both orders are there") { try await second.orders() == ["7100000000001", "7100000000002"] }
            try await first.start(standsBy: true)
            try await until("asked through the first") { ((try? await first.orders()) ?? []).count == 2 }     // not listening yet: asked again
            _ = try await second.terminate(within: .seconds(12))
            try await until("the first works again", within: .seconds(40)) { await Self.works(first) }
            _ = try await first.terminate(within: .seconds(12))
        }

        @Test(.timeLimit(.minutes(3)))
        func `a hub that is told to end while it takes over ends in good order`() async throws {
            let (first, second) = try Self.pair()
            defer { try? FileManager.default.removeItem(atPath: first.folder) }      // left over in the temporary folder at worst
            try await first.start()
            try await second.start(standsBy: true)
            let watcher = try await Self.lease(first.databaseURL ?? "", "watcher")
            let before = try #require(try await watcher.holder()).node
            try await until("the second knows the first") { try await LawHTTP.call("GET", second.base + "/health/ready").status == 200 }
            // Whoever follows the changes through the second keeps its door from closing at once.
            let following = Task { try await LawHTTP.call("GET", second.base + "/api/v1/events/stream", headers: [("authorization", "Bearer \(first.token)")]) }
            _ = try await first.terminate(within: .seconds(12))
            try await until("the second has the right to work", within: .seconds(20)) { try await watcher.holder().map { $0.node != before } ?? false }
            let end = try #require(try await second.terminate(within: .seconds(15)), "told to end, it worked on")
            #expect(end.status == 0)
            #expect(try await watcher.holder() == nil)
            following.cancel()
            _ = await following.result
            await watcher.close()
        }

        @Test(.timeLimit(.minutes(3)))
        func `a hub that was stopped in its tracks ends when it comes back and finds another at work`() async throws {
            let (first, second) = try Self.pair()
            defer { try? FileManager.default.removeItem(atPath: first.folder) }      // left over in the temporary folder at worst
            try await first.start()
            try await second.start(standsBy: true)
            first.signal(SIGSTOP)
            try await until("the second works", within: .seconds(40)) { await Self.works(second) }
            first.signal(SIGCONT)
            let status = try #require(try await first.end(within: .seconds(30)), "still there after thirty seconds")
            #expect(status != 0)
            #expect(await Self.works(second))
            _ = try await second.terminate(within: .seconds(12))
        }
    }
}
