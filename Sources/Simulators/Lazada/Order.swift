import Foundation

/// One unit of a good: Lazada has no quantities, and every unit has a status of its own (lazada.md §4.2).
struct Item: Sendable {
    var id: Int64
    var productID: Int64
    /// Empty in answers about older goods.
    var skuID: Int64?
    var shopSKU: String
    /// The seller's own.
    var sku: String
    var name: String
    var variation: String
    var priceMinor: Int64
    var voucherPlatformMinor: Int64 = 0
    var voucherSellerMinor: Int64 = 0
    var shippingMinor: Int64 = 0
    /// Contained in the price.
    var taxMinor: Int64 = 0
    var status: String
    var updatedAt: Date
    var warehouse = "dropshipping"
    var flag = "NORMAL"
    var isDigital = false
    /// Fulfilled by Lazada: its warehouse packs, not the seller.
    var isFBL = false
    /// Seller-delivered ("DBS", "SOF").
    var isSellerDelivered = false
    var packageID = ""
    var trackingNumber = ""
    var provider = ""
    var cancelInitiator = "null-null"
    var reason = ""
    var returnStatus = ""
    var reverseOrderID: Int64?
    /// What it was before it was cancelled.
    var statusBeforeCancel: String?

    var paidMinor: Int64 { priceMinor - voucherPlatformMinor - voucherSellerMinor }
    var isCancelled: Bool { status == ItemStatus.canceled }
}

struct OrderAddress: Sendable, Equatable {
    var firstName: String
    var lastName: String
    var phone: String
    var line1: String
    var line2: String
    var place: LazadaPlace

    static func == (a: OrderAddress, b: OrderAddress) -> Bool { a.firstName == b.firstName && a.line1 == b.line1 && a.place.postcode == b.place.postcode }
}

struct Order: Sendable {
    var id: Int64
    /// Differs from `id` in some older orders.
    var number: Int64
    var createdAt: Date
    var updatedAt: Date
    var addressUpdatedAt: Date
    var paymentMethod: String
    var isPaid: Bool
    var buyerID: Int64
    var address: OrderAddress
    var items: [Item]
    var buyerNote = ""
    var remarks = ""
    var taxCode = ""
    var branchNumber = ""
    var wantsTaxInvoice = false
    var needsCancelConfirm = false

    var isOldNumbered: Bool { number != id }
    var isCashOnDelivery: Bool { paymentMethod == "COD" }
    /// Of which something is still wanted; all, where nothing is.
    var wantedItems: [Item] { items.allSatisfy(\.isCancelled) ? items : items.filter { !$0.isCancelled } }
    var itemsMinor: Int64 { wantedItems.reduce(0) { $0 + $1.priceMinor } }
    var voucherMinor: Int64 { wantedItems.reduce(0) { $0 + $1.voucherPlatformMinor + $1.voucherSellerMinor } }
    var shippingMinor: Int64 { wantedItems.reduce(0) { $0 + $1.shippingMinor } }
    var grandMinor: Int64 { itemsMinor - voucherMinor + shippingMinor }
    var lastChange: Date { items.map(\.updatedAt).max().map { max($0, updatedAt) } ?? updatedAt }
}

/// What one courier takes: made by packing, gone by repacking or cancelling (lazada.md §6).
struct Package: Sendable {
    enum Stage: String, Sendable { case packed, readyToShip, moving, repacked, cancelled }
    struct Event: Sendable { var word: String, at: Date }

    var id: String
    var orderID: Int64
    var itemIDs: [Int64]
    var trackingNumber: String
    var provider: String
    var isSellerDelivered: Bool
    var stage = Stage.packed
    /// The words it will have, by life.
    var life: LazadaParcelLife
    /// What happened since it was made ready to ship.
    var events: [Event] = []
}

/// A return, a refund or a buyer's wish to cancel (lazada.md §3.2 type 10, §6 nos. 8 and 9).
struct ReverseOrder: Sendable {
    var id: Int64
    var orderID: Int64
    var kind: LazadaReverseKind
    /// Line id and order item id.
    var lines: [(id: Int64, itemID: Int64)]
    var status: String
    var reason: String
    var createdAt: Date
    var updatedAt: Date
}

package enum LazadaReverseKind: String, Sendable, CaseIterable {
    /// The buyer wants to cancel and the seller is asked.
    case cancel
    /// Goods come back to the seller.
    case returnToMerchant
    /// Goods come back to Lazada's warehouse.
    case returnToWarehouse
    /// Money only.
    case onlyRefund
}
