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
            externalRef: callback.externalRef, externalID: callback.orderId, trackingNumber: callback.trackingNumber, sequence: callback.seq ?? 0,
            occurredAt: occurredAt, fulfilment: nil, rawStatus: callback.status ?? callback.type, codCollected: callback.codCollected ?? false, note: callback.note)
        switch callback.type {
        case "shipment.status", "shipment.cancelled":
            let word = callback.status ?? (callback.type == "shipment.cancelled" ? "cancelled" : "")
            update.rawStatus = word
            if word == "on_hold" { return [.ignored(reason: "on hold: the parcel's state stays as it is")] }
            update.isVoid = word == "cancelled"
            update.fulfilment = CourierStates.fulfilment[word]
            if update.fulfilment == .lost, let parcel = callback.parcelRef {
                // One box of several: the others go on, so the shipment's state stays and a person is told.
                update.fulfilment = nil
                update.rawStatus = "\(word) (parcel \(parcel.prefix(60)))"
            }
            return [.tracking(update)]
        case "shipment.label_ready":
            guard callback.trackingNumber != nil else { return [.ignored(reason: "label ready without a tracking number")] }
            update.fulfilment = .packed
            update.sequence = 0
            return [.tracking(update)]
        case "cod.collected":
            update.codCollected = true
            update.fulfilment = .delivered
            return [.tracking(update)]
        case "cod.remitted", "shipment.weight_changed", "shipment.address_issue": return [.ignored(reason: callback.type)]
        default: return [.ignored(reason: "unknown type \(callback.type.prefix(60))")]
        }
    }
}

/// The status table of the contract (§5), data.
package enum CourierStates {
    package static let fulfilment: [String: Fulfilment] = [
        "created": .packed, "accepted": .readyToShip, "pickup_failed": .readyToShip, "picked_up": .pickedUp, "in_transit": .inTransit, "at_hub": .inTransit,
        "out_for_delivery": .outForDelivery, "ready_for_collection": .outForDelivery, "delivery_failed": .deliveryFailed, "delivered": .delivered,
        "returning": .returning, "returned": .returned, "lost": .lost, "damaged": .lost, "cancelled": .unfulfilled,
    ]
}
