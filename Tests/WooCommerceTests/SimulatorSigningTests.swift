import Foundation
import Testing
@testable import WooCommerceSimulator

/// The vectors of platforms/woocommerce.md §2.3 and §3.3.
struct SimulatorSigningTests {
    static let body = #"{"id":9301,"status":"on-hold","total":"845.00","billing":{"first_name":"\u0e21\u0e32\u0e25\u0e35"},"payment_url":"https:\/\/shop.example\/pay"}"#

    @Test(arguments: [
        ("hub-secret-1", "Ql2r8VKB9yFn1oM/f+UpGLD/kZi2olLBQjsH2NWNNOA="), ("x&y", "pyKGvgNATZp1ck+Hdi2/TLghrD2hR6C8i7q9moyeXrQ="),
        ("x&amp;y", "pyKGvgNATZp1ck+Hdi2/TLghrD2hR6C8i7q9moyeXrQ="),
    ])
    func `a webhook is signed with the decoded secret`(secret: String, expected: String) {
        #expect(Self.body.utf8.count == 143)
        #expect(ShopWebhook.signature(of: Data(Self.body.utf8), secret: secret) == expected)
    }

    @Test func `a re-encoded body has another signature`() throws {
        let decoded = try WooJSON(parsing: Data(Self.body.utf8))
        #expect(decoded["billing"]?["first_name"] == "มาลี")
        let plain = #"{"id":9301,"status":"on-hold","total":"845.00","billing":{"first_name":"มาลี"},"payment_url":"https://shop.example/pay"}"#
        #expect(ShopWebhook.signature(of: Data(plain.utf8), secret: "hub-secret-1") == "t+VKSiP+8LysRMhsNWtolhdwr63UkkVkkq1cTygHoDA=")
    }

    @Test(arguments: [("&quot;a&#039;", "\"a'"), ("&lt;&gt;", "<>"), ("&amp;lt;", "&lt;"), ("a & b", "a & b"), ("&copy;", "&copy;")])
    func `entities of a secret are decoded once`(stored: String, key: String) {
        #expect(HTMLEntities.decode(stored) == key)
    }

    static let parameters = [
        ("per_page", "50"), ("modified_after", "2026-11-06T00:00:00"), ("dates_are_gmt", "true"),
        ("oauth_consumer_key", "ck_00112233445566778899aabbccddeeff00112233"), ("oauth_timestamp", "1794000000"),
        ("oauth_nonce", "7f3c0d5a9be14c62a8d1"), ("oauth_signature_method", "HMAC-SHA256"),
    ]
    static let baseString = "GET&http%3A%2F%2Fshop.example%2Fwp-json%2Fwc%2Fv3%2Forders&dates_are_gmt%3Dtrue%26modified_after%3D2026-11-06T00%253A00%253A00%26oauth_consumer_key%3Dck_00112233445566778899aabbccddeeff00112233%26oauth_nonce%3D7f3c0d5a9be14c62a8d1%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1794000000%26per_page%3D50"

    @Test func `the base string is the documented one`() {
        let base = OAuthSignature.baseString(
            method: "get", url: "http://shop.example/wp-json/wc/v3/orders", parameters: Self.parameters.map { (name: $0.0, value: $0.1) })
        #expect(base == Self.baseString)
        #expect(OAuthSignature.sign(base, secret: "cs_ffeeddccbbaa99887766554433221100ffeeddcc", method: .sha256) == "pqgqxXLzpbm9Xr7ejF47wOVLbyLzWMgcrf/CCvuJEwk=")
    }

    @Test func `only the unreserved characters stay as they are`() {
        #expect(OAuthSignature.encode("aZ09-._~ +/ม") == "aZ09-._~%20%2B%2F%E0%B8%A1")
    }
}
