package import Domain

/// The fields of an order that can be compared one by one, and those among them that a person may edit. Each is read and written as text.
///
/// Beside those of one text: `tag.NAME` (`yes` or nothing), `lines.ID.quantity`, `lines.ID.unitPrice`, `totals.shipping`, `totals.discount` and
/// `payment.codAmount`; amounts are decimal in the order's currency (`129.00`).
package enum OrderField {
    /// Fields of one text.
    package static let editable: [String: any WritableKeyPath<OrderSnapshot, String?> & Sendable] = [
        "buyer.name": \.buyer.name, "buyer.email": \.buyer.email, "buyer.phone": \.buyer.phone,
        "shipTo.name": \.editableShipTo.name, "shipTo.company": \.editableShipTo.company, "shipTo.phone": \.editableShipTo.phone,
        "shipTo.line1": \.editableShipTo.line1, "shipTo.line2": \.editableShipTo.line2, "shipTo.subdistrict": \.editableShipTo.subdistrict,
        "shipTo.district": \.editableShipTo.district, "shipTo.city": \.editableShipTo.city, "shipTo.province": \.editableShipTo.province,
        "shipTo.provinceCode": \.editableShipTo.provinceCode, "shipTo.postcode": \.editableShipTo.postcode, "shipTo.countryCode": \.editableShipTo.countryCode,
        "note": \.note, "shipping.methodCode": \.shipping.methodCode, courier: \.shipping.requestedCarrier,
    ]
    /// A courier channel's name here, put there by a person, goes before what rules and the channel say.
    package static let courier = "shipping.requestedCarrier"

    enum Kind: Sendable, Equatable {
        case text, tag(String), quantity(line: String), unitPrice(line: String), shippingFee, discount, codAmount
    }

    static let maximumTag = 60

    /// nil: no field that a person may edit.
    static func kind(of field: String) -> Kind? {
        if editable[field] != nil { return .text }
        switch field {
        case "totals.shipping": return .shippingFee
        case "totals.discount": return .discount
        case "payment.codAmount": return .codAmount
        default: break
        }
        if field.hasPrefix("tag.") {
            let name = String(field.dropFirst(4))
            return name.isEmpty || name.contains(",") || name.unicodeScalars.count > maximumTag ? nil : .tag(name)
        }
        guard field.hasPrefix("lines.") else { return nil }
        for (ending, isPrice) in [(".quantity", false), (".unitPrice", true)] where field.hasSuffix(ending) && field.utf8.count > 6 + ending.utf8.count {
            let line = String(field.dropFirst(6).dropLast(ending.count))
            return isPrice ? .unitPrice(line: line) : .quantity(line: line)
        }
        return nil
    }

    /// What the order says in this field; nil: nothing.
    package static func value(of field: String, in order: OrderSnapshot) -> String? {
        func line(_ id: String) -> OrderLine? { order.lines.first { $0.externalLineID == id } }
        func amount(_ minor: Int64) -> String { Money(minor: minor, order.currency).plain }
        switch kind(of: field) {
        case nil: return nil
        case .text: return editable[field].flatMap { order[keyPath: $0] }
        case .tag(let name): return order.tags.contains { OrderTags.fold($0) == OrderTags.fold(name) } ? "yes" : nil
        case .quantity(let id): return line(id).map { String($0.quantity) }
        case .unitPrice(let id): return line(id).map { amount($0.unitPrice) }
        case .shippingFee: return amount(order.totals.shipping)
        case .discount: return amount(order.totals.discount)
        case .codAmount: return order.payment.codAmount.map(amount)
        }
    }

    /// Every field whose value differs, by path. Lines are compared as one field.
    package static func changes(from old: OrderSnapshot, to new: OrderSnapshot) -> [FieldChange] {
        var changes: [FieldChange] = []
        func compare(_ field: String, _ a: String?, _ b: String?) { if a != b { changes.append(FieldChange(field, from: a, to: b)) } }
        for (field, path) in editable.sorted(by: { $0.key < $1.key }) { compare(field, old[keyPath: path], new[keyPath: path]) }
        compare("externalNumber", old.externalNumber, new.externalNumber)
        compare("platformStatus", old.platformStatus, new.platformStatus)
        compare("payment.method", old.payment.method, new.payment.method)
        compare("payment.state", old.payment.state.rawValue, new.payment.state.rawValue)
        compare("payment.codAmount", old.payment.codAmount.map(String.init), new.payment.codAmount.map(String.init))
        compare("totals", describe(old.totals, old.currency), describe(new.totals, new.currency))
        compare("tags", old.tags.joined(separator: ", "), new.tags.joined(separator: ", "))
        compare("shipping.methodTitle", old.shipping.methodTitle, new.shipping.methodTitle)
        compare("shipping.shipBy", old.shipping.shipBy?.description, new.shipping.shipBy?.description)
        if old.lines != new.lines { changes.append(FieldChange("lines", from: describe(old.lines), to: describe(new.lines))) }
        if old.billTo != new.billTo { changes.append(FieldChange("billTo", from: nil, to: nil)) }
        return changes
    }

    /// A change of one of these after an order was sent on concerns the parcel itself.
    package static func concernsParcel(_ field: String) -> Bool {
        field.hasPrefix("shipTo.") || field == "lines" || field.hasPrefix("lines.") || field == "payment.codAmount" || field == courier
    }

    /// Lines and amounts: what the sum law is about.
    static func concernsMoney(_ field: String) -> Bool { field.hasPrefix("lines.") || field.hasPrefix("totals.") || field == "payment.codAmount" }

    private static func describe(_ totals: Totals, _ currency: Currency) -> String {
        "grand \(Money(minor: totals.grand, currency)), refunded \(Money(minor: totals.refunded, currency))"
    }
    private static func describe(_ lines: [OrderLine]) -> String {
        lines.prefix(20).map { "\($0.quantity) × \($0.sku ?? $0.title)" }.joined(separator: ", ")
    }
}

extension Money {
    /// Without the currency: `129.00`.
    package var plain: String { String(description.dropLast(currency.code.count + 1)) }
}

/// Tags as people write them: several in one cell, alike whatever their capitals.
package enum OrderTags {
    package static func fold(_ tag: String) -> String { tag.lowercased() }
    /// `a, b` as its parts, each once.
    package static func list(_ text: String?) -> [String] {
        var seen: Set<String> = []
        return (text ?? "").split(separator: ",").map { $0.trimmingSpaces }.filter { !$0.isEmpty && seen.insert(fold($0)).inserted }
    }
    package static func text(_ tags: [String]) -> String { tags.joined(separator: ", ") }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension OrderSnapshot {
    /// The ship-to address, made when a person fills the first field of a missing one.
    var editableShipTo: Address {
        get { shipTo ?? Address() }
        set { shipTo = newValue }
    }
}
