package import Database
package import Domain

package enum JobRows {
    static let columns = "id, route_id, destination_id, order_id, event_id, event_type, action, attempt, effect_unknown, idempotency_key, payload, created_at"

    static func read(_ row: Row) throws -> Job {
        Job(id: JobID(try row.int64(0)), route: RouteID(try row.int64(1)), destination: ChannelID(try row.int64(2)), order: OrderID(try row.int64(3)),
            event: EventID(try row.int64(4)), eventType: try row.text(5), action: try row.value(JobAction.self, 6), attempt: try row.int(7),
            isEffectUnknown: try row.bool(8), idempotencyKey: try row.text(9), payload: try row.optionalText(10), createdAt: Timestamp(milliseconds: try row.int64(11)))
    }

    /// At most `limit` jobs of this destination whose time has come, oldest first.
    static func ready(for destination: ChannelID, limit: Int, now: Timestamp, in tx: any Transaction) throws -> [Job] {
        try tx.rows("""
            SELECT \(raw: columns)
              FROM jobs
             WHERE destination_id = \(destination.value) AND state = 'ready' AND run_at <= \(now.milliseconds)
             ORDER BY run_at, id
             LIMIT \(limit)
            """, read)
    }

    /// When the next job of this destination is due; nil when there is none.
    static func nextDue(for destination: ChannelID, in tx: any Transaction) throws -> Timestamp? {
        try tx.first("SELECT run_at FROM jobs WHERE destination_id = \(destination.value) AND state = 'ready' ORDER BY run_at, id LIMIT 1") { Timestamp(milliseconds: try $0.int64(0)) }
    }

    /// One seek a channel, however long its queue is: the order by the index keeps PostgreSQL from reading through the others' queues instead.
    package static func destinationsWithWork(in tx: any Transaction) throws -> [ChannelID] {
        try tx.rows("SELECT id FROM channels WHERE (SELECT 1 FROM jobs WHERE jobs.destination_id = channels.id AND jobs.state = 'ready' ORDER BY run_at, jobs.id LIMIT 1) IS NOT NULL") { ChannelID(try $0.int64(0)) }
    }
}

/// A job with its place in the queue.
package struct QueuedJob: Sendable, Equatable {
    package var job: Job, state: String, runAt: Timestamp, lastCode: String?, lastMessage: String?
}

extension Ledger {
    package func jobs(destination: ChannelID?, order: OrderID?, after: JobID?, limit: Int) async throws -> [QueuedJob] {
        try await database.read { tx in
            var conditions: [SQL] = ["id > \(after?.value ?? 0)"]
            if let destination { conditions.append("destination_id = \(destination.value)") }
            if let order { conditions.append("order_id = \(order.value)") }
            return try tx.rows("""
                SELECT \(raw: JobRows.columns), state, run_at, last_code, last_message FROM jobs WHERE \(conditions.joined(by: " AND ")) ORDER BY id LIMIT \(limit)
                """) { row in
                QueuedJob(job: try JobRows.read(row), state: try row.text(12), runAt: Timestamp(milliseconds: try row.int64(13)), lastCode: try row.optionalText(14), lastMessage: try row.optionalText(15))
            }
        }
    }
}

/// What became of a person's wish that a job be tried at once.
package enum SendNowAnswer: Sendable, Equatable {
    case sent
    /// It waits behind an earlier job of its order.
    case waits
    /// Its route is paused.
    case paused
    case unknown
}

extension Ledger {
    /// Makes a job due at once, whatever its schedule says.
    package func sendNow(_ id: JobID, by actor: AuditActor) async throws -> SendNowAnswer {
        try await write { transaction in
            let found = try transaction.tx.first("SELECT destination_id, state FROM jobs WHERE id = \(id.value)") { (ChannelID(try $0.int64(0)), try $0.text(1)) }
            guard let (destination, state) = found else { return .unknown }
            guard state == "ready" else { return state == "paused" ? .paused : .waits }
            try transaction.tx.run("UPDATE jobs SET run_at = \(transaction.now.milliseconds) WHERE id = \(id.value) AND state = 'ready'")
            transaction.wake(destination)
            try transaction.audit(AuditChange(actor, "job.send", "job:\(id)"))
            return .sent
        }
    }

    /// When the oldest job of each route at each of these destinations was made, among the oldest few of the destination.
    package func oldestJobs(at destinations: [ChannelID]) async throws -> [FlowStatistics.Key: Timestamp] {
        let first = Self.lookedAtForOldest
        return try await database.read { tx in
            try destinations.reduce(into: [:]) { oldest, destination in
                let jobs = try tx.rows("SELECT route_id, id FROM jobs WHERE destination_id = \(destination.value) ORDER BY id LIMIT \(first)") { (RouteID(try $0.int64(0)), try $0.int64(1)) }
                for (route, id) in jobs {
                    let key = FlowStatistics.Key(route: route, destination: destination)
                    if oldest[key] == nil { oldest[key] = IdentifierSource.time(of: id) }
                }
            }
        }
    }
    static let lookedAtForOldest = 100
}

extension Hub {
    package func newRouteID() -> RouteID { RouteID(ledger.ids.next()) }
}
