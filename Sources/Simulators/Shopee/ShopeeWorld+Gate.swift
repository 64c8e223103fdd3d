import Foundation

/// Who may call, and how often (shopee.md §2.4, §4.4, §8).
extension ShopeeWorld {
    enum Audience { case app, shop, merchant }

    static func audience(of endpoint: String) -> Audience {
        if ["auth/", "push/", "public/"].contains(where: { endpoint.hasPrefix($0) }) { return .app }
        return endpoint.hasPrefix("merchant/") ? .merchant : .shop
    }

    /// Everything before the work itself; gives the call its shop.
    mutating func admit(_ call: inout ShopeeCall) throws(ShopeeProblem) {
        guard !switches.isAddressUndeclared else { throw .init("source_ip_undeclared", "The source IP is not declared in the IP whitelist.", isAuthority: true) }
        try checkPartner(call)
        let audience = Self.audience(of: call.endpoint)
        let caller: ShopeeSigning.Caller
        switch audience {
        case .app: caller = .app
        case .shop: caller = .shop(accessToken: try common("access_token", call), id: try common("shop_id", call))
        case .merchant: caller = .merchant(accessToken: try common("access_token", call), id: try common("merchant_id", call))
        }
        try checkSign(call, caller)
        switch audience {
        case .app: break
        case .merchant: try checkToken(call, .merchant(try identifier("merchant_id", call)))
        case .shop:
            call.shopID = try identifier("shop_id", call)
            try checkShop(call.shopID)
            try checkToken(call, .shop(call.shopID))
            try limits.take(call.shopID, at: now, perSecond: configuration.requestsPerSecond, perDay: configuration.requestsPerDay)
        }
        guard !call.hasBrokenBody else { throw .init("error_data", "parse data failed") }
    }

    /// Partner, key and clock; a consent link is checked the same way.
    func checkPartner(_ call: ShopeeCall) throws(ShopeeProblem) {
        let partner = try common("partner_id", call)
        guard partner == "\(configuration.partnerID)" else { throw .init("error_auth", "partner_id is invalid", isAuthority: true) }
        guard !switches.isKeyExpired else {
            throw .init("error_partner_key_expired", "The partner key is expired. Please reset it in the console.", isAuthority: true)
        }
        guard let timestamp = Int64(try common("timestamp", call)) else { throw .parameter("Invalid timestamp.") }
        guard abs(timestamp - now) <= configuration.toleranceSeconds else { throw .parameter("Timestamp is expired.") }
    }

    func checkSign(_ call: ShopeeCall, _ caller: ShopeeSigning.Caller) throws(ShopeeProblem) {
        let base = ShopeeSigning.base(
            partnerID: try common("partner_id", call), path: call.path, timestamp: try common("timestamp", call), caller: caller)
        guard ShopeeSigning.matches(try common("sign", call), ShopeeSigning.sign(key: configuration.partnerKey, base: base)) else {
            throw .init("error_sign", "Wrong sign.", isAuthority: true)
        }
    }

    /// The common parameters are read from the query only, for POST too.
    private func common(_ name: String, _ call: ShopeeCall) throws(ShopeeProblem) -> String {
        guard let value = call.one(name), !value.isEmpty else { throw .parameter("There is no \(name) in query.") }
        return value
    }

    private func identifier(_ name: String, _ call: ShopeeCall) throws(ShopeeProblem) -> Int64 {
        guard let id = Int64(try common(name, call)) else { throw .parameter("\(name) is invalid.") }
        return id
    }

    private func checkShop(_ shopID: Int64) throws(ShopeeProblem) {
        guard let shop = shops[shopID] else { throw .init("error_auth", "partner and shop has no linked", isAuthority: true) }
        guard !shop.isBanned else { throw .init("shop_banned", "The shop is banned.") }
        guard shop.isLinked else { throw .init("partner_shop_no_link", "partner and shop has no linked", isAuthority: true) }
        guard !shop.isConsentOver else { throw .init("shop_access_expired", "The authorization of the shop is expired.", isAuthority: true) }
    }

    private func checkToken(_ call: ShopeeCall, _ owner: ShopeeTokens.Owner) throws(ShopeeProblem) {
        let token = try common("access_token", call)
        guard !tokens.isGood(token, for: owner, at: now) else { return }
        guard !tokens.isForeign(token, to: owner) else { throw .init("error_permission", "The access_token is not of this shop.", isAuthority: true) }
        throw tokenProblem
    }

    /// Three spellings of the same refusal.
    var tokenProblem: ShopeeProblem {
        .init(switches.tokenWord.rawValue, switches.tokenWord == .auth ? "Invalid access_token." : "Invalid access_token, please have a check.", isAuthority: true)
    }
}
