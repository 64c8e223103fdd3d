import Foundation
import SimulatorKit
import Synchronization
import Testing
@testable import LazadaSimulator

/// Pushes (lazada.md §3).
struct PushTests {
    private func isSigned(_ push: CaughtWebhook) -> Bool {
        push.headers["authorization"] == LazadaSigning.pushSignature(appKey: "123456", secret: "helloworld", body: push.body)
    }

    @Test func `two items are two messages with ids as texts`() async throws {
        try await withPushes { (simulator, caller, catcher) async throws in
            let order = simulator.placeOrder(kind: .twoUnits)
            await simulator.idle()
            let pushes = catcher.all
            #expect(pushes.count == 2)
            #expect(pushes.allSatisfy { isSigned($0) && $0.headers["authorization"]?.wholeMatch(of: /[0-9a-f]{64}/) != nil })
            func line(_ push: LazadaJSON) -> String { push["data"]?.text("trade_order_line_id") ?? "" }
            for (push, item) in zip(pushes.map(\.json).sorted { line($0) < line($1) }, simulator.itemIDs(order)) {
                #expect(push["message_type"] == 0 && push["seller_id"] == "100190009" && push["site"] == "lazada_th")
                #expect(push["timestamp"] == .integer(1_761_021_600_000))
                #expect(push["data"] == [
                    "order_status": "pending", "trade_order_id": .string(caller.orderID(order)), "trade_order_line_id": .string("\(item)"), "status_update_time": 1_761_021_600,
                ])
            }
            #expect(simulator.pushes() == [0: 2])
        }
    }

    @Test func `a signed message can be had without sending it`() async throws {
        try await withPushes { (simulator, _, catcher) async throws in
            let order = simulator.placeOrder(kind: .digital)
            await simulator.idle()
            let push = try #require(simulator.signedPush(of: order))
            #expect(push.body == catcher.all.first?.body && push.authorization == catcher.all.first?.headers["authorization"])
            #expect(simulator.signedPush(of: order, item: 5) == nil && simulator.signedPush(of: "th:1:2") == nil)
            #expect(catcher.count == 1)
        }
    }

    @Test func `reverse orders are pushed with ids as numbers and seconds`() async throws {
        try await withPushes { (simulator, caller, catcher) async throws in
            let order = simulator.placeOrder(kind: .twoUnits), id = try #require(simulator.requestCancel(order, items: [0]))
            await simulator.idle()
            let push = try #require(catcher.all.map(\.json).first { $0["message_type"] == 10 })
            #expect(push["timestamp"] == 1_761_021_600)
            #expect(push["data"]?["reverse_order_id"] == .integer(id))
            #expect(push["data"]?["trade_order_id"] == .integer(Int64(caller.orderID(order)) ?? 0))
            #expect(push["data"]?["trade_order_line_id"] == .integer(simulator.itemIDs(order)[0]))
            #expect(push["data"]?["reverse_status"] == "CANCEL_INIT")
        }
    }

    @Test func `a returned item's message names the return`() async throws {
        try await withPushes { (simulator, _, catcher) async throws in
            let order = simulator.placeOrder(kind: .digital)
            simulator.setStatus("delivered", of: order)
            let id = try #require(simulator.openReturn(.returnToWarehouse, of: order))
            simulator.setReverse(id, of: order, to: "REFUND_SUCCESS")
            await simulator.idle()
            let push = catcher.all.map(\.json).first { $0["data"]?["order_status"] == "returned" }
            #expect(push?["data"]?["reverse_order_id"] == .string("\(id)"))
            #expect(push?["data"]?.text("reverse_order_line_id") != nil)
        }
    }

    @Test func `packages are pushed as type 14`() async throws {
        try await withPushes { (simulator, caller, catcher) async throws in
            let order = simulator.placeOrder(kind: .digital), other = simulator.placeOrder(kind: .everyday), package = try await caller.ship(other)
            simulator.advance(package)
            await simulator.idle()
            let words = catcher.all.map(\.json).filter { $0["message_type"] == 14 }
            #expect(words.count == 2)
            #expect(Set(words.map { $0["data"]?.text("status") }) == ["READY_TO_SHIP", "INFO_ST_DOMESTIC_PICKUP_SIGN_IN_SUCCESS"])
            #expect(words.allSatisfy { $0["data"]?["fulfillment_package_id"] == .string(package) && $0["data"]?["trade_order_id"] == .string(caller.orderID(other)) })
            #expect(simulator.itemStatuses(order) == ["pending"])
        }
    }

    @Test func `the verify message is for seller 9999 and changes nothing`() async throws {
        try await withPushes { (simulator, _, catcher) async throws in
            simulator.revokeTokens()
            simulator.sendVerification()
            await simulator.idle()
            let push = try #require(catcher.all.first)
            #expect(isSigned(push) && catcher.count == 1)
            #expect(push.json["seller_id"] == "9999" && push.json["message_type"] == 0)
            #expect((push.json["data"]?.text("trade_order_id")?.count ?? 99) < 10)
            #expect(simulator.orderStates().isEmpty)
        }
    }

    @Test func `without a valid token there is silence`() async throws {
        try await withPushes { (simulator, _, catcher) async throws in
            let order = simulator.placeOrder(kind: .digital)
            await simulator.idle()
            simulator.revokeTokens()
            simulator.setStatus("delivered", of: order)
            simulator.grantTokens()
            simulator.advanceClock(bySeconds: 2_592_000)
            simulator.setStatus("returned", of: order)
            await simulator.idle()
            #expect(catcher.count == 1)
            #expect(simulator.count("pushes withheld without a token") == 2)
        }
    }

    @Test func `what waits for a retry is dropped when the token goes`() async throws {
        try await withPushes { (simulator, _, catcher) async throws in
            simulator.pausePushes()
            simulator.placeOrder(kind: .digital)
            simulator.revokeTokens()
            simulator.resumePushes()
            await simulator.idle()
            #expect(catcher.count == 0)
            #expect(simulator.pushCounters.skipped == 1)
        }
    }

    @Test(arguments: [500, 404, 201, 302]) func `anything but 200 is sent again, with the same bytes`(status: Int) async throws {
        try await withPushes(answer: { _, before in .init(status: before < 2 ? status : 200) }) { (simulator, _, catcher) async throws in
            simulator.placeOrder(kind: .digital)
            await simulator.idle()
            #expect(catcher.count == 3)
            #expect(Set(catcher.all.map(\.body)).count == 1)
            #expect(catcher.all.allSatisfy(isSigned))
        }
    }

    @Test func `after twelve repetitions a message is given up`() async throws {
        try await withPushes(answer: { _, _ in .init(status: 500) }) { (simulator, _, catcher) async throws in
            simulator.placeOrder(kind: .digital)
            await simulator.idle()
            #expect(catcher.count == 13)
            #expect(simulator.pushCounters.givenUp == 1)
        }
    }

    @Test func `an answer later than the limit is none`() async throws {
        try await withPushes { $0.pushTimeout = .milliseconds(100) } answer: { _, before in
            .init(delay: before == 0 ? .seconds(2) : .zero)
        } _: { (simulator, _, _) async throws in
            simulator.placeOrder(kind: .digital)
            await simulator.idle()
            #expect(simulator.pushCounters.failed >= 1 && simulator.pushCounters.acknowledged == 1)
        }
    }

    @Test func `the limit is half a second and the pauses half an hour`() {
        #expect(LazadaSimulator.Configuration().pushTimeout == .milliseconds(500))
        #expect(LazadaSimulator.Configuration().retryTimeScale == 1)
    }

    @Test func `messages are doubled, dropped, delayed, garbled and badly signed on request`() async throws {
        try await withPushes { (simulator, _, catcher) async throws in
            simulator.faults.force([.duplicate, .drop, .badSignature, .malform], at: .webhook)
            for _ in 0..<4 { simulator.placeOrder(kind: .digital) }
            await simulator.idle()
            #expect(catcher.count == 4)
            #expect(catcher.all.filter { !isSigned($0) }.count == 1)
            #expect(catcher.all.filter { $0.json == .null }.count == 1)
            #expect(simulator.pushCounters.dropped == 1 && simulator.pushCounters.duplicated == 1)
        }
    }

    @Test func `a delayed message is overtaken`() async throws {
        try await withPushes { (simulator, _, catcher) async throws in
            let order = simulator.placeOrder(kind: .digital)
            await simulator.idle()
            simulator.faults.force([.delay(.seconds(1)), nil], at: .webhook)
            simulator.setStatus("packed", of: order)
            simulator.setStatus("ready_to_ship", of: order)
            await simulator.idle()
            #expect(catcher.all.map { $0.json["data"]?["order_status"] } == ["pending", "ready_to_ship", "packed"])
        }
    }

    @Test func `the site is spelt in three ways`() async throws {
        try await withPushes { $0.mixesSiteSpellings = true } _: { (simulator, _, catcher) async throws in
            for _ in 0..<40 { simulator.placeOrder(kind: .digital) }
            await simulator.idle()
            #expect(Set(catcher.all.map { $0.json.text("site") }) == ["lazada_th", "LAZADA_TH", "lazada-th"])
        }
    }

    @Test func `type 8 warns two days ahead, and its seller may be null`() async throws {
        let sellers = [LazadaSeller(), LazadaSeller(country: .sg, sellerID: "100290010", shortCode: "SG1")]
        try await withPushes { ($0.sellers, $0.appStatus) = (sellers, .test) } _: { (simulator, _, catcher) async throws in
            for seller in sellers { simulator.grantTokens(seller: seller.sellerID) }
            #expect(simulator.sendTokenAlerts() == 0)
            simulator.advanceClock(bySeconds: 2_592_000 - 48 * 3_600)
            #expect(simulator.sendTokenAlerts() == 2)
            // The access tokens of a test app are over by then: silence.
            await simulator.idle()
            #expect(catcher.count == 0)
        }
        try await withPushes { $0.sellers = sellers } _: { (simulator, caller, catcher) async throws in
            var open = caller
            open.token = nil
            let old = sellers.compactMap { simulator.grantTokens(seller: $0.sellerID)?.refreshToken }
            simulator.advanceClock(bySeconds: 15_552_000 - 48 * 3_600)
            for token in old { #expect(try await open.get("/auth/token/refresh", ["refresh_token": token]).code == "0") }
            #expect(simulator.sendTokenAlerts() == 2)
            await simulator.idle()
            let alerts = catcher.all.map(\.json).filter { $0["message_type"] == 8 }
            #expect(Set(alerts.map { $0.text("seller_id") }) == ["100190009", "null"])
        }
    }

    @Test func `only subscribed types are sent`() async throws {
        try await withPushes { $0.pushTypes = [14] } _: { (simulator, caller, catcher) async throws in
            _ = try await caller.ship(simulator.placeOrder(kind: .everyday))
            await simulator.idle()
            #expect(catcher.all.map { $0.json["message_type"] } == [14])
        }
    }
}
