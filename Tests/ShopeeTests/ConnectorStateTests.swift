import Connect
import Domain
import Foundation
import Testing

@testable import ShopeeConnector

@Suite struct ConnectorStateTests {
    private func order(_ status: String, package: String = "LOGISTICS_READY", _ changes: [String: String?] = [:], beside: String = "") throws -> OrderSnapshot {
        try SampleOrder.snapshot(of: #"{"order":\#(try SampleOrder.standing(status, package: package, changes))\#(beside)}"#)
    }

    /// The rows of platforms/shopee.md §5.1: word, cash on delivery, paid, and what they mean.
    struct Row: Sendable, CustomTestStringConvertible {
        var word: String
        var package: String
        var isCOD = false
        var isPaid = true
        var standing: OrderSnapshot.Standing
        var fulfilment: Fulfilment
        var payment: PaymentState
        var flag: String?
        var testDescription: String { "\(word) \(package)\(isCOD ? " COD" : "")\(isPaid ? " paid" : "")" }
    }

    static let rows: [Row] = [
        Row(word: "UNPAID", package: "", isPaid: false, standing: .onHold, fulfilment: .unfulfilled, payment: .unpaid),
        Row(word: "PENDING", package: "LOGISTICS_NOT_START", isPaid: true, standing: .onHold, fulfilment: .unfulfilled, payment: .paid, flag: "platform_pending"),
        Row(word: "PENDING", package: "LOGISTICS_NOT_START", isPaid: false, standing: .onHold, fulfilment: .unfulfilled, payment: .unpaid, flag: "platform_pending"),
        Row(word: "INVOICE_PENDING", package: "", standing: .onHold, fulfilment: .unfulfilled, payment: .paid, flag: "invoice_pending"),
        Row(word: "READY_TO_SHIP", package: "LOGISTICS_READY", standing: .open, fulfilment: .unfulfilled, payment: .paid),
        Row(word: "READY_TO_SHIP", package: "LOGISTICS_READY", isCOD: true, isPaid: false, standing: .open, fulfilment: .unfulfilled, payment: .unpaid),
        Row(word: "PROCESSED", package: "LOGISTICS_REQUEST_CREATED", standing: .closed, fulfilment: .readyToShip, payment: .paid),
        Row(word: "PROCESSED", package: "LOGISTICS_REQUEST_CREATED", isCOD: true, isPaid: false, standing: .closed, fulfilment: .readyToShip, payment: .unpaid),
        Row(word: "RETRY_SHIP", package: "LOGISTICS_PICKUP_RETRY", standing: .closed, fulfilment: .readyToShip, payment: .paid, flag: "pickup_failed"),
        Row(word: "SHIPPED", package: "LOGISTICS_PICKUP_DONE", standing: .closed, fulfilment: .inTransit, payment: .paid),
        Row(word: "SHIPPED", package: "LOGISTICS_PICKUP_DONE", isCOD: true, isPaid: false, standing: .closed, fulfilment: .inTransit, payment: .unpaid),
        Row(word: "TO_CONFIRM_RECEIVE", package: "LOGISTICS_DELIVERY_DONE", standing: .closed, fulfilment: .delivered, payment: .paid),
        Row(word: "TO_CONFIRM_RECEIVE", package: "LOGISTICS_DELIVERY_DONE", isCOD: true, isPaid: false, standing: .closed, fulfilment: .delivered, payment: .paid),
        Row(word: "COMPLETED", package: "LOGISTICS_DELIVERY_DONE", standing: .closed, fulfilment: .delivered, payment: .paid),
        Row(word: "IN_CANCEL", package: "LOGISTICS_READY", standing: .onHold, fulfilment: .unfulfilled, payment: .paid, flag: "cancel_requested"),
        Row(word: "IN_CANCEL", package: "LOGISTICS_REQUEST_CREATED", isCOD: true, isPaid: false, standing: .onHold, fulfilment: .readyToShip, payment: .unpaid, flag: "cancel_requested"),
        Row(word: "CANCELLED", package: "LOGISTICS_REQUEST_CANCELED", standing: .cancelled, fulfilment: .unfulfilled, payment: .refunded),
        Row(word: "CANCELLED", package: "LOGISTICS_INVALID", isPaid: false, standing: .cancelled, fulfilment: .unfulfilled, payment: .voided),
        Row(word: "CANCELLED", package: "LOGISTICS_DELIVERY_FAILED", isCOD: true, isPaid: false, standing: .cancelled, fulfilment: .deliveryFailed, payment: .voided, flag: "delivery_failed"),
        Row(word: "CANCELLED", package: "LOGISTICS_LOST", standing: .cancelled, fulfilment: .lost, payment: .refunded, flag: "package_lost"),
        Row(word: "TO_RETURN", package: "LOGISTICS_DELIVERY_DONE", standing: .closed, fulfilment: .returning, payment: .paid),
        Row(word: "FROBBED", package: "LOGISTICS_READY", standing: .onHold, fulfilment: .unfulfilled, payment: .paid, flag: "unknown_status"),
    ]

    @Test(arguments: rows) func `each word of an order lands on our axes`(row: Row) throws {
        let order = try order(row.word, package: row.package, ["cod": row.isCOD ? "true" : "false", "pay_time": row.isPaid ? "1761021600" : "null"])
        #expect(order.standing == row.standing && order.fulfilment == row.fulfilment && order.payment.state == row.payment)
        #expect(order.flags.map(\.code) == [row.flag, "masked"].compactMap(\.self))
        #expect(order.platformStatus.hasPrefix(row.word))
    }

    @Test func `every known word is in the table`() { #expect(Set(Self.rows.map(\.word)).subtracting(["FROBBED"]) == Set(OrderWord.allCases.map(\.rawValue))) }

    /// The words of §5.2, with and without their prefix: fulfilment, that of a package whose goods had been taken, held, needs attention, cancelled, arranged.
    @Test(arguments: [
        ("NOT_START", .unfulfilled, .unfulfilled, true, false, false, false), ("PENDING_ARRANGE", .unfulfilled, .unfulfilled, true, false, false, false),
        ("READY", .unfulfilled, .unfulfilled, false, false, false, false), ("REQUEST_CREATED", .readyToShip, .readyToShip, false, false, false, true),
        ("PICKUP_RETRY", .readyToShip, .readyToShip, false, true, false, true), ("PICKUP_DONE", .pickedUp, .pickedUp, false, false, false, true),
        ("DELIVERY_DONE", .delivered, .delivered, false, false, false, true), ("INVALID", nil, nil, false, false, true, false),
        ("REQUEST_CANCELED", nil, nil, false, false, true, false), ("COD_REJECTED", nil, nil, false, false, true, false),
        ("PICKUP_FAILED", nil, .returning, false, false, true, true), ("DELIVERY_FAILED", .deliveryFailed, .deliveryFailed, false, false, false, true), ("LOST", .lost, .lost, false, false, false, true),
    ] as [(String, Fulfilment?, Fulfilment?, Bool, Bool, Bool, Bool)])
    func `each word of a package has its meaning`(word: String, fulfilment: Fulfilment?, takenBefore: Fulfilment?, isHeld: Bool, needsAttention: Bool, isCancelled: Bool, isArranged: Bool) throws {
        for text in [word, "LOGISTICS_" + word] {
            let meaning = try #require(PackageWord(platform: text))
            #expect(meaning.fulfilment(wasPickedUp: false) == fulfilment && meaning.fulfilment(wasPickedUp: true) == takenBefore)
            #expect(meaning.isHeld == isHeld && meaning.needsAttention == needsAttention && meaning.isCancelled == isCancelled && meaning.isArranged == isArranged)
            #expect(meaning.isShippable == (word == "READY"))
        }
    }

    @Test(arguments: [
        ("SHIPPED", "LOGISTICS_DELIVERY_FAILED", Fulfilment.deliveryFailed), ("SHIPPED", "LOGISTICS_LOST", .lost), ("SHIPPED", "LOGISTICS_DELIVERY_DONE", .delivered),
        ("SHIPPED", "LOGISTICS_REQUEST_CREATED", .inTransit), ("SHIPPED", "", .inTransit), ("SHIPPED", "LOGISTICS_MOON", .inTransit), ("CANCELLED", "LOGISTICS_PICKUP_DONE", .inTransit),
        ("FROBBED", "LOGISTICS_PICKUP_DONE", .inTransit),
    ])
    func `a shipped order is where its package is`(word: String, package: String, expected: Fulfilment) throws {
        #expect(try order(word, package: package).fulfilment == expected)
    }

    @Test(arguments: [(600, Fulfilment.pickedUp), (3_600, .pickedUp), (3_601, .inTransit)])
    func `what was just picked up is not yet under way`(seconds: Int, expected: Fulfilment) throws {
        #expect(try order("SHIPPED", package: "LOGISTICS_PICKUP_DONE", ["pickup_done_time": "\(1_761_021_605 - seconds)"]).fulfilment == expected)
    }

    @Test func `a pickup that failed after the goods were taken brings them back`() throws {
        #expect(try order("CANCELLED", package: "LOGISTICS_PICKUP_FAILED", ["pickup_done_time": "1761021000"]).fulfilment == .returning)
        #expect(try order("CANCELLED", package: "LOGISTICS_PICKUP_FAILED").fulfilment == .unfulfilled)
    }

    @Test func `several packages are as far as the last of them, and each trouble is told`() throws {
        let packages = #"[{"package_number":"P1","logistics_status":"LOGISTICS_DELIVERY_DONE"},{"package_number":"P2","logistics_status":"LOGISTICS_PICKUP_DONE"},{"package_number":"P3","logistics_status":"LOGISTICS_LOST"},{"package_number":"P4","logistics_status":"LOGISTICS_INVALID"}]"#
        let order = try SampleOrder.snapshot(["order_status": "\"SHIPPED\"", "package_list": packages, "split_up": "true"])
        #expect(order.fulfilment == .inTransit && order.standing == .closed)
        #expect(order.flags.contains { $0.code == "package_lost" && $0.message.contains("P3") })
        #expect(order.attributes["packages"] == "P1, P2, P3, P4" && order.tags == ["split"])
    }

    @Test(arguments: ["LOGISTICS_NOT_START", "LOGISTICS_PENDING_ARRANGE"])
    func `an order whose packages may not be arranged yet is held`(package: String) throws {
        let order = try order("READY_TO_SHIP", package: package)
        #expect(order.standing == .onHold && order.flags.contains { $0.code == "package_not_ready" })
    }

    @Test(arguments: [("READY_TO_SHIP", "LOGISTICS_INVALID"), ("PROCESSED", "LOGISTICS_REQUEST_CANCELED"), ("READY_TO_SHIP", "LOGISTICS_COD_REJECTED"), ("RETRY_SHIP", "LOGISTICS_PICKUP_FAILED")])
    func `an order of which nothing will be sent is cancelled`(word: String, package: String) throws {
        let order = try order(word, package: package)
        #expect(order.standing == .cancelled && order.flags.contains { $0.code == "package_cancelled" })
    }

    @Test(arguments: ["IN_CANCEL", "FROBBED", "UNPAID"]) func `a package's end cancels no order that a person has to look at`(word: String) throws {
        #expect(try order(word, package: "LOGISTICS_REQUEST_CANCELED").standing == .onHold)
    }

    @Test func `a word of a package that nobody knows is told`() throws {
        let order = try order("PROCESSED", package: "LOGISTICS_ON_THE_MOON")
        #expect(order.flags.contains { $0.code == "unknown_package_status" && $0.message.contains("ON_THE_MOON") } && order.fulfilment == .readyToShip)
    }

    @Test func `who asked to cancel, and why, is told`() throws {
        #expect(try order("IN_CANCEL", ["buyer_cancel_reason": "\"wrong size\""]).flags.first?.message.contains("wrong size") == true)
    }

    // MARK: Returns

    private func returned(_ word: String, _ status: String, refund: String = "0", goods: Int = 0) throws -> OrderSnapshot {
        let order = try SampleOrder.json(["order_status": "\"\(word)\""], line: ["returned_qty": "\(goods)"], package: ["logistics_status": "\"LOGISTICS_DELIVERY_DONE\""])
        let body = #"{"order":\#(order),"returns":[{"return_sn":"R1","order_sn":"2510210K7TTH01","status":"\#(status)","refund_amount":\#(refund)}]}"#
        return try SampleOrder.snapshot(of: body)
    }

    @Test(arguments: ["REQUESTED", "PROCESSING", "ACCEPTED", "JUDGING", "SELLER_DISPUTE"]) func `goods of an open return are coming back`(status: String) throws {
        for word in ["COMPLETED", "TO_CONFIRM_RECEIVE", "TO_RETURN"] {
            let order = try returned(word, status)
            #expect(order.fulfilment == .returning && order.payment.state == .paid && order.totals.refunded == 0)
            #expect(order.flags.contains { $0.code == "return_open" && $0.message.contains(status) })
        }
    }

    @Test(arguments: [("100", 0, PaymentState.partiallyRefunded, Fulfilment.delivered), ("417.5", 2, .refunded, .returned), ("417.5", 0, .refunded, .delivered), ("0", 2, .paid, .returned), ("100.25", 1, .partiallyRefunded, .returned)])
    func `a closed return settles the money, and the goods where they came`(refund: String, goods: Int, payment: PaymentState, fulfilment: Fulfilment) throws {
        let order = try returned("COMPLETED", "CLOSED", refund: refund, goods: goods)
        #expect(order.payment.state == payment && order.fulfilment == fulfilment)
    }

    @Test func `a cancelled return changes nothing, and an unknown one is told`() throws {
        #expect(try returned("COMPLETED", "CANCELLED").fulfilment == .delivered)
        let order = try returned("COMPLETED", "VAPORISED")
        #expect(order.fulfilment == .delivered && order.flags.contains { $0.code == "unknown_return_status" })
    }

    @Test func `returns that could not be read are told`() throws {
        #expect(try order("COMPLETED", beside: #","returnsProblem":"error_permission""#).flags.contains { $0.code == "returns_unread" })
    }
}
