import CourierSimulator
import Foundation
import SimulatorKit
import Testing

@Suite struct SimulatorCallbackTests {
    private static let secret = "whsec_5d0c3a"

    private static func isSigned(_ call: CaughtWebhook) -> Bool {
        guard let header = call.headers["x-courier-signature"], let stamp = header.split(separator: ",").first.flatMap({ Int($0.dropFirst(2)) }) else { return false }
        return CourierSigning.callbackSignature(secret: secret, timestamp: stamp, body: call.body) == header
    }

    @Test func `callbacks are signed over their bytes and name their event`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withCourier({ $0.callbackURL = catcher.url }) { simulator, caller in
            simulator.advance(try await caller.book("CD-1").orderID)
            #expect(await catcher.wait(for: 1))
            let call = try #require(catcher.all.first)
            #expect(Self.isSigned(call))
            #expect(call.headers["x-courier-event-id"] == call.fact["eventId"] as? String)
            #expect(call.fact["status"] as? String == "accepted")
        }
        await catcher.stop()
    }

    @Test func `a callback refused with 500 comes again with the same event`() async throws {
        let catcher = try await WebhookCatcher.start { _, before in .init(status: before < 2 ? 500 : 200) }
        try await withCourier({ $0.callbackURL = catcher.url; $0.callbackTimeScale = 0.000_01 }) { simulator, caller in
            simulator.advance(try await caller.book("CD-1").orderID)
            await simulator.idle()
            #expect(catcher.count == 3)
            #expect(Set(catcher.all.compactMap { $0.headers["x-courier-event-id"] }).count == 1)
            #expect(simulator.callbackCounters.acknowledged == 1)
        }
        await catcher.stop()
    }

    @Test func `a callback nobody ever takes is dropped after eight tries`() async throws {
        let catcher = try await WebhookCatcher.start { _, _ in .init(status: 503) }
        try await withCourier({ $0.callbackURL = catcher.url; $0.callbackTimeScale = 0.000_000_1 }) { simulator, caller in
            let id = try await caller.book("CD-1").orderID
            simulator.advance(id)
            await simulator.idle()
            #expect(catcher.count == 8)
            #expect(simulator.callbackCounters.givenUp == 1)
            #expect(try await caller.call("GET", "/v1/orders/\(id)").json["status"] as? String == "accepted")
        }
        await catcher.stop()
    }

    @Test func `a callback address set by the API is used from then on`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withCourier { simulator, caller in
            let id = try await caller.book("CD-1").orderID
            simulator.advance(id)
            await simulator.idle()
            #expect(try await caller.call("PUT", "/v1/callback", body: #"{"url":"\#(catcher.url)"}"#).status == 200)
            simulator.advance(id)
            await simulator.idle()
            #expect(catcher.all.map { $0.fact["status"] as? String } == ["picked_up"])
        }
        await catcher.stop()
    }

    @Test(arguments: [(Fault.drop, 0), (.duplicate, 2), (.lostAnswer, 2)])
    func `a webhook fault loses or doubles a callback`(fault: Fault, arrivals: Int) async throws {
        let catcher = try await WebhookCatcher.start()
        try await withCourier({ $0.callbackURL = catcher.url; $0.callbackTimeScale = 0.000_01 }) { simulator, caller in
            let id = try await caller.book("CD-1").orderID
            simulator.faults.force([fault], at: .webhook)
            simulator.advance(id)
            await simulator.idle()
            #expect(catcher.count == arrivals)
        }
        await catcher.stop()
    }

    @Test func `a badly signed callback is repeated with a good signature when it is refused`() async throws {
        let catcher = try await WebhookCatcher.start { call, _ in .init(status: Self.isSigned(call) ? 200 : 401) }
        try await withCourier({ $0.callbackURL = catcher.url; $0.callbackTimeScale = 0.000_01 }) { simulator, caller in
            let id = try await caller.book("CD-1").orderID
            simulator.faults.force([.badSignature], at: .webhook)
            simulator.advance(id)
            await simulator.idle()
            #expect(catcher.all.map(Self.isSigned) == [false, true])
        }
        await catcher.stop()
    }

    @Test(arguments: CourierOddity.allCases)
    func `each odd callback can be sent`(oddity: CourierOddity) async throws {
        let catcher = try await WebhookCatcher.start()
        try await withCourier({ $0.callbackURL = catcher.url }) { simulator, caller in
            let id = try await caller.book("CD-1").orderID
            simulator.send(oddity, of: id)
            await simulator.idle()
            let calls = catcher.all
            #expect(calls.count == ([.duplicate, .reversed].contains(oddity) ? 2 : 1))
            #expect(calls.allSatisfy(Self.isSigned) == ![.wrongSignature, .echoedSecret].contains(oddity))
            #expect(calls.allSatisfy { $0.fact.isEmpty } == (oddity == .malformed))
            if oddity == .duplicate { #expect(Set(calls.map(\.body)).count == 1) }
            if oddity == .missingSeq { #expect(calls.first?.fact["seq"] == nil) }
            if oddity == .unknownStatus { #expect(calls.first?.fact["status"] as? String == "frobbed") }
        }
        await catcher.stop()
    }

    @Test func `a corrected weight changes the fee and says so`() async throws {
        let catcher = try await WebhookCatcher.start()
        try await withCourier({ $0.callbackURL = catcher.url }) { simulator, caller in
            let id = try await caller.book("CD-1").orderID
            simulator.correctWeight(of: id, to: 3_200)
            #expect(await catcher.wait(for: 1))
            let fact = try #require(catcher.all.first?.fact)
            #expect(fact["weightGrams"] as? Int == 3_200)
            #expect((fact["fee"] as? [String: Any])?["amount"] as? Int == 7_500)
        }
        await catcher.stop()
    }
}
