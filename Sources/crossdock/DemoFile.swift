import Documents

/// The order file of the demo, as a seller would send it: it goes through the same steps as everybody's. A second import finds the orders known.
enum DemoFile {
    static let name = "sample-orders.xlsx"
    /// A morning's file, and one whose parcels a person packs one by one.
    static let many = 12, few = 2

    static func path(in folder: String) -> String { folder + "/" + name }

    /// - Returns: the path of the workbook.
    static func write(in folder: String, orders: Int) throws -> String {
        let path = path(in: folder)
        let columns: [OrderColumn] = [.orderNumber, .placedAt, .buyerName, .shipToName, .shipToPhone, .shipToLine1, .shipToSubdistrict, .shipToDistrict, .shipToProvince, .shipToPostcode,
                                      .sku, .title, .quantity, .unitPrice, .shippingFee, .grandTotal, .currency, .paymentMethod, .codAmount]
        let writer = try WorkbookWriter(path: path)
        try writer.append(columns.map { $0.title(in: .english) })
        for number in 1...orders {
            let quantity = number % 3 + 1, total = quantity * 150 + 50
            let values: [OrderColumn: CellValue] = [
                .orderNumber: .text("XL-\(1000 + number)"), .placedAt: .date(WallTime(year: 2026, month: 3, day: number, hour: 9, minute: 30)),
                .buyerName: .text("สมชาย ตัวอย่าง"), .shipToName: .text("สมชาย ตัวอย่าง"), .shipToPhone: .text("0812345\(600 + number)"),
                .shipToLine1: .text("99/\(number) ซอยสุขุมวิท 21"), .shipToSubdistrict: .text("คลองเตยเหนือ"), .shipToDistrict: .text("วัฒนา"),
                .shipToProvince: .text("กรุงเทพมหานคร"), .shipToPostcode: .text("10110"), .sku: .text("TSHIRT-RED-M"), .title: .text("T-shirt red"),
                .quantity: .number(text: "\(quantity)"), .unitPrice: .number(text: "150"), .shippingFee: .number(text: "50"), .grandTotal: .number(text: "\(total)"),
                .currency: .text("THB"), .paymentMethod: .text("COD"), .codAmount: .number(text: "\(total)"),
            ]
            try writer.append(columns.map { values[$0] ?? .empty })
        }
        try writer.finish()
        return path
    }
}
