import Domain
import HTTPTypes
import Hub
import Hummingbird

/// Orders that can travel together: the plan with what it saves, what was kept of it, changed, undone, let go.
struct ConsolidationRoutes {
    let hub: Hub
    static let maximumGroups = 500

    func add(to api: RouterGroup<AppContext>) {
        api.get("consolidations", use: standing)
        api.post("consolidations", use: keep)
        api.get("consolidations/plan", use: plan)
        api.post("consolidations/:id/go", use: go)
        api.post("consolidations/:id/undo", use: undo)
        api.post("consolidations/:id/take-out", use: takeOut)
    }

    // MARK: the plan

    struct PlanView: Encodable {
        struct Group: Encodable {
            var orders: [OrderID], numbers: [String], carrier: String, carrierChannel: ChannelID
            var service: String?
            var weightGrams: Int, currency: String, codMinor: Int64
            var singleMinor: Int64?, togetherMinor: Int64?, savingMinor: Int64?
        }
        struct Apart: Encodable { var order: OrderID, number: String, reason: ConsolidationPlan.Apart.Reason }
        var groups: [Group], apart: [Apart]
    }

    private func carrier(_ id: ChannelID) -> String { hub.channels.directory.channel(id)?.name ?? "" }

    private func view(_ group: ConsolidationPlan.Group) -> PlanView.Group {
        PlanView.Group(orders: group.orders, numbers: group.numbers, carrier: carrier(group.carrier), carrierChannel: group.carrier, service: group.service, weightGrams: group.grams, currency: group.currency,
                       codMinor: group.codMinor, singleMinor: group.singleMinor, togetherMinor: group.togetherMinor, savingMinor: group.savingMinor)
    }

    @Sendable private func plan(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let text = try request.query["by"] ?? ConsolidationKey.buyer.rawValue, cutoff = try APIRead.time(request, "placedBefore")
        guard let key = ConsolidationKey(rawValue: text) else { throw APIRead.invalid("by", ConsolidationKey.allCases.map(\.rawValue).joined(separator: " or ")) }
        let plan = try await hub.shipping.consolidations.plan(by: key, placedBefore: cutoff)
        return try APIWrite.json(PlanView(groups: plan.groups.map(view), apart: plan.apart.map { PlanView.Apart(order: $0.order, number: $0.number, reason: $0.reason) }))
    }

    // MARK: what was kept

    struct View: Encodable {
        var id: String, carrier: String, carrierChannel: ChannelID, state: Consolidation.State, orders: [OrderID], currency: String
        var singleMinor: Int64?, togetherMinor: Int64?, savingMinor: Int64?
        var madeBy: String, madeAt: Timestamp
    }

    private func view(_ one: Consolidation) -> View {
        View(id: "\(one.id)", carrier: carrier(one.channel), carrierChannel: one.channel, state: one.state, orders: one.orders, currency: one.currency, singleMinor: one.singleMinor,
             togetherMinor: one.togetherMinor, savingMinor: one.savingMinor, madeBy: one.madeBy, madeAt: one.madeAt)
    }

    @Sendable private func standing(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        return try APIWrite.json(APIWrite.Page(data: try await hub.shipping.consolidations.open().map(view), nextCursor: nil))
    }

    struct Keep: Decodable { var by: ConsolidationKey, placedBefore: Timestamp?, groups: [[OrderID]] }

    /// Keeps groups of the plan as it stands now, each with the orders that are named.
    @Sendable private func keep(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), body = try await APIRead.body(Keep.self, request), desk = hub.shipping.consolidations
        guard (1...Self.maximumGroups).contains(body.groups.count) else { throw APIProblem(.unprocessableContent, "invalid_body", "Name 1 to \(Self.maximumGroups) groups.", pointer: "/groups") }
        for (index, orders) in body.groups.enumerated() {
            guard (2...ConsolidationPlan.maximumOrders).contains(orders.count), Set(orders).count == orders.count else {
                throw APIProblem(.unprocessableContent, "invalid_body", "A group is 2 to \(ConsolidationPlan.maximumOrders) different orders.", pointer: "/groups/\(index)")
            }
        }
        let plan = try await desk.plan(by: body.by, placedBefore: body.placedBefore), kept = try await desk.keep(plan.choices(of: body.groups), by: caller.name)
        guard !kept.isEmpty else { throw APIProblem(.conflict, "plan_changed", "The plan has none of these groups. Read it again.") }
        return try APIWrite.json(APIWrite.Page(data: kept.map(view), nextCursor: nil))
    }

    private func answer(_ id: Int64) async throws -> Response { try APIWrite.json(view(try await hub.shipping.consolidations.find(id))) }

    @Sendable private func go(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try ShippingRoutes.id(context, "consolidation")
        try await hub.shipping.consolidations.release(id, by: caller.name)
        return try await answer(id)
    }

    @Sendable private func undo(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersWrite)
        let id = try ShippingRoutes.id(context, "consolidation")
        try await hub.shipping.consolidations.undo(id)
        return try await answer(id)
    }

    struct TakeOut: Decodable { var order: OrderID }

    @Sendable private func takeOut(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersWrite)
        let id = try ShippingRoutes.id(context, "consolidation"), body = try await APIRead.body(TakeOut.self, request)
        return try APIWrite.json(view(try await hub.shipping.consolidations.remove(body.order, from: id)))
    }
}
