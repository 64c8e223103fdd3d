import Connect
import Crypto
import Domain
import Foundation

/// A Shopify channel's settings, read once and checked.
struct ShopifySettings: Sendable {
    static let defaultAPIVersion = "2026-10"

    /// How the channel comes by its access token (platforms/shopify.md §2.1).
    enum Grant: String, Sendable, CaseIterable { case `static`, clientCredentials, code }

    let shop: String
    /// `https://{shop}` or what a test put in its place; no final slash.
    let baseURL: String
    let apiVersion: String
    let grant: Grant
    let clientID: String?
    let clientSecret: String?
    let accessToken: String?
    let accessTokenExpiresAt: Timestamp?
    let refreshToken: String?
    let refreshTokenExpiresAt: Timestamp?
    /// What a webhook may be signed with: the secret, the one before it, and the key of webhooks made by hand (§2.6, §3.1).
    let webhookKeys: [SymmetricKey]
    let codGateways: CashOnDeliveryNames
    let includesTestOrders: Bool
    let fetchesAfterWebhook: Bool
    let notifiesCustomer: Bool
    let refundsOnCancel: Bool
    let restocksOnCancel: Bool

    init(_ values: ChannelSettings) throws(ConnectorError) {
        let shop = try values.required("shop").lowercased()
        guard ShopifyOAuth.isShopName(shop) else { throw .misconfigured(setting: "shop", problem: "must be a name like my-shop.myshopify.com") }
        self.shop = shop
        baseURL = try Self.address(values.optional("baseURL")) ?? "https://\(shop)"
        apiVersion = values.optional("apiVersion") ?? Self.defaultAPIVersion
        guard Self.isVersionName(apiVersion) else { throw .misconfigured(setting: "apiVersion", problem: "must be a quarter's name like \(Self.defaultAPIVersion)") }
        clientID = values.optional("clientID")
        clientSecret = values.optional("clientSecret")
        accessToken = values.optional("accessToken")
        refreshToken = values.optional("refreshToken")
        accessTokenExpiresAt = try Self.time(values, "accessTokenExpiresAt")
        refreshTokenExpiresAt = try Self.time(values, "refreshTokenExpiresAt")
        grant = try Self.grant(values)
        webhookKeys = [clientSecret, values.optional("previousClientSecret"), values.optional("webhookSecret")].compactMap { $0.map { SymmetricKey(data: Array($0.utf8)) } }
        codGateways = CashOnDeliveryNames(listed: values.list("codGateways"))
        includesTestOrders = try values.flag("includeTestOrders")
        fetchesAfterWebhook = try values.flag("fetchAfterWebhook")
        notifiesCustomer = try values.flag("notifyCustomer", default: true)
        refundsOnCancel = try values.flag("refundOnCancel")
        restocksOnCancel = try values.flag("restockOnCancel", default: true)
    }

    /// The grant that is set, or the one that the other settings imply; its own needs are checked here, so that a channel fails when it is made.
    private static func grant(_ values: ChannelSettings) throws(ConnectorError) -> Grant {
        guard let word = values.optional("grant") else {
            if values.optional("refreshToken") != nil { return .code }
            if values.optional("clientID") != nil, values.optional("clientSecret") != nil, values.optional("accessToken") == nil { return .clientCredentials }
            return .static
        }
        guard let grant = Grant(rawValue: word) else { throw .misconfigured(setting: "grant", problem: "must be static, clientCredentials or code") }
        switch grant {
        case .static: _ = try values.required("accessToken")
        case .clientCredentials, .code:
            _ = try values.required("clientID")
            _ = try values.required("clientSecret")
        }
        return grant
    }

    private static func time(_ values: ChannelSettings, _ key: String) throws(ConnectorError) -> Timestamp? {
        guard let text = values.optional(key) else { return nil }
        guard let time = Timestamp(rfc3339: text) else { throw .misconfigured(setting: key, problem: "must be a time like 2026-11-06T03:12:44Z") }
        return time
    }

    private static func address(_ text: String?) throws(ConnectorError) -> String? {
        guard var text else { return nil }
        while text.hasSuffix("/") { text.removeLast() }
        guard text.hasPrefix("https://") || text.hasPrefix("http://") else { throw .misconfigured(setting: "baseURL", problem: "must begin with https:// or http://") }
        return text
    }

    private static func isVersionName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        if text == "unstable" { return true }
        return bytes.count == 7 && bytes[4] == UInt8(ascii: "-") && bytes.enumerated().allSatisfy { $0.offset == 4 || (48...57).contains($0.element) }
    }
}

/// Which gateway names mean cash on delivery. Shopify has no flag for it (§5, §9 no. 11): the merchant's list decides, or a built-in one.
struct CashOnDeliveryNames: Sendable, Equatable {
    /// Lower case; empty: the built-in rule.
    let listed: Set<String>
    init(listed: [String]) { self.listed = Set(listed.map { $0.lowercased() }) }

    func matches(_ gateway: String) -> Bool {
        let name = gateway.lowercased()
        if !listed.isEmpty { return listed.contains(name) }
        if name.contains("cash on delivery") || name.contains("cash_on_delivery") || name.contains("เก็บเงินปลายทาง") { return true }
        return name.split { !$0.isLetter }.contains("cod")
    }
}
