/// The sums of an order in shop minor units.
struct OrderTotals: Sendable, Codable, Equatable {
    var items: Int64 = 0
    var discounts: Int64 = 0
    var shipping: Int64 = 0
    var tax: Int64 = 0
    var tip: Int64 = 0
    var grand: Int64 = 0

    /// Items after their own discounts.
    var subtotal: Int64 = 0
}

extension ShopOrder {
    /// Tax inside or on top of `base`.
    func tax(on base: Int64) -> Int64 {
        taxesIncluded ? proportion(base, taxRate, 1_000_000 + taxRate) : proportion(base, taxRate, 1_000_000)
    }

    /// What `quantity` units of a line cost after their share of the line's discounts.
    func net(of line: ShopLine, quantity: Int64) -> Int64 {
        line.unitPrice * quantity - proportion(line.allocated, quantity, line.quantity)
    }

    func lineTax(_ line: ShopLine, quantity: Int64) -> Int64 { line.isTaxable ? tax(on: net(of: line, quantity: quantity)) : 0 }

    func currentNet(of line: ShopLine) -> Int64 { net(of: line, quantity: line.currentQuantity) }

    func currentTax(of line: ShopLine) -> Int64 { lineTax(line, quantity: line.currentQuantity) }

    func originalTax(of line: ShopLine) -> Int64 { lineTax(line, quantity: line.quantity) }

    func shippingTax(_ line: ShippingLine) -> Int64 { tax(on: line.discountedPrice) }

    /// As it was bought.
    func totalsAsPlaced() -> OrderTotals {
        totals(quantity: { $0.addedByEdit ? 0 : $0.quantity }, shippingRefunded: { _ in 0 })
    }

    /// After edits, as if nothing had been given back: what is agreed with the buyer. Of an order of which nothing is left, what was bought
    /// (platforms/shopify.md §4.4: current values for what to ship, originals for what was bought).
    var agreed: OrderTotals {
        if isEmptied { return original }
        var totals = totals(quantity: { $0.quantity - $0.removedByEdit }, shippingRefunded: { _ in 0 })
        if isFullyCancelled { (totals.tip, totals.grand) = (tipMinor, totals.grand + tipMinor) }
        return totals
    }

    /// Everything was taken back.
    var isEmptied: Bool { lines.allSatisfy { $0.currentQuantity == 0 } }

    /// After edits and refunds.
    var current: OrderTotals { totals(quantity: \.currentQuantity, shippingRefunded: \.refunded) }

    private func totals(quantity: (ShopLine) -> Int64, shippingRefunded: (ShippingLine) -> Int64) -> OrderTotals {
        var totals = OrderTotals()
        for line in lines {
            let quantity = quantity(line)
            let net = net(of: line, quantity: quantity)
            totals.items += line.unitPrice * quantity
            totals.discounts += line.unitPrice * quantity - net
            totals.subtotal += net
            if line.isTaxable { totals.tax += tax(on: net) }
        }
        for line in shippingLines {
            let kept = line.discountedPrice - shippingRefunded(line)
            totals.shipping += line.price - shippingRefunded(line)
            totals.discounts += line.price - line.discountedPrice
            totals.tax += tax(on: kept)
        }
        totals.tip = isFullyCancelled ? 0 : tipMinor
        totals.grand = totals.items - totals.discounts + totals.shipping + (taxesIncluded ? 0 : totals.tax) + totals.tip
        return totals
    }

    private var isFullyCancelled: Bool { cancelledAt != nil }

    // MARK: Payment

    var captured: Int64 { sum(of: [.sale, .capture]) }
    var refundedMoney: Int64 { sum(of: [.refund]) }
    var authorised: Int64 { sum(of: [.authorization]) }
    var outstanding: Int64 { current.grand - (captured - refundedMoney) }

    private func sum(of kinds: Set<ShopTransaction.Kind>) -> Int64 {
        transactions.reduce(0) { $0 + (kinds.contains($1.kind) && $1.status == "success" ? $1.amount : 0) }
    }

    /// REST words; GraphQL has them in capitals.
    var financialStatus: String {
        if refundedMoney > 0 { return refundedMoney >= captured ? "refunded" : "partially_refunded" }
        if isVoided { return "voided" }
        if captured > 0 { return captured >= current.grand ? "paid" : "partially_paid" }
        if authorised > 0 { return "authorized" }
        return original.grand == 0 ? "paid" : "pending"
    }

    // MARK: Fulfilment

    func fulfilledQuantity(of lineID: Int64) -> Int64 {
        fulfilments.filter(\.isLive).reduce(0) { sum, fulfilment in
            sum + fulfilment.lines.reduce(0) { $0 + ($1.lineID == lineID ? $1.quantity : 0) }
        }
    }

    func fulfillableQuantity(of line: ShopLine) -> Int64 {
        guard cancelledAt == nil else { return 0 }
        return max(0, line.currentQuantity - fulfilledQuantity(of: line.id))
    }

    func fulfillmentStatus(of line: ShopLine) -> String? {
        let fulfilled = fulfilledQuantity(of: line.id)
        if fulfilled == 0 { return nil }
        return fulfillableQuantity(of: line) == 0 ? "fulfilled" : "partial"
    }

    /// REST: null, `partial`, `fulfilled`, `restocked`.
    var fulfillmentStatus: String? {
        let fulfilled = lines.reduce(0) { $0 + fulfilledQuantity(of: $1.id) }
        if fulfilled == 0 { return isRestocked ? "restocked" : nil }
        return lines.allSatisfy { fulfillableQuantity(of: $0) == 0 } ? "fulfilled" : "partial"
    }

    /// GraphQL `displayFulfillmentStatus`.
    var displayFulfillmentStatus: String {
        switch fulfillmentStatus {
        case "partial": "PARTIALLY_FULFILLED"
        case "fulfilled": "FULFILLED"
        case "restocked": "RESTOCKED"
        default:
            if fulfillmentOrders.contains(where: { $0.status == .onHold }) {
                "ON_HOLD"
            } else if fulfillmentOrders.contains(where: { $0.status == .scheduled }) {
                "SCHEDULED"
            } else if fulfillmentOrders.contains(where: { $0.status == .inProgress }) {
                "IN_PROGRESS"
            } else {
                "UNFULFILLED"
            }
        }
    }

    /// Shop minor units as presentment minor units.
    func presentmentMinor(_ minor: Int64) -> Int64 {
        guard presentment != currency else { return minor }
        return proportion(minor, presentment.scale * presentmentRate, currency.scale * 1_000_000)
    }
}

extension ShopRefund {
    /// What was paid back for shipping in the way the shop writes prices: with its tax inside, or without.
    func shippingSubtotal(of order: ShopOrder) -> Int64 { order.taxesIncluded ? shippingAmount : shippingAmount - (shippingTax ?? 0) }
}

/// 32 hex characters that look random and are not: tokens must be the same in every rendering of an order.
func hexDigest(of id: Int64, _ salt: UInt64) -> String {
    var state = UInt64(bitPattern: id) &+ salt
    return (0..<2).map { _ in
        state = (state ^ (state >> 31)) &* 0x9E37_79B9_7F4A_7C15
        let mixed = state ^ (state >> 29)
        let text = String(mixed, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
}
