/// What can happen to an order, as routes, the change feed and outgoing events name it.
package enum EventType: String, Sendable, Codable, CaseIterable {
    case created = "order.created"
    case updated = "order.updated"
    case edited = "order.edited"
    case approved = "order.approved"
    case held = "order.held"
    case excluded = "order.excluded"
    case reopened = "order.reopened"
    case cancelled = "order.cancelled"
    case queued = "order.queued"
    case synced = "order.synced"
    case processed = "order.processed"
    case booked = "order.booked"
    case bookingCancelled = "order.bookingCancelled"
    case released = "order.released"
    case packed = "order.packed"
    case unpacked = "order.unpacked"
    case handedOver = "order.handedOver"
    case cancelTooLate = "order.cancelTooLate"
    case cancelUnknown = "order.cancelUnknown"
    case fulfilmentChanged = "order.fulfilmentChanged"
    case shipped = "order.shipped"
    case delivered = "order.delivered"
    case paymentChanged = "order.paymentChanged"
    case shopInformed = "order.shopInformed"
    case cancelRequested = "order.cancelRequested"
    case noted = "order.noted"
    case conflict = "order.conflict"
    case replayed = "order.replayed"
}

/// Who or what changed an order (law 8).
package struct Cause: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable { case delivery, rule, person, reconciliation, schedule, destination }
    package var kind: Kind
    /// The delivery's id, the operator's name, the destination channel's name, …
    package var subject: String
    /// The rule's name and version with the value that matched, a reason typed by a person.
    package var detail: String?
    package init(_ kind: Kind, _ subject: String, detail: String? = nil) { self.kind = kind; self.subject = subject; self.detail = detail }
}
