import Foundation
import SimulatorKit

/// What a callback tells (generic-courier.md §3). Members without a value are left out, but for the tracking number.
package struct CourierFact: Encodable, Sendable {
    enum Kind: String {
        case status = "shipment.status", labelReady = "shipment.label_ready", cancelled = "shipment.cancelled"
        case weightChanged = "shipment.weight_changed", addressIssue = "shipment.address_issue"
        case codCollected = "cod.collected", codRemitted = "cod.remitted"
    }
    struct Proof: Encodable, Sendable { var receivedBy: String }
    struct Driver: Encodable, Sendable { var name: String, phone: String }

    package var eventId: String
    package var type: String
    package var orderId: String
    var trackingNumber: Nullable<String>
    package var seq: Int?
    package var status: String?
    var occurredAt: String
    var note: String?
    var location: CourierEvent.Location?
    /// 1 for the first try to deliver.
    var attempt: Int?
    var reasonCode: String?
    var weightGrams: Int?
    var fee: CourierOrderRequest.Amount?
    /// Minor units, for the `cod.` facts.
    var amount: Int64?
    var currency: String?
    var reference: String?
    var parcelRef: String?
    var codCollected: Bool?
    var proof: Proof?
    var driver: Driver?

    init(eventID: String, kind: Kind, order: CourierOrder, seq: Int?, at date: Date) {
        eventId = eventID
        type = kind.rawValue
        orderId = order.orderID
        trackingNumber = Nullable(order.trackingNumber)
        self.seq = seq
        occurredAt = CourierTime.text(date)
    }
}
