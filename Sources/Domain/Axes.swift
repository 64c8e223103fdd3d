/// Where our own work on an order stands.
package enum Workflow: String, Sendable, Codable, CaseIterable {
    case new, edited, awaitingConfirmation, approved, queued, synced, processed, excluded, cancelled
}

/// Where the goods are.
package enum Fulfilment: String, Sendable, Codable, CaseIterable {
    case unfulfilled, packed, readyToShip, pickedUp, inTransit, outForDelivery, delivered, deliveryFailed, returning, returned, lost

    /// How far along the goods are; a later snapshot of equal age never moves an order to a lower rank by itself.
    package var rank: Int {
        switch self {
        case .unfulfilled: 0
        case .packed: 10
        case .readyToShip: 15
        case .pickedUp: 20
        case .inTransit: 30
        case .outForDelivery: 40
        case .deliveryFailed: 45
        case .returning: 50
        case .delivered: 60
        case .returned: 70
        case .lost: 80
        }
    }
    /// The goods have left the building.
    package var isShipped: Bool { rank >= Fulfilment.pickedUp.rank }
}

/// Where the money is.
package enum PaymentState: String, Sendable, Codable, CaseIterable {
    case unpaid, authorised, paid, partiallyRefunded, refunded, voided
}
