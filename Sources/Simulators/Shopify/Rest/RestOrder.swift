/// An order as webhooks and REST show it: snake_case, numeric ids, padded money, the shop's own offset (platforms/shopify.md §4.3).
struct RestOrder {
    let order: ShopOrder
    let state: ShopState
    /// False: buyer data is withheld, as from an app without protected-data approval (platforms/shopify.md §2.6).
    var showsBuyer = true

    func json() -> JSONNode {
        var members = head + totals + tail
        if order.leavesOutMissingKeys {
            let removable: Set<String> = ["billing_address", "shipping_address", "customer"]
            members.removeAll { removable.contains($0.0) && $0.1.isNull }
        }
        return .object(members.map { .init(key: $0.0, value: $0.1) })
    }

    func time(_ seconds: Int64?) -> JSONNode { JSONNode(seconds.map(state.localTime)) }
    func money(_ minor: Int64) -> JSONNode { .text(order.currency.restText(minor)) }

    func moneySet(_ minor: Int64) -> JSONNode {
        [
            "shop_money": ["amount": money(minor), "currency_code": .text(order.currency.code)],
            "presentment_money": [
                "amount": .text(order.presentment.restText(order.presentmentMinor(minor))), "currency_code": .text(order.presentment.code),
            ],
        ]
    }

    private func buyerText(_ text: String?) -> JSONNode { showsBuyer ? JSONNode(text) : .null }

    private var head: [(String, JSONNode)] {
        let isWeb = order.sourceName == "web"
        let ip: JSONNode = isWeb && showsBuyer ? .text("203.0.113.\(order.number % 250 + 1)") : .null
        return [
            ("id", .integer(order.id)), ("admin_graphql_api_id", "gid://shopify/Order/\(order.id)"), ("app_id", 580_111),
            ("browser_ip", ip),
            ("buyer_accepts_marketing", false), ("cancel_reason", JSONNode(order.cancelReason)), ("cancelled_at", time(order.cancelledAt)),
            ("cart_token", isWeb ? .text(String(order.token.prefix(24))) : .null),
            ("checkout_id", .integer(41_000_000_000_000 + order.number)),
            ("checkout_token", .text(hexDigest(of: order.id, 0x636865636B))),
            (
                "client_details",
                isWeb
                    ? [
                        "accept_language": "th-TH", "browser_height": nil, "browser_ip": ip, "browser_width": nil, "session_hash": nil,
                        "user_agent": "Mozilla/5.0",
                    ] : .null
            ),
            ("closed_at", time(order.closedAt)), ("company", nil),
            ("confirmation_number", .text(String(order.token.prefix(9)).uppercased())),
            ("confirmed", true), ("contact_email", buyerText(order.email)), ("created_at", time(order.createdAt)),
            ("currency", .text(order.currency.code)),
        ]
    }

    private var totals: [(String, JSONNode)] {
        let (original, current) = (order.original, order.current)
        func pair(_ name: String, _ minor: Int64) -> [(String, JSONNode)] { [(name, money(minor)), (name + "_set", moneySet(minor))] }
        var members: [(String, JSONNode)] = [("current_shipping_price_set", moneySet(current.shipping))]
        members += pair("current_subtotal_price", current.subtotal) + pair("current_total_discounts", current.discounts)
        members += [("current_total_additional_fees_set", nil), ("current_total_duties_set", nil)]
        members += pair("current_total_price", current.grand) + pair("current_total_tax", current.tax)
        members += [
            ("customer_locale", order.sourceName == "web" ? "th" : nil), ("device_id", nil), ("discount_codes", discountCodes),
            ("duties_included", false),
            ("email", buyerText(order.email)), ("estimated_taxes", false), ("financial_status", .text(order.financialStatus)),
            ("fulfillment_status", JSONNode(order.fulfillmentStatus)), ("landing_site", order.sourceName == "web" ? "/" : nil),
            ("landing_site_ref", nil), ("location_id", JSONNode(order.locationID)), ("merchant_business_entity_id", "MTIz"),
            ("merchant_of_record_app_id", nil), ("name", .text(order.name)), ("note", JSONNode(order.note)),
            ("note_attributes", .array(order.noteAttributes.map { ["name": .text($0.name), "value": .text($0.value)] })),
            ("number", .integer(order.number)), ("order_number", .integer(1000 + order.number)),
            (
                "order_status_url",
                .text(
                    "https://\(state.domain)/\(state.shopID)/orders/\(order.token)/authenticate?key=\(hexDigest(of: order.id, 7))&locale=th"
                )
            ),
            ("original_total_additional_fees_set", nil), ("original_total_duties_set", nil),
            ("payment_gateway_names", .array(order.gateways.map(JSONNode.text))), ("phone", buyerText(order.phone)), ("po_number", nil),
            ("presentment_currency", .text(order.presentment.code)), ("processed_at", time(order.processedAt)), ("reference", nil),
            ("referring_site", nil), ("source_identifier", JSONNode(order.sourceIdentifier)), ("source_name", .text(order.sourceName)),
            ("source_url", nil),
        ]
        members += pair("subtotal_price", original.subtotal)
        members += [
            ("tags", .text(order.tags.joined(separator: ", "))), ("tax_exempt", false), ("tax_lines", taxLines(original.tax)),
            ("taxes_included", .bool(order.taxesIncluded)), ("test", .bool(order.isTest)), ("token", .text(order.token)),
            ("total_cash_rounding_payment_adjustment_set", moneySet(0)), ("total_cash_rounding_refund_adjustment_set", moneySet(0)),
        ]
        members += pair("total_discounts", original.discounts) + pair("total_line_items_price", original.items)
        members += [("total_outstanding", money(order.outstanding))] + pair("total_price", original.grand)
        members += [("total_shipping_price_set", moneySet(original.shipping))] + pair("total_tax", original.tax)
        members += [
            ("total_tip_received", money(order.tipMinor)),
            ("total_weight", .integer(order.lines.reduce(0) { $0 + $1.grams * $1.quantity })),
            ("updated_at", time(order.updatedAt)), ("user_id", nil),
        ]
        return members
    }

    private var tail: [(String, JSONNode)] {
        [
            ("billing_address", showsBuyer ? address(order.billing) : .null), ("customer", showsBuyer ? customer : .null),
            ("discount_applications", .array(order.discounts.map(application))),
            ("fulfillments", .array(order.fulfilments.map { RestFulfilment(fulfilment: $0, of: self).json() })),
            ("line_items", .array(order.lines.map(line))), ("payment_terms", nil),
            ("refunds", .array(order.refunds.map { refund($0) })), ("shipping_address", showsBuyer ? address(order.shipping) : .null),
            ("shipping_lines", .array(order.shippingLines.map(shippingLine))), ("returns", []), ("line_item_groups", []),
        ]
    }

    private var discountCodes: JSONNode {
        .array(
            order.discounts.filter { $0.kind == .discountCode }.map {
                let type: JSONNode = $0.targetsShipping ? "shipping" : .text($0.valueType)
                return ["code": .text($0.words), "amount": money($0.amount), "type": type]
            })
    }

    func taxLines(_ minor: Int64) -> JSONNode {
        guard order.taxRate > 0 else { return [] }
        return [
            [
                "price": money(minor), "rate": .number(rateText), "title": .text(order.taxTitle), "price_set": moneySet(minor),
                "channel_liable": false,
            ]
        ]
    }

    /// `0.07`; rates here have at most six decimals.
    private var rateText: String {
        let digits = String(1_000_000 + order.taxRate).dropFirst()
        var text = "0.\(digits)"
        while text.hasSuffix("0"), !text.hasSuffix(".0") { text.removeLast() }
        return text
    }

    func address(_ address: ShopAddress?) -> JSONNode {
        guard let address else { return .null }
        return [
            "first_name": .text(address.firstName), "address1": .text(address.address1), "phone": JSONNode(address.phone),
            "city": .text(address.city),
            "zip": JSONNode(address.zip), "province": JSONNode(address.province), "country": .text(address.country),
            "last_name": .text(address.lastName),
            "address2": JSONNode(address.address2), "company": JSONNode(address.company),
            "latitude": order.number % 3 == 0 ? .null : .number("13.72"),
            "longitude": order.number % 3 == 0 ? .null : .number("100.52"), "name": .text(address.name),
            "country_code": .text(address.countryCode),
            "province_code": JSONNode(address.provinceCode),
        ]
    }

    private var customer: JSONNode {
        guard let customer = order.customer else { return .null }
        var fields: JSONNode = [
            "id": .integer(customer.id), "created_at": time(customer.createdAt), "updated_at": time(order.createdAt),
            "first_name": .text(customer.firstName), "last_name": .text(customer.lastName), "state": "disabled", "note": nil,
            "verified_email": true,
            "multipass_identifier": nil, "tax_exempt": false, "email": JSONNode(customer.email), "phone": JSONNode(customer.phone),
            "currency": .text(order.currency.code), "tax_exemptions": [], "admin_graphql_api_id": "gid://shopify/Customer/\(customer.id)",
        ]
        if order.billing != nil {
            let place = address(order.billing).dropping(["latitude", "longitude"])
            let extra: JSONNode = ["id": .integer(customer.id + 2_000_000_000_000), "customer_id": .integer(customer.id)]
            let country: JSONNode = ["country_name": JSONNode(order.billing?.country), "default": true]
            fields = fields.appending("default_address", .object(extra.members + place.members + country.members))
        }
        return fields
    }

    private func application(_ discount: DiscountApplication) -> JSONNode {
        var fields: JSONNode = [
            "target_type": discount.targetsShipping ? "shipping_line" : "line_item", "type": .text(discount.kind.rawValue),
            "value": .text(discount.value),
            "value_type": .text(discount.valueType), "allocation_method": discount.targetsShipping ? "each" : "across",
            "target_selection": "all",
        ]
        fields = fields.appending(discount.kind == .discountCode ? "code" : "title", .text(discount.words))
        return fields
    }
}
