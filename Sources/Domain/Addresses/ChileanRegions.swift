/// One of the sixteen regions.
package struct ChileanRegion: Sendable, Hashable {
    /// ISO 3166-2, for example `CL-RM`.
    package let code: String
    /// The official name, for example `Región de Ñuble`.
    package let name: String
    package let englishName: String
}

/// The regions by every spelling that is known of them (platforms/addresses-cl-th.md §1.2 to §1.4).
struct ChileanRegions: Sendable {
    static let table = ChileanRegions(csv: PackageResources.cl_regions_csv)

    let all: [ChileanRegion]
    private var byCode: [String: ChileanRegion] = [:]
    /// Keyed by the spelling as the table writes it (most texts hit here, unfolded) and by its folded form; CUT numbers included.
    private var byText: [String: String] = [:]
    private var byCore: [String: String] = [:]
    /// Keyed by two digits.
    private var byFIPS: [String: String] = [:]
    private var prefixes = PostcodePrefixes()

    init(csv: [UInt8]) {
        let rows = AddressTables.rows(csv, columns: 5)
        all = rows.map { ChileanRegion(code: $0[0], name: $0[2], englishName: $0[1]) }
        for region in all { byCode[region.code] = region }
        for row in rows {
            for spelling in [row[0], row[1], row[2]] + AddressTables.list(row[3]) {
                if spelling.hasPrefix("fips:") { byFIPS[String(spelling.dropFirst(5))] = row[0]; continue }
                let folded = ChileanFolding.fold(spelling), core = Self.core(of: folded)
                byText[spelling] = row[0]
                byText[folded] = row[0]
                if !core.isEmpty, !Self.isBareNumber(core) { byCore[core] = row[0] }
            }
            for prefix in AddressTables.list(row[4]) { prefixes.add(prefix, owner: row[0]) }
        }
    }

    func region(code: String) -> ChileanRegion? { byCode[code] }

    /// The ISO code of the region that `text` names, or nil: never the nearest one.
    func lookUp(_ text: String, numbers: BareRegionNumbers) -> String? {
        if Self.isBareNumber(text) { return region(number: text, numbers: numbers) }
        if let known = byText[text] { return known }
        let folded = ChileanFolding.fold(text)
        if Self.isBareNumber(folded) { return region(number: folded, numbers: numbers) }
        if let known = byText[folded] { return known }
        let core = Self.core(of: folded)
        return Self.isBareNumber(core) ? region(number: core, numbers: numbers) : byCore[core]
    }

    /// The regions whose comunas have this postcode; two where the table says so, none in a gap.
    func lookUp(postcode digits: String) -> [String] { prefixes.candidates(digits) }

    /// A number that the channel's own system does not use is unknown; the other system is never tried (13 is nothing in FIPS, §1.4).
    private func region(number: String, numbers: BareRegionNumbers) -> String? {
        switch numbers {
        case .cut: byText[number]
        case .fips: byFIPS[number.utf8.count == 1 ? "0" + number : number]
        }
    }

    private static func isBareNumber(_ text: String) -> Bool {
        (1...2).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private static let fillWords: Set<Substring> = [
        "region", "reg", "de", "del", "la", "las", "los", "el", "y", "general", "gral", "grl", "chile",
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi",
    ]

    private static func core(of folded: String) -> String {
        folded.split(separator: " ").filter { !fillWords.contains($0) }.joined(separator: " ")
    }
}
