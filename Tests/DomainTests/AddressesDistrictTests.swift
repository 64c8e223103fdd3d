@testable import Domain
import Testing

/// Districts and their postcodes (platforms/addresses-cl-th.md §2.1, §2.3).
@Suite struct `Districts of Thailand` {
    @Test func `the table holds 928 districts and 976 postcodes, and every one of them is of its province`() {
        var districts = 0, codes: Set<String> = []
        for province in AddressNormaliser.thaiProvinces {
            let row = AddressTables.rows(PackageResources.th_provinces_csv, columns: ThaiProvinces.columns).first { $0[0] == province.code }
            for entry in AddressTables.list(row?[5] ?? "") {
                districts += 1
                let parts = entry.split { $0 == "/" || $0 == "=" }.map(String.init)
                #expect(parts.count == 3)
                for name in parts.prefix(2) {
                    let found = AddressNormaliser.thaiDistricts(name, in: province.code)
                    #expect(found.contains { $0.thaiName == parts[0] && $0.provinceCode == province.code }, "\(name)")
                }
                for code in parts[2].split(separator: " ").map(String.init) {
                    codes.insert(code)
                    #expect(AddressNormaliser.thaiProvinces(postcode: code).contains(province.code), "\(code) of \(parts[1])")
                    #expect(AddressNormaliser.thaiDistricts(postcode: code).contains { $0.thaiName == parts[0] && $0.provinceCode == province.code })
                }
            }
        }
        #expect(districts == 928 && codes.count == 976)
    }

    @Test(arguments: [
        ("ปทุมวัน", "TH-10", ["ปทุมวัน"]), ("Pathum Wan", "TH-10", ["ปทุมวัน"]), ("pathum-wan", "TH-10", ["ปทุมวัน"]), ("เมืองเชียงใหม่", "TH-50", ["เมืองเชียงใหม่"]), ("Mueang Chiang Mai", "TH-50", ["เมืองเชียงใหม่"]),
        ("Muang Chiangmai", "TH-50", ["เมืองเชียงใหม่"]), ("เฉลิมพระเกียรติ", "TH-30", ["เฉลิมพระเกียรติ"]), ("Bang Sai", "TH-14", ["บางไทร", "บางซ้าย"]), ("ปทุมวัน", "TH-50", []), ("Nowhere", "TH-10", []), ("", "TH-10", []), ("ปทุมวัน", "TH-99", []),
    ]) func `a name is a district of its province or none`(name: String, province: String, expected: [String]) {
        #expect(Set(AddressNormaliser.thaiDistricts(name, in: province).map(\.thaiName)) == Set(expected))
    }

    @Test(arguments: [("10330", "ปทุมวัน"), ("๑๐๓๓๐", "ปทุมวัน"), ("50220", "ดอยสะเก็ด"), ("10110", "วัฒนา"), ("83000", "เมืองภูเก็ต")]) func `a postcode names the districts that use it`(code: String, district: String) {
        #expect(AddressNormaliser.thaiDistricts(postcode: code).contains { $0.thaiName == district })
    }

    @Test(arguments: ["10999", "99999", "", "abc"]) func `a postcode that is not in the table names none`(code: String) { #expect(AddressNormaliser.thaiDistricts(postcode: code).isEmpty) }
}

/// Addresses that contradict themselves, and the ways out.
@Suite struct `Checked addresses` {
    private static func thai(_ district: String?, _ province: String?, _ postcode: String?, code: String? = nil) -> RawAddress {
        RawAddress(name: "A", phone: "0812345678", line1: "1 Road", district: district, province: province, provinceCode: code, postcode: postcode, countryCode: "TH")
    }

    @Test(arguments: [
        thai("ปทุมวัน", "กรุงเทพมหานคร", "10330"), thai("Pathum Wan", "Bangkok", "10330"), thai("Patumwan", "Bangkok", "10110"), thai("วัฒนา", "กรุงเทพฯ", "10110"), thai(nil, "Chiang Mai", "50000"), thai("เมือง", "เชียงใหม่", "50200"),
        thai("ปทุมวัน", "กรุงเทพมหานคร", "10999"), thai("ปทุมวัน", "กรุงเทพมหานคร", nil), thai("ปทุมวัน", nil, "10330"), thai("ปทุมวัน", "Nowhere", "10330"), thai(nil, nil, nil), thai("Bang Sai", "Ayutthaya", "13190"),
        RawAddress(name: "A", line1: "1", district: "Rancagua", province: "Región Metropolitana", postcode: "10330", countryCode: "MY"),
    ]) func `what agrees, what is missing and what nobody knows contradicts nothing`(address: RawAddress) {
        let check = AddressCheck(address)
        #expect(check.contradictions.isEmpty && check.offers.isEmpty && check.sentence == nil)
    }

    @Test func `a postcode of another province offers its place, or the province's own postcode`() throws {
        let check = AddressCheck(Self.thai(nil, "Chiang Mai", "10330", code: "TH-50"))
        #expect(check.sentence == "10330 belongs to Pathum Wan, Bangkok; the address says Chiang Mai: take Pathum Wan, Bangkok, or take 50000.")
        #expect(check.offers.map(\.kind) == [.place, .postcode])
        #expect(check.offers[0].changes == [.init(.province, "Bangkok"), .init(.provinceCode, "TH-10"), .init(.district, "Pathum Wan")])
        #expect(check.offers[1].changes == [.init(.postcode, "50000"), .init(.provinceCode, "TH-50")])
        #expect(Set(check.offers.map(\.id)).count == 2)
    }

    @Test func `in Thai letters it is told and mended in Thai letters`() {
        let check = AddressCheck(Self.thai("ดอยสะเก็ด", "เชียงใหม่", "10330"))
        #expect(check.sentence == "10330 belongs to ปทุมวัน, กรุงเทพมหานคร; the address says เชียงใหม่: take ปทุมวัน, กรุงเทพมหานคร, or take 50220.")
    }

    @Test func `a district that the postcode agrees with stays, and only the province is offered`() {
        let check = AddressCheck(Self.thai("ปทุมวัน", "เชียงใหม่", "10330"))
        #expect(check.offers.map(\.changes) == [[.init(.province, "กรุงเทพมหานคร"), .init(.provinceCode, "TH-10")]])
    }

    @Test func `a district that the postcode does not serve offers the postcode's districts and the district's postcodes`() throws {
        let address = Self.thai("บางรัก", "กรุงเทพมหานคร", "10240"), check = AddressCheck(address)
        #expect(AddressNormaliser.normalise(address).problems.map(\.code) == ["address_district_postcode_disagree"])
        #expect(AddressNormaliser.normalise(address).needsPerson)
        #expect(check.contradictions.count == 1)
        #expect(check.offers.contains { $0.kind == .district && $0.changes == [.init(.district, "บางกะปิ")] })
        #expect(check.offers.contains { $0.kind == .postcode && $0.changes.first == .init(.postcode, "10500") })
        #expect(try #require(check.sentence).contains("the address says บางรัก"))
    }

    @Test func `a district that nobody knows offers no postcode`() {
        #expect(AddressCheck(Self.thai("Ripples", "Chiang Mai", "10330")).offers.map(\.kind) == [.place])
    }

    @Test func `a comuna of another region offers its region`() {
        let check = AddressCheck(RawAddress(name: "A", line1: "1", district: "Rancagua", province: "Región Metropolitana", countryCode: "CL"))
        #expect(check.offers.map(\.kind) == [.region])
        #expect(check.offers.first?.changes.contains(.init(.provinceCode, "CL-LI")) == true)
        #expect(check.sentence?.contains("Rancagua is in") == true)
    }

    /// Whatever is taken, the address is one afterwards.
    @Test(arguments: [
        thai(nil, "Chiang Mai", "10330"), thai("ดอยสะเก็ด", "เชียงใหม่", "10330"), thai("ปทุมวัน", "เชียงใหม่", "10330"), thai("บางรัก", "กรุงเทพมหานคร", "10240"), thai("Hat Yai", "Songkhla", "83000"), thai("Bang Rak", "Bangkok", "10540"),
        RawAddress(name: "A", line1: "1", district: "Rancagua", province: "Región Metropolitana", countryCode: "CL"),
    ]) func `each way out leads out`(address: RawAddress) {
        let offers = AddressCheck(address).offers
        #expect(!offers.isEmpty)
        for offer in offers {
            var mended = address
            for change in offer.changes {
                switch change.field {
                case .province: mended.province = change.value
                case .provinceCode: mended.provinceCode = change.value
                case .district: mended.district = change.value
                case .postcode: mended.postcode = change.value
                default: Issue.record("an offer changes \(change.field)")
                }
            }
            #expect(AddressCheck(mended).contradictions.isEmpty, "\(offer.id)")
            #expect(AddressNormaliser.normalise(mended).provinceCode != nil)
        }
    }
}
