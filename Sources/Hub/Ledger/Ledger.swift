package import Database
package import Domain
import Connect
package import Logging

/// Orders and what happened to them. Every change is one write: order, events, jobs, counts and cause together (laws 2, 3, 4, 8).
package final class Ledger: Sendable {
    package let database: Database
    let ids: IdentifierSource
    let buckets: TermBuckets
    let channels: ChannelDirectory
    let now: @Sendable () -> Timestamp
    let logger: Logger
    package let counters: Counters
    package let queues: QueueBook
    package let flows: FlowStatistics
    /// What happened by the minute, for the charts of Today.
    package let pulse: Pulse
    /// Called after a commit with the destinations that got work and the number of new events.
    let onCommit: @Sendable (Set<ChannelID>, Int) -> Void
    /// Called after a commit that parked a channel: everything that runs has to hear of it.
    let onChannelLost: @Sendable () async throws -> Void

    package init(database: Database, ids: IdentifierSource, buckets: TermBuckets, channels: ChannelDirectory, now: @escaping @Sendable () -> Timestamp,
                 logger: Logger, counters: Counters, pulse: Pulse, queues: QueueBook, onChannelLost: @escaping @Sendable () async throws -> Void,
                 onCommit: @escaping @Sendable (Set<ChannelID>, Int) -> Void) {
        self.database = database; self.ids = ids; self.buckets = buckets; self.channels = channels; self.now = now; self.logger = logger
        self.counters = counters; self.pulse = pulse; self.queues = queues; self.onChannelLost = onChannelLost; self.onCommit = onCommit
        flows = FlowStatistics(now: now)
    }

    /// One write of the ledger: gathers, flushes, commits, then wakes who got work.
    @discardableResult
    package func write<T: Sendable>(_ body: @escaping @Sendable (LedgerTransaction) throws -> T) async throws -> T {
        let surroundings = channels.surroundings, ids = ids, buckets = buckets, now = now
        let (value, destinations, events, beat, queued) = try await database.write { tx in
            let transaction = LedgerTransaction(tx, surroundings: surroundings, ids: ids, buckets: buckets, now: now())
            let value = try body(transaction)
            try transaction.flush()
            return (value, transaction.destinations, transaction.events, transaction.beat, transaction.queued)
        }
        queues.apply(queued)
        pulse.beat(beat)
        onCommit(destinations, events)
        return value
    }

    package func journalCursor() async throws -> DeliveryID {
        DeliveryID(try await database.read { tx in try tx.first("SELECT position FROM cursors WHERE channel_id = 0 AND name = 'journal'") { try $0.int64(0) } ?? 0 })
    }

    /// Applies a batch of interpreted deliveries and moves the journal's cursor behind them, in one transaction.
    package func apply(_ batch: [Interpreter.Prepared], cursor: DeliveryID) async throws {
        let topics = TopicTally(batch)
        let fetching = Set(batch.map(\.delivery.channel).filter { channels.connector(of: $0) is any FetchesOrders })
        let tally = try await write { transaction in
            var tally = BatchTally()
            for prepared in batch { try transaction.applyOne(prepared, canFetch: fetching.contains(prepared.delivery.channel), tally: &tally) }
            try transaction.moveCursor(channel: ChannelID(0), name: "journal", to: cursor.value)
            try transaction.addCounts(tally)
            try transaction.note(topics)
            return tally
        }
        flows.addDeliveries(topics.byChannel)
        pulse.heard(topics.lastHeard)
        if tally.totals["\(Applied.channelLost)"] != nil { try await onChannelLost() }
        for (name, count) in tally.totals { counters.add(count, to: "crossdock_deliveries_total", label: "outcome", value: name) }
    }

    package func act(_ action: OrderAction, on id: OrderID, by actor: String, seenVersion: Int? = nil) async throws -> StoredOrder {
        try await write { try $0.act(action, on: id, by: actor, seenVersion: seenVersion) }
    }

    package func order(_ id: OrderID) async throws -> StoredOrder? { try await database.read { try OrderRows.find(id, in: $0) } }
    package func order(channel: ChannelID, externalID: ExternalID) async throws -> StoredOrder? {
        try await database.read { try OrderRows.find(channel: channel, externalID: externalID, in: $0) }
    }
    package func shipments(of id: OrderID) async throws -> [Shipment] { try await database.read { try ShipmentRows.all(of: id, in: $0) } }
}

/// How many deliveries of a batch had which outcome, by channel.
struct BatchTally: Sendable {
    var byChannel: [ChannelID: [String: Int]] = [:]
    mutating func add(_ outcome: String, _ channel: ChannelID) { byChannel[channel, default: [:]][outcome, default: 0] += 1 }
    var totals: [String: Int] { byChannel.values.reduce(into: [:]) { sum, counts in sum.merge(counts, uniquingKeysWith: +) } }
}

extension LedgerTransaction {
    fileprivate func applyOne(_ prepared: Interpreter.Prepared, canFetch: Bool, tally: inout BatchTally) throws {
        let delivery = prepared.delivery
        do {
            let outcomes = try isolated { () -> [Applied] in
                guard try remember(prepared.key, digest: prepared.bodyDigest) else { return [.duplicate] }
                return try meanings(of: prepared, canFetch: canFetch)
            }
            for outcome in outcomes { tally.add("\(outcome)", delivery.channel) }
        } catch let error as DatabaseError where error.isTransient {
            throw error
        } catch {
            // Poison: kept in the journal, shown with its reason, in nobody's way.
            let sentence = (error as? any HubError)?.sentence ?? (error as? DatabaseError)?.sentence ?? "The delivery could not be stored."
            let code = (error as? any HubError)?.code ?? (error as? DatabaseError)?.code ?? "internal"
            _ = try remember(prepared.key, digest: prepared.bodyDigest)
            try raise(Problem(kind: .unreadableDelivery, subject: "delivery:\(delivery.id)", channel: delivery.channel, delivery: delivery.id, code: code, message: sentence))
            tally.add("unreadable", delivery.channel)
        }
    }

    /// - Returns: false when this key was seen before (law 2).
    private func remember(_ key: ReceiptKey, digest: UInt64) throws -> Bool {
        try tx.run("INSERT INTO receipts (receipt_key, body_digest) VALUES (\(key.bytes), \(Int64(bitPattern: digest))) ON CONFLICT (receipt_key) DO NOTHING") == 1
    }

    private func meanings(of prepared: Interpreter.Prepared, canFetch: Bool) throws -> [Applied] {
        let delivery = prepared.delivery
        guard let channel = surroundings.channels[delivery.channel] else { return [.ignored] }
        let kind: Cause.Kind = delivery.origin == .reconciliation ? .reconciliation : .delivery
        let cause = Cause(kind, "\(delivery.id)", detail: delivery.topic)
        return try prepared.meanings.get().map { meaning in
            switch meaning {
            case .order(let order):
                try apply(order, to: channel, cause: cause, receivedAt: delivery.receivedAt, askedAt: delivery.askedAt, canFetch: canFetch)
            case .other(.fetch(let externalID, let hint)):
                try fetchIfNeeded(externalID, hint: hint, channel: channel)
            case .other(.cancelled(let externalID, let at, let counter, let reason)):
                try applyCancellation(of: externalID, in: channel, at: at, counter: counter, reason: reason, cause: cause)
            case .other(.tracking(let update)): try apply(update, from: channel, cause: cause)
            case .other(.channelLost(let reason)): try loseChannel(channel, reason: reason)
            case .other(.ignored), .other(.order): .ignored
            }
        }
    }

    private func fetchIfNeeded(_ externalID: ExternalID, hint: Timestamp?, channel: Channel) throws -> Applied {
        let known = try OrderRows.find(channel: channel.id, externalID: externalID, in: tx)
        if let known, let hint, known.revision.updatedAt > hint { return .stale }
        try enqueueFetch(of: externalID, in: channel.id, order: known?.id)
        return .fetching
    }

    private func loseChannel(_ channel: Channel, reason: String) throws -> Applied {
        try lose(channel.id, code: "channel_lost", reason: reason, message: "\(channel.name) is parked: \(reason). Authorise it again; its work waits meanwhile.")
        return .channelLost
    }

    package func moveCursor(channel: ChannelID, name: String, to position: Int64, detail: String? = nil) throws {
        try tx.run("""
            INSERT INTO cursors (channel_id, name, position, detail, updated_at) VALUES (\(channel.value), \(name), \(position), \(detail), \(now.milliseconds))
            ON CONFLICT (channel_id, name) DO UPDATE SET position = excluded.position, detail = excluded.detail, updated_at = excluded.updated_at
            """)
    }

    fileprivate func addCounts(_ tally: BatchTally) throws {
        for (channel, counts) in tally.byChannel { for (name, count) in counts { try addCount(count, name, channel: channel) } }
    }

    package func addCount(_ count: Int, _ name: String, channel: ChannelID) throws {
        let hour = now.milliseconds / 3_600_000
        try tx.run("""
            INSERT INTO channel_counts (channel_id, hour, name, count) VALUES (\(channel.value), \(hour), \(name), \(count))
            ON CONFLICT (channel_id, hour, name) DO UPDATE SET count = channel_counts.count + excluded.count
            """)
    }
}
