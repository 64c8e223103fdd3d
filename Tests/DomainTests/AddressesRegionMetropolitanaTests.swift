@testable import Domain
import Testing

@Suite struct `Is it the Región Metropolitana` {
    typealias Answer = RegionMetropolitanaAnswer

    struct Case: Sendable, CustomTestStringConvertible {
        var region: String?, comuna: String?, postcode: String?, country: String? = "CL"
        var verdict: Answer.Verdict
        var testDescription: String { "\(region ?? "–"), \(comuna ?? "–"), \(postcode ?? "–"), \(country ?? "–") → \(verdict)" }
    }

    static let cases = [
        Case(region: "RM", comuna: "Ñuñoa", verdict: .yes), Case(region: "Región Metropolitana", verdict: .yes),
        Case(comuna: "Maipú", verdict: .yes),
        Case(region: "Valparaíso", comuna: "Viña del Mar", verdict: .no), Case(region: "CL-BI", verdict: .no),
        Case(comuna: "Rancagua", verdict: .no),
        Case(region: "Valparaíso", comuna: "Rancagua", verdict: .no), Case(region: "RM", comuna: "Rancagua", verdict: .conflict),
        Case(region: "Valparaíso", comuna: "Las Condes", verdict: .conflict),
        Case(region: "RM", comuna: "San Pedro de la Paz", verdict: .conflict),
        Case(region: "RM", comuna: "Nowhere", verdict: .yes), Case(region: "Zona Centro", comuna: "Vitacura", verdict: .yes),
        Case(postcode: "7500000", verdict: .unknown), Case(postcode: "2340000", verdict: .unknown), Case(verdict: .unknown),
        Case(region: "Provincia de Santiago", comuna: "Nowhere", postcode: "7500000", verdict: .unknown),
        Case(region: "RM", comuna: "Ñuñoa", postcode: "2340000", verdict: .yes), Case(region: "13", verdict: .yes),
        Case(region: "12", verdict: .no),
        Case(region: "RM", comuna: "Ñuñoa", country: "PE", verdict: .no),
        Case(region: "RM", comuna: "Ñuñoa", country: "Perú", verdict: .no),
        Case(region: "RM", comuna: "Ñuñoa", country: "CHL", verdict: .yes),
        Case(region: "RM", comuna: "Ñuñoa", country: nil, verdict: .unknown),
    ]

    @Test(arguments: cases)
    func `region and comuna decide, the country can only refuse, the postcode never decides`(one: Case) {
        let answer = AddressNormaliser.isRegionMetropolitana(region: one.region, comuna: one.comuna, postcode: one.postcode,
                                                             country: one.country)
        #expect(answer.verdict == one.verdict)
    }

    @Test(arguments: cases)
    func `what is not known goes to a person under both signs of a courier's rule`(one: Case) {
        let answer = AddressNormaliser.isRegionMetropolitana(region: one.region, comuna: one.comuna, postcode: one.postcode,
                                                             country: one.country)
        let only = answer.decision(.onlyRegionMetropolitana), allBut = answer.decision(.allButRegionMetropolitana)
        switch one.verdict {
        case .yes: #expect((only, allBut) == (.takes, .doesNotTake))
        case .no: #expect((only, allBut) == (.doesNotTake, .takes))
        case .unknown, .conflict: #expect((only, allBut) == (.askPerson, .askPerson))
        }
    }

    @Test func `all four witnesses are kept`() {
        let answer = AddressNormaliser.isRegionMetropolitana(region: "RM", comuna: "Rancagua", postcode: "2340000", country: "CL")
        #expect((answer.region, answer.comuna) == (.yes, .no))
        #expect((answer.postcode, answer.country) == (.no, .yes))
        #expect(answer.hint == .unknown)
    }

    @Test(arguments: [("7500000", Answer.Witness.yes), ("8320000", .yes), ("9250000", .yes), ("2340000", .no), ("3730000", .unknown),
                      ("75", .unknown)])
    func `the postcode is a hint where region and comuna are silent`(postcode: String, hint: Answer.Witness) {
        #expect(AddressNormaliser.isRegionMetropolitana(region: nil, comuna: nil, postcode: postcode, country: "CL").hint == hint)
    }

    @Test func `12 is the Región Metropolitana on a FIPS channel alone`() {
        let raw = RawAddress(province: "12", countryCode: "CL")
        #expect(AddressNormaliser.isRegionMetropolitana(raw, numbers: .fips).verdict == .yes)
        #expect(AddressNormaliser.isRegionMetropolitana(raw, numbers: .cut).verdict == .no)
    }

    @Test func `the comuna is found in the city as well`() {
        #expect(AddressNormaliser.isRegionMetropolitana(RawAddress(city: "Rancagua", province: "RM", countryCode: "CL")).verdict
                                                        == .conflict)
        #expect(AddressNormaliser.isRegionMetropolitana(RawAddress(city: "Santiago", countryCode: "CL")).verdict == .yes)
    }
}
