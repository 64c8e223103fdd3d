import Foundation
import Testing
@testable import WooCommerceSimulator

/// The traps of platforms/woocommerce.md §4.1 and §4.3.
struct SimulatorListTests {
    /// 2026-11-06T03:12:40Z, which is 10:12:40 in Bangkok.
    private static let instant = 1_793_934_760
    private static func frozen(_ flavour: WooFlavour = .hpos10, _ change: @escaping (inout WooCommerceSimulator.Configuration) -> Void = { _ in })
        -> WooCommerceSimulator.Configuration
    {
        .quick(flavour) {
            $0.now = { Date(timeIntervalSince1970: Double(instant)) }
            change(&$0)
        }
    }

    @Test func `modified_after is strict and counts whole seconds`() async throws {
        try await withShop(Self.frozen()) { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            let list = { (time: String) in try await shop.call("GET", "orders?modified_after=\(time)&dates_are_gmt=true&orderby=modified&order=asc").ids }
            #expect(try await list("2026-11-06T03:12:39") == [id])
            #expect(try await list("2026-11-06T03:12:40") == [])
        }
    }

    @Test func `a zoned time with dates_are_gmt moves the window by the site's offset`() async throws {
        try await withShop(Self.frozen()) { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            let list = { (query: String) in try await shop.call("GET", "orders?\(query)").ids }
            #expect(try await list("modified_after=2026-11-06T03:12:00Z&dates_are_gmt=true") == [])
            #expect(try await list("modified_after=2026-11-06T10:12:00%2B07:00&dates_are_gmt=true") == [])
            #expect(try await list("modified_after=2026-11-05T20:12:00Z&dates_are_gmt=true") == [id])
            #expect(try await list("modified_after=2026-11-06T03:12:00Z") == [id])
            #expect(try await list("modified_after=2026-11-06T10:12:39") == [id])
            #expect(try await list("modified_after=2026-11-06T10:12:40") == [])
            #expect(try await list("modified_before=2026-11-06T03:12:41&dates_are_gmt=true") == [id])
            #expect(try await list("modified_before=2026-11-06T03:12:40&dates_are_gmt=true") == [])
        }
    }

    @Test func `an old version ignores modified_after and refuses to sort by it`() async throws {
        try await withShop(Self.frozen(.posts39)) { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            #expect(try await shop.call("GET", "orders?modified_after=2030-01-01T00:00:00").ids == [id])
            let answer = try await shop.call("GET", "orders?orderby=modified")
            #expect(answer.status == 400)
            #expect(answer.code == "rest_invalid_param")
        }
    }

    @Test(arguments: ["per_page=101", "per_page=0", "per_page=x", "page=0", "order=up", "modified_after=yesterday"])
    func `a parameter outside its range is a 400`(query: String) async throws {
        try await withShop(Self.frozen()) { (shop) async throws in
            let answer = try await shop.call("GET", "orders?\(query)")
            #expect(answer.status == 400)
            #expect(answer.code == "rest_invalid_param")
            let name = String(query.prefix { $0 != "=" })
            #expect(answer.json["data"]?["params"]?[name] != nil)
            #expect(answer.message == "Invalid parameter(s): \(name)")
        }
    }

    @Test func `pages have totals and links, ten orders by default`() async throws {
        try await withShop(Self.frozen()) { (shop) async throws in
            let ids = (0..<25).map { _ in shop.simulator.placeOrder(kind: .cashOnDelivery) }
            let first = try await shop.call("GET", "orders?orderby=id&order=asc")
            #expect(first.ids == Array(ids.prefix(10)))
            #expect(first.headers["x-wp-total"] == "25")
            #expect(first.headers["x-wp-totalpages"] == "3")
            #expect(first.headers["link"]?.contains(#"page=2>; rel="next""#) == true)
            let last = try await shop.call("GET", "orders?orderby=id&order=asc&per_page=100&page=1&offset=20")
            #expect(last.ids == Array(ids.suffix(5)))
            #expect(try await shop.call("GET", "orders?per_page=100").ids == ids.reversed())
        }
    }

    @Test(arguments: [(WooFlavour.hpos10, "0"), (.posts79, "3")])
    func `a page past the end is empty`(flavour: WooFlavour, total: String) async throws {
        try await withShop(Self.frozen(flavour)) { (shop) async throws in
            for _ in 0..<3 { shop.simulator.placeOrder(kind: .cashOnDelivery) }
            let answer = try await shop.call("GET", "orders?page=9")
            #expect(answer.status == 200)
            #expect(answer.text == "[]")
            #expect(answer.headers["x-wp-total"] == total)
        }
    }

    @Test func `an order modified during a scan moves to its end`() async throws {
        try await withShop(Self.frozen()) { (shop) async throws in
            var ids: [Int] = []
            for _ in 0..<4 {
                ids.append(shop.simulator.placeOrder(kind: .cashOnDelivery))
                shop.simulator.advanceClock(bySeconds: 1)
            }
            let path = "orders?orderby=modified&order=asc&per_page=2&_fields=id"
            #expect(try await shop.call("GET", "\(path)&page=1").ids == [ids[0], ids[1]])
            shop.simulator.complete(ids[0])
            #expect(try await shop.call("GET", "\(path)&page=2").ids == [ids[3], ids[0]])
        }
    }

    @Test func `any status leaves out the trash, an unknown one lists the known ones`() async throws {
        try await withShop(Self.frozen { $0.customStatuses = ["packed"] }) { (shop) async throws in
            let kept = shop.simulator.placeOrder(kind: .customStatus), trashed = shop.simulator.placeOrder(kind: .cashOnDelivery)
            shop.simulator.trash(trashed)
            #expect(try await shop.call("GET", "orders").ids == [kept])
            #expect(try await shop.call("GET", "orders?status=any").ids == [kept])
            #expect(try await shop.call("GET", "orders?status=trash").ids == [trashed])
            #expect(try await shop.call("GET", "orders?status=trash,packed&order=asc").ids == [kept, trashed])
            let answer = try await shop.call("GET", "orders?status=shipped")
            #expect(answer.status == 400)
            #expect(answer.json["data"]?["params"]?["status"]?.text?.contains("processing") == true)
            #expect(answer.json["data"]?["params"]?["status"]?.text?.contains("packed") == true)
        }
    }

    @Test func `_fields keeps what was named`() async throws {
        try await withShop(Self.frozen()) { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            let answer = try await shop.call("GET", "orders?_fields=id,status,date_modified_gmt,billing.country")
            #expect(answer.text == #"[{"id":\#(id),"status":"processing","billing":{"country":"TH"},"date_modified_gmt":"2026-11-06T03:12:40"}]"#)
        }
    }

    enum Edit: String, CaseIterable { case status, sameStatus, empty, meta, refund, note }

    /// The table of §4.3.
    private static func moves(_ edit: Edit, _ flavour: WooFlavour) -> Bool {
        switch edit {
        case .status: true
        case .sameStatus, .empty, .meta: flavour == .hpos10
        case .refund: flavour != .posts39
        case .note: false
        }
    }

    @Test(arguments: Edit.allCases, WooFlavour.allCases)
    func `date_modified moves as the store's kind of orders lets it`(edit: Edit, flavour: WooFlavour) async throws {
        try await withShop(Self.frozen(flavour)) { (shop) async throws in
            let id = shop.simulator.placeOrder(kind: .cashOnDelivery)
            shop.simulator.advanceClock(bySeconds: 60)
            let answer = switch edit {
            case .status: try await shop.call("PUT", "orders/\(id)", ["status": "completed"])
            case .sameStatus: try await shop.call("PUT", "orders/\(id)", ["status": "processing"])
            case .empty: try await shop.call("PUT", "orders/\(id)", [:])
            case .meta: try await shop.call("PUT", "orders/\(id)", ["meta_data": [["key": "_crossdock_state", "value": "synced"]]])
            case .refund: try await shop.call("POST", "orders/\(id)/refunds", ["amount": "1.00", "api_refund": false])
            case .note: try await shop.call("POST", "orders/\(id)/notes", ["note": "hello"])
            }
            #expect(answer.status < 300)
            let modified = try await shop.call("GET", "orders/\(id)").json["date_modified_gmt"]
            #expect(modified == (Self.moves(edit, flavour) ? "2026-11-06T03:13:40" : "2026-11-06T03:12:40"))
        }
    }
}
