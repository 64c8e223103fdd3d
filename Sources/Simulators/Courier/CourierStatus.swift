/// A parcel's states with their ranks (generic-courier.md §5).
package enum CourierStatus: String, Sendable, Codable, CaseIterable {
    case created, accepted
    case pickupFailed = "pickup_failed"
    case pickedUp = "picked_up"
    case inTransit = "in_transit"
    case atHub = "at_hub"
    case outForDelivery = "out_for_delivery"
    case readyForCollection = "ready_for_collection"
    case deliveryFailed = "delivery_failed"
    case returning, delivered, returned, lost, damaged, cancelled
    case onHold = "on_hold"

    package var rank: Int {
        switch self {
        case .created: 10
        case .accepted: 15
        case .pickupFailed: 16
        case .pickedUp: 20
        case .inTransit: 30
        case .atHub: 31
        case .outForDelivery: 40
        case .readyForCollection: 41
        case .deliveryFailed: 45
        case .returning: 50
        case .delivered: 60
        case .returned: 70
        case .lost, .damaged: 80
        case .cancelled: 90
        case .onHold: 0
        }
    }

    package var isTerminal: Bool { [.delivered, .returned, .lost, .damaged, .cancelled].contains(self) }

    /// Still in the seller's hands: may be cancelled.
    package var isBeforePickup: Bool { [.created, .accepted, .pickupFailed].contains(self) }

    /// The hub's word, for comparing (`pickup_failed` and `on_hold` keep what was).
    package var fulfilmentWord: String {
        switch self {
        case .created: "packed"
        case .accepted, .pickupFailed: "readyToShip"
        case .pickedUp: "pickedUp"
        case .inTransit, .atHub, .onHold: "inTransit"
        case .outForDelivery, .readyForCollection: "outForDelivery"
        case .deliveryFailed: "deliveryFailed"
        case .delivered: "delivered"
        case .returning: "returning"
        case .returned: "returned"
        case .lost, .damaged: "lost"
        case .cancelled: "unfulfilled"
        }
    }

    /// What a parcel to this postcode will go through; the sandbox's magic postcodes have their own lives (generic-courier.md §10).
    package static func life(toPostcode postcode: String) -> [CourierStatus] {
        let start: [CourierStatus] = [.accepted, .pickedUp, .inTransit]
        return switch postcode {
        case "99901": start + [.outForDelivery, .deliveryFailed, .outForDelivery, .deliveryFailed, .outForDelivery, .delivered]
        case "99902": start + [.outForDelivery, .deliveryFailed, .returning, .returned]
        case "99903": start + [.lost]
        default: start + [.outForDelivery, .delivered]
        }
    }
}
