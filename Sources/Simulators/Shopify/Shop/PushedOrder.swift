/// An order that a client pushes, from GraphQL `orderCreate` or REST `POST /orders.json` (platforms/shopify.md §6.6).
struct PushedOrder {
    private struct Line {
        var variantID: Int64?
        var title: String?
        var sku: String?
        var quantity: Int64
        var price: String?
    }
    /// Small enough that sums of lines fit an order's totals.
    private static let maximumQuantity: Int64 = 1_000_000, maximumPrice: Int64 = 1_000_000_000_000, maximumLines = 500
    private var lines: [Line]
    private var shippingLines: [(title: String, code: String, price: String)]
    private var email: String?
    private var phone: String?
    private var shipping: JSONNode?
    private var billing: JSONNode?
    private var financialStatus: String
    private var sourceIdentifier: String?
    private var tags: [String]
    private var note: String?
    private var attributes: [NamePair]
    private var isTest: Bool
    private var processedAt: Int64?

    init(graph input: JSONNode) {
        lines = (input["lineItems"]?.elements ?? []).map {
            Line(
                variantID: $0["variantId"]?.string.flatMap { shopifyNumber($0, type: "ProductVariant") }, title: $0["title"]?.string,
                sku: $0["sku"]?.string,
                quantity: $0["quantity"]?.int64 ?? 0, price: $0["priceSet"]?["shopMoney"]?["amount"]?.plainText)
        }
        shippingLines = (input["shippingLines"]?.elements ?? []).map {
            ($0["title"]?.string ?? "Shipping", $0["code"]?.string ?? "STD", $0["priceSet"]?["shopMoney"]?["amount"]?.plainText ?? "0")
        }
        (email, phone, shipping, billing) = (
            input["email"]?.string, input["phone"]?.string, input["shippingAddress"], input["billingAddress"]
        )
        financialStatus = input["financialStatus"]?.string?.lowercased() ?? "paid"
        sourceIdentifier = input["sourceIdentifier"]?.string
        tags = (input["tags"]?.elements ?? []).compactMap(\.string)
        note = input["note"]?.string
        attributes = (input["customAttributes"]?.elements ?? []).map {
            NamePair(name: $0["key"]?.string ?? "", value: $0["value"]?.string ?? "")
        }
        isTest = input["test"]?.flag ?? false
        processedAt = input["processedAt"]?.string.flatMap(ShopTime.seconds(parsing:))
    }

    init(rest input: JSONNode) {
        lines = (input["line_items"]?.elements ?? []).map {
            Line(
                variantID: $0["variant_id"]?.int64, title: $0["title"]?.string, sku: $0["sku"]?.string,
                quantity: $0["quantity"]?.int64 ?? 0,
                price: $0["price"]?.plainText)
        }
        shippingLines = (input["shipping_lines"]?.elements ?? []).map {
            ($0["title"]?.string ?? "Shipping", $0["code"]?.string ?? "STD", $0["price"]?.plainText ?? "0")
        }
        (email, phone, shipping, billing) = (
            input["email"]?.string, input["phone"]?.string, input["shipping_address"], input["billing_address"]
        )
        financialStatus = input["financial_status"]?.string ?? "paid"
        sourceIdentifier = input["source_identifier"]?.string
        tags = (input["tags"]?.string ?? "").split(separator: ",").map { $0.trimmingPrefix(while: \.isWhitespace) }.map(String.init)
        note = input["note"]?.string
        attributes = (input["note_attributes"]?.elements ?? []).map {
            NamePair(name: $0["name"]?.string ?? "", value: $0["value"]?.plainText ?? "")
        }
        isTest = input["test"]?.flag ?? false
        processedAt = input["processed_at"]?.string.flatMap(ShopTime.seconds(parsing:))
    }

    /// Stock is not looked at, apart from the lines' location.
    func place(at now: Int64, in state: inout ShopState) throws(Refusal) -> ShopOrder {
        guard !lines.isEmpty, lines.count <= Self.maximumLines else {
            throw Refusal("Line items must have at least one line item", field: ["order", "lineItems"], code: "INVALID")
        }
        var order = ShopOrder(
            id: state.ids.next(.order), number: state.lastOrderNumber + 1, kind: "pushed", createdAt: now, processedAt: processedAt ?? now,
            updatedAt: now,
            currency: state.currency, presentment: state.currency)
        for (position, line) in lines.enumerated() { order.lines.append(try shopLine(line, position, in: &state)) }
        for line in shippingLines {
            order.shippingLines.append(
                ShippingLine(
                    id: state.ids.next(.shippingLine), title: line.title, code: line.code,
                    price: min(Self.maximumPrice, max(0, state.currency.minor(parsing: line.price) ?? 0))))
        }
        (order.email, order.phone, order.note, order.tags, order.noteAttributes) = (email, phone, note, tags, attributes)
        (order.sourceName, order.sourceIdentifier, order.isTest) = ("580111", sourceIdentifier, isTest)
        order.shipping = shipping.map { ShopAddress(input: $0, over: nil) }
        order.billing = billing.map { ShopAddress(input: $0, over: nil) } ?? order.shipping
        order.original = order.totalsAsPlaced()
        if financialStatus == "paid" || financialStatus == "authorized" {
            order.gateways = ["manual"]
            order.transactions = [
                ShopTransaction(
                    id: state.ids.next(.transaction), kind: financialStatus == "paid" ? .sale : .authorization, status: "success",
                    gateway: "manual",
                    isManual: true, amount: order.original.grand, createdAt: now)
            ]
        }
        for location in state.locations {
            let here = order.lines.filter { $0.requiresShipping && $0.locationID == location.id }
            guard !here.isEmpty else { continue }
            let entries = here.map {
                FulfillmentOrder.Line(id: state.ids.next(.fulfillmentOrderLine), lineID: $0.id, total: $0.quantity, remaining: $0.quantity)
            }
            order.fulfillmentOrders.append(
                FulfillmentOrder(
                    id: state.ids.next(.fulfillmentOrder), status: .open, locationID: location.id, createdAt: now, updatedAt: now,
                    lines: entries))
        }
        state.insert(order)
        state.announcePlaced(order)
        return order
    }

    private func shopLine(_ line: Line, _ position: Int, in state: inout ShopState) throws(Refusal) -> ShopLine {
        guard (1...Self.maximumQuantity).contains(line.quantity) else {
            throw Refusal("Quantity must be greater than 0", field: ["order", "lineItems", "\(position)", "quantity"], code: "INVALID")
        }
        let price = line.price.flatMap(state.currency.minor(parsing:))
        guard (0...Self.maximumPrice).contains(price ?? 0) else {
            throw Refusal(
                "Price must be between 0 and \(Self.maximumPrice)", field: ["order", "lineItems", "\(position)", "price"], code: "INVALID")
        }
        if let variantID = line.variantID {
            guard let (product, variant) = state.variant(variantID) else {
                throw Refusal(
                    "Variant does not exist", field: ["order", "lineItems", "\(position)", "variantId"], code: "PRODUCT_VARIANT_NOT_FOUND")
            }
            var made = ShopLine(product, variant, id: state.ids.next(.line), quantity: line.quantity, fallbackLocation: state.mainLocation)
            made.unitPrice = price ?? made.unitPrice
            return made
        }
        guard let title = line.title, let price else {
            throw Refusal("Title can't be blank", field: ["order", "lineItems", "\(position)", "title"], code: "INVALID")
        }
        return ShopLine(
            id: state.ids.next(.line), sku: line.sku, title: title, quantity: line.quantity, unitPrice: price,
            locationID: state.mainLocation)
    }
}
