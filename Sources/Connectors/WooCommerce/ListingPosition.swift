import Domain

/// Where a listing goes on: carried between calls as the cursor's text, `changes.any.1794000000.1.100.0`.
struct ListingPosition: Equatable {
    enum Mode: String {
        /// By time of change, from `second` on.
        case changes
        /// More orders than a page were changed in one second (a bulk edit, an import): that second alone, by id, from its last page down to its first.
        /// Orders that are changed meanwhile leave the window and move others to earlier pages, which are still to come.
        case oneSecond
        /// Before WooCommerce 5.8: from the newest id down.
        case ids
    }

    var mode: Mode
    /// The second phase: only `status=trash`.
    var isTrash: Bool
    /// Unix seconds; what changed in it is included.
    var second: Int64
    var page: Int
    var perPage: Int
    /// For `oneSecond`: how many pages there were, and the direction; 0 before that is known.
    var pages: Int

    /// The platform's maximum (platforms/woocommerce.md §4.1).
    static let maximumPerPage = 100
    /// A second with more pages than this is given up: no shop edits a million orders in one, but a broken plugin may count so.
    static let maximumPages = 10_000
    /// The last second of the year 9999.
    private static let latestSecond: Int64 = 253_402_300_799

    init(since: Timestamp, perPage: Int, isTrash: Bool = false) {
        mode = .changes
        self.isTrash = isTrash
        second = max(1, ListingPosition.floorSeconds(since))
        page = 1
        self.perPage = min(max(perPage, 1), Self.maximumPerPage)
        pages = 0
    }

    /// - Returns: nil for a text that is no cursor of ours.
    init?(cursor: String) {
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 6, let mode = Mode(rawValue: String(parts[0])), parts[1] == "any" || parts[1] == "trash",
              let second = Int64(parts[2]), (1...Self.latestSecond).contains(second), let page = Int(parts[3]), (1...Self.maximumPages).contains(page),
              let perPage = Int(parts[4]), (1...Self.maximumPerPage).contains(perPage), let pages = Int(parts[5]), (0...Self.maximumPages).contains(pages)
        else { return nil }
        self.mode = mode
        isTrash = parts[1] == "trash"
        self.second = second
        self.page = page
        self.perPage = perPage
        self.pages = pages
    }

    var cursor: String { "\(mode.rawValue).\(isTrash ? "trash" : "any").\(second).\(page).\(perPage).\(pages)" }

    static func floorSeconds(_ time: Timestamp) -> Int64 {
        let (quotient, remainder) = time.milliseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
