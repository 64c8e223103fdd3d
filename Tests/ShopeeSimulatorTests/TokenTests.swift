import Foundation
import SimulatorKit
import Testing
@testable import ShopeeSimulator

/// Consents and tokens (shopee.md §2.2, §2.3).
@Suite(.timeLimit(.minutes(1))) struct TokenTests {
    private func exchange(_ bench: ShopeeBench, _ code: String, shop: ShopeeJSON? = nil, main: ShopeeJSON? = nil) async throws -> ShopeeBench.Answer {
        var body: [ShopeeJSON.Member] = [.init("code", .text(code)), .init("partner_id", .integer(bench.simulator.configuration.partnerID))]
        if let shop { body.append(.init("shop_id", shop)) }
        if let main { body.append(.init("main_account_id", main)) }
        return try await bench.callApp("auth/token/get", body: .object(body))
    }

    private func refresh(_ bench: ShopeeBench, _ token: String, _ owner: (String, Int64) = ("shop_id", ShopeeBench.first)) async throws -> ShopeeBench.Answer {
        try await bench.callApp("auth/access_token/get", body: .object([
            .init("refresh_token", .text(token)), .init("partner_id", .integer(bench.simulator.configuration.partnerID)), .init(owner.0, .integer(owner.1)),
        ]))
    }

    private func works(_ bench: ShopeeBench, _ token: String?) async throws -> Bool {
        var caller = bench
        caller.accessToken = try #require(token)
        return try await caller.list().error == ""
    }

    private func location(_ answer: ShopeeBench.Answer) throws -> [String: String] {
        let url = try #require(answer.headers["location"].flatMap { URLComponents(string: $0) })
        return Dictionary((url.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
    }

    // MARK: Pages

    @Test func `the unsigned page goes back with code, shop and state`() async throws {
        try await withShopee { $0.redirectDomain = "hub.example.test" } _: { (bench) async throws in
            let query = ShopeeBench.query([
                ("partner_id", "1180042"), ("auth_type", "seller"), ("redirect_uri", "https://hub.example.test/back?x=1"), ("response_type", "code"), ("state", "s 1&/"),
            ])
            let answer = try await bench.plain("GET", "/auth?\(query)")
            #expect(answer.status == 302)
            let items = try location(answer)
            #expect(items["x"] == "1")
            #expect(items["state"] == "s 1&/")
            #expect(items["shop_id"] == "\(ShopeeBench.first)")
            let pair = try await exchange(bench, try #require(items["code"]), shop: .integer(ShopeeBench.first)).json
            #expect(pair["expire_in"] == 14_400)
            #expect(pair["response"] == nil)
            #expect(try await works(bench, pair["access_token"]?.string))
        }
    }

    @Test func `the signed link goes back without a state, dies after five minutes and wants its signature`() async throws {
        try await withShopee { (bench) async throws in
            let path = "/api/v2/shop/auth_partner"
            let link = bench.signed(path, .app) + [("redirect", "https://hub.example.test/back"), ("state", "s")]
            let items = try location(try await bench.plain("GET", "\(path)?\(ShopeeBench.query(link))"))
            #expect(Set(items.keys) == ["code", "shop_id"])
            #expect(try await bench.plain("GET", "\(path)?\(ShopeeBench.query(bench.signed(path, .app, key: "other") + [("redirect", "https://a.test")]))").error == "error_sign")
            bench.clock.advance(by: 301)
            #expect(try await bench.plain("GET", "\(path)?\(ShopeeBench.query(link))").error == "error_param")
        }
    }

    @Test(arguments: ["https://evil.test/back", "https://hub.example.test.evil.test/", "nonsense", "https://sub.hub.example.test/"])
    func `a redirect elsewhere is refused`(redirect: String) async throws {
        try await withShopee { $0.redirectDomain = "https://hub.example.test" } _: { (bench) async throws in
            let query = ShopeeBench.query([("partner_id", "1180042"), ("auth_type", "seller"), ("redirect_uri", redirect), ("response_type", "code")])
            let answer = try await bench.plain("GET", "/auth?\(query)")
            #expect(answer.status == 200)
            #expect(answer.error == "error_param")
        }
    }

    @Test func `whoever consents is chosen by control or on the page`() async throws {
        try await withShopee { (bench) async throws in
            let link = [("partner_id", "1180042"), ("auth_type", "seller"), ("redirect_uri", "https://hub.example.test/"), ("response_type", "code")]
            bench.simulator.consents(asShop: ShopeeBench.second)
            #expect(try location(try await bench.plain("GET", "/auth?\(ShopeeBench.query(link))"))["shop_id"] == "\(ShopeeBench.second)")
            bench.simulator.consents(asShop: nil)
            #expect(try location(try await bench.plain("GET", "/auth?\(ShopeeBench.query(link))"))["main_account_id"] == "5500123")
            #expect(try location(try await bench.plain("GET", "/auth?\(ShopeeBench.query(link + [("as", "40071188")]))"))["shop_id"] == "40071188")
        }
    }

    @Test func `the cancel link ends the consent`() async throws {
        try await withPushes { (bench, catcher) async throws in
            let path = "/api/v2/shop/cancel_auth_partner"
            let answer = try await bench.plain("GET", "\(path)?\(ShopeeBench.query(bench.signed(path, .app) + [("redirect", "https://hub.example.test/")]))")
            #expect(answer.status == 302)
            #expect(try await bench.list().error == "partner_shop_no_link")
            #expect(try await refresh(bench, bench.refreshToken).error == "shop_no_linked")
            await bench.simulator.idle()
            let push = try #require(catcher.pushes(code: 2).first)
            #expect(push["shopid"] == .integer(ShopeeBench.first))
            #expect(push["shop_id"] == nil)
            #expect(catcher.pushes[0]["partner_id"] == 1_180_042)
            #expect(catcher.pushes[0]["shop_id"] == nil)
        }
    }

    // MARK: Codes

    @Test func `a code is for one use, ten minutes and its own shop`() async throws {
        try await withShopee { (bench) async throws in
            let code = bench.simulator.consent(shopID: ShopeeBench.first)
            #expect(try await exchange(bench, code, shop: .integer(ShopeeBench.second)).error == "invalid_shop_id")
            #expect(try await exchange(bench, code, main: 5_500_123).error == "invalid_main_acount_id")
            #expect(try await exchange(bench, code).error == "error_param")
            #expect(try await exchange(bench, code, shop: .integer(ShopeeBench.first), main: 5_500_123).error == "error_param")
            #expect(try await exchange(bench, code, shop: .integer(ShopeeBench.first)).error == "")
            #expect(try await exchange(bench, code, shop: .integer(ShopeeBench.first)).error == "invalid_code")
            let late = bench.simulator.consent(shopID: ShopeeBench.first)
            bench.clock.advance(by: 601)
            #expect(try await exchange(bench, late, shop: .integer(ShopeeBench.first)).error == "invalid_code")
        }
    }

    @Test func `ids as text are refused`() async throws {
        try await withShopee { (bench) async throws in
            let code = bench.simulator.consent(shopID: ShopeeBench.first)
            #expect(try await exchange(bench, code, shop: "40071188").error == "error_param")
            let answer = try await bench.callApp("auth/token/get", body: ["code": .text(code), "partner_id": "1180042", "shop_id": 40_071_188])
            #expect(answer.error == "error_param")
        }
    }

    // MARK: Pairs

    @Test func `a refresh gives a new pair, and the old access token five more minutes`() async throws {
        try await withShopee { (bench) async throws in
            let fresh = try await refresh(bench, bench.refreshToken).json
            #expect(fresh["partner_id"] == 1_180_042)
            #expect(fresh["shop_id"] == .integer(ShopeeBench.first))
            #expect(fresh["access_token"]?.string != bench.accessToken)
            #expect(try await works(bench, bench.accessToken))
            bench.clock.advance(by: 299)
            #expect(try await works(bench, bench.accessToken))
            bench.clock.advance(by: 1)
            #expect(try await bench.list().error == "invalid_acceess_token")
            #expect(try await works(bench, fresh["access_token"]?.string))
        }
    }

    @Test func `an access token lives four hours, a refresh token thirty days`() async throws {
        try await withShopee { (bench) async throws in
            bench.clock.advance(by: 14_399)
            #expect(try await works(bench, bench.accessToken))
            bench.clock.advance(by: 1)
            #expect(try await bench.list().error == "invalid_acceess_token")
            bench.clock.advance(by: 30 * 86_400)
            #expect(try await refresh(bench, bench.refreshToken).error == "refresh_token_expired")
        }
    }

    @Test func `the second use of a refresh token is refused and counted`() async throws {
        try await withShopee { (bench) async throws in
            #expect(try await refresh(bench, bench.refreshToken).error == "")
            let again = try await refresh(bench, bench.refreshToken)
            #expect(again.error == "error_auth")
            #expect(again.message == "Invalid refresh_token.")
            #expect(try await refresh(bench, "never seen").error == "error_auth")
            #expect(bench.simulator.counters.reusedRefreshTokens == 1)
            #expect(bench.simulator.counters.refreshes == 1)
        }
    }

    @Test func `a lost answer leaves the caller with a used token, and the resend code helps`() async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.loseNextAnswer("auth/access_token/get")
            await #expect(throws: (any Error).self) { try await refresh(bench, bench.refreshToken) }
            #expect(try await refresh(bench, bench.refreshToken).error == "error_auth")
            #expect(bench.simulator.counters.reusedRefreshTokens == 1)
            #expect(try await works(bench, bench.accessToken))
            let resent = try await bench.callApp("public/get_token_by_resend_code", body: ["resend_code": .text(bench.simulator.resendCode(of: bench.shopID))]).json
            #expect(try await works(bench, resent["access_token"]?.string))
            #expect(try await bench.callApp("public/get_token_by_resend_code", body: ["resend_code": "wrong"]).error == "invalid_code")
        }
    }

    @Test func `a refresh names exactly one owner, and the token is the owner's`() async throws {
        try await withShopee { (bench) async throws in
            let body: ShopeeJSON = ["refresh_token": .text(bench.refreshToken), "partner_id": 1_180_042]
            #expect(try await bench.callApp("auth/access_token/get", body: body).error == "error_param")
            let both = body.adding("shop_id", 40_071_188).adding("merchant_id", 900_455)
            #expect(try await bench.callApp("auth/access_token/get", body: both).error == "error_param")
            _ = try bench.simulator.authorise(shopID: ShopeeBench.second)
            #expect(try await refresh(bench, bench.refreshToken, ("shop_id", ShopeeBench.second)).error == "error_auth")
        }
    }

    @Test func `the first refresh token of a main account works once for each shop and merchant`() async throws {
        try await withShopee { (bench) async throws in
            let code = bench.simulator.consent(shopID: nil)
            let pair = try await exchange(bench, code, main: 5_500_123).json
            #expect(pair["shop_id_list"] == [.integer(ShopeeBench.first), .integer(ShopeeBench.second)])
            #expect(pair["merchant_id_list"] == [900_455])
            let token = try #require(pair["refresh_token"]?.string)
            let owners: [(String, Int64)] = [("shop_id", ShopeeBench.first), ("shop_id", ShopeeBench.second), ("merchant_id", 900_455)]
            for owner in owners { #expect(try await refresh(bench, token, owner).error == "") }
            for owner in owners { #expect(try await refresh(bench, token, owner).error == "error_auth") }
            #expect(bench.simulator.counters.reusedRefreshTokens == 3)
        }
    }

    @Test func `tokens end with the consent and come back with a new one`() async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.expireConsent(of: bench.shopID)
            #expect(try await refresh(bench, bench.refreshToken).error == "shop_access_expired")
            let code = bench.simulator.consent(shopID: bench.shopID)
            let pair = try await exchange(bench, code, shop: .integer(bench.shopID)).json
            #expect(try await works(bench, pair["access_token"]?.string))
            #expect(try await refresh(bench, bench.refreshToken).error == "error_auth")
            bench.simulator.setBanned(true, shopID: bench.shopID)
            #expect(try await refresh(bench, try #require(pair["refresh_token"]?.string)).error == "shop_banned")
        }
    }

    @Test func `an expired refresh token says so, and expire_in may be an instant`() async throws {
        try await withShopee { (bench) async throws in
            bench.simulator.expireRefreshTokens(of: bench.shopID)
            #expect(try await refresh(bench, bench.refreshToken).error == "refresh_token_expired")
            bench.simulator.set { $0.expiresAtInstant = true }
            let code = bench.simulator.consent(shopID: bench.shopID)
            #expect(try await exchange(bench, code, shop: .integer(bench.shopID)).json["expire_in"] == .integer(bench.clock.now + 14_400))
        }
    }

    @Test func `consents are announced, and their end a week before`() async throws {
        try await withPushes { (bench, catcher) async throws in
            _ = bench.simulator.consent(shopID: ShopeeBench.second)
            bench.simulator.setConsentEnd(bench.clock.date + 3 * 86_400, of: ShopeeBench.first)
            bench.simulator.announceExpiries()
            await bench.simulator.idle()
            #expect(catcher.pushes(code: 1).first?["shop_id"] == .integer(ShopeeBench.second))
            #expect(catcher.pushes(code: 12).first?["shop_expire_soon"] == [.integer(ShopeeBench.first)])
            let info = try await bench.call("shop/get_shop_info").json
            #expect(info["expire_time"] == .integer(bench.clock.now + 3 * 86_400))
            let shops = try await bench.callApp("public/get_shops_by_partner").json["authed_shop_list"]?.items
            #expect(shops?.count == 2)
        }
    }
}
