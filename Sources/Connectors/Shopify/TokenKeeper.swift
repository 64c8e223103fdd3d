import Connect
import Domain

/// The channel's access token: fetched, refreshed ahead of time, saved before its first use, one request at a time (§2.3, §2.4).
actor TokenKeeper {
    /// A token with less life than this is replaced before it is used.
    static let margin: Duration = .seconds(300)

    private let settings: ShopifySettings
    private let context: ChannelContext
    private var accessToken: String?
    private var expiresAt: Timestamp?
    private var refreshToken: String?
    private var refreshTokenExpiresAt: Timestamp?
    /// The request under way; whoever comes meanwhile waits for it.
    private var renewal: Task<Result<String, ConnectorError>, Never>?

    init(settings: ShopifySettings, context: ChannelContext) {
        self.settings = settings
        self.context = context
        accessToken = settings.accessToken
        expiresAt = settings.accessTokenExpiresAt
        refreshToken = settings.refreshToken
        refreshTokenExpiresAt = settings.refreshTokenExpiresAt
    }

    /// A token to use now.
    func current() async throws(ConnectorError) -> String {
        if let accessToken, isFresh { return accessToken }
        return try await renew()
    }

    /// The token to try once more with, after a 401 to `used`.
    /// - Throws: `.unauthorised` where the grant has no way to a new one.
    func replacement(for used: String) async throws(ConnectorError) -> String {
        if let accessToken, accessToken != used { return accessToken }   // someone renewed it meanwhile
        return try await renew()
    }

    private var isFresh: Bool {
        guard settings.grant != .static, let expiresAt else { return true }
        return context.now() + Self.margin < expiresAt
    }

    private func renew() async throws(ConnectorError) -> String {
        if let renewal { return try await renewal.value.get() }
        let request = try request()
        // Awaited below by whoever started it; a second caller awaits the same one.
        let task = Task { await self.run(request) }
        renewal = task
        let outcome = await task.value
        renewal = nil
        return try outcome.get()
    }

    private func request() throws(ConnectorError) -> PlatformRequest {
        switch settings.grant {
        case .static: throw .unauthorised(reason: "the access token is refused: the app was uninstalled or the token revoked")
        case .clientCredentials:
            let (id, secret) = try credentials()
            return ShopifyOAuth.clientCredentialsRequest(address: settings.baseURL, clientID: id, clientSecret: secret)
        case .code:
            guard let refreshToken else { throw .unauthorised(reason: "there is no refresh token: the merchant has to authorise the app") }
            if let refreshTokenExpiresAt, refreshTokenExpiresAt <= context.now() {
                throw .unauthorised(reason: "the refresh token lapsed on \(refreshTokenExpiresAt): the merchant has to authorise the app")
            }
            let (id, secret) = try credentials()
            return ShopifyOAuth.refreshRequest(address: settings.baseURL, clientID: id, clientSecret: secret, refreshToken: refreshToken)
        }
    }

    private func credentials() throws(ConnectorError) -> (String, String) {
        guard let id = settings.clientID else { throw .misconfigured(setting: "clientID", problem: "is not set") }
        guard let secret = settings.clientSecret else { throw .misconfigured(setting: "clientSecret", problem: "is not set") }
        return (id, secret)
    }

    /// The old refresh token stays until its replacement is saved: after a lost answer it is good for another try (§2.3).
    private func run(_ request: PlatformRequest) async -> Result<String, ConnectorError> {
        do throws(ConnectorError) {
            let grant = try ShopifyOAuth.grant(from: try await context.http.send(request), now: context.now())
            do { try await context.save(grant.settings) } catch { throw ConnectorError.unreachable(reason: "the new access token could not be saved") }
            accessToken = grant.accessToken
            expiresAt = grant.expiresAt
            if let replacement = grant.refreshToken {
                refreshToken = replacement
                refreshTokenExpiresAt = grant.refreshTokenExpiresAt
            }
            return .success(grant.accessToken)
        } catch {
            return .failure(error)
        }
    }
}
