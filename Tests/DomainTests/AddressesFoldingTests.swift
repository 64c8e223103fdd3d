@testable import Domain
import Testing

/// A small generator whose seed names a failing case.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct `Folding of names` {
    /// Pieces that meet in real texts, and some that should never: level words, marks in the wrong order, wide letters, invisible marks.
    static let pieces = [
        "a", "Z", "ñ", "Ñ", "n\u{0303}", "é", "ü", "ß", "ÿ", "Æ", "º", "½", "İ", "ﬁ", "Ⅳ", "'", "\u{2019}", "\u{00B4}", "`", "-",
        "–", ".", " ", "\t", "\u{00A0}", "(", ")", "[", "7", "๗", "７", "Ｐ", "จ", "จ.", "จังหวัด", "changwat", "Province", "prov",
        "ince", "ก", "เ", "ำ", "\u{0E4D}", "\u{0E48}", "\u{0E39}", "\u{0E38}", "\u{0E3A}", "\u{0E31}", "ฯ", "\u{200B}",
        "\u{FEFF}", "\u{0301}", "\u{0345}", "ΐ", "각", "\u{1100}", "ｶﾞ", "´", "𝒜", "🇨🇱",
    ]

    static func text(seed: Int) -> String {
        var generator = SeededGenerator(seed: seed)
        return (0..<Int.random(in: 0...12, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    /// Compares scalars: equal strings in Swift may differ in them.
    static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

    @Test(arguments: 0..<400)
    func `folding twice is folding once`(seed: Int) {
        for step in 0..<10 {
            let text = Self.text(seed: seed * 10 + step)
            let chilean = ChileanFolding.fold(text), thai = ThaiFolding.fold(text)
            #expect(Self.scalars(ChileanFolding.fold(chilean)) == Self.scalars(chilean), "\(Self.scalars(text))")
            #expect(Self.scalars(ThaiFolding.fold(thai)) == Self.scalars(thai), "\(Self.scalars(text))")
        }
    }

    @Test(arguments: 0..<400)
    func `the quick way and the thorough way agree wherever the quick one answers`(seed: Int) {
        for step in 0..<10 {
            let text = Self.text(seed: 100_000 + seed * 10 + step)
            if let quick = ChileanFolding.quick(text) { #expect(quick == ChileanFolding.thorough(text), "\(Self.scalars(text))") }
            if let quick = ThaiFolding.quick(text) { #expect(quick == ThaiFolding.thorough(text), "\(Self.scalars(text))") }
        }
    }

    @Test func `every name of the tables takes the quick way`() {
        for region in AddressNormaliser.chileanRegions { #expect(ChileanFolding.quick(region.name) != nil, "\(region.name)") }
        for comuna in AddressNormaliser.chileanComunas { #expect(ChileanFolding.quick(comuna.name) != nil, "\(comuna.name)") }
        for province in AddressNormaliser.thaiProvinces { #expect(ThaiFolding.quick(province.thaiName) != nil, "\(province.thaiName)") }
    }

    @Test func `Thai vowels and tones survive`() {
        #expect(ThaiFolding.fold("จ. ชลบุรี") == "ชลบุรี")
        #expect(ThaiFolding.fold("ชลบุรี") != ThaiFolding.fold("ชลบร"))
        #expect(ThaiFolding.fold("แพร่") != ThaiFolding.fold("แพร"))
    }

    @Test(arguments: [("  Región  Metropolitana ", "region metropolitana"), ("O\u{2019}Higgins", "ohiggins"), ("Bío - Bío", "bio bio"),
                      ("R.M.", "r m"), ("ÑUÑOA", "nunoa"), ("Marchigüe", "marchigue"), ("---", "")])
    func `Chilean names fold to plain words`(text: String, folded: String) {
        #expect(ChileanFolding.fold(text) == folded)
    }
}
