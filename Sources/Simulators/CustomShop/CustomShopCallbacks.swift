package import Foundation
import SimulatorKit

/// What the shop says to the hub's next callback (companion-webhook.md §13).
package enum CallbackAnswer: Sendable, Equatable {
    case ok, accepted, noContent, redirect, unauthorised, gone
    case throttled(retryAfterSeconds: Int)
    case serverError
    /// The effect is done, then silence for this long, then 200.
    case hang(Duration)
    /// The effect is done, the connection closed without an answer.
    case closeEarly
    /// 200 with a page for people.
    case html

    /// Whether the shop acts on the callback although the hub may not learn of it.
    var hasEffect: Bool {
        switch self {
        case .ok, .accepted, .noContent, .hang, .closeEarly, .html: true
        case .redirect, .unauthorised, .gone, .throttled, .serverError: false
        }
    }
}

/// One call of the hub.
package struct ReceivedCallback: Sendable {
    package var id: String
    package var type: String
    package var body: Data
    /// Nil: rightly signed.
    package var refusal: CustomShopSigning.Refusal?
    /// This id had its effect before.
    package var isRepeat: Bool
}

/// A shipment as the hub told it.
package struct ToldShipment: Sendable, Equatable, Decodable {
    package struct Line: Sendable, Equatable, Decodable { package var externalLineID: String, quantity: Int }
    package var id: String, carrier: String
    package var trackingNumber: String?, trackingURL: String?, shippedAt: String?
    package var lines: [Line]
}

/// The hub's callbacks as the shop has them: what came, and what it did to the shop.
struct CustomShopCallbacks {
    /// Calls kept with their bodies.
    private static let maximumKept = 10_000

    struct Content: Decodable {
        struct Item: Decodable {
            var sku: String
            var available: Int?, price: Int64?
        }
        var externalID: String?, reason: String?, shipmentID: String?, state: String?, hubOrderID: String?
        var shipment: ToldShipment?
        var items: [Item]?
    }
    struct Envelope: Decodable { var type: String, data: Content }

    private(set) var received: [ReceivedCallback] = []
    /// Calls by `webhook-id`.
    private(set) var countByID: [String: Int] = [:]
    /// Distinct `webhook-id`s that carried this shipment: more than one under the same id would be a shipment told twice.
    private(set) var countByShipment: [String: Int] = [:]
    private var done: Set<String> = []
    private(set) var refused = 0
    private(set) var repeats = 0
    private(set) var shipments: [String: [ToldShipment]] = [:]
    private(set) var acknowledged: [String: String] = [:]
    private(set) var rejected: Set<String> = []
    private(set) var stock: [String: Int] = [:]
    private(set) var prices: [String: Int64] = [:]
    var answers: [CallbackAnswer] = []

    func trackingNumbers(of externalID: String) -> [String] { (shipments[externalID] ?? []).compactMap(\.trackingNumber) }

    var statistics: [SimulatorStatistic] {
        [.init("callbacks", countByID.values.reduce(0, +)), .init("callbacks repeated", repeats), .init("callbacks refused", refused),
         .init("shipments told", countByShipment.count)]
    }

    mutating func note(_ call: ReceivedCallback) {
        received.append(call)
        if received.count > Self.maximumKept { received.removeFirst(Self.maximumKept / 2) }
        guard call.refusal == nil else { refused += 1; return }
        countByID[call.id, default: 0] += 1
        if call.isRepeat { repeats += 1 }
    }

    func isDone(_ id: String) -> Bool { done.contains(id) }

    /// Acts on a callback once per id; returns what the order now is to be, for kinds that change it.
    mutating func act(id: String, _ envelope: Envelope) -> OrderEffect? {
        guard done.insert(id).inserted else { return nil }
        let data = envelope.data
        switch envelope.type {
        case "order.acknowledged":
            if let order = data.externalID { acknowledged[order] = data.hubOrderID ?? "" }
        case "order.rejected":
            if let order = data.externalID { rejected.insert(order) }
        case "order.shipped":
            guard let order = data.externalID, let shipment = data.shipment else { return nil }
            countByShipment[shipment.id, default: 0] += 1
            guard shipments[order]?.contains(where: { $0.id == shipment.id }) != true else { return nil }
            shipments[order, default: []].append(shipment)
            return OrderEffect(externalID: order, fulfilment: "inTransit")
        case "order.fulfilment":
            if let order = data.externalID, let state = data.state { return OrderEffect(externalID: order, fulfilment: state) }
        case "order.cancelRequested":
            if let order = data.externalID { return OrderEffect(externalID: order, isCancel: true) }
        case "stock.updated":
            for item in data.items ?? [] { stock[item.sku] = item.available }
        case "price.updated":
            for item in data.items ?? [] { prices[item.sku] = item.price }
        default: break
        }
        return nil
    }

    struct OrderEffect { var externalID: String; var fulfilment: String?; var isCancel = false }
}
