@testable import Domain
import Foundation
import Testing

@Suite struct `Provinces of Thailand` {
    @Test(arguments: [
        Spelling("กรุงเทพฯ", "TH-10"), Spelling("กทม.", "TH-10"), Spelling("KRUNG THEP MAHA NAKHON", "TH-10"), Spelling("Bangkok", "TH-10"),
        Spelling("กรุงเทพมหานคร", "TH-10"), Spelling("TH-10", "TH-10"), Spelling("จังหวัดเชียงใหม่", "TH-50"),
        Spelling("จ.เชียงใหม่", "TH-50"),
        Spelling("จ. ชลบุรี", "TH-20"), Spelling("Chonburi", "TH-20"), Spelling("Chon Buri Province", "TH-20"),
        Spelling("chon-buri", "TH-20"),
        Spelling("Pattaya", "TH-20"), Spelling("TH-S", "TH-20"), Spelling("Ayutthaya", "TH-14"), Spelling("อยุธยา", "TH-14"),
        Spelling("พระนครศรีอยุธยา", "TH-14"), Spelling("Korat", "TH-30"), Spelling("Phang-nga", "TH-82"), Spelling("Phangnga", "TH-82"),
        Spelling("Sisaket", "TH-33"), Spelling("Changwat Krabi", "TH-81"), Spelling("จันทบุรี", "TH-22"), Spelling("จ.จันทบุรี", "TH-22"),
        Spelling("จบ", "TH-22"), Spelling("ลำพูน", "TH-51"), Spelling("ล\u{0E4D}\u{0E32}พูน", "TH-51"), Spelling("ภ\u{0E39}เก็ต", "TH-83"),
        Spelling("Ｂａｎｇｋｏｋ", "TH-10"), Spelling("เชียง\u{200B}ใหม่", "TH-50"),
        Spelling("Nowhere", nil), Spelling("", nil), Spelling("Province", nil), Spelling("จังหวัด", nil), Spelling("ชลบร", nil),
        Spelling("50", nil),
    ])
    func `a spelling names one province or none`(spelling: Spelling) {
        #expect(AddressNormaliser.thaiProvince(spelling.text) == spelling.expected)
    }

    @Test func `all 77 provinces are found by code, name and every alias`() {
        let rows = AddressTables.rows(PackageResources.th_provinces_csv, columns: ThaiProvinces.columns)
        #expect(rows.count == 77)
        #expect(Set(rows.map { $0[0] }).count == 77)
        for row in rows {
            for alias in [row[0], row[1], row[2]] + AddressTables.list(row[3]) {
                #expect(AddressNormaliser.thaiProvince(alias) == row[0], "\(alias)")
                #expect(AddressNormaliser.thaiProvince(" " + alias.lowercased() + " ") == row[0], "\(alias) in small letters")
                #expect(AddressNormaliser.thaiProvince("จังหวัด" + alias) == row[0], "\(alias) with its level word")
                #expect(AddressNormaliser.thaiProvince(alias.decomposedStringWithCompatibilityMapping) == row[0], "\(alias) decomposed")
            }
            #expect(AddressNormaliser.thaiProvince("จ." + row[2]) == row[0])
            #expect(AddressNormaliser.thaiProvince(row[1] + " Province") == row[0])
        }
    }

    @Test(arguments: [
        ("10110", ["TH-10"]), ("10270", ["TH-11"]), ("10540", ["TH-11"]), ("10130", ["TH-11"]), ("10250", ["TH-10"]), ("50200", ["TH-50"]),
        ("20150", ["TH-20"]), ("38000", ["TH-38"]), ("43000", ["TH-43"]), ("๑๐๑๑๐", ["TH-10"]), ("10-110", ["TH-10"]), (" 50200 ",
        ["TH-50"]),
        ("99999", []), ("1011", []), ("101100", []), ("abcde", []), ("", []), ("00000", []), ("28000", []), ("50199", ["TH-50"]),
        ("11000", ["TH-12"]), ("12000", ["TH-13"]), ("13000", ["TH-14"]), ("14000", ["TH-15"]), ("15000", ["TH-16"]), ("16000", ["TH-17"]),
        ("17000", ["TH-18"]), ("18000", ["TH-19"]),
    ])
    func `a postcode names its province`(postcode: String, expected: [String]) {
        #expect(AddressNormaliser.thaiProvinces(postcode: postcode) == expected)
    }

    @Test(arguments: [
        ("13180", ["TH-13", "TH-14"]), ("13240", ["TH-14", "TH-16"]), ("18220", ["TH-16", "TH-19"]), ("18250", ["TH-14", "TH-19"]),
        ("18270", ["TH-14", "TH-19"]), ("22160", ["TH-21", "TH-22"]), ("30130", ["TH-19", "TH-30"]), ("36220", ["TH-30", "TH-36"]),
        ("58130", ["TH-50", "TH-58"]), ("70190", ["TH-70", "TH-71"]), ("70210", ["TH-70", "TH-74"]), ("71170", ["TH-71", "TH-72"]),
        ("80240", ["TH-80", "TH-81"]), ("83000", ["TH-82", "TH-83"]),
    ])
    func `each of the fourteen border codes has two candidates`(postcode: String, expected: [String]) {
        #expect(AddressNormaliser.thaiProvinces(postcode: postcode) == expected)
    }

    @Test func `every code in 10 is Bangkok's but for the eight ranges of Samut Prakan`() {
        let samutPrakan: Set = ["1013", "1027", "1028", "1029", "1054", "1055", "1056", "1057"]
        for number in 1000...1099 {
            let expected = samutPrakan.contains("\(number)") ? "TH-11" : "TH-10"
            #expect(AddressNormaliser.thaiProvinces(postcode: "\(number)0") == [expected])
        }
    }

    @Test func `from TH-20 upward the first two digits are the province's own number`() {
        for province in AddressNormaliser.thaiProvinces where province.code >= "TH-20" {
            #expect(AddressNormaliser.thaiProvinces(postcode: province.code.suffix(2) + "999") == [province.code])
        }
    }
}

@Suite struct `Level words of Thai districts` {
    typealias Reading = ThaiLevelWords.Reading

    @Test(arguments: [
        ("เขตวัฒนา", Reading(district: "วัฒนา", usesBangkokWords: true)),
        ("แขวงคลองเตย เขตคลองเตย", Reading(district: "คลองเตย", subdistrict: "คลองเตย", usesBangkokWords: true)),
        ("แขวงคลองเตยเหนือเขตวัฒนา กทม. 10110", Reading(district: "วัฒนา", subdistrict: "คลองเตยเหนือ", usesBangkokWords: true)),
        ("อ.เมืองเชียงใหม่", Reading(district: "เมืองเชียงใหม่")),
        ("อ. แม่ริม จ.เชียงใหม่ ๕๐๑๘๐", Reading(district: "แม่ริม")),
        ("ต.สุเทพ อ.เมือง", Reading(district: "เมือง", subdistrict: "สุเทพ")),
        ("ต สุเทพ", Reading(subdistrict: "สุเทพ")),
        ("ตำบลสุเทพอำเภอเมือง เชียงใหม่", Reading(district: "เมือง", subdistrict: "สุเทพ")),
        ("Khet Watthana", Reading(district: "Watthana", usesBangkokWords: true)),
        ("Khet Watthana Bangkok 10110", Reading(district: "Watthana", usesBangkokWords: true)),
        ("Khet Bangkok Noi", Reading(district: "Bangkok Noi", usesBangkokWords: true)),
        ("Khwaeng Khlong Toei Nuea, Khet Watthana, Bangkok",
         Reading(district: "Watthana", subdistrict: "Khlong Toei Nuea", usesBangkokWords: true)),
        ("AMPHUR Mueang Chiang Mai, Chiang Mai 50000, Thailand", Reading(district: "Mueang Chiang Mai")),
        ("Tambon Suthep Amphoe Mueang", Reading(district: "Mueang", subdistrict: "Suthep")),
        ("District: Hang Dong", Reading(district: "Hang Dong")),
        ("เขตวัฒนา ตึกช้าง", Reading(district: "วัฒนา", leftover: "ตึกช้าง", usesBangkokWords: true)),
    ])
    func `a text that starts with a level word is read`(text: String, expected: Reading) {
        #expect(ThaiLevelWords.read(text) == expected)
    }

    @Test(arguments: ["ตลิ่งชัน", "อโศก", "ถนนสุขุมวิท เขตวัฒนา", "ม.5 ต.สุเทพ", "Khetan Tower", "Districtive", "Bangkok", "เขต", "อ.",
                      "Amphoe", ""])
    func `a text that does not start with one is left alone`(text: String) {
        #expect(ThaiLevelWords.read(text) == nil)
    }
}
