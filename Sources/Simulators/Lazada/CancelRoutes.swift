import Foundation

/// The seller's cancellation and the answer to a buyer's wish (lazada.md §6 nos. 7 and 8).
extension LazadaState {
    /// Reasons to choose from; none: it cannot be cancelled, and `tip_content` says why.
    mutating func validateCancel(_ call: Call) throws(Problem) -> LazadaJSON {
        let (order, items) = try cancelTarget(call)
        guard items.allSatisfy({ ItemStatus.mayBeCancelled($0.status) }), let country = stores[call.store]?.country else {
            return ["data": ["tip_content": "The items can no longer be cancelled", "tip_type": "error", "reason_options": []]]
        }
        let all = affected(by: Set(items.map(\.id)), in: order)
        let tip = all.count > items.count ? "All \(all.count) items of the package will be cancelled" : ""
        return ["data": [
            "tip_content": .string(tip), "tip_type": tip.isEmpty ? "info" : "warning",
            "reason_options": .array(country.cancelReasons.map { ["reason_id": .integer($0.id), "reason_name": .string($0.name)] }),
        ]]
    }

    mutating func createCancel(_ call: Call) throws(Problem) -> LazadaJSON {
        let (order, items) = try cancelTarget(call)
        let reasonID = try call.required("reason_id")
        guard let reason = stores[call.store]?.country.cancelReasons.first(where: { "\($0.id)" == reasonID }) else { throw .invalid("reason_id") }
        guard items.allSatisfy({ ItemStatus.mayBeCancelled($0.status) }) else {
            count("refused cancellations")
            return ["data": ["tip_content": "The items can no longer be cancelled", "tip_type": "error"]]
        }
        count("cancelled by the seller")
        let wasPaid = order.isPaid
        let all = affected(by: Set(items.map(\.id)), in: order)
        var reverse = makeReverse(.cancel, of: all, in: order, call.store, status: "CANCEL_SUCCESS", reason: reason.name)
        cancel(all, in: order.id, call.store, initiator: "cancellation-seller", reason: reason.name, reverse: reverse)
        if reason.emptiesStock { for item in order.items where all.contains(item.id) { emptyShelf(item.sku, call.store) } }
        pushReverse(reverse, call.store)
        if wasPaid {
            reverse.status = "CANCEL_REFUND_ISSUED"
            stores[call.store]?.reverseOrders[reverse.id] = reverse
            pushReverse(reverse, call.store)
        }
        return ["data": ["tip_content": "The items are cancelled", "tip_type": "success"]]
    }

    private func cancelTarget(_ call: Call) throws(Problem) -> (order: Order, items: [Item]) {
        let id = try call.id("order_id"), itemIDs = try call.ids("order_item_id_list")
        guard let order = stores[call.store]?.orders[id] else { throw .unknownOrder }
        let items = order.items.filter { itemIDs.contains($0.id) }
        guard items.count == Set(itemIDs).count else { throw .invalid("order_item_id_list") }
        return (order, items)
    }

    /// "Out of stock" and "wrong price" leave nothing to sell; what is bound stays bound.
    private mutating func emptyShelf(_ sku: String, _ store: String) {
        guard let known = stores[store]?.skus[sku] else { return }
        stores[store]?.skus[sku]?.total = known.bound
        count("stock emptied by a cancellation")
    }

    mutating func makeReverse(_ kind: LazadaReverseKind, of itemIDs: Set<Int64>, in order: Order, _ store: String, status: String, reason: String) -> ReverseOrder {
        let id = stores[store]?.makeID() ?? 0
        let lines = itemIDs.sorted().map { itemID in (id: stores[store]?.makeID() ?? 0, itemID: itemID) }
        let reverse = ReverseOrder(id: id, orderID: order.id, kind: kind, lines: lines, status: status, reason: reason, createdAt: moment, updatedAt: moment)
        stores[store]?.reverseOrders[id] = reverse
        return reverse
    }

    // MARK: The buyer asks

    /// The buyer wants these items cancelled and the seller must say yes or no: also after packing.
    mutating func requestCancel(_ itemIDs: Set<Int64>?, in orderID: Int64, _ store: String) -> Int64? {
        guard let order = stores[store]?.orders[orderID] else { return nil }
        let items = order.items.filter { (itemIDs?.contains($0.id) ?? true) && ItemStatus.mayBeCancelled($0.status) }
        guard !items.isEmpty, !order.needsCancelConfirm else { return nil }
        let reverse = makeReverse(.cancel, of: Set(items.map(\.id)), in: order, store, status: "CANCEL_INIT", reason: "Change of mind")
        edit(orderID, store) { order in
            order.needsCancelConfirm = true
            for index in order.items.indices where items.contains(where: { $0.id == order.items[index].id }) { order.items[index].reverseOrderID = reverse.id }
        }
        count("cancellations asked for by buyers")
        pushReverse(reverse, store)
        return reverse.id
    }

    mutating func decideCancel(_ call: Call) throws(Problem) -> LazadaJSON {
        let id = try call.id("reverse_order_id")
        guard let agrees = LazadaJSON.string(try call.required("agree_cancel")).looseBool else { throw .invalid("agree_cancel") }
        guard let reverse = stores[call.store]?.reverseOrders[id], reverse.kind == .cancel else { throw .invalid("reverse_order_id") }
        guard reverse.status == "CANCEL_INIT" else { throw Problem("501", "The request was decided already", detail: .string(reverse.status)) }
        if !agrees { _ = try call.required("reason_code") }
        count(agrees ? "buyers' cancellations agreed" : "buyers' cancellations refused")
        edit(reverse.orderID, call.store) { $0.needsCancelConfirm = false }
        if agrees {
            let wasPaid = stores[call.store]?.orders[reverse.orderID]?.isPaid ?? false
            setReverse(id, "CANCEL_SUCCESS", call.store)
            if wasPaid { setReverse(id, "CANCEL_REFUND_ISSUED", call.store) }
        } else {
            // No word of a refused request is in the list of pushed states.
            stores[call.store]?.reverseOrders[id]?.status = "CANCEL_REFUSED"
        }
        return ["data": ["reverse_order_id": .integer(id), "success": true]]
    }
}
