import Connect
import Domain
import HTTPTypes
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorSigningTests {
    private static let token = "6f70656e2d636f6e6e6563742d303031"
    private static let signing = ShopeeSigning(partnerID: 1_180_042, partnerKey: Bench.partnerKey)

    /// The vectors of platforms/shopee.md §2.4.
    @Test(arguments: [
        ("/api/v2/auth/token/get", "", "", "e80133095dcd69a22c803c6093e6ac73bf76bc6e63405ee90db2e26fe26321b8"),
        ("/api/v2/shop/auth_partner", "", "", "98da131d8c4fcd698460cfe89d05dbe5268e2653e2be24263463f183ef835487"),
        ("/api/v2/order/get_order_list", token, "40071188", "3020d08494457b90718f502f9677b1c6cb703d0ddb74565ec0081b34a73038bc"),
        ("/api/v2/logistics/ship_order", token, "40071188", "7d9893c7b84f740176a4cd0ba4c0ca9035a6bad4358567d64c655167ba7fa604"),
        ("/api/v2/merchant/get_merchant_info", token, "900455", "abb93d847c5a6b471ce045eb3109054918c0fcc27944ef50a89519abaec410ea"),
    ])
    func `each kind of call is signed as the vectors say`(path: String, token: String, account: String, expected: String) {
        #expect(Self.signing.sign(path: path, timestamp: 1_760_000_000, accessToken: token, account: account) == expected)
    }

    @Test func `the base string has no separators`() {
        #expect(Self.signing.baseString(path: "/api/v2/order/get_order_list", timestamp: 1_760_000_000, accessToken: Self.token, account: "40071188")
            == "1180042/api/v2/order/get_order_list17600000006f70656e2d636f6e6e6563742d30303140071188")
    }

    @Test func `a sent call carries the vector's signature, its common parameters in the query also for POST, and only its own in the body`() async throws {
        let shop = FakeShopee(["logistics/ship_order": [.json(#"{"error":"","message":""}"#)]], tokens: [Self.token])
        _ = try await shop.connector().client.call(.post("logistics/ship_order") { $0.field("order_sn", "A") })
        let request = try #require(shop.requests.first)
        #expect(request.method == .post && request.url.hasPrefix("https://partner.shopeemobile.com/api/v2/logistics/ship_order?"))
        #expect(request.query == ["partner_id": "1180042", "timestamp": "1760000000", "access_token": Self.token, "shop_id": "40071188",
                                  "sign": "7d9893c7b84f740176a4cd0ba4c0ca9035a6bad4358567d64c655167ba7fa604"])
        #expect(request.text == #"{"order_sn":"A"}"#)
        #expect(request.headers[.contentType] == "application/json")
    }

    @Test func `a public call has neither token nor shop, and needs no credential`() async throws {
        let shop = FakeShopee(["push/get_app_push_config": [.response("{}")]], tokens: [])
        _ = try await shop.connector().client.call(.get("push/get_app_push_config", form: .publicly))
        #expect(Set(shop.requests[0].query.keys) == ["partner_id", "timestamp", "sign"])
        #expect(shop.lent.isEmpty)
    }

    /// The vector of §3.3.
    private static let body = #"{"data":{"items":[],"ordersn":"2510210K7TTH01","status":"READY_TO_SHIP","completed_scenario":"","update_time":1761021605},"shop_id":40071188,"code":3,"timestamp":1761021606}"#
    private static let spaced = #"{"data": {"items": [], "ordersn": "2510210K7TTH01", "status": "READY_TO_SHIP", "completed_scenario": "", "update_time": 1761021605}, "shop_id": 40071188, "code": 3, "timestamp": 1761021606}"#
    private static let good = "cf61e9d8565dc3360492cb243043827cf2c20567ee1bec5d694fbeb1392e9d34", ofPartnerKey = "3c388c7b34d2e3c899919e63c2505fc136e2e4e30f02cb9c09307fc37296636d"
    private static let ofSpaced = "35cdb3f54a140b9c25f7d7faf847594b8860b0f79261b0cca6765c006f66cc7d", ofSlash = "33a2f3b079f20751fe745439d0195c5b2e6e14184def346ea71bcea0ec82c266"
    private static let withoutBar = "e0ee34920be72cac2380dbe4523fb70477af0d50a1ee96e28b6709e3dab14b04"

    private func verdict(_ signature: String?, body: String = body, _ settings: [String: String] = [:], hookURL: String? = Bench.pushURL) throws -> HookVerdict {
        var headers = HTTPFields()
        headers[.authorization] = signature
        return try FakeShopee().connector(settings, hookURL: hookURL).verify(IncomingDelivery(headers: headers, body: Array(body.utf8), receivedAt: Bench.now))
    }

    @Test func `the vector's body has the length that the dossier tells`() { #expect(Self.body.utf8.count == 173) }

    @Test func `the vector is accepted and names its shop`() throws {
        guard case .accept(let receipt) = try verdict(Self.good) else { Issue.record("refused"); return }
        #expect(receipt.account == "40071188" && receipt.topic == "push/3" && !receipt.key.isEmpty && receipt.quarantine == nil)
    }

    @Test func `a body that was printed anew has its own signature and no other`() throws {
        #expect(PushSignature(keys: try ShopeeSettings(ChannelSettings(Bench.settings)).pushKeys, url: Bench.pushURL).isValid(Self.ofSpaced, for: Array(Self.spaced.utf8)))
        guard case .refuse(let answer) = try verdict(Self.good, body: Self.spaced) else { Issue.record("taken"); return }
        #expect(answer.status == 401 && answer.code == "signature_mismatch")
    }

    @Test(arguments: [ofSpaced, ofSlash, withoutBar, ofPartnerKey, good.uppercased(), "Bearer " + good, String(good.dropLast()), good + "0", "", String(repeating: "0", count: 64), String(repeating: "z", count: 64)])
    func `every other signature is refused`(signature: String) throws {
        guard case .refuse(let answer) = try verdict(signature) else { Issue.record("taken"); return }
        #expect(answer.status == 401)
    }

    @Test func `no signature is refused`() throws {
        #expect(try verdict(nil) == .refuse(HookAnswer(status: 401, code: "signature_missing")))
    }

    @Test func `the address is signed as it was typed: with a slash only the slash's signature is good`() throws {
        let typed = ["pushURL": Bench.pushURL + "/"]
        guard case .accept = try verdict(Self.ofSlash, typed) else { Issue.record("refused"); return }
        guard case .refuse = try verdict(Self.good, typed) else { Issue.record("taken"); return }
    }

    @Test func `a typed address goes before the channel's own, and without either nothing is taken`() throws {
        guard case .accept = try verdict(Self.good, ["pushURL": Bench.pushURL], hookURL: "https://inside.test/other") else { Issue.record("refused"); return }
        #expect(try verdict(Self.good, hookURL: nil) == .refuse(HookAnswer(status: 401, code: "push_url_not_set")))
    }

    /// Which of the push key's and the partner key's signatures is taken (§3.3, no. 4).
    @Test(arguments: [
        (["pushSignedWith": "auto"], true, false), (["pushKey": "", "pushSignedWith": "auto"], false, true), (["pushSignedWith": "pushKey"], true, false),
        (["pushSignedWith": "partnerKey"], false, true), (["pushSignedWith": "both"], true, true),
        (["pushKey": "newer-key", "previousPushKey": Bench.pushKey], true, false), (["pushKey": Bench.pushKey, "previousPushKey": Bench.partnerKey], true, true),
    ])
    func `the keys that are set decide which signatures count`(settings: [String: String], pushKey: Bool, partnerKey: Bool) throws {
        for (signature, isGood) in [(Self.good, pushKey), (Self.ofPartnerKey, partnerKey)] {
            if case .accept = try verdict(signature, settings) { #expect(isGood) } else { #expect(!isGood) }
        }
    }

    @Test func `a push key must be set where pushes are signed with it`() {
        #expect(throws: ConnectorError.misconfigured(setting: "pushKey", problem: "is not set")) { try FakeShopee().connector(["pushKey": "", "pushSignedWith": "pushKey"]) }
    }

    @Test(arguments: [("partnerID", "12x"), ("partnerID", ""), ("shopID", "-4"), ("shopID", ""), ("partnerKey", ""), ("baseURL", "partner.shopeemobile.com"), ("consentURL", "ftp://x"),
                      ("pushSignedWith", "neither"), ("consentLink", "none"), ("handover", "walk"), ("cancelReason", "BORED"), ("escrow", "never")])
    func `a malformed setting is named`(key: String, value: String) async {
        let error = await Bench.error { () async throws(ConnectorError) in try ShopeeConnector(FakeShopee().context([key: value]), jitter: { 0 }) }
        guard case .misconfigured(setting: key, _)? = error else { Issue.record("\(String(describing: error))"); return }
    }
}
