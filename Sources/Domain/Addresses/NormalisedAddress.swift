/// The parts of an address that Crossdock understands and compares, each in one spelling. Names and lines stay in the raw address,
/// untouched.
///
/// | slot | Chile | Thailand | elsewhere |
/// |---|---|---|---|
/// | `province` | official region name | changwat, Thai or English as the store writes | trimmed |
/// | `provinceCode` | ISO 3166-2 | ISO 3166-2 | the platform's own code, trimmed |
/// | `district` | comuna, official name | amphoe or khet, without its level word | trimmed |
/// | `subdistrict` | nil | tambon or khwaeng, without its level word | trimmed |
/// | `city` | as given, else the comuna | as given, nil when it held a district | trimmed |
/// | `postcode` | 7 digits | 5 digits | trimmed |
package struct NormalisedAddress: Sendable, Hashable, Codable {
    /// What cannot be resolved keeps the platform's words here and has no `provinceCode`.
    package var province: String?
    /// Set only when nothing on the address contradicts it, so that a rule on it meets "unknown" wherever a person has to look first.
    package var provinceCode: String?
    package var district: String?, subdistrict: String?, city: String?, postcode: String?
    /// ISO 3166-1 alpha-2 in capitals; a country we do not know stays as the platform wrote it.
    package var countryCode: String?
    package var phoneE164: String?
    /// Words of the platform's district fields that no slot above keeps (a villa, a locality inside a comuna): they belong at the end of
    /// line 2 on a label, or the courier does not find the door.
    package var textForLine2: String?
    package var problems: [AddressProblem]

    package init(province: String? = nil, provinceCode: String? = nil, district: String? = nil, subdistrict: String? = nil,
                 city: String? = nil, postcode: String? = nil, countryCode: String? = nil, phoneE164: String? = nil,
                 textForLine2: String? = nil, problems: [AddressProblem] = []) {
        self.province = province; self.provinceCode = provinceCode; self.district = district; self.subdistrict = subdistrict
        self.city = city; self.postcode = postcode; self.countryCode = countryCode; self.phoneE164 = phoneE164
        self.textForLine2 = textForLine2; self.problems = problems
    }

    /// True when a person has to look at the address before a label is bought.
    package var needsPerson: Bool { problems.contains(where: \.needsPerson) }
}

/// The slots of an address, for problems to name.
package enum AddressField: String, Sendable, Hashable, Codable, CaseIterable {
    case name, line1, line2, subdistrict, district, city, province, provinceCode, postcode, country, phone

    /// The word in an operator's sentence.
    var words: String {
        switch self {
        case .line1: "first address line"
        case .line2: "second address line"
        case .provinceCode: "province code"
        default: rawValue
        }
    }
}
