import Connect
import Domain
import Foundation
@testable import ShopifyConnector
import Testing

@Suite struct ConnectorFulfilmentTests {
    private func shipment(_ contents: [(String, Int)] = [], number: String? = "EX000000000TH", url: String? = "https://track.example/EX000000000TH", more: [String] = []) -> Shipment {
        var parcels = contents.isEmpty ? [] : [Parcel(ref: "p1", weightGrams: 500, contents: contents.map { .init(externalLineID: $0.0, quantity: $0.1) })]
        parcels += more.enumerated().map { Parcel(ref: "m\($0.offset)", weightGrams: 100, trackingNumber: $0.element) }
        return Shipment(id: ShipmentID(3), carrier: "Thailand Post", channel: ChannelID(9), externalRef: "hub-3", trackingNumber: number, trackingURL: url, bookedAt: Bench.now, parcels: parcels)
    }
    private func order() throws -> OrderForAction {
        OrderForAction(id: OrderID(1), channel: ChannelID(7), channelName: "test shop", snapshot: try #require(try Bench.order(OrderBody.changed())))
    }
    /// A fulfilment order: (number, location, status, lines as (line number, order line, remaining)).
    private func open(_ id: Int, at location: Int?, status: String = "OPEN", actions: [String] = ["CREATE_FULFILLMENT"], _ lines: [(Int, String, Int)]) -> String {
        let place = location.map { #"{"location":{"id":"gid://shopify/Location/\#($0)"}}"# } ?? "null"
        let nodes = lines.map { #"{"id":"gid://shopify/FulfillmentOrderLineItem/\#($0.0)","remainingQuantity":\#($0.2),"totalQuantity":9,"lineItem":{"id":"gid://shopify/LineItem/\#($0.1)"}}"# }
        return #"{"id":"gid://shopify/FulfillmentOrder/\#(id)","status":"\#(status)","requestStatus":"UNSUBMITTED","supportedActions":[\#(actions.map { #"{"action":"\#($0)"}"# }.joined(separator: ","))],"assignedLocation":\#(place),"lineItems":{"pageInfo":{"hasNextPage":false},"nodes":[\#(nodes.joined(separator: ","))]}}"#
    }
    private func state(_ orders: [String], done: [String] = [], cancelledAt: String = "null") -> PlatformAnswer {
        Bench.data(#"{"order":{"id":"gid://shopify/Order/6100000000001","cancelledAt":\#(cancelledAt),"fulfillments":[\#(done.joined(separator: ","))],"fulfillmentOrders":{"nodes":[\#(orders.joined(separator: ","))]}}}"#)
    }
    private func done(_ number: String, status: String = "SUCCESS", lines: [(String, Int)]? = nil) -> String {
        let nodes = lines.map { $0.map { #"{"quantity":\#($0.1),"lineItem":{"id":"gid://shopify/LineItem/\#($0.0)"}}"# }.joined(separator: ",") }
        return #"{"id":"gid://shopify/Fulfillment/1","status":"\#(status)","trackingInfo":[{"number":"\#(number)"}]\#(nodes.map { #","fulfillmentLineItems":{"nodes":[\#($0)]}"# } ?? "")}"#
    }
    private let created = Bench.data(#"{"fulfillmentCreate":{"fulfillment":{"id":"gid://shopify/Fulfillment/1","status":"SUCCESS"},"userErrors":[]}}"#)

    private func mark(_ shipment: Shipment, _ platform: ScriptedPlatform, _ settings: [String: String] = Bench.staticToken) async throws {
        try await Bench.connector(platform, settings).markShipped(shipment, of: try order(), idempotencyKey: "k")
    }
    private func failure(_ shipment: Shipment, _ platform: ScriptedPlatform) async -> ConnectorError? {
        await #expect(throws: ConnectorError.self) { try await mark(shipment, platform) }
    }
    private func input(_ platform: ScriptedPlatform, _ index: Int) -> [String: Any] { platform.variables(index)["fulfillment"] as? [String: Any] ?? [:] }
    /// (fulfilment order, [(line, quantity)]) of one call.
    private func parts(_ platform: ScriptedPlatform, _ index: Int) -> [String] {
        (input(platform, index)["lineItemsByFulfillmentOrder"] as? [[String: Any]] ?? []).map { part in
            let lines = (part["fulfillmentOrderLineItems"] as? [[String: Any]])?.map { "\(($0["id"] as? String ?? "").split(separator: "/").last ?? "")x\($0["quantity"] ?? 0)" }
            return "\((part["fulfillmentOrderId"] as? String ?? "").split(separator: "/").last ?? ""):\(lines?.joined(separator: "+") ?? "all")"
        }
    }

    @Test func `the parcels' contents are marked with number, address and notice`() async throws {
        let platform = ScriptedPlatform([state([open(72, at: 1, [(82, "11", 3), (83, "12", 1)])]), created])
        try await mark(shipment([("11", 2)]), platform)
        #expect(parts(platform, 1) == ["72:82x2"])
        #expect(input(platform, 1)["trackingInfo"] as? [String: String] == ["company": "Thailand Post", "number": "EX000000000TH", "url": "https://track.example/EX000000000TH"])
        #expect(input(platform, 1)["notifyCustomer"] as? Bool == true)
        var quiet = Bench.staticToken
        quiet["notifyCustomer"] = "false"
        let silent = ScriptedPlatform([state([open(72, at: 1, [(82, "11", 3)])]), created])
        try await mark(shipment([("11", 2)]), silent, quiet)
        #expect(input(silent, 1)["notifyCustomer"] as? Bool == false)
    }

    @Test func `there is one call a location and fulfilment orders of one location share it`() async throws {
        let platform = ScriptedPlatform([state([open(72, at: 1, [(82, "11", 1)]), open(73, at: 2, [(83, "12", 2)]), open(74, at: 1, status: "IN_PROGRESS", [(84, "11", 4)])]), created, created])
        try await mark(shipment([("11", 3), ("12", 2)]), platform)
        #expect(platform.operations == ["fulfilmentState", "fulfillmentCreate", "fulfillmentCreate"])
        #expect(parts(platform, 1) == ["72:82x1", "74:84x2"] && parts(platform, 2) == ["73:83x2"])
    }

    @Test func `a shipment that does not say what it holds takes everything that is open`() async throws {
        let platform = ScriptedPlatform([state([open(72, at: 1, [(82, "11", 1)]), open(73, at: 1, [(83, "12", 0)])]), created])
        try await mark(shipment(), platform)
        #expect(parts(platform, 1) == ["72:all"])
    }

    @Test func `closed, cancelled, foreign and empty fulfilment orders are passed over`() async throws {
        let platform = ScriptedPlatform([state([open(70, at: 1, status: "CLOSED", actions: [], [(80, "11", 0)]), open(71, at: 1, actions: ["REQUEST_FULFILLMENT"], [(81, "11", 2)]),
                                                open(72, at: 1, status: "CANCELLED", [(82, "11", 2)]), open(73, at: 1, [(83, "11", 2)])]), created])
        try await mark(shipment([("11", 2)]), platform)
        #expect(parts(platform, 1) == ["73:83x2"])
    }

    @Test func `several parcels send their numbers with addresses, never mixed forms`() {
        #expect(Tracking.input(for: shipment([], more: ["EX2", "EX000000000TH"])) == ["company": "Thailand Post", "numbers": ["EX000000000TH", "EX2"],
                                                                                     "urls": ["https://track.example/EX000000000TH", "https://track.example/EX2"]])
        #expect(Tracking.input(for: shipment(url: "https://track.example/", more: ["EX2"])) == ["company": "Thailand Post", "numbers": ["EX000000000TH", "EX2"]])
        #expect(Tracking.input(for: shipment(number: nil)) == nil)
    }

    // MARK: looking before acting

    @Test func `a shipment that is marked already is already done`() async throws {
        let whole = ScriptedPlatform([state([open(72, at: 1, [(82, "11", 1)])], done: [done("EX000000000TH")])])
        #expect(await failure(shipment(), whole) == .alreadyDone)
        let lines = ScriptedPlatform([state([], done: [done("EX000000000TH", lines: [("11", 2)])])])
        #expect(await failure(shipment([("11", 2)]), lines) == .alreadyDone)
        let cancelledSince = ScriptedPlatform([state([], done: [done("EX000000000TH", lines: [("11", 2)])], cancelledAt: #""2026-11-06T03:00:00Z""#)])
        #expect(await failure(shipment([("11", 2)]), cancelledSince) == .alreadyDone)
    }

    @Test func `after a lost answer between two locations only the rest is marked`() async throws {
        let platform = ScriptedPlatform([state([open(73, at: 2, [(83, "12", 2)])], done: [done("EX000000000TH", lines: [("11", 3)])]), created])
        try await mark(shipment([("11", 3), ("12", 2)]), platform)
        #expect(parts(platform, 1) == ["73:83x2"])
    }

    @Test func `a cancelled fulfilment with our number does not count`() async throws {
        let platform = ScriptedPlatform([state([open(72, at: 1, [(82, "11", 2)])], done: [done("EX000000000TH", status: "CANCELLED", lines: [("11", 2)])]), created])
        try await mark(shipment([("11", 2)]), platform)
        #expect(parts(platform, 1) == ["72:82x2"])
    }

    // MARK: what a person decides

    @Test func `an order on hold, with nothing left, partly left or cancelled is told apart`() async throws {
        let held = ScriptedPlatform([state([open(72, at: 1, status: "ON_HOLD", actions: ["RELEASE_HOLD"], [(82, "11", 2)])])])
        #expect(await failure(shipment([("11", 2)]), held)?.code == "on_hold")
        #expect(held.operations == ["fulfilmentState"])
        let empty = ScriptedPlatform([state([open(72, at: 1, status: "CLOSED", actions: [], [(82, "11", 0)])])])
        #expect(await failure(shipment(), empty)?.code == "nothing_to_fulfil")
        let partly = ScriptedPlatform([state([open(72, at: 1, [(82, "11", 1)])]), created])
        let error = await failure(shipment([("11", 2), ("14100000000001", 1)]), partly)
        #expect(error?.code == "partly_fulfilled" && error?.sentence.contains("1 of line 11, 1 of BAG-BL-L") == true)
        #expect(parts(partly, 1) == ["72:82x1"])
        let cancelled = ScriptedPlatform([state([open(72, at: 1, [(82, "11", 1)])], cancelledAt: #""2026-11-06T03:00:00Z""#)])
        #expect(await failure(shipment(), cancelled)?.code == "cancelled")
        #expect(await failure(shipment(), ScriptedPlatform([Bench.data(#"{"order":null}"#)]))?.code == "not_found")
    }

    @Test func `the platform's refusal is shown in its words`() async throws {
        let platform = ScriptedPlatform([state([open(72, at: 1, [(82, "11", 1)])]), Bench.data(#"{"fulfillmentCreate":{"fulfillment":null,"userErrors":[{"field":["fulfillment"],"message":"The fulfillment order is closed"}]}}"#)])
        #expect(await failure(shipment(), platform) == .refused(platformCode: "fulfilment_refused", platformMessage: "The fulfillment order is closed"))
    }

    @Test func `lines past a fulfilment order's first page are read`() async throws {
        let first = open(72, at: 1, [(82, "11", 1)]).replacing(#"{"hasNextPage":false}"#, with: #"{"hasNextPage":true,"endCursor":"c"}"#)
        let more = Bench.data(#"{"fulfillmentOrder":{"lineItems":{"pageInfo":{"hasNextPage":false},"nodes":[{"id":"gid://shopify/FulfillmentOrderLineItem/83","remainingQuantity":1,"totalQuantity":1,"lineItem":{"id":"gid://shopify/LineItem/12"}}]}}}"#)
        let platform = ScriptedPlatform([state([first]), more, created])
        try await mark(shipment([("12", 1)]), platform)
        #expect(platform.variables(1)["after"] as? String == "c" && parts(platform, 2) == ["72:83x1"])
    }
}
