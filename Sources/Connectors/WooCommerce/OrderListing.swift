import Connect
import Domain
import Foundation
import HTTPTypes

/// The requests and answers of a listing. Pure.
enum OrderListing {
    /// Reading a hundred orders is slow PHP.
    private static let listingSeconds = 60
    /// How far down the ids of an old shop are walked: this many pages of 100 in one listing.
    static let maximumIDPages = 50
    /// Orders of an old shop that were placed longer than this before `since` are taken to change no more.
    static let oldOrderDays: Int64 = 30

    static func call(_ position: ListingPosition, until: Timestamp?) -> APICall {
        var query: [QueryItem] = []
        switch position.mode {
        case .changes:
            query = [QueryItem("modified_after", naiveGMT(position.second - 1))]
            // Strictly smaller as well: the second that `until` lies in is still wanted.
            if let until { query.append(QueryItem("modified_before", naiveGMT(ListingPosition.floorSeconds(until) + 1))) }
            query += [QueryItem("dates_are_gmt", "true"), QueryItem("orderby", "modified"), QueryItem("order", "asc")]
        case .oneSecond:
            query = [QueryItem("modified_after", naiveGMT(position.second - 1)), QueryItem("modified_before", naiveGMT(position.second + 1)),
                     QueryItem("dates_are_gmt", "true"), QueryItem("orderby", "id"), QueryItem("order", "asc")]
        case .ids:
            query = [QueryItem("orderby", "id"), QueryItem("order", "desc"), QueryItem("_fields", "id,date_created_gmt,date_modified_gmt")]
        }
        query += [QueryItem("per_page", String(position.perPage)), QueryItem("page", String(position.page)), QueryItem("status", position.isTrash ? "trash" : "any")]
        return APICall(.get, "orders", query: query, timeoutSeconds: listingSeconds)
    }

    /// `2026-11-20T16:59:30` without any zone: with a `Z` the shop converts to its local time, then compares with the GMT column,
    /// and a shop in Bangkok answers an empty list (platforms/woocommerce.md §4.1).
    static func naiveGMT(_ second: Int64) -> String { String(Timestamp(seconds: second).description.prefix(19)) }

    /// Before 5.8 `modified_after` is silently ignored, but `orderby=modified` is refused.
    static func isFromBefore58(_ answer: PlatformAnswer) -> Bool {
        guard answer.status == 400, let envelope = ErrorEnvelope(Data(answer.body)), envelope.code == "rest_invalid_param" else { return false }
        return envelope.parameters.contains("orderby") || envelope.message.contains("orderby")
    }

    struct Page {
        var rows: [OrderRow], bodies: [[UInt8]]
        /// nil where a proxy took the header away.
        var totalPages: Int?
    }

    static func rows(of answer: PlatformAnswer) throws(ConnectorError) -> Page {
        let (rows, bytes) = try AnswerReading.decode([OrderRow].self, from: answer, isRead: true)
        let bodies = JSONArrayCutting.elements(of: bytes)
        guard bodies.count == rows.count else { throw .notUnderstood(field: "orders", found: "\(bodies.count) bodies for \(rows.count) orders") }
        return Page(rows: rows, bodies: bodies, totalPages: answer.headers[.totalPages].flatMap { Int($0.trimmingSpaces) })
    }

    /// - Returns: nil when this phase is done.
    static func next(after position: ListingPosition, _ page: Page, since: Timestamp) throws(ConnectorError) -> ListingPosition? {
        let isLast = page.rows.isEmpty || (page.rows.count < position.perPage && position.page >= page.totalPages ?? 0)
        var next = position
        switch position.mode {
        case .changes:
            guard !isLast else { return nil }
            let last = page.rows.compactMap(\.modified).map { ListingPosition.floorSeconds($0) }.max() ?? 0
            if last > position.second {
                next.second = last
                return next
            }
            guard last == position.second else {
                throw .notUnderstood(field: "modified_after", found: "orders from before \(naiveGMT(position.second)): a cache or plugin of the shop ignores the filter")
            }
            next.mode = .oneSecond
            next.page = 1
            next.pages = 0
            return next
        case .oneSecond: return afterPageOfOneSecond(position, page, isLast: isLast)
        case .ids:
            let oldest = page.rows.compactMap(\.created).min()
            guard !isLast, position.page < maximumIDPages, oldest.map({ $0 > since - .seconds(oldOrderDays * 86_400) }) ?? true else { return nil }
            next.page += 1
            return next
        }
    }

    private static func afterPageOfOneSecond(_ position: ListingPosition, _ page: Page, isLast: Bool) -> ListingPosition {
        var next = position, isDone: Bool
        if position.pages > 0 {
            // On the way down; the first page is read last.
            isDone = position.page == 1
            next.page = position.page - 1
        } else if let total = page.totalPages, position.page == 1, (2...ListingPosition.maximumPages).contains(total) {
            isDone = false
            next.pages = total
            next.page = total
        } else {
            // Nobody says how many pages there are: up, until one is not full.
            isDone = isLast || position.page == ListingPosition.maximumPages
            next.page = position.page + 1
        }
        if isDone {
            next.mode = .changes
            next.second = position.second + 1
            next.page = 1
            next.pages = 0
        }
        return next
    }

    /// The page in our form; of a walk over ids only what changed in the window, and without the reduced bodies.
    static func listed(_ page: Page, _ position: ListingPosition, since: Timestamp, until: Timestamp?) -> [ListedOrder] {
        var listed: [ListedOrder] = []
        for (row, body) in zip(page.rows, page.bodies) {
            let updatedAt = row.updatedAt ?? since
            if position.mode == .ids {
                guard updatedAt >= Timestamp(seconds: ListingPosition.floorSeconds(since)), updatedAt <= until ?? updatedAt else { continue }
                listed.append(ListedOrder(externalID: String(row.id), updatedAt: updatedAt, body: nil, topic: WooCommerceConnector.readTopic))
            } else {
                listed.append(ListedOrder(externalID: String(row.id), updatedAt: updatedAt, body: body, topic: WooCommerceConnector.readTopic))
            }
        }
        return listed.sorted { $0.updatedAt < $1.updatedAt }
    }
}

/// Cuts a JSON array into the exact bytes of its elements, so that a listed order has the same digest as the same order in a webhook.
enum JSONArrayCutting {
    /// - Precondition: `bytes` were decoded as an array before; nothing is validated here.
    static func elements(of bytes: [UInt8]) -> [[UInt8]] {
        var elements: [[UInt8]] = [], depth = 0, start: Int?, isInText = false, isEscaped = false
        for (index, byte) in bytes.enumerated() {
            if isInText {
                if isEscaped { isEscaped = false } else if byte == UInt8(ascii: "\\") { isEscaped = true } else if byte == UInt8(ascii: "\"") { isInText = false }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 1 { start = index }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 1, let from = start { elements.append(Array(bytes[from...index])) }
            default: break
            }
        }
        return elements
    }
}
