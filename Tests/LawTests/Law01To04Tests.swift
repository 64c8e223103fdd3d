import Database
import Domain
import Foundation
import Hub
import NIOHTTP1
import Testing

extension Laws {
    @Suite struct Law01DiskBeforeAnswerTests {
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a platform is answered only after its delivery is on disk`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook())
            let gate = DispatchSemaphore(value: 0), isHeld = Flagged(false), isAnswered = Flagged(false)
            // The one writer of the journal is kept busy: nothing can reach the disk.
            let holding = Task { try await law.hub.journalDatabase.write { _ in isHeld.value = true; gate.wait() } }
            try await until("the writer is held") { isHeld.value }
            let order = OrderSnapshot.law("1", at: law.clock.now)
            let delivering = Task {
                let answer = try await law.deliver(order, to: shop)
                isAnswered.value = true
                return answer.status
            }
            try await until("the delivery waits for the disk") { law.hub.journalDatabase.statistics.pendingWrites > 0 }
            let listed = try await law.api("GET", "orders")      // another call is answered meanwhile
            #expect((listed["data"] as? [Any])?.isEmpty == true)
            #expect(!isAnswered.value)
            let keptBefore = try await law.hub.journal.lastID()
            #expect(keptBefore == DeliveryID(0))
            gate.signal()
            try await holding.value
            let status = try await delivering.value
            #expect(status == 200)
            let kept = try await law.hub.journal.lastID()
            #expect(kept > DeliveryID(0))
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a delivery that cannot be kept is refused with 503 and a time to come again`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook())
            await law.hub.journalDatabase.close()
            let answer = try await law.deliver(.law("1", at: law.clock.now), to: shop)
            #expect(answer.status == 503)
            #expect(answer.headers.first(name: "retry-after") == "5")
            await law.end()
        }
    }
}

extension Laws {
    @Suite struct Law02OneOrderOnceTests {
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a delivery repeated after a restart is answered 2xx and changes nothing`(engine: LawEngine) async throws {
            let place = try await LawPlace.fresh(engine), book = LawBook()
            var law = try await LawHub.start(place)
            let shop = try await law.addShop(book), time = law.clock.now
            try await law.deliver(.law("1", at: time), to: shop, key: "first")
            let first = try await law.order("1", in: shop)
            await law.stop()
            law = try await LawHub.start(place)
            // The same receipt key with newer words: the key decides.
            let answer = try await law.deliver(.law("1", at: time + .seconds(60), note: "changed"), to: shop, key: "first")
            #expect(answer.status == 200)
            try await law.settled()
            let again = try await law.order("1", in: shop), page = try await law.hub.ledger.orders(OrderFilter(), after: nil, limit: 10)
            #expect(again == first)
            #expect(page.orders.count == 1)
            let events = try await law.hub.ledger.events(of: first.id)
            #expect(events.count(where: { $0.type == EventType.created.rawValue }) == 1)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `an order that arrives fifty times at once under fifty keys is one order with one booking job`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook())
            _ = try await law.hub.channels.add(platform: "courier", name: "Courier", settings: ["url": "http://127.0.0.1:9", "keyID": "k", "secret": "s", "callbackSecret": "c"], by: "test")
            let time = law.clock.now
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<50 { group.addTask { try await law.deliver(.law("1", at: time), to: shop, key: "key \(index)").status } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(statuses == [200])
            try await law.settled()
            let page = try await law.hub.ledger.orders(OrderFilter(), after: nil, limit: 10)
            #expect(page.orders.map(\.version) == [1])
            let jobs = try await law.jobs()
            #expect(jobs.map(\.job.idempotencyKey) == page.orders.map { "book:\($0.id):1" })
            await law.end()
        }
    }
}

extension Laws {
    @Suite struct Law04StateAndConsequenceTests {
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `an order whose jobs cannot be written is not there at all, and is shown as a problem`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook()), time = law.clock.now
            _ = try await law.hub.channels.add(platform: "courier", name: "Courier", settings: ["url": "http://127.0.0.1:9", "keyID": "k", "secret": "s", "callbackSecret": "c"], by: "test")
            try await law.hub.ledgerDatabase.write { tx in
                try tx.run(engine == .sqlite
                    ? "CREATE TRIGGER no_jobs BEFORE INSERT ON jobs WHEN NEW.action = 'book' BEGIN SELECT RAISE(ABORT, 'no jobs today'); END"
                    : "ALTER TABLE jobs ADD CONSTRAINT no_jobs CHECK (action <> 'book') NOT VALID")
            }
            try await law.deliver(.law("1", at: time), to: shop, key: "a")
            try await law.settled()
            let (orders, events, terms, counted) = try await law.hub.ledgerDatabase.read { tx in
                (try tx.rows("SELECT id FROM orders") { try $0.int64(0) }.count, try tx.rows("SELECT id FROM events") { try $0.int64(0) }.count,
                 try tx.rows("SELECT term FROM order_terms") { try $0.text(0) }.count, try tx.rows("SELECT orders FROM facet_counts WHERE orders <> 0") { try $0.int64(0) }.count)
            }
            let left = orders + events + terms + counted
            #expect(left == 0)
            let problems = try await law.problems()
            #expect(problems.map(\.kind) == ["unreadableDelivery"])
            try await law.hub.ledgerDatabase.write { tx in
                try tx.run(engine == .sqlite ? "DROP TRIGGER no_jobs" : "ALTER TABLE jobs DROP CONSTRAINT no_jobs")
            }
            try await law.deliver(.law("1", at: time), to: shop, key: "b")
            let order = try await law.order("1", in: shop), jobs = try await law.jobs(of: order.id)
            #expect(order.workflow == .queued || order.workflow == .approved)
            #expect(jobs.count == 1)
            await law.end()
        }
    }
}
