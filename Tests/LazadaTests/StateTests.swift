import Connect
import Domain
import Testing

@testable import LazadaConnector

/// Every row of platforms/lazada.md §5.1, §5.2 and §5.3, and how many items make one order.
@Suite struct StateTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var word: String, standing: OrderSnapshot.Standing, fulfilment: Fulfilment
        /// Of an order that was paid, and of one whose courier collects.
        var paid: PaymentState, collected: PaymentState
        var flag: String?
        init(_ word: String, _ standing: OrderSnapshot.Standing, _ fulfilment: Fulfilment, _ paid: PaymentState, _ collected: PaymentState, flag: String? = nil) {
            self.word = word; self.standing = standing; self.fulfilment = fulfilment; self.paid = paid; self.collected = collected; self.flag = flag
        }
        var testDescription: String { word }
    }

    static let rows = [
        Row("unpaid", .onHold, .unfulfilled, .unpaid, .unpaid), Row("pending", .open, .unfulfilled, .paid, .unpaid), Row("topack", .open, .unfulfilled, .paid, .unpaid),
        Row("repacked", .open, .unfulfilled, .paid, .unpaid), Row("packed", .closed, .packed, .paid, .unpaid),
        Row("ready_to_ship", .closed, .readyToShip, .paid, .unpaid), Row("toship", .closed, .readyToShip, .paid, .unpaid), Row("ready_to_ship_pending", .closed, .readyToShip, .paid, .unpaid),
        Row("shipped", .closed, .inTransit, .paid, .unpaid), Row("shipping", .closed, .inTransit, .paid, .unpaid),
        Row("delivered", .closed, .delivered, .paid, .paid), Row("confirmed", .closed, .delivered, .paid, .paid),
        Row("failed", .closed, .deliveryFailed, .paid, .unpaid, flag: "delivery_failed"), Row("failed_delivery", .closed, .deliveryFailed, .paid, .unpaid, flag: "delivery_failed"),
        Row("shipped_back", .closed, .returning, .paid, .unpaid), Row("shipped_back_success", .closed, .returned, .refunded, .voided),
        Row("shipped_back_failed", .closed, .deliveryFailed, .paid, .unpaid, flag: "return_failed"), Row("returned", .closed, .returned, .refunded, .refunded),
        Row("canceled", .cancelled, .unfulfilled, .refunded, .voided), Row("cancelled", .cancelled, .unfulfilled, .refunded, .voided),
        Row("lost", .closed, .lost, .paid, .unpaid, flag: "goods_lost"), Row("lost_by_3pl", .closed, .lost, .paid, .unpaid, flag: "goods_lost"),
        Row("damaged", .closed, .lost, .paid, .unpaid, flag: "goods_damaged"), Row("damaged_by_3pl", .closed, .lost, .paid, .unpaid, flag: "goods_damaged"),
        Row("package_scrapped", .closed, .lost, .paid, .unpaid, flag: "goods_damaged"),
        Row("INFO_ST_DOMESTIC_OUT_FOR_DELIVERY", .closed, .outForDelivery, .paid, .unpaid, flag: "unknown_status"), Row("frobbed", .onHold, .unfulfilled, .paid, .unpaid, flag: "unknown_status"),
        Row("INFO_ST_FROBBED", .onHold, .unfulfilled, .paid, .unpaid, flag: "unknown_status"), Row("PENDING", .open, .unfulfilled, .paid, .unpaid),
    ]

    private static func order(_ words: [String], _ changes: [String: String?] = [:], item: [String: String?] = [:]) throws -> OrderSnapshot {
        try Sample.snapshot(changes, items: words.map { ["status": "\"\($0)\""].merging(item) { $1 } })
    }

    @Test(arguments: rows) func `each item status lands on one state of each axis`(_ row: Row) throws {
        let order = try Self.order([row.word, row.word])
        #expect(order.standing == row.standing)
        #expect(order.fulfilment == row.fulfilment)
        #expect(order.payment.state == row.paid)
        #expect(order.platformStatus == row.word)
        let codes = order.flags.map(\.code).filter { ["delivery_failed", "return_failed", "goods_lost", "goods_damaged", "unknown_status"].contains($0) }
        #expect(codes == [row.flag].compactMap(\.self))
    }

    @Test(arguments: rows) func `what a courier collects is unpaid until it is delivered`(_ row: Row) throws {
        let order = try Self.order([row.word, row.word], ["payment_method": "\"COD\""])
        #expect(order.payment.isCashOnDelivery)
        #expect(order.payment.state == row.collected)
        #expect(order.payment.codAmount == (row.collected == .unpaid ? order.totals.grand : nil))
    }

    struct Mix: Sendable, CustomTestStringConvertible {
        var words: [String], standing: OrderSnapshot.Standing, fulfilment: Fulfilment, payment: PaymentState
        init(_ words: [String], _ standing: OrderSnapshot.Standing, _ fulfilment: Fulfilment, _ payment: PaymentState) {
            self.words = words; self.standing = standing; self.fulfilment = fulfilment; self.payment = payment
        }
        var testDescription: String { words.joined(separator: "+") }
    }

    @Test(arguments: [
        Mix(["canceled", "canceled", "canceled"], .cancelled, .unfulfilled, .refunded), Mix(["canceled", "pending", "pending"], .open, .unfulfilled, .partiallyRefunded),
        Mix(["canceled", "delivered"], .closed, .delivered, .partiallyRefunded), Mix(["pending", "packed"], .open, .unfulfilled, .paid), Mix(["packed", "ready_to_ship", "shipped"], .closed, .packed, .paid),
        Mix(["delivered", "shipped"], .closed, .inTransit, .paid), Mix(["delivered", "returned"], .closed, .delivered, .partiallyRefunded), Mix(["returned", "returned"], .closed, .returned, .refunded),
        Mix(["unpaid", "pending"], .onHold, .unfulfilled, .unpaid), Mix(["lost_by_3pl", "delivered"], .closed, .delivered, .paid), Mix(["shipped_back", "delivered"], .closed, .returning, .paid),
        Mix(["canceled", "returned"], .closed, .returned, .refunded), Mix(["frobbed", "delivered"], .onHold, .unfulfilled, .paid),
    ]) func `cancelled items do not count and the least advanced of the others decides`(_ mix: Mix) throws {
        for words in [mix.words, mix.words.reversed()] {
            let order = try Self.order(words)
            #expect(order.standing == mix.standing)
            #expect(order.fulfilment == mix.fulfilment)
            #expect(order.payment.state == mix.payment)
        }
    }

    @Test func `a unit that was cancelled before it was paid is voided, and leaves the rest paid`() throws {
        let order = try Sample.snapshot(items: [["status": #""canceled""#, "payment_time": "0"], ["status": #""pending""#]])
        #expect(order.payment.state == .paid)
        #expect(try Sample.snapshot(items: [["status": #""canceled""#, "payment_time": nil], ["status": #""canceled""#, "payment_time": #""""#]]).payment.state == .voided)
    }

    @Test func `the words of mixed items stand in the order of their numbers, and each line tells its own`() throws {
        let order = try Self.order(["shipped", "packed", "shipped"])
        #expect(order.platformStatus == "shipped/packed")
        #expect(order.attributes["line.700000000000002.status"] == "1 packed, 2 shipped")
    }

    // MARK: cancel and return

    @Test func `a buyer's wish to cancel holds the order until it has left`() throws {
        let asked = try Self.order(["ready_to_ship", "ready_to_ship"], ["need_cancel_confirm": "true"])
        #expect(asked.standing == .onHold && asked.flags.contains { $0.code == "cancel_requested" })
        #expect(try Self.order(["pending"], item: ["return_status": #""CANCEL_INIT""#, "cancel_return_initiator": #""cancellation-customer""#]).standing == .onHold)
        #expect(try Self.order(["pending"], ["is_cancel_pending": "1"]).flags.contains { $0.code == "cancel_pending" })
        let gone = try Self.order(["shipped"], ["need_cancel_confirm": #""1""#])
        #expect(gone.standing == .closed && gone.flags.contains { $0.code == "cancel_requested" })
        #expect(try Self.order(["canceled"], ["need_cancel_confirm": "true"]).standing == .cancelled)
    }

    @Test(arguments: [
        ("RTM_INIT", Fulfilment.returning, PaymentState.paid), ("RTM_SHIPPING_BACK", .returning, .paid), ("RTW_INIT", .returning, .paid), ("RTW_SHIPPING_BACK", .returning, .paid),
        ("RTM_RECEIVE_ITEM", .returned, .paid), ("RTW_REFUND_PENDING", .returning, .paid), ("RTM_CANCELED", .delivered, .paid), ("RTW_CANCELED", .delivered, .paid), ("RTW_REJECT", .delivered, .paid),
        ("REFUND_INIT", .delivered, .paid), ("REFUND_PENDING", .delivered, .paid), ("REFUND_REJECTED", .delivered, .paid), ("REFUND_SUCCESS", .delivered, .refunded), ("CANCEL_REFUND_ISSUED", .delivered, .refunded),
        ("CANCEL_SUCCESS", .delivered, .paid),
    ]) func `a return that has begun outdoes the item's own word`(word: String, fulfilment: Fulfilment, payment: PaymentState) throws {
        let order = try Self.order(["delivered"], item: ["return_status": "\"\(word)\"", "reverse_order_id": "800000000000001"])
        #expect(order.fulfilment == fulfilment)
        #expect(order.payment.state == payment)
        #expect(order.attributes["reverse.orders"] == "800000000000001")
        #expect(!order.flags.contains { $0.code == "unknown_status" })
    }

    @Test func `a return status nobody has seen is kept and raised`() throws {
        let order = try Self.order(["delivered"], item: ["return_status": #""FROBBED""#])
        #expect(order.fulfilment == .delivered && order.flags.contains { $0.code == "unknown_status" && $0.message.contains("FROBBED") })
    }

    // MARK: packages

    @Test(arguments: [
        ("READY_TO_SHIP", Fulfilment.readyToShip), ("READY_TO_SHIP_PENDING", .readyToShip), ("INFO_ST_TRANSIT_TO_SHIP", .readyToShip), ("INFO_ST_DOMESTIC_PICKUP_SIGN_IN_SUCCESS", .pickedUp),
        ("INFO_ST_CB_PICKUP_SUCCESS", .pickedUp), ("INFO_ST_DOMESTIC_ARRIVED_AT_TRANSIT_HUB", .inTransit), ("INFO_ST_DOMESTIC_DEPART_SORT_CENTER", .inTransit),
        ("INFO_ST_DOMESTIC_AT_STATION_INBOUND", .inTransit), ("INFO_ST_CB_UPLIFTED", .inTransit), ("CB_CUSTOMS_CLEARED", .inTransit), ("INFO_ST_DOMESTIC_REDELIVERY", .inTransit),
        ("INFO_ST_DOMESTIC_OUT_FOR_DELIVERY", .outForDelivery), ("INFO_ST_DOMESTIC_DRIVER_ASSIGNED", .outForDelivery), ("INFO_ST_DOMESTIC_DELIVERED", .delivered),
        ("INFO_ST_DOMESTIC_1ST_ATTEMPT_FAILED", .deliveryFailed), ("INFO_ST_DOMESTIC_REATTEMPTS_FAILED", .deliveryFailed), ("DOMESTIC_DELIVERY_FAILED", .deliveryFailed), ("DELIVER_FAILED", .deliveryFailed),
        ("INFO_ST_DOMESTIC_RETURN_AT_TRANSIT_HUB", .returning), ("INFO_ST_DOMESTIC_ON_THE_WAY_BACK_TO_SHIPPER", .returning), ("INFO_ST_DOMESTIC_BACK_TO_SHIPPER", .returned), ("WAREHOUSE_RETURNED", .returned),
        ("LOST_BY_3PL", .lost), ("DAMAGE_BY_3PL", .lost), ("PACKAGE_SCRAPPED", .lost), ("delivered", .delivered),
    ]) func `each package status says where the goods are`(word: String, expected: Fulfilment) {
        #expect(PackageStates.meaning(of: word) == PackageMeaning(expected))
    }

    @Test(arguments: ["CANCELLED", "PACKAGE_INTERCEPTED", "INFO_ST_DOMESTIC_PICKUP_SIGN_IN_FAILURE"]) func `a package that needs a person says so`(_ word: String) {
        let meaning = PackageStates.meaning(of: word)
        #expect(meaning?.trouble?.isEmpty == false)
        #expect(meaning?.fulfilment == (word.hasSuffix("FAILURE") ? .readyToShip : nil))
    }

    @Test(arguments: ["FROBBED", "", "RETURN_SOMEWHERE_HUB", "INFO_ST_", "BACK_AT_STATION"]) func `a package status nobody has seen is none, not the likeliest`(_ word: String) {
        #expect(PackageStates.meaning(of: word) == nil)
    }
}
