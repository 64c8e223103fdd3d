/// An address as the platform wrote it: nothing trimmed, nothing interpreted. The connector decides which of its fields goes where
/// (Chile: the comuna into `district`; Thailand: the amphoe or khet into `district`, the tambon or khwaeng into `subdistrict`).
package struct RawAddress: Sendable, Hashable, Codable {
    package var name: String?, company: String?, phone: String?, line1: String?, line2: String?
    package var subdistrict: String?, district: String?, city: String?
    package var province: String?, provinceCode: String?, postcode: String?, countryCode: String?

    package init(name: String? = nil, company: String? = nil, phone: String? = nil, line1: String? = nil, line2: String? = nil,
                 subdistrict: String? = nil, district: String? = nil, city: String? = nil, province: String? = nil,
                 provinceCode: String? = nil, postcode: String? = nil, countryCode: String? = nil) {
        self.name = name; self.company = company; self.phone = phone; self.line1 = line1; self.line2 = line2; self.subdistrict = subdistrict
        self.district = district; self.city = city; self.province = province; self.provinceCode = provinceCode; self.postcode = postcode
        self.countryCode = countryCode
    }

    package init(_ address: Address) {
        self.init(name: address.name, company: address.company, phone: address.phone, line1: address.line1, line2: address.line2,
                  subdistrict: address.subdistrict, district: address.district, city: address.city, province: address.province,
                  provinceCode: address.provinceCode, postcode: address.postcode, countryCode: address.countryCode)
    }
}

/// How a bare one- or two-digit region number of Chile is to be read. The same digits mean different regions: 12 is Magallanes as CUT
/// and the Región Metropolitana as FIPS 10-4 (platforms/addresses-cl-th.md §1.3). The connector says which its platform writes.
package enum BareRegionNumbers: String, Sendable, Codable, CaseIterable {
    /// The government's numbers; most Chilean software.
    case cut
    case fips
}
