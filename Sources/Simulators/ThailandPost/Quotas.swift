import Foundation

/// So many calls within a window, else blocked for a while (thailandpost.md §4.1).
struct CallWindow {
    private var recent: [Date] = []
    private var blockedUntil: Date?

    mutating func admits(at now: Date, calls: Int, window: TimeInterval, block: TimeInterval) -> Bool {
        if let until = blockedUntil {
            guard now >= until else { return false }
            blockedUntil = nil
            recent = []
        }
        recent.removeAll { now.timeIntervalSince($0) >= window }
        guard recent.count < calls else {
            blockedUntil = now.addingTimeInterval(block)
            return false
        }
        recent.append(now)
        return true
    }
}

/// The running count of numbers asked today.
struct DailyCount {
    private var day: ThaiDay?
    private var count = 0

    /// The count after these, or nil where they do not fit any more.
    mutating func take(_ numbers: Int, on today: ThaiDay, limit: Int) -> Int? {
        if day != today { (day, count) = (today, 0) }
        guard count + numbers <= limit else { return nil }
        count += numbers
        return count
    }
}
