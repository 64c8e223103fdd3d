import Connect
import Domain
import Foundation
import Synchronization
import Testing

@testable import LazadaConnector

/// Listing and fetching: filters, pages, items joined (platforms/lazada.md §4.1, §4.2).
@Suite struct ListingTests {
    /// A shop with orders by the second in which they changed; answers as §4.1 says.
    final class Shop: Sendable {
        struct Order: Sendable { var number: Int, second: Int64 }
        let orders: Mutex<[Order]>
        let isInclusive: Bool
        init(_ orders: [Order], isInclusive: Bool = true) { self.orders = Mutex(orders); self.isInclusive = isInclusive }

        func answer(_ call: FakeLazada.Call) -> PlatformAnswer {
            switch call.path {
            case "/orders/get": return list(call.parameters)
            case "/orders/items/get":
                let numbers = (call.parameters["order_ids"] ?? "").dropFirst().dropLast().split(separator: ",")
                if numbers.count > 50 { return .failure("InvalidParameter") }
                // One order is left out of the answer for many.
                return .data("[\(numbers.filter { $0 != "13" }.map { #"{"order_id":\#($0),"order_number":"\#($0)","order_items":[{"order_item_id":"\#($0)1","order_id":99,"item_price":"1.00","status":"pending"}]}"# }.joined(separator: ","))]")
            case "/order/items/get": return .data(#"[{"order_item_id":\#(call.parameters["order_id"] ?? "")1,"item_price":1,"status":"pending"}]"#)
            default: return .failure("16")
            }
        }

        private func list(_ parameters: [String: String]) -> PlatformAnswer {
            guard let after = LazadaTime.parse(parameters["update_after"]).map(LazadaTime.floorSeconds), let limit = Int(parameters["limit"] ?? ""), limit <= 100,
                  let offset = Int(parameters["offset"] ?? ""), offset <= 5000, parameters["sort_by"] == "updated_at", parameters["sort_direction"] == "ASC" else { return .failure("17") }
            let before = LazadaTime.parse(parameters["update_before"]).map(LazadaTime.floorSeconds)
            let found = orders.withLock { orders in
                orders.filter { order in
                    let isAfter = isInclusive ? order.second >= after : order.second > after
                    let isBefore = before.map { isInclusive ? order.second <= $0 : order.second < $0 } ?? true
                    return isAfter && isBefore
                }
            }.sorted { ($0.second, $0.number) < ($1.second, $1.number) }
            let page = found.dropFirst(offset).prefix(limit)
            return .data(#"{"count":\#(page.count),"countTotal":"\#(found.count)","orders":[\#(page.map { #"{"order_id":\#($0.number),"updated_at":"\#(Self.text($0.second))"}"# }.joined(separator: ","))]}"#)
        }

        /// The order answers' own form: `2025-10-21 11:38:00 +0700`.
        static func text(_ second: Int64) -> String {
            LazadaTime.text(second: second, in: .th).replacing("T", with: " ").replacing("+07:00", with: " +0700")
        }
    }

    static let start: Int64 = 1_761_000_000

    private func numbers(_ shop: Shop, limit: Int, between: (Int) -> Void = { _ in }) async throws -> (numbers: [Int], pages: Int) {
        let connector = try FakeLazada { shop.answer($0) }.connector()
        var numbers: [Int] = [], cursor: String?, pages = 0
        repeat {
            let page = try await connector.listOrders(changedSince: Timestamp(seconds: Self.start), until: nil, cursor: cursor, limit: limit)
            #expect(page.orders.count <= limit && page.askedAt == FakeLazada.now)
            #expect(page.orders.map(\.updatedAt) == page.orders.map(\.updatedAt).sorted())
            numbers += page.orders.compactMap { Int($0.externalID.split(separator: ":").last ?? "") }
            cursor = page.nextCursor
            pages += 1
            between(pages)
        } while cursor != nil && pages < 200
        #expect(cursor == nil, "a listing without an end")
        return (numbers, pages)
    }

    @Test(arguments: [true, false], [5, 100]) func `every order is listed, whether the ends of a window belong to it or not`(isInclusive: Bool, limit: Int) async throws {
        let shop = Shop((1...23).map { .init(number: $0, second: Self.start + Int64($0 / 2)) }, isInclusive: isInclusive)
        #expect(Set(try await numbers(shop, limit: limit).numbers) == Set(1...23))
    }

    @Test(arguments: [true, false]) func `more orders of one second than a page are all listed`(isInclusive: Bool) async throws {
        let shop = Shop((1...40).map { .init(number: $0, second: Self.start + ($0 > 30 ? 60 : 7)) }, isInclusive: isInclusive)
        let listed = try await numbers(shop, limit: 4)
        #expect(Set(listed.numbers) == Set(1...40))
        #expect(listed.pages < 60)
    }

    @Test func `orders that change while they are paged are not lost`() async throws {
        let shop = Shop((1...40).map { .init(number: $0, second: Self.start + Int64($0 / 8)) })
        let listed = try await numbers(shop, limit: 5) { page in
            // One that was listed moves to the end, and would pull the others under the offset.
            shop.orders.withLock { if page < 20 { $0[page % 10].second = Self.start + 1000 + Int64(page) } }
        }
        #expect(Set(listed.numbers) == Set(1...40))
    }

    @Test func `a window is asked for with whole seconds, an offset and both ends`() async throws {
        let shop = Shop([]), lazada = FakeLazada { shop.answer($0) }
        _ = try await lazada.connector().listOrders(changedSince: Timestamp(milliseconds: Self.start * 1000 + 400), until: Timestamp(milliseconds: (Self.start + 60) * 1000 + 1), cursor: nil, limit: 1000)
        let parameters = try #require(lazada.calls.first).parameters
        #expect(parameters["update_after"] == LazadaTime.text(second: Self.start - 1, in: .th) && parameters["update_before"] == LazadaTime.text(second: Self.start + 61, in: .th))
        #expect(parameters["limit"] == "100" && parameters["offset"] == "0" && parameters["status"] == nil)
        #expect(lazada.paths == ["/orders/get"])
    }

    @Test func `items are joined in fifties, and one that was left out is asked for alone`() async throws {
        let shop = Shop((1...70).map { .init(number: $0, second: Self.start + Int64($0)) }), lazada = FakeLazada { shop.answer($0) }
        let page = try await lazada.connector().listOrders(changedSince: Timestamp(seconds: Self.start), until: nil, cursor: nil, limit: 100)
        #expect(page.orders.count == 70 && page.nextCursor == nil)
        #expect(lazada.paths == ["/orders/get", "/orders/items/get", "/order/items/get", "/orders/items/get"])
        let body = try #require(page.orders.first { $0.externalID.hasSuffix(":13") }?.body)
        #expect(String(decoding: body, as: UTF8.self) == #"{"items":[{"item_price":1,"order_item_id":131,"status":"pending"}],"order":{"order_id":13,"updated_at":"\#(Shop.text(Self.start + 13))"}}"#)
        #expect(page.orders.allSatisfy { $0.topic == LazadaConnector.readTopic })
        let order = try Sample.snapshot(of: try #require(page.orders.first?.body))
        #expect(order.externalID == "th:100190009:1" && order.lines.map(\.externalLineID) == ["11"] && order.revision.wasRead)
    }

    @Test(arguments: ["", "x", "changes.1.1.100", "changes.0.1.100.0", "changes.5.52.100.0", "oneSecond.5.1.101.0", "ids.5.1.100.0", "changes.5.1.100.0.0"]) func `a cursor that is none of ours is not understood`(_ cursor: String) async throws {
        let connector = try FakeLazada { _ in .silentAnswer }.connector()
        let error = await failure { () async throws(ConnectorError) in try await connector.listOrders(changedSince: FakeLazada.now, until: nil, cursor: cursor, limit: 10) }
        #expect(error?.code == "not_understood")
    }

    @Test(arguments: [ListingPosition(since: Timestamp(seconds: 1_761_000_000), limit: 7), ListingPosition(since: Timestamp(seconds: -5), limit: 0)]) func `a cursor is read as it was written`(_ position: ListingPosition) {
        var position = position
        #expect(ListingPosition(cursor: position.cursor) == position)
        position.mode = .oneSecond
        position.page = 3
        position.pages = 9
        #expect(ListingPosition(cursor: position.cursor) == position)
    }

    @Test func `more orders of one second than the offset reaches are told`() throws {
        var position = ListingPosition(since: Timestamp(seconds: Self.start), limit: 100)
        position.mode = .oneSecond
        #expect(throws: ConnectorError.self) { try OrderListing.next(after: position, .init(orders: [], total: 5_200)) }
        #expect(try OrderListing.next(after: position, .init(orders: [], total: 5_100))?.offset == 5_000)
    }

    @Test(arguments: [#"[]"#, #""x""#, #"{"orders":[{"order_id":"x","updated_at":"2025-10-21 11:38:00 +0700"}]}"#, #"{"orders":[{"updated_at":1}]}"#]) func `a page that cannot be read is not understood`(_ data: String) async throws {
        let connector = try FakeLazada { _ in .data(data) }.connector()
        #expect(await failure { () async throws(ConnectorError) in try await connector.listOrders(changedSince: FakeLazada.now, until: nil, cursor: nil, limit: 10) }?.code == "not_understood")
    }

    // MARK: fetching

    private func fetching(_ answer: @escaping @Sendable (FakeLazada.Call) -> PlatformAnswer, _ id: ExternalID = Sample.externalID) async throws -> (ListedOrder?, ConnectorError?, FakeLazada) {
        let lazada = FakeLazada(answer), connector = try lazada.connector()
        do { return (try await connector.fetchOrder(id), nil, lazada) } catch { return (nil, error, lazada) }
    }

    @Test func `an order and its items become one body, as old as the youngest of them`() async throws {
        let order = try Sample.changed(Sample.order, [:]), items = try Sample.units([[:], ["updated_at": #""2025-10-21 12:00:00 +0700""#]]).joined(separator: ",")
        let (found, error, lazada) = try await fetching { $0.path == "/order/get" ? .data(order) : .data("[\(items)]") }
        #expect(error == nil)
        #expect(lazada.calls.map { [$0.method, $0.path, $0.parameters["order_id"] ?? ""] } == [["GET", "/order/get", Sample.orderNumber], ["GET", "/order/items/get", Sample.orderNumber]])
        let listed = try #require(found)
        #expect(listed.externalID == Sample.externalID && listed.updatedAt.description == "2025-10-21T05:00:00Z")
        #expect(try Sample.snapshot(of: try #require(listed.body)).totals.grand == 41_750)
        #expect(try Sample.snapshot(of: try #require(listed.body)).revision.updatedAt == listed.updatedAt)
    }

    @Test(arguments: ["999999999", "th:100190009:999999999"]) func `an order nobody knows is not found, whichever form its id has`(_ id: String) async throws {
        let (_, error, lazada) = try await fetching({ _ in .failure("16", "E016: Invalid Order ID") }, id)
        #expect(error?.code == "not_found" && error?.failureClass == .rejected && lazada.calls.count == 1)
    }

    @Test(arguments: ["", "abc", "sg:100190009:1", "th:1:1", "th:100190009:1:2", "th:100190009:-1", "th:100190009:1&x=2", "th:100190009:", "99999999999999999999"])
    func `what is no order of ours is never asked for`(_ id: String) async throws {
        let (_, error, lazada) = try await fetching({ _ in .silentAnswer }, id)
        #expect(error?.code == "not_found" && lazada.calls.isEmpty)
    }

    @Test func `another order than the one that was asked for is not understood`() async throws {
        let (_, error, _) = try await fetching { $0.path == "/order/get" ? .data(#"{"order_id":5}"#) : .data("[]") }
        #expect(error?.code == "not_understood")
    }
}
