import Domain
import Foundation
import SimulatorKit

/// The shop in plain words, for comparing it with the hub.
extension ShopState {
    var statistics: [SimulatorStatistic] {
        [
            .init("orders", orders.count), .init("api requests", counters.requests), .init("api writes", counters.writes),
            .init("api unauthorised", counters.unauthorised), .init("keys handed over", counters.keysHandedOver), .init("pings", counters.pings),
            .init("webhooks queued", counters.queued), .init("webhooks coalesced", counters.coalesced), .init("webhooks delivered", counters.delivered),
            .init("webhooks failed", counters.failed), .init("webhooks dropped", counters.dropped), .init("webhooks duplicated", counters.duplicated),
            .init("webhooks disabled", counters.disabled), .init("webhooks waiting", queue.count), .init("paid back", counters.paidBack),
        ]
    }

    /// Every order that a hub should know: not drafts, not what was deleted for good.
    var orderStates: [SimulatedOrder] {
        orders.values.filter { !$0.isDraft }.sorted { $0.id < $1.id }.map { order in
            let exponent = Currency(order.currency)?.exponent ?? 2
            let hasShipping = !order.shipping.address1.isEmpty || !order.shipping.firstName.isEmpty
            return SimulatedOrder(
                externalID: "\(order.id)", number: order.number, updatedAt: Date(timeIntervalSince1970: Double(order.modifiedAt)),
                isCancelled: ["cancelled", "trash", "refunded"].contains(order.status),
                grandMinor: Int64(Decimals(places: exponent).parse(decimals.format(order.totals.total)) ?? 0), currency: order.currency,
                lineCount: order.lines.count, shipToPostcode: hasShipping ? order.shipping.postcode : order.billing.postcode,
                fulfilment: order.status == "completed" ? "inTransit" : "unfulfilled", trackingNumbers: trackingNumbers(order.id))
        }
    }

    /// By the tracking plugin, or as its meta written directly.
    func trackingNumbers(_ orderID: Int) -> [String] {
        let items = orders[orderID]?.meta.first { $0.key == "_wc_shipment_tracking_items" }?.value.items ?? []
        return items.compactMap { $0["tracking_number"]?.text }
    }
}
