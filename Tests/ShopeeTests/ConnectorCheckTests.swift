import Connect
import Domain
import Foundation
import HTTPTypes
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorCheckTests {
    private static let inStep: HTTPFields = [.date: "Thu, 09 Oct 2025 08:53:20 GMT"]
    private static func config(_ status: String = "Normal", url: String = Bench.pushURL, more: String = "", headers: HTTPFields = inStep) -> PlatformAnswer {
        .json(#"{"error":"","response":{"callback_url":"\#(url)","live_push_status":"\#(status)","suspended_time":0\#(more)}}"#, headers: headers)
    }
    private static let info = PlatformAnswer.json(#"{"error":"","message":"","shop_name":"ร้าน","region":"TH","status":"NORMAL","auth_time":1750000000,"expire_time":1790000000}"#)

    private func rows(_ config: PlatformAnswer = config(), _ info: PlatformAnswer = info, _ settings: [String: String] = [:], account: String? = Bench.shopText, hookURL: String? = Bench.pushURL, tokens: [String] = ["t"]) async throws -> [String: CheckRow] {
        let shop = FakeShopee(["push/get_app_push_config": [config], "shop/get_shop_info": [info]], tokens: tokens)
        return Dictionary(try await shop.connector(settings, hookURL: hookURL, account: account).check().map { ($0.name, $0) }) { first, _ in first }
    }

    @Test func `a channel in order has nothing to mend`() async throws {
        let rows = try await rows()
        #expect(Set(rows.keys) == ["app and partner key", "clock", "shop", "consent", "push key", "pushes", "push address"])
        #expect(rows.values.allSatisfy { $0.isGood && $0.remedy == nil })
        #expect(rows["consent"]?.found == "until \(Timestamp(seconds: 1_790_000_000))" && rows["shop"]?.found == "ร้าน, TH, NORMAL")
    }

    @Test(arguments: [("Normal", true), ("Warning", false), ("Suspended", false), ("Asleep", false)]) func `the pushes' health is told`(status: String, isGood: Bool) async throws {
        let row = try #require(try await rows(Self.config(status))["pushes"])
        #expect(row.isGood == isGood && row.found == status && (row.remedy == nil) == isGood)
    }

    @Test func `a clock that is off, an address that is another, a missing push key and topics are told`() async throws {
        let rows = try await rows(Self.config(url: "https://other.test/x", more: #","push_config_on_list":[3,4]"#, headers: [.date: "Thu, 09 Oct 2025 08:58:20 GMT"]), Self.info, ["pushKey": ""])
        #expect(rows["clock"]?.isGood == false && rows["clock"]?.found == "300 s behind Shopee's")
        #expect(rows["push address"]?.isGood == false && rows["push key"]?.isGood == false)
        #expect(rows["push topics"]?.found == "off: 1, 2, 12, 15, 29, 30")
        #expect(try await self.rows(hookURL: nil)["push address"]?.isGood == false)
    }

    @Test(arguments: [("error_sign", "Wrong sign."), ("error_partner_key_expired", "x"), ("source_ip_undeclared", "x"), ("invalid_partner_id", "x"), ("error_server", "x")])
    func `an app that is not accepted ends the list with a remedy`(code: String, message: String) async throws {
        let rows = try await rows(.error(code, message))
        #expect(rows["app and partner key"]?.isGood == false && rows["app and partner key"]?.remedy?.isEmpty == false && rows["shop"] == nil)
    }

    @Test func `the wrong shop is told by both names`() async throws {
        let row = try #require(try await rows(account: "7")["shop"])
        #expect(!row.isGood && row.found.contains("7") && row.found.contains("40071188"))
    }

    @Test(arguments: [("shop_banned", "x"), ("shop_no_linked", "x"), ("error_auth", "No permission.")]) func `a shop that is out of reach is told`(code: String, message: String) async throws {
        #expect(try await rows(Self.config(), .error(code, message))["shop"]?.isGood == false)
    }

    @Test func `a channel that nobody authorised is told`() async throws { #expect(try await rows(tokens: [])["shop"]?.isGood == false) }

    @Test(arguments: [(1_760_000_000 + 15 * 86_400, true), (1_760_000_000 + 13 * 86_400, false), (1_759_999_999, false)]) func `a consent that ends is told two weeks ahead`(end: Int, isGood: Bool) async throws {
        #expect(try await rows(Self.config(), .json(#"{"error":"","shop_name":"x","expire_time":\#(end)}"#))["consent"]?.isGood == isGood)
    }

    @Test func `a restricted shop is told`() async throws {
        #expect(try await rows(Self.config(), .json(#"{"error":"","response":{"shop_name":"x","status":"FROZEN"}}"#))["shop"]?.isGood == false)
    }

    @Test func `no row tells a secret`() async throws {
        for answer in [Self.config(), .error("error_sign"), .error("error_auth", "x")] {
            for row in try await rows(answer).values {
                #expect(![row.found, row.remedy ?? ""].contains { $0.contains(Bench.partnerKey) || $0.contains(Bench.pushKey) })
            }
        }
    }

    // MARK: Registering

    private static let topics = ["1 consent given", "2 consent withdrawn", "3 order status", "4 tracking number", "12 consents ending"]

    @Test func `pushes that stand are left alone`() async throws {
        let shop = FakeShopee(["push/get_app_push_config": [Self.config()]])
        let registered = try await shop.connector().registerWebhooks(at: Bench.pushURL)
        #expect(registered.map(\.topic) == Self.topics && registered.allSatisfy { $0.state == .active } && shop.requests.count == 1)
    }

    @Test func `an address that is another is set, with the topics that the call takes`() async throws {
        let shop = FakeShopee(["push/get_app_push_config": [Self.config(url: ""), Self.config()], "push/set_app_push_config": [.response(#"{"result":"success"}"#)]])
        #expect(try await shop.connector().registerWebhooks(at: Bench.pushURL).allSatisfy { $0.state == .active })
        let call = try #require(shop.requests("push/set_app_push_config").first)
        #expect(call.text == #"{"callback_url":"https://hub.example.test/hooks/shopee","set_push_config_on":[1,2,3,4,12]}"# && Set(call.query.keys) == ["partner_id", "timestamp", "sign"])
    }

    @Test func `the typed address goes before the channel's own`() async throws {
        let shop = FakeShopee(["push/get_app_push_config": [Self.config(url: "x")], "push/set_app_push_config": [.response("{}")]])
        _ = try await shop.connector(["pushURL": Bench.pushURL]).registerWebhooks(at: "https://hub.example.test/hooks/another")
        #expect(shop.requests("push/set_app_push_config")[0].json["callback_url"].text == Bench.pushURL)
    }

    @Test(arguments: [
        (config(url: "https://other.test"), WebhookRegistration.State.missing, WebhookRegistration.State.missing), (config("Suspended"), .disabled, .disabled), (config("Warning"), .active, .active),
        (config(more: #","push_config_on_list":[1,2,4,12]"#), .active, .missing),
    ])
    func `what is registered is told as it is`(answer: PlatformAnswer, consent: WebhookRegistration.State, orders: WebhookRegistration.State) async throws {
        let shop = FakeShopee(["push/get_app_push_config": [answer]])
        let registered = try await shop.connector().listWebhooks(at: Bench.pushURL)
        #expect(registered.first?.state == consent && registered.first { $0.topic.hasPrefix("3 ") }?.state == orders && shop.requests.count == 1)
    }

    @Test func `the descriptor names every setting once, with its words`() {
        let settings = ShopeeConnector.descriptor.settings
        #expect(Set(settings.map(\.key)).count == settings.count && settings.allSatisfy { !$0.title.isEmpty && !$0.help.isEmpty })
        #expect(settings.filter(\.isSecret).map(\.key) == ["partnerKey", "pushKey", "previousPushKey"] && settings.filter(\.isRequired).map(\.key) == ["partnerID", "partnerKey", "shopID"])
        #expect(ShopeeConnector.descriptor.hookDeadlineSeconds == 3 && ShopeeConnector.descriptor.budget.callsPerSecond == 5)
    }
}
