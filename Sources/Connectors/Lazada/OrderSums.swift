import Connect
import Domain

/// The order's sums in our form (platforms/lazada.md §5): `items − voucher + shipping`; tax is inside and only told.
struct OrderSums: Sendable, Equatable {
    var totals: Totals

    /// `price` and `voucher` are of the order as it was placed. What was cancelled since is taken out of both, where they still hold it, so that the rest adds up;
    /// a wholly cancelled order is shown as it was placed.
    ///
    /// The grand total is the platform's own, `price − voucher + shipping_fee`: where its items add up to something else the ledger raises both numbers.
    init(_ order: WireOrder, _ items: [ItemReading], isCashOnDelivery: Bool, _ reader: AmountReader) throws(ConnectorError) {
        let living = items.filter { $0.meaning.family != .cancelled }
        let kept = living.isEmpty ? items : living
        let itemsSum = try AmountReader.sum(kept.map(\.price), "items.item_price"), allItems = try AmountReader.sum(items.map(\.price), "items.item_price")
        let keptVouchers = try AmountReader.sum(kept.map(\.voucher), "items.voucher_amount"), allVouchers = try AmountReader.sum(items.map(\.voucher), "items.voucher_amount")
        var voucher = try reader.minor(order.voucher, "voucher") ?? keptVouchers
        if kept.count < items.count, voucher == allVouchers { voucher = keptVouchers }
        let shipping = try reader.minor(order.shippingFee, "shipping_fee") ?? 0
        var price = try reader.minor(order.price, "price") ?? itemsSum
        if kept.count < items.count, price == allItems { price = itemsSum }
        let grand = try AmountReader.sum([price, -voucher, shipping], "price")
        totals = Totals(items: itemsSum, discount: voucher, shipping: shipping, tax: try AmountReader.sum(kept.map(\.tax), "items.tax_amount"), taxIncluded: true, grand: grand)
        let refunded = kept.filter { OrderStates.payment(of: $0, isCashOnDelivery: isCashOnDelivery) == .refunded }
        // All of it: with the shipping.
        totals.refunded = refunded.count == kept.count ? max(0, grand) : min(max(0, grand), max(0, try AmountReader.sum(refunded.map(\.paid), "items.paid_price")))
    }
}
