import Connect
import Domain
import HTTPTypes
@testable import ShopifyConnector
import Testing

@Suite struct ConnectorCheckTests {
    static let url = "https://hub.example/hooks/key"

    private func shop(scopes: [String] = ["write_orders", "write_merchant_managed_fulfillment_orders", "read_all_orders"], domain: String = Bench.shop, version: String = "2026-10",
                      date: String = "Sat, 21 Nov 2026 01:36:41 GMT") throws -> PlatformAnswer {
        let handles = scopes.map { #"{"handle":"\#($0)"}"# }.joined(separator: ",")
        let headers: HTTPFields = [.contentType: "application/json", .date: date, try #require(HTTPField.Name("X-Shopify-API-Version")): version]
        return Bench.answer(#"{"data":{"shop":{"name":"Test","myshopifyDomain":"\#(domain)","currencyCode":"THB"},"currentAppInstallation":{"accessScopes":[\#(handles)]}}}"#, headers)
    }
    private func webhooks(_ topics: [WebhookTopic] = WebhookTopic.allCases) -> PlatformAnswer {
        let nodes = topics.map { #"{"id":"1","topic":"\#($0.rawValue)","uri":"\#(Self.url)"}"# }.joined(separator: ",")
        return Bench.data(#"{"webhookSubscriptions":{"pageInfo":{"hasNextPage":false},"nodes":[\#(nodes)]}}"#)
    }
    private func rows(_ answers: PlatformAnswer..., settings: [String: String] = Bench.staticToken, hookURL: String? = url) async throws -> [CheckRow] {
        await (try Bench.connector(ScriptedPlatform(answers), settings, hookURL: hookURL)).check()
    }
    private func bad(_ rows: [CheckRow]) -> [String] { rows.filter { !$0.isGood }.map(\.name) }

    @Test func `a sound channel has no bad row`() async throws {
        let rows = try await rows(shop(), webhooks())
        #expect(bad(rows).isEmpty)
        #expect(rows.map(\.name) == ["webhook signature", "access token", "shop", "API version", "scopes", "orders older than 60 days", "clock", "webhooks"])
        #expect(rows.contains { $0.found == "Test, currency THB" })
    }

    @Test func `each thing that is wrong has its row and its remedy`() async throws {
        let rows = try await rows(shop(scopes: ["read_orders"], domain: "other.myshopify.com", version: "2026-07", date: "Sat, 21 Nov 2026 01:40:00 GMT"), webhooks([.ordersCreate]),
                                  settings: ["shop": Bench.shop, "accessToken": "t"])
        #expect(bad(rows) == ["webhook signature", "shop", "API version", "scopes", "orders older than 60 days", "clock", "webhooks"])
        #expect(rows.filter { !$0.isGood }.allSatisfy { $0.remedy != nil })
        #expect(rows.first { $0.name == "scopes" }?.found.contains("write_orders") == true)
        #expect(rows.first { $0.name == "webhooks" }?.found.contains("ORDERS_UPDATED") == true)
    }

    @Test func `a token that does not work ends the check with the reason`() async throws {
        let rows = try await rows(Bench.answer(#"{"errors":"[API] Invalid API key"}"#, status: 401))
        #expect(bad(rows) == ["access token"] && rows.count == 2)
        #expect(rows.last?.remedy == "Authorise the channel again.")
    }

    @Test func `without a public address webhooks cannot be right`() async throws {
        #expect(bad(try await rows(shop(), webhooks(), hookURL: nil)) == ["webhooks"])
    }

    @Test(arguments: [("Sat, 21 Nov 2026 01:36:41 GMT", Timestamp?.some(Timestamp(seconds: 1_795_225_001))), ("Saturday", nil), ("Sat, 31 Feb 2026 01:36:41 GMT", nil), ("Sat, 21 Nov 2026 01:36:41 CET", nil)])
    func `the date header is read strictly`(text: String, expected: Timestamp?) {
        #expect(ShopifyConnector.time(httpDate: text) == expected)
    }
}
