package import Connect
package import Domain
import Foundation

extension LazadaConnector: ListsOrders {
    package var listingOverlap: Duration { .seconds(600) }

    /// Orders changed since `since`, oldest change first, each with its items in one body. The same order can come twice: a full page is followed from its last second on.
    package func listOrders(changedSince since: Timestamp, until: Timestamp?, cursor: String?, limit: Int) async throws(ConnectorError) -> ListedPage {
        var position = ListingPosition(since: since, limit: limit)
        if let cursor {
            guard let known = ListingPosition(cursor: cursor) else { throw .notUnderstood(field: "cursor", found: cursor.cut(60)) }
            position = known
        }
        let askedAt = context.now()
        let page = try OrderListing.page(of: try await api.call(OrderListing.call(position, until: until, in: settings.market)))
        let next = try OrderListing.next(after: position, page)
        var listed: [ListedOrder] = []
        for joined in try await OrderBodies(api: api).joined(page.orders) { listed.append(try self.listed(joined, else: since)) }
        return ListedPage(orders: listed.sorted { $0.updatedAt < $1.updatedAt }, nextCursor: next?.cursor, askedAt: askedAt)
    }

    private func listed(_ joined: OrderBodies.Joined, else known: Timestamp) throws(ConnectorError) -> ListedOrder {
        ListedOrder(externalID: try externalID(ofOrder: joined.id), updatedAt: joined.updatedAt ?? known, body: joined.body, topic: Self.readTopic)
    }
}

extension LazadaConnector: FetchesOrders {
    package func fetchOrder(_ externalID: ExternalID) async throws(ConnectorError) -> ListedOrder {
        let number = try orderNumber(externalID)
        let joined = try await OrderBodies(api: api).order(number)
        guard joined.id == number else { throw .notUnderstood(field: "order_id", found: "another order's number") }
        return try listed(joined, else: context.now())
    }
}

/// Joins orders and their items: two calls for one order, two for up to fifty (platforms/lazada.md §4.2).
struct OrderBodies: Sendable {
    let api: LazadaAPI

    struct Joined: Sendable {
        var id: String, updatedAt: Timestamp?, body: [UInt8]
    }

    /// The reference allows 100; unverified (§4.2).
    static let itemsBatch = 50

    /// The order as it stands now.
    func order(_ number: String) async throws(ConnectorError) -> Joined {
        let order = try await api.call(.get("/order/get", ["order_id": number])).data(LooseJSON.self)
        return try Self.join(order, try await rawItems(of: number))
    }

    /// The units of an order as they stand now.
    func items(of number: String) async throws(ConnectorError) -> [WireItem] {
        try await api.call(Self.itemsCall(number)).data([WireItem].self)
    }

    private func rawItems(of number: String) async throws(ConnectorError) -> [LooseJSON] {
        try await api.call(Self.itemsCall(number)).data(LooseJSON.self).elements
    }

    private static func itemsCall(_ number: String) -> APICall { .get("/order/items/get", ["order_id": number]) }

    /// A page of orders with their items. What the call for many leaves out is asked for alone.
    func joined(_ orders: [LooseJSON]) async throws(ConnectorError) -> [Joined] {
        var joined: [Joined] = []
        joined.reserveCapacity(orders.count)
        for start in stride(from: 0, to: orders.count, by: Self.itemsBatch) {
            let batch = orders[start..<min(start + Self.itemsBatch, orders.count)]
            let items = try await items(ofMany: try batch.map { order throws(ConnectorError) in try Self.number(of: order) })
            for order in batch {
                let number = try Self.number(of: order)
                if let known = items[number], !known.isEmpty { joined.append(try Self.join(order, known)) } else { joined.append(try Self.join(order, try await rawItems(of: number))) }
            }
        }
        return joined
    }

    /// By the number that was asked with: an item's own `order_id` may be another one in older orders.
    private func items(ofMany numbers: [String]) async throws(ConnectorError) -> [String: [LooseJSON]] {
        let entries = try await api.call(.get("/orders/items/get", ["order_ids": "[\(numbers.joined(separator: ","))]"], timeoutSeconds: 30))
            .data(LooseJSON.self).elements
        var found: [String: [LooseJSON]] = [:]
        for entry in entries {
            let names = [entry["order_id"]?.text, entry["order_number"]?.text].compactMap(\.self)
            guard let number = names.first(where: { numbers.contains($0) }) else { continue }
            found[number, default: []] += entry["order_items"]?.elements ?? []
        }
        return found
    }

    static func number(of order: LooseJSON) throws(ConnectorError) -> String {
        guard let number = order["order_id"]?.text, PlatformID.isNumber(number) else { throw .notUnderstood(field: "order_id", found: "nothing that is an order's number") }
        return number
    }

    /// - Returns: the body that enters intake, keys in order, and the latest time of change in it.
    static func join(_ order: LooseJSON, _ items: [LooseJSON]) throws(ConnectorError) -> Joined {
        let number = try number(of: order)
        let times = ([order["updated_at"]] + items.map { $0["updated_at"] }).compactMap { LazadaTime.parse($0?.text) }
        do {
            let body = try JSONEncoder.crossdock.encode(LooseJSON.object(["order": order, "items": .array(items)]))
            return Joined(id: number, updatedAt: times.max() ?? LazadaTime.parse(order["created_at"]?.text), body: Array(body))
        } catch {
            throw .notUnderstood(field: "order \(number)", found: "something that cannot be written again")
        }
    }
}
