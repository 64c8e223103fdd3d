import Connect
import Domain

/// Where an order stands on our axes, from the order's word, its packages' words and its returns (platforms/shopee.md §5.1, §5.2). Pure.
struct OrderMeaning: Equatable {
    var standing: OrderSnapshot.Standing
    var fulfilment: Fulfilment
    var payment: PaymentState
    var flags: [Flag] = []

    /// "Picked up" and not yet "in transit" for this long after the pickup.
    static let justPickedUp = Duration.seconds(3600)

    init(_ order: PlatformOrder, returns: ReturnReading, grand: Int64) {
        let packages = PackagesReading(order)
        standing = order.word?.standing ?? .onHold
        fulfilment = Self.fulfilment(order, packages)
        payment = Self.payment(order)
        flags = packages.flags + returns.flags
        describe(order, packages)
        follow(returns, grand: grand)
    }

    // MARK: Standing and flags

    private mutating func describe(_ order: PlatformOrder, _ packages: PackagesReading) {
        let json = order.json
        switch order.word {
        case nil:
            // Held for a person: neither shipping it nor dropping it would be more than a guess.
            flags.append(Flag(code: "unknown_status", message: "Shopee's order status \"\((order.status ?? "").cut(60))\" is not known to this version."))
        case .inCancel:
            let reason = (json["buyer_cancel_reason"].text ?? json["cancel_reason"].text).map { " (\($0.cut(200)))" } ?? ""
            flags.append(Flag(code: "cancel_requested", message: "The buyer asked to cancel the order\(reason). Accept or reject it before Shopee decides."))
        case .pending:
            let terms = OrderReading.words(json["pending_terms"]).joined(separator: ", ")
            flags.append(Flag(code: "platform_pending", message: "Shopee holds the order back\(terms.isEmpty ? "" : " (\(terms.cut(200)))")."))
        case .invoicePending: flags.append(Flag(code: "invoice_pending", message: "The order waits for its invoice at Shopee."))
        case .retryShip: flags.append(Flag(code: "pickup_failed", message: "The courier came and could not pick the parcel up. It is tried again, or arranged anew."))
        case .readyToShip where packages.areAllHeld:
            standing = .onHold
            flags.append(Flag(code: "package_not_ready", message: "Shopee does not let the package be arranged yet (\(packages.words.joined(separator: ", ").cut(100)))."))
        default: break
        }
        if packages.areAllCancelled, standing == .open || standing == .closed, order.word?.isPastShipping != true {
            standing = .cancelled
            flags.append(Flag(code: "package_cancelled", message: "Shopee sends none of the order's packages any more (\(packages.words.joined(separator: ", ").cut(100)))."))
        }
        if order.isAdvance { flags.append(Flag(code: "advance_package", message: "The stock lies at Shopee already; the shipment is not ours to arrange.")) }
        if order.isFulfilledByPlatform { flags.append(Flag(code: "fulfilled_by_shopee", message: "Shopee fulfils the order from its own warehouse; no courier is booked for it.")) }
    }

    // MARK: Fulfilment

    private static func fulfilment(_ order: PlatformOrder, _ packages: PackagesReading) -> Fulfilment {
        switch order.word {
        case .unpaid, .pending, .invoicePending, .readyToShip: .unfulfilled
        case .processed, .retryShip: .readyToShip
        case .shipped: shipped(order, packages)
        case .toConfirmReceive, .completed: .delivered
        case .toReturn: .returning
        // "Unchanged": what the packages say is where the goods are.
        case .inCancel, .cancelled, nil: packages.least.map { $0 == .pickedUp ? underway(order) : $0 } ?? .unfulfilled
        }
    }

    private static func shipped(_ order: PlatformOrder, _ packages: PackagesReading) -> Fulfilment {
        guard let least = packages.least, least.isShipped else { return .inTransit }
        return least == .pickedUp ? underway(order) : least
    }

    /// The platform has one word from the pickup to the door: "picked up" is only what has just been.
    private static func underway(_ order: PlatformOrder) -> Fulfilment {
        guard let pickedUpAt = order.pickedUpAt, let updatedAt = order.updatedAt else { return .inTransit }
        return updatedAt <= pickedUpAt + justPickedUp ? .pickedUp : .inTransit
    }

    // MARK: Payment

    private static func payment(_ order: PlatformOrder) -> PaymentState {
        switch order.word {
        case .unpaid: .unpaid
        case .pending: order.isPaid ? .paid : .unpaid
        case .invoicePending: .paid
        // The money for a COD order comes at the door.
        case .readyToShip, .processed, .retryShip, .shipped: order.isCashOnDelivery && !order.isPaid ? .unpaid : .paid
        case .toConfirmReceive, .completed, .toReturn: .paid
        case .cancelled: order.isPaid ? .refunded : .voided
        case .inCancel, nil: order.isPaid ? .paid : .unpaid
        }
    }

    /// Returns say more than the order's word: it stays COMPLETED while goods come back.
    private mutating func follow(_ returns: ReturnReading, grand: Int64) {
        if returns.isOpen, fulfilment == .delivered { fulfilment = .returning }
        if !returns.isOpen, returns.isClosed, returns.goodsCameBack, [.delivered, .returning].contains(fulfilment) { fulfilment = .returned }
        if returns.refunded > 0, payment == .paid { payment = returns.refunded < grand ? .partiallyRefunded : .refunded }
    }
}

/// An order's packages taken together.
struct PackagesReading: Equatable {
    /// The least advanced of the packages that still count; nil without one. A package that is lost or failed shows only when none lags behind it, so each is flagged too.
    var least: Fulfilment?
    var areAllHeld = false, areAllCancelled = false
    var words: [String] = []
    var flags: [Flag] = []

    init(_ order: PlatformOrder) {
        let known = order.packages.compactMap(\.word)
        words = order.packages.map(\.status)
        least = known.compactMap { $0.fulfilment(wasPickedUp: order.pickedUpAt != nil) }.min { $0.rank < $1.rank }
        let isComplete = !known.isEmpty && known.count == order.packages.count
        areAllHeld = isComplete && known.allSatisfy(\.isHeld)
        areAllCancelled = isComplete && known.allSatisfy(\.isCancelled)
        for package in order.packages {
            guard let word = package.word else {
                // No status at all is what an order before its payment has.
                if !package.status.isEmpty { flags.append(Flag(code: "unknown_package_status", message: "Shopee's package status \"\(package.status.cut(60))\" is not known to this version.")) }
                continue
            }
            if word == .lost { flags.append(Flag(code: "package_lost", message: "The courier lost the package \((package.number ?? "").cut(60)).")) }
            if word == .deliveryFailed { flags.append(Flag(code: "delivery_failed", message: "The package \((package.number ?? "").cut(60)) could not be delivered.")) }
            if word.needsAttention, order.word != .retryShip { flags.append(Flag(code: "pickup_failed", message: "The courier could not pick the package \((package.number ?? "").cut(60)) up.")) }
        }
    }
}

/// An order's returns taken together.
struct ReturnReading: Equatable {
    /// Minor units; what closed returns gave back to the buyer.
    var refunded: Int64 = 0
    var isOpen = false, isClosed = false
    /// The order's lines say that pieces came back.
    var goodsCameBack = false
    var flags: [Flag] = []

    init(_ body: OrderBody, reader: MoneyReader) throws(ConnectorError) {
        goodsCameBack = body.order.lines.contains { ($0.json["returned_qty"].integer ?? 0) > 0 }
        for entry in body.returns {
            let number = (entry["return_sn"].text ?? "").cut(60), status = entry["status"].text ?? ""
            guard let word = ReturnWord(rawValue: status.uppercased()) else {
                flags.append(Flag(code: "unknown_return_status", message: "Shopee's return \(number) has the status \"\(status.cut(60))\", which is not known to this version."))
                continue
            }
            if word.isOpen {
                isOpen = true
                flags.append(Flag(code: "return_open", message: "The return \(number) is open (\(word.rawValue)); its decision is made at Shopee."))
            }
            if word == .closed {
                isClosed = true
                let amount = try reader.minor(entry["refund_amount"], "returns.refund_amount") ?? 0
                refunded = try MoneyReader.adding(refunded, max(0, amount), "returns.refund_amount")
            }
        }
        if body.returnsProblem != nil { flags.append(Flag(code: "returns_unread", message: "Shopee did not tell the order's returns; see them there.")) }
    }
}
