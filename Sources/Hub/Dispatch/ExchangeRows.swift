import Database
import Domain

extension LedgerTransaction {
    /// Keeps what a try asked and was answered. Of a success the newest alone stays.
    func keep(_ exchanges: [Exchange], of attempt: Int64, _ job: Job, succeeded: Bool) throws {
        guard !exchanges.isEmpty else { return }
        if succeeded {
            try tx.run("DELETE FROM exchanges WHERE destination_id = \(job.destination.value) AND action = \(job.action.rawValue) AND succeeded = 1")
        }
        for exchange in exchanges {
            try tx.run("""
                INSERT INTO exchanges (id, attempt_id, order_id, destination_id, action, succeeded, at, duration_ms, method, url, status, fault, request, request_bytes, answer, answer_bytes)
                VALUES (\(nextID()), \(attempt), \(job.order.value), \(job.destination.value), \(job.action.rawValue), \(succeeded), \(exchange.at.milliseconds),
                        \(exchange.durationMilliseconds), \(exchange.method), \(exchange.url), \(exchange.status), \(exchange.fault), \(exchange.request), \(exchange.requestBytes),
                        \(exchange.answer), \(exchange.answerBytes))
                """)
        }
    }
}

extension Ledger {
    static let exchangesKept = 1000
    static let exchangeDays: Int64 = 14

    package func exchanges(of attempt: Int64) async throws -> [Exchange] {
        try await database.read { tx in
            try tx.rows("""
                SELECT at, duration_ms, method, url, status, fault, request, request_bytes, answer, answer_bytes FROM exchanges WHERE attempt_id = \(attempt) ORDER BY id LIMIT 20
                """) { row in
                Exchange(at: Timestamp(milliseconds: try row.int64(0)), durationMilliseconds: try row.int64(1), method: try row.text(2), url: try row.text(3),
                         status: try row.optionalInt64(4).map(Int.init), fault: try row.optionalText(5), request: try row.optionalText(6), requestBytes: try row.int(7),
                         answer: try row.optionalText(8), answerBytes: try row.int(9))
            }
        }
    }

    /// Which of these tries have their calls kept.
    package func kept(of attempts: [Int64]) async throws -> Set<Int64> {
        guard !attempts.isEmpty else { return [] }
        return Set(try await database.read { tx in try tx.rows("SELECT DISTINCT attempt_id FROM exchanges WHERE attempt_id IN (\(list: attempts))") { try $0.int64(0) } })
    }

    /// Keeps the newest of each destination, and none that is too old.
    func trimExchanges(of destinations: [ChannelID]) async throws {
        let oldest = now().milliseconds - Self.exchangeDays * 86_400_000
        try await database.write { tx in
            for destination in destinations {
                let edge = try tx.first("SELECT id FROM exchanges WHERE destination_id = \(destination.value) ORDER BY id DESC LIMIT 1 OFFSET \(Self.exchangesKept)") { try $0.int64(0) } ?? 0
                let aged = IdentifierSource.first(at: Timestamp(milliseconds: oldest))
                try tx.run("DELETE FROM exchanges WHERE destination_id = \(destination.value) AND id <= \(max(edge, aged))")
            }
        }
    }
}

extension IdentifierSource {
    /// No identifier that was made at or after `time` is smaller.
    static func first(at time: Timestamp) -> Int64 { max(0, time.milliseconds - epoch) << 22 }
    /// When an identifier was made, as its clock stood.
    static func time(of id: Int64) -> Timestamp { Timestamp(milliseconds: (id >> 22) + epoch) }
}
