import Foundation

/// A fixed window of one second.
struct RateWindow {
    let limit: Int
    private var second = 0
    private var used = 0

    init(limit: Int) { self.limit = limit }

    /// Requests left in this second after this one; nil when there was none left.
    mutating func take(at now: Date) -> Int? {
        let current = Int(now.timeIntervalSince1970)
        if current != second { (second, used) = (current, 0) }
        guard used < limit else { return nil }
        used += 1
        return limit - used
    }
}
