import Foundation

extension GraphMutations {
    // MARK: Webhooks

    func webhookCreate(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        try arguments.require("topic", "webhookSubscription")
        let name = arguments["topic"]?.string ?? ""
        guard let topic = WebhookTopic.topic(graphName: name) else {
            throw GraphProblem(
                message:
                    "Argument 'topic' on Field 'webhookSubscriptionCreate' has an invalid value (\(name)). Expected type 'WebhookSubscriptionTopic!'.",
                code: "argumentLiteralsIncompatible", line: arguments.field.line, column: arguments.field.column)
        }
        let input = try arguments.object("webhookSubscription")
        return attempt("WebhookSubscriptionCreatePayload", nulls: ["webhookSubscription"]) { () throws(Refusal) in
            let made = try state.subscribe(
                topic, to: input["uri"]?.string ?? input["callbackUrl"]?.string ?? "",
                fields: (input["includeFields"]?.elements ?? []).compactMap(\.string),
                apiVersion: apiVersion, at: now)
            return ["webhookSubscription": .object(schema(state).webhookSubscription(made))]
        }
    }

    func webhookUpdate(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let id = try arguments.number("id", type: "WebhookSubscription")
        let input = try arguments.object("webhookSubscription")
        return attempt("WebhookSubscriptionUpdatePayload", nulls: ["webhookSubscription"]) { () throws(Refusal) in
            guard let index = state.subscriptions.firstIndex(where: { $0.id == id && $0.isMadeByAPI }) else {
                throw Refusal("Webhook subscription does not exist", field: ["id"])
            }
            if let address = input["uri"]?.string ?? input["callbackUrl"]?.string {
                try ShopState.checkAddress(address)
                state.subscriptions[index].address = address
            }
            if let fields = input["includeFields"]?.elements { state.subscriptions[index].includeFields = fields.compactMap(\.string) }
            return ["webhookSubscription": .object(schema(state).webhookSubscription(state.subscriptions[index]))]
        }
    }

    func webhookDelete(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let id = try arguments.number("id", type: "WebhookSubscription")
        return attempt("WebhookSubscriptionDeletePayload", nulls: ["deletedWebhookSubscriptionId"]) { () throws(Refusal) in
            guard state.subscriptions.contains(where: { $0.id == id && $0.isMadeByAPI }) else {
                throw Refusal("Webhook subscription does not exist", field: ["id"])
            }
            state.subscriptions.removeAll { $0.id == id }
            return ["deletedWebhookSubscriptionId": .id("WebhookSubscription", id)]
        }
    }

    func appUninstall(on state: inout ShopState) -> GraphObject {
        state.uninstall()
        return payload("AppUninstallPayload", ["app": .null])
    }

    // MARK: Stock and prices

    /// Compare-and-set by `changeFromQuantity`; all or nothing (platforms/shopify.md §7).
    func inventorySet(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let key = try arguments.requireIdempotency()
        let input = try arguments.object("input")
        let entries = input["quantities"]?.elements ?? []
        var changes: [StockChange] = []
        for entry in entries {
            guard let old = entry["changeFromQuantity"] else {
                throw GraphProblem(
                    message: "Argument 'changeFromQuantity' on InputObject 'InventoryQuantityInput' is required. Expected type Int",
                    code: "missingRequiredInputObjectAttribute", line: arguments.field.line, column: arguments.field.column)
            }
            changes.append(
                StockChange(
                    item: try arguments.globalID(entry["inventoryItemId"], "InventoryItem", of: "input"),
                    location: try arguments.globalID(entry["locationId"], "Location", of: "input"), quantity: entry["quantity"]?.int64 ?? 0,
                    from: old.int64))
        }
        return attempt("InventorySetQuantitiesPayload", nulls: ["inventoryAdjustmentGroup"]) { () throws(Refusal) in
            var group = try idempotent(key, input, in: state)?.int64
            if group == nil {
                try state.setStock(changes, at: now)
                group = state.ids.next(.inventoryAdjustment)
                state.idempotency[key] = IdempotentRecord(parameters: input, answer: JSONNode(group))
            }
            let reason = input["reason"]?.string
            return [
                "inventoryAdjustmentGroup": .object(
                    GraphObject("InventoryAdjustmentGroup") { name, _ throws(GraphProblem) in
                        switch name {
                        case "id": .id("InventoryAdjustmentGroup", group ?? 0)
                        case "reason": .text(reason)
                        case "createdAt": .time(now)
                        case "referenceDocumentUri": .text(input["referenceDocumentUri"]?.string)
                        case "changes": .list([])
                        default: nil
                        }
                    })
            ]
        }
    }

    func variantsUpdate(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let productID = try arguments.number("productId", type: "Product")
        let partial = arguments["allowPartialUpdates"]?.flag ?? false
        var prices: [(id: Int64, price: String?)] = []
        for entry in arguments["variants"]?.elements ?? [] {
            prices.append((try arguments.globalID(entry["id"], "ProductVariant", of: "variants"), entry["price"]?.plainText))
        }
        guard let index = state.products.firstIndex(where: { $0.id == productID }) else {
            return payload(
                "ProductVariantsBulkUpdatePayload", ["product": .null, "productVariants": .null],
                [Refusal("Product does not exist", field: ["productId"], code: "PRODUCT_DOES_NOT_EXIST")])
        }
        var product = state.products[index], refusals: [Refusal] = [], changed: [Int64] = []
        for (position, entry) in prices.enumerated() {
            guard let found = product.variants.firstIndex(where: { $0.id == entry.id }) else {
                refusals.append(
                    Refusal(
                        "Product variant does not exist", field: ["variants", "\(position)", "id"], code: "PRODUCT_VARIANT_DOES_NOT_EXIST"))
                continue
            }
            guard let text = entry.price else { continue }
            guard let price = state.currency.minor(parsing: text), (0...1_000_000_000_000).contains(price) else {
                refusals.append(
                    Refusal(
                        "Price must be greater than or equal to 0", field: ["variants", "\(position)", "price"],
                        code: "NEGATIVE_PRICE_VALUE"))
                continue
            }
            product.variants[found].price = price
            changed.append(entry.id)
        }
        if refusals.isEmpty || partial {
            product.updatedAt = now
            state.products[index] = product
            state.announceProduct(product)
        }
        let schema = schema(state)
        let shown = product.variants.filter { changed.contains($0.id) }.map { schema.variant($0, of: product) }
        return payload(
            "ProductVariantsBulkUpdatePayload", ["product": .object(schema.product(product)), "productVariants": .objects(shown)], refusals)
    }
}

struct StockChange: Sendable {
    var item: Int64
    var location: Int64
    var quantity: Int64
    /// nil opts out of compare-and-set.
    var from: Int64?
}

extension ShopState {
    mutating func setStock(_ changes: [StockChange], at now: Int64) throws(Refusal) {
        var products = products
        for (position, change) in changes.enumerated() {
            let field = ["input", "quantities", "\(position)"]
            guard change.quantity.magnitude <= 1_000_000_000 else {
                throw Refusal(
                    "The quantity can't be higher than 1,000,000,000.", field: field + ["quantity"], code: "INVALID_QUANTITY_TOO_HIGH")
            }
            guard changes.count(where: { $0.item == change.item && $0.location == change.location }) == 1 else {
                throw Refusal(
                    "The combination of inventory item and location must be unique.", field: field,
                    code: "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR")
            }
            guard
                let (product, variant) = products.indices.lazy.compactMap({ product in
                    products[product].variants.firstIndex { $0.inventoryItemID == change.item }.map { (product, $0) }
                }).first
            else {
                throw Refusal(
                    "The specified inventory item could not be found.", field: field + ["inventoryItemId"], code: "INVALID_INVENTORY_ITEM")
            }
            guard location(change.location) != nil else {
                throw Refusal("The specified location could not be found.", field: field + ["locationId"], code: "INVALID_LOCATION")
            }
            guard let available = products[product].variants[variant].available[change.location] else {
                throw Refusal(
                    "The specified inventory item is not stocked at the location.", field: field + ["locationId"],
                    code: "ITEM_NOT_STOCKED_AT_LOCATION")
            }
            if let from = change.from, from != available {
                throw Refusal(
                    "The change from quantity does not match the current quantity.", field: field + ["changeFromQuantity"],
                    code: "CHANGE_FROM_QUANTITY_STALE")
            }
            if products[product].variants[variant].isTracked {
                products[product].variants[variant].available[change.location] = change.quantity
            }
        }
        self.products = products
        for change in changes { announceLevel(item: change.item, location: change.location, available: change.quantity, at: now) }
    }

    /// A subscription made by either API.
    mutating func subscribe(_ topic: String, to address: String, fields: [String], apiVersion: String, at now: Int64) throws(Refusal)
        -> WebhookSubscription
    {
        try Self.checkAddress(address)
        guard !subscriptions.contains(where: { $0.isMadeByAPI && $0.topic == topic && $0.address == address }) else {
            throw Refusal("Address for this topic has already been taken", field: ["webhookSubscription", "callbackUrl"])
        }
        let made = WebhookSubscription(
            id: ids.next(.webhook), topic: topic, address: address, createdAt: now, isMadeByAPI: true, apiVersion: apiVersion,
            includeFields: fields)
        subscriptions.append(made)
        return made
    }

    /// The platform wants https; plain http passes on loopback alone, where this simulator lives.
    static func checkAddress(_ address: String) throws(Refusal) {
        let url = URL(string: address)
        let isLoopback = ["127.0.0.1", "localhost", "::1"].contains(url?.host() ?? "")
        guard let scheme = url?.scheme, url?.host() != nil, scheme == "https" || (scheme == "http" && isLoopback) else {
            throw Refusal("Address protocol \(url?.scheme ?? "") is not supported", field: ["webhookSubscription", "callbackUrl"])
        }
    }

    mutating func uninstall() {
        announceUninstall()
        access.uninstall()
        subscriptions.removeAll(where: \.isMadeByAPI)
    }
}
