import Foundation
import SimulatorKit
import Testing
@testable import ShopeeSimulator

/// Pushes (shopee.md §3).
@Suite(.timeLimit(.minutes(1))) struct PushTests {
    private func signature(_ bench: ShopeeBench, _ call: CaughtWebhook, key: String = "crossdock-push-key-0001", url: String) -> String {
        ShopeeSigning.push(key: key, url: url, body: call.body)
    }

    @Test func `an order's life is pushed, signed with the push key over the address and the raw body`() async throws {
        try await withPushes { (bench, catcher) async throws in
            let order = try bench.place(.everyday)
            try await bench.ship(order)
            await bench.simulator.idle()
            #expect(catcher.count == 4)
            for call in catcher.all {
                #expect(call.method == "POST")
                #expect(call.headers["authorization"] == ShopeeSigning.push(key: "crossdock-push-key-0001", url: catcher.url, body: call.body))
            }
            #expect(Set(catcher.pushes(code: 3).compactMap { $0["status"]?.string }) == ["READY_TO_SHIP", "PROCESSED"])
            #expect(catcher.pushes(code: 3).allSatisfy { $0["ordersn"] == .text(order) && $0["order_sn"] == nil && $0["items"] == [] })
            #expect(catcher.pushes(code: 30).first?["fulfillment_status"] == "LOGISTICS_REQUEST_CREATED")
            #expect(catcher.pushes(code: 4).first?["package_number"] == .text(try bench.package(order)))
            #expect(catcher.pushes.allSatisfy { $0["shop_id"] == .integer(bench.shopID) && $0["msg_id"]?.string?.count == 32 })
            #expect(bench.simulator.pushCounters.acknowledged == 4)
        }
    }

    @Test func `without a push key the partner key signs, and msg_id may be off`() async throws {
        try await withPushes { $0.pushKey = nil } _: { (bench, catcher) async throws in
            bench.simulator.set { $0.sendsMessageID = false }
            _ = try bench.place(.everyday)
            await bench.simulator.idle()
            let call = try #require(catcher.all.first)
            #expect(call.headers["authorization"] == ShopeeSigning.push(key: "crossdock-test-key-0001", url: catcher.url, body: call.body))
            #expect(catcher.pushes[0]["msg_id"] == nil)
        }
    }

    @Test func `nothing is pushed of a shop that consented to nothing`() async throws {
        try await withPushes { (bench, catcher) async throws in
            _ = try bench.simulator.place(.everyday, shopID: ShopeeBench.second)
            await bench.simulator.idle()
            #expect(catcher.count == 0)
        }
    }

    @Test func `pending orders are not pushed until they are released`() async throws {
        try await withPushes { (bench, catcher) async throws in
            let order = try bench.place(.pending)
            await bench.simulator.idle()
            #expect(catcher.pushes(code: 3).isEmpty)
            bench.simulator.release(order)
            await bench.simulator.idle()
            #expect(catcher.pushes(code: 3).map { $0["status"] } == ["READY_TO_SHIP"])
        }
    }

    // MARK: Failure

    @Test func `a refused push comes three times more with the same bytes and is lost then`() async throws {
        try await withPushes(answer: { _, _ in .init(status: 500) }) { (bench, catcher) async throws in
            _ = try bench.place(.everyday)
            await bench.simulator.idle()
            #expect(catcher.count == 4)
            #expect(Set(catcher.all.map(\.body)).count == 1)
            #expect(bench.simulator.lostPushes == 1)
            #expect(bench.simulator.pushCounters.givenUp == 1)
        }
    }

    @Test func `the pauses between tries are the dossier's`() {
        #expect(ShopeePushSender.retrySchedule == [.seconds(300), .seconds(1_800), .seconds(10_800)])
        #expect(ShopeeConfiguration().pushTimeout == .seconds(3))
    }

    @Test func `a retry may have a msg_id of its own`() async throws {
        try await withPushes(answer: { _, before in .init(status: before == 0 ? 503 : 204) }) { (bench, catcher) async throws in
            bench.simulator.set { $0.retryKeepsMessageID = false }
            _ = try bench.place(.everyday)
            await bench.simulator.idle()
            #expect(Set(catcher.pushes.compactMap { $0["msg_id"]?.string }).count == 2)
        }
    }

    @Test(arguments: [302, 308, 400, 503])
    func `a redirect and any other status are failures`(status: Int) async throws {
        try await withPushes(answer: { _, _ in .init(status: status) }) { (bench, catcher) async throws in
            _ = try bench.place(.everyday)
            await bench.simulator.idle()
            #expect(bench.simulator.pushCounters.statuses == [status: 4])
            #expect(catcher.count == 4)
        }
    }

    @Test func `an answer with a body is a failure, and so is silence`() async throws {
        try await withShopee { (bench) async throws in
            // The simulator's own control plane answers 200 with JSON.
            bench.simulator.setCallback(url: bench.simulator.baseURL + "/_control/clock")
            _ = try bench.place(.everyday)
            await bench.simulator.idle()
            #expect(bench.simulator.lostPushes == 1)
            #expect(bench.simulator.pushCounters.statuses == [200: 4])
            bench.simulator.setCallback(url: "http://127.0.0.1:1/")
            _ = try bench.place(.everyday)
            await bench.simulator.idle()
            #expect(bench.simulator.pushCounters.statuses == [200: 4, 0: 4])
        }
    }

    @Test func `an answer after the time-out is too late`() async throws {
        try await withPushes { $0.pushTimeout = .seconds(1) } answer: { _, before in .init(delay: before == 0 ? .seconds(5) : .zero) } _: { (bench, catcher) async throws in
            _ = try bench.place(.everyday)
            await bench.simulator.idle()
            #expect(catcher.count == 2)
            #expect(bench.simulator.pushCounters.acknowledged == 1)
        }
    }

    // MARK: Faults

    @Test func `faults drop, double, delay, garble and mis-sign`() async throws {
        try await withPushes(answer: { call, _ in
            let body = String(decoding: call.body, as: UTF8.self)
            return .init(status: body.hasSuffix("}") ? 204 : 400)
        }) { (bench, catcher) async throws in
            bench.simulator.faults.force([.drop, .duplicate, .delay(.milliseconds(1)), .malform, .badSignature, .lostAnswer], at: .webhook)
            for _ in 0..<6 {
                _ = try bench.place(.unpaid)
                await bench.simulator.idle()
            }
            #expect(catcher.count == 0 + 2 + 1 + 2 + 1 + 2)
            let good = catcher.all.map { $0.headers["authorization"] == ShopeeSigning.push(key: "crossdock-push-key-0001", url: catcher.url, body: $0.body) }
            #expect(good == [true, true, true, false, true, false, true, true])
            #expect(catcher.all[0].body == catcher.all[1].body)
            #expect(bench.simulator.pushCounters.dropped == 1)
            #expect(bench.simulator.lostPushes == 0)
        }
    }

    @Test func `later states may overtake earlier ones of the same second`() async throws {
        try await withPushes { $0.pushWidth = 1 } _: { (bench, catcher) async throws in
            bench.simulator.pausePushes()
            let order = try bench.place(.unpaid)
            bench.simulator.pay(order)
            bench.simulator.cancelByBuyer(order, asks: false)
            bench.simulator.resumePushes(reversed: true)
            await bench.simulator.idle()
            #expect(catcher.pushes(code: 3).compactMap { $0["status"]?.string } == ["CANCELLED", "READY_TO_SHIP", "UNPAID"])
            #expect(Set(catcher.pushes(code: 3).compactMap { $0["update_time"]?.int64 }).count == 1)
        }
    }

    // MARK: Lost messages

    @Test(arguments: [false, true])
    func `lost messages are fetched, confirmed by watermark and gone`(asText: Bool) async throws {
        try await withPushes(answer: { _, _ in .init(status: 500) }) { (bench, catcher) async throws in
            bench.simulator.set { $0.writesLostMessagesAsText = asText }
            for _ in 0..<3 { _ = try bench.place(.unpaid) }
            await bench.simulator.idle()
            let answer = try await bench.callApp("push/get_lost_push_message").response
            let messages = try #require(answer["push_message_list"]?.items)
            #expect(messages.count == 3)
            #expect(answer["has_next_page"] == false)
            for message in messages {
                let inner = try #require(message["data"])
                let envelope = asText ? try ShopeeJSON(parsing: Data((inner.string ?? "").utf8)) : inner
                #expect(catcher.pushes.contains { $0["msg_id"] == envelope["msg_id"] && $0["data"]?["ordersn"] == envelope["data"]?["ordersn"] })
                #expect(message["code"] == 3)
            }
            let last = try #require(answer["last_message_id"]?.int64)
            #expect(try await bench.callApp("push/confirm_consumed_lost_push_message", body: ["last_message_id": .integer(last - 1)]).error == "-")
            #expect(try await bench.callApp("push/get_lost_push_message").response["push_message_list"]?.items?.count == 1)
            _ = try await bench.callApp("push/confirm_consumed_lost_push_message", body: ["last_message_id": .integer(last)])
            #expect(try await bench.callApp("push/get_lost_push_message").response["push_message_list"] == [])
            #expect(bench.simulator.lostPushes == 0)
        }
    }

    @Test func `the lost queue gives a hundred at once and forgets after three days`() {
        var board = ShopeePushBoard(url: "http://127.0.0.1/", minimum: 600)
        let push = ShopeePush(topic: .orderStatus, shopID: 1, partnerID: 1, data: .object([]), timestamp: 0)
        for moment in 0..<150 { board.lose(push, at: Int64(moment)) }
        let page = board.lostPage(at: 200)
        #expect(page.messages.map(\.id) == Array(1...100))
        #expect(page.hasMore)
        board.confirm(upTo: 100)
        #expect(board.lostPage(at: 200).messages.map(\.id) == Array(101...150))
        #expect(board.lostPage(at: 120 + 3 * 86_400).messages.map(\.id) == Array(121...150))
        #expect(board.lostPage(at: 200 + 3 * 86_400).messages.isEmpty)
    }

    // MARK: Health

    @Test(arguments: [(600, 0, "Normal"), (601, 0, "Suspended"), (601, 180, "Suspended"), (601, 181, "Warning"), (601, 420, "Warning"), (601, 421, "Normal")])
    func `health is looked at after six hundred pushes in six hours`(total: Int, good: Int, status: String) {
        var board = ShopeePushBoard(url: "http://127.0.0.1/", minimum: 600)
        for index in 0..<total { board.record(isGood: index < good, at: 100) }
        #expect(board.status.rawValue == status)
    }

    @Test func `attempts older than six hours do not count`() {
        var board = ShopeePushBoard(url: "http://127.0.0.1/", minimum: 600)
        for _ in 0..<500 { board.record(isGood: false, at: 0) }
        for _ in 0..<200 { board.record(isGood: true, at: 6 * 3_600 + 1) }
        #expect(board.status == .normal)
    }

    @Test func `suspended pushes are missed for good until someone turns them on`() async throws {
        try await withPushes { $0.pushHealthMinimum = 3 } answer: { _, before in .init(status: before < 4 ? 500 : 204) } _: { (bench, catcher) async throws in
            _ = try bench.place(.unpaid)
            await bench.simulator.idle()
            #expect(bench.simulator.pushStatus == "Suspended")
            let config = try await bench.callApp("push/get_app_push_config").response
            #expect(config["live_push_status"] == "Suspended")
            #expect(config["suspended_time"] == .integer(bench.clock.now))
            _ = try bench.place(.unpaid)
            await bench.simulator.idle()
            #expect(catcher.count == 4)
            bench.simulator.unsuspendPushes()
            #expect(catcher.count == 4)
            _ = try bench.place(.unpaid)
            await bench.simulator.idle()
            #expect(catcher.count == 5)
            #expect(bench.simulator.statistics().first { $0.name == "pushes missed while suspended" }?.count == 1)
        }
    }

    // MARK: Registration

    @Test func `an address is tried before it is saved`() async throws {
        try await withPushes(answer: { _, before in .init(status: before == 0 ? 204 : 500) }) { (bench, catcher) async throws in
            bench.simulator.setCallback(url: nil)
            let body: ShopeeJSON = ["callback_url": .text(catcher.url + "/two"), "set_push_config_on": [3, 4], "set_push_config_off": [12], "blocked_shop_id_list": []]
            #expect(try await bench.callApp("push/set_app_push_config", body: body).error == "-")
            #expect(catcher.count == 1)
            #expect(catcher.pushes[0]["data"]?["ordersn"] == nil)
            let config = try await bench.callApp("push/get_app_push_config").response
            #expect(config["callback_url"] == .text(catcher.url + "/two"))
            #expect(config["push_config_off_list"] == [12])
            #expect(try await bench.callApp("push/set_app_push_config", body: ["callback_url": .text(catcher.url + "/three")]).error == "error_param")
            #expect(try await bench.callApp("push/get_app_push_config").response["callback_url"] == .text(catcher.url + "/two"))
            #expect(try await bench.send("push/set_app_push_config", [], body: body).error == "error_param")
            #expect(catcher.count == 2)
        }
    }

    @Test func `topics are switched by number up to 13, and shops are blocked`() async throws {
        try await withPushes { (bench, catcher) async throws in
            #expect(try await bench.callApp("push/set_app_push_config", body: ["set_push_config_on": [30]]).error == "error_param")
            #expect(try await bench.callApp("push/set_app_push_config", body: ["set_push_config_off": [3]]).error == "-")
            let order = try bench.place(.everyday)
            try await bench.ship(order)
            await bench.simulator.idle()
            #expect(Set(catcher.pushes.compactMap { $0["code"]?.int64 }) == [4, 30])
            _ = try await bench.callApp("push/set_app_push_config", body: ["blocked_shop_id_list": [.integer(bench.shopID)]])
            bench.simulator.advance(order, .pickUp)
            await bench.simulator.idle()
            #expect(catcher.count == 2)
        }
    }

    @Test func `a return is pushed with its fields`() async throws {
        try await withPushes { (bench, catcher) async throws in
            let order = try bench.place(.everyday)
            try await bench.ship(order)
            for _ in 0..<4 { bench.simulator.advance(order) }
            let number = try #require(bench.simulator.openReturn(order))
            bench.simulator.moveReturn(number, to: .closed)
            await bench.simulator.idle()
            #expect(Set(catcher.pushes(code: 29).compactMap { $0["return_status"]?.string }) == ["REQUESTED", "CLOSED"])
            #expect(catcher.pushes(code: 3).contains { $0["completed_scenario"] == "RRAOC" })
        }
    }
}
