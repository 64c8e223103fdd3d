package import Domain

/// How an order is packed: by its rules' plan, or as one box.
package enum Parcels {
    static let lightestGrams = 1

    /// Several orders in one box: what is in it says whose it is.
    static func one(of orders: [StoredOrder]) -> Parcel {
        let contents = orders.flatMap { order in
            order.snapshot.lines.filter { $0.requiresShipping && $0.quantity > 0 }.map { Parcel.Content(externalLineID: $0.externalLineID, sku: $0.sku, quantity: $0.quantity, order: order.id) }
        }
        return Parcel(ref: "1", weightGrams: max(orders.reduce(0) { $0 + of($1).reduce(0) { $0 + $1.weightGrams } }, lightestGrams), contents: contents)
    }

    /// One order as it is packed, or several in one box.
    static func of(_ orders: [StoredOrder]) -> [Parcel] { orders.count == 1 ? of(orders[0]) : [one(of: orders)] }

    static func weight(of contents: [Parcel.Content], in order: StoredOrder) -> Int {
        let weights = Dictionary(order.snapshot.lines.map { ($0.externalLineID, $0.weightGrams ?? 0) }, uniquingKeysWith: { first, _ in first })
        return max(contents.reduce(0) { $0 + (weights[$1.externalLineID] ?? 0) * $1.quantity }, lightestGrams)
    }

    package static func of(_ order: StoredOrder) -> [Parcel] {
        let lines = order.snapshot.lines.filter { $0.requiresShipping && $0.quantity > 0 }
        let weights = Dictionary(lines.map { ($0.externalLineID, $0.weightGrams ?? 0) }, uniquingKeysWith: { first, _ in first })
        let plans = order.decision?.packages ?? []
        let packages = plans.isEmpty ? [PackagePlan(contents: lines.map { Parcel.Content(externalLineID: $0.externalLineID, sku: $0.sku, quantity: $0.quantity) })] : plans
        return packages.enumerated().map { index, plan in
            let grams = plan.weightGrams ?? plan.contents.reduce(0) { $0 + (weights[$1.externalLineID] ?? 0) * $1.quantity }
            return Parcel(ref: "\(index + 1)", weightGrams: max(grams, lightestGrams), contents: plan.contents)
        }
    }
}

extension Shipment {
    /// What of it is one order's: its shop knows nothing of the goods that travel with it.
    func holding(_ order: OrderID) -> Shipment {
        var own = self
        for index in own.parcels.indices { own.parcels[index].contents.removeAll { $0.order != nil && $0.order != order } }
        return own
    }
}
