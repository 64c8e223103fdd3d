extension GraphMutations {
    func tags(_ arguments: GraphArguments, adds: Bool, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        try arguments.require("id", "tags")
        let id = try arguments.number("id", type: "Order")
        let words = arguments["tags"]?.elements?.compactMap(\.string) ?? [arguments["tags"]?.string].compactMap(\.self)
        return attempt(adds ? "TagsAddPayload" : "TagsRemovePayload", nulls: ["node"]) { () throws(Refusal) in
            let order = try state.amend(id, at: now) { order throws(Refusal) in
                if adds {
                    for word in words where !order.tags.contains(word) { order.tags.append(word) }
                } else {
                    order.tags.removeAll(where: words.contains)
                }
            }
            return ["node": .object(schema(state).order(order))]
        }
    }

    func orderUpdate(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let input = try arguments.object("input")
        let id = try arguments.globalID(input["id"], "Order", of: "input")
        return attempt("OrderUpdatePayload", nulls: ["order"]) { () throws(Refusal) in
            let order = try state.amend(id, at: now) { order throws(Refusal) in
                if let tags = input["tags"]?.elements { order.tags = tags.compactMap(\.string) }
                if let note = input["note"] { order.note = note.string }
                if let email = input["email"]?.string { order.email = email }
                if let phone = input["phone"]?.string { order.phone = phone }
                if let pairs = input["customAttributes"]?.elements {
                    order.noteAttributes = pairs.map { NamePair(name: $0["key"]?.string ?? "", value: $0["value"]?.string ?? "") }
                }
                if let address = input["shippingAddress"] { order.shipping = ShopAddress(input: address, over: order.shipping) }
            }
            return ["order": .object(schema(state).order(order))]
        }
    }

    /// Accepts or refuses at once; what was accepted is carried out when its job is due (platforms/shopify.md §6.2).
    func orderCancel(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        try arguments.require("orderId", "reason", "restock")
        let id = try arguments.number("orderId", type: "Order")
        let reason = arguments["reason"]?.string ?? ""
        guard ["CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "STAFF", "OTHER"].contains(reason) else {
            throw GraphProblem(
                message: "Argument 'reason' on Field 'orderCancel' has an invalid value (\(reason)). Expected type 'OrderCancelReason!'.",
                code: "argumentLiteralsIncompatible", line: arguments.field.line, column: arguments.field.column)
        }
        let refunds = arguments["refund"]?.flag ?? arguments["refundMethod"]?["originalPaymentMethodsRefund"]?.flag ?? false
        return attempt("OrderCancelPayload", nulls: ["job"], errorsField: "orderCancelUserErrors") { () throws(Refusal) in
            let order = try state.order(id)
            try state.checkCancellable(order)
            if order.financialStatus == "authorized" {
                throw Refusal("Cannot cancel an order with pending payment authorizations", field: ["orderId"], code: "INVALID")
            }
            guard !state.jobs.values.contains(where: { $0.orderID == id && !$0.isDone }) else {
                throw Refusal("A cancellation of this order is already in progress", field: ["orderId"], code: "INVALID")
            }
            if arguments["restock"]?.flag ?? false, order.captured > 0,
                let gone = order.lines.first(where: { state.location($0.locationID)?.isActive == false })
            {
                throw Refusal("Cannot restock \(gone.title): the location is deactivated", field: ["restock"], code: "INVALID")
            }
            let job = "gid://shopify/Job/\(state.uuid())"
            state.jobs[job] = CancelJob(
                orderID: id, reason: reason.lowercased(), restock: arguments["restock"]?.flag ?? false, refunds: refunds)
            state.startedJobs.append(job)
            return ["job": .object(schema(state).job(job, isDone: false))]
        }
    }

    func orderClose(_ arguments: GraphArguments, closes: Bool, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let id = try arguments.globalID(try arguments.object("input")["id"], "Order", of: "input")
        return attempt(closes ? "OrderClosePayload" : "OrderOpenPayload", nulls: ["order"]) { () throws(Refusal) in
            let order = try state.amend(id, at: now) { order throws(Refusal) in order.closedAt = closes ? now : nil }
            return ["order": .object(schema(state).order(order))]
        }
    }

    /// `orderMarkAsPaid(input:{id})`, `orderCapture(input:{id, amount})`.
    func orderPaid(_ arguments: GraphArguments, _ name: String, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let id = try arguments.globalID(try arguments.object("input")["id"], "Order", of: "input")
        let isCapture = name == "orderCapture"
        return attempt(isCapture ? "OrderCapturePayload" : "OrderMarkAsPaidPayload", nulls: isCapture ? ["transaction"] : ["order"]) {
            () throws(Refusal) in
            if isCapture, try state.order(id).financialStatus != "authorized" { throw Refusal("Order is not capturable", field: ["input"]) }
            let order = try state.pay(id, at: now)
            let schema = schema(state)
            return isCapture
                ? ["transaction": .optional(order.transactions.last.map { schema.transaction($0, of: order) })]
                : ["order": .object(schema.order(order))]
        }
    }

    func refundCreate(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let key = try arguments.requireIdempotency()
        let input = try arguments.object("input")
        let id = try arguments.globalID(input["orderId"], "Order", of: "input")
        var quantities: [(Int64, Int64)] = []
        for entry in input["refundLineItems"]?.elements ?? [] {
            quantities.append((try arguments.globalID(entry["lineItemId"], "LineItem", of: "input"), entry["quantity"]?.int64 ?? 0))
        }
        return attempt("RefundCreatePayload", nulls: ["refund", "order"]) { () throws(Refusal) in
            let known = try idempotent(key, input, in: state)
            let order: ShopOrder
            if known != nil {
                order = try state.order(id)
            } else {
                let shipping = input["shipping"]?["fullRefund"]?.flag ?? false
                order = try state.refund(
                    id, quantities, shipping: shipping,
                    restock: input["refundLineItems"]?.elements?.first?["restockType"]?.string != "NO_RESTOCK",
                    note: input["note"]?.string, at: now)
                state.idempotency[key] = IdempotentRecord(parameters: input, answer: JSONNode(order.refunds.last?.id))
            }
            let schema = schema(state)
            let refund = order.refunds.first { $0.id == (known?.int64 ?? order.refunds.last?.id) }
            return ["refund": .optional(refund.map { schema.refund($0, of: order) }), "order": .object(schema.order(order))]
        }
    }

    /// The answer a key already had; nil for a new key. The same key with other parameters is refused.
    func idempotent(_ key: String, _ parameters: JSONNode, in state: ShopState) throws(Refusal) -> JSONNode? {
        guard let record = state.idempotency[key] else { return nil }
        guard record.parameters == parameters else {
            throw Refusal("The idempotency key was used with other parameters.", field: nil, code: "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
        }
        return record.answer
    }

    func orderCreate(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let input = try arguments.object("order")
        return attempt("OrderCreatePayload", nulls: ["order"]) { () throws(Refusal) in
            if limitsNewOrders, state.orders.values.count(where: { $0.sourceName == "580111" && $0.createdAt > now - 60 }) >= 5 {
                throw Refusal("Too many attempts. Please try again later.", field: nil)
            }
            let order = try PushedOrder(graph: input).place(at: now, in: &state)
            return ["order": .object(schema(state).order(order))]
        }
    }
}

extension ShopAddress {
    /// A GraphQL `MailingAddressInput` (`countryCode`, `provinceCode`) or a REST address, over what was there.
    init(input: JSONNode, over old: ShopAddress?) {
        func text(_ names: String...) -> String? { names.lazy.compactMap { input[$0]?.string }.first }
        let code = text("countryCode", "country_code") ?? old?.countryCode ?? ""
        self.init(
            firstName: text("firstName", "first_name") ?? old?.firstName ?? "",
            lastName: text("lastName", "last_name") ?? old?.lastName ?? "",
            company: text("company") ?? old?.company, address1: text("address1") ?? old?.address1 ?? "",
            address2: text("address2") ?? old?.address2,
            city: text("city") ?? old?.city ?? "", province: text("province") ?? old?.province,
            provinceCode: text("provinceCode", "province_code") ?? old?.provinceCode, zip: text("zip") ?? old?.zip,
            country: text("country") ?? old?.country ?? code, countryCode: code, phone: text("phone") ?? old?.phone)
    }
}
