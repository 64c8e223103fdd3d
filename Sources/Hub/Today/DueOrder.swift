import Domain

/// How far an order is that has to leave.
package enum DueStage: String, Sendable, Codable, CaseIterable {
    /// A person's word (or a payment) is missing.
    case toApprove
    /// Approved; its booking is under way.
    case going
    /// Booked at the courier: it only has to be handed over.
    case booked
}

/// An unfinished order as the list of what must leave sees it. Made of the stored order alone, so that what was counted once can be taken off again.
struct DueOrder: Equatable {
    /// `carrier`: the courier chosen by a person or a rule; empty: the channel's own.
    var channel: ChannelID, carrier: String, stage: DueStage
    /// The platform's own ship-by; nil: the channel's promise (`HubSetting.shipWithinHours`) stands in.
    var stated: Timestamp?

    static let maximumCarrierCharacters = 64

    /// nil: it has not to leave (any more).
    init?(_ order: StoredOrder) {
        guard !order.fulfilment.isShipped, order.snapshot.standing != .draft, order.snapshot.lines.contains(where: { $0.requiresShipping && $0.quantity > 0 }) else { return nil }
        switch order.workflow {
        case .new, .edited, .awaitingConfirmation: stage = .toApprove
        case .approved, .queued: stage = .going
        case .synced: stage = .booked
        case .processed, .excluded, .cancelled: return nil
        }
        stated = order.snapshot.shipping.shipBy
        let isOwed = order.snapshot.payment.isCashOnDelivery || order.paymentState == .paid || order.paymentState == .authorised || order.snapshot.totals.grand == 0
        // What nobody has paid for has no promise to keep; a ship-by that the platform names stands all the same.
        guard stated != nil || isOwed || stage != .toApprove else { return nil }
        channel = order.channel
        carrier = String((order.chosenCourier ?? order.decision?.courier ?? "").prefix(Self.maximumCarrierCharacters))
    }
}

/// A quarter of an hour: every zone's hours are whole numbers of them.
enum DueSlot {
    static let milliseconds: Int64 = 900_000
    static func of(_ time: Timestamp) -> Int64 {
        let slot = time.milliseconds / milliseconds
        return time.milliseconds < slot * milliseconds ? slot - 1 : slot
    }
    static func start(_ slot: Int64) -> Timestamp { Timestamp(milliseconds: slot * milliseconds) }
}
