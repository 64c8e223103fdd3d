/// The lines of an order as a request writes them: with an `id` an existing one is changed, without one a new one is added.
extension ShopState {
    private static let unknownItem = RestError(400, "woocommerce_rest_invalid_item_id", "Order item ID provided is not associated with order.")

    private func amount(_ item: WooJSON, _ name: String) -> Int? { item[name]?.text.flatMap { decimals.parse($0) } }

    /// `null` in an identifying field, or a quantity of 0, removes the line.
    private func removes(_ item: WooJSON) -> Bool {
        ["product_id", "method_id", "method_title", "name", "code"].contains { item[$0] == .null } || item["quantity"]?.looseInteger == 0
    }

    mutating func applyLine(_ item: WooJSON, to order: inout ShopOrder) throws(RestError) {
        if let id = item["id"]?.looseInteger, id > 0 {
            guard let index = order.lines.firstIndex(where: { $0.id == id }) else { throw Self.unknownItem }
            if removes(item) { order.lines.remove(at: index); return }
            try change(&order.lines[index], item)
            return
        }
        if removes(item) { return }
        var line = try newLine(item)
        try change(&line, item)
        order.lines.append(line)
    }

    /// An unknown product is no error: a line without a name and a price is made (platforms/woocommerce.md §6.5).
    private mutating func newLine(_ item: WooJSON) throws(RestError) -> ShopLine {
        guard let id = productID(of: item) else {
            throw RestError(400, "woocommerce_rest_required_product_reference", "Product ID or SKU is required.")
        }
        let quantity = item["quantity"]?.looseInteger ?? 1
        guard let product = products[id], product.status != "trash" else {
            return ShopLine(id: takeItemID(), name: "", productID: 0, quantity: quantity, subtotal: 0, total: 0, sku: nil)
        }
        return line(of: product, quantity: quantity)
    }

    private func productID(of item: WooJSON) -> Int? {
        if let sku = item["sku"]?.text, !sku.isEmpty { return product(sku: sku)?.id ?? 0 }
        if let id = item["variation_id"]?.looseInteger, id > 0 { return id }
        if let id = item["product_id"]?.looseInteger, id > 0 { return id }
        return nil
    }

    /// A line as the checkout makes it.
    mutating func line(of product: ShopProduct, quantity: Int) -> ShopLine {
        let price = (decimals.parse(product.price) ?? 0) * quantity
        let parent = product.isVariation ? products[product.parentID] : nil
        var line = ShopLine(
            id: takeItemID(), name: product.lineName, productID: parent?.id ?? product.id, variationID: parent == nil ? 0 : product.id,
            quantity: quantity, subtotal: price, total: price, sku: product.sku)
        line.parentName = parent?.name
        line.meta = product.choices.map { ShopMeta(id: takeMetaID(), key: "pa_\($0.name.lowercased())", value: .string(($0.options.first ?? "").lowercased())) }
        // As it really varies: a numeric text, an integer, nothing.
        if let image = (product.images.first ?? parent?.images.first) {
            line.image = ["id": image.id.isMultiple(of: 2) ? .string("\(image.id)") : .integer(image.id), "src": .string(source(of: image))]
        } else if product.id.isMultiple(of: 3) {
            line.image = ["id": 0, "src": ""]
        }
        return line
    }

    private mutating func change(_ line: inout ShopLine, _ item: WooJSON) throws(RestError) {
        if let quantity = item["quantity"]?.looseInteger { line.quantity = quantity }
        if let name = item["name"]?.text { line.name = name }
        if let total = amount(item, "total") { line.total = total }
        if let subtotal = amount(item, "subtotal") { line.subtotal = subtotal }
        // A discount is never negative.
        line.subtotal = max(line.subtotal, line.total)
        if let meta = item["meta_data"]?.items { apply(meta: meta, to: &line.meta) }
    }

    mutating func applyShipping(_ item: WooJSON, to order: inout ShopOrder) throws(RestError) {
        var index = order.shippingLines.endIndex
        if let id = item["id"]?.looseInteger, id > 0 {
            guard let found = order.shippingLines.firstIndex(where: { $0.id == id }) else { throw Self.unknownItem }
            if removes(item) { order.shippingLines.remove(at: found); return }
            index = found
        } else {
            if removes(item) { return }
            guard let method = item["method_id"]?.text, !method.isEmpty else {
                throw RestError(400, "woocommerce_rest_invalid_shipping_item", "Shipping method ID is required.")
            }
            order.shippingLines.append(ShopShippingLine(id: takeItemID(), title: "", methodID: method, instanceID: "", total: 0))
        }
        if let text = item["method_id"]?.text { order.shippingLines[index].methodID = text }
        if let text = item["method_title"]?.text { order.shippingLines[index].title = text }
        if let text = item["instance_id"]?.looseText { order.shippingLines[index].instanceID = text }
        if let total = amount(item, "total") { order.shippingLines[index].total = total }
        if let meta = item["meta_data"]?.items { apply(meta: meta, to: &order.shippingLines[index].meta) }
    }

    mutating func applyFee(_ item: WooJSON, to order: inout ShopOrder) throws(RestError) {
        var index = order.fees.endIndex
        if let id = item["id"]?.looseInteger, id > 0 {
            guard let found = order.fees.firstIndex(where: { $0.id == id }) else { throw Self.unknownItem }
            if removes(item) { order.fees.remove(at: found); return }
            index = found
        } else {
            if removes(item) { return }
            guard let name = item["name"]?.text, !name.isEmpty else { throw RestError(400, "woocommerce_rest_invalid_fee_item", "Fee name is required.") }
            order.fees.append(ShopFee(id: takeItemID(), name: name, isTaxable: item["tax_status"]?.text == "taxable", total: 0))
        }
        if let name = item["name"]?.text { order.fees[index].name = name }
        if let total = amount(item, "total") { order.fees[index].total = total }
    }

    /// The shop's coupons, in major units: a fixed discount on the cart.
    static let coupons: [String: (id: Int, major: Int)] = ["welcome": (41, 100), "hello50": (42, 50)]

    mutating func applyCoupon(_ item: WooJSON, to order: inout ShopOrder) throws(RestError) {
        let code = (item["code"]?.text ?? "").lowercased()
        guard let coupon = Self.coupons[code] else {
            throw RestError(400, "woocommerce_rest_invalid_coupon", "Coupon \"\(code)\" does not exist!")
        }
        applyDiscount(coupon.major * decimals.scale, to: &order)
        order.coupons.append(ShopCoupon(id: takeItemID(), code: code, couponID: coupon.id, discount: 0, discountTax: 0, metaID: takeMetaID()))
    }

    /// Spread over the lines in proportion; the remainder is taken from the first lines that still have something.
    func applyDiscount(_ wanted: Int, to order: inout ShopOrder) {
        let items = order.lines.reduce(0) { $0 + $1.total }
        guard items > 0 else { return }
        var rest = min(wanted, items)
        let share = rest
        for index in order.lines.indices {
            let part = min(order.lines[index].total * share / items, rest)
            order.lines[index].total -= part
            rest -= part
        }
        for index in order.lines.indices where rest > 0 {
            let part = min(order.lines[index].total, rest)
            order.lines[index].total -= part
            rest -= part
        }
    }
}
