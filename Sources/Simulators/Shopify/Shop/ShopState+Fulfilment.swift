/// Shipping, seen from the API: several fulfilment orders of one order and one location go into one fulfilment call.
extension ShopState {
    struct ShipRequest {
        /// Fulfilment order id and quantities by its line ids; nil ships all that remains.
        var parts: [(fulfillmentOrder: Int64, quantities: [Int64: Int64]?)]
        var tracking: TrackingEntry?
    }

    /// - Returns: the order and the ids of the new fulfilments (one for each fulfilment order).
    mutating func ship(_ request: ShipRequest, at now: Int64) throws(Refusal) -> (order: ShopOrder, fulfilments: [Int64]) {
        guard let first = request.parts.first else { throw Refusal("No fulfillment orders were given.", field: ["fulfillment"]) }
        guard let orderID = orderOfFulfillmentOrder[first.fulfillmentOrder], var order = orders[orderID] else {
            throw Refusal("Fulfillment order does not exist.", field: ["fulfillment"])
        }
        var location: Int64?
        var parts: [(Int64, [Int64: Int64])] = []
        for part in request.parts {
            guard let whole = order.fulfillmentOrders.first(where: { $0.id == part.fulfillmentOrder }) else {
                throw Refusal("All fulfillment orders must belong to the same order.", field: ["fulfillment"])
            }
            guard location ?? whole.locationID == whole.locationID else {
                throw Refusal("All fulfillment orders must be assigned to the same location.", field: ["fulfillment"])
            }
            location = whole.locationID
            let quantities = part.quantities ?? whole.everythingRemaining
            try order.checkShippable(whole.id, quantities)
            parts.append((whole.id, quantities))
        }
        var made: [Int64] = []
        for (id, quantities) in parts {
            let fulfilment = ids.next(.fulfilment)
            order.ship(from: id, quantities, as: fulfilment, tracking: request.tracking, at: now)
            made.append(fulfilment)
        }
        save(&order, at: now)
        let event = uuid()
        for id in made { announceFulfilment(id, of: order, "fulfillments/create", event: event) }
        announce(
            order, [order.fulfillmentStatus == "fulfilled" ? "orders/fulfilled" : "orders/partially_fulfilled", "orders/updated"],
            event: event)
        return (order, made)
    }

    /// Ships everything of an order that may leave now, location by location.
    mutating func shipEverything(of id: Int64, tracking: TrackingEntry?, at now: Int64) throws(Refusal) -> ShopOrder {
        var order = try order(id)
        let open = order.fulfillmentOrders.filter { $0.supportedActions.contains("CREATE_FULFILLMENT") && $0.remaining > 0 }
        guard !open.isEmpty else { throw Refusal("Nothing remains to be fulfilled.", field: ["fulfillment"]) }
        for whole in open { order = try ship(ShipRequest(parts: [(whole.id, nil)], tracking: tracking), at: now).order }
        return order
    }

    mutating func updateTracking(_ fulfilmentID: Int64, _ tracking: TrackingEntry, at now: Int64) throws(Refusal) -> ShopOrder {
        try changeFulfilment(fulfilmentID, topic: "fulfillments/update", at: now) { fulfilment throws(Refusal) in
            guard fulfilment.isLive else { throw Refusal("Fulfillment is cancelled.", field: ["fulfillmentId"]) }
            (fulfilment.company, fulfilment.numbers, fulfilment.urls) = (
                tracking.company ?? fulfilment.company, tracking.numbers, tracking.urls
            )
        }
    }

    mutating func addEvent(_ status: String, to fulfilmentID: Int64, happenedAt: Int64?, at now: Int64) throws(Refusal) -> (
        order: ShopOrder, event: Int64
    ) {
        guard ShopFulfilment.eventStatuses.contains(status) else {
            throw Refusal("Status is invalid", field: ["fulfillmentEvent", "status"])
        }
        let event = ids.next(.fulfilmentEvent)
        let order = try changeFulfilment(fulfilmentID, topic: "fulfillments/update", at: now) { fulfilment throws(Refusal) in
            guard fulfilment.isLive else { throw Refusal("Fulfillment is cancelled.", field: ["fulfillmentEvent", "fulfillmentId"]) }
            fulfilment.events.append(.init(id: event, status: status, happenedAt: happenedAt ?? now))
        }
        announceCarrierEvent(event, of: fulfilmentID, order)
        return (order, event)
    }

    private mutating func changeFulfilment(
        _ id: Int64, topic: String, at now: Int64, _ body: (inout ShopFulfilment) throws(Refusal) -> Void
    ) throws(Refusal) -> ShopOrder {
        guard let orderID = orderOfFulfilment[id], var order = orders[orderID],
            let index = order.fulfilments.firstIndex(where: { $0.id == id })
        else {
            throw Refusal("Fulfillment does not exist.", field: ["fulfillmentId"])
        }
        try body(&order.fulfilments[index])
        order.fulfilments[index].updatedAt = now
        save(&order, at: now)
        let event = uuid()
        announceFulfilment(id, of: order, topic, event: event)
        announce(order, ["orders/updated"], event: event)
        return order
    }

    mutating func cancelFulfilment(_ id: Int64, at now: Int64) throws(Refusal) -> ShopOrder {
        guard let orderID = orderOfFulfilment[id], var order = orders[orderID] else {
            throw Refusal("Fulfillment not found.", field: ["id"])
        }
        var ids = ids
        try order.unship(id, newID: ids.next(.fulfillmentOrder), lineID: { ids.next(.fulfillmentOrderLine) }, at: now)
        self.ids = ids
        save(&order, at: now)
        let event = uuid()
        announceFulfilment(id, of: order, "fulfillments/update", event: event)
        announce(order, ["orders/updated"], event: event)
        return order
    }

    mutating func setHold(_ fulfillmentOrder: Int64, reason: String?, at now: Int64) throws(Refusal) -> ShopOrder {
        try changeFulfillmentOrder(fulfillmentOrder, at: now) { whole throws(Refusal) in
            if let reason {
                guard whole.supportedActions.contains("HOLD") else {
                    throw Refusal("Fulfillment order cannot be put on hold.", field: ["id"])
                }
                (whole.status, whole.holdReason) = (.onHold, reason)
            } else {
                guard whole.status == .onHold else { throw Refusal("Fulfillment order is not on hold.", field: ["id"]) }
                (whole.status, whole.holdReason) = (whole.lines.contains { $0.remaining < $0.total } ? .inProgress : .open, nil)
            }
        }
    }

    mutating func move(_ fulfillmentOrder: Int64, to location: Int64, at now: Int64) throws(Refusal) -> ShopOrder {
        guard let orderID = orderOfFulfillmentOrder[fulfillmentOrder], var order = orders[orderID] else {
            throw Refusal("Fulfillment order does not exist.", field: ["id"])
        }
        guard self.location(location)?.isActive ?? false else {
            throw Refusal("Location does not exist or is not active.", field: ["newLocationId"])
        }
        var ids = ids
        try order.move(
            fulfillmentOrder, to: location, newID: ids.next(.fulfillmentOrder), lineID: { ids.next(.fulfillmentOrderLine) }, at: now)
        self.ids = ids
        save(&order, at: now)
        announce(order, ["orders/updated"])
        return order
    }

    private mutating func changeFulfillmentOrder(
        _ id: Int64, at now: Int64, _ body: (inout FulfillmentOrder) throws(Refusal) -> Void
    ) throws(Refusal) -> ShopOrder {
        guard let orderID = orderOfFulfillmentOrder[id], var order = orders[orderID],
            let index = order.fulfillmentOrders.firstIndex(where: { $0.id == id })
        else { throw Refusal("Fulfillment order does not exist.", field: ["id"]) }
        try body(&order.fulfillmentOrders[index])
        order.fulfillmentOrders[index].updatedAt = now
        save(&order, at: now)
        announce(order, ["orders/updated"])
        return order
    }
}
