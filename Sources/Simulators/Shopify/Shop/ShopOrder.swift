/// One order as the shop keeps it. Amounts are minor units of the shop's currency, times whole seconds since 1970.
struct ShopOrder: Sendable, Codable {
    var id: Int64
    /// 1, 2, 3…; the buyer sees `#1001`.
    var number: Int64
    var kind: String
    var createdAt: Int64
    var processedAt: Int64
    var updatedAt: Int64
    var cancelledAt: Int64?
    var cancelReason: String?
    var closedAt: Int64?
    var isTest = false

    var currency: CurrencyUnit
    var presentment: CurrencyUnit
    /// Presentment major units for a million shop major units.
    var presentmentRate: Int64 = 1_000_000
    var taxesIncluded = true
    /// Millionths: 70 000 is 7 %.
    var taxRate: Int64 = 0
    var taxTitle = "VAT"

    var email: String?
    var phone: String?
    var customer: ShopCustomer?
    var billing: ShopAddress?
    var shipping: ShopAddress?
    /// Missing people and addresses leave their keys out of the JSON instead of being null (platforms/shopify.md §4.4).
    var leavesOutMissingKeys = false

    var lines: [ShopLine] = []
    var shippingLines: [ShippingLine] = []
    var discounts: [DiscountApplication] = []
    var tipMinor: Int64 = 0
    var note: String?
    var noteAttributes: [NamePair] = []
    var tags: [String] = []
    var sourceName = "web"
    var sourceIdentifier: String?
    /// The location of a sale at the counter.
    var locationID: Int64?
    var gateways: [String] = []
    var transactions: [ShopTransaction] = []
    var refunds: [ShopRefund] = []
    var fulfillmentOrders: [FulfillmentOrder] = []
    var fulfilments: [ShopFulfilment] = []
    var isVoided = false
    var isRestocked = false
    /// Frozen when the order was placed: edits and refunds never move them (platforms/shopify.md §4.4).
    var original = OrderTotals()

    var name: String { "#\(1000 + number)" }
    var token: String { hexDigest(of: id, 0x746F6B656E) }
}

struct NamePair: Sendable, Codable, Equatable {
    var name: String
    var value: String
}

struct ShopAddress: Sendable, Codable, Equatable {
    var firstName: String
    var lastName: String
    var company: String?
    var address1: String
    var address2: String?
    var city: String
    var province: String?
    var provinceCode: String?
    var zip: String?
    var country: String
    var countryCode: String
    var phone: String?

    var name: String { lastName.isEmpty ? firstName : "\(firstName) \(lastName)" }
}

struct ShopCustomer: Sendable, Codable {
    var id: Int64
    var firstName: String
    var lastName: String
    var email: String?
    var phone: String?
    var createdAt: Int64
}

/// The three shapes of `line_items[].properties` (platforms/shopify.md §4.4).
enum LineProperties: Sendable, Codable, Equatable {
    case emptyArray
    case emptyObject
    case pairs([NamePair])
}

struct ShopLine: Sendable, Codable {
    var id: Int64
    var productID: Int64?
    var variantID: Int64?
    var sku: String?
    var title: String
    var variantTitle: String?
    var vendor: String?
    /// As bought (or as added by an edit); never lowered.
    var quantity: Int64
    var removedByEdit: Int64 = 0
    var refunded: Int64 = 0
    var unitPrice: Int64
    var grams: Int64 = 0
    var requiresShipping = true
    var isTaxable = true
    var isGiftCard = false
    var properties = LineProperties.emptyArray
    var allocations: [DiscountAllocation] = []
    var addedByEdit = false
    /// Where the stock is taken from.
    var locationID: Int64

    var currentQuantity: Int64 { quantity - removedByEdit - refunded }
    var allocated: Int64 { allocations.reduce(0) { $0 + $1.amount } }
    var fullTitle: String { variantTitle.map { "\(title) - \($0)" } ?? title }
}

struct DiscountAllocation: Sendable, Codable, Equatable {
    var amount: Int64
    /// Index into the order's applications.
    var application: Int
}

struct DiscountApplication: Sendable, Codable {
    enum Kind: String, Sendable, Codable { case discountCode = "discount_code", automatic, manual }
    var kind: Kind
    /// The code, or the title of an automatic or manual one.
    var words: String
    /// As written by the platform: `100.0`, `10.0`.
    var value: String
    /// `fixed_amount` or `percentage`.
    var valueType: String
    var targetsShipping = false
    var amount: Int64
}

struct ShippingLine: Sendable, Codable {
    var id: Int64
    var title: String
    var code: String
    var carrierIdentifier: String?
    var price: Int64
    var allocations: [DiscountAllocation] = []
    var refunded: Int64 = 0

    var discountedPrice: Int64 { price - allocations.reduce(0) { $0 + $1.amount } }
}

struct ShopTransaction: Sendable, Codable {
    enum Kind: String, Sendable, Codable { case sale, authorization, capture, refund, void }
    var id: Int64
    var kind: Kind
    /// `success`, `pending`, `failure`.
    var status: String
    var gateway: String
    var isManual: Bool
    var amount: Int64
    var createdAt: Int64
    var parentID: Int64?
}

struct ShopRefund: Sendable, Codable {
    struct Line: Sendable, Codable {
        var id: Int64
        var lineID: Int64
        var quantity: Int64
        /// `return`, `cancel`, `no_restock`.
        var restockType: String
        var subtotal: Int64
        var tax: Int64
    }
    var id: Int64
    var createdAt: Int64
    var note: String?
    var lines: [Line]
    /// Paid back for shipping, tax on top of it included.
    var shippingAmount: Int64 = 0
    /// The tax in it.
    var shippingTax: Int64?
    var transactionIDs: [Int64]
    var restocks: Bool
}
