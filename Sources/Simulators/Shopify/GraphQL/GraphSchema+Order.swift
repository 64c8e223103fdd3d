extension GraphSchema {
    func money(_ minor: Int64, _ unit: CurrencyUnit) -> GraphObject {
        GraphObject("MoneyV2") { name, _ throws(GraphProblem) in
            name == "amount" ? .text(unit.graphText(minor)) : name == "currencyCode" ? .text(unit.code) : nil
        }
    }

    func bag(_ minor: Int64, of order: ShopOrder) -> GraphValue {
        .object(
            GraphObject("MoneyBag") { name, _ throws(GraphProblem) in
                switch name {
                case "shopMoney": .object(money(minor, order.currency))
                case "presentmentMoney": .object(money(order.presentmentMinor(minor), order.presentment))
                default: nil
                }
            })
    }

    func order(_ order: ShopOrder) -> GraphObject {
        GraphObject("Order") { name, arguments throws(GraphProblem) in
            if let value = orderFacts(order, name) ?? orderMoney(order, name) { return value }
            if let value = try orderPeople(order, name) { return value }
            return try orderParts(order, name, arguments)
        }
    }

    private func orderFacts(_ order: ShopOrder, _ name: String) -> GraphValue? {
        switch name {
        case "id": .id("Order", order.id)
        case "legacyResourceId": .text("\(order.id)")
        case "name": .text(order.name)
        case "number": .integer(1000 + order.number)
        case "createdAt": .time(order.createdAt)
        case "processedAt": .time(order.processedAt)
        case "updatedAt": .time(order.updatedAt)
        case "cancelledAt": .time(order.cancelledAt)
        case "cancelReason": .text(order.cancelReason?.uppercased())
        case "closedAt": .time(order.closedAt)
        case "closed": .flag(order.closedAt != nil)
        case "test": .flag(order.isTest)
        case "tags": .texts(order.tags)
        case "note": .text(order.note)
        case "currencyCode": .text(order.currency.code)
        case "presentmentCurrencyCode": .text(order.presentment.code)
        case "taxesIncluded": .flag(order.taxesIncluded)
        case "dutiesIncluded", "estimatedTaxes", "taxExempt", "edited", "riskLevel":
            name == "edited"
                ? .flag(order.lines.contains { $0.removedByEdit > 0 || $0.addedByEdit }) : name == "riskLevel" ? .text("LOW") : .flag(false)
        case "confirmed": .flag(true)
        case "confirmationNumber": .text(String(order.token.prefix(9)).uppercased())
        case "displayFinancialStatus": .text(order.financialStatus.uppercased())
        case "displayFulfillmentStatus": .text(order.displayFulfillmentStatus)
        case "returnStatus": .text("NO_RETURN")
        case "paymentGatewayNames": .texts(order.gateways)
        case "sourceName": .text(order.sourceName)
        case "sourceIdentifier": .text(order.sourceIdentifier)
        case "fullyPaid": .flag(order.outstanding <= 0)
        case "unpaid": .flag(order.captured == 0)
        case "capturable": .flag(order.financialStatus == "authorized")
        case "canMarkAsPaid": .flag(order.cancelledAt == nil && order.outstanding > 0)
        case "requiresShipping": .flag(order.lines.contains(where: \.requiresShipping))
        case "fulfillable":
            .flag(order.fulfillmentOrders.contains { $0.supportedActions.contains("CREATE_FULFILLMENT") && $0.remaining > 0 })
        case "totalWeight": .text("\(order.lines.reduce(0) { $0 + $1.grams * $1.quantity })")
        case "subtotalLineItemsQuantity": .integer(order.lines.reduce(0) { $0 + $1.quantity })
        case "currentSubtotalLineItemsQuantity": .integer(order.lines.reduce(0) { $0 + $1.currentQuantity })
        case "discountCodes": .texts(order.discounts.filter { $0.kind == .discountCode }.map(\.words))
        case "discountCode": .text(order.discounts.first { $0.kind == .discountCode }?.words)
        case "poNumber", "clientIp", "customerLocale", "statusPageUrl": .null
        case "customAttributes": .objects(order.noteAttributes.map(attribute))
        default: nil
        }
    }

    func attribute(_ pair: NamePair) -> GraphObject {
        GraphObject("Attribute") { name, _ throws(GraphProblem) in
            name == "key" ? .text(pair.name) : name == "value" ? .text(pair.value) : nil
        }
    }

    private func orderMoney(_ order: ShopOrder, _ name: String) -> GraphValue? {
        let (original, current) = (order.original, order.current)
        return switch name {
        case "subtotalPriceSet": bag(original.subtotal, of: order)
        case "currentSubtotalPriceSet": bag(current.subtotal, of: order)
        case "totalPriceSet", "originalTotalPriceSet": bag(original.grand, of: order)
        case "currentTotalPriceSet": bag(current.grand, of: order)
        case "totalDiscountsSet": bag(original.discounts, of: order)
        case "currentTotalDiscountsSet": bag(current.discounts, of: order)
        case "totalTaxSet": bag(original.tax, of: order)
        case "currentTotalTaxSet": bag(current.tax, of: order)
        case "totalShippingPriceSet": bag(original.shipping, of: order)
        case "currentShippingPriceSet": bag(current.shipping, of: order)
        case "totalOutstandingSet": bag(order.outstanding, of: order)
        case "totalReceivedSet": bag(order.captured, of: order)
        case "netPaymentSet": bag(order.captured - order.refundedMoney, of: order)
        case "totalRefundedSet": bag(order.refundedMoney, of: order)
        case "totalRefundedShippingSet": bag(order.refunds.reduce(0) { $0 + $1.shippingAmount }, of: order)
        case "totalTipReceivedSet": bag(order.tipMinor, of: order)
        case "totalTipReceived": .object(money(order.tipMinor, order.currency))
        case "originalTotalDutiesSet", "currentTotalDutiesSet", "currentTotalAdditionalFeesSet", "originalTotalAdditionalFeesSet": .null
        default: nil
        }
    }

    private func orderPeople(_ order: ShopOrder, _ name: String) throws(GraphProblem) -> GraphValue? {
        switch name {
        case "email": try buyer(.text(order.email), name)
        case "phone": try buyer(.text(order.phone), name)
        case "billingAddress": try buyer(.optional(order.billing.map(address)), name)
        case "shippingAddress", "displayAddress": try buyer(.optional(order.shipping.map(address)), name)
        case "customer": try buyer(.optional(order.customer.map { customer($0, of: order) }), name)
        default: nil
        }
    }

    private func orderParts(_ order: ShopOrder, _ name: String, _ arguments: GraphArguments) throws(GraphProblem) -> GraphValue? {
        switch name {
        case "lineItems": .connection(try GraphConnection("LineItem", order.lines.map { lineItem($0, of: order) }, arguments))
        case "shippingLine": .optional(order.shippingLines.first.map { shippingLine($0, of: order) })
        case "shippingLines":
            .connection(try GraphConnection("ShippingLine", order.shippingLines.map { shippingLine($0, of: order) }, arguments))
        case "taxLines", "currentTaxLines":
            .objects(order.taxRate > 0 ? [taxLine(name == "taxLines" ? order.original.tax : order.current.tax, of: order)] : [])
        case "transactions": .objects(order.transactions.prefix(limit(arguments)).map { transaction($0, of: order) })
        case "refunds": .objects(order.refunds.prefix(limit(arguments)).map { refund($0, of: order) })
        case "fulfillments": .objects(order.fulfilments.prefix(limit(arguments)).map { fulfilment($0, of: order) })
        case "fulfillmentOrders":
            .connection(try GraphConnection("FulfillmentOrder", order.fulfillmentOrders.map { fulfillmentOrder($0, of: order) }, arguments))
        case "discountApplications":
            .connection(try GraphConnection("DiscountApplication", order.discounts.map { discount($0, of: order) }, arguments))
        case "risk", "paymentTerms", "physicalLocation", "retailLocation", "channelInformation", "app", "publication": .null
        case "metafields": .connection(try GraphConnection("Metafield", [], arguments))
        case "metafield": .null
        default: nil
        }
    }

    private func limit(_ arguments: GraphArguments) -> Int { Int(clamping: arguments["first"]?.int64 ?? 250) }

    // MARK: People

    func address(_ address: ShopAddress) -> GraphObject {
        GraphObject("MailingAddress") { name, _ throws(GraphProblem) in
            switch name {
            case "firstName": .text(address.firstName)
            case "lastName": .text(address.lastName)
            case "name": .text(address.name)
            case "company": .text(address.company)
            case "address1": .text(address.address1)
            case "address2": .text(address.address2)
            case "city": .text(address.city)
            case "province": .text(address.province)
            case "provinceCode": .text(address.provinceCode)
            case "zip": .text(address.zip)
            case "country": .text(address.country)
            case "countryCodeV2", "countryCode": .text(address.countryCode)
            case "phone": .text(address.phone)
            case "latitude", "longitude": .null
            case "formatted": .texts([address.name, address.address1, address.city, address.country])
            default: nil
            }
        }
    }

    private func customer(_ customer: ShopCustomer, of order: ShopOrder) -> GraphObject {
        GraphObject("Customer") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("Customer", customer.id)
            case "legacyResourceId": .text("\(customer.id)")
            case "firstName": .text(customer.firstName)
            case "lastName": .text(customer.lastName)
            case "displayName": .text("\(customer.firstName) \(customer.lastName)")
            case "email": .text(customer.email)
            case "phone": .text(customer.phone)
            case "createdAt", "updatedAt": .time(customer.createdAt)
            case "note", "locale": .null
            case "tags": .texts([])
            case "numberOfOrders": .text("1")
            case "defaultAddress": .optional(order.billing.map(address))
            case "defaultEmailAddress":
                customer.email.map { email in
                    .object(
                        GraphObject("CustomerEmailAddress") { name, _ throws(GraphProblem) in name == "emailAddress" ? .text(email) : nil })
                } ?? .null
            case "defaultPhoneNumber":
                customer.phone.map { phone in
                    .object(
                        GraphObject("CustomerPhoneNumber") { name, _ throws(GraphProblem) in name == "phoneNumber" ? .text(phone) : nil })
                } ?? .null
            default: nil
            }
        }
    }
}
