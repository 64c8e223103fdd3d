import Connect
import Domain
import Foundation

extension OrderReading {
    /// The order in our words (§5).
    ///
    /// - Throws: `.notUnderstood` when it has no currency, no total or no time, or an amount that is none.
    func snapshot(counter: Int64, wasRead: Bool, cashOnDelivery: CashOnDeliveryNames) throws(ConnectorError) -> OrderSnapshot {
        guard let word = currency, let currency = Currency(word) else { throw .notUnderstood(field: "currency", found: (self.currency ?? "").cut(40)) }
        let reader = AmountReader(currency: currency)
        let amounts = try TotalsReading(of: self, reader)
        let states = StateReading(of: self)
        let updated = try Self.time(updatedAt ?? processedAt ?? createdAt, "updated_at")
        let payment = try payment(states.payment, grand: amounts.totals.grand, cashOnDelivery, reader)
        let shippingLine = shippingLines.first { !$0.isRemoved }
        // Everything was refunded though nobody cancelled: there is nothing left to ship.
        let standing = amounts.isEmptied && (states.standing == .open || states.standing == .onHold) ? .closed : states.standing
        return OrderSnapshot(
            externalID: id, externalNumber: name ?? id, placedAt: try Self.time(processedAt ?? createdAt ?? updatedAt, "processed_at"),
            revision: Revision(updatedAt: updated, counter: counter, wasRead: wasRead),
            buyer: Buyer(name: customerName ?? shipTo?.fullName ?? billTo?.fullName, email: email, phone: phone ?? shipTo?.phone ?? billTo?.phone),
            shipTo: shipTo.map(Self.address), billTo: billTo.map(Self.address), currency: currency, totals: amounts.totals, payment: payment,
            shipping: Shipping(methodCode: shippingLine?.code, methodTitle: shippingLine?.title, requestedCarrier: shippingLine?.carrier, shipBy: shipBy),
            lines: try orderLines(amounts.quantities, reader), note: note, tags: tags, platformStatus: states.words, standing: standing,
            fulfilment: states.fulfilment, flags: states.flags + amounts.flags, attributes: attributes)
    }

    private static func time(_ text: String?, _ field: String) throws(ConnectorError) -> Timestamp {
        guard let text, let time = Timestamp(rfc3339: text) else { throw .notUnderstood(field: field, found: (text ?? "").cut(40)) }
        return time
    }

    private static func address(_ given: AddressReading) -> Address {
        Address(name: given.fullName, company: given.company, phone: given.phone, line1: given.address1, line2: given.address2, city: given.city,
                province: given.province, provinceCode: given.provinceCode, postcode: given.zip, countryCode: given.countryCode)
    }

    private func payment(_ state: PaymentState, grand: Int64, _ names: CashOnDeliveryNames, _ reader: AmountReader) throws(ConnectorError) -> Payment {
        let isCashOnDelivery = gateways.contains(where: names.matches)
        // An unpaid order without the platform's own balance owes its total; one that was paid too much owes nothing.
        let due = isCashOnDelivery ? max(0, try reader.minor(amounts.outstanding, "total_outstanding") ?? (state == .unpaid ? grand : 0)) : nil
        return Payment(method: gateways.isEmpty ? nil : gateways.joined(separator: ", "), state: state, isCashOnDelivery: isCashOnDelivery, codAmount: due)
    }

    /// The earliest time by which one of the fulfilment orders that are still to be worked on is to leave.
    private var shipBy: Timestamp? {
        let done: Set<String> = ["closed", "cancelled", "incomplete"]
        return fulfilmentOrders.filter { !done.contains(($0.status ?? "").lowercased()) }.compactMap { $0.fulfilBy.flatMap { Timestamp(rfc3339: $0) } }.min()
    }

    private func orderLines(_ quantities: [Int], _ reader: AmountReader) throws(ConnectorError) -> [OrderLine] {
        var result: [OrderLine] = []
        result.reserveCapacity(lines.count)
        // Shipments and refunds name lines by their ids: two of one id could not be told apart.
        var ids: Set<String> = []
        for (line, quantity) in zip(lines, quantities) where quantity > 0 {
            guard !line.id.isEmpty, ids.insert(line.id).inserted else { throw .notUnderstood(field: "line_items.id", found: line.id.isEmpty ? "nothing" : "\(line.id) twice") }
            let price = try reader.minor(line.price, "price") ?? 0
            // Allocations and taxes are of the line as it was bought, removed pieces included.
            let discount = AmountReader.share(try reader.sum(line.allocations, "discount_allocations"), quantity, of: line.quantity)
            let tax = AmountReader.share(try reader.sum(line.taxes, "tax_lines"), quantity, of: line.quantity)
            result.append(OrderLine(
                externalLineID: line.id, sku: line.sku, title: line.title ?? "", variant: line.variant == "Default Title" ? nil : line.variant, quantity: quantity,
                unitPrice: price, discount: discount, tax: tax, lineTotal: try reader.product(price, quantity, "price") - discount,
                requiresShipping: line.requiresShipping, weightGrams: line.grams.flatMap { (0...AmountReader.largestGrams).contains($0) ? $0 : nil }, externalProductID: line.productID, externalVariantID: line.variantID))
        }
        return result
    }

    /// Webhooks pad it, GraphQL does not ("170.00", "170.0"): one order has one content, whichever form it came in.
    private var presentmentAmount: String? {
        guard let presentmentTotal, let currency = presentmentCurrency.flatMap({ Currency($0) }) else { return presentmentTotal }
        // Shown, never computed with: what is no amount is shown as it came.
        guard let money = try? Money(parsing: presentmentTotal, currency, rounding: true) else { return presentmentTotal }
        return String(money.description.prefix { $0 != " " })
    }

    /// What the model has no slot for: shown, never computed with. A property whose name begins with `_` is the shop theme's own.
    private var attributes: [String: String] {
        var found: [String: String] = [:]
        if let presentmentCurrency, presentmentCurrency != currency {
            found["presentment.currency"] = presentmentCurrency
            found["presentment.total"] = presentmentAmount
        }
        for pair in noteAttributes { found["note.\(pair.name)"] = pair.value }
        for line in lines { for pair in line.properties where !pair.name.hasPrefix("_") { found["line.\(line.id).\(pair.name)"] = pair.value } }
        if !discountCodes.isEmpty { found["discount.codes"] = discountCodes.joined(separator: ", ") }
        found["source"] = source
        found["purchase.order"] = purchaseOrder
        found["cancel.reason"] = cancelReason
        return found
    }
}
