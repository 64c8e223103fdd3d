/// A country whose buyers the simulators imitate.
package enum SampleCountry: String, Sendable, CaseIterable {
    case thailand = "TH", chile = "CL", spain = "ES", unitedKingdom = "GB"

    /// ISO 3166-1 alpha-2.
    package var code: String { rawValue }

    package var currency: String {
        switch self {
        case .thailand: "THB"
        case .chile: "CLP"
        case .spain: "EUR"
        case .unitedKingdom: "GBP"
        }
    }

    /// Decimals of `currency`.
    package var currencyDecimals: Int { self == .chile ? 0 : 2 }

    package var language: String {
        switch self {
        case .thailand: "th"
        case .chile, .spain: "es"
        case .unitedKingdom: "en"
        }
    }
}

/// A real place: its subdistrict, district, province and postcode belong together.
package struct SamplePlace: Sendable, Equatable {
    package var country: SampleCountry
    /// Empty outside Thailand.
    package var subdistrict: String
    /// Amphoe or khet in Thailand, comuna in Chile, empty elsewhere.
    package var district: String
    package var city: String
    package var province: String
    /// ISO 3166-2 with its country: `TH-10`, `CL-RM`, `ES-M`, `GB-ENG`.
    package var provinceCode: String
    package var postcode: String
}

extension SamplePlace {
    package static let silom = SamplePlace(
        country: .thailand, subdistrict: "สีลม", district: "บางรัก", city: "", province: "กรุงเทพมหานคร", provinceCode: "TH-10", postcode: "10500")

    package static func all(in country: SampleCountry) -> [SamplePlace] {
        switch country {
        case .thailand: thailand
        case .chile: chile
        case .spain: spain
        case .unitedKingdom: unitedKingdom
        }
    }

    private static let thailand: [SamplePlace] = [
        ("สีลม", "บางรัก", "กรุงเทพมหานคร", "TH-10", "10500"), ("หัวหมาก", "บางกะปิ", "กรุงเทพมหานคร", "TH-10", "10240"),
        ("ลาดยาว", "จตุจักร", "กรุงเทพมหานคร", "TH-10", "10900"), ("คลองเตยเหนือ", "วัฒนา", "กรุงเทพมหานคร", "TH-10", "10110"),
        ("ลุมพินี", "ปทุมวัน", "กรุงเทพมหานคร", "TH-10", "10330"), ("บางพลีใหญ่", "บางพลี", "สมุทรปราการ", "TH-11", "10540"),
        ("ปากเกร็ด", "ปากเกร็ด", "นนทบุรี", "TH-12", "11120"), ("ประชาธิปัตย์", "ธัญบุรี", "ปทุมธานี", "TH-13", "12130"),
        ("หนองปรือ", "บางละมุง", "ชลบุรี", "TH-20", "20150"), ("ในเมือง", "เมืองนครราชสีมา", "นครราชสีมา", "TH-30", "30000"),
        ("ในเมือง", "เมืองอุบลราชธานี", "อุบลราชธานี", "TH-34", "34000"), ("ในเมือง", "เมืองขอนแก่น", "ขอนแก่น", "TH-40", "40000"),
        ("สุเทพ", "เมืองเชียงใหม่", "เชียงใหม่", "TH-50", "50200"), ("ป่าเมี่ยง", "ดอยสะเก็ด", "เชียงใหม่", "TH-50", "50220"),
        ("ตลาดใหญ่", "เมืองภูเก็ต", "ภูเก็ต", "TH-83", "83000"), ("บ่อผุด", "เกาะสมุย", "สุราษฎร์ธานี", "TH-84", "84320"),
        ("หาดใหญ่", "หาดใหญ่", "สงขลา", "TH-90", "90110"),
    ].map { SamplePlace(country: .thailand, subdistrict: $0.0, district: $0.1, city: "", province: $0.2, provinceCode: $0.3, postcode: $0.4) }

    private static let chile: [SamplePlace] = [
        ("Santiago", "Región Metropolitana de Santiago", "CL-RM", "8320000"), ("Providencia", "Región Metropolitana de Santiago", "CL-RM", "7500000"),
        ("Las Condes", "Región Metropolitana de Santiago", "CL-RM", "7550000"), ("Maipú", "Región Metropolitana de Santiago", "CL-RM", "9250000"),
        ("Valparaíso", "Región de Valparaíso", "CL-VS", "2340000"), ("Viña del Mar", "Región de Valparaíso", "CL-VS", "2520000"),
        ("Concepción", "Región del Biobío", "CL-BI", "4030000"), ("Temuco", "Región de La Araucanía", "CL-AR", "4780000"),
        ("Puerto Montt", "Región de Los Lagos", "CL-LL", "5480000"), ("La Serena", "Región de Coquimbo", "CL-CO", "1700000"),
        ("Antofagasta", "Región de Antofagasta", "CL-AN", "1240000"),
        ("Punta Arenas", "Región de Magallanes y de la Antártica Chilena", "CL-MA", "6200000"),
    ].map { SamplePlace(country: .chile, subdistrict: "", district: $0.0, city: $0.0, province: $0.1, provinceCode: $0.2, postcode: $0.3) }

    private static let spain: [SamplePlace] = [
        ("Madrid", "Madrid", "ES-M", "28013"), ("Barcelona", "Barcelona", "ES-B", "08002"), ("Valencia", "Valencia", "ES-V", "46001"),
        ("Sevilla", "Sevilla", "ES-SE", "41001"), ("Bilbao", "Vizcaya", "ES-BI", "48001"), ("Málaga", "Málaga", "ES-MA", "29015"),
        ("A Coruña", "A Coruña", "ES-C", "15001"), ("Palma", "Baleares", "ES-PM", "07001"),
    ].map { SamplePlace(country: .spain, subdistrict: "", district: "", city: $0.0, province: $0.1, provinceCode: $0.2, postcode: $0.3) }

    private static let unitedKingdom: [SamplePlace] = [
        ("London", "England", "GB-ENG", "N1 9GU"), ("Manchester", "England", "GB-ENG", "M1 1AE"), ("Bristol", "England", "GB-ENG", "BS1 4ST"),
        ("Edinburgh", "Scotland", "GB-SCT", "EH1 1YZ"), ("Cardiff", "Wales", "GB-WLS", "CF10 1EP"), ("Belfast", "Northern Ireland", "GB-NIR", "BT1 5GS"),
    ].map { SamplePlace(country: .unitedKingdom, subdistrict: "", district: "", city: $0.0, province: $0.1, provinceCode: $0.2, postcode: $0.3) }
}
