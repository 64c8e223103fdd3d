package import Domain

/// What a carrier asks for a parcel, by destination and weight, as a channel's setting says it: one statement a line or after a semicolon (docs/rules.md shows them all).
///
/// A band is postcode beginnings, provinces (`TH-50`), zones or `*`, the heaviest weight in grams, the price: `10,11,12 1000 35`. The longest beginning that fits decides the place, else the
/// province, else `*`; there the lightest band that carries the parcel.
package struct RateTable: Sendable, Equatable {
    package struct Band: Sendable, Equatable {
        /// Of postcodes, or a whole province's code; empty: everywhere else.
        package var prefix: String, maximumGrams: Int, priceMinor: Int64
        /// nil: of the table's only service.
        package var service: String?
    }
    /// What collecting money costs: a sum, hundredths of a percent of the amount, and what it is at least.
    package struct CODFee: Sendable, Equatable {
        package var flatMinor: Int64 = 0, basisPoints: Int64 = 0, minimumMinor: Int64 = 0
    }
    /// What the carrier does not go beyond; nil: nothing is said of it.
    package struct Limits: Sendable, Equatable {
        package var grams: Int?, codMinor: Int64?, longestSide: Int?, threeSides: Int?
    }
    package let bands: [Band]
    /// Services in the order of the text; empty: the table names none.
    package let services: [String]
    package let codFee: CODFee
    package let takesCOD: Bool
    package let fuelBasisPoints: Int64
    package let limits: Limits
    /// ISO 3166-1; empty: whatever the postcodes say.
    package let countries: Set<String>
    private let places: [String: [Band]]
    private let unserved: Set<String>

    static let maximumLines = 2000

    package enum Fault: HubError, Equatable {
        /// What is wrong there and what to write instead.
        case line(Int, String)
        case tooManyLines

        package var code: String { "bad_price_list" }
        package var sentence: String {
            switch self {
            case .line(let number, let words): "Line \(number) of the price list: \(words)."
            case .tooManyLines: "The price list has more than \(RateTable.maximumLines) lines. Gather postcodes with one price in one line: 81,82,83 1000 60."
            }
        }
        package var failureClass: FailureClass { .rejected }
    }

    /// - Throws: the first line that cannot be read, counted from 1.
    package init(_ text: String, currency: Currency) throws(Fault) {
        var parser = RateTableParser(currency: currency)
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: { $0.isNewline || $0 == ";" }).enumerated() {
            guard index < Self.maximumLines else { throw .tooManyLines }
            do { try parser.read(line) } catch { throw .line(index + 1, error.words) }
        }
        bands = parser.bands.values.sorted { ($0.service ?? "", $0.prefix, $0.maximumGrams) < ($1.service ?? "", $1.prefix, $1.maximumGrams) }
        services = parser.services
        (codFee, takesCOD, fuelBasisPoints, limits, countries, unserved) = (parser.codFee ?? CODFee(), parser.takesCOD, parser.fuel ?? 0, parser.limits, parser.countries, parser.unserved)
        places = Dictionary(grouping: bands, by: \.prefix)
    }

    /// Reads a text for its mistakes only: amounts may have as many decimals as any currency has.
    package static func check(_ text: String) throws(Fault) { _ = try RateTable(text, currency: Currency("CLF") ?? .thb) }

    /// The bands of the place that a destination is in, the lightest first; nil: the carrier does not go there.
    func bands(postcode: String?, province: String?, service: String?) -> [Band]? {
        let code = postcode ?? ""
        for length in stride(from: code.count, to: 0, by: -1) {
            let beginning = String(code.prefix(length))
            if unserved.contains(beginning) { return nil }
            if let found = bands(at: beginning, of: service) { return found }
        }
        for place in [province ?? "", ""] {
            if unserved.contains(place) { return nil }
            if let found = bands(at: place, of: service) { return found }
        }
        return nil
    }

    /// Bands of the wanted service; those without a service are everyone's where the table has none of that name.
    private func bands(at place: String, of service: String?) -> [Band]? {
        guard let all = places[place] else { return nil }
        let name = service.flatMap(known)
        let found = all.filter { $0.service == name }
        return found.isEmpty ? nil : found
    }

    /// A service's name as the table writes it; nil: it names no such service.
    func known(_ service: String) -> String? { services.first { $0.lowercased() == service.lowercased() } }
    /// Whether there are prices that hold for no named service only.
    var hasGeneralPrices: Bool { bands.contains { $0.service == nil } }
}
