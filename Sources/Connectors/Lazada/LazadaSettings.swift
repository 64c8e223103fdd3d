import Connect
import Domain

/// The settings of one seller account, read once and refused as a whole when one of them is malformed.
struct LazadaSettings: Sendable {
    static let defaultAuthURL = "https://auth.lazada.com/rest", defaultConsentURL = "https://auth.lazada.com/oauth/authorize"
    static let sellerIDKey = "sellerID"

    let app: AppKeys
    let market: Market
    let sellerID: String?
    let baseURL: String
    let authURL: String
    let consentURL: String
    let cancelReasonID: String?

    init(_ settings: ChannelSettings) throws(ConnectorError) {
        app = AppKeys(key: try settings.required("appKey"), secret: try settings.required("appSecret"))
        let country = settings.optional("country")?.lowercased() ?? Market.th.rawValue
        guard let market = Market(rawValue: country) else {
            throw .misconfigured(setting: "country", problem: "must be one of \(Market.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.market = market
        sellerID = settings.optional(Self.sellerIDKey)
        if let sellerID, !Self.isSellerID(sellerID) { throw .misconfigured(setting: Self.sellerIDKey, problem: "must be the seller's number, letters and digits only") }
        baseURL = try Self.address("baseURL", of: settings, default: market.defaultBaseURL)
        authURL = try Self.address("authURL", of: settings, default: Self.defaultAuthURL)
        consentURL = try Self.address("consentURL", of: settings, default: Self.defaultConsentURL)
        cancelReasonID = settings.optional("cancelReasonID")
    }

    /// It becomes a part of ids, between colons.
    static func isSellerID(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) }
    }

    private static func address(_ key: String, of settings: ChannelSettings, default fallback: String) throws(ConnectorError) -> String {
        var text = settings.optional(key) ?? fallback
        while text.hasSuffix("/") { text.removeLast() }
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), !text.contains("?"), !text.contains(" ") else {
            throw .misconfigured(setting: key, problem: "must be an address such as \(fallback)")
        }
        return text
    }
}

/// The app's key and secret; a description never shows them.
struct AppKeys: Sendable, Equatable, CustomStringConvertible {
    let key: String, secret: String
    var description: String { "AppKeys(…)" }
}

extension LazadaConnector {
    /// `{country}:{seller_id}:{order_id}` (§5).
    func externalID(ofOrder id: String) throws(ConnectorError) -> ExternalID {
        guard let sellerID = settings.sellerID else {
            throw .misconfigured(setting: LazadaSettings.sellerIDKey, problem: "is not known yet: let the seller agree, or enter the seller's number")
        }
        return "\(settings.market.rawValue):\(sellerID):\(id)"
    }

    /// The platform's own number out of our id; a bare number is taken as an order of this seller.
    ///
    /// - Throws: `.refused("not_found")` for an order of another country or seller, and for what is no order number: it never becomes part of a call.
    func orderNumber(_ externalID: ExternalID) throws(ConnectorError) -> String {
        let parts = externalID.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let isOurs = switch parts.count {
        case 1: true
        case 3: parts[0] == settings.market.rawValue && (settings.sellerID == nil || parts[1] == settings.sellerID)
        default: false
        }
        guard isOurs, let number = parts.last, PlatformID.isNumber(number) else {
            throw .refused(platformCode: "not_found", platformMessage: "\(externalID.cut(80)) is no order of this seller")
        }
        return number
    }
}

/// Ids of orders, items and packages' orders: whole numbers of up to 64 bits (§1), kept as text.
enum PlatformID {
    static func isNumber(_ text: String) -> Bool {
        guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int64(text) else { return false }
        return value > 0
    }
}
