import Connect
import Database
import Domain
import Foundation
import Hub
import Testing

extension Laws {
    /// What Today counts is what there is, whatever happened before.
    @Suite struct TodayTests {
        private static func board(_ law: LawHub) async throws -> TodayBoard { try await law.hub.today(until: law.clock.now + .seconds(48 * 3600)) }

        /// The counts and the rows behind them say the same.
        private static func agree(_ law: LawHub) async throws {
            let (counted, rows) = try await law.hub.ledgerDatabase.read { tx in
                (try tx.first("SELECT CAST(COALESCE(SUM(orders), 0) AS BIGINT) FROM due_counts") { try $0.int(0) }, try tx.first("SELECT COUNT(*) FROM orders WHERE ship_by IS NOT NULL") { try $0.int(0) })
            }
            #expect(counted == rows)
            let (waits, waiting) = try await law.hub.ledgerDatabase.read { tx in
                (try tx.first("SELECT CAST(COALESCE(SUM(orders), 0) AS BIGINT) FROM waiting_counts") { try $0.int(0) }, try tx.first("SELECT COUNT(*) FROM waiting") { try $0.int(0) })
            }
            #expect(waits == waiting)
        }

        private static func order(_ id: String, _ law: LawHub, leavesIn hours: Int64?) -> OrderSnapshot {
            var order = OrderSnapshot.law(id, at: law.clock.now - .seconds(60))
            order.shipping.shipBy = hours.map { law.clock.now + .seconds($0 * 3600) }
            return order
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `what must leave is counted by its hour and stage, and gone when it needs to leave no more`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"])
            for (id, hours) in [("late", -1), ("soon", 2), ("later", 5), ("none", nil)] as [(String, Int64?)] { try await law.deliver(Self.order(id, law, leavesIn: hours), to: shop) }
            try await law.settled()
            let first = try await Self.board(law)
            #expect(first.lateOrders == 1 && first.due.map(\.orders).reduce(0, +) == 3)
            #expect(first.due.allSatisfy { $0.stage == .toApprove && $0.channel == shop })
            // Without a word of the platform the channel's promise stands: a day.
            let promised = try #require(first.due.last?.from)
            #expect(abs((promised - law.clock.now).inMilliseconds - 86_400_000) < 1_800_000)
            _ = try await law.hub.ledger.act(.approve, on: try await law.order("soon", in: shop).id, by: "ann")
            _ = try await law.hub.ledger.act(.exclude(reason: "test"), on: try await law.order("late", in: shop).id, by: "ann")
            let second = try await Self.board(law)
            #expect(second.lateOrders == 0 && second.due.filter { $0.stage == .going }.map(\.orders) == [1])
            law.clock.move(by: .seconds(3 * 3600))
            #expect(try await Self.board(law).lateOrders == 1, "two hours are over")
            try await Self.agree(law)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a new time of the platform moves an order to its new hour`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"])
            var order = Self.order("1", law, leavesIn: 2)
            try await law.deliver(order, to: shop)
            order.shipping.shipBy = law.clock.now + .seconds(20 * 3600)
            order.revision.updatedAt = order.revision.updatedAt + .seconds(30)
            try await law.deliver(order, to: shop)
            try await law.settled()
            let due = try await Self.board(law).due
            #expect(due.count == 1 && due.first.map { ($0.from ?? law.clock.now) > law.clock.now + .seconds(19 * 3600) } == true)
            try await Self.agree(law)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `what waits is grouped by its cause, and leaves the group with a person's word`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook())
            _ = try await law.hub.channels.applyRules(RuleApplication("rules: [{name: big, when: {field: totals.grand, atLeast: \"100\"}, then: {hold: look at it}}]", by: AuditActor(name: "ann")), to: shop)
            for index in 0..<3 { try await law.deliver(.law("\(index)", at: law.clock.now - .seconds(60)), to: shop) }
            var slip = OrderSnapshot.law("slip", at: law.clock.now - .seconds(60))
            (slip.standing, slip.platformStatus) = (.onHold, "slip to check")
            try await law.deliver(slip, to: shop)
            try await law.settled()
            let groups = try await Self.board(law).waiting
            #expect(groups.map { "\($0.cause) \($0.subject) \($0.reason) \($0.orders)" }.sorted() == ["platform slip to check  1", "rule big look at it 3"])
            #expect(groups.allSatisfy { $0.oldestSince != nil })
            _ = try await law.hub.ledger.act(.approve, on: try await law.order("0", in: shop).id, by: "ann")
            #expect(try await Self.board(law).waiting.first { $0.cause == .rule }?.orders == 2)
            try await Self.agree(law)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `orders that are older than the lists are found after the start`(engine: LawEngine) async throws {
            let place = try await LawPlace.fresh(engine), law = try await LawHub.start(place), shop = try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"])
            for index in 0..<5 { try await law.deliver(Self.order("\(index)", law, leavesIn: 3), to: shop) }
            try await law.settled()
            try await law.hub.ledgerDatabase.write { tx in
                for table in ["due_counts", "waiting", "waiting_counts"] { try tx.run("DELETE FROM \(raw: table)") }
                try tx.run("UPDATE orders SET ship_by = NULL")
                try tx.run("DELETE FROM cursors WHERE channel_id = 0 AND name = 'today'")
            }
            await law.stop()
            let again = try await LawHub.start(place, clock: law.clock)
            try await until("the lists are filled") { try await Self.board(again).due.map(\.orders).reduce(0, +) == 5 }
            #expect(try await Self.board(again).waiting.map(\.orders) == [5])
            try await Self.agree(again)
            await again.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `the series of the day outlives a restart`(engine: LawEngine) async throws {
            let place = try await LawPlace.fresh(engine), law = try await LawHub.start(place), shop = try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"])
            for index in 0..<4 { try await law.deliver(.law("\(index)", at: law.clock.now - .seconds(60)), to: shop) }
            try await law.settled()
            try await until("the beats are counted") { law.hub.pulse.series(stepMinutes: 10).map(\.orders).reduce(0, +) == 4 }
            await law.stop()
            let again = try await LawHub.start(place, clock: law.clock), series = again.hub.pulse.series(stepMinutes: 10)
            #expect(series.map(\.accepted).reduce(0, +) == 4 && series.map(\.orders).reduce(0, +) == 4)
            #expect(again.hub.pulse.lastHeard[shop] != nil)
            await again.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a channel that breaks its rhythm is told of until it delivers again`(engine: LawEngine) async throws {
            let place = try await LawPlace.fresh(engine), law = try await LawHub.start(place), shop = try await law.addShop(LawBook())
            law.clock.move(by: .seconds(7 * 86_400))
            try await law.deliver(.law("1", at: law.clock.now - .seconds(60)), to: shop)
            try await law.settled()
            let hour = law.clock.now.milliseconds / 3_600_000
            try await law.hub.ledgerDatabase.write { tx in
                for back in Int64(1)...150 { try tx.run("INSERT INTO channel_counts (channel_id, hour, name, count) VALUES (\(shop.value), \(hour - back), 'created', 20)") }
            }
            try await until("it was heard") { law.hub.pulse.lastHeard[shop] != nil }
            #expect(try await law.hub.silence.silent().isEmpty)
            law.clock.move(by: .seconds(2 * 3600))
            let silent = try await law.hub.silence.silent()
            #expect(silent.map(\.channel) == [shop] && (silent.first?.expected ?? 0) > 20)
            let before = law.hub.pulse.lastHeard[shop]
            try await law.deliver(.law("2", at: law.clock.now - .seconds(60)), to: shop)
            try await law.settled()
            // What was found silent is remembered for a while: only then is it looked at anew.
            try await until("it was heard again") { law.hub.pulse.lastHeard[shop] != before }
            law.clock.move(by: .seconds(40))
            try await until("it is silent no more") { try await law.hub.silence.silent().isEmpty }
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)))
        func `every question of Today and of an order's page is answered through an index on both engines`() async throws {
            let place = try await LawPlace.fresh(.sqlite)
            let law = try await StatementLog.listening(to: place.folder) { try await LawHub.start(place) }
            let shop = try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"])
            for index in 0..<20 { try await law.deliver(Self.order("\(index)", law, leavesIn: Int64(index) - 5), to: shop) }
            try await law.settled()
            let id = try await law.order("3", in: shop).id
            _ = StatementLog.take()
            _ = try await Self.board(law)
            _ = try await law.hub.ledger.affairs(of: id)
            _ = try await law.hub.ledger.events(of: id)
            _ = try await law.hub.ledger.attempts(of: id)
            _ = try await law.hub.ledger.found("#3")
            law.clock.move(by: .seconds(86_400))
            _ = try await law.hub.silence.silent()
            let heard = StatementLog.take().filter { $0.hasPrefix("SELECT") }
            #expect(heard.count > 12)
            await law.end()
            let big = QueryPlanTests.bigTables.union(["due", "due_counts", "waiting", "channel_counts", "completeness", "audit"])
            let lite = try await LawHub.start(try await .fresh(.sqlite))
            for sql in heard {
                for step in try await (sql.contains("FROM deliveries") ? lite.hub.journalDatabase : lite.hub.ledgerDatabase).read({ tx in try tx.rows(SQL(raw: "EXPLAIN QUERY PLAN " + sql)) { try $0.text(3) } }) where step.hasPrefix("SCAN") {
                    let table = String(step.split(separator: " ").dropFirst().first ?? "")
                    #expect(!big.contains(table) || step.contains("INDEX"), "\(step) for \(sql)")
                }
            }
            await lite.end()
            let base = try LawPostgres.freshDatabase()
            let served = LawPlace(folder: FileManager.default.temporaryDirectory.appending(path: "crossdock-law-\(UUID().uuidString)").path, databaseURL: base + "?options=-c%20enable_seqscan%3Doff")
            let server = try await LawHub.start(served)
            for sql in heard {
                for step in try await server.hub.ledgerDatabase.read({ tx in try tx.rows(SQL(raw: "EXPLAIN " + sql)) { try $0.text(0) } }) where step.contains("Seq Scan on ") {
                    let table = String(step.components(separatedBy: "Seq Scan on ").last?.split(separator: " ").first ?? "")
                    #expect(!big.contains(table), "\(step) for \(sql)")
                }
            }
            await server.end()
        }
    }
}
