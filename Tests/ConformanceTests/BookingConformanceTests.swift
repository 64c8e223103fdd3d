import Connect
import Domain
import SimulatorKit
import Testing

/// A platform that takes parcels.
protocol CarrierUnderTest: PlatformUnderTest {
    func request(_ reference: String) -> BookingRequest
    func pickUp(_ id: ExternalID)
    /// Parcels made under our reference: anything but 1 after one booking is a mistake.
    func bookings(under reference: String) -> Int
    /// A connector that remembers nothing of what was booked.
    func restarted() throws -> any BooksShipments
}

extension Platform {
    static let carriers = [courier, thailandPost]
}

/// A parcel is booked once, however often and in whatever weather it was asked for (laws 5 and 6).
@Suite(.serialized, .timeLimit(.minutes(2))) struct BookingConformanceTests {
    private func withCarrier(_ platform: Platform, _ body: (any CarrierUnderTest, any BooksShipments) async throws -> Void) async throws {
        try await withPlatform(platform) { running, _ in
            let carrier = try #require(running as? any CarrierUnderTest)
            try await body(carrier, try #require(running.connector as? any BooksShipments))
        }
    }

    @Test(arguments: Platform.carriers) func `a booking that is asked for twice is one parcel`(_ platform: Platform) async throws {
        try await withCarrier(platform) { carrier, connector in
            let first = try await connector.book(carrier.request("CD-1"), idempotencyKey: "book:1"), second = try await connector.book(carrier.request("CD-1"), idempotencyKey: "book:1")
            #expect(first.externalID == second.externalID)
            #expect(carrier.bookings(under: "CD-1") == 1)
            #expect(try await connector.findBooking(externalRef: "CD-1")?.externalID == first.externalID)
            #expect(try await connector.findBooking(externalRef: "CD-2") == nil)
        }
    }

    @Test(arguments: Platform.carriers, [Fault.lostAnswer, .malform, .drop, .serverError(status: 502)])
    func `after an uncertain outcome what there is can be found, and the repeat makes no second parcel`(_ platform: Platform, fault: Fault) async throws {
        try await withCarrier(platform) { carrier, connector in
            carrier.simulator.faults.force([fault], at: .write)
            let error = await connectorError { () async throws(ConnectorError) in try await connector.book(carrier.request("CD-1"), idempotencyKey: "book:1") }
            carrier.simulator.faults.clearForced()
            #expect(error?.failureClass == .transient)
            let found = try await connector.findBooking(externalRef: "CD-1")
            #expect((found != nil) == (carrier.bookings(under: "CD-1") == 1))
            let repeated = try await connector.book(carrier.request("CD-1"), idempotencyKey: "book:1")
            #expect(found == nil || found?.externalID == repeated.externalID)
            #expect(carrier.bookings(under: "CD-1") == 1)
        }
    }

    @Test(arguments: Platform.carriers) func `a booking whose answer was lost is found after a restart, by our reference or by the numbers that were written down for it`(_ platform: Platform) async throws {
        try await withCarrier(platform) { carrier, connector in
            let request = carrier.request("CD-1"), other = carrier.request("CD-2")
            carrier.simulator.faults.force([.lostAnswer], at: .write)
            _ = await connectorError { () async throws(ConnectorError) in try await connector.book(request, idempotencyKey: "book:1") }
            carrier.simulator.faults.clearForced()
            #expect(carrier.bookings(under: "CD-1") == 1)
            let later = try carrier.restarted(), found = try await later.findBooking(Self.reference(request))
            #expect(found?.isCancelled == false)
            #expect(try await later.findBooking(Self.reference(other)) == nil)
            let repeated = try await later.book(request, idempotencyKey: "book:1")
            #expect(found?.externalID == repeated.externalID && found?.trackingNumber == repeated.trackingNumber && found?.parcelTrackingNumbers == repeated.parcelTrackingNumbers)
            #expect(carrier.bookings(under: "CD-1") == 1)
        }
    }

    private static func reference(_ request: BookingRequest) -> BookingReference {
        let numbers = request.parcels.compactMap { parcel in parcel.trackingNumber.map { (parcel.ref, $0) } }
        return BookingReference(externalRef: request.externalRef, trackingNumbers: Dictionary(numbers, uniquingKeysWith: { first, _ in first }))
    }

    @Test(arguments: Platform.carriers) func `a booking is cancelled as often as asked, until the parcel has left`(_ platform: Platform) async throws {
        try await withCarrier(platform) { carrier, connector in
            let kept = try await connector.book(carrier.request("CD-1"), idempotencyKey: "book:1")
            for key in ["cancel:1", "cancel:1", "cancel:2"] {
                let answer = try await connector.cancelBooking(externalRef: "CD-1", externalID: kept.externalID, reason: "r", idempotencyKey: key)
                #expect(answer == .cancelled || answer == .pending)
            }
            let gone = try await connector.book(carrier.request("CD-2"), idempotencyKey: "book:2")
            carrier.pickUp(gone.externalID)
            guard case .tooLate = try await connector.cancelBooking(externalRef: "CD-2", externalID: nil, reason: "r", idempotencyKey: "cancel:3") else { Issue.record("not too late"); return }
            #expect(try await connector.cancelBooking(externalRef: "CD-3", externalID: nil, reason: "r", idempotencyKey: "cancel:4") == .unknown)
        }
    }

    @Test(arguments: Platform.carriers) func `a label is a document of the kind that was asked for`(_ platform: Platform) async throws {
        try await withCarrier(platform) { carrier, connector in
            guard let labels = connector as? any FetchesLabels else { return }
            let booking = try await connector.book(carrier.request("CD-1"), idempotencyKey: "book:1")
            let label = try await labels.fetchLabel(externalID: booking.externalID, format: "pdf", size: "100x150")
            #expect(label.contentType.contains("pdf") && label.bytes.starts(with: Array("%PDF".utf8)))
        }
    }
}
