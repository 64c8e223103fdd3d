package import Foundation

/// One webhook on the wire: the exact bytes a platform signed.
package struct WebhookRequest: Sendable {
    package var method: String
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: Data

    package init(method: String = "POST", url: String, headers: [(name: String, value: String)], body: Data) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// One try of a delivery.
package struct WebhookAttempt: Sendable {
    package var deliveryID: String
    /// 1 for the first try.
    package var number: Int
    package var sentAt: Date
    /// `.badSignature` and `.malform` are for the closure that makes the request; all others were dealt with before.
    package var fault: Fault?

    package var wantsBadSignature: Bool { fault == .badSignature }
    package var wantsMalformedBody: Bool { fault == .malform }
}

/// One webhook to be delivered, with as many tries as the platform makes.
package struct WebhookDelivery: Sendable {
    package var id: String
    /// What counts consecutive failures together: the platform's subscription, topic or endpoint. A small closed set.
    package var subscription: String
    /// Makes the request of each attempt: signed afresh (companion modules) or kept byte for byte (Shopify), as the platform does.
    /// nil drops the delivery, for example because its subscription was deleted meanwhile.
    package var make: @Sendable (WebhookAttempt) -> WebhookRequest?
    /// Told when a fault swallowed the delivery before its first attempt.
    package var onDropped: (@Sendable () -> Void)?

    package init(
        id: String, subscription: String, onDropped: (@Sendable () -> Void)? = nil, make: @escaping @Sendable (WebhookAttempt) -> WebhookRequest?
    ) {
        self.id = id
        self.subscription = subscription
        self.onDropped = onDropped
        self.make = make
    }
}

/// What came back for one attempt.
package struct WebhookAnswer: Sendable {
    /// nil: no answer (refused, timed out, cut).
    package var status: Int?
    /// The seconds form of `Retry-After`, where the receiver sent one.
    package var retryAfterSeconds: Int?

    package init(status: Int?, retryAfterSeconds: Int? = nil) {
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
    }
}

/// What a platform does with an answer.
package enum WebhookVerdict: Sendable, Equatable {
    case acknowledged
    /// By the schedule, or after this long where the platform honours `Retry-After`.
    case retry(after: Duration?)
    /// No further try although the receiver did not take it.
    case stop
}

/// How a platform sends.
package struct WebhookPolicy: Sendable {
    package var concurrency = 8
    package var connectTimeout: Duration = .seconds(5)
    /// For one attempt, body included. Not scaled.
    package var totalTimeout: Duration = .seconds(15)
    /// The pause before the second, third… attempt. Empty: one attempt only.
    package var retrySchedule: [Duration] = []
    /// Each pause is multiplied by a number from this range.
    package var jitter: ClosedRange<Double> = 1...1
    /// Multiplies retry pauses (not time-outs, not faults), so that a test's hour is a few milliseconds.
    package var timeScale: Double = 1
    /// Deliveries waiting or retrying; more are refused and counted.
    package var maximumQueued = 50_000
    package var judge: @Sendable (WebhookAnswer) -> WebhookVerdict = { answer in
        (200..<300).contains(answer.status ?? 0) ? .acknowledged : .retry(after: nil)
    }

    package init() {}
}

/// What became of one attempt, for a platform that disables an endpoint after so many failures.
package struct WebhookOutcome: Sendable {
    package var deliveryID: String
    package var subscription: String
    package var attempt: Int
    package var status: Int?
    package var isAcknowledged: Bool
    package var willRetry: Bool
    /// Failed attempts of this subscription since its last success, this one included.
    package var consecutiveFailures: Int
    /// Deliveries of this subscription given up since its last success.
    package var consecutiveGivenUp: Int
}

/// Numbers since the sender was made.
package struct WebhookCounters: Sendable, Equatable {
    /// Deliveries handed in.
    package var enqueued = 0
    /// Attempts made.
    package var sent = 0
    package var acknowledged = 0
    /// Attempts that were not acknowledged.
    package var failed = 0
    /// Deliveries that ran out of attempts or were stopped by the answer.
    package var givenUp = 0
    /// Lost on purpose.
    package var dropped = 0
    /// Sent twice on purpose.
    package var duplicated = 0
    /// Not sent because nobody was to hear it any more (`make` gave nil).
    package var skipped = 0
    /// Not taken because the queue was full or the sender stopped.
    package var refused = 0
    /// Answers by status; 0 stands for none.
    package var statuses: [Int: Int] = [:]

    package init() {}

    package var statistics: [SimulatorStatistic] {
        [
            .init("webhooks enqueued", enqueued), .init("webhook attempts", sent), .init("webhooks acknowledged", acknowledged),
            .init("webhook attempts failed", failed), .init("webhooks given up", givenUp), .init("webhooks dropped", dropped),
            .init("webhooks duplicated", duplicated), .init("webhooks refused", refused),
        ]
    }
}
