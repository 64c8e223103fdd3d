import Foundation
import SimulatorKit

/// What tests and the demo do to orders. They are named by external ID, `{country}:{seller_id}:{order_id}`; a result is nil or false where it cannot be done.
extension LazadaSimulator {
    @discardableResult package func placeOrder() async throws -> String {
        let id = market.change { state -> String? in
            let kind = state.anyKind()
            return state.stores.keys.sorted().randomElement(using: &state.generator).flatMap { store in state.place(kind, store).map { "\(store):\($0)" } }
        }
        guard let id else { throw SimulatorError.didNotStart(name: "lazada", reason: "no shop is configured") }
        return id
    }

    /// - Parameter seller: the shop's key, `th:100190009`; nil: the first.
    @discardableResult package func placeOrder(kind: LazadaOrderKind, seller: String? = nil) -> String {
        market.change { state in
            let store = seller ?? configuration.sellers.first?.key ?? ""
            return "\(store):\(state.place(kind, store) ?? 0)"
        }
    }

    /// The money of an unpaid order arrives.
    @discardableResult package func pay(_ order: String) -> Bool {
        change(order) { state, store, order in
            guard order.items.contains(where: { $0.status == ItemStatus.unpaid }) else { return false }
            state.edit(order.id, store) { $0.isPaid = true }
            state.setStatus(ItemStatus.pending, in: order.id, store)
            return true
        }
    }

    /// The buyer changes the house number, or a note: no push says so.
    @discardableResult package func edit(_ order: String) -> Bool {
        change(order) { state, store, order in
            let house = Int.random(in: 1...400, using: &state.generator), moment = state.moment
            state.edit(order.id, store) { order in
                order.address.line1 = "\(house)/9 ถนนตัวอย่าง"
                order.addressUpdatedAt = moment
            }
            return true
        }
    }

    /// The buyer cancels at once, as buyers can before packing. The items of `indices`, or all that can be.
    @discardableResult package func cancelByBuyer(_ order: String, items indices: [Int]? = nil) -> Bool {
        change(order) { state, store, order in
            let open = Self.items(indices, of: order).filter { [ItemStatus.unpaid, ItemStatus.pending].contains($0.status) }
            guard !open.isEmpty else { return false }
            let reverse = state.makeReverse(.cancel, of: Set(open.map(\.id)), in: order, store, status: "CANCEL_SUCCESS", reason: "Change of mind")
            state.cancel(Set(open.map(\.id)), in: order.id, store, initiator: "cancellation-customer", reason: reverse.reason, reverse: reverse)
            state.pushReverse(reverse, store)
            return true
        }
    }

    /// Lazada itself cancels what was not paid within 30 minutes. - Returns: how many orders.
    @discardableResult package func cancelUnpaid() -> Int {
        market.change { state in
            var cancelled = 0
            for (key, store) in state.stores {
                for order in store.orders.values where order.items.contains(where: { $0.status == ItemStatus.unpaid }) && state.now.timeIntervalSince(order.createdAt) >= 1_800 {
                    state.cancel(Set(order.items.map(\.id)), in: order.id, key, initiator: "cancellation-internal", reason: "Not paid in time")
                    cancelled += 1
                }
            }
            return cancelled
        }
    }

    /// The buyer asks the seller to cancel, also after packing: push 10 CANCEL_INIT. - Returns: the reverse order's id.
    @discardableResult package func requestCancel(_ order: String, items indices: [Int]? = nil) -> Int64? {
        market.change { state in
            guard let (store, found) = state.find(order) else { return nil }
            return state.requestCancel(Set(Self.items(indices, of: found).map(\.id)), in: found.id, store)
        }
    }

    /// A return or a refund of delivered items begins. - Returns: the reverse order's id.
    @discardableResult package func openReturn(_ kind: LazadaReverseKind, of order: String, items indices: [Int]? = nil) -> Int64? {
        market.change { state in
            guard let (store, found) = state.find(order) else { return nil }
            return state.openReturn(kind, Set(Self.items(indices, of: found).map(\.id)), in: found.id, store)
        }
    }

    /// The next state of a reverse order that needs no seller. - Returns: nil where the seller is asked, or at an end.
    @discardableResult package func advanceReverse(_ id: Int64, of order: String) -> String? {
        market.change { state in
            guard let (store, _) = state.find(order), let status = state.stores[store]?.reverseOrders[id]?.status, let next = LazadaState.nextState(status) else { return nil }
            state.setReverse(id, next, store)
            return next
        }
    }

    /// Any state of lazada.md §3.2 for a reverse order.
    package func setReverse(_ id: Int64, of order: String, to status: String) { change(order) { state, store, _ in state.setReverse(id, status, store); return true } }

    package func reverseState(_ id: Int64, of order: String) -> String? {
        market.read { state in state.find(order).flatMap { state.stores[$0.store]?.reverseOrders[id]?.status } }
    }

    /// Any word for the items of `indices`, or all: also one that no contract knows.
    @discardableResult package func setStatus(_ word: String, of order: String, items indices: [Int]? = nil) -> Bool {
        change(order) { state, store, order in
            state.setStatus(word, of: Set(Self.items(indices, of: order).map(\.id)), in: order.id, store)
            return true
        }
    }

    /// Lazada's own warehouse moves what it fulfils one step on.
    @discardableResult package func advanceFulfilledByLazada(_ order: String) -> Bool {
        change(order) { state, store, order in
            let walk = [ItemStatus.pending, ItemStatus.packed, ItemStatus.readyToShip, ItemStatus.shipped, ItemStatus.delivered]
            guard let item = order.items.first(where: \.isFBL), let at = walk.firstIndex(of: item.status), at + 1 < walk.count else { return false }
            state.setStatus(walk[at + 1], of: Set(order.items.filter(\.isFBL).map(\.id)), in: order.id, store)
            return true
        }
    }

    static func items(_ indices: [Int]?, of order: Order) -> [Item] { order.items.enumerated().filter { indices?.contains($0.offset) ?? true }.map(\.element) }

    @discardableResult
    private func change(_ externalID: String, _ body: (inout LazadaState, String, Order) -> Bool) -> Bool {
        market.change { state in
            guard let (store, order) = state.find(externalID) else { return false }
            return body(&state, store, order)
        }
    }

    // MARK: Parcels

    /// Packages of an order, the gone ones too, in the order they were made.
    package func packages(of order: String) -> [String] {
        market.read { state in
            guard let (store, found) = state.find(order), let packages = state.stores[store]?.packages.values else { return [] }
            return packages.filter { $0.orderID == found.id }.map(\.id).sorted()
        }
    }

    /// Lives of the next packed parcels, in order; `.delivered` after them.
    package func setNextLives(_ lives: [LazadaParcelLife]) { market.change { $0.nextLife = lives } }

    /// The parcel's next word, or nil at the end of its life and before it was made ready to ship.
    @discardableResult package func advance(_ package: String) -> String? {
        market.change { state in state.storeOfPackage(package).flatMap { state.advance(package, $0) } }
    }

    /// Any word of lazada.md §5.3, whatever the life says.
    @discardableResult package func move(_ package: String, to word: String) -> Bool {
        market.change { state in
            guard let store = state.storeOfPackage(package) else { return false }
            state.move(package, to: word, store)
            return true
        }
    }

    // MARK: Traffic

    package func startTraffic(ordersPerSecond: Double) {
        traffic.start(ordersPerSecond: ordersPerSecond) { [market] action in market.change { $0.take(action) } }
    }

    package func stopTraffic() async { await traffic.stop() }
}
