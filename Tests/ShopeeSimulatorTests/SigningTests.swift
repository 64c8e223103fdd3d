import Foundation
import Testing
@testable import ShopeeSimulator

/// The vectors of shopee.md §2.4 and §3.3.
@Suite(.timeLimit(.minutes(1))) struct SigningTests {
    static let key = "crossdock-test-key-0001", token = "6f70656e2d636f6e6e6563742d303031"
    static let rows: [(path: String, caller: ShopeeSigning.Caller, sign: String)] = [
        ("/api/v2/auth/token/get", .app, "e80133095dcd69a22c803c6093e6ac73bf76bc6e63405ee90db2e26fe26321b8"),
        ("/api/v2/shop/auth_partner", .app, "98da131d8c4fcd698460cfe89d05dbe5268e2653e2be24263463f183ef835487"),
        ("/api/v2/order/get_order_list", .shop(accessToken: token, id: "40071188"), "3020d08494457b90718f502f9677b1c6cb703d0ddb74565ec0081b34a73038bc"),
        ("/api/v2/logistics/ship_order", .shop(accessToken: token, id: "40071188"), "7d9893c7b84f740176a4cd0ba4c0ca9035a6bad4358567d64c655167ba7fa604"),
        ("/api/v2/merchant/get_merchant_info", .merchant(accessToken: token, id: "900455"), "abb93d847c5a6b471ce045eb3109054918c0fcc27944ef50a89519abaec410ea"),
    ]

    @Test(arguments: rows)
    func `every vector of the dossier is met`(path: String, caller: ShopeeSigning.Caller, sign: String) {
        let base = ShopeeSigning.base(partnerID: "1180042", path: path, timestamp: "1760000000", caller: caller)
        #expect(ShopeeSigning.sign(key: Self.key, base: base) == sign)
    }

    @Test func `the base string has no separators`() {
        let base = ShopeeSigning.base(partnerID: "1180042", path: "/api/v2/order/get_order_list", timestamp: "1760000000", caller: Self.rows[2].caller)
        #expect(base == "1180042/api/v2/order/get_order_list17600000006f70656e2d636f6e6e6563742d30303140071188")
    }

    @Test func `another key, path, moment, token or shop gives another signature`() {
        func sign(
            _ key: String = Self.key, _ path: String = "/api/v2/order/get_order_list", _ at: String = "1760000000", _ token: String = Self.token, _ shop: String = "40071188"
        ) -> String {
            ShopeeSigning.sign(key: key, base: ShopeeSigning.base(partnerID: "1180042", path: path, timestamp: at, caller: .shop(accessToken: token, id: shop)))
        }
        let others = [
            sign("other"), sign(Self.key, "/api/v2/order/get_order_detail"), sign(Self.key, "/api/v2/order/get_order_list", "1760000001"),
            sign(Self.key, "/api/v2/order/get_order_list", "1760000000", "x"), sign(Self.key, "/api/v2/order/get_order_list", "1760000000", Self.token, "1"),
        ]
        #expect(Set(others + [sign()]).count == 6)
    }

    // MARK: Pushes

    static let url = "https://hub.example.test/hooks/shopee", pushKey = "crossdock-push-key-0001"
    static let body =
        #"{"data":{"items":[],"ordersn":"2510210K7TTH01","status":"READY_TO_SHIP","completed_scenario":"","update_time":1761021605},"#
        + #""shop_id":40071188,"code":3,"timestamp":1761021606}"#
    static let spaced =
        #"{"data": {"items": [], "ordersn": "2510210K7TTH01", "status": "READY_TO_SHIP", "completed_scenario": "", "update_time": 1761021605}, "#
        + #""shop_id": 40071188, "code": 3, "timestamp": 1761021606}"#
    static let accepted = "cf61e9d8565dc3360492cb243043827cf2c20567ee1bec5d694fbeb1392e9d34"

    static let pushRows: [(key: String, url: String, body: String, sign: String)] = [
        (pushKey, url, body, accepted),
        (pushKey, url, spaced, "35cdb3f54a140b9c25f7d7faf847594b8860b0f79261b0cca6765c006f66cc7d"),
        (pushKey, url + "/", body, "33a2f3b079f20751fe745439d0195c5b2e6e14184def346ea71bcea0ec82c266"),
        (key, url, body, "3c388c7b34d2e3c899919e63c2505fc136e2e4e30f02cb9c09307fc37296636d"),
    ]

    @Test(arguments: pushRows)
    func `every push vector is met, and only one of them is the accepted signature`(key: String, url: String, body: String, sign: String) {
        #expect(ShopeeSigning.push(key: key, url: url, body: Data(body.utf8)) == sign)
        #expect((sign == Self.accepted) == (key == Self.pushKey && url == Self.url && body == Self.body))
    }

    @Test func `the body of the push vector has its 173 bytes and the simulator writes the same ones`() {
        #expect(Self.body.utf8.count == 173)
        let push = ShopeePush(
            topic: .orderStatus, shopID: 40_071_188, partnerID: 1_180_042,
            data: [
                "items": [], "ordersn": "2510210K7TTH01", "status": "READY_TO_SHIP", "completed_scenario": "", "update_time": 1_761_021_605,
            ], timestamp: 1_761_021_606)
        #expect(String(decoding: push.envelope.data, as: UTF8.self) == Self.body)
    }

    @Test func `without the bar the signature is another`() {
        let bare = ShopeeSigning.sign(key: Self.pushKey, base: Self.url + Self.body)
        #expect(bare == "e0ee34920be72cac2380dbe4523fb70477af0d50a1ee96e28b6709e3dab14b04")
    }
}
