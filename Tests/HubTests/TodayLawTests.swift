@testable import Hub
import Domain
import Testing

@Suite struct TodayLawTests {
    private static let hour: Int64 = 3_600_000
    private static func at(_ hours: Double) -> Timestamp { Timestamp(milliseconds: 494_400 * hour + Int64(hours * Double(hour))) }
    private static func hours(_ counts: [Int64: Int]) -> [Int64: Int] { Dictionary(uniqueKeysWithValues: counts.map { (494_400 + $0.key, $0.value) }) }
    /// Every hour of the week before hour nought.
    private static func steady(_ count: Int) -> [Int64: Int] { hours(Dictionary(uniqueKeysWithValues: (-168..<0).map { ($0, count) })) }

    @Test(arguments: [(30, 0.5, 15.0), (30, 1.5, 45.0), (4, 2.0, 8.0)])
    func `a steady channel is silent once it owes six deliveries`(each: Int, later: Double, expected: Double) throws {
        let found = SilenceLaw.expected(hours: Self.steady(each), begin: Self.at(-500), last: Self.at(0), now: Self.at(later))
        #expect(abs(try #require(found) - expected) < 0.01)
    }

    @Test(arguments: [(600, 0.2), (4, 1.0), (1, 5.0), (0, 100.0)])
    func `a pause that is usual is no silence`(each: Int, later: Double) {
        #expect(SilenceLaw.expected(hours: Self.steady(each), begin: Self.at(-500), last: Self.at(0), now: Self.at(later)) == nil)
    }

    @Test func `a shop that sleeps at night is not silent at night, and is when its morning brings nothing`() {
        // Twenty an hour from hour 9 to 17 of each of the seven days before; the last order came at hour 17 of the day before.
        let week = Self.hours(Dictionary(uniqueKeysWithValues: (-7 ..< 0).flatMap { day in (9..<18).map { (Int64(day * 24 + $0), 20) } }))
        let last = Self.at(-6.05)
        #expect(SilenceLaw.expected(hours: week, begin: Self.at(-500), last: last, now: Self.at(8.9)) == nil)
        #expect(SilenceLaw.expected(hours: week, begin: Self.at(-500), last: last, now: Self.at(9.5)) != nil)
    }

    @Test func `a channel without a past has no rhythm to break`() {
        #expect(SilenceLaw.expected(hours: Self.hours([-1: 500]), begin: Self.at(-1), last: Self.at(0), now: Self.at(50)) == nil)
        #expect(SilenceLaw.expected(hours: Self.hours([-1: 50, -2: 50, -3: 50]), begin: Self.at(-3), last: Self.at(0), now: Self.at(0.5)) != nil)
    }

    @Test(arguments: [(Int64(0), Int64(0)), (899_999, 0), (900_000, 1), (-1, -1), (-900_000, -1), (-900_001, -2)])
    func `a quarter of an hour begins where the one before ends`(milliseconds: Int64, slot: Int64) {
        #expect(DueSlot.of(Timestamp(milliseconds: milliseconds)) == slot)
        #expect(DueSlot.start(slot).milliseconds <= milliseconds)
    }

    @Test func `a series has a step for every ten minutes of the day, and sums what its minutes counted`() {
        let pulse = Pulse(now: { Self.at(0.99) })
        pulse.accepted(3)
        pulse.beat(.init(orders: 2, booked: 1, lags: [100, 200]))
        let series = pulse.series(stepMinutes: 10)
        #expect(series.count == 144 && series.map(\.minute) == series.map(\.minute).sorted())
        #expect(series.last.map { [$0.accepted, $0.orders, $0.booked, $0.lags.count] } == [3, 2, 1, 2])
        #expect(series.dropLast().allSatisfy { $0.accepted == 0 && $0.lags.count == 0 })
    }

    private static func order(_ change: (inout StoredOrder) -> Void) -> StoredOrder {
        let snapshot = ruleFacts { _ in }.order
        var order = StoredOrder(id: OrderID(1), channel: ChannelID(2), snapshot: snapshot, source: nil, edits: [], decision: nil, workflow: .approved, fulfilment: .unfulfilled, paymentState: .paid, version: 1,
                                sourceDigest: 0, sourceReceivedAt: Timestamp(milliseconds: 0), createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0))
        order.snapshot.lines = [OrderLine(externalLineID: "1", title: "Tea", quantity: 1, unitPrice: 100, lineTotal: 100)]
        change(&order)
        return order
    }

    @Test(arguments: Workflow.allCases)
    func `an order has to leave as long as somebody works on it`(workflow: Workflow) {
        let expected: DueStage? = switch workflow {
        case .new, .edited, .awaitingConfirmation: .toApprove
        case .approved, .queued: .going
        case .synced: .booked
        case .processed, .excluded, .cancelled: nil
        }
        #expect(DueOrder(Self.order { $0.workflow = workflow })?.stage == expected)
        #expect(DueOrder(Self.order { $0.workflow = workflow; $0.fulfilment = .pickedUp }) == nil)
    }

    @Test func `what nobody paid for has no promise, unless its platform names a time`() {
        #expect(DueOrder(Self.order { $0.workflow = .new; $0.paymentState = .unpaid; $0.snapshot.payment = Payment(state: .unpaid); $0.snapshot.totals.grand = 100 }) == nil)
        #expect(DueOrder(Self.order { $0.workflow = .new; $0.paymentState = .unpaid; $0.snapshot.payment = Payment(state: .unpaid); $0.snapshot.shipping.shipBy = Self.at(1) })?.stated == Self.at(1))
        #expect(DueOrder(Self.order { $0.snapshot.lines[0].requiresShipping = false }) == nil)
    }

    @Test func `each hold has its cause`() {
        func held(_ change: (inout StoredOrder) -> Void) -> WaitingOrder? { WaitingOrder(Self.order { $0.workflow = .awaitingConfirmation; change(&$0) }) }
        #expect(held { $0.decision = RuleDecision(outcome: .held, reason: "look", rule: "big") }.map { [$0.cause.rawValue, $0.subject, $0.reason] } == ["rule", "big", "look"])
        #expect(held { $0.decision = RuleDecision(outcome: .held, reason: RuleDecision.withoutAddress) }?.cause == .address)
        #expect(held { $0.snapshot.standing = .onHold; $0.snapshot.platformStatus = "slip" }.map { [$0.cause.rawValue, $0.subject] } == ["platform", "slip"])
        #expect(held { $0.decision = RuleDecision(outcome: .approved) }?.cause == .person)
        #expect(WaitingOrder(Self.order { $0.workflow = .edited })?.cause == .edited)
        #expect(WaitingOrder(Self.order { $0.workflow = .new; $0.decision = RuleDecision(reason: RuleDecision.awaitingPayment) })?.cause == .payment)
        #expect(WaitingOrder(Self.order { $0.workflow = .new; $0.decision = RuleDecision(reason: RuleDecision.approvedByHand) })?.cause == .hand)
        #expect(WaitingOrder(Self.order { $0.workflow = .queued }) == nil)
    }
}
