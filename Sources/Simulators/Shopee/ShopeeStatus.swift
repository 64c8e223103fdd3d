/// `order_status` and where it may go from there (shopee.md §5.1).
package enum ShopeeOrderStatus: String, Sendable, CaseIterable {
    case unpaid = "UNPAID", pending = "PENDING", invoicePending = "INVOICE_PENDING", readyToShip = "READY_TO_SHIP", processed = "PROCESSED"
    case retryShip = "RETRY_SHIP", shipped = "SHIPPED", toConfirmReceive = "TO_CONFIRM_RECEIVE", completed = "COMPLETED", inCancel = "IN_CANCEL"
    case cancelled = "CANCELLED", toReturn = "TO_RETURN"

    /// IN_CANCEL also goes back to where it was, which is one of these. INVOICE_PENDING has no row in the table: it goes where PENDING goes.
    package var successors: Set<ShopeeOrderStatus> {
        switch self {
        case .unpaid: [.pending, .invoicePending, .readyToShip, .cancelled]
        case .pending, .invoicePending: [.readyToShip, .cancelled]
        case .readyToShip: [.processed, .inCancel, .cancelled, .shipped]
        case .processed: [.shipped, .retryShip, .inCancel, .cancelled]
        case .retryShip: [.processed, .shipped, .cancelled]
        case .shipped: [.toConfirmReceive, .cancelled, .toReturn]
        case .toConfirmReceive: [.completed, .toReturn]
        case .inCancel: [.cancelled, .readyToShip, .processed]
        case .toReturn: [.completed, .cancelled]
        case .completed, .cancelled: []
        }
    }

    var isOver: Bool { self == .completed || self == .cancelled }
    /// The parcels are still at the seller's.
    var isBeforeShipping: Bool { [.unpaid, .pending, .invoicePending, .readyToShip, .processed, .retryShip, .inCancel].contains(self) }

    /// The hub's word of the fulfilment axis; nil: as it was.
    var fulfilment: String? {
        switch self {
        case .unpaid, .pending, .invoicePending, .readyToShip: "unfulfilled"
        case .processed, .retryShip: "readyToShip"
        case .shipped: "inTransit"
        case .toConfirmReceive, .completed: "delivered"
        case .toReturn: "returning"
        case .inCancel, .cancelled: nil
        }
    }
}

/// `logistics_status` of a package, and where it may go (shopee.md §5.2; the dossier lists the words, the ways between them were decided here).
package enum ShopeePackageStatus: String, Sendable, CaseIterable {
    case notStart = "LOGISTICS_NOT_START", pendingArrange = "LOGISTICS_PENDING_ARRANGE", ready = "LOGISTICS_READY"
    case requestCreated = "LOGISTICS_REQUEST_CREATED", pickupRetry = "LOGISTICS_PICKUP_RETRY", pickupDone = "LOGISTICS_PICKUP_DONE"
    case deliveryDone = "LOGISTICS_DELIVERY_DONE", invalid = "LOGISTICS_INVALID", requestCancelled = "LOGISTICS_REQUEST_CANCELED"
    case codRejected = "LOGISTICS_COD_REJECTED", pickupFailed = "LOGISTICS_PICKUP_FAILED", deliveryFailed = "LOGISTICS_DELIVERY_FAILED"
    case lost = "LOGISTICS_LOST"

    package var successors: Set<ShopeePackageStatus> {
        switch self {
        case .notStart: [.pendingArrange, .ready, .invalid]
        case .pendingArrange: [.ready, .invalid]
        case .ready: [.requestCreated, .pickupDone, .invalid, .codRejected]
        case .requestCreated: [.pickupRetry, .pickupDone, .pickupFailed, .requestCancelled]
        case .pickupRetry: [.requestCreated, .pickupDone, .pickupFailed, .requestCancelled]
        case .pickupDone: [.deliveryDone, .deliveryFailed, .lost]
        case .deliveryDone, .invalid, .requestCancelled, .codRejected, .pickupFailed, .deliveryFailed, .lost: []
        }
    }

    var isOver: Bool { successors.isEmpty }
    var isArranged: Bool { ![.notStart, .pendingArrange, .ready, .invalid, .codRejected].contains(self) }
    /// The courier took it.
    var hasLeft: Bool { [.pickupDone, .deliveryDone, .deliveryFailed, .lost].contains(self) }
    /// The hub's word where the package, not the order, decides it.
    var fulfilment: String? {
        switch self {
        case .deliveryFailed: "deliveryFailed"
        case .lost: "lost"
        default: nil
        }
    }
}

/// Statuses of a return (shopee.md §5.2, after the table).
package enum ShopeeReturnStatus: String, Sendable, CaseIterable {
    case requested = "REQUESTED", processing = "PROCESSING", accepted = "ACCEPTED", judging = "JUDGING", sellerDispute = "SELLER_DISPUTE"
    case closed = "CLOSED", cancelled = "CANCELLED"

    var isOver: Bool { self == .closed || self == .cancelled }
}

/// What the courier does next with a package.
package enum ShopeeCourierStep: String, Sendable, CaseIterable {
    case pickUp, retryPickUp, failPickUp
    /// Scans: `get_tracking_info` events without a status of their own (shopee.md §5.2).
    case sort, outForDelivery
    case deliver, failDelivery, bringBack, lose
}
