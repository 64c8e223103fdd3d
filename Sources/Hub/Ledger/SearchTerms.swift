package import Domain

/// The words an order is found by: number, phone, e-mail, buyer's and recipient's names, SKUs, tracking numbers; folded the same way as a query.
package enum SearchTerms {
    static let maximumTermBytes = 64
    static let maximumTermsPerOrder = 40

    package static func of(_ order: OrderSnapshot) -> [String] {
        var terms: [String] = []
        add(order.externalNumber, to: &terms)
        if order.externalID != order.externalNumber { add(order.externalID, to: &terms) }
        add(order.buyer.email, to: &terms)
        for phone in [order.buyer.phone, order.shipTo?.phone] { if let phone, let folded = foldPhone(phone) { add(folded: folded, to: &terms) } }
        for name in [order.buyer.name, order.shipTo?.name] { for word in (name ?? "").utf8.split(separator: UInt8(ascii: " "), maxSplits: 6).prefix(6) { add(String(Substring(word)), to: &terms) } }
        for line in order.lines.prefix(20) { add(line.sku, to: &terms) }
        return Array(terms.sorted().prefix(maximumTermsPerOrder))
    }

    /// Lower-cased, without `#` and surrounding spaces, cut at a bounded number of bytes.
    package static func fold(_ text: String) -> String? {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return foldASCII(text) }
        var folded = String(String.UnicodeScalarView(text.lowercased().unicodeScalars.filter { $0 != "#" && $0 != " " && $0 != "\u{0}" }))
        while folded.utf8.count > maximumTermBytes { folded.removeLast() }
        return folded.isEmpty ? nil : folded
    }

    private static func foldASCII(_ text: String) -> String? {
        let left = text.utf8.lazy.filter { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: " ") && $0 != 0 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let folded = String(decoding: Array(left.prefix(maximumTermBytes)), as: UTF8.self)
        return folded.isEmpty ? nil : folded
    }

    /// The digits as dialled inside the country: `+66812345678` and `081-234-5678` are both `0812345678`; nil when there are fewer than six.
    package static func foldPhone(_ text: String) -> String? {
        var digits = String(decoding: Array(text.utf8.lazy.filter { (0x30...0x39).contains($0) }), as: UTF8.self)
        guard digits.count >= 6 else { return nil }
        if digits.hasPrefix("66"), digits.count >= 10 { digits = "0" + digits.dropFirst(2) }
        if digits.hasPrefix("56"), digits.count == 11 { digits = String(digits.dropFirst(2)) }
        return String(digits.prefix(20))
    }

    private static func add(_ text: String?, to terms: inout [String]) {
        if let text, let folded = fold(text) { add(folded: folded, to: &terms) }
    }

    /// Each once. They are few: a comparison of their bytes costs less than a hash, for which a Thai name would be normalised first.
    private static func add(folded: String, to terms: inout [String]) {
        if !terms.contains(where: { $0.utf8.elementsEqual(folded.utf8) }) { terms.append(folded) }
    }
}
