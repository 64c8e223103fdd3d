import CourierSimulator
import Foundation
import SimulatorKit
import Testing

@Suite struct SimulatorParcelTests {
    @Test func `a cancelled order stays cancelled and a picked up one is too late`() async throws {
        try await withCourier { simulator, caller in
            let id = try await caller.book("CD-1").orderID, late = try await caller.book("CD-2").orderID
            let first = try await caller.call("POST", "/v1/orders/\(id)/cancel", body: "{}", key: "c1")
            let again = try await caller.call("POST", "/v1/orders/\(id)/cancel", body: "{}", key: "c2")
            #expect((first.status, again.status) == (200, 200))
            #expect(again.json["status"] as? String == "cancelled")
            simulator.advance(late)
            simulator.advance(late)
            let refused = try await caller.call("POST", "/v1/orders/\(late)/cancel", body: "{}", key: "c3")
            #expect((refused.status, refused.errorCode) == (409, "too_late"))
            #expect(simulator.order(late)?.status == .pickedUp)
        }
    }

    @Test func `a courier that confirms later answers 202 and tells by callback`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withCourier({ $0.callbackURL = catcher.url; $0.cancelMode = .confirmedByCallback(after: .milliseconds(30)) }) { simulator, caller in
            let id = try await caller.book("CD-1").orderID
            let answer = try await caller.call("POST", "/v1/orders/\(id)/cancel", body: "{}", key: "c1")
            #expect((answer.status, answer.json["status"] as? String) == (202, "created"))
            #expect(await catcher.wait(for: 1))
            #expect(catcher.all.first?.fact["type"] as? String == "shipment.cancelled")
            #expect(simulator.order(id)?.status == .cancelled)
        }
        await catcher.stop()
    }

    @Test(arguments: [("pdf", "application/pdf", "%PDF-1.4"), ("zpl", "application/zpl", "^XA"), ("png", "image/png", "PNG")])
    func `a label comes in each offered format`(format: String, type: String, mark: String) async throws {
        try await withCourier { _, caller in
            let id = try await caller.book("CD-1", parcels: 3).orderID
            let label = try await caller.call("GET", "/v1/orders/\(id)/label?format=\(format)&size=100x150")
            #expect((label.status, label.headers["content-type"]) == (200, type))
            #expect(label.headers["etag"] != nil)
            #expect(label.body.range(of: Data(mark.utf8)) != nil)
        }
    }

    @Test func `a format that is not offered is 406`() async throws {
        try await withCourier({ $0.labelFormats = [.zpl] }) { _, caller in
            let id = try await caller.book("CD-1").orderID
            #expect(try await caller.call("GET", "/v1/orders/\(id)/label?format=pdf").status == 406)
        }
    }

    @Test func `postcode 99904 has no tracking number until label_ready brings it`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withCourier({ $0.callbackURL = catcher.url }) { simulator, caller in
            let booked = try await caller.book("CD-1", postcode: "99904")
            #expect(booked.json["trackingNumber"] is NSNull)
            #expect(booked.json["labelReady"] as? Bool == false)
            let early = try await caller.call("GET", "/v1/orders/\(booked.orderID)/label")
            #expect((early.status, early.errorCode, early.headers["retry-after"]) == (409, "label_not_ready", "60"))
            simulator.releaseLabel(of: booked.orderID)
            #expect(await catcher.wait(for: 1))
            let fact = try #require(catcher.all.first?.fact)
            #expect(fact["type"] as? String == "shipment.label_ready")
            #expect((fact["trackingNumber"] as? String)?.hasPrefix("QX") == true)
            #expect(try await caller.call("GET", "/v1/orders/\(booked.orderID)/label").status == 200)
        }
        await catcher.stop()
    }

    @Test(arguments: [
        ("50220", ["accepted", "picked_up", "in_transit", "out_for_delivery", "delivered"]),
        ("99901", ["accepted", "picked_up", "in_transit", "out_for_delivery", "delivery_failed", "out_for_delivery", "delivery_failed", "out_for_delivery", "delivered"]),
        ("99902", ["accepted", "picked_up", "in_transit", "out_for_delivery", "delivery_failed", "returning", "returned"]),
        ("99903", ["accepted", "picked_up", "in_transit", "lost"]),
    ])
    func `each postcode leads its own life`(postcode: String, expected: [String]) async throws {
        try await withCourier { simulator, caller in
            let id = try await caller.book("CD-1", postcode: postcode).orderID
            while simulator.advance(id) {}
            let detail = try await caller.call("GET", "/v1/orders/\(id)")
            let events = try #require(detail.json["events"] as? [[String: Any]])
            #expect(events.compactMap { $0["status"] as? String } == ["created"] + expected)
            #expect(events.compactMap { $0["seq"] as? Int }.sorted() == events.compactMap { $0["seq"] as? Int })
        }
    }

    @Test func `a COD parcel on its own feet is delivered, collected and remitted`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withCourier({ $0.callbackURL = catcher.url; $0.pace = .milliseconds(5) }) { simulator, caller in
            let id = try await caller.book("CD-1", cod: 125_000).orderID
            #expect(await catcher.wait(for: 7))
            await simulator.idle()
            let facts = catcher.all.map(\.fact)
            #expect(Set(facts.compactMap { $0["type"] as? String }) == ["shipment.status", "cod.collected", "cod.remitted"])
            let remitted = try #require(facts.first { $0["type"] as? String == "cod.remitted" })
            #expect((remitted["amount"] as? Int, remitted["currency"] as? String, remitted["orderId"] as? String) == (125_000, "THB", id))
            #expect(Set(facts.compactMap { $0["seq"] as? Int }) == Set(2...8))
        }
        await catcher.stop()
    }

    @Test func `one lost parcel of three leaves the other two on their way`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withCourier({ $0.callbackURL = catcher.url }) { simulator, caller in
            let id = try await caller.book("CD-1", parcels: 3).orderID
            simulator.set(id, to: .inTransit)
            simulator.loseParcel("2", of: id)
            #expect(await catcher.wait(for: 2))
            let order = try #require(simulator.order(id))
            #expect(order.status == .inTransit)
            #expect(order.parcels.map(\.isLost) == [false, true, false])
            #expect(Set(order.parcels.map(\.trackingNumber)).count == 3)
            let lost = try #require(catcher.all.map(\.fact).first { $0["status"] as? String == "lost" })
            #expect(lost["trackingNumber"] as? String == order.parcels[1].trackingNumber)
        }
        await catcher.stop()
    }

    @Test func `pick-ups, manifests and rates answer, and an order is in one manifest only`() async throws {
        try await withCourier { _, caller in
            let id = try await caller.book("CD-1").orderID
            #expect(try await caller.call("POST", "/v1/pickups", body: #"{"date":"2026-03-02","parcelCount":2}"#, key: "p").status == 201)
            #expect(try await caller.call("POST", "/v1/rates", body: #"{"parcels":[{"weightGrams":850}]}"#, key: "r").status == 200)
            let manifest = #"{"orderIds":["\#(id)"]}"#
            #expect(try await caller.call("POST", "/v1/manifests", body: manifest, key: "m1").status == 201)
            #expect(try await caller.call("POST", "/v1/manifests", body: manifest, key: "m2").status == 400)
        }
    }
}

extension CaughtWebhook {
    /// The body as a JSON object; empty where it is none.
    var fact: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
}
