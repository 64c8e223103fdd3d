import Documents
import Domain

/// What makes orders of rows, besides the rows: the mapping and the channel's defaults.
struct AssemblySettings: Sendable {
    let mapping: ColumnMapping
    let indexes: [OrderColumn: Int]
    let currency: Currency, country: String, dates: DateText

    init(mapping: ColumnMapping, currency: Currency, country: String, dates: DateText) {
        self.mapping = mapping; self.currency = currency; self.country = country; self.dates = dates
        indexes = Dictionary(mapping.assignments.map { ($0.column, $0.index) }, uniquingKeysWith: { first, _ in first })
    }
}

/// One order of a file: either a snapshot or at least one rejecting problem.
struct AssembledOrder: Sendable {
    var number: String?
    var rows: [TableRow]
    /// Rows of the order in the file, those beyond the limit included.
    var rowCount: Int
    var snapshot: OrderSnapshot?
    /// The file says when it was placed; otherwise the moment of the import stands in, and is no part of the content.
    var saysWhenPlaced: Bool
    var problems: [ImportReport.Problem]
}

/// Makes one order of its rows and says everything that is wrong with them, cell by cell. Local to one call; nothing is shared.
final class OrderAssembly {
    static let maximumLines = 2000
    static let maximumNumberCharacters = 100

    let settings: AssemblySettings
    let rows: [TableRow]
    private(set) var problems: [ImportReport.Problem] = []
    private(set) var number: String?

    init(_ settings: AssemblySettings, rows: [TableRow]) { self.settings = settings; self.rows = rows }

    static func assemble(_ rows: [TableRow], count: Int, settings: AssemblySettings, isForgottenExample: (String) -> Bool, now: Timestamp) -> AssembledOrder {
        let work = OrderAssembly(settings, rows: rows)
        let (snapshot, saysWhen) = work.build(count: count, isForgottenExample: isForgottenExample, now: now)
        let isGood = !work.problems.contains(where: \.isRejection)
        return AssembledOrder(number: work.number, rows: rows, rowCount: count, snapshot: isGood ? snapshot : nil, saysWhenPlaced: saysWhen, problems: work.problems)
    }

    private func build(count: Int, isForgottenExample: (String) -> Bool, now: Timestamp) -> (OrderSnapshot?, Bool) {
        guard let first = rows.first else { return (nil, false) }
        guard let number = text(.orderNumber, first) else {
            if !problems.contains(where: \.isRejection) {
                report(.orderNumber, first, "order_number_missing", "The row has no order number.", "Write the order's number on each of its rows.")
            }
            return (nil, false)
        }
        self.number = number
        if number.count > Self.maximumNumberCharacters {
            report(.orderNumber, first, "order_number_too_long", "The order number is longer than \(Self.maximumNumberCharacters) characters.", "Check that the right column was chosen for the order number.")
        }
        if isForgottenExample(number) {
            report(.orderNumber, first, "template_example", "This is the example order of the template.", "Delete the example rows.")
            return (nil, false)
        }
        guard count <= Self.maximumLines else {
            report(.orderNumber, first, "order_too_many_lines", "The order has \(count) rows, more than \(Self.maximumLines).", "Check the order numbers, or split the order.")
            return (nil, false)
        }
        let currency = currency()
        let placed = common(.placedAt) { row in self.date(.placedAt, row) }
        let lines = lines(currency)
        let shipTo = shipTo()
        let totals = totals(lines, currency)
        let payment = payment(totals.totals, arePricesKnown: totals.arePricesKnown, currency)
        var flags = totals.flags + payment.flags
        let buyer = Buyer(name: same(.buyerName), email: same(.buyerEmail), phone: phone(.buyerPhone))
        var address = shipTo
        address.name = shipTo.name ?? buyer.name
        address.phone = shipTo.phone ?? buyer.phone
        require(.shipToName, address.name ?? address.company, "recipient_missing", "The order has no recipient.", "Fill in the recipient's name.")
        require(.shipToLine1, address.line1, "address_missing", "The order has no street address.", "Fill in the address it is to be sent to.")
        var attributes: [String: String] = [:]
        if let taxID = same(.billToTaxID) { attributes["billTo.taxID"] = taxID }
        if let raw = payment.rawState { attributes["paymentState"] = raw }
        if totals.isTaxAssumedInside { flags.append(Flag(code: "tax_assumed_included", message: "The file gives a tax and no grand total; the prices were taken to include it.")) }
        let shipBy = common(.shipBy) { row in self.date(.shipBy, row) }
        let snapshot = OrderSnapshot(
            externalID: number, externalNumber: number, placedAt: placed ?? now, revision: Revision(updatedAt: now),
            buyer: Buyer(name: buyer.name ?? address.name, email: buyer.email, phone: buyer.phone ?? address.phone), shipTo: address, billTo: billTo(), currency: currency,
            totals: totals.totals, payment: payment.payment,
            shipping: Shipping(methodTitle: same(.shippingMethod), requestedCarrier: same(.courier), shipBy: shipBy), lines: lines.map(\.line),
            note: joined(.note), tags: tags(), platformStatus: "file", flags: flags, attributes: attributes)
        return (snapshot, placed != nil)
    }

    private func currency() -> Currency {
        common(.currency) { row -> Currency? in
            guard let text = self.text(.currency, row) else { return nil }
            let word = ["฿": "THB", "บาท": "THB", "baht": "THB", "€": "EUR"][text.lowercased()] ?? text
            if let currency = Currency(word) { return currency }
            self.report(.currency, row, "currency_unknown", "\"\(text.prefix(20))\" is no currency code.", "Write three letters, for instance THB or CLP.")
            return nil
        } ?? settings.currency
    }

    private func shipTo() -> Address {
        let names = [same(.shipToName), same(.shipToSurname)].compactMap(\.self)
        return Address(
            name: names.isEmpty ? nil : names.joined(separator: " "), company: same(.shipToCompany), phone: phone(.shipToPhone), line1: same(.shipToLine1), line2: same(.shipToLine2),
            subdistrict: same(.shipToSubdistrict), district: same(.shipToDistrict), city: same(.shipToCity), province: same(.shipToProvince),
            postcode: plain(.shipToPostcode), countryCode: same(.shipToCountry) ?? settings.country)
    }

    private func billTo() -> Address? {
        let address = Address(
            name: same(.billToName), company: same(.billToCompany), phone: phone(.billToPhone), line1: same(.billToLine1), line2: same(.billToLine2),
            city: same(.billToCity), province: same(.billToProvince), postcode: plain(.billToPostcode), countryCode: same(.billToCountry))
        if address == Address() { return nil }
        var complete = address
        complete.countryCode = address.countryCode ?? settings.country
        return complete
    }

    private func tags() -> [String] {
        var tags: [String] = []
        for row in rows {
            for tag in (text(.tags, row) ?? "").split(whereSeparator: { ",;|".contains($0) }) {
                let word = tag.trimmingPrefix { $0 == " " }
                if !word.isEmpty, !tags.contains(String(word)) { tags.append(String(word)) }
            }
        }
        return tags
    }

    /// Notes of several rows are all kept.
    private func joined(_ column: OrderColumn) -> String? {
        var texts: [String] = []
        for row in rows { if let text = text(column, row), !texts.contains(text) { texts.append(text) } }
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }

    private func require(_ column: OrderColumn, _ value: String?, _ code: String, _ message: String, _ remedy: String) {
        guard value == nil, let row = rows.first, !problems.contains(where: { $0.column == column && $0.isRejection }) else { return }
        report(column, row, code, message, remedy)
    }

    func report(_ column: OrderColumn?, _ row: TableRow, _ code: String, _ message: String, _ remedy: String, isRejection: Bool = true) {
        let cell = column.flatMap { settings.indexes[$0] }.map { CellReference(column: $0, row: row.number).description }
        let problem = ImportReport.Problem(row: row.number, column: column, cell: cell, order: number, code: code, message: message, remedy: remedy, isRejection: isRejection)
        if !problems.contains(problem) { problems.append(problem) }
    }
}
