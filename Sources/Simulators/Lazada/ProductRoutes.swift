import Foundation

/// Goods, prices and stock (lazada.md §7).
extension LazadaState {
    static let maximumProducts = 50, maximumProductOffset = 10_000, maximumSkus = 50

    mutating func getProducts(_ call: Call) throws(Problem) -> LazadaJSON {
        let filters = ["all", "live", "inactive", "deleted", "pending", "rejected", "sold-out"]
        let filter = try call.required("filter")
        guard filters.contains(filter), let store = stores[call.store] else { throw .invalid("filter") }
        let limit = call.text("limit").map { Int($0) ?? 0 } ?? 20, offset = call.text("offset").map { Int($0) ?? -1 } ?? 0
        guard (1...Self.maximumProducts).contains(limit) else { throw Problem("19", "E019: \"\(limit)\" Invalid limit") }
        guard (0...Self.maximumProductOffset).contains(offset) else { throw Problem("14", "E014: \"\(offset)\" Invalid offset") }
        let updatedAfter = try date("update_after", call), createdAfter = try date("create_after", call)
        let named = call.text("sku_seller_list") == nil ? nil : Set(try call.json("sku_seller_list").items?.compactMap(\.looseText) ?? [])
        let matching = store.products.values.filter { product in
            matches(product, filter, store) && updatedAfter.map { product.updatedAt >= $0 } ?? true && createdAfter.map { product.createdAt >= $0 } ?? true
                && named.map { !$0.isDisjoint(with: product.sellerSKUs) } ?? true
        }.sorted { ($0.updatedAt, $0.id) < ($1.updatedAt, $1.id) }
        let page = matching.dropFirst(offset).prefix(limit).map { render($0, store) }
        // The reference's sample shows one object instead of a list.
        let isObject = page.count == 1 && configuration.numberStyle == .strings
        return ["data": ["total_products": .integer(matching.count), "products": isObject ? page[0] : .array(page)]]
    }

    private func date(_ name: String, _ call: Call) throws(Problem) -> Date? {
        guard let text = call.text(name) else { return nil }
        guard let date = LazadaTime.parse(text) else { throw Problem("17", "E017: \"\(text)\" Invalid Date Format") }
        return date
    }

    private func matches(_ product: Product, _ filter: String, _ store: Store) -> Bool {
        switch filter {
        case "all": product.status != "Deleted"
        case "live": product.status == "Active"
        case "sold-out": product.sellerSKUs.allSatisfy { (store.skus[$0]?.sellable ?? 0) == 0 }
        case "inactive": product.status == "InActive"
        case "pending": product.status == "Pending QC"
        default: product.status.lowercased() == filter
        }
    }

    mutating func getProduct(_ call: Call) throws(Problem) -> LazadaJSON {
        guard let store = stores[call.store] else { return .object([:]) }
        if call.text("item_id") == nil, call.text("seller_sku") == nil { throw .missing("item_id") }
        let id = call.text("item_id").flatMap { Int64($0) } ?? call.text("seller_sku").flatMap { store.skus[$0]?.productID }
        guard let product = id.flatMap({ store.products[$0] }) else { throw Problem("208", "E208: Item not found") }
        return ["data": render(product, store)]
    }

    private func render(_ product: Product, _ store: Store) -> LazadaJSON {
        [
            "item_id": .integer(product.id), "primary_category": 10_000_123, "status": .string(product.status),
            "created_time": .string("\(LazadaTime.milliseconds(product.createdAt))"), "updated_time": .string("\(LazadaTime.milliseconds(product.updatedAt))"),
            "attributes": ["name": .string(product.name), "brand": "No Brand"], "images": [.string("https://img.example.test/\(product.id).jpg")],
            "skus": .array(product.sellerSKUs.compactMap { store.skus[$0] }.map { render($0, product, store.country) }),
        ]
    }

    private func render(_ sku: Sku, _ product: Product, _ country: LazadaCountry) -> LazadaJSON {
        [
            "SkuId": .integer(sku.id), "SellerSku": .string(sku.sellerSKU), "ShopSku": .string(sku.shopSKU), "Status": .string(product.status.lowercased()),
            "quantity": .integer(sku.total), "Available": .integer(sku.sellable), "price": Self.amount(sku.priceMinor, country),
            "special_price": Self.amount(sku.specialPriceMinor ?? 0, country), "special_from_time": .string(sku.specialFrom), "special_to_time": .string(sku.specialTo),
            "package_weight": .string("\(Decimal(sku.weightGrams) / 1_000)"), "package_length": "10.00", "package_width": "10.00", "package_height": "5.00",
            "saleProp": .string(sku.variation), "fblWarehouseInventories": [], "channelInventories": [],
            "multiWarehouseInventories": [[
                "warehouseCode": "dropshipping", "totalQuantity": .integer(sku.total), "sellableQuantity": .integer(sku.sellable),
                "withholdQuantity": .integer(sku.withheld), "occupyQuantity": .integer(sku.occupied),
            ]],
        ]
    }

    // MARK: Writing

    /// How a stock call means its number.
    enum StockMeaning { case total, sellable, delta }

    /// `/product/price_quantity/update`, `/product/stock/sellable/update`, `…/adjust`. What fails is told in `detail`; the rest is done.
    mutating func updateSkus(_ call: Call, _ meaning: StockMeaning) throws(Problem) -> LazadaJSON {
        guard let wishes = SkuPayload.read(try call.required("payload")) else { throw .invalid("payload") }
        guard wishes.count <= Self.maximumSkus else { throw Problem("501", "E501: Update product failed", detail: .string("at most \(Self.maximumSkus) SKUs")) }
        var failures: [LazadaJSON] = [], isCampaign = false
        for wish in wishes {
            guard let failure = update(wish, meaning, call.store) else { continue }
            isCampaign = isCampaign || failure.field == "Price" && failure.message.hasPrefix("4170")
            failures.append(["seller_sku": .string(failure.sku), "message": .string(failure.message), "field": .string(failure.field)])
        }
        count("skus updated", by: wishes.count - failures.count)
        if isCampaign, wishes.count == 1 { throw Problem("4170", "The product is in a campaign", detail: .array(failures)) }
        guard failures.isEmpty else { throw Problem("501", "E501: Update product failed", detail: .array(failures)) }
        return .object([:])
    }

    private struct SkuFailure { var sku: String, message: String, field: String }

    private mutating func update(_ wish: SkuWish, _ meaning: StockMeaning, _ storeKey: String) -> SkuFailure? {
        guard let store = stores[storeKey] else { return nil }
        let named = wish.members["SellerSku"] ?? ""
        let id = wish.members["SkuId"].flatMap { Int64($0) }
        guard var sku = id.flatMap({ id in store.skus.values.first { $0.id == id } }) ?? store.skus[named] else {
            return SkuFailure(sku: named, message: "SKU not found", field: "SellerSku")
        }
        func failure(_ message: String, _ field: String) -> SkuFailure { SkuFailure(sku: sku.sellerSKU, message: message, field: field) }
        for (field, path) in [("Price", \Sku.priceMinor), ("SalePrice", \Sku.salePriceMinor)] {
            guard let text = wish.members[field] else { continue }
            if sku.isInCampaign { return failure("4170: the SKU is in a campaign", "Price") }
            guard let minor = Self.minor(text, store.country), minor >= 0 else { return failure("not an amount", field) }
            sku[keyPath: path] = minor
        }
        sku.specialFrom = wish.members["SaleStartDate"] ?? sku.specialFrom
        sku.specialTo = wish.members["SaleEndDate"] ?? sku.specialTo
        if let text = wish.warehouseQuantity ?? wish.members["SellableQuantity"] ?? wish.members["Quantity"] {
            guard let quantity = Int(text), quantity >= 0 || meaning == .delta else { return failure("not a quantity", "Quantity") }
            let total = switch meaning {
            case .total: quantity
            case .sellable: quantity + sku.bound
            case .delta: sku.total + quantity
            }
            guard total >= sku.bound else { return failure("below withheld, occupied and campaign stock (\(sku.bound))", "Quantity") }
            sku.total = total
        }
        stores[storeKey]?.skus[sku.sellerSKU] = sku
        let moment = moment
        stores[storeKey]?.products[sku.productID]?.updatedAt = moment
        return nil
    }
}

extension Sku {
    /// 0 takes the special price away.
    var salePriceMinor: Int64 {
        get { specialPriceMinor ?? 0 }
        set { specialPriceMinor = newValue == 0 ? nil : newValue }
    }
}
