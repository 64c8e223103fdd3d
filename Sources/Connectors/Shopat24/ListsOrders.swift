package import Connect
package import Domain
import Foundation
import HTTPTypes

extension Shopat24Connector: ListsOrders {
    /// Whole seconds, and a clock of theirs beside ours.
    package var listingOverlap: Duration { .seconds(300) }

    /// The topic under which orders that we asked for ourselves enter the journal.
    static let readTopic = "order.read"
    /// A window of 31 days is a second long after 22 halvings.
    private static let maximumNarrowings = 40

    /// Orders by the profile's listing, in windows it allows.
    ///
    /// By page or offset a window that has several pages is not turned over but cut into shorter ones: an order that changes meanwhile leaves the window, all others move up a place, and the first of the
    /// next page would never be seen. It also puts older changes before newer ones, whatever the platform sorts by. Only what changed within one second is turned over.
    package func listOrders(changedSince since: Timestamp, until: Timestamp?, cursor: String?, limit: Int) async throws(ConnectorError) -> ListedPage {
        let askedAt = context.now()
        // A channel of files has nothing to ask.
        guard settings.form == .rest else { return ListedPage(orders: [], nextCursor: nil, askedAt: askedAt) }
        guard since < until ?? askedAt else { return ListedPage(orders: [], nextCursor: nil, askedAt: askedAt) }
        var position = ListingPosition(since: since, end: until ?? askedAt, size: min(max(limit, 1), profile.list.pageSize), longest: profile.list.maxWindow)
        if let cursor {
            guard let known = ListingPosition(cursor: cursor) else { throw .notUnderstood(field: "cursor", found: cursor.cut(60)) }
            position = known
        }
        for _ in 0..<Self.maximumNarrowings {
            let page = try await page(at: position)
            if !page.isLast, canNarrow(position, page) {
                position = position.narrowed(pages: page.totalPages ?? 2)
                continue
            }
            let next = page.isLast ? position.nextWindow(longest: profile.list.maxWindow) : page.next
            let wanted = page.orders.filter { $0.updatedAt >= since && $0.updatedAt < until ?? Timestamp(milliseconds: .max) }.sorted { $0.updatedAt < $1.updatedAt }
            return ListedPage(orders: wanted, nextCursor: next?.cursor, askedAt: askedAt)
        }
        throw .unreachable(reason: "the channel's listing does not end, however short the time that is asked for")
    }

    private struct Page {
        var orders: [ListedOrder], isLast: Bool
        var totalPages: Int?
        var next: ListingPosition?
    }

    private func page(at position: ListingPosition) async throws(ConnectorError) -> Page {
        let list = profile.list
        let call: ProfileCall
        if list.paging.style == .link, let token = position.token {
            guard let known = client.call(list.method, link: token) else { throw .notUnderstood(field: "Link", found: "an address on another host") }
            call = known
        } else { call = try client.call(list.method, list.path, list.query, position.values(list)) }
        let (json, headers) = try await client.answer(call)
        let totalPages = list.end.totalPages?.value(in: json)?.text.flatMap { Int($0) }
        let rows = try Self.rows(json, at: list.itemsPointer, totalPages: totalPages)
        var orders: [ListedOrder] = []
        orders.reserveCapacity(rows.count)
        for row in rows { orders.append(try listed(row)) }
        return try page(orders, position, totalPages: totalPages, json, headers)
    }

    /// Whether there is more, by the profile's way to turn pages.
    private func page(_ orders: [ListedOrder], _ position: ListingPosition, totalPages: Int?, _ json: JSONValue, _ headers: HTTPFields) throws(ConnectorError) -> Page {
        switch profile.list.paging.style {
        case .none: return Page(orders: orders, isLast: true, totalPages: nil, next: nil)
        case .page, .offset:
            let isLast = orders.isEmpty || (totalPages.map { position.pages + 1 >= $0 } ?? (orders.count < position.size))
            return Page(orders: orders, isLast: isLast, totalPages: totalPages, next: position.nextPage(rows: orders.count))
        case .cursor:
            let token = profile.list.paging.pointer?.value(in: json)?.text.flatMap { $0.isEmpty ? nil : $0 }
            return try follow(token, orders, position)
        case .link:
            let link = headers[values: Self.linkName].lazy.compactMap { LinkHeader.next(in: $0) }.first
            let absolute = link.flatMap { URL(string: $0, relativeTo: URL(string: client.origin + client.basePath + profile.list.path.text))?.absoluteString }
            guard let absolute else { return try follow(nil, orders, position) }
            // What the link repeats of our key does not get into a cursor.
            guard let call = client.call(profile.list.method, link: absolute) else { throw .notUnderstood(field: "Link", found: "an address on another host") }
            return try follow(client.url(call), orders, position)
        }
    }

    private func follow(_ token: String?, _ orders: [ListedOrder], _ position: ListingPosition) throws(ConnectorError) -> Page {
        guard let token else { return Page(orders: orders, isLast: true, totalPages: nil, next: nil) }
        guard token != position.token, token.utf8.count <= LinkHeader.longest / 2 else { throw .notUnderstood(field: "next page", found: "the page that was just read, or too long an address") }
        return Page(orders: orders, isLast: false, totalPages: nil, next: position.nextPage(rows: orders.count, token: token))
    }

    /// Narrower windows help only where the platform heeds both ends.
    private func canNarrow(_ position: ListingPosition, _ page: Page) -> Bool {
        guard [.page, .offset].contains(profile.list.paging.style), position.isAtStart, !position.isNarrow else { return false }
        let names = Set(profile.list.query.values.flatMap(\.names) + profile.list.path.names)
        return names.isSuperset(of: ["from", "to"]) && page.orders.allSatisfy { $0.updatedAt.milliseconds <= position.to + 1000 && $0.updatedAt.milliseconds >= position.from - 1000 }
    }

    /// An answer without orders where some must stand would look like a quiet shop for ever, so it is an error; only "no pages" is believed.
    private static func rows(_ json: JSONValue, at pointer: JSONPointer, totalPages: Int?) throws(ConnectorError) -> [JSONValue] {
        if let rows = pointer.value(in: json)?.list { return rows }
        if totalPages == 0 { return [] }
        throw .unreachable(reason: "the channel's listing has no list at \(pointer.text.cut(80)), where the profile says the orders are")
    }

    func listed(_ order: JSONValue) throws(ConnectorError) -> ListedOrder {
        let fields = reading.fields, number = try fields.number(of: order)
        guard let updatedAt = fields.updatedAt(of: order) else { throw .notUnderstood(field: profile.pointers.order.updatedAt.text, found: "no time, in the order \(number)") }
        let body: Data
        do { body = try JSONEncoder.crossdock.encode(order) } catch { throw .notUnderstood(field: "order", found: "a value that cannot be kept") }
        return ListedOrder(externalID: externalID(of: number), updatedAt: updatedAt, body: Array(body), topic: Self.readTopic)
    }

    private static let linkName = HTTPField.Name("Link")!      // a literal: a valid name
}

extension Shopat24Connector: FetchesOrders {
    /// By the detail call, or by a listing filtered to one order: the profile's pointer says where the order stands (§4B).
    package func fetchOrder(_ externalID: ExternalID) async throws(ConnectorError) -> ListedOrder {
        let number = try orderNumber(in: externalID)
        guard settings.form == .rest, let detail = profile.detail else { throw .refused(platformCode: "no_detail", platformMessage: "the profile has no way to ask for one order") }
        let (json, _) = try await client.answer(try client.call(detail.method, detail.path, detail.query ?? [:], ["orderNo": number]))
        guard let order = detail.pointer.value(in: json), order.object != nil else { throw .refused(platformCode: RefusalTable.notFound, platformMessage: "the channel answered without the order \(number)") }
        let listed = try listed(order)
        guard listed.externalID == externalID else { throw .notUnderstood(field: profile.pointers.order.orderNo.text, found: "another order than the one that was asked for") }
        return listed
    }
}
