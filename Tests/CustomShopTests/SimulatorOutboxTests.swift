import CustomShopSimulator
import Foundation
import SimulatorKit
import Synchronization
import Testing
import Waiting

@Suite struct SimulatorOutboxTests {
    @Test func `a placed order arrives whole, signed and with its equations`() async throws {
        try await withShop({ $0.countries = SampleCountry.allCases; $0.oddShare = 0.3 }) { shop, hub in
            let ids = try await shop.burst(60)
            await shop.idle()
            #expect(hub.count == 60)
            #expect(hub.all.allSatisfy { $0.isSigned && $0.type == "order.upserted" && $0.headers["content-type"]?.hasPrefix("application/json") == true })
            #expect(Set(hub.all.compactMap { $0.order["externalID"] as? String }) == Set(ids))
            #expect(Set(hub.all.compactMap { $0.event["sequence"] as? Int }) == Set(1...60))
            for id in ids {
                let order = try #require(shop.order(id))
                let totals = order.totals
                #expect(order.lines.allSatisfy { $0.lineTotal == $0.unitPrice * $0.quantity - $0.discount && $0.lineTotal >= 0 })
                #expect(totals.items == order.lines.reduce(0) { $0 + $1.unitPrice * $1.quantity })
                #expect(totals.discount >= order.lines.reduce(0) { $0 + $1.discount })
                #expect(totals.grand == totals.items - totals.discount + totals.shipping + (totals.taxIncluded ? 0 : totals.tax))
                #expect(!order.payment.isCashOnDelivery || order.payment.codAmount == totals.grand)
                #expect(Set(order.lines.map(\.externalLineID)).count == order.lines.count)
            }
        }
    }

    @Test func `edit, cancel and close raise the revision, and nothing follows a cancelled order`() async throws {
        try await withShop { shop, hub in
            let id = try await shop.placeOrder(), other = try await shop.placeOrder()
            await shop.idle()
            #expect(shop.editOrder(id))
            await shop.idle()
            #expect(shop.cancelOrder(id))
            #expect(shop.closeOrder(other))
            await shop.idle()
            #expect(!shop.editOrder(id))
            #expect(!shop.cancelOrder(id))
            let cancelled = try #require(hub.all.first { $0.type == "order.cancelled" })
            #expect((cancelled.data["externalID"] as? String, cancelled.data["revision"] as? Int) == (id, 3))
            #expect(hub.all.contains { $0.order["externalID"] as? String == other && $0.order["state"] as? String == "closed" })
            #expect(shop.orderStates().count == 2)
            #expect(shop.orderStates().first { $0.externalID == id }?.isCancelled == true)
        }
    }

    @Test func `changes of an order that still waits become one event with the latest state`() async throws {
        try await withShop({ $0.concurrency = 1 }, answer: { _, before in .init(status: 202, delay: before == 0 ? .seconds(2) : .zero) }) { shop, hub in
            _ = try await shop.placeOrder()
            #expect(await hub.wait(for: 1))
            let id = try await shop.placeOrder()
            for note in ["a", "b", "c"] { shop.editOrder(id) { $0.note = note } }
            await shop.idle()
            let events = hub.all.filter { $0.order["externalID"] as? String == id }
            #expect(events.map { $0.order["note"] as? String } == ["c"])
            #expect(events.first?.revision == 4)
            #expect(shop.mergedChanges == 3)
        }
    }

    @Test func `a refused event comes again with the same id and body and its own signature`() async throws {
        try await withShop(answer: { _, before in .init(status: before < 3 ? 503 : 202) }) { shop, hub in
            _ = try await shop.placeOrder()
            await shop.idle()
            #expect(hub.count == 4)
            #expect(Set(hub.all.compactMap { $0.headers["webhook-id"] }).count == 1)
            #expect(Set(hub.all.map(\.body)).count == 1)
            #expect(hub.all.allSatisfy { $0.isSigned })
            #expect(hub.all.map { $0.headers["webhook-attempt"] } == ["1", "2", "3", "4"])
        }
    }

    @Test(arguments: [400, 409, 413, 415, 422])
    func `a permanent refusal stops the event`(status: Int) async throws {
        try await withShop(answer: { _, _ in .init(status: status) }) { shop, hub in
            _ = try await shop.placeOrder()
            await shop.idle()
            #expect(hub.count == 1)
            #expect(shop.counters.givenUp == 1)
        }
    }

    @Test func `an event nobody takes dies after ten attempts`() async throws {
        try await withShop(answer: { _, _ in .init(status: 500) }) { shop, hub in
            _ = try await shop.placeOrder()
            await shop.idle()
            #expect(hub.count == 10)
            #expect(shop.counters.givenUp == 1)
        }
    }

    @Test func `410 switches the endpoint off until it is set again`() async throws {
        try await withShop(answer: { _, before in .init(status: before == 0 ? 410 : 202) }) { shop, hub in
            _ = try await shop.placeOrder()
            await shop.idle()
            _ = try await shop.placeOrder()
            await shop.idle()
            #expect(shop.isDisabled)
            #expect(hub.count == 1)
            shop.setHook(url: hub.url)
            _ = try await shop.placeOrder()
            await shop.idle()
            #expect(hub.count == 2)
        }
    }

    @Test func `after ten refusals in a row the shop only pings until the ping is answered`() async throws {
        let wasPinged = Mutex(false)
        let answer: @Sendable (CaughtWebhook, Int) -> WebhookCatcher.Answer = { call, _ in
            .init(status: wasPinged.withLock { pinged in
                pinged = pinged || call.type == "ping"
                return pinged ? 202 : 401
            })
        }
        try await withShop(answer: answer) { shop, hub in
            for _ in 0..<10 { _ = try await shop.placeOrder() }
            #expect(await eventually { hub.all.contains { $0.type == "ping" } && !shop.isPaused })
            await shop.idle()
            #expect(Set(hub.all.compactMap { $0.order["externalID"] as? String }).count == 10)
            #expect(shop.events().allSatisfy { $0.isAcknowledged })
        }
    }

    @Test func `a dropped event leaves a gap in the sequence and the next change goes out`() async throws {
        try await withShop { shop, hub in
            shop.faults.force([.drop], at: .webhook)
            let id = try await shop.placeOrder()
            shop.editOrder(id)
            await shop.idle()
            #expect(hub.all.compactMap { $0.event["sequence"] as? Int } == [2])
            #expect(hub.all.first?.revision == 2)
        }
    }

    @Test(arguments: [(Fault.duplicate, 2), (.lostAnswer, 2), (.delay(.milliseconds(30)), 1)])
    func `a webhook fault doubles or delays an event under one id`(fault: Fault, arrivals: Int) async throws {
        try await withShop { shop, hub in
            shop.faults.force([fault], at: .webhook)
            _ = try await shop.placeOrder()
            await shop.idle()
            #expect(hub.count == arrivals)
            #expect(Set(hub.all.compactMap { $0.headers["webhook-id"] }).count == 1)
            #expect(Set(hub.all.map(\.body)).count == 1)
        }
    }

    @Test func `the thin form names the order and its time only`() async throws {
        try await withShop({ $0.payload = .thin; $0.sourcePlatform = "magento2" }) { shop, hub in
            let id = try await shop.placeOrder()
            await shop.idle()
            let event = try #require(hub.all.first)
            #expect((event.type, event.data["id"] as? String) == ("order.changed", id))
            #expect(event.data["updatedAt"] as? String == shop.order(id)?.updatedAt)
            #expect((event.event["source"] as? [String: Any])?["platform"] as? String == "magento2")
            #expect(event.body.count < 1_024)
        }
    }

    @Test func `edits out of order arrive newer first, twice announced means two ids, sent again means the same id`() async throws {
        try await withShop { shop, hub in
            let id = try await shop.placeOrder()
            await shop.idle()
            #expect(try await shop.editOutOfOrder(id).map(\.status) == [202, 202])
            #expect(hub.all.compactMap(\.revision) == [1, 3, 2])
            shop.announceTwice(id)
            await shop.idle()
            #expect(Set(hub.all.suffix(2).compactMap { $0.headers["webhook-id"] }).count == 2)
            #expect(Set(hub.all.suffix(2).compactMap(\.revision)) == [3])
            let first = try #require(hub.all.first?.headers["webhook-id"])
            #expect(shop.resend(first))
            await shop.idle()
            #expect(hub.all.last?.body == hub.all.first?.body)
            #expect(hub.all.last?.headers["webhook-id"] == first)
        }
    }

    @Test func `traffic places, edits and ends orders until it is stopped`() async throws {
        try await withShop { shop, hub in
            shop.startTraffic(ordersPerSecond: 400)
            #expect(await eventually { shop.orderStates().count > 60 && shop.orderStates().contains { $0.isCancelled } })
            await shop.stopTraffic()
            await shop.idle()
            let last = Dictionary(hub.all.map { ($0.order["externalID"] as? String ?? $0.data["externalID"] as? String ?? "", $0.revision ?? 0) }, uniquingKeysWith: max)
            #expect(Set(last.keys) == Set(shop.orderStates().map(\.externalID)))
            for id in last.keys { #expect(last[id] == (shop.order(id)?.revision).map(Int.init)) }
        }
    }
}
