package import Domain
import Database

/// What is open about one order beside its own columns: for its page.
package struct OrderAffairs: Sendable {
    package var jobs: [QueuedJob] = [], letters: [DeadLetter] = [], problems: [Overview.ProblemLine] = []
    package init() {}
}

extension Ledger {
    static let affairsLimit = 100

    package func affairs(of id: OrderID) async throws -> OrderAffairs {
        let jobs = try await jobs(destination: nil, order: id, after: nil, limit: Self.affairsLimit)
        return try await database.read { tx in
            var affairs = OrderAffairs()
            affairs.jobs = jobs
            affairs.letters = try tx.rows("""
                SELECT \(raw: Self.letterColumns) FROM dead_letters WHERE order_id = \(id.value) AND state = 'open' ORDER BY id LIMIT \(Self.affairsLimit)
                """, Self.letter)
            let kinds = Problem.Kind.allCases.map(\.rawValue), subjects = ["order:\(id)", "shop:\(id)"]
            affairs.problems = try tx.rows("""
                SELECT id, kind, code, message, count, channel_id, order_id, delivery_id, updated_at FROM problems
                 WHERE kind IN (\(list: kinds)) AND subject IN (\(list: subjects)) AND state = 'open' LIMIT \(Self.affairsLimit)
                """) { row in
                Overview.ProblemLine(id: try row.int64(0), kind: try row.text(1), code: try row.text(2), message: try row.text(3), count: try row.int(4), channel: try row.optionalInt64(5).map { ChannelID($0) },
                                     order: try row.optionalInt64(6).map { OrderID($0) }, delivery: try row.optionalInt64(7).map { DeliveryID($0) }, updatedAt: Timestamp(milliseconds: try row.int64(8)))
            }
            return affairs
        }
    }
}
