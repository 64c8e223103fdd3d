import Foundation
import Testing
@testable import WooCommerceSimulator

/// The words of platforms/woocommerce.md §2.4, over real HTTP.
struct SimulatorAuthenticationTests {
    private static let noRight = #"{"code":"woocommerce_rest_cannot_view","message":"Sorry, you cannot list resources.","data":{"status":401}}"#

    private func basic(_ key: String, _ secret: String) -> [(String, String)] {
        [("Authorization", "Basic \(Data("\(key):\(secret)".utf8).base64EncodedString())")]
    }

    @Test func `three different mistakes get the same answer`() async throws {
        try await withShop { (shop) async throws in
            let unknown = try await shop.call("GET", "orders", headers: basic("ck_unknown", "cs_x"))
            let nothing = try await shop.call("GET", "orders", headers: [])
            shop.simulator.setStripsAuthorization(true)
            let stripped = try await shop.call("GET", "orders")
            for answer in [unknown, nothing, stripped] {
                #expect(answer.status == 401)
                #expect(answer.text == Self.noRight)
            }
        }
        try await withShop(.quick(.hpos10, .plainHTTP)) { (shop) async throws in
            let overHTTP = try await shop.call("GET", "orders")
            #expect(overHTTP.text == Self.noRight)
        }
    }

    @Test func `a wrong secret is told as such`() async throws {
        try await withShop { (shop) async throws in
            let answer = try await shop.call("GET", "orders", headers: basic(shop.simulator.consumerKey, "cs_wrong"))
            #expect(answer.status == 401)
            #expect(answer.text == #"{"code":"woocommerce_rest_authentication_error","message":"Consumer secret is invalid.","data":{"status":401}}"#)
        }
    }

    @Test func `query parameters work, also where the header is stripped, and win over it`() async throws {
        try await withShop(.quick { $0.stripsAuthorization = true }) { (shop) async throws in
            let good = "consumer_key=\(shop.simulator.consumerKey)&consumer_secret=\(shop.simulator.consumerSecret)"
            #expect(try await shop.call("GET", "orders?\(good)", headers: []).status == 200)
        }
        try await withShop { (shop) async throws in
            let wrong = "consumer_key=\(shop.simulator.consumerKey)&consumer_secret=cs_wrong"
            #expect(try await shop.call("GET", "orders?\(wrong)").message == "Consumer secret is invalid.")
        }
    }

    @Test func `a key that may only read cannot write`() async throws {
        try await withShop(.quick { $0.permissions = .read }) { (shop) async throws in
            #expect(try await shop.call("GET", "orders").status == 200)
            let answer = try await shop.call("POST", "orders", [:])
            #expect(answer.status == 401)
            #expect(answer.text == #"{"code":"woocommerce_rest_authentication_error","message":"The API key provided does not have write permissions.","data":{"status":401}}"#)
        }
    }

    @Test func `a user who lost its role is refused with 403`() async throws {
        try await withShop { (shop) async throws in
            shop.simulator.removeOwner(deleting: false)
            let answer = try await shop.call("GET", "orders")
            #expect(answer.status == 403)
            #expect(answer.code == "woocommerce_rest_cannot_view")
        }
    }

    // MARK: OAuth

    private static let instant = 1_794_000_000

    private func oauthShop(_ change: @escaping (inout WooCommerceSimulator.Configuration) -> Void = { _ in }) -> WooCommerceSimulator.Configuration {
        .quick(.hpos10, .plainHTTP) {
            $0.now = { Date(timeIntervalSince1970: Double(Self.instant)) }
            $0.homeURL = "http://shop.example"
            change(&$0)
        }
    }

    /// Signs as the documented vector does, for the Home URL.
    private func signed(
        _ shop: SimulatedShop, _ path: String, at timestamp: Int = instant, nonce: String = "n1", url: String = "http://shop.example/wp-json/wc/v3/orders",
        method: OAuthSignature.Method = .sha256, key: String? = nil, verb: String = "GET", _ extra: [(String, String)] = []
    ) async throws -> SimulatedShop.Answer {
        var parameters: [(name: String, value: String)] = extra.map { (name: $0.0, value: $0.1) }
        parameters += [
            ("oauth_consumer_key", key ?? shop.simulator.consumerKey), ("oauth_timestamp", "\(timestamp)"), ("oauth_nonce", nonce),
            ("oauth_signature_method", method.rawValue),
        ]
        let base = OAuthSignature.baseString(method: verb, url: url, parameters: parameters)
        parameters.append(("oauth_signature", OAuthSignature.sign(base, secret: shop.simulator.consumerSecret, method: method)))
        let query = parameters.map { "\(OAuthSignature.encode($0.name))=\(OAuthSignature.encode($0.value))" }.joined(separator: "&")
        return try await shop.plain(verb, "\(path)?\(query)")
    }

    @Test func `the documented signature is accepted over the wire`() async throws {
        try await withShop(oauthShop()) { (shop) async throws in
            let query = SimulatorSigningTests.parameters.map { "\($0.0)=\(OAuthSignature.encode($0.1))" }.joined(separator: "&")
            let signature = OAuthSignature.encode("pqgqxXLzpbm9Xr7ejF47wOVLbyLzWMgcrf/CCvuJEwk=")
            let answer = try await shop.plain("GET", "/wp-json/wc/v3/orders?\(query)&oauth_signature=\(signature)")
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [OAuthSignature.Method.sha256, .sha1])
    func `both hashes are accepted, a nonce only once`(method: OAuthSignature.Method) async throws {
        try await withShop(oauthShop()) { (shop) async throws in
            #expect(try await signed(shop, "/wp-json/wc/v3/orders", method: method).status == 200)
            let again = try await signed(shop, "/wp-json/wc/v3/orders", method: method)
            #expect(again.status == 401)
            #expect(again.message == "Invalid nonce - nonce has already been used.")
            shop.simulator.advanceClock(bySeconds: 16 * 60)
            #expect(try await signed(shop, "/wp-json/wc/v3/orders", at: Self.instant + 16 * 60, nonce: "n1", method: method).message
                == "Invalid nonce - nonce has already been used.")
            #expect(try await signed(shop, "/wp-json/wc/v3/orders", at: Self.instant + 16 * 60, nonce: "n2", method: method).status == 200)
        }
    }

    @Test(arguments: [(-901, false), (-900, true), (900, true), (901, false)])
    func `a timestamp may be fifteen minutes off`(offset: Int, accepted: Bool) async throws {
        try await withShop(oauthShop()) { (shop) async throws in
            let answer = try await signed(shop, "/wp-json/wc/v3/orders", at: Self.instant + offset)
            #expect(answer.status == (accepted ? 200 : 401))
            #expect(answer.message == (accepted ? nil : "Invalid timestamp."))
        }
    }

    @Test func `the shop signs with its own Home URL`() async throws {
        try await withShop(oauthShop()) { (shop) async throws in
            let answer = try await signed(shop, "/wp-json/wc/v3/orders", url: "\(shop.simulator.baseURL)/wp-json/wc/v3/orders")
            #expect(answer.message == "Invalid signature - provided signature does not match.")
        }
    }

    @Test func `missing and unknown OAuth parameters have their own words`() async throws {
        try await withShop(oauthShop()) { (shop) async throws in
            let missing = try await shop.plain("GET", "/wp-json/wc/v3/orders?oauth_consumer_key=x&oauth_nonce=y")
            #expect(missing.code == "woocommerce_rest_authentication_missing_parameter")
            #expect(missing.message == "Missing OAuth parameters oauth_timestamp, oauth_signature, oauth_signature_method")
            #expect(try await signed(shop, "/wp-json/wc/v3/orders", key: "ck_unknown").message == "Consumer key is invalid.")
        }
    }

    @Test func `with plain permalinks the route is a signed parameter and the pretty path is a page`() async throws {
        try await withShop(oauthShop { $0.prettyPermalinks = false }) { (shop) async throws in
            #expect(try await shop.plain("GET", "/wp-json/").status == 404)
            #expect(try await shop.plain("GET", "/?rest_route=/").json["namespaces"]?.items?.contains("wc/v3") == true)
            let answer = try await signed(shop, "/", url: "http://shop.example", [("rest_route", "/wc/v3/orders")])
            #expect(answer.status == 200)
            let index = try await signed(shop, "/index.php", nonce: "n2", url: "http://shop.example/index.php", [("rest_route", "/wc/v3/orders")])
            #expect(index.status == 200)
        }
    }

    @Test func `a shop in a folder signs with the folder`() async throws {
        try await withShop(.quick(.hpos10, .plainHTTP) { $0.subdirectory = "/shop" }) { (shop) async throws in
            let answer = try await signed(
                shop, "/wp-json/wc/v3/orders", at: Int(Date().timeIntervalSince1970), url: "\(shop.simulator.baseURL)/wp-json/wc/v3/orders", verb: "GET")
            #expect(answer.status == 200)
            #expect(shop.simulator.baseURL.hasSuffix("/shop"))
        }
    }
}
