import Database
import Domain

/// The SQL of versions of rules. Of those whose time has come, the one that starts last holds; of equals the newest.
/// A version applied at once holds whatever the clock says later.
enum RuleRows {
    private static let order = SQL(raw: "starts_at DESC, version DESC")

    private static func hasBegun(_ now: Timestamp) -> SQL { "withdrawn_at IS NULL AND (is_scheduled = 0 OR starts_at <= \(now.milliseconds))" }

    static func inForce(_ channel: ChannelID, at now: Timestamp, in tx: any Transaction) throws -> (version: Int, text: String)? {
        try tx.first("SELECT version, document FROM rule_sets WHERE channel_id = \(channel.value) AND \(hasBegun(now)) ORDER BY \(order) LIMIT 1") {
            (version: try $0.int(0), text: try $0.text(1))
        }
    }

    static func newest(of channel: ChannelID, at now: Timestamp, in tx: any Transaction) throws -> RuleSetVersion? { try versions(of: channel, at: now, limit: 1, in: tx).first }

    static func versions(of channel: ChannelID, at now: Timestamp, limit: Int, in tx: any Transaction) throws -> [RuleSetVersion] {
        let inForce = try inForce(channel, at: now, in: tx)?.version
        return try tx.rows("SELECT \(columns) FROM rule_sets WHERE channel_id = \(channel.value) ORDER BY version DESC LIMIT \(limit)") { try read($0, inForce, now) }
    }

    static func version(_ version: Int, of channel: ChannelID, at now: Timestamp, in tx: any Transaction) throws -> RuleSetVersion? {
        let inForce = try inForce(channel, at: now, in: tx)?.version
        return try tx.first("SELECT \(columns) FROM rule_sets WHERE channel_id = \(channel.value) AND version = \(version)") { try read($0, inForce, now) }
    }

    /// The version that makes writing another one needless.
    static func same(as wanted: RuleApplication, inForce: Int?, _ channel: ChannelID, at now: Timestamp, in tx: any Transaction) throws -> RuleSetVersion? {
        guard let from = wanted.effectiveFrom else {
            guard let inForce, let found = try version(inForce, of: channel, at: now, in: tx), found.text == wanted.text else { return nil }
            return found
        }
        let number = try tx.first("""
            SELECT version FROM rule_sets
             WHERE channel_id = \(channel.value) AND withdrawn_at IS NULL AND is_scheduled = 1 AND starts_at = \(from.milliseconds) AND document = \(wanted.text)
             ORDER BY version DESC LIMIT 1
            """) { try $0.int(0) }
        return try number.flatMap { try version($0, of: channel, at: now, in: tx) }
    }

    static func scheduledCount(of channel: ChannelID, at now: Timestamp, in tx: any Transaction) throws -> Int {
        try tx.first("SELECT COUNT(*) FROM rule_sets WHERE channel_id = \(channel.value) AND withdrawn_at IS NULL AND is_scheduled = 1 AND starts_at > \(now.milliseconds)") { try $0.int(0) } ?? 0
    }

    static func insert(_ wanted: RuleApplication, as version: Int, id: Int64, _ channel: ChannelID, at now: Timestamp, in tx: any Transaction) throws {
        // Never before one that holds already, even when the clock was set back.
        let last = try tx.first("SELECT MAX(starts_at) FROM rule_sets WHERE channel_id = \(channel.value) AND \(hasBegun(now))") { try $0.optionalInt64(0) }.flatMap { $0 } ?? 0
        let startsAt = wanted.effectiveFrom?.milliseconds ?? max(now.milliseconds, last), isScheduled = wanted.effectiveFrom != nil
        try tx.run("""
            INSERT INTO rule_sets (id, channel_id, version, document, applied_by, applied_at, starts_at, is_scheduled, note)
            VALUES (\(id), \(channel.value), \(version), \(wanted.text), \(wanted.actor.name), \(now.milliseconds), \(startsAt), \(isScheduled), \(wanted.note))
            """)
    }

    struct Live: Sendable { var channel: ChannelID, version: Int, text: String, isScheduled: Bool, startsAt: Timestamp }

    /// Of every channel the version that holds, and those whose time will come, in the order of their times.
    static func live(at now: Timestamp, in tx: any Transaction) throws -> [Live] {
        try tx.rows("""
            SELECT channel_id, version, document, is_scheduled, starts_at
              FROM rule_sets AS own
             WHERE withdrawn_at IS NULL
               AND ((is_scheduled = 1 AND starts_at > \(now.milliseconds))
                    OR version = (SELECT version FROM rule_sets AS other WHERE other.channel_id = own.channel_id AND \(hasBegun(now)) ORDER BY \(order) LIMIT 1))
             ORDER BY channel_id, starts_at, version
            """) { row in
            Live(channel: ChannelID(try row.int64(0)), version: try row.int(1), text: try row.text(2), isScheduled: try row.bool(3), startsAt: Timestamp(milliseconds: try row.int64(4)))
        }
    }

    private static let columns = SQL(raw: "version, applied_by, applied_at, document, starts_at, is_scheduled, note, withdrawn_by, withdrawn_at")

    private static func read(_ row: Row, _ inForce: Int?, _ now: Timestamp) throws -> RuleSetVersion {
        let version = try row.int(0), appliedAt = try row.int64(2), startsAt = try row.int64(4), withdrawnAt = try row.optionalInt64(8)
        let isToCome = try row.bool(5) && startsAt > now.milliseconds
        return RuleSetVersion(
            version: version, appliedBy: try row.text(1), appliedAt: Timestamp(milliseconds: appliedAt), text: try row.text(3),
            effectiveFrom: Timestamp(milliseconds: startsAt == 0 ? appliedAt : startsAt),
            standing: withdrawnAt != nil ? .withdrawn : isToCome ? .scheduled : version == inForce ? .inForce : .past,
            note: try row.optionalText(6), withdrawnBy: try row.optionalText(7), withdrawnAt: withdrawnAt.map { Timestamp(milliseconds: $0) })
    }
}
