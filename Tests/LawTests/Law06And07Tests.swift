import Connect
import CourierSimulator
import Database
import Domain
import Foundation
import Hub
import SimulatorKit
import Synchronization
import Testing

extension Laws {
    @Suite struct Law06EffectOnceTests {
        @Test(.timeLimit(.minutes(1)))
        func `a booking whose answer was lost is asked for and not made again`() async throws {
            let faults = FaultPlan(level: .none, seed: 1), courier = try await CourierSimulator.careless(faults: faults)
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook()), channel = try await law.addCourier(courier)
            faults.force([.lostAnswer], at: .write)
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            try await until("the lost answer is recorded") { try await law.jobs(at: channel).first?.job.isEffectUnknown == true }
            law.clock.move(by: .seconds(10))
            let order = try await law.order("1", in: shop)
            try await until("the booking is recorded") { try await !law.hub.ledger.shipments(of: order.id).isEmpty }
            #expect(courier.bookings() == ["CD-\(order.id)-1": 1])
            #expect(courier.idempotentReplays().isEmpty, "it was repeated, and only the courier's memory kept it at one")
            await law.end()
            await courier.stop()
        }

        /// The effect is out there, the process died before its record, and the clock of the next life is an hour behind.
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases, [Duration.zero, .seconds(-3600), .seconds(3600)])
        func `after a crash the courier is asked before a booking is repeated, whatever the clock says`(engine: LawEngine, jump: Duration) async throws {
            let clock = LawClock(), courier = try await CourierSimulator.careless(clock: clock), place = try await LawPlace.fresh(engine), book = LawBook()
            var law = try await LawHub.start(place, clock: clock)
            let shop = try await law.addShop(book), channel = try await law.addCourier(courier)
            try await law.hub.channels.setState(.paused, reason: nil, of: channel)
            try await law.deliver(.law("1", at: clock.now), to: shop)
            let order = try await law.order("1", in: shop), job = try #require(try await law.jobs(of: order.id).first).job
            let executor = JobExecutor(ledger: law.hub.ledger, directory: law.hub.channels.directory, intake: law.hub.intake, now: { clock.now })
            let outcome = try await executor.perform(job, asksFirst: false)
            guard case .booked = outcome else { Issue.record("not booked: \(outcome)"); return }
            await law.stop()
            clock.move(by: jump)
            law = try await LawHub.start(place, clock: clock, wasKilled: true)
            courier.setCallback(url: law.hook(of: channel))
            try await law.api("POST", "channels/\(channel)/resume")
            try await until("the booking is recorded") { try await !law.hub.ledger.shipments(of: order.id).isEmpty }
            #expect(courier.bookings() == ["CD-\(order.id)-1": 1])
            #expect(courier.idempotentReplays().isEmpty, "it was repeated, and only the courier's memory kept it at one")
            let left = try await law.jobs()
            #expect(left.isEmpty)
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a booking that was still on its way when the hub died is not made again`() async throws {
            let courier = try await LyingCourier.start(), place = try await LawPlace.fresh(.sqlite), book = LawBook()
            var law = try await LawHub.start(place)
            let clock = law.clock, shop = try await law.addShop(book)
            let channel = try await law.hub.channels.add(platform: "courier", name: "Courier", settings: ["url": courier.url, "keyID": "k", "secret": "s", "callbackSecret": "c"], by: "test").id
            try await law.hub.channels.setState(.paused, reason: nil, of: channel)
            try await law.deliver(.law("1", at: clock.now), to: shop)
            let order = try await law.order("1", in: shop)
            courier.hold()
            try await law.api("POST", "channels/\(channel)/resume")
            try await until("the request is on the courier's desk") { courier.state.withLock { $0.begun == 1 } }
            await law.stop()
            law = try await LawHub.start(place, clock: clock, wasKilled: true, settling: .seconds(12))
            // The new life is at work already: a booking of its own is on its way.
            try await law.deliver(.law("2", at: clock.now), to: shop)
            try await until("the second request is on the courier's desk") { courier.state.withLock { $0.begun == 2 } }
            #expect(courier.state.withLock { $0.asked } == 0)
            courier.letGo()
            let second = try await law.order("2", in: shop)
            for id in [order.id, second.id] { try await until("the booking is recorded", within: .seconds(30)) { try await !law.hub.ledger.shipments(of: id).isEmpty } }
            #expect(courier.state.withLock { $0.bookings } == ["CD-\(order.id)-1": 1, "CD-\(second.id)-1": 1])
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)), arguments: [
            #"{"error":{"code":"internal","message":"booked? who knows"}}"#, "<html>OK</html>", #"{"orderId":"co_77","externalRef":"CD-77-1","status":"created","trackingNumber":"TRK77"}"#,
        ])
        func `a courier that answers 200 with a lie is asked again, and neither believed nor given two parcels`(lie: String) async throws {
            let courier = try await LyingCourier.start(lies: [{ _ in lie }])
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook())
            let channel = try await law.hub.channels.add(platform: "courier", name: "Courier", settings: ["url": courier.url, "keyID": "k", "secret": "s", "callbackSecret": "c"], by: "test").id
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            try await until("the lie is recorded") { try await law.jobs(at: channel).first?.lastCode == "unreachable" }
            law.clock.move(by: .seconds(10))
            let order = try await law.order("1", in: shop)
            try await until("the booking is recorded") { try await !law.hub.ledger.shipments(of: order.id).isEmpty }
            let shipment = try #require(try await law.hub.ledger.shipments(of: order.id).first)
            #expect(shipment.externalRef == "CD-\(order.id)-1")
            #expect(shipment.trackingNumber == "TRKCD-\(order.id)-1")
            #expect(courier.state.withLock { $0.bookings } == ["CD-\(order.id)-1": 1])
            await law.end()
            await courier.stop()
        }
    }
}

extension Laws {
    @Suite struct Law07FailureClassTests {
        struct Case: Sendable, CustomTestStringConvertible {
            let status: Int, channel: String, job: String?, attempt: Int, letter: String?
            var testDescription: String { "HTTP \(status)" }
        }

        @Test(.timeLimit(.minutes(1)), arguments: [
            Case(status: 500, channel: "active", job: "unreachable", attempt: 1, letter: nil), Case(status: 429, channel: "active", job: "throttled", attempt: 0, letter: nil),
            Case(status: 401, channel: "parked", job: "unauthorised", attempt: 0, letter: nil), Case(status: 422, channel: "active", job: nil, attempt: 0, letter: "http_422"),
            Case(status: 409, channel: "active", job: nil, attempt: 0, letter: nil),
        ])
        func `each answer of a destination has its class, and the job is done, waiting or a dead letter`(row: Case) async throws {
            let listener = try await WebhookCatcher.start { _, _ in .init(status: row.status) }
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook())
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created])
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            let order = try await law.order("1", in: shop)
            try await until("the attempt is recorded") { try await !law.hub.ledger.attempts(of: order.id).isEmpty }
            try await until("the channel is \(row.channel)") { law.hub.channels.directory.channel(channel)?.state.rawValue == row.channel }
            let jobs = try await law.jobs(at: channel), letters = try await law.letters()
            #expect(jobs.map(\.lastCode) == (row.job.map { [$0] } ?? []))
            #expect(jobs.map(\.job.attempt) == (row.job == nil ? [] : [row.attempt]))
            #expect(letters.map(\.code) == (row.letter.map { [$0] } ?? []))
            if let letter = letters.first { #expect(letter.message.contains("\(row.status)")) }
            await law.end()
            await listener.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a job that has used up its schedule is a dead letter, and comes back by a person's word`() async throws {
            let isIll = Flagged(true)
            let listener = try await WebhookCatcher.start { _, _ in .init(status: isIll.value ? 500 : 200) }
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook())
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created], delays: [5, 5])
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            for tries in 1...3 {
                try await until("try \(tries)") { listener.count >= tries }
                try await until("try \(tries) is recorded") { try await law.hub.ledger.attempts(of: law.order("1", in: shop).id).count >= tries }
                law.clock.move(by: .seconds(6))
            }
            let letter = try #require(try await law.letters().first)
            #expect(letter.attempts == 3)
            let left = try await law.jobs(at: channel)
            #expect(left.isEmpty)
            isIll.value = false
            try await law.api("POST", "dead-letters/retry", json: ["ids": ["\(letter.job.id)"]])
            try await until("it arrived") { try await law.jobs(at: channel).isEmpty && listener.count == 4 }
            #expect(Set(listener.all.map { $0.headers["webhook-id"] }).count == 1)
            await law.end()
            await listener.stop()
        }

        /// A channel that lost its footing: its work waits, and drains by itself when it is back.
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a parked channel keeps its work, and drains by itself after it is authorised again`(engine: LawEngine) async throws {
            let isRefusing = Flagged(true)
            let listener = try await WebhookCatcher.start { _, _ in .init(status: isRefusing.value ? 401 : 200) }, other = try await WebhookCatcher.start()
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"]), time = law.clock.now
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created])
            _ = try await law.addListener(other.url, name: "other", events: [.created])
            for index in 0..<30 { try await law.deliver(.law("\(index)", at: time), to: shop) }
            try await until("it is parked") { law.hub.channels.directory.channel(channel)?.state == .parked }
            try await law.settled()
            try await until("no call is under way") { law.hub.dispatcher.states()[channel]?.running == 0 }
            try await until("the others are not held up") { other.count == 30 }
            let waiting = try await law.jobs(at: channel), problems = try await law.problems(), letters = try await law.letters()
            #expect(waiting.count == 30)
            #expect(waiting.allSatisfy { $0.job.attempt == 0 })
            #expect(letters.isEmpty)
            #expect(problems.map(\.kind) == ["channelLost"])
            isRefusing.value = false
            try await law.api("POST", "channels/\(channel)/resume")
            try await until("it drained") { try await law.jobs(at: channel).isEmpty }
            let left = try await law.problems()
            #expect(left.isEmpty, "the problem ends with its cause")
            #expect(Set(listener.all.map(\.externalID)).count == 30)
            await law.end()
            await listener.stop()
            await other.stop()
        }

        /// Two calls are under way; the answer to one parks the channel, a person authorises it again, and only then comes the answer to the other.
        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a refusal that answers a call from before the channel was authorised again does not park it anew`(engine: LawEngine) async throws {
            let isRefusing = Flagged(true), isLate = Flagged(true)
            let listener = try await WebhookCatcher.start { call, before in
                if before == 0 { return .init(status: 401, until: { !isLate.value }) }
                return .init(status: isRefusing.value ? 401 : 200)
            }
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"])
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created])
            try await law.deliver(.law("late", at: law.clock.now), to: shop)
            try await until("the first call is under way") { listener.count == 1 }
            try await law.deliver(.law("prompt", at: law.clock.now), to: shop)
            try await until("it is parked") { law.hub.channels.directory.channel(channel)?.state == .parked }
            isRefusing.value = false
            try await law.api("POST", "channels/\(channel)/resume")
            isLate.value = false
            let late = try await law.order("late", in: shop)
            try await until("the late answer is known") { try await law.hub.ledger.attempts(of: late.id).contains { $0.outcome == "unauthorised" } }
            try await until("it drained") { try await law.jobs(at: channel).isEmpty }
            let problems = try await law.problems()
            #expect(problems.isEmpty)
            #expect(law.hub.channels.directory.channel(channel)?.state == .active)
            await law.end()
            await listener.stop()
        }

        @Test(.timeLimit(.minutes(1)), arguments: [(Channel.State.paused, "pause"), (.removed, "remove")])
        func `a channel that a person took out of work meanwhile is not parked by a refusal`(state: Channel.State, word: String) async throws {
            let isLate = Flagged(true)
            let listener = try await WebhookCatcher.start { _, _ in .init(status: 401, until: { !isLate.value }) }
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook(), settings: [HubSetting.approval: "manual"])
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created])
            try await law.deliver(.law("1", at: law.clock.now), to: shop)
            try await until("the call is under way") { listener.count == 1 }
            try await law.api("POST", "channels/\(channel)/\(word)")
            isLate.value = false
            let order = try await law.order("1", in: shop)
            try await until("the answer is known") { try await !law.hub.ledger.attempts(of: order.id).isEmpty }
            try await until("no call is under way") { law.hub.dispatcher.states()[channel]?.running == 0 }
            let stored = try await law.hub.ledger.database.read { try $0.first("SELECT state FROM channels WHERE id = \(channel.value)", { try $0.text(0) }) }
            #expect(stored == state.rawValue)
            let problems = try await law.problems()
            #expect(problems.map(\.kind) == (state == .paused ? ["channelLost"] : []), "the platform's refusal is news while the channel may come back")
            await law.end()
            await listener.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `a channel whose app is removed is parked at once, not at the next start`() async throws {
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook())
            try await law.deliver([0x7b, 0x7d], to: shop, topic: "gone")
            try await until("it is parked") { law.hub.channels.directory.channel(shop)?.state == .parked }
            let problems = try await law.problems()
            #expect(problems.map(\.kind) == ["channelLost"])
            await law.end()
        }
    }
}
