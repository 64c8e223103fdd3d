/// What kind of order a test asks for.
package enum ShopeeOrderKind: String, Sendable, CaseIterable {
    case everyday
    case cod
    /// Waits for the buyer's money.
    case unpaid
    /// Shown only with the flag (shopee.md §4.1).
    case pending
    case codPending
    /// Two lines of one item and model, prices 0 on the wire.
    case bundle
    /// Two packages from the start.
    case split
    /// Too early to arrange: the package is not ready.
    case notReady
    /// The stock is at the platform already.
    case advance
    case fulfilledByPlatform
    case branchDropoff
    case doorstep
    case ownFleet
    case thaiPostEMS
    case thaiPostRegistered
    case prescription
    /// Text that breaks careless code.
    case odd
    /// No line says how much of it is still wanted, and it cannot be cut down.
    case oldFashioned
    /// INVOICE_PENDING, as in Brazil.
    case invoicePending

    var channel: ShopeeChannel {
        switch self {
        case .branchDropoff: .branch
        case .doorstep: .doorstep
        case .ownFleet: .ownFleet
        case .thaiPostEMS: .thaiPostEMS
        case .thaiPostRegistered: .thaiPostRegistered
        default: .standard
        }
    }

    var firstStatus: ShopeeOrderStatus {
        switch self {
        case .unpaid: .unpaid
        case .pending, .codPending: .pending
        case .invoicePending: .invoicePending
        default: .readyToShip
        }
    }

    var firstPackageStatus: ShopeePackageStatus {
        switch self {
        case .unpaid, .pending, .codPending, .invoicePending: .notStart
        case .notReady: .pendingArrange
        default: .ready
        }
    }

    var isCOD: Bool { self == .cod || self == .codPending }
}
