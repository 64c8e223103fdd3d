import Connect
import Domain
@testable import FileDropConnector
import Foundation
import Testing

@Suite struct FileDropTests {
    private static func connector(_ settings: [String: String] = [:], in folder: String?) throws(ConnectorError) -> FileDropConnector {
        try FileDropConnector(DestinationBench.context(["folder": "erp"].merging(settings) { $1 }, outputFolder: folder))
    }
    private static func text(_ folder: String, _ name: String) throws -> String { try String(contentsOfFile: folder + "/erp/" + name, encoding: .utf8) }

    @Test func `each event is one line of the day's file`() async throws {
        try await withFolder { folder in
            let connector = try Self.connector(in: folder)
            for key in ["job:1", "job:2", "job:3"] { try await connector.send(DestinationBench.event(key)) }
            try await connector.send(DestinationBench.event("job:4", at: DestinationBench.now + .seconds(86_400)))
            let lines = try Self.text(folder, "orders-2026-03-02.ndjson").split(separator: "\n")
            #expect(lines.count == 3)
            for (line, key) in zip(lines, ["job:1", "job:2", "job:3"]) {
                let json = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                #expect(json["key"] as? String == key)
                #expect((json["order"] as? [String: Any])?["id"] as? String == "42")
            }
            #expect(try Self.text(folder, "orders-2026-03-03.ndjson").contains("job:4"))
        }
    }

    @Test(arguments: ["ndjson", "csv"])
    func `a repeat is already done, also for another process`(format: String) async throws {
        try await withFolder { folder in
            try await Self.connector(["format": format], in: folder).send(DestinationBench.event("job:1"))
            let before = try Self.text(folder, "orders-2026-03-02.\(format)")
            let again = try Self.connector(["format": format], in: folder)
            #expect(await connectorError { () async throws(ConnectorError) in try await again.send(DestinationBench.event("job:1")) } == .alreadyDone)
            #expect(try Self.text(folder, "orders-2026-03-02.\(format)") == before)
            try await again.send(DestinationBench.event("job:11"))
            #expect(try Self.text(folder, "orders-2026-03-02.\(format)").hasPrefix(before))
        }
    }

    @Test func `a line that a crash cut off does not spoil the next one`() async throws {
        try await withFolder { folder in
            let connector = try Self.connector(in: folder)
            try await connector.send(DestinationBench.event("job:1"))
            let path = folder + "/erp/orders-2026-03-02.ndjson"
            try Data((try String(contentsOfFile: path, encoding: .utf8) + #"{"key":"job:2","ty"#).utf8).write(to: URL(fileURLWithPath: path))
            try await connector.send(DestinationBench.event("job:2"))
            let whole = try Self.text(folder, "orders-2026-03-02.ndjson").split(separator: "\n").filter { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil }
            #expect(whole.count == 2)
            #expect(try Self.text(folder, "orders-2026-03-02.ndjson").split(separator: "\n").count == 2)
        }
    }

    @Test func `a header that a crash cut off is written anew`() async throws {
        try await withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/erp", withIntermediateDirectories: true)
            try Data("key,eve".utf8).write(to: URL(fileURLWithPath: folder + "/erp/orders-2026-03-02.csv"))
            try await Self.connector(["format": "csv"], in: folder).send(DestinationBench.event("job:1"))
            #expect(try Self.text(folder, "orders-2026-03-02.csv").hasPrefix(FileDropConnector.csvHeader + "\r\n\"job:1\","))
        }
    }

    @Test func `a value of an order that looks like a key is none`() async throws {
        try await withFolder { folder in
            let connector = try Self.connector(["format": "csv"], in: folder)
            try await connector.send(DestinationBench.event("job:1", recipient: "job:2"))
            try await connector.send(DestinationBench.event("job:2"))
            #expect(try Self.text(folder, "orders-2026-03-02.csv").contains("\r\n\"job:2\","))
        }
    }

    @Test func `a CSV has one header, and its cells come back as they were`() async throws {
        try await withFolder { folder in
            let connector = try Self.connector(["format": "csv"], in: folder)
            try await connector.send(DestinationBench.event("job:1", recipient: "สมชาย \"ใจดี\", ร้าน"))
            try await connector.send(DestinationBench.event("job:2"))
            let rows = try Self.text(folder, "orders-2026-03-02.csv").components(separatedBy: "\r\n")
            #expect(rows.count == 4)
            #expect(rows[0] == FileDropConnector.csvHeader)
            #expect(rows[1].contains(#""สมชาย ""ใจดี"", ร้าน""#))
            #expect(rows[1].hasPrefix(#""job:1","order.created","2026-03-02T09:02:11Z","42","shop""#))
            #expect(rows[3].isEmpty)
        }
    }

    @Test(arguments: ["=1+1", "+66812345678", "-5", "@SUM(A1)", "\t=1", "\r=1", "\r\n=1", "=cmd|' /C calc'!A0"])
    func `a cell that a spreadsheet would run is text`(cell: String) {
        #expect(FileDropConnector.quote(cell) == "\"'" + cell.replacing("\"", with: "\"\"") + "\"")
    }

    @Test(arguments: ["สวัสดี", "1=1", "", "a-b"])
    func `any other cell is only quoted`(cell: String) {
        #expect(FileDropConnector.quote(cell) == "\"\(cell)\"")
    }

    @Test(arguments: [["folder": "../up"], ["folder": "/abs"], ["folder": ""], ["folder": "a.b"], ["folder": "ร้าน"], ["folder": String(repeating: "x", count: 65)], ["format": "xlsx"]])
    func `a folder outside or an unknown format is refused`(settings: [String: String]) {
        #expect(throws: ConnectorError.self) { try Self.connector(settings, in: "/nowhere") }
    }

    @Test func `a folder that cannot be written is tried again`() async throws {
        #expect(throws: ConnectorError.self) { try Self.connector(in: nil) }
        let connector = try Self.connector(in: "/proc/nowhere")
        #expect(await connectorError { () async throws(ConnectorError) in try await connector.send(DestinationBench.event("job:1")) }?.failureClass == .transient)
    }
}
