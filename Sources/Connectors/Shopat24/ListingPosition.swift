import Domain
import Foundation

/// Where a listing goes on: a window of time inside the whole that was asked for, and a place in that window (shopat24.md §4B).
struct ListingPosition: Sendable, Equatable, Codable {
    /// The window, in milliseconds.
    var from: Int64, to: Int64
    /// The end of the whole.
    var end: Int64
    var size: Int
    /// Pages read of this window.
    var pages = 0
    /// Orders read of this window.
    var offset = 0
    /// The platform's cursor, or the link to the next page.
    var token: String?

    static let narrowestMilliseconds: Int64 = 1000, longestCursor = 8_000

    init(since: Timestamp, end: Timestamp, size: Int, longest: Span) {
        from = since.milliseconds
        self.end = max(end.milliseconds, since.milliseconds)
        to = min(self.end, from + longest.milliseconds)
        self.size = size
    }

    init?(cursor: String) {
        guard cursor.utf8.count <= Self.longestCursor else { return nil }
        // A cursor that is none of ours is told to the caller.
        guard let known = try? JSONDecoder().decode(ListingPosition.self, from: Data(cursor.utf8)) else { return nil }
        guard known.from <= known.to, known.to <= known.end, (1...Profile.pageSizes.upperBound).contains(known.size), known.pages >= 0, known.offset >= 0 else { return nil }
        self = known
    }

    var cursor: String { (try? JSONEncoder.crossdock.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "" }      // numbers and a text always encode

    var isAtStart: Bool { pages == 0 && token == nil }
    var isNarrow: Bool { to - from <= Self.narrowestMilliseconds }

    func values(_ list: Profile.List) -> [String: String] {
        var values = ["from": list.timeFormat.text(Timestamp(milliseconds: from)), "to": list.timeFormat.text(Timestamp(milliseconds: to), up: true), "size": String(size)]
        values["page"] = String((list.paging.first ?? 1) + pages)
        values["offset"] = String(offset)
        values["cursor"] = token
        return values
    }

    /// The next window, twice as long as this one where that is allowed; nil: all was seen.
    func nextWindow(longest: Span) -> ListingPosition? {
        guard to < end else { return nil }
        let width = min(longest.milliseconds, max(2 * (to - from), Self.narrowestMilliseconds))
        var next = ListingPosition(since: Timestamp(milliseconds: to), end: Timestamp(milliseconds: end), size: size, longest: longest)
        next.to = min(end, to + width)
        return next
    }

    func nextPage(rows: Int, token: String? = nil) -> ListingPosition {
        var next = self
        next.pages += 1
        next.offset += rows
        next.token = token
        return next
    }

    /// The window's first part, so that what is in it fits one page.
    func narrowed(pages: Int) -> ListingPosition {
        var next = self
        let width = (to - from) / Int64(min(max(pages, 2), 1000)) / 1000 * 1000
        next.to = from + max(width, Self.narrowestMilliseconds)
        return next
    }
}

/// RFC 8288: where the next page stands.
enum LinkHeader {
    static let longest = 8_000

    /// The target of the link whose `rel` is or holds `next`, as it is written.
    static func next(in header: String) -> String? {
        guard header.utf8.count <= longest else { return nil }
        for part in header.split(separator: "<").map(String.init) {
            guard let close = part.firstIndex(of: ">") else { continue }
            for parameter in part[part.index(after: close)...].split(whereSeparator: { $0 == ";" || $0 == "," }) {
                let sides = parameter.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
                guard sides.count == 2, sides[0].lowercased() == "rel" else { continue }
                if sides[1].trimmingCharacters(in: CharacterSet(charactersIn: "\"")).lowercased().split(separator: " ").contains("next") { return String(part[..<close]) }
            }
        }
        return nil
    }
}
