/// Normalisation of a Chilean address (platforms/addresses-cl-th.md part 1).
enum ChileanAddress {
    static func normalise(_ raw: RawAddress, numbers: BareRegionNumbers) -> NormalisedAddress {
        var result = NormalisedAddress(countryCode: "CL")
        let region = readRegion(raw, numbers: numbers)
        let comuna = readComuna(raw, region: region.code)
        result.problems = region.problems + comuna.problems
        fillDistrict(of: &result, raw: raw, comuna: comuna)
        fillProvince(of: &result, region: region, comuna: comuna)
        fillPostcode(of: &result, raw: raw)
        result.phoneE164 = raw.phone.flatMap { PhoneNumber.e164($0, country: "CL") }
        return result
    }

    static func regionMetropolitana(_ raw: RawAddress, numbers: BareRegionNumbers) -> RegionMetropolitanaAnswer {
        let region = readRegion(raw, numbers: numbers).code
        let comuna = readComuna(raw, region: region).comuna?.regionCode
        let byPostcode = raw.postcode.flatMap(postcode).map { ChileanRegions.table.lookUp(postcode: $0) } ?? []
        let country = AddressText.clean(raw.countryCode).map { Country.code(of: $0) ?? $0 }
        func witness(_ code: String?) -> RegionMetropolitanaAnswer.Witness { code.map { $0 == "CL-RM" ? .yes : .no } ?? .unknown }
        return RegionMetropolitanaAnswer(region: witness(region), comuna: witness(comuna), postcode: witness(byPostcode.first),
                                         country: country.map { $0 == "CL" ? .yes : .no } ?? .unknown)
    }

    /// Seven digits, however they are grouped; nil for anything else (§1.7).
    static func postcode(_ text: String) -> String? {
        Digits.only(text, allowing: ["-", ".", "\u{2010}", "\u{2011}", "\u{2013}"]).flatMap { $0.utf8.count == 7 ? $0 : nil }
    }

    // MARK: Region

    private struct RegionReading { var code: String?, written: String?, problems: [AddressProblem] = [] }

    /// The name wins over the code: the same number means different regions on different platforms (§1.3).
    private static func readRegion(_ raw: RawAddress, numbers: BareRegionNumbers) -> RegionReading {
        let name = AddressText.clean(raw.province), code = AddressText.clean(raw.provinceCode)
        let byName = name.flatMap { ChileanRegions.table.lookUp($0, numbers: numbers) }
        let byCode = code.flatMap { ChileanRegions.table.lookUp($0, numbers: numbers) }
        var reading = RegionReading(code: byName ?? byCode, written: name ?? code)
        if let byName, let byCode, byName != byCode { reading.problems.append(.provinceNameAndCodeDisagree(name: byName, code: byCode)) }
        if let name, byName == nil, let byCode {
            reading.problems.append(.provinceTakenFrom(.provinceCode, province: byCode, insteadOf: name))
        }
        return reading
    }

    private static func fillProvince(of result: inout NormalisedAddress, region: RegionReading, comuna: ComunaReading) {
        switch (region.code, comuna.comuna) {
        case (let code?, let comuna?) where code == "CL-BI" && comuna.regionCode == "CL-NB":
            result.problems.append(.regionBeforeSplit(region: code, comuna: comuna.name, regionOfComuna: comuna.regionCode))
            setProvince(of: &result, comuna.regionCode)
        case (let code?, let comuna?) where code != comuna.regionCode:
            result.problems.append(.regionComunaConflict(region: code, comuna: comuna.name, regionOfComuna: comuna.regionCode))
            setProvince(of: &result, code)
            result.provinceCode = nil
        case (let code?, _):
            setProvince(of: &result, code)
        case (nil, let known?):
            result.problems.append(.provinceTakenFrom(comuna.field, province: known.regionCode, insteadOf: region.written))
            setProvince(of: &result, known.regionCode)
        case (nil, nil):
            result.province = region.written
            result.problems.append(region.written.map { .unknownProvince($0) } ?? .missing(.province))
        }
    }

    private static func setProvince(of result: inout NormalisedAddress, _ code: String) {
        result.province = ChileanRegions.table.region(code: code)?.name
        result.provinceCode = code
    }

    // MARK: Comuna

    private struct ComunaReading { var comuna: Comuna?, field = AddressField.district, problems: [AddressProblem] = [] }

    /// District first, then the city, then a second line that is a comuna's whole name (§1.5: platforms differ in where they put it).
    ///
    /// The later fields are weaker witnesses: a city `Santiago` may mean anything in the capital and gives way to a comuna in line 2,
    /// and line 2 counts only where it agrees with the region, because villas and blocks bear the names of comunas too.
    private static func readComuna(_ raw: RawAddress, region: String?) -> ComunaReading {
        let district = AddressText.clean(raw.district), city = AddressText.clean(raw.city)
        if let district, let comuna = ChileanComunas.table.lookUp(district) { return ComunaReading(comuna: comuna) }
        let byCity = city.flatMap { ChileanComunas.table.lookUp($0) }
        let isVague = byCity != nil && city.map(ChileanComunas.isVagueSantiago) == true
        if let byCity, !isVague { return concluded(byCity, from: .city, insteadOf: district) }
        if let line2 = AddressText.clean(raw.line2), let byLine2 = ChileanComunas.table.lookUp(line2),
           let expected = region ?? byCity?.regionCode, byLine2.regionCode == expected {
            return concluded(byLine2, from: .line2, insteadOf: district)
        }
        if let district { return ComunaReading(problems: [.unknownDistrict(district)]) }
        if let city, let byCity { return ComunaReading(comuna: byCity, field: .city, problems: [.ambiguousDistrict(city)]) }
        return ComunaReading(problems: [city.map { .unknownDistrict($0) } ?? .missing(.district)])
    }

    /// A comuna in the city with no district beside it is how most shops write; it is worth a note only when it replaces other words.
    private static func concluded(_ comuna: Comuna, from field: AddressField, insteadOf district: String?) -> ComunaReading {
        let isUsual = field == .city && district == nil
        let note = AddressProblem.districtTakenFrom(field, district: comuna.name, insteadOf: district)
        return ComunaReading(comuna: comuna, field: field, problems: isUsual ? [] : [note])
    }

    private static func fillDistrict(of result: inout NormalisedAddress, raw: RawAddress, comuna: ComunaReading) {
        let city = AddressText.clean(raw.city), district = AddressText.clean(raw.district)
        result.district = comuna.comuna?.name ?? district
        result.city = city ?? comuna.comuna?.name
        // What no slot keeps: the villa, and a district text that is another spelling or a place inside the comuna.
        let kept = [comuna.comuna?.name, city, raw.line1, raw.line2].compactMap { $0.map(ChileanFolding.fold) }
        let written = [AddressText.clean(raw.subdistrict), comuna.comuna == nil ? nil : district].compactMap { $0 }
        let homeless = written.filter { !kept.contains(ChileanFolding.fold($0)) }
        result.textForLine2 = homeless.isEmpty ? nil : homeless.joined(separator: ", ")
    }

    private static func fillPostcode(of result: inout NormalisedAddress, raw: RawAddress) {
        guard let written = AddressText.clean(raw.postcode) else { return }
        guard let digits = postcode(written) else { return result.problems.append(.badPostcode(written, country: "CL")) }
        result.postcode = digits
        let candidates = ChileanRegions.table.lookUp(postcode: digits)
        if let code = result.provinceCode, !candidates.isEmpty, !candidates.contains(code) {
            result.problems.append(.provincePostcodeDisagree(province: code, postcode: digits, candidates: candidates))
        }
    }
}
