import Connect
package import Domain
import Database

extension LedgerTransaction {
    /// One job for each route that wants this event, in the event's own transaction.
    ///
    /// - Parameter isReleased: a person or a plan lets a channel's order go that is booked only when it is packed.
    func enqueue(_ type: EventType, event: EventID, of order: StoredOrder, isReleased: Bool = false) throws {
        for compiled in surroundings.routes where compiled.mayWant(type) {
            let route = compiled.route
            // What the marketplace ships itself needs no courier.
            if type == .approved, route.destination == .courier, surroundings.isShippedByPlatform(order.channel) { continue }
            guard let destination = try destination(of: route, for: order), let action = compiled.action(on: type, at: destination) else { continue }
            if action == .arrange, !surroundings.isShippedByPlatform(order.channel) || destination.id != order.channel { continue }
            if action.isBooking, !isReleased, surroundings.isBookedWhenPacked(order.channel) { continue }
            // Whoever listens has heard of the approval already.
            if isReleased, !action.isBooking { continue }
            if let condition = compiled.condition, let channel = surroundings.channels[order.channel],
               !condition.holds(for: RuleFacts(order: order.snapshot, channel: channel.name, platform: channel.platform, workflow: order.workflow, now: now)) { continue }
            // Downloads and gift cards need no parcel.
            if action.isBooking, !order.snapshot.lines.contains(where: { $0.requiresShipping && $0.quantity > 0 }) { continue }
            let key: String
            if action.isBooking {
                // The booking keeps its key and its reference at the courier for ever; a rebooking is a new one.
                key = "book:\(order.id):\(try bookings(of: order.id) + 1)"
                if !isFresh(order.id), try exists(key) { continue }
            } else {
                key = "\(action.rawValue):\(event):\(route.id)"
            }
            let payload = action == .sendEvent ? try document(of: order) : nil
            try insert(Job(id: JobID(ids.next()), route: route.id, destination: destination.id, order: order.id, event: event, eventType: type.rawValue,
                           action: action, idempotencyKey: key, payload: payload, createdAt: now),
                       isOrdered: route.isOrdered, isPaused: route.mode == .paused)
        }
    }

    /// Asks the platform for an order; one waiting request an order is enough.
    package func enqueueFetch(of externalID: ExternalID, in channel: ChannelID, order: OrderID?, hint: Timestamp? = nil) throws {
        let subject = OrderID(order?.value ?? Int64(bitPattern: StableHash.of("\(channel)/\(externalID)") >> 2))
        let waiting = try tx.first("""
            SELECT COUNT(*) FROM jobs WHERE order_id = \(subject.value) AND destination_id = \(channel.value) AND action = 'fetch' AND attempt = 0 AND run_at > \(now.milliseconds)
            """) { try $0.int(0) } ?? 0
        guard waiting == 0 else { return }
        let id = JobID(ids.next())
        // Half a second later: the platform's read side has caught up, and several thin events of one order become one read.
        try insert(Job(id: id, route: RouteID(0), destination: channel, order: subject, event: EventID(0), eventType: "fetch", action: .fetch,
                       idempotencyKey: "fetch:\(id)", payload: externalID, createdAt: now), isOrdered: false, isPaused: false, delay: Self.fetchDelay)
    }

    /// Where a platform is slower than its news, requests for one order gather: what was read answers all that were due when the reading began.
    func removeAnswered(_ fetched: Job, readAt: Timestamp) throws {
        let answered = try tx.rows("""
            DELETE FROM jobs WHERE order_id = \(fetched.order.value) AND destination_id = \(fetched.destination.value) AND action = 'fetch' AND state = 'ready'
               AND created_at <= \((readAt - Self.fetchDelay).milliseconds)
            RETURNING route_id
            """) { RouteID(try $0.int64(0)) }
        for route in answered { noteQueued(-1, route: route, destination: fetched.destination, state: "ready") }
    }

    static var fetchDelay: Duration { .milliseconds(500) }

    func insert(_ job: Job, isOrdered: Bool, isPaused: Bool, delay: Duration = .zero) throws {
        let state: String
        if isPaused { state = "paused" }
        else if isOrdered, try hasEarlierJob(than: job.id, order: job.order, destination: job.destination) { state = "waiting" }
        else { state = "ready" }
        try tx.run("""
            INSERT INTO jobs (id, route_id, destination_id, order_id, event_id, event_type, action, lane, state, run_at, attempt, effect_unknown,
                              idempotency_key, payload, created_at)
            VALUES (\(job.id.value), \(job.route.value), \(job.destination.value), \(job.order.value), \(job.event.value), \(job.eventType), \(job.action.rawValue),
                    \(Lane(of: job.order).number), \(state), \((now + delay).milliseconds), \(job.attempt), \(job.isEffectUnknown), \(job.idempotencyKey),
                    \(job.payload), \(now.milliseconds))
            """)
        noteQueued(1, route: job.route, destination: job.destination, state: state)
        if state == "ready" { wake(job.destination) }
        noteJob(of: job.order)
    }

    func bookings(of order: OrderID) throws -> Int {
        if isFresh(order) { return 0 }
        return try tx.first("SELECT COUNT(*) FROM shipments WHERE order_id = \(order.value)") { try $0.int(0) } ?? 0
    }

    /// An order that was cancelled after it was sent on: a cancel job to every destination that took it or is about to (law 9).
    ///
    /// A booking that died with an unknown effect is put back first: it asks the courier, and what it finds is cancelled by the job behind it.
    func compensate(_ order: StoredOrder, event: EventID, cause: Cause) throws {
        for booking in try openUncertainBookings(of: order.id) { _ = try putBack(booking, reason: "the order was cancelled") }
        let taken = try tx.rows("""
            SELECT destination_id FROM takings WHERE order_id = \(order.id.value) AND state = 'taken'
            UNION
            SELECT destination_id FROM jobs WHERE order_id = \(order.id.value) AND action = 'book'
            UNION
            SELECT s.channel_id FROM shipments s JOIN shipment_orders o ON o.shipment_id = s.id WHERE o.order_id = \(order.id.value) AND s.is_void = 0
            """) { ChannelID(try $0.int64(0)) }
        for destination in taken {
            guard let kind = surroundings.channels[destination]?.kind else { continue }
            let id = JobID(ids.next())
            if kind == .destination, !isRouted(.cancelled, to: destination) {
                // It was told of the order by another event, and no route of its own tells it that the order is off.
                try insert(Job(id: id, route: RouteID(0), destination: destination, order: order.id, event: event, eventType: EventType.cancelled.rawValue, action: .sendEvent,
                               idempotencyKey: "cancelSent:\(event):\(destination)", payload: try document(of: order), createdAt: now), isOrdered: true, isPaused: false)
            }
            guard kind == .courier else { continue }
            if try isShared(order.id, at: destination) {
                try raiseShared(order)
                continue
            }
            try insert(Job(id: id, route: RouteID(0), destination: destination, order: order.id, event: EventID(0), eventType: EventType.cancelled.rawValue,
                           action: .cancelBooking, idempotencyKey: "cancelBooking:\(id)", payload: cause.detail ?? "the order was cancelled", createdAt: now),
                       isOrdered: true, isPaused: false)
            try tx.run("UPDATE takings SET state = 'cancelling', updated_at = \(now.milliseconds) WHERE order_id = \(order.id.value) AND destination_id = \(destination.value) AND state = 'taken'")
        }
    }

    /// Whether a living booking of the order carries other living orders too: cancelling it would stop theirs.
    func isShared(_ order: OrderID, at destination: ChannelID) throws -> Bool {
        for shipment in try shipments(of: order) where !shipment.isVoid && shipment.channel == destination {
            if try !livingCompanions(of: shipment.id, besides: order).isEmpty { return true }
        }
        return false
    }

    func isRouted(_ type: EventType, to destination: ChannelID) -> Bool {
        surroundings.routes.contains { $0.events.contains(type) && $0.route.destination == .channel(destination) }
    }

    func hasUnfinishedJobs(_ order: OrderID) throws -> Bool {
        if let jobs = jobsOfFresh(order) { return jobs > 0 }
        return try tx.first("SELECT 1 FROM jobs WHERE order_id = \(order.value) AND action <> 'fetch' LIMIT 1") { try $0.int(0) } != nil
    }

    /// Work that puts the order into a carrier's hands.
    func hasUnfinishedBooking(_ order: OrderID) throws -> Bool {
        try tx.first("SELECT 1 FROM jobs WHERE order_id = \(order.value) AND action IN ('book','arrange') LIMIT 1") { try $0.int(0) } != nil
    }

    private func hasEarlierJob(than id: JobID, order: OrderID, destination: ChannelID) throws -> Bool {
        if let jobs = jobsOfFresh(order), jobs == 0 { return false }
        return try tx.first("SELECT 1 FROM jobs WHERE order_id = \(order.value) AND destination_id = \(destination.value) AND id < \(id.value) AND action <> 'fetch' LIMIT 1") { try $0.int(0) } != nil
    }

    private func exists(_ key: String) throws -> Bool {
        try tx.first("SELECT 1 FROM jobs WHERE idempotency_key = \(key)") { try $0.int(0) } != nil
    }

    func destination(of route: Route, for order: StoredOrder) throws -> Channel? {
        switch route.destination {
        case .channel(let id): return surroundings.channels[id].flatMap { $0.state == .removed ? nil : $0 }
        case .source: return surroundings.channels[order.channel]
        case .courier:
            let isChosen = order.decision?.wish != nil, subject = isChosen ? "order:\(order.id)" : "channel:\(order.channel)"
            if let courier = surroundings.courier(of: order) {
                if isChosen { try resolve(.noCourier, subject: subject) }
                return courier
            }
            try raise(Problem(kind: .noCourier, subject: subject, channel: order.channel, order: order.id, code: "no_courier",
                              message: order.decision.flatMap { $0.isWithoutCourier ? $0.choice?.sentence : nil }.map { "\($0) Choose a courier for the order by hand, or correct the price lists, then approve it again." }
                                ?? "There is no courier for this channel's orders. Add a courier channel or name one in the channel's setting hub.courier, then approve the orders again."))
            return nil
        }
    }

    func shipments(of order: OrderID) throws -> [Shipment] { try ShipmentRows.all(of: order, in: tx) }
}

extension LedgerTransaction {
    /// The order as this event leaves it, in the API's JSON.
    func document(of order: StoredOrder) throws -> String {
        let shipments = isFresh(order.id) ? [] : try shipments(of: order.id)
        return try OrderDocument(order, platform: surroundings.channels[order.channel]?.platform ?? "", shipments: shipments).json()
    }
}
