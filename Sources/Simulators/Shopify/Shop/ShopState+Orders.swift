import Foundation

/// What an edit of an order does; one edit may do several.
package enum OrderEdit: Sendable, Equatable {
    /// The line stays with `current_quantity` 0.
    case removeLine(Int64)
    case lowerQuantity(line: Int64, by: Int64)
    case addVariant(Int64, quantity: Int64)
    /// A person changed the destination; not an order edit in Shopify's sense (no orders/edited).
    case changeAddress(address1: String, zip: String)
    case note(String)
}

/// The merchant's and the buyer's actions. Each announces what the platform would (platforms/shopify.md §3.1).
extension ShopState {
    func order(_ id: Int64) throws(Refusal) -> ShopOrder {
        guard let order = orders[id] else { throw Refusal("Order does not exist", field: ["id"], code: "NOT_FOUND") }
        return order
    }

    mutating func placeOrder(_ kind: OrderKind, at now: Int64) -> ShopOrder {
        let order = OrderBuilder.place(kind, at: now, in: &self)
        announcePlaced(order)
        return order
    }

    mutating func announcePlaced(_ order: ShopOrder) {
        var topics = ["orders/create"]
        if order.financialStatus == "paid" { topics.append("orders/paid") }
        if order.fulfillmentStatus == "fulfilled" { topics.append("orders/fulfilled") }
        announce(order, topics + ["orders/updated"])
    }

    mutating func edit(_ id: Int64, _ edits: [OrderEdit], at now: Int64) throws(Refusal) -> ShopOrder {
        var order = try order(id)
        guard order.cancelledAt == nil else { throw Refusal("The order cannot be edited because it is cancelled", field: ["id"]) }
        var additions: [(Int64, Int64)] = [], removals: [(Int64, Int64)] = []
        for edit in edits {
            switch edit {
            case .removeLine(let lineID):
                let line = try line(lineID, of: order)
                remove(lineID, order.fulfillableQuantity(of: line), from: &order, &removals, at: now)
            case .lowerQuantity(let lineID, let quantity):
                let line = try line(lineID, of: order)
                remove(lineID, min(quantity, order.fulfillableQuantity(of: line)), from: &order, &removals, at: now)
            case .addVariant(let variantID, let quantity):
                guard let (product, variant) = variant(variantID) else { throw Refusal("Variant does not exist", field: ["variantId"]) }
                let line = add(product, variant, quantity, to: &order, at: now)
                additions.append((line, quantity))
            case .changeAddress(let address1, let zip):
                order.shipping?.address1 = address1
                order.shipping?.zip = zip
            case .note(let text): order.note = text
            }
        }
        save(&order, at: now)
        let event = uuid()
        if !additions.isEmpty || !removals.isEmpty { announceEdit(of: order, additions, removals, event: event) }
        announce(order, ["orders/updated"], event: event)
        return order
    }

    private func line(_ id: Int64, of order: ShopOrder) throws(Refusal) -> ShopLine {
        guard let line = order.lines.first(where: { $0.id == id }) else { throw Refusal("Line item does not exist", field: ["lineItemId"]) }
        return line
    }

    private func remove(_ lineID: Int64, _ quantity: Int64, from order: inout ShopOrder, _ removals: inout [(Int64, Int64)], at now: Int64)
    {
        guard quantity > 0, let index = order.lines.firstIndex(where: { $0.id == lineID }) else { return }
        order.lines[index].removedByEdit += quantity
        order.withdraw(lineID, quantity: quantity, at: now)
        removals.append((lineID, quantity))
    }

    private mutating func add(_ product: ShopProduct, _ variant: ShopVariant, _ quantity: Int64, to order: inout ShopOrder, at now: Int64)
        -> Int64
    {
        var line = ShopLine(product, variant, id: ids.next(.line), quantity: quantity, fallbackLocation: mainLocation)
        line.addedByEdit = true
        order.lines.append(line)
        guard line.requiresShipping else { return line.id }
        let entry = FulfillmentOrder.Line(id: ids.next(.fulfillmentOrderLine), lineID: line.id, total: quantity, remaining: quantity)
        if let open = order.fulfillmentOrders.firstIndex(where: { $0.status == .open && $0.locationID == line.locationID }) {
            order.fulfillmentOrders[open].lines.append(entry)
            order.fulfillmentOrders[open].updatedAt = now
        } else {
            order.fulfillmentOrders.append(
                FulfillmentOrder(
                    id: ids.next(.fulfillmentOrder), status: .open, locationID: line.locationID, createdAt: now, updatedAt: now,
                    lines: [entry]))
        }
        return line.id
    }

    /// Carried out at once; GraphQL's `orderCancel` comes here when its job is due.
    mutating func cancel(_ id: Int64, reason: String, restock: Bool, refunds: Bool, at now: Int64) throws(Refusal) -> ShopOrder {
        var order = try order(id)
        try checkCancellable(order)
        (order.cancelledAt, order.cancelReason) = (now, reason)
        for index in order.fulfillmentOrders.indices where order.fulfillmentOrders[index].status != .closed {
            order.fulfillmentOrders[index].status = .cancelled
        }
        let withdrawn = order.lines.filter { $0.currentQuantity > 0 }.map { ($0.id, $0.currentQuantity) }
        order.isRestocked = restock
        let refund = makeRefund(of: &order, withdrawn, shipping: true, tip: true, money: refunds, restock: restock, note: nil, at: now)
        for index in order.fulfillmentOrders.indices { order.fulfillmentOrders[index].updatedAt = now }
        if order.captured == 0 { order.isVoided = true }
        save(&order, at: now)
        let event = uuid()
        if let refund { announce(refund, of: order, event: event) }
        announce(order, ["orders/cancelled", "orders/updated"], event: event)
        return order
    }

    func checkCancellable(_ order: ShopOrder) throws(Refusal) {
        if order.cancelledAt != nil { throw Refusal("Order has already been cancelled", field: ["orderId"], code: "INVALID") }
        if order.fulfilments.contains(where: \.isLive) {
            throw Refusal("Cannot cancel an order with fulfillments that cannot be cancelled", field: ["orderId"], code: "INVALID")
        }
    }

    mutating func pay(_ id: Int64, at now: Int64) throws(Refusal) -> ShopOrder {
        var order = try order(id)
        guard order.cancelledAt == nil, order.outstanding > 0 else { throw Refusal("Order cannot be marked as paid.", field: ["id"]) }
        let pending = order.transactions.last { $0.status == "pending" || $0.kind == .authorization }
        let kind: ShopTransaction.Kind = pending?.kind == .authorization ? .capture : .sale
        order.transactions.append(
            ShopTransaction(
                id: ids.next(.transaction), kind: kind, status: "success", gateway: pending?.gateway ?? "manual",
                isManual: pending?.isManual ?? true,
                amount: order.outstanding, createdAt: now, parentID: pending?.id))
        order.transactions.removeAll { $0.status == "pending" }
        save(&order, at: now)
        announce(order, ["orders/paid", "orders/updated"])
        return order
    }

    /// - Parameter quantities: line id and units; nil refunds everything that is left, shipping and tip too.
    mutating func refund(_ id: Int64, _ quantities: [(Int64, Int64)]?, shipping: Bool, restock: Bool, note: String? = nil, at now: Int64)
        throws(Refusal) -> ShopOrder
    {
        var order = try order(id)
        for (lineID, quantity) in quantities ?? [] {
            guard try line(lineID, of: order).currentQuantity >= quantity, quantity > 0 else {
                throw Refusal("Cannot refund more items than were purchased", field: ["input", "refundLineItems"])
            }
        }
        let lines: [(Int64, Int64)] = quantities ?? order.lines.filter { $0.currentQuantity > 0 }.map { ($0.id, $0.currentQuantity) }
        guard
            let refund = makeRefund(
                of: &order, lines, shipping: shipping || quantities == nil, tip: quantities == nil, money: true, restock: restock,
                note: note, at: now)
        else { throw Refusal("Nothing left to refund", field: ["input"]) }
        save(&order, at: now)
        let event = uuid()
        announce(refund, of: order, event: event)
        announce(order, ["orders/updated"], event: event)
        return order
    }

    /// Takes the lines out, gives the money back as far as it was taken, and records both.
    private mutating func makeRefund(
        of order: inout ShopOrder, _ quantities: [(Int64, Int64)], shipping: Bool, tip: Bool, money: Bool, restock: Bool, note: String?,
        at now: Int64
    ) -> ShopRefund? {
        var lines: [ShopRefund.Line] = [], amount: Int64 = 0, shippingAmount: Int64 = 0, shippingTax: Int64 = 0
        for (lineID, quantity) in quantities {
            guard let index = order.lines.firstIndex(where: { $0.id == lineID }) else { continue }
            let unshipped = order.fulfillableQuantityIgnoringCancel(of: order.lines[index])
            let before = order.lines[index]
            order.lines[index].refunded += quantity
            // What the line cost before, less what it costs now: rounding then never leaves a cent between the refund and the current total.
            let after = order.lines[index]
            let subtotal = order.currentNet(of: before) - order.currentNet(of: after)
            let tax = order.currentTax(of: before) - order.currentTax(of: after)
            order.withdraw(lineID, quantity: min(quantity, unshipped), at: now)
            amount += subtotal + (order.taxesIncluded ? 0 : tax)
            lines.append(
                .init(
                    id: ids.next(.refundLine), lineID: lineID, quantity: quantity,
                    restockType: restock ? (unshipped >= quantity ? "cancel" : "return") : "no_restock", subtotal: subtotal, tax: tax))
        }
        if shipping {
            for index in order.shippingLines.indices {
                let left = order.shippingLines[index].discountedPrice - order.shippingLines[index].refunded
                guard left > 0 else { continue }
                order.shippingLines[index].refunded += left
                // What the tax was before, less what it is now: as with lines.
                let line = order.shippingLines[index], tax = order.tax(on: line.discountedPrice - line.refunded + left) - order.tax(on: line.discountedPrice - line.refunded)
                shippingAmount += left + (order.taxesIncluded ? 0 : tax)
                shippingTax += tax
            }
        }
        amount += shippingAmount + (tip ? order.tipMinor : 0)
        var transactionIDs: [Int64] = []
        amount = min(amount, order.captured - order.refundedMoney)
        if money, amount > 0,
            let paid = order.transactions.first(where: { $0.status == "success" && ($0.kind == .sale || $0.kind == .capture) })
        {
            let transaction = ShopTransaction(
                id: ids.next(.transaction), kind: .refund, status: "success", gateway: paid.gateway, isManual: paid.isManual,
                amount: amount,
                createdAt: now, parentID: paid.id)
            order.transactions.append(transaction)
            transactionIDs = [transaction.id]
        }
        guard !lines.isEmpty || !transactionIDs.isEmpty else { return nil }
        let refund = ShopRefund(
            id: ids.next(.refund), createdAt: now, note: note, lines: lines, shippingAmount: shippingAmount, shippingTax: shippingTax, transactionIDs: transactionIDs,
            restocks: restock)
        order.refunds.append(refund)
        return refund
    }

    /// Tags, note, archive, re-open…: anything that only shows as orders/updated.
    mutating func amend(_ id: Int64, at now: Int64, _ body: (inout ShopOrder) throws(Refusal) -> Void) throws(Refusal) -> ShopOrder {
        var order = try order(id)
        try body(&order)
        save(&order, at: now)
        announce(order, ["orders/updated"])
        return order
    }

    /// Stamps and keeps the order; `updated_at` never goes back.
    mutating func save(_ order: inout ShopOrder, at now: Int64) {
        order.updatedAt = max(now, order.updatedAt)
        store(order)
    }
}

extension ShopOrder {
    func fulfillableQuantityIgnoringCancel(of line: ShopLine) -> Int64 { max(0, line.currentQuantity - fulfilledQuantity(of: line.id)) }
}
