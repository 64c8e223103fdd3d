import Database
import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
import Web

@Suite struct RuleVersionTests {
    private struct Rules: Decodable { var version: Int, newestVersion: Int? }
    private struct Version: Decodable { var version: Int, standing: String, appliedBy: String, note: String?, withdrawnBy: String? }
    private struct Page: Decodable { var data: [Version] }

    private static func rules(_ name: String) -> String { "rules: [{name: \(name), then: {hold: \(name)}}]" }

    private static func body(_ text: String, basedOn: Int? = nil, from: Timestamp? = nil, note: String? = nil) throws -> String {
        struct Body: Encodable { var text: String, basedOn: Int?, effectiveFrom: Timestamp?, note: String? }
        return String(decoding: try JSONEncoder().encode(Body(text: text, basedOn: basedOn, effectiveFrom: from, note: note)), as: UTF8.self)
    }

    private static func path(_ bench: WebBench) -> String { "/api/v1/channels/\(bench.sheet.id)/rules" }

    @Test(arguments: WebBench.engines)
    func `a scheduled version takes over at its time, for orders decided from then on`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                #expect(try await call(.put, Self.path(bench), Self.body(Self.rules("first"))).status == 200)
                let later = bench.clock.now + .seconds(3600)
                let scheduled = try await call(.put, Self.path(bench), Self.body(Self.rules("second"), from: later, note: "for the sale"))
                #expect(scheduled.status == 200 && scheduled.json["standing"] as? String == "scheduled")
                #expect(try await call(.get, Self.path(bench)).decode(Rules.self).version == 1)
                #expect(try await bench.pushedOrder("before", call).decision?.rule == "first")
                bench.clock.advance(seconds: 3601)
                let after = try await bench.pushedOrder("after", call)
                #expect(after.decision?.rule == "second" && after.decision?.ruleSetVersion == 2)
                #expect(try await call(.get, Self.path(bench)).decode(Rules.self).version == 2)
                let versions = try await call(.get, Self.path(bench) + "/versions").decode(Page.self).data
                #expect(versions.map(\.standing) == ["inForce", "past"] && versions.first?.note == "for the sale")
            }
        }
    }

    @Test(arguments: WebBench.engines)
    func `a version applied in between gives way to the scheduled one when its time comes`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                _ = try await call(.put, Self.path(bench), Self.body(Self.rules("scheduled"), from: bench.clock.now + .seconds(600)))
                #expect(try await call(.put, Self.path(bench), Self.body(Self.rules("between"))).decode(Rules.self).version == 2)
                #expect(try await bench.pushedOrder("a", call).decision?.rule == "between")
                bench.clock.advance(seconds: 601)
                #expect(try await bench.pushedOrder("b", call).decision?.rule == "scheduled")
                #expect(try await call(.put, Self.path(bench), Self.body(Self.rules("last"))).decode(Rules.self).version == 3)
                #expect(try await bench.pushedOrder("c", call).decision?.rule == "last")
            }
        }
    }

    @Test(arguments: WebBench.engines)
    func `a withdrawn version never holds, and only one that waits can be withdrawn`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                _ = try await call(.put, Self.path(bench), Self.body(Self.rules("first")))
                _ = try await call(.put, Self.path(bench), Self.body(Self.rules("second"), from: bench.clock.now + .seconds(600)))
                let withdrawn = try await call(.post, Self.path(bench) + "/versions/2/withdraw")
                #expect(withdrawn.status == 200)
                #expect(try withdrawn.decode(Version.self).withdrawnBy == "owner")
                #expect(try await call(.post, Self.path(bench) + "/versions/2/withdraw").status == 200)
                #expect(try await call(.post, Self.path(bench) + "/versions/1/withdraw").code == "not_scheduled")
                #expect(try await call(.post, Self.path(bench) + "/versions/9/withdraw").status == 404)
                bench.clock.advance(seconds: 601)
                #expect(try await bench.pushedOrder("a", call).decision?.rule == "first")
                let audit = try await call(.get, "/api/v1/audit").text
                for action in ["rules.apply", "rules.schedule", "rules.withdraw"] { #expect(audit.contains("\"\(action)\"")) }
                #expect(try await bench.hub.audit.check().isWhole)
            }
        }
    }

    @Test func `of two people who began at the same version the second is told, and the same text twice is one version`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                _ = try await call(.put, Self.path(bench), Self.body(Self.rules("first"), basedOn: 0))
                #expect(try await call(.put, Self.path(bench), Self.body(Self.rules("theirs"), basedOn: 1)).status == 200)
                let mine = try await call(.put, Self.path(bench), Self.body(Self.rules("mine"), basedOn: 1))
                #expect(mine.status == 409 && mine.code == "rules_changed" && mine.json["newestVersion"] as? String == "2" && mine.json["by"] as? String == "owner")
                #expect(try await call(.get, Self.path(bench)).decode(Rules.self).version == 2)
                // A double click: what was just applied is there already.
                #expect(try await call(.put, Self.path(bench), Self.body(Self.rules("theirs"), basedOn: 1)).decode(Rules.self).version == 2)
                #expect(try await call(.put, Self.path(bench), Self.body(Self.rules("mine"), basedOn: 2)).decode(Rules.self).version == 3)
            }
        }
    }

    @Test func `times in the past, too far ahead, and notes that are too long are refused by name`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let now = bench.clock.now
                let past = try Self.body(Self.rules("a"), from: now - .seconds(1)), late = try Self.body(Self.rules("a"), from: now + .seconds(400 * 86_400))
                let wordy = try Self.body(Self.rules("a"), note: String(repeating: "x", count: 301))
                #expect(try await call(.put, Self.path(bench), past).code == "starts_in_past")
                #expect(try await call(.put, Self.path(bench), late).code == "starts_too_late")
                #expect(try await call(.put, Self.path(bench), wordy).code == "note_too_long")
                #expect(try await call(.get, Self.path(bench)).decode(Rules.self).version == 0)
            }
        }
    }

    @Test func `two versions are compared line by line`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                _ = try await call(.put, Self.path(bench), Self.body("rules:\n  - {name: a, then: {hold: one}}\n"))
                _ = try await call(.put, Self.path(bench), Self.body("rules:\n  - {name: a, then: {hold: two}}\n  - {name: b, then: {tag: b}}\n"))
                let answer = try await call(.get, Self.path(bench) + "/versions/2/difference?with=1")
                #expect(answer.json["added"] as? String == "2" && answer.json["removed"] as? String == "1")
                #expect(try await call(.get, Self.path(bench) + "/versions/2/difference?with=0").json["added"] as? String == "3")
                #expect(try await call(.get, Self.path(bench) + "/versions/2/difference?with=7").status == 404)
                #expect(try await call(.get, Self.path(bench) + "/versions/2/difference").status == 400)
            }
        }
    }

    @Test func `a rehearsal goes on by itself, counts all and changes nothing`() async throws {
        struct Running: Decodable { struct Report: Decodable { var examined: Int, changed: Int }; var id: String, state: String, report: Report }
        try await WebBench.run { bench in
            try await bench.call { call in
                for number in 0..<3 { _ = try await bench.pushedOrder("r\(number)", call) }
                let begun = try await call(.post, Self.path(bench) + "/rehearsals", ##"{"text":"rules: [{name: all, then: {exclude: out}}]","last":50000}"##)
                #expect(begun.status == 202)
                let id = try begun.decode(Running.self).id
                let done = try await eventually { () -> Running? in
                    let found = try await call(.get, "/api/v1/rehearsals/\(id)").decode(Running.self)
                    return found.state == "running" ? nil : found
                }
                #expect(done.state == "done" && done.report.examined == 3 && done.report.changed == 3)
                #expect(try await bench.hub.ledger.order(channel: bench.sheet.id, externalID: "r0")?.decision?.rule == nil)
                #expect(try await call(.post, Self.path(bench) + "/rehearsals", ##"{"text":"rules: [{nme: x}]"}"##).code == "bad_rule")
                #expect(try await call(.post, Self.path(bench) + "/rehearsals", ##"{"text":"rules: []","last":100001}"##).code == "bad_count")
                #expect(try await call(.get, "/api/v1/rehearsals/1").status == 404)
            }
        }
    }

    @Test func `a rehearsal names orders, and is for who may see them`() async throws {
        try await WebBench.run { bench in
            let narrow = try await bench.hub.tokens.create(name: "narrow", scopes: ["channels:read"]).text
            let both = try await bench.hub.tokens.create(name: "both", scopes: ["channels:read", "orders:read"]).text
            try await bench.call { call in
                _ = try await bench.pushedOrder("named", call)
                let draft = ##"{"text":"rules: [{name: all, then: {exclude: out}}]"}"##
                let refused = try await call(.post, Self.path(bench) + "/rehearse", draft, token: narrow)
                #expect(refused.status == 403 && refused.json["scope"] as? String == "orders:read")
                let rehearsed = try await call(.post, Self.path(bench) + "/rehearse", draft, token: both)
                #expect(rehearsed.status == 200 && rehearsed.text.contains("named"))
            }
        }
    }

    @Test func `the vocabulary knows the hub's own values, and no buyer's`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                _ = try await bench.pushedOrder("v", call)
                let all = try await call(.get, Self.path(bench) + "/vocabulary").text
                #expect(all.contains("\"TEA\"") && all.contains("payment.isCashOnDelivery") && all.contains("TH-10"))
                #expect(!all.contains("Ann") && !all.contains("812345678") && !all.contains("Rama IV"))
                let token = try await bench.hub.tokens.create(name: "narrow", scopes: ["channels:read"]).text
                #expect(!(try await call(.get, Self.path(bench) + "/vocabulary", token: token).text.contains("\"TEA\"")))
            }
        }
    }
}
