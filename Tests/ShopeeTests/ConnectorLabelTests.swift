import Connect
import Domain
import Foundation
import HTTPTypes
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorLabelTests {
    private static let id = "40071188:2510210K7TTH01/OFG251021000000017"
    private static let pdf = PlatformAnswer(status: 200, headers: [.contentType: "application/pdf"], body: Array("%PDF-1.4 label".utf8))
    private static let ready = result(#""status":"READY""#), processing = result(#""status":"PROCESSING""#), failed = result(#""status":"FAILED""#)
    private static let notMade = PlatformAnswer.json(#"{"error":"common.batch_api_all_failed","message":"all failed","response":{"result_list":[{"order_sn":"2510210K7TTH01","fail_error":"logistics.shipping_document_should_print_first","fail_message":"print first"}]}}"#)

    private static func result(_ members: String) -> PlatformAnswer { .response(#"{"result_list":[{"order_sn":"2510210K7TTH01","package_number":"OFG251021000000017",\#(members)}]}"#) }
    private static let parameter = result(#""suggest_shipping_document_type":"NORMAL_AIR_WAYBILL","selectable_shipping_document_type":["NORMAL_AIR_WAYBILL","THERMAL_AIR_WAYBILL"]"#)

    private func shop(result: [PlatformAnswer], create: PlatformAnswer = result(#""fail_error":"""#), download: PlatformAnswer = pdf, parameter: PlatformAnswer = parameter, number: String = "TH0001") throws -> FakeShopee {
        FakeShopee(["logistics/get_shipping_document_parameter": [parameter], "logistics/get_shipping_document_result": result, "logistics/create_shipping_document": [create],
                    "logistics/download_shipping_document": [download], "logistics/get_tracking_number": [.response(#"{"tracking_number":"\#(number)"}"#)],
                    "order/get_order_detail": [.orders(try SampleOrder.standing("PROCESSED", package: "LOGISTICS_REQUEST_CREATED"))]])
    }
    private func fetch(_ shop: FakeShopee, _ id: String = id, size: String = "100x150", _ settings: [String: String] = [:]) async throws(ConnectorError) -> (bytes: [UInt8], contentType: String) {
        try await shop.bare(settings).fetchLabel(externalID: id, format: "pdf", size: size)
    }
    private func error(_ shop: FakeShopee, _ id: String = id) async -> ConnectorError? { await Bench.error { () async throws(ConnectorError) in try await self.fetch(shop, id) } }

    @Test func `a label is created, looked at and downloaded`() async throws {
        let shop = try shop(result: [Self.notMade, Self.ready])
        let label = try await fetch(shop)
        #expect(label.bytes == Self.pdf.body && label.contentType == "application/pdf")
        #expect(shop.paths == ["logistics/get_shipping_document_parameter", "logistics/get_shipping_document_result", "order/get_order_detail", "logistics/get_tracking_number",
                               "logistics/create_shipping_document", "logistics/get_shipping_document_result", "logistics/download_shipping_document"])
        #expect(shop.requests("logistics/get_shipping_document_parameter")[0].text == #"{"order_list":[{"order_sn":"2510210K7TTH01","package_number":"OFG251021000000017"}]}"#)
        #expect(shop.requests("logistics/create_shipping_document")[0].text
            == #"{"order_list":[{"order_sn":"2510210K7TTH01","package_number":"OFG251021000000017","tracking_number":"TH0001","shipping_document_type":"THERMAL_AIR_WAYBILL"}]}"#)
        #expect(shop.requests("logistics/download_shipping_document")[0].text
            == #"{"shipping_document_type":"THERMAL_AIR_WAYBILL","order_list":[{"order_sn":"2510210K7TTH01","package_number":"OFG251021000000017"}]}"#)
    }

    @Test func `a label that is ready is not made again`() async throws {
        let shop = try shop(result: [Self.ready])
        _ = try await fetch(shop)
        #expect(!shop.paths.contains("logistics/create_shipping_document"))
    }

    @Test func `a job that runs says when to ask again, before and after it was made`() async throws {
        for results in [[Self.processing], [Self.notMade, Self.processing], [Self.failed, Self.processing]] {
            #expect(await error(try shop(result: results)) == .throttled(until: Bench.now + .seconds(10)))
        }
    }

    @Test func `a job that failed is made anew once, and then told`() async throws {
        let mended = try shop(result: [Self.failed, Self.ready])
        _ = try await fetch(mended)
        #expect(mended.paths.contains("logistics/create_shipping_document"))
        #expect(await error(try shop(result: [Self.failed]))?.code == "label_failed")
    }

    @Test func `without the courier's number there is no label yet`() async throws {
        let shop = try shop(result: [Self.notMade], number: "")
        #expect(await error(shop) == .throttled(until: Bench.now + .seconds(300)) && !shop.paths.contains("logistics/create_shipping_document"))
    }

    @Test(arguments: [("logistics.package_can_not_print", "logistics.package_can_not_print"), ("logistics.download_later", "throttled"), ("error_server", "unreachable"), ("logistics.error_param", "logistics.error_param")])
    func `what one element says counts, in a batch that failed and in one that did not`(code: String, expected: String) async throws {
        let element = #"{"order_sn":"2510210K7TTH01","fail_error":"\#(code)","fail_message":"words"}"#
        for answer in [PlatformAnswer.response(#"{"result_list":[\#(element)]}"#), .json(#"{"error":"common.batch_api_all_failed","message":"all","response":{"result_list":[\#(element)]}}"#),
                       .json(#"{"error":"","warning":[{"order_sn":"2510210K7TTH01"}],"response":{"result_list":[\#(element)]}}"#)] {
            #expect(await error(try shop(result: [Self.notMade, Self.ready], create: answer))?.code == expected)
        }
    }

    @Test func `a whole batch that failed without a word for its element has its own`() async throws {
        #expect(await error(try shop(result: [Self.notMade], create: .error("common.batch_api_all_failed")))?.code == "common.batch_api_all_failed")
    }

    // MARK: What comes down

    @Test(arguments: [
        (pdf, "application/pdf"), (PlatformAnswer(status: 200, headers: [.contentType: "application/octet-stream"], body: Array("\n%PDF-1.7".utf8)), "application/pdf"),
        (PlatformAnswer(status: 200, headers: [.contentType: "application/json"], body: Array("%PDF-1.7".utf8)), "application/pdf"), (PlatformAnswer(status: 500, body: Array("%PDF-1.7".utf8)), "application/pdf"),
        (PlatformAnswer(status: 200, headers: [.contentType: "application/zip"], body: [0x50, 0x4B, 3, 4, 0]), "application/zip"),
        (PlatformAnswer.json("<html>label</html>", headers: [.contentType: "text/html; charset=utf-8"]), "text/html"),
    ])
    func `the bytes say what it is, not the status`(answer: PlatformAnswer, type: String) async throws {
        let label = try await fetch(try shop(result: [Self.ready], download: answer))
        #expect(label.contentType == type && label.bytes == answer.body)
    }

    @Test(arguments: [
        (PlatformAnswer.error("logistics.download_later"), "throttled"), (.error("logistics.shipping_document_should_print_first"), "throttled"), (.error("logistics.package_print_failed"), "logistics.package_print_failed"),
        (.error("logistics.package_can_not_print"), "logistics.package_can_not_print"), (.page(502), "unreachable"), (.page(403), "unreachable"), (.json(#"{"error":""}"#), "unreachable"), (.json(""), "unreachable"),
        (.json("garbage"), "unreachable"), (.json("<html>blocked</html>"), "unreachable"), (.error("error_not_found"), "error_not_found"),
    ])
    func `what is no label is never given as one`(answer: PlatformAnswer, code: String) async throws {
        #expect(await error(try shop(result: [Self.ready], download: answer))?.code == code)
    }

    // MARK: Types and names

    @Test(arguments: [
        (nil, "100x150", "NORMAL_AIR_WAYBILL", ["NORMAL_AIR_WAYBILL", "THERMAL_AIR_WAYBILL"], "THERMAL_AIR_WAYBILL"), (nil, "A4", "THERMAL_AIR_WAYBILL", ["NORMAL_AIR_WAYBILL", "THERMAL_AIR_WAYBILL"], "NORMAL_AIR_WAYBILL"),
        (nil, "100x150", "NORMAL_AIR_WAYBILL", ["NORMAL_AIR_WAYBILL"], "NORMAL_AIR_WAYBILL"), (nil, "A4", "NORMAL_JOB_AIR_WAYBILL", [], "NORMAL_JOB_AIR_WAYBILL"),
        ("THERMAL_UNPACKAGED_LABEL", "A4", "NORMAL_AIR_WAYBILL", ["NORMAL_AIR_WAYBILL", "THERMAL_UNPACKAGED_LABEL"], "THERMAL_UNPACKAGED_LABEL"), ("THERMAL_UNPACKAGED_LABEL", "A4", "NORMAL_AIR_WAYBILL", ["NORMAL_AIR_WAYBILL"], "NORMAL_AIR_WAYBILL"),
        ("NORMAL_AIR_WAYBILL", "A4", nil, [], "NORMAL_AIR_WAYBILL"), (nil, "A5", nil, ["NORMAL_JOB_AIR_WAYBILL"], "NORMAL_JOB_AIR_WAYBILL"), (nil, "A4", nil, [], nil),
    ] as [(String?, String, String?, [String], String?)])
    func `the type is the setting's, the paper's or the suggested one`(setting: String?, size: String, suggested: String?, selectable: [String], type: String?) {
        #expect(LabelType.choose(setting: setting, size: size, suggested: suggested, selectable: selectable) == type)
    }

    @Test(arguments: ["7:A/P", "nonsense", "40071188:A/", "40071188:A/P/Q", "40071188:A/P&x", "", "40071188:/P"]) func `an id that is none of ours leads to no call`(id: String) async throws {
        let shop = try shop(result: [Self.ready])
        #expect(await error(shop, id)?.code == "not_found" && shop.requests.isEmpty)
    }

    @Test func `an order of one package needs no package's name, one of several does`() async throws {
        let one = try shop(result: [Self.ready])
        _ = try await fetch(one, "40071188:2510210K7TTH01")
        #expect(one.requests("logistics/get_shipping_document_result")[0].text.contains("OFG251021000000017"))
        let several = FakeShopee(["order/get_order_detail": [.orders(try SampleOrder.json(["package_list": #"[{"package_number":"P1"},{"package_number":"P2"}]"#]))]])
        #expect(await error(several, "40071188:2510210K7TTH01")?.code == "package_missing")
    }
}
