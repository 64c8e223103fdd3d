import Connect
import Domain

/// The order's three answers out of many items: an order has no status of its own (platforms/lazada.md §4.2, §5.1).
struct OrderStates: Sendable, Equatable {
    var standing: OrderSnapshot.Standing
    var fulfilment: Fulfilment
    var payment: PaymentState
    /// The items' distinct words in the order of the items, joined by `/`.
    var words: String
    var flags: [Flag]

    static let cancelRequested = "cancel_requested"

    /// - Parameter items: by number.
    init(_ order: WireOrder, _ items: [ItemReading], isCashOnDelivery: Bool) {
        let kept = items.filter { $0.meaning.family != .cancelled }
        standing = Self.standing(kept)
        fulfilment = kept.map(\.meaning.fulfilment).min { $0.rank < $1.rank } ?? .unfulfilled
        payment = Self.payment(items.map { Self.payment(of: $0, isCashOnDelivery: isCashOnDelivery) })
        var seen: Set<String> = []
        words = items.map { $0.item.status.cut(Self.longestWord) }.filter { seen.insert($0).inserted }
            .prefix(Self.maximumWords).joined(separator: "/")
        flags = []
        for flag in items.compactMap(\.meaning.attention) where !flags.contains(flag) { flags.append(flag) }
        takeCancelRequest(order, kept)
        if order.isCancelPending, !kept.isEmpty {
            hold(kept)
            flags.append(Flag(code: "cancel_pending", message: "A cancellation of this order is on its way at Lazada. Do not pack it."))
        }
        flags = Array(flags.prefix(Self.maximumFlags))
    }

    private static let maximumFlags = 20, maximumWords = 20, longestWord = 60

    /// Cancelled when all items are; else the least advanced of the others decides, and one unpaid or unknown item holds the order.
    private static func standing(_ kept: [ItemReading]) -> OrderSnapshot.Standing {
        guard !kept.isEmpty else { return .cancelled }
        let standings = kept.map(\.meaning.standing)
        if standings.contains(.onHold) { return .onHold }
        return standings.contains(.open) ? .open : .closed
    }

    /// `need_cancel_confirm`, or an item whose reverse order has just begun: the booking waits for the seller's word (§5.2).
    private mutating func takeCancelRequest(_ order: WireOrder, _ kept: [ItemReading]) {
        guard !kept.isEmpty, order.needsCancelAnswer || kept.contains(where: { $0.item.asksToCancel }) else { return }
        hold(kept)
        flags.append(Flag(code: Self.cancelRequested, message: "The buyer asks to cancel this order. Agree or refuse before it is packed."))
    }

    /// Goods that have left are not held by anything.
    private mutating func hold(_ kept: [ItemReading]) {
        if kept.contains(where: { !$0.meaning.fulfilment.isShipped }) { standing = .onHold }
    }

    /// What one unit's money is.
    static func payment(of reading: ItemReading, isCashOnDelivery: Bool) -> PaymentState {
        // What was sent was paid for before, unless the courier collects; a cancelled unit tells by its time of payment.
        let wasPaid = !isCashOnDelivery && (reading.meaning.family != .cancelled || LazadaTime.parse(reading.item.paidAt) != nil)
        return switch reading.meaning.money {
        case .unpaid: .unpaid
        case .usual: isCashOnDelivery ? .unpaid : .paid
        case .paid: .paid
        case .undone: wasPaid ? .refunded : .voided
        case .refunded: .refunded
        }
    }

    /// Refunded or voided when nothing else is left; partly refunded when the rest is paid.
    private static func payment(_ states: [PaymentState]) -> PaymentState {
        let living = states.filter { $0 != .refunded && $0 != .voided }, hasRefund = states.contains(.refunded)
        guard !living.isEmpty else { return hasRefund ? .refunded : .voided }
        if living.contains(.unpaid) { return .unpaid }
        return hasRefund ? .partiallyRefunded : .paid
    }
}

extension WireItem {
    /// The buyer asks to cancel it, and nobody has answered.
    var asksToCancel: Bool { returnStatus.flatMap { ReverseStates.meaning(of: $0) } == .cancelRequested && initiator?.hasSuffix("-customer") != false }
}
