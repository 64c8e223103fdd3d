import Connect
import Domain
import Foundation
@testable import Shopat24Connector
import Testing

@Suite struct ConnectorFileStatusTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var words: [String], standing: OrderSnapshot.Standing, fulfilment: Fulfilment, payment: PaymentState
        var testDescription: String { words.joined(separator: ", ") }
    }

    /// shopat24.md §5.1, each word in both languages.
    static let words: [Row] = [
        Row(words: ["NEW", "รอดำเนินการ", "ใหม่", "CONFIRMED", "ยืนยันแล้ว", " new "], standing: .open, fulfilment: .unfulfilled, payment: .paid),
        Row(words: ["WAIT_PAY", "รอชำระเงิน"], standing: .onHold, fulfilment: .unfulfilled, payment: .unpaid),
        Row(words: ["PACKING", "กำลังจัดเตรียม"], standing: .open, fulfilment: .packed, payment: .paid),
        Row(words: ["READY", "พร้อมส่ง"], standing: .closed, fulfilment: .readyToShip, payment: .paid),
        Row(words: ["SHIPPED", "จัดส่งแล้ว"], standing: .closed, fulfilment: .inTransit, payment: .paid),
        Row(words: ["AT_STORE", "ถึงร้านแล้ว"], standing: .closed, fulfilment: .outForDelivery, payment: .paid),
        Row(words: ["DELIVERED", "รับสินค้าแล้ว"], standing: .closed, fulfilment: .delivered, payment: .paid),
        Row(words: ["NOT_COLLECTED", "ไม่มารับ"], standing: .closed, fulfilment: .returning, payment: .paid),
        Row(words: ["RETURNED", "คืนสินค้า"], standing: .closed, fulfilment: .returned, payment: .refunded),
        Row(words: ["CANCELLED", "ยกเลิก"], standing: .cancelled, fulfilment: .unfulfilled, payment: .refunded),
        Row(words: ["LOST", "สูญหาย"], standing: .closed, fulfilment: .lost, payment: .paid),
    ]

    @Test(arguments: words)
    func `each word of the channel lands on our axes`(row: Row) throws {
        for word in row.words {
            let order = try FileSample.snapshot(after: [word])
            #expect(order.standing == row.standing, "\(word)")
            #expect(order.fulfilment == row.fulfilment, "\(word)")
            #expect(order.payment.state == row.payment, "\(word)")
        }
    }

    @Test(arguments: ["TELEPORTED", ""])
    func `a word that nobody knows holds a new order and changes a known one in nothing`(word: String) throws {
        let new = try FileSample.read([FileSample.row(["Status": word])])
        #expect(new.snapshot?.standing == .onHold)
        #expect(new.problems.map(\.code) == ["unknown_status"])
        let known = try FileSample.snapshot(after: ["NEW", "SHIPPED"])
        let after = try #require(try FileSample.read([FileSample.row(["Status": word])], known: known, at: FileSample.reportedAt + .seconds(600)).snapshot)
        #expect(after.standing == .closed)
        #expect(after.fulfilment == .inTransit)
        #expect(after.flags.map(\.code) == ["unknown_status"])
    }

    @Test(arguments: [
        (["NEW", "CONFIRMED", "PACKING", "READY", "SHIPPED", "AT_STORE", "DELIVERED"], Fulfilment.delivered), (["NEW", "SHIPPED"], .inTransit), (["WAIT_PAY", "NEW"], .unfulfilled), (["SHIPPED", "AT_STORE", "NOT_COLLECTED", "RETURNED"], .returned),
        (["SHIPPED", "LOST"], .lost), (["SHIPPED", "LOST", "DELIVERED"], .delivered), (["DELIVERED", "RETURNED"], .returned),
    ])
    func `a status that moves forward is taken`(words: [String], end: Fulfilment) throws {
        let order = try FileSample.snapshot(after: words)
        #expect(order.fulfilment == end)
        #expect(order.platformStatus == words.last)
    }

    @Test(arguments: [
        (["SHIPPED", "NEW"], "SHIPPED"), (["DELIVERED", "SHIPPED"], "DELIVERED"), (["READY", "PACKING"], "READY"), (["AT_STORE", "SHIPPED"], "AT_STORE"), (["RETURNED", "DELIVERED"], "RETURNED"), (["RETURNED", "NOT_COLLECTED"], "RETURNED"),
        (["CANCELLED", "NEW"], "CANCELLED"), (["CANCELLED", "SHIPPED"], "CANCELLED"), (["NEW", "WAIT_PAY"], "NEW"), (["DELIVERED", "CANCELLED"], "DELIVERED"), (["NOT_COLLECTED", "CANCELLED"], "NOT_COLLECTED"), (["RETURNED", "CANCELLED"], "RETURNED"),
    ])
    func `a status that would go back is not taken, and said`(words: [String], kept: String) throws {
        let before = try FileSample.snapshot(after: Array(words.dropLast()))
        let read = try FileSample.read([FileSample.row(["Status": try #require(words.last)])], known: before, at: FileSample.reportedAt + .seconds(600)), after = try #require(read.snapshot)
        #expect(after.platformStatus == kept)
        #expect(after.standing == before.standing)
        #expect(after.fulfilment == before.fulfilment)
        #expect(after.payment == before.payment)
        #expect(read.problems.first?.code == (words.last == "CANCELLED" ? "cancelled_too_late" : "status_went_back"))
        #expect(!read.isRejected)
    }

    @Test(arguments: ["NEW", "CONFIRMED", "PACKING", "READY", "SHIPPED", "AT_STORE"])
    func `an order can be cancelled until it is delivered, and its goods stay where they are`(word: String) throws {
        let before = try FileSample.snapshot(after: [word]), after = try FileSample.snapshot(after: [word, "CANCELLED"])
        #expect(after.standing == .cancelled)
        #expect(after.fulfilment == before.fulfilment)
        #expect(after.payment.state == .refunded)
    }

    @Test func `cash on delivery is unpaid until the parcel is handed over`() throws {
        let order = try FileSample.snapshot(after: ["NEW"], changes: ["Payment": "เก็บเงินปลายทาง"])
        #expect(order.payment.isCashOnDelivery)
        #expect(order.payment.codAmount == 37_950)
        #expect(try FileSample.snapshot(after: ["NEW", "DELIVERED"], changes: ["Payment": "COD"]).payment.state == .paid)
        #expect(try FileSample.snapshot(after: ["NEW", "RETURNED"], changes: ["Payment": "COD"]).payment.state == .voided)
    }

    // MARK: the stores' report (§4A.4)

    private func shippedToStore() throws -> OrderSnapshot {
        let rows = [FileSample.row(["Status": "SHIPPED", "SHIP_TO": "S", "Store code": "01234", "Total": ""]), FileSample.row(["Status": "SHIPPED", "SHIP_TO": "S", "Store code": "01234", "Invoice no.": "9900000457", "Total": ""], number: 3)]
        return try #require(try FileSample.read(rows).snapshot)
    }

    struct Keys: Sendable, CustomTestStringConvertible {
        var keys: [(invoice: String, word: String)], fulfilment: Fulfilment, isReady: Bool
        var testDescription: String { keys.map { "\($0.invoice) \($0.word)" }.joined(separator: ", ") }
    }
    static let keys: [Keys] = [
        Keys(keys: [("9900000456", "คีย์รับ"), ("9900000457", "คีย์รับ")], fulfilment: .outForDelivery, isReady: true), Keys(keys: [("9900000456", "คีย์รับ"), ("9900000457", "")], fulfilment: .inTransit, isReady: false),
        Keys(keys: [("9900000456", "คีย์รับ")], fulfilment: .inTransit, isReady: false), Keys(keys: [("9900000456", "คีย์จ่าย"), ("9900000457", "คีย์รับ")], fulfilment: .outForDelivery, isReady: false),
        Keys(keys: [("9900000456", "คีย์จ่าย"), ("9900000457", "คีย์จ่าย")], fulfilment: .delivered, isReady: false), Keys(keys: [("9900000456", "คีย์รับ"), ("9900000456", "คีย์รับ"), ("9900000457", "คีย์รับ")], fulfilment: .outForDelivery, isReady: true),
    ]

    @Test(arguments: keys)
    func `what the stores have keyed of all invoices together moves the order`(row: Keys) throws {
        let read = try FileSample.read(FileSample.receipts(row.keys), known: try shippedToStore(), header: FileSample.receiptHeader, at: FileSample.reportedAt + .seconds(60)), order = try #require(read.snapshot)
        #expect(order.fulfilment == row.fulfilment)
        #expect(order.tags.contains("ready-to-collect") == row.isReady)
        #expect(order.lines.count == 2)
        #expect(read.problems.isEmpty)
    }

    @Test func `keys of several reports add up, and a later vendor file does not forget them`() throws {
        var order = try shippedToStore()
        for (minutes, key) in [("9900000456", "คีย์รับ"), ("9900000457", "คีย์รับ")].enumerated() {
            order = try #require(try FileSample.read(FileSample.receipts([key]), known: order, header: FileSample.receiptHeader, at: FileSample.reportedAt + .seconds(Int64(minutes + 1) * 60)).snapshot)
        }
        #expect(order.fulfilment == .outForDelivery)
        #expect(order.tags.contains("ready-to-collect"))
        let rows = [FileSample.row(["Status": "SHIPPED", "SHIP_TO": "S", "Store code": "01234", "Total": ""]), FileSample.row(["Status": "SHIPPED", "SHIP_TO": "S", "Store code": "01234", "Invoice no.": "9900000457", "Total": ""], number: 3)]
        let read = try FileSample.read(rows, known: order, at: FileSample.reportedAt + .seconds(900)), later = try #require(read.snapshot)
        #expect(later.fulfilment == .outForDelivery)
        #expect(later.tags.contains("ready-to-collect"))
        #expect(read.problems.isEmpty)
    }

    @Test func `nothing keyed, and a hand-over that is keyed back, change nothing`() throws {
        let order = try shippedToStore()
        #expect(try FileSample.read(FileSample.receipts([("9900000456", ""), ("9900000457", "")]), known: order, header: FileSample.receiptHeader, at: FileSample.reportedAt + .seconds(60)).snapshot == nil)
        let over = try #require(try FileSample.read(FileSample.receipts([("9900000456", "คีย์จ่าย"), ("9900000457", "คีย์จ่าย")]), known: order, header: FileSample.receiptHeader, at: FileSample.reportedAt + .seconds(60)).snapshot)
        #expect(try FileSample.read(FileSample.receipts([("9900000456", "คีย์รับ")]), known: over, header: FileSample.receiptHeader, at: FileSample.reportedAt + .seconds(120)).snapshot == nil)
    }

    @Test func `an order of a report that no vendor file told is kept for a person and is no bad row`() throws {
        for (header, rows) in [(FileSample.receiptHeader, FileSample.receipts([("9900000456", "คีย์รับ")])), (["ORD_DATE", "ORD_NO", "INV_NO", "SHIP_TO", "CUST_NAME"], [FileRow(number: 2, cells: [0: .text("21.10.2025"), 1: .text("250000000123"), 2: .text("9900000456"), 3: .text("S")])])] {
            let read = try FileSample.read(rows, header: header)
            #expect(read.snapshot == nil)
            #expect(!read.isRejected)
            #expect(read.problems.map(\.code) == ["order_unknown"])
        }
    }

    @Test func `a store's word that nobody knows is told, and its day must be one`() throws {
        let read = try FileSample.read(FileSample.receipts([("9900000456", "คีย์หาย"), ("9900000457", "คีย์รับ")]), known: try shippedToStore(), header: FileSample.receiptHeader, at: FileSample.reportedAt + .seconds(60))
        #expect(read.problems.map(\.code) == ["unknown_type"])
        #expect(read.snapshot?.fulfilment == .inTransit)
        var rows = FileSample.receipts([("9900000456", "คีย์รับ")])
        rows[0].cells[4] = .text("31/02/2025")
        #expect(try FileSample.read(rows, known: try shippedToStore(), header: FileSample.receiptHeader).problems.map(\.code) == ["date_unreadable"])
    }
}
