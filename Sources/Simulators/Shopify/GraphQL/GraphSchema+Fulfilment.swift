extension GraphSchema {
    func fulfillmentOrder(_ whole: FulfillmentOrder, of order: ShopOrder) -> GraphObject {
        GraphObject("FulfillmentOrder") { name, arguments throws(GraphProblem) in
            switch name {
            case "id": .id("FulfillmentOrder", whole.id)
            case "status": .text(whole.status.rawValue.uppercased())
            case "requestStatus": .text(whole.requestStatus.uppercased())
            case "createdAt": .time(whole.createdAt)
            case "updatedAt": .time(whole.updatedAt)
            case "fulfillAt": .null
            case "fulfillBy": .time(whole.fulfilBy)
            case "orderId": .id("Order", order.id)
            case "orderName": .text(order.name)
            case "order": .object(self.order(order))
            case "supportedActions":
                .objects(
                    whole.supportedActions.map { action in
                        GraphObject("FulfillmentOrderSupportedAction") { name, _ throws(GraphProblem) in
                            name == "action" ? .text(action) : name == "externalUrl" ? .null : nil
                        }
                    })
            case "fulfillmentHolds": .objects(whole.holdReason.map { [hold($0)] } ?? [])
            case "assignedLocation": .object(assignedLocation(whole.locationID))
            case "destination": try buyer(.optional(order.shipping.map { destination($0, of: order) }), name)
            case "deliveryMethod", "merchantRequests", "internationalDuties": .null
            case "lineItems":
                .connection(try GraphConnection("FulfillmentOrderLineItem", whole.lines.map { line($0, of: order) }, arguments))
            case "fulfillments":
                .connection(
                    try GraphConnection(
                        "Fulfillment", order.fulfilments.filter { $0.fulfillmentOrderID == whole.id }.map { fulfilment($0, of: order) },
                        arguments))
            default: nil
            }
        }
    }

    private func hold(_ reason: String) -> GraphObject {
        GraphObject("FulfillmentHold") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .text("gid://shopify/FulfillmentHold/1")
            case "reason": .text(reason)
            case "reasonNotes", "handle", "displayReason": name == "displayReason" ? .text(reason.lowercased()) : .null
            case "heldByRequestingApp": .flag(false)
            default: nil
            }
        }
    }

    private func assignedLocation(_ id: Int64) -> GraphObject {
        let found = state.location(id)
        return GraphObject("FulfillmentOrderAssignedLocation") { name, _ throws(GraphProblem) in
            switch name {
            case "location": .optional(found.map(location))
            case "name": .text(found?.name)
            case "countryCode": .text(found?.countryCode)
            case "address1", "address2", "city", "province", "zip", "phone": .null
            default: nil
            }
        }
    }

    private func destination(_ address: ShopAddress, of order: ShopOrder) -> GraphObject {
        let plain = self.address(address)
        return GraphObject("FulfillmentOrderDestination") { name, arguments throws(GraphProblem) in
            switch name {
            case "email": .text(order.email)
            case "countryCode": .text(address.countryCode)
            default: try plain.field(name, arguments)
            }
        }
    }

    private func line(_ entry: FulfillmentOrder.Line, of order: ShopOrder) -> GraphObject {
        let bought = order.lines.first { $0.id == entry.lineID }
        return GraphObject("FulfillmentOrderLineItem") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("FulfillmentOrderLineItem", entry.id)
            case "totalQuantity": .integer(entry.total)
            case "remainingQuantity": .integer(entry.remaining)
            case "lineItem": .optional(bought.map { lineItem($0, of: order) })
            case "sku": .text(bought?.sku)
            case "productTitle": .text(bought?.title)
            case "variantTitle": .text(bought?.variantTitle)
            case "vendor": .text(bought?.vendor)
            case "requiresShipping": .flag(bought?.requiresShipping ?? true)
            case "inventoryItemId", "image", "weight": .null
            case "variant": .optional(bought?.variantID.flatMap(state.variant).map { variant($0.variant, of: $0.product) })
            default: nil
            }
        }
    }

    func fulfilment(_ fulfilment: ShopFulfilment, of order: ShopOrder) -> GraphObject {
        GraphObject("Fulfillment") { name, arguments throws(GraphProblem) in
            switch name {
            case "id": .id("Fulfillment", fulfilment.id)
            case "legacyResourceId": .text("\(fulfilment.id)")
            case "name": .text("\(order.name)-F\(fulfilment.position)")
            case "status": .text(fulfilment.isLive ? "SUCCESS" : "CANCELLED")
            case "displayStatus": .text(fulfilment.displayStatus)
            case "createdAt": .time(fulfilment.createdAt)
            case "updatedAt": .time(fulfilment.updatedAt)
            case "deliveredAt": .time(fulfilment.events.first { $0.status == "DELIVERED" }?.happenedAt)
            case "inTransitAt": .time(fulfilment.events.first { $0.status == "IN_TRANSIT" }?.happenedAt)
            case "estimatedDeliveryAt": .null
            case "requiresShipping": .flag(true)
            case "totalQuantity": .integer(fulfilment.lines.reduce(0) { $0 + $1.quantity })
            case "location": .optional(state.location(fulfilment.locationID).map(location))
            case "order": .object(self.order(order))
            case "trackingInfo": .objects(tracking(fulfilment))
            case "events": .connection(try GraphConnection("FulfillmentEvent", fulfilment.events.map(event), arguments))
            case "fulfillmentLineItems":
                .connection(try GraphConnection("FulfillmentLineItem", fulfilment.lines.map { self.line($0, of: order) }, arguments))
            case "fulfillmentOrders":
                .connection(
                    try GraphConnection(
                        "FulfillmentOrder",
                        order.fulfillmentOrders.filter { $0.id == fulfilment.fulfillmentOrderID }.map { fulfillmentOrder($0, of: order) },
                        arguments))
            default: nil
            }
        }
    }

    private func tracking(_ fulfilment: ShopFulfilment) -> [GraphObject] {
        (0..<max(fulfilment.numbers.count, fulfilment.urls.count)).map { index in
            GraphObject("FulfillmentTrackingInfo") { name, _ throws(GraphProblem) in
                switch name {
                case "company": .text(fulfilment.company)
                case "number": .text(fulfilment.numbers.indices.contains(index) ? fulfilment.numbers[index] : nil)
                case "url": .text(fulfilment.urls.indices.contains(index) ? fulfilment.urls[index] : nil)
                default: nil
                }
            }
        }
    }

    func event(_ event: ShopFulfilment.Event) -> GraphObject {
        GraphObject("FulfillmentEvent") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("FulfillmentEvent", event.id)
            case "status": .text(event.status)
            case "happenedAt", "createdAt": .time(event.happenedAt)
            case "message", "city", "country", "address1", "province", "zip": .null
            default: nil
            }
        }
    }

    private func line(_ entry: ShopFulfilment.Line, of order: ShopOrder) -> GraphObject {
        GraphObject("FulfillmentLineItem") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("FulfillmentLineItem", entry.fulfillmentOrderLineID)
            case "quantity": .integer(entry.quantity)
            case "lineItem": .optional(order.lines.first { $0.id == entry.lineID }.map { lineItem($0, of: order) })
            default: nil
            }
        }
    }
}
