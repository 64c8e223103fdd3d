import CPango
@testable import Documents
import Testing

@Suite struct PaperShapingTests {
    struct Glyph: Equatable { let name: String, offset: Int }

    /// Names and horizontal offsets of the glyphs that a family draws for a text.
    private func glyphs(of text: String, in family: String) throws -> [Glyph] {
        try withCanvas(families: [family]) { canvas in
            let layout = canvas.layout(text, points: 20)
            #expect(layout.unknownGlyphs == 0)
            let iterator = pango_layout_get_iter(layout.pointer)
            defer { pango_layout_iter_free(iterator) }
            var glyphs: [Glyph] = []
            repeat {
                guard let run = pango_layout_iter_get_run_readonly(iterator)?.pointee, let item = run.item?.pointee, let string = run.glyphs?.pointee else { continue }
                let font = pango_font_get_hb_font(item.analysis.font)
                for index in 0..<Int(string.num_glyphs) {
                    var name = [CChar](repeating: 0, count: 64)
                    hb_font_get_glyph_name(font, string.glyphs[index].glyph, &name, 64)
                    let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                    glyphs.append(Glyph(name: text, offset: Int(string.glyphs[index].geometry.x_offset)))
                }
            } while pango_layout_iter_next_run(iterator) != 0
            return glyphs
        }
    }

    @Test(arguments: [
        ("ปิ่น", ["uni0E1B", "uni0E34", "uni0E48", "uni0E19"]), ("ที่", ["uni0E17", "uni0E35", "uni0E48"]), ("น้ำ", ["uni0E19", "uni0E4D", "uni0E49", "uni0E32"]),
        ("ฐู", ["uni0E10.descless", "uni0E39"]), ("ญู", ["uni0E0D.descless", "uni0E39"]),
    ])
    func `Thai is shaped as the golden glyphs say`(text: String, expected: [String]) throws {
        #expect(try glyphs(of: text, in: "Garuda").map(\.name) == expected)
    }

    @Test func `marks over a tall consonant move left, over others they stay`() throws {
        let tall = try glyphs(of: "ปิ่น", in: "Garuda")
        #expect(tall[1].offset < 0 && tall[2].offset < 0)
        let plain = try glyphs(of: "ที่", in: "Garuda")
        #expect(plain.allSatisfy { $0.offset == 0 })
    }

    @Test(arguments: PaperFonts.families)
    func `am is a ring, its tone and aa in each of our fonts`(family: String) throws {
        #expect(try glyphs(of: "น้ำ", in: family).count == 4)
        #expect(try glyphs(of: PaperFonts.probe, in: family).count > 40)
    }

    @Test(arguments: ["น\u{0E4D}\u{0E49}\u{0E32}", "น\u{0E49}\u{0E4D}\u{0E32}", "น\u{0E33}\u{0E49}"])
    func `am in any order is drawn with the glyphs of the right one`(typed: String) throws {
        let text = try withCanvas { canvas in PaperText(typed) { canvas.font.covers($0) }.text }
        #expect(try glyphs(of: text, in: "Loma") == glyphs(of: "น้ำ", in: "Loma"))
    }

    @Test func `the program's fonts are there, and the first choice is Loma`() throws {
        try PaperFonts.check()
        try withCanvas { #expect($0.font.family == "Loma") }
    }

    @Test(arguments: [["No Such Family"], ["DejaVu Sans"], []])
    func `without a Thai font nothing is printed and the package is named`(families: [String]) throws {
        let error = try #require(throws: PaperError.self) { try PaperFonts.check(families: families) }
        #expect(error == .noThaiFont(families: families))
        #expect(error.sentence.contains("fonts-thai-tlwg"))
    }
}
