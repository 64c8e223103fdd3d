/// How a vendor order file looks (shopat24.md §4A.1, §11).
package struct OrderFileStyle: Sendable, Equatable, Decodable {
    package enum Format: String, Sendable, CaseIterable, Decodable {
        /// Comma, UTF-8 with a byte order mark.
        case csv
        case csvWindows874
        case csvUTF16
        /// Tab, UTF-8.
        case tsv
        /// Tab, ISO-8859-11.
        case asc
        case xlsx

        var encoding: TextEncoding {
            switch self {
            case .csv: .utf8BOM
            case .csvWindows874: .windows874
            case .csvUTF16: .utf16LE
            case .tsv, .xlsx: .utf8
            case .asc: .iso8859_11
            }
        }
        var delimiter: Character { self == .tsv || self == .asc ? "\t" : "," }
        var fileExtension: String {
            switch self {
            case .csv, .csvWindows874, .csvUTF16: "csv"
            case .tsv: "tsv"
            case .asc: "asc"
            case .xlsx: "xlsx"
            }
        }
    }
    package enum Headers: String, Sendable, CaseIterable, Decodable {
        /// A column that has no English name keeps its Thai one, as in the profile.
        case english, thai
        /// `ORD_NO`, `INV_NO`, `ORD_DATE`, `SHIP_TO`; the others as in English.
        case codes
        /// Case, blanks and width differ: `  order   NO. `.
        case untidy
    }
    package enum DateForm: String, Sendable, CaseIterable, Decodable {
        case slashes = "dd/MM/yyyy", dots = "dd.MM.yyyy", slashesWithTime = "dd/MM/yyyy HH:mm", slashesWithSeconds = "dd/MM/yyyy HH:mm:ss"
    }

    package var format = Format.csv
    package var headers = Headers.english
    package var dateForm = DateForm.slashes
    /// Comma, tab, semicolon or pipe; nil: the format's own.
    package var delimiter: String?
    /// Status words in Thai.
    package var hasThaiWords = false
    package var isReordered = false
    package var hasExtraColumns = false
    /// Dates in ๐ to ๙.
    package var hasThaiDigits = false
    /// Quantities in ๐ to ๙ as well.
    package var hasThaiNumbers = false
    package var isBuddhist = false
    /// `฿1,299.00`.
    package var hasDecoratedMoney = false
    /// The two lines of an address stay two lines, inside quotes.
    package var hasQuotedNewlines = true
    /// `="0812345678"` around identifiers.
    package var hasFormulaWrappers = false
    /// Numeric cells for what looks like a number; XLSX only.
    package var hasNumericIdentifiers = false
    package var endsLinesWithLF = false
    /// Inside a ZIP.
    package var isZipped = false
    /// Another ending of the file's name.
    package var fileExtension: String?

    package init() {}

    package init(_ format: Format, headers: Headers = .english) {
        self.format = format
        self.headers = headers
    }

    /// Whatever is left out of JSON is as by default.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        func flag(_ key: Key, _ standard: Bool) throws -> Bool { try values.decodeIfPresent(Bool.self, forKey: key) ?? standard }
        format = try values.decodeIfPresent(Format.self, forKey: .format) ?? format
        headers = try values.decodeIfPresent(Headers.self, forKey: .headers) ?? headers
        dateForm = try values.decodeIfPresent(DateForm.self, forKey: .dateForm) ?? dateForm
        delimiter = try values.decodeIfPresent(String.self, forKey: .delimiter)
        hasThaiWords = try flag(.hasThaiWords, hasThaiWords)
        isReordered = try flag(.isReordered, isReordered)
        hasExtraColumns = try flag(.hasExtraColumns, hasExtraColumns)
        hasThaiDigits = try flag(.hasThaiDigits, hasThaiDigits)
        hasThaiNumbers = try flag(.hasThaiNumbers, hasThaiNumbers)
        isBuddhist = try flag(.isBuddhist, isBuddhist)
        hasDecoratedMoney = try flag(.hasDecoratedMoney, hasDecoratedMoney)
        hasQuotedNewlines = try flag(.hasQuotedNewlines, hasQuotedNewlines)
        hasFormulaWrappers = try flag(.hasFormulaWrappers, hasFormulaWrappers)
        hasNumericIdentifiers = try flag(.hasNumericIdentifiers, hasNumericIdentifiers)
        endsLinesWithLF = try flag(.endsLinesWithLF, endsLinesWithLF)
        isZipped = try flag(.isZipped, isZipped)
        fileExtension = try values.decodeIfPresent(String.self, forKey: .fileExtension)
    }

    private enum Key: String, CodingKey {
        case format, headers, dateForm, delimiter, hasThaiWords, isReordered, hasExtraColumns, hasThaiDigits, hasThaiNumbers, isBuddhist
        case hasDecoratedMoney, hasQuotedNewlines, hasFormulaWrappers, hasNumericIdentifiers, endsLinesWithLF, isZipped, fileExtension
    }
}

/// The columns of the vendor profile with their names (shopat24.md §4A.3).
package enum OrderColumn: String, Sendable, CaseIterable {
    case orderNo, invoiceNo, orderDate, shipTo, storeCode, storeName, recipient, phone, address, subdistrict, district, province, postcode
    case sku, title, lineNo, quantity, unitPrice, discount, shippingFee, grandTotal, payment, status, tracking, note

    package var names: (code: String?, english: String?, thai: String) {
        switch self {
        case .orderNo: ("ORD_NO", "Order no.", "เลขที่ใบสั่งซื้อ")
        case .invoiceNo: ("INV_NO", "Invoice no.", "เลขที่ใบกำกับ")
        case .orderDate: ("ORD_DATE", "Order date", "วันที่สั่งซื้อ")
        case .shipTo: ("SHIP_TO", nil, "วิธีรับสินค้า")
        case .storeCode: (nil, "Store code", "รหัสร้าน")
        case .storeName: (nil, "Store name", "ชื่อร้าน")
        case .recipient: (nil, "Recipient", "ชื่อผู้รับ")
        case .phone: (nil, "Phone", "เบอร์โทรศัพท์")
        case .address: (nil, "Address", "ที่อยู่")
        case .subdistrict: (nil, nil, "ตำบล/แขวง")
        case .district: (nil, nil, "อำเภอ/เขต")
        case .province: (nil, nil, "จังหวัด")
        case .postcode: (nil, nil, "รหัสไปรษณีย์")
        case .sku: (nil, "Vendor SKU", "รหัสสินค้า")
        case .title: (nil, "Product name", "ชื่อสินค้า")
        case .lineNo: (nil, "Line", "ลำดับ")
        case .quantity: (nil, "Qty", "จำนวน")
        case .unitPrice: (nil, "Unit price", "ราคาต่อหน่วย")
        case .discount: (nil, "Discount", "ส่วนลด")
        case .shippingFee: (nil, "Shipping", "ค่าจัดส่ง")
        case .grandTotal: (nil, "Total", "ยอดรวม")
        case .payment: (nil, "Payment", "วิธีชำระเงิน")
        case .status: (nil, "Status", "สถานะ")
        case .tracking: (nil, "Tracking", "เลขพัสดุ")
        case .note: (nil, "Remark", "หมายเหตุ")
        }
    }

    func header(_ style: OrderFileStyle.Headers) -> String {
        let english = names.english ?? names.code ?? names.thai
        return switch style {
        case .english: english
        case .thai: names.thai
        case .codes: names.code ?? english
        case .untidy: "  " + english.uppercased().replacing(" ", with: "   ") + "\u{A0}"
        }
    }
}
