import Database
import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
import Web

@Suite struct KeptImportTests {
    private struct Report: Decodable {
        var id: String, state: String, orders: Int, good: Int, rejected: Int, taken: Int, sentBy: String?, committedBy: String?, isKept: Bool?, corrections: Int?, missingColumns: [String]
        struct Duplicates: Decodable { var same: Int, changed: Int }
        var duplicates: Duplicates
    }
    private struct Problems: Decodable {
        struct Problem: Decodable { var row: Int, cell: String?, value: String?, code: String, isRejection: Bool }
        var data: [Problem], total: Int, codes: [String: Int], nextCursor: String?
    }

    private static let header = "Order number,Recipient,Phone,Address,Province,Postcode,SKU,Quantity,Unit price\r\n"
    private static func row(_ number: String, quantity: String = "1") -> String { "\(number),Ann,0812345678,1 Rama IV Road,Bangkok,10330,TEA,\(quantity),129.00\r\n" }

    private static func send(_ call: WebBench.Caller, _ bench: WebBench, _ file: String) async throws -> Report {
        let begun = try await call(.post, "/api/v1/channels/\(bench.sheet.id)/imports?commit=false&keep=true", file, ["Content-Type": "application/octet-stream", "X-File-Name": "shop.csv"])
        #expect(begun.status == 202, Comment(rawValue: begun.text))
        return try await ended(call, try begun.decode(Report.self).id)
    }

    private static func ended(_ call: WebBench.Caller, _ id: String) async throws -> Report {
        try await eventually { () -> Report? in
            let report = try await call(.get, "/api/v1/imports/\(id)").decode(Report.self)
            return report.state == "running" ? nil : report
        }
    }

    @Test(arguments: WebBench.engines)
    func `a cell corrected here lets its order in, and what the preview says is what is taken`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                let seen = try await Self.send(call, bench, Self.header + Self.row("A") + Self.row("B", quantity: "two") + Self.row("C", quantity: "0"))
                #expect(seen.state == "preview" && seen.good == 1 && seen.rejected == 2 && seen.isKept == true && seen.sentBy == "owner")
                let problems = try await call(.get, "/api/v1/imports/\(seen.id)/problems").decode(Problems.self)
                let rejections = problems.data.filter(\.isRejection)
                #expect(rejections.map(\.cell) == ["H3", "H4"] && rejections.map(\.value) == ["two", "0"] && problems.codes["quantity_not_whole"] == 2, "\(problems)")
                #expect(try await call(.patch, "/api/v1/imports/\(seen.id)", ##"{"corrections":{"H3":"2","h4":"3"}}"##).status == 202)
                let again = try await Self.ended(call, seen.id)
                #expect(again.state == "preview" && again.good == 3 && again.rejected == 0 && again.corrections == 2)
                #expect(try await call(.post, "/api/v1/imports/\(seen.id)/commit").status == 202)
                let done = try await Self.ended(call, seen.id)
                #expect(done.state == "committed" && done.taken == 3 && done.committedBy == "owner" && done.isKept == false)
                let hub = bench.hub, channel = bench.sheet.id
                let order = try await eventually { try await hub.ledger.order(channel: channel, externalID: "B") }
                #expect(order.snapshot.lines.first?.quantity == 2)
                // A second click takes nothing again.
                let second = try await call(.post, "/api/v1/imports/\(seen.id)/commit")
                #expect(second.status == 200)
                #expect(try second.decode(Report.self).taken == 3)
                let audit = try await call(.get, "/api/v1/audit").text
                #expect(audit.components(separatedBy: "\"import.commit\"").count == 2 && audit.contains("\"import.begin\""))
            }
        }
    }

    @Test func `rejected rows are corrected after the commit, and orders that were taken are recognised`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let seen = try await Self.send(call, bench, Self.header + Self.row("A") + Self.row("B", quantity: "two"))
                _ = try await call(.post, "/api/v1/imports/\(seen.id)/commit")
                let done = try await Self.ended(call, seen.id)
                #expect(done.taken == 1 && done.isKept == true)
                let hub = bench.hub, channel = bench.sheet.id
                _ = try await eventually { try await hub.ledger.order(channel: channel, externalID: "A") }
                #expect(try await call(.patch, "/api/v1/imports/\(seen.id)", ##"{"corrections":{"H3":"2"}}"##).code == "import_committed")
                let begun = try await call(.post, "/api/v1/imports/\(seen.id)/again").decode(Report.self)
                #expect(begun.id != seen.id)
                _ = try await Self.ended(call, begun.id)
                _ = try await call(.patch, "/api/v1/imports/\(begun.id)", ##"{"corrections":{"H3":"2"}}"##)
                let corrected = try await Self.ended(call, begun.id)
                #expect(corrected.good == 2 && corrected.duplicates.same == 1 && corrected.rejected == 0)
            }
        }
    }

    @Test func `columns can be named where nobody could guess them, by letter`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let seen = try await Self.send(call, bench, "Order number,Recipient,Address,SKU,Zahl\r\nA,Ann,1 Rama IV Road,TEA,2\r\n")
                #expect(seen.state == "needsMapping" && seen.missingColumns == ["quantity"])
                let look = try await call(.get, "/api/v1/imports/\(seen.id)/look").text
                #expect(look.contains("\"Zahl\"") && look.contains("\"1 Rama IV Road\""))
                #expect(try await call(.patch, "/api/v1/imports/\(seen.id)", ##"{"mapping":{"quantity":"$E"}}"##).status == 202)
                #expect(try await Self.ended(call, seen.id).state == "preview")
                #expect(try await call(.patch, "/api/v1/imports/\(seen.id)", ##"{"mapping":{"colour":"$E"}}"##).code == "invalid_mapping")
                #expect(try await call(.patch, "/api/v1/imports/\(seen.id)", ##"{"corrections":{"no cell":"x"}}"##).code == "bad_cell")
            }
        }
    }

    @Test func `problems come by the page and by the kind, from a file with thousands of them`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let rows = (1...2500).map { Self.row("N\($0)", quantity: $0 % 5 == 0 ? "1" : "x") }.joined() + Self.row("", quantity: "1")
                let seen = try await Self.send(call, bench, Self.header + rows)
                #expect(seen.rejected == 2001)
                let first = try await call(.get, "/api/v1/imports/\(seen.id)/problems?limit=100&code=quantity_not_whole").decode(Problems.self)
                #expect(first.total == 2000 && first.data.count == 100 && first.nextCursor == "100", "\(first.total) \(first.data.count) \(first.nextCursor ?? "")")
                let last = try await call(.get, "/api/v1/imports/\(seen.id)/problems?limit=100&cursor=1999&code=quantity_not_whole").decode(Problems.self)
                #expect(last.data.count == 1 && last.nextCursor == nil)
                let missing = try await call(.get, "/api/v1/imports/\(seen.id)/problems?code=order_number_missing").decode(Problems.self)
                #expect(missing.total == 1 && missing.data.first?.row == 2502)
                #expect(try await call(.get, "/api/v1/imports/\(seen.id)/problems?code=nothing_like_it").decode(Problems.self).data.isEmpty)
            }
        }
    }

    @Test func `a file that is discarded can be neither checked nor taken`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let seen = try await Self.send(call, bench, Self.header + Self.row("A"))
                #expect(try await call(.delete, "/api/v1/imports/\(seen.id)").status == 204)
                #expect(try await call(.post, "/api/v1/imports/\(seen.id)/commit").code == "file_not_kept")
                #expect(try await call(.patch, "/api/v1/imports/\(seen.id)", "{}").code == "file_not_kept")
                #expect(try await call(.get, "/api/v1/imports/\(seen.id)/look").status == 404)
                #expect(try await call(.post, "/api/v1/imports/77/commit").status == 404)
                #expect(try await call(.get, "/api/v1/imports").text.contains(seen.id))
            }
        }
    }

    @Test func `who may not see buyers sees no cell`() async throws {
        try await WebBench.run { bench in
            let token = try await bench.hub.tokens.create(name: "narrow", scopes: ["orders:read", "files:write"]).text
            try await bench.call { call in
                let seen = try await Self.send(call, bench, Self.header + Self.row("A", quantity: "two"))
                for path in ["look", "problems", "rejected"] { #expect(try await call(.get, "/api/v1/imports/\(seen.id)/\(path)", token: token).status == 403) }
                #expect(try await call(.get, "/files/\(seen.id)", token: token).text.contains("H2"))
                #expect(!(try await call(.get, "/files/\(seen.id)", token: token).text.contains("\"two\"")))
            }
        }
    }
}
