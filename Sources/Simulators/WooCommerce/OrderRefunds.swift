import HTTPTypes

/// `/orders/{id}/refunds` (platforms/woocommerce.md §6.4).
extension ShopState {
    mutating func refundRoutes(_ request: RestRequest, _ orderID: Int, _ path: [String]) throws(RestError) -> RestAnswer {
        guard let order = orders[orderID] else { throw RestError(404, "woocommerce_rest_invalid_order_id", "Invalid order ID.") }
        if path.isEmpty {
            if request.isRead {
                try require(.list, request)
                return listAnswer(order.refunds.reversed(), try page(request), request) { renderRefund($0, order) }
            }
            guard request.method == .post else { throw .noRoute }
            return try createRefund(request, order)
        }
        let id = try objectID(path[0])
        guard let index = order.refunds.firstIndex(where: { $0.id == id }) else {
            throw RestError(404, "woocommerce_rest_invalid_order_refund_id", "Invalid order refund ID.")
        }
        let rendered = renderRefund(order.refunds[index], order)
        switch request.method {
        case .get, .head:
            try require(.view, request)
        case .delete:
            try require(.delete, request)
            guard request.flag("force") else { throw RestError(501, "woocommerce_rest_trash_not_supported", "The order refund does not support trashing.") }
            orders[orderID]?.refunds.remove(at: index)
            announce(.orderUpdated, orderID)
        default: throw .noRoute
        }
        return RestAnswer(rendered)
    }

    private mutating func createRefund(_ request: RestRequest, _ order: ShopOrder) throws(RestError) -> RestAnswer {
        try require(.create, request)
        if let amount = request.body["amount"], amount != .null, amount.text == nil {
            throw .invalidParameter("amount", "rest_invalid_type", "amount is not of type string.")
        }
        var wanted = RefundRequest(amount: 0, reason: request.text("reason") ?? "")
        // Both default to true: money really goes back, and goods really go back into the stock.
        wanted.paysBack = request.parameter("api_refund")?.looseBool ?? true
        wanted.restocks = request.parameter("api_restock")?.looseBool ?? true
        for item in request.body["line_items"]?.items ?? [] {
            let tax = (item["refund_tax"]?.items ?? []).reduce(0) { $0 + (decimals.parse($1["refund_total"]?.looseText ?? "") ?? 0) }
            let total = decimals.parse(item["refund_total"]?.looseText ?? "") ?? 0
            wanted.lines.append((item["id"]?.looseInteger ?? 0, item["quantity"]?.looseInteger ?? 0, total, tax))
        }
        wanted.amount = request.text("amount").map { decimals.parse($0) ?? -1 } ?? wanted.lines.reduce(0) { $0 + $1.total + $1.tax }
        guard request.text("amount") != nil || !wanted.lines.isEmpty else { throw Self.refundError("Invalid refund amount.") }
        do {
            guard let refund = try refund(order.id, wanted) else { throw RestError.missing("shop_order") }
            var answer = RestAnswer(renderRefund(refund, orders[order.id] ?? order), status: 201)
            answer.headers = [("Location", "\(restBase)/wc/v3/orders/\(order.id)/refunds/\(refund.id)")]
            return answer
        } catch let problem as RefundProblem {
            throw switch problem {
            case .invalidAmount: Self.refundError("Invalid refund amount.")
            case .gatewayCannotRefund: Self.refundError("The payment gateway for this order does not support automatic refunds.")
            case .unknownLine: Self.refundError("Invalid order item.")
            }
        } catch let error as RestError {
            throw error
        } catch {
            throw Self.refundError("\(error)")
        }
    }

    /// A business rule, answered as a server error all the same.
    private static func refundError(_ message: String) -> RestError {
        RestError(500, "woocommerce_rest_cannot_create_order_refund", message, hasBareData: true)
    }

    private func renderRefund(_ refund: ShopRefund, _ order: ShopOrder) -> WooJSON {
        let lines = refund.lines.compactMap { line -> WooJSON? in
            guard let original = order.lines.first(where: { $0.id == line.lineID }) else { return nil }
            return [
                "id": .integer(line.id), "name": .string(original.name), "product_id": .integer(original.productID),
                "variation_id": .integer(original.variationID), "quantity": .integer(-line.quantity), "tax_class": "",
                "subtotal": .string(decimals.format(-line.total)), "subtotal_tax": .string(decimals.format(-line.tax)),
                "total": .string(decimals.format(-line.total)), "total_tax": .string(decimals.format(-line.tax)), "taxes": [],
                "meta_data": [["id": .integer(line.id * 10), "key": "_refunded_item_id", "value": .string("\(line.lineID)")]],
                "sku": .optional(original.sku), "price": .number(-decimals.double(line.total) / Double(max(1, line.quantity))),
            ]
        }
        return [
            "id": .integer(refund.id), "date_created": time.local(refund.createdAt), "date_created_gmt": time.gmt(refund.createdAt),
            "amount": .string(decimals.format(refund.amount)), "reason": .string(refund.reason), "refunded_by": 1,
            "refunded_payment": .bool(refund.isPaidBack), "meta_data": [], "line_items": .array(lines),
            "_links": links("orders/\(order.id)/refunds/\(refund.id)", "orders/\(order.id)/refunds"),
        ]
    }
}
