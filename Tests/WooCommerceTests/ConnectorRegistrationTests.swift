import Connect
import Domain
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import WooCommerceConnector

/// Webhooks, the shop's check, and the browser flow (platforms/woocommerce.md §2.1, §3.1).
@Suite struct ConnectorRegistrationTests {
    private static let url = "https://hub.example/hooks/1"

    /// A shop with these webhooks: (id, topic, status, url).
    final class Hooks: Sendable {
        let rows: Mutex<[(id: Int, topic: String, status: String, url: String)]>
        init(_ rows: [(id: Int, topic: String, status: String, url: String)] = []) { self.rows = Mutex(rows) }

        var shop: FakeShop { FakeShop { self.answer($0) } }

        private func answer(_ request: PlatformRequest) -> PlatformAnswer {
            rows.withLock { rows in
                let sent = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: String] ?? [:]
                let id = Int(request.path.split(separator: "/").last ?? "")
                switch request.method {
                case .post:
                    rows.append((rows.count + 100, sent["topic"] ?? "", sent["status"] ?? "active", sent["delivery_url"] ?? ""))
                    return .json(Self.json(rows[rows.count - 1]), status: 201)
                case .put:
                    guard let index = rows.firstIndex(where: { $0.id == id }) else { return .error(400, "woocommerce_rest_shop_webhook_invalid_id") }
                    if let status = sent["status"] { rows[index].status = status }
                    return .json(Self.json(rows[index]))
                case .delete:
                    guard request.query["force"] == "true" else { return .error(501, "woocommerce_rest_trash_not_supported") }
                    rows.removeAll { $0.id == id }
                    return .json("{}")
                default: return .json("[" + rows.map(Self.json).joined(separator: ",") + "]")
                }
            }
        }

        private static func json(_ row: (id: Int, topic: String, status: String, url: String)) -> String {
            #"{"id":\#(row.id),"topic":"\#(row.topic)","status":"\#(row.status)","delivery_url":"\#(row.url)","date_modified_gmt":null}"#
        }
    }

    @Test func `four webhooks are made with our secret, one a topic`() async throws {
        let hooks = Hooks(), shop = hooks.shop
        let made = try await shop.connector().registerWebhooks(at: Self.url)
        #expect(made.map(\.topic) == ["order.created", "order.updated", "order.deleted", "order.restored"])
        #expect(made.allSatisfy { $0.state == .active && $0.externalID != nil })
        #expect(shop.requests[1].text == #"{"delivery_url":"https://hub.example/hooks/1","name":"Crossdock order.created","secret":"hub-secret-1","status":"active","topic":"order.created"}"#)
    }

    @Test func `a second registration makes no doubles`() async throws {
        let hooks = Hooks()
        _ = try await hooks.shop.connector().registerWebhooks(at: Self.url)
        _ = try await hooks.shop.connector().registerWebhooks(at: Self.url)
        #expect(hooks.rows.withLock { $0.count } == 4)
    }

    @Test func `a disabled webhook is enabled, a double deleted, a stranger left alone`() async throws {
        let hooks = Hooks([(1, "order.created", "disabled", Self.url), (2, "order.updated", "disabled", Self.url), (3, "order.updated", "active", Self.url), (4, "order.updated", "active", "https://other.example/")])
        let made = try await hooks.shop.connector().registerWebhooks(at: Self.url)
        #expect(made.allSatisfy { $0.state == .active })
        #expect(made.prefix(2).map(\.externalID) == ["1", "3"])
        #expect(hooks.rows.withLock { $0.map(\.id) } == [1, 3, 4, 103, 104])
    }

    @Test func `a webhook that a person paused stays paused and is reported`() async throws {
        let hooks = Hooks([(1, "order.created", "paused", Self.url)])
        let made = try await hooks.shop.connector().registerWebhooks(at: Self.url)
        #expect(made.first?.state == .disabled)
        #expect(hooks.rows.withLock { $0.first?.status } == "paused")
    }

    @Test func `looking changes nothing`() async throws {
        let hooks = Hooks([(1, "order.created", "disabled", Self.url), (2, "order.updated", "active", Self.url)]), shop = hooks.shop
        let found = try await shop.connector().listWebhooks(at: Self.url)
        #expect(found.map(\.state) == [.disabled, .active, .missing, .missing])
        #expect(shop.requests.allSatisfy { $0.method == .get })
    }

    @Test func `without a secret of ours nothing is registered`() async throws {
        let connector = try Hooks().shop.connector(["webhookSecret": ""])
        let error = await #expect(throws: ConnectorError.self) { try await connector.registerWebhooks(at: Self.url) }
        guard case .misconfigured(setting: "webhookSecret", _)? = error else { Issue.record("\(String(describing: error))"); return }
    }

    // MARK: The check

    private static func healthy(_ request: PlatformRequest) -> PlatformAnswer {
        if request.path.hasSuffix("/wp-json/") { return .json(#"{"name":"Shop","home":"https:\/\/shop.example","namespaces":["wp/v2","wc/v3"]}"#, headers: [.date: "Fri, 06 Nov 2026 21:20:01 GMT"]) }
        if request.method == .put { return .error(400, "woocommerce_rest_shop_order_invalid_id") }
        if request.path.hasSuffix("/system_status") { return .json(#"{"environment":{"version":"10.0.2"},"settings":{"HPOS_enabled":true}}"#) }
        if request.path.hasSuffix("/webhooks") { return .json("[" + WooCommerceConnector.topics.map { #"{"id":1,"topic":"\#($0)","status":"active","delivery_url":"\#(url)"}"# }.joined(separator: ",") + "]") }
        return .json("[]")
    }

    private func check(_ answer: @escaping @Sendable (PlatformRequest) -> PlatformAnswer, settings: [String: String] = [:]) async throws -> [String: CheckRow] {
        let rows = try await FakeShop(answer).connector(settings, hookURL: Self.url).check()
        #expect(rows.allSatisfy { $0.isGood || $0.remedy != nil })
        return Dictionary(rows.map { ($0.name, $0) }) { $1 }
    }

    @Test func `a healthy shop has no bad row`() async throws {
        let rows = try await check(Self.healthy)
        #expect(rows.values.filter { !$0.isGood } == [])
        #expect(rows["version"]?.found == "WooCommerce 10.0.2, orders in their own tables (HPOS)")
        #expect(rows["write permission"]?.found == "read/write")
    }

    @Test func `a read-only key is found without changing anything`() async throws {
        let rows = try await check { $0.method == .put ? .error(401, "woocommerce_rest_authentication_error", "The API key provided does not have write permissions.") : Self.healthy($0) }
        #expect(rows["authentication"]?.isGood == true)
        #expect(rows["write permission"]?.isGood == false)
    }

    @Test func `a wrong key ends the check with its remedy`() async throws {
        let rows = try await check { $0.path.hasSuffix("/wp-json/") ? Self.healthy($0) : .error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.") }
        #expect(rows["authentication"]?.isGood == false)
        #expect(rows["webhook order.created"] == nil)
    }

    @Test(arguments: [PlatformAnswer.page(404), .page(403), .page(503), .json("", status: 301, headers: [.location: "https://www.shop.example/"]), .page(200)])
    func `a site that is no shop ends the check at once`(answer: PlatformAnswer) async throws {
        let rows = try await check { _ in answer }
        #expect(rows["reachable"]?.isGood == false)
        #expect(rows.count == 1)
    }

    @Test func `a WordPress without WooCommerce, another home, a clock apart and a disabled webhook each have a row`() async throws {
        let rows = try await check { request in
            if request.path.hasSuffix("/wp-json/") { return .json(#"{"home":"https://other.example","namespaces":["wc/v3"]}"#, headers: [.date: "Fri, 06 Nov 2026 21:40:00 GMT"]) }
            return request.path.hasSuffix("/webhooks") ? .json("[]") : Self.healthy(request)
        }
        #expect(rows["home URL"]?.isGood == false)
        #expect(rows["clock"]?.found == "1200 s ahead of ours")
        #expect(rows["clock"]?.isGood == false)
        #expect(rows["webhook order.deleted"]?.found == "missing")
    }

    @Test func `a shop before 5_8 is told what it misses`() async throws {
        let rows = try await check { $0.query["orderby"] == "modified" ? .error(400, "rest_invalid_param", "Invalid parameter(s): orderby", data: #"{"status":400,"params":{"orderby":"no"}}"#) : Self.healthy($0) }
        #expect(rows["listing by change"]?.isGood == false)
    }

    // MARK: The browser flow

    private static let state = "u-0123456789abcdefghij", withoutKeys = ["consumerKey": "", "consumerSecret": ""]

    @Test func `the merchant is sent to the shop's consent page`() async throws {
        let connector = try FakeShop { _ in .json("{}") }.connector(Self.withoutKeys.merging(["url": "https://shop.example/th/"]) { $1 })
        let url = try await connector.authorisationURL(redirect: "https://hub.example/back?x=1", keysTo: "https://hub.example/keys", state: Self.state)
        #expect(url == "https://shop.example/th/wc-auth/v1/authorize?app_name=Crossdock&scope=read_write&user_id=u-0123456789abcdefghij&return_url=https%3A%2F%2Fhub.example%2Fback%3Fx%3D1&callback_url=https%3A%2F%2Fhub.example%2Fkeys")
    }

    @Test(arguments: [("http://hub.example/keys", state), ("https://hub.example/keys", "short"), ("hub.example/keys", state), ("https://hub.example:8443/keys", state)])
    func `a flow the shop would refuse is not begun`(keysTo: String, state: String) async throws {
        let connector = try FakeShop { _ in .json("{}") }.connector()
        await #expect(throws: ConnectorError.self) { try await connector.authorisationURL(redirect: "https://hub.example/", keysTo: keysTo, state: state) }
        for good in ["http://127.0.0.1:8080/keys", "https://hub.example:8080/keys"] {
            await #expect(throws: Never.self) { try await connector.authorisationURL(redirect: "https://hub.example/", keysTo: good, state: Self.state) }
        }
    }

    @Test func `a shop with plain permalinks is told of before its owner is sent anywhere`() async throws {
        let shop = FakeShop { $0.query["rest_route"] != nil ? .json("{}") : .page(404) }, connector = try shop.connector(Self.withoutKeys)
        let error = await #expect(throws: ConnectorError.self) { try await connector.authorisationURL(redirect: "https://hub.example/", keysTo: "https://hub.example/keys", state: Self.state) }
        #expect(error?.sentence.contains("plain permalinks") == true)
        let silent = try FakeShop { _ in .page(503) }.connector(Self.withoutKeys)
        await #expect(throws: Never.self) { try await silent.authorisationURL(redirect: "https://hub.example/", keysTo: "https://hub.example/keys", state: Self.state) }
    }

    private static let posted = #"{"key_id":12,"user_id":"our-opaque-id","consumer_key":"ck_00112233445566778899aabbccddeeff00112233","consumer_secret":"cs_ffeeddccbbaa99887766554433221100ffeeddcc","key_permissions":"read_write"}"#

    @Test func `posted keys become settings`() throws {
        let settings = try FakeShop { _ in .json("{}") }.connector(Self.withoutKeys).settings(handedOver: Array(Self.posted.utf8), state: "our-opaque-id")
        #expect(settings == ["consumerKey": "ck_00112233445566778899aabbccddeeff00112233", "consumerSecret": "cs_ffeeddccbbaa99887766554433221100ffeeddcc"])
    }

    @Test(arguments: [("our-opaque-id", "another-id", "unauthorised"), ("read_write", "read", "key_not_read_write"), ("ck_0", "xx_0", "not_understood"), ("cs_ff", "cs_f", "not_understood"), ("{", "", "not_understood")])
    func `keys that are not ours or no good are refused`(old: String, new: String, code: String) throws {
        let connector = try FakeShop { _ in .json("{}") }.connector()
        let error = #expect(throws: ConnectorError.self) { try connector.settings(handedOver: Array(Self.posted.replacing(old, with: new).utf8), state: "our-opaque-id") }
        #expect(error?.code == code)
    }

    @Test(arguments: [(["success": "1", "user_id": "x"], true), (["success": "0", "user_id": "x"], false), ([:], false)])
    func `the return tells whether the merchant approved`(query: [String: String], isAgreed: Bool) throws {
        #expect(try FakeShop { _ in .json("{}") }.connector().isAgreed(query) == isAgreed)
    }

    @Test func `without keys no call is made, and half a key is refused`() async throws {
        let shop = FakeShop { _ in .json("[]") }, connector = try shop.connector(Self.withoutKeys)
        #expect(!connector.hasKeys)
        await #expect(throws: ConnectorError.consentAwaited) { try await connector.listOrders(changedSince: FakeShop.now, until: nil, cursor: nil, limit: 10) }
        #expect(shop.requests.isEmpty)
        for half in ["consumerKey", "consumerSecret"] { #expect(throws: ConnectorError.self) { try shop.connector([half: ""]) } }
    }
}
