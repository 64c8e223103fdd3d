package import Domain
import Database

/// Something that only a person can decide or mend. One open row a subject; a repeat raises its count.
package struct Problem: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case unreadableDelivery, poisonOrder, changedAfterSent, cancelTooLate, cancelUnknown, noCourier, channelLost, webhookMissing, unknownStatus, reconcileFailed, credentialEnding, sharedParcel, cancellationWish
    }
    package var kind: Kind
    package var subject: String
    package var channel: ChannelID?
    package var delivery: DeliveryID?
    package var order: OrderID?
    package var code: String
    package var message: String
    package init(kind: Kind, subject: String, channel: ChannelID? = nil, delivery: DeliveryID? = nil, order: OrderID? = nil, code: String, message: String) {
        self.kind = kind; self.subject = subject; self.channel = channel; self.delivery = delivery; self.order = order; self.code = code; self.message = message
    }
}

extension LedgerTransaction {
    package func raise(_ problem: Problem) throws {
        try tx.run("""
            INSERT INTO problems (id, kind, subject, channel_id, delivery_id, order_id, code, message, count, created_at, updated_at, state)
            VALUES (\(nextID()), \(problem.kind.rawValue), \(problem.subject), \(problem.channel?.value), \(problem.delivery?.value), \(problem.order?.value),
                    \(problem.code), \(problem.message), 1, \(now.milliseconds), \(now.milliseconds), 'open')
            ON CONFLICT (kind, subject) DO UPDATE
               SET count = problems.count + 1, state = 'open', code = excluded.code, message = excluded.message, delivery_id = excluded.delivery_id,
                   updated_at = excluded.updated_at
            """)
    }

    package func resolve(_ kind: Problem.Kind, subject: String) throws {
        try tx.run("UPDATE problems SET state = 'resolved', updated_at = \(now.milliseconds) WHERE kind = \(kind.rawValue) AND subject = \(subject) AND state = 'open'")
    }
}
