import Connect
import Domain

/// Amounts in minor units of one currency: strings ("1.00") and numbers (1.00, 40) mixed, in major units (platforms/lazada.md §1). The only place where money is read and rounded.
struct AmountReader: Sendable {
    /// A bound on any one amount, so that sums of an order stay inside 64 bits.
    static let largest: Int64 = 1_000_000_000_000_000
    static let largestSum = Int64.max / 8

    let currency: Currency

    /// nil for nil. More decimals than the currency has are rounded half away from zero: shares of a voucher come so.
    func minor(_ text: String?, _ field: @autoclosure () -> String) throws(ConnectorError) -> Int64? {
        guard let text else { return nil }
        let parsed: Int64
        do { parsed = try Money(parsing: text, currency, rounding: true).minor } catch { throw .notUnderstood(field: field(), found: text.cut(40)) }
        guard parsed.magnitude <= Self.largest.magnitude else { throw .notUnderstood(field: field(), found: text.cut(40)) }
        return parsed
    }

    static func adding(_ a: Int64, _ b: Int64, _ field: String) throws(ConnectorError) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        guard !overflow, sum.magnitude <= largestSum.magnitude else { throw .notUnderstood(field: field, found: "a sum that is too large") }
        return sum
    }

    static func sum(_ amounts: some Sequence<Int64>, _ field: String) throws(ConnectorError) -> Int64 {
        var sum: Int64 = 0
        for amount in amounts { sum = try adding(sum, amount, field) }
        return sum
    }
}

/// One unit with its money and its meaning.
struct ItemReading: Sendable, Equatable {
    var item: WireItem
    var meaning: ItemMeaning
    var price: Int64, paid: Int64, tax: Int64, voucher: Int64

    init(_ item: WireItem, at index: Int, _ reader: AmountReader) throws(ConnectorError) {
        self.item = item
        meaning = ItemStates.meaning(of: item.status)
        guard let price = try reader.minor(item.price ?? item.paid, "items[\(index)].item_price") else { throw .notUnderstood(field: "items[\(index)].item_price", found: "nothing") }
        self.price = price
        paid = try reader.minor(item.paid, "items[\(index)].paid_price") ?? price
        tax = try reader.minor(item.tax, "items[\(index)].tax_amount") ?? 0
        voucher = try reader.minor(item.voucher, "items[\(index)].voucher_amount") ?? 0
        if let word = item.returnStatus { take(reverse: word) }
    }

    /// A return that has begun outdoes what the item's own word says (§5.2).
    private mutating func take(reverse word: String) {
        guard meaning.family != .cancelled else { return }
        switch ReverseStates.meaning(of: word) {
        case .returning: if meaning.fulfilment != .returned { meaning.fulfilment = .returning }
        case .returned:
            meaning.fulfilment = .returned
            meaning.family = .returned
        case .refunded: meaning.money = .refunded
        case .cancelRequested, .nothing: break
        case nil:
            meaning.attention = Flag(code: "unknown_status", message: "Lazada's return status \"\(word.cut(60))\" is not one of its documented words. It is kept as it came.")
        }
    }
}
