import CourierSimulator
import CustomShopSimulator
import Domain
import Foundation
import Hub
import SimulatorKit
import Testing

extension Laws {
    /// The clock of the hub's machine is set forward or back by an hour: nothing is lost, nothing storms, nothing waits for an hour.
    @Suite struct ClockJumpTests {
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `after the clock was set back an hour work goes on at once`(engine: LawEngine) async throws {
            let isIll = Flagged(true), listener = try await WebhookCatcher.start { _, _ in .init(status: isIll.value ? 500 : 200) }
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook()), time = law.clock.now
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created], delays: [20, 20, 20])
            for index in 0..<30 { try await law.deliver(.law("\(index)", at: time), to: shop) }
            try await until("the breaker is open") { if case .open = law.hub.dispatcher.states()[channel]?.breaker { true } else { false } }
            try await law.settled()
            isIll.value = false
            law.clock.move(by: .seconds(-3600))
            try await law.deliver(.law("new", at: time), to: shop)
            // The waits and the open breaker were set back with the clock: a minute later by the new clock everything is through.
            try await until("the jump was seen") { try await law.jobs(at: channel).allSatisfy { $0.runAt <= law.clock.now + .seconds(25) } }
            law.clock.move(by: .seconds(70))
            try await until("everything arrived") { try await law.jobs(at: channel).isEmpty }
            #expect(Set(listener.all.map(\.externalID)).count == 31)
            await law.end()
            await listener.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `after the clock was set forward an hour each waiting job is tried at most once more`() async throws {
            let listener = try await WebhookCatcher.start { _, _ in .init(status: 500) }
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook()), time = law.clock.now
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created], delays: [3000, 30_000, 30_000])
            for index in 0..<5 { try await law.deliver(.law("\(index)", at: time), to: shop) }
            try await until("each was tried") { try await law.jobs(at: channel).map(\.job.attempt) == [1, 1, 1, 1, 1] }
            law.clock.move(by: .seconds(3600))
            try await until("each was tried again") { try await law.jobs(at: channel).map(\.job.attempt) == [2, 2, 2, 2, 2] }
            law.clock.move(by: .seconds(3600))
            try await law.deliver(.law("probe", at: time), to: shop)
            try await until("the probe was tried") { listener.all.contains { $0.externalID == "probe" } }
            #expect(listener.all.count { $0.externalID != "probe" } == 10)
            let letters = try await law.letters()
            #expect(letters.isEmpty)
            await law.end()
            await listener.stop()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a hub started again with its clock an hour back repeats no identifier and loses no job`(engine: LawEngine) async throws {
            let place = try await LawPlace.fresh(engine), clock = LawClock(), book = LawBook(), isIll = Flagged(true)
            let listener = try await WebhookCatcher.start { _, _ in .init(status: isIll.value ? 500 : 200) }
            var law = try await LawHub.start(place, clock: clock)
            let shop = try await law.addShop(book), time = clock.now
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created], delays: [30, 30, 30])
            for index in 0..<20 { try await law.deliver(.law("a\(index)", at: time), to: shop) }
            try await law.settled()
            await law.stop()
            clock.move(by: .seconds(-3600))
            isIll.value = false
            law = try await LawHub.start(place, clock: clock)
            for index in 0..<20 {
                let status = try await law.deliver(.law("b\(index)", at: time), to: shop).status
                #expect(status == 200)
            }
            try await law.settled()
            clock.move(by: .seconds(100))
            try await until("everything arrived") { try await law.jobs(at: channel).isEmpty }
            #expect(Set(listener.all.map(\.externalID)).count == 40)
            let page = try await law.hub.ledger.orders(OrderFilter(), after: nil, limit: 100)
            #expect(page.orders.count == 40)
            await law.end()
            await listener.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `signatures with a time are refused while the clock is wrong by an hour, and the sender's retries bring everything`() async throws {
            var configuration = CustomShopConfiguration()
            configuration.timeScale = 0.002
            let sender = try await CustomShopSimulator.start(configuration)
            let law = try await LawHub.start(try await .fresh(.sqlite))
            let shop = try await law.hub.channels.add(platform: "custom", name: "Own shop", settings: ["secret": configuration.secret, HubSetting.reconcileSeconds: "86400"], by: "test").id
            sender.setHook(url: law.hook(of: shop))
            law.clock.move(by: .seconds(3600))
            let ids = try await sender.burst(5)
            try await until("the refusals are counted") { (law.hub.refusals.entries(of: shop).first { $0.code == "timestamp_out_of_tolerance" }?.count ?? 0) >= 1 }
            let nothing = try await law.hub.ledger.orders(OrderFilter(), after: nil, limit: 10)
            #expect(nothing.orders.isEmpty)
            law.clock.move(by: .seconds(-3600))
            for id in ids { #expect(try await law.order(id, in: shop).snapshot.externalID == id) }
            await law.end()
            await sender.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a courier's callback from before the jump is taken after it`() async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook())
            _ = try await law.addCourier(courier)
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            try await until("it is booked") { try await law.order("1", in: shop).workflow == .synced }
            law.clock.move(by: .seconds(3600))
            courier.set(try #require(courier.orders().first).orderID, to: .pickedUp)
            try await until("the pick-up is known") { try await law.order("1", in: shop).fulfilment == .pickedUp }
            law.clock.move(by: .seconds(-7200))
            courier.set(try #require(courier.orders().first).orderID, to: .inTransit)
            try await until("the next step is known") { try await law.order("1", in: shop).fulfilment == .inTransit }
            let events = try await law.hub.ledger.events(of: law.order("1", in: shop).id)
            #expect(events.map(\.id) == events.map(\.id).sorted())
            await law.end()
            await courier.stop()
        }
    }
}
