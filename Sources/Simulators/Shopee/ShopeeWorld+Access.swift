import Foundation

/// Tokens, shops and the app's own calls (shopee.md §2.3, §3.1, §3.4).
extension ShopeeWorld {
    private func members(of pair: ShopeeTokens.Pair) -> [ShopeeJSON.Member] {
        [
            .init("access_token", .text(pair.access)), .init("refresh_token", .text(pair.refresh)),
            .init("expire_in", .integer(ShopeeTokens.accessLifetimeSeconds + (switches.expiresAtInstant ? now : 0))),
        ]
    }

    /// The partner is named in the body too, as an integer.
    private func checkPartnerInBody(_ call: ShopeeCall) throws(ShopeeProblem) {
        guard try call.bodyID("partner_id") == configuration.partnerID else { throw .init("invalid_partner_id", "Invalid partner_id.") }
    }

    private func optionalID(_ name: String, _ call: ShopeeCall) throws(ShopeeProblem) -> Int64? {
        call.json[name] == nil ? nil : try call.bodyID(name)
    }

    mutating func exchangeCode(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        try checkPartnerInBody(call)
        let (shopID, account) = (try optionalID("shop_id", call), try optionalID("main_account_id", call))
        let (pair, consent) = try tokens.exchange(
            code: try call.bodyText("code"), shopID: shopID, mainAccountID: account, at: now, using: &noise)
        guard case .mainAccount(_, let owners) = consent else { return .top(members(of: pair)) }
        var (shopIDs, merchants): ([ShopeeJSON], [ShopeeJSON]) = ([], [])
        for owner in owners {
            switch owner {
            case .shop(let id): shopIDs.append(.integer(id))
            case .merchant(let id): merchants.append(.integer(id))
            }
        }
        return .top(members(of: pair) + [
            .init("shop_id_list", .array(shopIDs)), .init("merchant_id_list", .array(merchants)), .init("supplier_id_list", []), .init("user_id_list", []),
        ])
    }

    mutating func refreshToken(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        try checkPartnerInBody(call)
        let (shopID, merchantID) = (try optionalID("shop_id", call), try optionalID("merchant_id", call))
        let owner: ShopeeTokens.Owner
        switch (shopID, merchantID) {
        case (let id?, nil): owner = .shop(id)
        case (nil, let id?): owner = .merchant(id)
        default: throw .parameter("Exactly one of shop_id and merchant_id is required.")
        }
        if let shopID { try checkConsent(shopID) }
        let token = try call.bodyText("refresh_token")
        if tokens.isUsed(token, by: owner) { counters.reusedRefreshTokens += 1 }
        let pair = try tokens.refresh(token, for: owner, at: now, using: &noise)
        counters.refreshes += 1
        let echo: ShopeeJSON.Member = shopID.map { .init("shop_id", .integer($0)) } ?? .init("merchant_id", .integer(merchantID ?? 0))
        return .top(members(of: pair) + [.init("partner_id", .integer(configuration.partnerID)), echo])
    }

    private func checkConsent(_ shopID: Int64) throws(ShopeeProblem) {
        guard let shop = shops[shopID], shop.isLinked else { throw .init("shop_no_linked", "The shop is not linked to this partner.") }
        guard !shop.isBanned else { throw .init("shop_banned", "The shop is banned.") }
        guard !shop.isConsentOver else { throw .init("shop_access_expired", "The authorization of the shop is expired.") }
    }

    /// The operator obtains the code in the console (see `resendCode`).
    mutating func resendToken(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let code = try call.bodyText("resend_code")
        let known = shops.keys.sorted().first { code == Self.resendCode(of: $0) }
        guard let shopID = known, shops[shopID]?.isLinked == true else { throw .init("invalid_code", "Invalid resend_code.") }
        let pair = tokens.makePair(for: [.shop(shopID)], at: now, using: &noise)
        return .top(members(of: pair) + [.init("shop_id_list", [.integer(shopID)])])
    }

    static func resendCode(of shopID: Int64) -> String { "resend-\(shopID)" }

    // MARK: Consents

    /// The seller agrees: a code, and push 1.
    mutating func consent(_ consenting: Consenting) -> String {
        switch consenting {
        case .shop(let id):
            link(id)
            push(.shopAuthorised, shopID: nil, ["authorize_type": "shop authorization", "extra": "", "shop_id": .integer(id), "success": 1])
            return tokens.makeCode(.shop(id), at: now, using: &noise)
        case .mainAccount:
            let ids = configuration.shops.map(\.shopID)
            for id in ids { link(id) }
            push(.shopAuthorised, shopID: nil, [
                "authorize_type": "main account authorization", "extra": "", "main_account_id": .integer(configuration.mainAccountID), "success": 1,
                "shop_id_list": .array(ids.map { .integer($0) }),
            ])
            let owners = ids.map { ShopeeTokens.Owner.shop($0) } + [.merchant(configuration.merchantID)]
            return tokens.makeCode(.mainAccount(configuration.mainAccountID, owners: owners), at: now, using: &noise)
        }
    }

    private mutating func link(_ shopID: Int64) {
        guard var shop = shops[shopID] else { return }
        shop.isLinked = true
        shop.isConsentOver = false
        shop.consentEndsAt = now + 365 * 86_400
        shops[shopID] = shop
    }

    /// The consent ends, by the seller's hand or by time: tokens die, push 2 (whose member is spelt `shopid`).
    mutating func endConsent(_ shopID: Int64, withdrawn: Bool) {
        guard var shop = shops[shopID] else { return }
        tokens.revoke(.shop(shopID))
        if withdrawn { shop.isLinked = false } else { shop.isConsentOver = true }
        shop.consentEndsAt = now
        shops[shopID] = shop
        push(.shopDeauthorised, shopID: nil, [
            "authorize_type": .text(withdrawn ? "shop authorization canceled" : "shop authorization expired"), "extra": "", "shopid": .integer(shopID), "success": 1,
        ])
    }

    /// Push 12: consents that end within a week.
    mutating func announceExpiries() {
        let soon = shops.values.filter { $0.isLinked && $0.consentEndsAt > now && $0.consentEndsAt < now + 7 * 86_400 }.map(\.settings.shopID).sorted()
        push(.consentExpiry, shopID: nil, [
            "shop_expire_soon": .array(soon.map { .integer($0) }), "merchant_expire_soon": [], "user_expire_soon": [],
            "expire_before": .integer(now + 7 * 86_400), "page_no": 1, "total_page": 1,
        ])
    }

    // MARK: Shops

    func shopInfo(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        guard let shop = shops[call.shopID] else { throw .notFound("The shop is not found.") }
        return .top([
            .init("shop_name", .text(shop.settings.name)), .init("region", .text(shop.settings.region)),
            .init("status", .text(shop.isBanned ? "BANNED" : "NORMAL")), .init("auth_time", .integer(shop.consentEndsAt - 365 * 86_400)),
            .init("expire_time", .integer(shop.consentEndsAt)), .init("is_cb", false), .init("shop_fulfillment_flag", "Others"),
        ])
    }

    func partnerShops() -> ShopeeReply {
        let linked = shops.values.filter(\.isLinked).sorted { $0.index < $1.index }
        return .top([
            .init("authed_shop_list", .array(linked.map { shop in
                [
                    "shop_id": .integer(shop.settings.shopID), "region": .text(shop.settings.region),
                    "auth_time": .integer(shop.consentEndsAt - 365 * 86_400), "expire_time": .integer(shop.consentEndsAt),
                ]
            })),
            .init("more", false),
        ])
    }

    // MARK: Pushes

    /// The address is verified by a test push before this is called.
    mutating func setPushConfig(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let on = call.json["set_push_config_on"]?.items?.compactMap(\.int64) ?? [], off = call.json["set_push_config_off"]?.items?.compactMap(\.int64) ?? []
        let blocked = call.json["blocked_shop_id_list"]?.items?.compactMap(\.int64)
        // The call's documented topics stop at 13: later ones only in the console.
        guard (on + off).allSatisfy({ (1...13).contains($0) }) else { throw .parameter("The push config is invalid.") }
        guard (blocked?.count ?? 0) <= 500 else { throw .parameter("The number of blocked_shop_id_list should not be over 500.") }
        if let url = call.json["callback_url"]?.string { board.url = url }
        board.switchedOff.subtract(on.map { Int($0) })
        board.switchedOff.formUnion(off.map { Int($0) })
        if let blocked { board.blockedShops = Set(blocked) }
        var reply = ShopeeReply(["result": "success"])
        reply.saysDash = configuration.hasOddShapes
        return reply
    }

    func pushConfig() -> ShopeeReply {
        let topics = ShopeeTopic.allCases.map(\.rawValue).filter { $0 > 0 }
        return ShopeeReply([
            "callback_url": .text(board.url ?? ""), "live_push_status": .text(board.status.rawValue), "suspended_time": .integer(board.suspendedAt),
            "push_config_on_list": .array(topics.filter { !board.switchedOff.contains($0) }.map { ShopeeJSON($0) }),
            "push_config_off_list": .array(topics.filter { board.switchedOff.contains($0) }.map { ShopeeJSON($0) }),
            "blocked_shop_id_list": .array(board.blockedShops.sorted().map { .integer($0) }),
        ])
    }

    /// `data` holds the whole inner envelope, as an object or as text.
    func lostMessages() -> ShopeeReply {
        let page = board.lostPage(at: now)
        let messages = page.messages.map { lost -> ShopeeJSON in
            let envelope = lost.push.envelope
            var members: [ShopeeJSON.Member] = []
            if let shopID = lost.push.shopID { members.append(.init("shop_id", .integer(shopID))) }
            return .object(members + [
                .init("code", ShopeeJSON(lost.push.topic.rawValue)), .init("timestamp", .integer(lost.push.timestamp)),
                .init("data", switches.writesLostMessagesAsText ? .text(String(decoding: envelope.data, as: UTF8.self)) : envelope),
            ])
        }
        var reply = ShopeeReply([
            "push_message_list": .array(messages), "has_next_page": .bool(page.hasMore), "last_message_id": .integer(page.messages.last?.id ?? 0),
        ])
        reply.saysDash = configuration.hasOddShapes
        return reply
    }

    mutating func confirmLostMessages(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        board.confirm(upTo: try call.bodyID("last_message_id"))
        var reply = ShopeeReply(["result": "success"])
        reply.saysDash = configuration.hasOddShapes
        return reply
    }
}
