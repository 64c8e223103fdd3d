import Foundation
import SimulatorKit
import Testing
@testable import ShopeeSimulator

/// Label jobs (shopee.md §6, "Label").
@Suite(.timeLimit(.minutes(1))) struct LabelTests {
    private func list(_ rows: [(String, String)], _ more: [ShopeeJSON.Member] = []) -> ShopeeJSON {
        ["order_list": .array(rows.map { .object([.init("order_sn", .text($0.0)), .init("package_number", .text($0.1))] + more) })]
    }

    private func arranged(_ bench: ShopeeBench) async throws -> (String, String) {
        let order = try bench.place(.everyday)
        try await bench.ship(order)
        return (order, try bench.package(order))
    }

    private func status(_ bench: ShopeeBench, _ row: (String, String)) async throws -> ShopeeJSON? {
        try await bench.call("logistics/get_shipping_document_result", body: list([row])).response["result_list"]?[0]
    }

    @Test func `a label is made, waited for and downloaded as a PDF with its numbers`() async throws {
        try await withPushes { (bench, catcher) async throws in
            let row = try await arranged(bench)
            let parameter = try await bench.call("logistics/get_shipping_document_parameter", body: list([row])).response["result_list"]?[0]
            #expect(parameter?["suggest_shipping_document_type"] == "THERMAL_AIR_WAYBILL")
            #expect(try await bench.call("logistics/download_shipping_document", body: list([row])).error == "logistics.shipping_document_should_print_first")
            let tracking = try #require(bench.simulator.orderState(row.0)?.trackingNumbers.first)
            let made = try await bench.call("logistics/create_shipping_document", body: list([row], [
                .init("tracking_number", .text(tracking)), .init("shipping_document_type", "THERMAL_AIR_WAYBILL"),
            ]))
            #expect(made.error == "")
            #expect(made.response["result_list"]?[0]?["fail_error"] == nil)
            #expect(try await bench.call("logistics/download_shipping_document", body: list([row])).error == "logistics.download_later")
            #expect(try await status(bench, row)?["status"] == "PROCESSING")
            #expect(try await status(bench, row)?["status"] == "READY")
            let file = try await bench.call("logistics/download_shipping_document", body: list([row]))
            #expect(file.headers["content-type"] == "application/pdf")
            #expect(file.text.hasPrefix("%PDF-1.4"))
            #expect(file.text.contains("(\(tracking)) Tj"))
            #expect(file.text.hasSuffix("%%EOF\n"))
            await bench.simulator.idle()
            #expect(catcher.pushes(code: 15).map { $0["status"] } == ["READY"])
            #expect(bench.simulator.counters.labels[row.1] == 1)
            #expect(bench.simulator.counters.labelDownloads == 1)
        }
    }

    @Test func `the table of the PDF points at its objects`() {
        let file = ShopeeLabel.pdf([.init(order: "O", package: "P", tracking: "T1", carrier: "C"), .init(order: "O", package: "P", tracking: "T2", carrier: "C")])
        let bytes = Array(file.utf8)
        let offsets = file.split(separator: "\n").filter { $0.hasSuffix(" 00000 n ") }.compactMap { Int($0.prefix(10)) }
        #expect(offsets.count == 7)
        for (index, offset) in offsets.enumerated() { #expect(String(decoding: bytes[offset...].prefix(7), as: UTF8.self) == "\(index + 1) 0 obj") }
        let start = file.components(separatedBy: "startxref\n").last.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        #expect(String(decoding: bytes[start...].prefix(4), as: UTF8.self) == "xref")
    }

    @Test func `a label may be a page, and hide what it is`() async throws {
        try await withShopee { (bench) async throws in
            let row = try await arranged(bench)
            bench.simulator.set {
                $0.labelForm = .html
                $0.hidesContentType = true
            }
            _ = try await bench.call("logistics/create_shipping_document", body: list([row]))
            bench.simulator.finishLabel(package: row.1)
            let file = try await bench.call("logistics/download_shipping_document", body: list([row]))
            #expect(file.headers["content-type"] == "application/octet-stream")
            #expect(file.text.hasPrefix("<!DOCTYPE html>"))
        }
    }

    @Test func `a job that fails twice succeeds at the third try`() async throws {
        try await withPushes { $0.labelPolls = 0 } _: { (bench, catcher) async throws in
            let row = try await arranged(bench)
            bench.simulator.failLabels(2)
            for attempt in 0..<3 {
                _ = try await bench.call("logistics/create_shipping_document", body: list([row]))
                let result = try await status(bench, row)
                #expect(result?["status"] == (attempt < 2 ? "FAILED" : "READY"))
                #expect(result?["fail_error"] == (attempt < 2 ? "logistics.package_print_failed" : nil))
                let download = try await bench.call("logistics/download_shipping_document", body: list([row]))
                #expect(download.error == (attempt < 2 ? "logistics.package_print_failed" : nil))
            }
            #expect(bench.simulator.counters.labels[row.1] == 3)
            await bench.simulator.idle()
            #expect(catcher.pushes(code: 15).compactMap { $0["status"]?.string }.sorted() == ["FAILED", "FAILED", "READY"])
        }
    }

    @Test func `asking twice for the same label makes one job`() async throws {
        try await withShopee { (bench) async throws in
            let row = try await arranged(bench)
            for _ in 0..<3 { _ = try await bench.call("logistics/create_shipping_document", body: list([row])) }
            #expect(bench.simulator.counters.labels[row.1] == 1)
        }
    }

    @Test func `too early and too late there is no label`() async throws {
        try await withShopee { (bench) async throws in
            let early = try bench.place(.everyday)
            let answer = try await bench.call("logistics/create_shipping_document", body: list([(early, try bench.package(early))]))
            #expect(answer.error == "common.batch_api_all_failed")
            #expect(answer.response["result_list"]?[0]?["fail_error"] == "logistics.package_can_not_print")
            let row = try await arranged(bench)
            _ = try await bench.call("logistics/create_shipping_document", body: list([row]))
            bench.simulator.finishLabel(package: row.1)
            bench.simulator.advance(row.0, .pickUp)
            #expect(try await bench.call("logistics/download_shipping_document", body: list([row])).error == "logistics.package_can_not_print")
        }
    }

    @Test func `a label waits for its tracking number`() async throws {
        try await withShopee { $0.trackingPolls = 100 } _: { (bench) async throws in
            let row = try await arranged(bench)
            #expect(try await bench.call("logistics/create_shipping_document", body: list([row])).response["result_list"]?[0]?["fail_error"] == "logistics.package_can_not_print")
            bench.simulator.assignTracking(package: row.1)
            #expect(try await bench.call("logistics/create_shipping_document", body: list([row])).error == "")
        }
    }

    @Test func `a batch fails in part with a warning, or altogether`() async throws {
        try await withShopee { (bench) async throws in
            let row = try await arranged(bench)
            let part = try await bench.call("logistics/create_shipping_document", body: list([row, ("NOSUCH", "X")]))
            #expect(part.error == "")
            #expect(part.json["warning"] == [["order_sn": "NOSUCH", "package_number": "X"]])
            #expect(part.response["result_list"]?[0]?["fail_error"] == nil)
            #expect(part.response["result_list"]?[1]?["fail_error"] == "error_not_found")
            let all = try await bench.call("logistics/create_shipping_document", body: list([("NOSUCH", "X")]))
            #expect(all.error == "common.batch_api_all_failed")
            #expect(all.response["result_list"]?.items?.count == 1)
            let many = list((0..<51).map { ("N\($0)", "P") })
            #expect(try await bench.call("logistics/create_shipping_document", body: many).error == "error_param")
            let wrong = try await bench.call("logistics/create_shipping_document", body: list([row], [.init("shipping_document_type", "POSTER")]))
            #expect(wrong.response["result_list"]?[0]?["fail_error"] == "logistics.error_param")
            let foreign = try await bench.call("logistics/create_shipping_document", body: list([row], [.init("tracking_number", "ELSE")]))
            #expect(foreign.response["result_list"]?[0]?["fail_error"] == "logistics.error_param")
        }
    }
}
