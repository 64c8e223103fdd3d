import Connect
import Domain
import Foundation

/// Turns the platform's order into ours (platforms/shopee.md §5). Pure; the platform's words end here.
struct OrderReading {
    static let maximumQuantity = 1_000_000
    let shopID: Int64

    func snapshot(of body: OrderBody) throws(ConnectorError) -> OrderSnapshot {
        let order = body.order, json = order.json
        guard json.isObject else { throw .notUnderstood(field: "order", found: json.quoted) }
        guard let number = order.number, ShopeeConnector.isName(number) else { throw .notUnderstood(field: "order_sn", found: json["order_sn"].quoted) }
        guard order.status != nil else { throw .notUnderstood(field: "order_status", found: json["order_status"].quoted) }
        guard let currency = json["currency"].text.flatMap({ Currency($0) }) else { throw .notUnderstood(field: "currency", found: json["currency"].quoted) }
        guard let updatedAt = order.updatedAt else { throw .notUnderstood(field: "update_time", found: json["update_time"].quoted) }
        guard json["item_list"].isList, order.lines.count == json["item_list"].list.count, !order.lines.isEmpty else { throw .notUnderstood(field: "item_list", found: json["item_list"].quoted) }

        let reader = MoneyReader(currency: currency)
        let wanted = try wantedLines(of: order)
        let money = try LinesMoney(reader: reader, lines: wanted, escrow: body.escrow).all()
        let returns = try ReturnReading(body, reader: reader)
        let totals = try self.totals(of: body, money, returns: returns, reader)
        let meaning = OrderMeaning(order, returns: returns, grand: totals.grand)
        let address = AddressReading(json["recipient_address"], region: order.region), buyerName = json["buyer_username"].text
        let masked = (buyerName?.contains("*") == true ? ["buyer.name"] : []) + address.masked

        var flags = meaning.flags
        if money.contains(where: \.isUnknown) {
            let reason = body.escrowProblem.map { " (\($0.cut(80)))" } ?? ""
            flags.append(Flag(code: "bundle_price_unknown", message: "Shopee tells no price for the lines of a bundle deal\(reason); the total is right, the lines' sum is not."))
        }
        if !masked.isEmpty {
            flags.append(Flag(code: "masked", message: "Shopee masks \(masked.joined(separator: ", ")). What was received unmasked before stays true."))
        }
        return OrderSnapshot(
            externalID: "\(shopID):\(number)", externalNumber: number, placedAt: json["create_time"].time ?? updatedAt, revision: Revision(updatedAt: updatedAt, wasRead: true),
            buyer: Buyer(name: buyerName, phone: address.address?.phone), shipTo: address.address, currency: currency, totals: totals,
            payment: Payment(method: json["payment_method"].text, state: meaning.payment, isCashOnDelivery: order.isCashOnDelivery, codAmount: order.isCashOnDelivery ? totals.grand : nil),
            shipping: shipping(of: order), lines: try lines(wanted, money, of: order), note: json["message_to_seller"].text, tags: tags(of: order),
            platformStatus: platformStatus(of: order), standing: meaning.standing, fulfilment: meaning.fulfilment, flags: flags,
            attributes: attributes(of: body, masked: masked))
    }

    // MARK: Lines

    /// What is still wanted of each line; a line of which everything was cancelled is left out, unless nothing else is left.
    private func wantedLines(of order: PlatformOrder) throws(ConnectorError) -> [LinesMoney.Line] {
        var wanted: [LinesMoney.Line] = [], bought: [LinesMoney.Line] = []
        for (index, line) in order.lines.enumerated() {
            let purchased = try quantity(line.purchased, "item_list[\(index)].model_quantity_purchased")
            let active = line.active.isAbsent ? purchased : try quantity(line.active, "item_list[\(index)].active_qty")
            bought.append(LinesMoney.Line(line: line, quantity: purchased))
            if active > 0 { wanted.append(LinesMoney.Line(line: line, quantity: active)) }
        }
        return wanted.isEmpty ? bought : wanted
    }

    private func quantity(_ value: LooseJSON, _ field: String) throws(ConnectorError) -> Int {
        guard let number = value.integer, (0...Int64(Self.maximumQuantity)).contains(number) else { throw .notUnderstood(field: field, found: value.quoted) }
        return Int(number)
    }

    private func lines(_ wanted: [LinesMoney.Line], _ money: [LineMoney], of order: PlatformOrder) throws(ConnectorError) -> [OrderLine] {
        // Stock that lies at the platform leaves from there: no courier of ours is booked for it.
        let ships = !order.isFulfilledByPlatform && !order.isAdvance
        return zip(wanted, money).map { wanted, money in
            let json = wanted.line.json
            return OrderLine(
                externalLineID: wanted.line.id, sku: json["model_sku"].text ?? json["item_sku"].text, title: json["item_name"].text ?? "", variant: json["model_name"].text,
                quantity: wanted.quantity, unitPrice: money.unit, discount: money.discount, lineTotal: money.total, requiresShipping: ships, weightGrams: Self.grams(json["weight"]),
                externalProductID: wanted.line.itemID, externalVariantID: wanted.line.modelID)
        }
    }

    /// Kilograms, as a number or as text; nil for 0, for nothing, and for what no parcel weighs.
    static func grams(_ value: LooseJSON) -> Int? {
        guard let text = value.text, let kilograms = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")), kilograms > 0, kilograms < 100_000 else { return nil }
        var exact = kilograms * 1000, rounded = Decimal()
        NSDecimalRound(&rounded, &exact, 0, .plain)
        let grams = NSDecimalNumber(decimal: rounded).intValue
        return grams > 0 ? grams : nil
    }

    // MARK: Totals

    private func totals(of body: OrderBody, _ money: [LineMoney], returns: ReturnReading, _ reader: MoneyReader) throws(ConnectorError) -> Totals {
        let json = body.order.json
        var items: Int64 = 0
        for line in money { items = try MoneyReader.adding(items, line.total, "item_list") }
        let paid = try reader.minor(body.escrow["buyer_paid_shipping_fee"], "escrow.buyer_paid_shipping_fee")
        let estimated = try reader.minor(json["estimated_shipping_fee"], "estimated_shipping_fee")
        let shipping = paid ?? estimated ?? 0
        let sum = try MoneyReader.adding(items, shipping, "total_amount")
        let told = try reader.minor(json["total_amount"], "total_amount")
        // It comes after the payment: before it 0 means "not told yet".
        let grand = told.flatMap { $0 == 0 && !body.order.isPaid ? nil : $0 } ?? sum
        return Totals(items: items, discount: max(0, sum - grand), shipping: shipping, tax: 0, taxIncluded: true, grand: grand, refunded: returns.refunded)
    }

    // MARK: The rest

    private func shipping(of order: PlatformOrder) -> Shipping {
        let json = order.json, first = order.packages.first
        return Shipping(methodCode: first?.channelID, methodTitle: json["checkout_shipping_carrier"].text ?? json["shipping_carrier"].text,
                        requestedCarrier: first?.carrier, shipBy: json["ship_by_date"].time)
    }

    private func tags(of order: PlatformOrder) -> [String] {
        var tags: [String] = []
        if order.json["split_up"].flag == true { tags.append("split") }
        if order.lines.contains(where: { $0.json["is_prescription_item"].flag == true }) { tags.append("prescription") }
        if order.isAdvance { tags.append("advance") }
        if order.isFulfilledByPlatform { tags.append("fulfilled-by-shopee") }
        return tags
    }

    /// The order's word, then each word of its packages once, what it waits for, and why it was cancelled.
    private func platformStatus(of order: PlatformOrder) -> String {
        var words = [order.status ?? ""]
        let more = order.packages.map(\.status) + Self.words(order.json["pending_terms"]) + [order.json["cancel_reason"].text ?? ""]
        for word in more where !word.isEmpty && !words.contains(word) { words.append(word) }
        return words.joined(separator: "/").cut(400)
    }

    /// A text or a list of texts.
    static func words(_ value: LooseJSON) -> [String] { value.isList ? value.list.compactMap(\.text) : [value.text].compactMap(\.self) }

    private func attributes(of body: OrderBody, masked: [String]) -> [String: String] {
        let json = body.order.json
        var attributes: [String: String] = [:]
        // The ledger keeps what it knows of these instead of what stands in the snapshot.
        if !masked.isEmpty { attributes["masked"] = masked.joined(separator: ",") }
        attributes["sellerNote"] = json["note"].text
        attributes["buyerID"] = json["buyer_user_id"].identifier
        attributes["cancelBy"] = json["cancel_by"].text
        attributes["cancelReason"] = json["cancel_reason"].text
        attributes["buyerCancelReason"] = json["buyer_cancel_reason"].text
        attributes["pendingDescription"] = Self.words(json["pending_description"]).joined(separator: "; ").nonEmpty
        attributes["bookingNumber"] = json["booking_sn"].text
        attributes["packages"] = body.order.packages.compactMap(\.number).joined(separator: ", ").nonEmpty
        attributes["returns"] = body.returns.compactMap { $0["return_sn"].text }.joined(separator: ", ").nonEmpty
        attributes["returnsProblem"] = body.returnsProblem
        return attributes.mapValues { $0.cut(2_000) }
    }
}

extension String {
    var nonEmpty: String? { isEmpty ? nil : self }
}
