import Connect
import Database
package import Domain

/// What a day in the shop turns on: what must leave and by when, what waits and why, what failed.
package struct TodayBoard: Sendable {
    package struct DueLine: Sendable, Equatable {
        /// The quarter of an hour in which they are due; nil: they are late.
        package var from: Timestamp?
        package var channel: ChannelID, carrier: String, stage: DueStage, orders: Int
    }
    package struct WaitingLine: Sendable, Equatable {
        package var cause: WaitingCause, subject: String, reason: String, channel: ChannelID, orders: Int
        package var oldestSince: Timestamp?
    }
    /// `cause` is what the dead letters of the line share, and what they are found by.
    package struct LetterLine: Sendable, Equatable { package var destination: ChannelID, cause: String, code: String, message: String, count: Int }
    package struct Completeness: Sendable, Equatable { package var channel: ChannelID, missing: Int, repaired: Int, onPlatform: Int }

    package var late: [DueLine] = [], due: [DueLine] = []
    /// Of the quarter of an hour that runs, those whose time has passed already.
    package var lateInRunningSlot = 0
    package var waiting: [WaitingLine] = []
    package var workflow: [Workflow: Int] = [:]
    /// Unfinished orders with something to look at.
    package var flagged = 0
    package var letters: [LetterLine] = [], problems: [Overview.ProblemLine] = [], problemCount = 0
    package var pendingDeliveries = 0, readyJobs = 0
    package var completeness: [Completeness] = []

    package var lateOrders: Int { late.map(\.orders).reduce(0, +) + lateInRunningSlot }
    /// Not late yet, and to leave before `end`.
    package func dueOrders(before end: Timestamp) -> Int { max(0, due.filter { $0.from.map { $0 < end } ?? false }.map(\.orders).reduce(0, +) - lateInRunningSlot) }
    package var openLetters: Int { letters.map(\.count).reduce(0, +) }
}

extension Hub {
    static let boundedCount = 10_000, readProblems = 50, comparedHours: Int64 = 24, maximumLines = 4000, maximumLetterGroups = 50

    /// - Parameter end: until when something must leave to be shown.
    package func today(until end: Timestamp) async throws -> TodayBoard {
        let time = now(), slot = DueSlot.of(time), lastSlot = DueSlot.of(end - .milliseconds(1))
        let channels = channels.directory.surroundings.channels.values.filter { $0.state != .removed }.map(\.id).sorted()
        let firstHour = time.milliseconds / 3_600_000 - Self.comparedHours
        async let problems = self.problems(limit: Self.readProblems)
        async let pending = journal.count(after: try await ledger.journalCursor(), atMost: Self.boundedCount)
        var board = try await ledgerDatabase.read { tx in
            var board = TodayBoard()
            board.late = try tx.rows("""
                SELECT channel_id, carrier, stage, CAST(SUM(orders) AS BIGINT) FROM due_counts WHERE slot < \(slot) AND orders > 0 GROUP BY channel_id, carrier, stage LIMIT \(Self.maximumLines)
                """) { .init(from: nil, channel: ChannelID(try $0.int64(0)), carrier: try $0.text(1), stage: try OrderRows.word($0.text(2), column: "stage"), orders: try $0.int(3)) }
            board.due = try tx.rows("""
                SELECT slot, channel_id, carrier, stage, orders FROM due_counts WHERE slot >= \(slot) AND slot <= \(lastSlot) AND orders > 0 ORDER BY slot LIMIT \(Self.maximumLines)
                """) { row in
                .init(from: DueSlot.start(try row.int64(0)), channel: ChannelID(try row.int64(1)), carrier: try row.text(2), stage: try OrderRows.word(row.text(3), column: "stage"), orders: try row.int(4))
            }
            board.lateInRunningSlot = try tx.first("""
                SELECT COUNT(*) FROM (SELECT 1 FROM orders WHERE ship_by >= \(DueSlot.start(slot).milliseconds) AND ship_by < \(time.milliseconds) LIMIT \(Self.boundedCount)) AS past
                """) { try $0.int(0) } ?? 0
            board.waiting = try Self.waiting(in: tx)
            for (word, isFlagged, count) in try tx.rows("SELECT workflow, flagged, CAST(SUM(orders) AS BIGINT) FROM facet_counts GROUP BY workflow, flagged", { (try $0.text(0), try $0.bool(1), try $0.int(2)) }) {
                let workflow: Workflow = try OrderRows.word(word, column: "workflow")
                board.workflow[workflow, default: 0] += count
                if isFlagged, ![.processed, .cancelled, .excluded].contains(workflow) { board.flagged += count }
            }
            board.letters = try Self.letters(in: tx)
            board.problemCount = try tx.first("SELECT COUNT(*) FROM (SELECT 1 FROM problems WHERE state = 'open' LIMIT \(Self.boundedCount)) AS counted") { try $0.int(0) } ?? 0
            board.readyJobs = try tx.first("""
                SELECT CAST(COALESCE(SUM(jobs), 0) AS BIGINT)
                  FROM (SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE destination_id = channels.id AND state = 'ready' AND run_at <= \(time.milliseconds)
                                                       ORDER BY run_at, jobs.id LIMIT \(Self.boundedCount)) AS bounded) AS jobs
                          FROM channels) AS counted
                """) { try $0.int(0) } ?? 0
            board.completeness = try tx.rows("""
                SELECT channel_id, CAST(SUM(on_platform) AS BIGINT), CAST(SUM(here) AS BIGINT), CAST(SUM(repaired) AS BIGINT)
                  FROM completeness WHERE channel_id IN (\(list: channels.map(\.value))) AND hour > \(firstHour) GROUP BY channel_id ORDER BY channel_id
                """) { row in
                let onPlatform = try row.int64(1), here = try row.int64(2), repaired = try row.int64(3)
                return .init(channel: ChannelID(try row.int64(0)), missing: Int(max(0, onPlatform - here - repaired)), repaired: Int(repaired), onPlatform: Int(onPlatform))
            }
            return board
        }
        board.problems = try await problems
        board.pendingDeliveries = try await pending
        return board
    }

    private static func waiting(in tx: any Transaction) throws -> [TodayBoard.WaitingLine] {
        try tx.rows("""
            SELECT cause, subject, reason, channel_id, orders,
                   (SELECT MIN(since) FROM waiting WHERE waiting.cause = many.cause AND waiting.subject = many.subject AND waiting.channel_id = many.channel_id)
              FROM (SELECT cause, subject, reason, channel_id, orders FROM waiting_counts WHERE orders > 0 ORDER BY orders DESC LIMIT \(maximumLetterGroups)) AS many
             ORDER BY orders DESC
            """) { row in
            TodayBoard.WaitingLine(cause: try OrderRows.word(row.text(0), column: "cause"), subject: try row.text(1), reason: try row.text(2), channel: ChannelID(try row.int64(3)), orders: try row.int(4),
                                   oldestSince: try row.optionalInt64(5).map { Timestamp(milliseconds: $0) })
        }
    }

    /// Dead letters by destination and code, the most frequent first, with the newest one's words.
    private static func letters(in tx: any Transaction) throws -> [TodayBoard.LetterLine] {
        try tx.rows("""
            SELECT destination_id, code, message, letters, shared
              FROM (SELECT cause AS shared, COUNT(*) AS letters, MAX(id) AS newest FROM dead_letters WHERE state = 'open' GROUP BY cause ORDER BY COUNT(*) DESC, cause LIMIT \(maximumLetterGroups)) AS groups
              JOIN dead_letters ON dead_letters.id = groups.newest
             ORDER BY letters DESC, shared
            """) { row in
            TodayBoard.LetterLine(destination: ChannelID(try row.int64(0)), cause: try row.text(4), code: try row.text(1), message: try row.text(2), count: try row.int(3))
        }
    }
}
