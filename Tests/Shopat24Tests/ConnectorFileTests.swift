import Connect
import Crypto
import Domain
import Foundation
import HTTPTypes
@testable import Shopat24Connector
import Testing

@Suite struct ConnectorFileTests {
    // MARK: settings

    @Test func `a channel of files needs no address and calls nobody`() async throws {
        let connector = try FileSample.connector()
        #expect(connector.exchange?.incoming == "s24")
        #expect(connector.exchange?.outgoing == "s24")
        #expect(try await connector.listOrders(changedSince: Timestamp(seconds: 0), until: nil, cursor: nil, limit: 10).orders.isEmpty)
        await #expect(throws: ConnectorError.self) { try await connector.fetchOrder("store-01:1") }
        #expect(connector.verify(IncomingDelivery(headers: [:], body: [], receivedAt: Sample.now)) == .refuse(HookAnswer(status: 401, code: "webhook_not_set")))
    }

    @Test(arguments: ["../other", "a/b", "/etc", "..", ".", "a b", "ร้าน", String(repeating: "a", count: 65), "a\u{0}b", "~"])
    func `a folder that is no plain name is refused`(name: String) {
        #expect(throws: ConnectorError.self) { try FileSample.connector(["folder": name]) }
        #expect(throws: ConnectorError.self) { try FileSample.connector(["answerFolder": name]) }
    }

    @Test(arguments: [("ร้านของเรา", "channel-24"), ("My shop", "channel-24"), ("Shopat24-main", "Shopat24-main")])
    func `the folder is called like the channel where that is a plain name`(name: String, folder: String) throws {
        #expect(try FileSample.connector(name: name).exchange?.incoming == folder)
    }

    @Test(arguments: [
        #"{"file":{"columns":{"colour":{"names":["Colour"]}}}}"#, #"{"file":{"match":"("}}"#, #"{"file":{"reportTime":{"pattern":"["}}}"#, #"{"file":{"encoding":"ebcdic"}}"#, #"{"file":{"lineKey":["size"]}}"#,
        #"{"file":{"maximumBadPercent":101}}"#, #"{"file":{"columns":{"sku":{"names":[]}}}}"#, #"{"file":{"quiet":"soon"}}"#, #"{"file":{"headerRow":0}}"#, #"{"file":null}"#,
    ])
    func `a profile whose files cannot be read is refused when it is set`(profile: String) {
        #expect(throws: ConnectorError.self) { try FileSample.connector(profile: profile) }
    }

    @Test func `a form that nobody knows is refused`() { #expect(throws: ConnectorError.misconfigured(setting: "form", problem: "must be rest or files")) { try FileSample.connector(["form": "fax"]) } }

    // MARK: names

    @Test(arguments: [
        ("vendor_order_20251021_114005.csv", 1_761_021_605 as Int64?), ("ORDER-today.xlsx", nil), ("t_general_ordhistory_20251021_114005.zip", 1_761_021_605), ("Report_Store_Receive_20251021_114005.zip", 1_761_021_605),
        ("vendor_order_20251021_114005_2.csv", 1_761_021_605), ("vendor_order_20259921_114005.csv", nil),
    ])
    func `a file's name says when its report was made`(name: String, seconds: Int64?) throws {
        guard case .table(let time, _) = try FileSample.connector().role(of: name) else { Issue.record("\(name) is no table"); return }
        #expect(time == seconds.map { Timestamp(seconds: $0) })
    }

    @Test(arguments: ["invoice.pdf", "readme.txt", "xvendor_order.csv", "vendor_order.csv.exe", "", ".ack.csv", "x.ack.csv"])
    func `a file of another name is nobody's`(name: String) throws { #expect(try FileSample.connector().role(of: name) == .unknown) }

    @Test func `an answer names the file that it answers`() throws {
        #expect(try FileSample.connector().role(of: "CD_shipment_20251021_114000_1.csv.ack.csv") == .answer(to: "CD_shipment_20251021_114000_1.csv"))
    }

    @Test func `parts of one report are one batch`() throws {
        let connector = try FileSample.connector()
        #expect(connector.role(of: "vendor_order_20251021_114005.csv") == connector.role(of: "vendor_order_20251021_114005_2.csv"))
        #expect(connector.role(of: "vendor_order_20251021_114005.csv") != connector.role(of: "vendor_order_20251021_114006.csv"))
    }

    // MARK: headers

    @Test func `columns are found in any order, in Thai, and however they are spaced`() throws {
        let connector = try FileSample.connector()
        let thai = try #require(connector.layout(of: ["จำนวน", "ฝ่ายขาย", "  เลขที่ใบสั่งซื้อ ", "วันที่สั่งซื้อ", "รหัสสินค้า"]))
        #expect(thai.columns == ["quantity": 0, "orderNo": 2, "orderDate": 3, "sku": 4])
        #expect(thai.unknown == ["ฝ่ายขาย"])
        let untidy = try #require(connector.layout(of: ["  ORDER   NO.\u{A0}", "VENDOR SKU", "qty", "Order date"]))
        #expect(untidy.missing.isEmpty)
    }

    @Test(arguments: [("Qty", "quantity"), ("Vendor SKU", "sku"), ("Order date", "orderDate"), ("Order no.", "orderNo")])
    func `a missing required column is named before any row is used`(header: String, field: String) throws {
        let layout = try #require(try FileSample.connector().layout(of: FileSample.header.filter { $0 != header }))
        #expect(layout.missing == [field])
    }

    @Test func `of two columns of one name the first counts and the second is told`() throws {
        let layout = try #require(try FileSample.connector().layout(of: FileSample.header + ["Remark"]))
        #expect(layout.columns["note"] == 23)
        #expect(layout.doubled == ["Remark"])
    }

    @Test func `rows of figures are no header`() throws {
        let connector = try FileSample.connector()
        #expect(connector.layout(of: ["250000000123", "2", "199.75"]) == nil)
        #expect(connector.layout(of: []) == nil)
        #expect(connector.layout(of: ["Order no."]) == nil)
    }

    @Test func `a profile in the settings names other columns`() throws {
        let connector = try FileSample.connector(profile: #"{"file":{"columns":{"orderNo":{"names":["PO"]},"quantity":{"names":["Pieces"]}}}}"#)
        #expect(connector.layout(of: ["PO", "Pieces", "Vendor SKU", "Order date"])?.missing == [])
        #expect(connector.layout(of: FileSample.header)?.missing == ["orderNo", "quantity"])
    }

    // MARK: vectors

    @Test func `the row key is the dossier's`() {
        let key = FileRowKey.digest(connection: "store-01", profile: "s24-vendor-v1", order: "250000000123", line: ["9900000456", "885000000017"])
        #expect(key == "863c6747b720a6d6145a9f62a4a38959ea8cfe285f1225ad20fce1a4e74a4238")
        #expect(key == FileRowKey.digest(connection: " store-01 ", profile: "s24-vendor-v1", order: "250000000123", line: [" 9900000456", "885000000017 "]))
    }

    @Test func `a file of ours is the dossier's, byte by byte`() {
        let bytes = AnswerText.bytes([["order_no", "tracking_no"], ["250000000123", "EX000000001TH"]])
        #expect(Hexadecimal.text(SHA256.hash(data: Data(bytes))) == "9f26eca79401105cedfb0286c373282d7a3c22337563132fc380aeb069ad00ab")
    }

    @Test(arguments: [("=1+1", "'=1+1"), ("+66812345678", "+66812345678"), ("-12.50", "-12.50"), ("-x", "'-x"), ("@a", "'@a"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), (" a", "\" a\""), ("", "")])
    func `no field of ours runs as a formula`(text: String, written: String) { #expect(AnswerText.field(text) == written) }
}
