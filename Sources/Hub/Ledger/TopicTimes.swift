package import Connect
import Database
package import Domain

/// When a channel last delivered under each topic, and how often it did.
package struct TopicTime: Sendable, Equatable {
    package var origin: DeliveryOrigin, topic: String, deliveries: Int, lastAt: Timestamp
}

/// The topics of one batch, gathered before its transaction: a handful of rows, whatever the batch holds.
struct TopicTally: Sendable {
    struct Key: Hashable, Sendable { var channel: ChannelID, origin: DeliveryOrigin, topic: String }
    static let longestTopic = 80

    private(set) var topics: [Key: (count: Int, lastAt: Timestamp)] = [:]

    init(_ batch: [Interpreter.Prepared]) {
        for delivery in batch.map(\.delivery) {
            let key = Key(channel: delivery.channel, origin: delivery.origin, topic: String(delivery.topic.prefix(Self.longestTopic)))
            let known = topics[key]
            topics[key] = ((known?.count ?? 0) + 1, max(known?.lastAt ?? delivery.receivedAt, delivery.receivedAt))
        }
    }

    var byChannel: [ChannelID: Int] { topics.reduce(into: [:]) { sum, entry in sum[entry.key.channel, default: 0] += entry.value.count } }
    var lastHeard: [ChannelID: Timestamp] { topics.reduce(into: [:]) { last, entry in last[entry.key.channel] = max(last[entry.key.channel] ?? entry.value.lastAt, entry.value.lastAt) } }
}

extension LedgerTransaction {
    /// A platform that invents topics without end is remembered up to this many.
    static let topicsPerChannel = 100

    func note(_ tally: TopicTally) throws {
        for (key, seen) in tally.topics {
            let changed = try tx.run("""
                UPDATE topic_times SET deliveries = deliveries + \(seen.count), last_at = CASE WHEN last_at < \(seen.lastAt.milliseconds) THEN \(seen.lastAt.milliseconds) ELSE last_at END
                 WHERE channel_id = \(key.channel.value) AND origin = \(key.origin.rawValue) AND topic = \(key.topic)
                """)
            guard changed == 0, try tx.first("SELECT COUNT(*) FROM topic_times WHERE channel_id = \(key.channel.value)", { try $0.int(0) }) ?? 0 < Self.topicsPerChannel else { continue }
            try tx.run("""
                INSERT INTO topic_times (channel_id, origin, topic, deliveries, last_at)
                VALUES (\(key.channel.value), \(key.origin.rawValue), \(key.topic), \(seen.count), \(seen.lastAt.milliseconds))
                """)
        }
    }
}

extension Ledger {
    /// By origin and topic: webhooks first.
    package func topicTimes(of channel: ChannelID) async throws -> [TopicTime] {
        try await database.read { try Self.topicTimes(of: channel, in: $0) }
    }

    static func topicTimes(of channel: ChannelID, in tx: any Transaction) throws -> [TopicTime] {
        try tx.rows("SELECT origin, topic, deliveries, last_at FROM topic_times WHERE channel_id = \(channel.value) LIMIT \(LedgerTransaction.topicsPerChannel)") { row in
            TopicTime(origin: try OrderRows.word(row.text(0), column: "origin"), topic: try row.text(1), deliveries: try row.int(2), lastAt: Timestamp(milliseconds: try row.int64(3)))
        }.sorted { ($0.origin == .webhook ? 0 : 1, $0.origin.rawValue, $0.topic) < ($1.origin == .webhook ? 0 : 1, $1.origin.rawValue, $1.topic) }
    }
}
