extension RestOrder {
    func line(_ line: ShopLine) -> JSONNode {
        let attributed: JSONNode = [
            "id": .integer(line.id), "admin_graphql_api_id": "gid://shopify/LineItem/\(line.id)", "attributed_staffs": [],
            "current_quantity": JSONNode(line.currentQuantity), "fulfillable_quantity": JSONNode(order.fulfillableQuantity(of: line)),
            "fulfillment_service": line.isGiftCard ? "gift_card" : "manual",
            "fulfillment_status": JSONNode(order.fulfillmentStatus(of: line)),
            "gift_card": .bool(line.isGiftCard), "grams": .integer(line.grams), "name": .text(line.fullTitle),
            "price": money(line.unitPrice),
            "price_set": moneySet(line.unitPrice), "product_exists": .bool(line.productID != nil), "product_id": JSONNode(line.productID),
            "properties": properties(line.properties), "quantity": .integer(line.quantity),
            "requires_shipping": .bool(line.requiresShipping),
            "sales_line_item_group_id": nil, "sku": JSONNode(line.sku), "taxable": .bool(line.isTaxable), "title": .text(line.title),
        ]
        let rest: JSONNode = [
            "total_discount": money(0), "total_discount_set": moneySet(0), "variant_id": JSONNode(line.variantID),
            "variant_inventory_management": line.variantID == nil || !line.requiresShipping ? .null : "shopify",
            "variant_title": JSONNode(line.variantTitle), "vendor": JSONNode(line.vendor),
            "tax_lines": line.isTaxable ? taxLines(order.originalTax(of: line)) : [], "duties": [],
            "discount_allocations": allocations(line.allocations),
        ]
        return .object(attributed.members + rest.members)
    }

    /// Values may be numbers: a text that is a whole number is written as one (platforms/shopify.md §4.4).
    private func properties(_ properties: LineProperties) -> JSONNode {
        switch properties {
        case .emptyArray: []
        case .emptyObject: .object([])
        case .pairs(let pairs):
            .array(pairs.map { pair in ["name": .text(pair.name), "value": Int64(pair.value).map(JSONNode.integer) ?? .text(pair.value)] })
        }
    }

    private func allocations(_ allocations: [DiscountAllocation]) -> JSONNode {
        .array(
            allocations.map {
                ["amount": money($0.amount), "amount_set": moneySet($0.amount), "discount_application_index": JSONNode($0.application)]
            })
    }

    func shippingLine(_ line: ShippingLine) -> JSONNode {
        // Seen as a number, a text and null (platforms/shopify.md §4.4).
        let service: JSONNode = order.number % 5 == 0 ? "manual" : .null
        return [
            "id": .integer(line.id), "carrier_identifier": JSONNode(line.carrierIdentifier), "code": .text(line.code),
            "current_discounted_price_set": moneySet(line.discountedPrice - line.refunded), "discounted_price": money(line.discountedPrice),
            "discounted_price_set": moneySet(line.discountedPrice), "is_removed": false, "phone": nil, "price": money(line.price),
            "price_set": moneySet(line.price), "requested_fulfillment_service_id": service, "source": "shopify", "title": .text(line.title),
            "tax_lines": taxLines(order.shippingTax(line)), "discount_allocations": allocations(line.allocations),
        ]
    }

    func refund(_ refund: ShopRefund) -> JSONNode {
        let shipping: [JSONNode] =
            refund.shippingAmount > 0
            ? [
                [
                    "id": .integer(refund.id + 1_000_000), "amount": .text(order.currency.restText(-refund.shippingSubtotal(of: order))),
                    "kind": "shipping_refund",
                    "order_id": .integer(order.id), "reason": "Shipping refund", "refund_id": .integer(refund.id),
                    "tax_amount": .text(order.currency.restText(-(refund.shippingTax ?? 0))),
                ]
            ] : []
        return [
            "id": .integer(refund.id), "admin_graphql_api_id": "gid://shopify/Refund/\(refund.id)", "created_at": time(refund.createdAt),
            "note": JSONNode(refund.note), "order_id": .integer(order.id), "processed_at": time(refund.createdAt),
            "restock": .bool(refund.restocks),
            "total_duties_set": moneySet(0), "user_id": nil, "order_adjustments": .array(shipping),
            "transactions": .array(order.transactions.filter { refund.transactionIDs.contains($0.id) }.map(transaction)),
            "refund_line_items": .array(refund.lines.map(refundLine)), "duties": [], "additional_fees": [],
        ]
    }

    private func refundLine(_ entry: ShopRefund.Line) -> JSONNode {
        [
            "id": .integer(entry.id), "line_item_id": .integer(entry.lineID), "location_id": JSONNode(state.locations.first?.id),
            "quantity": .integer(entry.quantity), "restock_type": .text(entry.restockType), "subtotal": money(entry.subtotal),
            "subtotal_set": moneySet(entry.subtotal), "total_tax": money(entry.tax), "total_tax_set": moneySet(entry.tax),
            "line_item": order.lines.first { $0.id == entry.lineID }.map(line) ?? .null,
        ]
    }

    func transaction(_ entry: ShopTransaction) -> JSONNode {
        [
            "id": .integer(entry.id), "admin_graphql_api_id": "gid://shopify/OrderTransaction/\(entry.id)", "amount": money(entry.amount),
            "authorization": nil, "created_at": time(entry.createdAt), "currency": .text(order.currency.code), "device_id": nil,
            "error_code": nil,
            "gateway": .text(entry.gateway), "kind": .text(entry.kind.rawValue), "location_id": nil, "message": nil,
            "order_id": .integer(order.id),
            "parent_id": JSONNode(entry.parentID), "processed_at": time(entry.createdAt), "receipt": [:],
            "source_name": .text(order.sourceName),
            "status": .text(entry.status), "test": .bool(order.isTest), "user_id": nil, "manual_payment_gateway": .bool(entry.isManual),
        ]
    }
}

/// A fulfilment inside an order, and alone as the body of `fulfillments/create`.
struct RestFulfilment {
    let fulfilment: ShopFulfilment
    let of: RestOrder

    func json() -> JSONNode {
        let lines = fulfilment.lines.compactMap { entry in
            of.order.lines.first { $0.id == entry.lineID }.map { of.line($0).replacing("quantity", .integer(entry.quantity)) }
        }
        return [
            "id": .integer(fulfilment.id), "admin_graphql_api_id": "gid://shopify/Fulfillment/\(fulfilment.id)",
            "created_at": of.time(fulfilment.createdAt),
            "location_id": .integer(fulfilment.locationID), "name": .text("\(of.order.name)-F\(fulfilment.position)"),
            "order_id": .integer(of.order.id),
            "origin_address": [:], "receipt": [:], "service": "manual", "shipment_status": JSONNode(fulfilment.shipmentStatus),
            "status": .text(fulfilment.status), "tracking_company": JSONNode(fulfilment.company),
            "tracking_number": JSONNode(fulfilment.numbers.first),
            "tracking_numbers": .array(fulfilment.numbers.map(JSONNode.text)), "tracking_url": JSONNode(fulfilment.urls.first),
            "tracking_urls": .array(fulfilment.urls.map(JSONNode.text)), "updated_at": of.time(fulfilment.updatedAt),
            "line_items": .array(lines),
        ]
    }
}

extension JSONNode {
    func replacing(_ key: String, _ value: JSONNode) -> JSONNode {
        .object(members.map { $0.key == key ? .init(key: key, value: value) : $0 })
    }
}
