/// `POST /orders` and `PUT /orders/{id}` (platforms/woocommerce.md §6).
extension ShopState {
    mutating func createOrder(_ request: RestRequest) throws(RestError) -> RestAnswer {
        try require(.create, request)
        try validateOrder(request)
        let id = takePostID()
        var order = ShopOrder(
            id: id, status: "pending", number: takeNumber(for: id), currency: request.text("currency") ?? configuration.currency, createdAt: now,
            modifiedAt: now, orderKey: "wc_order_\(randomLetters(13))")
        do throws(RestError) {
            _ = try apply(request, to: &order)
        } catch {
            throw leaveDraft(order, error)
        }
        if order.taxLineID == 0 { order.taxLineID = takeItemID() }
        order.status = request.text("status") ?? "pending"
        if request.flag("set_paid") { completePayment(&order) }
        if order.status != "pending" { applyStatus(&order, from: "pending") }
        add(order)
        var answer = RestAnswer(render(orders[id] ?? order), status: 201)
        answer.headers = [("Location", "\(restBase)/wc/v3/orders/\(id)")]
        return answer
    }

    mutating func updateOrder(_ request: RestRequest, _ id: Int) throws(RestError) -> RestAnswer {
        try require(.edit, request)
        try validateOrder(request)
        guard let before = orders[id] else { throw .missingOnWrite("shop_order") }
        var order = before
        _ = try apply(request, to: &order)
        if let status = request.text("status") { order.status = status }
        if request.flag("set_paid"), ["pending", "failed", "on-hold", "cancelled"].contains(before.status) { completePayment(&order) }
        save(order, change(from: before, to: order))
        return RestAnswer(render(orders[id] ?? order))
    }

    /// `payment_complete`: paid now, and to be processed.
    private func completePayment(_ order: inout ShopOrder) {
        order.paidAt = order.paidAt ?? now
        if ["pending", "failed", "on-hold", "cancelled", "checkout-draft"].contains(order.status) { order.status = "processing" }
    }

    /// A create that fails half-way (an unknown coupon) leaves a draft behind.
    private mutating func leaveDraft(_ order: ShopOrder, _ error: RestError) -> RestError {
        guard flavour == .hpos10, error.code == "woocommerce_rest_invalid_coupon" else { return error }
        var draft = order, error = error
        draft.status = "checkout-draft"
        orders[draft.id] = draft
        error.data.append(.init("new_draft_order_id", .integer(draft.id)))
        return error
    }

    func change(from before: ShopOrder, to after: ShopOrder) -> Change {
        var compared = after
        compared.meta = before.meta
        if render(compared) != render(before) { return .content }
        return after.meta == before.meta ? .nothing : .metaOnly
    }

    // MARK: Checks

    /// WordPress checks the schema before anything is done.
    private func validateOrder(_ request: RestRequest) throws(RestError) {
        _ = try request.choice("status", default: "pending", of: ["auto-draft"] + statuses)
        for name in ["line_items", "shipping_lines", "fee_lines", "coupon_lines", "meta_data"] {
            guard let value = request.body[name], value != .null else { continue }
            guard let items = value.items else { throw .invalidParameter(name, "rest_invalid_type", "\(name) is not of type array.") }
            for (index, item) in items.enumerated() { try validateItem(item, "\(name)[\(index)]", name) }
        }
        for name in ["billing", "shipping"] {
            guard let value = request.body[name], value != .null else { continue }
            guard let members = value.members else { throw .invalidParameter(name, "rest_invalid_type", "\(name) is not of type object.") }
            for member in members where member.value.text == nil {
                throw .invalidParameter(name, "rest_invalid_type", "\(name)[\(member.name)] is not of type string.")
            }
        }
        if let email = request.body["billing"]?["email"]?.text, !email.isEmpty, !email.contains("@") {
            throw .invalidParameter("billing", "rest_invalid_email", "Invalid email address.")
        }
    }

    /// Amounts are text; a JSON number is refused.
    private func validateItem(_ item: WooJSON, _ path: String, _ name: String) throws(RestError) {
        guard item.members != nil else { throw .invalidParameter(name, "rest_invalid_type", "\(path) is not of type object.") }
        for field in ["subtotal", "total"] {
            if let value = item[field], value != .null, value.text == nil {
                throw .invalidParameter(name, "rest_invalid_type", "\(path)[\(field)] is not of type string.")
            }
        }
        for field in ["id", "product_id", "variation_id", "quantity"] where name != "meta_data" {
            if let value = item[field], value != .null, value.looseInteger == nil {
                throw .invalidParameter(name, "rest_invalid_type", "\(path)[\(field)] is not of type integer.")
            }
        }
    }

    // MARK: Fields

    /// Writes what the body names; totals, `number` and dates are read-only and silently ignored. True where lines were touched.
    private mutating func apply(_ request: RestRequest, to order: inout ShopOrder) throws(RestError) -> Bool {
        apply(request.body["billing"], to: &order.billing)
        apply(request.body["shipping"], to: &order.shipping)
        if let text = request.text("payment_method") { order.paymentMethod = text }
        if let text = request.text("payment_method_title") { order.paymentMethodTitle = text }
        if let text = request.text("transaction_id") { order.transactionID = text }
        if let text = request.text("customer_note") { order.customerNote = text }
        if let id = request.parameter("customer_id")?.looseInteger { order.customerID = id }
        if let text = request.text("created_via"), flavour == .hpos10, orders[order.id] == nil { order.createdVia = text }
        if let items = request.body["meta_data"]?.items { apply(meta: items, to: &order.meta) }
        var touched = false
        for item in request.body["line_items"]?.items ?? [] { try applyLine(item, to: &order); touched = true }
        for item in request.body["shipping_lines"]?.items ?? [] { try applyShipping(item, to: &order); touched = true }
        for item in request.body["fee_lines"]?.items ?? [] { try applyFee(item, to: &order); touched = true }
        for item in request.body["coupon_lines"]?.items ?? [] { try applyCoupon(item, to: &order); touched = true }
        if touched { order.calculateTaxes(basisPoints: configuration.taxBasisPoints, decimals: decimals) }
        return touched
    }

    private func apply(_ value: WooJSON?, to address: inout ShopAddress) {
        for member in value?.members ?? [] {
            guard let text = member.value.text, let path = ShopAddress.paths[member.name] else { continue }
            address[keyPath: path] = text
        }
    }

    /// By `id`, else by key (the first match is replaced); `null` deletes; a new key is added.
    mutating func apply(meta items: [WooJSON], to meta: inout [ShopMeta]) {
        for item in items {
            guard let key = item["key"]?.text ?? meta.first(where: { $0.id == item["id"]?.looseInteger })?.key else { continue }
            let id = item["id"]?.looseInteger ?? 0
            let index = id > 0 ? meta.firstIndex { $0.id == id } : meta.firstIndex { $0.key == key }
            let value = item["value"] ?? .null
            if let index {
                if value == .null { meta.remove(at: index) } else {
                    meta[index].key = key
                    meta[index].value = value
                }
            } else if value != .null {
                meta.append(ShopMeta(id: takeMetaID(), key: key, value: value))
            }
        }
    }
}

extension ShopAddress {
    static let paths: [String: any WritableKeyPath<ShopAddress, String> & Sendable] = [
        "first_name": \.firstName, "last_name": \.lastName, "company": \.company, "address_1": \.address1, "address_2": \.address2, "city": \.city,
        "state": \.state, "postcode": \.postcode, "country": \.country, "email": \.email, "phone": \.phone,
    ]
}
