import Connect
import Domain

/// The settings of one shop, read once and refused as a whole when one of them is malformed.
struct WooCommerceSettings: Sendable {
    enum Authentication: String, CaseIterable, Sendable { case auto, basic, query, oauth1 }
    enum Permalinks: String, CaseIterable, Sendable { case auto, pretty, plain }
    enum Tracking: String, CaseIterable, Sendable { case auto, shipmentTracking, ast, meta, note }
    enum CompletedMeans: String, CaseIterable, Sendable { case inTransit, delivered }

    let site: SiteAddress
    /// What the shop calls itself: OAuth signatures and webhook sources are made of it.
    let home: SiteAddress
    /// Whether a person set `homeURL`: then it also decides the scheme that is signed.
    let homeIsGiven: Bool
    /// nil: the shop has not handed them over yet.
    let keys: ConsumerKeys?
    let webhookSecret: String?
    let authentication: Authentication
    let permalinks: Permalinks
    let statusMap: [String: StatusMeaning]
    let completedMeans: Fulfilment
    let tracking: Tracking
    let codMethods: Set<String>

    init(_ settings: ChannelSettings) throws(ConnectorError) {
        let site = try Self.address("url", of: try settings.required("url"))
        self.site = site
        if let home = settings.optional("homeURL") {
            self.home = try Self.address("homeURL", of: home)
            homeIsGiven = true
        } else {
            home = site
            homeIsGiven = false
        }
        keys = switch (settings.optional(ConsumerKeys.keySetting), settings.optional(ConsumerKeys.secretSetting)) {
        case (let key?, let secret?): ConsumerKeys(key: key, secret: secret)
        case (nil, nil): nil
        case (_?, nil): throw .misconfigured(setting: ConsumerKeys.secretSetting, problem: "is missing beside the key")
        case (nil, _?): throw .misconfigured(setting: ConsumerKeys.keySetting, problem: "is missing beside its secret")
        }
        webhookSecret = settings.optional("webhookSecret")
        authentication = try Self.choice("authentication", of: settings, default: .auto)
        permalinks = try Self.choice("permalinks", of: settings, default: .auto)
        let completed: CompletedMeans = try Self.choice("completedMeans", of: settings, default: .inTransit)
        completedMeans = completed == .delivered ? .delivered : .inTransit
        tracking = try Self.choice("tracking", of: settings, default: .auto)
        codMethods = Set(settings.list("codMethods").map { $0.trimmingSpaces.lowercased() })
        statusMap = try StatusTable.overrides(settings.list("statusMap"))
    }

    private static func address(_ key: String, of text: String) throws(ConnectorError) -> SiteAddress {
        guard let address = SiteAddress(text) else {
            throw .misconfigured(setting: key, problem: "must be an address such as https://shop.example or https://shop.example/store")
        }
        return address
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of settings: ChannelSettings, default fallback: Choice
    ) throws(ConnectorError) -> Choice where Choice.RawValue == String {
        guard let word = settings.optional(key) else { return fallback }
        guard let choice = Choice.allCases.first(where: { $0.rawValue.lowercased() == word.lowercased() }) else {
            throw .misconfigured(setting: key, problem: "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }
}

/// `ck_…` and `cs_…`; a description never shows them.
struct ConsumerKeys: Sendable, Equatable, CustomStringConvertible {
    static let keySetting = "consumerKey", secretSetting = "consumerSecret"
    let key: String, secret: String
    var description: String { "ConsumerKeys(…)" }
}
