import Connect
import CourierConnector
import CourierSimulator
import Domain
import Foundation
import HTTPTypes
import SimulatorKit
import Testing
import Waiting

/// Booking, finding and cancelling: against the simulator over real HTTP, and against answers a careless courier gives.
@Suite struct ConnectorBookingTests {
    private static let clock: @Sendable () -> Timestamp = { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    private func withConnector(
        _ change: (inout CourierConfiguration) -> Void = { _ in }, _ body: (CourierSimulator, CourierConnector) async throws -> Void
    ) async throws {
        try await withCourier(change) { simulator, _ in try await body(simulator, try CourierBench.live(simulator.baseURL, now: Self.clock)) }
    }

    @Test func `a booking makes the round trip`() async throws {
        try await withConnector { simulator, connector in
            let booking = try await connector.book(CourierBench.request("CD-1", parcels: 3, codMinor: 375_000, service: "EMS"), idempotencyKey: "k-1")
            #expect(booking.externalRef == "CD-1")
            #expect(booking.trackingNumber?.isEmpty == false)
            #expect(Set(booking.parcelTrackingNumbers.keys) == ["1", "2", "3"])
            #expect(!booking.isCancelled)
            let order = try #require(simulator.order(booking.externalID))
            #expect(order.request.service == "express")
            #expect(order.request.cod?.amount == 375_000)
            #expect(order.request.recipient.phone == "66812345678")
            #expect(try await connector.findBooking(externalRef: "CD-1")?.externalID == booking.externalID)
            #expect(try await connector.findBooking(externalRef: "CD-none") == nil)
        }
    }

    @Test func `the same try twice is one parcel`() async throws {
        try await withConnector { simulator, connector in
            let first = try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k-1")
            let second = try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k-1")
            #expect(first.externalID == second.externalID)
            #expect(simulator.bookings() == ["CD-1": 1])
            #expect(simulator.idempotentReplays().values.reduce(0, +) == 1)
        }
    }

    @Test func `a booking we lost the record of is recognised as ours`() async throws {
        try await withConnector { simulator, connector in
            let first = try await connector.book(CourierBench.request("CD-1", codMinor: 125_000), idempotencyKey: "k-1")
            let second = try await connector.book(CourierBench.request("CD-1", codMinor: 125_000), idempotencyKey: "k-2")
            #expect(second.externalID == first.externalID)
            #expect(simulator.refusedDuplicates() == ["CD-1": 1])
        }
    }

    @Test func `a booking under our reference with other money, receiver or parcels is not ours`() async throws {
        try await withConnector { simulator, connector in
            _ = try await connector.book(CourierBench.request("CD-1", codMinor: 125_000), idempotencyKey: "k-1")
            let others = [
                CourierBench.request("CD-1"), CourierBench.request("CD-1", codMinor: 1), CourierBench.request("CD-1", postcode: "50200", codMinor: 125_000),
                CourierBench.request("CD-1", parcels: 2, codMinor: 125_000),
            ]
            for (index, other) in others.enumerated() {
                let error = await connectorError { () async throws(ConnectorError) in try await connector.book(other, idempotencyKey: "other-\(index)") }
                #expect(error?.code == "duplicate_ref")
                #expect(error?.failureClass == .rejected)
            }
            let same = await connectorError { () async throws(ConnectorError) in try await connector.book(others[0], idempotencyKey: "k-1") }
            #expect(same?.code == "idempotency_mismatch")
            #expect(simulator.bookings() == ["CD-1": 1])
        }
    }

    @Test func `a courier that repeats nothing cannot differ`() async throws {
        let courier = FakeCourier { request in
            request.method == .post
                ? PlatformAnswer(status: 409, body: Array(#"{"error":{"code":"duplicate_ref","orderId":"co_1"}}"#.utf8))
                : PlatformAnswer(status: 200, body: Array(#"{"data":[{"orderId":"co_1","externalRef":"CD-1","status":"created"}],"nextCursor":null}"#.utf8))
        }
        let booking = try await courier.connector().book(CourierBench.request("CD-1", codMinor: 5), idempotencyKey: "k")
        #expect(booking.externalID == "co_1")
    }

    @Test func `a cancelled booking under our reference is no booking`() async throws {
        let courier = FakeCourier { request in
            request.method == .post
                ? PlatformAnswer(status: 409, body: Array(#"{"error":{"code":"duplicate_ref"}}"#.utf8))
                : PlatformAnswer(status: 200, body: Array(#"{"orderId":"co_1","externalRef":"CD-1","status":"cancelled"}"#.utf8))
        }
        let connector = try courier.connector()
        let error = await connectorError { () async throws(ConnectorError) in try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k") }
        #expect(error?.code == "duplicate_ref")
        #expect(try await connector.cancelBooking(externalRef: "CD-1", externalID: nil, reason: "r", idempotencyKey: "k") == .cancelled)
    }

    @Test func `after a lost answer the booking is found, and the repeat makes no second one`() async throws {
        try await withConnector { simulator, connector in
            simulator.faults.force([.lostAnswer], at: .write)
            let error = await connectorError { () async throws(ConnectorError) in try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k-1") }
            #expect(error?.failureClass == .transient)
            let found = try #require(try await connector.findBooking(externalRef: "CD-1"))
            let repeated = try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k-1")
            #expect(repeated.externalID == found.externalID)
            #expect(simulator.bookings() == ["CD-1": 1])
        }
    }

    @Test func `a garbled answer is asked about, not believed`() async throws {
        try await withConnector { simulator, connector in
            simulator.faults.force([.malform], at: .write)
            let error = await connectorError { () async throws(ConnectorError) in try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k-1") }
            #expect(error?.failureClass == .transient)
            let found = try await connector.findBooking(externalRef: "CD-1")
            #expect(found?.externalRef == "CD-1")
        }
    }

    @Test func `a parcel is cancelled until it is picked up, as often as asked`() async throws {
        try await withConnector { simulator, connector in
            let kept = try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k-1")
            for key in ["c-1", "c-1", "c-2"] {
                #expect(try await connector.cancelBooking(externalRef: "CD-1", externalID: kept.externalID, reason: "r", idempotencyKey: key) == .cancelled)
            }
            let gone = try await connector.book(CourierBench.request("CD-2"), idempotencyKey: "k-2")
            simulator.set(gone.externalID, to: .pickedUp)
            guard case .tooLate = try await connector.cancelBooking(externalRef: "CD-2", externalID: nil, reason: "r", idempotencyKey: "c-3") else { Issue.record("not too late"); return }
            #expect(try await connector.cancelBooking(externalRef: "CD-3", externalID: nil, reason: "r", idempotencyKey: "c-4") == .unknown)
            #expect(try await connector.cancelBooking(externalRef: "CD-3", externalID: "co_nobody", reason: "r", idempotencyKey: "c-5") == .unknown)
        }
    }

    @Test func `a courier that confirms later says pending first`() async throws {
        try await withConnector({ $0.cancelMode = .confirmedByCallback(after: .milliseconds(1)) }) { simulator, connector in
            let booking = try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k-1")
            #expect(try await connector.cancelBooking(externalRef: "CD-1", externalID: booking.externalID, reason: "r", idempotencyKey: "c-1") == .pending)
            #expect(await eventually { simulator.order(booking.externalID)?.status == .cancelled })
            #expect(try await connector.findBooking(externalRef: "CD-1")?.isCancelled == true)
        }
    }

    @Test func `the tracking number may come later`() async throws {
        try await withConnector({ $0.withholdsTrackingNumber = true }) { simulator, connector in
            let booking = try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k-1")
            #expect(booking.trackingNumber == nil)
            #expect(booking.parcelTrackingNumbers.isEmpty)
            let early = await connectorError { () async throws(ConnectorError) in try await connector.fetchLabel(externalID: booking.externalID, format: "pdf", size: "A5") }
            guard case .throttled? = early else { Issue.record("\(String(describing: early))"); return }
            simulator.releaseLabel(of: booking.externalID)
            let ready = try await connector.findBooking(externalRef: "CD-1")
            #expect(ready?.trackingNumber?.isEmpty == false)
            let label = try await connector.fetchLabel(externalID: booking.externalID, format: "pdf", size: "100x150")
            #expect(label.contentType == "application/pdf")
            #expect(label.bytes.starts(with: Array("%PDF".utf8)))
        }
    }

    @Test func `magic postcodes and account limits come back as refusals`() async throws {
        try await withConnector { _, connector in
            let cases = [(CourierBench.request("A", postcode: "00000"), "area_not_served"), (CourierBench.request("B", postcode: "123"), "invalid_postcode"),
                         (CourierBench.request("C", codMinor: 9_000_000), "cod_over_limit"), (CourierBench.request("D", codMinor: -1), "cod_negative"),
                         (CourierBench.request("E", postcode: nil), "missing_field")]
            for (request, code) in cases {
                let error = await connectorError { () async throws(ConnectorError) in try await connector.book(request, idempotencyKey: "k-\(request.externalRef)") }
                #expect(error?.code == code)
                #expect(error?.failureClass == .rejected)
            }
            let economy = await connectorError { () async throws(ConnectorError) in try await connector.book(CourierBench.request("F", codMinor: 5, service: "slow"), idempotencyKey: "k-F") }
            #expect(economy?.failureClass == .unauthorised)
        }
    }

    @Test func `a note is cut between clusters, and whole texts arrive`() async throws {
        try await withConnector { simulator, connector in
            let booking = try await connector.book(CourierBench.request("CD-1", note: String(repeating: "กำ้", count: 300)), idempotencyKey: "k-1")
            let note = try #require(simulator.order(booking.externalID)?.request.note)
            #expect(note.count == 200)
            #expect(String(repeating: "กำ้", count: 300).hasPrefix(note))
        }
    }

    @Test func `a wrong secret fails the check with a remedy and parks the channel`() async throws {
        try await withCourier { simulator, _ in
            let connector = try CourierBench.live(simulator.baseURL, now: Self.clock, ["secret": "wrong"])
            #expect(await connectorError { () async throws(ConnectorError) in try await connector.findBooking(externalRef: "CD-1") }?.failureClass == .unauthorised)
            #expect(await connector.check().contains { !$0.isGood && $0.remedy != nil })
            let late = try CourierBench.live(simulator.baseURL, now: { Self.clock() - .seconds(400) })
            #expect(await connectorError { () async throws(ConnectorError) in try await late.findBooking(externalRef: "CD-1") }?.failureClass == .transient)
        }
    }

    @Test(arguments: 0..<150)
    func `a mutated answer books nothing by itself and breaks nothing`(seed: Int) async throws {
        let good = ##"{"orderId":"co_1","externalRef":"CD-1","status":"created","trackingNumber":"QX1","parcels":[{"ref":"1","trackingNumber":"QX1","sortCode":"CNX-04"}],"seq":1}"##
        var random = SplitMix(seed: UInt64(seed)), body = Array(good.utf8)
        for _ in 0..<Int.random(in: 1...5, using: &random) { body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
        let changed = body
        let connector = try FakeCourier { _ in PlatformAnswer(status: 201, body: changed) }.connector()
        do throws(ConnectorError) { #expect(try await connector.book(CourierBench.request("CD-1"), idempotencyKey: "k").carrier == "courier") } catch { #expect(error.failureClass == .transient) }
    }
}
