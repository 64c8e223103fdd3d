/// One of the 77 changwat.
package struct ThaiProvince: Sendable, Hashable {
    /// ISO 3166-2, for example `TH-50`.
    package let code: String
    package let englishName: String
    package let thaiName: String
}

/// The provinces by every spelling that is known of them, and by postcode (platforms/addresses-cl-th.md §2.2 to §2.4).
/// Pattaya (`TH-S`) is a special city inside Chon Buri and is found as `TH-20`.
struct ThaiProvinces: Sendable {
    static let table = ThaiProvinces(csv: PackageResources.th_provinces_csv)
    static let bangkok = "TH-10"
    static let columns = 6

    let all: [ThaiProvince]
    private var byCode: [String: ThaiProvince] = [:]
    /// Keyed by the spelling as the table writes it and by its folded form.
    private var byText: [String: String] = [:]
    private var prefixes = PostcodePrefixes()

    init(csv: [UInt8]) {
        let rows = AddressTables.rows(csv, columns: Self.columns)
        all = rows.map { ThaiProvince(code: $0[0], englishName: $0[1], thaiName: $0[2]) }
        for province in all { byCode[province.code] = province }
        for row in rows {
            for spelling in [row[0], row[1], row[2]] + AddressTables.list(row[3]) {
                byText[spelling] = row[0]
                byText[ThaiFolding.fold(spelling)] = row[0]
            }
            for prefix in AddressTables.list(row[4]) { prefixes.add(prefix, owner: row[0]) }
        }
    }

    func province(code: String) -> ThaiProvince? { byCode[code] }

    /// The ISO code of the province that `text` names, or nil: never the nearest one.
    func lookUp(_ text: String) -> String? {
        if let known = byText[text] { return known }
        let folded = ThaiFolding.fold(text)
        return folded.isEmpty ? nil : byText[folded]
    }

    /// The provinces that use this postcode: several for the fourteen codes of provincial borders, none for a pair nobody has.
    /// The table lists Bangkok's codes by four digits; every other code in 10 is Bangkok's too (§2.3).
    func lookUp(postcode digits: String) -> [String] {
        let candidates = prefixes.candidates(digits)
        return candidates.isEmpty && digits.hasPrefix("10") ? [Self.bangkok] : candidates
    }
}
