import Foundation
import SimulatorKit
import Testing
import Waiting

@Suite struct SimulatorKitTests {
    @Test(arguments: FaultPoint.allCases)
    func `the same seed gives the same faults, whatever happens at other points`(point: FaultPoint) {
        let one = FaultPlan(level: .storm, seed: 7), other = FaultPlan(level: .storm, seed: 7)
        for another in FaultPoint.allCases where another != point { for _ in 0..<13 { _ = other.draw(another) } }
        #expect((0..<500).map { _ in one.draw(point) } == (0..<500).map { _ in other.draw(point) })
    }

    @Test(arguments: [(FaultLevel.none, 0...0), (.normal, 200...1_200), (.storm, 2_500...4_500)])
    func `a level strikes as often as it says`(level: FaultLevel, range: ClosedRange<Int>) {
        let plan = FaultPlan(level: level, seed: 42)
        for _ in 0..<10_000 { _ = plan.draw(.webhook) }
        #expect(range.contains(plan.total))
    }

    @Test func `forced faults come first and in order, then the level rules again`() {
        let plan = FaultPlan(level: .none, seed: 1)
        plan.force([.drop, nil, .duplicate], at: .webhook)
        #expect((0..<4).map { _ in plan.draw(.webhook) } == [.drop, nil, .duplicate, nil])
        #expect(plan.counts == [.drop: 1, .duplicate: 1])
    }

    @Test func `the generator repeats from its seed and matches the published sequence`() {
        var generator = SeededGenerator(seed: 1_234_567)
        #expect((0..<3).map { _ in generator.next() } == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test(arguments: SampleCountry.allCases)
    func `every basket adds up and names a real place`(country: SampleCountry) {
        var generator = SeededGenerator(seed: 3), again = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let basket = SampleData.basket(in: country, oddShare: 0.3, using: &generator)
            #expect(basket == SampleData.basket(in: country, oddShare: 0.3, using: &again))
            #expect(!basket.lines.isEmpty)
            #expect(basket.itemsMinor - basket.discountMinor + basket.shippingMinor == basket.grandMinor)
            #expect((0...basket.itemsMinor).contains(basket.discountMinor))
            #expect(SamplePlace.all(in: country).contains(basket.buyer.place))
        }
    }

    @Test func `a full queue refuses and says how often`() async {
        var policy = WebhookPolicy()
        policy.maximumQueued = 2
        let sender = WebhookSender(policy: policy, faults: FaultPlan())
        sender.pause()
        let taken = (1...4).map { number in sender.enqueue(WebhookDelivery(id: "\(number)", subscription: "s") { _ in nil }) }
        #expect(taken == [true, true, false, false])
        #expect(sender.counters.refused == 2)
        await sender.stop()
        #expect(sender.depth == 0)
    }

    @Test func `failures of a subscription are counted together until a success`() async throws {
        let catcher = try await WebhookCatcher.start { _, before in .init(status: before < 3 ? 500 : 200) }
        let url = catcher.url
        let seen = Outcomes()
        var policy = WebhookPolicy()
        policy.concurrency = 1
        policy.retrySchedule = [.milliseconds(1)]
        let sender = WebhookSender(policy: policy, faults: FaultPlan()) { outcome in seen.add(outcome.consecutiveFailures) }
        for number in 1...2 {
            sender.enqueue(WebhookDelivery(id: "\(number)", subscription: "s") { _ in WebhookRequest(url: url, headers: [], body: Data("{}".utf8)) })
            await sender.idle()
        }
        #expect(seen.all == [1, 2, 3, 0])
        #expect(sender.counters.givenUp == 1)
        await sender.stop()
        await catcher.stop()
    }

    @Test func `an endpoint that hangs is left after the total time-out`() async throws {
        let catcher = try await WebhookCatcher.start { _, _ in .init(delay: .seconds(30)) }
        let url = catcher.url
        var policy = WebhookPolicy()
        policy.totalTimeout = .milliseconds(50)
        let sender = WebhookSender(policy: policy, faults: FaultPlan())
        sender.enqueue(WebhookDelivery(id: "1", subscription: "s") { _ in WebhookRequest(url: url, headers: [], body: Data()) })
        await sender.idle()
        #expect(sender.counters.statuses == [0: 1])
        await sender.stop()
        await catcher.stop()
    }

    @Test func `traffic places orders until it is stopped`() async {
        let seen = Outcomes()
        let traffic = Traffic(seed: 5)
        traffic.start(ordersPerSecond: 500) { action in if action == .place { seen.add(1) } }
        #expect(await eventually { seen.all.count > 20 })
        await traffic.stop()
        let count = seen.all.count
        await Task.yield()
        #expect(seen.all.count == count)
    }
}
