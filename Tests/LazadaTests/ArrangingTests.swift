import Connect
import Domain
import Foundation
import Testing

@testable import LazadaConnector

/// Packing and handing over (platforms/lazada.md §6.1 to §6.4).
@Suite struct ArrangingTests {
    private func units(_ count: Int) -> [ActionShop.Unit] { (1...count).map { .init(id: "\($0)") } }

    private func arranged(_ bench: ActionBench, _ order: OrderForAction) async throws(ConnectorError) -> [ArrangedPackage] {
        try await bench.connector.arrangeShipment(of: order, by: .usual, idempotencyKey: "k")
    }

    @Test func `units are packed, said to be ready, and come back as one package of lines`() async throws {
        let bench = try ActionBench(units(3)), order = try await bench.order()
        #expect(order.snapshot.lines.map(\.quantity) == [3])
        let packages = try await arranged(bench, order)
        #expect(packages == [ArrangedPackage(
            externalID: "th:100190009:700000000000001/FP1", isArranged: true, trackingNumber: "LEXFP1", carrier: "LEX TH", contents: [Parcel.Content(externalLineID: "1", sku: "A", quantity: 3)], platformStatus: "ready_to_ship")])
        #expect(bench.writes.map(\.path) == ["/order/fulfill/pack", "/order/package/rts"])
        #expect(bench.writes[0].parameters["packReq"] == #"{"pack_order_list":[{"order_id":700000000000001,"order_item_list":[1,2,3]}],"delivery_type":"dropship","shipping_allocate_type":"TFS"}"#)
    }

    @Test func `a second time nothing is written`() async throws {
        let bench = try ActionBench(units(2)), order = try await bench.order()
        let first = try await arranged(bench, order), writes = bench.writes.count
        #expect(try await arranged(bench, order) == first)
        #expect(bench.writes.count == writes)
        #expect(try await bench.connector.arrangedPackages(of: order) == first)
    }

    @Test(arguments: ["/order/fulfill/pack", "/order/package/rts"]) func `after a lost answer the units are read first, and nothing is packed twice`(_ path: String) async throws {
        let bench = try ActionBench(units(2)), order = try await bench.order()
        bench.shop.set { $0.lost = [path] }
        #expect(await failure { () async throws(ConnectorError) in try await arranged(bench, order) }?.failureClass == .transient)
        let before = bench.lazada.calls.count
        let packages = try await arranged(bench, order)
        #expect(bench.lazada.paths[before] == "/order/items/get")
        #expect(packages.map(\.isArranged) == [true] && bench.writes.count { $0.path == "/order/fulfill/pack" } == 1)
    }

    @Test func `two of three units are packed when a person took one out, the lowest numbers first`() async throws {
        let bench = try ActionBench(units(3))
        var order = try await bench.order()
        order.snapshot.lines[0].quantity = 2
        #expect(try await arranged(bench, order).map(\.contents) == [[Parcel.Content(externalLineID: "1", sku: "A", quantity: 2)]])
        #expect(bench.shop.statuses == ["ready_to_ship", "ready_to_ship", "pending"])
        // Nor later: two are what is wanted.
        _ = try await arranged(bench, order)
        #expect(bench.shop.statuses == ["ready_to_ship", "ready_to_ship", "pending"])
    }

    @Test func `what was packed elsewhere counts, and only what is missing is packed`() async throws {
        var known = units(3)
        known[1].status = "packed"
        known[1].package = "FP9"
        let bench = try ActionBench(known), order = try await bench.order()
        let packages = try await arranged(bench, order)
        #expect(packages.map(\.externalID).map { $0.split(separator: "/").last } == ["FP1", "FP9"])
        #expect(packages.flatMap(\.contents).map(\.quantity) == [2, 1] && bench.shop.statuses == ["ready_to_ship", "ready_to_ship", "ready_to_ship"])
        #expect(bench.writes.first?.parameters["packReq"]?.contains("[1,3]") == true)
    }

    @Test func `repacked units are packed again under a new number`() async throws {
        var known = units(1)
        known[0].status = "repacked"
        let bench = try ActionBench(known), order = try await bench.order()
        #expect(try await arranged(bench, order).map(\.isArranged) == [true])
    }

    @Test func `goods of two warehouses are packed by two calls`() async throws {
        var known = units(3)
        known[2].warehouse = "b"
        let bench = try ActionBench(known), order = try await bench.order()
        #expect(try await arranged(bench, order).count == 2)
        #expect(bench.writes.map(\.path) == ["/order/fulfill/pack", "/order/fulfill/pack", "/order/package/rts"])
    }

    @Test func `no more than twenty packages are said to be ready in one call`() async throws {
        let bench = try ActionBench((1...45).map { .init(id: "\($0)", status: "packed", package: "FP\($0)") }), order = try await bench.order()
        #expect(try await arranged(bench, order).count == 45)
        #expect(bench.writes.map { $0.parameters["readyToShipReq"]?.components(separatedBy: "package_id").count } == [21, 21, 6])
    }

    @Test func `a cross-border store names its courier, a seller who delivers never does`() async throws {
        let bench = try ActionBench(units(1)), order = try await bench.order()
        bench.shop.set { $0.allocation = "NTFS" }
        _ = try await arranged(bench, order)
        #expect(bench.writes.first?.parameters["packReq"]?.contains(#""shipment_provider_code":"LEX","shipping_allocate_type":"NTFS""#) == true)

        var own = units(1)
        own[0].isSellerDelivered = true
        let seller = try ActionBench(own), sellers = try await seller.order()
        seller.shop.set { $0.allocation = "NTFS" }
        _ = try await arranged(seller, sellers)
        #expect(seller.writes.first?.parameters["packReq"]?.contains("shipment_provider_code") == false)
    }

    // MARK: failures

    @Test func `one unit that is refused leaves the others arranged`() async throws {
        let bench = try ActionBench(units(3)), order = try await bench.order()
        bench.shop.set { $0.refused = ["2": ("700027", false)] }
        let error = await failure { () async throws(ConnectorError) in try await arranged(bench, order) }
        #expect(error?.code == "700027" && error?.failureClass == .rejected)
        #expect(bench.shop.statuses == ["ready_to_ship", "pending", "ready_to_ship"])
        let found = try await bench.connector.arrangedPackages(of: order)
        #expect(found.map(\.isArranged) == [true, false])
        #expect(found.map(\.contents) == [[Parcel.Content(externalLineID: "1", sku: "A", quantity: 2)], [Parcel.Content(externalLineID: "1", sku: "A", quantity: 1)]])
    }

    @Test(arguments: [("700024", true), ("6", false), ("40011", false), ("1003", false), ("799999", true)]) func `one unit that may be tried again makes the whole transient`(code: String, retry: Bool) async throws {
        let bench = try ActionBench(units(2)), order = try await bench.order()
        bench.shop.set { $0.refused = ["1": (code, retry)] }
        #expect(await failure { () async throws(ConnectorError) in try await arranged(bench, order) }?.failureClass == .transient)
        bench.shop.set { $0.refused = [:] }
        #expect(try await arranged(bench, order).flatMap(\.contents).map(\.quantity).reduce(0, +) == 2)
    }

    @Test func `a package that was cancelled meanwhile is refused with its words`() async throws {
        let bench = try ActionBench(units(1)), order = try await bench.order()
        bench.shop.set { $0.refused = ["FP1": ("600002", false)] }
        #expect(await failure { () async throws(ConnectorError) in try await arranged(bench, order) } == .refused(platformCode: "600002", platformMessage: "refused; the package was cancelled"))
    }

    @Test func `what is refused for its state but stands ready is done`() throws {
        let failure = ActionFailure(unit: "1", package: nil, code: "700026", message: "wrong state", mayRetry: false)
        let ready = try JSONDecoder().decode(WireItem.self, from: Data(#"{"order_item_id":1,"status":"ready_to_ship","package_id":"FP1"}"#.utf8))
        let pending = try JSONDecoder().decode(WireItem.self, from: Data(#"{"order_item_id":1,"status":"pending"}"#.utf8))
        try PackagePlan.raise([failure], [ready])
        #expect(throws: ConnectorError.self) { try PackagePlan.raise([failure], [pending]) }
        #expect(throws: ConnectorError.self) { try PackagePlan.raise([failure], []) }
    }

    @Test func `what is not the seller's to pack is told by its kind`() async throws {
        for (change, code) in [({ $0.isFBL = true }, "fulfilled_by_lazada"), ({ $0.isDigital = true }, "digital_goods"), ({ $0.status = "canceled" }, "cancelled"), ({ $0.status = "unpaid" }, "nothing_to_pack")] as [((inout ActionShop.Unit) -> Void, String)] {
            var known = units(1)
            change(&known[0])
            let bench = try ActionBench(known), order = try await bench.order()
            #expect(await failure { () async throws(ConnectorError) in try await arranged(bench, order) }?.code == code)
            #expect(bench.writes.isEmpty)
            #expect(try await bench.connector.handoverChoices(of: order).isEmpty)
        }
    }

    @Test func `of a mixed order only the seller's units are packed`() async throws {
        var known = units(4)
        known[0].isFBL = true
        known[1].isDigital = true
        known[2].status = "canceled"
        let bench = try ActionBench(known), order = try await bench.order()
        #expect(try await arranged(bench, order).flatMap(\.contents) == [Parcel.Content(externalLineID: "4", sku: "A", quantity: 1)])
        #expect(bench.shop.statuses == ["pending", "pending", "canceled", "ready_to_ship"])
    }

    @Test(arguments: [Handover.pickup(addressID: nil, slotID: nil), .dropOff(branchID: nil), .ownCarrier(trackingNumber: "X1")]) func `another way of handing over cannot be chosen by a call`(_ handover: Handover) async throws {
        let bench = try ActionBench(units(1)), order = try await bench.order()
        let error = await failure { () async throws(ConnectorError) in try await bench.connector.arrangeShipment(of: order, by: handover, idempotencyKey: "k") }
        #expect(error?.code == "handover_not_choosable" && bench.writes.isEmpty)
    }

    @Test func `the one way is offered with the courier's name`() async throws {
        let bench = try ActionBench(units(1)), order = try await bench.order()
        let choices = try await bench.connector.handoverChoices(of: order)
        #expect(choices.map(\.handover) == [.usual] && choices[0].title.contains("LEX TH") && choices[0].isRecommended)
    }

    // MARK: orders that the seller delivers

    private func shipment(_ status: Fulfilment, _ contents: [Parcel.Content] = []) -> Shipment {
        Shipment(id: ShipmentID(1), carrier: "own", channel: ChannelID(9), externalRef: "CD-1", status: status, bookedAt: FakeLazada.now, parcels: [Parcel(ref: "1", weightGrams: 500, contents: contents)])
    }

    @Test func `an order that Lazada's courier carries is marked by Lazada`() async throws {
        let bench = try ActionBench(units(2)), order = try await bench.order()
        let error = await failure { () async throws(ConnectorError) in try await bench.connector.markShipped(shipment(.inTransit), of: order, idempotencyKey: "k") }
        #expect(error == .alreadyDone && bench.writes.isEmpty)
    }

    @Test func `an order that the seller delivers is packed, then told delivered or failed, each once`() async throws {
        for (status, word) in [(Fulfilment.delivered, "delivered"), (.deliveryFailed, "failed_delivery")] {
            let bench = try ActionBench(units(2).map { unit in var unit = unit; unit.isSellerDelivered = true; return unit }), order = try await bench.order()
            try await bench.connector.markShipped(shipment(.inTransit), of: order, idempotencyKey: "k")
            #expect(bench.shop.statuses == ["ready_to_ship", "ready_to_ship"])
            #expect(await failure { () async throws(ConnectorError) in try await bench.connector.markShipped(shipment(.inTransit), of: order, idempotencyKey: "k") } == .alreadyDone)
            try await bench.connector.markShipped(shipment(status), of: order, idempotencyKey: "k")
            #expect(bench.shop.statuses == [word, word])
            #expect(await failure { () async throws(ConnectorError) in try await bench.connector.markShipped(shipment(status), of: order, idempotencyKey: "k") } == .alreadyDone)
        }
    }

    @Test func `a shipment that holds two of three units packs two`() async throws {
        let bench = try ActionBench(units(3).map { unit in var unit = unit; unit.isSellerDelivered = true; return unit }), order = try await bench.order()
        let part = shipment(.inTransit, [Parcel.Content(externalLineID: "1", sku: "A", quantity: 2)])
        try await bench.connector.markShipped(part, of: order, idempotencyKey: "k")
        #expect(bench.shop.statuses == ["ready_to_ship", "ready_to_ship", "pending"])
    }

    @Test func `a cancelled order is not marked`() async throws {
        let bench = try ActionBench([.init(id: "1", status: "canceled", isSellerDelivered: true)]), order = try await bench.order()
        #expect(await failure { () async throws(ConnectorError) in try await bench.connector.markShipped(shipment(.delivered), of: order, idempotencyKey: "k") }?.code == "cancelled")
    }
}
