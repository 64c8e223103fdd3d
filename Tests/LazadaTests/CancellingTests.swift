import Connect
import Domain
import Foundation
import Testing

@testable import LazadaConnector

/// Cancelling, answering buyers, labels (platforms/lazada.md §6.3, §6.7, §6.8).
@Suite struct CancellingTests {
    private func units(_ statuses: [String]) -> [ActionShop.Unit] { statuses.enumerated().map { .init(id: "\($0 + 1)", status: $1) } }

    private func cancel(_ bench: ActionBench, _ order: OrderForAction, reason: String = "customer") async throws(ConnectorError) -> CancelAnswer {
        try await bench.connector.cancelOrder(order, reason: reason, idempotencyKey: "k")
    }

    @Test func `every unit is cancelled for a reason that leaves the stock alone, and a second time nothing is asked`() async throws {
        let bench = try ActionBench(units(["pending", "packed", "ready_to_ship"])), order = try await bench.order()
        #expect(try await cancel(bench, order) == .cancelled)
        let call = try #require(bench.writes.first)
        #expect(call.parameters["order_item_id_list"] == "[1,2,3]" && call.parameters["reason_id"] == "10000019" && call.parameters["order_id"] == Sample.orderNumber)
        #expect(try await cancel(bench, order) == .cancelled)
        #expect(bench.writes.count == 1)
    }

    @Test(arguments: [("Out of Stock", "10000021"), ("out of stock, sorry", "10000021"), ("10000023", "10000023"), ("wrong price", "10000023"), ("customer", "10000019"), ("", "10000019")])
    func `a reason is found by its words or its number`(reason: String, expected: String) async throws {
        let bench = try ActionBench(units(["pending"])), order = try await bench.order()
        _ = try await cancel(bench, order, reason: reason)
        #expect(bench.writes.first?.parameters["reason_id"] == expected)
    }

    @Test func `the channel's own reason stands in where none fits, if Lazada offers it`() async throws {
        let bench = try ActionBench(units(["pending"]), ["cancelReasonID": "10000023"]), order = try await bench.order()
        _ = try await cancel(bench, order)
        #expect(bench.writes.first?.parameters["reason_id"] == "10000023")
        let other = try ActionBench(units(["pending"]), ["cancelReasonID": "5"]), others = try await other.order()
        _ = try await cancel(other, others)
        #expect(other.writes.first?.parameters["reason_id"] == "10000019")
    }

    @Test func `without a reason on offer it is too late, in Lazada's words`() async throws {
        let bench = try ActionBench(units(["ready_to_ship"])), order = try await bench.order()
        bench.shop.set { $0.reasons = "[]"; $0.tip = "The parcel has left." }
        #expect(try await cancel(bench, order) == .tooLate(platformMessage: "The parcel has left."))
        #expect(bench.writes.isEmpty)
    }

    @Test(arguments: [["shipped"], ["pending", "shipped"], ["delivered", "canceled"], ["lost_by_3pl"]]) func `with units on their way nothing is cancelled`(_ statuses: [String]) async throws {
        let bench = try ActionBench(units(statuses)), order = try await bench.order()
        guard case .tooLate(let words) = try await cancel(bench, order) else { Issue.record("it was cancelled"); return }
        #expect(!words.isEmpty && bench.writes.isEmpty)
    }

    @Test func `a cancellation that waits is pending, and is not asked for again`() async throws {
        let bench = try ActionBench(units(["packed"])), order = try await bench.order()
        bench.shop.set { $0.waits = true }
        #expect(try await cancel(bench, order) == .pending)
        bench.shop.set { $0.isPending = true }
        #expect(try await cancel(bench, order) == .pending)
        bench.shop.set { $0.isPending = false; $0.units[0].reverse = "8"; $0.units[0].initiator = "cancellation-seller" }
        #expect(try await cancel(bench, order) == .pending)
        #expect(bench.writes.count == 1)
    }

    @Test func `after a lost answer the order is looked at first`() async throws {
        let bench = try ActionBench(units(["pending"])), order = try await bench.order()
        bench.shop.set { $0.lost = ["/order/reverse/cancel/create"] }
        #expect(await failure { () async throws(ConnectorError) in try await cancel(bench, order) }?.failureClass == .transient)
        #expect(try await cancel(bench, order) == .cancelled)
        #expect(bench.writes.count == 1)
    }

    @Test func `an order that Lazada does not know is unknown`() async throws {
        let bench = try ActionBench(units(["pending"])), order = try await bench.order()
        bench.shop.set { $0.units = [] }
        #expect(try await cancel(bench, order) == .unknown)
    }

    // MARK: the buyer asks

    private func answer(_ bench: ActionBench, _ order: OrderForAction, isAccepted: Bool = true, reason: String? = nil) async throws(ConnectorError) {
        try await bench.connector.answerCancellation(of: order, isAccepted: isAccepted, reason: reason, idempotencyKey: "k")
    }

    @Test(arguments: [true, false]) func `each reverse order that waits is answered`(isAccepted: Bool) async throws {
        var known = units(["ready_to_ship", "ready_to_ship", "pending", "canceled"])
        known[0].reverse = "801"; known[0].returnStatus = "CANCEL_INIT"; known[0].initiator = "cancellation-customer"
        known[1].reverse = "801"; known[1].returnStatus = "CANCEL_INIT"
        known[2].reverse = "802"; known[2].returnStatus = "CANCEL_INIT"; known[2].initiator = "cancellation-customer"
        known[3].reverse = "700"; known[3].returnStatus = "CANCEL_SUCCESS"
        let bench = try ActionBench(known), order = try await bench.order()
        try await answer(bench, order, isAccepted: isAccepted, reason: "15")
        #expect(bench.writes.map { $0.parameters["reverse_order_id"] } == ["801", "802"])
        #expect(bench.writes.allSatisfy { $0.parameters["agree_cancel"] == "\(isAccepted)" && $0.parameters["reason_code"] == "15" })
    }

    @Test func `where only the order says that it waits, its reverse orders are answered`() async throws {
        var known = units(["pending"])
        known[0].reverse = "801"
        let bench = try ActionBench(known), order = try await bench.order()
        #expect(await failure { () async throws(ConnectorError) in try await answer(bench, order) } == .alreadyDone)
        bench.shop.set { $0.needsAnswer = true }
        try await answer(bench, order, reason: "the parcel has left")
        #expect(bench.writes.map { $0.parameters["reason_code"] } == [nil])
    }

    @Test func `an answer that is no longer wanted is no failure, another refusal is`() async throws {
        var known = units(["pending"])
        known[0].reverse = "801"; known[0].returnStatus = "CANCEL_INIT"
        let bench = try ActionBench(known), order = try await bench.order()
        bench.shop.set { $0.refused = ["801": ("131", false)] }
        try await answer(bench, order)
        bench.shop.set { $0.refused = ["801": ("105", false)] }
        #expect(await failure { () async throws(ConnectorError) in try await answer(bench, order) }?.code == "105")
    }

    // MARK: labels

    static let package = "th:100190009:700000000000001/FP1"

    private func label(_ bench: ActionBench, _ id: ExternalID = package, format: String = "pdf") async throws(ConnectorError) -> [UInt8] {
        try await bench.connector.fetchLabel(externalID: id, format: format, size: "100x150").bytes
    }

    @Test func `the PDF behind the link is returned, not the frame around it`() async throws {
        let bench = try ActionBench(units(["packed"]))
        #expect(String(decoding: try await label(bench), as: UTF8.self) == "%PDF-1.7 label")
        #expect(bench.lazada.calls.map(\.url) == ["https://api.example/rest/order/package/document/get", "https://labels.example/FP1.pdf"])
        #expect(bench.lazada.calls[0].parameters["getDocumentReq"] == #"{"doc_type":"PDF","packages":[{"package_id":"FP1"}],"print_item_list":false}"#)
        #expect(bench.lazada.calls[1].parameters.isEmpty)
    }

    @Test func `without a link beside it the frame's own is taken, and a PDF in its place as it is`() async throws {
        let bench = try ActionBench(units(["packed"]))
        let frame = Data(#"<html><IFRAME width="1" src="https://labels.example/x.pdf?a=1&amp;b=2"></iframe>"#.utf8).base64EncodedString()
        bench.shop.set { $0.document = #"{"success":"true","data":{"file":"\#(frame)","doc_type":"PDF"}}"# }
        _ = try await label(bench)
        #expect(bench.lazada.calls.last?.parameters == ["a": "1", "b": "2"])
        let pdf = Data("%PDF-1.4 own".utf8).base64EncodedString()
        bench.shop.set { $0.document = #"{"data":{"file":"\#(pdf)"}}"# }
        #expect(String(decoding: try await label(bench), as: UTF8.self) == "%PDF-1.4 own")
    }

    @Test func `a link that has died is asked for again with the next try`() async throws {
        let bench = try ActionBench(units(["packed"]))
        for dead in [PlatformAnswer(status: 403), .json("<html>expired</html>"), PlatformAnswer(status: 302)] {
            bench.shop.set { $0.pdf = dead }
            #expect(await failure { () async throws(ConnectorError) in try await label(bench) }?.failureClass == .transient)
        }
    }

    @Test(arguments: [
        (#"{"success":false,"error_code":"700032","error_msg":"package not found"}"#, "700032"), (#"{"success":true,"data":{"file":"PGh0bWw+","doc_type":"HTML"}}"#, "not_understood"),
        (#"{"success":true,"data":{"pdf_url":"javascript:alert(1)"}}"#, "not_understood"), (#"{"success":true,"data":{}}"#, "not_understood"), (#"{"success":true,"data":{"file":"***"}}"#, "not_understood"),
    ]) func `an answer without a label says why`(document: String, code: String) async throws {
        let bench = try ActionBench(units(["packed"]))
        bench.shop.set { $0.document = document }
        #expect(await failure { () async throws(ConnectorError) in try await label(bench) }?.code == code)
    }

    @Test func `other formats and what is no package are refused without a call`() async throws {
        let bench = try ActionBench(units(["packed"]))
        #expect(await failure { () async throws(ConnectorError) in try await label(bench, format: "zpl") }?.code == "no_such_format")
        #expect(await failure { () async throws(ConnectorError) in try await label(bench, "a b\"") }?.code == "not_found")
        #expect(bench.lazada.calls.isEmpty)
        _ = try await label(bench, "FP099912345670001")
    }
}
