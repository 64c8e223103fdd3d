/// An order as its platform shows it at one moment, in our words: what a connector's parser returns.
///
/// Money is integer minor units of `currency`. Everything a platform may leave out is optional; nothing is guessed.
package struct OrderSnapshot: Sendable, Equatable, Codable {
    package var externalID: ExternalID
    package var externalNumber: String
    package var placedAt: Timestamp
    package var revision: Revision
    package var buyer: Buyer
    package var shipTo: Address?
    package var billTo: Address?
    package var currency: Currency
    package var totals: Totals
    package var payment: Payment
    package var shipping: Shipping
    package var lines: [OrderLine]
    package var note: String?
    package var tags: [String]
    /// The platform's raw status words, joined by `/` where it has several.
    package var platformStatus: String
    package var standing: Standing
    package var fulfilment: Fulfilment
    package var flags: [Flag]
    /// What the platform says and the order model has no slot for (presentment currency, note attributes): shown, never computed with.
    package var attributes: [String: String]

    package init(externalID: ExternalID, externalNumber: String, placedAt: Timestamp, revision: Revision, buyer: Buyer = Buyer(), shipTo: Address? = nil,
                 billTo: Address? = nil, currency: Currency, totals: Totals, payment: Payment, shipping: Shipping = Shipping(), lines: [OrderLine],
                 note: String? = nil, tags: [String] = [], platformStatus: String, standing: Standing = .open, fulfilment: Fulfilment = .unfulfilled,
                 flags: [Flag] = [], attributes: [String: String] = [:]) {
        self.externalID = externalID; self.externalNumber = externalNumber; self.placedAt = placedAt; self.revision = revision
        self.buyer = buyer; self.shipTo = shipTo; self.billTo = billTo; self.currency = currency; self.totals = totals; self.payment = payment
        self.shipping = shipping; self.lines = lines; self.note = note; self.tags = tags; self.platformStatus = platformStatus
        self.standing = standing; self.fulfilment = fulfilment; self.flags = flags; self.attributes = attributes
    }

    /// What the platform says of the order as a whole; the ledger turns it into a move on the workflow axis.
    package enum Standing: String, Sendable, Codable {
        /// Not an order yet (a checkout draft): known, shown nowhere, routed nowhere.
        case draft
        case open
        /// The platform wants a person first (payment slip to check, fraud review, on hold).
        case onHold
        case cancelled
        /// Done as far as the platform is concerned; nothing is to be shipped any more.
        case closed
    }
}

package struct Buyer: Sendable, Equatable, Codable {
    package var name: String?, email: String?, phone: String?
    package init(name: String? = nil, email: String? = nil, phone: String? = nil) { self.name = name; self.email = email; self.phone = phone }
}

package struct Address: Sendable, Equatable, Codable {
    package var name: String?, company: String?, phone: String?, line1: String?, line2: String?, subdistrict: String?, district: String?, city: String?
    package var province: String?, provinceCode: String?, postcode: String?, countryCode: String?
    package init(name: String? = nil, company: String? = nil, phone: String? = nil, line1: String? = nil, line2: String? = nil, subdistrict: String? = nil,
                 district: String? = nil, city: String? = nil, province: String? = nil, provinceCode: String? = nil, postcode: String? = nil, countryCode: String? = nil) {
        self.name = name; self.company = company; self.phone = phone; self.line1 = line1; self.line2 = line2; self.subdistrict = subdistrict
        self.district = district; self.city = city; self.province = province; self.provinceCode = provinceCode; self.postcode = postcode
        self.countryCode = countryCode
    }
}

/// Integer minor units of the order's currency. The sum law: `items - discount + shipping + fees + (taxIncluded ? 0 : tax) = grand`.
package struct Totals: Sendable, Equatable, Codable {
    package var items: Int64, discount: Int64, shipping: Int64, fees: Int64, tax: Int64, taxIncluded: Bool, grand: Int64, refunded: Int64
    package init(items: Int64, discount: Int64 = 0, shipping: Int64 = 0, fees: Int64 = 0, tax: Int64 = 0, taxIncluded: Bool = false, grand: Int64, refunded: Int64 = 0) {
        self.items = items; self.discount = discount; self.shipping = shipping; self.fees = fees; self.tax = tax
        self.taxIncluded = taxIncluded; self.grand = grand; self.refunded = refunded
    }
    /// The total rebuilt by the sum law; nil when it overflows.
    package var rebuiltGrand: Int64? {
        var sum = items, overflow = false
        for part in [shipping, fees, taxIncluded ? 0 : tax] { (sum, overflow) = sum.addingReportingOverflow(part); if overflow { return nil } }
        (sum, overflow) = sum.subtractingReportingOverflow(discount)
        return overflow ? nil : sum
    }
}

package struct Payment: Sendable, Equatable, Codable {
    package var method: String?, state: PaymentState, isCashOnDelivery: Bool
    /// What the carrier collects, in minor units of the order's currency; nil unless cash on delivery.
    package var codAmount: Int64?
    package init(method: String? = nil, state: PaymentState, isCashOnDelivery: Bool = false, codAmount: Int64? = nil) {
        self.method = method; self.state = state; self.isCashOnDelivery = isCashOnDelivery; self.codAmount = codAmount
    }
}

package struct Shipping: Sendable, Equatable, Codable {
    package var methodCode: String?, methodTitle: String?, requestedCarrier: String?, shipBy: Timestamp?
    package init(methodCode: String? = nil, methodTitle: String? = nil, requestedCarrier: String? = nil, shipBy: Timestamp? = nil) {
        self.methodCode = methodCode; self.methodTitle = methodTitle; self.requestedCarrier = requestedCarrier; self.shipBy = shipBy
    }
}

/// One position of an order. `lineTotal` = unitPrice × quantity − discount (whether tax is inside follows `Totals.taxIncluded`).
package struct OrderLine: Sendable, Equatable, Codable {
    package var externalLineID: String, sku: String?, title: String, variant: String?, quantity: Int, unitPrice: Int64, discount: Int64, tax: Int64, lineTotal: Int64
    package var requiresShipping: Bool, weightGrams: Int?, externalProductID: String?, externalVariantID: String?
    package init(externalLineID: String, sku: String? = nil, title: String, variant: String? = nil, quantity: Int, unitPrice: Int64, discount: Int64 = 0, tax: Int64 = 0,
                 lineTotal: Int64, requiresShipping: Bool = true, weightGrams: Int? = nil, externalProductID: String? = nil, externalVariantID: String? = nil) {
        self.externalLineID = externalLineID; self.sku = sku; self.title = title; self.variant = variant; self.quantity = quantity
        self.unitPrice = unitPrice; self.discount = discount; self.tax = tax; self.lineTotal = lineTotal; self.requiresShipping = requiresShipping
        self.weightGrams = weightGrams; self.externalProductID = externalProductID; self.externalVariantID = externalVariantID
    }
}

/// Something about an order that a person should know, with a machine code and a sentence.
package struct Flag: Sendable, Hashable, Codable {
    package var code: String, message: String
    package init(code: String, message: String) { self.code = code; self.message = message }

    /// The platform says something else than a person's edit that stands.
    package static let editDiffers = "edit_differs"
    private static let carrierPrefix = "carrier_"
    /// A parcel's trouble as its carrier tells it; `word` is one of the carrier's contract (`on_hold`).
    package static func ofCarrier(_ word: String, message: String) -> Flag { Flag(code: carrierPrefix + word, message: message) }
    package var isCarriers: Bool { code.hasPrefix(Self.carrierPrefix) }
}
