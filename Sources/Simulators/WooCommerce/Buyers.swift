import SimulatorKit

/// Buyers and the shop's own staff: everything that happens to orders besides the API.
struct Buyers: Sendable {
    let shop: Shop
    private let traffic: Traffic

    init(shop: Shop, seed: UInt64) {
        self.shop = shop
        traffic = Traffic(seed: seed)
    }

    func place(_ kind: OrderKind) -> Int {
        shop.change { state in
            let order = state.makeOrder(kind)
            state.add(order)
            if kind == .partlyRefunded {
                let amount = min(50 * state.decimals.scale, order.totals.total / 2)
                // Half of the total at most is always a valid amount.
                _ = try? state.refund(order.id, .init(amount: amount, reason: "damaged", paysBack: true))
            }
            return order.id
        }
    }

    /// The block checkout's page is opened: an order in `checkout-draft`.
    func openCheckout() -> Int {
        shop.change { state in
            var order = state.makeOrder(.pending)
            order.status = state.flavour == .posts39 ? "pending" : "checkout-draft"
            order.createdVia = "store-api"
            state.add(order)
            return order.id
        }
    }

    /// The buyer clicks "Place order": the draft becomes the order it is. False where there is no such draft.
    func finishCheckout(_ id: Int) -> Bool {
        shop.change { state in
            guard var order = state.orders[id], order.isDraft else { return false }
            order.status = order.paymentMethod == "bacs" ? "on-hold" : "processing"
            state.save(order, .content)
            return true
        }
    }

    /// Changes something a buyer or the staff would: the address, a note, a quantity.
    func edit(_ id: Int) -> Bool {
        shop.change { state in
            guard var order = state.orders[id], order.status != "trash" else { return false }
            switch Int.random(in: 0..<3, using: &state.generator) {
            case 0:
                let house = Int.random(in: 1...400, using: &state.generator)
                let path = order.shipping.address1.isEmpty ? \ShopOrder.billing.address1 : \ShopOrder.shipping.address1
                order[keyPath: path] = "\(house)/9 ถนนตัวอย่าง"
            case 1:
                order.customerNote = "note \(Int.random(in: 100...999, using: &state.generator))"
            default:
                guard let line = order.lines.first else { break }
                let price = line.subtotal / max(1, line.quantity)
                order.lines[0].quantity = line.quantity + 1
                order.lines[0].subtotal = line.subtotal + price
                order.lines[0].total = line.total + price
                order.calculateTaxes(basisPoints: state.configuration.taxBasisPoints, decimals: state.decimals)
            }
            state.save(order, .content)
            return true
        }
    }

    func setStatus(_ id: Int, _ status: String) -> Bool {
        shop.change { state in
            guard var order = state.orders[id], order.status != "trash" else { return false }
            order.status = status
            state.save(order, .content)
            return true
        }
    }

    /// The money arrives: `processing`, with `date_paid`.
    func pay(_ id: Int) -> Bool {
        shop.change { state in
            guard var order = state.orders[id], order.status != "trash" else { return false }
            order.paidAt = order.paidAt ?? state.now
            if order.status != "completed" { order.status = "processing" }
            state.save(order, .content)
            return true
        }
    }

    /// A plugin writes only `meta_data`: on post-stored shops `date_modified` stays.
    func writeMeta(_ id: Int, key: String, value: WooJSON) -> Bool {
        shop.change { state in
            guard var order = state.orders[id] else { return false }
            state.apply(meta: [["key": .string(key), "value": value]], to: &order.meta)
            state.save(order, .metaOnly)
            return true
        }
    }

    // MARK: Traffic

    func startTraffic(ordersPerSecond: Double) {
        traffic.start(ordersPerSecond: ordersPerSecond) { action in
            if action == .place {
                guard shop.read({ $0.orders.count < $0.configuration.maximumOrders }) else { return }
                _ = place(anyKind())
            } else if let id = openOrder() {
                switch action {
                case .edit: _ = edit(id)
                case .cancel: _ = setStatus(id, "cancelled")
                case .progress: _ = progress(id)
                case .place: break
                }
            }
        }
    }

    func stopTraffic() async { await traffic.stop() }

    /// Mostly everyday orders; each odd kind comes along now and then.
    func anyKind() -> OrderKind {
        shop.change { state in
            state.generator.chance(0.8) ? .everyday : state.generator.pick(OrderKind.allCases.filter { $0 != .manyLines }, or: .everyday)
        }
    }

    private func openOrder() -> Int? {
        shop.change { state in
            let open = state.orders.values.filter { ["pending", "processing", "on-hold", "failed"].contains($0.status) }.map(\.id).sorted()
            return open.randomElement(using: &state.generator)
        }
    }

    private func progress(_ id: Int) -> Bool {
        let status = shop.read { $0.orders[id]?.status }
        return status == "processing" ? setStatus(id, "completed") : pay(id)
    }
}
