import Connect
import Domain
import Foundation
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorAuthorisingTests {
    private static let redirect = "https://hub.example.test/authorise/7?x=1"
    private static let pair = #""access_token":"at-1","refresh_token":"rt-1","expire_in":14400,"request_id":"r","error":"","message":"""#

    private func url(_ settings: [String: String], redirect: String = redirect) throws -> URLComponents {
        try #require(URLComponents(string: try FakeShopee().connector(settings).authorisationURL(redirect: redirect, state: "s t&1")))
    }
    private func query(_ url: URLComponents) -> [String: String] { Dictionary((url.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 } }

    @Test func `the newer link carries the state beside the redirect`() throws {
        let url = try url([:])
        #expect(url.host == "open.shopee.com" && url.path == "/auth")
        #expect(query(url) == ["partner_id": "1180042", "auth_type": "seller", "redirect_uri": Self.redirect, "response_type": "code", "state": "s t&1"])
        #expect(try self.url(["consentURL": "https://open.sandbox.test-stable.shopee.com/"]).host == "open.sandbox.test-stable.shopee.com")
    }

    @Test(arguments: [("https://hub.example.test/authorise/7", "https://hub.example.test/authorise/7?state=s%20t%261"), (redirect, redirect + "&state=s%20t%261")])
    func `the signed link carries the state in the redirect, and the vector's signature`(redirect: String, stated: String) throws {
        let url = try url(["consentLink": "signed"], redirect: redirect)
        #expect(url.host == "partner.shopeemobile.com" && url.path == "/api/v2/shop/auth_partner")
        #expect(query(url) == ["partner_id": "1180042", "timestamp": "1760000000", "sign": "98da131d8c4fcd698460cfe89d05dbe5268e2653e2be24263463f183ef835487", "redirect": stated])
    }

    @Test func `the policy is single use, an hour ahead`() { #expect(ShopeeConnector.refreshPolicy == RefreshPolicy(ahead: .seconds(3600), isSingleUse: true)) }

    // MARK: Exchange

    @Test func `a code becomes the shop's pair, kept with the consent's end`() async throws {
        let shop = FakeShopee(["public/get_shops_by_partner": [.json(#"{"error":"","authed_shop_list":[{"shop_id":7,"expire_time":1},{"shop_id":40071188,"expire_time":1790000000}]}"#)],
                               "auth/token/get": [.json("{\(Self.pair)}")]])
        let credential = try await shop.connector().credential(from: ["code": "c1", "shop_id": "40071188", "state": "s"], redirect: Self.redirect)
        #expect(credential == Credential(accessToken: "at-1", refreshToken: "rt-1", accessExpiresAt: Bench.now + .seconds(14_400), refreshExpiresAt: Bench.now + .seconds(2_592_000),
                                         authorisationExpiresAt: Timestamp(seconds: 1_790_000_000), accountID: "40071188", issuedAt: Bench.now))
        let request = try #require(shop.requests("auth/token/get").first)
        #expect(request.text == #"{"code":"c1","partner_id":1180042,"shop_id":40071188}"#)
        #expect(request.query == ["partner_id": "1180042", "timestamp": "1760000000", "sign": "e80133095dcd69a22c803c6093e6ac73bf76bc6e63405ee90db2e26fe26321b8"] && shop.lent.isEmpty)
    }

    @Test func `without a word on the consent's end the pair counts all the same`() async throws {
        for answer in [PlatformAnswer.error("error_permission"), .page(502), .response("{}")] {
            let shop = FakeShopee(["public/get_shops_by_partner": [answer], "auth/token/get": [.json("{\(Self.pair)}")]])
            let credential = try await shop.connector().credential(from: ["code": "c1", "shop_id": "40071188"], redirect: Self.redirect)
            #expect(credential.authorisationExpiresAt == nil && credential.accessToken == "at-1")
        }
    }

    @Test func `a main account brings this shop among its own`() async throws {
        let shop = FakeShopee(["auth/token/get": [.json(#"{\#(Self.pair),"shop_id_list":[7,40071188],"merchant_id_list":[900455]}"#)]])
        let credential = try await shop.connector().credential(from: ["code": "c1", "main_account_id": "10005"], redirect: Self.redirect)
        #expect(credential.accountID == "40071188" && credential.details == ["shopIDs": "7,40071188", "mainAccountID": "10005"])
        #expect(shop.requests("auth/token/get")[0].text == #"{"code":"c1","partner_id":1180042,"main_account_id":10005}"#)
    }

    @Test(arguments: [(["code": "c1", "shop_id": "7"], "wrong_shop", 0), (["code": "c1", "main_account_id": "10005"], "wrong_shop", 1), (["shop_id": "40071188"], "no_code", 0), (["code": "c1"], "no_shop", 0),
                      (["code": "", "shop_id": "40071188", "error": "denied"], "denied", 0)])
    func `what the seller did not agree to is refused by its name`(query: [String: String], code: String, exchanges: Int) async {
        let shop = FakeShopee(["auth/token/get": [.json(#"{\#(Self.pair),"shop_id_list":[7,8]}"#)]])
        let error = await Bench.error { () async throws(ConnectorError) in try await shop.bare().credential(from: query, redirect: Self.redirect) }
        #expect(error?.code == code && error?.failureClass == .rejected && shop.requests("auth/token/get").count == exchanges)
    }

    @Test(arguments: ["invalid_code", "invalid_shop_id", "invalid_main_acount_id", "shop_banned"]) func `a code that is not taken needs the seller again`(code: String) async {
        let shop = FakeShopee(["auth/token/get": [.error(code, status: 403)]])
        let error = await Bench.error { () async throws(ConnectorError) in try await shop.bare().credential(from: ["code": "c", "shop_id": "40071188"], redirect: Self.redirect) }
        #expect(error?.failureClass == .unauthorised)
    }

    // MARK: Renewal

    private static let standing = Credential(accessToken: "at-0", refreshToken: "rt-0", authorisationExpiresAt: Timestamp(seconds: 1_790_000_000), accountID: "40071188", accountName: "Shop",
                                             scopes: ["a"], issuedAt: Bench.now - .seconds(10_800), details: ["shopIDs": "7,40071188"])

    private func renew(_ answer: PlatformAnswer, _ credential: Credential? = standing) async -> (Result<Credential, ConnectorError>, FakeShopee) {
        let shop = FakeShopee(["auth/access_token/get": [answer]])
        do throws(ConnectorError) { return (.success(try await shop.bare().refreshToken(credential, grant: "main")), shop) } catch { return (.failure(error), shop) }
    }

    @Test func `a refresh brings a new pair and keeps what the platform does not repeat`() async throws {
        let (result, shop) = await renew(.json(#"{"access_token":"at-1","refresh_token":"rt-1","expire_in":14400,"partner_id":1180042,"shop_id":40071188,"error":"","message":""}"#))
        let credential = try result.get()
        #expect(credential.accessToken == "at-1" && credential.refreshToken == "rt-1" && credential.accessExpiresAt == Bench.now + .seconds(14_400))
        #expect(credential.authorisationExpiresAt == Timestamp(seconds: 1_790_000_000) && credential.accountName == "Shop" && credential.scopes == ["a"] && credential.details == Self.standing.details)
        #expect(shop.requests.count == 1 && shop.requests[0].text == #"{"refresh_token":"rt-0","partner_id":1180042,"shop_id":40071188}"# && shop.lent.isEmpty)
    }

    @Test(arguments: [("14400", Bench.now + .seconds(14_400)), ("\"7200\"", Bench.now + .seconds(7_200)), ("1760014400", Timestamp(seconds: 1_760_014_400)), ("null", Bench.now + .seconds(14_400)), ("0", Bench.now + .seconds(14_400)),
                      ("1000000000", Bench.now + .seconds(1_000_000_000)), ("9223372036854775807", Bench.now + .seconds(14_400))])
    func `an end is seconds from now, or an instant`(text: String, end: Timestamp) async throws {
        let (result, _) = await renew(.json(#"{"access_token":"a","refresh_token":"r","expire_in":\#(text)}"#))
        #expect(try result.get().accessExpiresAt == end)
    }

    /// The rows of platforms/shopee.md §2.3.
    @Test(arguments: [("error_auth", "Invalid refresh_token."), ("error_shop_refresh_token", "x"), ("refresh_token_expired", "x"), ("shop_access_expired", "x"), ("shop_no_linked", "x"), ("merchant_access_expired", "x"),
                      ("merchant_no_linked", "x"), ("shop_banned", "x")])
    func `a broken chain needs the operator, who is told of the resend code`(code: String, message: String) async {
        for status in [200, 403] {
            let (result, shop) = await renew(.error(code, message, status: status))
            guard case .failure(.unauthorised(let reason)) = result else { Issue.record("\(result)"); return }
            #expect(reason.contains("resend code") && reason.contains("agrees again") && shop.requests.count == 1)
        }
    }

    @Test(arguments: [PlatformAnswer.page(200), .page(502), .json(""), .json(#"{"access_token":"at-1","#), .json("{}"), .json(#"{"error":"","access_token":"at-1"}"#), .error("error_server"), .error("error_inner")])
    func `an answer that was lost is unreachable, never unauthorised`(answer: PlatformAnswer) async {
        let (result, _) = await renew(answer)
        guard case .failure(.unreachable) = result else { Issue.record("\(result)"); return }
    }

    @Test func `a token of another shop is not taken`() async {
        let (result, _) = await renew(.json(#"{"access_token":"a","refresh_token":"r","expire_in":14400,"shop_id":7}"#))
        guard case .failure(.unauthorised(let reason)) = result else { Issue.record("\(result)"); return }
        #expect(reason.contains("7"))
    }

    @Test func `without a refresh token nothing is asked`() async {
        for credential in [nil, Credential(accessToken: "a", issuedAt: Bench.now)] {
            let (result, shop) = await renew(.json("{}"), credential)
            guard case .failure(.unauthorised) = result else { Issue.record("\(result)"); return }
            #expect(shop.requests.isEmpty)
        }
    }

    @Test func `no error tells a secret`() async {
        for code in ["error_sign", "error_auth", "error_param", "invalid_code"] {
            let (result, _) = await renew(.error(code, "words"))
            guard case .failure(let error) = result else { continue }
            #expect(!error.sentence.contains("rt-0") && !error.sentence.contains(Bench.partnerKey))
        }
    }
}
