import Domain

extension SpreadsheetConnector {
    /// A bound on any one amount, so that sums of a few stay inside 64 bits: 10^15 minor units.
    private static let largestAmount: Int64 = 1_000_000_000_000_000
    private static let largestQuantity = 1_000_000_000, longestID = 2_000, mostFlags = 1_000

    /// The importer and the API look before an order is taken; a journal may hold what an older version let in.
    static func outOfBounds(_ order: OrderSnapshot) -> (field: String, found: String)? {
        guard isID(order.externalID) else { return ("externalID", order.externalID.isEmpty ? "nothing" : "no id of 1 to \(longestID) bytes without NUL") }
        guard !order.externalNumber.isEmpty, !order.externalNumber.utf8.contains(0) else { return ("externalNumber", "nothing that can be shown") }
        guard !order.platformStatus.utf8.contains(0) else { return ("platformStatus", "a NUL character") }
        let totals = order.totals
        for (name, amount) in [("items", totals.items), ("discount", totals.discount), ("shipping", totals.shipping), ("fees", totals.fees), ("tax", totals.tax), ("grand", totals.grand),
                               ("refunded", totals.refunded)] where amount.magnitude > largestAmount.magnitude { return ("totals.\(name)", "\(amount)") }
        if let due = order.payment.codAmount, !order.payment.isCashOnDelivery || !(0...largestAmount).contains(due) { return ("payment.codAmount", "\(due)") }
        guard order.flags.count <= mostFlags else { return ("flags", "\(order.flags.count) flags") }
        guard order.revision.counter >= 0 else { return ("revision.counter", "\(order.revision.counter)") }
        return outOfBounds(order.lines)
    }

    private static func outOfBounds(_ lines: [OrderLine]) -> (field: String, found: String)? {
        var ids: Set<String> = []
        for (index, line) in lines.enumerated() {
            guard isID(line.externalLineID), ids.insert(line.externalLineID).inserted else { return ("lines[\(index)].externalLineID", "no id, or one that occurs twice") }
            guard (0...largestQuantity).contains(line.quantity) else { return ("lines[\(index)].quantity", "\(line.quantity)") }
            for amount in [line.unitPrice, line.discount, line.tax, line.lineTotal] where amount.magnitude > largestAmount.magnitude { return ("lines[\(index)]", "\(amount)") }
            if let weight = line.weightGrams, !(0...largestQuantity).contains(weight) { return ("lines[\(index)].weightGrams", "\(weight)") }
        }
        return nil
    }

    /// Whether a text of this JSON holds `\u0000`; `\\u0000` are six plain characters.
    static func holdsNUL(_ json: [UInt8]) -> Bool {
        var index = 0
        while let start = json[index...].firstIndex(of: UInt8(ascii: "\\")) {
            if json[(start + 1)...].starts(with: Array("u0000".utf8)) { return true }
            index = min(start + 2, json.count)
        }
        return false
    }

    /// People and programs number as they like, line breaks included.
    private static func isID(_ text: String) -> Bool { (1...longestID).contains(text.utf8.count) && !text.utf8.contains(0) }
}
