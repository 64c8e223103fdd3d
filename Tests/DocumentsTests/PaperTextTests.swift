import CPango
@testable import Documents
import Testing

@Suite struct PaperTextTests {
    private func cleaned(_ text: String) throws -> PaperText { try withCanvas { canvas in PaperText(text) { canvas.font.covers($0) } } }

    @Test(arguments: [
        ("น\u{0E4D}\u{0E49}\u{0E32}", "น้ำ"), ("น\u{0E49}\u{0E4D}\u{0E32}", "น้ำ"), ("น\u{0E33}\u{0E49}", "น้ำ"), ("น\u{0E4D}\u{0E32}", "นำ"),
        ("ท\u{0E48}\u{0E35}", "ที่"), ("ป\u{0E48}\u{0E34}น", "ปิ่น"), ("ก\u{0E49}\u{0E39}", "กู้"), ("\u{0E40}\u{0E40}ม่", "แม่"), ("ท\u{0E35}\u{0E35}\u{0E48}\u{0E48}", "ที่"),
        ("น้ำ", "น้ำ"), ("ฐู ญู ป๋า เกล้า ๆ ฯ", "ฐู ญู ป๋า เกล้า ๆ ฯ"),
    ])
    func `Thai typed in the wrong order is set right`(typed: String, right: String) throws {
        #expect(try cleaned(typed).text.unicodeScalars.elementsEqual(right.unicodeScalars))
        #expect(try cleaned(right).text.unicodeScalars.elementsEqual(right.unicodeScalars), "what is right stays")
    }

    @Test(arguments: 0..<200)
    func `putting Thai in order twice changes nothing more`(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        let letters = (0x0E01...0x0E4E).compactMap { Unicode.Scalar($0 as Int) }
        let once = ThaiOrder.repaired((0..<12).compactMap { _ in letters.randomElement(using: &random) })
        let twice = ThaiOrder.repaired(once)
        #expect(once == twice)
    }

    @Test(arguments: [
        ("a\u{0}b\u{7}c\u{1B}[31m", "a b c [31m", false), ("one\r\ntwo\tthree", "one two three", false), ("  many   blanks  ", "many blanks", false),
        ("\u{202E}abc\u{202C}\u{200F}", "abc", false), ("caf\u{65}\u{301}", "café", false), ("ＡＢＣ １２", "ABC 12", false), ("José Muñoz ¿¡", "José Muñoz ¿¡", false),
        ("Ann 😀🎉", "Ann", true), ("王小明", "???", true), ("\u{FEFF}x\u{AD}y\u{FE0F}", "xy", false), ("", "", false), ("\u{E000}", "", true),
    ])
    func `what no font shows is taken out, and the report says so`(raw: String, shown: String, isUnprintable: Bool) throws {
        let text = try cleaned(raw)
        #expect(text.text == shown)
        #expect(text.isUnprintable == isUnprintable)
    }

    @Test func `ten kilobytes of emoji and a letter under a thousand marks stay short`() throws {
        #expect(try cleaned(String(repeating: "😀", count: 2500)).text.isEmpty)
        let stacked = try cleaned("ก" + String(repeating: "\u{0E48}\u{0E35}", count: 500)).text
        #expect(stacked.unicodeScalars.count <= 5)
        let long = try cleaned(String(repeating: "x", count: 9000))
        #expect(long.isCut && long.text.count == PaperText.maximumScalars)
    }

    @Test func `digits of any script become those that machines read`() {
        #expect(PaperText.withLatinDigits("๕๐๒๒๐") == "50220")
        #expect(PaperText.withLatinDigits("๐๘๑-２３４ ก") == "081-234 ก")
    }

    @Test func `a cut keeps a Thai letter with its marks and its am`() {
        let text = "น้ำน้ำน้ำ"
        for length in 1...10 {
            let cut = Canvas.cut(text) { $0.unicodeScalars.count <= length }
            #expect(["…", "น้ำ…", "น้ำน้ำ…", "น้ำน้ำน้ำ…"].contains(cut), "\(length)")
        }
    }

    @Test func `a line never begins with the postcode`() throws {
        try withCanvas { canvas in
            let address = Sample.chiangMai.printedLines.joined(separator: " ")
            let text = PaperText(PaperText.withLatinDigits(address)) { canvas.font.covers($0) }.text
            let postcode = text.utf8.count - 5
            for width in stride(from: 30.0, through: 120, by: 1) {
                let layout = canvas.layout(text, points: 13, width: width)
                #expect(layout.unknownGlyphs == 0)
                for line in 0..<layout.lines {
                    let start = try #require(pango_layout_get_line_readonly(layout.pointer, Int32(line))).pointee.start_index
                    #expect(Int(start) < postcode, "\(width) mm")
                }
            }
        }
    }

    @Test func `an address has the order and the level words of its country`() {
        #expect(Sample.chiangMai.printedLines == [
            "123/45 หมู่ 6 บ้านปิ่นทอง ซอยที่ 7 ถนนเชียงใหม่-ดอยสะเก็ด", "ต.เชิงดอย อ.ดอยสะเก็ด", "จ.เชียงใหม่\u{A0}๕๐๒๒๐",
        ])
        #expect(Sample.bangkok.printedLines == ["99/1 ถ.รามคำแหง", "แขวงหัวหมาก เขตบางกะปิ", "กรุงเทพมหานคร\u{A0}10240"])
        #expect(Sample.santiago.printedLines == ["Av. Libertador Bernardo O'Higgins 1449, Depto. 501", "Santiago", "Región Metropolitana de Santiago"])
        let levelled = PaperAddress(name: "x", subdistrict: "ตำบลช้างเผือก", district: "อ.เมือง", province: "จังหวัดเชียงใหม่", postcode: "50300", countryCode: "TH")
        #expect(levelled.printedLines == ["ตำบลช้างเผือก อ.เมือง", "จังหวัดเชียงใหม่\u{A0}50300"])
        let english = PaperAddress(name: "x", lines: ["1 Nimman Rd", " "], subdistrict: "Suthep", district: "Mueang", province: "Chiang Mai", postcode: "50200", countryCode: "TH")
        #expect(english.printedLines == ["1 Nimman Rd", "Suthep Mueang", "Chiang Mai\u{A0}50200"])
    }
}

/// A small seeded generator, so that a failing seed names itself.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
