import Connect
import Domain
import SimulatorKit
import Testing

/// A carrier that is asked where parcels are.
protocol TrackerUnderTest: CarrierUnderTest {
    /// As many numbers as one call takes, under which the carrier has nothing.
    var unknown: [String] { get }
    func asksWhere(_ request: PlatformRequest) -> Bool
}

extension Platform {
    static let trackers = [thailandPost]
}

/// Asking where parcels are costs few calls, and an answer that is known already costs nothing.
@Suite(.serialized, .timeLimit(.minutes(1))) struct TrackingConformanceTests {
    private func withTracker(_ platform: Platform, _ body: (any TrackerUnderTest, any TracksShipments, [Booking]) async throws -> Void) async throws {
        try await withPlatform(platform) { running, _ in
            let carrier = try #require(running as? any TrackerUnderTest), connector = try #require(running.connector as? any TracksShipments & BooksShipments)
            var bookings: [Booking] = []
            for number in 1...3 { bookings.append(try await connector.book(carrier.request("CD-\(number)"), idempotencyKey: "book:\(number)")) }
            try await body(carrier, connector, bookings)
        }
    }

    private func updates(_ bodies: [FetchedBody], _ carrier: any TrackerUnderTest) throws -> [TrackingUpdate] {
        try bodies.flatMap { try carrier.interpret($0.body, topic: $0.topic, origin: .poll) }.compactMap { if case .tracking(let update) = $0 { update } else { nil } }
    }

    @Test(arguments: Platform.trackers) func `parcels are asked for in batches, and every known one is told of`(_ platform: Platform) async throws {
        try await withTracker(platform) { carrier, connector, bookings in
            let numbers = bookings.compactMap(\.trackingNumber)
            #expect(numbers.count == bookings.count && connector.trackingBatch > 0 && connector.trackingInterval > .zero)
            #expect(carrier.unknown.count == connector.trackingBatch)
            _ = carrier.wire.takeRequests()
            let bodies = try await connector.track(carrier.unknown + numbers)
            #expect(carrier.wire.takeRequests().count(where: carrier.asksWhere) == 2)
            #expect(Set(try updates(bodies, carrier).compactMap(\.trackingNumber)) == Set(numbers))
            #expect(try await connector.track([]).isEmpty)
            #expect(carrier.wire.takeRequests().count(where: carrier.asksWhere) == 0)
        }
    }

    @Test(arguments: Platform.trackers) func `the same answer twice has the same receipt key, and news has another`(_ platform: Platform) async throws {
        try await withTracker(platform) { carrier, connector, bookings in
            let numbers = bookings.compactMap(\.trackingNumber)
            let first = try await connector.track(numbers), second = try await connector.track(numbers)
            let keys = Set(first.compactMap(\.receiptKey))
            #expect(first.count == numbers.count && keys.count == first.count)
            #expect(Set(second.compactMap(\.receiptKey)) == keys)
            carrier.pickUp(try #require(bookings.first).externalID)
            let third = try await connector.track(numbers), news = third.filter { $0.receiptKey.map { !keys.contains($0) } ?? true }
            #expect(news.count == 1)
            #expect(Set(try updates(news, carrier).compactMap(\.trackingNumber)) == [numbers[0]])
            #expect(try updates(third, carrier).contains { $0.trackingNumber == numbers[0] && ($0.fulfilment?.rank ?? 0) >= Fulfilment.pickedUp.rank })
        }
    }

    @Test(arguments: Platform.trackers) func `the news of one parcel come in their order`(_ platform: Platform) async throws {
        try await withTracker(platform) { carrier, connector, bookings in
            let booking = try #require(bookings.first), number = try #require(booking.trackingNumber)
            carrier.pickUp(booking.externalID)
            let news = try updates(try await connector.track([number]), carrier)
            #expect(news.count >= 2)
            #expect(zip(news, news.dropFirst()).allSatisfy { $0.sequence < $1.sequence && $0.occurredAt <= $1.occurredAt })
        }
    }
}
