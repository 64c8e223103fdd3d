import Documents
import Domain

/// Lines, totals by the sum law, and payment.
extension OrderAssembly {
    struct Line { var line: OrderLine; var gross: Int64, isPriced: Bool }
    struct TotalsFound { var totals: Totals, arePricesKnown: Bool, isTaxAssumedInside = false, flags: [Flag] = [] }
    struct PaymentFound { var payment: Payment, rawState: String?, flags: [Flag] = [] }

    static let maximumQuantity = 100_000
    private static let maximumLineMinor: Int64 = 1_000_000_000_000_000

    private var hasPriceColumns: Bool { isMapped(.unitPrice) || isMapped(.lineTotal) }

    func lines(_ currency: Currency) -> [Line] {
        var names: Set<String> = []
        return rows.enumerated().compactMap { index, row in
            let id = text(.externalLineID, row) ?? "\(index + 1)"
            if !names.insert(id).inserted {
                report(.externalLineID, row, "line_id_repeated", "The line \"\(id.prefix(60))\" stands twice in the order.", "Give each line of the order a number of its own, or leave the column out.")
            }
            let sku = text(.sku, row)
            let title = text(.title, row) ?? sku
            if title == nil { report(isMapped(.sku) ? .sku : .title, row, "item_missing", "The row names neither a SKU nor a product.", "Fill in the SKU or the product's name.") }
            guard let quantity = quantity(row) else { return nil }
            let discount = amount(.lineDiscount, row, currency) ?? 0
            let price = price(row, quantity: quantity, discount: discount, currency)
            guard let title, let (unit, gross) = price else { return nil }
            return Line(line: OrderLine(externalLineID: id, sku: sku, title: title, variant: text(.variant, row), quantity: quantity, unitPrice: unit, discount: discount,
                                        lineTotal: gross - discount, weightGrams: weight(row)), gross: gross, isPriced: hasPriceColumns)
        }
    }

    private func quantity(_ row: TableRow) -> Int? {
        guard let raw = text(.quantity, row) else {
            if !problems.contains(where: { $0.row == row.number && $0.column == .quantity }) {
                report(.quantity, row, "quantity_missing", "The row has no quantity.", "Write how many pieces were ordered.")
            }
            return nil
        }
        let digits = AddressNormaliser.asciiDigits(raw)
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let number = Int(parts[0]), parts.count == 1 || parts[1].allSatisfy({ $0 == "0" }), number > 0, number <= Self.maximumQuantity else {
            report(.quantity, row, "quantity_not_whole", "\"\(raw.prefix(30))\" is no whole number from 1 to \(Self.maximumQuantity).", "Write the number of pieces in digits.")
            return nil
        }
        return number
    }

    /// Unit price and quantity times price.
    private func price(_ row: TableRow, quantity: Int, discount: Int64, _ currency: Currency) -> (unit: Int64, gross: Int64)? {
        guard hasPriceColumns else { return (0, discount) }
        let before = problems.count
        let unit = amount(.unitPrice, row, currency), total = amount(.lineTotal, row, currency)
        guard problems.count == before else { return nil }
        let count = Int64(quantity)
        if let unit {
            let (gross, overflow) = unit.multipliedReportingOverflow(by: count)
            guard !overflow, gross <= Self.maximumLineMinor else {
                report(.unitPrice, row, "amount_out_of_range", "Price times quantity is larger than any order.", "Check price and quantity.")
                return nil
            }
            if let total, total != gross - discount, total != gross {
                report(.lineTotal, row, "line_total_mismatch",
                       "The row's total is \(Money(minor: total, currency)); price times quantity less discount is \(Money(minor: gross - discount, currency)).", "Correct price, quantity, discount or total.")
                return nil
            }
            return (unit, gross)
        }
        guard let total else {
            report(isMapped(.unitPrice) ? .unitPrice : .lineTotal, row, "price_missing", "The row has no price.", "Write the unit price; 0 for a gift.")
            return nil
        }
        let gross = total + discount
        guard gross % count == 0 else {
            report(.lineTotal, row, "price_not_divisible", "The row's total of \(Money(minor: gross, currency)) is no multiple of its quantity \(quantity).", "Add a column with the unit price.")
            return nil
        }
        return (gross / count, gross)
    }

    /// Of one piece.
    private func weight(_ row: TableRow) -> Int? {
        for (column, factor) in [(OrderColumn.weightGrams, 1.0), (.weightKilograms, 1000.0)] {
            guard let text = text(column, row) else { continue }
            guard let number = Double(text.replacing(",", with: ".")), number >= 0, number * factor < 10_000_000 else {
                report(column, row, "weight_unreadable", "\"\(text.prefix(30))\" is no weight.", "Write digits only.", isRejection: false)
                continue
            }
            return Int((number * factor).rounded())
        }
        return nil
    }

    func totals(_ lines: [Line], _ currency: Currency) -> TotalsFound {
        let shipping = commonAmount(.shippingFee, currency) ?? 0, orderDiscount = commonAmount(.orderDiscount, currency) ?? 0
        let tax = commonAmount(.tax, currency) ?? 0, grand = commonAmount(.grandTotal, currency)
        let discount = lines.reduce(orderDiscount) { $0 + $1.line.discount }
        guard hasPriceColumns else {
            let total = grand ?? 0
            let flag = Flag(code: "prices_missing", message: "The file has no prices. Only the order's total is known.")
            return TotalsFound(totals: Totals(items: total - shipping + discount, discount: discount, shipping: shipping, tax: tax, taxIncluded: true, grand: total), arePricesKnown: false, flags: [flag])
        }
        let items = lines.reduce(0) { $0 + $1.gross }
        let before = items - discount + shipping
        var totals = Totals(items: items, discount: discount, shipping: shipping, tax: tax, taxIncluded: true, grand: before)
        // A row that failed already makes every sum wrong: one message is enough.
        guard lines.count == rows.count, let first = rows.first else { return TotalsFound(totals: totals, arePricesKnown: true) }
        if before < 0 {
            report(isMapped(.orderDiscount) ? .orderDiscount : .lineDiscount, first, "total_negative", "The discounts are larger than the order.", "Check prices and discounts.")
        }
        guard let grand, grand != before else { return TotalsFound(totals: totals, arePricesKnown: true, isTaxAssumedInside: tax > 0 && grand == nil) }
        if tax > 0, grand == before + tax {
            totals.taxIncluded = false
            totals.grand = grand
        } else {
            let sums = tax > 0 ? "\(Money(minor: before, currency)), or \(Money(minor: before + tax, currency)) with tax" : "\(Money(minor: before, currency))"
            report(.grandTotal, first, "total_mismatch", "The order's total is \(Money(minor: grand, currency)); its rows add up to \(sums).",
                   "Correct the prices, the shipping fee, the discounts or the total; or leave the total out.")
        }
        return TotalsFound(totals: totals, arePricesKnown: true)
    }

    func payment(_ totals: Totals, arePricesKnown: Bool, _ currency: Currency) -> PaymentFound {
        let method = same(.paymentMethod)
        var isCOD = method.map(PaymentWords.isCashOnDelivery) ?? false
        var amount: Int64?
        enum Wish: Equatable { case flag(Bool), amount(Int64) }
        let wish = common(.codAmount) { row -> Wish? in
            guard let text = self.text(.codAmount, row) else { return nil }
            if let flag = PaymentWords.flag(text) { return .flag(flag) }
            return self.amount(.codAmount, row, currency).map { $0 == 0 ? .flag(false) : .amount($0) }
        }
        switch wish {
        case .flag(true): isCOD = true
        case .flag(false):
            if isCOD, let first = rows.first, text(.codAmount, first) != nil {
                report(.codAmount, first, "cod_contradicts", "The payment method is cash on delivery, and the amount to collect says none.", "Correct one of the two.")
            }
        case .amount(let minor): isCOD = true; amount = minor
        case nil: break
        }
        if isCOD, amount == nil { amount = totals.grand }
        if arePricesKnown, let amount, amount > totals.grand, let first = rows.first, !problems.contains(where: \.isRejection) {
            report(.codAmount, first, "cod_exceeds_total", "\(Money(minor: amount, currency)) are to be collected for an order of \(Money(minor: totals.grand, currency)).", "Correct the amount to collect or the prices.")
        }
        var flags: [Flag] = [], state = PaymentState.unpaid
        let raw = same(.paymentState)
        if let raw {
            if let known = PaymentWords.state(raw) { state = known } else {
                flags.append(Flag(code: "payment_state_unknown", message: "The file's payment state \"\(raw.prefix(40))\" is not known; the order counts as unpaid."))
            }
        }
        if isCOD, amount == 0 { flags.append(Flag(code: "cod_amount_missing", message: "The order is cash on delivery, and the amount to collect is not known.")) }
        return PaymentFound(payment: Payment(method: method, state: state, isCashOnDelivery: isCOD, codAmount: isCOD ? amount : nil), rawState: raw, flags: flags)
    }
}
