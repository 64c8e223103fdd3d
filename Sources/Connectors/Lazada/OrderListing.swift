import Connect
import Domain

/// The requests and answers of a listing. Pure.
enum OrderListing {
    struct Page: Sendable {
        /// The orders as they came, without their items.
        var orders: [LooseJSON]
        /// How many the whole window holds; nil where the platform does not say.
        var total: Int?
    }

    /// Whether the ends of a window belong to it is not documented: a second more on both sides loses nothing (platforms/lazada.md §4.1).
    static func call(_ position: ListingPosition, until: Timestamp?, in market: Market) -> APICall {
        var parameters = [
            "update_after": LazadaTime.text(second: position.second - 1, in: market), "sort_by": "updated_at", "sort_direction": "ASC",
            "limit": String(position.limit), "offset": String(position.offset),
        ]
        let end: Int64? = switch position.mode {
        case .oneSecond: position.second + 1
        case .changes: until.map { LazadaTime.floorSeconds($0) + 1 }
        }
        if let end { parameters["update_before"] = LazadaTime.text(second: end, in: market) }
        return .get("/orders/get", parameters, timeoutSeconds: 30)
    }

    static func page(of answer: APIAnswer) throws(ConnectorError) -> Page {
        let data = try answer.data(LooseJSON.self)
        guard case .object = data else { throw .notUnderstood(field: "\(answer.path) data", found: "no object") }
        return Page(orders: data["orders"]?.elements ?? [], total: (data["countTotal"] ?? data["count_total"])?.text.flatMap { Int($0) })
    }

    /// - Returns: nil when the listing is done.
    static func next(after position: ListingPosition, _ page: Page) throws(ConnectorError) -> ListingPosition? {
        let count = page.orders.count
        guard position.mode == .changes else { return try afterPageOfOneSecond(position, page) }
        guard count > 0, count >= position.limit || page.total ?? 0 > count else { return nil }
        guard let last = page.orders.compactMap({ LazadaTime.parse($0["updated_at"]?.text) }).max().map(LazadaTime.floorSeconds) else {
            throw .notUnderstood(field: "orders.updated_at", found: "no time")
        }
        guard last >= position.second - 1 else { throw .notUnderstood(field: "update_after", found: "orders from before the time that was asked for") }
        var next = position
        if last > position.second { next.second = last } else { next.mode = .oneSecond }
        return next
    }

    private static func afterPageOfOneSecond(_ position: ListingPosition, _ page: Page) throws(ConnectorError) -> ListingPosition? {
        var next = position, isDone: Bool
        if position.pages > 0 {
            // On the way down; the first page is read last.
            isDone = position.page == 1
            next.page = position.page - 1
        } else if position.page == 1, let total = page.total, total > position.limit {
            isDone = false
            next.pages = (total + position.limit - 1) / position.limit
            next.page = next.pages
        } else {
            // Nobody says how many there are: up, until a page is not full.
            isDone = page.orders.count < position.limit
            next.page = position.page + 1
        }
        if isDone {
            next.mode = .changes
            next.second = position.second + 1
            next.page = 1
            next.pages = 0
        }
        guard next.offset <= ListingPosition.maximumOffset else {
            throw .notUnderstood(field: "offset", found: "more than \(ListingPosition.maximumOffset) orders that changed in one second")
        }
        return next
    }
}
