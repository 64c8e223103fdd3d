import Database
import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
import Web

@Suite struct AuditTests {
    private struct Page: Decodable {
        struct Entry: Decodable { var id: String, actor: String, token: String?, action: String, subject: String, before: [String: String]?, after: [String: String]?, note: String? }
        var data: [Entry], nextCursor: String?
    }
    private struct Check: Decodable { var isWhole: Bool, entries: Int, firstBroken: String? }

    private static func audit(_ call: WebBench.Caller, _ query: String = "") async throws -> Page { try await call(.get, "/api/v1/audit?limit=200" + query).decode(Page.self) }

    @Test(arguments: WebBench.engines)
    func `every change through the API leaves one line with who, what and how it was`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                let order = try await bench.pushedOrder("A-1", call)
                #expect(try await call(.patch, "/api/v1/orders/\(order.id)", ##"{"revision":\##(order.version),"changes":{"shipTo.phone":"0811111111"}}"##).status == 200)
                #expect(try await call(.post, "/api/v1/orders/\(order.id)/actions", #"{"action":"exclude","reason":"a test"}"#).status == 200)
                #expect(try await call(.patch, "/api/v1/channels/\(bench.sheet.id)", #"{"settings":{"currency":"CLP","password":"hunter2"}}"#).status == 200)
                #expect(try await call(.post, "/api/v1/channels/\(bench.sheet.id)/pause").status == 200)
                #expect(try await call(.post, "/api/v1/channels/\(bench.sheet.id)/pause").status == 200)
                #expect(try await call(.put, "/api/v1/channels/\(bench.sheet.id)/rules", #"{"text":"rules: []\n"}"#).status == 200)
                let route = try await call(.post, "/api/v1/routes", #"{"name":"r","events":["order.created"],"destination":"source"}"#)
                #expect(route.status == 201, Comment(rawValue: route.text))
                let id = try #require(route.json["id"] as? String)
                #expect(try await call(.put, "/api/v1/routes/\(id)", #"{"name":"r2","events":["order.created"],"destination":"source","mode":"paused"}"#).status == 200)
                #expect(try await call(.delete, "/api/v1/routes/\(id)").status == 204)
                let token = try await call(.post, "/api/v1/tokens", #"{"name":"t","scopes":["metrics"]}"#)
                #expect(try await call(.delete, "/api/v1/tokens/\(try #require(token.json["id"] as? String))").status == 204)
                #expect(try await call(.post, "/api/v1/replay", #"{"cause":"nothing","dryRun":false}"#).status == 200)

                let page = try await Self.audit(call)
                #expect(page.data.map(\.action).reversed() == [
                    "order.push", "order.edit", "order.exclude", "channel.change", "channel.state", "rules.apply", "route.create", "route.replace", "route.remove",
                    "token.create", "token.revoke", "replay",
                ])
                #expect(page.data.allSatisfy { $0.actor == "owner" && $0.token != nil })
                let edit = try #require(page.data.first { $0.action == "order.edit" })
                #expect(edit.subject == "order:\(order.id)" && edit.note == "fields: shipTo.phone" && edit.before?["revision"] == "\(order.version)")
                let change = try #require(page.data.first { $0.action == "channel.change" })
                #expect(change.after == ["currency": "CLP", "password": "•••"])
                let exclude = try #require(page.data.first { $0.action == "order.exclude" })
                #expect(exclude.after?["workflow"] == "excluded" && exclude.note == "a test")
                #expect(try await call(.get, "/api/v1/audit/check").decode(Check.self).isWhole)
            }
        }
    }

    @Test func `no line of the audit holds a secret or a buyer's data`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let order = try await bench.pushedOrder("A-1", call)
                _ = try await call(.patch, "/api/v1/orders/\(order.id)", ##"{"revision":\##(order.version),"changes":{"buyer.name":"Somchai","shipTo.phone":"0811111111"}}"##)
                _ = try await call(.post, "/api/v1/channels", #"{"platform":"paper","name":"P","settings":{"word":"open sesame"}}"#)
                let made = try await call(.post, "/api/v1/tokens", #"{"name":"t","scopes":["metrics"]}"#)
                let all = try await call(.get, "/api/v1/audit").text
                for secret in ["open sesame", "Somchai", "0811111111", "Rama IV", try #require(made.json["token"] as? String)] { #expect(!all.contains(secret), Comment(rawValue: secret)) }
                #expect(all.contains("channel.create"))
            }
        }
    }

    @Test(arguments: WebBench.engines)
    func `pages follow one another and filters narrow them`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            for number in 1...25 { try await bench.hub.audit.record(AuditChange(AuditActor(name: number % 2 == 0 ? "even" : "odd"), "test", "thing:\(number)")) }
            try await bench.call { call in
                var seen: [String] = [], cursor = ""
                repeat {
                    let page = try await call(.get, "/api/v1/audit?limit=7" + cursor).decode(Page.self)
                    seen += page.data.map(\.subject)
                    cursor = page.nextCursor.map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                #expect(seen == (1...25).reversed().map { "thing:\($0)" })
                #expect(try await Self.audit(call, "&actor=even").data.count == 12)
                #expect(try await Self.audit(call, "&subject=thing:3").data.map(\.actor) == ["odd"])
                #expect(try await Self.audit(call, "&from=2100-01-01T00:00:00Z").data.isEmpty)
                #expect(try await Self.audit(call, "&before=2100-01-01T00:00:00+07:00").data.count == 25)
                #expect(try await call(.get, "/api/v1/audit?actor=").status == 400)
            }
        }
    }

    @Test(arguments: WebBench.engines)
    func `an entry that was altered, taken out or cut off at the end is found`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            for number in 1...5 { try await bench.hub.audit.record(AuditChange(AuditActor(name: "a"), "test", "thing:\(number)")) }
            let ids = try await bench.hub.ledgerDatabase.read { tx in try tx.rows("SELECT id FROM audit ORDER BY id") { try $0.int64(0) } }
            #expect(try await bench.hub.audit.check() == AuditCheck(entries: 5, firstBroken: nil, isWhole: true))
            try await bench.hub.ledgerDatabase.write { tx in try tx.run("DELETE FROM audit WHERE id = \(ids[4])") }
            #expect(try await bench.hub.audit.check() == AuditCheck(entries: 4, firstBroken: nil, isWhole: false))
            try await bench.hub.ledgerDatabase.write { tx in try tx.run("UPDATE audit SET actor = 'b' WHERE id = \(ids[2])") }
            #expect(try await bench.hub.audit.check().firstBroken == ids[2])
            try await bench.hub.ledgerDatabase.write { tx in try tx.run("DELETE FROM audit WHERE id = \(ids[1])") }
            #expect(try await bench.hub.audit.check().firstBroken == ids[2])
        }
    }

    @Test(arguments: WebBench.engines)
    func `entries of many at once make one chain`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            let audit = bench.hub.audit
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 { group.addTask { try await audit.record(AuditChange(AuditActor(name: "a"), "test", "thing:\(number)")) } }
                try await group.waitForAll()
            }
            #expect(try await audit.check() == AuditCheck(entries: 60, firstBroken: nil, isWhole: true))
        }
    }
}
