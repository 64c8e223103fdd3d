/// What is special about an order, so that a test can ask for exactly one oddity (platforms/shopify.md §11).
package enum OrderKind: String, Sendable, CaseIterable {
    /// Paid by card, prices with tax.
    case card
    /// Cash on delivery by a manual gateway, pending.
    case cashOnDelivery = "cod"
    /// A code over the whole order: the lines' own `total_discount` stays 0.00.
    case discountCode = "discount"
    case freeShippingCode = "free_shipping"
    /// Prices without tax; tax comes on top, on shipping too.
    case taxExcluded = "tax_excluded"
    /// The buyer saw another currency than the shop's.
    case presentment
    case severalShippingLines = "shipping_lines"
    /// Buys a gift card beside a good.
    case giftCardBought = "gift_card_bought"
    /// Pays a part with a gift card, the rest on delivery.
    case giftCardUsed = "gift_card_used"
    case tip
    /// Sold at the counter: no customer, no addresses, fulfilled, `source_name` pos.
    case pointOfSale = "pos"
    /// Nothing to ship: no shipping address.
    case digital
    /// No account and no e-mail, a phone only.
    case guestPhone = "guest_phone"
    /// Customer and address keys are absent, not null.
    case missingKeys = "missing_keys"
    /// A line without SKU, a custom line without product.
    case nullSKU = "null_sku"
    /// `properties` is `{}`.
    case emptyProperties = "empty_properties"
    /// `properties` has pairs, also with a number as value.
    case lineProperties = "properties"
    /// Two fulfilment orders at two locations.
    case twoLocations = "two_locations"
    /// Fulfilment on hold.
    case onHold = "hold"
    case authorised = "authorized"
    case partiallyPaid = "partially_paid"
    /// `test: true`.
    case test
    /// Characters that need care: Thai, quotes, angle brackets, emoji.
    case oddText = "odd_text"
    /// One of the more usual kinds, by the seed.
    case any

    /// How often `any` draws each, in a hundred.
    static let usual: [(kind: OrderKind, share: Int)] = [
        (.card, 30), (.cashOnDelivery, 26), (.discountCode, 12), (.taxExcluded, 4), (.presentment, 4), (.severalShippingLines, 3),
        (.giftCardUsed, 2), (.giftCardBought, 1), (.tip, 2), (.pointOfSale, 2), (.digital, 2), (.guestPhone, 2), (.nullSKU, 2),
        (.emptyProperties, 1), (.lineProperties, 2), (.twoLocations, 3), (.freeShippingCode, 1), (.oddText, 1),
    ]
}
