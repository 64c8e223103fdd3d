/// A good with its price in whole minor units of the country's currency.
package struct SampleProduct: Sendable, Equatable {
    package var sku: String
    package var title: String
    package var variant: String?
    /// Minor units of the country's currency.
    package var priceMinor: Int64
    package var weightGrams: Int
    /// Stable small numbers from 1, for platforms with numeric identifiers.
    package var number: Int
}

extension SampleProduct {
    /// The whole catalogue of a country, the odd goods last.
    package static func catalogue(in country: SampleCountry) -> [SampleProduct] {
        (goods + odd).enumerated().map { index, good in
            SampleProduct(
                sku: good.sku, title: good.titles[country.language] ?? good.title, variant: good.variant,
                priceMinor: price(good.satang, in: country), weightGrams: good.grams, number: index + 1)
        }
    }

    private struct Good {
        var sku: String, title: String, variant: String? = nil, satang: Int64, grams: Int, titles: [String: String] = [:]
    }

    private static let goods: [Good] = [
        good("TEA-100-GRN", "Green tea 100 g", nil, 12_900, 120, "ชาเขียว 100 ก.", "Té verde 100 g"),
        good("TEA-100-OOL", "Oolong tea 100 g", nil, 18_900, 120, "ชาอู่หลง 100 ก.", "Té oolong 100 g"),
        good("CUP-CEL", "Celadon cup", "Green", 45_000, 310, "ถ้วยศิลาดล", "Taza de celadón"),
        good("TOP-RED-M", "Cotton top", "Red / M", 59_000, 220, "เสื้อผ้าฝ้าย", "Camiseta de algodón"),
        good("TOP-RED-L", "Cotton top", "Red / L", 59_000, 240, "เสื้อผ้าฝ้าย", "Camiseta de algodón"),
        good("SARONG-BLU", "Silk sarong", "Blue", 129_000, 350, "ผ้าถุงไหม", "Pareo de seda"),
        good("SOAP-MNG", "Mango soap", nil, 8_900, 110, "สบู่มะม่วง", "Jabón de mango"),
        good("BAG-RAT", "Rattan bag", nil, 89_000, 640, "กระเป๋าหวาย", "Bolso de ratán"),
        good("CHILI-200", "Chilli paste 200 g", nil, 9_500, 260, "น้ำพริก 200 ก.", "Pasta de ají 200 g"),
        good("LAMP-PAP", "Paper lamp", "White", 74_900, 900, "โคมไฟกระดาษ", "Lámpara de papel"),
        good("CABLE-USBC-1M", "USB-C cable 1 m", nil, 19_900, 60, "สาย USB-C 1 ม.", "Cable USB-C 1 m"),
        good("CASE-PH-BLK", "Phone case", "Black", 29_000, 45, "เคสโทรศัพท์", "Funda de teléfono"),
        good("RICE-5KG", "Jasmine rice 5 kg", nil, 24_500, 5_050, "ข้าวหอมมะลิ 5 กก.", "Arroz jazmín 5 kg"),
        good("MAT-YOGA", "Yoga mat", "Purple", 99_000, 1_800, "เสื่อโยคะ", "Esterilla de yoga"),
        good("TOY-ELE", "Wooden elephant", nil, 34_000, 280, "ช้างไม้", "Elefante de madera"),
        good("FAN-USB", "Desk fan", "Mint", 39_900, 420, "พัดลมตั้งโต๊ะ", "Ventilador de mesa"),
    ]

    /// Titles and numbers that break careless code: emoji, markup, right-to-left, combining marks, length, free of charge, featherweight.
    private static let odd: [Good] = [
        Good(sku: "GIFT-🎁", title: "Gift set 🎁👨‍👩‍👧‍👦", satang: 49_900, grams: 500),
        Good(sku: "HTML-1", title: "<b>Bold & \"quoted\"</b> <script>alert('x')</script>", satang: 10_000, grams: 10),
        Good(sku: "RTL-1", title: "شاي أخضر \u{202E}abc", satang: 12_000, grams: 100),
        Good(sku: "COMB-1", title: "น้ำปลาหวานกุ้งแห้ง e\u{301}\u{327} Å", satang: 11_100, grams: 90),
        Good(sku: "LONG-1", title: String(repeating: "ยาวมาก long ", count: 38), satang: 13_300, grams: 100),
        Good(sku: "FREE-1", title: "Free sample, not for sale", satang: 0, grams: 1),
        Good(sku: "sp ace/slash;semi,comma", title: "SKU with, punctuation; =SUM(A1)", satang: 7_700, grams: 33),
    ]

    private static func good(
        _ sku: String, _ title: String, _ variant: String?, _ satang: Int64, _ grams: Int, _ thai: String, _ spanish: String
    ) -> Good {
        Good(sku: sku, title: title, variant: variant, satang: satang, grams: grams, titles: ["th": thai, "es": spanish])
    }

    /// Rough rates; a price ends in the currency's own step.
    private static func price(_ satang: Int64, in country: SampleCountry) -> Int64 {
        switch country {
        case .thailand: satang
        case .chile: satang / 100 * 26 / 10 * 10
        case .spain: satang * 26 / 1_000
        case .unitedKingdom: satang * 22 / 1_000
        }
    }

    /// How many of `catalogue` are ordinary.
    static var ordinaryCount: Int { goods.count }
}
