/// Normalisation of a Thai address (platforms/addresses-cl-th.md part 2).
enum ThaiAddress {
    static func normalise(_ raw: RawAddress) -> NormalisedAddress {
        var result = NormalisedAddress(city: AddressText.clean(raw.city), countryCode: "TH")
        fillPostcode(of: &result, raw: raw)
        fillProvince(of: &result, raw: raw)
        fillDistricts(of: &result, raw: raw)
        result.phoneE164 = raw.phone.flatMap { PhoneNumber.e164($0, country: "TH") }
        return result
    }

    /// Five digits, Thai ones too; nil for anything else (§2.3).
    static func postcode(_ text: String) -> String? {
        Digits.only(text, allowing: ["-", "."]).flatMap { $0.utf8.count == 5 ? $0 : nil }
    }

    private static func fillPostcode(of result: inout NormalisedAddress, raw: RawAddress) {
        guard let written = AddressText.clean(raw.postcode) else { return result.problems.append(.missing(.postcode)) }
        guard let digits = postcode(written), !ThaiProvinces.table.lookUp(postcode: digits).isEmpty else {
            return result.problems.append(.badPostcode(written, country: "TH"))
        }
        result.postcode = digits
    }

    // MARK: Province

    private static func fillProvince(of result: inout NormalisedAddress, raw: RawAddress) {
        let name = AddressText.clean(raw.province), written = AddressText.clean(raw.provinceCode)
        let byName = name.flatMap { ThaiProvinces.table.lookUp($0) }
        let byCode = written.flatMap { ThaiProvinces.table.lookUp($0) }
        let candidates = result.postcode.map { ThaiProvinces.table.lookUp(postcode: $0) } ?? []
        if let byName, let byCode, byName != byCode { result.problems.append(.provinceNameAndCodeDisagree(name: byName, code: byCode)) }
        if let name, byName == nil, let byCode {
            result.problems.append(.provinceTakenFrom(.provinceCode, province: byCode, insteadOf: name))
        }

        if let code = byName ?? byCode, let province = ThaiProvinces.table.province(code: code) {
            result.province = writesThai(raw) ? province.thaiName : province.englishName
            result.provinceCode = code
            if let postcode = result.postcode, !candidates.contains(code) {
                result.provinceCode = nil
                result.problems.append(.provincePostcodeDisagree(province: code, postcode: postcode, candidates: candidates))
            }
        } else if let raw = name ?? written {
            // Words that nobody understands are not overruled by the postcode: a person reads them.
            result.province = raw
            result.problems.append(.unknownProvince(raw))
        } else if candidates.count == 1, let province = ThaiProvinces.table.province(code: candidates[0]) {
            result.province = writesThai(raw) ? province.thaiName : province.englishName
            result.provinceCode = province.code
            result.problems.append(.provinceTakenFrom(.postcode, province: province.code, insteadOf: nil))
        } else {
            result.problems.append(.missing(.province))
        }
    }

    /// The province is written in the letters that the store uses. A code in the province's place (`TH-10`) says nothing about them.
    private static func writesThai(_ raw: RawAddress) -> Bool {
        let province = AddressText.clean(raw.province).flatMap { $0.uppercased().hasPrefix("TH-") ? nil : $0 }
        return AddressText.isThai(province ?? AddressText.clean(raw.district) ?? AddressText.clean(raw.city) ?? raw.line1 ?? "")
    }

    // MARK: Districts

    /// District and subdistrict from their own fields without the level word, else from a city or second line that starts with one.
    /// Lines stay untouched.
    private static func fillDistricts(of result: inout NormalisedAddress, raw: RawAddress) {
        take(AddressText.clean(raw.district), as: .district, into: &result)
        take(AddressText.clean(raw.subdistrict), as: .subdistrict, into: &result)

        if let city = result.city, let reading = read(city) {
            lift(reading, into: &result)
            // A city that was nothing but these districts was no city.
            let isAllTaken = [nil, result.district].contains(reading.district) && [nil, result.subdistrict].contains(reading.subdistrict)
            if isAllTaken, reading.leftover == nil { result.city = nil }
        }
        if let line2 = AddressText.clean(raw.line2), let reading = ThaiLevelWords.read(line2), mayLift(reading, into: result) {
            lift(reading, into: &result)
        }
        if result.district == nil {
            result.problems.append(result.city.map { .districtNotMarked(city: $0) } ?? .missing(.district))
        }
        result.district = result.district.map { capitalDistrict($0, of: result.provinceCode) }
        checkDistrict(of: &result)
    }

    /// A district and a postcode that the table knows, in a province that both belong to, must belong together; what it does not know accuses nobody (§2.3).
    private static func checkDistrict(of result: inout NormalisedAddress) {
        guard let province = result.provinceCode, let postcode = result.postcode, let district = result.district else { return }
        let said = ThaiDistricts.table.lookUp(district, in: province), users = ThaiDistricts.table.lookUp(postcode: postcode).filter { $0.provinceCode == province }
        guard !said.isEmpty, !users.isEmpty, !said.contains(where: users.contains) else { return }
        result.problems.append(.districtPostcodeDisagree(district: district, postcode: postcode, districts: users.map(\.englishName)))
    }

    private static func take(_ text: String?, as level: ThaiLevelWords.Level, into result: inout NormalisedAddress) {
        guard let text else { return }
        guard let reading = read(text), let name = level == .district ? reading.district : reading.subdistrict else {
            if level == .district { result.district = text } else { result.subdistrict = text }
            return
        }
        if level == .district { result.district = name } else { result.subdistrict = name }
        // Khet and khwaeng written into one field fill both slots; whatever else was written there is kept for the label.
        lift(reading, into: &result)
        if let leftover = reading.leftover {
            result.textForLine2 = [result.textForLine2, leftover].compactMap { $0 }.joined(separator: ", ")
        }
    }

    private static func read(_ text: String) -> ThaiLevelWords.Reading? {
        if let reading = ThaiLevelWords.read(text) { return reading }
        guard let (level, name) = ThaiLevelWords.readTrailing(text) else { return nil }
        return level == .district ? .init(district: name) : .init(subdistrict: name)
    }

    private static func lift(_ reading: ThaiLevelWords.Reading, into result: inout NormalisedAddress) {
        result.district = result.district ?? reading.district
        result.subdistrict = result.subdistrict ?? reading.subdistrict
    }

    /// In a second line เขต is also the first syllable of an industrial zone (เขตอุตสาหกรรม), so outside Bangkok
    /// its words are not lifted from there.
    private static func mayLift(_ reading: ThaiLevelWords.Reading, into result: NormalisedAddress) -> Bool {
        guard reading.usesBangkokWords else { return true }
        return result.provinceCode.map { $0 == ThaiProvinces.bangkok } ?? (result.postcode?.hasPrefix("10") == true)
    }

    /// `Mueang` alone is the capital district of its province: `Mueang Chiang Mai` (§2.1). Bangkok has none, and Ayutthaya's has
    /// another name.
    private static func capitalDistrict(_ district: String, of provinceCode: String?) -> String {
        guard let provinceCode, provinceCode != ThaiProvinces.bangkok, provinceCode != "TH-14",
              let province = ThaiProvinces.table.province(code: provinceCode) else { return district }
        switch ThaiFolding.fold(district) {
        case "เมือง": return "เมือง" + province.thaiName
        case "mueang", "muang": return "Mueang " + province.englishName
        default: return district
        }
    }
}
