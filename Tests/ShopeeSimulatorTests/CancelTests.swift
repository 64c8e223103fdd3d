import Foundation
import SimulatorKit
import Testing
@testable import ShopeeSimulator

/// Cancelling, wholly and in part, and splitting (shopee.md §6).
@Suite(.timeLimit(.minutes(1))) struct CancelTests {
    private func cancel(_ bench: ShopeeBench, _ order: String, _ reason: String = "CUSTOMER_REQUEST", _ more: [ShopeeJSON.Member] = []) async throws -> ShopeeBench.Answer {
        try await bench.call("order/cancel_order", body: .object([.init("order_sn", .text(order)), .init("cancel_reason", .text(reason))] + more))
    }

    @Test func `a seller cancels before shipping, and the package and the stock follow`() async throws {
        try await withShopee { (bench) async throws in
            for arranges in [false, true] {
                let order = try bench.place(.everyday)
                let item = try #require(try await bench.detail(order)["item_list"]?[0])
                let id = try #require(item["item_id"]?.int64), model = try #require(item["model_id"]?.int64), taken = try #require(item["active_qty"]?.int64)
                let stock = try #require(bench.simulator.listing(itemID: id, modelID: model)).stock
                if arranges { try await bench.ship(order) }
                bench.clock.advance(by: 3)
                let answer = try await cancel(bench, order)
                #expect(answer.response["update_time"] == .integer(bench.clock.now))
                #expect(bench.simulator.status(order) == .cancelled)
                #expect(bench.simulator.packageStatus(try bench.package(order)) == (arranges ? .requestCancelled : .invalid))
                #expect(bench.simulator.listing(itemID: id, modelID: model)?.stock == stock + Int(taken))
                #expect(bench.simulator.counters.cancellations[order] == 1)
                let detail = try await bench.detail(order)
                #expect(detail["cancel_by"] == "seller")
                #expect(detail["cancel_reason"] == "CUSTOMER_REQUEST")
                #expect(try await cancel(bench, order).error == "order.error_param")
                #expect(bench.simulator.counters.cancellations[order] == 1)
            }
        }
    }

    @Test func `each reason has its rule`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            #expect(try await cancel(bench, order, "BORED").error == "order.error_param")
            #expect(try await cancel(bench, order, "UNDELIVERABLE_AREA").error == "order.error_param")
            #expect(try await cancel(bench, order, "COD_NOT_SUPPORTED").error == "order.error_param")
            #expect(try await cancel(bench, order, "OUT_OF_STOCK").error == "order.error_param")
            #expect(try await cancel(bench, order, "OUT_OF_STOCK", [.init("item_list", [["item_id": 1, "model_id": 2]])]).error == "order.error_param")
            let item = try #require(try await bench.detail(order)["item_list"]?[0])
            let named: ShopeeJSON = ["item_id": item["item_id"] ?? .null, "model_id": item["model_id"] ?? .null]
            #expect(try await cancel(bench, order, "OUT_OF_STOCK", [.init("item_list", [named])]).error == "")
            #expect(try await cancel(bench, try bench.place(.cod), "COD_NOT_SUPPORTED").error == "")
        }
    }

    @Test func `what is on its way is not cancelled`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            try await bench.ship(order)
            bench.simulator.advance(order, .pickUp)
            #expect(try await cancel(bench, order).error == "order.error_param")
            #expect(!bench.simulator.cancelByBuyer(order))
            #expect(bench.simulator.status(order) == .shipped)
        }
    }

    @Test func `a cancellation may stand in IN_CANCEL first`() async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.set { $0.cancelMode = .asks }
            let order = try bench.place(.everyday)
            #expect(try await cancel(bench, order).error == "")
            #expect(bench.simulator.status(order) == .inCancel)
            #expect(try await bench.call("order/handle_buyer_cancellation", body: ["order_sn": .text(order), "operation": "ACCEPT"]).error == "order.error_param")
            #expect(bench.simulator.settleCancellation(order, accepting: true))
            #expect(bench.simulator.status(order) == .cancelled)
            #expect(try await bench.detail(order)["cancel_by"] == "seller")
        }
    }

    @Test(arguments: [(false, "ACCEPT", ShopeeOrderStatus.cancelled), (false, "REJECT", .readyToShip), (true, "ACCEPT", .cancelled), (true, "REJECT", .processed)])
    func `a buyer's request is answered, after packing too`(isPacked: Bool, operation: String, status: ShopeeOrderStatus) async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            if isPacked { try await bench.ship(order) }
            #expect(try await bench.call("order/handle_buyer_cancellation", body: ["order_sn": .text(order), "operation": "ACCEPT"]).error == "order.error_param")
            #expect(bench.simulator.cancelByBuyer(order))
            #expect(try await bench.detail(order)["buyer_cancel_reason"] == "Change of mind")
            #expect(try await bench.call("order/handle_buyer_cancellation", body: ["order_sn": .text(order), "operation": "MAYBE"]).error == "order.error_param")
            #expect(try await bench.call("order/handle_buyer_cancellation", body: ["order_sn": .text(order), "operation": .text(operation)]).error == "")
            #expect(bench.simulator.status(order) == status)
            #expect(bench.simulator.counters.cancellations[order] == (operation == "ACCEPT" ? 1 : nil))
        }
    }

    @Test func `unpaid orders end at once when the buyer wants so`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.unpaid), sudden = try bench.place(.everyday)
            #expect(bench.simulator.cancelByBuyer(order))
            #expect(bench.simulator.status(order) == .cancelled)
            #expect(bench.simulator.cancelByBuyer(sudden, asks: false))
            #expect(bench.simulator.status(sudden) == .cancelled)
            #expect(try await bench.detail(sudden)["cancel_by"] == "buyer")
        }
    }

    // MARK: In part

    @Test func `a part is cancelled by quantity and the sums follow`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.split)
            let before = try #require(bench.simulator.orderState(order)), item = try #require(try await bench.detail(order)["item_list"]?[0])
            let part: ShopeeJSON = [
                "item_id": item["item_id"] ?? .null, "model_id": item["model_id"] ?? .null, "order_item_id": item["order_item_id"] ?? .null,
                "promotion_group_id": item["promotion_group_id"] ?? .null,
            ]
            func cancelPart(_ quantity: Int64) async throws -> ShopeeBench.Answer {
                try await cancel(bench, order, "OUT_OF_STOCK", [.init("partial_cancel_item_list", [part.adding("model_quantity", .integer(quantity))])])
            }
            #expect(try await cancelPart(0).error == "order.error_param")
            #expect(try await cancelPart(100).error == "order.error_param")
            #expect(try await cancelPart(1).error == "")
            let after = try #require(try await bench.detail(order)["item_list"]?[0])
            #expect(after["cancelled_qty"] == 1)
            #expect(after["active_qty"]?.int64 == (item["active_qty"]?.int64 ?? 0) - 1)
            #expect(after["model_quantity_purchased"] == item["model_quantity_purchased"])
            #expect(bench.simulator.orderState(order)?.grandMinor == before.grandMinor - (item["model_discounted_price"]?.minorUnits ?? 0))
            #expect(bench.simulator.status(order) == .readyToShip)
        }
    }

    @Test func `all parts together are the whole, and some orders cannot be cut`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.everyday)
            let parts = (try await bench.detail(order)["item_list"]?.items ?? []).map { item -> ShopeeJSON in
                ["item_id": item["item_id"] ?? .null, "model_id": item["model_id"] ?? .null, "model_quantity": item["active_qty"] ?? .null]
            }
            #expect(try await cancel(bench, order, "OUT_OF_STOCK", [.init("partial_cancel_item_list", .array(parts))]).error == "")
            #expect(bench.simulator.status(order) == .cancelled)
            let old = try bench.place(.oldFashioned)
            #expect(try await cancel(bench, old, "CUSTOMER_REQUEST", [.init("partial_cancel_item_list", .array(parts))]).error == "order.error_param")
        }
    }

    // MARK: Splitting

    @Test func `an order is split into packages of all its lines and put together again`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.bundle)
            let items = try #require(try await bench.detail(order)["item_list"]?.items)
            func group(_ range: some Sequence<ShopeeJSON>) -> ShopeeJSON {
                let names = ["item_id", "model_id", "promotion_group_id"]
                return ["item_list": .array(range.map { item in .object(names.map { .init($0, item[$0] ?? .null) }) })]
            }
            func split(_ groups: [ShopeeJSON]) async throws -> ShopeeBench.Answer {
                try await bench.call("order/split_order", body: ["order_sn": .text(order), "package_list": .array(groups)])
            }
            #expect(try await split([group(items)]).error == "order.error_param")
            #expect(try await split([group(items.prefix(1)), ["item_list": [["item_id": 1, "model_id": 0]]]]).error == "order.error_param")
            if items.count > 2 { #expect(try await split([group(items.prefix(1)), group(items[1...1])]).error == "order.error_param") }
            let before = try bench.package(order)
            let answer = try await split([group(items.prefix(1)), group(items.dropFirst())])
            #expect(answer.response["package_list"]?.items?.count == 2)
            #expect(!bench.simulator.packageNumbers(order).contains(before))
            #expect(try await bench.detail(order)["split_up"] == true)
            #expect(try await split([group(items.prefix(1)), group(items.dropFirst())]).error == "order.error_param")
            #expect(try await bench.call("order/unsplit_order", body: ["order_sn": .text(order)]).error == "")
            #expect(bench.simulator.packageNumbers(order).count == 1)
            #expect(try await bench.call("order/unsplit_order", body: ["order_sn": .text(order)]).error == "order.error_param")
        }
    }

    @Test func `an arranged package keeps its order split`() async throws {
        try await withShopee { (bench) async throws in
            let order = try bench.place(.split)
            try await bench.ship(order, package: try bench.package(order))
            #expect(try await bench.call("order/unsplit_order", body: ["order_sn": .text(order)]).error == "order.error_param")
        }
    }
}
