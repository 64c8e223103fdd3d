import Foundation

/// Which way of authorising the simulated app has (platforms/shopify.md §2.1).
package enum TokenMode: String, Sendable, Codable, CaseIterable {
    /// A legacy custom app of the shop's admin: one token copied by hand, no OAuth.
    case staticToken
    /// The code grant; `expiring` in the exchange decides between a permanent token and a 60-minute one with a refresh token.
    case authorizationCode
    /// App and shop in one organisation: 24-hour tokens for id and secret, nothing to refresh.
    case clientCredentials
}

/// Tokens, secrets and scopes of the one app this shop knows.
struct AccessState: Sendable, Codable {
    struct Token: Sendable, Codable {
        /// nil never expires.
        var expiresAt: Int64?
        var scopes: [String]
    }
    struct RefreshToken: Sendable, Codable {
        var expiresAt: Int64
        var scopes: [String]
        var accessToken: String
        var firstUsedAt: Int64?
        /// The token this one replaced; using this one ends that one.
        var predecessor: String?
    }
    struct Code: Sendable, Codable {
        var scopes: [String]
        var expiresAt: Int64
    }

    var isInstalled = true
    var hasProtectedDataApproval = true
    var secret = ""
    /// Still in use for webhooks and OAuth until then (platforms/shopify.md §2.6).
    var previousSecret: (String, until: Int64)? {
        get { previousSecretText.map { ($0, previousSecretUntil) } }
        set { (previousSecretText, previousSecretUntil) = (newValue?.0, newValue?.until ?? 0) }
    }
    private var previousSecretText: String?
    private var previousSecretUntil: Int64 = 0
    var tokens: [String: Token] = [:]
    var refreshTokens: [String: RefreshToken] = [:]
    var codes: [String: Code] = [:]
    /// Traded permanent tokens and the pair they gave: the same exchange may be repeated (platforms/shopify.md §2.3).
    var traded: [String: TokenAnswer] = [:]

    func accepts(secret given: String, at now: Int64) -> Bool {
        if given == secret { return true }
        guard let (old, until) = previousSecret else { return false }
        return given == old && now < until
    }

    /// The scopes of a token that is good now.
    func scopes(of token: String, at now: Int64) -> [String]? {
        guard isInstalled, let entry = tokens[token], entry.expiresAt.map({ now < $0 }) ?? true else { return nil }
        return entry.scopes
    }

    mutating func uninstall() {
        isInstalled = false
        tokens = [:]
        refreshTokens = [:]
        codes = [:]
        traded = [:]
    }
}

struct TokenAnswer: Sendable, Codable {
    var accessToken: String
    var scopes: [String]
    var expiresIn: Int64?
    var refreshToken: String?
    var refreshExpiresIn: Int64?

    var json: JSONNode {
        var members: JSONNode = ["access_token": .text(accessToken), "scope": .text(scopes.joined(separator: ","))]
        if let expiresIn { members = members.appending("expires_in", .integer(expiresIn)) }
        if let refreshToken, let refreshExpiresIn {
            members = members.appending("refresh_token", .text(refreshToken)).appending(
                "refresh_token_expires_in", .integer(refreshExpiresIn))
        }
        return members
    }
}

/// Why a token was not given out.
struct OAuthRefusal: Error, Equatable {
    var error: String
    var description: String
    /// Some refusals are an HTML page (platforms/shopify.md §2.2).
    var isPage = false

    static func invalidRequest(_ description: String) -> Self { .init(error: "invalid_request", description: description) }
    static let appNotInstalled = Self(error: "app_not_installed", description: "Oauth error app_not_installed", isPage: true)
    static let shopNotPermitted = Self(error: "shop_not_permitted", description: "Oauth error shop_not_permitted", isPage: true)
    static let invalidClient = Self(error: "invalid_client", description: "Client authentication failed")
}
