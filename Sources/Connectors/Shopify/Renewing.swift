package import Connect
import Crypto
import Domain
import Foundation

/// How the hub comes by the channel's next access token (platforms/shopify.md §2.3, §2.4). A static token has no end and no next one.
extension ShopifyConnector: RefreshesTokens {
    /// An hour's token is renewed five minutes before its end. After a lost answer the old refresh token is good for another try (§2.3).
    package static let refreshPolicy = RefreshPolicy(ahead: .seconds(300), isSingleUse: false, startsFromSettings: true)

    package func refreshToken(_ credential: Credential?, grant: String) async throws(ConnectorError) -> Credential {
        switch settings.grant {
        case .static: throw .refused(platformCode: "static_token", platformMessage: "the channel's token was made by hand and is never renewed")
        case .clientCredentials:
            let (id, secret) = try application()
            return try await token(ShopifyOAuth.clientCredentialsRequest(address: settings.baseURL, clientID: id, clientSecret: secret), after: credential, grant)
        case .code: return try await nextOfPair(credential, grant)
        }
    }

    private func nextOfPair(_ credential: Credential?, _ grant: String) async throws(ConnectorError) -> Credential {
        let start = startOfPair
        // What was typed in after the pair that stands takes its place.
        let standing = credential.flatMap { $0.details[Self.startKey] == start ? $0 : nil }
        if standing == nil, let accessToken = settings.accessToken, settings.accessTokenExpiresAt.map({ context.now() + Self.freshFor < $0 }) == true, credential?.accessToken != accessToken {
            return Credential(grant: grant, accessToken: accessToken, refreshToken: settings.refreshToken, accessExpiresAt: settings.accessTokenExpiresAt, refreshExpiresAt: settings.refreshTokenExpiresAt,
                              accountID: settings.shop, issuedAt: context.now(), details: [Self.startKey: start])
        }
        guard let refreshToken = standing?.refreshToken ?? settings.refreshToken else {
            throw standing == nil ? .consentAwaited : .unauthorised(reason: "there is no refresh token: the merchant has to authorise the app")
        }
        if let end = standing == nil ? settings.refreshTokenExpiresAt : standing?.refreshExpiresAt, end <= context.now() {
            throw .unauthorised(reason: "the refresh token lapsed on \(end): the merchant has to authorise the app")
        }
        let (id, secret) = try application()
        return try await token(ShopifyOAuth.refreshRequest(address: settings.baseURL, clientID: id, clientSecret: secret, refreshToken: refreshToken), after: standing, grant)
    }

    private func token(_ request: PlatformRequest, after standing: Credential?, _ grant: String) async throws(ConnectorError) -> Credential {
        let now = context.now(), brought = try ShopifyOAuth.grant(from: try await context.http.send(request), now: now)
        // An answer without a refresh token says nothing of the earlier one.
        let isNewPair = brought.refreshToken != nil
        let kept = settings.grant == .code ? standing?.refreshToken ?? settings.refreshToken : nil, keptUntil = standing == nil ? settings.refreshTokenExpiresAt : standing?.refreshExpiresAt
        return Credential(grant: grant, accessToken: brought.accessToken, refreshToken: brought.refreshToken ?? kept, accessExpiresAt: brought.expiresAt,
                          refreshExpiresAt: isNewPair ? brought.refreshTokenExpiresAt : settings.grant == .code ? keptUntil : nil, accountID: settings.shop, scopes: brought.scopes, issuedAt: now,
                          details: [Self.startKey: startOfPair])
    }

    func application() throws(ConnectorError) -> (id: String, secret: String) {
        guard let id = settings.clientID else { throw .misconfigured(setting: "clientID", problem: "is not set") }
        guard let secret = settings.clientSecret else { throw .misconfigured(setting: "clientSecret", problem: "is not set") }
        return (id, secret)
    }

    /// A token of the settings with less life than this is not begun with.
    private static let freshFor = Duration.seconds(300)
    static let startKey = "begunWith"

    /// Tells the pair that the settings hold from another one, and nothing about it.
    var startOfPair: String {
        let text = "\(settings.accessToken ?? "")\u{1F}\(settings.refreshToken ?? "")"
        return SHA256.hash(data: Data(text.utf8)).prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
