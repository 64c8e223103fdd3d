import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
import Web

/// The grid, its views, bulk actions and edits as a client of the API meets them.
@Suite struct OrderDeskTests {
    struct Grid: Decodable { struct Row: Decodable { var id: String, number: String, revision: Int, workflow: String }; struct Total: Decodable { var count: Int, isExact: Bool }; var data: [Row], total: Total, ids: [String]?, isSorted: Bool }
    struct Bulk: Decodable { var id: String, state: String, went: Int, refused: Int, total: Int, canBeUndone: Bool }
    struct Results: Decodable { struct One: Decodable { var outcome: String, revision: Int? }; struct Batch: Decodable { var id: String }; var results: [One], batch: Batch? }
    struct Page<T: Decodable>: Decodable { var data: [T], nextCursor: String? }

    private static func filled(_ bench: WebBench, _ call: WebBench.Caller) async throws -> [StoredOrder] {
        var orders: [StoredOrder] = []
        for number in 1...4 { orders.append(try await bench.pushedOrder("A-\(number)", call)) }
        return orders
    }

    @Test func `a grid lists, sorts, pages and names the whole list's ids`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                _ = try await Self.filled(bench, call)
                let grid = try await call(.get, "/api/v1/order-grid?sort=number&limit=2&offset=1&ids=true").decode(Grid.self)
                #expect(grid.data.map(\.number) == ["A-2", "A-3"])
                #expect(grid.total.count == 4 && grid.total.isExact && grid.isSorted)
                #expect(grid.ids?.count == 4)
                let rows = try await call(.get, "/api/v1/order-grid/rows?ids=\(grid.ids?.joined(separator: ",") ?? "")&cause=true").decode(Page<Grid.Row>.self)
                #expect(rows.data.map(\.number) == ["A-1", "A-2", "A-3", "A-4"])
                for wrong in ["sort=colour", "workflow=lost", "offset=-1", "offset=20001", "placedDays=0", "due=never", "tag=", "view=none", "ids=perhaps"] {
                    #expect([400, 404].contains(try await call(.get, "/api/v1/order-grid?\(wrong)").status), "\(wrong)")
                }
                for wrong in ["", "ids=", "ids=x", "ids=1,,2", "ids=" + (1...201).map(String.init).joined(separator: ",")] { #expect(try await call(.get, "/api/v1/order-grid/rows?\(wrong)").status == 400, "\(wrong.prefix(20))") }
            }
        }
    }

    @Test func `who need not see buyers sees them masked, and cannot change what they cannot see`() async throws {
        try await WebBench.run { bench in
            let token = try await bench.hub.tokens.create(name: "packer", scopes: ["orders:read", "orders:write"]).text
            try await bench.call { call in
                let order = try await Self.filled(bench, call)[0]
                let text = try await call(.get, "/api/v1/order-grid", token: token).text
                for secret in ["Ann", "0812345678", "Rama IV"] { #expect(!text.contains(secret), "\(secret)") }
                #expect(text.contains("A•••") && text.contains("10330"))
                let hidden = try await call(.post, "/api/v1/order-edits", #"{"edits":[{"order":"\#(order.id)","cells":{"shipTo.phone":{"seen":"0•••","value":"1"}}}]}"#, token: token)
                #expect(hidden.status == 403)
                #expect(try await call(.post, "/api/v1/order-edits", #"{"edits":[{"order":"\#(order.id)","cells":{"note":{"seen":null,"value":"x"}}}]}"#, token: token).status == 403)
                let open = try await call(.post, "/api/v1/order-edits", #"{"edits":[{"order":"\#(order.id)","cells":{"shipTo.postcode":{"seen":"10330","value":"10500"}}}]}"#, token: token)
                #expect(try open.decode(Results.self).results.map(\.outcome) == ["applied"])
            }
        }
    }

    /// An order whose note and phone differ from what the platform says now, and whose postcode is none.
    private static func quoted(_ bench: WebBench, _ call: WebBench.Caller) async throws -> StoredOrder {
        let body = ##"{"externalID":"Q-1","currency":"THB","note":"ring at the back door","shipTo":{"name":"Anneliese","company":"Blumen KK","phone":"0812345678","line1":"1 Rama IV Road","province":"Bangkok","postcode":"behind the canal","countryCode":"TH"},"payment":{"method":"card","state":"paid"},"lines":[{"sku":"TEA","title":"Tea","quantity":1,"unitPrice":12900}]}"##
        #expect(try await call(.post, "/api/v1/channels/\(bench.sheet.id)/orders", body).status == 202)
        let order = try await eventually { try await bench.hub.ledger.order(channel: bench.sheet.id, externalID: "Q-1") }
        _ = try await bench.hub.ledger.act(.edit(["note": "leave it with Nok", "buyer.phone": "0899999999"]), on: order.id, by: AuditActor(name: "Bea"))
        var moved = order.snapshot
        moved.note = "ask for Ploy"
        moved.buyer.phone = "0877777777"
        moved.shipTo?.postcode = "behind the canal"
        moved.flags = []
        moved.revision.updatedAt = moved.revision.updatedAt + .seconds(10)
        try await bench.hub.intake.take(channel: bench.sheet.id, origin: .api, topic: "order", key: "moved", body: Array(try JSONEncoder().encode(moved)))
        return try await eventually { () -> StoredOrder? in
            let now = try await bench.hub.ledger.order(order.id)
            return now?.snapshot.flags.count { $0.code == Flag.editDiffers } == 2 ? now : nil
        }
    }

    @Test func `notes, old values and what flags quote of a buyer are dots in every answer and on every page for who may not see them`() async throws {
        try await WebBench.run { bench in
            let secrets = ["Anneliese", "Blumen", "Rama IV", "ring at the back", "leave it with Nok", "ask for Ploy", "0812345678", "0899999999", "0877777777", "behind the canal"]
            let packer = try await bench.hub.tokens.create(name: "packer", scopes: ["orders:read"]).text, viewer = try await bench.join(.viewer)
            try await bench.call { call in
                let id = try await Self.quoted(bench, call).id
                for path in ["order-grid", "order-grid/rows?ids=\(id)", "orders", "orders/\(id)"] {
                    let whole = try await call(.get, "/api/v1/" + path).text, hidden = try await call(.get, "/api/v1/" + path, token: packer)
                    for known in ["leave it with Nok", "ask for Ploy", "0877777777", "behind the canal"] { #expect(whole.contains(known), "\(path): \(known)") }
                    #expect(hidden.status == 200 && hidden.text.contains("note was changed here") && hidden.text.contains("“•••”"), "\(path)")
                    for secret in secrets { #expect(!hidden.text.contains(secret), "\(path): \(secret)") }
                }
                let timeline = try await call(.get, "/api/v1/orders/\(id)/timeline", token: packer).text
                for secret in secrets { #expect(!timeline.contains(secret), "timeline: \(secret)") }
            }
            let id = try #require(try await bench.hub.ledger.order(channel: bench.sheet.id, externalID: "Q-1")).id
            try await bench.browse { browser in
                for path in ["/", "/orders", "/orders/\(id)"] {
                    let page = try await browser.get(path, as: viewer)
                    #expect(page.status == 200 && page.text.contains("“•••”"), "\(path)")
                    for secret in secrets { #expect(!page.text.contains(secret), "\(path): \(secret)") }
                }
            }
        }
    }

    @Test func `whoever reads buyers in the grid leaves one line, however far they scroll, and who sees dots leaves none`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in _ = try await Self.filled(bench, call) }
            let id = try #require(try await bench.hub.ledger.order(channel: bench.sheet.id, externalID: "A-1")).id
            try await bench.browse { browser in
                for (number, path) in ["/orders", "/api/v1/order-grid?limit=2", "/api/v1/order-grid/rows?ids=\(id)"].enumerated() {
                    for role in [Role.operator, .viewer] {
                        let session = try await bench.join(role, email: "\(role)\(number)@example.com"), person = try #require(session.session.person).id
                        for _ in 1...3 { #expect(try await browser.get(path, as: session).status == 200, "\(path)") }
                        await bench.hub.readings.settle()
                        let read = try await bench.hub.audit.entries(AuditFilter(action: "orders.read", person: person), before: nil, limit: 10).entries
                        #expect(read.map(\.subject) == (role == .operator ? ["orders"] : []), "\(path) as \(role)")
                    }
                }
            }
        }
    }

    @Test func `a bulk action is previewed, started once, and its file is fetched by who may see it`() async throws {
        try await WebBench.run { bench in
            let packer = try await bench.hub.tokens.create(name: "packer", scopes: ["orders:read"]).text
            try await bench.call { call in
                let orders = try await Self.filled(bench, call), ids = orders.map { "\"\($0.id)\"" }.joined(separator: ",")
                let preview = try await call(.post, "/api/v1/order-bulk/preview", #"{"action":"exclude","reason":"x","ids":[\#(ids)]}"#)
                #expect(preview.status == 200 && preview.text.contains(#""goes":4"#))
                #expect(try await call(.post, "/api/v1/order-bulk", #"{"action":"exclude","ids":[\#(ids)]}"#).code == "reason_required")
                #expect(try await call(.post, "/api/v1/order-bulk", #"{"action":"exclude","reason":"x","filter":{},"expected":9}"#).code == "changed_meanwhile")
                #expect(try await call(.post, "/api/v1/order-bulk", #"{"action":"undo","ids":[\#(ids)]}"#).code == "invalid_action")
                #expect(try await call(.post, "/api/v1/order-bulk", #"{"action":"approve"}"#).code == "nothing_chosen")
                #expect(try await call(.post, "/api/v1/order-bulk", #"{"action":"approve","ids":[\#(ids)]}"#, token: packer).status == 403)
                let body = #"{"action":"exclude","reason":"wrong","filter":{"workflows":["approved"]},"expected":4}"#
                let first = try await call(.post, "/api/v1/order-bulk", body, key: "once"), again = try await call(.post, "/api/v1/order-bulk", body, key: "once")
                #expect(first.status == 202 && again.text == first.text)
                let started = try first.decode(Bulk.self)
                let done = try await eventually { () -> Bulk? in let now = try await call(.get, "/api/v1/order-bulk/\(started.id)").decode(Bulk.self); return now.state == "done" ? now : nil }
                #expect(done.went == 4 && done.canBeUndone)
                #expect(try await call(.get, "/api/v1/order-bulk").decode(Page<Bulk>.self).data.count == 1)
                #expect(try await call(.post, "/api/v1/order-bulk/\(started.id)/undo").status == 202)
                #expect(try await call(.post, "/api/v1/order-bulk/\(started.id)/undo").code == "cannot_undo")
                let export = try await call(.post, "/api/v1/order-bulk", #"{"action":"export","ids":[\#(ids)]}"#).decode(Bulk.self)
                let file = try await eventually { () -> WebBench.Answer? in let file = try await call(.get, "/api/v1/order-bulk/\(export.id)/file"); return file.status == 200 ? file : nil }
                #expect(file.fields[.contentDisposition] == "attachment; filename=\"orders-\(export.id).csv\"" && file.text.contains("1 Rama IV Road"))
                #expect(try await call(.get, "/api/v1/order-bulk/\(export.id)/file", token: packer).code == "not_yours")
            }
        }
    }

    @Test func `edits are saved in one call, conflict by cell, and are taken back as one`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let order = try await Self.filled(bench, call)[0]
                func body(_ seen: String, _ value: String) -> String { #"{"edits":[{"order":"\#(order.id)","revision":\#(order.version),"cells":{"shipTo.phone":{"seen":"\#(seen)","value":"\#(value)"}}}]}"# }
                let saved = try await call(.post, "/api/v1/order-edits", body("0812345678", "0899999999")).decode(Results.self)
                #expect(saved.results.map(\.outcome) == ["applied"])
                let late = try await call(.post, "/api/v1/order-edits", body("0812345678", "0877777777"))
                #expect(try late.decode(Results.self).results.map(\.outcome) == ["conflict"])
                #expect(late.text.contains(#""theirs":"0899999999""#) && late.text.contains(#""subject":"owner""#))
                let batch = try #require(saved.batch)
                #expect(try await call(.post, "/api/v1/order-edits/\(batch.id)/undo").decode(Results.self).results.map(\.outcome) == ["applied"])
                #expect(try await bench.hub.ledger.order(order.id)?.snapshot.shipTo?.phone == "0812345678")
                let checked = try await call(.post, "/api/v1/order-edits/check", body("0812345678", "12"))
                #expect(checked.text.contains("address_bad_phone"))
                #expect(try await call(.post, "/api/v1/order-edits", #"{"edits":[{"order":"1","cells":{}},{"order":"1","cells":{}}]}"#).code == "order_twice")
                #expect(try await call(.post, "/api/v1/order-edits", #"{"edits":[{"order":"1","cells":{"note":{"seen":null,"value":"x"}}}]}"#).decode(Results.self).results.map(\.outcome) == ["unknownOrder"])
            }
        }
    }

    @Test func `views are saved, changed, shared and deleted by their maker`() async throws {
        try await WebBench.run { bench in
            let other = try await bench.hub.tokens.create(name: "other", scopes: ["orders:read"]).text
            try await bench.call { call in
                _ = try await Self.filled(bench, call)
                struct View: Decodable { var id: String, name: String, isMine: Bool; struct Count: Decodable { var count: Int }; var count: Count? }
                let view = try await call(.post, "/api/v1/order-views", #"{"name":"Late VIP","filter":{"tags":["vip"],"due":"late"},"columns":[{"field":"number","width":90}]}"#).decode(View.self)
                #expect(view.isMine)
                #expect(try await call(.post, "/api/v1/order-views", #"{"name":"Late VIP"}"#).code == "name_taken")
                #expect(try await call(.patch, "/api/v1/order-views/\(view.id)", #"{"isShared":true}"#, token: other).code == "not_found")
                #expect(try await call(.patch, "/api/v1/order-views/\(view.id)", #"{"isShared":true}"#).status == 200)
                #expect(try await call(.delete, "/api/v1/order-views/\(view.id)", token: other).code == "not_yours")
                #expect(try await call(.put, "/api/v1/order-views/\(view.id)/layout", #"{"columns":[{"field":"note"}]}"#, token: other).status == 204)
                #expect(try await call(.put, "/api/v1/order-views/late/layout", #"{"columns":[{"field":"note"},{"field":"note"}]}"#).code == "invalid_columns")
                let all = try await call(.get, "/api/v1/order-views", token: other).decode(Page<View>.self).data
                #expect(all.map(\.name).last == "Late VIP" && all.first { $0.id == "all" }?.count?.count == 4)
                #expect(try await call(.get, "/api/v1/order-grid?view=\(view.id)").decode(Grid.self).total.count == 0)
                #expect(try await call(.delete, "/api/v1/order-views/\(view.id)").status == 204)
                #expect(try await call(.get, "/api/v1/order-grid?view=\(view.id)").status == 404)
            }
        }
    }
}
