/// The writing half of the API. Each mutation changes the state and answers with its payload; business rules come back as `userErrors`.
struct GraphMutations {
    let apiVersion: String
    let now: Int64
    let scopes: Set<String>
    /// Development and trial shops take five new orders a minute from the API (platforms/shopify.md §6.6).
    let limitsNewOrders: Bool

    /// - Returns: nil when there is no such mutation.
    func perform(_ name: String, _ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject? {
        if let scope = Self.scope(of: name) { try schema(state).require(scope, for: name) }
        switch name {
        case "tagsAdd", "tagsRemove": return try tags(arguments, adds: name == "tagsAdd", on: &state)
        case "orderUpdate": return try orderUpdate(arguments, on: &state)
        case "orderCancel": return try orderCancel(arguments, on: &state)
        case "orderClose", "orderOpen": return try orderClose(arguments, closes: name == "orderClose", on: &state)
        case "orderMarkAsPaid", "orderCapture": return try orderPaid(arguments, name, on: &state)
        case "orderCreate": return try orderCreate(arguments, on: &state)
        case "refundCreate": return try refundCreate(arguments, on: &state)
        case "fulfillmentCreate", "fulfillmentCreateV2": return try fulfillmentCreate(arguments, on: &state)
        case "fulfillmentTrackingInfoUpdate", "fulfillmentTrackingInfoUpdateV2": return try trackingUpdate(arguments, on: &state)
        case "fulfillmentEventCreate": return try eventCreate(arguments, on: &state)
        case "fulfillmentCancel": return try fulfillmentCancel(arguments, on: &state)
        case "fulfillmentOrderHold", "fulfillmentOrderReleaseHold":
            return try hold(arguments, holds: name == "fulfillmentOrderHold", on: &state)
        case "fulfillmentOrderMove": return try move(arguments, on: &state)
        case "webhookSubscriptionCreate": return try webhookCreate(arguments, on: &state)
        case "webhookSubscriptionUpdate": return try webhookUpdate(arguments, on: &state)
        case "webhookSubscriptionDelete": return try webhookDelete(arguments, on: &state)
        case "inventorySetQuantities": return try inventorySet(arguments, on: &state)
        case "productVariantsBulkUpdate": return try variantsUpdate(arguments, on: &state)
        case "appUninstall": return appUninstall(on: &state)
        default: return nil
        }
    }

    private static func scope(of name: String) -> String? {
        if name.hasPrefix("fulfillmentOrder") { return "write_merchant_managed_fulfillment_orders" }
        if name.hasPrefix("fulfillment") { return "write_merchant_managed_fulfillment_orders" }
        if name.hasPrefix("order") || name.hasPrefix("tags") || name.hasPrefix("refund") { return "write_orders" }
        if name.hasPrefix("inventory") { return "write_inventory" }
        return name.hasPrefix("product") ? "write_products" : nil
    }

    func schema(_ state: ShopState) -> GraphSchema { GraphSchema(state: state, apiVersion: apiVersion, now: now, scopes: scopes) }

    // MARK: Payloads

    func payload(_ type: String, _ fields: [String: GraphValue], _ refusals: [Refusal] = [], errorsField: String? = nil) -> GraphObject {
        let errors = GraphValue.objects(
            refusals.map { refusal in
                GraphObject("UserError") { name, _ throws(GraphProblem) in
                    switch name {
                    case "field": refusal.field.map(GraphValue.texts) ?? .null
                    case "message": .text(refusal.message)
                    case "code": .text(refusal.code)
                    default: nil
                    }
                }
            })
        return GraphObject(type) { name, _ throws(GraphProblem) in
            name == "userErrors" || name == errorsField ? errors : fields[name]
        }
    }

    /// Runs a change and answers with its payload, or with the refusal and null in every field.
    func attempt(
        _ type: String, nulls: [String], errorsField: String? = nil, _ body: () throws(Refusal) -> [String: GraphValue]
    ) -> GraphObject {
        do throws(Refusal) {
            return payload(type, try body(), errorsField: errorsField)
        } catch {
            return payload(
                type, Dictionary(nulls.map { ($0, .null) }, uniquingKeysWith: { first, _ in first }), [error], errorsField: errorsField)
        }
    }
}

extension GraphArguments {
    /// As the platform's validation says it.
    func require(_ names: String...) throws(GraphProblem) {
        let missing = names.filter { values[$0] == nil }
        guard missing.isEmpty else {
            throw GraphProblem(
                message: "Field '\(field.name)' is missing required arguments: \(missing.joined(separator: ", "))",
                code: "missingRequiredArguments",
                line: field.line, column: field.column,
                details: ["className": "Field", "name": field.name, "arguments": missing.joined(separator: ", ")])
        }
    }

    func object(_ name: String) throws(GraphProblem) -> JSONNode {
        try require(name)
        guard let value = self[name], case .object = value else {
            throw GraphProblem(
                message: "Argument '\(name)' on Field '\(field.name)' has an invalid value.", code: "argumentLiteralsIncompatible")
        }
        return value
    }

    /// From 2026-04 inventory and refund writes must carry `@idempotent(key:)` (platforms/shopify.md §7).
    func requireIdempotency() throws(GraphProblem) -> String {
        guard let idempotencyKey, !idempotencyKey.isEmpty else {
            throw GraphProblem(
                message: "The @idempotent directive is required for this mutation but was not provided.", code: "BAD_REQUEST",
                line: field.line,
                column: field.column, path: [field.key])
        }
        return idempotencyKey
    }
}
