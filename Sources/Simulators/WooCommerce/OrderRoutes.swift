import HTTPTypes

/// `/orders` and what hangs below it.
extension ShopState {
    mutating func orderRoutes(_ request: RestRequest, _ path: [String]) throws(RestError) -> RestAnswer {
        if path.isEmpty {
            if request.isRead { return try listOrders(request) }
            if request.method == .post { return try createOrder(request) }
            throw .noRoute
        }
        if path == ["batch"], !request.isRead {
            return try batch(request) { (state, request, id) throws(RestError) in
                guard let id else { return try state.createOrder(request) }
                return try state.singleOrder(request, id)
            }
        }
        let id = try objectID(path[0])
        if path.count == 1 { return try singleOrder(request, id) }
        switch path[1] {
        case "notes": return try noteRoutes(request, id, Array(path.dropFirst(2)))
        case "refunds": return try refundRoutes(request, id, Array(path.dropFirst(2)))
        default: throw .noRoute
        }
    }

    mutating func singleOrder(_ request: RestRequest, _ id: Int) throws(RestError) -> RestAnswer {
        switch request.method {
        case .get, .head:
            guard let order = orders[id] else { throw .missing("shop_order") }
            try require(.view, request)
            return RestAnswer(render(order, places: try places(request)))
        case .put, .post, .patch:
            guard orders[id] != nil else { throw .missingOnWrite("shop_order") }
            return try updateOrder(request, id)
        case .delete:
            guard let order = orders[id] else { throw .missing("shop_order") }
            try require(.delete, request)
            let before = render(order)
            if request.flag("force") {
                deleteForGood(id)
            } else {
                guard order.status != "trash" else { throw RestError(410, "woocommerce_rest_already_trashed", "The shop_order has already been deleted.") }
                trash(id, overAPI: true)
            }
            return RestAnswer(before)
        default: throw .noRoute
        }
    }
}
