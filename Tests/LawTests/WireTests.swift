import CourierSimulator
import Domain
import Foundation
import Hub
import SimulatorKit
import Testing

extension Laws {
    /// From a platform's bytes to the API's JSON and the courier's book, every value compared.
    @Suite struct WireTests {
        /// Every name that the order's JSON has (docs/api), at the top and inside.
        static let names: Set<String> = ["id", "channel", "platform", "externalID", "externalNumber", "placedAt", "sourceUpdatedAt", "buyer", "shipTo", "billTo", "currency", "totals", "payment", "shipping", "lines",
                                         "note", "tags", "platformStatus", "workflow", "fulfilment", "paymentState", "revision", "flags", "shipments"]
        static let addressNames: Set<String> = ["name", "company", "phone", "line1", "line2", "subdistrict", "district", "city", "province", "provinceCode", "postcode", "countryCode"]
        static let lineNames: Set<String> = ["externalLineID", "sku", "title", "variant", "quantity", "unitPrice", "discount", "tax", "lineTotal", "requiresShipping", "weightGrams", "externalProductID", "externalVariantID"]

        private static func part(_ object: [String: Any], _ name: String) -> NSDictionary { object[name] as? NSDictionary ?? [:] }

        private static func expectNames(_ order: [String: Any]) {
            #expect(Set(order.keys) == names)
            #expect(Set((order["shipTo"] as? [String: Any] ?? [:]).keys) == addressNames)
            #expect(Set((order["billTo"] as? [String: Any] ?? [:]).keys) == addressNames)
            #expect(Set(((order["lines"] as? [[String: Any]])?.first ?? [:]).keys) == lineNames)
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a Shopify webhook with its signature is the right order in the API and the right parcel at the courier`(engine: LawEngine) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine))
            _ = try await law.addCourier(courier)
            let shop = try await law.hub.channels.add(platform: "shopify", name: "Shop", settings: [
                "shop": WireBodies.shopifyShop, "grant": "static", "accessToken": "token-1", "clientSecret": WireBodies.shopifySecret, "baseURL": "http://127.0.0.1:9",
                HubSetting.webhooks: "manual", HubSetting.reconcileSeconds: "86400"], by: "test").id
            let body = WireBodies.shopify(), signature = SimulatorSignature.hmacSHA256(key: Data(WireBodies.shopifySecret.utf8), message: body).base64EncodedString()
            let headers = [
                ("Content-Type", "application/json"), ("X-Shopify-Topic", "orders/create"), ("X-Shopify-Shop-Domain", WireBodies.shopifyShop), ("X-Shopify-API-Version", "2026-10"),
                ("X-Shopify-Webhook-Id", "5f3a0d1e-7c44-5b0a-9b1f-0c2d3e4f5a6b"), ("X-Shopify-Event-Id", "0b9d6c1a-2a57-4f0c-8a6e-31b5d7a9c2e4"),
                ("X-Shopify-Triggered-At", "2026-11-06T03:12:44.118204377Z"), ("X-Shopify-Hmac-Sha256", signature), ("X-Shopify-Order-Id", "6100000000001"), ("X-Shopify-Test", "false"),
            ]
            var changed = Array(body)
            changed[body.count - 3] ^= 1
            let forged = try await LawHTTP.call("POST", law.hook(of: shop), headers: headers, body: changed)
            let answer = try await LawHTTP.call("POST", law.hook(of: shop), headers: headers, body: Array(body))
            #expect(forged.status == 401)
            #expect(answer.status == 200)
            let stored = try await law.order("6100000000001", in: shop)
            try await until("it is booked") { try await law.hub.ledger.order(stored.id)?.workflow == .synced }
            let order = try await law.api("GET", "orders/\(stored.id)")
            Self.expectNames(order)
            #expect(order["externalNumber"] as? String == "#1001")
            #expect(order["platform"] as? String == "shopify")
            #expect(order["placedAt"] as? String == "2026-11-06T03:12:38Z" || order["placedAt"] as? String == "2026-11-06T03:12:40Z")
            #expect(order["sourceUpdatedAt"] as? String == "2026-11-06T03:12:44Z")
            #expect(order["currency"] as? String == "THB")
            #expect(Self.part(order, "totals") == ["items": 139_000, "discount": 10_000, "shipping": 5000, "fees": 0, "tax": 8766, "taxIncluded": true, "grand": 134_000, "refunded": 0])
            #expect(Self.part(order, "payment") == ["method": "Cash on Delivery (COD)", "state": "unpaid", "isCashOnDelivery": true, "codAmount": 134_000])
            #expect(Self.part(order, "buyer") == ["name": "มาลี ตัวอย่าง", "email": "malee@example.com", "phone": "0861112233"] || Self.part(order, "buyer") == ["name": "มาลี ตัวอย่าง", "email": "malee@example.com", "phone": NSNull()])
            let line = try #require((order["lines"] as? [NSDictionary])?.first)
            #expect(line["sku"] as? String == "BAG-BL-L")
            #expect(["quantity", "unitPrice", "discount", "lineTotal", "weightGrams"].map { line[$0] as? Int } == [2, 69_500, 10_000, 129_000, 225])
            #expect(order["note"] as? String == "ring <twice>")
            #expect(order["tags"] as? [String] == ["vip", "gift"])
            #expect(Self.part(order, "shipTo")["postcode"] as? String == "10500")
            #expect(Self.part(order, "shipTo")["provinceCode"] as? String == "TH-10")
            #expect((order["flags"] as? [Any])?.isEmpty == true, "\(order["flags"] ?? "")")
            let parcel = try #require(courier.orders().first)
            #expect(courier.bookings() == ["CD-\(stored.id)-1": 1])
            Self.expect(parcel.request, postcode: "10500", codMinor: 134_000, weightGrams: 450, sku: "BAG-BL-L", quantity: 2, valueMinor: 129_000)
            let shipment = try #require((order["shipments"] as? [[String: Any]])?.first)
            #expect(shipment["trackingNumber"] as? String == parcel.trackingNumber)
            await law.end()
            await courier.stop()
        }

        @Test(.timeLimit(.minutes(1)), arguments: LawEngine.allCases)
        func `a WooCommerce webhook with its signature is the right order in the API and the right parcel at the courier`(engine: LawEngine) async throws {
            let courier = try await CourierSimulator.careless(), law = try await LawHub.start(try await .fresh(engine))
            _ = try await law.addCourier(courier)
            let shop = try await law.hub.channels.add(platform: "woocommerce", name: "Woo", settings: [
                "url": "https://shop.example", "consumerKey": "ck_00112233445566778899aabbccddeeff00112233", "consumerSecret": "cs_ffeeddccbbaa99887766554433221100ffeeddcc",
                "webhookSecret": WireBodies.wooSecret, HubSetting.webhooks: "manual", HubSetting.reconcileSeconds: "86400"], by: "test").id
            let body = WireBodies.woo, signature = SimulatorSignature.hmacSHA256(key: Data(WireBodies.wooSecret.utf8), message: body).base64EncodedString()
            let headers = [
                ("Content-Type", "application/json"), ("User-Agent", "WooCommerce/10.0.2 Hookshot (WordPress/6.8.1)"), ("X-WC-Webhook-Source", "https://shop.example/"), ("X-WC-Webhook-Topic", "order.created"),
                ("X-WC-Webhook-Resource", "order"), ("X-WC-Webhook-Event", "created"), ("X-WC-Webhook-Signature", signature), ("X-WC-Webhook-ID", "17"), ("X-WC-Webhook-Delivery-ID", "7d1f2c0e9a5b4c3d8e7f6a5b4c3d2e1f"),
            ]
            let forged = try await LawHTTP.call("POST", law.hook(of: shop), headers: headers, body: Array(body) + [32])
            let answer = try await LawHTTP.call("POST", law.hook(of: shop), headers: headers, body: Array(body))
            #expect(forged.status == 401)
            #expect(answer.status == 200)
            let stored = try await law.order("9301", in: shop)
            try await until("it is booked") { try await law.hub.ledger.order(stored.id)?.workflow == .synced }
            let order = try await law.api("GET", "orders/\(stored.id)")
            Self.expectNames(order)
            #expect(order["externalNumber"] as? String == "9301")
            #expect(order["platform"] as? String == "woocommerce")
            #expect(order["placedAt"] as? String == "2026-11-06T03:12:40Z")
            #expect(order["sourceUpdatedAt"] as? String == "2026-11-06T03:12:44Z")
            let totals = Self.part(order, "totals")
            #expect(totals == ["items": 100_000, "discount": 10_000, "shipping": 6000, "fees": 0, "tax": 6720, "taxIncluded": false, "grand": 102_720, "refunded": 0])
            #expect(Self.part(order, "payment")["isCashOnDelivery"] as? Bool == true)
            #expect(Self.part(order, "payment")["codAmount"] as? Int == 102_720)
            let line = try #require((order["lines"] as? [NSDictionary])?.first)
            #expect(["quantity", "unitPrice", "discount", "lineTotal"].map { line[$0] as? Int } == [2, 50_000, 10_000, 90_000])
            #expect(order["note"] as? String == "leave at the guard house")
            #expect(Self.part(order, "shipTo")["provinceCode"] as? String == "TH-10")
            let parcel = try #require(courier.orders().first)
            Self.expect(parcel.request, postcode: "10500", codMinor: 102_720, weightGrams: nil, sku: "BAG-BL-L", quantity: 2, valueMinor: 90_000)
            await law.end()
            await courier.stop()
        }

        private static func expect(_ request: CourierOrderRequest, postcode: String, codMinor: Int64, weightGrams: Int?, sku: String, quantity: Int, valueMinor: Int64) {
            #expect(request.recipient.name == "มาลี ตัวอย่าง")
            #expect(request.recipient.phone == "0861112233")
            #expect(request.recipient.line1 == "8/15 ซอยตัวอย่าง 3")
            #expect(request.recipient.postcode == postcode)
            #expect(request.recipient.countryCode == "TH")
            #expect(request.cod?.amount == codMinor)
            #expect(request.cod?.currency == "THB")
            #expect(request.parcels.count == 1)
            if let weightGrams { #expect(request.parcels.first?.weightGrams == weightGrams) }
            #expect(request.items?.first?.sku == sku)
            #expect(request.items?.first?.quantity == quantity)
            #expect(request.items?.first?.valueMinor == valueMinor)
        }
    }
}
