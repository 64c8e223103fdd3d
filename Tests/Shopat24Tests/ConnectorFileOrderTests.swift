import Connect
import Domain
import Foundation
@testable import Shopat24Connector
import Testing

@Suite struct ConnectorFileOrderTests {
    @Test func `a row becomes the order that a REST channel would tell`() throws {
        let read = try FileSample.read([FileSample.row(), FileSample.row(["Line": "2", "Vendor SKU": "CAP-1", "Product name": "หมวก", "Qty": "๓", "Unit price": "฿1,299.00", "Discount": "", "Total": "4276.50"].merging(["Total": "379.50"]) { $1 }, number: 3)], header: FileSample.header)
        // The total of the sample does not hold the second line: the order is held with both numbers.
        let held = try #require(read.snapshot)
        #expect(held.standing == .onHold)
        #expect(read.problems.map(\.code) == ["sum_differs"])
        let order = try #require(try FileSample.read([FileSample.row()]).snapshot)
        #expect(order.externalID == "store-01:250000000123")
        #expect(order.placedAt == Timestamp(seconds: Sample.seconds - 120))
        #expect(order.revision.updatedAt == FileSample.reportedAt)
        #expect(order.totals.grand == 37_950)
        #expect(order.lines.map(\.externalLineID) == ["9900000456-1"])
        #expect(order.lines.map(\.sku) == ["TS-01-BK-M"])
        #expect(order.shipTo?.postcode == "10900")
        #expect(order.payment.state == .paid)
        #expect(order.tags == ["invoice:9900000456"])
        #expect(order.standing == .open)
    }

    @Test func `an order for a store asks for no courier and shows no home`() throws {
        let order = try #require(try FileSample.read([FileSample.row(["SHIP_TO": "S", "Store code": "01234", "Store name": "สาขาตัวอย่าง"])]).snapshot)
        #expect(order.tags.contains("store-pickup"))
        #expect(order.shipping.methodCode == "store-pickup")
        #expect(order.lines.allSatisfy { !$0.requiresShipping })
        #expect(order.shipTo?.company == "7-Eleven สาขาตัวอย่าง")
        #expect(order.shipTo?.line1 == "01234 สาขาตัวอย่าง")
    }

    @Test func `what the journal keeps of a file is read back unchanged`() throws {
        let connector = try FileSample.connector(), order = try #require(try FileSample.read([FileSample.row()]).snapshot)
        let body = [UInt8](try JSONEncoder.crossdock.encode(order))
        #expect(try connector.interpret(Sample.delivery(body, topic: Shopat24Connector.fileTopic, origin: .file)) == [.order(order)])
        #expect(throws: ConnectorError.self) { try connector.interpret(Sample.delivery(Array("{}".utf8), topic: Shopat24Connector.fileTopic, origin: .file)) }
    }

    // MARK: cells

    @Test(arguments: [
        ("21/10/2025", 1_760_979_600 as Int64), ("21.10.2025", 1_760_979_600), ("2025-10-21", 1_760_979_600), ("21/10/2568", 1_760_979_600), ("๒๑/๑๐/๒๕๖๘", 1_760_979_600), ("21/10/2025 11:38", 1_761_021_480), ("21/10/2025 11:38:30", 1_761_021_510),
    ])
    func `a date is read in each form of the house`(text: String, seconds: Int64) throws {
        #expect(try FileSample.read([FileSample.row(["Order date": text])]).snapshot?.placedAt == Timestamp(seconds: seconds))
    }

    @Test func `a date cell of a workbook is taken as it is, Buddhist or not`() throws {
        for text in ["2025-10-21 11:38:00", "2568-10-21 11:38:00"] {
            var row = FileSample.row()
            row.cells[2] = .time(text)
            #expect(try FileSample.read([row]).snapshot?.placedAt == Timestamp(seconds: Sample.seconds - 120))
        }
    }

    @Test(arguments: [
        ("Order date", "31/02/2025", "date_unreadable"), ("Order date", "21/10/25", "date_unreadable"), ("Order date", "10/21/2025", "date_unreadable"), ("Order date", "", "date_missing"),
        ("Qty", "many", "quantity_not_whole"), ("Qty", "1.5", "quantity_not_whole"), ("Qty", "-1", "quantity_not_whole"), ("Qty", "99999999", "quantity_not_whole"), ("Qty", "", "quantity_missing"), ("Vendor SKU", "", "item_missing"),
        ("Unit price", "1.299,00", "amount_unreadable"), ("Unit price", "12,5", "amount_unreadable"), ("Total", "free", "amount_unreadable"), ("Unit price", "99999999999999999999", "amount_unreadable"),
        ("Order no.", "2.5E+11", "digits_lost"), ("Invoice no.", "9.9E+09", "digits_lost"), ("Order no.", "25 000", "order_number_unusable"), ("Order no.", "", "order_number_missing"), ("Order no.", "..", "order_number_unusable"),
    ])
    func `a cell that cannot be read keeps its order out and is named`(column: String, text: String, code: String) throws {
        let read = try FileSample.read([FileSample.row([column: text])]), problem = try #require(read.problems.first { $0.isRejection })
        #expect(read.snapshot == nil)
        #expect(problem.code == code)
        #expect(problem.row == 2)
        #expect(problem.column == FileSample.header.firstIndex(of: column))
        #expect(!problem.remedy.isEmpty)
    }

    @Test(arguments: [(FileRow.Value.error("#N/A"), "cell_error"), (.formulaWithoutResult, "formula_without_value")])
    func `a formula that failed or was never calculated keeps its order out`(value: FileRow.Value, code: String) throws {
        var row = FileSample.row()
        row.cells[16] = value
        #expect(try FileSample.read([row]).problems.map(\.code) == [code])
    }

    @Test func `a number cell of more than fifteen digits has lost some`() throws {
        var row = FileSample.row()
        row.cells[0] = .number("2500000001230000000")
        #expect(try FileSample.read([row]).problems.map(\.code) == ["digits_lost"])
        row.cells[0] = .number("250000000123")
        #expect(try FileSample.read([row]).snapshot?.externalNumber == "250000000123")
    }

    @Test(arguments: [("=\"0812345678\"", "0812345678"), ("'0812345678", "0812345678"), ("812345678", "0812345678"), ("๐๘๑๒๓๔๕๖๗๘", "0812345678")])
    func `a phone keeps its digits whatever a spreadsheet did to it`(text: String, phone: String) throws {
        #expect(try FileSample.read([FileSample.row(["Phone": text])]).snapshot?.shipTo?.phone == phone)
    }

    @Test func `a huge cell is cut and a text that looks like a formula stays text`() throws {
        let order = try #require(try FileSample.read([FileSample.row(["Remark": String(repeating: "ก", count: 100_000), "Recipient": "=HYPERLINK(\"http://x\")"])]).snapshot)
        #expect((order.note ?? "").unicodeScalars.count == 2_000)
        #expect(order.buyer.name == "=HYPERLINK(\"http://x\")")
    }

    // MARK: rows of one order

    @Test func `the same row twice is one line, and two contents of one line are a conflict`() throws {
        #expect(try FileSample.read([FileSample.row(), FileSample.row(number: 3)]).snapshot?.lines.count == 1)
        let read = try FileSample.read([FileSample.row(), FileSample.row(["Qty": "77"], number: 3)])
        #expect(read.snapshot == nil)
        #expect(read.problems.map(\.code) == ["rows_disagree"])
        #expect(read.problems.first?.message.contains("Rows 2 and 3") == true)
    }

    @Test func `rows that contradict each other on the order keep it out`() throws {
        let read = try FileSample.read([FileSample.row(), FileSample.row(["Line": "2", "รหัสไปรษณีย์": "10110"], number: 3)])
        #expect(read.problems.map(\.code) == ["order_values_disagree"])
        #expect(try FileSample.read([FileSample.row(["Total": ""]), FileSample.row(["Line": "2", "รหัสไปรษณีย์": "", "Total": ""], number: 3)]).snapshot?.lines.count == 2)
    }

    @Test func `invoices of one order stay apart`() throws {
        let order = try #require(try FileSample.read([FileSample.row(["Total": ""]), FileSample.row(["Invoice no.": "9900000457", "Total": ""], number: 3)]).snapshot)
        #expect(order.lines.map(\.externalLineID) == ["9900000456-1", "9900000457-1"])
        #expect(order.tags == ["invoice:9900000456", "invoice:9900000457"])
    }

    @Test func `an older report changes nothing`() throws {
        let known = try #require(try FileSample.read([FileSample.row()]).snapshot)
        let read = try FileSample.read([FileSample.row(["Qty": "9"])], known: known, at: FileSample.reportedAt - .seconds(60))
        #expect(read.snapshot == nil)
        #expect(!read.isRejected)
        #expect(read.problems.map(\.code) == ["older_report"])
    }

    @Test func `without the column the store's code says where the parcel goes`() throws {
        let header = FileSample.header.filter { $0 != "SHIP_TO" }
        func row(_ store: String) -> FileRow { FileSample.text(FileSample.row.merging(["Store code": store]) { $1 }.filter { !$0.value.isEmpty }.mapValues { .text($0) }, header: header) }
        #expect(try FileSample.read([row("")], header: header).snapshot?.tags.contains("store-pickup") == false)
        #expect(try FileSample.read([row("01234")], header: header).snapshot?.tags.contains("store-pickup") == true)
    }

    @Test func `a destination in no known word holds the order`() throws {
        let read = try FileSample.read([FileSample.row(["SHIP_TO": "X"])])
        #expect(read.snapshot?.standing == .onHold)
        #expect(read.problems.map(\.code) == ["unknown_destination"])
    }
}
