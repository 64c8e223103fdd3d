import Crypto
import Foundation
@testable import ShopifySimulator
import SimulatorKit
import Testing

struct SimulatorWebhookTests {
    private static let secret = "hush-shopify-secret-01"

    @Test func `a delivery carries the platform's headers and a signature over its bytes`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await SimulatedShop.with { shop in
            try await shop.subscribe(catcher, "ORDERS_CREATE")
            let id = shop.simulator.placeOrder(kind: .oddText)
            #expect(await catcher.wait(for: 1))
            let call = catcher.all[0]
            #expect(call.headers["x-shopify-topic"] == "orders/create")
            #expect(call.headers["x-shopify-shop-domain"] == "crossdock-test.myshopify.com")
            #expect(call.headers["x-shopify-api-version"] == "2026-10")
            #expect(call.headers["x-shopify-order-id"] == "\(id)")
            #expect(call.headers["x-shopify-test"] == "false")
            #expect(call.headers["x-shopify-triggered-at"]?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z/) != nil)
            let expected = Data(HMAC<SHA256>.authenticationCode(for: call.body, using: SymmetricKey(data: Data(Self.secret.utf8))))
                .base64EncodedString()
            #expect(call.headers["x-shopify-hmac-sha256"] == expected)
            let text = String(decoding: call.body, as: UTF8.self)
            #expect(text.contains(#"gid:\/\/shopify\/Order\/"#))
            #expect(text.contains(#"\u003c\/script\u003e \u0026"#))
        }
        await catcher.stop()
    }

    @Test func `one action has one event id over all its topics and a webhook id for each delivery`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await SimulatedShop.with { shop in
            try await shop.subscribe(catcher, "ORDERS_CREATE", "ORDERS_PAID", "ORDERS_UPDATED")
            shop.simulator.placeOrder(kind: .card)
            #expect(await catcher.wait(for: 3))
            #expect(Set(catcher.all.compactMap { $0.headers["x-shopify-topic"] }) == ["orders/create", "orders/paid", "orders/updated"])
            #expect(Set(catcher.all.compactMap { $0.headers["x-shopify-event-id"] }).count == 1)
            #expect(Set(catcher.all.compactMap { $0.headers["x-shopify-webhook-id"] }).count == 3)
        }
        await catcher.stop()
    }

    @Test func `every action announces its topics`() async throws {
        let catcher = try await WebhookCatcher.start()
        let topics = [
            "ORDERS_EDITED", "ORDERS_CANCELLED", "ORDERS_PAID", "ORDERS_FULFILLED", "ORDERS_PARTIALLY_FULFILLED", "REFUNDS_CREATE",
            "FULFILLMENTS_CREATE",
            "APP_UNINSTALLED",
        ]
        try await SimulatedShop.with { shop in
            for topic in topics { try await shop.subscribe(catcher, topic) }
            let simulator = shop.simulator
            let shipped = simulator.placeOrder(kind: .twoLocations), cash = simulator.placeOrder(kind: .cashOnDelivery),
                dropped = simulator.placeOrder(kind: .cashOnDelivery)
            try simulator.editOrder(shipped, .lowerQuantity(line: simulator.lineIDs(of: shipped)[0], by: 1))
            try simulator.fulfil(shipped)
            try simulator.payOrder(cash)
            try simulator.refund(cash)
            try simulator.cancelOrder(dropped)
            simulator.uninstall()
            await simulator.idle()
            let seen = Set(catcher.all.compactMap { $0.headers["x-shopify-topic"] })
            #expect(seen == Set(topics.compactMap(WebhookTopic.topic(graphName:))))
        }
        await catcher.stop()
    }

    @Test func `our own write comes back as a webhook`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            try await shop.subscribe(catcher, "ORDERS_UPDATED")
            _ = try await shop.data(
                "mutation($id:ID!){ tagsAdd(id:$id, tags:[\"crossdock-synced\"]){ node{id} userErrors{message} } }",
                ["id": SimulatedShop.gid(id)])
            #expect(await catcher.wait(for: 1))
            #expect(String(decoding: catcher.all[0].body, as: UTF8.self).contains("crossdock-synced"))
        }
        await catcher.stop()
    }

    @Test func `retries repeat the body of the event, and the ninth failure removes what the API made`() async throws {
        let catcher = try await WebhookCatcher.start { _, _ in .init(status: 500) }
        try await SimulatedShop.with { shop in
            try await shop.subscribe(catcher, "ORDERS_CREATE")
            shop.simulator.addConfiguredSubscription(topic: "app/uninstalled", address: catcher.url)
            let id = shop.simulator.placeOrder(kind: .card)
            try shop.simulator.editOrder(id, .note("changed meanwhile"))
            await shop.simulator.idle()
            #expect(catcher.count == 9)
            #expect(Set(catcher.all.map(\.body)).count == 1)
            #expect(Set(catcher.all.compactMap { $0.headers["x-shopify-webhook-id"] }).count == 1)
            #expect(shop.simulator.subscriptions.map(\.topic) == ["app/uninstalled"])
            let listed = try await shop.data("{ webhookSubscriptions(first: 10) { nodes { id } } }")
            #expect((path(listed, "webhookSubscriptions", "nodes") as? [Any])?.isEmpty == true)
        }
        await catcher.stop()
    }

    @Test func `a subscription of the app's configuration outlives its failures`() async throws {
        let catcher = try await WebhookCatcher.start { _, _ in .init(status: 404) }
        try await SimulatedShop.with { shop in
            shop.simulator.addConfiguredSubscription(topic: "orders/create", address: catcher.url)
            shop.simulator.placeOrder(kind: .card)
            await shop.simulator.idle()
            #expect(catcher.count == 9)
            #expect(shop.simulator.subscriptions.count == 1)
        }
        await catcher.stop()
    }

    @Test func `one failure in between is repeated and forgotten`() async throws {
        let catcher = try await WebhookCatcher.start { _, before in .init(status: before < 3 ? 503 : 200) }
        try await SimulatedShop.with { shop in
            try await shop.subscribe(catcher, "ORDERS_CREATE")
            shop.simulator.placeOrder(kind: .card)
            await shop.simulator.idle()
            #expect(catcher.count == 4)
            #expect(shop.simulator.subscriptions.count == 1)
        }
        await catcher.stop()
    }

    @Test func `a duplicate is the same delivery, a drop is silence, a bad signature does not verify`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await SimulatedShop.with { shop in
            try await shop.subscribe(catcher, "ORDERS_CREATE")
            shop.simulator.faults.force([.drop, .duplicate, .badSignature], at: .webhook)
            for _ in 0..<3 { shop.simulator.placeOrder(kind: .card) }
            await shop.simulator.idle()
            let ids = catcher.all.compactMap { $0.headers["x-shopify-webhook-id"] }
            let good = catcher.all.filter { ShopSignature.webhook($0.body, secret: Self.secret) == $0.headers["x-shopify-hmac-sha256"] }
            #expect(ids.count == 3)
            #expect(Set(ids).count == 2)
            #expect(good.count == 2)
        }
        await catcher.stop()
    }

    @Test func `after a change of the secret either one signs for a while`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await SimulatedShop.with { shop in
            try await shop.subscribe(catcher, "ORDERS_CREATE")
            shop.simulator.rotateSecret(to: "new-secret")
            for _ in 0..<40 { shop.simulator.placeOrder(kind: .card) }
            await shop.simulator.idle()
            let byOld = catcher.all.count { ShopSignature.webhook($0.body, secret: Self.secret) == $0.headers["x-shopify-hmac-sha256"] }
            let byNew = catcher.all.count { ShopSignature.webhook($0.body, secret: "new-secret") == $0.headers["x-shopify-hmac-sha256"] }
            #expect(byOld > 0 && byNew > 0)
            #expect(byOld + byNew == 40)
        }
        await catcher.stop()
    }

    @Test func `the newer header names have no prefix`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await SimulatedShop.with({ $0.webhookHeaders = .unprefixed }) { shop in
            try await shop.subscribe(catcher, "ORDERS_CREATE")
            shop.simulator.placeOrder(kind: .card)
            #expect(await catcher.wait(for: 1))
            #expect(catcher.all[0].headers["shopify-topic"] == "orders/create")
            #expect(catcher.all[0].headers["x-shopify-topic"] == nil)
        }
        await catcher.stop()
    }

    @Test func `the test notification has an id that a floating-point number cannot hold`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await SimulatedShop.with { shop in
            try await shop.subscribe(catcher, "ORDERS_UPDATED")
            shop.simulator.sendTestNotification(storeKey: "another-key")
            #expect(await catcher.wait(for: 1))
            let call = catcher.all[0]
            #expect(try JSONNode(parsing: call.body)["id"]?.int64 == 820_982_911_946_154_508)
            #expect(call.headers["x-shopify-test"] == "true")
            #expect(ShopSignature.webhook(call.body, secret: "another-key") == call.headers["x-shopify-hmac-sha256"])
            #expect(shop.simulator.orderStates().isEmpty)
        }
        await catcher.stop()
    }

    @Test func `a delivery can be had without sending it`() async throws {
        try await SimulatedShop.with { shop in
            let id = shop.simulator.placeOrder(kind: .card)
            let made = try #require(shop.simulator.signedDelivery(orderID: id, topic: "orders/paid"))
            let headers = Dictionary(made.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            #expect(headers["X-Shopify-Topic"] == "orders/paid")
            #expect(headers["X-Shopify-Hmac-Sha256"] == ShopSignature.webhook(made.body, secret: Self.secret))
            #expect(made.body == shop.simulator.webhookBody(orderID: id))
        }
    }

    @Test func `subscriptions are made, found, changed and deleted`() async throws {
        try await SimulatedShop.with { shop in
            let create =
                "mutation($u:String!){ webhookSubscriptionCreate(topic: ORDERS_UPDATED, webhookSubscription:{uri:$u, format: JSON}){ webhookSubscription{id uri topic} userErrors{field message} } }"
            let made = try await shop.data(create, ["u": "https://hub.example/in/shopify/17"])
            let twice = try await shop.data(create, ["u": "https://hub.example/in/shopify/17"])
            let plain = try await shop.data(create, ["u": "http://hub.example/in/shopify/17"])
            let id = try #require(path(made, "webhookSubscriptionCreate", "webhookSubscription", "id"))
            let changed = try await shop.data(
                "mutation($id:ID!){ webhookSubscriptionUpdate(id:$id, webhookSubscription:{uri:\"https://hub.example/new\"}){ webhookSubscription{uri} userErrors{message} } }",
                ["id": id])
            let rest = try await shop.rest("GET", "/webhooks.json?topic=orders/updated")
            let deleted = try await shop.data(
                "mutation($id:ID!){ webhookSubscriptionDelete(id:$id){ deletedWebhookSubscriptionId userErrors{message} } }", ["id": id])
            #expect(userErrors(twice, "webhookSubscriptionCreate") == ["Address for this topic has already been taken"])
            #expect(userErrors(plain, "webhookSubscriptionCreate").count == 1)
            #expect(path(changed, "webhookSubscriptionUpdate", "webhookSubscription", "uri") as? String == "https://hub.example/new")
            #expect(path(rest.json, "webhooks", 0, "address") as? String == "https://hub.example/new")
            #expect(path(deleted, "webhookSubscriptionDelete", "deletedWebhookSubscriptionId") as? String == id as? String)
            #expect(shop.simulator.subscriptions.isEmpty)
        }
    }
}
