/// Brings an address of Chile or Thailand into one spelling and says what is wrong with it (platforms/addresses-cl-th.md).
///
/// Values in, values out: no I/O, no clock. Look-ups are dictionary hits on tables that are built at the first call. What a table does
/// not know stays as the platform wrote it, without a code and with a problem; nothing is found by likeness.
package enum AddressNormaliser {
    /// - Parameter numbers: how the channel writes bare region numbers of Chile; see `BareRegionNumbers`.
    package static func normalise(_ raw: RawAddress, numbers: BareRegionNumbers = .cut) -> NormalisedAddress {
        let written = AddressText.clean(raw.countryCode)
        let country = written.flatMap(Country.code)
        var result: NormalisedAddress
        switch country {
        case "CL": result = ChileanAddress.normalise(raw, numbers: numbers)
        case "TH": result = ThaiAddress.normalise(raw)
        default:
            result = passedThrough(raw, country: country ?? written)
            if let written, country == nil { result.problems.append(.unknownCountry(written)) }
            if written == nil { result.problems.append(.missing(.country)) }
        }
        if AddressText.clean(raw.name) == nil, AddressText.clean(raw.company) == nil { result.problems.append(.missing(.name)) }
        if AddressText.clean(raw.line1) == nil { result.problems.append(.missing(.line1)) }
        if let country, ["CL", "TH"].contains(country) {
            if AddressText.clean(raw.phone) == nil { result.problems.append(.missing(.phone)) }
            else if result.phoneE164 == nil { result.problems.append(.badPhone) }
        }
        return result
    }

    private static func passedThrough(_ raw: RawAddress, country: String?) -> NormalisedAddress {
        NormalisedAddress(
            province: AddressText.clean(raw.province), provinceCode: AddressText.clean(raw.provinceCode),
            district: AddressText.clean(raw.district), subdistrict: AddressText.clean(raw.subdistrict), city: AddressText.clean(raw.city),
            postcode: AddressText.clean(raw.postcode), countryCode: country,
            phoneE164: raw.phone.flatMap { PhoneNumber.e164($0, country: country ?? "") })
    }

    /// The ISO 3166-2 code of a region of Chile by any of its names, codes or numbers; nil when unknown.
    package static func chileanRegion(_ text: String, numbers: BareRegionNumbers = .cut) -> String? {
        ChileanRegions.table.lookUp(text, numbers: numbers)
    }

    /// The region for an ISO 3166-2 code.
    package static func chileanRegion(code: String) -> ChileanRegion? { ChileanRegions.table.region(code: code) }

    /// In the order of the table, north to south but for Santiago.
    package static var chileanRegions: [ChileanRegion] { ChileanRegions.table.all }

    /// The candidates for a seven-digit postcode; none in a gap of the table. A hint only: platforms make these codes up.
    package static func chileanRegions(postcode: String) -> [String] {
        ChileanAddress.postcode(postcode).map { ChileanRegions.table.lookUp(postcode: $0) } ?? []
    }

    /// The comuna by its whole name, official or usual; nil when unknown. Never feed it a region's text: `Los Lagos` is both, in
    /// different places.
    package static func chileanComuna(_ text: String) -> Comuna? { ChileanComunas.table.lookUp(text) }

    /// All 346, by CUT code of the table.
    package static var chileanComunas: [Comuna] { ChileanComunas.table.all }

    /// The four witnesses of an address. The comuna is read as `normalise` reads it.
    package static func isRegionMetropolitana(_ raw: RawAddress, numbers: BareRegionNumbers = .cut) -> RegionMetropolitanaAnswer {
        ChileanAddress.regionMetropolitana(raw, numbers: numbers)
    }

    /// The four witnesses, each given as text or nil when it is missing.
    package static func isRegionMetropolitana(region: String?, comuna: String?, postcode: String?, country: String?,
                                              numbers: BareRegionNumbers = .cut) -> RegionMetropolitanaAnswer {
        isRegionMetropolitana(RawAddress(district: comuna, province: region, postcode: postcode, countryCode: country), numbers: numbers)
    }

    /// The ISO 3166-2 code of a province of Thailand by any of its names or codes, Thai or Latin; nil when unknown. Pattaya is in `TH-20`.
    package static func thaiProvince(_ text: String) -> String? { ThaiProvinces.table.lookUp(text) }

    package static func thaiProvince(code: String) -> ThaiProvince? { ThaiProvinces.table.province(code: code) }

    /// All 77, by code.
    package static var thaiProvinces: [ThaiProvince] { ThaiProvinces.table.all }

    /// The provinces that use a five-digit postcode (Thai digits too): two for a code of a provincial border, none for what is no
    /// Thai postcode.
    package static func thaiProvinces(postcode: String) -> [String] {
        ThaiAddress.postcode(postcode).map { ThaiProvinces.table.lookUp(postcode: $0) } ?? []
    }

    /// The districts of a province that a name stands for, Thai or Latin, without its level word; none when it is not known there.
    package static func thaiDistricts(_ name: String, in provinceCode: String) -> [ThaiDistrict] { ThaiDistricts.table.lookUp(name, in: provinceCode) }

    /// The districts that use a five-digit postcode (Thai digits too); none for a code that is not in the table, which need not be wrong.
    package static func thaiDistricts(postcode: String) -> [ThaiDistrict] {
        ThaiAddress.postcode(postcode).map { ThaiDistricts.table.lookUp(postcode: $0) } ?? []
    }

    /// `12.345.678-5` as `12345678-5`; nil when the check character is wrong.
    package static func rut(_ text: String) -> String? { ChileanTaxNumber.normalise(text) }

    /// E.164, or nil when the number is not complete for `country` (`CL`, `TH`; elsewhere only a number with `+` is read).
    package static func phoneE164(_ text: String, country: String) -> String? { PhoneNumber.e164(text, country: country) }

    /// Digits of any script as 0 to 9; every other character is kept.
    package static func asciiDigits(_ text: String) -> String { Digits.ascii(text) }
}
