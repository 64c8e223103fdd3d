import Connect
import Domain
import Foundation
@testable import ShopifyConnector
import Testing

@Suite struct ConnectorWebhookRegistrationTests {
    static let url = "https://hub.example/hooks/new-key"
    typealias Subscription = WebhookPlan.Subscription

    private func all(_ url: String = url) -> [Subscription] { WebhookTopic.allCases.enumerated().map { Subscription(id: "s\($0.offset)", topic: $0.element.rawValue, uri: url) } }

    @Test func `nothing registered means everything is made`() {
        let plan = WebhookPlan(existing: [], url: Self.url)
        #expect(plan.create == WebhookTopic.allCases.map(\.rawValue) && plan.delete.isEmpty && plan.keep.isEmpty)
    }

    @Test func `what is complete is left alone`() {
        let plan = WebhookPlan(existing: all(), url: Self.url)
        #expect(plan.create.isEmpty && plan.delete.isEmpty && plan.keep.count == WebhookTopic.allCases.count)
    }

    @Test func `doubles and topics we do not read are removed`() {
        let extra = [Subscription(id: "d", topic: "ORDERS_UPDATED", uri: Self.url), Subscription(id: "p", topic: "ORDERS_PAID", uri: Self.url)]
        #expect(WebhookPlan(existing: all() + extra, url: Self.url).delete == extra)
    }

    @Test(arguments: [("https://hub.example/hooks/old-key", true), ("https://hub.example:443/hooks/old-key", true), ("https://HUB.example/hooks/old-key", true), ("https://hub.example:8443/hooks/old-key", false),
                      ("http://hub.example/hooks/old-key", false), ("https://hub.example/other/old-key", false), ("https://erp.example/hooks/old-key", false), ("https://hub.example/hooks", false),
                      ("https://hub.example", false), ("pubsub://project:topic", false), ("arn:aws:events:x", false), ("", false)])
    func `only an old key of this hub is removed`(uri: String, isRemoved: Bool) {
        let other = Subscription(id: "o", topic: "ORDERS_UPDATED", uri: uri)
        let plan = WebhookPlan(existing: [other], url: Self.url)
        #expect(plan.delete == (isRemoved ? [other] : []))
        #expect(plan.create.count == WebhookTopic.allCases.count)
    }

    private func listing(_ subscriptions: [Subscription], next: String? = nil) -> PlatformAnswer {
        let nodes = subscriptions.map { #"{"id":"\#($0.id)","topic":"\#($0.topic)","uri":"\#($0.uri)"}"# }.joined(separator: ",")
        return Bench.data(#"{"webhookSubscriptions":{"pageInfo":{"hasNextPage":\#(next != nil),"endCursor":"\#(next ?? "")"},"nodes":[\#(nodes)]}}"#)
    }
    private func made(_ errors: String = "[]") -> PlatformAnswer { Bench.data(#"{"webhookSubscriptionCreate":{"webhookSubscription":null,"userErrors":\#(errors)}}"#) }
    private func removed(_ errors: String = "[]") -> PlatformAnswer { Bench.data(#"{"webhookSubscriptionDelete":{"deletedWebhookSubscriptionId":null,"userErrors":\#(errors)}}"#) }

    @Test func `registering makes what is missing and removes what is stale`() async throws {
        let stale = Subscription(id: "old", topic: "ORDERS_UPDATED", uri: "https://hub.example/hooks/old-key")
        let platform = ScriptedPlatform([listing(Array(all().dropFirst()) + [stale]), made(), removed(), listing(all())])
        let result = try await Bench.connector(platform).registerWebhooks(at: Self.url)
        #expect(platform.operations == ["webhookSubscriptions", "webhookSubscriptionCreate", "webhookSubscriptionDelete", "webhookSubscriptions"])
        #expect(platform.variables(1)["topic"] as? String == "ORDERS_CREATE")
        #expect((platform.variables(1)["webhookSubscription"] as? [String: String]) == ["uri": Self.url, "format": "JSON"])
        #expect(platform.variables(2)["id"] as? String == "old")
        #expect(result.allSatisfy { $0.state == .active } && result.count == WebhookTopic.allCases.count)
    }

    @Test func `a second registration changes nothing`() async throws {
        let platform = ScriptedPlatform([listing(all()), listing(all())])
        _ = try await Bench.connector(platform).registerWebhooks(at: Self.url)
        #expect(platform.operations == ["webhookSubscriptions", "webhookSubscriptions"])
    }

    @Test func `losing a race for a topic or a removal is no failure`() async throws {
        let stale = Subscription(id: "old", topic: "ORDERS_UPDATED", uri: "https://hub.example/hooks/old-key")
        let platform = ScriptedPlatform([listing(Array(all().dropFirst()) + [stale]), made(#"[{"field":["address"],"message":"Address for this topic has already been taken"}]"#),
                                         removed(#"[{"field":["id"],"message":"Webhook subscription does not exist"}]"#), listing(all())])
        #expect(try await Bench.connector(platform).registerWebhooks(at: Self.url).count == WebhookTopic.allCases.count)
    }

    @Test func `a refusal is shown in the platform's words`() async throws {
        let platform = ScriptedPlatform([listing([]), made(#"[{"field":["address"],"message":"Address must be https"}]"#)])
        let connector = try Bench.connector(platform)
        await #expect(throws: ConnectorError.refused(platformCode: "webhook_refused", platformMessage: "Address must be https")) { try await connector.registerWebhooks(at: Self.url) }
    }

    @Test func `listing reads every page and says what is missing`() async throws {
        let platform = ScriptedPlatform([listing(Array(all().prefix(3)), next: "n"), listing(Array(all()[3..<5]))])
        let result = try await Bench.connector(platform).listWebhooks(at: Self.url)
        #expect(platform.variables(1)["after"] as? String == "n")
        #expect(result.filter { $0.state == .active }.map(\.externalID) == ["s0", "s1", "s2", "s3", "s4"])
        #expect(result.filter { $0.state == .missing }.count == WebhookTopic.allCases.count - 5)
    }
}
