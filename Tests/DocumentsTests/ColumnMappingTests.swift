@testable import Documents
import Foundation
import Testing

struct ColumnMappingTests {
    private func columns(_ headers: [String]) -> [OrderColumn?] {
        let mapping = ColumnMapping.guess(headers: headers)
        return headers.indices.map { index in mapping.assignments.first { $0.index == index }?.column }
    }

    @Test func `no spelling means two columns without doubt`() {
        var owners: [String: OrderColumn] = [:]
        for synonyms in HeaderLanguage.allCases.flatMap(\.synonyms) {
            for spelling in synonyms.exact {
                let folded = HeaderFolding.fold(String(spelling))
                #expect(owners[folded] == nil || owners[folded] == synonyms.column, "\(spelling)")
                owners[folded] = synonyms.column
            }
        }
        #expect(owners.count > 700)
    }

    @Test(arguments: HeaderLanguage.allCases)
    func `every column has a header in every language, and it means that column`(language: HeaderLanguage) {
        #expect(columns(OrderColumn.allCases.map { $0.title(in: language) }) == OrderColumn.allCases)
    }

    @Test func `English headers of a seller's own sheet`() {
        #expect(columns(["Order #", "Date", "Recipient", "Mobile", "Address", "City", "Zip", "SKU", "Product", "Qty", "Price", "COD",
            "Remark"]) == [
            .orderNumber, .placedAt, .shipToName, .shipToPhone, .shipToLine1, .shipToCity, .shipToPostcode, .sku, .title, .quantity,
            .unitPrice, .codAmount, .note,
        ])
    }

    @Test func `Spanish headers with and without accents`() {
        #expect(columns(["N° de Pedido", "FECHA", "Destinatario", "Telefono", "Dirección", "Comuna", "REGION", "Código Postal",
            "Producto", "Cantidad", "Precio", "Observaciones"]) == [
            .orderNumber, .placedAt, .shipToName, .shipToPhone, .shipToLine1, .shipToDistrict, .shipToProvince, .shipToPostcode, .title,
            .quantity, .unitPrice, .note,
        ])
    }

    @Test func `Thai headers of a courier's form`() {
        #expect(columns(["เลขที่คำสั่งซื้อ", "ชื่อผู้รับ", "เบอร์โทร", "ที่อยู่", "ตำบล/แขวง", "อำเภอ/เขต", "จังหวัด", "รหัสไปรษณีย์",
            "สินค้า", "จำนวน", "ราคา", "เก็บเงินปลายทาง", "หมายเหตุ"]) == [
            .orderNumber, .shipToName, .shipToPhone, .shipToLine1, .shipToSubdistrict, .shipToDistrict, .shipToProvince, .shipToPostcode,
            .title, .quantity, .unitPrice,
            .codAmount, .note,
        ])
    }

    @Test func `headers in two languages, with units and with stars`() {
        #expect(columns(["Order No. / เลขที่ออเดอร์ *", "ชื่อผู้รับ (Recipient)", "ราคา (บาท)", "จำนวน (ชิ้น)", "Weight (g)",
            "น้ำหนัก (กก.)", "Precio unitario (CLP)"]).prefix(6) == [
            .orderNumber, .shipToName, .unitPrice, .quantity, .weightGrams, .weightKilograms,
        ])
    }

    @Test func `a shop's export in which Name is the order number`() {
        #expect(columns(["Name", "Email", "Financial Status", "Currency", "Shipping", "Taxes", "Total", "Discount Amount",
            "Shipping Method", "Created at", "Lineitem quantity",
                         "Lineitem name", "Lineitem price", "Lineitem sku", "Billing Name", "Shipping Name", "Shipping Street",
                         "Shipping City", "Shipping Zip",
                         "Shipping Province", "Shipping Country", "Shipping Phone", "Notes", "Payment Method", "Tags"]) == [
            .orderNumber, .buyerEmail, .paymentState, .currency, .shippingFee, .tax, .grandTotal, .orderDiscount, .shippingMethod,
            .placedAt, .quantity,
            .title, .unitPrice, .sku, .billToName, .shipToName, .shipToLine1, .shipToCity, .shipToPostcode,
            .shipToProvince, .shipToCountry, .shipToPhone, .note, .paymentMethod, .tags,
        ])
    }

    @Test func `buyer and recipient are kept apart when both are there`() {
        #expect(columns(["Order ID", "Customer Name", "Customer Phone", "Recipient Name", "Phone"]) == [.orderNumber, .buyerName,
            .buyerPhone, .shipToName, .shipToPhone])
    }

    @Test func `confidence falls from exact words to words inside of others`() {
        let mapping = ColumnMapping.guess(headers: ["Order number", "Date", "Recipient phone with country code",
            "Colour of wrapping paper"])
        #expect(mapping.assignments.map(\.confidence) == [.exact, .likely, .guess])
        #expect(mapping.unknownHeaders == ["Colour of wrapping paper"])
    }

    @Test func `two headers for one column are reported and the first is used`() {
        let mapping = ColumnMapping.guess(headers: ["Order number", "Qty", "Quantity", "SKU"])
        #expect(mapping[.quantity] == 1)
        #expect(mapping.conflicts == [.init(column: .quantity, indexes: [1, 2], headers: ["Qty", "Quantity"])])
    }

    @Test func `what an order cannot do without is named`() {
        #expect(ColumnMapping.guess(headers: ["Phone", "Qty"]).missingRequired == [.orderNumber, .shipToName, .shipToLine1, .sku])
        #expect(ColumnMapping.guess(headers: ["Order number", "Customer name", "Address", "Product name", "Qty"]).missingRequired.isEmpty)
    }

    @Test(arguments: [
        ("Order No.", "ORDER_NO"), ("Dirección", "direccion"), ("AÑO", "ano"), ("ที่ อยู่", "ที่อยู่"), ("เเขวง", "แขวง"),
        ("จํานวน", "จำนวน"), ("ที่อยู่๑", "ที่อยู่1"), ("ＳＫＵ", "sku"),
    ])
    func `spellings that look the same are the same`(one: String, other: String) {
        #expect(HeaderFolding.fold(one) == HeaderFolding.fold(other))
    }

    @Test(arguments: [("มา", "ม้า"), ("เขต", "เขตุ"), ("ขาว", "ข่าว")])
    func `Thai marks tell words apart`(one: String, other: String) {
        #expect(HeaderFolding.fold(one) != HeaderFolding.fold(other))
    }

    @Test func `the fingerprint knows the shape of a file again`() {
        let first = ColumnMapping.fingerprint(of: ["Order No.", "Dirección", "", ""])
        #expect(first == ColumnMapping.fingerprint(of: ["ORDER NO", "direccion"]))
        #expect(first != ColumnMapping.fingerprint(of: ["direccion", "ORDER NO"]))
        #expect(ColumnMapping.fingerprint(of: ["ab", "c"]) != ColumnMapping.fingerprint(of: ["a", "bc"]))
        #expect(ColumnMapping.fingerprint(of: ["a"]) == "h1-1-af63dc4c8601ec8c")
    }

    @Test func `a mapping survives being stored, and a person's word stands`() throws {
        var mapping = ColumnMapping.guess(headers: ["Order number", "Qty", "Quantity", "Stuff"])
        mapping.assign(.title, to: 3, header: "Stuff")
        mapping.assign(.quantity, to: 2, header: "Quantity")
        let stored = try JSONDecoder().decode(ColumnMapping.self, from: JSONEncoder().encode(mapping))
        #expect(stored == mapping)
        #expect(stored[.title] == 3)
        #expect(stored[.quantity] == 2)
        #expect(stored.conflicts.isEmpty && stored.unknownHeaders.isEmpty)
        mapping.assign(.title, to: nil)
        #expect(mapping[.title] == nil)
    }

    @Test func `the header row is found below a title`() throws {
        let files = try ScratchFiles()
        let path = try files.write("Orders of March,,\nprinted,2026-03-01,\nOrder number,SKU,Qty\n1,A,2\n")
        let found = try #require(ColumnMapping.findHeader(in: openTable(path).firstRows(10)))
        #expect(found.row.number == 3)
        #expect(found.mapping[.quantity] == 2)
        #expect(ColumnMapping.findHeader(in: [TableRow(number: 1, cells: [])]) == nil)
    }
}
