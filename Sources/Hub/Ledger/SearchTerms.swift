package import Domain

/// The words an order is found by: number, phone, e-mail, buyer's and recipient's names, SKUs, tracking numbers; folded the same way as a query.
package enum SearchTerms {
    static let maximumTermBytes = 64
    static let maximumTermsPerOrder = 40

    package static func of(_ order: OrderSnapshot) -> [String] {
        var terms: Set<String> = []
        add(order.externalNumber, to: &terms)
        if order.externalID != order.externalNumber { add(order.externalID, to: &terms) }
        add(order.buyer.email, to: &terms)
        for phone in [order.buyer.phone, order.shipTo?.phone] { if let phone, let folded = foldPhone(phone) { terms.insert(folded) } }
        for name in [order.buyer.name, order.shipTo?.name] { for word in (name ?? "").split(separator: " ").prefix(6) { add(String(word), to: &terms) } }
        for line in order.lines.prefix(20) { add(line.sku, to: &terms) }
        return Array(terms.sorted().prefix(maximumTermsPerOrder))
    }

    /// Lower-cased, without `#` and surrounding spaces, cut at a bounded number of bytes.
    package static func fold(_ text: String) -> String? {
        var folded = text.lowercased()
        folded.removeAll { $0 == "#" || $0 == " " || $0 == "\u{0}" }
        while folded.utf8.count > maximumTermBytes { folded.removeLast() }
        return folded.isEmpty ? nil : folded
    }

    /// The digits as dialled inside the country: `+66812345678` and `081-234-5678` are both `0812345678`; nil when there are fewer than six.
    package static func foldPhone(_ text: String) -> String? {
        var digits = text.filter { $0.isASCII && $0.isNumber }
        guard digits.count >= 6 else { return nil }
        if digits.hasPrefix("66"), digits.count >= 10 { digits = "0" + digits.dropFirst(2) }
        if digits.hasPrefix("56"), digits.count == 11 { digits = String(digits.dropFirst(2)) }
        return String(digits.prefix(20))
    }

    private static func add(_ text: String?, to terms: inout Set<String>) {
        if let text, let folded = fold(text) { terms.insert(folded) }
    }
}
