@testable import Domain
import Testing

@Suite struct `Normalising again` {
    static let addresses = [
        RawAddress(district: "Chicureo", city: "Santiago", province: "RM", postcode: "934 0000", countryCode: "CHL"),
        RawAddress(city: "Rancagua", province: "Región Metropolitana", countryCode: "Chile"),
        RawAddress(district: "Chillán", province: "Biobío", countryCode: "CL"),
        RawAddress(district: "Ensenada", province: "Zona Sur", countryCode: "CL"),
        RawAddress(city: "stgo", countryCode: "CL"), RawAddress(line2: "Ñuñoa", city: "Santiago", province: "RM", countryCode: "CL"),
        RawAddress(line2: "แขวงคลองเตยเหนือ", city: "เขตวัฒนา", province: "กทม.", postcode: "๑๐๑๑๐", countryCode: "THA"),
        RawAddress(district: "อ.เมือง", province: "จ.เชียงใหม่", postcode: "50200", countryCode: "TH"),
        RawAddress(city: "Pattaya", province: "Pattaya", postcode: "20150", countryCode: "TH"),
        RawAddress(province: "Bangkok", postcode: "10270", countryCode: "TH"),
        RawAddress(province: "Nowhere", postcode: "99999", countryCode: "TH"),
        RawAddress(district: " x ", province: "Lima", countryCode: "PER"),
    ]

    @Test(arguments: addresses, BareRegionNumbers.allCases)
    func `changes no slot any more`(raw: RawAddress, numbers: BareRegionNumbers) {
        func normalised(_ raw: RawAddress) -> RawAddress {
            let address = AddressNormaliser.normalise(raw, numbers: numbers)
            return RawAddress(line2: raw.line2, subdistrict: address.subdistrict, district: address.district, city: address.city,
                              province: address.province, provinceCode: address.provinceCode, postcode: address.postcode,
                              countryCode: address.countryCode)
        }
        let once = normalised(raw)
        #expect(normalised(once) == once)
    }
}
