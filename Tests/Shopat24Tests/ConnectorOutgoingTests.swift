import Connect
import Domain
import Foundation
@testable import Shopat24Connector
import Testing

@Suite struct ConnectorOutgoingTests {
    private func order() throws -> OrderForAction { Sample.action(try #require(try FileSample.read([FileSample.row()]).snapshot)) }

    @Test func `a shipment is a confirmation and a line a parcel, each file marked as whole`() async throws {
        let scratch = try Scratch(), connector = try FileSample.connector(outputFolder: scratch.path)
        try await connector.markShipped(Sample.shipment(["EX000000001TH", "EX000000015TH"]), of: try order(), idempotencyKey: "markShipped:1:2:CD-1-1")
        let names = scratch.names("s24").filter { $0 != "written" }
        #expect(names.count == 4)
        #expect(names.allSatisfy { $0.wholeMatch(of: /CD_(confirm|shipment)_20251021_114000_\d+\.csv(\.ok)?/) != nil })
        let shipment = try #require(names.first { $0.hasPrefix("CD_shipment") && $0.hasSuffix(".csv") })
        #expect(scratch.text("s24/" + shipment) == """
            \u{FEFF}order_no,invoice_no,carrier,tracking_no,shipped_at,parcels\r
            250000000123,9900000456,THP,EX000000001TH,2025-10-21T11:40:00+07:00,2\r
            250000000123,9900000456,THP,EX000000015TH,2025-10-21T11:40:00+07:00,2\r

            """)
        let confirm = try #require(names.first { $0.hasPrefix("CD_confirm") && $0.hasSuffix(".csv") })
        #expect(scratch.text("s24/" + confirm) == "\u{FEFF}order_no,invoice_no,confirmed_at\r\n250000000123,9900000456,2025-10-21T11:40:00+07:00\r\n")
    }

    @Test func `a repeated job writes no second line, not with another number either, and not when the file was fetched`() async throws {
        let scratch = try Scratch(), connector = try FileSample.connector(profile: #"{"file":{"confirms":false}}"#, outputFolder: scratch.path)
        try await connector.markShipped(Sample.shipment(["EX000000001TH"]), of: try order(), idempotencyKey: "k")
        let first = scratch.names("s24")
        await #expect(throws: ConnectorError.alreadyDone) { try await connector.markShipped(Sample.shipment(["EX000000001TH"]), of: try order(), idempotencyKey: "k") }
        await #expect(throws: ConnectorError.alreadyDone) { try await connector.markShipped(Sample.shipment(["EX000000029TH"]), of: try order(), idempotencyKey: "k") }
        #expect(scratch.names("s24") == first)
        for name in first where name != "written" { try FileManager.default.removeItem(atPath: scratch.path + "/s24/" + name) }
        await #expect(throws: ConnectorError.alreadyDone) { try await connector.markShipped(Sample.shipment(["EX000000001TH"]), of: try order(), idempotencyKey: "k") }
        #expect(scratch.names("s24") == ["written"])
        try await connector.markShipped(Sample.shipment(["EX000000029TH"]), of: try order(), idempotencyKey: "another")
        #expect(scratch.names("s24").count == 3)
    }

    @Test func `a crash between any two steps leaves one file that is completed by the next try`() async throws {
        let scratch = try Scratch(), connector = try FileSample.connector(profile: #"{"file":{"confirms":false}}"#, outputFolder: scratch.path)
        try await connector.markShipped(Sample.shipment(["EX000000001TH"]), of: try order(), idempotencyKey: "k")
        let whole = scratch.names("s24"), ok = try #require(whole.first { $0.hasSuffix(".ok") }), mark = try #require(scratch.names("s24/written").first)
        // Before the .ok.
        try FileManager.default.removeItem(atPath: scratch.path + "/s24/" + ok)
        await #expect(throws: ConnectorError.alreadyDone) { try await connector.markShipped(Sample.shipment(["EX000000001TH"]), of: try order(), idempotencyKey: "k") }
        #expect(scratch.names("s24") == whole)
        // Before the mark.
        try FileManager.default.removeItem(atPath: scratch.path + "/s24/" + ok)
        try FileManager.default.removeItem(atPath: scratch.path + "/s24/written/" + mark)
        await #expect(throws: ConnectorError.alreadyDone) { try await connector.markShipped(Sample.shipment(["EX000000001TH"]), of: try order(), idempotencyKey: "k") }
        #expect(scratch.names("s24") == whole)
        #expect(scratch.names("s24/written") == [mark])
    }

    @Test(arguments: [("out of stock", "OUT_OF_STOCK"), ("สินค้าหมด", "OUT_OF_STOCK"), ("wrong price", "PRICE_ERROR"), ("DAMAGED", "DAMAGED"), ("the buyer asked", "OTHER")])
    func `a wish to cancel waits for the channel's word`(reason: String, word: String) async throws {
        let scratch = try Scratch(), connector = try FileSample.connector(outputFolder: scratch.path)
        #expect(try await connector.cancelOrder(try order(), reason: reason, idempotencyKey: "c") == .pending)
        #expect(try await connector.cancelOrder(try order(), reason: reason, idempotencyKey: "c") == .pending)
        let names = scratch.names("s24").filter { $0.hasSuffix(".csv") }
        #expect(names.count == 1)
        #expect(scratch.text("s24/" + (names.first ?? "")) == "\u{FEFF}order_no,line_no,reason,requested_at\r\n250000000123,,\(word),2025-10-21T11:40:00+07:00\r\n")
    }

    @Test func `nothing is written into a folder that is a link, without a folder, or without a number`() async throws {
        let scratch = try Scratch(), outside = try Scratch(), connector = try FileSample.connector(outputFolder: scratch.path)
        try FileManager.default.createSymbolicLink(atPath: scratch.path + "/s24", withDestinationPath: outside.path)
        await #expect(throws: ConnectorError.misconfigured(setting: "answerFolder", problem: "is a link to another folder, which is not followed")) { try await connector.markShipped(Sample.shipment(["EX000000001TH"]), of: try order(), idempotencyKey: "k") }
        #expect(outside.names("").filter { $0.hasPrefix("CD_") }.isEmpty)
        await #expect(throws: ConnectorError.self) { try await FileSample.connector().markShipped(Sample.shipment(["EX000000001TH"]), of: try order(), idempotencyKey: "k") }
        await #expect(throws: ConnectorError.self) { try await connector.markShipped(Sample.shipment([nil]), of: try order(), idempotencyKey: "k") }
    }

    @Test func `the check counts what lies in the folders`() async throws {
        let scratch = try Scratch()
        let connector = try FileSample.connector(outputFolder: scratch.path + "/out")
        try FileManager.default.createDirectory(atPath: scratch.path + "/in/s24/failed", withIntermediateDirectories: true)
        for name in ["in/s24/vendor_order_1.csv", "in/s24/failed/vendor_order_2.csv", "in/s24/failed/vendor_order_2.csv.result.csv"] { try Data("x".utf8).write(to: URL(fileURLWithPath: scratch.path + "/" + name)) }
        let rows = await connector.check()
        #expect(rows.map(\.name) == ["profile", "folder", "refused files", "answers"])
        #expect(rows[1].found == "in/s24: 1 waiting, 0 taken, 1 refused")
        #expect(rows.map(\.isGood) == [true, true, false, true])
        #expect(rows[2].found == "vendor_order_2.csv")
    }
}
