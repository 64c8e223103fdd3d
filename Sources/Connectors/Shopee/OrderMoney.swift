import Connect
import Domain

/// The platform's amounts (JSON numbers in major units) in minor units of one currency: the only place where money is read and rounded.
struct MoneyReader {
    /// A bound on any one amount, so that sums stay inside 64 bits: 10^15 minor units.
    static let largest: Int64 = 1_000_000_000_000_000

    let currency: Currency

    /// - Returns: nil for absent.
    func minor(_ value: LooseJSON, _ field: @autoclosure () -> String) throws(ConnectorError) -> Int64? {
        if value.isAbsent { return nil }
        let text: String
        switch value {
        case .integer, .decimal, .text: text = value.text ?? ""
        case .null, .flag, .list, .object, .unreadable: throw .notUnderstood(field: field(), found: value.quoted)
        }
        guard let money = try? Money(parsing: text, currency, rounding: true), money.minor.magnitude <= Self.largest.magnitude else {
            throw .notUnderstood(field: field(), found: text.cut(40))
        }
        return money.minor
    }

    static func adding(_ a: Int64, _ b: Int64, _ field: String) throws(ConnectorError) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        guard !overflow, sum.magnitude <= (largest * 8).magnitude else { throw .notUnderstood(field: field, found: "a sum that is too large") }
        return sum
    }

    static func times(_ amount: Int64, _ quantity: Int, _ field: String) throws(ConnectorError) -> Int64 {
        let (product, overflow) = amount.multipliedReportingOverflow(by: Int64(quantity))
        guard !overflow, product.magnitude <= largest.magnitude else { throw .notUnderstood(field: field, found: "a sum that is too large") }
        return product
    }
}

/// What one line costs: `unit × quantity − discount = total`.
struct LineMoney: Equatable {
    var unit: Int64, discount: Int64, total: Int64
    /// Its price was not on the line and nobody told it (a bundle deal without escrow details).
    var isUnknown = false
}

/// The money of an order's lines (platforms/shopee.md §4.2, §5).
struct LinesMoney {
    struct Line { var line: PlatformLine, quantity: Int }

    let reader: MoneyReader
    let lines: [Line]
    let escrow: EscrowItems

    init(reader: MoneyReader, lines: [Line], escrow: LooseJSON) {
        self.reader = reader
        self.lines = lines
        self.escrow = EscrowItems(escrow)
    }

    func all() throws(ConnectorError) -> [LineMoney] {
        var result: [LineMoney] = []
        result.reserveCapacity(lines.count)
        for index in lines.indices { result.append(try money(at: index)) }
        return result
    }

    private func money(at index: Int) throws(ConnectorError) -> LineMoney {
        let line = lines[index], field = "item_list[\(index)]"
        let original = try reader.minor(line.line.json["model_original_price"], "\(field).model_original_price") ?? 0
        let discounted = try reader.minor(line.line.json["model_discounted_price"], "\(field).model_discounted_price") ?? 0
        guard original >= 0, discounted >= 0 else { throw .notUnderstood(field: "\(field).model_discounted_price", found: "a negative price") }
        if discounted > 0 { return try priced(line, original: original, total: try MoneyReader.times(discounted, line.quantity, "\(field).model_discounted_price"), discounted: discounted, field) }
        // 0 is how the platform writes "not per line": a bundle deal (§9).
        guard let total = try bundleTotal(at: index, original: original) else { return LineMoney(unit: original, discount: try MoneyReader.times(original, line.quantity, field), total: 0, isUnknown: true) }
        return try priced(line, original: original, total: total, discounted: nil, field)
    }

    private func priced(_ line: Line, original: Int64, total: Int64, discounted: Int64?, _ field: String) throws(ConnectorError) -> LineMoney {
        var unit = original
        if try MoneyReader.times(unit, line.quantity, field) < total {
            // Dearer than it was, or no original price told: then what is paid is the price.
            let quantity = Int64(max(line.quantity, 1))
            unit = discounted ?? (total + quantity - 1) / quantity
        }
        let full = try MoneyReader.times(unit, line.quantity, field)
        return LineMoney(unit: unit, discount: full - total, total: total)
    }

    /// This line's part of what the escrow details have for its goods.
    private func bundleTotal(at index: Int, original: Int64) throws(ConnectorError) -> Int64? {
        let goods = lines[index].line.goods
        let entries = escrow.items.filter { $0.goods == goods }
        guard !entries.isEmpty else { return nil }
        let alike = lines.indices.filter { lines[$0].line.goods == goods }
        if entries.count == alike.count, let position = alike.firstIndex(of: index) {
            return try subtotal(of: entries[position], original: original)
        }
        // Told together: what the priced lines of these goods leave is shared by quantity, the last takes the rest.
        var left: Int64 = 0
        for entry in entries { left = try MoneyReader.adding(left, try subtotal(of: entry, original: original), "escrow.items") }
        var sharing: [Int] = []
        for other in alike {
            let price = try reader.minor(lines[other].line.json["model_discounted_price"], "item_list[\(other)].model_discounted_price") ?? 0
            if price > 0 { left = try MoneyReader.adding(left, -(try MoneyReader.times(price, lines[other].quantity, "item_list[\(other)]")), "escrow.items") } else { sharing.append(other) }
        }
        guard left >= 0 else { return nil }
        return share(of: left, for: index, among: sharing)
    }

    private func share(of total: Int64, for index: Int, among sharing: [Int]) -> Int64 {
        let pieces = sharing.reduce(0) { $0 + Int64(lines[$1].quantity) }
        guard pieces > 0 else { return index == sharing.last ? total : 0 }
        var given: Int64 = 0
        for other in sharing.dropLast() {
            let (high, low) = total.multipliedFullWidth(by: Int64(lines[other].quantity))
            let part = pieces.dividingFullWidth((high, low)).quotient
            if other == index { return part }
            given += part
        }
        return total - given
    }

    /// Whether the escrow's `discounted_price` is of one piece or of all is written nowhere (unverified): its `original_price` beside the line's price of one piece tells.
    private func subtotal(of entry: EscrowItems.Item, original: Int64) throws(ConnectorError) -> Int64 {
        let discounted = try reader.minor(entry.json["discounted_price"], "escrow.items.discounted_price") ?? 0
        let told = try reader.minor(entry.json["original_price"], "escrow.items.original_price") ?? 0
        guard discounted >= 0 else { throw .notUnderstood(field: "escrow.items.discounted_price", found: "a negative price") }
        let isOfOnePiece = entry.quantity > 1 && original > 0 && told == original
        if isOfOnePiece { return try MoneyReader.times(discounted, entry.quantity, "escrow.items.discounted_price") }
        return discounted
    }
}

/// `order_income.items` of the escrow details.
struct EscrowItems {
    struct Item {
        var json: LooseJSON
        var goods: String { "\(json["item_id"].identifier ?? "0"):\(json["model_id"].identifier ?? "0")" }
        /// Bounded, so that it multiplies safely.
        var quantity: Int { Int(min(max(json["quantity_purchased"].integer ?? 1, 0), Int64(OrderReading.maximumQuantity))) }
    }
    let items: [Item]
    init(_ escrow: LooseJSON) { items = escrow["items"].list.filter(\.isObject).map(Item.init) }
}
