/// An order as the shop keeps it. Amounts are whole units of the shop's smallest decimal place, times are unix seconds.
struct ShopOrder: Sendable {
    let id: Int
    /// Without `wc-`: `processing`, `checkout-draft`, `trash`, a plugin's word.
    var status: String
    var statusBeforeTrash: String?
    /// The text of `number`: the id, or a numbering plugin's.
    var number: String
    var currency: String
    var createdAt: Int
    var modifiedAt: Int
    var completedAt: Int?
    var paidAt: Int?
    /// 0 is a guest.
    var customerID = 0
    var orderKey: String
    var billing = ShopAddress()
    var shipping = ShopAddress()
    var paymentMethod = ""
    var paymentMethodTitle = ""
    var transactionID = ""
    var customerIP = ""
    var userAgent = ""
    /// `checkout`, `store-api`, `rest-api`, `admin`.
    var createdVia = "rest-api"
    var customerNote = ""
    var cartHash = ""
    var meta: [ShopMeta] = []
    var lines: [ShopLine] = []
    var shippingLines: [ShopShippingLine] = []
    var fees: [ShopFee] = []
    var coupons: [ShopCoupon] = []
    var taxLineID = 0
    var refunds: [ShopRefund] = []
    var notes: [ShopNote] = []
    var hasReducedStock = false
    var isAnnouncedDraft = false

    var isDraft: Bool { status == "checkout-draft" }
    var isCashOnDelivery: Bool { paymentMethod == "cod" }
}

struct ShopAddress: Sendable, Equatable {
    var firstName = "", lastName = "", company = "", address1 = "", address2 = "", city = "", state = "", postcode = "", country = "", email = "", phone = ""
}

struct ShopMeta: Sendable, Equatable {
    let id: Int
    var key: String
    var value: WooJSON
}

struct ShopLine: Sendable {
    let id: Int
    var name: String
    /// 0 where the product is gone or was never known.
    var productID: Int
    var variationID = 0
    var quantity: Int
    var subtotal: Int
    var subtotalTax = 0
    var total: Int
    var totalTax = 0
    var meta: [ShopMeta] = []
    /// nil: the product was deleted.
    var sku: String?
    /// `image.id` comes as `""`, `0`, an integer or a numeric text (platforms/woocommerce.md §4.4).
    var image: WooJSON = ["id": "", "src": ""]
    var parentName: String?
}

struct ShopShippingLine: Sendable {
    let id: Int
    var title: String
    var methodID: String
    /// `""` or `"4"`.
    var instanceID: String
    var total: Int
    var totalTax = 0
    var meta: [ShopMeta] = []
}

struct ShopFee: Sendable {
    let id: Int
    var name: String
    var isTaxable = false
    var total: Int
    var totalTax = 0
}

struct ShopCoupon: Sendable {
    let id: Int
    var code: String
    var couponID: Int
    var discount: Int
    var discountTax: Int
    var metaID: Int
}

struct ShopRefund: Sendable {
    let id: Int
    /// Positive.
    var amount: Int
    var reason: String
    var createdAt: Int
    /// Money went back through the gateway.
    var isPaidBack: Bool
    var lines: [Line]

    struct Line: Sendable {
        let id: Int
        /// The order's line that it refunds.
        var lineID: Int
        var quantity: Int
        /// Positive.
        var total: Int
        var tax: Int
    }
}

struct ShopNote: Sendable {
    let id: Int
    var author: String
    var createdAt: Int
    var text: String
    var isForCustomer: Bool
}
