import Connect
import CourierConnector
import Domain
import Foundation
import Testing

/// What callbacks mean (platforms/generic-courier.md §3, §5, §9).
@Suite struct ConnectorInterpretTests {
    private static func interpret(_ body: some Sequence<UInt8>) throws(ConnectorError) -> [Interpretation] {
        let connector = try FakeCourier(200).connector()
        return try connector.interpret(StoredDelivery(id: DeliveryID(1), channel: ChannelID(7), origin: .webhook, topic: "callback", body: Array(body), receivedAt: CourierBench.now))
    }
    private static func update(_ text: String) throws -> TrackingUpdate? {
        guard case .tracking(let update)? = try interpret(text.utf8).first else { return nil }
        return update
    }
    private static func status(_ word: String, extra: String = "") -> String {
        ##"{"eventId":"ev_1","type":"shipment.status","orderId":"co_1","trackingNumber":"QX1TH","seq":5,"status":"\##(word)","occurredAt":"2024-06-03T09:12:00+07:00"\##(extra)}"##
    }

    @Test(arguments: [
        ("created", .packed), ("accepted", .readyToShip), ("pickup_failed", .readyToShip), ("picked_up", .pickedUp), ("in_transit", .inTransit), ("at_hub", .inTransit),
        ("out_for_delivery", .outForDelivery), ("ready_for_collection", .outForDelivery), ("delivery_failed", .deliveryFailed), ("delivered", .delivered),
        ("returning", .returning), ("returned", .returned), ("lost", .lost), ("damaged", .lost), ("cancelled", .unfulfilled),
    ] as [(String, Fulfilment)])
    func `each status of the table`(word: String, fulfilment: Fulfilment) throws {
        let update = try #require(try Self.update(Self.status(word)))
        #expect(update.fulfilment == fulfilment)
        #expect(update.rawStatus == word)
        #expect(update.isVoid == (word == "cancelled"))
        #expect(update.sequence == 5)
        #expect(update.externalID == "co_1")
        #expect(update.trackingNumber == "QX1TH")
        #expect(update.occurredAt == Timestamp(rfc3339: "2024-06-03T02:12:00Z"))
    }

    @Test func `a status nobody knows keeps its word and no state`() throws {
        let update = try #require(try Self.update(Self.status("frobbed")))
        #expect(update.fulfilment == nil)
        #expect(update.rawStatus == "frobbed")
    }

    @Test func `one lost box of several does not lose the shipment`() throws {
        let update = try #require(try Self.update(Self.status("lost", extra: #","parcelRef":"2""#)))
        #expect(update.fulfilment == nil)
        #expect(update.rawStatus == "lost (parcel 2)")
    }

    @Test func `a parcel on hold stays where it is`() throws {
        guard case .tracking(let held) = try Self.interpret(Self.status("on_hold").utf8).first else { Issue.record("no news of the parcel"); return }
        #expect(held.fulfilment == nil && held.trouble == "The carrier holds the parcel.")
    }

    @Test func `a cancelled shipment is void, with or without the word`() throws {
        let update = try #require(try Self.update(##"{"type":"shipment.cancelled","orderId":"co_1","seq":3}"##))
        #expect(update.isVoid)
        #expect(update.fulfilment == .unfulfilled)
        #expect(update.occurredAt == CourierBench.now)
    }

    @Test func `a label that became ready brings its tracking number`() throws {
        let update = try #require(try Self.update(##"{"type":"shipment.label_ready","orderId":"co_1","trackingNumber":"QX1TH","seq":2}"##))
        #expect(update.trackingNumber == "QX1TH")
        guard case .ignored? = try Self.interpret(##"{"type":"shipment.label_ready","orderId":"co_1"}"##.utf8).first else { Issue.record("not ignored"); return }
    }

    @Test func `collected money is told to the payment axis`() throws {
        #expect(try Self.update(##"{"type":"cod.collected","orderId":"co_1","amount":125000,"currency":"THB","seq":9}"##)?.codCollected == true)
        #expect(try Self.update(Self.status("delivered", extra: #","codCollected":true"#))?.codCollected == true)
    }

    @Test(arguments: ["cod.remitted", "shipment.weight_changed", "shipment.address_issue", "shipment.teleported"])
    func `what says nothing of the goods is kept and ignored`(type: String) throws {
        guard case .ignored(let reason)? = try Self.interpret(##"{"type":"\##(type)","orderId":"co_1","weightGrams":900,"x_new":[1,{}]}"##.utf8).first else {
            Issue.record("not ignored")
            return
        }
        #expect(reason.contains(type))
    }

    @Test(arguments: ["", "[]", "null", "{}", #"{"type":7}"#, #"{"type":"shipment.status","seq":"five"}"#, #"{"type":"shipment.status","seq":1e30}"#])
    func `what is not a callback is raised, never dropped`(body: String) async {
        let error = await connectorError { () async throws(ConnectorError) in try Self.interpret(body.utf8) }
        #expect(error?.code == "not_understood")
    }

    @Test(arguments: 0..<200)
    func `a mutated body is read or raised`(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed)), body = Array(Self.status("out_for_delivery", extra: ##","note":"กำลังนำจ่าย 🙏""##).utf8)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            switch Int.random(in: 0..<3, using: &random) {
            case 0: body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            case 1: body.remove(at: Int.random(in: 0..<body.count, using: &random))
            default: body.insert(UInt8.random(in: 0...255, using: &random), at: Int.random(in: 0...body.count, using: &random))
            }
        }
        do throws(ConnectorError) { #expect(try Self.interpret(body).count == 1) } catch { #expect(error.code == "not_understood") }
    }
}

/// A seeded generator: the failing seed is in the test's name.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
