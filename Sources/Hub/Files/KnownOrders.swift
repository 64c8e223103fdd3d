import Database
import Domain

/// What the channel knows of an order that a file or a program names again.
struct KnownOrder: Sendable, Equatable {
    var digest: UInt64, version: Int, placedAt: Timestamp

    /// At most `maximum` ids at a time.
    static let maximum = 200
    static func find(_ ids: [ExternalID], in channel: ChannelID, _ database: Database) async throws -> [ExternalID: KnownOrder] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await database.read { tx in
            try tx.rows("SELECT external_id, source_digest, version, placed_at FROM orders WHERE channel_id = \(channel.value) AND external_id IN (\(list: ids))") { row in
                (try row.text(0), KnownOrder(digest: UInt64(bitPattern: try row.int64(1)), version: try row.int(2), placedAt: Timestamp(milliseconds: try row.int64(3))))
            }
        }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }
}

/// An order that a file or a program brings, compared with what is known, ready for intake.
struct IncomingOrder: Sendable {
    enum Standing: Sendable { case new, same, changed }
    var snapshot: OrderSnapshot
    var standing: Standing
    var flags: [Flag]
    /// The same for the same content: sending it twice does nothing. A content that comes back after another one is new: the version that it follows is part of the key.
    var receiptKey: String

    /// - Parameters:
    ///   - origin: `file` or `api`.
    ///   - saysWhenPlaced: false: the moment of placing is made up, and the known order's stays.
    init(_ raw: OrderSnapshot, origin: String, saysWhenPlaced: Bool, known: KnownOrder?) throws {
        var snapshot = raw
        if !saysWhenPlaced, let known { snapshot.placedAt = known.placedAt }
        let prepared = PreparedOrder(snapshot)
        var digest = prepared.digest
        if !saysWhenPlaced {
            var timeless = prepared.snapshot
            timeless.placedAt = Timestamp(milliseconds: 0)
            digest = PreparedOrder.encode(timeless).digest
        }
        self.snapshot = snapshot
        flags = prepared.snapshot.flags
        let isChanged = known.map { $0.digest != prepared.digest } ?? false
        standing = known == nil ? .new : isChanged ? .changed : .same
        receiptKey = "\(origin):\(snapshot.externalID):\(String(digest, radix: 16))" + (known.flatMap { isChanged ? ":after-\($0.version)" : nil } ?? "")
    }
}
