import Domain
import Foundation
import Hub
import Synchronization
import Testing

extension Laws {
    /// What webhooks missed, and what cannot be read.
    @Suite struct ReconciliationTests {
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `with default settings a dropped webhook is found within five minutes, and completeness shows it`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), book = LawBook()
            let shop = try await law.hub.channels.add(platform: "lawshop", name: "Shop", settings: ["word": LawShop.word, "book": book.name], by: "test").id
            try await until("the first comparison is over") { try await law.hub.ledger.cursor(of: shop, name: "reconcile") != nil }
            // One came by webhook, the other's webhook was dropped.
            let placedAt = law.clock.now
            try await law.deliver(.law("heard", at: placedAt), to: shop)
            book.put(.law("heard", at: placedAt))
            book.put(.law("dropped", at: placedAt))
            try await law.settled()
            var found: StoredOrder?
            while found == nil, law.clock.now - placedAt < .seconds(310) {
                law.clock.move(by: .seconds(10))
                let now = law.clock.now, last = try #require(law.hub.reconciler.progress(of: shop)?.startedAt)
                law.hub.reconciler.wake()
                // A look is due every 120 s of the hub's clock; where none is due there is nothing to wait for.
                if now - last >= .seconds(120) {
                    try await until("the look is over") { law.hub.reconciler.progress(of: shop).map { $0.startedAt > last && !$0.isRunning } == true }
                }
                try await law.settled()
                found = try await law.hub.ledger.order(channel: shop, externalID: "dropped")
            }
            let order = try #require(found, "not found within five minutes")
            #expect(law.clock.now - placedAt <= .seconds(300))
            let cause = try await law.hub.ledger.events(of: order.id).first?.cause
            #expect(cause?.kind == .reconciliation)
            let rows = try await law.api("GET", "completeness?channel=Shop")["data"] as? [[String: Any]] ?? []
            #expect(rows.compactMap { $0["repaired"] as? Int }.reduce(0, +) == 1)
            #expect(rows.compactMap { $0["onPlatform"] as? Int }.reduce(0, +) == 2)
            #expect(rows.contains { $0["oldestGap"] as? String == placedAt.description })
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a poison order in the window is put aside and shown, and the others arrive`(engine: LawEngine) async throws {
            let law = try await LawHub.start(try await .fresh(engine)), book = LawBook(), shop = try await law.addShop(book, settings: [HubSetting.approval: "manual"]), time = law.clock.now - .seconds(3600)
            let channel = try #require(law.hub.channels.directory.channel(shop))
            law.hub.reconciler.wake()
            try await until("the hub's own first comparison is over") { try await law.hub.ledger.cursor(of: shop, name: "reconcile") != nil }
            for index in 0..<250 { book.put(.law("\(index)", at: time + .seconds(index * 10))) }
            book.state.withLock { $0.poison = ["125"] }
            let report = try await law.hub.reconciler.pass(channel)
            try await law.settled()
            let page = try await law.hub.ledger.orders(OrderFilter(), after: nil, limit: 500), problems = try await law.problems()
            #expect(page.orders.count == 249)
            #expect(report?.repaired == 249)
            #expect(!page.orders.contains { $0.snapshot.externalID == "125" })
            #expect(problems.map(\.kind) == ["poisonOrder"])
            #expect(problems.first?.message.contains((time + .seconds(1250)).description.prefix(16)) == true)
            // The next look neither stops at it nor doubles anything.
            book.put(.law("late", at: law.clock.now - .seconds(60)))
            _ = try await law.hub.reconciler.pass(channel)
            try await law.settled()
            let late = try await law.order("late", in: shop)
            #expect(late.version == 1)
            await law.end()
        }

        @Test(.timeLimit(.minutes(1)), arguments: [Duration.seconds(3600), .seconds(-3600)])
        func `a clock that is wrong by an hour for a while makes no look skip an order`(jump: Duration) async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), book = LawBook(), shop = try await law.addShop(book), real = LawClock()
            let channel = try #require(law.hub.channels.directory.channel(shop))
            func look() async throws {
                _ = try await law.hub.reconciler.pass(channel)
                try await law.settled()
            }
            book.put(.law("before", at: real.now - .seconds(7200)))
            try await look()
            law.clock.move(by: jump)
            book.put(.law("during", at: real.now - .seconds(120)))
            try await look()
            law.clock.move(by: .zero - jump)
            book.put(.law("after", at: real.now - .seconds(90)))
            try await look()
            for id in ["before", "during", "after"] { #expect(try await law.order(id, in: shop).version == 1) }
            await law.end()
        }

        /// The platform's read side shows a change late: one whose time lies before another that was seen already.
        @Test(.timeLimit(.minutes(1)))
        func `a poison order at the end of the window does not hide what comes after it`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), book = LawBook(), shop = try await law.addShop(book, settings: [HubSetting.approval: "manual"])
            let channel = try #require(law.hub.channels.directory.channel(shop)), time = law.clock.now
            book.put(.law("poison", at: time - .milliseconds(200)))
            book.state.withLock { $0.poison = ["poison"] }
            // The hub's clock is an hour ahead of the platform's.
            law.clock.move(by: .seconds(3600))
            _ = try await law.hub.reconciler.pass(channel)
            book.put(.law("next", at: time + .seconds(5)))
            _ = try await law.hub.reconciler.pass(channel)
            try await law.settled()
            let next = try await law.order("next", in: shop)
            #expect(next.version == 1)
            let problems = try await law.problems()
            #expect(problems.map(\.kind) == ["poisonOrder"])
            await law.end()
        }
    }
}
