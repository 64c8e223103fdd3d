import HTTPTypes

/// `/orders/{id}/notes`: never announced, never a new `date_modified`.
extension ShopState {
    mutating func noteRoutes(_ request: RestRequest, _ orderID: Int, _ path: [String]) throws(RestError) -> RestAnswer {
        guard var order = orders[orderID] else { throw RestError(404, "woocommerce_rest_order_invalid_id", "Invalid order ID.") }
        if path.isEmpty {
            if request.isRead {
                try require(.list, request)
                let type = try request.choice("type", default: "any", of: ["any", "customer", "internal"])
                let notes = order.notes.filter { type == "any" || $0.isForCustomer == (type == "customer") }
                return RestAnswer(.array(notes.reversed().map { renderNote($0, orderID) }))
            }
            guard request.method == .post else { throw .noRoute }
            guard let text = request.text("note") else { throw .missingParameter("note") }
            try require(.create, request)
            note(&order, text, isForCustomer: request.flag("customer_note"), author: request.flag("added_by_user") ? "shop manager" : "WooCommerce")
            orders[orderID] = order
            guard let made = order.notes.last else { throw .missing("order") }
            return RestAnswer(renderNote(made, orderID), status: 201)
        }
        let id = try objectID(path[0])
        guard let index = order.notes.firstIndex(where: { $0.id == id }) else { throw RestError(404, "woocommerce_rest_invalid_id", "Invalid resource ID.") }
        let rendered = renderNote(order.notes[index], orderID)
        switch request.method {
        case .get, .head: try require(.view, request)
        case .delete:
            try require(.delete, request)
            guard request.flag("force") else { throw RestError(501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.") }
            orders[orderID]?.notes.remove(at: index)
        default: throw .noRoute
        }
        return RestAnswer(rendered)
    }

    private func renderNote(_ note: ShopNote, _ orderID: Int) -> WooJSON {
        [
            "id": .integer(note.id), "author": .string(note.author), "date_created": time.local(note.createdAt),
            "date_created_gmt": time.gmt(note.createdAt), "note": .string(note.text), "customer_note": .bool(note.isForCustomer),
            "_links": links("orders/\(orderID)/notes/\(note.id)", "orders/\(orderID)/notes"),
        ]
    }
}
