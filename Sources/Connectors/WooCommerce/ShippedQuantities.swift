import Connect
import Domain

/// Whether an order has left whole, counted by line over all its shipments.
enum ShippedQuantities {
    /// `shipment` counts as gone, others of the order when their carrier took them. Parcels that list no contents hold the whole order.
    static func isEverythingShipped(with shipment: Shipment, of order: OrderForAction) -> Bool {
        let others = order.shipments.filter { $0.externalRef != shipment.externalRef && !$0.isVoid && $0.status.isShipped }
        var shipped: [String: Int] = [:]
        for one in others + [shipment] {
            let contents = one.parcels.flatMap(\.contents)
            if contents.isEmpty { return true }
            for content in contents { shipped[content.externalLineID, default: 0] += content.quantity }
        }
        return order.snapshot.lines.allSatisfy { !$0.requiresShipping || shipped[$0.externalLineID, default: 0] >= $0.quantity }
    }
}
