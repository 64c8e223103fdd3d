/// The grants of `POST /admin/oauth/access_token` (platforms/shopify.md §2.2 to §2.4).
struct TokenGrants {
    /// Lives in seconds.
    struct Lifetimes: Sendable {
        var access: Int64 = 3_600
        var refresh: Int64 = 7_776_000
        var clientCredentials: Int64 = 86_399
        /// How long a replaced refresh token stays usable after its first use, while its successor is unused.
        var refreshGrace: Int64 = 2_592_000
        var code: Int64 = 600
    }

    let clientID: String
    let mode: TokenMode
    let scopes: [String]
    let lifetimes: Lifetimes
    /// Whether the access token of before survives a refresh; unverified for the real one, so by default it dies (platforms/shopify.md §2.3).
    let oldAccessTokenSurvives: Bool

    func answer(_ form: [String: String], in state: inout ShopState, at now: Int64) throws(OAuthRefusal) -> TokenAnswer {
        guard mode != .staticToken, form["client_id"] == clientID, let secret = form["client_secret"],
            state.access.accepts(secret: secret, at: now)
        else {
            throw .invalidClient
        }
        switch form["grant_type"] {
        case "client_credentials": return try clientCredentials(in: &state, at: now)
        case "refresh_token": return try refresh(form["refresh_token"] ?? "", in: &state, at: now)
        case "urn:ietf:params:oauth:grant-type:token-exchange": return try exchange(form, in: &state, at: now)
        case nil, "authorization_code": return try redeem(form, in: &state, at: now)
        default: throw .init(error: "unsupported_grant_type", description: "The grant type is not supported")
        }
    }

    private func clientCredentials(in state: inout ShopState, at now: Int64) throws(OAuthRefusal) -> TokenAnswer {
        guard mode == .clientCredentials else { throw .shopNotPermitted }
        guard state.access.isInstalled else { throw .appNotInstalled }
        let token = "shpat_\(state.secretText())"
        state.access.tokens[token] = .init(expiresAt: now + lifetimes.clientCredentials, scopes: scopes)
        return TokenAnswer(accessToken: token, scopes: scopes, expiresIn: lifetimes.clientCredentials)
    }

    private func redeem(_ form: [String: String], in state: inout ShopState, at now: Int64) throws(OAuthRefusal) -> TokenAnswer {
        guard let code = state.access.codes.removeValue(forKey: form["code"] ?? ""), now < code.expiresAt else {
            throw .invalidRequest("The authorization code was not found or was already used")
        }
        state.access.isInstalled = true
        let expires = form["expiring"].map { $0 == "1" || $0 == "true" } ?? false
        return expires ? expiringPair(code.scopes, predecessor: nil, in: &state, at: now) : permanent(code.scopes, in: &state)
    }

    private func permanent(_ scopes: [String], in state: inout ShopState) -> TokenAnswer {
        let token = "shpat_\(state.secretText())"
        state.access.tokens[token] = .init(expiresAt: nil, scopes: scopes)
        return TokenAnswer(accessToken: token, scopes: scopes)
    }

    private func expiringPair(_ scopes: [String], predecessor: String?, in state: inout ShopState, at now: Int64) -> TokenAnswer {
        let (access, refresh) = ("shpat_\(state.secretText())", "shprt_\(state.secretText())")
        state.access.tokens[access] = .init(expiresAt: now + lifetimes.access, scopes: scopes)
        state.access.refreshTokens[refresh] = .init(
            expiresAt: now + lifetimes.refresh, scopes: scopes, accessToken: access, predecessor: predecessor)
        return TokenAnswer(
            accessToken: access, scopes: scopes, expiresIn: lifetimes.access, refreshToken: refresh, refreshExpiresIn: lifetimes.refresh)
    }

    /// Rotation: the used token stays good until its replacement is used, at most `refreshGrace` from its own first use.
    private func refresh(_ token: String, in state: inout ShopState, at now: Int64) throws(OAuthRefusal) -> TokenAnswer {
        guard state.access.isInstalled, var entry = state.access.refreshTokens[token], now < entry.expiresAt,
            entry.firstUsedAt.map({ now < $0 + lifetimes.refreshGrace }) ?? true
        else {
            throw .invalidRequest("This request requires an active refresh_token")
        }
        entry.firstUsedAt = entry.firstUsedAt ?? now
        state.access.refreshTokens[token] = entry
        if let predecessor = entry.predecessor { state.access.refreshTokens[predecessor] = nil }
        if !oldAccessTokenSurvives { state.access.tokens[entry.accessToken] = nil }
        return expiringPair(entry.scopes, predecessor: token, in: &state, at: now)
    }

    /// A permanent token traded once for an expiring pair; the same exchange again gives the same pair.
    private func exchange(_ form: [String: String], in state: inout ShopState, at now: Int64) throws(OAuthRefusal) -> TokenAnswer {
        let offline = "urn:shopify:params:oauth:token-type:offline-access-token"
        guard let subject = form["subject_token"], form["subject_token_type"] == offline, form["requested_token_type"] == offline,
            form["expiring"] == "1"
        else { throw .invalidRequest("The token exchange is not valid") }
        if let before = state.access.traded[subject] { return before }
        guard let token = state.access.tokens[subject], token.expiresAt == nil else {
            throw .init(error: "invalid_subject_token", description: "Invalid subject token")
        }
        state.access.tokens[subject] = nil
        let pair = expiringPair(token.scopes, predecessor: nil, in: &state, at: now)
        state.access.traded[subject] = pair
        return pair
    }
}

extension ShopState {
    /// 32 hex characters for tokens and codes.
    mutating func secretText() -> String { uuid().filter { $0 != "-" } }
}
