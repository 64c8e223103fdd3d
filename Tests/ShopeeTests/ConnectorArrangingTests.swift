import Connect
import Domain
import Foundation
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorArrangingTests {
    static let parameterJSON = #"""
        {"info_needed":{"pickup":["address_id","pickup_time_id"],"dropoff":[]},
         "pickup":{"address_list":[
           {"address_id":11,"region":"TH","state":"กรุงเทพมหานคร","city":"เขตจตุจักร","district":"","town":"","address":"1 ถนน","zipcode":"10900","address_flag":["default_address"],"time_slot_list":null},
           {"address_id":12,"state":"นนทบุรี","city":"ปากเกร็ด","address":"2 ถนน","zipcode":"11120","address_flag":["pickup_address"],
            "time_slot_list":[{"date":1760054400,"time_text":"09:00-12:00","pickup_time_id":"T1","flags":[]},{"date":1760054400,"time_text":"13:00-18:00","pickup_time_id":"T2","flags":["recommended"]}]}]},
         "dropoff":{"branch_list":null,"slug_list":null}}
        """#
    private static let done = PlatformAnswer.json(#"{"error":"","message":"","request_id":"r"}"#)
    private static let number = PlatformAnswer.response(#"{"tracking_number":"TH0001","hint":""}"#)

    private func ready() throws -> PlatformAnswer { .orders(SampleOrder.text) }
    private func arranged(_ word: String = "LOGISTICS_REQUEST_CREATED") throws -> PlatformAnswer { .orders(try SampleOrder.standing("PROCESSED", package: word)) }

    private func shop(_ ship: [PlatformAnswer], parameter: String = parameterJSON, details: [PlatformAnswer]? = nil) throws -> FakeShopee {
        FakeShopee(["order/get_order_detail": try details ?? [ready(), arranged()], "logistics/get_shipping_parameter": [.response(parameter)], "logistics/ship_order": ship,
                    "logistics/get_tracking_number": [Self.number]])
    }

    private func arrange(_ shop: FakeShopee, _ handover: Handover = .usual, _ settings: [String: String] = [:]) async throws(ConnectorError) -> [ArrangedPackage] {
        try await shop.bare(settings).arrangeShipment(of: Bench.action(), by: handover, idempotencyKey: "k")
    }

    // MARK: Choices

    @Test func `every way that is open is told, the recommended one marked`() async throws {
        let choices = try await shop([]).connector().handoverChoices(of: Bench.action())
        #expect(choices.map(\.handover) == [.pickup(addressID: "12", slotID: "T1"), .pickup(addressID: "12", slotID: "T2"), .dropOff(branchID: nil)])
        #expect(choices.map(\.isRecommended) == [false, true, false])
        #expect(choices[1].title == "Pickup 2025-10-10 13:00-18:00, 2 ถนน ปากเกร็ด นนทบุรี 11120")
    }

    @Test(arguments: [
        (#"{"info_needed":{"pickup":[]},"pickup":{"address_list":[]}}"#, [Handover.pickup(addressID: nil, slotID: nil)]),
        (#"{"info_needed":{"pickup":["address_id"]},"pickup":{"address_list":[{"address_id":11,"time_slot_list":null}]}}"#, [.pickup(addressID: "11", slotID: nil)]),
        (#"{"info_needed":{"dropoff":["branch_id"]},"dropoff":{"branch_list":[{"branch_id":5,"address":"x"},{"branch_id":6}]}}"#, [.dropOff(branchID: "5"), .dropOff(branchID: "6")]),
        (#"{"info_needed":{"dropoff":["slug"]},"dropoff":{"slug_list":[{"slug":"seven","slug_name":"Seven"}]}}"#, [.dropOff(branchID: "slug:seven")]),
        (#"{"info_needed":{"non_integrated":["tracking_no"]}}"#, [.ownCarrier(trackingNumber: "")]), (#"{"info_needed":{}}"#, []),
    ] as [(String, [Handover])])
    func `a way that is not named is closed`(parameter: String, handovers: [Handover]) async throws {
        #expect(try await shop([], parameter: parameter).connector().handoverChoices(of: Bench.action()).map(\.handover) == handovers)
    }

    @Test func `an order that is arranged has no choices left`() async throws {
        #expect(try await shop([], details: [arranged()]).connector().handoverChoices(of: Bench.action()).isEmpty)
    }

    // MARK: The request

    private static let empty = #"{"info_needed":{"pickup":[],"dropoff":[]}}"#
    private static let branches = #"{"info_needed":{"dropoff":["branch_id","sender_real_name"]},"dropoff":{"branch_list":[{"branch_id":5},{"branch_id":6}]}}"#
    private static let slug = #"{"info_needed":{"dropoff":["slug"]},"dropoff":{"slug_list":[{"slug":"seven"}]}}"#
    private static let own = #"{"info_needed":{"non_integrated":["tracking_no"]}}"#
    private static let numbered = #"{"info_needed":{"dropoff":["tracking_no"]}}"#
    private static let numberedPickup = #"{"info_needed":{"pickup":["address_id","tracking_no"]},"pickup":{"address_list":[{"address_id":11}]}}"#

    @Test(arguments: [
        (parameterJSON, .usual, [:], #""pickup":{"address_id":12,"pickup_time_id":"T2"}"#), (parameterJSON, .usual, ["handover": "dropoff"], #""dropoff":{}"#),
        (parameterJSON, .usual, ["handover": "pickup"], #""pickup":{"address_id":12,"pickup_time_id":"T2"}"#),
        (parameterJSON, .pickup(addressID: "12", slotID: "T1"), [:], #""pickup":{"address_id":12,"pickup_time_id":"T1"}"#),
        (parameterJSON, .dropOff(branchID: nil), [:], #""dropoff":{}"#), (empty, .usual, [:], #""pickup":{}"#), (empty, .usual, ["handover": "dropoff"], #""dropoff":{}"#),
        (slug, .usual, [:], #""dropoff":{"slug":"seven"}"#), (slug, .dropOff(branchID: "slug:seven"), ["handover": "pickup"], #""dropoff":{"slug":"seven"}"#),
        (branches, .usual, ["senderName": "ตัวอย่าง"], #""dropoff":{"branch_id":5,"sender_real_name":"ตัวอย่าง"}"#), (branches, .dropOff(branchID: "6"), ["senderName": "A"], #""dropoff":{"branch_id":6,"sender_real_name":"A"}"#),
        (own, .ownCarrier(trackingNumber: "EX000000000TH"), [:], #""non_integrated":{"tracking_number":"EX000000000TH"}"#),
        (numbered, .ownCarrier(trackingNumber: "EX000000000TH"), [:], #""dropoff":{"tracking_number":"EX000000000TH"}"#),
        (numberedPickup, .ownCarrier(trackingNumber: "EX000000000TH"), [:], #""pickup":{"address_id":11,"tracking_number":"EX000000000TH"}"#),
    ] as [(String, Handover, [String: String], String)])
    func `exactly one way is sent, with what it needs and no more`(parameter: String, handover: Handover, settings: [String: String], way: String) async throws {
        let shop = try shop([Self.done], parameter: parameter)
        let packages = try await arrange(shop, handover, settings)
        #expect(shop.requests("logistics/ship_order").map(\.text) == [#"{"order_sn":"2510210K7TTH01",\#(way)}"#])
        #expect(packages == [ArrangedPackage(externalID: "40071188:2510210K7TTH01/OFG251021000000017", isArranged: true, trackingNumber: "TH0001", carrier: "Standard Delivery",
                                             contents: [Parcel.Content(externalLineID: "20400051001", sku: "TS-01-BK-M", quantity: 2)], weightGrams: 500, platformStatus: "LOGISTICS_REQUEST_CREATED")])
    }

    @Test(arguments: [
        (parameterJSON, .ownCarrier(trackingNumber: "T"), "way_closed"), (own, .usual, "tracking_number_missing"), (own, .ownCarrier(trackingNumber: ""), "tracking_number_missing"),
        (own, .dropOff(branchID: nil), "way_closed"), (own, .pickup(addressID: nil, slotID: nil), "way_closed"), (branches, .usual, "misconfigured"), (numbered, .usual, "tracking_number_missing"),
        (numberedPickup, .usual, "tracking_number_missing"), (#"{"info_needed":{}}"#, .usual, "no_way"), (#"{"info_needed":{"pickup":["address_id"]},"pickup":{"address_list":[]}}"#, .usual, "no_pickup_address"),
        (#"{"info_needed":{"pickup":["address_id","pickup_time_id"]},"pickup":{"address_list":[{"address_id":11,"time_slot_list":null}]}}"#, .usual, "no_pickup_slot"),
        (#"{"info_needed":{"dropoff":["branch_id"]},"dropoff":{"branch_list":null}}"#, .usual, "no_branch"), (#"{"info_needed":null}"#, .usual, "not_understood"),
    ] as [(String, Handover, String)])
    func `a way that cannot work is refused before it is sent`(parameter: String, handover: Handover, code: String) async throws {
        let shop = try shop([Self.done], parameter: parameter)
        let error = await Bench.error { () async throws(ConnectorError) in try await self.arrange(shop, handover) }
        #expect(error?.code == code && error?.failureClass == .rejected && !shop.paths.contains("logistics/ship_order"))
    }

    // MARK: Looking first

    @Test(arguments: ["LOGISTICS_REQUEST_CREATED", "LOGISTICS_PICKUP_DONE", "LOGISTICS_DELIVERY_DONE"]) func `what is arranged is not arranged again`(word: String) async throws {
        let shop = try shop([], details: [arranged(word)])
        let packages = try await arrange(shop)
        #expect(packages.map(\.isArranged) == [true] && !shop.paths.contains("logistics/ship_order"))
    }

    @Test(arguments: [
        ("READY_TO_SHIP", "LOGISTICS_READY", ["advance_package": "true"], "advance_package"), ("READY_TO_SHIP", "LOGISTICS_READY", ["fulfillment_flag": "\"fulfilled_by_shopee\""], "fulfilled_by_shopee"),
        ("CANCELLED", "LOGISTICS_READY", [:], "order_cancelled"), ("IN_CANCEL", "LOGISTICS_READY", [:], "cancel_requested"), ("READY_TO_SHIP", "LOGISTICS_NOT_START", [:], "throttled"),
        ("READY_TO_SHIP", "LOGISTICS_PENDING_ARRANGE", [:], "throttled"), ("READY_TO_SHIP", "LOGISTICS_INVALID", [:], "package_cancelled"), ("READY_TO_SHIP", "LOGISTICS_MOON", [:], "package_not_shippable"),
        ("UNPAID", "", ["package_list": "[]"], "throttled"),
    ] as [(String, String, [String: String], String)])
    func `an order that may not be arranged is not touched`(status: String, package: String, changes: [String: String], code: String) async throws {
        let shop = try shop([Self.done], details: [.orders(try SampleOrder.standing(status, package: package, changes.mapValues { $0 }))])
        let error = await Bench.error { () async throws(ConnectorError) in try await self.arrange(shop) }
        #expect(error?.code == code && !shop.paths.contains("logistics/ship_order"))
    }

    // MARK: Refusals

    @Test func `a package number that is not wanted is left out`() async throws {
        let split = try SampleOrder.json(["split_up": "true"]), after = try SampleOrder.standing("PROCESSED", package: "LOGISTICS_REQUEST_CREATED", ["split_up": "true"])
        let shop = try shop([.error("logistics.ship_order_not_need_pacakge_number"), Self.done], details: [.orders(split), .orders(after)])
        #expect(try await arrange(shop).map(\.isArranged) == [true])
        #expect(shop.requests("logistics/ship_order").map { $0.json["package_number"].text } == ["OFG251021000000017", nil])
    }

    @Test(arguments: ["logistics.error_pickup_time", "logistics.error_cutoff_time"]) func `a slot that is gone is looked up again, once`(code: String) async throws {
        let good = try shop([.error(code), Self.done])
        #expect(try await arrange(good).map(\.isArranged) == [true])
        #expect(good.paths.count { $0 == "logistics/get_shipping_parameter" } == 2 && good.paths.count { $0 == "logistics/ship_order" } == 2)
        let bad = try shop([.error(code)], details: [ready()])
        #expect(await Bench.error { () async throws(ConnectorError) in try await self.arrange(bad) }?.failureClass == .rejected)
        #expect(bad.paths.count { $0 == "logistics/ship_order" } == 2)
    }

    @Test func `a slot that a person chose is a person's to choose again`() async throws {
        let shop = try shop([.error("logistics.error_pickup_time")], details: [ready()])
        #expect(await Bench.error { () async throws(ConnectorError) in try await self.arrange(shop, .pickup(addressID: "12", slotID: "T1")) }?.code == "logistics.error_pickup_time")
        #expect(shop.paths.count { $0 == "logistics/ship_order" } == 1)
    }

    @Test(arguments: [
        ("logistics.ship_order_not_ready_to_ship", "throttled"), ("logistics.logistic_order_is_locked_on_creating", "throttled"), ("logistics.error_too_many_invoke_function", "throttled"),
        ("logistics.ship_order_only_support_one_type", "logistics.ship_order_only_support_one_type"), ("logistics.ship_order_need_sender_real_name", "misconfigured"),
        ("logistics.error_booking_order", "logistics.error_booking_order"), ("logistics.error_param", "logistics.error_param"), ("logistics.ship_order_not_need_pacakge_number", "logistics.ship_order_not_need_pacakge_number"),
    ])
    func `a refusal is told where the package is no further`(code: String, expected: String) async throws {
        let shop = try shop([.error(code)], details: [ready()])
        #expect(await Bench.error { () async throws(ConnectorError) in try await self.arrange(shop) }?.code == expected)
    }

    @Test(arguments: ["logistics.ship_order_not_ready_to_ship", "logistics.logistic_order_is_locked_on_creating", " package_already_shipped", "logistics.error_booking_order"])
    func `a refusal is nothing where the package turns out to be arranged`(code: String) async throws {
        let shop = try shop([.error(code)], details: [ready(), arranged()])
        #expect(try await arrange(shop).map(\.isArranged) == [true])
    }

    @Test func `a refusal of an order that was cancelled meanwhile says so`() async throws {
        let shop = try shop([.error("logistics.ship_order_not_ready_to_ship")], details: [ready(), .orders(try SampleOrder.standing("CANCELLED"))])
        #expect(await Bench.error { () async throws(ConnectorError) in try await self.arrange(shop) }?.code == "order_cancelled")
    }

    @Test func `after an answer that was lost the repeat looks, and sends nothing`() async throws {
        let lost = try shop([.page(502)], details: [ready()])
        #expect(await Bench.error { () async throws(ConnectorError) in try await self.arrange(lost) }?.failureClass == .transient)
        let again = try shop([Self.done], details: [arranged()])
        _ = try await arrange(again)
        #expect(again.paths.first == "order/get_order_detail" && !again.paths.contains("logistics/ship_order"))
    }

    // MARK: Several packages

    private func split(_ first: String, _ second: String) throws -> PlatformAnswer {
        let packages = [("P1", first, 1), ("P2", second, 1)].map { name, word, pieces in
            #"{"package_number":"\#(name)","logistics_status":"\#(word)","shipping_carrier":"C","item_list":[{"item_id":20400051001,"model_id":90011223344,"model_quantity":\#(pieces),"order_item_id":20400051001,"promotion_group_id":0}]}"#
        }
        return .orders(try SampleOrder.json(["split_up": "true", "package_list": "[\(packages.joined(separator: ","))]"]))
    }

    @Test func `each package of a split order is arranged under its number`() async throws {
        let shop = try shop([Self.done], parameter: Self.empty, details: [split("LOGISTICS_READY", "LOGISTICS_READY"), split("LOGISTICS_REQUEST_CREATED", "LOGISTICS_REQUEST_CREATED")])
        let packages = try await arrange(shop)
        #expect(packages.map(\.externalID) == ["40071188:2510210K7TTH01/P1", "40071188:2510210K7TTH01/P2"] && packages.allSatisfy { $0.isArranged && $0.weightGrams == 250 && $0.contents.map(\.quantity) == [1] })
        #expect(shop.requests("logistics/ship_order").map { $0.json["package_number"].text } == ["P1", "P2"])
        #expect(shop.requests("logistics/get_tracking_number").map { $0.query["package_number"] } == ["P1", "P2"])
    }

    @Test func `one package that is refused stops no other, and is told`() async throws {
        let shop = try shop([.error("logistics.error_param", "not this one"), Self.done], parameter: Self.empty, details: [split("LOGISTICS_READY", "LOGISTICS_READY")])
        #expect(await Bench.error { () async throws(ConnectorError) in try await self.arrange(shop) }?.sentence.contains("not this one") == true)
        #expect(shop.paths.count { $0 == "logistics/ship_order" } == 2)
    }

    @Test func `only what is left is arranged, and a package's end stops nothing`() async throws {
        let shop = try shop([Self.done], parameter: Self.empty, details: [split("LOGISTICS_REQUEST_CREATED", "LOGISTICS_READY"), split("LOGISTICS_REQUEST_CREATED", "LOGISTICS_REQUEST_CREATED")])
        _ = try await arrange(shop)
        #expect(shop.requests("logistics/ship_order").map { $0.json["package_number"].text } == ["P2"])
        let ended = try self.shop([Self.done], parameter: Self.empty, details: [split("LOGISTICS_INVALID", "LOGISTICS_READY"), split("LOGISTICS_INVALID", "LOGISTICS_REQUEST_CREATED")])
        #expect(try await arrange(ended).map(\.isArranged) == [false, true])
    }

    // MARK: What stands

    @Test(arguments: [(#"{"tracking_number":"TH0001","hint":""}"#, "TH0001"), (#"{"tracking_number":"","hint":"later"}"#, nil), (#"{"tracking_number":null}"#, nil), ("{}", nil)] as [(String, String?)])
    func `a number that the courier has not given is none`(response: String, number: String?) async throws {
        let shop = FakeShopee(["order/get_order_detail": [try arranged()], "logistics/get_tracking_number": [.response(response)]])
        #expect(try await shop.connector().arrangedPackages(of: Bench.action()).map(\.trackingNumber) == [number])
        #expect(shop.requests("logistics/get_tracking_number")[0].query["package_number"] == nil)
    }

    @Test func `a number that cannot be asked for makes no arranged package undone`() async throws {
        let shop = FakeShopee(["order/get_order_detail": [try ready(), try arranged()], "logistics/get_shipping_parameter": [.response(Self.empty)], "logistics/ship_order": [Self.done], "logistics/get_tracking_number": [.page(502)]])
        #expect(try await arrange(shop).map { [$0.isArranged, $0.trackingNumber == nil] } == [[true, true]])
    }

    @Test func `packages that are not arranged are told too, and nobody is asked for their numbers`() async throws {
        let shop = FakeShopee(["order/get_order_detail": [try ready()]])
        let packages = try await shop.connector().arrangedPackages(of: Bench.action())
        #expect(packages.map(\.isArranged) == [false] && packages[0].platformStatus == "LOGISTICS_READY" && shop.requests.count == 1)
    }

    @Test func `alike lines are filled one after the other`() throws {
        let line = #"{"item_id":5,"model_id":6,"item_name":"x","model_quantity_purchased":2,"model_original_price":10,"model_discounted_price":10,"weight":0.1}"#
        let package = #"{"package_number":"P","logistics_status":"LOGISTICS_READY","item_list":[{"item_id":5,"model_id":6,"model_quantity":3}]}"#
        let order = PlatformOrder(try #require(LooseJSON(Array(#"{"item_list":[\#(line),\#(line)],"package_list":[\#(package)]}"#.utf8))))
        let contents = PackageContents.contents(of: order.packages[0], in: order)
        #expect(contents.map(\.externalLineID) == ["5:6:0:1", "5:6:0:2"] && contents.map(\.quantity) == [2, 1])
        #expect(PackageContents.weightGrams(contents, in: order) == 300)
    }
}
