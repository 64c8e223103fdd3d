package import Connect
import Domain
import Foundation

extension ShopeeConnector: Authorises {
    /// An access token lives four hours and is renewed at three; a refresh token works once (platforms/shopee.md §2.3).
    package static var refreshPolicy: RefreshPolicy { RefreshPolicy(ahead: .seconds(3600), isSingleUse: true) }

    static let refreshTokenLife = Duration.seconds(30 * 86_400)

    // MARK: The seller's consent

    /// The newer link has a state of its own. The older, signed one has none and dies after five minutes: there the state is a part of the redirect (§2.2).
    package func authorisationURL(redirect: String, state: String) throws(ConnectorError) -> String {
        switch settings.consentLink {
        case .newer:
            let query: [ShopeeCall.Parameter] = [
                .init("partner_id", String(settings.partnerID)), .init("auth_type", "seller"), .init("redirect_uri", redirect), .init("response_type", "code"), .init("state", state),
            ]
            return "\(settings.consentURL)/auth?\(ShopeeCall.encoded(query))"
        case .signed:
            let stated = "\(redirect)\(redirect.contains("?") ? "&" : "?")\(ShopeeCall.encoded([.init("state", state)]))"
            let call = ShopeeCall.get("shop/auth_partner", [.init("redirect", stated)], form: .publicly)
            let signing = ShopeeSigning(partnerID: settings.partnerID, partnerKey: settings.partnerKey)
            return call.request(host: settings.baseURL, signing: signing, timestamp: context.now().milliseconds / 1000).url
        }
    }

    /// The redirect brings a code (one use, ten minutes) and either a shop or a main account, which may bring several shops.
    ///
    /// - Throws: `.refused("wrong_shop")` when the seller agreed for another shop than this channel's: nothing is spent then.
    package func credential(from query: [String: String], redirect: String) async throws(ConnectorError) -> Credential {
        guard let code = query["code"], !code.isEmpty else { throw .refused(platformCode: query["error"]?.cut(80) ?? "no_code", platformMessage: "Shopee sent the seller back without a code") }
        let mainAccount = query["main_account_id"].flatMap { $0.isEmpty ? nil : $0 }
        if let shop = query["shop_id"], !shop.isEmpty { try checkShop(shop) } else if mainAccount == nil {
            throw .refused(platformCode: "no_shop", platformMessage: "Shopee named neither a shop nor a main account")
        }
        let consentEnd = await consentEnd()
        var call = ShopeeCall.post("auth/token/get", form: .publicly) { json in
            json.field("code", code)
            json.field("partner_id", settings.partnerID)
            if let mainAccount, query["shop_id"]?.isEmpty ?? true { json.number("main_account_id", mainAccount) } else { json.field("shop_id", settings.shopID) }
        }
        call.timeoutSeconds = 30
        let envelope = try await client.call(call)
        let shops = envelope["shop_id_list"].list.compactMap(\.identifier)
        if !shops.isEmpty, !shops.contains(String(settings.shopID)) { throw wrongShop(shops.joined(separator: ", ")) }
        var credential = try tokens(in: envelope)
        credential.authorisationExpiresAt = consentEnd
        // A main account's first refresh token works once for each of its shops: the others are named, so that their channels can be told.
        if !shops.isEmpty { credential.details["shopIDs"] = shops.joined(separator: ",") }
        credential.details["mainAccountID"] = mainAccount
        return credential
    }

    /// When the consent ends, as the app itself is told: asked with the app's signature alone, before the new pair exists. Only a date for people, so it may fail.
    private func consentEnd() async -> Timestamp? {
        var call = ShopeeCall.get("public/get_shops_by_partner", [.init("page_size", "100"), .init("page_no", "1")], form: .publicly)
        call.timeoutSeconds = 5
        guard case .success(let envelope)? = try? await client.outcome(of: call) else { return nil }
        let body = envelope["response"].isObject ? envelope["response"] : envelope
        return body.first("authed_shop_list", "shop_list").list.first { $0["shop_id"].identifier == String(settings.shopID) }?["expire_time"].time
    }

    private func checkShop(_ shop: String) throws(ConnectorError) {
        guard shop == String(settings.shopID) else { throw wrongShop(shop) }
    }

    private func wrongShop(_ shops: String) -> ConnectorError {
        .refused(platformCode: "wrong_shop", platformMessage: "the seller agreed for the shop \(shops.cut(200)), this channel is the shop \(settings.shopID)")
    }

    // MARK: Renewal

    package func refreshToken(_ credential: Credential?, grant: String) async throws(ConnectorError) -> Credential {
        guard let credential, let token = credential.refreshToken else { throw .unauthorised(reason: "the seller has not agreed yet, or no refresh token was kept") }
        let call = ShopeeCall.post("auth/access_token/get", form: .publicly) { json in
            json.field("refresh_token", token)
            json.field("partner_id", settings.partnerID)
            json.field("shop_id", settings.shopID)
        }
        switch try await client.outcome(of: call) {
        case .success(let envelope):
            if let shop = envelope["shop_id"].identifier, shop != String(settings.shopID) {
                throw .unauthorised(reason: "the renewed token is of the shop \(shop.cut(40)), this channel is the shop \(settings.shopID)")
            }
            var renewed = try tokens(in: envelope)
            renewed.grant = grant
            renewed.authorisationExpiresAt = credential.authorisationExpiresAt
            renewed.accountName = credential.accountName
            renewed.scopes = credential.scopes
            renewed.details = credential.details
            return renewed
        case .failure(let refusal):
            guard case .unauthorised(let reason) = refusal.error else { throw refusal.error }
            let ways = "If the last answer was lost, a resend code from the console brings the pair back (public/get_token_by_resend_code, live only); else the seller agrees again"
            throw .unauthorised(reason: "\(reason). \(ways)")
        }
    }

    /// Token answers stand at the top level, not under `response` (§2.3).
    ///
    /// - Throws: `.unreachable` for an answer without a pair: it was lost on the way, and the token that paid for it is spent.
    private func tokens(in envelope: LooseJSON) throws(ConnectorError) -> Credential {
        let body = envelope["access_token"].isAbsent ? envelope["response"] : envelope
        guard let access = body["access_token"].text, let refresh = body["refresh_token"].text else { throw .unreachable(reason: "Shopee's answer held no pair of tokens") }
        let now = context.now()
        return Credential(accessToken: access, refreshToken: refresh, accessExpiresAt: Self.expiry(body["expire_in"].integer, now: now), refreshExpiresAt: now + Self.refreshTokenLife,
                          accountID: String(settings.shopID), issuedAt: now)
    }

    private static let accessTokenLifeSeconds: Int64 = 14_400, firstInstant: Int64 = 1_000_000_000, latestInstant: Int64 = 100_000_000_000

    /// `expire_in` is seconds from now; one sample shows an instant (§2.3).
    static func expiry(_ expireIn: Int64?, now: Timestamp) -> Timestamp {
        guard let expireIn, expireIn > 0, expireIn < latestInstant else { return now + .seconds(accessTokenLifeSeconds) }
        return expireIn > firstInstant ? Timestamp(seconds: expireIn) : now + .seconds(expireIn)
    }
}
