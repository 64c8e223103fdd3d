import Domain

/// What Shopee's word for an order means (platforms/shopee.md §5.1). Data; what depends on the packages and the money is `OrderMeaning`.
enum OrderWord: String, Sendable, CaseIterable {
    case unpaid = "UNPAID"
    case pending = "PENDING"
    case invoicePending = "INVOICE_PENDING"
    case readyToShip = "READY_TO_SHIP"
    case processed = "PROCESSED"
    case retryShip = "RETRY_SHIP"
    case shipped = "SHIPPED"
    case toConfirmReceive = "TO_CONFIRM_RECEIVE"
    case completed = "COMPLETED"
    case inCancel = "IN_CANCEL"
    case cancelled = "CANCELLED"
    case toReturn = "TO_RETURN"

    /// What it makes of our work: only a word in the platform's own stand is done with it, waiting words are on hold.
    var standing: OrderSnapshot.Standing {
        switch self {
        case .unpaid, .pending, .invoicePending, .inCancel: .onHold
        case .readyToShip: .open
        case .processed, .retryShip, .shipped, .toConfirmReceive, .completed, .toReturn: .closed
        case .cancelled: .cancelled
        }
    }

    /// The goods have been handed over, or nobody will do so any more.
    var isPastShipping: Bool {
        switch self {
        case .shipped, .toConfirmReceive, .completed, .toReturn: true
        case .unpaid, .pending, .invoicePending, .readyToShip, .processed, .retryShip, .inCancel, .cancelled: false
        }
    }
}

/// What Shopee's word for a package means (§5.2).
enum PackageWord: String, Sendable, CaseIterable {
    case notStarted = "NOT_START"
    case pendingArrange = "PENDING_ARRANGE"
    case ready = "READY"
    case requestCreated = "REQUEST_CREATED"
    case pickupRetry = "PICKUP_RETRY"
    case pickupDone = "PICKUP_DONE"
    case deliveryDone = "DELIVERY_DONE"
    case invalid = "INVALID"
    case requestCancelled = "REQUEST_CANCELED"
    case codRejected = "COD_REJECTED"
    case pickupFailed = "PICKUP_FAILED"
    case deliveryFailed = "DELIVERY_FAILED"
    case lost = "LOST"

    /// With or without `LOGISTICS_` before it.
    init?(platform text: String) {
        let upper = text.uppercased()
        self.init(rawValue: upper.hasPrefix("LOGISTICS_") ? String(upper.dropFirst("LOGISTICS_".count)) : upper)
    }

    /// nil: it says nothing of where goods are, because nothing of it will be sent.
    /// - Parameter wasPickedUp: the goods had been taken, so a package that ends comes back.
    func fulfilment(wasPickedUp: Bool) -> Fulfilment? {
        switch self {
        case .notStarted, .pendingArrange, .ready: .unfulfilled
        case .requestCreated, .pickupRetry: .readyToShip
        case .pickupDone: .pickedUp
        case .deliveryDone: .delivered
        case .deliveryFailed: .deliveryFailed
        case .lost: .lost
        case .pickupFailed: wasPickedUp ? .returning : nil
        case .invalid, .requestCancelled, .codRejected: nil
        }
    }

    var isHeld: Bool { self == .notStarted || self == .pendingArrange }
    var needsAttention: Bool { self == .pickupRetry }
    /// The platform will not send it any more.
    var isCancelled: Bool {
        switch self {
        case .invalid, .requestCancelled, .codRejected, .pickupFailed: true
        default: false
        }
    }
    /// It is no parcel any more (§5.2); goods that were taken and could not be brought in are still on their way back.
    func isVoid(wasPickedUp: Bool) -> Bool { self == .pickupFailed ? !wasPickedUp : isCancelled }
    var isShippable: Bool { self == .ready }
    /// A courier has been asked for it, whatever became of that.
    var isArranged: Bool {
        switch self {
        case .requestCreated, .pickupRetry, .pickupDone, .pickupFailed, .deliveryDone, .deliveryFailed, .lost: true
        case .notStarted, .pendingArrange, .ready, .invalid, .requestCancelled, .codRejected: false
        }
    }
}

/// What Shopee's word for a return means (§5.2).
enum ReturnWord: String, Sendable, CaseIterable {
    case requested = "REQUESTED"
    case processing = "PROCESSING"
    case accepted = "ACCEPTED"
    case judging = "JUDGING"
    case sellerDispute = "SELLER_DISPUTE"
    case closed = "CLOSED"
    case cancelled = "CANCELLED"

    var isOpen: Bool { self != .closed && self != .cancelled }
}
