import Foundation
import SimulatorKit
import Testing
@testable import ShopeeSimulator

/// Arranging shipments (shopee.md §6).
@Suite(.timeLimit(.minutes(1))) struct ShippingTests {
    // MARK: What is needed

    @Test(arguments: [
        (ShopeeOrderKind.everyday, ["pickup": ["address_id", "pickup_time_id"], "dropoff": []]), (.branchDropoff, ["dropoff": ["branch_id", "sender_real_name"]]),
        (.doorstep, ["pickup": ["address_id"]]), (.ownFleet, ["non_integrated": ["tracking_no"]]), (.thaiPostEMS, ["non_integrated": ["tracking_no"]]),
    ])
    func `each channel says which ways are open`(kind: ShopeeOrderKind, ways: [String: [String]]) async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(kind)
            let answer = try await bench.call("logistics/get_shipping_parameter", [("order_sn", order)])
            let needed = answer.response["info_needed"]?.members ?? []
            #expect(Dictionary(uniqueKeysWithValues: needed.map { ($0.name, $0.value.items?.compactMap(\.string) ?? ["?"]) }) == ways)
            let slots = answer.response["pickup"]?["address_list"]?[0]?["time_slot_list"]
            #expect(kind != .doorstep || slots == .null)
            #expect(kind != .everyday || slots?.items?.count == 3)
            #expect(kind != .everyday || slots?[0]?["flags"] == ["recommended"])
            #expect(kind != .branchDropoff || answer.response["dropoff"]?["branch_list"]?.items?.count == 1)
        }
    }

    @Test(arguments: [
        (ShopeeOrderKind.notReady, "logistics.ship_order_not_ready_to_ship"), (.unpaid, "logistics.ship_order_not_ready_to_ship"),
        (.fulfilledByPlatform, "logistics.ship_order_not_ready_to_ship"), (.advance, "logistics.error_booking_order"),
    ])
    func `what cannot be arranged yet, or never, is refused by both calls`(kind: ShopeeOrderKind, error: String) async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(kind)
            #expect(try await bench.call("logistics/get_shipping_parameter", [("order_sn", order)]).error == error)
            #expect(try await bench.ship(order).error == error)
            #expect(bench.simulator.arrangements(order) == [0])
        }
    }

    // MARK: Three ways

    @Test func `a pickup needs its address and a slot on offer`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday), good = try await bench.pickup()
            let address = good["address_id"] ?? .null, slot = good["pickup_time_id"] ?? .null
            #expect(try await bench.ship(order, "pickup", ["address_id": 1, "pickup_time_id": slot]).error == "logistics.error_param")
            #expect(try await bench.ship(order, "pickup", ["address_id": address]).error == "logistics.error_pickup_time")
            #expect(try await bench.ship(order, "pickup", ["address_id": address, "pickup_time_id": "soon"]).error == "logistics.error_pickup_time")
            let late = ShopeeChannel.slots(at: bench.clock.now)[0].date - ShopeeChannel.cutoffSeconds + 1
            let before = bench.clock.now
            bench.simulator.advanceClock(bySeconds: Int(late - before))
            var later = bench
            later.accessToken = try bench.simulator.authorise(shopID: bench.shopID).accessToken
            #expect(try await later.ship(order, "pickup", good).error == "logistics.error_cutoff_time")
            let answer = try await later.ship(order, "pickup", try await later.pickup())
            #expect(answer.error == "")
            #expect(answer.json["response"] == nil)
            #expect(bench.simulator.status(order) == .processed)
        }
    }

    @Test func `a pickup without slots, a drop-off that needs nothing, and one that needs two things`() async throws {
        try await withShopee { (bench) async throws in
            let doorstep = try bench.place(.doorstep), plain = try bench.place(.everyday), branch = try bench.place(.branchDropoff)
            #expect(try await bench.ship(doorstep, "pickup", ["address_id": .integer(ShopeeChannel.addressID)]).error == "")
            #expect(try await bench.ship(plain).error == "")
            #expect(try await bench.ship(branch).error == "logistics.error_param")
            let place = ShopeeJSON.integer(ShopeeChannel.branchID)
            #expect(try await bench.ship(branch, "dropoff", ["branch_id": place]).error == "logistics.ship_order_need_sender_real_name")
            #expect(try await bench.ship(branch, "dropoff", ["branch_id": place, "sender_real_name": "สมชาย"]).error == "")
        }
    }

    @Test func `a seller's own number ships the order at once`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.ownFleet)
            #expect(try await bench.ship(order, "non_integrated").error == "logistics.error_param")
            #expect(try await bench.ship(order, "non_integrated", ["tracking_number": "FLEET-1"]).error == "")
            #expect(bench.simulator.status(order) == .shipped)
            #expect(bench.simulator.packageStatus(try bench.package(order)) == .pickupDone)
            #expect(bench.simulator.orderState(order)?.trackingNumbers == ["FLEET-1"])
            let other = try bench.place(.ownFleet)
            #expect(try await bench.ship(other, "non_integrated", ["tracking_number": "FLEET-1"]).message == "The tracking number is used by another order.")
        }
    }

    @Test(arguments: [
        (ShopeeOrderKind.thaiPostEMS, "EF123456785TH", true), (.thaiPostEMS, "RF123456785TH", false), (.thaiPostEMS, "EF12345678TH", false),
        (.thaiPostEMS, "EF123456785CN", false), (.thaiPostRegistered, "RF123456785TH", true), (.thaiPostRegistered, "OF123456785TH", true),
        (.thaiPostRegistered, "EF123456785TH", true), (.thaiPostRegistered, "CF123456785TH", false), (.thaiPostRegistered, "RF1234567850TH", false),
    ])
    func `Thailand Post's numbers are looked at`(kind: ShopeeOrderKind, number: String, isGood: Bool) async throws {
        try await withShopee { (bench) async throws in
            let answer = try await bench.ship(try bench.place(kind), "non_integrated", ["tracking_number": .text(number)])
            #expect(answer.error == (isGood ? "" : "logistics.error_param"))
        }
    }

    // MARK: Refusals

    @Test func `exactly one way is taken, and only an open one`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            let none = try await bench.call("logistics/ship_order", body: ["order_sn": .text(order)])
            #expect(none.error == "logistics.ship_order_only_support_one_type")
            let two = try await bench.call("logistics/ship_order", body: ["order_sn": .text(order), "dropoff": .object([]), "pickup": .object([])])
            #expect(two.error == "logistics.ship_order_only_support_one_type")
            #expect(try await bench.ship(order, "non_integrated", ["tracking_number": "X"]).error == "logistics.error_param")
            #expect(try await bench.ship("NOSUCH").error == "error_not_found")
        }
    }

    @Test func `a package number is for split orders only, and never empty`() async throws {
        try await withShopee { (bench) async throws in
            let plain = try bench.place(.everyday), split = try bench.place(.split)
            #expect(try await bench.ship(plain, package: try bench.package(plain)).error == "logistics.ship_order_not_need_pacakge_number")
            #expect(try await bench.ship(plain, package: "").error == "logistics.ship_order_not_need_pacakge_number")
            #expect(try await bench.ship(split).error == "logistics.error_param")
            #expect(try await bench.ship(split, package: "").error == "logistics.error_param")
            #expect(try await bench.ship(split, package: try bench.package(plain)).error == "logistics.error_param")
            #expect(try await bench.ship(split, package: try bench.package(split, 1)).error == "")
            #expect(bench.simulator.arrangements(split) == [0, 1])
            #expect(try await bench.ship(split, package: try bench.package(split, 0)).error == "")
        }
    }

    @Test func `a second arrangement is refused and counted`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            #expect(try await bench.ship(order).error == "")
            #expect(try await bench.ship(order).error == " package_already_shipped")
            bench.simulator.advance(order, .pickUp)
            #expect(try await bench.ship(order).error == " package_already_shipped")
            #expect(bench.simulator.arrangements(order) == [1])
            #expect(bench.simulator.counters.refusedArrangements[try bench.package(order)] == 2)
        }
    }

    @Test func `a careless platform arranges again, and the count shows it`() async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.set { $0.refusesSecondArrangement = false }
            let order = try bench.place(.everyday)
            for _ in 0..<2 { #expect(try await bench.ship(order).error == "") }
            #expect(bench.simulator.arrangements(order) == [2])
            #expect(bench.simulator.statistics().first { $0.name == "packages arranged twice" }?.count == 1)
        }
    }

    @Test func `while something is being created the caller comes again`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            bench.simulator.lockArrangements(2)
            for _ in 0..<2 { #expect(try await bench.ship(order).error == "logistics.logistic_order_is_locked_on_creating") }
            #expect(try await bench.ship(order).error == "")
        }
    }

    @Test func `an order that waits for a cancellation is not arranged`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            bench.simulator.cancelByBuyer(order)
            #expect(try await bench.ship(order).error == "logistics.ship_order_not_ready_to_ship")
        }
    }

    // MARK: Afterwards

    @Test func `a pickup is moved, and one that failed is arranged anew`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            let body: ShopeeJSON = ["order_sn": .text(order), "pickup": try await bench.pickup()]
            #expect(try await bench.call("logistics/update_shipping_order", body: body).error == "logistics.error_param")
            try await bench.ship(order, "pickup", try await bench.pickup())
            #expect(try await bench.call("logistics/update_shipping_order", body: body).error == "")
            #expect(bench.simulator.pickupTime(package: try bench.package(order)) == body["pickup"]?["pickup_time_id"]?.string)
            bench.simulator.advance(order, .retryPickUp)
            #expect(bench.simulator.status(order) == .retryShip)
            #expect(try await bench.call("logistics/update_shipping_order", body: body).error == "")
            #expect(bench.simulator.status(order) == .processed)
            let bad: ShopeeJSON = ["order_sn": .text(order), "pickup": ["address_id": 1]]
            #expect(try await bench.call("logistics/update_shipping_order", body: bad).error == "logistics.error_param")
        }
    }

    @Test func `a tracking number may come late`() async throws {
        try await withShopee { $0.trackingPolls = 2 } _: { (bench) async throws in
            let order = try bench.place(.everyday)
            #expect(try await bench.call("logistics/get_tracking_number", [("order_sn", order)]).error == "logistics.error_param")
            try await bench.ship(order)
            for _ in 0..<2 {
                let answer = try await bench.call("logistics/get_tracking_number", [("order_sn", order)]).response
                #expect(answer["tracking_number"] == "")
                #expect(answer["hint"]?.string?.isEmpty == false)
            }
            let number = try await bench.call("logistics/get_tracking_number", [("order_sn", order)]).response["tracking_number"]?.string
            #expect(number?.hasPrefix("SPXTH") == true)
            #expect(bench.simulator.orderState(order)?.trackingNumbers == [try #require(number)])
        }
    }

    @Test func `a late tracking number can be given by hand`() async throws {
        try await withPushes { $0.trackingPolls = 1_000 } _: { (bench, catcher) async throws in
            let order = try bench.place(.everyday)
            try await bench.ship(order)
            bench.simulator.assignTracking(package: try bench.package(order))
            await bench.simulator.idle()
            #expect(catcher.pushes(code: 4).map { $0["tracking_no"]?.string } == bench.simulator.orderState(order)?.trackingNumbers)
        }
    }

    // MARK: Many at once

    @Test func `many packages are arranged with one result each`() async throws {
        try await withShopee { (bench) async throws in
            let orders = try (0..<3).map { _ in try bench.place(.everyday) }
            try await bench.ship(orders[2])
            let packages = try orders.map { try bench.package($0) } + ["NOSUCH"]
            let list = ShopeeJSON.array(packages.map { ["package_number": .text($0)] })
            let parameter = try await bench.call("logistics/get_mass_shipping_parameter", body: ["package_list": list])
            #expect(parameter.response["info_needed"]?["dropoff"] == [])
            #expect(parameter.response["success_list"]?.items?.count == 2)
            let answer = try await bench.call("logistics/mass_ship_order", body: ["package_list": list, "dropoff": .object([])])
            #expect(answer.error == "")
            #expect(answer.response["result_list"]?.items?.map { $0["fail_error"]?.string ?? "" } == ["", "", " package_already_shipped", "logistics.error_param"])
            #expect(answer.json["warning"]?.items?.count == 2)
            #expect(orders.map { bench.simulator.arrangements($0) } == [[1], [1], [1]])
            let numbers = try await bench.call("logistics/get_mass_tracking_number", body: ["package_list": list])
            #expect(numbers.response["success_list"]?.items?.count == 3)
            #expect(numbers.response["fail_list"]?.items?.count == 1)
            let again = try await bench.call("logistics/mass_ship_order", body: ["package_list": list, "dropoff": .object([])])
            #expect(again.error == "common.batch_api_all_failed")
            #expect(again.response["result_list"]?.items?.count == 4)
        }
    }

    @Test func `packages of two channels do not go in one call`() async throws {
        try await withShopee { (bench) async throws in
            let packages = [try bench.package(try bench.place(.everyday)), try bench.package(try bench.place(.doorstep))]
            let list = ShopeeJSON.array(packages.map { ["package_number": .text($0)] })
            #expect(try await bench.call("logistics/mass_ship_order", body: ["package_list": list, "dropoff": .object([])]).error == "logistics.error_param")
            #expect(try await bench.call("logistics/mass_ship_order", body: ["package_list": [], "dropoff": .object([])]).error == "error_param")
        }
    }
}
