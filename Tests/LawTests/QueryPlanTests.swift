import Database
import Domain
import Foundation
import Hub
import SimulatorKit
import Testing

extension Laws {
    /// A list or a look-up of the API costs what it shows, however much there is: every one of its statements uses an index.
    @Suite struct QueryPlanTests {
        static let bigTables: Set<String> = ["orders", "order_lines", "order_terms", "events", "shipments", "jobs", "attempts", "dead_letters", "problems", "takings", "receipts", "early_tracking", "deliveries", "order_marks", "order_reasons", "due", "waiting", "bulk_items", "edit_cells", "edit_batches", "bulk_actions"]

        /// What the API's lists and look-ups can be asked for.
        private static func paths(order: OrderID, cause: String) -> [String] {
            let cause = cause.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            return [
                "orders", "orders?limit=5", "orders?workflow=approved", "orders?workflow=approved,queued&payment=paid", "orders?fulfilment=unfulfilled&channel=Shop", "orders?flagged=true", "orders?flagged=false&workflow=queued",
                "orders?placedFrom=2026-01-01T00:00:00Z&placedBefore=2030-01-01T00:00:00Z", "orders?placedFrom=2026-01-01T00:00:00Z&workflow=approved", "orders?search=malee", "orders?search=malee%20tea",
                "orders?search=0812345678", "orders?search=TEA-1&workflow=approved", "orders?cursor=1790000000000-1", "orders?cursor=1790000000000-1&workflow=approved",
                "order-grid", "order-grid?ids=true", "order-grid?sort=total&ids=true", "order-grid?sort=due", "order-grid?sort=-updated&workflow=new", "order-grid?tag=vip", "order-grid?tag=vip&cod=true&workflow=new", "order-grid?cod=false",
                "order-grid?courier=Courier", "order-grid?due=late", "order-grid?shipFrom=2026-01-01T00:00:00Z&shipBefore=2030-01-01T00:00:00Z&flagged=false", "order-grid?reason=x", "order-grid?waiting=rule&waitingSubject=x", "order-grid?waiting=hand",
                "order-grid?failed=true", "order-grid?search=malee&tag=vip", "order-grid?placedDays=7&cod=true", "order-grid?view=to-ship", "order-grid/rows?ids=\(order)&cause=true", "order-grid/choices", "order-views", "order-bulk", "order-bulk?all=true&cursor=5",
                "order-edits", "order-edits?cursor=5",
                "orders/\(order)", "orders/\(order)/timeline", "orders/\(order)/attributes",
                "jobs", "jobs?destination=listener", "jobs?order=\(order)", "jobs?cursor=5", "jobs?destination=listener&order=\(order)&cursor=5",
                "dead-letters", "dead-letters?state=retried", "dead-letters?state=discarded", "dead-letters?destination=refusing", "dead-letters?cause=\(cause)", "dead-letters?cause=\(cause)&destination=refusing&cursor=5",
                "attempts", "attempts?outcome=failed", "attempts?outcome=failed&destination=refusing", "attempts?outcome=done&destination=listener&cursor=5", "attempts?order=\(order)", "attempts?from=2026-01-01T00:00:00Z",
                "flows", "overview", "channels/Shop/health", "channels/Shop/missed?hour=2026-01-01T00:00:00Z",
                "dead-letters?cursor=5", "dead-letters?destination=refusing&state=discarded", "dead-letters/groups", "problems", "problems?limit=3",
            ]
        }

        /// The statements that the API runs for all of that, by path.
        private static func statements() async throws -> [(path: String, sql: String)] {
            let refusing = try await WebhookCatcher.start { _, _ in .init(status: 422) }, ill = try await WebhookCatcher.start { _, _ in .init(status: 500) }
            let place = try await LawPlace.fresh(.sqlite)
            let law = try await StatementLog.listening(to: place.folder) { try await LawHub.start(place) }
            let shop = try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"]), time = law.clock.now
            _ = try await law.addListener(refusing.url, name: "refusing", events: [.created])
            _ = try await law.addListener(ill.url, name: "listener", events: [.created])
            for index in 0..<30 { try await law.deliver(.law("\(index)", at: time - .seconds(index), isCOD: index % 2 == 0), to: shop) }
            try await law.deliver([0x7b], to: shop)
            try await law.settled()
            try await until("letters are there") { try await law.letters().count == 30 }
            try await until("tries are there") { ill.count >= 8 }
            let letter = try #require(try await law.letters().first)
            var heard: [(String, String)] = []
            // The loops' own statements are not the API's: only what reads on behalf of a path is looked at, and it is asked for alone.
            for path in paths(order: letter.job.order, cause: letter.cause) {
                _ = StatementLog.take()
                try await law.api("GET", path)
                heard += StatementLog.take().filter { $0.hasPrefix("SELECT") }.map { (path, $0) }
            }
            await law.end()
            await refusing.stop()
            await ill.stop()
            return heard
        }

        private static func mentionsBigTable(_ sql: String) -> Bool { !bigTables.isDisjoint(with: sql.split { !($0.isLetter || $0 == "_") }.map(String.init)) }

        @Test(.timeLimit(.minutes(1)))
        func `every list and look-up of the API is answered through an index on both engines`() async throws {
            let heard = try await Self.statements().filter { Self.mentionsBigTable($0.sql) }
            #expect(Set(heard.map(\.path)).count >= 30, "the API's statements were heard")
            let lite = try await LawHub.start(try await .fresh(.sqlite))
            for (path, sql) in heard {
                let database = sql.contains("FROM deliveries") ? lite.hub.journalDatabase : lite.hub.ledgerDatabase
                let plan = try await database.read { tx in try tx.rows(SQL(raw: "EXPLAIN QUERY PLAN " + sql)) { try $0.text(3) } }
                for step in plan where step.hasPrefix("SCAN") {
                    let table = String(step.split(separator: " ").dropFirst().first ?? "")
                    #expect(!Self.bigTables.contains(table) || step.contains("INDEX"), "\(path): \(step) for \(sql)")
                }
            }
            await lite.end()
            let base = try LawPostgres.freshDatabase()
            let place = LawPlace(folder: FileManager.default.temporaryDirectory.appending(path: "crossdock-law-\(UUID().uuidString)").path, databaseURL: base + "?options=-c%20enable_seqscan%3Doff")
            let server = try await LawHub.start(place)
            let setting = try await server.hub.ledgerDatabase.read { tx in try tx.first("SELECT current_setting('enable_seqscan')") { try $0.text(0) } }
            #expect(setting == "off")
            for (path, sql) in heard {
                let plan = try await server.hub.ledgerDatabase.read { tx in try tx.rows(SQL(raw: "EXPLAIN " + sql)) { try $0.text(0) } }
                for step in plan where step.contains("Seq Scan on ") {
                    let table = String(step.components(separatedBy: "Seq Scan on ").last?.split(separator: " ").first ?? "")
                    #expect(!Self.bigTables.contains(table), "\(path): \(step) for \(sql)")
                }
            }
            await server.end()
        }

        /// A bound without an order lets PostgreSQL read a table from its beginning, in the hope to find enough soon: through all of one destination's queue, to learn that another has none.
        @Test(.timeLimit(.minutes(1)))
        func `a long queue of one destination is not read through to look at the others`() async throws {
            let place = try await LawPlace.fresh(.sqlite)
            let law = try await StatementLog.listening(to: place.folder) { try await LawHub.start(place) }
            _ = try await law.hub.ledgerDatabase.read { try JobRows.destinationsWithWork(in: $0) }
            _ = try await law.hub.today(until: law.clock.now)
            let heard = Set(StatementLog.take().filter { $0.hasPrefix("SELECT") && $0.contains("FROM jobs") && $0.contains("channels") })
            #expect(heard.count == 2, "\(heard)")
            await law.end()
            let server = try await LawHub.start(try await .fresh(.postgres))
            try await server.hub.ledgerDatabase.write { tx in
                try tx.run("""
                    INSERT INTO jobs (id, route_id, destination_id, order_id, event_id, event_type, action, lane, state, run_at, attempt, effect_unknown, idempotency_key, created_at)
                    SELECT n, 1, 1, n, n, 'order.created', 'tell', 0, 'ready', n, 0, 0, CAST(n AS TEXT), n FROM generate_series(1, 50000) AS n
                    """)
                try tx.run("ANALYZE jobs")
            }
            for sql in heard {
                let plan = try await server.hub.ledgerDatabase.read { tx in try tx.rows(SQL(raw: "EXPLAIN " + sql)) { try $0.text(0) } }
                #expect(!plan.contains { $0.contains("Seq Scan on jobs") }, "\(plan.joined(separator: "\n")) for \(sql)")
                #expect(plan.contains { $0.contains("using jobs_ready") }, "\(plan.joined(separator: "\n"))")
            }
            await server.end()
        }
    }
}
