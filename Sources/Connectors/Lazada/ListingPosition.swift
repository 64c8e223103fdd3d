import Domain

/// Where a listing goes on: carried between calls as the cursor's text, `changes.1794000000.1.100.0`.
struct ListingPosition: Equatable, Sendable {
    enum Mode: String, Sendable {
        /// By time of change, from `second` on, always at offset 0: an offset into a list that moves loses orders (platforms/lazada.md §4.1).
        case changes
        /// More orders than a page changed about one second: those alone, by offset, from the last page down to the first. Orders that change meanwhile leave the
        /// window and move others to earlier pages, which are still to come.
        case oneSecond
    }

    var mode: Mode
    /// Unix seconds; what changed in it is included.
    var second: Int64
    /// From 1.
    var page: Int
    var limit: Int
    /// For `oneSecond`: how many pages there are; 0 before that is known.
    var pages: Int

    /// The platform's maxima (§4.1).
    static let maximumLimit = 100, maximumOffset = 5000
    private static let latestSecond: Int64 = 253_402_300_799

    init(since: Timestamp, limit: Int) {
        mode = .changes
        second = min(max(1, LazadaTime.floorSeconds(since)), Self.latestSecond)
        page = 1
        self.limit = min(max(limit, 1), Self.maximumLimit)
        pages = 0
    }

    /// - Returns: nil for a text that is no cursor of ours.
    init?(cursor: String) {
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 5, let mode = Mode(rawValue: String(parts[0])), let second = Int64(parts[1]), (1...Self.latestSecond).contains(second),
              let page = Int(parts[2]), (1...Self.maximumOffset + 1).contains(page), let limit = Int(parts[3]), (1...Self.maximumLimit).contains(limit),
              let pages = Int(parts[4]), (0...Self.maximumOffset + 1).contains(pages), (page - 1) * limit <= Self.maximumOffset
        else { return nil }
        self.mode = mode; self.second = second; self.page = page; self.limit = limit; self.pages = pages
    }

    var cursor: String { "\(mode.rawValue).\(second).\(page).\(limit).\(pages)" }
    var offset: Int { (page - 1) * limit }
}
