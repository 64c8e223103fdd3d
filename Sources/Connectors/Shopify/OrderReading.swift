/// One order as Shopify wrote it, REST-shaped or GraphQL, before it is given a meaning: texts as they came, ids as text.
///
/// Amounts are decimal texts of the shop's currency ("1290.00", "1290.0", "1290"); nil where the form does not say.
struct OrderReading: Sendable {
    var id = "", name: String?
    var createdAt: String?, processedAt: String?, updatedAt: String?, cancelledAt: String?, cancelReason: String?, closedAt: String?
    var isTest = false, isConfirmed = true
    /// GraphQL says so; REST leaves it to be seen from the numbers.
    var isEdited: Bool?
    var tags: [String] = [], note: String?, noteAttributes: [NamedValue] = []
    var email: String?, phone: String?, customerName: String?
    var currency: String?, presentmentCurrency: String?, presentmentTotal: String?
    var taxesIncluded = false, dutiesIncluded = false
    var financialStatus: String?, fulfilmentStatus: String?, returnStatus: String?
    var gateways: [String] = [], source: String?, discountCodes: [String] = [], purchaseOrder: String?
    var shipTo: AddressReading?, billTo: AddressReading?
    var amounts = Amounts()
    var lines: [Line] = []
    var shippingLines: [ShippingLine] = []
    var refunds: [Refund] = []
    var fulfilments: [Fulfilment] = []
    var fulfilmentOrders: [FulfilmentOrder] = []

    struct NamedValue: Sendable, Equatable { var name: String, value: String }

    struct Amounts: Sendable {
        var items: String?
        var total: String?, currentTotal: String?, discounts: String?, currentDiscounts: String?, tax: String?, currentTax: String?
        var shipping: String?, tip: String?, duties: String?, currentDuties: String?, fees: String?, currentFees: String?, rounding: String?
        var outstanding: String?
        /// Σ of all refunds where the platform says it (GraphQL); REST has it in the refunds.
        var refunded: String?
    }

    struct Line: Sendable {
        var id = "", sku: String?, title: String?, variant: String?, quantity = 0, currentQuantity: Int?
        var price: String?, allocations: [String] = [], taxes: [String] = []
        var requiresShipping = true, grams: Int?, productID: String?, variantID: String?
        var properties: [NamedValue] = []
    }

    struct ShippingLine: Sendable {
        var title: String?, code: String?, carrier: String?, price: String?, discountedPrice: String?, isRemoved = false
    }

    struct Refund: Sendable {
        struct Line: Sendable { var lineID = "", quantity = 0, subtotal: String?, tax: String? }
        struct Transaction: Sendable { var kind: String?, status: String?, amount: String?, currency: String? }
        /// Shipping given back: amount and tax, signs as they come.
        struct ShippingPart: Sendable { var amount: String?, tax: String? }
        var lines: [Line] = [], transactions: [Transaction] = [], shipping: [ShippingPart] = []
        /// GraphQL's sum of the refund's transactions.
        var total: String?
    }

    struct Fulfilment: Sendable { var status: String?, shipmentStatus: String? }
    struct FulfilmentOrder: Sendable { var status: String?, fulfilBy: String? }
}

struct AddressReading: Sendable {
    var name: String?, firstName: String?, lastName: String?, company: String?, phone: String?, address1: String?, address2: String?
    var city: String?, province: String?, provinceCode: String?, zip: String?, countryCode: String?

    var fullName: String? { name ?? OrderReading.join(firstName, lastName) }
}

extension OrderReading {
    static func join(_ first: String?, _ last: String?) -> String? {
        switch (first, last) {
        case (let first?, let last?): "\(first) \(last)"
        case (let one?, nil), (nil, let one?): one
        case (nil, nil): nil
        }
    }
}
