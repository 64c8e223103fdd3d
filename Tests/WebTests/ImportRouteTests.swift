import Database
import Domain
import Foundation
import HTTPTypes
import Hub
import Testing
import Web

@Suite struct ImportRouteTests {
    private struct Report: Decodable {
        struct Progress: Decodable { var stage: String, rowsRead: Int, rowsTotal: Int?, rowsDone: Int, fraction: Double }
        struct Failure: Decodable { var code: String }
        var id: String, state: String, rows: Int, good: Int, taken: Int, progress: Progress?, failure: Failure?
    }

    private static func file(_ orders: Int) -> String {
        "Order number,Recipient,Phone,Address,Province,Postcode,SKU,Quantity,Unit price\r\n" + (1...orders).map { "S-\($0),Ann,0812345678,1 Rama IV Road,Bangkok,10330,TEA,1,129.00\r\n" }.joined()
    }

    private static func send(_ call: WebBench.Caller, _ bench: WebBench, _ query: String, _ file: String, key: String? = nil) async throws -> WebBench.Answer {
        try await call(.post, "/api/v1/channels/\(bench.sheet.id)/imports?\(query)", file, key: key, ["Content-Type": "text/csv"])
    }

    @Test(arguments: WebBench.engines)
    func `an import that nobody waits for can be watched to its end`(engine: Engine) async throws {
        try await WebBench.run(engine) { bench in
            try await bench.call { call in
                let begun = try await Self.send(call, bench, "commit=true&wait=false", Self.file(3000))
                #expect(begun.status == 202)
                let id = try begun.decode(Report.self).id
                #expect(begun.fields[.location] == "/api/v1/imports/\(id)")
                var seen: [Double] = []
                let done = try await eventually { () -> Report? in
                    let report = try await call(.get, "/api/v1/imports/\(id)").decode(Report.self)
                    if let progress = report.progress { seen.append(progress.fraction) }
                    return report.state == "running" ? nil : report
                }
                #expect(done.state == "committed" && done.rows == 3000 && done.taken == 3000 && done.progress == nil)
                #expect(seen == seen.sorted() && seen.allSatisfy { (0...1).contains($0) } && Set(seen).count > 1)
                #expect(try await call(.get, "/api/v1/audit?action=import.commit").text.contains("\"taken\":\"3000\""))
            }
        }
    }

    @Test func `an import that fails says so to who looks later`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let broken = "PK\u{3}\u{4} this is no workbook"
                let begun = try await Self.send(call, bench, "commit=true&wait=false", broken)
                #expect(begun.status == 202)
                let id = try begun.decode(Report.self).id
                let done = try await eventually { () -> Report? in
                    let report = try await call(.get, "/api/v1/imports/\(id)").decode(Report.self)
                    return report.state == "running" ? nil : report
                }
                #expect(done.state == "failed" && done.failure != nil)
                #expect(try await Self.send(call, bench, "commit=true", broken).status == 422)
            }
        }
    }

    @Test func `what a file's flags quote of an address is for who may see buyers`() async throws {
        try await WebBench.run { bench in
            let reader = try await bench.hub.tokens.create(name: "reader", scopes: ["orders:read"]).text
            try await bench.call { call in
                let id = try await Self.send(call, bench, "commit=true", Self.file(1).replacing("10330", with: "behind the canal")).decode(Report.self).id
                #expect(try await call(.get, "/api/v1/imports/\(id)").text.contains("behind the canal"))
                for path in ["imports/\(id)", "imports", "channels/\(bench.sheet.id)/imports"] {
                    let hidden = try await call(.get, "/api/v1/\(path)", token: reader)
                    #expect(hidden.status == 200 && hidden.text.contains("address_bad_postcode") && !hidden.text.contains("canal"), "\(path)")
                }
            }
        }
    }

    @Test func `an import whose process ended is shown as interrupted`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let id = try await Self.send(call, bench, "commit=true", Self.file(3)).decode(Report.self).id
                try await bench.hub.ledgerDatabase.write { tx in
                    try tx.run("UPDATE file_imports SET state = 'running', report = REPLACE(report, '\"committed\"', '\"running\"') WHERE id = \(Int64(id) ?? 0)")
                }
                #expect(try await call(.get, "/api/v1/imports/\(id)").decode(Report.self).state == "interrupted")
                #expect(try await call(.get, "/api/v1/channels/\(bench.sheet.id)/imports").text.contains("interrupted"))
            }
        }
    }

    @Test func `the same file under the same key is taken once, another file is refused`() async throws {
        try await WebBench.run { bench in
            try await bench.call { call in
                let first = try await Self.send(call, bench, "commit=true", Self.file(3), key: "file-1")
                let again = try await Self.send(call, bench, "commit=true", Self.file(3), key: "file-1")
                #expect(first.status == 201 && again.status == 201 && again.text == first.text)
                #expect(try await Self.send(call, bench, "commit=true", Self.file(4), key: "file-1").status == 422)
                #expect(try await call(.get, "/api/v1/channels/\(bench.sheet.id)/imports").text.components(separatedBy: "\"fileName\"").count == 2)
                let left = try FileManager.default.contentsOfDirectory(atPath: try FileImporter(hub: bench.hub).store.folder())
                #expect(left.filter { $0.hasPrefix("upload-") || $0.hasPrefix("rows-") }.isEmpty)
            }
        }
    }

    @Test func `more files at once than are taken in are told to come later`() async throws {
        try await WebBench.run { bench in
            let places = (0..<ImportDesk.maximumRunning).compactMap { bench.hub.imports.enter(Int64($0 + 1)) }
            #expect(places.count == ImportDesk.maximumRunning)
            try await bench.call { call in
                let refused = try await Self.send(call, bench, "commit=true", Self.file(3))
                #expect(refused.status == 503 && refused.code == "too_many_imports" && refused.fields[.retryAfter] != nil)
                for place in places { bench.hub.imports.leave(place) }
                #expect(try await Self.send(call, bench, "commit=true", Self.file(3)).status == 201)
            }
        }
    }
}
