import SimulatorKit

/// What buyers and couriers do by themselves.
extension LazadaState {
    mutating func take(_ action: TrafficAction) {
        guard let store = stores.keys.sorted().randomElement(using: &generator) else { return }
        if action == .place {
            guard stores.values.reduce(0, { $0 + $1.orders.count }) < configuration.maximumOrders else { return }
            let kind = anyKind()
            _ = place(kind, store)
            if configuration.parcelStep == nil { advanceSome(store) }
            return
        }
        let open = (stores[store]?.orders.values.filter { $0.items.contains { ItemStatus.mayBeCancelled($0.status) } } ?? []).map(\.id).sorted()
        guard let id = open.randomElement(using: &generator), let order = stores[store]?.orders[id] else { return }
        switch action {
        case .edit:
            let house = Int.random(in: 1...400, using: &generator)
            edit(id, store) { $0.address.line1 = "\(house)/9 ถนนตัวอย่าง" }
        case .cancel:
            let isWaiting = order.items.allSatisfy { [ItemStatus.unpaid, ItemStatus.pending].contains($0.status) }
            if isWaiting && generator.chance(0.6) {
                cancel(Set(order.items.map(\.id)), in: id, store, initiator: "cancellation-customer", reason: "Change of mind")
            } else {
                _ = requestCancel(nil, in: id, store)
            }
        case .progress:
            if order.items.contains(where: { $0.status == ItemStatus.unpaid }) {
                edit(id, store) { $0.isPaid = true }
                setStatus(ItemStatus.pending, in: id, store)
            } else {
                advanceSome(store)
            }
        case .place: break
        }
    }

    /// Up to three parcels under way take a step.
    private mutating func advanceSome(_ store: String) {
        let walking = stores[store]?.packages.values.filter { ($0.stage == .readyToShip || $0.stage == .moving) && $0.events.count <= $0.life.words.count } ?? []
        let moving = walking.map(\.id).sorted()
        for id in moving.shuffled(using: &generator).prefix(3) { _ = advance(id, store) }
    }
}
