package import Database
import Synchronization

/// Search words lie in buckets of some thousand orders, the newest filling: a new word then lands on one of a few hundred hot pages instead of anywhere in
/// the whole index, and a search walks the buckets from the newest back.
package final class TermBuckets: Sendable {
    static let ordersPerBucket = 8192
    private struct State { var bucket: Int64, orders: Int }
    private let state: Mutex<State>

    package init(lastBucket: Int64) { state = Mutex(State(bucket: lastBucket + 1, orders: 0)) }

    package static func lastBucket(in tx: any Transaction) throws -> Int64 {
        try tx.first("SELECT MAX(bucket) FROM order_terms", { try $0.optionalInt64(0) }).flatMap { $0 } ?? 0
    }

    /// Every bucket that has a word, the newest first: one seek each, where a DISTINCT would read the whole table.
    package static func all(in tx: any Transaction) throws -> [Int64] {
        var buckets: [Int64] = [], bucket = try lastBucket(in: tx)
        while bucket > 0 {
            buckets.append(bucket)
            bucket = try tx.first("SELECT MAX(bucket) FROM order_terms WHERE bucket < \(bucket)", { try $0.optionalInt64(0) }).flatMap { $0 } ?? 0
        }
        return buckets
    }

    package var current: Int64 { state.withLock { $0.bucket } }

    func bucketForNewOrder() -> Int64 {
        state.withLock { state in
            state.orders += 1
            if state.orders > Self.ordersPerBucket { state.bucket += 1; state.orders = 1 }
            return state.bucket
        }
    }
}
