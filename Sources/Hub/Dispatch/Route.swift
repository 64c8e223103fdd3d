package import Domain
package import Connect

/// Which events go where, and how.
package struct Route: Sendable, Equatable, Codable {
    package enum Destination: Sendable, Equatable, Codable {
        case channel(ChannelID)
        /// The order's own channel: write-back.
        case source
        /// The courier channel that the rules, or the order's channel, chose.
        case courier
    }
    package enum Mode: String, Sendable, Codable, CaseIterable { case live, paused }

    package var id: RouteID
    package var name: String
    package var events: [EventType]
    /// A rule condition in YAML (`all:`, `any:`, `not:`); nil: every order.
    package var condition: String?
    package var destination: Destination
    package var mode: Mode
    package var retry: RetryPolicy
    /// Jobs of one order run one at a time in event order; false lets them overtake each other.
    package var isOrdered: Bool

    package init(id: RouteID, name: String, events: [EventType], condition: String? = nil, destination: Destination, mode: Mode = .live, retry: RetryPolicy = .standard, isOrdered: Bool = true) {
        self.id = id; self.name = name; self.events = events; self.condition = condition; self.destination = destination
        self.mode = mode; self.retry = retry; self.isOrdered = isOrdered
    }
}

/// When a failed job is tried again.
package struct RetryPolicy: Sendable, Equatable, Codable {
    /// The waits after each failed try; after the last the job becomes a dead letter.
    package var delaysSeconds: [Int]
    /// Each wait is multiplied by a random factor in 1 ± this.
    package var jitter: Double
    package init(delaysSeconds: [Int], jitter: Double = 0.2) { self.delaysSeconds = delaysSeconds; self.jitter = jitter }

    /// 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 5 h, 10 h, 14 h.
    package static let standard = RetryPolicy(delaysSeconds: [5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 50_400])
    /// A platform may ask for a longer or shorter wait within these bounds.
    package static let retryAfterBoundsSeconds = 1...21_600

    /// - Parameters:
    ///   - attempt: how many tries have failed (1 after the first).
    ///   - random: a number in 0..<1.
    /// - Returns: nil when the schedule is at its end.
    package func delay(afterAttempt attempt: Int, random: Double) -> Duration? {
        guard attempt >= 1, attempt <= delaysSeconds.count else { return nil }
        let factor = 1 - jitter + 2 * jitter * random
        return .milliseconds(Int64(Double(delaysSeconds[attempt - 1]) * 1000 * factor))
    }
}

/// What a job does at its destination.
package enum JobAction: String, Sendable, Codable, CaseIterable {
    case book, cancelBooking, arrange, markShipped, markDelivered, cancelAtShop, answerCancellation, sendEvent, fetch

    /// Puts an order into a carrier's hands: at most once for an order that stands.
    package var isBooking: Bool { self == .book || self == .arrange }

    /// What an event means to a destination of this kind; nil: nothing.
    package static func of(_ event: EventType, at kind: PlatformDescriptor.Kind) -> JobAction? {
        switch (kind, event) {
        case (.courier, .approved): .book
        case (.shop, .approved): .arrange
        case (.shop, .shipped): .markShipped
        case (.shop, .delivered): .markDelivered
        case (.shop, .cancelRequested): .cancelAtShop
        case (.destination, _): .sendEvent
        default: nil
        }
    }
}
