import Domain
@testable import Hub
import Testing

@Suite struct ParcelPresetTests {
    @Test(arguments: [
        ("200x150x100", [200, 150, 100]), ("200 x 150 x 100 mm", [200, 150, 100]), ("20×15×10 cm", [200, 150, 100]), ("20X15X10CM", [200, 150, 100]), ("1*1*1", [1, 1, 1]), ("3000x3000x3000", [3000, 3000, 3000]),
    ])
    func `a size is read as people and labels write it`(text: String, sides: [Int]) throws {
        let measure = try #require(ParcelMeasure(text))
        #expect([measure.length, measure.width, measure.height] == sides)
    }

    @Test(arguments: ["", "x", "200x150", "200x150x100x5", "0x1x1", "3001x1x1", "301x1x1cm", "-1x2x3", "a x b x c", "2.5x3x4", "٣x٣x٣", "99999999999999999999x1x1", "200x150x100 in"])
    func `what is no size of a box is none`(text: String) { #expect(ParcelMeasure(text) == nil) }

    @Test func `boxes are read one a line or after semicolons`() throws {
        let boxes = try ParcelPresets("Small 200x150x100 80\n\n Big box 40x30x25cm 0 ;Tube 900x80x80 60;")
        #expect(boxes.presets.map(\.name) == ["Small", "Big box", "Tube"])
        #expect(boxes["Big box"] == ParcelPresets.Preset(name: "Big box", measure: ParcelMeasure(length: 400, width: 300, height: 250), tareGrams: 0))
        #expect(boxes["Huge"] == nil)
        #expect(try ParcelPresets("").presets.isEmpty)
    }

    @Test(arguments: ["Small 200x150x100", "200x150x100 80", "Small 200x150 80", "Small 200x150x100 -1", "Small 200x150x100 100001", "Small 200x150x100 light", "Small 0x1x1 5"])
    func `a box that is not understood is named with its place`(line: String) {
        #expect(throws: ParcelPresets.Fault.line(2, line)) { try ParcelPresets("Good 10x10x10 1;\(line)") }
    }

    @Test func `two boxes of one name, and more than can be chosen from, are refused`() {
        #expect(throws: ParcelPresets.Fault.line(2, "A 3x2x1 5")) { try ParcelPresets("A 1x2x3 5;A 3x2x1 5") }
        #expect(throws: ParcelPresets.Fault.tooMany) { try ParcelPresets((0...ParcelPresets.maximumPresets).map { "B\($0) 1x2x3 5" }.joined(separator: ";")) }
    }

    @Test func `shelves are read by SKU, and what is none is passed over`() {
        let shelves = Shelves("MUG A-12; SHIRT B 3\nalone\n")
        #expect(shelves["MUG"] == "A-12")
        #expect(shelves["SHIRT"] == "B 3")
        #expect(shelves["alone"] == nil)
        #expect(shelves[nil] == nil)
    }
}
