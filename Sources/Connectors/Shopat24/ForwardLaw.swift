import Domain

/// Statuses only move forward, except to cancelled, and cancelled only before delivered (shopat24.md §4A.5, §5.1). Pure.
///
/// Files come late and shuffled, and a vendor file knows less than a store's report: what is known stays where the new word would go back.
enum ForwardLaw {
    /// new < approved < queued/packed < readyToShip < inTransit < outForDelivery < delivered < returning < returned. What is lost may be found again.
    static func rank(_ goods: Fulfilment) -> Int {
        switch goods {
        case .unfulfilled: 0
        case .packed: 1
        case .readyToShip: 2
        case .pickedUp: 3
        case .inTransit, .lost: 4
        case .outForDelivery, .deliveryFailed: 5
        case .delivered: 6
        case .returning: 7
        case .returned: 8
        }
    }

    /// Flags that a status word puts up.
    private static let ofWords: Set<String> = ["goods_lost", "not_collected"]
    static let wentBack = "status_went_back", cancelledTooLate = "cancelled_too_late"

    /// The snapshot to keep, and why it is not the new word's, where it is not.
    static func next(_ new: OrderSnapshot, after known: OrderSnapshot?) -> (snapshot: OrderSnapshot, refusal: CellFault?) {
        guard let known else { return (new, nil) }
        var next = new
        // A word that nobody explained changes nothing but that it is raised.
        if new.flags.contains(where: { $0.code == "unknown_status" }) {
            keep(known, in: &next)
            return (next, nil)
        }
        if new.standing == .cancelled {
            next.fulfilment = known.fulfilment
            guard rank(known.fulfilment) >= rank(.delivered), known.standing != .cancelled else { return (next, nil) }
            keep(known, in: &next)
            return (next, CellFault(code: cancelledTooLate, message: "The channel says \"\(new.platformStatus)\" of an order that was delivered.", remedy: "Ask the channel; the order stays as it is."))
        }
        let isBack = known.standing == .cancelled || rank(new.fulfilment) < rank(known.fulfilment) && new.fulfilment != .lost || waitsForMoneyAgain(new, known)
        guard isBack else { return (next, nil) }
        let isTold = new.platformStatus != known.platformStatus
        keep(known, in: &next)
        guard isTold else { return (next, nil) }
        return (next, CellFault(code: wentBack, message: "The channel says \"\(new.platformStatus)\" after \"\(known.platformStatus)\", which is a step back.", remedy: "Ask the channel; the order stays as it is."))
    }

    private static func waitsForMoneyAgain(_ new: OrderSnapshot, _ known: OrderSnapshot) -> Bool {
        new.payment.state == .unpaid && !new.payment.isCashOnDelivery && known.payment.state == .paid
    }

    private static func keep(_ known: OrderSnapshot, in next: inout OrderSnapshot) {
        next.standing = known.standing
        next.fulfilment = known.fulfilment
        next.payment = known.payment
        next.platformStatus = known.platformStatus
        next.flags.removeAll { ofWords.contains($0.code) }
        next.flags += known.flags.filter { ofWords.contains($0.code) }
        next.tags.removeAll { $0 == StatusTable.readyToCollect }
        if known.tags.contains(StatusTable.readyToCollect) { next.tags.append(StatusTable.readyToCollect) }
    }

    /// What the stores have keyed, an entry an invoice, on top of what is known (§4A.4, §5.1).
    static func lay(_ keys: [InvoiceType?], on order: inout OrderSnapshot, words: StatusTable) {
        let word = order.platformStatus.split(separator: "/").first.map(String.init)
        order.platformStatus = ([word].compactMap(\.self) + keys.compactMap { $0 }.compactMap { words.word(for: $0) }.prefix(50)).joined(separator: "/")
        guard let stores = StatusTable.fulfilment(of: keys), order.standing != .cancelled, ![.returning, .returned, .lost].contains(order.fulfilment), rank(stores.fulfilment) >= rank(order.fulfilment) else { return }
        order.fulfilment = stores.fulfilment
        order.tags.removeAll { $0 == StatusTable.readyToCollect }
        if let tag = stores.tag { order.tags.append(tag) }
        if order.standing == .open { order.standing = .closed }
        if stores.fulfilment == .delivered, order.payment.state == .unpaid || order.payment.state == .authorised {
            order.payment.state = .paid
            order.payment.codAmount = nil
        }
    }
}
