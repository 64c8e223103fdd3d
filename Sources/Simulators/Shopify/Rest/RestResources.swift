/// The smaller REST resources (platforms/shopify.md §6, §7).
extension ShopState {
    func restShop() -> JSONNode {
        let country = locations.first?.countryCode ?? "TH"
        return [
            "id": .integer(shopID), "name": .text(domain.split(separator: ".").first.map(String.init) ?? domain),
            "email": "owner@example.com",
            "domain": .text(domain), "myshopify_domain": .text(domain), "country": .text(country), "country_code": .text(country),
            "currency": .text(currency.code), "enabled_presentment_currencies": [.text(currency.code), "USD"], "money_format": "{{amount}}",
            "iana_timezone": .text(zoneName), "timezone": .text("(GMT\(localTime(0).suffix(6))) \(zoneName)"), "taxes_included": true,
            "plan_name": "basic", "plan_display_name": "Basic", "primary_location_id": JSONNode(locations.first?.id),
            "created_at": .text(localTime(1_700_000_000)), "updated_at": .text(localTime(1_700_000_000)),
        ]
    }

    private var zoneName: String {
        switch utcOffsetMinutes {
        case 420: "Asia/Bangkok"
        case 540: "Asia/Tokyo"
        case 180: "Asia/Kuwait"
        case -180: "America/Santiago"
        case 60: "Europe/Madrid"
        default: "Etc/UTC"
        }
    }

    func restProduct(_ product: ShopProduct) -> JSONNode {
        [
            "id": .integer(product.id), "admin_graphql_api_id": "gid://shopify/Product/\(product.id)", "title": .text(product.title),
            "body_html": "",
            "vendor": .text(product.vendor), "product_type": .text(product.type), "created_at": .text(localTime(product.createdAt)),
            "updated_at": .text(localTime(product.updatedAt)), "published_at": .text(localTime(product.createdAt)),
            "handle": .text("product-\(product.id)"),
            "status": .text(product.status), "tags": "",
            "variants": .array(product.variants.enumerated().map { restVariant($1, of: product, position: $0 + 1) }),
            "options": [["id": .integer(product.id + 1), "product_id": .integer(product.id), "name": "Title", "position": 1]], "images": [],
            "image": nil,
        ]
    }

    private func restVariant(_ variant: ShopVariant, of product: ShopProduct, position: Int) -> JSONNode {
        [
            "id": .integer(variant.id), "admin_graphql_api_id": "gid://shopify/ProductVariant/\(variant.id)",
            "product_id": .integer(product.id),
            "title": .text(variant.title), "price": .text(currency.restText(variant.price)), "compare_at_price": nil,
            "sku": JSONNode(variant.sku),
            "position": JSONNode(position), "inventory_policy": "deny", "inventory_management": variant.isTracked ? "shopify" : .null,
            "inventory_item_id": .integer(variant.inventoryItemID), "inventory_quantity": .integer(variant.available.values.reduce(0, +)),
            "grams": .integer(variant.grams), "requires_shipping": .bool(variant.requiresShipping), "taxable": .bool(!variant.isGiftCard),
            "option1": .text(variant.title), "option2": nil, "option3": nil, "barcode": nil,
            "created_at": .text(localTime(product.createdAt)),
            "updated_at": .text(localTime(product.updatedAt)),
        ]
    }

    func restLocation(_ location: ShopLocation) -> JSONNode {
        [
            "id": .integer(location.id), "admin_graphql_api_id": "gid://shopify/Location/\(location.id)", "name": .text(location.name),
            "active": .bool(location.isActive), "country_code": .text(location.countryCode), "legacy": false,
        ]
    }

    func restFulfillmentOrder(_ whole: FulfillmentOrder, of order: ShopOrder) -> JSONNode {
        let actions = whole.supportedActions.map { JSONNode.text($0.lowercased()) }
        let lines = whole.lines.map { line -> JSONNode in
            let bought = order.lines.first { $0.id == line.lineID }
            return [
                "id": .integer(line.id), "shop_id": .integer(shopID), "fulfillment_order_id": .integer(whole.id),
                "quantity": .integer(line.total),
                "line_item_id": .integer(line.lineID), "inventory_item_id": JSONNode(bought?.variantID.map { $0 + 2_000_000_000_000 }),
                "fulfillable_quantity": .integer(line.remaining), "variant_id": JSONNode(bought?.variantID),
            ]
        }
        return [
            "id": .integer(whole.id), "created_at": .text(localTime(whole.createdAt)), "updated_at": .text(localTime(whole.updatedAt)),
            "shop_id": .integer(shopID), "order_id": .integer(order.id), "assigned_location_id": .integer(whole.locationID),
            "request_status": .text(whole.requestStatus), "status": .text(whole.status.rawValue), "fulfill_at": nil,
            "fulfill_by": JSONNode(whole.fulfilBy.map(localTime)), "supported_actions": .array(actions),
            "destination": RestOrder(order: order, state: self).address(order.shipping), "line_items": .array(lines),
            "fulfillment_holds": whole.holdReason.map { [["reason": .text($0.lowercased()), "reason_notes": nil]] } ?? [],
            "assigned_location": ["location_id": .integer(whole.locationID), "name": JSONNode(location(whole.locationID)?.name)],
        ]
    }

    func restWebhook(_ subscription: WebhookSubscription) -> JSONNode {
        [
            "id": .integer(subscription.id), "address": .text(subscription.address), "topic": .text(subscription.topic),
            "created_at": .text(localTime(subscription.createdAt)), "updated_at": .text(localTime(subscription.createdAt)),
            "format": "json", "fields": [],
            "metafield_namespaces": [], "api_version": .text(subscription.apiVersion), "private_metafield_namespaces": [],
        ]
    }
}
