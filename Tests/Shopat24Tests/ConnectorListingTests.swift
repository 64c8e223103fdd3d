import Connect
import Domain
import Foundation
import HTTPTypes
import Synchronization
import Testing
@testable import Shopat24Connector

/// Every way to turn pages (shopat24.md §4B), and what goes wrong while they are turned.
@Suite(.timeLimit(.minutes(2))) struct ConnectorListingTests {
    /// A platform's orders by number, filtered by both ends of a window and paged by number or offset.
    final class Shelf: Sendable {
        let orders: Mutex<[Int: Timestamp]>
        let tellsTotal: Bool
        /// Done after an answer: an order changes while pages are turned.
        let afterAnswer: @Sendable (Int, inout [Int: Timestamp]) -> Void
        private let calls = Mutex(0)

        init(_ orders: [Int: Timestamp], tellsTotal: Bool = true, afterAnswer: @escaping @Sendable (Int, inout [Int: Timestamp]) -> Void = { _, _ in }) {
            self.orders = Mutex(orders); self.tellsTotal = tellsTotal; self.afterAnswer = afterAnswer
        }

        func answer(_ request: PlatformRequest) -> PlatformAnswer {
            let query = request.query, size = Int(query["size"] ?? "") ?? 0
            let from = query["updatedFrom"].flatMap { Timestamp(rfc3339: $0) }, to = query["updatedTo"].flatMap { Timestamp(rfc3339: $0) }
            let answer: PlatformAnswer = orders.withLock { orders in
                let found = orders.filter { order in from.map { order.value >= $0 } ?? true && to.map { order.value <= $0 } ?? true }.keys.sorted()
                let start = query["offset"].flatMap { Int($0) } ?? ((Int(query["page"] ?? "") ?? 1) - 1) * size
                let rows = found.dropFirst(start).prefix(size).compactMap { number in orders[number].map { Sample.row(number, at: $0) } }
                return .json(Sample.page(Array(rows), totalPages: tellsTotal ? (found.count + size - 1) / size : nil))
            }
            let call = calls.withLock { $0 += 1; return $0 }
            orders.withLock { afterAnswer(call, &$0) }
            return answer
        }
    }

    /// All pages, as the hub walks them.
    private func walk(_ connector: Shopat24Connector, since: Timestamp, until: Timestamp? = nil, limit: Int = 100) async throws -> (orders: [ListedOrder], pages: Int) {
        var orders: [ListedOrder] = [], cursor: String?, pages = 0
        repeat {
            let page = try await connector.listOrders(changedSince: since, until: until, cursor: cursor, limit: limit)
            orders += page.orders
            cursor = page.nextCursor
            pages += 1
        } while cursor != nil && pages < 500
        return (orders, pages)
    }

    private static let start = Sample.now - .seconds(86_400)
    private static func spread(_ count: Int, every seconds: Int) -> [Int: Timestamp] {
        Dictionary(uniqueKeysWithValues: (1...count).map { (100_000 + ($0 * 7919) % 90_000, start + .seconds($0 * seconds)) })
    }

    @Test func `one page is one call, with the profile's names and times`() async throws {
        let channel = FakeChannel(200, Sample.page([Sample.order], totalPages: 1))
        let page = try await channel.connector().listOrders(changedSince: Sample.now - .seconds(60), until: Sample.now + .seconds(60), cursor: nil, limit: 500)
        #expect(channel.requests.map(\.path) == ["/vendor/v1/orders"])
        #expect(channel.requests.first?.method == .get)
        #expect(channel.requests.first?.query == ["updatedFrom": "2025-10-21T11:39:00+07:00", "updatedTo": "2025-10-21T11:41:00+07:00", "page": "1", "size": "100"])
        #expect(page.nextCursor == nil)
        #expect(page.askedAt == Sample.now)
        let order = try #require(page.orders.first)
        #expect(order.externalID == Sample.externalID)
        #expect(order.updatedAt == Timestamp(seconds: Sample.seconds + 5))
        guard case .order(let snapshot)? = try channel.connector().interpret(Sample.delivery(try #require(order.body), topic: order.topic)).first else { Issue.record("no order"); return }
        #expect(snapshot == (try Sample.snapshot()))
    }

    @Test(arguments: [("page", true), ("page", false), ("offset", true), ("offset", false)])
    func `every order comes, older changes first, each where the window holds it`(style: String, tellsTotal: Bool) async throws {
        let orders = Self.spread(250, every: 300), shelf = Shelf(orders, tellsTotal: tellsTotal)
        let profile = #"{"list":{"query":{\#(style == "page" ? #""page":"{page}""# : #""page":null,"offset":"{offset}""#)},"paging":{"style":"\#(style)"}}}"#
        let found = try await walk(try FakeChannel { shelf.answer($0) }.connector(profile: profile), since: Self.start, limit: 20)
        #expect(Set(found.orders.map(\.externalID)) == Set(orders.keys.map { "store-01:\($0)" }))
        #expect(found.orders.map(\.updatedAt) == found.orders.map(\.updatedAt).sorted())
        #expect(found.pages < 100)
    }

    @Test(arguments: [true, false])
    func `an order that changes while pages are turned hides no other`(tellsTotal: Bool) async throws {
        let orders = Self.spread(120, every: 600)
        // After each of the first answers the first order of the list leaves the window, and all others move up.
        let shelf = Shelf(orders, tellsTotal: tellsTotal) { call, orders in
            if call <= 30, let first = orders.filter({ $0.value < Sample.now }).keys.min() { orders[first] = Sample.now + .seconds(call) }
        }
        let found = try await walk(try FakeChannel { shelf.answer($0) }.connector(), since: Self.start, until: Sample.now, limit: 10)
        let changed = shelf.orders.withLock { $0.filter { $0.value >= Sample.now }.keys.map { "store-01:\($0)" } }
        #expect(Set(found.orders.map(\.externalID)).union(changed) == Set(orders.keys.map { "store-01:\($0)" }))
    }

    @Test func `many changes of one second are turned over page by page`() async throws {
        let orders = Dictionary(uniqueKeysWithValues: (1...45).map { ($0, Self.start + .seconds(500)) }), shelf = Shelf(orders)
        let found = try await walk(try FakeChannel { shelf.answer($0) }.connector(), since: Self.start, limit: 10)
        #expect(Set(found.orders.map(\.externalID)).count == 45)
    }

    @Test func `a platform that does not heed the window's end is paged plainly`() async throws {
        let shelf = Shelf(Self.spread(95, every: 900))
        let channel = FakeChannel { request in
            var request = request
            request.url = request.url.replacing("updatedTo", with: "ignored")
            return shelf.answer(request)
        }
        let found = try await walk(try channel.connector(), since: Self.start, limit: 10)
        #expect(Set(found.orders.map(\.externalID)).count == 95)
        #expect(channel.requests.count < 40)
    }

    @Test func `a long time is asked for in windows the platform allows`() async throws {
        let channel = FakeChannel(200, Sample.page([], totalPages: 0))
        _ = try await walk(try channel.connector(), since: Sample.now - .seconds(100 * 86_400))
        let ends = channel.requests.compactMap { request in request.query["updatedFrom"].flatMap { Timestamp(rfc3339: $0) }.flatMap { from in request.query["updatedTo"].flatMap { Timestamp(rfc3339: $0) }.map { (from, $0) } } }
        #expect(ends.count == 4)
        #expect(ends.allSatisfy { ($0.1 - $0.0) <= .seconds(31 * 86_400) })
        #expect(ends.first?.0 == Sample.now - .seconds(100 * 86_400))
        #expect(ends.last?.1 == Sample.now)
        #expect(zip(ends, ends.dropFirst()).allSatisfy { $0.1 == $1.0 })
    }

    @Test func `pages by cursor are followed to the last`() async throws {
        let profile = #"{"list":{"query":{"page":null,"after":"{cursor}"},"paging":{"style":"cursor","pointer":"/data/next"}}}"#
        let channel = FakeChannel { request in
            switch request.query["after"] {
            case nil: .json(#"{"success":true,"data":{"content":[\#(Sample.row(1, at: Sample.now - .seconds(9)))],"next":"a/b=="}}"#)
            case "a/b==": .json(#"{"success":true,"data":{"content":[\#(Sample.row(2, at: Sample.now - .seconds(8)))],"next":""}}"#)
            default: .json("", status: 500)
            }
        }
        let found = try await walk(try channel.connector(profile: profile), since: Sample.now - .seconds(60))
        #expect(found.orders.map(\.externalID) == ["store-01:1", "store-01:2"])
        #expect(channel.requests.map { $0.query.keys.contains("after") } == [false, true])
    }

    @Test func `pages by link are followed on our host, with our key and without showing it`() async throws {
        let profile = #"{"auth":{"scheme":"query","name":"apikey"},"list":{"query":{"page":null},"paging":{"style":"link"}}}"#
        let channel = FakeChannel { request in
            if request.path.hasSuffix("/next") { return .json(Sample.page([Sample.row(2, at: Sample.now - .seconds(8))])) }
            return .json(Sample.page([Sample.row(1, at: Sample.now - .seconds(9))]), headers: [HTTPField.Name("Link")!: #"<https://vendor.example/x>; rel="prev", </orders/next?p=%2B1+x&apikey=shown>; title="a, b"; rel="next last""#])
        }
        let connector = try channel.connector(profile: profile)
        let first = try await connector.listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: nil, limit: 10)
        #expect(first.nextCursor?.contains("shown") == false)
        #expect(first.nextCursor?.contains(Sample.secret) == false)
        let second = try await connector.listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: first.nextCursor, limit: 10)
        #expect(second.orders.map(\.externalID) == ["store-01:2"])
        #expect(second.nextCursor == nil)
        #expect(channel.requests.last?.url == "https://vendor.example/orders/next?apikey=\(Sample.secret)&p=%2B1%20x")
    }

    @Test(arguments: ["https://evil.example/next", "http://vendor.example/next", "https://vendor.example:444/next", "https://vendor.example@evil.example/next", "//evil.example/next", "ftp://vendor.example/"])
    func `a link to another place is not followed`(link: String) async throws {
        let channel = FakeChannel(200, Sample.page([Sample.row(1, at: Sample.now - .seconds(9))]), headers: [HTTPField.Name("Link")!: "<\(link)>; rel=next"])
        let connector = try channel.connector(profile: #"{"list":{"query":{"page":null},"paging":{"style":"link"}}}"#)
        await #expect(throws: ConnectorError.notUnderstood(field: "Link", found: "an address on another host")) { try await connector.listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: nil, limit: 10) }
        let forged = #"{"end":1761021600000,"from":1761021000000,"offset":0,"pages":1,"size":10,"to":1761021600000,"token":"\#(link)"}"#
        await #expect(throws: ConnectorError.self) { try await connector.listOrders(changedSince: Sample.now - .seconds(600), until: nil, cursor: forged, limit: 10) }
        #expect(channel.requests.count == 1)
    }

    @Test func `a page that names itself as the next is told, not read for ever`() async throws {
        let profile = #"{"list":{"query":{"page":null,"after":"{cursor}"},"paging":{"style":"cursor","pointer":"/data/next"}}}"#
        let connector = try FakeChannel(200, #"{"data":{"content":[],"next":"again"}}"#).connector(profile: profile)
        let first = try await connector.listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: nil, limit: 10)
        await #expect(throws: ConnectorError.self) { try await connector.listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: first.nextCursor, limit: 10) }
    }

    @Test func `without pages one answer is all of a window`() async throws {
        let channel = FakeChannel(200, Sample.page((1...5).map { Sample.row($0, at: Sample.now - .seconds($0)) }))
        let found = try await walk(try channel.connector(profile: #"{"list":{"query":{"page":null,"size":null},"paging":{"style":"none"}}}"#), since: Sample.now - .seconds(60), limit: 1)
        #expect(found.orders.count == 5)
        #expect(channel.requests.count == 1)
    }

    @Test func `what lies outside the time that was asked for is left out`() async throws {
        let rows = [(1, -61), (2, -60), (3, -1), (4, 0), (5, 3)].map { Sample.row($0.0, at: Sample.now + .seconds($0.1)) }
        let page = try await FakeChannel(200, Sample.page(rows, totalPages: 1)).connector().listOrders(changedSince: Sample.now - .seconds(60), until: Sample.now, cursor: nil, limit: 10)
        #expect(page.orders.map(\.externalID) == ["store-01:2", "store-01:3"])
    }

    @Test func `nothing is asked for a time that has no length`() async throws {
        let channel = FakeChannel()
        let page = try await channel.connector().listOrders(changedSince: Sample.now, until: Sample.now, cursor: nil, limit: 10)
        #expect(page.orders.isEmpty && page.nextCursor == nil && channel.requests.isEmpty)
    }

    @Test(arguments: ["", "x", "{}", #"{"end":1,"from":2,"offset":0,"pages":0,"size":10,"to":3}"#, #"{"end":3,"from":1,"offset":-1,"pages":0,"size":10,"to":3}"#, #"{"end":3,"from":1,"offset":0,"pages":0,"size":0,"to":3}"#])
    func `a cursor that is none of ours is refused`(cursor: String) async throws {
        let connector = try FakeChannel().connector()
        let error = await #expect(throws: ConnectorError.self) { try await connector.listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: cursor, limit: 10) }
        guard case .notUnderstood(field: "cursor", _)? = error else { Issue.record("\(String(describing: error))"); return }
    }

    @Test(arguments: [(#"{"success":true,"data":{}}"#, FailureClass.transient), (#"{"success":true,"data":{"content":{}}}"#, .transient), ("<html>", .transient), ("", .transient), (#"{"data":{"content":[{}]}}"#, .rejected),
                      (#"{"data":{"content":[{"orderNo":"1"}]}}"#, .rejected), (#"{"data":{"content":[null]}}"#, .rejected)])
    func `an answer without readable orders is never a quiet shop`(body: String, expected: FailureClass) async throws {
        let connector = try FakeChannel(200, body).connector()
        let error = await #expect(throws: ConnectorError.self) { try await connector.listOrders(changedSince: Sample.now - .seconds(60), until: nil, cursor: nil, limit: 10) }
        #expect(error?.failureClass == expected)
    }

    @Test(arguments: [
        (#"<https://a/2>; rel="next""#, "https://a/2"), (#"<https://a/1>; rel="prev", <https://a/3>; rel=next"#, "https://a/3"), (#"</o?p=2>; rel="last next""#, "/o?p=2"), (#"<x>; REL="Next""#, "x"), (#"<x>; rel="prev""#, nil), ("", nil), ("rel=next", nil),
        ("<x; rel=next", nil), (#"<a,b>; rel="next""#, "a,b"),
    ] as [(String, String?)])
    func `the next page is found in a link header`(header: String, expected: String?) { #expect(LinkHeader.next(in: header) == expected) }

    @Test func `one order is fetched by its number, or by a filtered list`() async throws {
        let channel = FakeChannel(200, #"{"success":true,"data":\#(Sample.order)}"#)
        let order = try await channel.connector().fetchOrder(Sample.externalID)
        #expect(channel.requests.first?.url == "https://vendor.example/vendor/v1/orders/250000000123")
        #expect(order.externalID == Sample.externalID && order.topic == "order.read" && order.body != nil)
        let filtered = FakeChannel(200, Sample.page([Sample.order]))
        let profile = #"{"detail":{"path":"/vendor/v1/orders","query":{"no":"{orderNo}"},"pointer":"/data/content/0"}}"#
        #expect(try await filtered.connector(profile: profile).fetchOrder(Sample.externalID).externalID == Sample.externalID)
        #expect(filtered.requests.first?.query == ["no": "250000000123"])
    }

    @Test(arguments: [(200, Sample.page([])), (200, Sample.taken), (404, ""), (400, #"{"code":"4001","message":"unknown order"}"#), (200, #"{"success":false,"code":"4001"}"#)])
    func `an order that is not there is said to be gone`(status: Int, body: String) async throws {
        let connector = try FakeChannel(status, body.replacing(#""data":{}"#, with: #""data":null"#)).connector(profile: #"{"detail":{"pointer":"\#(body.contains("content") ? "/data/content/0" : "/data")"}}"#)
        let error = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder(Sample.externalID) }
        #expect(error?.code == "not_found")
    }

    @Test(arguments: ["250000000123", "other:250000000123", "store-01:", "store-01:..", "store-01:a b", "store-01:" + String(repeating: "9", count: 65)])
    func `an identity of another connection is not asked for`(externalID: String) async throws {
        let channel = FakeChannel(), connector = try channel.connector()
        let error = await #expect(throws: ConnectorError.self) { try await connector.fetchOrder(externalID) }
        #expect(error?.code == "not_found")
        #expect(channel.requests.isEmpty)
    }

    @Test func `a number stays one step of the path whatever it holds`() async throws {
        let channel = FakeChannel(404, ""), connector = try channel.connector()
        await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("store-01:../a?b#c%2F") }
        #expect(channel.requests.first?.url == "https://vendor.example/vendor/v1/orders/..%2Fa%3Fb%23c%252F")
    }

    @Test func `another order than the one asked for is not taken for it`() async throws {
        let connector = try FakeChannel(200, #"{"success":true,"data":\#(Sample.order)}"#).connector()
        await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("store-01:7") }
    }
}
