/// What happens to an order inside the shop, whoever caused it: dates, stock, announcements.
extension ShopState {
    /// What a change touched; decides whether `date_modified` moves (platforms/woocommerce.md §4.3).
    enum Change: Sendable { case content, metaOnly, nothing }

    /// A new order: `order.created` and `order.updated`, whose deliveries overtake each other as they like.
    mutating func add(_ order: ShopOrder) {
        orders[order.id] = order
        if order.isDraft && !flavour.announcesDraftAsCreated {
            announce(.orderUpdated, order.id)
            return
        }
        announce(.orderCreated, order.id)
        announce(.orderUpdated, order.id)
        if order.isDraft { orders[order.id]?.isAnnouncedDraft = true }
    }

    /// Stores a changed order. On HPOS every save moves `date_modified`; on posts only a change of content does. A webhook is sent either way.
    mutating func save(_ order: ShopOrder, _ change: Change) {
        var order = order
        let before = orders[order.id]
        if change == .content || !flavour.storesOrdersAsPosts { order.modifiedAt = now }
        if let before, before.status != order.status { applyStatus(&order, from: before.status) }
        orders[order.id] = order
        if let before, before.isDraft, !order.isDraft, !before.isAnnouncedDraft, order.status != "trash" { announce(.orderCreated, order.id) }
        announce(.orderUpdated, order.id)
        if let before, before.status != order.status { announce(.orderStatus(from: before.status, to: order.status), order.id) }
    }

    /// Any status may follow any other. Dates of payment and completion, and the stock, follow the new one.
    mutating func applyStatus(_ order: inout ShopOrder, from old: String) {
        switch order.status {
        case "completed":
            order.completedAt = now
            if order.paidAt == nil { order.paidAt = now }
        case "processing":
            // The COD gateway calls `completed` the paid status; all others are paid from here on.
            if order.paidAt == nil, !order.isCashOnDelivery, order.totals.total > 0 { order.paidAt = now }
        default: break
        }
        if ["processing", "completed", "on-hold"].contains(order.status) { moveStock(of: &order, taking: true) }
        if ["cancelled", "pending"].contains(order.status) { moveStock(of: &order, taking: false) }
        note(&order, "Order status changed from \(old) to \(order.status).")
    }

    /// Takes the goods out of the stock once, or puts them back once.
    mutating func moveStock(of order: inout ShopOrder, taking: Bool) {
        guard order.hasReducedStock != taking else { return }
        order.hasReducedStock = taking
        for index in order.lines.indices {
            let line = order.lines[index]
            let productID = line.variationID > 0 ? line.variationID : line.productID
            order.lines[index].meta.removeAll { $0.key == "_reduced_stock" }
            guard changeStock(of: productID, by: taking ? -line.quantity : line.quantity), taking else { continue }
            order.lines[index].meta.append(ShopMeta(id: takeMetaID(), key: "_reduced_stock", value: .string("\(line.quantity)")))
        }
    }

    /// False where the stock of this product is not managed.
    private mutating func changeStock(of productID: Int, by quantity: Int) -> Bool {
        guard var product = products[productID], product.managesStock else { return false }
        product.stockQuantity = (product.stockQuantity ?? 0) + quantity
        product.modifiedAt = now
        products[productID] = product
        announce(.productUpdated, productID)
        return true
    }

    /// A private note of the system; notes are never announced and never move a date.
    mutating func note(_ order: inout ShopOrder, _ text: String, isForCustomer: Bool = false, author: String = "system") {
        order.notes.append(ShopNote(id: takeCommentID(), author: author, createdAt: now, text: text, isForCustomer: isForCustomer))
    }

    /// To the trash: `order.deleted` with the id alone; over the API on post-stored shops a stray `product.deleted`, too.
    mutating func trash(_ id: Int, overAPI: Bool) {
        guard var order = orders[id], order.status != "trash" else { return }
        order.statusBeforeTrash = order.status
        order.status = "trash"
        order.modifiedAt = now
        orders[id] = order
        announce(.orderDeleted, id)
        if overAPI && flavour.storesOrdersAsPosts { announce(.productDeleted, id) }
    }

    /// Back from the trash: `order.restored` with the whole order.
    mutating func restore(_ id: Int) {
        guard var order = orders[id], order.status == "trash" else { return }
        order.status = order.statusBeforeTrash ?? "pending"
        order.statusBeforeTrash = nil
        order.modifiedAt = now
        orders[id] = order
        announce(.orderRestored, id)
    }

    /// For good, and without a word to anybody.
    mutating func deleteForGood(_ id: Int) {
        orders[id] = nil
        trackings[id] = nil
    }

    /// Unpaid orders of the checkout are cancelled after an hour ("hold stock"), by wp-cron.
    mutating func cancelUnpaidOrders(olderThanSeconds limit: Int = 3_600) {
        let unpaid = orders.values.filter { $0.status == "pending" && $0.createdVia == "checkout" && $0.modifiedAt < now - limit }
        for order in unpaid.sorted(by: { $0.id < $1.id }) {
            var cancelled = order
            cancelled.status = "cancelled"
            save(cancelled, .content)
        }
    }

    enum RefundProblem: Error { case invalidAmount, gatewayCannotRefund, unknownLine }

    struct RefundRequest {
        var amount: Int
        var reason = ""
        var paysBack = false
        var restocks = false
        var lines: [(lineID: Int, quantity: Int, total: Int, tax: Int)] = []
    }

    /// Books a refund. A fully refunded order becomes `refunded` by itself. `order.updated` is announced in every case.
    mutating func refund(_ id: Int, _ request: RefundRequest) throws(RefundProblem) -> ShopRefund? {
        guard var order = orders[id] else { return nil }
        guard request.amount >= 0, request.amount <= order.totals.total - order.refundedAmount else { throw .invalidAmount }
        let known = Set(order.lines.map(\.id) + order.shippingLines.map(\.id) + order.fees.map(\.id))
        guard request.lines.allSatisfy({ known.contains($0.lineID) }) else { throw .unknownLine }
        if request.paysBack {
            guard Self.refundingGateways.contains(order.paymentMethod) else { throw .gatewayCannotRefund }
            counters.paidBack += request.amount
        }
        let lines = request.lines.map { ShopRefund.Line(id: takeItemID(), lineID: $0.lineID, quantity: $0.quantity, total: $0.total, tax: $0.tax) }
        let refund = ShopRefund(
            id: takePostID(), amount: request.amount, reason: request.reason, createdAt: now, isPaidBack: request.paysBack, lines: lines)
        order.refunds.append(refund)
        if request.restocks { restock(order, request.lines.map { ($0.lineID, $0.quantity) }) }
        let before = order.status
        if order.refundedAmount >= order.totals.total, order.totals.total > 0 { order.status = "refunded" }
        if flavour.refundMovesModified || order.status != before { order.modifiedAt = now }
        if order.status != before { note(&order, "Order status changed from \(before) to refunded.") }
        orders[id] = order
        announce(.orderRefunded, id)
        if order.status != before { announce(.orderStatus(from: before, to: order.status), id) }
        return refund
    }

    /// Gateways that can send money back; cash, cheque and bank transfer cannot.
    static let refundingGateways: Set<String> = ["omise", "stripe", "paypal", "promptpay_gateway"]

    private mutating func restock(_ order: ShopOrder, _ lines: [(lineID: Int, quantity: Int)]) {
        for (lineID, quantity) in lines where quantity > 0 {
            guard let line = order.lines.first(where: { $0.id == lineID }) else { continue }
            _ = changeStock(of: line.variationID > 0 ? line.variationID : line.productID, by: quantity)
        }
    }
}
