package import Domain

/// An order that a program pushes, in the API's own names; what the hub can work out may be left out.
///
/// The hub's own members (`id`, `workflow`, `shipments`, …) are not read, so an order can be sent as it was got. `OrderSnapshot`'s JSON is taken too.
package struct PushedOrder: Decodable, Sendable {
    struct Lines: Decodable, Sendable {
        var quantity: Int
        var externalLineID: String?, sku: String?, title: String?, variant: String?, unitPrice: Int64?, discount: Int64?, tax: Int64?, lineTotal: Int64?
        var requiresShipping: Bool?, weightGrams: Int?, externalProductID: String?, externalVariantID: String?
    }
    struct Sums: Decodable, Sendable { var items: Int64?, discount: Int64?, shipping: Int64?, fees: Int64?, tax: Int64?, taxIncluded: Bool?, grand: Int64?, refunded: Int64? }
    struct Paying: Decodable, Sendable { var method: String?, state: PaymentState?, isCashOnDelivery: Bool?, codAmount: Int64? }

    var externalID: String?, externalNumber: String?, placedAt: Timestamp?, sourceUpdatedAt: Timestamp?, buyer: Buyer?, shipTo: Address, billTo: Address?
    var currency: Currency, totals: Sums?, payment: Paying?, shipping: Shipping?, lines: [Lines], note: String?, tags: [String]?, platformStatus: String?
    var standing: OrderSnapshot.Standing?, paymentState: PaymentState?, fulfilment: Fulfilment?, attributes: [String: String]?
    var revision: Revision?

    private enum Key: String, CodingKey {
        case externalID, externalNumber, placedAt, sourceUpdatedAt, buyer, shipTo, billTo, currency, totals, payment, shipping, lines, note, tags, platformStatus
        case standing, paymentState, fulfilment, attributes, revision
    }

    package init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: Key.self)
        externalID = try c.decodeIfPresent(String.self, forKey: .externalID)
        externalNumber = try c.decodeIfPresent(String.self, forKey: .externalNumber)
        placedAt = try c.decodeIfPresent(Timestamp.self, forKey: .placedAt)
        sourceUpdatedAt = try c.decodeIfPresent(Timestamp.self, forKey: .sourceUpdatedAt)
        buyer = try c.decodeIfPresent(Buyer.self, forKey: .buyer)
        shipTo = try c.decode(Address.self, forKey: .shipTo)
        billTo = try c.decodeIfPresent(Address.self, forKey: .billTo)
        currency = try c.decode(Currency.self, forKey: .currency)
        totals = try c.decodeIfPresent(Sums.self, forKey: .totals)
        payment = try c.decodeIfPresent(Paying.self, forKey: .payment)
        shipping = try c.decodeIfPresent(Shipping.self, forKey: .shipping)
        lines = try c.decode([Lines].self, forKey: .lines)
        note = try c.decodeIfPresent(String.self, forKey: .note)
        tags = try c.decodeIfPresent([String].self, forKey: .tags)
        platformStatus = try c.decodeIfPresent(String.self, forKey: .platformStatus)
        standing = try c.decodeIfPresent(OrderSnapshot.Standing.self, forKey: .standing)
        paymentState = try c.decodeIfPresent(PaymentState.self, forKey: .paymentState)
        fulfilment = try c.decodeIfPresent(Fulfilment.self, forKey: .fulfilment)
        attributes = try c.decodeIfPresent([String: String].self, forKey: .attributes)
        // The API's own `revision` is the hub's counter, a number: it says nothing about the sender's order of things.
        revision = try? c.decodeIfPresent(Revision.self, forKey: .revision)
    }
}

/// What is wrong with a pushed order, and where (RFC 6901).
package struct PushFault: HubError, Equatable {
    package var code: String, sentence: String, pointer: String
    package var failureClass: FailureClass { .rejected }
}
