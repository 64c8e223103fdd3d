import Connect
import Domain
@testable import ShopifyConnector
import Testing

@Suite struct ConnectorStateTests {
    private func states(_ change: (inout OrderReading) -> Void) -> StateReading {
        var order = OrderReading()
        change(&order)
        return StateReading(of: order)
    }

    @Test(arguments: [
        ("pending", PaymentState.unpaid), ("PENDING", .unpaid), ("authorized", .authorised), ("AUTHORIZED", .authorised), ("partially_paid", .unpaid), ("PARTIALLY_PAID", .unpaid),
        ("paid", .paid), ("PAID", .paid), ("partially_refunded", .partiallyRefunded), ("PARTIALLY_REFUNDED", .partiallyRefunded), ("refunded", .refunded), ("REFUNDED", .refunded),
        ("voided", .voided), ("VOIDED", .voided), ("EXPIRED", .voided),
    ])
    func `each financial word lands on one payment state`(word: String, expected: PaymentState) {
        let read = states { $0.financialStatus = word }
        #expect(read.payment == expected)
        #expect(read.flags.map(\.code) == (word.lowercased() == "partially_paid" ? ["partially_paid"] : []))
    }

    @Test(arguments: [
        (String?.none, Fulfilment.unfulfilled, OrderSnapshot.Standing.open), ("UNFULFILLED", .unfulfilled, .open), ("OPEN", .unfulfilled, .open), ("SCHEDULED", .unfulfilled, .onHold),
        ("ON_HOLD", .unfulfilled, .onHold), ("REQUEST_DECLINED", .unfulfilled, .open), ("PENDING_FULFILLMENT", .unfulfilled, .open), ("IN_PROGRESS", .unfulfilled, .open),
        ("partial", .unfulfilled, .open), ("PARTIALLY_FULFILLED", .unfulfilled, .open), ("fulfilled", .inTransit, .open), ("FULFILLED", .inTransit, .open),
        ("restocked", .returned, .open), ("RESTOCKED", .returned, .open),
    ])
    func `each fulfilment word lands on one state`(word: String?, expected: Fulfilment, standing: OrderSnapshot.Standing) {
        let read = states { $0.fulfilmentStatus = word }
        #expect(read.fulfilment == expected)
        #expect(read.standing == standing)
        #expect(read.flags.isEmpty)
    }

    @Test(arguments: [
        ("label_printed", Fulfilment.readyToShip), ("LABEL_PURCHASED", .readyToShip), ("confirmed", .readyToShip), ("CARRIER_PICKED_UP", .pickedUp), ("in_transit", .inTransit),
        ("delayed", .inTransit), ("out_for_delivery", .outForDelivery), ("ready_for_pickup", .readyToShip), ("delivered", .delivered), ("PICKED_UP", .delivered),
        ("attempted_delivery", .deliveryFailed), ("NOT_DELIVERED", .deliveryFailed), ("failure", .deliveryFailed), ("FULFILLED", .inTransit), ("SUBMITTED", .inTransit),
    ])
    func `a shipment's word says more than fulfilled`(word: String, expected: Fulfilment) {
        let read = states { $0.fulfilmentStatus = "fulfilled"; $0.fulfilments = [.init(status: "success", shipmentStatus: word)] }
        #expect(read.fulfilment == expected)
        #expect(read.flags.map(\.code) == (word == "failure" ? ["delivery_failure"] : []))
    }

    @Test(arguments: [("pending", Fulfilment.delivered), ("open", .delivered), ("success", .delivered), ("cancelled", .inTransit), ("error", .inTransit), ("failure", .inTransit)])
    func `only fulfilments that stand count`(record: String, expected: Fulfilment) {
        #expect(states { $0.fulfilmentStatus = "fulfilled"; $0.fulfilments = [.init(status: record, shipmentStatus: "delivered")] }.fulfilment == expected)
    }

    @Test func `the least advanced of several shipments decides`() {
        let read = states { $0.fulfilmentStatus = "FULFILLED"; $0.fulfilments = [.init(status: "SUCCESS", shipmentStatus: "DELIVERED"), .init(status: "SUCCESS", shipmentStatus: "OUT_FOR_DELIVERY")] }
        #expect(read.fulfilment == .outForDelivery)
    }

    @Test(arguments: [("NO_RETURN", Fulfilment.inTransit, [String]()), ("RETURN_REQUESTED", .returning, []), ("IN_PROGRESS", .returning, []), ("INSPECTION_COMPLETE", .returned, []),
                      ("RETURNED", .returned, []), ("RETURN_FAILED", .inTransit, ["return_failed"])])
    func `each return word is understood`(word: String, expected: Fulfilment, flags: [String]) {
        let read = states { $0.fulfilmentStatus = "FULFILLED"; $0.returnStatus = word }
        #expect(read.fulfilment == expected)
        #expect(read.flags.map(\.code) == flags)
    }

    @Test(arguments: ["customer", "declined", "fraud", "inventory", "staff", "other"])
    func `a cancelled order stands as cancelled and its goods never left`(reason: String) {
        let read = states { $0.cancelledAt = "2026-11-06T03:00:00Z"; $0.cancelReason = reason; $0.closedAt = "2026-11-06T03:00:00Z"; $0.fulfilmentStatus = "restocked"; $0.financialStatus = "voided" }
        #expect(read.standing == .cancelled && read.fulfilment == .unfulfilled && read.payment == .voided)
        #expect(read.words == "voided/restocked/cancelled")
        #expect(read.flags.isEmpty)
    }

    @Test func `an archived order is closed and a held fulfilment order waits`() {
        #expect(states { $0.closedAt = "2026-11-06T03:00:00Z" }.standing == .closed)
        #expect(states { $0.fulfilmentOrders = [.init(status: "OPEN"), .init(status: "ON_HOLD")] }.standing == .onHold)
        #expect(states { $0.fulfilmentOrders = [.init(status: "CLOSED"), .init(status: "INCOMPLETE"), .init(status: "CANCELLED"), .init(status: "IN_PROGRESS")] }.standing == .open)
    }

    @Test func `a word nobody has seen is kept and raised, not guessed`() {
        let read = states {
            $0.financialStatus = "FROBBED"; $0.fulfilmentStatus = "WARPED"; $0.returnStatus = "LOOPED"; $0.fulfilments = [.init(status: "MELTED")]
            $0.fulfilmentOrders = [.init(status: "BENT")]; $0.cancelledAt = "2026-11-06T03:00:00Z"; $0.cancelReason = "whim"
        }
        #expect(read.flags.count == 6 && read.flags.allSatisfy { $0.code == "unknown_status" })
        #expect(read.payment == .unpaid && read.fulfilment == .unfulfilled)
        #expect(read.words == "FROBBED/WARPED/LOOPED/cancelled")
        let shipment = states { $0.fulfilmentStatus = "fulfilled"; $0.fulfilments = [.init(status: "success", shipmentStatus: "teleported")] }
        #expect(shipment.flags.map(\.code) == ["unknown_status"] && shipment.fulfilment == .inTransit)
    }

    @Test func `an order that the shop has not confirmed is raised`() {
        #expect(states { $0.isConfirmed = false }.flags.map(\.code) == ["unconfirmed"])
    }

    @Test(arguments: [("Cash on Delivery (COD)", true), ("cash_on_delivery", true), ("COD - EMS", true), ("เก็บเงินปลายทาง", true), ("Codabar Pay", false), ("bogus", false), ("Bank transfer", false)])
    func `cash on delivery is told by the gateway's name`(name: String, expected: Bool) {
        #expect(CashOnDeliveryNames(listed: []).matches(name) == expected)
    }

    @Test func `a listed name replaces the built-in rule`() {
        let names = CashOnDeliveryNames(listed: ["Pay the rider"])
        #expect(names.matches("pay the RIDER"))
        #expect(!names.matches("Cash on Delivery (COD)"))
    }
}
