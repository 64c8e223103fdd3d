import Connect
import Domain
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import WooCommerceConnector

/// Listing and fetching (platforms/woocommerce.md §4.1, §4.2).
@Suite struct ConnectorListingTests {
    private static let since = Timestamp(seconds: 1_793_900_000)

    private static func row(_ id: Int, _ second: Int64) -> String {
        let time = String(Timestamp(seconds: second).description.prefix(19))
        return #"{"id":\#(id),"status":"processing","note":"a [\"b\"] {c}","date_created_gmt":"\#(time)","date_modified_gmt":"\#(time)"}"#
    }

    /// A shop with these orders (id, second of change) that answers as the platform does.
    private static func shop(_ orders: [(id: Int, second: Int64)], trash: [(id: Int, second: Int64)] = [], hasTotals: Bool = true) -> FakeShop {
        FakeShop { request in
            let query = request.query
            let after = Timestamp(rfc3339: query["modified_after"] ?? "", assumingUTC: true), before = Timestamp(rfc3339: query["modified_before"] ?? "", assumingUTC: true)
            guard query["modified_after"]?.hasSuffix("Z") == false else { return .json("[]") }
            let all = (query["status"] == "trash" ? trash : orders)
                .filter { row in after.map { Timestamp(seconds: row.second) > $0 } ?? true }.filter { row in before.map { Timestamp(seconds: row.second) < $0 } ?? true }
                .sorted { query["orderby"] == "id" ? $0.id < $1.id : ($0.second, $0.id) < ($1.second, $1.id) }
            let size = Int(query["per_page"] ?? "") ?? 10, page = Int(query["page"] ?? "") ?? 1
            var headers: HTTPFields = [:]
            if hasTotals { headers[.totalPages] = String((all.count + size - 1) / size) }
            return .json("[" + all.dropFirst((page - 1) * size).prefix(size).map { row($0.id, $0.second) }.joined(separator: ",") + "]", headers: headers)
        }
    }

    /// All pages of a listing, with how many calls it took at most.
    private func list(_ shop: FakeShop, limit: Int = 100, until: Timestamp? = nil) async throws -> [ListedOrder] {
        let connector = try shop.connector()
        var orders: [ListedOrder] = [], cursor: String?
        for _ in 0..<200 {
            let page = try await connector.listOrders(changedSince: Self.since, until: until, cursor: cursor, limit: limit)
            orders += page.orders
            #expect(page.askedAt == FakeShop.now)
            cursor = page.nextCursor
            if cursor == nil { return orders }
        }
        Issue.record("the listing does not end")
        return orders
    }

    @Test func `the first request asks for what changed, in naive GMT, oldest first`() async throws {
        let shop = Self.shop([])
        _ = try await shop.connector().listOrders(changedSince: Timestamp(milliseconds: 1_793_900_000_750), until: nil, cursor: nil, limit: 100)
        #expect(shop.requests.first?.query == [
            "modified_after": "2026-11-05T17:33:19", "dates_are_gmt": "true", "orderby": "modified", "order": "asc", "per_page": "100", "page": "1", "status": "any",
        ])
        #expect(shop.requests.first?.path == "https://shop.example/wp-json/wc/v3/orders")
    }

    @Test func `a bound above is asked for to the second after it`() async throws {
        let shop = Self.shop([])
        _ = try await shop.connector().listOrders(changedSince: Self.since, until: Timestamp(milliseconds: 1_793_900_060_001), cursor: nil, limit: 10)
        #expect(shop.requests.first?.query["modified_before"] == "2026-11-05T17:34:21")
        #expect(shop.requests.first?.query["per_page"] == "10")
    }

    @Test(arguments: [1, 3, 7, 100])
    func `every order comes, whatever the page size`(limit: Int) async throws {
        let listed = try await list(Self.shop((0..<25).map { ($0 + 1, 1_793_900_000 + Int64($0 * 3)) }), limit: limit)
        #expect(Set(listed.map(\.externalID)).count == 25)
        #expect(listed.allSatisfy { $0.topic == "order.read" && $0.body != nil })
    }

    @Test(arguments: [true, false])
    func `more orders in one second than a page holds all come`(hasTotals: Bool) async throws {
        let rows = (0..<30).map { (id: $0 + 1, second: Int64(1_793_900_005)) } + [(id: 90, second: 1_793_900_004), (id: 91, second: 1_793_900_006)]
        let listed = try await list(Self.shop(rows, hasTotals: hasTotals), limit: 4)
        #expect(Set(listed.map(\.externalID)) == Set((1...30).map(String.init) + ["90", "91"]))
    }

    @Test func `an order that leaves a crowded second hides no other`() async throws {
        let rows = (0..<12).map { (id: $0 + 1, second: Int64(1_793_900_005)) }
        let full = Self.shop(rows, hasTotals: true)
        // Three orders of the second are edited once its first page was read: each page from then on begins three orders earlier.
        let isEdited = Mutex(false)
        let changing = FakeShop { request in
            if request.query["orderby"] == "id", request.query["page"] != "1" { isEdited.withLock { $0 = true } }
            return (isEdited.withLock { $0 } ? Self.shop(Array(rows.dropFirst(3)), hasTotals: true) : full).answer(request)
        }
        let listed = try await list(changing, limit: 4)
        #expect(Set((4...12).map(String.init)).isSubset(of: Set(listed.map(\.externalID))))
    }

    @Test func `trashed orders come after all others`() async throws {
        let shop = Self.shop([(1, 1_793_900_005)], trash: [(2, 1_793_900_003), (3, 1_793_000_000)])
        let listed = try await list(shop)
        #expect(listed.map(\.externalID) == ["1", "2"])
        #expect(shop.requests.map { $0.query["status"] } == ["any", "trash"])
    }

    @Test func `a listed body is the exact bytes of its order`() async throws {
        let listed = try await list(Self.shop([(7, 1_793_900_005), (8, 1_793_900_006)]))
        #expect(listed.first?.body == Array(Self.row(7, 1_793_900_005).utf8))
        #expect(listed.first?.updatedAt == Timestamp(seconds: 1_793_900_005))
    }

    @Test func `a cache that ignores the filter ends the listing with an error, not a loop`() async throws {
        let rows = "[" + (0..<4).map { Self.row($0 + 1, 1_700_000_000) }.joined(separator: ",") + "]"
        let connector = try FakeShop { _ in .json(rows) }.connector()
        let error = await #expect(throws: ConnectorError.self) { try await connector.listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 4) }
        guard case .notUnderstood(field: "modified_after", _)? = error else { Issue.record("\(String(describing: error))"); return }
    }

    @Test(arguments: ["changes.any.1793900000.1.100", "x.any.1.1.1.0", "changes.all.1.1.1.0", "changes.any.-1.1.1.0", "changes.any.1.0.1.0", "changes.any.1.1.101.0", ""])
    func `a cursor that is none of ours is refused`(cursor: String) async throws {
        let connector = try Self.shop([]).connector()
        await #expect(throws: ConnectorError.self) { try await connector.listOrders(changedSince: Self.since, until: nil, cursor: cursor, limit: 4) }
    }

    @Test func `a cursor comes back as it went`() {
        var position = ListingPosition(since: Self.since, perPage: 50, isTrash: true)
        position.mode = .oneSecond
        position.page = 3
        position.pages = 9
        #expect(ListingPosition(cursor: position.cursor) == position)
    }

    // MARK: Before WooCommerce 5.8

    private static func oldShop(_ orders: [(id: Int, created: Int64, modified: Int64)]) -> FakeShop {
        FakeShop { request in
            let query = request.query
            if query["orderby"] == "modified" { return .error(400, "rest_invalid_param", "Invalid parameter(s): orderby", data: #"{"status":400,"params":{"orderby":"orderby is not one of date, id"}}"#) }
            guard query["status"] == "any" else { return .json("[]") }
            let size = Int(query["per_page"] ?? "") ?? 10, page = Int(query["page"] ?? "") ?? 1
            let rows = orders.sorted { $0.id > $1.id }.dropFirst((page - 1) * size).prefix(size).map { order in
                #"{"id":\#(order.id),"date_created_gmt":"\#(OrderListing.naiveGMT(order.created))","date_modified_gmt":"\#(OrderListing.naiveGMT(order.modified))"}"#
            }
            return .json("[" + rows.joined(separator: ",") + "]")
        }
    }

    @Test func `an old shop is walked by id, and what changed is to be fetched`() async throws {
        let base = Self.since.milliseconds / 1000
        let shop = Self.oldShop([(1, base - 90 * 86_400, base + 5), (2, base - 40 * 86_400, base + 5), (3, base - 86_400, base + 10), (4, base - 86_400, base - 10), (5, base + 1, base + 1)])
        let listed = try await list(shop, limit: 2)
        // Order 2 closes the page on which the thirty days end; order 1 lies behind them.
        #expect(Set(listed.map(\.externalID)) == ["5", "3", "2"])
        #expect(listed.allSatisfy { $0.body == nil })
        #expect(shop.requests.dropFirst().first?.query["_fields"] == "id,date_created_gmt,date_modified_gmt")
    }

    @Test func `another refusal than of orderby is a failure`() async throws {
        let connector = try FakeShop { _ in .error(400, "rest_invalid_param", "Invalid parameter(s): status", data: #"{"status":400,"params":{"status":"x"}}"#) }.connector()
        let error = await #expect(throws: ConnectorError.self) { try await connector.listOrders(changedSince: Self.since, until: nil, cursor: nil, limit: 4) }
        #expect(error == .refused(platformCode: "rest_invalid_param", platformMessage: "Invalid parameter(s): status"))
    }

    // MARK: One order

    @Test func `an order is fetched with its exact bytes`() async throws {
        let shop = FakeShop { _ in .json("Notice: x\n" + Self.row(9301, 1_793_900_005)) }
        let order = try await shop.connector().fetchOrder("9301")
        #expect(order.body == Array(Self.row(9301, 1_793_900_005).utf8))
        #expect(order.externalID == "9301")
        #expect(shop.requests.first?.path == "https://shop.example/wp-json/wc/v3/orders/9301")
    }

    @Test(arguments: ["9301", "../users", "abc", "-4", "9301/notes"])
    func `an order that is gone, or no number, is not found`(id: String) async throws {
        let shop = FakeShop { _ in .error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.") }
        let connector = try shop.connector()
        let error = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder(id) }
        #expect(error?.code == "not_found")
        #expect(shop.requests.count == (id == "9301" ? 1 : 0))
    }

    @Test func `another order than the one asked for is not taken`() async throws {
        let connector = try FakeShop { _ in .json(Self.row(1, 1_793_900_005)) }.connector()
        await #expect(throws: ConnectorError.notUnderstood(field: "id", found: "1")) { try await connector.fetchOrder("9301") }
    }
}

