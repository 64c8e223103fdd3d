/// What tests and the demo do to the shop's orders. Each `Bool` is false where there is no such order or it cannot be done.
extension WooCommerceSimulator {
    @discardableResult package func placeOrder() async throws -> String { "\(buyers.place(.everyday))" }

    /// - Returns: the order's id.
    @discardableResult package func placeOrder(kind: OrderKind) -> Int { buyers.place(kind) }

    /// Opens the block checkout's page: a `checkout-draft`, announced as the flavour does (platforms/woocommerce.md §3.4).
    @discardableResult package func openCheckout() -> Int { buyers.openCheckout() }
    @discardableResult package func finishCheckout(_ orderID: Int) -> Bool { buyers.finishCheckout(orderID) }

    /// A seeded change of address, note or quantity.
    @discardableResult package func edit(_ orderID: Int) -> Bool { buyers.edit(orderID) }
    @discardableResult package func cancel(_ orderID: Int) -> Bool { buyers.setStatus(orderID, "cancelled") }
    @discardableResult package func pay(_ orderID: Int) -> Bool { buyers.pay(orderID) }
    @discardableResult package func complete(_ orderID: Int) -> Bool { buyers.setStatus(orderID, "completed") }
    @discardableResult package func setStatus(_ orderID: Int, _ status: String) -> Bool { buyers.setStatus(orderID, status) }
    @discardableResult package func writeMeta(_ orderID: Int, key: String, value: WooJSON) -> Bool { buyers.writeMeta(orderID, key: key, value: value) }

    /// - Parameter amount: in the shop's smallest unit; nil refunds what is left.
    @discardableResult package func refund(_ orderID: Int, amount: Int? = nil, reason: String = "damaged") -> Bool {
        shop.change { state in
            guard let order = state.orders[orderID] else { return false }
            let amount = amount ?? order.totals.total - order.refundedAmount
            // An amount that is too large is the answer "no".
            return (try? state.refund(orderID, .init(amount: amount, reason: reason))) != nil
        }
    }

    /// By the staff, or over the API (which sends a stray `product.deleted` on post-stored shops).
    package func trash(_ orderID: Int, overAPI: Bool = false) { shop.change { $0.trash(orderID, overAPI: overAPI) } }
    package func restore(_ orderID: Int) { shop.change { $0.restore(orderID) } }
    /// For good; nothing is announced.
    package func delete(_ orderID: Int) { shop.change { $0.deleteForGood(orderID) } }

    package func startTraffic(ordersPerSecond: Double) { buyers.startTraffic(ordersPerSecond: ordersPerSecond) }
    package func stopTraffic() async { await buyers.stopTraffic() }
}
