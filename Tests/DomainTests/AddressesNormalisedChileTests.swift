@testable import Domain
import Testing

@Suite struct `Normalised addresses of Chile` {
    static let complete = RawAddress(name: "Ana Rojas", phone: "9 1234 5678", line1: "Irarrázaval 2401", district: "Ñuñoa",
                                     city: "Santiago", province: "Región Metropolitana", postcode: "775 0000", countryCode: "CHL")

    @Test func `a complete address has every slot and no problem`() {
        let address = AddressNormaliser.normalise(Self.complete)
        #expect(address == NormalisedAddress(province: "Región Metropolitana de Santiago", provinceCode: "CL-RM", district: "Ñuñoa",
                                             city: "Santiago", postcode: "7750000", countryCode: "CL", phoneE164: "+56912345678"))
        #expect(!address.needsPerson)
    }

    @Test func `the city is the comuna where none is given`() {
        var raw = Self.complete
        raw.district = "NUNOA"; raw.city = " - "
        let address = AddressNormaliser.normalise(raw)
        #expect(address.district == "Ñuñoa")
        #expect(address.city == "Ñuñoa")
    }

    @Test func `a comuna in the city fills the district without a word`() {
        var raw = Self.complete
        raw.district = nil; raw.city = "Las Condes"
        let address = AddressNormaliser.normalise(raw)
        #expect(address.district == "Las Condes")
        #expect(address.city == "Las Condes")
        #expect(address.problems.isEmpty)
    }

    @Test func `a city Santiago gives way to a comuna in line 2 and is doubted without one`() {
        var raw = Self.complete
        raw.district = nil; raw.line2 = "Providencia"
        #expect(AddressNormaliser.normalise(raw).district == "Providencia")
        #expect(AddressNormaliser.normalise(raw).problems == [.districtTakenFrom(.line2, district: "Providencia", insteadOf: nil)])
        raw.line2 = "Depto 501"
        #expect(AddressNormaliser.normalise(raw).district == "Santiago")
        #expect(AddressNormaliser.normalise(raw).problems == [.ambiguousDistrict("Santiago")])
    }

    @Test func `a comuna's name in line 2 of another region is only a name`() {
        var raw = Self.complete
        raw.district = nil; raw.city = nil; raw.line2 = "Victoria"
        let address = AddressNormaliser.normalise(raw)
        #expect(address.district == nil)
        #expect(address.problems == [.missing(.district)])
    }

    @Test func `a locality becomes its comuna and its own name is kept for the label`() {
        var raw = Self.complete
        raw.district = "Chicureo"; raw.subdistrict = "Villa Los Aromos"
        let address = AddressNormaliser.normalise(raw)
        #expect(address.district == "Colina")
        #expect(address.subdistrict == nil)
        #expect(address.textForLine2 == "Villa Los Aromos, Chicureo")
    }

    @Test func `region and comuna that contradict each other leave no code and call a person`() {
        var raw = Self.complete
        raw.district = "Rancagua"; raw.postcode = nil
        let address = AddressNormaliser.normalise(raw)
        #expect(address.province == "Región Metropolitana de Santiago")
        #expect(address.provinceCode == nil)
        #expect(address.problems == [.regionComunaConflict(region: "CL-RM", comuna: "Rancagua", regionOfComuna: "CL-LI")])
        #expect(address.needsPerson)
    }

    @Test func `a comuna of Ñuble under Biobío is old data, not a conflict`() {
        let address = AddressNormaliser.normalise(RawAddress(name: "A", phone: "912345678", line1: "Libertad 1", district: "Chillán",
                                                             province: "Región del Biobío (VIII)", countryCode: "CL"))
        #expect(address.provinceCode == "CL-NB")
        #expect(address.problems == [.regionBeforeSplit(region: "CL-BI", comuna: "Chillán", regionOfComuna: "CL-NB")])
        #expect(!address.needsPerson)
    }

    @Test func `the comuna names the region where the platform does not`() {
        var raw = Self.complete
        raw.province = nil
        #expect(AddressNormaliser.normalise(raw).provinceCode == "CL-RM")
        #expect(AddressNormaliser.normalise(raw).problems == [.provinceTakenFrom(.district, province: "CL-RM", insteadOf: nil)])
        raw.province = "Zona Centro"
        #expect(AddressNormaliser.normalise(raw).problems == [.provinceTakenFrom(.district, province: "CL-RM", insteadOf: "Zona Centro")])
    }

    @Test func `an unknown region and an unknown comuna stay as written and call a person`() {
        var raw = Self.complete
        raw.province = "Zona Sur"; raw.district = "Ensenada"; raw.city = nil
        let address = AddressNormaliser.normalise(raw)
        #expect(address.province == "Zona Sur")
        #expect(address.provinceCode == nil)
        #expect(address.district == "Ensenada")
        #expect(address.problems == [.unknownDistrict("Ensenada"), .unknownProvince("Zona Sur")])
        #expect(address.needsPerson)
    }

    @Test func `the region's name wins over a number of another system`() {
        var raw = Self.complete
        raw.provinceCode = "12"
        #expect(AddressNormaliser.normalise(raw, numbers: .fips).problems.isEmpty)
        #expect(AddressNormaliser.normalise(raw, numbers: .cut).provinceCode == "CL-RM")
        #expect(AddressNormaliser.normalise(raw, numbers: .cut).problems == [.provinceNameAndCodeDisagree(name: "CL-RM", code: "CL-MA")])
    }

    @Test func `the number alone decides where the name is missing or unknown`() {
        var raw = Self.complete
        raw.province = nil; raw.provinceCode = "12"
        #expect(AddressNormaliser.normalise(raw, numbers: .fips).problems.isEmpty)
        #expect(AddressNormaliser.normalise(raw, numbers: .fips).provinceCode == "CL-RM")
        raw.province = "R. Metrop."
        #expect(AddressNormaliser.normalise(raw, numbers: .fips).problems
            == [.provinceTakenFrom(.provinceCode, province: "CL-RM", insteadOf: "R. Metrop.")])
    }

    @Test func `a wrong Chilean postcode is a note, not a stop`() {
        var raw = Self.complete
        raw.postcode = "0000"
        #expect(AddressNormaliser.normalise(raw).postcode == nil)
        #expect(AddressNormaliser.normalise(raw).problems == [.badPostcode("0000", country: "CL")])
        raw.postcode = "2340000"
        #expect(AddressNormaliser.normalise(raw).problems == [.provincePostcodeDisagree(province: "CL-RM",
                                                              postcode: "2340000", candidates: ["CL-VS"])])
        #expect(!AddressNormaliser.normalise(raw).needsPerson)
    }

    @Test func `each missing part is named`() {
        let address = AddressNormaliser.normalise(RawAddress(countryCode: "cl"))
        #expect(address.problems == [.missing(.district), .missing(.province), .missing(.name), .missing(.line1), .missing(.phone)])
    }
}
