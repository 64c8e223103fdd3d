import Domain
import Foundation
import SimulatorKit
import Testing
import Waiting
@testable import LazadaSimulator

/// The walk of lazada.md §5.3 and the states of §5.1.
struct ParcelTests {
    @Test(arguments: [
        ("unpaid", "unfulfilled"), ("pending", "unfulfilled"), ("topack", "unfulfilled"), ("repacked", "unfulfilled"), ("packed", "packed"), ("ready_to_ship", "readyToShip"),
        ("toship", "readyToShip"), ("ready_to_ship_pending", "readyToShip"), ("shipped", "inTransit"), ("shipping", "inTransit"), ("delivered", "delivered"),
        ("confirmed", "delivered"), ("failed", "deliveryFailed"), ("failed_delivery", "deliveryFailed"), ("shipped_back", "returning"), ("shipped_back_success", "returned"),
        ("shipped_back_failed", "deliveryFailed"), ("returned", "returned"), ("lost", "lost"), ("lost_by_3pl", "lost"), ("damaged", "lost"), ("damaged_by_3pl", "lost"),
        ("package_scrapped", "lost"),
    ]) func `every item status has its place on the axis`(word: String, fulfilment: String) { #expect(ItemStatus.fulfilment(word)?.rawValue == fulfilment) }

    @Test(arguments: ["INFO_ST_DOMESTIC_X", "canceled", "brand_new"]) func `unknown words have none`(word: String) { #expect(ItemStatus.fulfilment(word) == nil) }

    @Test(arguments: [
        ("READY_TO_SHIP", "ready_to_ship"), ("READY_TO_SHIP_PENDING", "ready_to_ship"), ("INFO_ST_TRANSIT_TO_SHIP", "ready_to_ship"),
        ("INFO_ST_DOMESTIC_PICKUP_SIGN_IN_SUCCESS", "shipped"), ("CB_PICKUP_SUCCESS", "shipped"), ("INFO_ST_DOMESTIC_PICKUP_SIGN_IN_FAILURE", "ready_to_ship"),
        ("INFO_ST_DOMESTIC_ARRIVED_AT_TRANSIT_HUB", "shipped"), ("INFO_ST_DOMESTIC_ARRIVED_AT_SORT_CENTER", "shipped"), ("INFO_ST_DOMESTIC_LM_STATION_INBOUND", "shipped"),
        ("CB_UPLIFTED", "shipped"), ("CB_CUSTOMS_CLEARED", "shipped"), ("INFO_ST_DOMESTIC_REDELIVERY", "shipped"), ("INFO_ST_DOMESTIC_OUT_FOR_DELIVERY", "shipped"),
        ("INFO_ST_DRIVER_ASSIGNED", "shipped"), ("INFO_ST_DOMESTIC_DELIVERED", "delivered"), ("INFO_ST_DOMESTIC_1ST_ATTEMPT_FAILED", "failed"),
        ("INFO_ST_DOMESTIC_REATTEMPTS_FAILED", "failed"), ("INFO_ST_DOMESTIC_DELIVERY_FAILED", "failed"), ("INFO_ST_DELIVER_FAILED", "failed"),
        ("INFO_ST_DOMESTIC_RETURN_AT_TRANSIT_HUB", "shipped_back"), ("INFO_ST_DOMESTIC_ON_THE_WAY_BACK_TO_SHIPPER", "shipped_back"),
        ("INFO_ST_DOMESTIC_BACK_TO_SHIPPER", "shipped_back_success"), ("INFO_ST_WAREHOUSE_RETURNED", "shipped_back_success"), ("INFO_ST_LOST_BY_3PL", "lost_by_3pl"),
        ("INFO_ST_DAMAGE_BY_3PL", "damaged_by_3pl"), ("INFO_ST_PACKAGE_SCRAPPED", "package_scrapped"), ("CANCELLED", "ready_to_ship"),
        ("INFO_ST_PACKAGE_INTERCEPTED", "ready_to_ship"),
    ]) func `a parcel's word moves its items`(word: String, status: String) async throws {
        try await withPushes { (simulator, caller, catcher) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), package = try await caller.ship(order)
            #expect(simulator.move(package, to: word))
            #expect(simulator.itemStatuses(order) == [status, status])
            await simulator.idle()
            #expect(catcher.all.contains { $0.json["message_type"] == 14 && $0.json["data"]?["status"] == .string(word) })
        }
    }

    @Test(arguments: [
        (LazadaParcelLife.delivered, "delivered"), (.pickupFailed, "delivered"), (.redelivered, "delivered"), (.returned, "shipped_back_success"),
        (.backFailed, "package_scrapped"), (.lost, "lost_by_3pl"), (.damaged, "damaged_by_3pl"), (.scrapped, "package_scrapped"), (.intercepted, "shipped"),
        (.crossBorder, "delivered"),
    ]) func `every life ends`(life: LazadaParcelLife, status: String) async throws {
        try await withLazada { (simulator, caller) async throws in
            simulator.setNextLives([life])
            let order = simulator.placeOrder(kind: .twoUnits)
            let package = try #require(try await caller.pack(order).first?.text("package_id"))
            #expect(simulator.advance(package) == nil)
            _ = try await caller.packages("/order/package/rts", "readyToShipReq", [package])
            var words: [String] = []
            while let word = simulator.advance(package), words.count < 20 { words.append(word) }
            #expect(words == life.words)
            #expect(LazadaParcelWord.isLast(words.last ?? ""))
            #expect(simulator.itemStatuses(order) == [status, status])
        }
    }

    @Test func `the trace is empty before ready-to-ship and has every word after`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .everyday), package = try #require(try await caller.pack(order).first?.text("package_id"))
            func trace() async throws -> LazadaJSON? {
                try await caller.get("/logistic/order/trace", ["order_id": caller.orderID(order), "ofcPackageIdList": #"["\#(package)"]"#])["result"]?["module"]
            }
            #expect(try await trace()?.items?.isEmpty == true)
            _ = try await caller.packages("/order/package/rts", "readyToShipReq", [package])
            simulator.advance(package)
            let info = try #require(try await trace()?.items?.first?["package_detail_info_list"]?.items?.first)
            #expect(info["logistic_detail_info_list"]?.items?.map { $0["status_code"] } == ["READY_TO_SHIP", "INFO_ST_DOMESTIC_PICKUP_SIGN_IN_SUCCESS"])
            #expect(info["logistic_detail_info_list"]?.items?.allSatisfy { $0["event_time"] == 1_761_021_600_000 } == true)
            #expect(try await caller.get("/logistic/order/trace", ["order_id": "12"]).code == "16")
        }
    }

    @Test(.timeLimit(.minutes(1))) func `parcels move by themselves where that is asked for`() async throws {
        try await withPushes { $0.parcelStep = .milliseconds(1) } answer: { _, _ in .init() } _: { (simulator, caller, catcher) async throws in
            let order = simulator.placeOrder(kind: .everyday)
            _ = try await caller.ship(order)
            let told = { catcher.all.count { $0.json["message_type"] == 14 } }, expected = 1 + LazadaParcelLife.delivered.words.count
            #expect(await eventually { simulator.itemStatuses(order).allSatisfy { $0 == "delivered" } && told() >= expected })
            await simulator.idle()
            #expect(told() == expected)
        }
    }

    @Test func `stock is withheld, occupied, gone`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .unpaid), items = try await caller.items(order), sku = try #require(items.first?.text("sku"))
            let units = items.filter { $0.text("sku") == sku }.count
            #expect(simulator.stock(sku: sku)?.sellable == 1_000 - units)
            simulator.pay(order)
            #expect(simulator.stock(sku: sku)?.sellable == 1_000 - units)
            simulator.advance(try await caller.ship(order))
            #expect(simulator.stock(sku: sku)?.total == 1_000 - units)
            #expect(simulator.stock(sku: sku)?.sellable == 1_000 - units)
        }
    }
}
