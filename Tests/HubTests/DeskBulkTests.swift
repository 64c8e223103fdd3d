@testable import Hub
import Connect
import Database
import Domain
import Foundation
import Testing

@Suite struct DeskBulkTests {
    /// 30 orders to approve, of which three are excluded and two held.
    private static func morning(_ bench: DeskBench, count: Int = 30) async throws -> [OrderID] {
        try await bench.take((0..<count).map { DeskBench.order("\($0)", minutesAgo: Int64($0)) })
        let ids = try await bench.ids((0..<count).map(String.init))
        for id in ids.prefix(3) { _ = try await bench.hub.ledger.act(.exclude(reason: "a test"), on: id, by: DeskBench.ann) }
        for id in ids[3..<5] { _ = try await bench.hub.ledger.act(.hold(reason: "look again"), on: id, by: DeskBench.ann) }
        return ids
    }

    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `a preview says what will go and what will not, and so it goes`(engine: Engine) async throws {
        try await DeskBench.run(engine) { bench in
            let ids = try await Self.morning(bench), request = BulkRequest(.hold, reason: "stocktaking")
            let preview = try await bench.hub.desk.bulk.preview(request, of: ids)
            #expect(preview.total == 30)
            #expect(preview.goes == 25)
            #expect(preview.unchanged == 2)
            #expect(preview.refused.map(\.code) == ["is_excluded"])
            #expect(preview.refused.first?.numbers == ["#0", "#1", "#2"])
            let action = try await bench.hub.desk.bulk.start(request, of: ids, by: DeskBench.ann, holder: 1)
            try await bench.work()
            let done = try #require(try await bench.hub.desk.bulk.action(action.id))
            #expect(done.state == .done)
            #expect(done.went == preview.goes && done.unchanged == preview.unchanged && done.refused == 3)
            let refused = try await bench.hub.desk.bulk.refusals(of: action.id, after: 0, limit: 100)
            #expect(refused.map(\.number) == ["#0", "#1", "#2"])
            let held = try await bench.order("7")
            #expect(held.workflow == .awaitingConfirmation)
            let cause = try await bench.hub.ledger.events(of: held.id).last?.cause
            #expect(cause == Cause(.person, "Ann", detail: "stocktaking"))
            let audited = try await bench.hub.audit.entries(AuditFilter(subject: "bulk:\(action.id)"), before: nil, limit: 10).entries.map(\.action)
            #expect(audited == ["bulk.end", "bulk.hold"])
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `a bulk action goes on after a restart, and touches every order once`(engine: Engine) async throws {
        try await DeskBench.onPlace(engine) { open in
            let first = try await open()
            try await first.take((0..<450).map { DeskBench.order("\($0)") })
            let ids = try await first.hub.ledger.gridIndex(GridFilter()).ids
            let action = try await first.hub.desk.bulk.start(BulkRequest(.approve), of: ids, by: DeskBench.ann, holder: 1)
            _ = try await first.hub.desk.worker.step()
            #expect(try await first.hub.desk.bulk.action(action.id)?.position == BulkWorker.batch)
            await first.close()
            let second = try await open()
            #expect(try await second.hub.desk.bulk.action(action.id)?.state == .running)
            try await second.work()
            let done = try #require(try await second.hub.desk.bulk.action(action.id))
            #expect(done.state == .done && done.went == 450 && done.refused == 0)
            for id in [ids[0], ids[199], ids[200], ids[449]] {
                #expect(try await second.hub.ledger.events(of: id).count { $0.type == "order.approved" } == 1)
            }
            var filter = GridFilter()
            filter.workflows = [.approved]
            #expect(try await second.hub.ledger.gridCount(filter) == GridCount(450))
            await second.close()
        }
    }

    @Test func `an order for a carrier of our own is refused beforehand without its number, and goes under it with one`() async throws {
        try await DeskBench.run { bench in
            try await bench.take([DeskBench.order("1"), DeskBench.order("2"), DeskBench.order("3")])
            let ids = try await bench.ids(["1", "2", "3"])
            for id in ids.prefix(2) { _ = try await bench.hub.ledger.act(.approve, on: id, by: DeskBench.ann) }
            let own = BulkRequest(.ship, handover: .ownCarrier(trackingNumber: ""), numbers: [ids[0]: "EX123456"])
            let preview = try await bench.hub.desk.bulk.preview(own, of: ids)
            #expect(preview.goes == 1)
            #expect(Set(preview.refused.map(\.code)) == ["tracking_number_missing", "is_new"])
            #expect(preview.refused.first { $0.code == "tracking_number_missing" }?.numbers == ["#2"])
            // What is kept with the action says the same.
            let kept = try JSONDecoder().decode(BulkRequest.self, from: try JSONEncoder().encode(own))
            #expect(kept == own)
            #expect(ids.map { kept.handover(of: $0) } == [.ownCarrier(trackingNumber: "EX123456"), .ownCarrier(trackingNumber: ""), .ownCarrier(trackingNumber: "")])
            let mixed = BulkRequest(.ship, numbers: [ids[0]: "EX123456"])
            #expect(ids.map { mixed.handover(of: $0) } == [.ownCarrier(trackingNumber: "EX123456"), nil, nil])
            #expect(try await bench.hub.desk.bulk.preview(mixed, of: Array(ids.prefix(2))).goes == 2)
        }
    }

    @Test(arguments: [("EX 123 456 7TH", "EX1234567TH"), ("th-0001", "th-0001"), ("123", nil), ("EX12<4", nil), ("หนึ่งสอง", nil), (String(repeating: "1", count: 51), nil)] as [(String, String?)])
    func `a tracking number is what a carrier could have printed`(typed: String, number: String?) { #expect(BulkRequest.trackingNumber(typed) == number) }

    @Test func `a bulk action that is stopped leaves the rest alone`() async throws {
        try await DeskBench.run { bench in
            try await bench.take((0..<250).map { DeskBench.order("\($0)") })
            let ids = try await bench.hub.ledger.gridIndex(GridFilter()).ids
            let action = try await bench.hub.desk.bulk.start(BulkRequest(.exclude, reason: "wrong"), of: ids, by: DeskBench.ann, holder: 1)
            _ = try await bench.hub.desk.worker.step()
            _ = try await bench.hub.desk.bulk.cancel(action.id, by: DeskBench.ben)
            try await bench.work()
            let stopped = try #require(try await bench.hub.desk.bulk.action(action.id))
            #expect(stopped.state == .cancelled && stopped.went == BulkWorker.batch)
            #expect(try await bench.hub.ledger.order(ids[249])?.workflow == .new)
            #expect(stopped.canBeUndone)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `what was done is taken back where nobody went on`(engine: Engine) async throws {
        try await DeskBench.run(engine) { bench in
            let ids = try await Self.morning(bench)
            let action = try await bench.hub.desk.bulk.start(BulkRequest(.exclude, reason: "wrong list"), of: ids, by: DeskBench.ann, holder: 1)
            try await bench.work()
            // Somebody takes one of them up again.
            _ = try await bench.hub.ledger.act(.approve, on: ids[9], by: DeskBench.ben)
            let preview = try await bench.hub.desk.bulk.previewUndo(of: action.id)
            #expect(preview.total == 27 && preview.goes == 26)
            #expect(preview.refused.map(\.code) == ["is_approved"])
            let undo = try await bench.hub.desk.bulk.undo(action.id, by: DeskBench.ann, holder: 1)
            try await bench.work()
            #expect(try await bench.hub.desk.bulk.action(undo.id)?.went == 26)
            #expect(try await bench.order("20").workflow == .new)
            #expect(try await bench.order("3").workflow == .awaitingConfirmation)
            #expect(try await bench.order("0").workflow == .excluded)
            #expect(try await bench.order("9").workflow == .approved)
            await #expect(throws: BulkFault.cannotUndo("It was taken back already.")) { try await bench.hub.desk.bulk.undo(action.id, by: DeskBench.ann, holder: 1) }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: DeskBench.engines)
    func `tags and couriers are given to many and taken back`(engine: Engine) async throws {
        try await DeskBench.run(engine) { bench in
            let book = DeskBook()
            for name in ["Kerry", "Flash"] { _ = try await bench.hub.channels.add(platform: "deskcourier", name: name, settings: ["book": book.name], by: "test") }
            try await bench.take([DeskBench.order("1") { $0.tags = ["VIP"] }, DeskBench.order("2"), DeskBench.order("3")])
            let ids = try await bench.ids(["1", "2", "3"])
            #expect(try await bench.hub.desk.bulk.preview(BulkRequest(.tag, tag: "vip"), of: ids).goes == 2)
            let tagged = try await bench.hub.desk.bulk.start(BulkRequest(.tag, tag: "vip"), of: ids, by: DeskBench.ann, holder: 1)
            try await bench.work()
            var filter = GridFilter()
            filter.tags = ["Vip"]
            #expect(try await bench.hub.ledger.gridIndex(filter).ids.count == 3)
            _ = try await bench.hub.desk.bulk.undo(tagged.id, by: DeskBench.ann, holder: 1)
            try await bench.work()
            #expect(try await bench.hub.ledger.gridIndex(filter).ids == [ids[0]])
            #expect(try await bench.order("2").edits.isEmpty)
            let chosen = try await bench.hub.desk.bulk.start(BulkRequest(.courier, courier: "Flash"), of: ids, by: DeskBench.ann, holder: 1)
            try await bench.work()
            let order = try await bench.order("2")
            #expect(bench.hub.channels.directory.surroundings.courier(of: order)?.name == "Flash")
            filter = GridFilter()
            filter.courier = "Flash"
            #expect(try await bench.hub.ledger.gridCount(filter).count == 3)
            _ = try await bench.hub.desk.bulk.undo(chosen.id, by: DeskBench.ann, holder: 1)
            try await bench.work()
            #expect(try await bench.order("2").chosenCourier == nil)
            await #expect(throws: BulkFault.unknownCourier("Nobody", known: ["Flash", "Kerry"])) { try await bench.hub.desk.bulk.preview(BulkRequest(.courier, courier: "Nobody"), of: ids) }
        }
    }

    @Test func `an export runs no formula and leaves out what its maker may not see`() async throws {
        try await DeskBench.run { bench in
            try await bench.take([DeskBench.order("1") { order in
                order.externalNumber = "=HYPERLINK(\"http://x\")"
                order.buyer.name = "@SUM(A1)"
                order.note = "\t=1+1"
                order.shipTo?.name = "-2+3"
                order.shipTo?.phone = "+66812345678"
            }])
            let ids = try await bench.ids(["1"])
            let whole = try await bench.hub.desk.bulk.start(BulkRequest(.export, format: .csv, isMasked: false), of: ids, by: DeskBench.ann, holder: 1)
            let masked = try await bench.hub.desk.bulk.start(BulkRequest(.export, format: .csv, isMasked: true), of: ids, by: DeskBench.ben, holder: 2)
            try await bench.work()
            let text = try String(contentsOfFile: bench.hub.desk.exports.path(of: whole), encoding: .utf8)
            let row = try #require(text.split(separator: "\r\n").last)
            #expect(row.hasPrefix("\"'=HYPERLINK("))
            for harmless in ["'@SUM(A1)", "'-2+3", "'\t=1+1", "+66812345678"] { #expect(row.contains(harmless), "\(harmless)") }
            let hidden = try String(contentsOfFile: bench.hub.desk.exports.path(of: masked), encoding: .utf8)
            for secret in ["SUM(A1)", "=1+1", "-2+3", "66812345678", "Ramkhamhaeng", "malee@example.com"] { #expect(!hidden.contains(secret), "\(secret)") }
            #expect(hidden.contains("10240"))
        }
    }
}
