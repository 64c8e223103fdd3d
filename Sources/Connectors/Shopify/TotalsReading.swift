import Connect
import Domain

/// The order's amounts in our words, so that `items - discount + shipping + fees + (taxIncluded ? 0 : tax) = grand` holds where the platform's own numbers do.
///
/// `grand` is what was agreed with the buyer: edits change it, refunds do not (they are in `refunded`). The platform's `total_*` are the order as it was
/// placed, its `current_*` are after edits *and* refunds (§4.3); so an edited order is read as `current_*` plus what refunds took back.
/// Where the platform's numbers break the law, they are returned all the same: the ledger raises both.
struct TotalsReading {
    var totals: Totals
    /// The quantity of each line that is still wanted, in the order of `OrderReading.lines`; as bought when nothing at all is left (cancelled, refunded whole).
    var quantities: [Int]
    /// Everything was taken back: nothing is to be shipped.
    var isEmptied: Bool
    var flags: [Flag]

    private struct Line { var price: Int64, bought: Int, current: Int, refunded: Int }
    /// What refunds with money took back of the order.
    private struct TakenBack { var quantities: [String: Int] = [:], gross: Int64 = 0, subtotal: Int64 = 0, tax: Int64 = 0, shipping: Int64 = 0, shippingTax: Int64 = 0, paid: Int64 = 0 }

    init(of order: OrderReading, _ reader: AmountReader) throws(ConnectorError) {
        var flags: [Flag] = []
        let taken = try Self.takenBack(order, reader, &flags)
        let lines = try Self.lines(order, taken, reader)
        isEmptied = !lines.isEmpty && lines.allSatisfy { $0.current == 0 } && lines.contains { $0.bought > 0 }
        let emptied = isEmptied
        quantities = lines.map { emptied ? $0.bought : $0.current }
        let total = try reader.minor(order.amounts.total, "total_price"), current = try reader.minor(order.amounts.currentTotal, "current_total_price")
        guard let grand = total ?? current else { throw .notUnderstood(field: "total_price", found: "") }
        let listed = try reader.minor(order.amounts.items, "total_line_items_price")
        let asBought = try Self.gross(lines, reader) { $0.bought }
        let edited = !emptied && Self.isEdited(order, lines, total: grand, current: current, listed: listed, asBought: asBought)
        totals = edited
            ? try Self.edited(order, lines, taken, current: current ?? grand, reader)
            : try Self.placed(order, grand: grand, items: listed ?? (emptied && order.isEdited == true ? nil : asBought), reader)
        totals.refunded = try reader.minor(order.amounts.refunded, "totalRefundedSet") ?? taken.paid
        self.flags = flags
    }

    // MARK: the two states of an order

    /// The order as it was placed.
    ///
    /// - Parameter items: nil where the form does not tell them and an edit has added lines that nobody can tell from the others (an order that was edited
    ///   and cancelled, read by GraphQL): then they are what the platform's other numbers leave.
    private static func placed(_ order: OrderReading, grand: Int64, items: Int64?, _ reader: AmountReader) throws(ConnectorError) -> Totals {
        let shipping = try shippingLines(order, reader)
        guard let items else {
            var totals = try placed(order, grand: grand, items: 0, reader)
            if let rest = totals.rebuiltGrand { totals.items = grand - rest }
            return totals
        }
        return lawful(items: items, discount: try reader.minor(order.amounts.discounts, "total_discounts") ?? 0,
                      shipping: try reader.minor(order.amounts.shipping, "total_shipping_price_set") ?? shipping.gross, shippingDiscount: shipping.discount,
                      fees: try fees(order, duties: order.amounts.duties, additional: order.amounts.fees, reader),
                      rounding: try reader.minor(order.amounts.rounding, "total_cash_rounding_payment_adjustment_set") ?? 0,
                      tax: try reader.minor(order.amounts.tax, "total_tax") ?? 0, taxIncluded: order.taxesIncluded, grand: grand)
    }

    /// The order after its edits, as if no refund had been made.
    private static func edited(_ order: OrderReading, _ lines: [Line], _ taken: TakenBack, current: Int64, _ reader: AmountReader) throws(ConnectorError) -> Totals {
        let shipping = try shippingLines(order, reader)
        let tax = (try reader.minor(order.amounts.currentTax ?? order.amounts.tax, "current_total_tax") ?? 0) + taken.tax + taken.shippingTax
        let discount = (try reader.minor(order.amounts.currentDiscounts ?? order.amounts.discounts, "current_total_discounts") ?? 0) + (taken.gross - taken.subtotal)
        return lawful(items: try gross(lines, reader) { $0.current + $0.refunded }, discount: discount,
                      shipping: order.shippingLines.isEmpty ? try reader.minor(order.amounts.shipping, "total_shipping_price_set") ?? 0 : shipping.gross,
                      shippingDiscount: shipping.discount,
                      fees: try fees(order, duties: order.amounts.currentDuties ?? order.amounts.duties, additional: order.amounts.currentFees ?? order.amounts.fees, reader),
                      rounding: try reader.minor(order.amounts.rounding, "total_cash_rounding_payment_adjustment_set") ?? 0,
                      tax: tax, taxIncluded: order.taxesIncluded,
                      grand: current + taken.subtotal + taken.shipping + (order.taxesIncluded ? 0 : taken.tax + taken.shippingTax))
    }

    /// Edited: the current total differs and refunds alone do not explain it. GraphQL says it; REST shows it in quantities that no refund took, in lines that
    /// were added (the listed sum is of the order as placed), in a removed shipping line, or in a total that moved without any refund.
    private static func isEdited(_ order: OrderReading, _ lines: [Line], total: Int64, current: Int64?, listed: Int64?, asBought: Int64) -> Bool {
        guard let current, current != total else { return false }
        if let told = order.isEdited { return told }
        if current > total || order.refunds.isEmpty { return true }
        if let listed, listed != asBought { return true }
        return lines.contains { $0.current + $0.refunded < $0.bought } || order.shippingLines.contains { $0.isRemoved }
    }

    /// The reading of the parts that obeys the law. Two things are documented both ways: whether the discount total counts the discount on shipping
    /// (and the shipping total is before it), and whether the rounding of cash payments is inside the total. The first reading stands when none fits.
    private static func lawful(items: Int64, discount: Int64, shipping: Int64, shippingDiscount: Int64, fees: Int64, rounding: Int64, tax: Int64, taxIncluded: Bool,
                               grand: Int64) -> Totals {
        let discounts = shippingDiscount == 0 ? [discount] : [discount, discount + shippingDiscount, discount - shippingDiscount]
        let feeReadings = rounding == 0 ? [fees] : [fees + rounding, fees]
        var first: Totals?
        for discount in discounts {
            for fees in feeReadings {
                let totals = Totals(items: items, discount: discount, shipping: shipping, fees: fees, tax: tax, taxIncluded: taxIncluded, grand: grand)
                if totals.rebuiltGrand == grand { return totals }
                first = first ?? totals
            }
        }
        return first ?? Totals(items: items, discount: discount, shipping: shipping, fees: fees, tax: tax, taxIncluded: taxIncluded, grand: grand)
    }

    // MARK: parts

    private static func lines(_ order: OrderReading, _ taken: TakenBack, _ reader: AmountReader) throws(ConnectorError) -> [Line] {
        var lines: [Line] = []
        lines.reserveCapacity(order.lines.count)
        for given in order.lines {
            let bought = given.quantity, current = given.currentQuantity ?? bought
            guard (0...AmountReader.largestQuantity).contains(bought), (0...AmountReader.largestQuantity).contains(current) else {
                throw .notUnderstood(field: "quantity", found: "\(bought)")
            }
            lines.append(Line(price: try reader.minor(given.price, "price") ?? 0, bought: bought, current: current,
                              refunded: max(0, min(taken.quantities[given.id] ?? 0, bought - current))))
        }
        return lines
    }

    private static func gross(_ lines: [Line], _ reader: AmountReader, _ quantity: (Line) -> Int) throws(ConnectorError) -> Int64 {
        var tally = Tally("line_items")
        for line in lines { tally.add(try reader.product(line.price, quantity(line), "price")) }
        return try tally.result()
    }

    private static func shippingLines(_ order: OrderReading, _ reader: AmountReader) throws(ConnectorError) -> (gross: Int64, discount: Int64) {
        var gross = Tally("shipping_lines"), discount = Tally("shipping_lines")
        for line in order.shippingLines where !line.isRemoved {
            let price = try reader.minor(line.price, "shipping_lines.price") ?? 0
            gross.add(price)
            if let discounted = try reader.minor(line.discountedPrice, "shipping_lines.discounted_price") { discount.add(price - discounted) }
        }
        return (try gross.result(), try discount.result())
    }

    /// Tips, duties unless they are inside the prices, and additional fees.
    private static func fees(_ order: OrderReading, duties: String?, additional: String?, _ reader: AmountReader) throws(ConnectorError) -> Int64 {
        let tip = try reader.minor(order.amounts.tip, "total_tip_received") ?? 0
        let duty = order.dutiesIncluded ? 0 : try reader.minor(duties, "total_duties_set") ?? 0
        return tip + duty + (try reader.minor(additional, "total_additional_fees_set") ?? 0)
    }

    /// Removals by an edit leave a refund without money behind: those are no refunds.
    private static func takenBack(_ order: OrderReading, _ reader: AmountReader, _ flags: inout [Flag]) throws(ConnectorError) -> TakenBack {
        var taken = TakenBack()
        if order.refunds.isEmpty { return taken }
        let prices = Dictionary(order.lines.map { ($0.id, $0.price) }, uniquingKeysWith: { first, _ in first })
        var gross = Tally("refunds"), subtotal = Tally("refunds"), tax = Tally("refunds"), shipping = Tally("refunds"), shippingTax = Tally("refunds"), paid = Tally("refunds")
        for refund in order.refunds {
            let money = try paidBack(refund, order.currency, reader, &flags)
            paid.add(money)
            guard money > 0 else { continue }
            for line in refund.lines {
                guard (0...AmountReader.largestQuantity).contains(line.quantity) else { throw .notUnderstood(field: "refund_line_items.quantity", found: "\(line.quantity)") }
                taken.quantities[line.lineID, default: 0] += line.quantity
                gross.add(try reader.product(try reader.minor(prices[line.lineID] ?? nil, "price") ?? 0, line.quantity, "refund_line_items"))
                subtotal.add(try reader.minor(line.subtotal, "refund_line_items.subtotal", rounding: true) ?? 0)
                tax.add(try reader.minor(line.tax, "refund_line_items.total_tax", rounding: true) ?? 0)
            }
            for part in refund.shipping {   // negative in the older form
                shipping.add(abs(try reader.minor(part.amount, "order_adjustments.amount", rounding: true) ?? 0))
                shippingTax.add(abs(try reader.minor(part.tax, "order_adjustments.tax_amount", rounding: true) ?? 0))
            }
        }
        taken.gross = try gross.result(); taken.subtotal = try subtotal.result(); taken.tax = try tax.result()
        taken.shipping = try shipping.result(); taken.shippingTax = try shippingTax.result(); taken.paid = try paid.result()
        return taken
    }

    /// What one refund paid back, in the shop's currency.
    private static func paidBack(_ refund: OrderReading.Refund, _ currency: String?, _ reader: AmountReader, _ flags: inout [Flag]) throws(ConnectorError) -> Int64 {
        if let total = try reader.minor(refund.total, "refunds.totalRefundedSet") { return total }
        var tally = Tally("refunds.transactions")
        for transaction in refund.transactions where transaction.kind == "refund" && (transaction.status == nil || transaction.status == "success") {
            if let given = transaction.currency, let currency, given != currency {
                let flag = Flag(code: "refund_currency", message: "A refund was made in \(given.cut(8)); its amount in \(currency) is not in the delivery.")
                if !flags.contains(flag) { flags.append(flag) }
                for line in refund.lines {   // the lines are in the shop's currency
                    tally.add(try reader.minor(line.subtotal, "refund_line_items.subtotal", rounding: true) ?? 0)
                }
                return try tally.result()
            }
            tally.add(try reader.minor(transaction.amount, "refunds.transactions.amount") ?? 0)
        }
        return try tally.result()
    }
}
