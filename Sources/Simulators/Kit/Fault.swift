/// How badly a simulated platform behaves.
package enum FaultLevel: String, Sendable, CaseIterable {
    /// Nothing goes wrong.
    case none
    /// A good week of a real platform: a few per cent of everything.
    case normal
    /// A sales day: about a third of all calls go wrong somehow.
    case storm
}

/// Where a fault is drawn: one counter each, so that traffic at one point does not move the faults of another.
package enum FaultPoint: String, Sendable, CaseIterable {
    /// A webhook about to be sent by the platform.
    case webhook
    /// A reading call from the hub (GET).
    case request
    /// A changing call from the hub (POST, PUT, DELETE).
    case write
}

/// One misbehaviour. Which ones make sense at a point is the simulator's to know; it ignores the others.
package enum Fault: Sendable, Equatable {
    /// Webhook: never sent. Call: connection closed before anything was done.
    case drop
    /// The same delivery twice.
    case duplicate
    /// Later by this much, so that neighbours overtake it.
    case delay(Duration)
    case throttle(retryAfterSeconds: Int)
    case serverError(status: Int)
    /// No answer for this long, then the normal one.
    case hang(Duration)
    /// A body that is cut or garbled.
    case malform
    /// The token is refused although it was good.
    case expireToken
    /// The effect is done, the connection is closed without an answer.
    case lostAnswer
    case badSignature

    package var kind: FaultKind {
        switch self {
        case .drop: .drop
        case .duplicate: .duplicate
        case .delay: .delay
        case .throttle: .throttle
        case .serverError: .serverError
        case .hang: .hang
        case .malform: .malform
        case .expireToken: .expireToken
        case .lostAnswer: .lostAnswer
        case .badSignature: .badSignature
        }
    }
}

/// A fault without its details, for counting.
package enum FaultKind: String, Sendable, CaseIterable {
    case drop, duplicate, delay, throttle, serverError, hang, malform, expireToken, lostAnswer, badSignature

    /// Chance in 10,000 at a point, by level.
    static func chances(at point: FaultPoint, level: FaultLevel) -> [(FaultKind, Int)] {
        switch (level, point) {
        case (.none, _): []
        case (.normal, .webhook): [
            (.drop, 100), (.duplicate, 200), (.delay, 300), (.badSignature, 20),
            (.malform, 20), (.lostAnswer, 50),
        ]
        case (.normal, .request): [
            (.throttle, 100), (.serverError, 80), (.hang, 20), (.malform, 20),
            (.delay, 100), (.expireToken, 10),
        ]
        case (.normal, .write): [
            (.throttle, 100), (.serverError, 80), (.hang, 20), (.drop, 30),
            (.lostAnswer, 50), (.delay, 100), (.expireToken, 10),
        ]
        case (.storm, .webhook): [
            (.drop, 500), (.duplicate, 1_000), (.delay, 1_200), (.badSignature, 200),
            (.malform, 200), (.lostAnswer, 400),
        ]
        case (.storm, .request): [
            (.throttle, 800), (.serverError, 700), (.hang, 150), (.drop, 200),
            (.malform, 200), (.delay, 500), (.expireToken, 100),
        ]
        case (.storm, .write): [
            (.throttle, 700), (.serverError, 600), (.hang, 150), (.drop, 200),
            (.lostAnswer, 600), (.delay, 500), (.expireToken, 100),
        ]
        }
    }
}
