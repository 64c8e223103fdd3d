extension GraphMutations {
    /// Ships by fulfilment orders; not idempotent: once nothing remains it is a user error (platforms/shopify.md §6.3).
    func fulfillmentCreate(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let input = try arguments.object("fulfillment")
        var request = ShopState.ShipRequest(parts: [])
        for part in input["lineItemsByFulfillmentOrder"]?.elements ?? [] {
            let id = try arguments.globalID(part["fulfillmentOrderId"], "FulfillmentOrder", of: "fulfillment")
            var quantities: [Int64: Int64]?
            if let lines = part["fulfillmentOrderLineItems"]?.elements, !lines.isEmpty {
                quantities = [:]
                for line in lines {
                    let lineID = try arguments.globalID(line["id"], "FulfillmentOrderLineItem", of: "fulfillment")
                    quantities?[lineID, default: 0] += line["quantity"]?.int64 ?? 0
                }
            }
            request.parts.append((id, quantities))
        }
        return attempt("FulfillmentCreatePayload", nulls: ["fulfillment"]) { () throws(Refusal) in
            if request.parts.contains(where: { ($0.quantities?.count ?? 0) > 512 }) {
                throw Refusal("Fulfillments can have at most 512 line items.", field: ["fulfillment"])
            }
            request.tracking = try input["trackingInfo"].map { info throws(Refusal) in try TrackingEntry(input: info) }
            let (order, made) = try state.ship(request, at: now)
            let fulfilment = order.fulfilments.first { $0.id == made.first }
            return ["fulfillment": .optional(fulfilment.map { schema(state).fulfilment($0, of: order) })]
        }
    }

    func trackingUpdate(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let info = try arguments.object("trackingInfoInput")
        let id = try arguments.number("fulfillmentId", type: "Fulfillment")
        return attempt("FulfillmentTrackingInfoUpdatePayload", nulls: ["fulfillment"]) { () throws(Refusal) in
            let order = try state.updateTracking(id, try TrackingEntry(input: info), at: now)
            return ["fulfillment": fulfilment(id, of: order, state)]
        }
    }

    func eventCreate(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let input = try arguments.object("fulfillmentEvent")
        let id = try arguments.globalID(input["fulfillmentId"], "Fulfillment", of: "fulfillmentEvent")
        let happenedAt = input["happenedAt"]?.string.flatMap(ShopTime.seconds(parsing:))
        return attempt("FulfillmentEventCreatePayload", nulls: ["fulfillmentEvent"]) { () throws(Refusal) in
            let (order, made) = try state.addEvent(input["status"]?.string ?? "", to: id, happenedAt: happenedAt, at: now)
            let event = order.fulfilments.first { $0.id == id }?.events.first { $0.id == made }
            return ["fulfillmentEvent": .optional(event.map(schema(state).event))]
        }
    }

    func fulfillmentCancel(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let id = try arguments.number("id", type: "Fulfillment")
        return attempt("FulfillmentCancelPayload", nulls: ["fulfillment"]) { () throws(Refusal) in
            ["fulfillment": fulfilment(id, of: try state.cancelFulfilment(id, at: now), state)]
        }
    }

    func hold(_ arguments: GraphArguments, holds: Bool, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let id = try arguments.number("id", type: "FulfillmentOrder")
        let reason = arguments["fulfillmentHold"]?["reason"]?.string ?? "OTHER"
        return attempt(holds ? "FulfillmentOrderHoldPayload" : "FulfillmentOrderReleaseHoldPayload", nulls: ["fulfillmentOrder"]) {
            () throws(Refusal) in
            let order = try state.setHold(id, reason: holds ? reason : nil, at: now)
            return ["fulfillmentOrder": fulfillmentOrder(id, of: order, state)]
        }
    }

    func move(_ arguments: GraphArguments, on state: inout ShopState) throws(GraphProblem) -> GraphObject {
        let id = try arguments.number("id", type: "FulfillmentOrder")
        let location = try arguments.number("newLocationId", type: "Location")
        let names = ["movedFulfillmentOrder", "originalFulfillmentOrder", "remainingFulfillmentOrder"]
        return attempt("FulfillmentOrderMovePayload", nulls: names) { () throws(Refusal) in
            let order = try state.move(id, to: location, at: now)
            let moved = order.fulfillmentOrders.last?.id ?? id
            return [names[0]: fulfillmentOrder(moved, of: order, state), names[1]: fulfillmentOrder(id, of: order, state), names[2]: .null]
        }
    }

    private func fulfilment(_ id: Int64, of order: ShopOrder, _ state: ShopState) -> GraphValue {
        .optional(order.fulfilments.first { $0.id == id }.map { schema(state).fulfilment($0, of: order) })
    }

    private func fulfillmentOrder(_ id: Int64, of order: ShopOrder, _ state: ShopState) -> GraphValue {
        .optional(order.fulfillmentOrders.first { $0.id == id }.map { schema(state).fulfillmentOrder($0, of: order) })
    }
}

extension TrackingEntry {
    /// `number` and `url`, or `numbers` and `urls`, never mixed (platforms/shopify.md §6.3). Both APIs share the words.
    init(input: JSONNode) throws(Refusal) {
        let (one, many) = (input["number"]?.string ?? input["url"]?.string, input["numbers"]?.elements ?? input["urls"]?.elements)
        if one != nil, many != nil { throw Refusal("Use number and url, or numbers and urls.", field: ["fulfillment", "trackingInfo"]) }
        company = input["company"]?.string
        numbers = input["numbers"]?.elements?.compactMap(\.string) ?? [input["number"]?.string].compactMap(\.self)
        urls = input["urls"]?.elements?.compactMap(\.string) ?? [input["url"]?.string].compactMap(\.self)
        // Links come by themselves only for carriers of the platform's list, spelled exactly so.
        guard urls.isEmpty, let company, let prefix = Self.links[company] else { return }
        urls = numbers.map { prefix + $0 }
    }

    private static let links = [
        "UPS": "https://www.ups.com/track?tracknum=", "FedEx": "https://www.fedex.com/fedextrack/?trknbr=",
        "DHL Express": "https://www.dhl.com/track?id=",
        "USPS": "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
    ]
}
