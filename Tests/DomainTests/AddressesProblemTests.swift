@testable import Domain
import Testing

@Suite struct `Normalised addresses of elsewhere` {
    @Test func `another country passes through trimmed`() {
        let raw = RawAddress(name: "A", phone: "+1 415 555 0100", line1: "1 Main St", city: " San Francisco ", province: "\tCalifornia",
                             provinceCode: "CA",
                             postcode: "94105 ", countryCode: "us")
        #expect(AddressNormaliser.normalise(raw) == NormalisedAddress(province: "California", provinceCode: "CA", city: "San Francisco",
                                                                      postcode: "94105",
                                                                      countryCode: "US", phoneE164: "+14155550100"))
    }

    @Test(arguments: [("CL", "CL"), ("cl", "CL"), ("CHL", "CL"), ("Chile", "CL"), ("República de Chile", "CL"), ("TH", "TH"),
                      ("tha", "TH"), ("Thailand", "TH"),
                      ("ประเทศไทย", "TH"), ("ไทย", "TH"), ("Tailandia", "TH"), (" pe ", "PE")])
    func `a country by code or name`(written: String, code: String) {
        #expect(AddressNormaliser.normalise(RawAddress(countryCode: written)).countryCode == code)
    }

    @Test(arguments: ["PER", "Perú", "1A"])
    func `a country that we do not know stays as written and calls a person`(written: String) {
        let address = AddressNormaliser.normalise(RawAddress(name: "A", line1: "B", countryCode: written))
        #expect(address.countryCode == written)
        #expect(address.problems == [.unknownCountry(written)])
        #expect(address.needsPerson)
    }

    @Test func `an address without a country calls a person`() {
        #expect(AddressNormaliser.normalise(RawAddress(name: "A", line1: "B", province: "RM")).problems == [.missing(.country)])
    }
}

@Suite struct `Problems of addresses` {
    static let all: [AddressProblem] = AddressField.allCases.map { .missing($0) } + [
        .unknownCountry("X"), .unknownProvince("X"), .provinceNameAndCodeDisagree(name: "CL-RM", code: "CL-MA"),
        .provinceTakenFrom(.postcode, province: "TH-50", insteadOf: "X"), .provincePostcodeDisagree(province: "TH-50",
        postcode: "10110", candidates: ["TH-10"]),
        .regionComunaConflict(region: "CL-RM", comuna: "Rancagua", regionOfComuna: "CL-LI"),
        .regionBeforeSplit(region: "CL-BI", comuna: "Chillán", regionOfComuna: "CL-NB"), .unknownDistrict("X"),
        .districtNotMarked(city: "X"),
        .ambiguousDistrict("Santiago"), .districtTakenFrom(.city, district: "Maipú", insteadOf: nil), .badPostcode("1", country: "TH"),
        .badPhone,
    ]

    @Test func `every problem has its own code`() {
        #expect(Set(Self.all.map(\.code)).count == Self.all.count)
    }

    @Test(arguments: all)
    func `every problem has a code for machines and a sentence for people`(problem: AddressProblem) {
        #expect(problem.code.hasPrefix("address_"))
        #expect(problem.code.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") })
        #expect(problem.message.hasSuffix("."))
        #expect(!problem.message.contains("CL-") && !problem.message.contains("TH-"), "codes are written as names: \(problem.message)")
    }
}
