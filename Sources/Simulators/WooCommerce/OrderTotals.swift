/// The sums of an order: always without tax, the tax apart (platforms/woocommerce.md §5).
struct OrderTotals: Sendable, Equatable {
    var discount = 0, discountTax = 0, shipping = 0, shippingTax = 0, cartTax = 0, fees = 0, lines = 0

    init(_ order: ShopOrder) {
        for line in order.lines {
            lines += line.total
            discount += line.subtotal - line.total
            discountTax += line.subtotalTax - line.totalTax
            cartTax += line.totalTax
        }
        for fee in order.fees {
            fees += fee.total
            cartTax += fee.totalTax
        }
        for line in order.shippingLines {
            shipping += line.total
            shippingTax += line.totalTax
        }
    }

    var totalTax: Int { cartTax + shippingTax }
    var total: Int { lines + fees + shipping + totalTax }
}

extension ShopOrder {
    var totals: OrderTotals { OrderTotals(self) }
    var refundedAmount: Int { refunds.reduce(0) { $0 + $1.amount } }
    var hasTaxes: Bool { totals.totalTax != 0 }

    /// Computes every tax anew from the amounts before tax.
    mutating func calculateTaxes(basisPoints: Int, decimals: Decimals) {
        for index in lines.indices {
            lines[index].subtotalTax = decimals.tax(of: lines[index].subtotal, basisPoints: basisPoints)
            lines[index].totalTax = decimals.tax(of: lines[index].total, basisPoints: basisPoints)
        }
        for index in shippingLines.indices { shippingLines[index].totalTax = decimals.tax(of: shippingLines[index].total, basisPoints: basisPoints) }
        for index in fees.indices where fees[index].isTaxable { fees[index].totalTax = decimals.tax(of: fees[index].total, basisPoints: basisPoints) }
        let totals = totals
        if coupons.count == 1 {
            coupons[0].discount = totals.discount
            coupons[0].discountTax = totals.discountTax
        }
    }
}
