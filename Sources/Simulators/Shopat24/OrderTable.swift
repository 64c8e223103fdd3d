import Foundation

/// One cell before it is written.
enum SheetCell: Equatable {
    case blank
    case text(String)
    /// Order and invoice numbers, codes, phones, postcodes: digits that are not a quantity.
    case identifier(String)
    case integer(Int)
    case money(Int64)
    case date(Date)
    /// Written as it stands, whatever the style.
    case raw(String)
    /// A cell whose formula failed.
    case error(String)
}

/// A vendor order file as rows of cells: one row a line of an order (shopat24.md §4A.3, §5).
struct OrderTable {
    var header: [String]
    var columns: [OrderColumn?]
    var rows: [[SheetCell]]

    init(_ orders: [Shopat24Order], style: OrderFileStyle) {
        var columns: [OrderColumn?] = OrderColumn.allCases
        if style.isReordered { columns = columns.reversed() }
        var header = columns.compactMap { $0?.header(style.headers) }
        if style.hasExtraColumns {
            columns.insert(nil, at: 3)
            header.insert(style.headers == .thai ? "ฝ่ายขาย" : "Buyer team", at: 3)
            columns.append(nil)
            header.append("X_REF")
        }
        self.header = header
        self.columns = columns
        rows = orders.flatMap { order in
            order.invoices.flatMap { invoice in
                invoice.lines.map { line in
                    columns.map { column in column.map { Self.cell($0, order, invoice, line, style) } ?? .text("ทีม ก; \(order.orderNo)") }
                }
            }
        }
    }

    private static func cell(
        _ column: OrderColumn, _ order: Shopat24Order, _ invoice: Shopat24Order.Invoice, _ line: Shopat24Order.Line, _ style: OrderFileStyle
    ) -> SheetCell {
        let buyer = order.recipient
        return switch column {
        case .orderNo: .identifier(order.orderNo)
        case .invoiceNo: .identifier(invoice.invoiceNo)
        case .orderDate: .date(order.placedAt)
        case .shipTo: .text(order.shipToWord)
        case .storeCode: identifier(order.store?.code)
        case .storeName: text(order.store?.name)
        case .recipient: .text(buyer.name)
        case .phone: .identifier(buyer.phone)
        case .address: text(style.hasQuotedNewlines ? buyer.address : buyer.address?.replacing("\n", with: " "))
        case .subdistrict: text(buyer.subdistrict)
        case .district: text(buyer.district)
        case .province: text(buyer.province)
        case .postcode: identifier(buyer.postcode)
        case .sku: .text(line.vendorSKU)
        case .title: .text(line.name)
        case .lineNo: .integer(line.lineNo)
        case .quantity: .integer(line.quantity)
        case .unitPrice: .money(line.unitPriceMinor)
        case .discount: .money(line.discountMinor)
        case .shippingFee: .money(order.shippingMinor)
        case .grandTotal: .money(order.grandMinor)
        case .payment: .text(order.payment)
        case .status: .text(style.hasThaiWords ? order.status.thai : order.status.rawValue)
        case .tracking: text(invoice.trackingNumber)
        case .note: text(order.note)
        }
    }

    private static func text(_ value: String?) -> SheetCell { value.map { .text($0) } ?? .blank }
    private static func identifier(_ value: String?) -> SheetCell { value.map { .identifier($0) } ?? .blank }

    // MARK: Bytes

    func bytes(_ style: OrderFileStyle) -> Data {
        style.format == .xlsx ? Workbook(self, style: style).bytes : style.format.encoding.data(text(style))
    }

    func text(_ style: OrderFileStyle) -> String {
        DelimitedText.write(
            [header] + rows.map { $0.map { Self.field($0, style) } }, delimiter: style.delimiter?.first ?? style.format.delimiter,
            lineEnd: style.endsLinesWithLF ? "\n" : "\r\n")
    }

    private static func field(_ cell: SheetCell, _ style: OrderFileStyle) -> String {
        switch cell {
        case .blank: ""
        case .text(let text), .raw(let text), .error(let text): text
        case .identifier(let text): style.hasFormulaWrappers ? "=\"\(text)\"" : text
        case .integer(let number): style.hasThaiNumbers ? thaiDigits("\(number)") : "\(number)"
        case .money(let minor): style.hasDecoratedMoney ? Satang.decorated(minor) : Satang.text(minor)
        case .date(let date): dateText(date, style)
        }
    }

    static func dateText(_ date: Date, _ style: OrderFileStyle) -> String {
        let text = BangkokTime(date, isBuddhist: style.isBuddhist).text(style.dateForm.rawValue)
        return style.hasThaiDigits ? thaiDigits(text) : text
    }

    // MARK: Changes

    func index(of column: OrderColumn) -> Int? { columns.firstIndex { $0 == column } }

    mutating func set(_ column: OrderColumn, row: Int, _ cell: SheetCell) {
        guard let index = index(of: column), rows.indices.contains(row) else { return }
        rows[row][index] = cell
    }

    mutating func remove(_ column: OrderColumn) {
        guard let index = index(of: column) else { return }
        header.remove(at: index)
        columns.remove(at: index)
        for row in rows.indices { rows[row].remove(at: index) }
    }
}
