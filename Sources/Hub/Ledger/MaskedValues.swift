import Domain

/// Values that a platform hides behind asterisks once they are none of the seller's business any more: what was received in the clear before stays.
///
/// A connector lists the slots in `attributes["masked"]` (`shipTo.name,buyer.phone`; a bare name is one of `shipTo`) and raises the flag `masked`.
enum MaskedValues {
    static let attribute = "masked", flag = "masked"

    static func slots(of order: OrderSnapshot) -> Set<String> {
        Set((order.attributes[attribute] ?? "").split(separator: ",").map { part in
            let name = part.trimmingWhitespace
            return name.contains(".") ? name : "shipTo." + name
        })
    }

    /// Puts known values in the place of masked ones; what stays masked stays listed.
    static func keep(_ order: inout OrderSnapshot, known: OrderSnapshot) {
        let hidden = slots(of: order)
        guard !hidden.isEmpty else { return }
        var rest = hidden.subtracting(fields.filter { slots(of: known).contains($0.name) ? false : $0.copy(known, &order, hidden) }.map(\.name))
        // The buyer is the recipient on most platforms: their masks are told once.
        if let name = order.buyer.name, name.contains("*"), let clear = known.buyer.name, !clear.contains("*") { order.buyer.name = clear; rest.remove("buyer.name") }
        if let phone = order.buyer.phone, phone.contains("*"), let clear = known.buyer.phone, !clear.contains("*") { order.buyer.phone = clear; rest.remove("buyer.phone") }
        order.attributes[attribute] = rest.isEmpty ? nil : rest.sorted().joined(separator: ",")
        if rest.isEmpty { order.flags.removeAll { $0.code == flag } }
    }

    private struct Field: Sendable {
        var name: String
        /// - Returns: whether the known value took the masked one's place.
        var copy: @Sendable (_ from: OrderSnapshot, _ to: inout OrderSnapshot, _ hidden: Set<String>) -> Bool

        init(_ name: String, _ path: any WritableKeyPath<Address, String?> & Sendable) {
            self.name = "shipTo." + name
            let slot = self.name
            copy = { known, order, hidden in
                guard hidden.contains(slot), let value = known.shipTo?[keyPath: path], !value.isEmpty, order.shipTo != nil else { return false }
                order.shipTo?[keyPath: path] = value
                return true
            }
        }
    }

    private static let fields = [
        Field("name", \.name), Field("company", \.company), Field("phone", \.phone), Field("line1", \.line1), Field("line2", \.line2), Field("subdistrict", \.subdistrict), Field("district", \.district),
        Field("city", \.city), Field("province", \.province), Field("postcode", \.postcode),
    ]
}
