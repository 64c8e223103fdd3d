/// Creating and changing products: what is refused, and what is silently ignored (platforms/woocommerce.md §7).
extension ShopState {
    mutating func createProduct(_ request: RestRequest, parent: ShopProduct?) throws(RestError) -> RestAnswer {
        try validateProduct(request)
        try require(.create, request)
        try refuseDuplicate(sku: request.text("sku"), than: 0)
        let id = takePostID()
        var product = ShopProduct(id: id, name: parent?.name ?? "", createdAt: now, modifiedAt: now)
        if let parent {
            product.parentID = parent.id
            product.type = "variation"
        } else {
            product.type = request.text("type") ?? "simple"
            product.status = request.text("status") ?? "publish"
        }
        apply(request, to: &product)
        products[id] = product
        announce(.productCreated, id)
        var answer = RestAnswer(render(product), status: 201)
        let place = parent.map { "products/\($0.id)/variations/\(id)" } ?? "products/\(id)"
        answer.headers = [("Location", "\(restBase)/wc/v3/\(place)")]
        return answer
    }

    mutating func updateProduct(_ request: RestRequest, _ before: ShopProduct) throws(RestError) -> RestAnswer {
        try validateProduct(request)
        try require(.edit, request)
        try refuseDuplicate(sku: request.text("sku"), than: before.id)
        var product = before
        if let status = request.text("status") { product.status = status }
        if !product.isVariation, let type = request.text("type") { product.type = type }
        apply(request, to: &product)
        if render(product) != render(before) { product.modifiedAt = now }
        products[product.id] = product
        announce(.productUpdated, product.id)
        return RestAnswer(render(product))
    }

    private func refuseDuplicate(sku: String?, than id: Int) throws(RestError) {
        guard let sku, !sku.isEmpty, let other = product(sku: sku), other.id != id else { return }
        throw RestError(400, "product_invalid_sku", "Invalid or duplicated SKU.", data: [
            .init("resource_id", .integer(other.id)), .init("unique_sku", .string("\(sku)-1")),
        ])
    }

    /// Prices and weights are text; a stock quantity is a whole number.
    private func validateProduct(_ request: RestRequest) throws(RestError) {
        for name in ["regular_price", "sale_price", "name", "sku", "weight", "description", "short_description"] {
            if let value = request.body[name], value != .null, value.text == nil {
                throw .invalidParameter(name, "rest_invalid_type", "\(name) is not of type string.")
            }
        }
        if let value = request.body["stock_quantity"], value != .null, value.looseInteger == nil {
            throw .invalidParameter("stock_quantity", "rest_invalid_type", "stock_quantity is not of type integer.")
        }
        if let value = request.body["manage_stock"], value.looseBool == nil, value.text != "parent" {
            throw .invalidParameter("manage_stock", "rest_invalid_type", "manage_stock is not of type boolean.")
        }
        _ = try request.choice("type", default: "simple", of: ["simple", "grouped", "external", "variable", "variation"])
        _ = try request.choice("status", default: "publish", of: ["draft", "pending", "private", "publish", "future", "auto-draft", "trash"])
        _ = try request.choice("stock_status", default: "instock", of: ["instock", "outofstock", "onbackorder"])
    }

    private mutating func apply(_ request: RestRequest, to product: inout ShopProduct) {
        if let text = request.text("name"), !product.isVariation { product.name = text }
        if let text = request.text("sku") { product.sku = text }
        if let text = request.text("weight") { product.weight = text }
        if let text = request.text("description") { product.description = text }
        if let text = request.text("short_description") { product.shortDescription = text }
        // A variable parent has no price of its own: ignored, with a 200.
        if product.type != "variable" {
            if let text = request.text("regular_price") { product.regularPrice = text }
            if let text = request.text("sale_price") { product.salePrice = text }
        }
        if let manages = request.parameter("manage_stock")?.looseBool {
            product.managesStock = manages
            if manages, product.stockQuantity == nil { product.stockQuantity = 0 }
            if !manages { product.stockQuantity = nil }
        }
        // Ignored unless stock is managed, with a 200.
        if product.managesStock, let quantity = request.parameter("stock_quantity")?.looseInteger { product.stockQuantity = quantity }
        if !product.managesStock, let text = request.text("stock_status") { product.stockStatus = text }
        if let items = request.body["attributes"]?.items { apply(attributes: items, to: &product) }
        if let items = request.body["images"]?.items { product.images = items.compactMap { image($0) } }
        if let item = request.body["image"], item != .null { product.images = [image(item)].compactMap(\.self) }
        if let items = request.body["meta_data"]?.items { apply(meta: items, to: &product.meta) }
    }

    private func apply(attributes items: [WooJSON], to product: inout ShopProduct) {
        if product.isVariation {
            product.choices = items.compactMap { item in
                guard let option = item["option"]?.text else { return nil }
                return ShopProduct.Attribute(name: item["name"]?.text ?? "attribute", options: [option])
            }
        } else {
            product.attributes = items.map { item in
                ShopProduct.Attribute(
                    name: item["name"]?.text ?? "attribute", options: (item["options"]?.items ?? []).compactMap(\.text),
                    isForVariations: item["variation"]?.looseBool ?? false)
            }
        }
    }

    private mutating func image(_ item: WooJSON) -> ShopProduct.Image? {
        if let id = item["id"]?.looseInteger, id > 0 { return ShopProduct.Image(id: id, source: item["src"]?.text ?? "/wp-content/uploads/\(id).jpg") }
        guard let source = item["src"]?.text else { return nil }
        let id = takePostID()
        return ShopProduct.Image(id: id, source: "/wp-content/uploads/\(source.split(separator: "/").last ?? "image.jpg")")
    }
}
