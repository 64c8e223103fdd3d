import HTTPTypes
package import Connect
package import Domain
import Foundation

extension CourierConnector {
    package func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        guard let signature = delivery.headers[Names.signature],
              CourierSigning.isGenuine(signature, body: delivery.body, secrets: callbackSecrets, now: delivery.receivedAt) else {
            return .refuse(HookAnswer(status: 401, code: "bad_signature", body: #"{"code":"bad_signature"}"#))
        }
        let key = delivery.headers[Names.eventID].map { "event:\($0)" } ?? "digest:\(StableHash.of(delivery.body))"
        return .accept(Receipt(key: key, topic: "callback"))
    }

    package func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        let callback: CourierMessages.Callback
        do { callback = try JSONDecoder().decode(CourierMessages.Callback.self, from: Data(delivery.body)) } catch {
            throw .notUnderstood(field: "body", found: "not a callback of the contract")
        }
        let occurredAt = callback.occurredAt.flatMap { Timestamp(rfc3339: $0) } ?? delivery.receivedAt
        var update = TrackingUpdate(
            externalRef: Self.name(callback.externalRef), externalID: Self.name(callback.orderId), trackingNumber: Self.name(callback.trackingNumber), sequence: max(0, callback.seq ?? 0),
            occurredAt: occurredAt, fulfilment: nil, rawStatus: Self.text(callback.status ?? callback.type), codCollected: callback.codCollected ?? false, note: callback.note.map { Self.text($0) })
        let isAboutShipment = update.externalRef != nil || update.externalID != nil || update.trackingNumber != nil
        switch callback.type {
        case "shipment.status", "shipment.cancelled", "shipment.label_ready", "cod.collected":
            guard isAboutShipment else { throw .notUnderstood(field: "orderId", found: "nothing that names a shipment") }
        default: break
        }
        switch callback.type {
        case "shipment.status", "shipment.cancelled":
            let word = callback.status.map { Self.text($0) } ?? (callback.type == "shipment.cancelled" ? "cancelled" : "")
            update.rawStatus = word
            update.trouble = CourierStates.troubles[word]
            update.isVoid = word == "cancelled"
            update.fulfilment = CourierStates.fulfilment[word]
            if update.fulfilment == .lost, let parcel = callback.parcelRef {
                // One box of several: the others go on, so the shipment's state stays and a person is told.
                update.fulfilment = nil
                update.rawStatus = "\(word) (parcel \(parcel.cut(60)))"
            }
            return [.tracking(update)]
        case "shipment.label_ready":
            guard update.trackingNumber != nil else { return [.ignored(reason: "label ready without a tracking number")] }
            update.fulfilment = .packed
            update.sequence = 0
            return [.tracking(update)]
        case "cod.collected":
            update.codCollected = true
            update.fulfilment = .delivered
            return [.tracking(update)]
        case "cod.remitted", "shipment.weight_changed", "shipment.address_issue": return [.ignored(reason: callback.type)]
        default: return [.ignored(reason: "unknown type \(callback.type.cut(60))")]
        }
    }
}

extension CourierConnector {
    /// What names a shipment: 1 to 255 bytes without control characters; nil for anything else.
    private static func name(_ text: String?) -> String? { text.flatMap { isName($0) ? $0 : nil } }

    static func isName(_ text: String) -> Bool { (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 32 && $0 != 127 } }

    /// Words for a person: bounded, and without NUL, which PostgreSQL keeps in no text.
    private static func text(_ text: String) -> String { text.cut(2_000).replacing("\0", with: "") }
}

/// The status table of the contract (§5), data.
package enum CourierStates {
    /// What a person should know of; `on_hold` leaves the parcel's state as it is.
    package static let troubles = ["on_hold": "The carrier holds the parcel.", "pickup_failed": "The carrier came and could not pick the parcel up."]
    package static let fulfilment: [String: Fulfilment] = [
        "created": .packed, "accepted": .readyToShip, "pickup_failed": .readyToShip, "picked_up": .pickedUp, "in_transit": .inTransit, "at_hub": .inTransit,
        "out_for_delivery": .outForDelivery, "ready_for_collection": .outForDelivery, "delivery_failed": .deliveryFailed, "delivered": .delivered,
        "returning": .returning, "returned": .returned, "lost": .lost, "damaged": .lost, "cancelled": .unfulfilled,
    ]
}
