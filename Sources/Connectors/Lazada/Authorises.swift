package import Connect
import Domain
import Foundation

extension LazadaConnector: RefreshesTokens {
    /// Half an hour before the end is the least (§2.3). A refresh renews the access token's life, not the refresh token's, and spends nothing: one that was missed is made up for.
    package static let refreshPolicy = RefreshPolicy(ahead: .seconds(3_600), isSingleUse: false)

    package func refreshToken(_ credential: Credential?, grant: String) async throws(ConnectorError) -> Credential {
        guard let credential, let refreshToken = credential.refreshToken else { throw .consentAwaited }
        let answer = try await api.callForToken(.post("/auth/token/refresh", ["refresh_token": refreshToken])).decode(TokenAnswer.self)
        return try answer.credential(renewing: credential, settings, now: context.now())
    }
}

extension LazadaConnector: Authorises {
    /// §2.2. A cross-border seller chooses "Crossborder" on the page. The parameter `uuid` must not be sent.
    package func authorisationURL(redirect: String, state: String) throws(ConnectorError) -> String {
        let query = [
            ("response_type", "code"), ("force_auth", "true"), ("redirect_uri", redirect), ("client_id", settings.app.key), ("state", state), ("country", settings.market.rawValue),
        ]
        return "\(settings.consentURL)?" + query.map { "\($0.0)=\(LazadaAPI.percentEncoded($0.1))" }.joined(separator: "&")
    }

    package func credential(from query: [String: String], redirect: String) async throws(ConnectorError) -> Credential {
        guard let code = query["code"], !code.isEmpty else {
            throw .unauthorised(reason: "the seller did not agree\((query["error_description"] ?? query["error"]).map { ": \($0.cut(120))" } ?? "")")
        }
        let answer = try await api.callForToken(.post("/auth/token/create", ["code": code])).decode(TokenAnswer.self)
        var credential = try answer.credential(renewing: nil, settings, now: context.now())
        // Orders are named by it: from now on it does not change.
        if settings.sellerID == nil, let sellerID = credential.details[TokenAnswer.sellerIDKey] { credential.settings[LazadaSettings.sellerIDKey] = sellerID }
        return credential
    }
}

/// The answer to both token calls (§2.3). Ids are texts; the list has two names.
struct TokenAnswer: Decodable, Sendable {
    static let sellerIDKey = "sellerID"

    struct Account: Decodable, Sendable {
        var country: String?, sellerID: String?
        private enum Key: String, CodingKey { case country, seller_id }
        init(from decoder: any Decoder) throws {
            let box = try decoder.container(keyedBy: Key.self)
            country = box.text(.country)?.lowercased()
            sellerID = box.text(.seller_id)
        }
    }

    var accessToken: String?, refreshToken: String?, expiresIn: Int64?, refreshExpiresIn: Int64?
    var country: String?, platform: String?, name: String?, accounts: [Account]

    private enum Key: String, CodingKey {
        case access_token, refresh_token, expires_in, refresh_expires_in, country, account_platform, account, country_user_info, country_user_info_list
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        accessToken = box.text(.access_token)
        refreshToken = box.text(.refresh_token)
        expiresIn = box.text(.expires_in).flatMap { Int64($0) }
        refreshExpiresIn = box.text(.refresh_expires_in).flatMap { Int64($0) }
        country = box.text(.country)?.lowercased()
        platform = box.text(.account_platform)
        name = box.text(.account)
        let created: [Account] = try box.list(.country_user_info), refreshed: [Account] = try box.list(.country_user_info_list)
        accounts = created.isEmpty ? refreshed : created
    }

    /// Lives longer than this are not believed.
    private static let longestSeconds: Int64 = 10 * 366 * 86_400

    /// - Throws: `.misconfigured` when the seller who agreed is not the channel's; `.unauthorised` when what was agreed to has ended.
    func credential(renewing old: Credential?, _ settings: LazadaSettings, now: Timestamp) throws(ConnectorError) -> Credential {
        guard let accessToken else { throw .notUnderstood(field: "access_token", found: "nothing") }
        guard let expiresIn, (0...Self.longestSeconds).contains(expiresIn) else { throw .notUnderstood(field: "expires_in", found: "no number of seconds") }
        let sellerID = try sellerID(settings) ?? old?.details[Self.sellerIDKey]
        guard let sellerID else { throw .notUnderstood(field: "country_user_info", found: "no seller in \(settings.market.rawValue)") }
        // It shrinks with every renewal and ends at 0; only the seller's new consent helps then.
        let agreedUntil = refreshExpiresIn.map { now + .seconds(min(max(0, $0), Self.longestSeconds)) } ?? old?.authorisationExpiresAt
        var details = old?.details ?? [:]
        details[Self.sellerIDKey] = sellerID
        details["country"] = country ?? details["country"]
        details["platform"] = platform ?? details["platform"]
        if accounts.count > 1 { details["accounts"] = accounts.compactMap { account in account.country.flatMap { country in account.sellerID.map { "\(country):\($0)" } } }.joined(separator: ",") }
        return Credential(
            grant: old?.grant ?? Credential.main, accessToken: accessToken, refreshToken: refreshToken ?? old?.refreshToken, accessExpiresAt: now + .seconds(expiresIn),
            refreshExpiresAt: agreedUntil, authorisationExpiresAt: agreedUntil, accountID: "\(settings.market.rawValue):\(sellerID)", accountName: name ?? old?.accountName,
            issuedAt: now, details: details)
    }

    /// The seller's number in the channel's country: a cross-border token (`cb`) opens six.
    private func sellerID(_ settings: LazadaSettings) throws(ConnectorError) -> String? {
        let country = settings.market.rawValue
        guard !accounts.isEmpty else { return nil }
        guard let sellerID = accounts.first(where: { $0.country == country })?.sellerID, LazadaSettings.isSellerID(sellerID) else {
            let others = accounts.compactMap(\.country).joined(separator: ", ").cut(60)
            throw .misconfigured(setting: "country", problem: "is \(country), but the seller who agreed sells in \(others.isEmpty ? "no country that was named" : others)")
        }
        if let wanted = settings.sellerID, wanted != sellerID {
            throw .misconfigured(setting: LazadaSettings.sellerIDKey, problem: "is \(wanted), but the seller who agreed is \(sellerID)")
        }
        return sellerID
    }
}
