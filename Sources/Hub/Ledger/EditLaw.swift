package import Domain

/// Why a value cannot be put into a field of an order.
package struct EditRefusal: Sendable, Equatable {
    /// `unknown_field`, `cancelled`, `finished`, `shipped`, `not_a_quantity`, `not_an_amount`, `too_long`, `bad_characters`, `no_such_line`, `no_such_courier`.
    package var code: String
    package var sentence: String
    package init(_ code: String, _ sentence: String) { self.code = code; self.sentence = sentence }
}

/// What a person may change of an order, and how a change is laid into it. Pure: both the single edit and the grid's batch go by it.
package enum EditLaw {
    static let maximumText = 500, maximumNote = 5000
    static let quantities = 0...100_000
    static let maximumAmountMinor: Int64 = 100_000_000_000

    /// nil: the field may be set to this value. Whether the order's state allows it is `refusal(of:in:)`'s.
    package static func refusal(of value: String?, in field: String, of order: OrderSnapshot, couriers: [String]) -> EditRefusal? {
        guard let kind = OrderField.kind(of: field) else { return EditRefusal("unknown_field", LedgerError.unknownField(field).sentence) }
        switch kind {
        case .text:
            if let refusal = textRefusal(value ?? "", isNote: field == "note") { return refusal }
            guard field == OrderField.courier, let value, !couriers.contains(value) else { return nil }
            return EditRefusal("no_such_courier", couriers.isEmpty ? "There is no courier channel yet." : "There is no courier \"\(value)\". There are: \(couriers.joined(separator: ", ")).")
        case .tag(let name): return textRefusal(name, isNote: false)
        case .quantity(let line):
            guard order.lines.contains(where: { $0.externalLineID == line }) else { return EditRefusal("no_such_line", "The order has no such line any more.") }
            return quantity(value) == nil ? EditRefusal("not_a_quantity", "A quantity is a whole number from 0 to \(quantities.upperBound).") : nil
        case .unitPrice(let line):
            guard order.lines.contains(where: { $0.externalLineID == line }) else { return EditRefusal("no_such_line", "The order has no such line any more.") }
            return amount(value, order.currency) == nil ? notAnAmount(order.currency) : nil
        case .shippingFee, .discount: return amount(value, order.currency) == nil ? notAnAmount(order.currency) : nil
        case .codAmount: return value != nil && amount(value, order.currency) == nil ? notAnAmount(order.currency) : nil
        }
    }

    /// nil: an order in this state may be edited in this field.
    package static func refusal(of field: String, workflow: Workflow, fulfilment: Fulfilment) -> EditRefusal? {
        if field == "note" || field.hasPrefix("tag.") { return nil }
        if workflow == .cancelled { return EditRefusal("cancelled", "The order is cancelled. Reopen it first.") }
        guard OrderField.concernsParcel(field) || OrderField.concernsMoney(field) else { return nil }
        if fulfilment.isShipped { return EditRefusal("shipped", "The parcel has left: this cannot be changed any more.") }
        if workflow == .processed { return EditRefusal("finished", "The order is done. Reopen it first.") }
        return nil
    }

    private static func notAnAmount(_ currency: Currency) -> EditRefusal {
        EditRefusal("not_an_amount", "An amount in \(currency) is a number like \(Money(minor: 129_000, currency).plain), without a sign.")
    }

    private static func textRefusal(_ text: String, isNote: Bool) -> EditRefusal? {
        let limit = isNote ? maximumNote : maximumText
        if text.unicodeScalars.count > limit { return EditRefusal("too_long", "The text is longer than \(limit) characters.") }
        let isBad = text.unicodeScalars.contains { $0.properties.generalCategory == .control && !(isNote && ($0 == "\n" || $0 == "\r" || $0 == "\t")) }
        return isBad ? EditRefusal("bad_characters", "The text holds a control character or a line break.") : nil
    }

    static func quantity(_ value: String?) -> Int? { value.flatMap { Int($0) }.flatMap { quantities.contains($0) ? $0 : nil } }

    /// Minor units of a decimal text that is not negative.
    static func amount(_ value: String?, _ currency: Currency) -> Int64? {
        guard let value, !value.isEmpty, let money = try? Money(parsing: value, currency), (0...maximumAmountMinor).contains(money.minor) else { return nil }      // nil tells it
        return money.minor
    }

    /// The value as it is stored: quantities and amounts in one spelling, nothing for an empty text.
    static func canonical(_ value: String?, in field: String, of order: OrderSnapshot) -> String? {
        guard let value, !value.isEmpty else { return nil }
        switch OrderField.kind(of: field) {
        case .quantity: return quantity(value).map(String.init)
        case .unitPrice, .shippingFee, .discount, .codAmount: return amount(value, order.currency).map { Money(minor: $0, order.currency).plain }
        case .tag: return "yes"
        case .text, nil: return value
        }
    }

    /// Puts one value in. Lines get their number or price only: `EditedTotals` makes the sums.
    ///
    /// - Returns: false when there is nowhere to put it (the platform took the line away).
    static func set(_ field: String, to value: String?, in order: inout OrderSnapshot) -> Bool {
        switch OrderField.kind(of: field) {
        case .text: if let path = OrderField.editable[field] { order[keyPath: path] = value }
        case .tag(let name):
            if value == nil { order.tags.removeAll { OrderTags.fold($0) == OrderTags.fold(name) } }
            else if OrderField.value(of: field, in: order) == nil { order.tags.append(name) }
        case .quantity(let id):
            guard let index = order.lines.firstIndex(where: { $0.externalLineID == id }), let quantity = quantity(value) else { return false }
            order.lines[index].quantity = quantity
        case .unitPrice(let id):
            guard let index = order.lines.firstIndex(where: { $0.externalLineID == id }), let price = amount(value, order.currency) else { return false }
            order.lines[index].unitPrice = price
        case .shippingFee: order.totals.shipping = amount(value, order.currency) ?? order.totals.shipping
        case .discount: order.totals.discount = amount(value, order.currency) ?? order.totals.discount
        case .codAmount: order.payment.codAmount = amount(value, order.currency)
        case nil: return false
        }
        return true
    }
}
