import Foundation

/// An order as webhooks carry it: REST-shaped, snake_case, numeric ids (§4.3). Only what has a meaning for us is decoded.
struct WebhookOrder: Decodable {
    var reading = OrderReading()

    private enum Key: String, CodingKey {
        case id, name, order_number, created_at, processed_at, updated_at, cancelled_at, cancel_reason, closed_at, test, confirmed, tags, note, note_attributes
        case email, contact_email, phone, customer, currency, presentment_currency, taxes_included, duties_included, financial_status, fulfillment_status
        case payment_gateway_names, source_name, discount_codes, po_number, shipping_address, billing_address
        case total_line_items_price, total_price, current_total_price, total_discounts, current_total_discounts, total_tax, current_total_tax
        case total_shipping_price_set, total_tip_received, original_total_duties_set, current_total_duties_set, original_total_additional_fees_set
        case current_total_additional_fees_set, total_cash_rounding_payment_adjustment_set, total_outstanding, total_price_set, current_total_price_set
        case line_items, shipping_lines, refunds, fulfillments
    }

    init(from decoder: any Decoder) throws {
        let order = try decoder.container(keyedBy: Key.self)
        guard let id = order.identifier(.id) else {
            throw DecodingError.dataCorruptedError(forKey: .id, in: order, debugDescription: "the order has no id")
        }
        reading.id = id
        reading.name = order.text(.name) ?? order.text(.order_number)
        readFacts(order)
        readParties(order)
        try readAmounts(order)
        try readLines(order)
        try readShippingLines(order)
        try readRefunds(order)
        try readFulfilments(order)
    }

    private mutating func readFacts(_ order: KeyedDecodingContainer<Key>) {
        reading.createdAt = order.text(.created_at)
        reading.processedAt = order.text(.processed_at)
        reading.updatedAt = order.text(.updated_at)
        reading.cancelledAt = order.text(.cancelled_at)
        if reading.cancelledAt != nil { reading.cancelReason = order.text(.cancel_reason) }
        reading.closedAt = order.text(.closed_at)
        reading.isTest = order.flag(.test)
        reading.isConfirmed = order.flag(.confirmed, default: true)
        reading.tags = order.text(.tags).map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty } } ?? []
        reading.note = order.text(.note)
        reading.noteAttributes = order.pairs(.note_attributes)
        reading.currency = order.text(.currency)
        reading.presentmentCurrency = order.text(.presentment_currency)
        reading.taxesIncluded = order.flag(.taxes_included)
        reading.dutiesIncluded = order.flag(.duties_included)
        reading.financialStatus = order.text(.financial_status)
        reading.fulfilmentStatus = order.text(.fulfillment_status)
        reading.gateways = order.texts(.payment_gateway_names)
        reading.source = order.text(.source_name)
        reading.discountCodes = order.pairs(.discount_codes, name: "code", value: "code").map(\.name)
        reading.purchaseOrder = order.text(.po_number)
    }

    // MARK: people

    private enum CustomerKey: String, CodingKey { case first_name, last_name, email, phone }
    private enum AddressKey: String, CodingKey {
        case name, first_name, last_name, company, phone, address1, address2, city, province, province_code, zip, country_code
    }

    private mutating func readParties(_ order: KeyedDecodingContainer<Key>) {
        reading.email = order.text(.email) ?? order.text(.contact_email)
        reading.phone = order.text(.phone)
        if let customer = order.object(.customer, CustomerKey.self) {
            reading.customerName = OrderReading.join(customer.text(.first_name), customer.text(.last_name))
            reading.email = reading.email ?? customer.text(.email)
            reading.phone = reading.phone ?? customer.text(.phone)
        }
        reading.shipTo = order.object(.shipping_address, AddressKey.self).map(Self.address)
        reading.billTo = order.object(.billing_address, AddressKey.self).map(Self.address)
    }

    private static func address(_ given: KeyedDecodingContainer<AddressKey>) -> AddressReading {
        var address = AddressReading()
        address.name = given.text(.name)
        if address.name == nil {
            address.firstName = given.text(.first_name)
            address.lastName = given.text(.last_name)
        }
        address.company = given.text(.company)
        address.phone = given.text(.phone)
        address.address1 = given.text(.address1)
        address.address2 = given.text(.address2)
        address.city = given.text(.city)
        address.province = given.text(.province)
        address.provinceCode = given.text(.province_code)
        address.zip = given.text(.zip)
        address.countryCode = given.text(.country_code)
        return address
    }

    // MARK: money

    private enum SetKey: String, CodingKey { case shop_money, presentment_money }
    private enum MoneyKey: String, CodingKey { case amount, currency_code }

    private static func shopAmount<K: CodingKey>(_ container: KeyedDecodingContainer<K>, _ key: K) throws -> String? {
        try container.object(key, SetKey.self)?.object(.shop_money, MoneyKey.self)?.amount(.amount)
    }

    private mutating func readAmounts(_ order: KeyedDecodingContainer<Key>) throws {
        reading.amounts.items = try order.amount(.total_line_items_price)
        reading.amounts.total = try order.amount(.total_price)
        reading.amounts.currentTotal = try order.amount(.current_total_price)
        reading.amounts.discounts = try order.amount(.total_discounts)
        reading.amounts.currentDiscounts = try order.amount(.current_total_discounts)
        reading.amounts.tax = try order.amount(.total_tax)
        reading.amounts.currentTax = try order.amount(.current_total_tax)
        reading.amounts.shipping = try Self.shopAmount(order, .total_shipping_price_set)
        reading.amounts.tip = try order.amount(.total_tip_received)
        reading.amounts.duties = try Self.shopAmount(order, .original_total_duties_set)
        reading.amounts.currentDuties = try Self.shopAmount(order, .current_total_duties_set)
        reading.amounts.fees = try Self.shopAmount(order, .original_total_additional_fees_set)
        reading.amounts.currentFees = try Self.shopAmount(order, .current_total_additional_fees_set)
        reading.amounts.rounding = try Self.shopAmount(order, .total_cash_rounding_payment_adjustment_set)
        reading.amounts.outstanding = try order.amount(.total_outstanding)
        guard let presentment = reading.presentmentCurrency, presentment != reading.currency else { return }
        reading.presentmentTotal = try order.object(.total_price_set, SetKey.self)?.object(.presentment_money, MoneyKey.self)?.amount(.amount)
    }

    // MARK: lines

    private enum LineKey: String, CodingKey {
        case id, sku, title, variant_title, quantity, current_quantity, price, discount_allocations, tax_lines, requires_shipping, grams, product_id, variant_id, properties
    }
    private enum AllocationKey: String, CodingKey { case amount, amount_set }
    private enum TaxKey: String, CodingKey { case price, price_set }
    private enum ShippingKey: String, CodingKey { case title, code, carrier_identifier, price, discounted_price, is_removed }

    private mutating func readLines(_ order: KeyedDecodingContainer<Key>) throws {
        var lines: [OrderReading.Line] = []
        try order.each(.line_items, LineKey.self) { given in
            var line = OrderReading.Line()
            line.id = given.identifier(.id) ?? ""
            line.sku = given.text(.sku)
            line.title = given.text(.title)
            line.variant = given.text(.variant_title)
            line.quantity = given.integer(.quantity) ?? 0
            line.currentQuantity = given.integer(.current_quantity)
            line.price = try given.amount(.price)
            try given.each(.discount_allocations, AllocationKey.self) {
                if let amount = try $0.amount(.amount) ?? Self.shopAmount($0, .amount_set) { line.allocations.append(amount) }
            }
            try given.each(.tax_lines, TaxKey.self) {
                if let amount = try $0.amount(.price) ?? Self.shopAmount($0, .price_set) { line.taxes.append(amount) }
            }
            line.requiresShipping = given.flag(.requires_shipping, default: true)
            line.grams = given.integer(.grams)
            line.productID = given.identifier(.product_id)
            line.variantID = given.identifier(.variant_id)
            line.properties = given.pairs(.properties)
            lines.append(line)
        }
        reading.lines = lines
    }

    private mutating func readShippingLines(_ order: KeyedDecodingContainer<Key>) throws {
        var lines: [OrderReading.ShippingLine] = []
        try order.each(.shipping_lines, ShippingKey.self) { given in
            lines.append(.init(title: given.text(.title), code: given.text(.code), carrier: given.text(.carrier_identifier), price: try given.amount(.price),
                               discountedPrice: try given.amount(.discounted_price), isRemoved: given.flag(.is_removed)))
        }
        reading.shippingLines = lines
    }

    // MARK: what happened to it

    private enum RefundKey: String, CodingKey { case refund_line_items, transactions, order_adjustments, refund_shipping_lines }
    private enum RefundLineKey: String, CodingKey { case line_item_id, quantity, subtotal, total_tax, subtotal_set, total_tax_set }
    private enum TransactionKey: String, CodingKey { case kind, status, amount, currency }
    private enum AdjustmentKey: String, CodingKey { case kind, amount, tax_amount, amount_set, tax_amount_set }
    private enum RefundShippingKey: String, CodingKey { case subtotal_amount_set, tax_amount_set }
    private enum FulfilmentKey: String, CodingKey { case status, shipment_status }

    private mutating func readRefunds(_ order: KeyedDecodingContainer<Key>) throws {
        var refunds: [OrderReading.Refund] = []
        try order.each(.refunds, RefundKey.self) { given in
            var refund = OrderReading.Refund()
            try given.each(.refund_line_items, RefundLineKey.self) {
                refund.lines.append(.init(lineID: $0.identifier(.line_item_id) ?? "", quantity: $0.integer(.quantity) ?? 0,
                                          subtotal: try Self.shopAmount($0, .subtotal_set) ?? $0.amount(.subtotal),
                                          tax: try Self.shopAmount($0, .total_tax_set) ?? $0.amount(.total_tax)))
            }
            try given.each(.transactions, TransactionKey.self) {
                refund.transactions.append(.init(kind: $0.text(.kind), status: $0.text(.status), amount: try $0.amount(.amount), currency: $0.text(.currency)))
            }
            try given.each(.order_adjustments, AdjustmentKey.self) {
                guard $0.text(.kind) == "shipping_refund" else { return }
                refund.shipping.append(.init(amount: try Self.shopAmount($0, .amount_set) ?? $0.amount(.amount),
                                             tax: try Self.shopAmount($0, .tax_amount_set) ?? $0.amount(.tax_amount)))
            }
            if refund.shipping.isEmpty {   // the newer form of the same fact
                try given.each(.refund_shipping_lines, RefundShippingKey.self) {
                    refund.shipping.append(.init(amount: try Self.shopAmount($0, .subtotal_amount_set), tax: try Self.shopAmount($0, .tax_amount_set)))
                }
            }
            refunds.append(refund)
        }
        reading.refunds = refunds
    }

    private mutating func readFulfilments(_ order: KeyedDecodingContainer<Key>) throws {
        var fulfilments: [OrderReading.Fulfilment] = []
        try order.each(.fulfillments, FulfilmentKey.self) {
            fulfilments.append(.init(status: $0.text(.status), shipmentStatus: $0.text(.shipment_status)))
        }
        reading.fulfilments = fulfilments
    }
}
