import Documents
import Domain
import Testing

@Suite struct PaperAmountTests {
    @Test(arguments: [
        (0, "ศูนย์บาทถ้วน", "zero baht"),
        (25, "ยี่สิบห้าสตางค์", "twenty-five satang"),
        (1, "หนึ่งสตางค์", "one satang"),
        (100, "หนึ่งบาทถ้วน", "one baht"),
        (1000, "สิบบาทถ้วน", "ten baht"),
        (1100, "สิบเอ็ดบาทถ้วน", "eleven baht"),
        (2000, "ยี่สิบบาทถ้วน", "twenty baht"),
        (2100, "ยี่สิบเอ็ดบาทถ้วน", "twenty-one baht"),
        (10_000, "หนึ่งร้อยบาทถ้วน", "one hundred baht"),
        (10_100, "หนึ่งร้อยเอ็ดบาทถ้วน", "one hundred one baht"),
        (11_000, "หนึ่งร้อยสิบบาทถ้วน", "one hundred ten baht"),
        (12_100, "หนึ่งร้อยยี่สิบเอ็ดบาทถ้วน", "one hundred twenty-one baht"),
        (121, "หนึ่งบาทยี่สิบเอ็ดสตางค์", "one baht and twenty-one satang"),
        (100_100, "หนึ่งพันเอ็ดบาทถ้วน", "one thousand one baht"),
        (125_000, "หนึ่งพันสองร้อยห้าสิบบาทถ้วน", "one thousand two hundred fifty baht"),
        (5_000_000, "ห้าหมื่นบาทถ้วน", "fifty thousand baht"),
        (100_000_000, "หนึ่งล้านบาทถ้วน", "one million baht"),
        (100_000_100, "หนึ่งล้านเอ็ดบาทถ้วน", "one million one baht"),
        (1_100_000_000, "สิบเอ็ดล้านบาทถ้วน", "eleven million baht"),
        (99_999_999_999, "เก้าร้อยเก้าสิบเก้าล้านเก้าแสนเก้าหมื่นเก้าพันเก้าร้อยเก้าสิบเก้าบาทเก้าสิบเก้าสตางค์",
         "nine hundred ninety-nine million nine hundred ninety-nine thousand nine hundred ninety-nine baht and ninety-nine satang"),
        (100_000_000_000_000, "หนึ่งล้านล้านบาทถ้วน", "one trillion baht"),
        (-2100, "ลบยี่สิบเอ็ดบาทถ้วน", "minus twenty-one baht"),
    ] as [(Int64, String, String)])
    func `baht are written out as a bank writes them`(minor: Int64, thai: String, english: String) {
        #expect(AmountText.inWords(Money(minor: minor, .thb), .thai) == thai)
        #expect(AmountText.inWords(Money(minor: minor, .thb), .english) == english)
    }

    @Test(arguments: [
        (0, "cero pesos"), (1, "un peso"), (16, "dieciséis pesos"), (21, "veintiún pesos"), (31, "treinta y un pesos"), (100, "cien pesos"), (101, "ciento un pesos"),
        (1000, "mil pesos"), (1250, "mil doscientos cincuenta pesos"), (21_000, "veintiún mil pesos"), (100_000, "cien mil pesos"), (1_000_000, "un millón de pesos"),
        (1_000_001, "un millón un pesos"), (21_500_999, "veintiún millones quinientos mil novecientos noventa y nueve pesos"),
        (2_000_000_000_000, "dos billones de pesos"), (1_000_000_000, "mil millones de pesos"),
    ] as [(Int64, String)])
    func `Chilean pesos are written out in Spanish`(minor: Int64, expected: String) {
        #expect(AmountText.inWords(Money(minor: minor, .clp), .spanish) == expected)
    }

    @Test func `a currency without words of ours keeps its code and its exact parts`() {
        #expect(AmountText.inWords(Money(minor: 1_005, .kwd), .english) == "one KWD and 005/1000")
        #expect(AmountText.inWords(Money(minor: 1_005, .kwd), .spanish) == "un KWD con 005/1000")
        #expect(AmountText.inWords(Money(minor: 150, .usd), .thai) == "หนึ่ง USD กับ 50/100")
        #expect(AmountText.inWords(Money(minor: 150, .usd), .english) == "one dollar and fifty cents")
    }

    @Test func `the largest amounts that money holds are written without a crash`() {
        for language in PaperLanguage.allCases {
            #expect(!AmountText.inWords(Money(minor: .max, .jpy), language).isEmpty)
            #expect(!AmountText.inWords(Money(minor: .min, .jpy), language).isEmpty)
        }
    }

    @Test func `figures have the separators of their language and the decimals of their currency`() {
        #expect(AmountText.withUnit(Money(minor: 125_000, .thb), .thai) == "1,250.00 บาท")
        #expect(AmountText.withUnit(Money(minor: 5_000_000, .thb), .english) == "50,000.00 THB")
        #expect(AmountText.withUnit(Money(minor: 12_990, .clp), .spanish) == "12.990 CLP")
        #expect(AmountText.figures(Money(minor: 5, .thb), .spanish) == "0,05")
        #expect(AmountText.figures(Money(minor: 1_234_567, .kwd), .english) == "1,234.567")
        #expect(AmountText.weight(grams: 850, .english) == "850 g")
        #expect(AmountText.weight(grams: 1250, .spanish) == "1,25 kg")
        #expect(AmountText.weight(grams: 20_000, .thai) == "20 kg")
    }
}
