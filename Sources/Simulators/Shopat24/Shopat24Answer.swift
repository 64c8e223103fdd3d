import Foundation

/// What one call gets instead of, or after, its own answer (shopat24.md §11).
package enum Shopat24Answer: Sendable, Equatable {
    /// 200 with `success:false`; nothing was done.
    case unsuccessful(code: String)
    case throttled(retryAfterSeconds: Int?)
    case unauthorised
    case status(Int)
    /// Everything was done; then silence for this long, then the answer.
    case hangAfterEffect(Duration)
}

/// A fixed window of one second.
struct Shopat24Rate {
    let limit: Int
    private var second = 0
    private var used = 0

    init(limit: Int) { self.limit = limit }

    /// False when there is none left in this second.
    mutating func take(at now: Date) -> Bool {
        let current = Int(now.timeIntervalSince1970)
        if current != second { (second, used) = (current, 0) }
        used += 1
        return used <= limit
    }
}

/// Answers of writes by `Idempotency-Key`, kept for 24 h (shopat24.md §6).
struct Shopat24Replays {
    static let keptSeconds: TimeInterval = 24 * 3_600
    private static let maximumKept = 100_000

    private var kept: [String: (fingerprint: Data, reply: Shopat24Reply, at: Date)] = [:]
    private var order: [String] = []

    /// The answer of the first time. Refused where the key came with another request.
    mutating func reply(key: String, fingerprint: Data, now: Date) throws(Shopat24Problem) -> Shopat24Reply? {
        guard let found = kept[key] else { return nil }
        guard now.timeIntervalSince(found.at) < Self.keptSeconds else {
            kept[key] = nil
            return nil
        }
        guard found.fingerprint == fingerprint else { throw .init(.keyReused, "This Idempotency-Key came with another request.") }
        return found.reply
    }

    mutating func keep(_ reply: Shopat24Reply, key: String, fingerprint: Data, now: Date) {
        kept[key] = (fingerprint, reply, now)
        order.append(key)
        guard order.count > Self.maximumKept else { return }
        for old in order.prefix(Self.maximumKept / 2) { kept[old] = nil }
        order.removeFirst(Self.maximumKept / 2)
    }
}
