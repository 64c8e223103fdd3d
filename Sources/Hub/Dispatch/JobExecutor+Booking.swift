import Domain
import Connect
import Database

extension JobExecutor {
    func book(_ job: Job, _ connector: any Connector, asksFirst: Bool) async throws -> JobOutcome {
        guard let connector = connector as? any BooksShipments else { throw unable(job) }
        guard let (order, action) = try await action(on: job.order) else { return .withdrawn(reason: "the order is gone") }
        let ref = Self.externalRef(of: job)
        if asksFirst || job.isEffectUnknown || job.attempt > 0 {
            let reference = BookingReference(externalRef: ref, trackingNumbers: try await numbers.allotted(under: ref, channel: job.destination))
            if let booking = try await connector.findBooking(reference), !booking.isCancelled { return .booked(booking, parcels: try await packed(order, job), isFound: true) }
        }
        guard order.workflow != .cancelled, order.workflow != .excluded else { return .withdrawn(reason: "the order is \(order.workflow.rawValue)") }
        guard let recipient = order.snapshot.shipTo else {
            throw ConnectorError.refused(platformCode: "no_address", platformMessage: "the order has no delivery address")
        }
        var together = [order]
        if let id = LedgerTransaction.consolidation(of: job) { together = try await ledger.write { try $0.gather(id, lead: order) } }
        let cod = together.compactMap(\.collectsMinor).reduce(nil) { Money(minor: ($0?.minor ?? 0) + $1, order.snapshot.currency) }
        let request = BookingRequest(externalRef: ref, service: order.decision?.service ?? order.snapshot.shipping.methodCode, order: action, recipient: recipient, parcels: Parcels.of(together),
                                     codAmount: cod, note: order.snapshot.note)
        var (booking, parcels) = try await booked(request, by: connector, job)
        if booking.externalRef.isEmpty { booking.externalRef = ref }
        // Ours may have been booked or not: the next try asks before it repeats.
        guard booking.externalRef == ref else { throw ConnectorError.unreachable(reason: "it acknowledged another order than the one it was sent") }
        return .booked(booking, parcels: parcels, isFound: false)
    }

    /// The boxes of a booking that was made by an earlier try: of everyone who was written down for it then, with the numbers they were given.
    private func packed(_ order: StoredOrder, _ job: Job) async throws -> [Parcel] {
        guard let id = LedgerTransaction.consolidation(of: job) else { return Parcels.of(order) }
        let others = try await ledger.database.read { tx in try Ledger.load((ConsolidationRows.find(id, in: tx)?.orders ?? []).filter { $0 != order.id }, in: tx) }
        return Parcels.of([order] + others)
    }

    /// One booking. A carrier that refuses a parcel's number as used or unknown is asked once more with the next one.
    private func booked(_ request: BookingRequest, by connector: any BooksShipments, _ job: Job) async throws -> (Booking, [Parcel]) {
        guard let range = connector as? any AllotsTrackingNumbers else { return (try await connector.book(request, idempotencyKey: job.idempotencyKey), request.parcels) }
        var request = request
        request.parcels = try await numbers.allot(request, for: job, from: range)
        do throws(ConnectorError) { return (try await connector.book(request, idempotencyKey: job.idempotencyKey), request.parcels) } catch {
            let refused = range.refusedNumbers(of: request.parcels.compactMap(\.trackingNumber), in: error)
            guard !refused.isEmpty else { throw error }
            try await numbers.spoil(refused, reason: error.sentence, for: job)
        }
        request.parcels = try await numbers.allot(request, for: job, from: range)
        return (try await connector.book(request, idempotencyKey: job.idempotencyKey), request.parcels)
    }

    /// Asks a marketplace to ship what it has been paid for. What is arranged already is found, not repeated; a number that the courier has not given yet is asked for again later.
    func arrange(_ job: Job, _ connector: any Connector, asksFirst: Bool) async throws -> JobOutcome {
        guard let connector = connector as? any ArrangesShipments else { throw unable(job) }
        guard let (order, action) = try await action(on: job.order) else { return .withdrawn(reason: "the order is gone") }
        let isOff = order.workflow == .cancelled || order.workflow == .excluded
        var packages: [ArrangedPackage] = []
        if asksFirst || job.isEffectUnknown || job.attempt > 0 { packages = try await connector.arrangedPackages(of: action) }
        // A package that the platform does not send any more is no parcel, and never gets a number.
        if packages.isEmpty || packages.contains(where: { !$0.isArranged && !$0.isVoid }) {
            if isOff { return .withdrawn(reason: "the order is \(order.workflow.rawValue)") }
            let handover = try job.payload.map { try OrderRows.decode(Handover.self, $0, column: "payload") } ?? .usual
            packages = try await connector.arrangeShipment(of: action, by: handover, idempotencyKey: job.idempotencyKey)
        }
        let living = packages.filter { !$0.isVoid }
        guard let first = living.first else {
            if isOff { return .withdrawn(reason: "the order is \(order.workflow.rawValue)") }
            if packages.isEmpty { throw ConnectorError.refused(platformCode: "no_packages", platformMessage: "the platform has no package for this order yet") }
            throw ConnectorError.refused(platformCode: "package_cancelled", platformMessage: "the platform sends none of the order's packages any more")
        }
        if living.contains(where: { $0.trackingNumber == nil }) {
            if isOff { return .withdrawn(reason: "the order is \(order.workflow.rawValue)") }
            return try await waiting(job)
        }
        let weights = Parcels.of(order)
        let parcels = living.enumerated().map { index, package in
            Parcel(ref: "\(index + 1)", weightGrams: package.weightGrams ?? (living.count == weights.count ? weights[index].weightGrams : Parcels.weight(of: package.contents, in: order)),
                   trackingNumber: package.trackingNumber, externalID: package.externalID, contents: package.contents)
        }
        let carrier = first.carrier ?? directory.channel(job.destination)?.name ?? ""
        return .booked(Booking(externalRef: Self.externalRef(of: job), externalID: order.snapshot.externalID, carrier: carrier, trackingNumber: first.trackingNumber), parcels: parcels, isFound: false)
    }

    /// Later again, until the patience is at its end: then it is a failure like others, and a person looks at it.
    private func waiting(_ job: Job) async throws -> JobOutcome {
        let since = try await ledger.database.read { tx in
            try tx.first("SELECT MIN(at) FROM attempts WHERE order_id = \(job.order.value) AND job_id = \(job.id.value) AND outcome = 'waiting'") { try $0.optionalInt64(0) } ?? nil
        }
        let time = now()
        guard let since, time - Timestamp(milliseconds: since) >= Self.numberPatience else { return .waiting(until: time + Self.numberPause, reason: "the courier has not given every number yet") }
        let hours = Self.numberPatience / .seconds(3600)
        throw ConnectorError.refused(platformCode: "number_missing", platformMessage: "the shipment is arranged, but its courier has given no tracking number for \(Int(hours)) hours. Look at the order in the platform's own console")
    }
    /// How long after an arrangement its numbers are asked for again (shopee.md §6: no faster than every 5 minutes).
    static let numberPause = Duration.seconds(300)
    /// How long a number is waited for: two days, by which time a courier has come for the parcel or never will (no platform names a limit).
    package static let numberPatience = Duration.seconds(48 * 3600)
}
