import Domain
import Foundation
package import SimulatorKit

/// What the platform has and what was asked of it, in plain words.
extension LazadaSimulator {
    package func orderStates() -> [SimulatedOrder] { market.read(\.orderStates) }

    /// Successful packings by `{country}:{seller_id}:{order_item_id}`: more than one without a repacking between is a parcel packed twice.
    package func packings() -> [String: Int] { market.read { $0.counters.packings } }
    /// Packing calls for items that were packed already.
    package func refusedPackings() -> [String: Int] { market.read { $0.counters.refusedPackings } }
    /// By package: never more than 1, since repetitions are refused and counted in `refusedReadyToShips`.
    package func readyToShips() -> [String: Int] { market.read { $0.counters.readyToShips } }
    package func refusedReadyToShips() -> [String: Int] { market.read { $0.counters.refusedReadyToShips } }
    /// By `{country}:{seller_id}:{order_item_id}`.
    package func cancellations() -> [String: Int] { market.read { $0.counters.cancellations } }
    /// Label documents by package.
    package func labels() -> [String: Int] { market.read { $0.counters.labels } }
    /// Queued pushes by type.
    package func pushes() -> [Int: Int] { market.read { $0.counters.pushes } }
    /// One of the numbers of `statistics`, 0 where it never happened.
    package func count(_ name: String) -> Int { market.read { $0.counters.named[name, default: 0] } }

    /// Status words of an order's items, in their order.
    package func itemStatuses(_ order: String) -> [String] { market.read { $0.find(order)?.order.items.map(\.status) ?? [] } }
    package func itemIDs(_ order: String) -> [Int64] { market.read { $0.find(order)?.order.items.map(\.id) ?? [] } }

    package func statistics() -> [SimulatorStatistic] {
        let counters = market.read { $0.counters }
        let proofs: [SimulatorStatistic] = [
            .init("items packed", counters.packings.values.reduce(0, +)), .init("items packed twice", counters.packings.values.count { $0 > 1 }),
            .init("packages ready to ship", counters.readyToShips.values.reduce(0, +)),
            .init("ready-to-ship refused", counters.refusedReadyToShips.values.reduce(0, +)),
            .init("items cancelled", counters.cancellations.values.reduce(0, +)), .init("labels", counters.labels.values.reduce(0, +)),
        ]
        return proofs + counters.named.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
            + counters.pushes.sorted { $0.key < $1.key }.map { .init("pushes of type \($0.key)", $0.value) } + sender.counters.statistics + [.init("faults", faults.total)]
    }
}

extension LazadaState {
    /// Every order a hub should know. Cancelled items are ignored unless all are; of the rest the least advanced counts (lazada.md §5.1).
    var orderStates: [SimulatedOrder] {
        stores.sorted { $0.key < $1.key }.flatMap { key, store in
            store.orders.values.filter { order in !configuration.hidesUnpaid || order.items.contains { $0.status != ItemStatus.unpaid } }.sorted { $0.id < $1.id }.map { order in
                let wanted = order.wantedItems
                return SimulatedOrder(
                    externalID: "\(key):\(order.id)", number: "\(order.number)", updatedAt: order.lastChange, isCancelled: order.items.allSatisfy(\.isCancelled),
                    grandMinor: order.grandMinor, currency: store.country.currency, lineCount: wanted.count, shipToPostcode: order.address.place.postcode,
                    fulfilment: Self.fulfilment(of: wanted).rawValue, trackingNumbers: Self.trackingNumbers(of: wanted))
            }
        }
    }

    private static func trackingNumbers(of items: [Item]) -> [String] {
        var seen: Set<String> = []
        return items.map(\.trackingNumber).filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    /// A cancelled item's goods are where they were before.
    static func fulfilment(of items: [Item]) -> Fulfilment {
        let stages = items.compactMap { ItemStatus.fulfilment($0.statusBeforeCancel ?? $0.status) }
        return stages.min { $0.rank < $1.rank } ?? .unfulfilled
    }
}
