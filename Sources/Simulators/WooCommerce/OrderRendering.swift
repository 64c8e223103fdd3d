/// The order as `GET /orders/{id}` and a webhook body show it: fields and their order exactly as platforms/woocommerce.md §4.4.
struct OrderRendering: Sendable {
    let flavour: WooFlavour
    let decimals: Decimals
    let time: ShopTime
    /// Without a final slash.
    let homeURL: String
    let restBase: String
    let currencySymbol: String
    let taxBasisPoints: Int
    /// `dp` of a request; nil: the shop's setting.
    var places: Int?

    func render(_ order: ShopOrder) -> WooJSON {
        let totals = order.totals
        var members: [(String, WooJSON)] = [
            ("id", .integer(order.id)), ("parent_id", 0), ("status", .string(order.status)), ("currency", .string(order.currency)),
            ("version", .string(flavour.wooVersion)), ("prices_include_tax", false),
            ("date_created", time.local(order.createdAt)), ("date_modified", time.local(order.modifiedAt)),
            ("discount_total", money(totals.discount)), ("discount_tax", money(totals.discountTax)), ("shipping_total", money(totals.shipping)),
            ("shipping_tax", money(totals.shippingTax)), ("cart_tax", money(totals.cartTax)), ("total", money(totals.total)),
            ("total_tax", money(totals.totalTax)), ("customer_id", .integer(order.customerID)), ("order_key", .string(order.orderKey)),
            ("billing", billing(order.billing)), ("shipping", shipping(order.shipping)),
            ("payment_method", .string(order.paymentMethod)), ("payment_method_title", .string(order.paymentMethodTitle)),
            ("transaction_id", .string(order.transactionID)), ("customer_ip_address", .string(order.customerIP)),
            ("customer_user_agent", .string(order.userAgent)), ("created_via", .string(order.createdVia)),
            ("customer_note", .string(order.customerNote)), ("date_completed", time.local(order.completedAt)), ("date_paid", time.local(order.paidAt)),
            ("cart_hash", .string(order.cartHash)), ("number", .string(order.number)),
            ("meta_data", .array(order.meta.map { ["id": .integer($0.id), "key": .string($0.key), "value": $0.value] })),
            ("line_items", .array(order.lines.map(line))),
            ("tax_lines", .array(order.hasTaxes ? [taxLine(order, totals)] : [])),
            ("shipping_lines", .array(order.shippingLines.map(shippingLine))),
            ("fee_lines", .array(order.fees.map(fee))),
            ("coupon_lines", .array(order.coupons.map(coupon))),
            ("refunds", .array(order.refunds.map { ["id": .integer($0.id), "reason": .string($0.reason), "total": money(-$0.amount)] })),
        ]
        if flavour.hasRichOrders { members += richMembers(order, totals) }
        members += [
            ("date_created_gmt", time.gmt(order.createdAt)), ("date_modified_gmt", time.gmt(order.modifiedAt)),
            ("date_completed_gmt", time.gmt(order.completedAt)), ("date_paid_gmt", time.gmt(order.paidAt)),
        ]
        if flavour.hasRichOrders { members.append(("currency_symbol", .string(currencySymbol))) }
        members.append(("_links", links(order)))
        return .object(members.map { WooJSON.Member($0.0, $0.1) })
    }

    private func money(_ amount: Int) -> WooJSON { .string(decimals.format(amount, places: places ?? decimals.places)) }
    private func taxPart(_ amount: Int) -> WooJSON { flavour.padsTaxes ? money(amount) : .string(decimals.formatUnpadded(amount)) }

    private func richMembers(_ order: ShopOrder, _ totals: OrderTotals) -> [(String, WooJSON)] {
        let needsPayment = ["pending", "failed", "checkout-draft"].contains(order.status) && totals.total > 0
        return [
            ("payment_url", .string("\(homeURL)/checkout/order-pay/\(order.id)/?pay_for_order=true&key=\(order.orderKey)")),
            ("is_editable", .bool(["pending", "on-hold", "auto-draft"].contains(order.status))), ("needs_payment", .bool(needsPayment)),
            ("needs_processing", .bool(!order.lines.isEmpty)),
        ]
    }

    private func billing(_ address: ShopAddress) -> WooJSON {
        var members = common(address)
        members += [.init("email", .string(address.email)), .init("phone", .string(address.phone))]
        return .object(members)
    }

    private func shipping(_ address: ShopAddress) -> WooJSON {
        var members = common(address)
        if flavour.hasShippingPhone { members.append(.init("phone", .string(address.phone))) }
        return .object(members)
    }

    private func common(_ address: ShopAddress) -> [WooJSON.Member] {
        [
            .init("first_name", .string(address.firstName)), .init("last_name", .string(address.lastName)), .init("company", .string(address.company)),
            .init("address_1", .string(address.address1)), .init("address_2", .string(address.address2)), .init("city", .string(address.city)),
            .init("state", .string(address.state)), .init("postcode", .string(address.postcode)), .init("country", .string(address.country)),
        ]
    }

    /// Unit price after discount, without tax: a JSON number, often a long binary fraction.
    private func price(_ line: ShopLine) -> WooJSON { .number(decimals.double(line.total) / Double(max(1, line.quantity))) }

    private func line(_ line: ShopLine) -> WooJSON {
        var members: [WooJSON.Member] = [
            .init("id", .integer(line.id)), .init("name", .string(line.name)), .init("product_id", .integer(line.productID)),
            .init("variation_id", .integer(line.variationID)), .init("quantity", .integer(line.quantity)), .init("tax_class", ""),
            .init("subtotal", money(line.subtotal)), .init("subtotal_tax", money(line.subtotalTax)), .init("total", money(line.total)),
            .init("total_tax", money(line.totalTax)),
            .init("taxes", taxBasisPoints == 0 ? [] : [["id": 3, "total": taxPart(line.totalTax), "subtotal": taxPart(line.subtotalTax)]]),
            .init("meta_data", .array(line.meta.map(itemMeta))), .init("sku", .optional(line.sku)), .init("price", price(line)),
        ]
        if flavour.hasRichOrders { members += [.init("image", line.image), .init("parent_name", .optional(line.parentName))] }
        return .object(members)
    }

    /// `pa_colour: blue` is shown as `Colour: Blue`; a key with `_` stays as it is.
    private func itemMeta(_ meta: ShopMeta) -> WooJSON {
        let isAttribute = meta.key.hasPrefix("pa_")
        let key = isAttribute ? meta.key.dropFirst(3).prefix(1).uppercased() + meta.key.dropFirst(4) : meta.key
        let value: WooJSON = if isAttribute, let text = meta.value.text { .string(text.prefix(1).uppercased() + text.dropFirst()) } else { meta.value }
        return ["id": .integer(meta.id), "key": .string(meta.key), "value": meta.value, "display_key": .string(key), "display_value": value]
    }

    private func taxLine(_ order: ShopOrder, _ totals: OrderTotals) -> WooJSON {
        [
            "id": .integer(order.taxLineID), "rate_code": "TH-VAT-1", "rate_id": 3, "label": "VAT", "compound": false,
            "tax_total": money(totals.cartTax), "shipping_tax_total": money(totals.shippingTax),
            "rate_percent": .number(Double(taxBasisPoints) / 100), "meta_data": [],
        ]
    }

    private func shippingLine(_ line: ShopShippingLine) -> WooJSON {
        var members: [WooJSON.Member] = [
            .init("id", .integer(line.id)), .init("method_title", .string(line.title)), .init("method_id", .string(line.methodID)),
            .init("instance_id", .string(line.instanceID)), .init("total", money(line.total)), .init("total_tax", money(line.totalTax)),
            .init("taxes", taxBasisPoints == 0 ? [] : [["id": 3, "total": taxPart(line.totalTax), "subtotal": ""]]),
        ]
        if flavour.hasNewLineFields { members.append(.init("tax_status", taxBasisPoints == 0 ? "none" : "taxable")) }
        members.append(.init("meta_data", .array(line.meta.map(itemMeta))))
        return .object(members)
    }

    private func fee(_ fee: ShopFee) -> WooJSON {
        [
            "id": .integer(fee.id), "name": .string(fee.name), "tax_class": "", "tax_status": fee.isTaxable ? "taxable" : "none", "amount": "",
            "total": money(fee.total), "total_tax": money(fee.totalTax),
            "taxes": fee.isTaxable ? [["id": 3, "total": taxPart(fee.totalTax), "subtotal": ""]] : [], "meta_data": [],
        ]
    }

    private func coupon(_ coupon: ShopCoupon) -> WooJSON {
        let amount = WooJSON.number(decimals.double(coupon.discount))
        let meta: WooJSON
        if flavour == .hpos10 {
            let info = WooJSON.array([.integer(coupon.couponID), .string(coupon.code), "fixed_cart", amount]).rendered
            meta = ["id": .integer(coupon.metaID), "key": "coupon_info", "value": .string(info), "display_key": "coupon_info", "display_value": .string(info)]
        } else {
            let data: WooJSON = [
                "id": .integer(coupon.couponID), "code": .string(coupon.code), "amount": .string(decimals.format(coupon.discount)),
                "discount_type": "fixed_cart", "description": "", "usage_count": 1, "individual_use": false, "product_ids": [], "meta_data": [],
            ]
            meta = ["id": .integer(coupon.metaID), "key": "coupon_data", "value": data, "display_key": "coupon_data", "display_value": data]
        }
        var members: [WooJSON.Member] = [
            .init("id", .integer(coupon.id)), .init("code", .string(coupon.code)), .init("discount", money(coupon.discount)),
            .init("discount_tax", money(coupon.discountTax)), .init("meta_data", [meta]),
        ]
        if flavour.hasNewLineFields {
            members += [.init("discount_type", "fixed_cart"), .init("nominal_amount", amount), .init("free_shipping", false)]
        }
        return .object(members)
    }

    private func links(_ order: ShopOrder) -> WooJSON {
        var members: [WooJSON.Member] = [
            .init("self", [["href": .string("\(restBase)/wc/v3/orders/\(order.id)")]]), .init("collection", [["href": .string("\(restBase)/wc/v3/orders")]]),
        ]
        if order.customerID > 0 { members.append(.init("customer", [["href": .string("\(restBase)/wc/v3/customers/\(order.customerID)")]])) }
        return .object(members)
    }
}
