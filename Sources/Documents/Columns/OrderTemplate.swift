/// The empty order file that we offer for download: the headers we understand, and one example order of two lines.
package enum OrderTemplate {
    /// The columns of the template, in order.
    package static let columns: [OrderColumn] = [
        .orderNumber, .placedAt, .buyerName, .buyerEmail, .buyerPhone, .shipToName, .shipToPhone, .shipToLine1, .shipToLine2,
        .shipToSubdistrict, .shipToDistrict, .shipToCity, .shipToProvince, .shipToPostcode, .shipToCountry,
        .sku, .title, .variant, .quantity, .unitPrice, .lineDiscount, .weightGrams,
        .shippingFee, .orderDiscount, .tax, .grandTotal, .currency, .paymentMethod, .codAmount, .shippingMethod, .courier, .note, .tags,
    ]

    package static func headers(in language: HeaderLanguage) -> [String] { columns.map { $0.title(in: language) } }

    /// As comma-separated UTF-8 with a byte order mark. Replaces what is at `path`.
    package static func writeCSV(to path: String, language: HeaderLanguage) throws {
        let writer = try CSVWriter(path: path)
        try writer.append(headers(in: language))
        for row in example(in: language) { try writer.append(columns.map { row[$0] ?? .empty }) }
        try writer.finish()
    }

    /// As a workbook. Replaces what is at `path`.
    package static func writeWorkbook(to path: String, language: HeaderLanguage) throws {
        let sheet = switch language {
        case .english: "Orders"
        case .spanish: "Pedidos"
        case .thai: "คำสั่งซื้อ"
        }
        let writer = try WorkbookWriter(path: path, sheetName: sheet, columnWidths: headers(in: language).map { max(12, $0.count + 3) })
        try writer.append(headers(in: language))
        for row in example(in: language) { try writer.append(columns.map { row[$0] ?? .empty }) }
        try writer.finish()
    }

    /// Two lines of one order: what belongs to the order stands in each row.
    private static func example(in language: HeaderLanguage) -> [[OrderColumn: CellValue]] {
        var order: [OrderColumn: CellValue] = [
            .orderNumber: .text("EXAMPLE-1001"), .placedAt: .date(WallTime(year: 2026, month: 3, day: 1, hour: 9, minute: 30)),
            .shippingFee: .number(text: "50"), .grandTotal: .number(text: "550"), .currency: .text("THB"), .codAmount: .number(text: "550"),
            .paymentMethod: .text("COD"), .shipToCountry: .text("TH"),
        ]
        let buyer: [OrderColumn: String] = switch language {
        case .spanish:
            [.buyerName: "Ana Rojas", .buyerEmail: "ana@example.com", .shipToName: "Ana Rojas", .shipToPhone: "+56912345678",
             .shipToLine1: "Av. Siempre Viva 742", .shipToDistrict: "Ñuñoa", .shipToProvince: "Región Metropolitana",
             .shipToPostcode: "7750000", .shipToCountry: "CL", .currency: "CLP"]
        case .english, .thai:
            [.buyerName: "สมชาย ใจดี", .buyerEmail: "somchai@example.com", .shipToName: "สมชาย ใจดี", .shipToPhone: "0812345678",
             .shipToLine1: "99/1 ซอยสุขุมวิท 21", .shipToSubdistrict: "คลองเตยเหนือ",
             .shipToDistrict: "วัฒนา", .shipToProvince: "กรุงเทพมหานคร", .shipToPostcode: "10110"]
        }
        for (column, text) in buyer { order[column] = .text(text) }
        let lines = [
            (sku: "TSHIRT-RED-M", title: "T-shirt red", quantity: "2", price: "150"),
            (sku: "MUG-WHITE", title: "Mug white", quantity: "1", price: "200"),
        ]
        return lines.map { line in
            order.merging([.sku: .text(line.sku), .title: .text(line.title), .quantity: .number(text: line.quantity),
                           .unitPrice: .number(text: line.price)]) { _, new in new }
        }
    }
}
