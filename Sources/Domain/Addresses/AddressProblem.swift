/// What is wrong, doubtful or was concluded about an address. The message may quote the address: it is for the console, never for a log.
package enum AddressProblem: Sendable, Hashable, Codable {
    /// The field has no text of its own ("-" counts as none).
    case missing(AddressField)
    case unknownCountry(String)
    case unknownProvince(String)
    /// The province's name and its code name different provinces; the name was used (platforms/addresses-cl-th.md §1.3).
    case provinceNameAndCodeDisagree(name: String, code: String)
    /// The province was missing or not understood, and another field names exactly one. `insteadOf` is the text that was not understood.
    case provinceTakenFrom(AddressField, province: String, insteadOf: String?)
    /// `province` and `candidates` are ISO 3166-2 codes.
    case provincePostcodeDisagree(province: String, postcode: String, candidates: [String])
    /// Thailand: the province agrees with the postcode, the district does not. `districts` are those of the province that use it, in English.
    case districtPostcodeDisagree(district: String, postcode: String, districts: [String])
    /// Region and comuna are both known and contradict each other; all three are ISO 3166-2 codes or official names.
    case regionComunaConflict(region: String, comuna: String, regionOfComuna: String)
    /// Biobío named for a comuna of Ñuble: data from before the split of 2018. The comuna decides (§1.1).
    case regionBeforeSplit(region: String, comuna: String, regionOfComuna: String)
    case unknownDistrict(String)
    /// No district was sent or marked by a level word; the text of the city may be one (Thailand).
    case districtNotMarked(city: String)
    /// The city says `Santiago`, which may be the comuna, the city, or anywhere in the Región Metropolitana (§1.4).
    case ambiguousDistrict(String)
    /// The comuna was read from another field than the district. `insteadOf` is a district text that is no comuna.
    case districtTakenFrom(AddressField, district: String, insteadOf: String?)
    /// Not the shape of a postcode of `country`, or (Thailand) in a range that nobody has. The normalised address then has none.
    case badPostcode(String, country: String)
    /// The number is not quoted on purpose.
    case badPhone

    /// The machine's word: flags, filters and translations go by it.
    package var code: String {
        switch self {
        case .missing(let field): "address_missing_\(field.rawValue.lowercased())"
        case .unknownCountry: "address_unknown_country"
        case .unknownProvince: "address_unknown_province"
        case .provinceNameAndCodeDisagree: "address_province_name_code_disagree"
        case .provinceTakenFrom: "address_province_concluded"
        case .provincePostcodeDisagree: "address_province_postcode_disagree"
        case .districtPostcodeDisagree: "address_district_postcode_disagree"
        case .regionComunaConflict: "address_region_comuna_conflict"
        case .regionBeforeSplit: "address_region_before_split"
        case .districtNotMarked: "address_district_not_marked"
        case .unknownDistrict: "address_unknown_district"
        case .ambiguousDistrict: "address_ambiguous_district"
        case .districtTakenFrom: "address_district_concluded"
        case .badPostcode: "address_bad_postcode"
        case .badPhone: "address_bad_phone"
        }
    }

    /// True when no label may be bought before a person has looked. The others are notes beside the address.
    package var needsPerson: Bool {
        switch self {
        case .missing(let field): field != .phone && field != .city && field != .subdistrict && field != .line2
        case .unknownCountry, .unknownProvince, .regionComunaConflict, .unknownDistrict, .districtPostcodeDisagree: true
        // A Chilean postcode is mostly made up from the comuna by the platform, so it accuses nobody (§1.6, §1.7); a Thai one does (§2.3).
        case .badPostcode(_, let country): country != "CL"
        case .provincePostcodeDisagree(let province, _, _): !province.hasPrefix("CL-")
        case .provinceNameAndCodeDisagree, .provinceTakenFrom, .regionBeforeSplit, .ambiguousDistrict, .districtNotMarked,
             .districtTakenFrom, .badPhone: false
        }
    }

    /// A sentence for an operator: what was found and what to do.
    package var message: String {
        switch self {
        case .missing(let field):
            return "The address has no \(field.words). Ask the buyer or look it up on the platform, and complete it."
        case .unknownCountry(let raw):
            return "“\(raw)” is not a country we know. Choose the country."
        case .unknownProvince(let raw):
            return "“\(raw)” is not a region or province we know. Choose the right one; nothing was guessed."
        case .provinceNameAndCodeDisagree(let name, let code):
            return "The platform names the province \(Self.title(name)) but its code means \(Self.title(code)). "
                + "The name was used; check it."
        case .provinceTakenFrom(let field, let province, let insteadOf):
            let reason = insteadOf.map { "“\($0)” is not a province we know" } ?? "The platform sent no province"
            return "\(reason); \(Self.title(province)) was concluded from the \(field.words)."
        case .provincePostcodeDisagree(let province, let postcode, let candidates):
            let places = candidates.map(Self.title).joined(separator: " or ")
            return "The province says \(Self.title(province)), but postcode \(postcode) is in \(places). "
                + "Ask which is right before a label is bought."
        case .districtPostcodeDisagree(let district, let postcode, let districts):
            return "The district says \(district), but postcode \(postcode) is in \(districts.joined(separator: " or ")). "
                + "Ask which is right before a label is bought."
        case .regionComunaConflict(let region, let comuna, let regionOfComuna):
            return "The region says \(Self.title(region)), but the comuna \(comuna) is in \(Self.title(regionOfComuna)). "
                + "The comuna is more often right; correct one of them before shipping."
        case .regionBeforeSplit(let region, let comuna, let regionOfComuna):
            return "The region says \(Self.title(region)); \(comuna) has belonged to \(Self.title(regionOfComuna)) since 2018, "
                + "and that was used."
        case .districtNotMarked(let city):
            return "The platform sent no district. “\(city)” stands in the city; if it is the district, move it there."
        case .unknownDistrict(let raw):
            return "“\(raw)” is not one of the 346 comunas. Choose the comuna: carriers price by it."
        case .ambiguousDistrict(let raw):
            return "The city “\(raw)” may mean the comuna or all of the capital. "
                + "The comuna Santiago was noted; check it against the street."
        case .districtTakenFrom(let field, let district, let insteadOf):
            let reason = insteadOf.map { "“\($0)” is not a comuna" } ?? "The platform sent no comuna of its own"
            return "\(reason); \(district) was read from the \(field.words)."
        case .badPostcode(let raw, let country):
            let place = country == "TH" ? "Thailand (5 digits)" : "Chile (7 digits)"
            return "“\(raw)” is not a postcode of \(place). Correct it, or ask the buyer."
        case .badPhone:
            return "The phone number is not complete for this country. Correct it, or the courier cannot call."
        }
    }

    private static func title(_ code: String) -> String {
        ChileanRegions.table.region(code: code)?.name ?? ThaiProvinces.table.province(code: code)?.englishName ?? code
    }
}
