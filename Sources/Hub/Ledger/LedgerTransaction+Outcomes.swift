import Domain
import Connect
import Database

extension LedgerTransaction {
    /// Records what came of a job together with everything that follows from it.
    package func finish(_ job: Job, _ outcome: JobOutcome, attempt: AttemptRecord, retry: RetryPolicy, random: Double) throws {
        if case .interrupted = outcome { return }
        // The job may be gone: discarded or withdrawn by a person while it ran. Its effect is recorded all the same.
        try recordAttempt(job, outcome, attempt)
        switch outcome {
        case .failed(let error, let isEffectUnknown): try fail(job, error, isEffectUnknown: isEffectUnknown, retry: retry, random: random)
        case .booked(let booking, let parcels, let isFound):
            try remove(job)
            // What an earlier try booked was booked with what was true then; which of them it was nobody knows.
            try booked(job, booking, parcels, startedAt: isFound ? job.createdAt + .milliseconds(1) : attempt.at, isFound: isFound)
        case .cancelAnswered(let answer):
            try remove(job)
            try cancelAnswered(job, answer)
        case .done where job.action == .markShipped || job.action == .markDelivered:
            try remove(job)
            if let order = try OrderRows.find(job.order, in: tx) { try record(.shopInformed, of: order, cause: cause(job)) }
        case .answered(let isTold, let canFetch):
            try remove(job)
            try cancellationAnswered(job, cause: cause(job), isTold: isTold, canFetch: canFetch)
        case .done where job.action == .sendEvent:
            try remove(job)
            beat.lags.append((now - job.createdAt).inMilliseconds)
            try tx.run("""
                INSERT INTO takings (order_id, destination_id, state, updated_at) VALUES (\(job.order.value), \(job.destination.value), 'taken', \(now.milliseconds))
                ON CONFLICT (order_id, destination_id) DO UPDATE SET updated_at = excluded.updated_at
                """)
            if job.eventType == EventType.cancelled.rawValue {
                try tx.run("UPDATE takings SET state = 'cancelled' WHERE order_id = \(job.order.value) AND destination_id = \(job.destination.value)")
            }
        case .waiting(let until, let reason):
            // It has had its effect: the next try asks what came of it.
            try tx.run("UPDATE jobs SET run_at = \(until.milliseconds), effect_unknown = 1, last_code = 'waiting', last_message = \(reason) WHERE id = \(job.id.value)")
            wake(job.destination)
        case .gone: try fetchedNothing(job)
        case .withdrawn:
            try remove(job)
            try withdrawn(job)
        case .done: try remove(job)
        case .fetched:
            try remove(job)
            try removeAnswered(job, readAt: attempt.at)
        case .interrupted: break
        }
    }

    /// The platform does not know the order any more: a known one was deleted there, which is a cancellation; of an unknown one there is nothing to keep.
    private func fetchedNothing(_ job: Job) throws {
        try remove(job)
        guard let externalID = job.payload, let channel = surroundings.channels[job.destination],
              let order = try OrderRows.find(channel: channel.id, externalID: externalID, in: tx) else { return }
        _ = try applyCancellation(of: externalID, in: channel, at: max(now, order.revision.updatedAt), counter: 0, reason: "deleted at the shop", cause: cause(job))
    }

    private func cause(_ job: Job) -> Cause { Cause(.destination, surroundings.channels[job.destination]?.name ?? "\(job.destination)") }

    private func booked(_ job: Job, _ booking: Booking, _ parcels: [Parcel], startedAt: Timestamp, isFound: Bool) throws {
        guard var order = try OrderRows.find(job.order, in: tx), let channel = surroundings.channels[job.destination] else { return }
        let old = order, cause = cause(job)
        let numbered = parcels.map { parcel in var parcel = parcel; parcel.trackingNumber = booking.parcelTrackingNumbers[parcel.ref] ?? parcel.trackingNumber; return parcel }
        // Another hub, or an earlier life of this one, may have recorded it: there is one shipment under one reference.
        let known = try ShipmentRows.find(externalRef: booking.externalRef, in: tx).map { try completed($0, by: booking, numbered) }
        let shipment: Shipment
        if let known { shipment = known } else {
            beat.booked += 1
            // An order that went its way by itself is measured from the platform's delivery; one that a person let go, from that word.
            beat.lags.append((now - (job.createdAt == order.createdAt ? min(order.sourceReceivedAt, job.createdAt) : job.createdAt)).inMilliseconds)
            shipment = Shipment(
                id: ShipmentID(nextID()), carrier: booking.carrier, channel: channel.id, externalRef: booking.externalRef, externalID: booking.externalID,
                trackingNumber: booking.trackingNumber, trackingURL: booking.trackingURL, status: .packed, isVoid: booking.isCancelled, bookedAt: now, parcels: numbered)
            try keepNew(shipment, of: order, at: channel)
            try record(.booked, of: order, cause: cause, note: booking.trackingNumber)
        }
        if !shipment.isVoid {
            try tx.run("""
                INSERT INTO takings (order_id, destination_id, state, external_ref, updated_at)
                VALUES (\(order.id.value), \(channel.id.value), 'taken', \(booking.externalRef), \(now.milliseconds))
                ON CONFLICT (order_id, destination_id) DO UPDATE SET state = 'taken', external_ref = excluded.external_ref, updated_at = excluded.updated_at
                """)
        }
        let terms = Set((shipment.parcels.map(\.trackingNumber) + [booking.trackingNumber]).compactMap { $0.flatMap(SearchTerms.fold) })
        if !terms.isEmpty { addTerms(terms.sorted(), to: order.id, isNew: false) }
        if !shipment.isVoid, WorkflowLaw.destination(from: order.workflow, cause: .dispatchTaken) != nil { try move(&order, by: .dispatchTaken, cause: cause) }
        if channel.id == order.channel { try movePlatformsParcels(of: order, to: order.snapshot.fulfilment, at: order.revision.updatedAt) }
        order.fulfilment = try fulfilment(of: order)
        try announceFulfilment(of: order, was: old.fulfilment, cause: cause)
        if order != old { try save(order, was: old) }
        if !isFound { try resolve(.changedAfterSent, subject: "order:\(order.id)") }
        if let together = Self.consolidation(of: job) { try booked(shipment, together: together, startedAt: startedAt, cause: cause) }
        if order.workflow == .cancelled, !shipment.isVoid { try voidParcels(of: order, reason: "the order was cancelled while it was booked") }
        if known == nil { try amendIfOvertaken(order, by: job, startedAt: startedAt) }
        try applyEarlyTracking(to: shipment, channel: channel, cause: cause)
    }

    private func keepNew(_ shipment: Shipment, of order: StoredOrder, at channel: Channel) throws {
        try ShipmentRows.insert(shipment, order: order.id, at: now, in: tx)
        let cod = try ([order.id] + Self.companions(in: shipment, besides: order.id)).compactMap { try $0 == order.id ? order.collectsMinor : OrderRows.find($0, in: tx)?.collectsMinor }.reduce(nil) { ($0 ?? 0) + $1 }
        try ParcelRows.insert(shipment, of: order, cod: cod, isShared: channel.abilities.contains(.numbersParcels), track: channel.abilities.contains(.tracks), ids: nextID, at: now, in: tx)
    }

    /// What is recorded already, with what only this answer tells. What became of it since stays: it is not brought back, its boxes keep their weights.
    private func completed(_ known: ShipmentRows.Found, by booking: Booking, _ parcels: [Parcel]) throws -> Shipment {
        var shipment = known.shipment
        shipment.externalID = shipment.externalID ?? booking.externalID
        shipment.trackingNumber = shipment.trackingNumber ?? booking.trackingNumber
        shipment.trackingURL = shipment.trackingURL ?? booking.trackingURL
        shipment.isVoid = shipment.isVoid || booking.isCancelled
        for index in shipment.parcels.indices {
            guard let parcel = parcels.first(where: { $0.ref == shipment.parcels[index].ref }) else { continue }
            shipment.parcels[index].trackingNumber = shipment.parcels[index].trackingNumber ?? parcel.trackingNumber
            shipment.parcels[index].externalID = shipment.parcels[index].externalID ?? parcel.externalID
        }
        guard shipment != known.shipment else { return shipment }
        try ShipmentRows.keep(shipment, in: tx)
        try ParcelRows.follow(shipment, at: now, in: tx)
        return shipment
    }

    private func cancelAnswered(_ job: Job, _ answer: CancelAnswer) throws {
        guard var order = try OrderRows.find(job.order, in: tx) else { return }
        let old = order, cause = cause(job)
        if job.action == .cancelAtShop { return try shopAnswered(order, answer, cause: cause) }
        func taking(_ state: String) throws {
            try tx.run("UPDATE takings SET state = \(state), updated_at = \(now.milliseconds) WHERE order_id = \(order.id.value) AND destination_id = \(job.destination.value)")
        }
        switch answer {
        case .cancelled:
            for var shipment in try shipments(of: order.id) where shipment.channel == job.destination && !shipment.isVoid {
                shipment.isVoid = true
                shipment.status = .unfulfilled
                try ShipmentRows.update(shipment, lastSequence: 0, lastEventAt: now, in: tx)
                try ParcelRows.follow(shipment, at: now, in: tx)
                try withdrawCompanions(of: shipment, besides: order.id, cause: cause)
            }
            try bookingWithdrawn(&order, destination: job.destination, cause: cause)
            order.fulfilment = try fulfilment(of: order)
            try announceFulfilment(of: order, was: old.fulfilment, cause: cause)
            try resolve(.cancelUnknown, subject: "order:\(order.id)")
        case .pending: break
        case .tooLate(let message) where try amendmentFailed(of: order, at: job.destination, answer: "already has the parcel: \(message.trimmedFullStop)."): break
        case .unknown where try amendmentFailed(of: order, at: job.destination, answer: "does not know its booking."): break
        case .tooLate(let message):
            try taking("tooLate")
            try record(.cancelTooLate, of: order, cause: cause, note: message)
            try raise(Problem(kind: .cancelTooLate, subject: "order:\(order.id)", channel: order.channel, order: order.id, code: "cancel_too_late",
                              message: "The order was cancelled, but \(cause.subject) already has the parcel: \(message.trimmedFullStop). Ask the carrier to return it, or refund when it comes back."))
        case .unknown:
            try taking("unknown")
            try record(.cancelUnknown, of: order, cause: cause)
            try raise(Problem(kind: .cancelUnknown, subject: "order:\(order.id)", channel: order.channel, order: order.id, code: "cancel_unknown",
                              message: "The order was cancelled, but \(cause.subject) does not know its booking. Look there whether a parcel goes out all the same."))
        }
        if order != old { try save(order, was: old) }
    }

    private func shopAnswered(_ order: StoredOrder, _ answer: CancelAnswer, cause: Cause) throws {
        switch answer {
        case .cancelled, .pending: try record(.shopInformed, of: order, cause: cause, note: "cancelled")
        case .tooLate(let message):
            try record(.cancelTooLate, of: order, cause: cause, note: message)
            try raise(Problem(kind: .cancelTooLate, subject: "shop:\(order.id)", channel: order.channel, order: order.id, code: "cancel_too_late",
                              message: "The shop did not cancel the order: \(message.trimmedFullStop). Settle it in the shop's own console."))
        case .unknown: try record(.cancelUnknown, of: order, cause: cause)
        }
    }

    private func fail(_ job: Job, _ error: ConnectorError, isEffectUnknown: Bool, retry: RetryPolicy, random: Double) throws {
        switch error.failureClass {
        case .alreadyDone: try remove(job)
        case .rejected: try bury(job, error, isEffectUnknown: isEffectUnknown)
        case .unauthorised:
            // Parked with its channel: it runs again when the channel is authorised, and this try does not count.
            try postpone(job, until: now, attempt: job.attempt, error, isEffectUnknown: isEffectUnknown)
        case .throttled(let until):
            let bounds = RetryPolicy.retryAfterBoundsSeconds
            let earliest = now + .seconds(bounds.lowerBound), latest = now + .seconds(bounds.upperBound)
            try postpone(job, until: min(max(until, earliest), latest), attempt: job.attempt, error, isEffectUnknown: isEffectUnknown)
        case .transient:
            guard let delay = retry.delay(afterAttempt: job.attempt + 1, random: random) else { return try bury(job, error, isEffectUnknown: isEffectUnknown) }
            try postpone(job, until: now + delay, attempt: job.attempt + 1, error, isEffectUnknown: isEffectUnknown)
        }
    }

    private func postpone(_ job: Job, until: Timestamp, attempt: Int, _ error: ConnectorError, isEffectUnknown: Bool) throws {
        try tx.run("""
            UPDATE jobs SET run_at = \(until.milliseconds), attempt = \(attempt), effect_unknown = \(isEffectUnknown), last_code = \(error.code), last_message = \(error.sentence)
             WHERE id = \(job.id.value)
            """)
        wake(job.destination)
    }

    /// The job will not be tried again by itself: it becomes a dead letter with the destination's words.
    private func bury(_ job: Job, _ error: ConnectorError, isEffectUnknown: Bool) throws {
        try tx.run("""
            INSERT INTO dead_letters (id, route_id, destination_id, order_id, event_id, event_type, action, idempotency_key, payload, cause, code, message, attempts,
                                      effect_unknown, died_at, state)
            VALUES (\(job.id.value), \(job.route.value), \(job.destination.value), \(job.order.value), \(job.event.value), \(job.eventType), \(job.action.rawValue),
                    \(job.idempotencyKey), \(job.payload), \("\(job.destination)/\(job.action.rawValue)/\(error.code)"), \(error.code), \(error.sentence),
                    \(job.attempt + 1), \(isEffectUnknown), \(now.milliseconds), 'open')
            """)
        try remove(job)
        // The platform may have refused it because the buyer cancelled, and its word of that came first.
        if job.action.isBooking, try OrderRows.find(job.order, in: tx)?.workflow == .cancelled { try closeRefusedBookings(of: job.order) }
        if job.action == .answerCancellation { try cancellationAnswerFailed(job) }
    }

    /// Takes a job off the queue and lets the next one of the same order and destination go.
    package func remove(_ job: Job) throws {
        if let state = try tx.first("DELETE FROM jobs WHERE id = \(job.id.value) RETURNING state", { try $0.text(0) }) {
            noteQueued(-1, route: job.route, destination: job.destination, state: state)
        }
        let next = try tx.first("""
            SELECT id, route_id FROM jobs WHERE order_id = \(job.order.value) AND destination_id = \(job.destination.value) AND state = 'waiting' ORDER BY id LIMIT 1
            """) { (try $0.int64(0), RouteID(try $0.int64(1))) }
        guard let (next, route) = next else { return }
        let blocked = try tx.first("""
            SELECT 1 FROM jobs WHERE order_id = \(job.order.value) AND destination_id = \(job.destination.value) AND state IN ('ready','paused') AND action <> 'fetch' AND id < \(next) LIMIT 1
            """) { try $0.int(0) } != nil
        if !blocked {
            try tx.run("UPDATE jobs SET state = 'ready', run_at = \(now.milliseconds) WHERE id = \(next)")
            noteQueued(-1, route: route, destination: job.destination, state: "waiting")
            noteQueued(1, route: route, destination: job.destination, state: "ready")
            wake(job.destination)
        }
    }

    private func recordAttempt(_ job: Job, _ outcome: JobOutcome, _ attempt: AttemptRecord) throws {
        var code: String?, message: String?
        if case .failed(let error, _) = outcome { code = error.code; message = error.sentence }
        if case .withdrawn(let reason) = outcome { message = reason }
        let id = nextID()
        try tx.run("""
            INSERT INTO attempts (id, job_id, order_id, destination_id, action, attempt, at, duration_ms, outcome, code, message)
            VALUES (\(id), \(job.id.value), \(job.order.value), \(job.destination.value), \(job.action.rawValue), \(job.attempt + 1), \(attempt.at.milliseconds),
                    \(attempt.durationMilliseconds), \(outcome.word), \(code), \(message))
            """)
        try keep(attempt.exchanges, of: id, job, succeeded: code == nil)
    }
}

extension String {
    /// A platform's sentence, to be put inside one of ours.
    var trimmedFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
