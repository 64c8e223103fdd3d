/// Why the shop will not do something: a `userErrors` entry in GraphQL, a 422 in REST.
struct Refusal: Error, Equatable {
    var message: String
    var field: [String]?
    var code: String?

    init(_ message: String, field: [String]? = nil, code: String? = nil) {
        self.message = message
        self.field = field
        self.code = code
    }
}

struct TrackingEntry: Sendable, Equatable {
    var company: String?
    var numbers: [String] = []
    var urls: [String] = []
}

extension FulfillmentOrder {
    /// Quantities by fulfilment-order-line id.
    var everythingRemaining: [Int64: Int64] {
        Dictionary(lines.filter { $0.remaining > 0 }.map { ($0.id, $0.remaining) }, uniquingKeysWith: +)
    }
}

extension ShopOrder {
    /// Whether these quantities may leave this fulfilment order.
    func checkShippable(_ id: Int64, _ quantities: [Int64: Int64]) throws(Refusal) {
        guard let whole = fulfillmentOrders.first(where: { $0.id == id }) else {
            throw Refusal("Fulfillment order does not exist.", field: ["fulfillment"])
        }
        switch whole.status {
        case .onHold: throw Refusal("Fulfillment order \(id) is on hold and can't be fulfilled.", field: ["fulfillment"])
        case .closed, .cancelled, .incomplete:
            throw Refusal("Fulfillment order \(id) has an unfulfillable status= \(whole.status.rawValue).", field: ["fulfillment"])
        case .scheduled: throw Refusal("Fulfillment order \(id) is scheduled and can't be fulfilled yet.", field: ["fulfillment"])
        case .open, .inProgress: break
        }
        guard !quantities.isEmpty else {
            throw Refusal("Fulfillment order \(id) has no remaining quantity to fulfill.", field: ["fulfillment"])
        }
        for (lineID, quantity) in quantities {
            guard let line = whole.lines.first(where: { $0.id == lineID }) else {
                throw Refusal("Fulfillment order line item \(lineID) does not exist on fulfillment order \(id).", field: ["fulfillment"])
            }
            guard quantity > 0, quantity <= line.remaining else {
                throw Refusal("Invalid fulfillment order line item quantity requested.", field: ["fulfillment"])
            }
        }
    }

    /// Moves these quantities from a fulfilment order into a new fulfilment. Check first.
    mutating func ship(from id: Int64, _ quantities: [Int64: Int64], as fulfilmentID: Int64, tracking: TrackingEntry?, at now: Int64) {
        guard let index = fulfillmentOrders.firstIndex(where: { $0.id == id }) else { return }
        var taken: [ShopFulfilment.Line] = []
        for line in fulfillmentOrders[index].lines.indices {
            let entry = fulfillmentOrders[index].lines[line]
            guard let quantity = quantities[entry.id], quantity > 0 else { continue }
            fulfillmentOrders[index].lines[line].remaining -= quantity
            taken.append(.init(lineID: entry.lineID, fulfillmentOrderLineID: entry.id, quantity: quantity))
        }
        fulfillmentOrders[index].status = fulfillmentOrders[index].remaining > 0 ? .inProgress : .closed
        fulfillmentOrders[index].updatedAt = now
        fulfilments.append(
            ShopFulfilment(
                id: fulfilmentID, position: fulfilments.count + 1, fulfillmentOrderID: id, locationID: fulfillmentOrders[index].locationID,
                lines: taken,
                company: tracking?.company, numbers: tracking?.numbers ?? [], urls: tracking?.urls ?? [], createdAt: now, updatedAt: now))
    }

    /// Takes units that will not be shipped any more out of the fulfilment orders.
    mutating func withdraw(_ lineID: Int64, quantity: Int64, at now: Int64) {
        var left = quantity
        for index in fulfillmentOrders.indices {
            for line in fulfillmentOrders[index].lines.indices where fulfillmentOrders[index].lines[line].lineID == lineID && left > 0 {
                let taken = min(left, fulfillmentOrders[index].lines[line].remaining)
                guard taken > 0 else { continue }
                fulfillmentOrders[index].lines[line].remaining -= taken
                fulfillmentOrders[index].lines[line].total -= taken
                fulfillmentOrders[index].updatedAt = now
                left -= taken
            }
            if fulfillmentOrders[index].remaining == 0, fulfillmentOrders[index].status != .cancelled {
                fulfillmentOrders[index].status = .closed
            }
        }
    }

    /// Undo: the old fulfilment order is closed and a NEW one holds what has to be shipped again (platforms/shopify.md §5, §9.7).
    mutating func unship(_ fulfilmentID: Int64, newID: Int64, lineID: () -> Int64, at now: Int64) throws(Refusal) {
        guard let index = fulfilments.firstIndex(where: { $0.id == fulfilmentID }) else {
            throw Refusal("Fulfillment not found.", field: ["id"])
        }
        guard fulfilments[index].isLive else { throw Refusal("Fulfillment is already cancelled.", field: ["id"]) }
        guard fulfilments[index].displayStatus != "DELIVERED" else {
            throw Refusal("Fulfillment cannot be cancelled once delivered.", field: ["id"])
        }
        fulfilments[index].status = "cancelled"
        fulfilments[index].updatedAt = now
        var fresh: [FulfillmentOrder.Line] = []
        var quantities: [Int64: Int64] = [:]
        for line in fulfilments[index].lines { quantities[line.lineID, default: 0] += line.quantity }
        if let old = fulfillmentOrders.firstIndex(where: { $0.id == fulfilments[index].fulfillmentOrderID }) {
            for line in fulfillmentOrders[old].lines.indices {
                quantities[fulfillmentOrders[old].lines[line].lineID, default: 0] += fulfillmentOrders[old].lines[line].remaining
                fulfillmentOrders[old].lines[line].remaining = 0
            }
            fulfillmentOrders[old].status = .closed
            fulfillmentOrders[old].updatedAt = now
        }
        for line in lines {
            guard let quantity = quantities[line.id], quantity > 0 else { continue }
            fresh.append(.init(id: lineID(), lineID: line.id, total: quantity, remaining: quantity))
        }
        fulfillmentOrders.append(
            FulfillmentOrder(
                id: newID, status: .open, locationID: fulfilments[index].locationID, createdAt: now, updatedAt: now, lines: fresh))
    }

    /// What remains goes to a new fulfilment order at another location; the old one is closed.
    mutating func move(_ id: Int64, to location: Int64, newID: Int64, lineID: () -> Int64, at now: Int64) throws(Refusal) {
        guard let index = fulfillmentOrders.firstIndex(where: { $0.id == id }) else {
            throw Refusal("Fulfillment order does not exist.", field: ["id"])
        }
        guard fulfillmentOrders[index].supportedActions.contains("MOVE") else { throw Refusal("Cannot change location.", field: ["id"]) }
        let remaining = fulfillmentOrders[index].lines.filter { $0.remaining > 0 }
        for line in fulfillmentOrders[index].lines.indices {
            fulfillmentOrders[index].lines[line].total -= fulfillmentOrders[index].lines[line].remaining
            fulfillmentOrders[index].lines[line].remaining = 0
        }
        fulfillmentOrders[index].status = .closed
        fulfillmentOrders[index].updatedAt = now
        let moved = FulfillmentOrder(
            id: newID, status: .open, locationID: location, fulfilBy: fulfillmentOrders[index].fulfilBy, createdAt: now, updatedAt: now,
            lines: remaining.map { .init(id: lineID(), lineID: $0.lineID, total: $0.remaining, remaining: $0.remaining) })
        fulfillmentOrders.append(moved)
    }
}
