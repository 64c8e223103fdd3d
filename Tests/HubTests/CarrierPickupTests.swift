import Connect
import Database
import Domain
import Foundation
@testable import Hub
import Logging
import Synchronization
import Testing

/// A courier that comes when it is asked, with an answer of the test's.
private final class PickupBook: Sendable {
    struct State { var asked: [(request: PickupRequest, key: String)] = [], cancelled: [String] = [], fault: ConnectorError? }
    let name = UUID().uuidString
    let state = Mutex(State())
    private static let all = Mutex<[String: PickupBook]>([:])
    init() { Self.all.withLock { $0[name] = self } }
    static func named(_ name: String?) -> PickupBook? { name.flatMap { name in all.withLock { $0[name] } } }
}

private struct PickupCourier: RequestsPickups {
    static let descriptor = PlatformDescriptor(platform: "pickupcourier", title: "Pickup courier", kind: .courier, settings: [SettingField("book", "Book", isRequired: true)])
    let book: PickupBook
    init(_ context: ChannelContext) throws(ConnectorError) {
        guard let book = PickupBook.named(try context.settings.required("book")) else { throw .misconfigured(setting: "book", problem: "is not known") }
        self.book = book
    }
    func requestPickup(_ request: PickupRequest, idempotencyKey: String) async throws(ConnectorError) -> PickupAnswer {
        let fault = book.state.withLock { state in state.asked.append((request, idempotencyKey)); return state.fault }
        if let fault { throw fault }
        return PickupAnswer(externalID: "pu-1", status: "scheduled")
    }
    func cancelPickup(_ externalID: ExternalID, idempotencyKey: String) async throws(ConnectorError) { book.state.withLock { $0.cancelled.append(externalID) } }
}

private struct HandCourier: ArrangesPickupsByHand {
    static let descriptor = PlatformDescriptor(platform: "handcourier", title: "Hand courier", kind: .courier, settings: [])
    static let pickupByHand = "Call 1545."
    init(_ context: ChannelContext) throws(ConnectorError) {}
}

@Suite(.timeLimit(.minutes(1))) struct CarrierPickupTests {
    private static let now = Timestamp(seconds: 1_795_225_000)      // 2026-11-21
    private static let day = "2026-11-21", ann = AuditActor(name: "Ann")

    private struct Bench { var hub: Hub, book: PickupBook, courier: ChannelID, byHand: ChannelID }

    private static func run(_ body: (Bench) async throws -> Void) async throws {
        let folder = URL.temporaryDirectory.appending(path: "crossdock-pickup-" + UUID().uuidString).path(percentEncoded: false), book = PickupBook()
        defer { try? FileManager.default.removeItem(atPath: folder) }      // a leftover in the temporary folder harms nobody
        let hub = try await Hub(.init(dataFolder: folder), registry: ConnectorRegistry([PickupCourier.self, HandCourier.self]), logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }, now: { now }) { _, _ in
            ChannelHTTP { _ throws(ConnectorError) in throw .unreachable(reason: "no network in this test") }
        }
        let courier = try await hub.channels.add(platform: "pickupcourier", name: "Flash", settings: ["book": book.name], by: "test").id
        let byHand = try await hub.channels.add(platform: "handcourier", name: "Post", settings: [:], by: "test").id
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(Bench(hub: hub, book: book, courier: courier, byHand: byHand))) } catch { outcome = .failure(error) }
        await hub.journalDatabase.close()
        await hub.ledgerDatabase.close()
        try outcome.get()
    }

    /// Parcels as the packing table leaves them: two boxes of one booking, one of another.
    private static func pack(_ bench: Bench) async throws {
        let channel = bench.courier.value, at = now.milliseconds
        try await bench.hub.ledgerDatabase.write { tx in
            for (shipment, id) in [(Int64(1), "co_1"), (2, "co_2")] {
                let kept = Shipment(id: ShipmentID(shipment), carrier: "flash", channel: ChannelID(channel), externalRef: "CD-\(shipment)", externalID: id, bookedAt: Timestamp(milliseconds: at))
                try ShipmentRows.insert(kept, order: OrderID(shipment), at: Timestamp(milliseconds: at), in: tx)
            }
            for (parcel, shipment) in [(Int64(11), Int64(1)), (12, 1), (13, 2)] {
                try tx.run("""
                    INSERT INTO parcels (id, shipment_id, order_id, channel_id, ref, of_parcels, weight_grams, currency, status, state, last_sequence, last_event_at, created_at)
                    VALUES (\(parcel), \(shipment), \(shipment), \(channel), \("\(parcel)"), 1, 500, 'THB', 'packed', 'packed', 0, 0, \(at))
                    """)
            }
        }
    }

    @Test func `a pick-up is asked for once a day, with what is packed, and kept`() async throws {
        try await Self.run { bench in
            try await Self.pack(bench)
            let first = try await bench.hub.pickups.request(bench.courier, on: Self.day, window: ["13:00", "17:00"], by: Self.ann)
            #expect(first.state == .requested && first.externalID == "pu-1" && first.carrierStatus == "scheduled" && first.parcels == 3 && first.window == ["13:00", "17:00"] && first.askedBy == "Ann")
            #expect(try await bench.hub.pickups.request(bench.courier, on: Self.day, by: Self.ann).id == first.id)
            let asked = bench.book.state.withLock { $0.asked }
            #expect(asked.count == 1 && asked.first?.key == "pickup:\(first.id)")
            #expect(asked.first?.request == PickupRequest(date: Self.day, window: ["13:00", "17:00"], parcelCount: 3, externalIDs: ["co_1", "co_2"]))
            #expect(try await bench.hub.pickups.pickups(since: Self.day) == [first])
            #expect(try await bench.hub.pickups.pickups(since: "2026-11-22").isEmpty)
        }
    }

    @Test func `a lost answer is asked for again under the same key, with the same question`() async throws {
        try await Self.run { bench in
            try await Self.pack(bench)
            bench.book.state.withLock { $0.fault = .unreachable(reason: "cut") }
            await #expect(throws: ConnectorError.self) { try await bench.hub.pickups.request(bench.courier, on: Self.day, by: Self.ann) }
            try await bench.hub.ledgerDatabase.write { try $0.run("UPDATE parcels SET state = 'handedOver' WHERE id = 13") }
            bench.book.state.withLock { $0.fault = nil }
            let kept = try await bench.hub.pickups.request(bench.courier, on: Self.day, by: Self.ann)
            let asked = bench.book.state.withLock { $0.asked }
            #expect(kept.state == .requested && asked.count == 2 && asked[0].key == asked[1].key && asked[0].request == asked[1].request)
        }
    }

    @Test func `a refusal is kept with its words, and the day is free again`() async throws {
        try await Self.run { bench in
            try await Self.pack(bench)
            bench.book.state.withLock { $0.fault = .refused(platformCode: "closed", platformMessage: "we rest") }
            await #expect(throws: ConnectorError.self) { try await bench.hub.pickups.request(bench.courier, on: Self.day, by: Self.ann) }
            bench.book.state.withLock { $0.fault = nil }
            let second = try await bench.hub.pickups.request(bench.courier, on: Self.day, by: Self.ann)
            let all = try await bench.hub.pickups.pickups(since: Self.day)
            #expect(all.map(\.state) == [.refused, .requested] && all.first?.message == "we rest (closed)" && second.id == all.last?.id)
            let lines = try await bench.hub.audit.entries(AuditFilter(subject: "pickup:\(second.id)"), before: nil, limit: 10).entries
            #expect(Set(lines.map(\.action)) == ["pickup.ask", "pickup.requested"])
        }
    }

    @Test func `a pick-up is called off, once`() async throws {
        try await Self.run { bench in
            try await Self.pack(bench)
            let pickup = try await bench.hub.pickups.request(bench.courier, on: Self.day, by: Self.ann)
            #expect(try await bench.hub.pickups.cancel(pickup.id, by: Self.ann).state == .cancelled)
            #expect(try await bench.hub.pickups.cancel(pickup.id, by: Self.ann).state == .cancelled)
            #expect(bench.book.state.withLock { $0.cancelled } == ["pu-1"])
            #expect(try await bench.hub.pickups.request(bench.courier, on: Self.day, by: Self.ann).id != pickup.id)
            await #expect(throws: PickupFault.unknown) { try await bench.hub.pickups.cancel(99, by: Self.ann) }
        }
    }

    @Test func `where a carrier documents no call a sentence says what to do`() async throws {
        try await Self.run { bench in
            let ways = [try bench.hub.pickups.way(of: bench.byHand), try bench.hub.pickups.way(of: bench.courier)]
            #expect(ways == [.byHand("Call 1545."), .call])
            await #expect(throws: PickupFault.byHand("Call 1545.")) { try await bench.hub.pickups.request(bench.byHand, on: Self.day, by: Self.ann) }
            #expect(throws: PickupFault.noCarrier) { try bench.hub.pickups.way(of: ChannelID(1)) }
            await #expect(throws: PickupFault.nothingPacked("Flash")) { try await bench.hub.pickups.request(bench.courier, on: Self.day, by: Self.ann) }
        }
    }

    @Test(arguments: ["", "2026-11-20x", "21/11/2026", "2026-02-30", "2026-11-19", "2026-12-23", "2569-11-21"]) func `a day on which nobody can come is refused`(day: String) async throws {
        try await Self.run { bench in
            await #expect(throws: PickupFault.badDay(day)) { try await bench.hub.pickups.request(bench.courier, on: day, by: Self.ann) }
            await #expect(throws: PickupFault.badWindow) { try await bench.hub.pickups.request(bench.courier, on: Self.day, window: ["17:00", "13:00"], by: Self.ann) }
            #expect(bench.book.state.withLock { $0.asked.isEmpty })
        }
    }
}
