import Connect
import Database
import Domain
@testable import Hub
import Testing

@Suite(.timeLimit(.minutes(1))) struct CarrierAddressTests {
    /// A hub whose shop approves by itself.
    private static func run(_ engine: Engine, _ body: @Sendable (DeskBench) async throws -> Void) async throws {
        try await DeskBench.run(engine) { bench in
            _ = try await bench.hub.channels.applyRules(RuleApplication("rules: [{name: all, then: {approve: true}}]", by: DeskBench.ann), to: bench.shop)
            try await body(bench)
        }
    }

    @Test(arguments: DeskBench.engines)
    func `an address that contradicts itself holds the order before any carrier, and one click mends it`(engine: Engine) async throws {
        try await Self.run(engine) { bench in
            try await bench.take([DeskBench.order("1") { $0.shipTo?.postcode = "50220"; $0.shipTo?.district = nil }, DeskBench.order("2")])
            let held = try await bench.order("1")
            #expect(held.workflow == .awaitingConfirmation && held.decision?.rule == RuleDecision.addressCheck)
            #expect(held.decision?.reason?.hasPrefix("50220 belongs to ดอยสะเก็ด, เชียงใหม่; the address says กรุงเทพมหานคร") == true)
            #expect(AddressCheck.sentence(for: held) == held.decision?.reason)
            #expect(try await bench.order("2").workflow == .approved)
            let offers = AddressCheck.offers(for: held), place = try #require(offers.first { $0.kind == .place })
            #expect(place.values == ["shipTo.province": "เชียงใหม่", "shipTo.provinceCode": "TH-50", "shipTo.district": "ดอยสะเก็ด"])
            let mended = try await bench.hub.ledger.takeOffer(place.id, on: held.id, by: DeskBench.ann, seenVersion: held.version)
            #expect(mended.workflow == .edited && mended.snapshot.shipTo?.provinceCode == "TH-50" && mended.snapshot.flags.isEmpty)
            #expect(AddressCheck.offers(for: mended).isEmpty)
            await #expect(throws: OfferFault.gone) { try await bench.hub.ledger.takeOffer(place.id, on: held.id, by: DeskBench.ben, seenVersion: nil) }
            let lines = try await bench.hub.audit.entries(AuditFilter(subject: "order:\(held.id)"), before: nil, limit: 10).entries
            #expect(lines.map(\.action) == ["order.edit"])
        }
    }

    @Test func `a person who has looked may approve it as it is`() async throws {
        try await Self.run(.sqlite) { bench in
            try await bench.take([DeskBench.order("1") { $0.shipTo?.district = "บางรัก" }])
            let held = try await bench.order("1")
            #expect(held.workflow == .awaitingConfirmation && held.snapshot.flags.map(\.code) == ["address_district_postcode_disagree"])
            #expect(try await bench.hub.ledger.act(.approve, on: held.id, by: DeskBench.ann).workflow == .approved)
        }
    }

    @Test func `a rule's couriers are chosen anew when the order is edited, and none is guessed`() async throws {
        try await DeskBench.run { bench in
            let book = DeskBook()
            for (name, rates) in [("Flash", "10 3000 40"), ("Kerry", "* 2000 60")] {
                _ = try await bench.hub.channels.add(platform: "deskcourier", name: name, settings: ["book": book.name, HubSetting.rates: rates], by: "test")
            }
            let rules = "rules: [{name: pick, then: {approve: true, courier: {cheapest: [Flash, Kerry]}}}]"
            _ = try await bench.hub.channels.applyRules(RuleApplication(rules, by: DeskBench.ann), to: bench.shop)
            try await bench.take([DeskBench.order("1") { $0.lines[0].weightGrams = 5000 }, DeskBench.order("2")])
            let held = try await bench.order("1"), going = try await bench.order("2")
            #expect(held.workflow == .awaitingConfirmation && held.decision?.isWithoutCourier == true && held.decision?.rule == "pick")
            #expect(going.decision?.courier == "Flash" && going.workflow == .queued)
            // Nobody's price list was changed: approving it anyway leaves it without a courier, and says so.
            let stuck = try await bench.hub.ledger.act(.approve, on: held.id, by: DeskBench.ann)
            #expect(stuck.workflow == .approved)
            let problems = try await bench.hub.ledger.affairs(of: held.id).problems
            #expect(problems.map(\.code) == ["no_courier"] && problems.first?.message.hasPrefix("None of 2 couriers can take it") == true)
            _ = try await bench.hub.ledger.act(.edit(["lines.1.quantity": "0"]), on: held.id, by: DeskBench.ann)
            let edited = try await bench.order("1")
            #expect(edited.decision?.courier == "Flash")
            #expect(try await bench.hub.ledger.act(.approve, on: held.id, by: DeskBench.ann).workflow == .queued)
            #expect(try await bench.hub.ledger.affairs(of: held.id).problems.isEmpty)
            let events = try await bench.hub.ledger.events(of: going.id)
            #expect(events.contains { $0.cause.detail?.contains("courier = Flash 40.00 THB, cheapest of 2: Kerry 60.00 THB.") == true })
        }
    }

    @Test func `a price list that cannot be read is refused when it is saved`() async throws {
        try await DeskBench.run { bench in
            await #expect(throws: RateTable.Fault.self) {
                _ = try await bench.hub.channels.add(platform: "deskcourier", name: "Flash", settings: ["book": DeskBook().name, HubSetting.rates: "10 heavy 40"], by: "test")
            }
        }
    }
}
