import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
import Web

/// A marketplace that ships what its buyers chose its express for, and leaves the rest to a carrier of the seller's own.
struct MixedMarket: InterpretsDeliveries, ArrangesShipments {
    static let descriptor = PlatformDescriptor(platform: "mixed", title: "Mixed market", kind: .shop, settings: [])
    static let ownFleet = "Own fleet"
    init(_ context: ChannelContext) throws(ConnectorError) {}

    func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        do { return [.order(try JSONDecoder().decode(OrderSnapshot.self, from: Data(delivery.body)))] } catch { throw .notUnderstood(field: "body", found: "no order") }
    }
    func handoverChoices(of order: OrderForAction) async throws(ConnectorError) -> [HandoverChoice] {
        if order.snapshot.shipping.methodTitle == Self.ownFleet { return [HandoverChoice(handover: .ownCarrier(trackingNumber: ""), title: "Under its number")] }
        return [HandoverChoice(handover: .pickup(addressID: "A1", slotID: nil), title: "Warehouse")]
    }
    func arrangeShipment(of order: OrderForAction, by handover: Handover, idempotencyKey: String) async throws(ConnectorError) -> [ArrangedPackage] {
        let isOwn = order.snapshot.shipping.methodTitle == Self.ownFleet
        let given: String? = if case .ownCarrier(let number) = handover, !number.isEmpty { number } else { nil }
        guard isOwn == (given != nil) else { throw .refused(platformCode: isOwn ? "tracking_number_missing" : "way_closed", platformMessage: "not so") }
        let contents = order.snapshot.lines.map { Parcel.Content(externalLineID: $0.externalLineID, sku: $0.sku, quantity: $0.quantity) }
        return [ArrangedPackage(externalID: "\(order.snapshot.externalID)/1", isArranged: true, trackingNumber: given ?? "MX\(order.snapshot.externalID)", carrier: "Express", contents: contents, platformStatus: "arranged")]
    }
    func arrangedPackages(of order: OrderForAction) async throws(ConnectorError) -> [ArrangedPackage] { [] }
}

/// Marketplace orders are arranged on a page without scripts.
@Suite struct ArrangeTests {
    /// An order as the marketplace sends it, once it is approved.
    private static func send(_ id: String, _ method: String, to market: Channel, _ bench: WebBench) async throws -> StoredOrder {
        let time = bench.clock.now - .seconds(600)
        let order = OrderSnapshot(
            externalID: id, externalNumber: id, placedAt: time, revision: Revision(updatedAt: time), buyer: Buyer(name: "Ann", phone: "0812345678"),
            shipTo: Address(name: "Ann", phone: "0812345678", line1: "1 Rama IV Road", district: "ปทุมวัน", province: "กรุงเทพมหานคร", postcode: "10330", countryCode: "TH"),
            currency: .thb, totals: Totals(items: 12_900, grand: 12_900), payment: Payment(method: "card", state: .paid), shipping: Shipping(methodTitle: method),
            lines: [OrderLine(externalLineID: "1", sku: "TEA", title: "Tea", quantity: 1, unitPrice: 12_900, lineTotal: 12_900)], platformStatus: "open")
        try await bench.hub.intake.take(channel: market.id, origin: .api, topic: "order", key: id, body: Array(try JSONEncoder().encode(order)))
        return try await eventually { try await bench.hub.ledger.order(channel: market.id, externalID: id).flatMap { $0.workflow == .approved ? $0 : nil } }
    }

    @Test(.timeLimit(.minutes(1)))
    func `an order for a carrier of our own is asked for its number before anything is arranged, and goes under it`() async throws {
        try await WebBench.run(more: [MixedMarket.self]) { bench in
            let clerk = try await bench.join(.operator)
            try await bench.call { call in
                let made = try await call(.post, "/api/v1/channels", #"{"platform":"mixed","name":"Mixed","settings":{"hub.booking":"whenPacked"}}"#)
                #expect(made.status == 201, Comment(rawValue: made.text))
                let market = try bench.hub.channels.channel(named: "Mixed")
                let own = try await Self.send("A-1", MixedMarket.ownFleet, to: market, bench), express = try await Self.send("A-2", "Express", to: market, bench)
                try await bench.browse { browser in
                    let page = try await browser.get("/ship/arrange?channel=\(market.id)", as: clerk).text
                    #expect(page.contains("name=\"number-\(own.id)\"") && page.contains("name=\"number-\(express.id)\""))
                    #expect(page.contains("name=\"needs\" value=\"\(own.id)\"") && !page.contains("name=\"needs\" value=\"\(express.id)\""))

                    let form = ["channel": "\(market.id)", "order": "\(own.id)", "needs": "\(own.id)", "way": ""]
                    for typed in ["", "E!"] {
                        let answer = try await browser.post("/ship/arrange", form.merging(["number-\(own.id)": typed]) { _, new in new }, as: clerk)
                        #expect(answer.status == 422 && answer.text.contains("Nothing was arranged"), Comment(rawValue: typed))
                        #expect(answer.text.contains("value=\"\(typed)\" maxlength") && answer.text.contains("aria-invalid"), "what was typed stays")
                        #expect(!answer.text.contains("value=\"\(express.id)\" checked"), "what was not ticked stays so")
                    }
                    let ownWay = #"{"ownCarrier":{"trackingNumber":""}}"#
                    #expect(try await browser.post("/ship/arrange", ["channel": "\(market.id)", "order": "\(express.id)", "way": ownWay], as: clerk).status == 422)
                    #expect(try await bench.hub.desk.bulk.actions(of: nil, before: nil, limit: 10).isEmpty)

                    let started = try await browser.post("/ship/arrange", form.merging(["number-\(own.id)": "EX 123 456"]) { _, new in new }, as: clerk)
                    let results = try #require(started.location)
                    _ = try await eventually { try await browser.get(results, as: clerk).text.contains("EX123456") ? true : nil }
                    let usual = try #require(try await browser.post("/ship/arrange", ["channel": "\(market.id)", "order": "\(express.id)", "way": ""], as: clerk).location)
                    _ = try await eventually { try await browser.get(usual, as: clerk).text.contains("MXA-2") ? true : nil }
                }
            }
        }
    }
}
