package import Connect
package import Domain

enum FulfilmentQueries {
    static let state = GraphQLDocument(name: "fulfilmentState", text: """
        query fulfilmentState($id:ID!){order(id:$id){id cancelledAt \
        fulfillments(first:50){id status trackingInfo{number} fulfillmentLineItems(first:100){nodes{quantity lineItem{id}}}} \
        fulfillmentOrders(first:20){nodes{id status requestStatus supportedActions{action} assignedLocation{location{id}} \
        lineItems(first:100){pageInfo{hasNextPage endCursor} nodes{id remainingQuantity totalQuantity lineItem{id}}}}}}}
        """)
    static let lines = GraphQLDocument(name: "fulfilmentOrderLines", text: """
        query fulfilmentOrderLines($id:ID!,$after:String){fulfillmentOrder(id:$id){lineItems(first:100,after:$after){pageInfo{hasNextPage endCursor} \
        nodes{id remainingQuantity totalQuantity lineItem{id}}}}}
        """)
    /// 2,000 lines of one fulfilment order.
    static let largestLinePages = 20
    static let create = GraphQLDocument(name: "fulfillmentCreate", text: """
        mutation fulfillmentCreate($fulfillment:FulfillmentInput!){fulfillmentCreate(fulfillment:$fulfillment)\
        {fulfillment{id status trackingInfo{number url}} userErrors{field message}}}
        """)
    static let cancel = GraphQLDocument(name: "orderCancel", text: """
        mutation orderCancel($orderId:ID!,$reason:OrderCancelReason!,$restock:Boolean!,$refundMethod:OrderCancelRefundMethodInput,$notifyCustomer:Boolean,$staffNote:String)\
        {orderCancel(orderId:$orderId,reason:$reason,restock:$restock,refundMethod:$refundMethod,notifyCustomer:$notifyCustomer,staffNote:$staffNote)\
        {job{id done} orderCancelUserErrors{field message code} userErrors{field message}}}
        """)
    static let cancelled = GraphQLDocument(name: "orderCancelled", text: "query orderCancelled($id:ID!){order(id:$id){id cancelledAt}}")
    static let job = GraphQLDocument(name: "job", text: "query job($id:ID!){job(id:$id){id done}}")
}

extension ShopifyConnector: FulfilsOrders {
    /// Marks the shipment's contents as sent on the order's fulfilment orders, one call a location, with the tracking number.
    ///
    /// The platform keeps no key of ours: what is marked already is looked up by tracking number first, so that a repeat after a lost answer marks the rest only.
    /// - Throws: `.alreadyDone` when nothing is left; `.refused` with `on_hold`, `nothing_to_fulfil`, `partly_fulfilled`, `cancelled` for what a person decides.
    package func markShipped(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError) {
        struct Payload: Decodable { let order: FulfilmentState? }
        let id = order.snapshot.externalID
        guard var state = try await api.call(FulfilmentQueries.state, ["id": .text(Self.orderGID(id))]).data(Payload.self).order else {
            throw .refused(platformCode: "not_found", platformMessage: "Shopify has no order \(order.snapshot.externalNumber), or it is older than 60 days")
        }
        for index in state.fulfillmentOrders.nodes.indices { try await readRemainingLines(&state.fulfillmentOrders.nodes[index]) }
        let plan = FulfilmentPlan(state, shipment: shipment)
        if plan.isDone { throw .alreadyDone }
        if state.cancelledAt != nil { throw .refused(platformCode: "cancelled", platformMessage: "order \(order.snapshot.externalNumber) is cancelled at the shop") }
        for parts in plan.calls { try await fulfil(parts, shipment) }
        try Self.raiseUnplaced(plan, order.snapshot)
    }

    private func readRemainingLines(_ order: inout FulfilmentState.FulfilmentOrder) async throws(ConnectorError) {
        struct Payload: Decodable { let fulfillmentOrder: Order?; struct Order: Decodable { let lineItems: FulfilmentState.FulfilmentOrder.Lines } }
        for _ in 0..<FulfilmentQueries.largestLinePages {
            guard let cursor = order.lineItems.nextCursor else { return }
            let answer = try await api.call(FulfilmentQueries.lines, ["id": .text(order.id), "after": .text(cursor)])
            guard let page = try answer.data(Payload.self).fulfillmentOrder?.lineItems else { return }
            order.lineItems.nodes += page.nodes
            order.lineItems.pageInfo = page.pageInfo
        }
    }

    private func fulfil(_ parts: [FulfilmentPlan.Part], _ shipment: Shipment) async throws(ConnectorError) {
        struct Payload: Decodable { let fulfillmentCreate: Inner; struct Inner: Decodable { let userErrors: [UserError]? } }
        let answer = try await api.call(FulfilmentQueries.create, ["fulfillment": Self.fulfilment(parts, shipment, notifiesCustomer: settings.notifiesCustomer)])
        try UserError.raise(try answer.data(Payload.self).fulfillmentCreate.userErrors ?? [], code: "fulfilment_refused")
    }

    static func fulfilment(_ parts: [FulfilmentPlan.Part], _ shipment: Shipment, notifiesCustomer: Bool) -> GraphQLValue {
        var input: [String: GraphQLValue] = ["notifyCustomer": .flag(notifiesCustomer)]
        input["trackingInfo"] = Tracking.input(for: shipment)
        input["lineItemsByFulfillmentOrder"] = .list(parts.map { part in
            var lines: [String: GraphQLValue] = ["fulfillmentOrderId": .text(part.fulfilmentOrderID)]
            if !part.lines.isEmpty { lines["fulfillmentOrderLineItems"] = .list(part.lines.map { ["id": .text($0.id), "quantity": .integer($0.quantity)] }) }
            return .object(lines)
        })
        return .object(input)
    }

    /// What could not be marked is told, after the rest was marked.
    private static func raiseUnplaced(_ plan: FulfilmentPlan, _ snapshot: OrderSnapshot) throws(ConnectorError) {
        guard plan.calls.isEmpty || !plan.unplaced.isEmpty else { return }
        let lines = plan.unplaced.sorted { $0.key < $1.key }.map { id, quantity in
            "\(quantity) of \(snapshot.lines.first { $0.externalLineID == id }.map { $0.sku ?? $0.title } ?? "line \(id)")"
        }.joined(separator: ", ")
        if plan.isBlockedByHold { throw .refused(platformCode: "on_hold", platformMessage: "the order is on hold at the shop\(lines.isEmpty ? "" : " (\(lines))"): release it there, then retry") }
        if plan.calls.isEmpty { throw .refused(platformCode: "nothing_to_fulfil", platformMessage: "nothing of this shipment is left to be fulfilled at the shop\(lines.isEmpty ? "" : " (\(lines))")") }
        throw .refused(platformCode: "partly_fulfilled", platformMessage: "marked as shipped except \(lines): the shop has none of it left to fulfil")
    }
}
