import Connect
import Domain
import Testing
@testable import Shopat24Connector

/// The status table of shopat24.md §5.1, row by row.
@Suite struct ConnectorStatusTests {
    typealias Standing = OrderSnapshot.Standing

    @Test(arguments: [
        ("NEW", Standing.open, Fulfilment.unfulfilled, PaymentState.paid), ("รอดำเนินการ", .open, .unfulfilled, .paid), ("ใหม่", .open, .unfulfilled, .paid),
        ("WAIT_PAY", .onHold, .unfulfilled, .unpaid), ("รอชำระเงิน", .onHold, .unfulfilled, .unpaid), ("CONFIRMED", .open, .unfulfilled, .paid), ("ยืนยันแล้ว", .open, .unfulfilled, .paid),
        ("PACKING", .open, .packed, .paid), ("กำลังจัดเตรียม", .open, .packed, .paid), ("READY", .closed, .readyToShip, .paid), ("พร้อมส่ง", .closed, .readyToShip, .paid),
        ("SHIPPED", .closed, .inTransit, .paid), ("จัดส่งแล้ว", .closed, .inTransit, .paid), ("AT_STORE", .closed, .outForDelivery, .paid), ("ถึงร้านแล้ว", .closed, .outForDelivery, .paid),
        ("DELIVERED", .closed, .delivered, .paid), ("รับสินค้าแล้ว", .closed, .delivered, .paid), ("NOT_COLLECTED", .closed, .returning, .paid), ("ไม่มารับ", .closed, .returning, .paid),
        ("RETURNED", .closed, .returned, .refunded), ("คืนสินค้า", .closed, .returned, .refunded), ("CANCELLED", .cancelled, .unfulfilled, .refunded), ("ยกเลิก", .cancelled, .unfulfilled, .refunded),
        ("LOST", .closed, .lost, .paid), ("สูญหาย", .closed, .lost, .paid), (" shipped ", .closed, .inTransit, .paid),
    ])
    func `each word has its meaning`(word: String, standing: Standing, fulfilment: Fulfilment, payment: PaymentState) throws {
        let snapshot = try Sample.snapshot(#"{"status":"\#(word)"}"#)
        #expect(snapshot.standing == standing)
        #expect(snapshot.fulfilment == fulfilment)
        #expect(snapshot.payment.state == payment)
        #expect(snapshot.platformStatus == word.replacing(" ", with: ""))
        #expect(snapshot.flags.map(\.code) == (["NOT_COLLECTED", "ไม่มารับ"].contains(word) ? ["not_collected"] : ["LOST", "สูญหาย"].contains(word) ? ["goods_lost"] : []))
    }

    @Test(arguments: [
        ("NEW", PaymentState.unpaid), ("CONFIRMED", .unpaid), ("SHIPPED", .unpaid), ("DELIVERED", .paid), ("NOT_COLLECTED", .unpaid), ("RETURNED", .voided), ("CANCELLED", .voided), ("LOST", .unpaid),
    ])
    func `cash on delivery is unpaid until it is delivered, and void when it never is`(word: String, payment: PaymentState) throws {
        for method in ["COD", "cod", "เก็บเงินปลายทาง"] {
            let snapshot = try Sample.snapshot(#"{"status":"\#(word)","payment":"\#(method)","paid":null}"#)
            #expect(snapshot.payment.state == payment)
            #expect(snapshot.payment.isCashOnDelivery)
            #expect(snapshot.payment.codAmount == (payment == .unpaid ? 37_950 : nil))
        }
    }

    @Test(arguments: [
        ("true", "true", PaymentState.paid), ("false", "true", .unpaid), ("null", "true", .paid), ("null", "false", .unpaid), ("\"Y\"", "false", .paid), ("0", "true", .unpaid), ("\"maybe\"", "false", .unpaid),
    ])
    func `what the channel says of payment stands before the setting`(paid: String, setting: String, expected: PaymentState) throws {
        #expect(try Sample.snapshot(#"{"paid":\#(paid)}"#, settings: ["paidByDefault": setting]).payment.state == expected)
    }

    @Test func `an unpaid order that is cancelled is void`() throws {
        #expect(try Sample.snapshot(#"{"status":"CANCELLED","paid":false}"#).payment.state == .voided)
    }

    @Test(arguments: ["MOON", "", "null", "SHIPPED2"])
    func `a word nobody has explained is kept, held and raised`(word: String) throws {
        let snapshot = try Sample.snapshot(word == "null" ? #"{"status":null}"# : #"{"status":"\#(word)"}"#)
        #expect(snapshot.standing == .onHold)
        #expect(snapshot.fulfilment == .unfulfilled)
        #expect(snapshot.payment.state == .paid)
        #expect(snapshot.flags.map(\.code) == ["unknown_status"])
        #expect(snapshot.platformStatus == (word == "null" ? "" : word))
    }

    static let received = "คีย์รับ", handedOver = "คีย์จ่าย"

    @Test(arguments: [
        ([received], "SHIPPED", Fulfilment.outForDelivery, true), ([received, received], "SHIPPED", .outForDelivery, true), ([received, ""], "SHIPPED", .inTransit, false), ([handedOver, handedOver], "SHIPPED", .delivered, false),
        ([handedOver, received], "SHIPPED", .outForDelivery, false), ([handedOver, ""], "SHIPPED", .outForDelivery, false), (["", ""], "SHIPPED", .inTransit, false), ([received, received], "AT_STORE", .outForDelivery, true),
        ([received, handedOver], "AT_STORE", .outForDelivery, false), ([received, ""], "AT_STORE", .outForDelivery, true), ([received, received], "DELIVERED", .delivered, false), ([received, received], "NOT_COLLECTED", .returning, false),
        ([handedOver], "RETURNED", .returned, false), ([received], "CANCELLED", .unfulfilled, false), ([received], "NEW", .outForDelivery, true), ([handedOver], "NEW", .delivered, false),
    ])
    func `what the stores keyed of the invoices moves the goods on`(types: [String], word: String, fulfilment: Fulfilment, isReady: Bool) throws {
        let invoices = types.enumerated().map { index, type in
            #"{"invoiceNo":"99000004\#(index)","type":\#(type.isEmpty ? "null" : "\"\(type)\""),"lines":[{"lineNo":1,"sku":"8850","qty":1,"unitPrice":"10.00"}]}"#
        }
        let snapshot = try Sample.snapshot(#"{"status":"\#(word)","amount":null,"invoices":[\#(invoices.joined(separator: ","))]}"#)
        #expect(snapshot.fulfilment == fulfilment)
        #expect(snapshot.tags.contains("ready-to-collect") == isReady)
        #expect(snapshot.platformStatus == ([word] + types.filter { !$0.isEmpty }).joined(separator: "/"))
        if word == "NEW" { #expect(snapshot.standing == .closed) }
        if fulfilment == .delivered { #expect(snapshot.payment.state == .paid) }
    }

    @Test func `a store's word that nobody knows changes nothing and is raised`() throws {
        let snapshot = try Sample.snapshot(#"{"status":"SHIPPED","invoices":[{"invoiceNo":"1","type":"คีย์หาย","lines":[]}],"amount":null}"#)
        #expect(snapshot.fulfilment == .inTransit)
        #expect(snapshot.flags.map(\.code) == ["unknown_status"])
    }

    @Test func `a channel's own words are added, and may replace`() throws {
        let profile = #"{"statusMap":{"ส่งของแล้ว":"processed/pickedUp","NEW":"held","DONE":"processed/delivered/paid/gift"}}"#
        #expect(try Sample.snapshot(#"{"status":"ส่งของแล้ว"}"#, profile: profile).fulfilment == .pickedUp)
        #expect(try Sample.snapshot(profile: profile).standing == .onHold)
        #expect(try Sample.snapshot(#"{"status":"done"}"#, profile: profile).tags.contains("gift"))
    }
}
