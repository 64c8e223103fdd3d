/// What kind of order a buyer places: everyday ones, and each oddity of platforms/woocommerce.md §4.4 and §11 by itself.
package enum OrderKind: String, Sendable, CaseIterable {
    /// A seeded basket, paid as it comes.
    case everyday
    /// COD: `processing`, not paid.
    case cashOnDelivery
    /// A gateway took the money: `processing`, paid.
    case paidOnline
    /// Transfer announced: `on-hold`.
    case bankTransfer
    /// The buyer has not paid yet.
    case pending
    case coupon
    /// A COD fee without tax, and a taxed one.
    case fees
    case severalShippingLines
    /// Only a billing address.
    case emptyShippingAddress
    /// `&amp;`, `&times;`, quotes, newlines.
    case htmlEntities
    case emoji
    /// `sku` null, `product_id` 0.
    case deletedProduct
    /// Meta values of every JSON kind, and a key twice.
    case objectMeta
    /// A total that does not divide: a `price` of 33.333333333333336.
    case longFraction
    /// A plugin's status.
    case customStatus
    case variation
    case manyLines
    case partlyRefunded
    case freeOfCharge
    case failedPayment
}
