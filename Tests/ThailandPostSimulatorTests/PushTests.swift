import Foundation
import SimulatorKit
import Testing
import ThailandPostSimulator

/// thailandpost.md §3 and §11: what may become of a push.
@Suite(.timeLimit(.minutes(1))) struct PushTests {
    /// One subscribed, booked parcel whose preload push was taken already.
    private func withParcel(
        _ change: @Sendable (inout ThailandPostConfiguration) -> Void = { _ in }, status: @escaping @Sendable (Int) -> Int = { _ in 200 },
        _ body: (PostBench, WebhookCatcher) async throws -> Void
    ) async throws {
        let catcher = try await WebhookCatcher.start { _, before in .init(status: before == 0 ? 200 : status(before)) }
        try await withPost({ $0.webhookURL = catcher.url; change(&$0) }) { bench async throws in
            try await bench.subscribe([Numbers.ems])
            try await bench.book(Numbers.ems)
            #expect(await catcher.wait(for: 1))
            await bench.simulator.idle()
            try await body(bench, catcher)
        }
        await catcher.stop()
    }

    @Test(arguments: [(Fault.drop, 0), (.duplicate, 2), (.lostAnswer, 2)])
    func `a fault loses or doubles a push`(fault: Fault, arrivals: Int) async throws {
        try await withParcel { bench, catcher async throws in
            bench.simulator.faults.force([fault], at: .webhook)
            bench.simulator.advance(Numbers.ems)
            await bench.simulator.idle()
            #expect(catcher.count == 1 + arrivals)
            #expect(Set(catcher.all.dropFirst().map(\.body)).count == min(arrivals, 1))
        }
    }

    @Test func `a delayed push is overtaken by the next one`() async throws {
        try await withParcel { bench, catcher async throws in
            bench.simulator.faults.force([.delay(.seconds(1)), nil], at: .webhook)
            bench.simulator.advance(Numbers.ems, steps: 2)
            await bench.simulator.idle()
            #expect(catcher.all.compactMap(\.status) == ["101", "201", "103"])
        }
    }

    @Test func `a push with a wrong Bearer is repeated with the right one when it is refused`() async throws {
        try await withParcel(status: { $0 == 1 ? 401 : 200 }) { bench, catcher async throws in
            bench.simulator.faults.force([.badSignature], at: .webhook)
            bench.simulator.advance(Numbers.ems)
            await bench.simulator.idle()
            #expect(catcher.all.map { $0.headers["authorization"] } == ["Bearer tp_push_5c1e7a", "Bearer wrong", "Bearer tp_push_5c1e7a"])
        }
    }

    @Test func `a push nobody takes is tried four times and dropped, with the same bytes`() async throws {
        try await withParcel(status: { _ in 503 }) { bench, catcher async throws in
            bench.simulator.advance(Numbers.ems)
            await bench.simulator.idle()
            #expect(catcher.count == 5)
            #expect(Set(catcher.all.dropFirst().map(\.body)).count == 1)
            #expect(bench.simulator.pushCounters.givenUp == 1)
        }
    }

    @Test func `a push can wait before it leaves, and be held back`() async throws {
        try await withParcel({ $0.pushDelay = .seconds(660) }) { bench, catcher async throws in
            bench.simulator.advance(Numbers.ems)
            #expect(await catcher.wait(for: 2))
            bench.simulator.adjust { $0.pushDelay = .zero }
            bench.simulator.holdPushes()
            bench.simulator.advance(Numbers.ems)
            #expect(catcher.count == 2)
            bench.simulator.releasePushes()
            #expect(await catcher.wait(for: 3))
        }
    }

    @Test func `one push can hold two parcels`() async throws {
        try await withParcel { bench, catcher async throws in
            try await bench.book(Numbers.ems(1))
            bench.simulator.push([Numbers.ems(0), Numbers.ems(1)])
            #expect(await catcher.wait(for: 2))
            #expect(catcher.all.last?.post["items"]?.items?.compactMap { $0["barcode"]?.text } == [Numbers.ems(0), Numbers.ems(1)])
        }
    }

    @Test(arguments: PushOddity.allCases)
    func `each odd push can be sent`(oddity: PushOddity) async throws {
        try await withParcel { bench, catcher async throws in
            bench.simulator.advance(Numbers.ems)
            await bench.simulator.idle()
            let before = catcher.count
            bench.simulator.push(oddity, of: Numbers.ems)
            await bench.simulator.idle()
            let calls = Array(catcher.all.dropFirst(before))
            #expect(calls.count == ([.duplicate, .reversed].contains(oddity) ? 2 : 1))
            let call = try #require(calls.first), item = call.post["items"]?.items?.first
            switch oddity {
            case .duplicate: #expect(calls[0].body == calls[1].body)
            case .reversed: #expect(Set(calls.compactMap(\.status)) == ["101", "103"])
            case .wrongBearer: #expect(call.headers["authorization"] == "Bearer wrong")
            case .missingBearer: #expect(call.headers["authorization"] == nil)
            case .gregorianYear: #expect((item?["status_date"], item?["status_description"]) == ("03/06/2024 09:15:21+07:00", "รับฝาก"))
            case .unknownStatus: #expect(call.status == "999")
            case .unknownFields: #expect(item?["x_new"] == ["deep": [1, 2]])
            case .stale: #expect(call.status == "101")
            case .foreignNumber: #expect(bench.simulator.consignment(item?["barcode"]?.text ?? "") == nil)
            case .empty: #expect(call.post["items"] == [])
            case .malformed: #expect(call.post == .null)
            }
        }
    }

    @Test func `a push's bytes can be had without a network`() async throws {
        try await withPost { bench async throws in
            try await bench.book(Numbers.ems)
            let delivery = bench.simulator.pushDelivery(of: [Numbers.ems])
            #expect(delivery.headers.contains { $0 == ("Authorization", "Bearer tp_push_5c1e7a") })
            #expect(try PostJSON(parsing: delivery.body)["items"]?.items?.count == 1)
        }
    }
}
