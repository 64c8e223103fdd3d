package import Domain

/// The fields of an order that can be compared one by one, and those among them that a person may edit.
package enum OrderField {
    package static let editable: [String: any WritableKeyPath<OrderSnapshot, String?> & Sendable] = [
        "buyer.name": \.buyer.name, "buyer.email": \.buyer.email, "buyer.phone": \.buyer.phone,
        "shipTo.name": \.editableShipTo.name, "shipTo.company": \.editableShipTo.company, "shipTo.phone": \.editableShipTo.phone,
        "shipTo.line1": \.editableShipTo.line1, "shipTo.line2": \.editableShipTo.line2, "shipTo.subdistrict": \.editableShipTo.subdistrict,
        "shipTo.district": \.editableShipTo.district, "shipTo.city": \.editableShipTo.city, "shipTo.province": \.editableShipTo.province,
        "shipTo.provinceCode": \.editableShipTo.provinceCode, "shipTo.postcode": \.editableShipTo.postcode, "shipTo.countryCode": \.editableShipTo.countryCode,
        "note": \.note, "shipping.methodCode": \.shipping.methodCode, "shipping.requestedCarrier": \.shipping.requestedCarrier,
    ]

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
    package static func concernsParcel(_ field: String) -> Bool { field.hasPrefix("shipTo.") || field == "lines" || field == "payment.codAmount" }

    private static func describe(_ totals: Totals, _ currency: Currency) -> String {
        "grand \(Money(minor: totals.grand, currency)), refunded \(Money(minor: totals.refunded, currency))"
    }
    private static func describe(_ lines: [OrderLine]) -> String {
        lines.prefix(20).map { "\($0.quantity) × \($0.sku ?? $0.title)" }.joined(separator: ", ")
    }
}

extension OrderSnapshot {
    /// The ship-to address, made when a person fills the first field of a missing one.
    var editableShipTo: Address {
        get { shipTo ?? Address() }
        set { shipTo = newValue }
    }
}
