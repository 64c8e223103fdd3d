@testable import Domain
import Testing

@Suite struct `Normalised addresses of Thailand` {
    static let complete = RawAddress(name: "สมชาย ใจดี", phone: "081-234-5678", line1: "99/1 ถนนสุขุมวิท",
                                     subdistrict: "คลองเตยเหนือ", district: "วัฒนา", province: "กรุงเทพฯ",
                                     postcode: "๑๐๑๑๐", countryCode: "THA")

    @Test func `a complete address has every slot and no problem`() {
        let address = AddressNormaliser.normalise(Self.complete)
        #expect(address == NormalisedAddress(province: "กรุงเทพมหานคร", provinceCode: "TH-10", district: "วัฒนา",
                                             subdistrict: "คลองเตยเหนือ", postcode: "10110", countryCode: "TH", phoneE164: "+66812345678"))
    }

    @Test func `the province keeps the store's letters`() {
        var raw = Self.complete
        raw.province = "Bangkok"; raw.provinceCode = "TH-10"
        #expect(AddressNormaliser.normalise(raw).province == "Bangkok")
        raw.province = nil
        #expect(AddressNormaliser.normalise(raw).province == "กรุงเทพมหานคร")
    }

    @Test func `khet and khwaeng are lifted out of the city and the lines`() {
        var raw = Self.complete
        raw.subdistrict = nil; raw.district = nil
        raw.city = "เขตวัฒนา"; raw.line2 = "แขวงคลองเตยเหนือ"
        let address = AddressNormaliser.normalise(raw)
        #expect(address.district == "วัฒนา")
        #expect(address.subdistrict == "คลองเตยเหนือ")
        #expect(address.city == nil)
        #expect(address.problems.isEmpty)
    }

    @Test func `level words are cut off in their own fields too`() {
        var raw = Self.complete
        raw.district = "เขตวัฒนา"; raw.subdistrict = "แขวงคลองเตยเหนือ"
        #expect(AddressNormaliser.normalise(raw).district == "วัฒนา")
        #expect(AddressNormaliser.normalise(raw).subdistrict == "คลองเตยเหนือ")
        raw.district = "แขวงคลองเตยเหนือ เขตวัฒนา ตึกช้าง"; raw.subdistrict = nil
        #expect(AddressNormaliser.normalise(raw).district == "วัฒนา")
        #expect(AddressNormaliser.normalise(raw).subdistrict == "คลองเตยเหนือ")
        #expect(AddressNormaliser.normalise(raw).textForLine2 == "ตึกช้าง")
        raw.district = "Watthana District"
        #expect(AddressNormaliser.normalise(raw).district == "Watthana")
    }

    @Test func `a district that the platform sent is not replaced by another one in the city`() {
        var raw = Self.complete
        raw.city = "เขตปทุมวัน"
        #expect(AddressNormaliser.normalise(raw).district == "วัฒนา")
        #expect(AddressNormaliser.normalise(raw).city == "เขตปทุมวัน")
    }

    @Test func `an industrial zone in line 2 is no district`() {
        let raw = RawAddress(name: "A", phone: "0812345678", line1: "700/1", line2: "เขตอุตสาหกรรมอมตะ", province: "ชลบุรี",
                             postcode: "20000", countryCode: "TH")
        #expect(AddressNormaliser.normalise(raw).district == nil)
        #expect(AddressNormaliser.normalise(raw).problems == [.missing(.district)])
    }

    @Test func `a city without a level word is not taken for the district`() {
        var raw = Self.complete
        raw.district = nil; raw.city = "Watthana"
        let address = AddressNormaliser.normalise(raw)
        #expect(address.district == nil)
        #expect(address.city == "Watthana")
        #expect(address.problems == [.districtNotMarked(city: "Watthana")])
        #expect(!address.needsPerson)
    }

    @Test(arguments: [("Mueang", "Chiang Mai", "50200", "Mueang Chiang Mai"), ("Muang", "CMI", "50200", "Mueang Chiang Mai"),
                      ("อ.เมือง", "เชียงใหม่", "50200", "เมืองเชียงใหม่"), ("Mueang Chiang Mai", "Chiang Mai",
                      "50200", "Mueang Chiang Mai"),
                      ("Mueang", "Ayutthaya", "13000", "Mueang"), ("Mueang", "Nowhere", "50200", "Mueang")])
    func `Mueang alone is the capital district of its province`(district: String, province: String, postcode: String, expected: String) {
        let raw = RawAddress(district: district, province: province, postcode: postcode, countryCode: "TH")
        #expect(AddressNormaliser.normalise(raw).district == expected)
    }

    @Test func `province and postcode that disagree leave no code and call a person`() {
        var raw = Self.complete
        raw.postcode = "10270"
        let address = AddressNormaliser.normalise(raw)
        #expect(address.province == "กรุงเทพมหานคร")
        #expect(address.provinceCode == nil)
        #expect(address.problems == [.provincePostcodeDisagree(province: "TH-10", postcode: "10270", candidates: ["TH-11"])])
        #expect(address.needsPerson)
    }

    @Test(arguments: [("Pathum Thani", "TH-13"), ("Ayutthaya", "TH-14")])
    func `a border code agrees with both of its provinces`(province: String, code: String) {
        var raw = Self.complete
        raw.province = province; raw.postcode = "13180"
        #expect(AddressNormaliser.normalise(raw).provinceCode == code)
        #expect(AddressNormaliser.normalise(raw).problems.isEmpty)
    }

    @Test func `Pattaya is in Chon Buri`() {
        var raw = Self.complete
        raw.province = "Pattaya"; raw.provinceCode = "TH-S"; raw.postcode = "20150"
        #expect(AddressNormaliser.normalise(raw).provinceCode == "TH-20")
        #expect(AddressNormaliser.normalise(raw).province == "Chon Buri")
    }

    @Test func `a missing province is concluded from a postcode of one province only`() {
        var raw = Self.complete
        raw.province = nil
        #expect(AddressNormaliser.normalise(raw).provinceCode == "TH-10")
        #expect(AddressNormaliser.normalise(raw).problems == [.provinceTakenFrom(.postcode, province: "TH-10", insteadOf: nil)])
        raw.postcode = "13180"
        #expect(AddressNormaliser.normalise(raw).provinceCode == nil)
        #expect(AddressNormaliser.normalise(raw).problems == [.missing(.province)])
    }

    @Test func `words that name no province are not overruled by the postcode`() {
        var raw = Self.complete
        raw.province = "Nowhere"
        let address = AddressNormaliser.normalise(raw)
        #expect(address.province == "Nowhere")
        #expect(address.provinceCode == nil)
        #expect(address.problems == [.unknownProvince("Nowhere")])
    }

    @Test(arguments: ["1011", "99999", "10110-1"])
    func `what is no Thai postcode is dropped and calls a person`(postcode: String) {
        var raw = Self.complete
        raw.postcode = postcode
        #expect(AddressNormaliser.normalise(raw).postcode == nil)
        #expect(AddressNormaliser.normalise(raw).problems == [.badPostcode(postcode, country: "TH")])
        #expect(AddressNormaliser.normalise(raw).needsPerson)
    }
}
