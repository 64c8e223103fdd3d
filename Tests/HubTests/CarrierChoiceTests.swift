import Connect
import Domain
@testable import Hub
import Testing

@Suite struct CarrierChoiceTests {
    private static func candidate(_ name: String, _ rates: String?, service: String? = nil, exists: Bool = true, isWorking: Bool = true) -> CarrierCandidate {
        CarrierCandidate(.init(name, service: service), exists: exists, isWorking: isWorking, rates: rates.map { RateTables.rates($0, .thb) } ?? .none)
    }
    static let post = candidate("Thailand Post", "maximum grams 20000\ncod percent 3 minimum 15\nservice EMS\n10 1000 50\n* 1000 62\n* 20000 235\nservice eCo-Post\n10 1000 45")
    static let flash = candidate("Flash", "cod flat 20\n10,11,12 3000 40\n50 3000 75"), kerry = candidate("Kerry", "cod none\n* 2000 60"), horse = candidate("Horse", nil)
    private static func request(_ grams: Int = 900, _ postcode: String = "50220", cod: Int64? = nil, service: String? = nil) -> RateRequest { RateRequest(boxes: [.init(grams: grams)], postcode: postcode, countryCode: "TH", codMinor: cod, service: service) }

    struct Row: Sendable, CustomTestStringConvertible {
        var kind: CourierWish.Kind, candidates: [CarrierCandidate], request: RateRequest, courier: String?, service: String? = nil, total: Int64? = nil, sentence: String
        var testDescription: String { sentence }
    }
    static let rows = [
        Row(kind: .cheapest, candidates: [post, flash, kerry], request: request(), courier: "Kerry", total: 6000, sentence: "Kerry 60.00 THB, cheapest of 3: Thailand Post EMS 62.00 THB; Flash 75.00 THB."),
        Row(kind: .cheapest, candidates: [post, flash, kerry], request: request(900, "50220", cod: 100_000), courier: "Thailand Post", service: "EMS", total: 9200,
            sentence: "Thailand Post EMS 92.00 THB with 30.00 THB for collecting, cheapest of 3: Flash 95.00 THB with 20.00 THB for collecting; Kerry takes no cash on delivery."),
        Row(kind: .cheapest, candidates: [flash, post], request: request(900, "10240"), courier: "Flash", total: 4000, sentence: "Flash 40.00 THB, cheapest of 2: Thailand Post eCo-Post 45.00 THB."),
        Row(kind: .cheapest, candidates: [post, flash, kerry], request: request(5000, "50220"), courier: "Thailand Post", service: "EMS", total: 23_500,
            sentence: "Thailand Post EMS 235.00 THB, the only one of 3 that can: Flash carries at most 3 kg, and a box weighs 5 kg; Kerry carries at most 2 kg, and a box weighs 5 kg."),
        Row(kind: .firstThatCan, candidates: [flash, post, kerry], request: request(), courier: "Flash", total: 7500, sentence: "Flash 75.00 THB, first of 3: Thailand Post EMS 62.00 THB; Kerry 60.00 THB."),
        Row(kind: .firstThatCan, candidates: [flash, post, kerry], request: request(900, "83000"), courier: "Thailand Post", service: "EMS", total: 6200,
            sentence: "Thailand Post EMS 62.00 THB, first of 3 that can: Kerry 60.00 THB; Flash does not serve 83000."),
        Row(kind: .cheapest, candidates: [horse, kerry], request: request(), courier: "Kerry", total: 6000, sentence: "Kerry 60.00 THB, cheapest of 2: Horse without a price list."),
        Row(kind: .firstThatCan, candidates: [horse, kerry], request: request(), courier: "Horse", sentence: "Horse without a price list, first of 2: Kerry 60.00 THB."),
        Row(kind: .cheapest, candidates: [kerry], request: request(), courier: "Kerry", total: 6000, sentence: "Kerry 60.00 THB."),
        Row(kind: .cheapest, candidates: [kerry], request: request(2001), courier: nil, sentence: "Kerry carries at most 2 kg, and a box weighs 2.001 kg."),
        Row(kind: .cheapest, candidates: [kerry, flash], request: request(2500, "83000"), courier: nil,
            sentence: "None of 2 couriers can take it: Kerry carries at most 2 kg, and a box weighs 2.5 kg; Flash does not serve 83000."),
        Row(kind: .cheapest, candidates: [candidate("Gone", nil, exists: false), candidate("Broken", "x"), kerry], request: request(), courier: "Kerry", total: 6000,
            sentence: "Kerry 60.00 THB, the only one of 3 that can: Gone is no courier channel; the price list of Broken cannot be read (Line 1 of the price list: there is no zone “x” above this line; write zone “x” 10,11,12 first.)."),
        Row(kind: .cheapest, candidates: [candidate("Parked", "* 5000 1", isWorking: false), kerry], request: request(), courier: "Kerry", total: 6000, sentence: "Kerry 60.00 THB, cheapest of 2: (waiting) Parked 1.00 THB."),
        Row(kind: .cheapest, candidates: [candidate("Parked", "* 5000 1", isWorking: false), kerry], request: request(4000), courier: "Parked", total: 100,
            sentence: "Parked 1.00 THB, the only one of 2 that can: Kerry carries at most 2 kg, and a box weighs 4 kg; its channel waits for a person."),
        Row(kind: .cheapest, candidates: [candidate("A", "* 900 5"), candidate("B", "* 900 5")], request: request(), courier: "A", total: 500, sentence: "A 5.00 THB, cheapest of 2: B 5.00 THB."),
    ]

    @Test(arguments: rows) func `of several couriers one is chosen, and one sentence says why`(row: Row) {
        let choice = CarrierChooser.choose(row.kind, among: row.candidates, for: row.request, currency: .thb)
        #expect(choice.courier == row.courier && choice.totalMinor == row.total)
        if let service = row.service { #expect(choice.service == service) }
        #expect(choice.sentence == row.sentence)
    }

    @Test func `the shop's word for the way is a service where the list knows it, and an unknown weight is told`() {
        let choice = CarrierChooser.choose(.cheapest, among: [Self.post, Self.flash], for: Self.request(1, "10240"), method: "ems", currency: .thb, isWeightKnown: false)
        #expect(choice.courier == "Flash" && choice.sentence == "Flash 40.00 THB, cheapest of 2: Thailand Post EMS 50.00 THB; the weight is not known.")
        #expect(CarrierChooser.choose(.cheapest, among: [Self.post], for: Self.request(1, "10240"), method: "flat_rate", currency: .thb).service == "eCo-Post")
    }

    @Test func `a sentence has its limit`() {
        let many = (0..<20).map { Self.candidate("Courier \($0) \(String(repeating: "x", count: 40))", "10 1 1") }
        let sentence = CarrierChooser.choose(.cheapest, among: many, for: Self.request(), currency: .thb).sentence
        #expect(sentence.count <= CarrierChooser.maximumSentence && sentence.hasPrefix("None of 20"))
    }

    // MARK: in rules

    @Test func `a rule names several couriers and a wish`() throws {
        let rules = try RuleSet(yaml: "rules: [{name: pick, then: {courier: {cheapest: [Thailand Post, {name: Flash, service: express}]}, service: EMS}}, {name: late, then: {courier: Kerry}}]", version: 1)
        let decision = rules.decide(ruleFacts())
        #expect(decision.wish == CourierWish(.cheapest, [.init("Thailand Post"), .init("Flash", service: "express")], rule: "pick"))
        #expect(decision.courier == nil && decision.service == "EMS")
        let first = try RuleSet(yaml: "rules: [{name: a, then: {courier: Kerry}}, {name: b, then: {courier: {firstThatCan: [A]}}}]", version: 1).decide(ruleFacts())
        #expect(first.courier == "Kerry" && first.wish == nil)
    }

    @Test(arguments: [
        ("courier: {}", "is empty"), ("courier: {cheapest: []}", "empty list"), ("courier: {cheapest: A}", "must be a list"), ("courier: {cheapest: [A], firstThatCan: [B]}", "one of cheapest and firstThatCan"), ("courier: {dearest: [A]}", "no key dearest"),
        ("courier: {cheapest: [A, A]}", "stands twice"), ("courier: {cheapest: [{service: x}]}", "needs its name"), ("courier: {cheapest: [[A]]}", "must be one text"), ("courier: [A, B]", "must be one text"),
    ]) func `a wish that cannot be read says what is wrong`(then: String, words: String) {
        let error = #expect(throws: RuleError.self) { _ = try RuleSet(yaml: "rules: [{name: a, then: {\(then)}}]", version: 1) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    private static func channel(_ id: Int64, _ name: String, _ kind: PlatformDescriptor.Kind, rates: String = "") -> Channel {
        Channel(id: ChannelID(id), name: name, platform: "x", kind: kind, hookKey: "k\(id)", settings: rates.isEmpty ? [:] : [HubSetting.rates: rates], state: .active, createdAt: Timestamp(seconds: 0))
    }
    private static func surroundings(_ channels: Channel...) -> Surroundings { Surroundings(channels: Dictionary(channels.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })) }
    static let around = surroundings(channel(1, "Shop", .shop), channel(2, "Flash", .courier, rates: "10 3000 40\n50 3000 75"), channel(3, "Kerry", .courier, rates: "* 2000 60"))

    private static func order(_ change: (inout OrderSnapshot) -> Void = { _ in }) -> StoredOrder {
        let snapshot = DeskBench.order("1", change: change), time = snapshot.placedAt
        return StoredOrder(id: OrderID(1), channel: ChannelID(1), snapshot: snapshot, source: nil, edits: [], decision: nil, workflow: .new, fulfilment: .unfulfilled, paymentState: snapshot.payment.state, version: 1,
                           sourceDigest: 0, sourceReceivedAt: time, createdAt: time, updatedAt: time)
    }
    private static let approved = RuleDecision(outcome: .approved, reason: "ok", rule: "pick", wish: CourierWish(.cheapest, [.init("Flash"), .init("Kerry")], rule: "pick"))

    @Test func `an approved order gets its courier with the reason among what matched`() {
        let decision = Self.around.settled(Self.approved, of: Self.order())
        #expect(decision.outcome == .approved && decision.courier == "Flash" && !decision.isWithoutCourier)
        #expect(decision.choice?.sentence == "Flash 40.00 THB, cheapest of 2: Kerry 60.00 THB.")
        #expect(decision.matched.first == MatchedValue(field: "courier", value: "Flash 40.00 THB, cheapest of 2: Kerry 60.00 THB."))
    }

    @Test func `packages are priced one by one`() {
        var decision = Self.approved
        decision.packages = [PackagePlan(contents: [], weightGrams: 2500), PackagePlan(contents: [], weightGrams: 100)]
        let settled = Self.around.settled(decision, of: Self.order())
        #expect(settled.choice?.sentence == "Flash 80.00 THB, the only one of 2 that can: Kerry carries at most 2 kg, and a box weighs 2.5 kg.")
    }

    @Test func `an order that none can take is held with the plain reason, and never falls to another courier`() {
        let order = Self.order { $0.lines[0].weightGrams = 3000 }, decision = Self.around.settled(Self.approved, of: order)
        #expect(decision.outcome == .held && decision.rule == "pick" && decision.courier == nil && decision.isWithoutCourier)
        #expect(decision.reason == "None of 2 couriers can take it: Flash carries at most 3 kg, and a box weighs 6.4 kg; Kerry carries at most 2 kg, and a box weighs 6.4 kg.")
        #expect(Self.surroundings(Self.channel(1, "Shop", .shop), Self.channel(2, "Flash", .courier)).courier(for: decision, of: ChannelID(1)) == nil)
    }

    @Test func `chosen anew the service is the one that was asked for, not the one that was chosen`() {
        let around = Self.surroundings(Self.channel(1, "Shop", .shop), Self.channel(2, "Post", .courier, rates: "service EMS\n10 3000 40"), Self.channel(3, "Flash", .courier, rates: "service express\n50 3000 30"))
        var wish = Self.approved
        wish.wish = CourierWish(.cheapest, [.init("Post"), .init("Flash")], rule: "pick")
        let first = around.chosen(wish, of: Self.order())
        #expect(first.courier == "Post" && first.service == "EMS")
        let moved = Self.order { $0.shipTo?.postcode = "50220"; $0.shipTo?.district = "ดอยสะเก็ด"; $0.shipTo?.province = "เชียงใหม่" }, second = around.chosen(first, of: moved)
        #expect(second.courier == "Flash" && second.service == "express" && second.matched.count { $0.field == "courier" } == 1)
    }

    @Test(arguments: [RuleDecision.Outcome.excluded, .held, .undecided]) func `what is decided otherwise stays so`(outcome: RuleDecision.Outcome) {
        var decision = Self.approved
        decision.outcome = outcome
        #expect(Self.around.settled(decision, of: Self.order { $0.lines[0].weightGrams = 30_000 }).outcome == outcome)
    }

    @Test func `what needs no parcel needs no courier`() {
        let order = Self.order { for index in $0.lines.indices { $0.lines[index].requiresShipping = false } }
        #expect(Self.around.settled(Self.approved, of: order) == Self.approved)
    }

    @Test func `an address that contradicts itself holds an approved order with the ways out`() {
        let order = Self.order { $0.shipTo?.postcode = "50220" }, decision = Self.around.settled(RuleDecision(outcome: .approved, reason: "paid"), of: order)
        #expect(decision.outcome == .held && decision.rule == RuleDecision.addressCheck)
        #expect(decision.reason == "50220 belongs to ดอยสะเก็ด, เชียงใหม่; the address says กรุงเทพมหานคร: take ดอยสะเก็ด, เชียงใหม่, or take 10240, or take 10250.")
    }

    @Test func `a rehearsal shows which courier a draft would choose`() throws {
        let draft = try RuleSet(yaml: "rules: [{name: pick, then: {approve: true, courier: {cheapest: [Flash, Kerry]}}}]", version: 0)
        var rehearsal = RuleRehearsal(live: nil, draft: draft, surroundings: Self.around)
        guard let shop = Self.around.channels[ChannelID(1)] else { return }
        rehearsal.examine(Self.order(), channel: shop)
        rehearsal.examine(Self.order { $0.lines[0].weightGrams = 30_000 }, channel: shop)
        #expect(rehearsal.report.changes.map(\.to.courier) == ["Flash", nil])
        #expect(rehearsal.report.changes.map(\.to.outcome) == [.approved, .held])
        #expect(rehearsal.report.changes.first?.matched.first?.field == "courier")
    }
}
