import Domain

/// The sums of an order whose lines or amounts a person changed: rebuilt from the platform's own by the sum law, never guessed.
enum EditedTotals {
    /// Our total is another than the platform's because a person changed lines or amounts.
    static let flagCode = "total_edited"

    /// Sums of `order`, whose lines carry edited quantities and prices, over `source`, the platform's own telling. Returns false when a sum leaves what a number holds.
    static func lay(_ edits: [EditedField], over source: OrderSnapshot, onto order: inout OrderSnapshot) -> Bool {
        order.forgetEditedTotal()
        guard edits.contains(where: { OrderField.concernsMoney($0.field) }) else {
            if order.totals != source.totals || order.payment.codAmount != source.payment.codAmount { restore(source, to: &order) }
            return true
        }
        var sums = Sums(), sourceGross: Int64 = 0, sourceNet: Int64 = 0
        let before = Dictionary(source.lines.map { ($0.externalLineID, $0) }, uniquingKeysWith: { first, _ in first })
        for index in order.lines.indices {
            guard let old = before[order.lines[index].externalLineID] else { continue }
            guard let oldGross = product(old.unitPrice, old.quantity), let line = rebuilt(order.lines[index], from: old), let newGross = product(line.unitPrice, line.quantity) else { return false }
            order.lines[index] = line
            guard add(oldGross, to: &sourceGross), add(old.lineTotal, to: &sourceNet), add(newGross, less: oldGross, to: &sums.gross), add(line.discount, less: old.discount, to: &sums.discount),
                  add(line.lineTotal, less: old.lineTotal, to: &sums.net), add(line.tax, less: old.tax, to: &sums.tax) else { return false }
        }
        var totals = source.totals
        // A platform gives the lines' sum before or after their discounts; which, its own numbers tell.
        let isGross = totals.items == sourceGross && sourceGross != sourceNet
        guard add(isGross ? sums.gross : sums.net, to: &totals.items), add(isGross ? sums.discount : 0, to: &totals.discount), add(sums.tax, to: &totals.tax) else { return false }
        if edits.contains(where: { $0.field == "totals.shipping" }) { totals.shipping = order.totals.shipping }
        if edits.contains(where: { $0.field == "totals.discount" }) { totals.discount = order.totals.discount }
        guard let rebuilt = totals.rebuiltGrand, let was = source.totals.rebuiltGrand, add(rebuilt, less: was, to: &totals.grand) else { return false }
        let grand = totals.grand
        order.totals = totals
        if !edits.contains(where: { $0.field == "payment.codAmount" }) {
            order.payment.codAmount = source.payment.codAmount.map { $0 == source.totals.grand ? grand : max(0, $0 &+ (grand - source.totals.grand)) }
        }
        if grand != source.totals.grand {
            order.flags.append(Flag(code: flagCode, message: "The platform's total is \(Money(minor: source.totals.grand, order.currency)), with the changes made here it is \(Money(minor: grand, order.currency))."))
        }
        return true
    }

    private struct Sums { var gross: Int64 = 0, discount: Int64 = 0, net: Int64 = 0, tax: Int64 = 0 }

    /// - Returns: false when the sum leaves what a number holds.
    private static func add(_ part: Int64, less taken: Int64 = 0, to sum: inout Int64) -> Bool {
        let (difference, first) = part.subtractingReportingOverflow(taken)
        let (result, second) = sum.addingReportingOverflow(difference)
        sum = result
        return !first && !second
    }

    private static func product(_ price: Int64, _ quantity: Int) -> Int64? {
        let (value, overflow) = price.multipliedReportingOverflow(by: Int64(quantity))
        return overflow ? nil : value
    }

    /// A line with another quantity or price: its discount is never more than it costs, its tax keeps its share.
    private static func rebuilt(_ line: OrderLine, from old: OrderLine) -> OrderLine? {
        if line.quantity == old.quantity, line.unitPrice == old.unitPrice {
            var same = line
            (same.discount, same.tax, same.lineTotal) = (old.discount, old.tax, old.lineTotal)
            return same
        }
        guard let gross = product(line.unitPrice, line.quantity) else { return nil }
        var new = line
        new.discount = max(0, min(old.discount, gross))
        new.lineTotal = gross - new.discount
        new.tax = old.lineTotal == 0 ? 0 : share(old.tax, of: new.lineTotal, in: old.lineTotal)
        return new
    }

    /// `amount × part ÷ whole`, half away from zero.
    private static func share(_ amount: Int64, of part: Int64, in whole: Int64) -> Int64 {
        let (product, overflow) = amount.multipliedReportingOverflow(by: part)
        guard !overflow, whole != 0 else { return amount }
        let rounded = Int64((product.magnitude + whole.magnitude / 2) / whole.magnitude)
        return (product < 0) != (whole < 0) ? -rounded : rounded
    }

    private static func restore(_ source: OrderSnapshot, to order: inout OrderSnapshot) {
        let before = Dictionary(source.lines.map { ($0.externalLineID, $0) }, uniquingKeysWith: { first, _ in first })
        for index in order.lines.indices {
            guard let old = before[order.lines[index].externalLineID] else { continue }
            let line = order.lines[index]
            order.lines[index] = old
            order.lines[index].weightGrams = line.weightGrams
        }
        order.totals = source.totals
        order.payment.codAmount = source.payment.codAmount
    }
}

extension OrderSnapshot {
    fileprivate mutating func forgetEditedTotal() { flags.removeAll { $0.code == EditedTotals.flagCode } }
}
