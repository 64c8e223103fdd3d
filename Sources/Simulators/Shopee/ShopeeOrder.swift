import Foundation
import SimulatorKit

/// A line of an order. `itemID` and `modelID` are not unique in an order: bundles (shopee.md §4.2).
struct ShopeeItem: Sendable, Equatable {
    var itemID: Int64
    /// 0: no variant.
    var modelID: Int64
    var name: String
    var itemSKU: String
    var modelName: String
    var modelSKU: String
    var quantity: Int
    var cancelled = 0
    var cancelRequested = 0
    var returnRequested = 0
    var returned = 0
    var originalMinor: Int64
    /// What one costs the buyer; written as 0 for a bundle.
    var priceMinor: Int64
    var isBundle = false
    var orderItemID: Int64
    /// Nil: the member is missing.
    var lineItemID: Int64?
    var promotionGroupID: Int64 = 0
    var promotionID: Int64 = 0
    var weightGrams: Int
    var isPrescription = false

    var active: Int { quantity - cancelled }
    var isPromoted: Bool { isBundle || priceMinor < originalMinor }
}

struct ShopeePackage: Sendable, Equatable {
    struct Content: Sendable, Equatable { var line: Int, quantity: Int }
    struct Pickup: Sendable, Equatable { var addressID: Int64, timeID: String }
    struct Event: Sendable, Equatable { var at: Int64, word: String, description: String, returnCode: String? }

    var number: String
    var status: ShopeePackageStatus
    var channel: ShopeeChannel
    /// Indices into the order's lines.
    var contents: [Content]
    /// Known to the platform; shown to the seller once `isTrackingShown`.
    var trackingNumber: String?
    var isTrackingShown = false
    /// Empty answers of `get_tracking_number` still to come.
    var trackingPollsLeft = 0
    var updateTime: Int64
    var events: [Event] = []
    var label: ShopeeLabelJob?
    var pickup: Pickup?
}

struct ShopeeLabelJob: Sendable, Equatable {
    enum State: String, Sendable { case processing = "PROCESSING", ready = "READY", failed = "FAILED" }

    var state = State.processing
    var type: String
    var pollsLeft: Int
    /// Decided by a test or a fault beforehand.
    var willFail: Bool
}

/// One order with all the platform knows of it.
struct ShopeeOrder: Sendable {
    struct Buyer: Sendable { var id: Int64, username: String, sample: SampleBuyer }

    let shopID: Int64
    let number: String
    let region: String
    let currency: String
    let kind: ShopeeOrderKind
    var status: ShopeeOrderStatus
    /// Where an IN_CANCEL goes back to.
    var statusBefore: ShopeeOrderStatus?
    /// The hub's word, kept through IN_CANCEL and CANCELLED.
    var fulfilment = "unfulfilled"
    var isCOD: Bool
    let createTime: Int64
    var updateTime: Int64
    var payTime: Int64?
    var paymentMethod: String
    var daysToShip = 2
    var shipByDate: Int64
    var message: String
    var note = ""
    var noteTime: Int64 = 0
    var buyer: Buyer
    var items: [ShopeeItem]
    var packages: [ShopeePackage]
    var isSplit = false
    var shippingMinor: Int64
    /// Vouchers and coins.
    var voucherMinor: Int64
    var cancelBy = ""
    var cancelReason = ""
    var buyerCancelReason = ""
    /// The buyer waits for an answer; false in IN_CANCEL: the seller's own cancellation is under way.
    var isCancelAskedByBuyer = false
    var pickupDoneTime: Int64 = 0
    var isFulfilledByPlatform = false
    var isAdvance = false
    var bookingNumber: String?
    var canPartialCancel = true
    /// Which of the odd forms this order shows, from its place in the seed.
    let oddity: Int

    var externalID: String { "\(shopID):\(number)" }
    var itemsMinor: Int64 { items.reduce(0) { $0 + $1.priceMinor * Int64($1.active) } }
    /// What the buyer pays; of a wholly cancelled order what it was.
    var totalMinor: Int64 {
        let goods = items.contains { $0.active > 0 } ? itemsMinor : items.reduce(0) { $0 + $1.priceMinor * Int64($1.quantity) }
        return max(0, goods + shippingMinor - voucherMinor)
    }
    var trackingNumbers: [String] { packages.compactMap { $0.isTrackingShown ? $0.trackingNumber : nil } }
    var isMaskedOnceShipped: Bool { packages.contains { $0.status.hasLeft } }

    /// What is shown to a call that did not ask for PENDING orders (shopee.md §4.1): the status before it, which for a new order is UNPAID.
    func shownStatus(withPending: Bool) -> ShopeeOrderStatus { status == .pending && !withPending ? .unpaid : status }

    var state: SimulatedOrder {
        let wanted = items.filter { $0.active > 0 }.count
        return SimulatedOrder(
            externalID: externalID, number: number, updatedAt: Date(timeIntervalSince1970: TimeInterval(updateTime)), isCancelled: status == .cancelled,
            grandMinor: totalMinor, currency: currency, lineCount: wanted == 0 ? items.count : wanted, shipToPostcode: buyer.sample.place.postcode,
            fulfilment: fulfilment, trackingNumbers: trackingNumbers)
    }
}

struct ShopeeReturn: Sendable {
    let number: String
    let orderNumber: String
    let shopID: Int64
    var status: ShopeeReturnStatus
    var reason: String
    var refundMinor: Int64
    let createTime: Int64
    var updateTime: Int64
    /// Lines of the order and how many of each.
    var contents: [ShopeePackage.Content]
}
