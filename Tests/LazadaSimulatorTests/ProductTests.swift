import Foundation
import SimulatorKit
import Testing
@testable import LazadaSimulator

/// Goods, prices, stock (lazada.md §7).
struct ProductTests {
    private func payload(_ skus: [[(String, String)]]) -> String {
        let inside = skus.map { "<Sku>" + $0.map { "<\($0.0)>\($0.1)</\($0.0)>" }.joined() + "</Sku>" }.joined()
        return "<Request><Product><Skus>\(inside)</Skus></Product></Request>"
    }

    private func update(_ caller: LazadaCaller, _ skus: [[(String, String)]], path: String = "/product/price_quantity/update") async throws -> LazadaJSON {
        try await caller.post(path, ["payload": payload(skus)])
    }

    @Test func `goods have variants with the documented members`() async throws {
        try await withLazada { (_, caller) async throws in
            let data = try #require(try await caller.get("/products/get", ["filter": "all", "limit": "50"])["data"])
            let products = try #require(data["products"]?.items)
            #expect(data["total_products"] == .integer(Int64(products.count)))
            let tops = try #require(products.first { $0["skus"]?.items?.count == 2 })
            let sku = try #require(tops["skus"]?.items?.first)
            #expect(sku["SellerSku"] == "TOP-RED-M" && sku["package_weight"] == "0.22" && sku["Available"] == 1_000)
            #expect(sku["multiWarehouseInventories"]?.items?.first?["sellableQuantity"] == 1_000)
            #expect(tops["updated_time"] == "1761021600000")
            #expect(sku.text("ShopSku")?.wholeMatch(of: /\d+_TH-\d+/) != nil)
        }
    }

    @Test(arguments: [
        (["filter": "live"], "0"), (["limit": "10"], "MissingParameter"), (["filter": "some"], "InvalidParameter"), (["filter": "all", "limit": "51"], "19"),
        (["filter": "all", "offset": "10001"], "14"), (["filter": "all", "update_after": "2025-10-21"], "17"),
    ]) func `the list's parameters are checked`(parameters: [String: String], code: String) async throws {
        try await withLazada { (_, caller) async throws in #expect(try await caller.get("/products/get", parameters).code == code) }
    }

    @Test func `goods are found by SKU, by id and by change`() async throws {
        try await withLazada { (simulator, caller) async throws in
            func names(_ more: [String: String]) async throws -> Int? {
                try await caller.get("/products/get", ["filter": "all"].merging(more) { $1 })["data"]?["products"]?.items?.count
            }
            #expect(try await names(["sku_seller_list": #"["TOP-RED-L","SOAP-MNG"]"#]) == 2)
            simulator.advanceClock(bySeconds: 60)
            #expect(try await update(caller, [[("SellerSku", "SOAP-MNG"), ("Quantity", "5")]]).code == "0")
            #expect(try await names(["update_after": "2025-10-21T11:41:00+07:00"]) == 1)
            let one = try await caller.get("/product/item/get", ["seller_sku": "SOAP-MNG"])["data"]
            #expect(one?["skus"]?.items?.first?["quantity"] == 5)
            #expect(try await caller.get("/product/item/get", ["item_id": one?.text("item_id") ?? ""])["data"] == one)
            #expect(try await caller.get("/product/item/get", ["item_id": "12"]).code == "208")
        }
    }

    @Test func `a single product is an object where answers are as the reference types them`() async throws {
        try await withLazada { $0.numberStyle = .strings } _: { (simulator, caller) async throws in
            let wish = ["filter": "all", "sku_seller_list": #"["SOAP-MNG"]"#]
            let one = try await caller.get("/products/get", wish)["data"]?["products"]
            #expect(one?.members != nil && one?["skus"]?.items?.first?["quantity"] == "1000")
            simulator.setNumberStyle(.live)
            #expect(try await caller.get("/products/get", wish)["data"]?["products"]?.items?.count == 1)
        }
    }

    @Test func `price and total quantity change by XML with Thai and escaped text, and by JSON`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let id = try #require(try await caller.get("/product/item/get", ["seller_sku": "TEA-100-GRN"])["data"]?["skus"]?.items?.first?.text("SkuId"))
            #expect(try await update(caller, [[("SkuId", id), ("SellerSku", "ชา &amp; เขียว"), ("Price", "199.00"), ("Quantity", "12")]]).code == "0")
            #expect(simulator.priceMinor(sku: "TEA-100-GRN") == 19_900)
            #expect(simulator.stock(sku: "TEA-100-GRN")?.total == 12)
            let json = #"{"Request":{"Product":{"Skus":{"Sku":[{"SkuId":"\#(id)","Price":"99.50","SalePrice":"89.5","Quantity":"3"}]}}}}"#
            #expect(try await caller.post("/product/price_quantity/update", ["payload": json]).code == "0")
            #expect(simulator.priceMinor(sku: "TEA-100-GRN") == 9_950)
            let sku = try await caller.get("/product/item/get", ["seller_sku": "TEA-100-GRN"])["data"]?["skus"]?.items?.first
            #expect(Decimal(string: sku?.text("special_price") ?? "") == Decimal(string: "89.5"))
        }
    }

    @Test(arguments: [
        "<Request><Product><Skus></Skus></Product></Request>", "<Request><Product><Skus><Sku><SellerSku>a & b</SellerSku></Sku></Skus></Product></Request>",
        "<Request><Product><Skus><Sku><SellerSku>a</Price></Sku></Skus></Product></Request>", "<Request><Product><Skus><Sku>text</Sku></Skus></Product></Request>",
        "{\"Request\":1}", "{'Request':1}", "",
    ]) func `a payload that is neither is refused`(payload: String) async throws {
        try await withLazada { (_, caller) async throws in
            let code = try await caller.post("/product/price_quantity/update", ["payload": payload]).code
            #expect(code == (payload.isEmpty ? "MissingParameter" : "InvalidParameter"))
        }
    }

    @Test func `some of a batch fail and the rest is done`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let answer = try await update(caller, [
                [("SellerSku", "SOAP-MNG"), ("Quantity", "7")], [("SellerSku", "NOPE"), ("Quantity", "1")], [("SellerSku", "CUP-CEL"), ("Quantity", "-1")],
                [("SellerSku", "BAG-RAT"), ("Price", "free")],
            ])
            #expect(answer.code == "501")
            #expect(answer["detail"]?.items?.map { [$0.text("seller_sku"), $0.text("field")] } == [["NOPE", "SellerSku"], ["CUP-CEL", "Quantity"], ["BAG-RAT", "Price"]])
            #expect(simulator.stock(sku: "SOAP-MNG")?.total == 7)
        }
    }

    @Test func `the total holds what is bound, the sellable does not`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), sku = try #require(try await caller.items(order).first?.text("sku"))
            #expect(simulator.lockInCampaign(sku: sku, reserved: 3, locked: false))
            #expect(try await update(caller, [[("SellerSku", sku), ("Quantity", "4")]]).code == "501")
            #expect(try await update(caller, [[("SellerSku", sku), ("Quantity", "5")]]).code == "0")
            #expect(simulator.stock(sku: sku)?.sellable == 0)
            #expect(try await update(caller, [[("SellerSku", sku), ("SellableQuantity", "10")]], path: "/product/stock/sellable/update").code == "0")
            #expect(simulator.stock(sku: sku)?.total == 15)
            #expect(try await update(caller, [[("SellerSku", sku), ("SellableQuantity", "-4")]], path: "/product/stock/sellable/adjust").code == "0")
            #expect(simulator.stock(sku: sku)?.sellable == 6)
            #expect(try await update(caller, [[("SellerSku", sku), ("SellableQuantity", "-7")]], path: "/product/stock/sellable/adjust").code == "501")
        }
    }

    @Test func `warehouses are added up`() async throws {
        try await withLazada { (simulator, caller) async throws in
            let stock = "<MultiWarehouseInventory><WarehouseCode>A</WarehouseCode><Quantity>4</Quantity></MultiWarehouseInventory>"
                + "<MultiWarehouseInventory><WarehouseCode>B</WarehouseCode><Quantity>5</Quantity></MultiWarehouseInventory>"
            let payload = "<Request><Product><Skus><Sku><SellerSku>CUP-CEL</SellerSku><MultiWarehouseInventories>\(stock)</MultiWarehouseInventories></Sku></Skus></Product></Request>"
            #expect(try await caller.post("/product/price_quantity/update", ["payload": payload]).code == "0")
            #expect(simulator.stock(sku: "CUP-CEL")?.total == 9)
        }
    }

    @Test func `in a campaign the price is locked and the stock is not`() async throws {
        try await withLazada { (simulator, caller) async throws in
            #expect(simulator.lockInCampaign(sku: "CUP-CEL"))
            #expect(try await update(caller, [[("SellerSku", "CUP-CEL"), ("Price", "1.00")]]).code == "4170")
            #expect(try await update(caller, [[("SellerSku", "CUP-CEL"), ("Price", "1.00")], [("SellerSku", "SOAP-MNG"), ("Price", "1.00")]]).code == "501")
            #expect(simulator.priceMinor(sku: "SOAP-MNG") == 100)
            #expect(try await update(caller, [[("SellerSku", "CUP-CEL"), ("Quantity", "9")]]).code == "0")
        }
    }

    @Test func `fifty SKUs are a batch, and too many calls in a second are 901`() async throws {
        try await withLazada { $0.inventoryCallsPerSecond = 3 } _: { (simulator, caller) async throws in
            let one = [("SellerSku", "SOAP-MNG"), ("Quantity", "5")]
            #expect(try await update(caller, Array(repeating: one, count: 50)).code == "0")
            #expect(try await update(caller, Array(repeating: one, count: 51)).code == "501")
            #expect(try await update(caller, [one]).code == "0")
            #expect(try await update(caller, [one]).code == "901")
            simulator.advanceClock(bySeconds: 1)
            #expect(try await update(caller, [one]).code == "0")
        }
    }
}
