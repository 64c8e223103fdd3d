import Database
package import Domain

/// Which tries are listed.
package struct AttemptFilter: Sendable, Equatable {
    package var destination: ChannelID?, order: OrderID?
    /// `failed` means every try that ended with a code; else the outcome's own word.
    package var outcome: String?
    package var from: Timestamp?
    package init(destination: ChannelID? = nil, order: OrderID? = nil, outcome: String? = nil, from: Timestamp? = nil) {
        self.destination = destination; self.order = order; self.outcome = outcome; self.from = from
    }
    package static let failed = "failed"
    package static let outcomes = ["done", "cancelled", "tooLate", "pending", "unknown", "withdrawn", "transient", "throttled", "unauthorised", "rejected", "alreadyDone"]
}

extension Ledger {
    /// Tries looked at for one page of a filtered list.
    static let attemptsLookedAt = 20_000

    /// Newest first, before `cursor`. A page may hold fewer than `limit` and still have a cursor.
    package func attempts(_ filter: AttemptFilter, before cursor: Int64?, limit: Int) async throws -> (attempts: [StoredAttempt], next: Int64?) {
        try await database.read { tx in
            let below = cursor ?? Int64.max
            var conditions: [SQL] = ["id < \(below)"], floor: Int64?
            if let order = filter.order { conditions.append("order_id = \(order.value)") }
            if let destination = filter.destination { conditions.append("destination_id = \(destination.value)") }
            if let from = filter.from { conditions += ["id >= \(IdentifierSource.first(at: from))", "at >= \(from.milliseconds)"] }
            if filter.outcome == AttemptFilter.failed {
                conditions.append("code IS NOT NULL")
            } else if let outcome = filter.outcome {
                conditions.append("outcome = \(outcome)")
            }
            // An order's are few, and a destination's failures have their index; anything else is looked for among the newest.
            let isNarrow = filter.order != nil || (filter.outcome == AttemptFilter.failed && filter.destination != nil)
            if !isNarrow {
                floor = try tx.first("SELECT id FROM attempts WHERE id < \(below) ORDER BY id DESC LIMIT 1 OFFSET \(Self.attemptsLookedAt)") { try $0.int64(0) }
                if let floor { conditions.append("id > \(floor)") }
            }
            let found = try tx.rows("""
                SELECT id, job_id, order_id, destination_id, action, attempt, at, duration_ms, outcome, code, message FROM attempts
                 WHERE \(conditions.joined(by: " AND "))
                 ORDER BY id DESC
                 LIMIT \(limit + 1)
                """, Self.attempt)
            return found.count > limit ? (Array(found.prefix(limit)), found[limit - 1].id) : (found, floor.map { $0 + 1 })
        }
    }

    package func attempt(_ id: Int64) async throws -> StoredAttempt? {
        try await database.read { tx in
            try tx.first("SELECT id, job_id, order_id, destination_id, action, attempt, at, duration_ms, outcome, code, message FROM attempts WHERE id = \(id)", Self.attempt)
        }
    }

    private static func attempt(_ row: Row) throws -> StoredAttempt {
        StoredAttempt(id: try row.int64(0), job: JobID(try row.int64(1)), order: OrderID(try row.int64(2)), destination: ChannelID(try row.int64(3)), action: try row.text(4),
                      attempt: try row.int(5), at: Timestamp(milliseconds: try row.int64(6)), durationMilliseconds: try row.int64(7), outcome: try row.text(8),
                      code: try row.optionalText(9), message: try row.optionalText(10))
    }
}
