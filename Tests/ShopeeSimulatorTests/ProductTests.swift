import Foundation
import SimulatorKit
import Testing
@testable import ShopeeSimulator

/// Products, prices and stock (shopee.md §7).
@Suite(.timeLimit(.minutes(1))) struct ProductTests {
    private func items(_ bench: ShopeeBench, _ query: [(String, String)] = [("item_status", "NORMAL")]) async throws -> ShopeeBench.Answer {
        try await bench.call("product/get_item_list", [("offset", "0"), ("page_size", "100")].filter { item in !query.contains { $0.0 == item.0 } } + query)
    }

    /// A product without variants and one with two.
    private func samples(_ bench: ShopeeBench) throws -> (plain: Int64, varied: Int64, models: [Int64]) {
        let products = bench.simulator.read { $0.products.values.filter { $0.shopID == bench.shopID }.sorted { $0.id < $1.id } }
        let plain = try #require(products.first { !$0.hasModels }), varied = try #require(products.first { $0.models.count == 2 })
        return (plain.id, varied.id, varied.models.map(\.id))
    }

    @Test func `the list repeats its status key and pages by offset`() async throws {
        try await withShopee { (bench) async throws in
            let first = try await items(bench, [("page_size", "10"), ("item_status", "NORMAL"), ("item_status", "UNLIST")]).response
            let total = try #require(first["total_count"]?.int64)
            #expect(first["item"]?.items?.count == 10)
            #expect(first["has_next_page"] == true)
            #expect(first["next_offset"] == 10)
            let last = try await items(bench, [("offset", "\(total - 1)"), ("item_status", "NORMAL")]).response
            #expect(last["has_next_page"] == false)
            #expect(last["next_offset"] == nil)
            #expect(try await items(bench, [("page_size", "10")]).error == "error.param")
            #expect(try await items(bench, [("page_size", "101"), ("item_status", "NORMAL")]).error == "error_param")
            let id = try samples(bench).plain
            _ = try await bench.call("product/unlist_item", body: ["item_list": [["item_id": .integer(id), "unlist": true], ["item_id": 1, "unlist": true]]])
            #expect(try await items(bench, [("item_status", "UNLIST")]).response["item"]?.items?.map { $0["item_id"] } == [.integer(id)])
            #expect(try await items(bench, [("item_status", "NORMAL"), ("item_status", "UNLIST")]).response["total_count"] == .integer(total))
        }
    }

    @Test func `prices stand with the models where there are models`() async throws {
        try await withShopee { (bench) async throws in
            let (plain, varied, models) = try samples(bench)
            let info = try await bench.call("product/get_item_base_info", [("item_id_list", "\(plain),\(varied),1")]).response["item_list"]?.items
            #expect(info?.count == 2)
            #expect(info?[0]["price_info"]?[0]?["currency"] == "THB")
            #expect(info?[0]["stock_info_v2"]?["seller_stock"]?[0]?["stock"] == 1_000)
            #expect(info?[1]["has_model"] == true)
            #expect(info?[1]["price_info"] == nil)
            let list = try await bench.call("product/get_model_list", [("item_id", "\(varied)")]).response
            #expect(list["model"]?.items?.compactMap { $0["model_id"]?.int64 } == models)
            #expect(list["model"]?[1]?["tier_index"] == [1])
            #expect(try await bench.call("product/get_model_list", [("item_id", "1")]).error == "product.error_item_not_found")
        }
    }

    @Test func `a price is set, and each rule refuses`() async throws {
        try await withPushes { (bench, catcher) async throws in
            let (plain, varied, models) = try samples(bench)
            func set(_ item: Int64, _ rows: [(Int64, ShopeeJSON)]) async throws -> ShopeeBench.Answer {
                let list = rows.map { ShopeeJSON.object([.init("model_id", .integer($0.0)), .init("original_price", $0.1)]) }
                return try await bench.call("product/update_price", body: ["item_id": .integer(item), "price_list": .array(list)])
            }
            #expect(try await set(plain, [(0, .number("199.5"))]).error == "")
            #expect(bench.simulator.listing(itemID: plain)?.priceMinor == 19_950)
            #expect(try await set(varied, [(0, 100)]).error == "product.error_edit_item_price_for_item_has_model")
            #expect(try await set(varied, [(models[0], 100), (models[1], 501)]).error == "error.param")
            #expect(try await set(varied, [(models[0], 100), (models[1], 500)]).error == "")
            #expect(try await set(plain, [(0, 0)]).error == "error.param")
            #expect(try await set(plain, [(0, "199")]).error == "error.param")
            #expect(try await set(plain, [(0, .number("1.234"))]).error == "error.param")
            #expect(try await set(plain, []).error == "error_param")
            bench.simulator.setPromotion(true, itemID: plain)
            #expect(try await set(plain, [(0, 10)]).error == "product.error_cannt_edit_price_in_promotion")
            await bench.simulator.idle()
            #expect(catcher.pushes(code: 22).count == 3)
        }
    }

    @Test func `stock is absolute, above the reserve, and names its place only where there are places`() async throws {
        try await withShopee { (bench) async throws in
            let (plain, varied, models) = try samples(bench)
            func set(_ item: Int64, _ rows: [(Int64, Int64, String?)], _ bench: ShopeeBench) async throws -> ShopeeBench.Answer {
                let list = rows.map { row -> ShopeeJSON in
                    var place: [ShopeeJSON.Member] = [.init("stock", .integer(row.1))]
                    if let location = row.2 { place.append(.init("location_id", .text(location))) }
                    return ["model_id": .integer(row.0), "seller_stock": [.object(place)]]
                }
                return try await bench.call("product/update_stock", body: ["item_id": .integer(item), "stock_list": .array(list)])
            }
            #expect(try await set(plain, [(0, 12, nil)], bench).error == "")
            #expect(bench.simulator.listing(itemID: plain)?.stock == 12)
            #expect(try await set(plain, [(0, 12, "TH0001ABC")], bench).error == "error_inner")
            #expect(try await set(plain, [(0, -1, nil)], bench).error == "error.param")
            bench.simulator.setReserved(5, itemID: plain)
            let reserved = try await set(plain, [(0, 4, nil)], bench)
            #expect(reserved.error == "error_auth")
            #expect(reserved.message == "Total stock must be more than reserved stock.")
            let part = try await set(varied, [(models[0], 7, nil), (1, 7, nil)], bench)
            #expect(part.error == "product.error_busi_update_stock_failed")
            #expect(part.response["success_list"]?[0]?["model_id"] == .integer(models[0]))
            #expect(part.response["failure_list"]?[0]?["model_id"] == 1)
            #expect(bench.simulator.listing(itemID: varied, modelID: models[0])?.stock == 7)
            bench.simulator.set { $0.isOnHoliday = true }
            #expect(try await set(plain, [(0, 20, nil)], bench).message.contains("holiday mode"))
            bench.simulator.set { $0.isOnHoliday = false }
            var other = bench
            other.shopID = ShopeeBench.second
            other.accessToken = try bench.simulator.authorise(shopID: ShopeeBench.second).accessToken
            let there = try samples(other).plain
            #expect(try await set(there, [(0, 9, "TH0001ABC")], other).error == "")
            #expect(try await set(there, [(0, 9, nil)], other).error == "error_inner")
            #expect(try await set(plain, [(0, 9, nil)], other).error == "product.error_item_not_found")
        }
    }

    @Test func `a product is added with its price in the number's own text`() async throws {
        try await withShopee { (bench) async throws in
            let body: ShopeeJSON = [
                "category_id": 100, "item_name": "ของใหม่", "description": "x", "original_price": .number("199.99"), "seller_stock": [["stock": 3]],
                "weight": .number("0.125"), "item_sku": "NEW-1", "item_status": "UNLIST", "logistic_info": [["logistic_id": 7_001, "enabled": true]],
            ]
            let id = try #require(try await bench.call("product/add_item", body: body).response["item_id"]?.int64)
            #expect(bench.simulator.listing(itemID: id)?.priceMinor == 19_999)
            let info = try await bench.call("product/get_item_base_info", [("item_id_list", "\(id)")]).response["item_list"]?[0]
            #expect(info?["weight"] == "0.125")
            #expect(info?["item_status"] == "UNLIST")
            #expect(try await bench.call("product/add_item", body: ["item_name": "x"]).error == "error.param")
        }
    }
}
