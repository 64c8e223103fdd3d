package import Connect
import Domain

/// The authorization code grant: the merchant of another organisation's shop agrees in the browser (platforms/shopify.md §2.2).
extension ShopifyConnector: Authorises {
    package var agreesInBrowser: Bool { settings.grant == .code }

    package func authorisationURL(redirect: String, state: String) throws(ConnectorError) -> String {
        ShopifyOAuth.authorizeURL(address: settings.baseURL, clientID: try application().id, redirectURI: redirect, state: state)
    }

    package func credential(from query: [String: String], redirect: String) async throws(ConnectorError) -> Credential {
        let (id, secret) = try application(), now = context.now(), code: String
        // That the state is one of ours the hub has seen already; here it is a part of what is signed.
        do { code = try ShopifyOAuth.verifyCallback(query.map { ($0.key, $0.value) }, shop: settings.shop, state: query["state"] ?? "", clientSecret: secret, now: now) } catch {
            throw Self.refusal(of: error, query, settings)
        }
        let brought = try ShopifyOAuth.grant(from: try await context.http.send(ShopifyOAuth.exchangeRequest(address: settings.baseURL, clientID: id, clientSecret: secret, code: code)), now: now)
        let missing = ShopifyOAuth.missingScopes(granted: brought.scopes)
        guard missing.isEmpty else {
            throw .refused(platformCode: "scopes_missing", platformMessage: "the merchant agreed to less than is needed; missing: \(missing.joined(separator: ", ")). Add them to the app and authorise it again")
        }
        return Credential(accessToken: brought.accessToken, refreshToken: brought.refreshToken, accessExpiresAt: brought.expiresAt, refreshExpiresAt: brought.refreshTokenExpiresAt,
                          accountID: settings.shop, scopes: brought.scopes, issuedAt: now, details: [Self.startKey: startOfPair])
    }

    private static func refusal(of problem: ShopifyOAuth.CallbackProblem, _ query: [String: String], _ settings: ShopifySettings) -> ConnectorError {
        switch problem {
        case .shopWrong: .misconfigured(setting: "shop", problem: "is \(settings.shop), but the answer is of \(String((query["shop"] ?? "no shop").prefix(80)))")
        case .signatureWrong: .unauthorised(reason: "the answer is not signed with the app's client secret")
        case .stateWrong: .unauthorised(reason: "the answer belongs to no authorisation that was begun here")
        case .expired: .unauthorised(reason: "the answer is more than 90 seconds old, or the hub's clock is wrong; begin again")
        case .codeMissing: .unauthorised(reason: "the merchant did not agree")
        }
    }
}
