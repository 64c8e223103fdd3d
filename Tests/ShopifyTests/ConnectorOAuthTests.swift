import Connect
import Domain
import Foundation
import HTTPTypes
import ShopifyConnector
import Testing

@Suite struct ConnectorOAuthTests {
    /// The dossier's vector (platforms/shopify.md §2.5).
    static let query = [
        ("hmac", "268393424f60b4c938d0c805400b29447a2d0561b275766e0d8409b370f94582"), ("timestamp", "1795225000"), ("state", "n0nce-77"), ("shop", "crossdock-test.myshopify.com"),
        ("host", "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvY3Jvc3Nkb2NrLXRlc3Q"), ("code", "0907a61c0c8d55e99db179b68161bc00"),
    ]
    private func verify(_ query: [(String, String)], shop: String = Bench.shop, state: String = "n0nce-77", now: Timestamp = Bench.now) throws(ShopifyOAuth.CallbackProblem) -> String {
        try ShopifyOAuth.verifyCallback(query, shop: shop, state: state, clientSecret: Bench.secret, now: now)
    }
    private func changed(_ name: String, _ value: String?) -> [(String, String)] {
        Self.query.filter { $0.0 != name } + (value.map { [(name, $0)] } ?? [])
    }

    @Test func `the published call-back is good and gives its code`() throws {
        #expect(ShopifyOAuth.signedText(Self.query) == "code=0907a61c0c8d55e99db179b68161bc00&host=YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvY3Jvc3Nkb2NrLXRlc3Q&shop=crossdock-test.myshopify.com&state=n0nce-77&timestamp=1795225000")
        #expect(try verify(Self.query) == "0907a61c0c8d55e99db179b68161bc00")
        #expect(try verify(Self.query + [("signature", "obsolete")]) == "0907a61c0c8d55e99db179b68161bc00")
    }

    @Test func `a call-back that was changed, is for another or is old is refused`() {
        #expect(throws: ShopifyOAuth.CallbackProblem.signatureWrong) { try verify(changed("code", "another")) }
        #expect(throws: ShopifyOAuth.CallbackProblem.signatureWrong) { try verify(changed("hmac", nil)) }
        #expect(throws: ShopifyOAuth.CallbackProblem.signatureWrong) { try verify(changed("hmac", String(repeating: "0", count: 64))) }
        #expect(throws: ShopifyOAuth.CallbackProblem.signatureWrong) { try verify(Self.query + [("extra", "1")]) }
        #expect(throws: ShopifyOAuth.CallbackProblem.shopWrong) { try verify(changed("shop", "evil.example")) }
        #expect(throws: ShopifyOAuth.CallbackProblem.shopWrong) { try verify(Self.query, shop: "other.myshopify.com") }
        #expect(throws: ShopifyOAuth.CallbackProblem.stateWrong) { try verify(Self.query, state: "n0nce-78") }
        #expect(throws: ShopifyOAuth.CallbackProblem.stateWrong) { try verify(Self.query, state: "") }
        #expect(throws: ShopifyOAuth.CallbackProblem.expired) { try verify(Self.query, now: Bench.now + .seconds(91)) }
        #expect(throws: ShopifyOAuth.CallbackProblem.expired) { try verify(Self.query, now: Bench.now - .seconds(91)) }
    }

    @Test(arguments: [("crossdock-test.myshopify.com", true), ("A1_b-c.myshopify.com", true), ("-a.myshopify.com", false), (".myshopify.com", false), ("a.b.myshopify.com", false),
                      ("a.myshopify.com.evil.example", false), ("evil.example/a.myshopify.com", false), ("ร้าน.myshopify.com", false), ("a.myshopify.com\n", false), ("", false)])
    func `only permanent shop names are called`(name: String, expected: Bool) {
        #expect(ShopifyOAuth.isShopName(name) == expected)
    }

    @Test func `separators in keys and values are escaped before signing`() {
        #expect(ShopifyOAuth.signedText([("a=b&c%", "x&y%z=1")]) == "a%3Db%26c%25=x%26y%25z=1")
    }

    @Test func `the merchant is sent to the shop with everything encoded`() {
        let url = ShopifyOAuth.authorizeURL(address: "https://a.myshopify.com", clientID: "id 1", scopes: ["read_orders", "write_orders"], redirectURI: "https://hub.example/oauth?x=1", state: "s&1")
        #expect(url == "https://a.myshopify.com/admin/oauth/authorize?client_id=id%201&scope=read_orders%2Cwrite_orders&redirect_uri=https%3A%2F%2Fhub.example%2Foauth%3Fx%3D1&state=s%261")
    }

    @Test func `the three token requests say what they must`() {
        let exchange = ShopifyOAuth.exchangeRequest(address: "https://a.myshopify.com", clientID: "id", clientSecret: "se&cret", code: "c")
        #expect(exchange.method == .post && exchange.url == "https://a.myshopify.com/admin/oauth/access_token")
        #expect(String(decoding: exchange.body, as: UTF8.self) == "client_id=id&client_secret=se%26cret&code=c&expiring=1")
        let refresh = ShopifyOAuth.refreshRequest(address: "https://a.myshopify.com", clientID: "id", clientSecret: "s", refreshToken: "r")
        #expect(String(decoding: refresh.body, as: UTF8.self) == "client_id=id&client_secret=s&grant_type=refresh_token&refresh_token=r")
        let ask = ShopifyOAuth.clientCredentialsRequest(address: "https://a.myshopify.com", clientID: "id", clientSecret: "s")
        #expect(String(decoding: ask.body, as: UTF8.self) == "client_id=id&client_secret=s&grant_type=client_credentials")
    }

    @Test func `a grant is read with its ends`() throws {
        let answer = Bench.answer(#"{"access_token":"at","scope":"read_orders,write_orders","expires_in":3600,"refresh_token":"rt","refresh_token_expires_in":7776000}"#)
        let grant = try ShopifyOAuth.grant(from: answer, now: Bench.now)
        #expect(grant.scopes == ["read_orders", "write_orders"])
        #expect(grant.expiresAt == Bench.now + .seconds(3600))
        #expect(grant.refreshToken == "rt" && grant.refreshTokenExpiresAt == Timestamp(rfc3339: "2027-02-19T01:36:40Z"))
        let permanent = try ShopifyOAuth.grant(from: Bench.answer(#"{"access_token":"at","scope":"read_orders"}"#), now: Bench.now)
        #expect(permanent.expiresAt == nil && permanent.refreshToken == nil)
    }

    @Test(arguments: [
        (400, #"{"error":"invalid_request","error_description":"…"}"#, FailureClass.unauthorised, "invalid_request"),
        (400, "<html>Oauth error app_not_installed</html>", .unauthorised, "not installed"),
        (400, #"{"error":"shop_not_permitted"}"#, .unauthorised, "another organisation"),
        (403, "", .unauthorised, "403"), (500, "", .transient, "500"), (200, "<html></html>", .transient, "without a token"), (303, "", .transient, "303"),
    ])
    func `each refusal of the token endpoint has its class`(status: Int, body: String, expected: FailureClass, word: String) {
        let error = #expect(throws: ConnectorError.self) { try ShopifyOAuth.grant(from: Bench.answer(body, status: status, [:]), now: Bench.now) }
        #expect(error?.failureClass == expected)
        #expect(error?.sentence.contains(word) == true)
    }

    @Test func `a throttled token endpoint is waited for`() {
        #expect(throws: ConnectorError.throttled(until: Bench.now + .seconds(7))) { try ShopifyOAuth.grant(from: Bench.answer("", status: 429, [.retryAfter: "7.0"]), now: Bench.now) }
    }

    @Test func `a write scope holds its read scope`() {
        #expect(ShopifyOAuth.missingScopes(granted: ["write_orders", "write_merchant_managed_fulfillment_orders"], needed: ["read_orders", "write_orders", "read_merchant_managed_fulfillment_orders"]) == [])
        #expect(ShopifyOAuth.missingScopes(granted: ["read_orders"], needed: ["read_orders", "write_orders", "read_all_orders"]) == ["write_orders", "read_all_orders"])
    }
}
