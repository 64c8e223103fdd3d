extension GraphSchema {
    func shop() -> GraphObject {
        let rest = state.restShop()
        return GraphObject("Shop") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("Shop", state.shopID)
            case "name": .scalar(rest["name"] ?? .null)
            case "email", "contactEmail": .scalar(rest["email"] ?? .null)
            case "myshopifyDomain": .text(state.domain)
            case "url": .text("https://\(state.domain)")
            case "currencyCode": .text(state.currency.code)
            case "enabledPresentmentCurrencies": .texts([state.currency.code, "USD"])
            case "ianaTimezone": .scalar(rest["iana_timezone"] ?? .null)
            case "timezoneOffset": .text(String(state.localTime(0).suffix(6)).replacing(":", with: ""))
            case "timezoneOffsetMinutes": .integer(state.utcOffsetMinutes)
            case "taxesIncluded": .flag(true)
            case "weightUnit": .text("GRAMS")
            case "plan":
                .object(
                    GraphObject("ShopPlan") { name, _ throws(GraphProblem) in
                        switch name {
                        case "displayName", "publicDisplayName": .text("Basic")
                        case "partnerDevelopment", "shopifyPlus": .flag(false)
                        default: nil
                        }
                    })
            case "primaryDomain":
                .object(
                    GraphObject("Domain") { name, _ throws(GraphProblem) in
                        name == "host" ? .text(state.domain) : name == "url" ? .text("https://\(state.domain)") : nil
                    })
            default: nil
            }
        }
    }

    func location(_ location: ShopLocation) -> GraphObject {
        GraphObject("Location") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("Location", location.id)
            case "legacyResourceId": .text("\(location.id)")
            case "name": .text(location.name)
            case "isActive": .flag(location.isActive)
            case "fulfillsOnlineOrders", "shipsInventory": .flag(true)
            case "isFulfillmentService": .flag(false)
            default: nil
            }
        }
    }

    func appInstallation() -> GraphObject {
        let scopes = scopes.sorted()
        return GraphObject("AppInstallation") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .text("gid://shopify/AppInstallation/580111")
            case "accessScopes":
                .objects(
                    scopes.map { handle in
                        GraphObject("AccessScope") { name, _ throws(GraphProblem) in
                            name == "handle" ? .text(handle) : name == "description" ? .text(handle.replacing("_", with: " ")) : nil
                        }
                    })
            default: nil
            }
        }
    }

    func job(_ id: String, isDone: Bool) -> GraphObject {
        GraphObject("Job") { name, _ throws(GraphProblem) in
            name == "id" ? .text(id) : name == "done" ? .flag(isDone) : name == "query" ? .null : nil
        }
    }

    // MARK: Webhooks

    /// Only what the API made: subscriptions of the app's configuration are not listed (platforms/shopify.md §3.1).
    func webhookSubscriptions(_ arguments: GraphArguments) throws(GraphProblem) -> GraphConnection {
        let topics = (arguments["topics"]?.elements ?? []).compactMap(\.string)
        let address = arguments["uri"]?.string ?? arguments["callbackUrl"]?.string
        let found = state.subscriptions.filter {
            $0.isMadeByAPI && (topics.isEmpty || topics.contains(WebhookTopic.graphName($0.topic)))
                && (address == nil || address == $0.address)
        }
        return try GraphConnection("WebhookSubscription", found.map(webhookSubscription), arguments)
    }

    func webhookSubscription(_ subscription: WebhookSubscription) -> GraphObject {
        GraphObject("WebhookSubscription") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("WebhookSubscription", subscription.id)
            case "legacyResourceId": .text("\(subscription.id)")
            case "topic": .text(WebhookTopic.graphName(subscription.topic))
            case "uri", "callbackUrl": .text(subscription.address)
            case "format": .text("JSON")
            case "includeFields": .texts(subscription.includeFields)
            case "metafieldNamespaces": .texts([])
            case "filter", "name": .null
            case "createdAt", "updatedAt": .time(subscription.createdAt)
            case "apiVersion":
                .object(
                    GraphObject("ApiVersion") { name, _ throws(GraphProblem) in
                        name == "handle" || name == "displayName" ? .text(subscription.apiVersion) : name == "supported" ? .flag(true) : nil
                    })
            case "endpoint":
                .object(
                    GraphObject("WebhookHttpEndpoint") { name, _ throws(GraphProblem) in
                        name == "callbackUrl" ? .text(subscription.address) : nil
                    })
            default: nil
            }
        }
    }

    // MARK: Products

    func products(_ arguments: GraphArguments) throws(GraphProblem) -> GraphConnection {
        let found = state.products.sorted { ($0.updatedAt, $0.id) < ($1.updatedAt, $1.id) }
        return try GraphConnection("Product", found.map(product), arguments)
    }

    /// `sku:` and `id:` terms; SKUs are not unique (platforms/shopify.md §7).
    func productVariants(_ arguments: GraphArguments) throws(GraphProblem) -> GraphConnection {
        let words = (arguments["query"]?.string ?? "").replacing("'", with: "").replacing("\"", with: "")
        let sku = words.hasPrefix("sku:") ? String(words.dropFirst(4)) : nil
        let found = state.products.flatMap { product in
            product.variants.filter { sku == nil || $0.sku == sku }.map { variant($0, of: product) }
        }
        return try GraphConnection("ProductVariant", found, arguments)
    }

    func product(_ product: ShopProduct) -> GraphObject {
        GraphObject("Product") { name, arguments throws(GraphProblem) in
            switch name {
            case "id": .id("Product", product.id)
            case "legacyResourceId": .text("\(product.id)")
            case "title": .text(product.title)
            case "handle": .text("product-\(product.id)")
            case "status": .text(product.status.uppercased())
            case "vendor": .text(product.vendor)
            case "productType": .text(product.type)
            case "createdAt": .time(product.createdAt)
            case "updatedAt": .time(product.updatedAt)
            case "tags": .texts([])
            case "isGiftCard": .flag(product.variants.contains(where: \.isGiftCard))
            case "totalInventory": .integer(product.variants.flatMap(\.available.values).reduce(0, +))
            case "featuredMedia", "featuredImage", "descriptionHtml", "onlineStoreUrl": .null
            case "variants":
                .connection(try GraphConnection("ProductVariant", product.variants.map { variant($0, of: product) }, arguments))
            default: nil
            }
        }
    }

    func variant(_ variant: ShopVariant, of product: ShopProduct) -> GraphObject {
        GraphObject("ProductVariant") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("ProductVariant", variant.id)
            case "legacyResourceId": .text("\(variant.id)")
            case "sku": .text(variant.sku)
            case "title": .text(variant.title)
            case "displayName": .text("\(product.title) - \(variant.title)")
            case "price": .text(state.currency.restText(variant.price))
            case "compareAtPrice", "barcode", "image": .null
            case "inventoryQuantity": .integer(variant.available.values.reduce(0, +))
            case "inventoryPolicy": .text("DENY")
            case "taxable": .flag(!variant.isGiftCard)
            case "product": .object(self.product(product))
            case "inventoryItem": .object(inventoryItem(variant))
            default: nil
            }
        }
    }

    private func inventoryItem(_ variant: ShopVariant) -> GraphObject {
        GraphObject("InventoryItem") { name, arguments throws(GraphProblem) in
            switch name {
            case "id": .id("InventoryItem", variant.inventoryItemID)
            case "legacyResourceId": .text("\(variant.inventoryItemID)")
            case "sku": .text(variant.sku)
            case "tracked": .flag(variant.isTracked)
            case "requiresShipping": .flag(variant.requiresShipping)
            case "inventoryLevels":
                .connection(
                    try GraphConnection(
                        "InventoryLevel", variant.available.sorted { $0.key < $1.key }.map { level($0.key, $0.value, variant) }, arguments))
            case "inventoryLevel":
                .optional(
                    variant.available[try arguments.number("locationId", type: "Location")].map {
                        level(arguments["locationId"]?.string.flatMap { shopifyNumber($0, type: "Location") } ?? 0, $0, variant)
                    })
            default: nil
            }
        }
    }

    private func level(_ locationID: Int64, _ quantity: Int64, _ variant: ShopVariant) -> GraphObject {
        GraphObject("InventoryLevel") { name, arguments throws(GraphProblem) in
            switch name {
            case "id": .text("gid://shopify/InventoryLevel/\(locationID)?inventory_item_id=\(variant.inventoryItemID)")
            case "location": .optional(state.location(locationID).map(location))
            case "quantities":
                .objects(
                    (arguments["names"]?.elements ?? []).compactMap(\.string).map { word in
                        GraphObject("InventoryQuantity") { name, _ throws(GraphProblem) in
                            name == "name"
                                ? .text(word) : name == "quantity" ? .integer(["available", "on_hand"].contains(word) ? quantity : 0) : nil
                        }
                    })
            default: nil
            }
        }
    }
}

/// `orders/updated` in headers and REST, `ORDERS_UPDATED` in GraphQL (platforms/shopify.md §3.1).
enum WebhookTopic {
    static let known: Set<String> = [
        "orders/create", "orders/updated", "orders/edited", "orders/cancelled", "orders/paid", "orders/fulfilled",
        "orders/partially_fulfilled",
        "orders/delete", "refunds/create", "fulfillments/create", "fulfillments/update", "fulfillment_events/create",
        "fulfillment_orders/order_routing_complete", "fulfillment_orders/placed_on_hold", "fulfillment_orders/hold_released",
        "fulfillment_orders/moved",
        "fulfillment_orders/cancelled", "inventory_levels/update", "products/create", "products/update", "products/delete",
        "app/uninstalled",
        "bulk_operations/finish",
    ]

    static func graphName(_ topic: String) -> String { topic.replacing("/", with: "_").uppercased() }

    static func topic(graphName: String) -> String? { known.first { self.graphName($0) == graphName } }
}
