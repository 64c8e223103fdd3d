import Foundation

extension GraphSchema {
    func lineItem(_ line: ShopLine, of order: ShopOrder) -> GraphObject {
        GraphObject("LineItem") { name, _ throws(GraphProblem) in lineFacts(line, order, name) ?? lineMoney(line, order, name) }
    }

    private func lineFacts(_ line: ShopLine, _ order: ShopOrder, _ name: String) -> GraphValue? {
        switch name {
        case "id": .id("LineItem", line.id)
        case "name": .text(line.fullTitle)
        case "title": .text(line.title)
        case "sku": .text(line.sku)
        case "variantTitle": .text(line.variantTitle)
        case "vendor": .text(line.vendor)
        case "quantity": .integer(line.quantity)
        case "currentQuantity": .integer(line.currentQuantity)
        case "refundableQuantity": .integer(line.currentQuantity)
        case "unfulfilledQuantity": .integer(order.fulfillableQuantity(of: line))
        case "nonFulfillableQuantity": .integer(line.quantity - line.currentQuantity)
        case "requiresShipping": .flag(line.requiresShipping)
        case "taxable": .flag(line.isTaxable)
        case "isGiftCard": .flag(line.isGiftCard)
        case "restockable": .flag(true)
        case "merchantEditable": .flag(order.fulfilledQuantity(of: line.id) == 0)
        case "customAttributes": .objects(Self.pairs(line.properties).map(attribute))
        case "product": .optional(line.productID.flatMap { id in state.products.first { $0.id == id } }.map(product))
        case "variant": .optional(line.variantID.flatMap(state.variant).map { variant($0.variant, of: $0.product) })
        case "duties", "image", "sellingPlan", "lineItemGroup", "contract": name == "duties" ? .list([]) : .null
        default: nil
        }
    }

    private static func pairs(_ properties: LineProperties) -> [NamePair] { if case .pairs(let pairs) = properties { pairs } else { [] } }

    private func lineMoney(_ line: ShopLine, _ order: ShopOrder, _ name: String) -> GraphValue? {
        let (whole, quantity) = (line.unitPrice * line.quantity, line.quantity)
        return switch name {
        case "originalUnitPriceSet": bag(line.unitPrice, of: order)
        case "originalUnitPrice": .text(order.currency.graphText(line.unitPrice))
        case "originalTotalSet": bag(whole, of: order)
        // Line discounts only: order-level codes are in the allocations (platforms/shopify.md §4.4).
        case "totalDiscountSet": bag(0, of: order)
        case "discountedTotalSet": bag(whole, of: order)
        case "discountedUnitPriceSet": bag(line.unitPrice, of: order)
        case "discountedUnitPriceAfterAllDiscountsSet": bag(proportion(order.net(of: line, quantity: quantity), 1, quantity), of: order)
        case "unfulfilledDiscountedTotalSet", "unfulfilledOriginalTotalSet":
            bag(line.unitPrice * order.fulfillableQuantity(of: line), of: order)
        case "taxLines": .objects(order.taxRate > 0 && line.isTaxable ? [taxLine(order.originalTax(of: line), of: order)] : [])
        case "discountAllocations": .objects(line.allocations.map { allocation($0, of: order) })
        default: nil
        }
    }

    func taxLine(_ minor: Int64, of order: ShopOrder) -> GraphObject {
        GraphObject("TaxLine") { name, _ throws(GraphProblem) in
            switch name {
            case "title": .text(order.taxTitle)
            case "rate": .scalar(.number("\(Double(order.taxRate) / 1_000_000)"))
            case "ratePercentage": .scalar(.number("\(Double(order.taxRate) / 10_000)"))
            case "priceSet": bag(minor, of: order)
            case "price": .text(order.currency.graphText(minor))
            case "channelLiable": .flag(false)
            case "source": .null
            default: nil
            }
        }
    }

    private func allocation(_ allocation: DiscountAllocation, of order: ShopOrder) -> GraphObject {
        GraphObject("DiscountAllocation") { name, _ throws(GraphProblem) in
            switch name {
            case "allocatedAmountSet": bag(allocation.amount, of: order)
            case "allocatedAmount": .object(money(allocation.amount, order.currency))
            case "discountApplication": .object(discount(order.discounts[allocation.application], of: order))
            default: nil
            }
        }
    }

    func discount(_ discount: DiscountApplication, of order: ShopOrder) -> GraphObject {
        let types: [DiscountApplication.Kind: String] = [
            .discountCode: "DiscountCodeApplication", .automatic: "AutomaticDiscountApplication", .manual: "ManualDiscountApplication",
        ]
        return GraphObject(types[discount.kind] ?? "ManualDiscountApplication") { name, _ throws(GraphProblem) in
            switch name {
            case "code": discount.kind == .discountCode ? .text(discount.words) : nil
            case "title": discount.kind == .discountCode ? nil : .text(discount.words)
            case "index": .integer(Int64(order.discounts.firstIndex { $0.words == discount.words } ?? 0))
            case "allocationMethod": .text(discount.targetsShipping ? "EACH" : "ACROSS")
            case "targetSelection": .text("ALL")
            case "targetType": .text(discount.targetsShipping ? "SHIPPING_LINE" : "LINE_ITEM")
            case "value": .object(discountValue(discount, of: order))
            default: nil
            }
        }
    }

    private func discountValue(_ discount: DiscountApplication, of order: ShopOrder) -> GraphObject {
        guard discount.valueType == "percentage" else { return money(discount.amount, order.currency) }
        return GraphObject("PricingPercentageValue") { name, _ throws(GraphProblem) in
            name == "percentage" ? .scalar(.number(discount.value)) : nil
        }
    }

    func shippingLine(_ line: ShippingLine, of order: ShopOrder) -> GraphObject {
        GraphObject("ShippingLine") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("ShippingLine", line.id)
            case "title": .text(line.title)
            case "code": .text(line.code)
            case "carrierIdentifier": .text(line.carrierIdentifier)
            case "source": .text("shopify")
            case "deliveryCategory", "phone", "shippingRateHandle", "requestedFulfillmentService": .null
            case "custom", "isRemoved": .flag(false)
            case "originalPriceSet": bag(line.price, of: order)
            case "discountedPriceSet": bag(line.discountedPrice, of: order)
            case "currentDiscountedPriceSet": bag(line.discountedPrice - line.refunded, of: order)
            case "taxLines": .objects(order.taxRate > 0 ? [taxLine(order.shippingTax(line), of: order)] : [])
            case "discountAllocations": .objects(line.allocations.map { allocation($0, of: order) })
            default: nil
            }
        }
    }

    func transaction(_ entry: ShopTransaction, of order: ShopOrder) -> GraphObject {
        GraphObject("OrderTransaction") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("OrderTransaction", entry.id)
            case "gateway": .text(entry.gateway)
            case "formattedGateway": .text(entry.gateway.replacing("_", with: " ").capitalized)
            case "manualPaymentGateway": .flag(entry.isManual)
            case "kind": .text(entry.kind.rawValue.uppercased())
            case "status": .text(entry.status.uppercased())
            case "test": .flag(order.isTest)
            case "createdAt", "processedAt": .time(entry.createdAt)
            case "errorCode", "authorizationCode", "authorizationExpiresAt", "paymentId", "receiptJson": .null
            case "amountSet": bag(entry.amount, of: order)
            case "parentTransaction":
                .optional(entry.parentID.flatMap { id in order.transactions.first { $0.id == id } }.map { transaction($0, of: order) })
            default: nil
            }
        }
    }

    func refund(_ refund: ShopRefund, of order: ShopOrder) -> GraphObject {
        let money = order.transactions.filter { refund.transactionIDs.contains($0.id) }
        return GraphObject("Refund") { name, arguments throws(GraphProblem) in
            switch name {
            case "id": .id("Refund", refund.id)
            case "legacyResourceId": .text("\(refund.id)")
            case "createdAt", "updatedAt": .time(refund.createdAt)
            case "note": .text(refund.note)
            case "totalRefundedSet": bag(money.reduce(0) { $0 + $1.amount }, of: order)
            case "transactions": .connection(try GraphConnection("OrderTransaction", money.map { transaction($0, of: order) }, arguments))
            case "refundLineItems":
                .connection(try GraphConnection("RefundLineItem", refund.lines.map { refundLine($0, of: order) }, arguments))
            case "refundShippingLines":
                .connection(try GraphConnection("RefundShippingLine", refund.shippingAmount > 0 ? [refundShippingLine(refund, of: order)] : [], arguments))
            case "order": .object(self.order(order))
            default: nil
            }
        }
    }

    /// One line for all shipping that the refund gave back.
    private func refundShippingLine(_ refund: ShopRefund, of order: ShopOrder) -> GraphObject {
        GraphObject("RefundShippingLine") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("RefundShippingLine", refund.id + 1_000_000)
            case "subtotalAmountSet": bag(refund.shippingSubtotal(of: order), of: order)
            case "taxAmountSet": bag(refund.shippingTax ?? 0, of: order)
            case "shippingLine": .optional(order.shippingLines.first { $0.refunded > 0 }.map { shippingLine($0, of: order) })
            default: nil
            }
        }
    }

    private func refundLine(_ entry: ShopRefund.Line, of order: ShopOrder) -> GraphObject {
        GraphObject("RefundLineItem") { name, _ throws(GraphProblem) in
            switch name {
            case "id": .id("RefundLineItem", entry.id)
            case "quantity": .integer(entry.quantity)
            case "restockType": .text(entry.restockType.uppercased())
            case "restocked": .flag(entry.restockType != "no_restock")
            case "subtotalSet": bag(entry.subtotal, of: order)
            case "totalTaxSet": bag(entry.tax, of: order)
            case "lineItem": .optional(order.lines.first { $0.id == entry.lineID }.map { lineItem($0, of: order) })
            default: nil
            }
        }
    }
}
