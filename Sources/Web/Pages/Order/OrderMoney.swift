import Domain
import Hub

/// Lines and sums with the sum law's check.
struct OrderMoney {
    let page: OrderPage
    private var s: OrderSnapshot { page.order.snapshot }

    var lines: [OrderView.Line] {
        s.lines.map { line in
            OrderView.Line(
                title: line.variant.map { "\(line.title) · \($0)" } ?? line.title, sku: line.sku ?? "", quantity: "\(line.quantity)", price: PageWords.money(line.unitPrice, s.currency),
                discount: line.discount == 0 ? [] : [PageWords.money(line.discount, s.currency)], total: PageWords.money(line.lineTotal, s.currency),
                edits: page.mark("lines.\(line.externalLineID).quantity") + page.mark("lines.\(line.externalLineID).unitPrice"))
        }
    }

    var sums: [OrderView.Sum] {
        let t = s.totals
        let parts = [("items", t.items), ("discount", -t.discount), ("shipping", t.shipping), ("fees", t.fees), (t.taxIncluded ? "taxInside" : "tax", t.tax), ("refunded", -t.refunded)]
        return parts.filter { $0.1 != 0 || $0.0 == "items" }.map { .init(name: page.words("order.sums.\($0.0)"), value: PageWords.money($0.1, s.currency), isGrand: false) }
            + [.init(name: page.words("order.sums.grand"), value: PageWords.money(t.grand, s.currency), isGrand: true)]
    }

    /// Both numbers, when the platform's total is not the sum of its parts.
    var mismatch: [OrderView.Mismatch] {
        let rebuilt = s.totals.rebuiltGrand
        guard rebuilt != s.totals.grand else { return [] }
        return [.init(stated: PageWords.money(s.totals.grand, s.currency), rebuilt: rebuilt.map { PageWords.money($0, s.currency) } ?? page.words("order.outOfRange"))]
    }
}
