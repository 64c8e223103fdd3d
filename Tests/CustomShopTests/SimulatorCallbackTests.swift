import CustomShopSimulator
import Foundation
import SimulatorKit
import Testing

@Suite struct SimulatorCallbackTests {
    private static let secret = SimulatorVector.w6.secret

    @discardableResult
    private func call(_ shop: CustomShopSimulator, _ type: String, _ data: String, id: String = "msg_00000001", secret: String = secret, skew: Int = 0) async throws -> PlainAnswer {
        let body = Data(#"{"type":"\#(type)","timestamp":"2026-03-02T09:02:11Z","specVersion":"1","source":{"platform":"crossdock"},"data":\#(data)}"#.utf8)
        let timestamp = Int(Date().timeIntervalSince1970) + skew
        return try await PlainHTTP.send("POST", shop.callbackURL, headers: [
            ("content-type", "application/json"), ("webhook-id", id), ("webhook-timestamp", "\(timestamp)"),
            ("webhook-signature", CustomShopSigning.signature(id: id, timestamp: timestamp, body: body, secret: secret)),
        ], body: body)
    }

    private func shipped(_ order: String, shipment: String = "shp_1") -> String {
        #"{"externalID":"\#(order)","shipment":{"id":"\#(shipment)","carrier":"courier","trackingNumber":"QX1TH","trackingURL":null,"shippedAt":"2026-03-02T09:00:00Z","lines":[{"externalLineID":"1","quantity":1}]}}"#
    }

    @Test func `a shipment told twice under one id is one shipment and both calls are counted`() async throws {
        try await withShop { shop, _ in
            let id = try await shop.placeOrder()
            #expect(try await call(shop, "order.shipped", shipped(id)).status == 200)
            #expect(try await call(shop, "order.shipped", shipped(id)).status == 200)
            #expect(shop.callbackCounts() == ["msg_00000001": 2])
            #expect(shop.shipmentCounts() == ["shp_1": 1])
            #expect(shop.shipments(of: id).map(\.trackingNumber) == ["QX1TH"])
            #expect(shop.orderStates().map(\.trackingNumbers) == [["QX1TH"]])
        }
    }

    @Test func `a shipment told under two ids shows in the counts`() async throws {
        try await withShop { shop, _ in
            let id = try await shop.placeOrder()
            try await call(shop, "order.shipped", shipped(id), id: "msg_00000001")
            try await call(shop, "order.shipped", shipped(id), id: "msg_00000002")
            #expect(shop.shipmentCounts() == ["shp_1": 2])
            #expect(shop.shipments(of: id).count == 1)
        }
    }

    @Test func `the shop's order follows the hub and says so once`() async throws {
        try await withShop { shop, hub in
            let id = try await shop.placeOrder()
            await shop.idle()
            for message in ["msg_00000001", "msg_00000002"] {
                try await call(shop, "order.fulfilment", #"{"externalID":"\#(id)","shipmentID":"shp_1","state":"delivered","at":"2026-03-02T09:00:00Z"}"#, id: message)
            }
            try await call(shop, "order.acknowledged", #"{"externalID":"\#(id)","revision":1,"hubOrderID":"42"}"#, id: "msg_00000003")
            await shop.idle()
            #expect(hub.all.compactMap { $0.order["fulfilment"] as? String } == ["unfulfilled", "delivered"])
            #expect(shop.acknowledgedOrders() == [id: "42"])
            try await call(shop, "order.cancelRequested", #"{"externalID":"\#(id)","reason":"fraud","requestedBy":"operator"}"#, id: "msg_00000004")
            await shop.idle()
            #expect(hub.all.last?.type == "order.cancelled")
        }
    }

    @Test func `stock and prices are absolute and kept by SKU`() async throws {
        try await withShop { shop, _ in
            try await call(shop, "stock.updated", #"{"items":[{"sku":"A","available":7,"updatedAt":"2026-03-02T09:00:00Z"}]}"#, id: "msg_00000001")
            try await call(shop, "price.updated", #"{"items":[{"sku":"A","currency":"THB","price":12900,"compareAtPrice":null,"updatedAt":"2026-03-02T09:00:00Z"}]}"#, id: "msg_00000002")
            #expect(shop.stock() == ["A": 7])
            #expect(shop.prices() == ["A": 12_900])
        }
    }

    @Test func `a wrong secret and a wrong clock are refused and nothing happens`() async throws {
        try await withShop { shop, _ in
            let id = try await shop.placeOrder()
            let forged = try await call(shop, "order.shipped", shipped(id), secret: SimulatorVector.secret)
            let late = try await call(shop, "order.shipped", shipped(id), skew: -400)
            #expect((forged.status, forged.json["code"] as? String) == (401, "bad_signature"))
            #expect((late.status, late.json["code"] as? String) == (401, "timestamp_out_of_tolerance"))
            #expect(shop.shipmentCounts().isEmpty)
            #expect(shop.receivedCallbacks().map(\.refusal) == [.badSignature, .timestampOutOfTolerance])
        }
    }

    @Test(arguments: [
        (CallbackAnswer.accepted, 202, true), (.noContent, 204, true), (.redirect, 301, false), (.unauthorised, 401, false), (.gone, 410, false),
        (.throttled(retryAfterSeconds: 9), 429, false), (.serverError, 500, false), (.hang(.milliseconds(20)), 200, true), (.html, 200, true),
    ])
    func `the shop answers as it is told to and acts only where it says so`(answer: CallbackAnswer, status: Int, hasEffect: Bool) async throws {
        try await withShop { shop, _ in
            let id = try await shop.placeOrder()
            shop.answerNext([answer])
            #expect(try await call(shop, "order.shipped", shipped(id)).status == status)
            #expect(shop.shipments(of: id).isEmpty != hasEffect)
            #expect(try await call(shop, "order.shipped", shipped(id)).status == 200)
            #expect(shop.shipmentCounts() == ["shp_1": 1])
        }
    }

    @Test func `an answer lost after the effect is one shipment after the repetition`() async throws {
        try await withShop { shop, _ in
            let id = try await shop.placeOrder()
            shop.answerNext([.closeEarly])
            await #expect(throws: (any Error).self) { try await call(shop, "order.shipped", shipped(id)) }
            #expect(try await call(shop, "order.shipped", shipped(id)).status == 200)
            #expect(shop.shipments(of: id).count == 1)
            #expect(shop.callbackCounts() == ["msg_00000001": 2])
        }
    }
}
