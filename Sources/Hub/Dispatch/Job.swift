package import Domain

/// One event for one destination.
package struct Job: Sendable, Equatable {
    package var id: JobID
    package var route: RouteID
    package var destination: ChannelID
    package var order: OrderID
    package var event: EventID
    package var eventType: String
    package var action: JobAction
    /// How many tries have failed so far.
    package var attempt: Int
    /// An earlier try may have had its effect: ask before repeating (law 6).
    package var isEffectUnknown: Bool
    package var idempotencyKey: String
    /// The order as the event left it (API JSON), a reason, or the external id to fetch.
    package var payload: String?
    package var createdAt: Timestamp

    package init(id: JobID, route: RouteID, destination: ChannelID, order: OrderID, event: EventID, eventType: String, action: JobAction, attempt: Int = 0,
                 isEffectUnknown: Bool = false, idempotencyKey: String, payload: String? = nil, createdAt: Timestamp) {
        self.id = id; self.route = route; self.destination = destination; self.order = order; self.event = event; self.eventType = eventType
        self.action = action; self.attempt = attempt; self.isEffectUnknown = isEffectUnknown; self.idempotencyKey = idempotencyKey
        self.payload = payload; self.createdAt = createdAt
    }
}
