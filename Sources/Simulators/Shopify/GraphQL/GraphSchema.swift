/// The shop's objects as GraphQL shows them. Made fresh for each root field, so that it sees what a mutation just did.
struct GraphSchema {
    let state: ShopState
    let apiVersion: String
    let now: Int64
    let scopes: Set<String>

    /// Only the last 60 days without this scope (platforms/shopify.md §2.6).
    static let recentSeconds: Int64 = 60 * 86_400

    func sees(_ order: ShopOrder) -> Bool { scopes.contains("read_all_orders") || order.createdAt >= now - Self.recentSeconds }

    func buyer(_ value: GraphValue, _ field: String) throws(GraphProblem) -> GraphValue {
        guard state.access.hasProtectedDataApproval else {
            throw GraphProblem(message: "This app is not approved to access the \(field) field.", code: "ACCESS_DENIED")
        }
        return value
    }

    /// Which scope a root field needs; a write scope implies the read scope (platforms/shopify.md §2.2).
    func require(_ scope: String, for field: String) throws(GraphProblem) {
        let write = scope.replacing("read_", with: "write_")
        guard scopes.contains(scope) || scopes.contains(write) else {
            throw GraphProblem(
                message: "Access denied for \(field) field. Required access: `\(scope)` access scope.", code: "ACCESS_DENIED",
                details: ["documentation": "https://shopify.dev/api/usage/access-scopes", "requiredAccess": "`\(scope)` access scope."])
        }
    }

    // MARK: Query root

    func query(_ name: String, _ arguments: GraphArguments) throws(GraphProblem) -> GraphValue? {
        switch name {
        case "shop": return .object(shop())
        case "orders":
            try require("read_orders", for: name)
            return .connection(try orders(arguments))
        case "ordersCount":
            try require("read_orders", for: name)
            let search = OrderSearch(arguments["query"]?.string ?? "")
            return .object(count(Int64(state.placed.count { id in state.orders[id].map { sees($0) && search.matches($0) } ?? false })))
        case "order":
            try require("read_orders", for: name)
            let id = try arguments.number("id", type: "Order")
            return .optional(state.orders[id].flatMap { sees($0) ? order($0) : nil })
        case "node": return try node(arguments["id"]?.string ?? "")
        case "nodes": return .list(try (arguments["ids"]?.elements ?? []).map { id throws(GraphProblem) in try node(id.string ?? "") })
        case "fulfillmentOrder":
            let id = try arguments.number("id", type: "FulfillmentOrder")
            return fulfillmentOrderNode(id)
        case "fulfillment": return fulfilmentNode(try arguments.number("id", type: "Fulfillment"))
        case "webhookSubscriptions": return .connection(try webhookSubscriptions(arguments))
        case "webhookSubscription":
            let id = try arguments.number("id", type: "WebhookSubscription")
            return .optional(state.subscriptions.first { $0.id == id && $0.isMadeByAPI }.map(webhookSubscription))
        case "job":
            let text = arguments["id"]?.string ?? ""
            return .optional(state.jobs[text].map { job(text, isDone: $0.isDone) })
        case "currentAppInstallation": return .object(appInstallation())
        case "locations": return .connection(try GraphConnection("Location", state.locations.map(location), arguments))
        case "location":
            let id = try arguments.number("id", type: "Location")
            return .optional(state.location(id).map(location))
        case "products":
            try require("read_products", for: name)
            return .connection(try products(arguments))
        case "product":
            let id = try arguments.number("id", type: "Product")
            return .optional(state.products.first { $0.id == id }.map(product))
        case "productVariants":
            try require("read_products", for: name)
            return .connection(try productVariants(arguments))
        case "publicApiVersions":
            return .objects(
                [apiVersion, "unstable"].map { handle in
                    GraphObject("ApiVersion") { name, _ throws(GraphProblem) in
                        name == "handle"
                            ? .text(handle)
                            : name == "supported" ? .flag(handle != "unstable") : name == "displayName" ? .text(handle) : nil
                    }
                })
        default: return nil
        }
    }

    /// `nodes(ids:)` and `node(id:)` over the types clients fetch so.
    func node(_ gid: String) throws(GraphProblem) -> GraphValue {
        if let id = shopifyNumber(gid, type: "Order") {
            try require("read_orders", for: "node")
            return .optional(state.orders[id].flatMap { sees($0) ? order($0) : nil })
        }
        if let id = shopifyNumber(gid, type: "FulfillmentOrder") { return fulfillmentOrderNode(id) }
        if let id = shopifyNumber(gid, type: "Fulfillment") { return fulfilmentNode(id) }
        if let id = shopifyNumber(gid, type: "Product") { return .optional(state.products.first { $0.id == id }.map(product)) }
        if let id = shopifyNumber(gid, type: "ProductVariant") {
            return .optional(state.variant(id).map { variant($0.variant, of: $0.product) })
        }
        if let id = shopifyNumber(gid, type: "WebhookSubscription") {
            return .optional(state.subscriptions.first { $0.id == id }.map(webhookSubscription))
        }
        if let found = state.jobs[gid] { return .object(job(gid, isDone: found.isDone)) }
        return .null
    }

    private func fulfillmentOrderNode(_ id: Int64) -> GraphValue {
        guard let orderID = state.orderOfFulfillmentOrder[id], let order = state.orders[orderID],
            let whole = order.fulfillmentOrders.first(where: { $0.id == id })
        else { return .null }
        return .object(fulfillmentOrder(whole, of: order))
    }

    private func fulfilmentNode(_ id: Int64) -> GraphValue {
        guard let orderID = state.orderOfFulfilment[id], let order = state.orders[orderID],
            let found = order.fulfilments.first(where: { $0.id == id })
        else { return .null }
        return .object(fulfilment(found, of: order))
    }

    func count(_ value: Int64) -> GraphObject {
        GraphObject("Count") { name, _ throws(GraphProblem) in
            name == "count" ? .integer(value) : name == "precision" ? .text("EXACT") : nil
        }
    }

    private func orders(_ arguments: GraphArguments) throws(GraphProblem) -> GraphConnection {
        let page = OrderPage.take(
            from: state, matching: OrderSearch(arguments["query"]?.string ?? ""), sortedBy: arguments["sortKey"]?.string ?? "PROCESSED_AT",
            isReversed: arguments["reverse"]?.flag ?? false, after: arguments["after"]?.string, limit: try arguments.pageSize(), where: sees
        )
        guard let page else { throw GraphProblem(message: "Invalid cursor for current pagination sort.", code: "BAD_REQUEST") }
        return GraphConnection(
            type: "Order", edges: page.orders.map { .init(cursor: page.cursor($0), node: order($0)) }, hasNextPage: page.hasMore,
            hasPreviousPage: arguments["after"] != nil)
    }
}
