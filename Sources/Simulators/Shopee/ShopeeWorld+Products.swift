import Foundation

/// Products, prices and stock (shopee.md §7).
extension ShopeeWorld {
    private func product(_ id: Int64, of shopID: Int64) throws(ShopeeProblem) -> ShopeeProduct {
        guard let product = products[id], product.shopID == shopID else { throw .init("product.error_item_not_found", "Product not found.") }
        return product
    }

    /// `item_status` comes once for each status.
    func itemList(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let offset = Int(try call.number("offset", in: 0...1_000_000)), size = Int(try call.number("page_size", in: 1...100))
        let wanted = call.all("item_status")
        guard !wanted.isEmpty, wanted.allSatisfy({ ShopeeProduct.Status(rawValue: $0) != nil }) else { throw .init("error.param", "item_status is invalid.") }
        let from = try call.number("update_time_from", in: 0...Int64.max, default: 0), to = try call.number("update_time_to", in: 0...Int64.max, default: .max)
        let matching = products.values.filter {
            $0.shopID == call.shopID && wanted.contains($0.status.rawValue) && (from...max(from, to)).contains($0.updateTime)
        }.sorted { $0.id < $1.id }
        let page = matching.dropFirst(offset).prefix(size)
        let next = offset + page.count
        var members: [ShopeeJSON.Member] = [
            .init("item", .array(page.map { ["item_id": .integer($0.id), "item_status": .text($0.status.rawValue), "update_time": .integer($0.updateTime)] })),
            .init("total_count", ShopeeJSON(matching.count)), .init("has_next_page", .bool(next < matching.count)),
        ]
        if next < matching.count { members.append(.init("next_offset", ShopeeJSON(next))) }
        return ShopeeReply(.object(members))
    }

    func itemBaseInfo(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let found = try call.list("item_id_list", limit: 50).compactMap { Int64($0) }.compactMap { products[$0] }.filter { $0.shopID == call.shopID }
        return ShopeeReply(["item_list": .array(found.map { product in
            var members: [ShopeeJSON.Member] = [
                .init("item_id", .integer(product.id)), .init("category_id", .integer(product.categoryID)), .init("item_name", .text(product.name)),
                .init("description", .text(product.description)), .init("item_sku", .text(product.sku)), .init("update_time", .integer(product.updateTime)),
                .init("weight", .text(ShopeeForms.kilograms(product.weightGrams))), .init("image", ["image_url_list": [], "image_id_list": []]),
                .init("logistic_info", [["logistic_id": .integer(ShopeeChannel.standard.id), "enabled": true]]),
                .init("brand", ["brand_id": 0, "original_brand_name": "NoBrand"]), .init("has_model", .bool(product.hasModels)),
                .init("item_status", .text(product.status.rawValue)),
            ]
            if !product.hasModels, let model = product.models.first {
                members += [.init("price_info", price(model, of: product)), .init("stock_info_v2", stock(model, of: product))]
            }
            return .object(members)
        })])
    }

    private func price(_ model: ShopeeProduct.Model, of product: ShopeeProduct) -> ShopeeJSON {
        let currency = shops[product.shopID]?.settings.currency ?? "THB"
        return [[
            "currency": .text(currency), "original_price": ShopeeForms.money(model.priceMinor), "current_price": ShopeeForms.money(model.priceMinor),
        ]]
    }

    private func stock(_ model: ShopeeProduct.Model, of product: ShopeeProduct) -> ShopeeJSON {
        let hasPlaces = shops[product.shopID]?.settings.isMultiWarehouse ?? false
        let seller: ShopeeJSON = hasPlaces
            ? [["location_id": .text(ShopeeProduct.locationID), "stock": ShopeeJSON(model.stock)]] : [["stock": ShopeeJSON(model.stock)]]
        return [
            "summary_info": ["total_reserved_stock": ShopeeJSON(model.reserved), "total_available_stock": ShopeeJSON(max(0, model.stock - model.reserved))],
            "seller_stock": seller,
        ]
    }

    func modelList(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let product = try product(try call.number("item_id", in: 1...Int64.max), of: call.shopID)
        let models = product.models.filter { $0.id != 0 }
        return ShopeeReply([
            "tier_variation": models.isEmpty ? [] : [["name": "Variation", "option_list": .array(models.map { ["option": .text($0.name)] })]],
            "model": .array(models.enumerated().map { index, model in
                [
                    "model_id": .integer(model.id), "tier_index": [ShopeeJSON(index)], "model_sku": .text(model.sku),
                    "price_info": price(model, of: product), "stock_info_v2": stock(model, of: product),
                ]
            }),
        ])
    }

    // MARK: Prices

    mutating func updatePrice(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let product = try product(try call.bodyID("item_id"), of: call.shopID)
        let rows = try call.bodyList("price_list", limit: 50)
        guard !product.isInPromotion else {
            throw .init("product.error_cannt_edit_price_in_promotion", "The price can not be edited while the item is in a promotion.")
        }
        var models = product.models
        for row in rows {
            let id = row["model_id"]?.int64 ?? 0
            guard id != 0 || !product.hasModels else {
                throw .init("product.error_edit_item_price_for_item_has_model", "The item has models, please edit the price of its models.")
            }
            guard let index = models.firstIndex(where: { $0.id == id }) else { throw .init("error.param", "The model is not found.") }
            guard let minor = row["original_price"]?.minorUnits, minor > 0 else { throw .init("error.param", "original_price is invalid.") }
            models[index].priceMinor = minor
        }
        let prices = models.map(\.priceMinor)
        guard (prices.max() ?? 0) <= (prices.min() ?? 0) * ShopeeProduct.priceRatio else {
            throw .init("error.param", "The highest price of the models should not be over 5 times the lowest.")
        }
        for (old, new) in zip(product.models, models) where old.priceMinor != new.priceMinor { announcePrice(of: product, old, new) }
        let moment = now
        products[product.id]?.models = models
        products[product.id]?.updateTime = moment
        return ShopeeReply(["success_list": .array(rows), "failure_list": []])
    }

    private mutating func announcePrice(of product: ShopeeProduct, _ old: ShopeeProduct.Model, _ new: ShopeeProduct.Model) {
        push(.price, shopID: product.shopID, [
            "item_id": .integer(product.id), "model_id": .integer(new.id), "update_field": "original_price", "old_value": ShopeeForms.money(old.priceMinor),
            "new_value": ShopeeForms.money(new.priceMinor), "update_time": .integer(now),
        ])
    }

    // MARK: Stock

    /// Absolute quantities; some rows may fail while others are done.
    mutating func updateStock(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let product = try product(try call.bodyID("item_id"), of: call.shopID)
        let rows = try call.bodyList("stock_list", limit: 50)
        // Business refusals under a code that elsewhere means credentials.
        guard !switches.isOnHoliday else { throw .init("error_auth", "Please wait for the holiday mode set to finish.") }
        var good: [ShopeeJSON] = [], bad: [ShopeeJSON] = []
        for row in rows {
            let id = row["model_id"]?.int64 ?? 0
            do throws(ShopeeProblem) {
                good.append(try setStock(row, model: id, of: product))
            } catch {
                if rows.count == 1 { throw error }
                bad.append(["model_id": .integer(id), "failed_reason": .text(error.message)])
            }
        }
        let moment = now
        products[product.id]?.updateTime = moment
        let response: ShopeeJSON = ["failure_list": .array(bad), "success_list": .array(good)]
        guard bad.isEmpty else { throw .init("product.error_busi_update_stock_failed", "Update stock failed.", response: response) }
        return ShopeeReply(response)
    }

    private mutating func setStock(_ row: ShopeeJSON, model id: Int64, of product: ShopeeProduct) throws(ShopeeProblem) -> ShopeeJSON {
        guard let index = product.models.firstIndex(where: { $0.id == id }) else { throw .init("error.param", "The model is not found.") }
        guard let places = row["seller_stock"]?.items, let place = places.first, places.count == 1, let stock = place["stock"]?.int64, stock >= 0 else {
            throw .init("error.param", "seller_stock is invalid.")
        }
        let hasPlaces = shops[product.shopID]?.settings.isMultiWarehouse ?? false
        let location = place["location_id"]?.string
        guard location == (hasPlaces ? ShopeeProduct.locationID : nil) else { throw .init("error_inner", "Invalid stock location ID.") }
        guard Int(stock) >= product.models[index].reserved else { throw .init("error_auth", "Total stock must be more than reserved stock.") }
        products[product.id]?.models[index].stock = Int(stock)
        var members: [ShopeeJSON.Member] = [.init("model_id", .integer(id)), .init("stock", .integer(stock))]
        if let location { members.append(.init("location_id", .text(location))) }
        return .object(members)
    }

    // MARK: Making and ending

    /// The least of it: no images, attributes or categories are checked.
    mutating func addItem(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let name = try call.bodyText("item_name")
        guard let price = call.json["original_price"]?.minorUnits, price > 0 else { throw .init("error.param", "original_price is invalid.") }
        guard let weight = call.json["weight"]?.grams, weight > 0 else { throw .init("error.param", "weight is invalid.") }
        let status = ShopeeProduct.Status(rawValue: call.json["item_status"]?.string ?? "NORMAL") ?? .reviewing
        guard [.normal, .unlist].contains(status) else { throw .init("error.param", "item_status is invalid.") }
        let stock = Int(call.json["seller_stock"]?[0]?["stock"]?.int64 ?? 0)
        let id = 20_400_900_000 + Int64(nextSerial())
        var product = ShopeeProduct(
            id: id, shopID: call.shopID, name: name, sku: call.json["item_sku"]?.string ?? "", status: status,
            models: [.init(id: 0, sku: call.json["item_sku"]?.string ?? "", name: "", priceMinor: price, stock: stock)], weightGrams: Int(weight),
            updateTime: now)
        product.description = call.json["description"]?.string ?? ""
        product.categoryID = call.json["category_id"]?.int64 ?? 0
        products[id] = product
        return ShopeeReply(["item_id": .integer(id), "item_name": .text(name), "item_status": .text(status.rawValue)])
    }

    mutating func unlistItem(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        var good: [ShopeeJSON] = [], bad: [ShopeeJSON] = []
        let moment = now
        for row in try call.bodyList("item_list", limit: 50) {
            let id = row["item_id"]?.int64 ?? 0, unlist = row["unlist"]?.flag ?? true
            guard let known = products[id], known.shopID == call.shopID, [.normal, .unlist].contains(known.status) else {
                bad.append(["item_id": .integer(id), "failed_reason": "The item can not be changed."])
                continue
            }
            products[id]?.status = unlist ? .unlist : .normal
            products[id]?.updateTime = moment
            good.append(["item_id": .integer(id), "unlist": .bool(unlist)])
        }
        return ShopeeReply(["failure_list": .array(bad), "success_list": .array(good)])
    }
}
