import Connect
import Domain

/// The invoices and lines of one order in our words (shopat24.md §4A.5, §5).
struct OrderLines: Sendable {
    var lines: [OrderLine] = []
    /// Without those that say nothing; in their order, each once.
    var invoices: [String] = []
    /// What the stores have keyed, an entry an invoice; nil: nothing yet.
    var types: [InvoiceType?] = []
    /// The stores' own words.
    var typeWords: [String] = []
    var unknownTypes: [String] = []
    /// The sums of the lines as they are, and how far lines' stated totals are from them.
    var items: Int64 = 0, discount: Int64 = 0, largestDifference: Int64 = 0

    static let maximumInvoices = 500, maximumLines = 2_000, maximumQuantity = 1_000_000

    init(_ order: JSONValue, fields: OrderFields, money: MoneyText, statuses: StatusTable, requiresShipping: Bool) throws(ConnectorError) {
        let found: [JSONValue]
        if let pointer = fields.pointers.order.invoices {
            guard let list = pointer.value(in: order)?.list else { throw .notUnderstood(field: pointer.text, found: "no list") }
            found = list
        } else { found = [order] }
        guard found.count <= Self.maximumInvoices else { throw .notUnderstood(field: "invoices", found: "\(found.count) of them") }
        // Rows repeat in this house (§4A.4): the same line twice is one, another content under the same key goes to a person.
        var known: [String: OrderLine] = [:], keyed: [String: InvoiceType?] = [:]
        for invoice in found {
            let number = fields.identifier(fields.pointers.invoice.invoiceNo, in: invoice)
            try note(invoice, number, fields, statuses, &keyed)
            guard let list = fields.pointers.invoice.lines.value(in: invoice)?.list else { throw .notUnderstood(field: fields.pointers.invoice.lines.text, found: "no list") }
            for row in list {
                let (line, difference) = try Self.line(row, invoice: number, at: lines.count, fields, money, requiresShipping: requiresShipping)
                if let same = known[line.externalLineID] {
                    guard same == line else { throw .notUnderstood(field: "lines", found: "\(line.externalLineID.cut(80)) twice, with different contents") }
                    continue
                }
                known[line.externalLineID] = line
                lines.append(line)
                guard lines.count <= Self.maximumLines else { throw .notUnderstood(field: "lines", found: "more than \(Self.maximumLines) of them") }
                items = try OrderSums.adding(items, try OrderSums.product(line.unitPrice, line.quantity), "lines")
                discount = try OrderSums.adding(discount, line.discount, "lines")
                largestDifference = max(largestDifference, difference)
            }
        }
    }

    private mutating func note(_ invoice: JSONValue, _ number: String?, _ fields: OrderFields, _ statuses: StatusTable, _ keyed: inout [String: InvoiceType?]) throws(ConnectorError) {
        let word = fields.text(fields.pointers.invoice.type, in: invoice, longest: 60), type = word.flatMap { statuses.type(of: $0) }
        if let number {
            if let same = keyed[number] {
                guard same == type else { throw .notUnderstood(field: "invoices", found: "\(number.cut(64)) twice, with different types") }
                return
            }
            keyed[number] = .some(type)
            invoices.append(number)
        }
        types.append(type)
        if let word {
            typeWords.append(word)
            if type == nil { unknownTypes.append(word) }
        }
    }

    private static func line(_ row: JSONValue, invoice: String?, at index: Int, _ fields: OrderFields, _ money: MoneyText, requiresShipping: Bool) throws(ConnectorError) -> (OrderLine, difference: Int64) {
        let pointers = fields.pointers.line, place = "line \(index + 1)"
        let house = fields.identifier(pointers.houseCode, in: row), vendor = fields.identifier(pointers.vendorSKU, in: row), number = fields.identifier(pointers.lineNo, in: row)
        let told = pointers.quantity.value(in: row)?.text
        guard let count = told.flatMap({ MoneyText.plain($0.cut(40)) }), let quantity = whole(count), (0...maximumQuantity).contains(quantity) else {
            throw .notUnderstood(field: "\(place) \(pointers.quantity.text)", found: (told ?? "nothing").cut(40))
        }
        guard let key = number ?? vendor ?? house else { throw .notUnderstood(field: place, found: "neither a line number nor a SKU") }
        let total = try money.minor(pointers.total?.value(in: row), "\(place) total"), discount = try money.minor(pointers.discount?.value(in: row), "\(place) discount") ?? 0
        let unitPrice: Int64
        if let price = try money.minor(pointers.unitPrice?.value(in: row), "\(place) unit price") { unitPrice = price } else {
            guard let total else { throw .notUnderstood(field: "\(place) unit price", found: "nothing") }
            unitPrice = OrderSums.share(of: try OrderSums.adding(total, discount, place), among: quantity)
        }
        let lineTotal = try OrderSums.adding(try OrderSums.product(unitPrice, quantity), -discount, place)
        let line = OrderLine(externalLineID: [invoice, key].compactMap(\.self).joined(separator: "-"), sku: vendor ?? house, title: fields.text(pointers.title, in: row, longest: 500) ?? "",
                             quantity: quantity, unitPrice: unitPrice, discount: discount, lineTotal: lineTotal, requiresShipping: requiresShipping, externalProductID: house)
        return (line, total.map { abs($0 - lineTotal) } ?? 0)
    }

    /// `2`, `2.0`, `๒`; nil for a part of one.
    private static func whole(_ text: String) -> Int? {
        let sides = text.split(separator: ".", omittingEmptySubsequences: false)
        guard sides.count == 1 || sides[1].utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
        return Int(sides[0])
    }
}
