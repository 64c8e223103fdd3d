package import Domain
import Database

/// A job that will not be tried again by itself, with the destination's words.
package struct DeadLetter: Sendable, Equatable {
    package var job: Job
    package var cause: String, code: String, message: String, attempts: Int, diedAt: Timestamp, state: String, reason: String?
}

/// Dead letters of one cause, with a count and one sample.
package struct DeadLetterGroup: Sendable, Equatable {
    package var cause: String
    /// Counted up to `maximumCount`.
    package var count: Int
    /// The newest, and when the first and the last of them died.
    package var sample: DeadLetter, firstAt: Timestamp, lastAt: Timestamp
    package static let maximumCount = 100_000, maximumGroups = 200
}

/// Which dead letters are meant.
package struct DeadLetterFilter: Sendable, Equatable {
    package var ids: [JobID]?, cause: String?, destination: ChannelID?, order: OrderID?, from: Timestamp?, before: Timestamp?
    package init(ids: [JobID]? = nil, cause: String? = nil, destination: ChannelID? = nil, order: OrderID? = nil, from: Timestamp? = nil, before: Timestamp? = nil) {
        self.ids = ids; self.cause = cause; self.destination = destination; self.order = order; self.from = from; self.before = before
    }
    package var isEmpty: Bool { ids == nil && cause == nil && destination == nil && order == nil && from == nil && before == nil }
}

extension Ledger {
    static let letterColumns = """
        id, route_id, destination_id, order_id, event_id, event_type, action, attempts, effect_unknown, idempotency_key, payload, died_at, cause, code, message, attempts, state, reason
        """

    package func deadLetters(cause: String? = nil, destination: ChannelID? = nil, state: String = "open", after: JobID?, limit: Int) async throws -> [DeadLetter] {
        try await database.read { tx in
            var conditions: [SQL] = ["state = \(state)"]
            if let cause { conditions.append("cause = \(cause)") }
            if let destination { conditions.append("destination_id = \(destination.value)") }
            if let after { conditions.append("id > \(after.value)") }
            return try tx.rows("SELECT \(raw: Self.letterColumns) FROM dead_letters WHERE \(conditions.joined(by: " AND ")) ORDER BY id LIMIT \(limit)", Self.letter)
        }
    }

    /// Open letters that the filter means, oldest first.
    package func deadLetters(_ filter: DeadLetterFilter, after: JobID? = nil, limit: Int) async throws -> [DeadLetter] {
        let conditions = Self.conditions(filter) + (after.map { ["id > \($0.value)"] } ?? [])
        return try await database.read { tx in
            try tx.rows("SELECT \(raw: Self.letterColumns) FROM dead_letters WHERE \(conditions.joined(by: " AND ")) ORDER BY id LIMIT \(limit)", Self.letter)
        }
    }

    /// How many open letters the filter means, up to `bound`.
    package func countDeadLetters(_ filter: DeadLetterFilter, atMost bound: Int) async throws -> Int {
        let conditions = Self.conditions(filter)
        return try await database.read { tx in
            try tx.first("SELECT COUNT(*) FROM (SELECT 1 FROM dead_letters WHERE \(conditions.joined(by: " AND ")) LIMIT \(bound)) AS letters") { try $0.int(0) } ?? 0
        }
    }

    private static func conditions(_ filter: DeadLetterFilter) -> [SQL] {
        var conditions: [SQL] = ["state = 'open'"]
        if let ids = filter.ids { conditions.append("id IN (\(list: ids.map(\.value)))") }
        if let cause = filter.cause { conditions.append("cause = \(cause)") }
        if let destination = filter.destination { conditions.append("destination_id = \(destination.value)") }
        if let order = filter.order { conditions.append("order_id = \(order.value)") }
        if let from = filter.from { conditions.append("died_at >= \(from.milliseconds)") }
        if let before = filter.before { conditions.append("died_at < \(before.milliseconds)") }
        return conditions
    }

    /// The causes of what is open, the most frequent first. Cause by cause through the index: what it costs does not grow with what has died.
    package func deadLetterGroups() async throws -> [DeadLetterGroup] {
        try await database.read { tx in
            var groups: [DeadLetterGroup] = [], last = ""
            while groups.count < DeadLetterGroup.maximumGroups,
                  let cause = try tx.first("SELECT cause FROM dead_letters WHERE state = 'open' AND cause > \(last) ORDER BY cause LIMIT 1", { try $0.text(0) }) {
                last = cause
                let count = try tx.first("""
                    SELECT COUNT(*) FROM (SELECT 1 FROM dead_letters WHERE cause = \(cause) AND state = 'open' LIMIT \(DeadLetterGroup.maximumCount)) AS letters
                    """) { try $0.int(0) } ?? 0
                let ends = try ["", " DESC"].map { order in
                    try tx.first("SELECT \(raw: Self.letterColumns) FROM dead_letters WHERE cause = \(cause) AND state = 'open' ORDER BY id\(raw: order) LIMIT 1", Self.letter)
                }
                guard let first = ends[0], let newest = ends[1] else { continue }
                groups.append(DeadLetterGroup(cause: cause, count: count, sample: newest, firstAt: first.diedAt, lastAt: newest.diedAt))
            }
            return groups.sorted { ($0.count, $0.lastAt) > ($1.count, $1.lastAt) }
        }
    }

    /// Puts dead letters back in their queues with a full schedule, under their old keys.
    /// - Returns: how many.
    @discardableResult
    package func retryDeadLetters(_ ids: [JobID], by actor: String) async throws -> Int {
        try await write { transaction in
            var count = 0
            for id in ids {
                guard let letter = try transaction.tx.first("SELECT \(raw: Self.letterColumns) FROM dead_letters WHERE id = \(id.value) AND state = 'open'", Self.letter) else { continue }
                if try transaction.putBack(letter.job, reason: actor) { count += 1 }
            }
            return count
        }
    }

    @discardableResult
    package func discardDeadLetters(_ ids: [JobID], reason: String, by actor: String) async throws -> Int {
        try await write { transaction in
            var count = 0
            for id in ids {
                count += try transaction.tx.run("""
                    UPDATE dead_letters SET state = 'discarded', reason = \("\(actor): \(reason)"), closed_at = \(transaction.now.milliseconds) WHERE id = \(id.value) AND state = 'open'
                    """)
            }
            return count
        }
    }

    static func letter(_ row: Row) throws -> DeadLetter {
        DeadLetter(
            job: Job(id: JobID(try row.int64(0)), route: RouteID(try row.int64(1)), destination: ChannelID(try row.int64(2)), order: OrderID(try row.int64(3)),
                     event: EventID(try row.int64(4)), eventType: try row.text(5), action: try row.value(JobAction.self, 6), attempt: try row.int(7),
                     isEffectUnknown: try row.bool(8), idempotencyKey: try row.text(9), payload: try row.optionalText(10), createdAt: Timestamp(milliseconds: try row.int64(11))),
            cause: try row.text(12), code: try row.text(13), message: try row.text(14), attempts: try row.int(15), diedAt: Timestamp(milliseconds: try row.int64(11)),
            state: try row.text(16), reason: try row.optionalText(17))
    }
}

/// Which past events are to be sent again.
package struct ReplayRequest: Sendable, Equatable {
    package var orders: [OrderID] = [], route: RouteID?, events: [EventType] = [], from: Timestamp?, before: Timestamp?, cause: String?
    package init() {}
    package static let maximumEvents = 100_000
}

extension Ledger {
    /// How many jobs a replay would make.
    package func countReplay(_ request: ReplayRequest) async throws -> Int { try await replayable(request).count }

    /// Makes new jobs of past events for one route; each replay's jobs have keys of their own, and destinations see the same order state as the order has now.
    package func replay(_ request: ReplayRequest, by actor: String) async throws -> Int {
        let found = try await replayable(request)
        var made = 0
        for chunk in stride(from: 0, to: found.count, by: 200).map({ Array(found[$0..<min($0 + 200, found.count)]) }) {
            made += try await write { transaction in
                try chunk.reduce(0) { sum, item in
                    guard let order = try OrderRows.find(item.order, in: transaction.tx) else { return sum }
                    return sum + (try transaction.replay(item.type, event: item.event, of: order, route: request.route, by: actor))
                }
            }
        }
        return made
    }

    private func replayable(_ request: ReplayRequest) async throws -> [(event: EventID, order: OrderID, type: EventType)] {
        let routes = channels.surroundings.routes.filter { request.route == nil || $0.route.id == request.route }
        let wanted = Set(routes.flatMap(\.events)).intersection(request.events.isEmpty ? Set(EventType.allCases) : Set(request.events))
        guard !wanted.isEmpty else { return [] }
        return try await database.read { tx in
            var conditions: [SQL] = ["type IN (\(list: wanted.map(\.rawValue).sorted()))"]
            if !request.orders.isEmpty { conditions.append("order_id IN (\(list: request.orders.map(\.value)))") }
            // An event's identifier is never older than its time: the index of the identifiers serves for the beginning.
            if let from = request.from { conditions += ["at >= \(from.milliseconds)", "id >= \(IdentifierSource.first(at: from))"] }
            if let before = request.before { conditions.append("at < \(before.milliseconds)") }
            return try tx.rows("SELECT id, order_id, type, cause FROM events WHERE \(conditions.joined(by: " AND ")) ORDER BY id LIMIT \(ReplayRequest.maximumEvents)") { row in
                (EventID(try row.int64(0)), OrderID(try row.int64(1)), try row.text(2), try row.text(3))
            }.compactMap { event, order, type, cause in
                if let needle = request.cause, !cause.contains(needle) { return nil }
                return EventType(rawValue: type).map { (event, order, $0) }
            }
        }
    }
}

extension LedgerTransaction {
    fileprivate func replay(_ type: EventType, event: EventID, of order: StoredOrder, route wanted: RouteID?, by actor: String) throws -> Int {
        var made = 0
        for compiled in surroundings.routes where compiled.mayWant(type) && (wanted == nil || compiled.route.id == wanted) {
            guard let destination = try destination(of: compiled.route, for: order), let action = compiled.action(on: type, at: destination) else { continue }
            if type == .approved, surroundings.isShippedByPlatform(order.channel) ? compiled.route.destination == .courier : action == .arrange { continue }
            let id = JobID(nextID())
            // A booking keeps the key of its booking: a replay asks the courier and never books twice.
            let number = try bookings(of: order.id)
            let key = action.isBooking ? "book:\(order.id):\(max(number, 1))" : "\(action.rawValue):\(event):\(compiled.route.id):replay:\(id)"
            if action.isBooking, try tx.first("SELECT 1 FROM jobs WHERE idempotency_key = \(key)", { try $0.int(0) }) != nil { continue }
            if action.isBooking, number > 0 { continue }
            // Orders that were let go together are booked under the leading one's number, or not at all.
            let together = action == .book ? try ConsolidationRows.of(order.id, in: tx).flatMap { $0.state == .released ? $0 : nil } : nil
            if let together, together.lead != order.id { continue }
            try insert(Job(id: id, route: compiled.route.id, destination: destination.id, order: order.id, event: event, eventType: type.rawValue, action: action,
                           isEffectUnknown: true, idempotencyKey: key, payload: action == .sendEvent ? try document(of: order) : together.map { Self.payload(of: $0.id) }, createdAt: now),
                       isOrdered: compiled.route.isOrdered, isPaused: compiled.route.mode == .paused)
            made += 1
        }
        if made > 0 { try record(.replayed, of: order, cause: Cause(.person, actor, detail: type.rawValue)) }
        return made
    }
}

extension LedgerTransaction {
    /// Puts a dead job back in its queue with a full schedule. The letter keeps its row for the history; the job comes back under a new number with its
    /// permanent key, and asks the destination before it repeats anything.
    ///
    /// - Returns: false when a job with this key waits already.
    func putBack(_ dead: Job, reason: String) throws -> Bool {
        try tx.run("UPDATE dead_letters SET state = 'retried', reason = \(reason), closed_at = \(now.milliseconds) WHERE id = \(dead.id.value)")
        guard try tx.first("SELECT 1 FROM jobs WHERE idempotency_key = \(dead.idempotencyKey)", { try $0.int(0) }) == nil else { return false }
        var job = dead
        job.id = JobID(nextID())
        job.attempt = 0
        job.isEffectUnknown = true
        try insert(job, isOrdered: job.action != .fetch, isPaused: false)
        return true
    }

    /// A cancelled order needs no parcel: what was refused for it is nobody's work any more. A booking of unknown effect stays, the courier is asked about it.
    func closeRefusedBookings(of order: OrderID) throws {
        try tx.run("""
            UPDATE dead_letters SET state = 'discarded', reason = 'the order was cancelled', closed_at = \(now.milliseconds)
             WHERE order_id = \(order.value) AND state = 'open' AND (action = 'arrange' OR action = 'book' AND effect_unknown = 0)
            """)
    }

    /// Bookings of this order that died without an answer: whether there is a parcel, only the courier can say.
    func openUncertainBookings(of order: OrderID) throws -> [Job] {
        try tx.rows("""
            SELECT \(raw: Ledger.letterColumns) FROM dead_letters
             WHERE order_id = \(order.value) AND state = 'open' AND action = 'book' AND effect_unknown = 1
             ORDER BY id
            """) { try Ledger.letter($0).job }
    }
}
