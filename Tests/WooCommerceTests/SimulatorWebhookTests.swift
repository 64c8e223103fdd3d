import Foundation
import SimulatorKit
import Testing
import Waiting
@testable import WooCommerceSimulator

/// The guarantees, and their lack, of platforms/woocommerce.md §3.
struct SimulatorWebhookTests {
    private func waiting(_ shop: SimulatedShop) -> Int { shop.simulator.queueDepth }

    @Test func `creation pings with an unsigned form`() async throws {
        try await withWebhooks(["order.updated"]) { (shop, receiver, ids) async throws in
            let ping = try #require(receiver.all.first)
            #expect(receiver.all.count == 1)
            #expect(String(decoding: ping.body, as: UTF8.self) == "webhook_id=\(ids[0])")
            #expect(ping.headers["content-type"] == "application/x-www-form-urlencoded")
            #expect(ping.headers["user-agent"] == "WooCommerce/10.0.2 Hookshot (WordPress/6.8.1)")
            #expect(!ping.headers.keys.contains { $0.hasPrefix("x-wc") })
            let webhook = try await shop.call("GET", "webhooks/\(ids[0])").json
            #expect(webhook["status"] == "active")
            #expect(webhook["secret"] == nil)
            #expect(webhook["date_modified"] == WooJSON.null)
            #expect(webhook["hooks"]?.items?.contains("woocommerce_update_order") == true)
        }
    }

    @Test func `a delivery has every header and a signature over its bytes`() async throws {
        try await withWebhooks(["order.updated"], secret: "  x&amp;y ") { (shop, receiver, ids) async throws in
            let order = shop.simulator.placeOrder(kind: .emoji)
            await shop.simulator.runCron()
            let delivery = try #require(receiver.deliveries.first)
            #expect(delivery.headers["x-wc-webhook-source"] == "\(shop.simulator.baseURL)/")
            #expect(delivery.headers["x-wc-webhook-topic"] == "order.updated")
            #expect(delivery.headers["x-wc-webhook-resource"] == "order")
            #expect(delivery.headers["x-wc-webhook-event"] == "updated")
            #expect(delivery.headers["x-wc-webhook-id"] == "\(ids[0])")
            #expect(delivery.headers["x-wc-webhook-delivery-id"]?.count == 32)
            #expect(delivery.headers["x-wc-webhook-signature"] == ShopWebhook.signature(of: delivery.body, secret: "x&y"))
            #expect(delivery.body.allSatisfy { $0 < 0x80 })
            #expect(delivery.body == shop.simulator.orderJSON(order))
        }
    }

    @Test func `changes while a delivery waits are one delivery with the last state`() async throws {
        try await withWebhooks(["order.updated"]) { (shop, receiver, _) async throws in
            let order = shop.simulator.placeOrder(kind: .paidOnline)
            shop.simulator.edit(order)
            shop.simulator.complete(order)
            #expect(waiting(shop) == 1)
            await shop.simulator.runCron()
            #expect(receiver.deliveries.map { $0.json["status"] } == ["completed"])
            shop.simulator.edit(order)
            await shop.simulator.idle()
            #expect(receiver.deliveries.count == 2)
        }
    }

    @Test func `a change while a delivery is under way is delivered again`() async throws {
        try await withWebhooks(["order.updated"]) { (shop, receiver, _) async throws in
            receiver.answerSlowly(.milliseconds(300))
            let order = shop.simulator.placeOrder(kind: .paidOnline)
            shop.simulator.resumeCron()
            #expect(await eventually { !receiver.deliveries.isEmpty })
            shop.simulator.complete(order)
            await shop.simulator.idle()
            #expect(receiver.deliveries.map { $0.json["status"] } == ["processing", "completed"])
        }
    }

    @Test func `no answer in time is a failure`() async throws {
        try await withWebhooks(["order.updated"], .quick { $0.webhookTimeout = .seconds(1) }) { (shop, receiver, ids) async throws in
            receiver.answerSlowly(.seconds(3))
            shop.simulator.placeOrder(kind: .cashOnDelivery)
            await shop.simulator.runCron()
            #expect(receiver.deliveries.count == 1)
            #expect(shop.simulator.webhookState(ids[0])?.failures == 1)
        }
    }

    @Test func `created and updated come in either order with the same body`() async throws {
        try await withWebhooks(["order.created", "order.updated"], .quick { $0.deliveryWidth = 1 }) { (shop, receiver, _) async throws in
            for _ in 0..<30 { shop.simulator.placeOrder(kind: .cashOnDelivery) }
            await shop.simulator.runCron()
            let deliveries = receiver.deliveries
            #expect(deliveries.count == 60)
            var firstTopics: Set<String> = [], bodies: [Int: Set<Data>] = [:]
            for delivery in deliveries {
                let id = delivery.json["id"]?.integerValue ?? 0
                if bodies[id] == nil { firstTopics.insert(delivery.topic) }
                bodies[id, default: []].insert(delivery.body)
            }
            #expect(firstTopics == ["order.created", "order.updated"])
            #expect(bodies.values.allSatisfy { $0.count == 1 })
        }
    }

    @Test func `deliveries of one webhook within a second share their id`() async throws {
        let configuration = WooCommerceSimulator.Configuration.quick { $0.now = { Date(timeIntervalSince1970: 1_794_000_000) } }
        try await withWebhooks(["order.created"], configuration) { (shop, receiver, _) async throws in
            for _ in 0..<3 { shop.simulator.placeOrder(kind: .cashOnDelivery) }
            await shop.simulator.runCron()
            #expect(Set(receiver.deliveries.map { $0.headers["x-wc-webhook-delivery-id"] ?? "" }).count == 1)
            shop.simulator.advanceClock(bySeconds: 1)
            shop.simulator.placeOrder(kind: .cashOnDelivery)
            await shop.simulator.runCron()
            #expect(Set(receiver.deliveries.map { $0.headers["x-wc-webhook-delivery-id"] ?? "" }).count == 2)
        }
    }

    @Test func `the seventh failure in a row disables, and the counter outlives re-enabling`() async throws {
        try await withWebhooks(["order.updated"]) { (shop, receiver, ids) async throws in
            receiver.answer(503)
            for count in 1...7 {
                shop.simulator.placeOrder(kind: .cashOnDelivery)
                await shop.simulator.runCron()
                #expect(shop.simulator.webhookState(ids[0])?.status == (count < 7 ? "active" : "disabled"))
            }
            #expect(receiver.deliveries.count == 7)
            shop.simulator.placeOrder(kind: .cashOnDelivery)
            await shop.simulator.runCron()
            #expect(receiver.deliveries.count == 7)

            #expect(try await shop.call("PUT", "webhooks/\(ids[0])", ["status": "active"]).json["status"] == "active")
            shop.simulator.placeOrder(kind: .cashOnDelivery)
            await shop.simulator.runCron()
            #expect(shop.simulator.webhookState(ids[0])?.status == "disabled")

            _ = try await shop.call("PUT", "webhooks/\(ids[0])", ["status": "active"])
            receiver.answer(200)
            shop.simulator.placeOrder(kind: .cashOnDelivery)
            await shop.simulator.runCron()
            #expect(shop.simulator.webhookState(ids[0])?.failures == 0)
            #expect(shop.simulator.webhookState(ids[0])?.status == "active")
        }
    }

    @Test(arguments: [(200, true), (204, true), (302, true), (303, false), (404, false), (500, false)])
    func `two hundred to three hundred and two is success`(status: Int, success: Bool) async throws {
        try await withWebhooks(["order.updated"]) { (shop, receiver, ids) async throws in
            receiver.answer(status)
            shop.simulator.placeOrder(kind: .cashOnDelivery)
            await shop.simulator.runCron()
            #expect(shop.simulator.webhookState(ids[0])?.failures == (success ? 0 : 1))
            #expect(receiver.deliveries.count == 1)
        }
    }

    @Test(arguments: [WooFlavour.hpos10, .posts79])
    func `a draft of the checkout is announced as its version does`(flavour: WooFlavour) async throws {
        try await withWebhooks(["order.created", "order.updated"], .quick(flavour)) { (shop, receiver, _) async throws in
            let order = shop.simulator.openCheckout()
            await shop.simulator.runCron()
            #expect(Set(receiver.deliveries.map(\.topic)) == (flavour == .hpos10 ? ["order.updated"] : ["order.created", "order.updated"]))
            #expect(receiver.deliveries.allSatisfy { $0.json["status"] == "checkout-draft" })
            receiver.forget()
            #expect(shop.simulator.finishCheckout(order))
            await shop.simulator.runCron()
            #expect(Set(receiver.deliveries.map(\.topic)) == (flavour == .hpos10 ? ["order.created", "order.updated"] : ["order.updated"]))
        }
    }

    @Test(arguments: WooFlavour.allCases)
    func `trash tells the id alone, posts say product deleted, too, and force says nothing`(flavour: WooFlavour) async throws {
        let topics = ["order.deleted", "order.restored", "product.deleted", "order.updated"]
        try await withWebhooks(topics, .quick(flavour)) { (shop, receiver, _) async throws in
            let order = shop.simulator.placeOrder(kind: .cashOnDelivery)
            await shop.simulator.runCron()
            receiver.forget()
            let answer = try await shop.call("DELETE", "orders/\(order)")
            #expect(answer.json["status"] == "processing")
            await shop.simulator.runCron()
            #expect(Set(receiver.deliveries.map(\.topic)) == (flavour == .hpos10 ? ["order.deleted"] : ["order.deleted", "product.deleted"]))
            #expect(receiver.deliveries.allSatisfy { String(decoding: $0.body, as: UTF8.self) == #"{"id":\#(order)}"# })

            let again = try await shop.call("DELETE", "orders/\(order)")
            #expect(again.status == 410)
            #expect(again.code == "woocommerce_rest_already_trashed")

            receiver.forget()
            shop.simulator.restore(order)
            await shop.simulator.runCron()
            #expect(receiver.deliveries.map(\.topic) == ["order.restored"])
            #expect(receiver.deliveries.first?.json["status"] == "processing")

            receiver.forget()
            #expect(try await shop.call("DELETE", "orders/\(order)?force=true").status == 200)
            await shop.simulator.runCron()
            #expect(receiver.deliveries.isEmpty)
            #expect(try await shop.call("GET", "orders/\(order)").status == 404)
        }
    }

    @Test func `without its owner a webhook delivers a signed error`() async throws {
        try await withWebhooks(["order.updated"]) { (shop, receiver, _) async throws in
            shop.simulator.removeOwner()
            shop.simulator.placeOrder(kind: .cashOnDelivery)
            await shop.simulator.runCron()
            let delivery = try #require(receiver.deliveries.first)
            #expect(delivery.json["code"] == "woocommerce_rest_cannot_view")
            #expect(delivery.json["data"]?["status"] == 401)
            #expect(delivery.json["id"] == nil)
            #expect(delivery.headers["x-wc-webhook-signature"] == ShopWebhook.signature(of: delivery.body, secret: "hub-secret-1"))
        }
    }

    @Test func `notes and tracking are not announced, meta is, a refund is an update`() async throws {
        try await withWebhooks(["order.updated"], .quick(.posts79)) { (shop, receiver, _) async throws in
            let order = shop.simulator.placeOrder(kind: .paidOnline)
            await shop.simulator.runCron()
            receiver.forget()
            _ = try await shop.call("POST", "orders/\(order)/notes", ["note": "x"])
            _ = try await shop.plain(
                "POST", "/wp-json/wc-shipment-tracking/v3/orders/\(order)/shipment-trackings", ["tracking_provider": "DHL", "tracking_number": "1"],
                headers: [("Authorization", shop.basic)])
            #expect(waiting(shop) == 0)
            shop.simulator.writeMeta(order, key: "gift", value: true)
            await shop.simulator.runCron()
            #expect(receiver.deliveries.count == 1)
            shop.simulator.refund(order, amount: 100)
            await shop.simulator.runCron()
            #expect(receiver.deliveries.last?.json["refunds"]?.items?.first?["total"] == "-1.00")
        }
    }

    @Test func `an action's body is its hook and the id`() async throws {
        try await withWebhooks(["action.woocommerce_order_status_completed"]) { (shop, receiver, _) async throws in
            let order = shop.simulator.placeOrder(kind: .cashOnDelivery)
            shop.simulator.complete(order)
            await shop.simulator.runCron()
            #expect(receiver.deliveries.map { String(decoding: $0.body, as: UTF8.self) } == [#"{"action":"woocommerce_order_status_completed","arg":\#(order)}"#])
        }
    }

    @Test func `a shop that refuses private addresses counts a failure without a connection`() async throws {
        try await withWebhooks(["order.updated"], .quick { $0.refusesPrivateAddresses = true }) { (shop, receiver, ids) async throws in
            shop.simulator.placeOrder(kind: .cashOnDelivery)
            await shop.simulator.runCron()
            #expect(receiver.all.isEmpty)
            #expect(shop.simulator.webhookState(ids[0])?.failures == 1)
        }
    }

    private static let wrongRegistrations: [(WooJSON, String)] = [
        (["topic": "order.shipped", "delivery_url": "https://hub.example/in"], "woocommerce_rest_shop_webhook_invalid_topic"),
        (["topic": "order.updated", "delivery_url": "ftp://hub.example"], "woocommerce_rest_shop_webhook_invalid_delivery_url"),
        (["topic": "order.updated"], "rest_missing_callback_param"),
    ]

    @Test(arguments: wrongRegistrations)
    func `a wrong registration is refused with its code`(body: WooJSON, code: String) async throws {
        try await withShop { (shop) async throws in
            let answer = try await shop.call("POST", "webhooks", body)
            #expect(answer.status == 400)
            #expect(answer.code == code)
        }
    }

    @Test func `a webhook is deleted with force only`() async throws {
        try await withWebhooks(["order.updated"]) { (shop, _, ids) async throws in
            let kept = try await shop.call("DELETE", "webhooks/\(ids[0])")
            #expect(kept.status == 501)
            #expect(kept.code == "woocommerce_rest_trash_not_supported")
            #expect(try await shop.call("DELETE", "webhooks/\(ids[0])?force=true").status == 200)
            #expect(try await shop.call("GET", "webhooks").json == [])
        }
    }

    @Test func `forced faults drop, double and spoil deliveries`() async throws {
        try await withWebhooks(["order.updated"], .quick { $0.deliveryWidth = 1 }) { (shop, receiver, ids) async throws in
            shop.simulator.faults.force([.drop, .duplicate, .badSignature, .lostAnswer], at: .webhook)
            for _ in 0..<4 {
                shop.simulator.placeOrder(kind: .cashOnDelivery)
                await shop.simulator.runCron()
            }
            let deliveries = receiver.deliveries
            #expect(deliveries.count == 4)
            #expect(deliveries[0].body == deliveries[1].body)
            let good = deliveries.map { $0.headers["x-wc-webhook-signature"] == ShopWebhook.signature(of: $0.body, secret: "hub-secret-1") }
            #expect(good == [true, true, false, true])
            #expect(shop.simulator.webhookState(ids[0])?.failures == 1)
        }
    }
}
