import Connect
import Domain
import Foundation
@testable import Hub
import Testing

@Suite struct ConsolidationPlanTests {
    static let carrier = Channel(id: ChannelID(9), name: "Post", platform: "post", kind: .courier, hookKey: "k", settings: [:], state: .active, createdAt: Timestamp(seconds: 0))
    static let rates = try? RateTable("* 1000 30\n* 2000 40\n* 5000 70\n50 1000 60", currency: .thb)

    static func candidate(_ id: Int64, name: String = "Malee", line1: String = "12/3 Ramkhamhaeng", postcode: String = "10240", grams: Int = 400, cod: Int64? = nil, tags: [String] = [], phone: String = "0812345678",
                          district: String? = "Bang Kapi", province: String = "Bangkok", service: String? = nil, byPlatform: Bool = false, carrier: Channel? = carrier, rates: RateTable? = rates,
                          channel: Int64 = 1) -> ConsolidationPlan.Candidate {
        let time = Timestamp(seconds: 1_700_000_000 + id)
        let snapshot = OrderSnapshot(
            externalID: "\(id)", externalNumber: "#\(id)", placedAt: time, revision: Revision(updatedAt: time), shipTo: Address(name: name, phone: phone, line1: line1, district: district, province: province, postcode: postcode, countryCode: "TH"),
            currency: .thb, totals: Totals(items: 100, grand: 100), payment: Payment(state: cod == nil ? .paid : .unpaid, isCashOnDelivery: cod != nil, codAmount: cod),
            lines: [OrderLine(externalLineID: "1", title: "Tea", quantity: 1, unitPrice: 100, lineTotal: 100, weightGrams: grams)], tags: tags, platformStatus: "open")
        let order = StoredOrder(id: OrderID(id), channel: ChannelID(channel), snapshot: snapshot, source: nil, edits: [], decision: service.map { RuleDecision(outcome: .approved, service: $0) }, workflow: .approved, fulfilment: .unfulfilled, paymentState: cod == nil ? .paid : .unpaid,
                                version: 1, sourceDigest: 0, sourceReceivedAt: time, createdAt: time, updatedAt: time)
        return .init(order: order, carrier: carrier, rates: rates, isShippedByPlatform: byPlatform)
    }

    @Test func `orders of one buyer at one address are gathered, and what that saves is reckoned by the price list`() throws {
        let plan = ConsolidationPlan([Self.candidate(2, cod: 5000), Self.candidate(1, name: " malee ", line1: "12/3  Ramkhamhaeng.", phone: "+66 81 234 5678")], by: .buyer)
        let group = try #require(plan.groups.first)
        #expect(group.orders == [OrderID(1), OrderID(2)])
        #expect((group.grams, group.singleMinor, group.togetherMinor, group.savingMinor, group.codMinor) == (800, 6000, 3000, 3000, 5000))
        #expect(plan.apart.isEmpty)
    }

    @Test(arguments: [
        (candidate(2, byPlatform: true), ConsolidationPlan.Apart.Reason.shippedByPlatform), (candidate(2, carrier: nil), .noCarrier), (candidate(2, line1: ""), .noAddress), (candidate(2, name: "M****e"), .maskedAddress),
        (candidate(2, tags: ["ship-alone"]), .shipAlone), (candidate(2, name: "Somchai"), .alone), (candidate(2, postcode: "10250"), .alone),
    ])
    func `what may not be merged stays apart, and says why`(other: ConsolidationPlan.Candidate, reason: ConsolidationPlan.Apart.Reason) {
        let plan = ConsolidationPlan([Self.candidate(1), other], by: .buyer)
        #expect(plan.groups.isEmpty)
        #expect(plan.apart.contains { $0.order == OrderID(2) && $0.reason == reason })
        #expect(plan.apart.contains { $0.order == OrderID(1) && $0.reason == .alone })
    }

    @Test func `what one parcel cannot carry begins the next`() {
        let plan = ConsolidationPlan((1...4).map { Self.candidate($0, grams: 2000) }, by: .buyer)
        #expect(plan.groups.map(\.orders) == [[OrderID(1), OrderID(2)], [OrderID(3), OrderID(4)]])
    }

    @Test func `what saves nothing is not merged`() {
        let plan = ConsolidationPlan([Self.candidate(1, grams: 2000), Self.candidate(2, grams: 1200)], by: .buyer)
        #expect(plan.groups.map(\.savingMinor) == [1000])
        let dear = ConsolidationPlan([Self.candidate(1, postcode: "50000", grams: 400), Self.candidate(2, postcode: "50000", grams: 700)], by: .buyer)
        #expect(dear.groups.isEmpty)
        #expect(dear.apart.map(\.reason) == [.tooHeavy, .alone] || dear.apart.allSatisfy { [.tooHeavy, .alone].contains($0.reason) })
    }

    @Test func `a brand's orders to one place travel together whoever takes them in`() {
        let plan = ConsolidationPlan([Self.candidate(1, tags: ["brand:Acme"]), Self.candidate(2, name: "Front desk", tags: ["brand:Acme"], phone: "021", channel: 2), Self.candidate(3, tags: ["brand:Other"])], by: .destination)
        #expect(plan.groups.map(\.orders) == [[OrderID(1), OrderID(2)]])
        #expect(plan.apart.map(\.reason) == [.alone])
    }

    @Test(arguments: [("* 1000", 1), ("* 1000 30\nx y z", 2), ("* 0 30", 1), ("* 1000 -3", 1), ("1*0 1000 3", 1)])
    func `a price list that cannot be read names its line`(text: String, line: Int) {
        do {
            _ = try RateTable(text, currency: .thb)
            Issue.record("it was taken")
        } catch { if case .line(line, _) = error {} else { Issue.record("\(error)") } }
    }

    @Test(arguments: [(400, "10240", 3000), (1001, "10240", 4000), (400, "50220", 6000), (1001, "50220", nil), (6000, "10240", nil), (400, nil, 3000)] as [(Int, String?, Int64?)])
    func `the longest beginning that fits decides the zone, and the lightest band that carries it the price`(grams: Int, postcode: String?, price: Int64?) throws {
        let rates = try #require(Self.rates), request = RateRequest(boxes: [.init(grams: grams)], postcode: postcode)
        #expect((try? rates.quote(request).totalMinor) == price)      // nil: it is not carried
    }

    // MARK: the price list asked as the choice among couriers asks it

    @Test(arguments: [("TH-50 1000 50", 10_000, 5000), ("TH-50 1000 50\n* 1000 30", 10_000, 5000), ("10 1000 20\nTH-50 1000 50", 10_000, 5000), ("TH-83 1000 50\n* 1000 30", 6000, 3000)] as [(String, Int64, Int64)])
    func `a province's band prices the plan`(text: String, single: Int64, together: Int64) throws {
        let table = try RateTable(text, currency: .thb)
        let plan = ConsolidationPlan((1...2).map { Self.candidate($0, postcode: "50200", district: nil, province: "Chiang Mai", rates: table) }, by: .buyer), group = try #require(plan.groups.first)
        #expect(group.singleMinor == single)
        #expect(group.togetherMinor == together)
        #expect(plan.apart.isEmpty)
    }

    @Test func `each order costs what the choice among couriers says of it`() throws {
        let table = try RateTable("cod flat 10 percent 2\nfuel 10%\nTH-50 1000 50\n* 1000 30", currency: .thb)
        let candidates = (1...2).map { Self.candidate($0, postcode: "50200", cod: 100_000, district: nil, province: "Chiang Mai", rates: table) }
        let group = try #require(ConsolidationPlan(candidates, by: .buyer).groups.first)
        let choice = CarrierChooser.choose(.cheapest, among: [CarrierCandidate(.init("Post"), rates: .table(table))], for: RateRequest(for: candidates[0].order), currency: .thb)
        #expect(choice.totalMinor == 8500)
        #expect(group.singleMinor == 17_000)
        #expect(group.togetherMinor == 10_500)
    }

    @Test(arguments: [("EMS", 14_200, 7100), ("ems", 14_200, 7100), (nil, 8000, 4000)] as [(String?, Int64, Int64)])
    func `the service that was decided on has its own prices`(service: String?, single: Int64, together: Int64) throws {
        let table = try RateTable("service EMS\n* 1000 71\n* 5000 95\nservice eCo-Post\n* 2000 40", currency: .thb)
        let plan = ConsolidationPlan((1...2).map { Self.candidate($0, service: service, rates: table) }, by: .buyer), group = try #require(plan.groups.first)
        #expect(group.singleMinor == single)
        #expect(group.togetherMinor == together)
    }

    @Test func `together no more is collected than the courier takes`() throws {
        let table = try RateTable("maximum cod 50000\n* 5000 40", currency: .thb)
        let plan = ConsolidationPlan((1...3).map { Self.candidate($0, cod: 2_000_000, rates: table) }, by: .buyer)
        #expect(plan.groups.map(\.orders) == [[OrderID(1), OrderID(2)]])
        #expect(plan.groups.map(\.codMinor) == [4_000_000])
        #expect(plan.apart.map(\.order) == [OrderID(3)] && plan.apart.map(\.reason) == [.tooMuchCOD])
        let pair = ConsolidationPlan((1...2).map { Self.candidate($0, cod: 3_000_000, rates: table) }, by: .buyer)
        #expect(pair.groups.isEmpty && pair.apart.map(\.reason) == [.tooMuchCOD, .tooMuchCOD])
    }

    @Test(arguments: [("maximum cod 100\n* 5000 40", 20_000, 1), ("cod none\n* 5000 40", 20_000, 1), ("11 5000 40", nil, 3), ("countries MY\n* 5000 40", nil, 3)] as [(String, Int64?, Int)])
    func `what the courier does not take alone is not merged, and says so`(text: String, cod: Int64?, count: Int) throws {
        let table = try RateTable(text, currency: .thb)
        let plan = ConsolidationPlan([Self.candidate(1, cod: cod, rates: table), Self.candidate(2, rates: table), Self.candidate(3, rates: table)], by: .buyer)
        #expect(plan.apart.map(\.reason) == Array(repeating: ConsolidationPlan.Apart.Reason.notCarried, count: count))
        #expect(plan.groups.map(\.orders) == (count == 1 ? [[OrderID(2), OrderID(3)]] : []))
    }

    // MARK: what is wanted of it

    @Test(arguments: [
        ([[1, 3]], [[1, 3]]), ([[3, 1]], [[1, 3]]), ([[1, 2, 3]], [[1, 2, 3]]), ([[1]], []), ([[]], []), ([[1, 4]], []), ([[1, 9]], []), ([[1, 2], [4, 5]], [[1, 2], [4, 5]]), ([[1, 1]], []),
    ] as [([[Int64]], [[Int64]])])
    func `orders are left out of a group, and two stay`(wanted: [[Int64]], chosen: [[Int64]]) {
        let plan = ConsolidationPlan((1...3).map { Self.candidate($0) } + (4...5).map { Self.candidate($0, name: "Somchai") }, by: .buyer)
        #expect(plan.choices(of: wanted.map { $0.map { OrderID($0) } }).map(\.orders) == chosen.map { $0.map { OrderID($0) } })
    }
}
