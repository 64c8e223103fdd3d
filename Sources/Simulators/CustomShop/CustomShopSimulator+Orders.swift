import SimulatorKit
import Synchronization

/// An order's life: placed, edited, cancelled, closed.
extension CustomShopSimulator {
    @discardableResult
    package func placeOrder() async throws -> String {
        let order = state.withLock { $0.book.place() }
        count("orders placed")
        announce(order.externalID)
        return order.externalID
    }

    /// So many orders as fast as the shop can make them.
    package func burst(_ count: Int) async throws -> [String] {
        var ids: [String] = []
        for _ in 0..<count { ids.append(try await placeOrder()) }
        return ids
    }

    /// A seeded edit; false when the order is not open.
    @discardableResult
    package func editOrder(_ externalID: String) -> Bool {
        guard state.withLock({ $0.book.edit(externalID) }) != nil else { return false }
        count("orders edited")
        announce(externalID)
        return true
    }

    /// Any edit. The equations of the contract are made to hold again.
    @discardableResult
    package func editOrder(_ externalID: String, _ body: @Sendable (inout CustomShopOrder) -> Void) -> Bool {
        let changed = state.withLock { state in
            state.book.change(externalID) { order in
                body(&order)
                order.settle()
            }
        }
        guard changed != nil else { return false }
        announce(externalID)
        return true
    }

    /// Announced as `order.cancelled`; false when it was not open.
    @discardableResult
    package func cancelOrder(_ externalID: String) -> Bool {
        let cancelled = state.withLock { state -> Bool in
            guard state.book.orders[externalID]?.state == .open else { return false }
            state.book.bindUnsent(of: externalID)
            return state.book.change(externalID) { order in
                order.state = .cancelled
                order.platformStatus = "ยกเลิกแล้ว"
            } != nil
        }
        guard cancelled else { return false }
        count("orders cancelled")
        announce(externalID, as: "order.cancelled")
        return true
    }

    /// No further action by the hub (companion-webhook.md §9); false when it was not open.
    @discardableResult
    package func closeOrder(_ externalID: String) -> Bool {
        let closed = state.withLock { state -> Bool in
            guard state.book.orders[externalID]?.state == .open else { return false }
            return state.book.change(externalID) { order in
                order.state = .closed
                order.platformStatus = "เสร็จสิ้น"
            } != nil
        }
        guard closed else { return false }
        count("orders closed")
        announce(externalID)
        return true
    }

    package func startTraffic(ordersPerSecond: Double) {
        traffic?.start(ordersPerSecond: ordersPerSecond) { [weak self] action in
            guard let self else { return }
            if action == .place {
                try await self.placeOrder()
                return
            }
            guard let id = self.state.withLock({ $0.book.recentOrder() }) else { return }
            switch action {
            case .edit: self.editOrder(id)
            case .cancel: self.cancelOrder(id)
            case .progress: self.closeOrder(id)
            case .place: break
            }
        }
    }

    package func stopTraffic() async { await traffic?.stop() }
}
