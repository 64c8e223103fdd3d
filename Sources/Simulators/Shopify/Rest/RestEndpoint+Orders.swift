import Foundation

extension RestEndpoint {
    func orders(_ request: ShopRequest, seesAll: Bool, apiVersion: String) throws -> ShopAnswer {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 1):
            return try RestOrderList(request: request, seesAll: seesAll, apiVersion: apiVersion, now: store.now).answer(from: store)
        case ("GET", 2) where path[1] == "count":
            return try RestOrderList(request: request, seesAll: seesAll, apiVersion: apiVersion, now: store.now).count(in: store)
        case ("POST", 1):
            let input = try Self.object("order", of: request)
            return try store.change { state, now in
                let order = try PushedOrder(rest: input).place(at: now, in: &state)
                return .json(["order": state.restOrder(order)], status: 201)
            }
        case (_, 2...): return try order(request, id: try Self.id(path[1]), seesAll: seesAll)
        default: return .notFound
        }
    }

    private func order(_ request: ShopRequest, id: Int64, seesAll: Bool) throws -> ShopAnswer {
        let wall = seesAll ? Int64.min : store.now - GraphSchema.recentSeconds
        guard store.read({ ($0.orders[id]?.createdAt ?? .min) >= wall && $0.orders[id] != nil }) else { return .notFound }
        if request.path.count > 3, request.path[2] == "fulfillments" {
            // The older path of one fulfilment, which official clients still use for cancelling.
            var inner = request
            inner.path = ["fulfillments"] + request.path.dropFirst(3)
            return try fulfillments(inner)
        }
        let fields = request.parameter("fields")
        switch (request.method, request.path.dropFirst(2).joined(separator: "/")) {
        case ("GET", ""): return try show(id) { state, order in ["order": state.restOrder(order).keeping(fields)] }
        case ("GET", "fulfillment_orders"):
            return try show(id) { state, order in
                ["fulfillment_orders": .array(order.fulfillmentOrders.map { state.restFulfillmentOrder($0, of: order) })]
            }
        case ("GET", "fulfillments"):
            return try show(id) { state, order in
                [
                    "fulfillments": .array(
                        order.fulfilments.map { RestFulfilment(fulfilment: $0, of: RestOrder(order: order, state: state)).json() })
                ]
            }
        case ("GET", "transactions"):
            return try show(id) { state, order in
                ["transactions": .array(order.transactions.map(RestOrder(order: order, state: state).transaction))]
            }
        case ("GET", "refunds"):
            return try show(id) { state, order in ["refunds": .array(order.refunds.map(RestOrder(order: order, state: state).refund))] }
        case ("PUT", ""): return try update(id, try Self.object("order", of: request))
        case ("POST", "cancel"): return try cancel(id, request)
        case ("POST", "close"), ("POST", "open"):
            let closes = request.path[2] == "close"
            return try changed { state, now in try state.amend(id, at: now) { order throws(Refusal) in order.closedAt = closes ? now : nil }
            }
        case ("POST", "transactions"):
            let order = try store.change { state, now in try state.pay(id, at: now) }
            return store.read { state in
                .json(["transaction": order.transactions.last.map(RestOrder(order: order, state: state).transaction) ?? .null], status: 201)
            }
        case ("POST", "refunds"): return try refund(id, try Self.object("refund", of: request))
        default: return .notFound
        }
    }

    private func show(_ id: Int64, _ body: (ShopState, ShopOrder) -> JSONNode) throws -> ShopAnswer {
        try store.read { state in .json(body(state, try state.order(id))) }
    }

    private func changed(status: Int = 200, _ body: (inout ShopState, Int64) throws -> ShopOrder) throws -> ShopAnswer {
        try store.change { state, now in .json(["order": state.restOrder(try body(&state, now))], status: status) }
    }

    private func update(_ id: Int64, _ input: JSONNode) throws -> ShopAnswer {
        try changed { state, now in
            try state.amend(id, at: now) { order throws(Refusal) in
                if let note = input["note"] { order.note = note.string }
                if let tags = input["tags"]?.string {
                    order.tags = tags.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
                }
                if let email = input["email"]?.string { order.email = email }
                if let phone = input["phone"]?.string { order.phone = phone }
                if let address = input["shipping_address"], !address.isNull {
                    order.shipping = ShopAddress(input: address, over: order.shipping)
                }
                if let pairs = input["note_attributes"]?.elements {
                    order.noteAttributes = pairs.map { NamePair(name: $0["name"]?.string ?? "", value: $0["value"]?.plainText ?? "") }
                }
            }
        }
    }

    /// REST cancels at once, unlike GraphQL.
    private func cancel(_ id: Int64, _ request: ShopRequest) throws -> ShopAnswer {
        // An empty body is allowed: everything has its default.
        let input = (try? JSONNode(parsing: request.body)) ?? .object([])
        let reason = input["reason"]?.string ?? "other"
        guard ["customer", "declined", "fraud", "inventory", "staff", "other"].contains(reason) else {
            throw Refusal("reason is invalid", field: ["reason"])
        }
        return try changed { state, now in
            try state.cancel(
                id, reason: reason, restock: input["restock"]?.flag ?? false, refunds: input["refund"] != nil || input["amount"] != nil,
                at: now)
        }
    }

    private func refund(_ id: Int64, _ input: JSONNode) throws -> ShopAnswer {
        let lines = (input["refund_line_items"]?.elements ?? []).map { ($0["line_item_id"]?.int64 ?? 0, $0["quantity"]?.int64 ?? 0) }
        return try store.change { state, now in
            let order = try state.refund(
                id, lines, shipping: input["shipping"]?["full_refund"]?.flag ?? false,
                restock: input["refund_line_items"]?.elements?.first?["restock_type"]?.string != "no_restock", note: input["note"]?.string,
                at: now)
            return .json(["refund": order.refunds.last.map(RestOrder(order: order, state: state).refund) ?? .null], status: 201)
        }
    }

    // MARK: Fulfilments

    func fulfillments(_ request: ShopRequest) throws -> ShopAnswer {
        if request.method == "GET", request.path.count == 2 {
            let id = try Self.id(request.path[1])
            return store.read { state in
                let order = state.orderOfFulfilment[id].flatMap { state.orders[$0] }
                return order.map { .json(["fulfillment": Self.fulfilment(id, of: $0, state)]) } ?? .notFound
            }
        }
        guard request.method == "POST" else { return .notFound }
        if request.path.count == 1 {
            let input = try Self.object("fulfillment", of: request)
            var ship = ShopState.ShipRequest(parts: [])
            for part in input["line_items_by_fulfillment_order"]?.elements ?? [] {
                let lines = part["fulfillment_order_line_items"]?.elements ?? []
                let quantities = Dictionary(lines.map { ($0["id"]?.int64 ?? 0, $0["quantity"]?.int64 ?? 0) }, uniquingKeysWith: +)
                ship.parts.append((part["fulfillment_order_id"]?.int64 ?? 0, lines.isEmpty ? nil : quantities))
            }
            if let info = input["tracking_info"] { ship.tracking = try TrackingEntry(input: info) }
            let asked = ship
            return try store.change { state, now in
                let (order, made) = try state.ship(asked, at: now)
                return .json(["fulfillment": Self.fulfilment(made.first ?? 0, of: order, state)], status: 201)
            }
        }
        let id = try Self.id(request.path[1])
        switch request.path.dropFirst(2).first {
        case "update_tracking":
            let tracking = try TrackingEntry(input: try Self.object("fulfillment", of: request)["tracking_info"] ?? .object([]))
            return try store.change { state, now in
                .json(["fulfillment": Self.fulfilment(id, of: try state.updateTracking(id, tracking, at: now), state)])
            }
        case "cancel":
            return try store.change { state, now in
                .json(["fulfillment": Self.fulfilment(id, of: try state.cancelFulfilment(id, at: now), state)])
            }
        default: return .notFound
        }
    }

    private static func fulfilment(_ id: Int64, of order: ShopOrder, _ state: ShopState) -> JSONNode {
        order.fulfilments.first { $0.id == id }.map { RestFulfilment(fulfilment: $0, of: RestOrder(order: order, state: state)).json() }
            ?? .null
    }

    func fulfillmentOrders(_ request: ShopRequest) throws -> ShopAnswer {
        guard request.path.count >= 2 else { return .notFound }
        let id = try Self.id(request.path[1])
        func answer(_ order: ShopOrder, _ state: ShopState) -> ShopAnswer {
            order.fulfillmentOrders.first { $0.id == id }.map { .json(["fulfillment_order": state.restFulfillmentOrder($0, of: order)]) }
                ?? .notFound
        }
        switch (request.method, request.path.dropFirst(2).first) {
        case ("GET", nil):
            return store.read { state in
                state.orderOfFulfillmentOrder[id].flatMap { state.orders[$0] }.map { answer($0, state) } ?? .notFound
            }
        case ("POST", "hold"):
            let reason = try Self.object("fulfillment_hold", of: request)["reason"]?.string ?? "other"
            return try store.change { state, now in answer(try state.setHold(id, reason: reason.uppercased(), at: now), state) }
        case ("POST", "release_hold"): return try store.change { state, now in answer(try state.setHold(id, reason: nil, at: now), state) }
        case ("POST", "move"):
            let location = try Self.object("fulfillment_order", of: request)["new_location_id"]?.int64 ?? 0
            return try store.change { state, now in answer(try state.move(id, to: location, at: now), state) }
        default: return .notFound
        }
    }
}

extension ShopState {
    func restOrder(_ order: ShopOrder) -> JSONNode {
        RestOrder(order: order, state: self, showsBuyer: access.hasProtectedDataApproval).json()
    }
}

extension JSONNode {
    /// Only these comma-separated members; all where nothing was asked.
    func keeping(_ fields: String?) -> JSONNode {
        guard let fields, !fields.isEmpty else { return self }
        let names = Set(fields.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        return .object(members.filter { names.contains($0.key) })
    }
}
