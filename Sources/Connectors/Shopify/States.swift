import Connect
import Domain

/// The platform's words and ours, as data (§5 "Status mapping"). Words are compared in lower case: REST writes `paid`, GraphQL `PAID`.
enum States {
    static let payment: [String: PaymentState] = [
        "pending": .unpaid, "authorized": .authorised, "partially_paid": .unpaid, "paid": .paid, "partially_refunded": .partiallyRefunded,
        "refunded": .refunded, "voided": .voided, "expired": .voided,
    ]

    /// What the order's fulfilment word says: where the goods are, whether a person is waited for, and whether its shipments say more.
    struct Whole: Sendable, Equatable {
        var fulfilment: Fulfilment, isHeld = false, isShippedWhole = false
    }
    static let fulfilment: [String: Whole] = [
        "unfulfilled": Whole(fulfilment: .unfulfilled), "open": Whole(fulfilment: .unfulfilled), "request_declined": Whole(fulfilment: .unfulfilled),
        "pending_fulfillment": Whole(fulfilment: .unfulfilled), "scheduled": Whole(fulfilment: .unfulfilled, isHeld: true), "on_hold": Whole(fulfilment: .unfulfilled, isHeld: true),
        // A warehouse accepted it: nothing is known to be packed yet.
        "in_progress": Whole(fulfilment: .unfulfilled),
        // The least advanced line decides.
        "partial": Whole(fulfilment: .unfulfilled), "partially_fulfilled": Whole(fulfilment: .unfulfilled),
        "fulfilled": Whole(fulfilment: .inTransit, isShippedWhole: true), "restocked": Whole(fulfilment: .returned),
    ]

    /// `fulfillments[].shipment_status` and `displayStatus`.
    static let shipment: [String: Fulfilment] = [
        "label_printed": .readyToShip, "label_purchased": .readyToShip, "confirmed": .readyToShip, "ready_for_pickup": .readyToShip,
        "carrier_picked_up": .pickedUp, "in_transit": .inTransit, "delayed": .inTransit, "out_for_delivery": .outForDelivery,
        "delivered": .delivered, "picked_up": .delivered, "attempted_delivery": .deliveryFailed, "not_delivered": .deliveryFailed,
        // Lost or failed: an operator finds out which; flagged.
        "failure": .deliveryFailed,
    ]
    /// `displayStatus` words that say no more than that the fulfilment exists, or no longer does.
    static let shipmentSaysNothing: Set<String> = ["fulfilled", "marked_as_fulfilled", "submitted", "canceled", "cancelled", "label_voided"]

    /// The state of a fulfilment's record: does the shipment stand?
    static let record: [String: Bool] = ["pending": true, "open": true, "success": true, "cancelled": false, "error": false, "failure": false]

    static let returned: [String: Fulfilment] = [
        "return_requested": .returning, "in_progress": .returning, "inspection_complete": .returned, "returned": .returned,
    ]
    /// Return words that say nothing about where the goods are.
    static let returnSaysNothing: Set<String> = ["no_return", "return_failed"]

    static let fulfilmentOrderIsHeld: [String: Bool] = [
        "open": false, "in_progress": false, "closed": false, "cancelled": false, "incomplete": false, "on_hold": true, "scheduled": true,
    ]

    static let cancelReasons: Set<String> = ["customer", "declined", "fraud", "inventory", "staff", "other"]

    static func unknown(_ field: String, _ word: String) -> Flag {
        Flag(code: "unknown_status", message: "Shopify's \(field) is \"\(word.cut(60))\", a word that this version does not know. It is kept as it came.")
    }
}

/// The three answers that an order's status words give, with what a person should know of them.
struct StateReading: Sendable, Equatable {
    var payment: PaymentState
    var fulfilment: Fulfilment
    var standing: OrderSnapshot.Standing
    /// The raw words, joined by `/`.
    var words: String
    var flags: [Flag] = []

    init(of order: OrderReading) {
        var flags: [Flag] = []
        payment = Self.payment(order, &flags)
        let whole = Self.whole(order, &flags)
        fulfilment = Self.fulfilment(order, whole, &flags)
        let isHeld = Self.isHeld(order, whole, &flags)
        standing = order.cancelledAt != nil ? .cancelled : order.closedAt != nil ? .closed : isHeld ? .onHold : .open
        if !order.isConfirmed {
            flags.append(Flag(code: "unconfirmed", message: "Shopify has not confirmed that the goods of this order are in stock."))
        }
        if let reason = order.cancelReason, !States.cancelReasons.contains(reason.lowercased()) { flags.append(States.unknown("cancel reason", reason)) }
        let returned = order.returnStatus.flatMap { $0.lowercased() == "no_return" ? nil : $0 }
        words = [order.financialStatus, order.fulfilmentStatus, returned, order.cancelledAt == nil ? nil : "cancelled"].compactMap { $0 }.joined(separator: "/")
        // Ten thousand shipments of one unknown word are one thing to know.
        var said: Set<Flag> = []
        self.flags = flags.filter { said.insert($0).inserted }.prefix(Self.maximumFlags).map(\.self)
    }

    static let maximumFlags = 20

    private static func payment(_ order: OrderReading, _ flags: inout [Flag]) -> PaymentState {
        guard let word = order.financialStatus else { return .unpaid }
        let lower = word.lowercased()
        if lower == "partially_paid" { flags.append(Flag(code: "partially_paid", message: "A part of this order is paid; the balance is outstanding.")) }
        if let known = States.payment[lower] { return known }
        flags.append(States.unknown("financial status", word))
        return .unpaid
    }

    private static func whole(_ order: OrderReading, _ flags: inout [Flag]) -> States.Whole {
        guard let word = order.fulfilmentStatus else { return States.Whole(fulfilment: .unfulfilled) }
        if let known = States.fulfilment[word.lowercased()] { return known }
        flags.append(States.unknown("fulfilment status", word))
        return States.Whole(fulfilment: .unfulfilled)
    }

    private static func fulfilment(_ order: OrderReading, _ whole: States.Whole, _ flags: inout [Flag]) -> Fulfilment {
        let shipments = shipments(order, &flags)
        if let word = order.returnStatus {
            let lower = word.lowercased()
            if let state = States.returned[lower] { return state }
            if lower == "return_failed" { flags.append(Flag(code: "return_failed", message: "Shopify reports a return that failed.")) }
            if !States.returnSaysNothing.contains(lower) { flags.append(States.unknown("return status", word)) }
        }
        // Restocked and cancelled: the goods never left.
        if whole.fulfilment == .returned, order.cancelledAt != nil { return .unfulfilled }
        guard whole.isShippedWhole else { return whole.fulfilment }
        return shipments.min { $0.rank < $1.rank } ?? whole.fulfilment
    }

    /// Where each standing shipment is; one that says no more than that it exists is on its way.
    private static func shipments(_ order: OrderReading, _ flags: inout [Flag]) -> [Fulfilment] {
        var states: [Fulfilment] = []
        for fulfilment in order.fulfilments {
            if let word = fulfilment.status {
                guard let stands = States.record[word.lowercased()] else { flags.append(States.unknown("fulfilment's status", word)); continue }
                if !stands { continue }
            }
            guard let word = fulfilment.shipmentStatus, case let lower = word.lowercased(), !States.shipmentSaysNothing.contains(lower) else { states.append(.inTransit); continue }
            if lower == "failure" { flags.append(Flag(code: "delivery_failure", message: "The carrier reports a failure: the parcel is lost or could not be delivered.")) }
            if let known = States.shipment[lower] { states.append(known) } else {
                flags.append(States.unknown("shipment status", word))
                states.append(.inTransit)
            }
        }
        return states
    }

    private static func isHeld(_ order: OrderReading, _ whole: States.Whole, _ flags: inout [Flag]) -> Bool {
        var isHeld = whole.isHeld
        for fulfilmentOrder in order.fulfilmentOrders {
            guard let word = fulfilmentOrder.status else { continue }
            if let held = States.fulfilmentOrderIsHeld[word.lowercased()] { isHeld = isHeld || held } else { flags.append(States.unknown("fulfilment order's status", word)) }
        }
        return isHeld
    }
}
