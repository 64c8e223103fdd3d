import Domain

/// The six countries, each with its own host, money and clock (platforms/lazada.md §1): the host chooses the country.
enum Market: String, Sendable, CaseIterable {
    case th, sg, my, vn, ph, id

    var defaultBaseURL: String {
        switch self {
        case .th: "https://api.lazada.co.th/rest"
        case .sg: "https://api.lazada.sg/rest"
        case .my: "https://api.lazada.com.my/rest"
        case .vn: "https://api.lazada.vn/rest"
        case .ph: "https://api.lazada.com.ph/rest"
        case .id: "https://api.lazada.co.id/rest"
        }
    }

    /// For items that name no currency.
    var currencyCode: String {
        switch self {
        case .th: "THB"
        case .sg: "SGD"
        case .my: "MYR"
        case .vn: "VND"
        case .ph: "PHP"
        case .id: "IDR"
        }
    }

    /// Hours east of UTC in which times are written to the platform; any would do, this one is what its people read.
    var hoursEast: Int64 {
        switch self {
        case .th, .vn, .id: 7
        case .sg, .my, .ph: 8
        }
    }

    var countryCode: String { rawValue.uppercased() }

    /// Addresses name the country in English (§4.2).
    private static let names: [String: String] = [
        "thailand": "TH", "singapore": "SG", "malaysia": "MY", "vietnam": "VN", "viet nam": "VN", "philippines": "PH", "the philippines": "PH", "indonesia": "ID",
    ]

    /// The code for an English name; two letters are taken for a code; any other word is passed on as it is, for a person.
    static func countryCode(named name: String) -> String {
        if let known = names[name.lowercased()] { return known }
        return name.utf8.count == 2 ? name.uppercased() : name
    }

    /// `lazada_th`, `LAZADA_SG`, `lazada-sg` (§3.2); nil for another site.
    init?(site: String) {
        let words = site.lowercased().split { $0 == "_" || $0 == "-" }
        guard words.count == 2, words[0] == "lazada" else { return nil }
        self.init(rawValue: String(words[1]))
    }
}
