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

    private struct Waiting: Sendable { let row: [SQLValue], isFromOutside: Bool, done: CheckedContinuation<DeliveryID, any Error> }
    /// `isAsked`: a commit was asked for that has not begun yet and will take what waits.
    private struct State { var waiting: [Waiting] = [], isAsked = false }

    private let database: Database
    private let ids: IdentifierSource
    private let state = Mutex(State())
    /// Called after each commit with the number of deliveries in it.
    private let onCommit: @Sendable (Int) -> Void
    package let load = DoorLoad()

    package init(database: Database, ids: IdentifierSource, onCommit: @escaping @Sendable (Int) -> Void) {
        self.database = database; self.ids = ids; self.onCommit = onCommit
    }

    /// Returns when the delivery is on disk. Deliveries that wait at the same moment share one commit.
    ///
    /// - Throws: `DatabaseError.overloaded` when too many wait already, `.diskFull`, …: the delivery was not kept and must not be acknowledged.
    package func append(_ entry: Entry) async throws -> DeliveryID {
        let row = Self.row(entry)
        return try await withCheckedThrowingContinuation { done in
            enum Next { case ask, wait, refuse }
            let next = state.withLock { state -> Next in
                guard state.waiting.count < Self.maximumWaiting else { return .refuse }
                state.waiting.append(Waiting(row: row, isFromOutside: entry.origin == .webhook, done: done))
                if state.isAsked { return .wait }
                state.isAsked = true
                return .ask
            }
            switch next {
            case .refuse: done.resume(throwing: DatabaseError.overloaded)
            case .wait: break
            case .ask: commitSoon()
            }
        }
    }

    package var waiting: Int { state.withLock { $0.waiting.count } }

    private func commitSoon() {
        Task { await commitWaiting() }      // ends with its commit; every append waits for it through its continuation
    }

    private func commitWaiting() async {
        let batch = Batch()
        do {
            try await database.write { [self] tx in
                _ = try tx.insertMany(into: "deliveries", columns: Self.columns, rows: batch.rows(take), onConflictDoNothing: false)
            }
            let taken = batch.content
            load.add(taken.count { $0.waiting.isFromOutside })
            onCommit(taken.count)
            for (id, waiting) in taken { waiting.done.resume(returning: DeliveryID(id)) }
        } catch {
            // A commit that never began has taken nobody, but they wait for it.
            let lost = batch.content.isEmpty ? take() : batch.content
            for (_, waiting) in lost { waiting.done.resume(throwing: error) }
        }
    }

    /// Takes those that wait at the moment in which a transaction begins, with their identifiers in the order of the commits: a reader that goes on from the
    /// last one misses nothing.
    private func take() -> [(id: Int64, waiting: Waiting)] {
        let (taken, isMore) = state.withLock { state in
            let taken = Array(state.waiting.prefix(Self.maximumBatch))
            state.waiting.removeFirst(taken.count)
            state.isAsked = !state.waiting.isEmpty
            return (taken, state.isAsked)
        }
        if isMore { commitSoon() }
        return taken.map { (ids.next(), $0) }
    }

    /// What one commit keeps; a transaction that is run again keeps the same.
    private final class Batch: Sendable {
        private let taken = Mutex<[(id: Int64, waiting: Waiting)]?>(nil)
        var content: [(id: Int64, waiting: Waiting)] { taken.withLock { $0 ?? [] } }
        func rows(_ take: () -> [(id: Int64, waiting: Waiting)]) -> [[SQLValue]] {
            let content = taken.withLock { taken in
                let content = taken ?? take()
                taken = content
                return content
            }
            return content.map { $0.waiting.row + [.integer($0.id)] }
        }
    }

    private static let columns = ["channel_id", "origin", "topic", "receipt_key", "headers", "complaint", "body", "received_at", "asked_at", "id"]

    /// All columns but the identifier, made before the line: nothing but the insert itself runs in the transaction.
    private static func row(_ entry: Entry) -> [SQLValue] {
        var headers = JSONText(capacity: 256)
        headers.object { json in
            for (name, value) in entry.headers.sorted(by: { $0.key < $1.key }) {
                json.name(data: name)
                json.string(value)
            }
        }
        return [.integer(entry.channel.value), .text(entry.origin.rawValue), .text(entry.topic), .blob(entry.key.bytes), .text(String(decoding: headers.bytes, as: UTF8.self)),
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
