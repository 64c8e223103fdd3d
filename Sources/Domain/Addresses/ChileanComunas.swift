/// One of the 346 comunas: what carriers in Chile price by. Its name alone determines its region.
package struct Comuna: Sendable, Hashable {
    /// The CUT code: five digits, region, provincia, comuna.
    package let code: String
    /// The official spelling; usage differs for some (Coihaique, Calera), and those spellings are found too.
    package let name: String
    /// ISO 3166-2.
    package let regionCode: String
    package let provincia: String
    /// The one code that checkouts make up for the whole comuna.
    package let postcode: String
}

/// The comunas by name (platforms/addresses-cl-th.md §1.5). Only whole folded names count: San Pedro is not San Pedro de la Paz.
struct ChileanComunas: Sendable {
    static let table = ChileanComunas(csv: PackageResources.cl_comunas_csv)

    let all: [Comuna]
    private var byText: [String: Comuna] = [:]

    init(csv: [UInt8]) {
        let rows = AddressTables.rows(csv, columns: 6)
        all = rows.map { Comuna(code: $0[0], name: $0[1], regionCode: $0[2], provincia: $0[3], postcode: $0[5]) }
        for (comuna, row) in zip(all, rows) {
            for spelling in [row[1]] + AddressTables.list(row[4]) {
                byText[spelling] = comuna
                byText[ChileanFolding.fold(spelling)] = comuna
            }
        }
    }

    func lookUp(_ text: String) -> Comuna? {
        if let known = byText[text] { return known }
        let folded = ChileanFolding.fold(text)
        if let known = byText[folded] { return known }
        for introduction in ["comuna de ", "municipalidad de ", "ciudad de "] where folded.hasPrefix(introduction) {
            return byText[String(folded.dropFirst(introduction.count))]
        }
        return nil
    }

    /// True for the words that mean the comuna, the city or the whole region alike (§1.4).
    static func isVagueSantiago(_ text: String) -> Bool {
        ["santiago", "stgo", "santiago de chile", "ciudad de santiago"].contains(ChileanFolding.fold(text))
    }
}
