package import Database
package import Domain
package import Connect
import Foundation
import Synchronization

/// Deliveries on disk, stored before anything is done with them (law 1). Append-only; read in the order of the commits.
package final class Journal: Sendable {
    /// One delivery to be kept.
    package struct Entry: Sendable {
        package var channel: ChannelID, origin: DeliveryOrigin, topic: String, key: ReceiptKey, headers: [String: String], complaint: String?
        package var body: [UInt8], receivedAt: Timestamp, askedAt: Timestamp?
        package init(channel: ChannelID, origin: DeliveryOrigin, topic: String, key: ReceiptKey, headers: [String: String] = [:], complaint: String? = nil,
                     body: [UInt8], receivedAt: Timestamp, askedAt: Timestamp? = nil) {
            self.channel = channel; self.origin = origin; self.topic = topic; self.key = key; self.headers = headers; self.complaint = complaint
            self.body = body; self.receivedAt = receivedAt; self.askedAt = askedAt
        }
    }

    /// A delivery read back.
    package struct Kept: Sendable {
        package var delivery: StoredDelivery, key: ReceiptKey, complaint: String?
    }

    static let maximumWaiting = 4096
    static let maximumBatch = 256

    private struct Waiting: Sendable { let entry: Entry, done: CheckedContinuation<DeliveryID, any Error> }
    private struct State { var waiting: [Waiting] = [], isDraining = false }

    private let database: Database
    private let ids: IdentifierSource
    private let state = Mutex(State())
    /// Called after each commit.
    private let onCommit: @Sendable () -> Void

    package init(database: Database, ids: IdentifierSource, onCommit: @escaping @Sendable () -> Void) {
        self.database = database; self.ids = ids; self.onCommit = onCommit
    }

    /// Returns when the delivery is on disk. Deliveries that wait at the same moment share one commit.
    ///
    /// - Throws: `DatabaseError.overloaded` when too many wait already, `.diskFull`, …: the delivery was not kept and must not be acknowledged.
    package func append(_ entry: Entry) async throws -> DeliveryID {
        try await withCheckedThrowingContinuation { done in
            enum Next { case drain, wait, refuse }
            let next = state.withLock { state -> Next in
                guard state.waiting.count < Self.maximumWaiting else { return .refuse }
                state.waiting.append(Waiting(entry: entry, done: done))
                if state.isDraining { return .wait }
                state.isDraining = true
                return .drain
            }
            switch next {
            case .refuse: done.resume(throwing: DatabaseError.overloaded)
            case .wait: break
            case .drain: Task { await self.drain() }      // ends by itself when nothing waits; every append waits for it through its continuation
            }
        }
    }

    package var waiting: Int { state.withLock { $0.waiting.count } }

    private func drain() async {
        while true {
            let batch = state.withLock { state -> [Waiting] in
                let batch = Array(state.waiting.prefix(Self.maximumBatch))
                state.waiting.removeFirst(batch.count)
                if batch.isEmpty { state.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            // Identifiers are given here, in the order of the commits: a reader that goes on from the last one misses nothing.
            let first = batch.map { _ in ids.next() }
            do {
                let rows = try zip(first, batch).map { id, waiting in try Self.row(id, waiting.entry) }
                try await database.write { tx in
                    _ = try tx.insertMany(into: "deliveries", columns: Self.columns, rows: rows, onConflictDoNothing: false)
                }
                onCommit()
                for (id, waiting) in zip(first, batch) { waiting.done.resume(returning: DeliveryID(id)) }
            } catch {
                for waiting in batch { waiting.done.resume(throwing: error) }
            }
        }
    }

    private static let columns = ["id", "channel_id", "origin", "topic", "receipt_key", "headers", "complaint", "body", "received_at", "asked_at"]

    private static func row(_ id: Int64, _ entry: Entry) throws -> [SQLValue] {
        let headers = entry.headers.isEmpty ? "{}" : String(decoding: try JSONEncoder.crossdock.encode(entry.headers), as: UTF8.self)
        return [.integer(id), .integer(entry.channel.value), .text(entry.origin.rawValue), .text(entry.topic), .blob(entry.key.bytes), .text(headers),
                entry.complaint.map { .text($0) } ?? .null, .blob(entry.body), .integer(entry.receivedAt.milliseconds), entry.askedAt.map { .integer($0.milliseconds) } ?? .null]
    }

    /// At most `limit` deliveries after `id`, oldest first, and at most about `maximumBytes` of bodies.
    package func read(after id: DeliveryID, limit: Int) async throws -> [Kept] {
        try await database.read { tx in
            try tx.rows("""
                SELECT id, channel_id, origin, topic, receipt_key, headers, complaint, body, received_at, asked_at
                  FROM deliveries
                 WHERE id > \(id.value)
                 ORDER BY id
                 LIMIT \(limit)
                """, Self.kept)
        }
    }

    package func find(_ id: DeliveryID) async throws -> Kept? {
        try await database.read { tx in
            try tx.first("""
                SELECT id, channel_id, origin, topic, receipt_key, headers, complaint, body, received_at, asked_at FROM deliveries WHERE id = \(id.value)
                """, Self.kept)
        }
    }

    package func lastID() async throws -> DeliveryID {
        DeliveryID(try await database.read { tx in try tx.first("SELECT MAX(id) FROM deliveries") { try $0.optionalInt64(0) }.flatMap { $0 } ?? 0 })
    }

    /// How many deliveries wait to be interpreted, counted up to a bound.
    package func count(after id: DeliveryID, atMost bound: Int = 100_000) async throws -> Int {
        try await database.read { tx in
            try tx.first("SELECT COUNT(*) FROM (SELECT 1 FROM deliveries WHERE id > \(id.value) LIMIT \(bound)) AS ahead") { try $0.int(0) } ?? 0
        }
    }

    private static func kept(_ row: Row) throws -> Kept {
        let origin: DeliveryOrigin = try OrderRows.word(row.text(2), column: "origin")
        let headers = try row.text(5)
        return Kept(
            delivery: StoredDelivery(
                id: DeliveryID(try row.int64(0)), channel: ChannelID(try row.int64(1)), origin: origin, topic: try row.text(3),
                headers: headers == "{}" ? [:] : try OrderRows.decode([String: String].self, headers, column: "headers"), body: try row.blob(7),
                receivedAt: Timestamp(milliseconds: try row.int64(8)), askedAt: try row.optionalInt64(9).map(Timestamp.init(milliseconds:))),
            key: ReceiptKey(stored: try row.blob(4)), complaint: try row.optionalText(6))
    }
}
