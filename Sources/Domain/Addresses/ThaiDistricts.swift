/// One of the 928 amphoe and khet, with the postcodes that are used in it.
package struct ThaiDistrict: Sendable, Hashable {
    /// ISO 3166-2 of its province.
    package let provinceCode: String
    /// Without its level word: `ปทุมวัน`, `เมืองเชียงใหม่`.
    package let thaiName: String, englishName: String
    package let postcodes: [String]
}

/// The districts by province and name, and by postcode. Names repeat between provinces, so a name is looked up inside one (platforms/addresses-cl-th.md §2.1).
/// Postcodes of large buildings and boxes are not in the table: what is not found accuses nobody (§2.3).
struct ThaiDistricts: Sendable {
    static let table = ThaiDistricts(csv: PackageResources.th_provinces_csv)

    private var byName: [String: [String: [ThaiDistrict]]] = [:]
    private var byPostcode: [String: [ThaiDistrict]] = [:]
    private var capitals: [String: ThaiDistrict] = [:]

    /// The last column holds `THAI/ENGLISH=POSTCODE POSTCODE`, the capital district first.
    init(csv: [UInt8]) {
        for row in AddressTables.rows(csv, columns: ThaiProvinces.columns) {
            for entry in AddressTables.list(row[5]) {
                let parts = entry.split { $0 == "/" || $0 == "=" }.map(String.init)
                precondition(parts.count == 3, "a district of \(row[0]) is not NAME/NAME=POSTCODES")
                let district = ThaiDistrict(provinceCode: row[0], thaiName: parts[0], englishName: parts[1], postcodes: parts[2].split(separator: " ").map(String.init))
                for name in Set([ThaiFolding.fold(parts[0]), ThaiFolding.fold(parts[1])]) { byName[row[0], default: [:]][name, default: []].append(district) }
                for postcode in district.postcodes { byPostcode[postcode, default: []].append(district) }
                if capitals[row[0]] == nil { capitals[row[0]] = district }
            }
        }
    }

    /// The districts of a province that have this name: none when it is not known there, two where one Latin spelling stands for two of them.
    func lookUp(_ name: String, in province: String) -> [ThaiDistrict] {
        guard let names = byName[province] else { return [] }
        let folded = ThaiFolding.fold(name)
        if let found = names[folded] { return found }
        return folded.hasPrefix("muang") ? names["mueang" + folded.dropFirst(5)] ?? [] : []
    }

    /// Those that use a postcode: several, also of two provinces; none for a code that is not in the table.
    func lookUp(postcode: String) -> [ThaiDistrict] { byPostcode[postcode] ?? [] }

    /// The capital district of a province and its own postcode; nil in Bangkok, which has none.
    func capital(of province: String) -> (district: ThaiDistrict, postcode: String)? {
        guard province != ThaiProvinces.bangkok, let district = capitals[province] else { return nil }
        let own = district.postcodes.filter { $0.hasSuffix("000") }
        return own.count == 1 ? (district, own[0]) : nil
    }
}
