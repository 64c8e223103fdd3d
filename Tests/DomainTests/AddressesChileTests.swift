@testable import Domain
import Foundation
import Testing

/// A spelling and what it must resolve to; nil is unknown.
struct Spelling: Sendable, CustomTestStringConvertible {
    let text: String, expected: String?
    init(_ text: String, _ expected: String?) { self.text = text; self.expected = expected }
    var testDescription: String { "“\(text)” → \(expected ?? "unknown")" }
}

@Suite struct `Regions of Chile` {
    static let metropolitana = ["RM", "rm", "R.M.", "CL-RM", "Metropolitana", "Santiago", "Gran Santiago", "XIII Región",
                                "Region Metropolitana", "REGIÓN METROPOLITANA DE SANTIAGO", "  Región  Metropolitana ",
                                "Región Metropolitana (RM)"]
    static let inEitherSystem = metropolitana.map { Spelling($0, "CL-RM") } + [
        Spelling("Región de Valparaíso (V)", "CL-VS"), Spelling("V REGION DE VALPARAISO", "CL-VS"),
        Spelling("VIII Región del Bío - Bío", "CL-BI"), Spelling("Bio-Bio", "CL-BI"),
        Spelling("Región del Libertador General Bernardo O\u{2019}Higgins (VI)", "CL-LI"), Spelling("O'Higgins", "CL-LI"),
        Spelling("O\u{00B4}Higgins", "CL-LI"), Spelling("O`Higgins", "CL-LI"), Spelling("N\u{0303}uble", "CL-NB"),
        Spelling("REGION  DE AISEN DEL GRL CARLOS IBAÑEZ DEL CAMPO", "CL-AI"),
        Spelling("Provincia de Santiago", nil), Spelling("XX", nil), Spelling("", nil), Spelling("   ", nil), Spelling("Región de", nil),
        Spelling("Los Lagos", "CL-LL"), Spelling("Valparaizo", nil),
    ]

    @Test(arguments: inEitherSystem, BareRegionNumbers.allCases)
    func `a spelling names one region, whatever numbers the channel uses`(spelling: Spelling, numbers: BareRegionNumbers) {
        #expect(AddressNormaliser.chileanRegion(spelling.text, numbers: numbers) == spelling.expected)
    }

    @Test(arguments: [("12", "CL-MA"), ("13", "CL-RM"), ("01", "CL-TA"), ("1", "CL-TA"), ("05", "CL-VS"), ("08", "CL-BI"), ("10", "CL-LL"),
                      ("14", "CL-LR"), ("16", "CL-NB"), ("17", nil), ("0", nil), ("Región 13", "CL-RM")])
    func `a bare number is the government's`(number: String, expected: String?) {
        #expect(AddressNormaliser.chileanRegion(number) == expected)
    }

    @Test(arguments: [("12", "CL-RM"), ("13", nil), ("01", "CL-VS"), ("1", "CL-VS"), ("05", "CL-AT"), ("5", "CL-AT"), ("08", "CL-LI"),
                      ("10", "CL-MA"),
                      ("14", "CL-LL"), ("18", "CL-NB"), ("09", nil), (" 12 ", "CL-RM"), ("Región 12", "CL-RM"), ("012", nil)])
    func `a bare number on a FIPS channel is never read as the government's`(number: String, expected: String?) {
        #expect(AddressNormaliser.chileanRegion(number, numbers: .fips) == expected)
    }

    /// ISO, CUT, Roman, FIPS, official name, checkout form, zone name (platforms/addresses-cl-th.md §1.2).
    static let sixteen: [(String, [String], fips: String)] = [
        ("CL-AP", ["15", "XV", "Región de Arica y Parinacota", "Región de Arica y Parinacota (XV)", "Arica and Parinacota"], "16"),
        ("CL-TA", ["01", "I", "Región de Tarapacá", "Región de Tarapacá (I)", "Tarapacá"], "15"),
        ("CL-AN", ["02", "II", "Región de Antofagasta", "Región de Antofagasta (II)", "Antofagasta"], "03"),
        ("CL-AT", ["03", "III", "Región de Atacama", "Región de Atacama (III)", "Atacama"], "05"),
        ("CL-CO", ["04", "IV", "Región de Coquimbo", "Región de Coquimbo (IV)", "Coquimbo"], "07"),
        ("CL-VS", ["05", "V", "Región de Valparaíso", "Región de Valparaíso (V)", "Valparaíso"], "01"),
        ("CL-RM", ["13", "XIII", "Región Metropolitana de Santiago", "Región Metropolitana", "Santiago"], "12"),
        ("CL-LI", ["06", "VI", "Región del Libertador General Bernardo O'Higgins", "Región del Libertador General Bernardo O’Higgins (VI)",
                   "O'Higgins", "Libertador General Bernardo O'Higgins"], "08"),
        ("CL-ML", ["07", "VII", "Región del Maule", "Región del Maule (VII)", "Maule"], "11"),
        ("CL-NB", ["16", "XVI", "Región de Ñuble", "Región del Ñuble (XVI)", "Ñuble"], "18"),
        ("CL-BI", ["08", "VIII", "Región del Biobío", "Región del Biobío (VIII)", "Biobío"], "06"),
        ("CL-AR", ["09", "IX", "Región de La Araucanía", "Región de La Araucanía (IX)", "Araucanía", "La Araucanía"], "04"),
        ("CL-LR", ["14", "XIV", "Región de Los Ríos", "Región de Los Ríos (XIV)", "Los Ríos"], "17"),
        ("CL-LL", ["10", "X", "Región de Los Lagos", "Región de Los Lagos (X)", "Los Lagos"], "14"),
        ("CL-AI", ["11", "XI", "Región de Aysén del General Carlos Ibáñez del Campo",
                   "Región de Aysén del General Carlos Ibáñez del Campo (XI)", "Aysén", "Aisén del General Carlos Ibañez del Campo"], "02"),
        ("CL-MA", ["12", "XII", "Región de Magallanes y de la Antártica Chilena", "Región de Magallanes y la Antártica Chilena (XII)",
                   "Magallanes"], "10"),
    ]

    @Test(arguments: sixteen)
    func `each region is found by every way that shops write it`(code: String, spellings: [String], fips: String) {
        for spelling in spellings + [code, String(code.suffix(2)), code.lowercased()] {
            #expect(AddressNormaliser.chileanRegion(spelling) == code, "\(spelling)")
            #expect(AddressNormaliser.chileanRegion(spelling.uppercased()) == code, "\(spelling) in capitals")
            #expect(AddressNormaliser.chileanRegion(spelling.decomposedStringWithCanonicalMapping) == code, "\(spelling) decomposed")
        }
        #expect(AddressNormaliser.chileanRegion(fips, numbers: .fips) == code)
    }

    @Test func `no alias of the table belongs to two regions`() {
        let rows = AddressTables.rows(PackageResources.cl_regions_csv, columns: 5)
        #expect(rows.count == 16)
        #expect(Set(rows.map { $0[0] }).count == 16)
        for row in rows {
            for alias in [row[0], row[1], row[2]] + AddressTables.list(row[3]) where !alias.hasPrefix("fips:") {
                #expect(AddressNormaliser.chileanRegion(alias) == row[0], "\(alias)")
            }
        }
    }
}

@Suite struct `Comunas of Chile` {
    @Test(arguments: [
        ("Ñuñoa", "13120", "CL-RM"), ("NUNOA", "13120", "CL-RM"), ("N\u{0303}un\u{0303}oa", "13120", "CL-RM"), ("Vitacura",
        "13132", "CL-RM"),
        ("Comuna de Maipú", "13119", "CL-RM"), ("MUNICIPALIDAD DE MAIPU", "13119", "CL-RM"), ("Calera De Tango", "13403", "CL-RM"),
        ("Chicureo", "13301", "CL-RM"), ("Centro de Ski - Farellones", "13115", "CL-RM"), ("San Pedro", "13505", "CL-RM"),
        ("San Pedro de la Paz", "08108", "CL-BI"), ("San Pedro de Atacama", "02203", "CL-AN"), ("Llay-Llay", "05703", "CL-VS"),
        ("La Calera", "05502", "CL-VS"), ("Coyhaique", "11101", "CL-AI"), ("O\u{2019}Higgins", "11302", "CL-AI"), ("Los Lagos",
        "14104", "CL-LR"),
        ("Stgo Centro", "13101", "CL-RM"), ("Paihuano", "04105", "CL-CO"), ("Aysén", "11201", "CL-AI"), ("Marchigüe", "06204", "CL-LI"),
        ("Trehuaco", "16207", "CL-NB"), ("Puerto Saavedra", "09116", "CL-AR"), ("Puerto Natales", "12401", "CL-MA"), ("Isla de Pascua",
        "05201", "CL-VS"),
    ])
    func `a comuna's whole name determines its code and region`(text: String, code: String, region: String) throws {
        let comuna = try #require(AddressNormaliser.chileanComuna(text))
        #expect(comuna.code == code)
        #expect(comuna.regionCode == region)
    }

    @Test(arguments: ["Caleta Hornos", "Morrillos", "Playa Blanca", "Puerto Velero", "Lago Rapel", "Recinto", "Calafquen", "Corralco",
                      "Lago Colico",
                      "Malalcahuello", "El Islote", "Ensenada", "Marina Rupanco", "San Ped", "San Pedro de", "", "Las Conde", "13120"])
    func `a place that is no comuna stays unknown`(text: String) {
        #expect(AddressNormaliser.chileanComuna(text) == nil)
    }

    @Test func `all 346 comunas and their aliases resolve to themselves`() {
        let rows = AddressTables.rows(PackageResources.cl_comunas_csv, columns: 6)
        #expect(rows.count == 346)
        #expect(Set(rows.map { $0[0] }).count == 346)
        for row in rows {
            let written = [row[1], row[1].uppercased(), "Comuna de " + row[1], row[1].decomposedStringWithCanonicalMapping]
            for name in written + AddressTables.list(row[4]) {
                #expect(AddressNormaliser.chileanComuna(name)?.code == row[0], "\(name)")
            }
        }
    }

    @Test(arguments: [("CL-RM", 52), ("CL-VS", 38), ("CL-LI", 33), ("CL-BI", 33), ("CL-AR", 32), ("CL-ML", 30), ("CL-LL", 30),
                      ("CL-NB", 21),
                      ("CL-CO", 15), ("CL-LR", 12), ("CL-MA", 11), ("CL-AI", 10), ("CL-AN", 9), ("CL-AT", 9), ("CL-TA", 7), ("CL-AP", 4)])
    func `each region has its number of comunas`(region: String, count: Int) {
        #expect(AddressNormaliser.chileanComunas.count { $0.regionCode == region } == count)
    }

    @Test func `the code of every comuna starts with the number of its region`() {
        for comuna in AddressNormaliser.chileanComunas {
            #expect(AddressNormaliser.chileanRegion(String(comuna.code.prefix(2))) == comuna.regionCode, "\(comuna.name)")
        }
    }

    @Test func `every comuna's postcode leads back to its region, and only Pinto's to two`() {
        for comuna in AddressNormaliser.chileanComunas {
            let expected = comuna.name == "Pinto" ? ["CL-NB", "CL-BI"] : [comuna.regionCode]
            #expect(AddressNormaliser.chileanRegions(postcode: comuna.postcode) == expected, "\(comuna.name)")
        }
    }

    @Test(arguments: [("7500000", ["CL-RM"]), ("750 0000", ["CL-RM"]), ("750-0000", ["CL-RM"]), ("2770000", ["CL-VS"]), ("3880000",
                      ["CL-NB", "CL-BI"]),
                      ("3730000", []), ("4070000", []), ("750000", []), ("75000000", []), ("abcdefg", []), ("", [])])
    func `a postcode suggests regions, and a gap suggests none`(postcode: String, expected: [String]) {
        #expect(AddressNormaliser.chileanRegions(postcode: postcode) == expected)
    }
}
