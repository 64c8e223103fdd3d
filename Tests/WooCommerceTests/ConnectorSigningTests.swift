import Connect
import Domain
import Foundation
import HTTPTypes
import Testing

@testable import WooCommerceConnector

/// Addresses, credentials and OAuth signatures (platforms/woocommerce.md §2).
@Suite struct ConnectorSigningTests {
    private static let keys = ConsumerKeys(key: "ck_00112233445566778899aabbccddeeff00112233", secret: "cs_ffeeddccbbaa99887766554433221100ffeeddcc")

    private func building(_ site: String, home: String? = nil) throws -> RequestBuilding {
        RequestBuilding(site: try #require(SiteAddress(site)), home: try #require(SiteAddress(home ?? site)))
    }

    private static let listing = APICall(.get, "orders", query: [
        QueryItem("per_page", "50"), QueryItem("modified_after", "2026-11-06T00:00:00"), QueryItem("dates_are_gmt", "true"),
    ])

    private func request(_ building: RequestBuilding, as credential: SigningStyle?, _ permalinks: PermalinkForm = .pretty, rootSlash: Bool = false) -> PlatformRequest {
        building.request(Self.listing, as: credential.map { ($0, Self.keys) }, permalinks, timestamp: 1_794_000_000, nonce: "7f3c0d5a9be14c62a8d1", rootSlash: rootSlash)
    }

    @Test func `the signature of the dossier's vector comes out`() throws {
        let signed = request(try building("http://shop.example"), as: .oauth1)
        #expect(signed.query["oauth_signature"] == "pqgqxXLzpbm9Xr7ejF47wOVLbyLzWMgcrf/CCvuJEwk=")
        #expect(signed.url.hasPrefix("http://shop.example/wp-json/wc/v3/orders?per_page=50&modified_after=2026-11-06T00%3A00%3A00&dates_are_gmt=true&oauth_consumer_key="))
        #expect(signed.url.hasSuffix("&oauth_signature=pqgqxXLzpbm9Xr7ejF47wOVLbyLzWMgcrf%2FCCvuJEwk%3D"))
        #expect(signed.headers[.authorization] == nil)
        #expect(!signed.url.contains("cs_"))
    }

    @Test func `the base string is the dossier's`() {
        let parameters = Self.listing.query + [
            QueryItem("oauth_consumer_key", Self.keys.key), QueryItem("oauth_timestamp", "1794000000"), QueryItem("oauth_nonce", "7f3c0d5a9be14c62a8d1"),
            QueryItem("oauth_signature_method", "HMAC-SHA256"),
        ]
        #expect(OAuthSignature.baseString("GET", "http://shop.example/wp-json/wc/v3/orders", parameters)
            == "GET&http%3A%2F%2Fshop.example%2Fwp-json%2Fwc%2Fv3%2Forders&dates_are_gmt%3Dtrue%26modified_after%3D2026-11-06T00%253A00%253A00%26oauth_consumer_key%3Dck_00112233445566778899aabbccddeeff00112233%26oauth_nonce%3D7f3c0d5a9be14c62a8d1%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1794000000%26per_page%3D50")
    }

    @Test func `what is signed is the shop's Home URL, not the address we call`() throws {
        let plain = request(try building("http://shop.example"), as: .oauth1), other = request(try building("http://10.example:8080", home: "http://shop.example"), as: .oauth1)
        #expect(plain.query["oauth_signature"] == other.query["oauth_signature"])
        #expect(other.path == "http://10.example:8080/wp-json/wc/v3/orders")
    }

    @Test func `behind a proxy that hides TLS the http address is signed and the https address is called`() throws {
        let secure = request(try building("https://shop.example"), as: .oauth1AsHTTP)
        #expect(secure.query["oauth_signature"] == "pqgqxXLzpbm9Xr7ejF47wOVLbyLzWMgcrf/CCvuJEwk=")
        #expect(secure.path == "https://shop.example/wp-json/wc/v3/orders")
    }

    @Test func `with plain permalinks the route is a signed parameter`() throws {
        let signed = request(try building("http://shop.example/th"), as: .oauth1, .plain)
        #expect(signed.path == "http://shop.example/th/")
        #expect(signed.query["rest_route"] == "/wc/v3/orders")
        var parameters = signed.query
        let signature = parameters.removeValue(forKey: "oauth_signature")
        let again = OAuthSignature(keys: Self.keys, timestamp: 1_794_000_000, nonce: "7f3c0d5a9be14c62a8d1")
            .signing("GET", "http://shop.example/th", parameters.filter { !$0.key.hasPrefix("oauth_") }.map { QueryItem($0.key, $0.value) })
        #expect(again.last?.value == signature)
        #expect(request(try building("http://shop.example/th"), as: .oauth1, .plain, rootSlash: true).query["oauth_signature"] != signature)
    }

    @Test func `basic credentials stand in the header and nowhere else`() throws {
        let basic = request(try building("https://shop.example/store"), as: .basic)
        #expect(basic.headers[.authorization] == "Basic " + Data("\(Self.keys.key):\(Self.keys.secret)".utf8).base64EncodedString())
        #expect(basic.path == "https://shop.example/store/wp-json/wc/v3/orders")
        #expect(!basic.url.contains("consumer"))
    }

    @Test func `query credentials stand in the query`() throws {
        let query = request(try building("https://shop.example"), as: .query)
        #expect(query.query["consumer_key"] == Self.keys.key)
        #expect(query.query["consumer_secret"] == Self.keys.secret)
        #expect(query.headers[.authorization] == nil)
    }

    @Test func `every try has a nonce of its own`() {
        let nonces = Set((0..<200).map { _ in OAuthSignature.freshNonce() })
        #expect(nonces.count == 200)
        #expect(nonces.allSatisfy { $0.count == 20 })
    }

    @Test(arguments: [("a b", "a%20b"), ("é/~", "%C3%A9%2F~"), ("A-z._0", "A-z._0"), ("+*", "%2B%2A")])
    func `percent encoding follows RFC 3986`(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
    }

    @Test(arguments: [
        ("https://Shop.Example/", "https://shop.example"), ("http://shop.example:80/a/b/", "http://shop.example/a/b"),
        ("https://shop.example/store/wp-json/wc/v3/", "https://shop.example/store"), (" https://shop.example:8443 ", "https://shop.example:8443"),
    ])
    func `a site address is kept without its slash, its own port and the API path`(text: String, site: String) {
        #expect(SiteAddress(text)?.text == site)
    }

    @Test(arguments: ["shop.example", "ftp://shop.example", "https://", "https://me:pw@shop.example", "https://shop.example/?x=1", ""])
    func `an address that is no site is a misconfiguration`(text: String) {
        #expect(throws: ConnectorError.self) { try FakeShop { _ in .page(500) }.connector(["url": text]) }
    }

    @Test(arguments: [("authentication", "digest"), ("permalinks", "ugly"), ("completedMeans", "lost"), ("tracking", "pigeon"), ("statusMap", "packed"), ("statusMap", "packed=shipped"),
                      ("statusMap", "packed=new/somewhere"), ("consumerKey", ""), ("homeURL", "home")])
    func `a malformed setting is named`(key: String, value: String) {
        let error = #expect(throws: ConnectorError.self) { try FakeShop { _ in .page(500) }.connector([key: value]) }
        guard case .misconfigured(let setting, _)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(setting == key)
    }

    // MARK: Finding out what gets through

    @Test func `a stripped Authorization header is found out, and query credentials are remembered`() async throws {
        let shop = FakeShop { $0.query["consumer_secret"] == nil ? .error(401, "woocommerce_rest_cannot_view") : .json("[]") }
        let connector = try shop.connector()
        _ = try await connector.site.call(APICall(.get, "orders"))
        #expect(shop.requests.count == 2)
        #expect(shop.saved == ["authenticationInUse": "query"])
        _ = try await connector.site.call(APICall(.get, "orders"))
        #expect(shop.requests.count == 3)
        #expect(try shop.connector(["authenticationInUse": "query"]).site.style.credential == .query)
    }

    @Test func `a key nobody knows is reported after each way was tried once`() async throws {
        let shop = FakeShop { $0.query["oauth_signature"] == nil ? .error(401, "woocommerce_rest_cannot_view") : .error(401, "woocommerce_rest_authentication_error", "Consumer key is invalid.") }
        let connector = try shop.connector()
        let error = await #expect(throws: ConnectorError.self) { try await connector.site.call(APICall(.get, "orders")) }
        #expect(error?.failureClass == .unauthorised)
        #expect(error?.sentence.contains("Consumer key is invalid.") == true)
        #expect(shop.requests.count == 4)
        #expect(shop.saved.isEmpty)
    }

    @Test(arguments: [("basic", 1), ("query", 1), ("oauth1", 2)])
    func `a chosen way is kept, and a signed call is signed once more`(way: String, calls: Int) async throws {
        let shop = FakeShop { _ in .error(401, "woocommerce_rest_cannot_view") }
        let connector = try shop.connector(["authentication": way])
        await #expect(throws: ConnectorError.self) { try await connector.site.call(APICall(.get, "orders")) }
        #expect(shop.requests.count == calls)
        #expect(Set(shop.requests.map { $0.query["oauth_nonce"] ?? UUID().uuidString }).count == calls)
    }

    @Test func `a clock that is an hour off is learned from the shop's Date`() async throws {
        let shop = FakeShop { request in
            request.query["oauth_timestamp"] == "1794003600"
                ? .json("[]") : .json(#"{"code":"woocommerce_rest_authentication_error","message":"Invalid timestamp."}"#, status: 401, headers: [.date: "Fri, 06 Nov 2026 22:20:00 GMT"])
        }
        #expect(FakeShop.now.description == "2026-11-06T21:20:00Z")
        let connector = try shop.connector(["url": "http://shop.example"])
        _ = try await connector.site.call(APICall(.get, "orders"))
        #expect(shop.requests.count == 2)
    }

    @Test func `plain permalinks are found out and remembered, for writes too`() async throws {
        let shop = FakeShop { $0.query["rest_route"] == nil ? .page(404) : .json("{}", status: 201) }
        let connector = try shop.connector()
        _ = try await connector.site.call(APICall(.post, "orders/9301/notes", body: Array("{}".utf8)))
        #expect(shop.requests.map(\.path) == ["https://shop.example/wp-json/wc/v3/orders/9301/notes", "https://shop.example/"])
        #expect(shop.requests.last?.query["rest_route"] == "/wc/v3/orders/9301/notes")
        #expect(shop.saved == ["permalinksInUse": "plain"])
    }
}
