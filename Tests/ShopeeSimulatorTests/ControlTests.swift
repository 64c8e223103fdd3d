import Foundation
import SimulatorKit
import Testing
@testable import ShopeeSimulator

/// The control plane over HTTP, traffic, and what a stop leaves behind.
@Suite(.timeLimit(.minutes(1))) struct ControlTests {
    private func post(_ bench: ShopeeBench, _ path: String, _ wish: ShopeeJSON = .object([])) async throws -> ShopeeBench.Answer {
        try await bench.plain("POST", "/_control/\(path)", body: wish.data)
    }

    @Test func `an order is placed, arranged, carried and reported over HTTP`() async throws {
        try await withShopee { (bench) async throws in
            let placed = try await post(bench, "orders", ["kind": "everyday", "shop_id": .integer(bench.shopID), "count": 2]).json["external_ids"]?.items
            #expect(placed?.count == 2)
            let order = ShopeeBench.number(try #require(placed?[0].string))
            try await bench.ship(order)
            for step in ["pickUp", "deliver"] { #expect(try await post(bench, "orders/\(order)/advance", ["step": .text(step)]).json["done"] == true) }
            #expect(try await post(bench, "orders/\(order)/complete").json["done"] == true)
            #expect(try await post(bench, "orders/\(order)/complete").json["done"] == false)
            let report = try await bench.plain("GET", "/_control/report").json
            #expect(report["arrangements"]?[try bench.package(order)] == 1)
            #expect(report["orders"]?.items?.first { $0["number"] == .text(order) }?["fulfilment"] == "delivered")
            #expect(report["statistics"]?["orders placed"] == 2)
        }
    }

    @Test(arguments: [
        ("orders", #"{"kind":"frobbed"}"#, 400), ("orders", #"{"shop_id":1}"#, 404), ("orders/NOSUCH/pay", "{}", 404), ("packages/NOSUCH/label", "{}", 404),
        ("shops/1/ban", "{}", 404), ("shops/40071188/frob", "{}", 404), ("returns/X", "{}", 400), ("faults", #"{"level":"wild"}"#, 400), ("frob", "{}", 404),
    ])
    func `a wish that makes no sense is refused`(path: String, wish: String, status: Int) async throws {
        try await withShopee { (bench) async throws in #expect(try await bench.plain("POST", "/_control/\(path)", body: Data(wish.utf8)).status == status) }
    }

    @Test func `shops, tokens and accidents are governed over HTTP`() async throws {
        try await withShopee { (bench) async throws in
            let pair = try await post(bench, "shops/\(bench.shopID)/authorise").json
            var caller = bench
            caller.accessToken = try #require(pair["access_token"]?.string)
            #expect(try await caller.list().error == "")
            _ = try await post(bench, "shops/\(bench.shopID)/expire_access")
            #expect(try await caller.list().error == "invalid_acceess_token")
            #expect(try await post(bench, "shops/\(bench.shopID)/consent").json["code"]?.string?.isEmpty == false)
            #expect(try await post(bench, "consent").json["code"]?.string?.isEmpty == false)
            caller.accessToken = try bench.simulator.authorise(shopID: bench.shopID).accessToken
            _ = try await post(bench, "refuse", ["endpoint": "order/get_order_list", "code": "error_system_busy"])
            #expect(try await caller.list().error == "error_system_busy")
            _ = try await post(bench, "break", ["status": 504])
            #expect(try await caller.list().status == 504)
            _ = try await post(bench, "lose", ["endpoint": "order/get_order_list"])
            await #expect(throws: (any Error).self) { try await caller.list() }
            _ = try await post(bench, "hang", ["seconds": .number("0.001")])
            #expect(try await caller.list().error == "")
            _ = try await post(bench, "switches", ["is_key_expired": true, "token_word": "error_auth", "cancel_mode": "asks", "orders_while_paging": 2])
            #expect(try await caller.list().error == "error_partner_key_expired")
            #expect(bench.simulator.switches.tokenWord == .auth)
            #expect(bench.simulator.switches.cancelMode == .asks)
            _ = try await post(bench, "faults", ["level": "storm"])
            #expect(bench.simulator.faults.level == .storm)
            let before = bench.simulator.now
            _ = try await post(bench, "clock", ["advance_seconds": 60])
            #expect(bench.simulator.now == before + 60)
        }
    }

    @Test func `a buyer cancels after packing over HTTP`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            try await bench.ship(order)
            #expect(try await post(bench, "orders/\(order)/cancel").json["done"] == true)
            #expect(bench.simulator.status(order) == .inCancel)
            #expect(try await post(bench, "orders/\(order)/settle", ["accepting": false]).json["done"] == true)
            #expect(bench.simulator.status(order) == .processed)
        }
    }

    @Test func `traffic places orders of every shop and announces them, and stops`() async throws {
        try await withPushes { (bench, catcher) async throws in
            _ = try bench.simulator.authorise(shopID: ShopeeBench.second)
            bench.simulator.startTraffic(ordersPerSecond: 500)
            #expect(await catcher.wait(for: 40))
            await bench.simulator.stopTraffic()
            await bench.simulator.idle()
            let states = bench.simulator.orderStates()
            #expect(states.count >= 20)
            #expect(Set(states.map { $0.externalID.split(separator: ":")[0] }).count == 2)
            #expect(states.allSatisfy { $0.externalID.hasSuffix(":\($0.number)") && $0.currency == "THB" && $0.lineCount > 0 })
            let count = bench.simulator.counters.ordersPlaced
            #expect(count == states.count)
        }
    }

    @Test func `a parcel walks by itself where a pace is set, with late papers`() async throws {
        try await withPushes {
            $0.pace = .milliseconds(5)
            $0.trackingDelay = .milliseconds(1)
            $0.labelDelay = .milliseconds(200)
        } _: { (bench, catcher) async throws in
            let order = try bench.place(.everyday)
            try await bench.ship(order)
            #expect(await catcher.wait(for: 8))
            #expect(bench.simulator.status(order) == .toConfirmReceive)
            #expect(bench.simulator.orderState(order)?.trackingNumbers.count == 1)
        }
    }

    @Test func `the oldest finished orders make room, their counts stay`() async throws {
        try await withShopee { $0.maximumOrders = 3 } _: { (bench) async throws in
            let old = try bench.place(.everyday)
            let package = try bench.package(old)
            try await bench.ship(old)
            for _ in 0..<4 { bench.simulator.advance(old) }
            bench.simulator.complete(old)
            for _ in 0..<3 { _ = try bench.place(.everyday) }
            #expect(bench.simulator.status(old) == nil)
            #expect(bench.simulator.orderStates().count == 3)
            #expect(bench.simulator.counters.arrangements[package] == 1)
            #expect(throws: ShopeeSimulatorError.full) { try bench.place(.everyday) }
            #expect(throws: ShopeeSimulatorError.noShop) { try bench.simulator.place(.everyday, shopID: 1) }
        }
    }

    @Test func `a stopped platform answers nobody and stops twice`() async throws {
        let simulator = try await ShopeeSimulator.start()
        let url = simulator.baseURL
        simulator.startTraffic(ordersPerSecond: 100)
        await simulator.stop()
        await simulator.stop()
        await #expect(throws: (any Error).self) { try await PlainHTTP.send("GET", url + "/_control/report", limit: .milliseconds(300)) }
    }
}
