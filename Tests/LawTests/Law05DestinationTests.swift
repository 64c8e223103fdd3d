import Domain
import Foundation
import Hub
import SimulatorKit
import Synchronization
import Testing

extension Laws {
    /// Law 5: order per order; and a destination that is ill delays its own orders only.
    @Suite struct Law05OrderPerOrderTests {
        enum Illness: String, CaseIterable, Sendable, CustomTestStringConvertible {
            case slow, hanging, failing, throttling, closing
            var testDescription: String { rawValue }
            var answer: WebhookCatcher.Answer {
                switch self {
                case .slow: .init(delay: .seconds(20))
                case .hanging: .init(delay: .seconds(600))
                case .failing: .init(status: 500)
                case .throttling: .init(status: 429, retryAfterSeconds: 3600)
                case .closing: .init(closesConnection: true)
                }
            }
        }

        @Test(.timeLimit(.minutes(1)), arguments: Illness.allCases)
        func `an ill destination delays no order of a healthy one`(illness: Illness) async throws {
            let ill = try await WebhookCatcher.start { _, _ in illness.answer }, healthy = try await WebhookCatcher.start()
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook()), time = law.clock.now
            let illChannel = try await law.addListener(ill.url, name: "ill", events: [.created])
            _ = try await law.addListener(healthy.url, name: "healthy", events: [.created])
            let started = ContinuousClock.now
            for index in 0..<40 { try await law.deliver(.law("\(index)", at: time), to: shop) }
            let all = await healthy.wait(for: 40, limit: .seconds(30))
            #expect(all, "the healthy destination got \(healthy.count) of 40")
            // Two rounds of a slow one's calls take longer, and a hanging one's first.
            #expect(ContinuousClock.now - started < .seconds(30))
            #expect(Set(healthy.all.map(\.externalID)).count == 40)
            let letters = try await law.letters()
            #expect(letters.isEmpty)
            // Nothing is dropped: what the ill one did not take is still to be sent.
            if illness != .slow {
                let waiting = try await law.jobs(at: illChannel)
                #expect(waiting.count == 40)
            }
            await ill.stop()
            await law.end()
            await healthy.stop()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `events of one order arrive in their order although one fails, and hold up no other order`(engine: LawEngine) async throws {
            let refusals = Mutex(2)
            let listener = try await WebhookCatcher.start { call, _ in
                guard call.externalID == "bad" else { return .init() }
                return .init(status: refusals.withLock { left in left -= 1; return left >= 0 } ? 500 : 200)
            }
            let law = try await LawHub.start(try await .fresh(engine)), shop = try await law.addShop(LawBook()), time = law.clock.now
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created, .updated, .cancelled], delays: [60, 60, 60])
            for step in 0..<4 { try await law.deliver(.law("bad", at: time + .seconds(step), note: "step \(step)"), to: shop) }
            for index in 0..<30 { try await law.deliver(.law("good \(index)", at: time), to: shop) }
            try await until("the good ones arrived") { Set(listener.all.map(\.externalID)).count == 31 }
            try await until("the first refusal is recorded") { try await law.jobs(at: channel).contains { $0.job.attempt == 1 } }
            // Its later events wait behind the first.
            #expect(listener.all.filter { $0.externalID == "bad" }.map { $0.event["type"] as? String } == ["order.created"])
            for round in 2...3 {
                law.clock.move(by: .seconds(61))
                try await until("round \(round)") { listener.all.filter { $0.externalID == "bad" }.count >= round }
                // The next wait begins with the record of this refusal, not with its arrival.
                if round == 2 { try await until("the second refusal is recorded") { try await law.jobs(at: channel).contains { $0.job.attempt == 2 } } }
            }
            try await until("all of the bad one arrived") { try await law.jobs(at: channel).isEmpty }
            let bad = listener.all.filter { $0.externalID == "bad" }
            #expect(bad.map { $0.event["type"] as? String } == ["order.created", "order.created", "order.created", "order.updated", "order.updated", "order.updated"])
            #expect(bad.map { $0.orderJSON["note"] as? String } == [nil, nil, nil, "step 1", "step 2", "step 3"] || bad.map { $0.orderJSON["note"] as? String } == ["step 0", "step 0", "step 0", "step 1", "step 2", "step 3"])
            #expect(bad.map(\.sequence) == bad.map(\.sequence).sorted())
            #expect(Set(bad.prefix(3).map { $0.headers["webhook-id"] }).count == 1)
            await law.end()
            await listener.stop()
        }

        @Test(.timeLimit(.minutes(1)))
        func `the breaker opens on a failing destination, spares it, and closes when it answers again`() async throws {
            let isIll = Mutex(true)
            let listener = try await WebhookCatcher.start { _, _ in .init(status: isIll.withLock { $0 } ? 503 : 200) }
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook()), time = law.clock.now
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created])
            for index in 0..<100 { try await law.deliver(.law("\(index)", at: time), to: shop) }
            func breaker() async throws -> String? {
                let overview = try await law.api("GET", "overview"), lines = overview["destinations"] as? [[String: Any]] ?? []
                return lines.first { $0["name"] as? String == "listener" }?["breaker"] as? String
            }
            try await until("the breaker is open") { try await breaker() == "open" }
            try await law.settled()
            let spared = listener.count
            #expect(spared < 40, "\(spared) calls went to a destination that fails")
            let waiting = try await law.jobs(at: channel)
            #expect(waiting.count == 100)
            isIll.withLock { $0 = false }
            law.clock.move(by: .seconds(65))
            try await until("everything arrived") { try await law.jobs(at: channel).isEmpty }
            let state = try await breaker()
            #expect(state == "closed")
            #expect(Set(listener.all.map(\.externalID)).count == 100)
            await law.end()
            await listener.stop()
        }

        @Test(.timeLimit(.minutes(1)), arguments: [(asked: 120, kept: 120), (asked: 0, kept: 1), (asked: 999_999, kept: 3600)])
        func `Retry-After is kept within its limits`(asked: Int, kept: Int) async throws {
            let isThrottling = Mutex(true)
            let listener = try await WebhookCatcher.start { _, _ in isThrottling.withLock { $0 } ? .init(status: 429, retryAfterSeconds: asked) : .init() }
            let law = try await LawHub.start(try await .fresh(.sqlite)), shop = try await law.addShop(LawBook()), before = law.clock.now
            let channel = try await law.addListener(listener.url, name: "listener", events: [.created])
            try await law.deliver(.law("1", at: before), to: shop)
            try await until("the throttle is recorded") { try await law.jobs(at: channel).first?.lastCode == "throttled" }
            let job = try #require(try await law.jobs(at: channel).first), after = law.clock.now
            #expect(job.job.attempt == 0, "a throttle is no failed attempt")
            #expect(job.runAt >= before + .seconds(kept))
            #expect(job.runAt <= after + .seconds(kept))
            // Another order of the same destination waits as well.
            isThrottling.withLock { $0 = false }
            if kept > 1 {
                let calls = listener.count
                try await law.deliver(.law("2", at: before), to: shop)
                try await law.settled()
                law.clock.move(by: .seconds(kept - 30))
                try await until("the runner has looked") { try await law.api("GET", "overview").isEmpty == false }
                #expect(listener.count == calls)
                law.clock.move(by: .seconds(31))
            } else { law.clock.move(by: .seconds(2)) }
            try await until("it arrived") { try await law.jobs(at: channel).isEmpty }
            await law.end()
            await listener.stop()
        }
    }
}
