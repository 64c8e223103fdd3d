import Foundation
import SimulatorKit
import Testing
@testable import LazadaSimulator

/// Cancelling, the buyer's wish, returns (lazada.md §6 nos. 7 to 9).
struct CancelTests {
    private func target(_ caller: LazadaCaller, _ order: String, items: [Int64]) -> [String: String] {
        ["order_id": caller.orderID(order), "order_item_id_list": "[" + items.map { "\($0)" }.joined(separator: ",") + "]"]
    }

    private func validate(_ caller: LazadaCaller, _ order: String, items: [Int64]) async throws -> LazadaJSON? {
        try await caller.get("/order/reverse/cancel/validate", target(caller, order, items: items))["data"]
    }

    private func cancel(_ caller: LazadaCaller, _ order: String, items: [Int64], reason: String) async throws -> LazadaJSON {
        try await caller.get("/order/reverse/cancel/create", target(caller, order, items: items).merging(["reason_id": reason]) { $1 })
    }

    @Test func `one item of an unpacked order goes alone`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), items = simulator.itemIDs(order), before = try #require(simulator.orderStates().first)
            let options = try #require(try await validate(caller, order, items: [items[0]])?["reason_options"]?.items)
            let reason = try #require(options.first { $0["reason_name"] == "Buyer asked for it" }?.text("reason_id"))
            #expect(try await cancel(caller, order, items: [items[0]], reason: reason)["data"]?["tip_type"] == "success")
            let shown = try await caller.items(order)
            #expect(shown.map { $0["status"] } == ["canceled", "pending"])
            #expect(shown[0]["cancel_return_initiator"] == "cancellation-seller" && shown[0]["reason"] == "Buyer asked for it")
            let after = try #require(simulator.orderStates().first)
            #expect(after.lineCount == 1 && !after.isCancelled && after.grandMinor < before.grandMinor)
            #expect(simulator.cancellations() == ["th:100190009:\(items[0])": 1])
        }
    }

    @Test func `once packed, all items of the package go`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), items = simulator.itemIDs(order)
            _ = try await caller.ship(order)
            let tip = try await validate(caller, order, items: [items[1]])
            #expect(tip?["tip_type"] == "warning" && tip?.text("tip_content")?.contains("2 items") == true)
            #expect(try await cancel(caller, order, items: [items[1]], reason: "10021").code == "0")
            #expect(simulator.itemStatuses(order) == ["canceled", "canceled"])
            #expect(simulator.orderStates().first?.isCancelled == true)
            #expect(simulator.orderStates().first?.fulfilment == "readyToShip")
        }
    }

    @Test func `repacking first saves the others`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), items = simulator.itemIDs(order), package = try await caller.ship(order)
            _ = try await caller.packages("/order/package/repack", "rePackReq", [package])
            _ = try await cancel(caller, order, items: [items[1]], reason: "10021")
            #expect(simulator.itemStatuses(order) == ["repacked", "canceled"])
        }
    }

    @Test(arguments: [("10015", true), ("10016", true), ("10021", false)]) func `some reasons set the stock to nothing`(reason: String, isEmptied: Bool) async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), sku = try #require(try await caller.items(order).first?.text("sku"))
            let before = try #require(simulator.stock(sku: sku))
            #expect(before.sellable == before.total - 2)
            _ = try await cancel(caller, order, items: simulator.itemIDs(order), reason: reason)
            #expect(simulator.stock(sku: sku)?.sellable == (isEmptied ? 0 : before.total))
        }
    }

    @Test func `reasons have other ids in every country`() async throws {
        try await withLazada { $0.sellers = [LazadaSeller(country: .my)] } _: { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday), items = simulator.itemIDs(order)
            #expect(try await cancel(caller, order, items: items, reason: "10021").code == "InvalidParameter")
            #expect(try await cancel(caller, order, items: items, reason: "12021")["data"]?["tip_type"] == "success")
        }
    }

    @Test func `what has left cannot be cancelled`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday), items = simulator.itemIDs(order)
            simulator.advance(try await caller.ship(order))
            let answer = try await validate(caller, order, items: items)
            #expect(answer?["reason_options"]?.items?.isEmpty == true && answer?.text("tip_content")?.isEmpty == false)
            #expect(try await cancel(caller, order, items: items, reason: "10021")["data"]?["tip_type"] == "error")
            #expect(simulator.cancellations().isEmpty)
            #expect(try await validate(caller, order, items: [1]) == nil)
        }
    }

    // MARK: The buyer asks

    @Test(arguments: [false, true]) func `a buyer's wish is pending until the seller agrees, also after packing`(isPacked: Bool) async throws {
        try await withPushes { (simulator, caller, catcher) async throws in
            let order = simulator.placeOrder(kind: .twoUnits)
            if isPacked { _ = try await caller.ship(order) }
            let id = try #require(simulator.requestCancel(order, items: [0]))
            #expect(simulator.requestCancel(order) == nil)
            let data = try await caller.order(order)["data"]
            #expect(data?["need_cancel_confirm"] == true && data?["is_cancel_pending"] == true)
            let decide = ["reverse_order_id": "\(id)", "agree_cancel": "true"]
            #expect(try await caller.post("/order/reverse/cancel/seller/decide", decide).code == "0")
            #expect(simulator.itemStatuses(order) == ["canceled", isPacked ? "canceled" : "pending"])
            #expect(try await caller.order(order)["data"]?["need_cancel_confirm"] == false)
            #expect(try await caller.post("/order/reverse/cancel/seller/decide", decide).code == "501")
            await simulator.idle()
            let states = catcher.all.map(\.json).filter { $0["message_type"] == 10 }.compactMap { $0["data"]?.text("reverse_status") }
            #expect(Set(states) == ["CANCEL_INIT", "CANCEL_SUCCESS", "CANCEL_REFUND_ISSUED"])
        }
    }

    @Test func `a refused wish leaves the order as it was`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday), id = try #require(simulator.requestCancel(order)), decide = ["reverse_order_id": "\(id)", "agree_cancel": "false"]
            #expect(try await caller.post("/order/reverse/cancel/seller/decide", decide).code == "MissingParameter")
            #expect(try await caller.post("/order/reverse/cancel/seller/decide", decide.merging(["reason_code": "1"]) { $1 }).code == "0")
            #expect(Set(simulator.itemStatuses(order)) == ["pending"])
            #expect(try await caller.order(order)["data"]?["need_cancel_confirm"] == false)
            #expect(try await caller.post("/order/reverse/cancel/seller/decide", ["reverse_order_id": "12", "agree_cancel": "true"]).code == "InvalidParameter")
        }
    }

    @Test func `buyers cancel by themselves before packing only`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits)
            #expect(simulator.cancelByBuyer(order, items: [1]))
            #expect(try await caller.items(order)[1]["cancel_return_initiator"] == "cancellation-customer")
            _ = try await caller.ship(order)
            #expect(!simulator.cancelByBuyer(order))
        }
    }

    @Test func `what is not paid in half an hour is cancelled by the platform`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .unpaid)
            simulator.advanceClock(bySeconds: 1_799)
            #expect(simulator.cancelUnpaid() == 0)
            simulator.advanceClock(bySeconds: 1)
            #expect(simulator.cancelUnpaid() == 1)
            #expect(Set(simulator.itemStatuses(order)) == ["canceled"])
            #expect(try await caller.items(order)[0]["cancel_return_initiator"] == "cancellation-internal")
        }
    }

    // MARK: Returns

    /// Every way a return goes: what the seller does (nil: the platform goes on by itself), and the state after it.
    struct Way: Sendable, CustomTestStringConvertible {
        var kind: LazadaReverseKind
        var steps: [(action: String?, state: String)]
        var isReturned: Bool
        var testDescription: String { "\(kind.rawValue): \(steps.map(\.state).joined(separator: ", "))" }
    }

    static let ways = [
        Way(kind: .returnToMerchant,
            steps: [("agreeReturn", "RTM_SHIPPING_BACK"), (nil, "RTM_RECEIVE_ITEM"), ("agreeRefund", "REFUND_PENDING"), (nil, "REFUND_SUCCESS")], isReturned: true),
        Way(kind: .returnToMerchant, steps: [("agreeReturn", "RTM_SHIPPING_BACK"), ("confirmDelivery", "RTM_RECEIVE_ITEM"), ("refuseRefund", "REFUND_REJECTED")], isReturned: false),
        Way(kind: .returnToMerchant, steps: [("refuseReturn", "RTM_CANCELED")], isReturned: false),
        Way(kind: .returnToMerchant, steps: [("refuesReturn", "RTM_CANCELED")], isReturned: false),
        Way(kind: .returnToMerchant, steps: [("instantRefund", "REFUND_SUCCESS")], isReturned: true),
        Way(kind: .returnToWarehouse, steps: [(nil, "RTW_SHIPPING_BACK"), (nil, "RTW_REFUND_PENDING"), (nil, "REFUND_SUCCESS")], isReturned: true),
        Way(kind: .onlyRefund, steps: [("agreeRefund", "REFUND_PENDING"), (nil, "REFUND_SUCCESS")], isReturned: false),
        Way(kind: .onlyRefund, steps: [("startDispute", "REFUND_REJECTED")], isReturned: false),
    ]

    @Test(arguments: ways) func `a return goes its way`(way: Way) async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits)
            #expect(simulator.openReturn(way.kind, of: order) == nil)
            simulator.setStatus("delivered", of: order)
            let id = try #require(simulator.openReturn(way.kind, of: order, items: [0]))
            #expect(simulator.reverseState(id, of: order) == LazadaState.firstState(way.kind))
            let path = way.kind == .onlyRefund ? "/order/reverse/onlyrefund/seller/decide" : "/order/reverse/return/update"
            for step in way.steps {
                if let action = step.action {
                    var wish = ["reverse_order_id": "\(id)", "action": action]
                    if path.hasSuffix("update") && action.hasPrefix("ref") {
                        #expect(try await caller.post(path, wish).code == "MissingParameter")
                        wish.merge(["reason_id": "1", "comment": "no", "image_info": "[]"]) { $1 }
                    }
                    #expect(try await caller.post(path, wish).code == "0")
                    #expect(try await caller.post(path, wish).code == "501")
                } else {
                    #expect(simulator.advanceReverse(id, of: order) == step.state)
                }
                #expect(simulator.reverseState(id, of: order) == step.state)
            }
            #expect(simulator.itemStatuses(order) == [way.isReturned ? "returned" : "delivered", "delivered"])
            #expect(try await caller.items(order)[0]["return_status"] == .string(way.steps.last?.state ?? ""))
        }
    }

    @Test func `returns are listed and read one by one`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits)
            simulator.setStatus("delivered", of: order)
            let id = try #require(simulator.openReturn(.returnToMerchant, of: order))
            let detail = try await caller.get("/order/reverse/return/detail/list", ["reverse_order_id": "\(id)"])["data"]
            #expect(detail?["reverseOrderLineDTOList"]?.items?.count == 2)
            #expect(detail?["is_rtm"] == true)
            let list = try await caller.get("/reverse/getreverseordersforseller", ["page_no": "1", "page_size": "10"])["result"]
            #expect(list?["total"] == 1 && list?["items"]?.items?.first?["reverse_order_id"] == .integer(id))
            #expect(try await caller.get("/order/reverse/return/detail/list", ["reverse_order_id": "12"]).code == "InvalidParameter")
        }
    }
}
