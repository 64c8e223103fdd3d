/// Baht as the channel writes it: two decimals, a full stop.
enum Satang {
    /// `379.50`.
    static func text(_ minor: Int64) -> String {
        let cents = String(abs(minor) % 100)
        return (minor < 0 ? "-" : "") + "\(abs(minor) / 100)." + (cents.count < 2 ? "0" : "") + cents
    }

    /// `฿1,299.00` (shopat24.md §11).
    static func decorated(_ minor: Int64) -> String {
        let plain = text(abs(minor))
        let baht = plain.dropLast(3)
        var grouped = ""
        for (index, digit) in baht.enumerated() {
            if index > 0, (baht.count - index).isMultiple(of: 3) { grouped += "," }
            grouped.append(digit)
        }
        return (minor < 0 ? "-" : "") + "฿" + grouped + plain.suffix(3)
    }

    /// Digits with at most two decimals, nothing else.
    static func parse(_ text: some StringProtocol) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let baht = parts.first, (1...12).contains(baht.count) else { return nil }
        let cents = parts.count == 2 ? String(parts[1]) : "00"
        guard (1...2).contains(cents.count), (baht + cents).allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        guard let whole = Int64(baht), let part = Int64(cents) else { return nil }
        return whole * 100 + (cents.count == 1 ? part * 10 : part)
    }
}
