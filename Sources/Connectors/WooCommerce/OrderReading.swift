import Connect
import Domain

/// Turns the shop's order into ours. Pure; the platform's words end here.
struct OrderReading {
    let statuses: StatusTable
    /// Payment method ids that are cash on delivery besides `cod`.
    let codMethods: Set<String>
    let completedMeans: Fulfilment

    /// - Parameters:
    ///   - seenAt: stands in where the shop tells no time at all; the body was built when it was sent (platforms/woocommerce.md §3.4).
    ///   - wasRead: true for what we asked for ourselves.
    func snapshot(of order: WireOrder, seenAt: Timestamp, wasRead: Bool) throws(ConnectorError) -> OrderSnapshot {
        guard let status = order.status else { throw .notUnderstood(field: "status", found: "nothing") }
        guard let currency = order.currency.flatMap({ Currency($0) }) else {
            throw .notUnderstood(field: "currency", found: (order.currency ?? "nothing").cut(40))
        }
        guard let wireLines = order.lines else { throw .notUnderstood(field: "line_items", found: "nothing") }
        let sums = try OrderSums(order, lines: wireLines, currency: currency)
        var flags: [Flag] = [], lines: [OrderLine] = []
        lines.reserveCapacity(wireLines.count)
        // Shipments name lines by their ids: two of one id could not be told apart.
        var ids: Set<String> = []
        for (index, line) in wireLines.enumerated() {
            let line = try self.line(line, sums.lines[index], at: index, flags: &flags)
            guard ids.insert(line.externalLineID).inserted else { throw .notUnderstood(field: "line_items[\(index)].id", found: "\(line.externalLineID) twice") }
            lines.append(line)
        }

        let meaning = meaning(of: status, order, flags: &flags)
        let placedAt = Self.time(order.dateCreated), modifiedAt = Self.time(order.dateModified)
        if modifiedAt == nil, placedAt == nil { flags.append(Flag(code: "no_dates", message: "The shop sent the order without any date.")) }
        let updatedAt = modifiedAt ?? placedAt ?? seenAt
        let billTo = order.billing.flatMap { Self.address($0) }
        return OrderSnapshot(
            externalID: String(order.id), externalNumber: order.number?.trimmedOrNil ?? String(order.id), placedAt: placedAt ?? updatedAt,
            revision: Revision(updatedAt: updatedAt, counter: 0, wasRead: wasRead), buyer: Self.buyer(order), shipTo: Self.shipTo(order, billTo: billTo), billTo: billTo,
            currency: currency, totals: sums.totals, payment: payment(of: order, sums.totals, status: status), shipping: Self.shipping(order),
            lines: lines, note: PlainText.plain(order.customerNote), platformStatus: status, standing: meaning.standing, fulfilment: meaning.fulfilment,
            flags: flags, attributes: Self.attributes(of: order, sums, currency: currency))
    }

    /// `*_gmt` has no zone suffix and is UTC (§4.4).
    static func time(_ text: String?) -> Timestamp? { text.flatMap { Timestamp(rfc3339: $0, assumingUTC: true) } }

    private func meaning(of status: String, _ order: WireOrder, flags: inout [Flag]) -> StatusMeaning {
        guard var meaning = statuses.meaning(of: status) else {
            flags.append(Flag(code: "unknown_status", message: "The shop's status \"\(status.cut(60))\" is not known. Add it to the channel's setting statusMap."))
            // Held for a person: neither shipping it nor dropping it would be more than a guess.
            return StatusMeaning(standing: .onHold, fulfilment: .unfulfilled)
        }
        switch status {
        case "failed": flags.append(Flag(code: "payment_failed", message: "The payment failed. The buyer may pay the same order again."))
        // A refund leaves the goods where they were: they had left if the order was ever completed.
        case "refunded" where order.dateCompleted != nil: meaning.fulfilment = completedMeans
        default: break
        }
        return meaning
    }

    // MARK: Lines

    private func line(_ line: WireLine, _ sums: OrderSums.LineSums, at index: Int, flags: inout [Flag]) throws(ConnectorError) -> OrderLine {
        let quantity = try self.quantity(of: line, at: index, flags: &flags)
        let (discount, overflow) = sums.subtotal.subtractingReportingOverflow(sums.total)
        guard !overflow else { throw .notUnderstood(field: "line_items[\(index)].total", found: "a sum that is too large") }
        return OrderLine(
            externalLineID: line.id ?? "line-\(index + 1)", sku: line.sku?.trimmedOrNil, title: PlainText.plain(line.parentName) ?? PlainText.plain(line.name) ?? "",
            variant: Self.variant(of: line), quantity: quantity, unitPrice: MoneyReader.share(of: sums.subtotal, among: quantity), discount: discount,
            tax: sums.tax, lineTotal: sums.total, externalProductID: Self.reference(line.productID), externalVariantID: Self.reference(line.variationID))
    }

    /// Plugins sell by the metre: a fraction becomes one unit, flagged with the shop's own number.
    private func quantity(of line: WireLine, at index: Int, flags: inout [Flag]) throws(ConnectorError) -> Int {
        let text = line.quantity ?? "nothing"
        if let whole = Int(text), (0...Self.maximumQuantity).contains(whole) { return whole }
        guard let fraction = Double(text), fraction > 0, fraction <= Double(Self.maximumQuantity), !text.contains("x") else {
            throw .notUnderstood(field: "line_items[\(index)].quantity", found: text.cut(40))
        }
        flags.append(Flag(code: "fractional_quantity", message: "Line \(index + 1) has the quantity \(text.cut(40)); it is kept as one unit."))
        return 1
    }

    private static let maximumQuantity = 1_000_000_000

    /// 0 means none: the product is gone or was never known (§4.4).
    private static func reference(_ id: Int64?) -> String? { id.flatMap { $0 > 0 ? String($0) : nil } }

    /// "Colour: Blue, Engraving: M": every pair of the line's meta that the shop shows to people.
    private static func variant(of line: WireLine) -> String? {
        var pairs: [String] = []
        for entry in line.meta {
            guard let key = PlainText.plain(entry.displayKey), let value = PlainText.plain(entry.displayValue) else { continue }
            pairs.append("\(key): \(value)")
        }
        return pairs.isEmpty ? nil : pairs.joined(separator: ", ")
    }

    // MARK: Payment

    func payment(of order: WireOrder, _ totals: Totals, status: String) -> Payment {
        let isCashOnDelivery = isCashOnDelivery(order.paymentMethod)
        // The shop works on an order that costs nothing, and no money comes to be dated.
        let isFree = totals.grand == 0 && !isCashOnDelivery && ["processing", "completed"].contains(status)
        let isPaid = isFree || Self.time(order.datePaid) != nil
        let state: PaymentState =
            if status == "refunded" { .refunded }
            else if !isPaid { status == "cancelled" || status == "trash" ? .voided : .unpaid }
            else if totals.refunded == 0 { .paid }
            else if totals.refunded < totals.grand { .partiallyRefunded }
            else { .refunded }
        let due = isCashOnDelivery && !isPaid ? max(0, totals.grand - min(totals.refunded, totals.grand)) : nil
        return Payment(method: order.paymentMethod, state: state, isCashOnDelivery: isCashOnDelivery, codAmount: due)
    }

    /// `cod`, a method the operator named, or a plugin id with a part that begins or ends with "cod" (`wc_smart_cod`, `codpro`).
    /// The part, not any place in the id: `promptpay_qrcode` and `barcode` are no cash on delivery.
    private func isCashOnDelivery(_ method: String?) -> Bool {
        guard let method = method?.lowercased() else { return false }
        if method == "cod" || codMethods.contains(method) { return true }
        return method.split { !$0.isLetter }.contains { part in part.hasSuffix("cod") || part.hasPrefix("cod") && !part.hasPrefix("code") }
    }

    // MARK: People and places

    private static func buyer(_ order: WireOrder) -> Buyer {
        let name = order.billing.flatMap { Self.name(of: $0) } ?? order.shipping.flatMap { Self.name(of: $0) } ?? order.billing?.company?.trimmedOrNil
        return Buyer(name: name, email: order.billing?.email?.trimmedOrNil, phone: order.billing?.phone?.trimmedOrNil ?? order.shipping?.phone?.trimmedOrNil)
    }

    /// Empty shipping fields mean "as billed" (§5).
    private static func shipTo(_ order: WireOrder, billTo: Address?) -> Address? {
        guard let shipping = order.shipping, shipping.address1?.trimmedOrNil != nil || name(of: shipping) != nil, var address = address(shipping) else { return billTo }
        address.phone = address.phone ?? billTo?.phone
        return address
    }

    private static func name(of address: WireAddress) -> String? {
        PlainText.plain([address.firstName, address.lastName].compactMap { $0?.trimmedOrNil }.joined(separator: " "))
    }

    private static func address(_ wire: WireAddress) -> Address? {
        let state = PlainText.plain(wire.state)
        let isCode = state.map(isRegionCode) ?? false
        let address = Address(
            name: name(of: wire), company: PlainText.plain(wire.company), phone: wire.phone?.trimmedOrNil, line1: PlainText.plain(wire.address1),
            line2: PlainText.plain(wire.address2), city: PlainText.plain(wire.city), province: isCode ? nil : state, provinceCode: isCode ? state : nil,
            postcode: wire.postcode?.trimmedOrNil, countryCode: wire.country?.trimmedOrNil)
        // The country alone is what an empty checkout form is filled with.
        var rest = address
        rest.countryCode = nil
        rest.province = nil
        rest.provinceCode = nil
        return rest == Address() ? nil : address
    }

    /// `TH-10`, `CL-RM`, `CA`: countries whose states WooCommerce lists are written as codes, all others as the buyer typed them.
    private static func isRegionCode(_ state: String) -> Bool {
        let tail = state.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
        let isUpper = { (byte: UInt8) in (65...90).contains(byte) || (48...57).contains(byte) }
        guard (1...3).contains(tail.utf8.count), tail.utf8.allSatisfy(isUpper) else { return false }
        let head = state.utf8.dropLast(tail.utf8.count)
        return head.isEmpty || head.count == 3 && head.last == UInt8(ascii: "-") && head.dropLast().allSatisfy { (65...90).contains($0) }
    }

    private static func shipping(_ order: WireOrder) -> Shipping {
        guard let first = order.shippingLines.first else { return Shipping() }
        let code = first.methodID.map { method in first.instanceID.map { "\(method):\($0)" } ?? method }
        return Shipping(methodCode: code, methodTitle: PlainText.plain(first.title))
    }

    private static func attributes(of order: WireOrder, _ sums: OrderSums, currency: Currency) -> [String: String] {
        var attributes: [String: String] = [:]
        attributes["paymentTitle"] = PlainText.plain(order.paymentTitle)
        attributes["transactionID"] = order.transactionID?.trimmedOrNil
        attributes["createdVia"] = order.createdVia?.trimmedOrNil
        let coupons = order.coupons.compactMap { PlainText.plain($0.code) }, fees = order.feeLines.compactMap { PlainText.plain($0.name) }
        if !coupons.isEmpty { attributes["coupons"] = coupons.joined(separator: ", ") }
        if !fees.isEmpty { attributes["fees"] = fees.joined(separator: ", ") }
        if order.shippingLines.count > 1 { attributes["shippingMethods"] = order.shippingLines.compactMap { PlainText.plain($0.title) }.joined(separator: ", ") }
        if sums.absorbedRounding != 0 { attributes["absorbedRounding"] = Money(minor: sums.absorbedRounding, currency).description }
        return attributes
    }
}
