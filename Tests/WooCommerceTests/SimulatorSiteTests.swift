import Foundation
import SimulatorKit
import Testing
import Waiting
@testable import WooCommerceSimulator

/// The index, the browser flow, faults and the control plane.
struct SimulatorSiteTests {
    @Test func `the index tells what is installed, without a key`() async throws {
        try await withShop { (shop) async throws in
            let index = try await shop.plain("GET", "/wp-json/").json
            let names = (index["namespaces"]?.items ?? []).compactMap(\.text)
            #expect(names.contains("wc/v3"))
            #expect(names.contains("wc-shipment-tracking/v3"))
            #expect(index["gmt_offset"] == 7)
            #expect(try await shop.call("GET", "settings/general/woocommerce_currency").json["value"] == "THB")
            #expect(try await shop.call("GET", "system_status").json["environment"]?["version"] == "10.0.2")
            #expect(try await shop.plain("GET", "/wp-json/wc/v9/orders").code == "rest_no_route")
        }
    }

    private func flow(_ callback: String, leavingOut: String? = nil) -> String {
        let parameters = [
            ("app_name", "Crossdock"), ("scope", "read_write"), ("user_id", "session-7"), ("return_url", "http://127.0.0.1:1/done?x=1"), ("callback_url", callback),
        ]
        let query = parameters.filter { $0.0 != leavingOut }.map { "\($0.0)=\(OAuthSignature.encode($0.1))" }.joined(separator: "&")
        return "/wc-auth/v1/authorize?\(query)"
    }

    @Test func `consent hands the keys to the callback, and they work`() async throws {
        let receiver = try await WebhookReceiver.start()
        try await withShop { (shop) async throws in
            let page = try await shop.plain("GET", flow(receiver.url))
            #expect(page.status == 200)
            let href = try #require(page.text.firstMatch(of: /href="([^"]*access_granted[^"]*)"/)?.1)
            let granted = try await shop.plain("GET", String(href).replacing("&amp;", with: "&"))
            #expect(granted.status == 302)
            #expect(granted.headers["location"] == "http://127.0.0.1:1/done?x=1&success=1&user_id=session-7")
            let keys = try #require(receiver.all.first)
            #expect(keys.headers["content-type"] == "application/json;charset=UTF-8")
            #expect(keys.json["user_id"] == "session-7")
            #expect(keys.json["key_permissions"] == "read_write")
            let key = try #require(keys.json["consumer_key"]?.text), secret = try #require(keys.json["consumer_secret"]?.text)
            #expect(key.wholeMatch(of: /ck_[0-9a-f]{40}/) != nil)
            let basic = "Basic \(Data("\(key):\(secret)".utf8).base64EncodedString())"
            #expect(try await shop.call("GET", "orders", headers: [("Authorization", basic)]).status == 200)
        }
        await receiver.stop()
    }

    @Test func `a callback that does not answer 200 costs the key`() async throws {
        let receiver = try await WebhookReceiver.start()
        receiver.answer(202)
        try await withShop(.quick { $0.approvesAutomatically = true }) { (shop) async throws in
            #expect(try await shop.plain("GET", flow(receiver.url)).status == 401)
            let key = receiver.all.first?.json["consumer_key"]?.text ?? "", secret = receiver.all.first?.json["consumer_secret"]?.text ?? ""
            let basic = "Basic \(Data("\(key):\(secret)".utf8).base64EncodedString())"
            #expect(try await shop.call("GET", "orders", headers: [("Authorization", basic)]).status == 401)
        }
        await receiver.stop()
    }

    @Test func `a plain http callback and a missing parameter are refused`() async throws {
        try await withShop { (shop) async throws in
            let plain = try await shop.plain("GET", flow("http://hub.example/in"))
            #expect(plain.status == 401)
            #expect(plain.text.contains("The callback_url needs to be over SSL"))
            #expect(try await shop.plain("GET", flow("https://hub.example/in", leavingOut: "scope")).text.contains("Missing parameter scope"))
        }
    }

    @Test func `forced faults have the look of a real host's`() async throws {
        try await withShop { (shop) async throws in
            shop.simulator.faults.force([.throttle(retryAfterSeconds: 2), .serverError(status: 503), .serverError(status: 500), .malform], at: .request)
            let throttled = try await shop.call("GET", "orders")
            #expect(throttled.status == 429)
            #expect(throttled.headers["retry-after"] == "2")
            #expect(throttled.headers["content-type"]?.hasPrefix("text/html") == true)
            #expect(try await shop.call("GET", "orders").status == 503)
            let critical = try await shop.call("GET", "orders")
            #expect(critical.status == 500)
            #expect(critical.text.contains("critical error on this website"))
            let spoilt = try await shop.call("GET", "orders")
            #expect(spoilt.status == 200)
            #expect(spoilt.json == .null)
        }
    }

    @Test func `an answer can be lost after the write was done`() async throws {
        try await withShop { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            shop.simulator.faults.force([.lostAnswer, .drop], at: .write)
            await #expect(throws: (any Error).self) { try await shop.call("PUT", "orders/\(id)", ["status": "completed"]) }
            #expect(try await shop.call("GET", "orders/\(id)").json["status"] == "completed")
            await #expect(throws: (any Error).self) { try await shop.call("PUT", "orders/\(id)", ["status": "cancelled"]) }
            #expect(try await shop.call("GET", "orders/\(id)").json["status"] == "completed")
        }
    }

    @Test func `PHP warnings before the JSON leave the JSON whole`() async throws {
        try await withShop { (shop) async throws in
            shop.simulator.placeOrder(kind: .cashOnDelivery)
            var texts: [String] = []
            for _ in 0..<4 {
                shop.simulator.faults.force([.malform], at: .request)
                texts.append(try await shop.call("GET", "orders").text)
            }
            let warned = try #require(texts.first { $0.hasPrefix("<br />\n<b>Warning</b>") })
            let json = try #require(warned.firstIndex(of: "["))
            #expect(try WooJSON(parsing: Data(warned[json...].utf8)).items?.count == 1)
            #expect(texts.contains(""))
        }
    }

    @Test func `the control plane drives the shop`() async throws {
        try await withShop { (shop) async throws in
            let made = try await shop.plain("POST", "/_sim/orders", ["kind": "coupon", "count": 2]).json["ids"]?.items ?? []
            #expect(made.count == 2)
            let id = made.first?.integerValue ?? 0
            #expect(try await shop.plain("POST", "/_sim/orders/\(id)/cancel").json["done"] == true)
            let states = try await shop.plain("GET", "/_sim/orders").json.items
            #expect(states?.first?["isCancelled"] == true)
            let delivery = try await shop.plain("GET", "/_sim/orders/\(id)/delivery?secret=abc").json
            let body = try #require(Data(base64Encoded: delivery["bodyBase64"]?.text ?? ""))
            #expect(delivery["headers"]?["X-WC-Webhook-Signature"]?.text == ShopWebhook.signature(of: body, secret: "abc"))
            #expect(try await shop.plain("POST", "/_sim/faults", ["level": "storm"]).json["level"] == "storm")
            #expect(shop.simulator.faults.level == .storm)
            #expect(try await shop.plain("POST", "/_sim/nothing").status == 404)
        }
    }

    @Test func `the same seed places the same orders`() async throws {
        var texts: [[String?]] = []
        for _ in 0..<2 {
            try await withShop(.quick { $0.now = { Date(timeIntervalSince1970: 1_794_000_000) }; $0.homeURL = "https://shop.example"; $0.seed = 42 }) { (shop) async throws in
                let ids = (0..<20).map { _ in shop.simulator.placeOrder(kind: .everyday) }
                texts.append(ids.map { shop.simulator.orderJSON($0).map { String(decoding: $0, as: UTF8.self) } })
            }
        }
        #expect(texts[0] == texts[1])
    }

    @Test func `traffic places, changes and announces orders until it is stopped`() async throws {
        let receiver = try await WebhookReceiver.start()
        try await withShop { (shop) async throws in
            _ = try await shop.call("POST", "webhooks", ["topic": "order.updated", "delivery_url": .string(receiver.url), "secret": "s"])
            shop.simulator.startTraffic(ordersPerSecond: 200)
            #expect(await eventually { shop.simulator.orderIDs.count >= 40 })
            await shop.simulator.stopTraffic()
            await shop.simulator.idle()
            #expect(shop.simulator.orderIDs.count >= 40)
            let told = Set(receiver.deliveries.compactMap { $0.json["id"]?.integerValue })
            #expect(told == Set(shop.simulator.orderIDs))
            #expect(shop.simulator.orderStates().count == shop.simulator.orderIDs.count)
        }
        await receiver.stop()
    }
}
