import Foundation

/// Everything that changes an order goes through here: times, stock and pushes follow.
extension LazadaState {
    /// Gives items a status and tells the seller, one message an item. Items that have it already stay as they are.
    mutating func setStatus(_ word: String, of itemIDs: Set<Int64>? = nil, in orderID: Int64, _ store: String, reverse: ReverseOrder? = nil) {
        guard var order = stores[store]?.orders[orderID] else { return }
        let moment = moment
        var changed: [Item] = []
        for index in order.items.indices where itemIDs?.contains(order.items[index].id) ?? true {
            guard order.items[index].status != word else { continue }
            let old = order.items[index].status
            if word == ItemStatus.canceled { order.items[index].statusBeforeCancel = old }
            order.items[index].status = word
            order.items[index].updatedAt = moment
            moveStock(of: order.items[index].sku, from: old, to: word, store)
            changed.append(order.items[index])
        }
        guard !changed.isEmpty else { return }
        order.updatedAt = moment
        stores[store]?.orders[orderID] = order
        for item in changed {
            let line = reverse?.lines.first { $0.itemID == item.id }
            pushItem(item, of: order, store, reverse: line.flatMap { line in reverse.map { ($0.id, line.id) } })
        }
    }

    /// Changes an order without a message: the platform has none for it.
    mutating func edit(_ orderID: Int64, _ store: String, _ body: (inout Order) -> Void) {
        guard var order = stores[store]?.orders[orderID] else { return }
        body(&order)
        order.updatedAt = moment
        stores[store]?.orders[orderID] = order
    }

    /// A unit is withheld while unpaid, occupied while it waits, and gone when it leaves (lazada.md §7).
    private mutating func moveStock(of sku: String, from old: String, to new: String, _ store: String) {
        let (before, after) = (ItemStatus.holding(old), ItemStatus.holding(new))
        guard before != after else { return }
        hold(before, by: -1, sku, store)
        hold(after, by: 1, sku, store)
        if before == .occupied, after == .none, new != ItemStatus.canceled { stores[store]?.skus[sku]?.total -= 1 }
    }

    mutating func hold(_ holding: ItemStatus.Holding, by amount: Int, _ sku: String, _ store: String) {
        switch holding {
        case .withheld: stores[store]?.skus[sku]?.withheld += amount
        case .occupied: stores[store]?.skus[sku]?.occupied += amount
        case .none: return
        }
        // Buyers do not look at the shelf: it is filled up where they took too much.
        if let known = stores[store]?.skus[sku], known.total < known.bound { stores[store]?.skus[sku]?.total = known.bound }
    }

    // MARK: Cancelling

    /// The items that go when these do: once packed, all of the package (lazada.md §6 no. 7).
    func affected(by itemIDs: Set<Int64>, in order: Order) -> Set<Int64> {
        let packages = Set(order.items.filter { itemIDs.contains($0.id) && !$0.packageID.isEmpty }.map(\.packageID))
        return itemIDs.union(order.items.filter { packages.contains($0.packageID) }.map(\.id))
    }

    /// - Parameter initiator: `cancellation-seller`, `cancellation-customer`, `cancellation-internal`.
    mutating func cancel(_ itemIDs: Set<Int64>, in orderID: Int64, _ store: String, initiator: String, reason: String, reverse: ReverseOrder? = nil) {
        guard let order = stores[store]?.orders[orderID] else { return }
        let all = affected(by: itemIDs, in: order)
        let open = order.items.filter { all.contains($0.id) && ItemStatus.mayBeCancelled($0.status) }
        for index in order.items.indices where open.contains(where: { $0.id == order.items[index].id }) {
            stores[store]?.orders[orderID]?.items[index].cancelInitiator = initiator
            stores[store]?.orders[orderID]?.items[index].reason = reason
            if let reverse { stores[store]?.orders[orderID]?.items[index].reverseOrderID = reverse.id }
        }
        stores[store]?.orders[orderID]?.needsCancelConfirm = false
        for item in open { counters.cancellations["\(store):\(item.id)", default: 0] += 1 }
        for id in Set(open.map(\.packageID)) where !id.isEmpty {
            stores[store]?.packages[id]?.stage = .cancelled
            if let package = stores[store]?.packages[id] { pushPackage(package, word: "CANCELLED", store) }
        }
        setStatus(ItemStatus.canceled, of: Set(open.map(\.id)), in: orderID, store, reverse: reverse)
    }

    // MARK: Parcels

    /// Gives a parcel a word of lazada.md §5.3: the message, the history, and the status of its items.
    mutating func move(_ packageID: String, to word: String, _ store: String) {
        guard var package = stores[store]?.packages[packageID] else { return }
        package.stage = .moving
        package.events.append(.init(word: word, at: moment))
        stores[store]?.packages[packageID] = package
        pushPackage(package, word: word, store)
        guard let status = LazadaParcelWord.itemStatus(word) else { return }
        setStatus(status, of: Set(package.itemIDs), in: package.orderID, store)
    }

    /// The parcel's next word by its life, or nil at its end or before it was made ready to ship.
    mutating func advance(_ packageID: String, _ store: String) -> String? {
        guard let package = stores[store]?.packages[packageID], package.stage == .readyToShip || package.stage == .moving, !package.isSellerDelivered else { return nil }
        let done = package.events.count - 1
        guard done >= 0, done < package.life.words.count else { return nil }
        let word = package.life.words[done]
        move(packageID, to: word, store)
        return word
    }
}
