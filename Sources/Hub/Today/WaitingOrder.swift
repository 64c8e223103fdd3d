import Domain

/// Why an order waits for a person (or for its money).
package enum WaitingCause: String, Sendable, Codable, CaseIterable {
    case payment, hand, address, rule, platform, person, edited
}

/// An order that goes nowhere by itself, and why. Made of the stored order alone, as `DueOrder` is.
package struct WaitingOrder: Sendable, Equatable {
    package var cause: WaitingCause
    /// The rule's name, the platform's status; empty where the cause says it all.
    package var subject: String
    /// The rule's reason.
    package var reason: String

    static let maximumCharacters = 120

    /// nil: it waits for nobody.
    package init?(_ order: StoredOrder) {
        let decision = order.decision
        (subject, reason) = ("", "")
        switch order.workflow {
        case .edited: cause = .edited
        case .new:
            guard order.snapshot.standing == .open else { return nil }
            cause = decision?.reason == RuleDecision.approvedByHand ? .hand : .payment
        case .awaitingConfirmation:
            if order.snapshot.standing == .onHold {
                cause = .platform
                subject = Self.short(order.snapshot.platformStatus)
            } else if let decision, decision.outcome == .held {
                cause = decision.reason == RuleDecision.withoutAddress ? .address : .rule
                if cause == .rule {
                    subject = Self.short(decision.rule ?? "")
                    reason = Self.short(decision.reason ?? "")
                }
            } else { cause = .person }
        case .approved, .queued, .synced, .processed, .excluded, .cancelled: return nil
        }
    }

    private static func short(_ text: String) -> String { String(text.prefix(maximumCharacters)) }
}
