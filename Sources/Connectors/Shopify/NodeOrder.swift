import Foundation

/// An order as the GraphQL Admin API gives it (§4.4): camelCase, `gid://` ids, amounts in money bags. The fields are those of `OrderQueries`.
struct NodeOrder: Decodable {
    var reading = OrderReading()

    private enum Key: String, CodingKey {
        case id, legacyResourceId, name, createdAt, processedAt, updatedAt, cancelledAt, cancelReason, closedAt, test, confirmed, edited, tags, note, customAttributes
        case email, phone, customer, currencyCode, presentmentCurrencyCode, taxesIncluded, dutiesIncluded, displayFinancialStatus, displayFulfillmentStatus, returnStatus
        case paymentGatewayNames, sourceName, discountCodes, poNumber, shippingAddress, billingAddress
        case totalPriceSet, currentTotalPriceSet, totalDiscountsSet, currentTotalDiscountsSet, totalTaxSet, currentTotalTaxSet, totalShippingPriceSet
        case totalTipReceivedSet, originalTotalDutiesSet, currentTotalDutiesSet, originalTotalAdditionalFeesSet, currentTotalAdditionalFeesSet
        case totalOutstandingSet, totalRefundedSet
        case lineItems, shippingLines, shippingLine, refunds, fulfillments, fulfillmentOrders
    }

    init(from decoder: any Decoder) throws {
        let order = try decoder.container(keyedBy: Key.self)
        guard let id = order.globalID(.legacyResourceId) ?? order.globalID(.id) else {
            throw DecodingError.dataCorruptedError(forKey: .legacyResourceId, in: order, debugDescription: "the order has no id")
        }
        reading.id = id
        reading.name = order.text(.name)
        readFacts(order)
        readParties(order)
        try readAmounts(order)
        try readLines(order)
        try readShippingLines(order)
        try readRefunds(order)
        try readFulfilments(order)
    }

    private mutating func readFacts(_ order: KeyedDecodingContainer<Key>) {
        reading.createdAt = order.text(.createdAt)
        reading.processedAt = order.text(.processedAt)
        reading.updatedAt = order.text(.updatedAt)
        reading.cancelledAt = order.text(.cancelledAt)
        if reading.cancelledAt != nil { reading.cancelReason = order.text(.cancelReason)?.lowercased() }
        reading.closedAt = order.text(.closedAt)
        reading.isTest = order.flag(.test)
        reading.isConfirmed = order.flag(.confirmed, default: true)
        if order.contains(.edited) { reading.isEdited = order.flag(.edited) }
        reading.tags = order.texts(.tags)
        reading.note = order.text(.note)
        reading.noteAttributes = order.pairs(.customAttributes, name: "key")
        reading.currency = order.text(.currencyCode)
        reading.presentmentCurrency = order.text(.presentmentCurrencyCode)
        reading.taxesIncluded = order.flag(.taxesIncluded)
        reading.dutiesIncluded = order.flag(.dutiesIncluded)
        reading.financialStatus = order.text(.displayFinancialStatus)
        reading.fulfilmentStatus = order.text(.displayFulfillmentStatus)
        reading.returnStatus = order.text(.returnStatus)
        reading.gateways = order.texts(.paymentGatewayNames)
        reading.source = order.text(.sourceName)
        reading.discountCodes = order.texts(.discountCodes)
        reading.purchaseOrder = order.text(.poNumber)
    }

    // MARK: people

    private enum CustomerKey: String, CodingKey { case firstName, lastName, email, phone }
    private enum AddressKey: String, CodingKey {
        case name, firstName, lastName, company, phone, address1, address2, city, province, provinceCode, zip, countryCodeV2
    }

    private mutating func readParties(_ order: KeyedDecodingContainer<Key>) {
        reading.email = order.text(.email)
        reading.phone = order.text(.phone)
        if let customer = order.object(.customer, CustomerKey.self) {
            reading.customerName = OrderReading.join(customer.text(.firstName), customer.text(.lastName))
            reading.email = reading.email ?? customer.text(.email)
            reading.phone = reading.phone ?? customer.text(.phone)
        }
        reading.shipTo = order.object(.shippingAddress, AddressKey.self).map(Self.address)
        reading.billTo = order.object(.billingAddress, AddressKey.self).map(Self.address)
    }

    private static func address(_ given: KeyedDecodingContainer<AddressKey>) -> AddressReading {
        AddressReading(name: given.text(.name), firstName: given.text(.firstName), lastName: given.text(.lastName), company: given.text(.company),
                       phone: given.text(.phone), address1: given.text(.address1), address2: given.text(.address2), city: given.text(.city),
                       province: given.text(.province), provinceCode: given.text(.provinceCode), zip: given.text(.zip), countryCode: given.text(.countryCodeV2))
    }

    // MARK: money

    private enum BagKey: String, CodingKey { case shopMoney, presentmentMoney }
    private enum MoneyKey: String, CodingKey { case amount, currencyCode }

    private static func shopAmount<K: CodingKey>(_ container: KeyedDecodingContainer<K>, _ key: K) throws -> String? {
        try container.object(key, BagKey.self)?.object(.shopMoney, MoneyKey.self)?.amount(.amount)
    }

    private mutating func readAmounts(_ order: KeyedDecodingContainer<Key>) throws {
        reading.amounts.total = try Self.shopAmount(order, .totalPriceSet)
        reading.amounts.currentTotal = try Self.shopAmount(order, .currentTotalPriceSet)
        reading.amounts.discounts = try Self.shopAmount(order, .totalDiscountsSet)
        reading.amounts.currentDiscounts = try Self.shopAmount(order, .currentTotalDiscountsSet)
        reading.amounts.tax = try Self.shopAmount(order, .totalTaxSet)
        reading.amounts.currentTax = try Self.shopAmount(order, .currentTotalTaxSet)
        reading.amounts.shipping = try Self.shopAmount(order, .totalShippingPriceSet)
        reading.amounts.tip = try Self.shopAmount(order, .totalTipReceivedSet)
        reading.amounts.duties = try Self.shopAmount(order, .originalTotalDutiesSet)
        reading.amounts.currentDuties = try Self.shopAmount(order, .currentTotalDutiesSet)
        reading.amounts.fees = try Self.shopAmount(order, .originalTotalAdditionalFeesSet)
        reading.amounts.currentFees = try Self.shopAmount(order, .currentTotalAdditionalFeesSet)
        reading.amounts.outstanding = try Self.shopAmount(order, .totalOutstandingSet)
        reading.amounts.refunded = try Self.shopAmount(order, .totalRefundedSet)
        guard let presentment = reading.presentmentCurrency, presentment != reading.currency else { return }
        reading.presentmentTotal = try order.object(.totalPriceSet, BagKey.self)?.object(.presentmentMoney, MoneyKey.self)?.amount(.amount)
    }

    // MARK: lines

    private enum ConnectionKey: String, CodingKey { case nodes }
    private enum IDKey: String, CodingKey { case id }
    private enum LineKey: String, CodingKey {
        case id, sku, title, variantTitle, quantity, currentQuantity, originalUnitPriceSet, discountAllocations, taxLines, requiresShipping, product, variant, customAttributes
    }
    private enum AllocationKey: String, CodingKey { case allocatedAmountSet }
    private enum TaxKey: String, CodingKey { case priceSet }
    private enum ShippingKey: String, CodingKey { case title, code, carrierIdentifier, originalPriceSet, discountedPriceSet, isRemoved }

    private mutating func readLines(_ order: KeyedDecodingContainer<Key>) throws {
        guard let connection = order.object(.lineItems, ConnectionKey.self) else { return }
        var lines: [OrderReading.Line] = []
        try connection.each(.nodes, LineKey.self) { given in
            var line = OrderReading.Line()
            line.id = given.globalID(.id) ?? ""
            line.sku = given.text(.sku)
            line.title = given.text(.title)
            line.variant = given.text(.variantTitle)
            line.quantity = given.integer(.quantity) ?? 0
            line.currentQuantity = given.integer(.currentQuantity)
            line.price = try Self.shopAmount(given, .originalUnitPriceSet)
            try given.each(.discountAllocations, AllocationKey.self) { if let amount = try Self.shopAmount($0, .allocatedAmountSet) { line.allocations.append(amount) } }
            try given.each(.taxLines, TaxKey.self) { if let amount = try Self.shopAmount($0, .priceSet) { line.taxes.append(amount) } }
            line.requiresShipping = given.flag(.requiresShipping, default: true)
            line.productID = given.object(.product, IDKey.self)?.globalID(.id)
            line.variantID = given.object(.variant, IDKey.self)?.globalID(.id)
            line.properties = given.pairs(.customAttributes, name: "key")
            lines.append(line)
        }
        reading.lines = lines
    }

    private mutating func readShippingLines(_ order: KeyedDecodingContainer<Key>) throws {
        func line(_ given: KeyedDecodingContainer<ShippingKey>) throws -> OrderReading.ShippingLine {
            .init(title: given.text(.title), code: given.text(.code), carrier: given.text(.carrierIdentifier), price: try Self.shopAmount(given, .originalPriceSet),
                  discountedPrice: try Self.shopAmount(given, .discountedPriceSet), isRemoved: given.flag(.isRemoved))
        }
        var lines: [OrderReading.ShippingLine] = []
        if let connection = order.object(.shippingLines, ConnectionKey.self) {
            try connection.each(.nodes, ShippingKey.self) { lines.append(try line($0)) }
        } else if let only = order.object(.shippingLine, ShippingKey.self) {
            lines.append(try line(only))
        }
        reading.shippingLines = lines
    }

    // MARK: what happened to it

    private enum RefundKey: String, CodingKey { case totalRefundedSet, refundLineItems, refundShippingLines }
    private enum RefundLineKey: String, CodingKey { case lineItem, quantity, subtotalSet, totalTaxSet }
    private enum RefundShippingKey: String, CodingKey { case subtotalAmountSet, taxAmountSet }
    private enum FulfilmentKey: String, CodingKey { case status, displayStatus }
    private enum FulfilmentOrderKey: String, CodingKey { case status, fulfillBy }

    private mutating func readRefunds(_ order: KeyedDecodingContainer<Key>) throws {
        var refunds: [OrderReading.Refund] = []
        try order.each(.refunds, RefundKey.self) { given in
            var refund = OrderReading.Refund()
            refund.total = try Self.shopAmount(given, .totalRefundedSet)
            try given.object(.refundLineItems, ConnectionKey.self)?.each(.nodes, RefundLineKey.self) {
                refund.lines.append(.init(lineID: $0.object(.lineItem, IDKey.self)?.globalID(.id) ?? "", quantity: $0.integer(.quantity) ?? 0,
                                          subtotal: try Self.shopAmount($0, .subtotalSet), tax: try Self.shopAmount($0, .totalTaxSet)))
            }
            try given.object(.refundShippingLines, ConnectionKey.self)?.each(.nodes, RefundShippingKey.self) {
                refund.shipping.append(.init(amount: try Self.shopAmount($0, .subtotalAmountSet), tax: try Self.shopAmount($0, .taxAmountSet)))
            }
            refunds.append(refund)
        }
        reading.refunds = refunds
    }

    private mutating func readFulfilments(_ order: KeyedDecodingContainer<Key>) throws {
        var fulfilments: [OrderReading.Fulfilment] = []
        try order.each(.fulfillments, FulfilmentKey.self) { fulfilments.append(.init(status: $0.text(.status), shipmentStatus: $0.text(.displayStatus))) }
        reading.fulfilments = fulfilments
        var fulfilmentOrders: [OrderReading.FulfilmentOrder] = []
        try order.object(.fulfillmentOrders, ConnectionKey.self)?.each(.nodes, FulfilmentOrderKey.self) {
            fulfilmentOrders.append(.init(status: $0.text(.status), fulfilBy: $0.text(.fulfillBy)))
        }
        reading.fulfilmentOrders = fulfilmentOrders
    }
}
