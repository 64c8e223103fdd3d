package import Domain

/// An order as the ledger holds it.
package struct StoredOrder: Sendable, Equatable {
    package var id: OrderID
    package var channel: ChannelID
    /// The order as it stands: the platform's latest snapshot with people's edits laid over it.
    package var snapshot: OrderSnapshot
    /// The platform's own latest snapshot; nil while nobody edited the order (then it is `snapshot`).
    package var source: OrderSnapshot?
    package var edits: [EditedField]
    package var decision: RuleDecision?
    package var workflow: Workflow
    package var fulfilment: Fulfilment
    package var paymentState: PaymentState
    /// Our own counter of changes; people's edits name the one they saw.
    package var version: Int
    package var sourceDigest: UInt64
    package var sourceReceivedAt: Timestamp
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// Until when it must leave; nil: it has not to (any more), or nobody promised. Set by the ledger with each write.
    package var shipBy: Timestamp?

    /// The courier that a person chose for it.
    package var chosenCourier: String? { edits.first { $0.field == OrderField.courier }?.value }

    /// The platform's revision of the latest snapshot.
    package var revision: Revision { (source ?? snapshot).revision }
}

/// One field a person changed: kept when platform updates arrive, until the person lets go of it.
package struct EditedField: Sendable, Equatable, Codable {
    /// A path of `OrderField`, e.g. `shipTo.postcode`.
    package var field: String
    package var value: String?
    /// What the platform said when the person edited; when it says something else later, the difference is shown.
    package var platformValue: String?
    package var by: String
    package var at: Timestamp
    package init(field: String, value: String?, platformValue: String?, by: String, at: Timestamp) {
        self.field = field; self.value = value; self.platformValue = platformValue; self.by = by; self.at = at
    }
}

/// One field that differs between two states of an order.
package struct FieldChange: Sendable, Equatable, Codable {
    package var field: String, from: String?, to: String?
    package init(_ field: String, from: String?, to: String?) { self.field = field; self.from = from; self.to = to }
}
