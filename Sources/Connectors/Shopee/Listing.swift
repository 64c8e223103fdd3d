package import Connect
package import Domain

extension ShopeeConnector: ListsOrders {
    /// Ten minutes behind the high-water mark (platforms/shopee.md §4.1).
    package var listingOverlap: Duration { .seconds(600) }

    /// The list gives numbers only, in no promised order: the orders themselves are read in the same page, by fifty, and sorted by their change.
    ///
    /// A window spans 15 days at most, so a longer one is walked in pieces, the oldest first.
    package func listOrders(changedSince since: Timestamp, until: Timestamp?, cursor: String?, limit: Int) async throws(ConnectorError) -> ListedPage {
        let askedAt = context.now()
        var position = ListingPosition(since: since, until: until, now: askedAt)
        if let cursor {
            guard let known = ListingPosition(cursor: cursor) else { throw .notUnderstood(field: "cursor", found: cursor.cut(60)) }
            position = known
        }
        guard position.from <= position.end else { return ListedPage(orders: [], nextCursor: nil, askedAt: askedAt) }
        let response = try await client.call(position.call(pageSize: limit))["response"]
        guard response["order_list"].isList else { throw .notUnderstood(field: "response.order_list", found: response["order_list"].quoted) }
        var numbers: [String] = []
        for row in response["order_list"].list {
            guard let number = row["order_sn"].text, Self.isName(number) else { throw .notUnderstood(field: "order_list.order_sn", found: row["order_sn"].quoted) }
            if !numbers.contains(number) { numbers.append(number) }
        }
        return ListedPage(orders: try await orders(numbers, in: position), nextCursor: try position.next(after: response)?.cursor, askedAt: askedAt)
    }

    private func orders(_ numbers: [String], in position: ListingPosition) async throws(ConnectorError) -> [ListedOrder] {
        var orders: [ListedOrder] = [], missing = Set(numbers)
        for order in try await details(of: numbers) {
            guard let number = order.number, missing.remove(number) != nil else { continue }
            orders.append(try await listed(order))
        }
        // Listed and not told: it is fetched by itself, and its fate is seen there.
        orders += missing.map { ListedOrder(externalID: externalID(of: $0), updatedAt: Timestamp(seconds: position.from), body: nil, topic: Self.orderTopic) }
        return orders.sorted { ($0.updatedAt, $0.externalID) < ($1.updatedAt, $1.externalID) }
    }
}

/// Where a listing goes on: a piece of the window, in whole seconds, and the platform's cursor in it.
struct ListingPosition: Sendable, Equatable {
    /// 15 days, the most that one call spans.
    static let longestSpan: Int64 = 1_296_000
    static let mostPerPage = 100

    var from: Int64
    /// Of the whole listing; fixed by its first page.
    var end: Int64
    var platformCursor = ""

    /// The end of this piece.
    var to: Int64 { min(from + Self.longestSpan, end) }

    /// The window with the seconds that its ends fall into. Whether the platform counts its end in is not written: without a bound the running second is asked for together with the next.
    init(since: Timestamp, until: Timestamp?, now: Timestamp) {
        from = Self.floor(max(since.milliseconds, 0))
        end = until.map { Self.floor($0.milliseconds + 999) } ?? Self.floor(now.milliseconds) + 1
    }

    private static func floor(_ milliseconds: Int64) -> Int64 { milliseconds >= 0 ? milliseconds / 1000 : 0 }

    /// - Parameter cursor: `{from}-{end}:{the platform's}`.
    init?(cursor: String) {
        let parts = cursor.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let times = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, times.count == 2, let from = Int64(times[0]), let end = Int64(times[1]), (0..<100_000_000_000).contains(from), (from..<100_000_000_000).contains(end) else { return nil }
        self.from = from
        self.end = end
        platformCursor = String(parts[1])
    }

    var cursor: String { "\(from)-\(end):\(platformCursor)" }

    func call(pageSize: Int) -> ShopeeCall {
        .get("order/get_order_list", [
            .init("time_range_field", "update_time"), .init("time_from", String(from)), .init("time_to", String(to)), .init("page_size", String(min(max(pageSize, 1), Self.mostPerPage))),
            .init("cursor", platformCursor), .init("response_optional_fields", "order_status"), .init("request_order_status_pending", "true"),
        ])
    }

    /// - Returns: nil after the last page of the last piece.
    /// - Throws: `.notUnderstood` for a cursor that leads nowhere: the listing would never end, or end too early.
    func next(after response: LooseJSON) throws(ConnectorError) -> ListingPosition? {
        var next = self
        if response["more"].flag == true {
            let cursor = response["next_cursor"].text ?? ""
            guard !cursor.isEmpty, cursor != platformCursor, cursor.utf8.count <= 500 else { throw .notUnderstood(field: "response.next_cursor", found: cursor.isEmpty ? "nothing" : "the same again") }
            next.platformCursor = cursor
            return next
        }
        guard to < end else { return nil }
        next.from = to
        next.platformCursor = ""
        return next
    }
}
