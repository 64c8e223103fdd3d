import Foundation

/// Returns and refunds (lazada.md §3.2 type 10, §6 no. 9).
extension LazadaState {
    /// Gives a reverse order a state of §3.2, tells the seller, and does to the items what the state means.
    mutating func setReverse(_ id: Int64, _ status: String, _ store: String) {
        guard var reverse = stores[store]?.reverseOrders[id] else { return }
        reverse.status = status
        reverse.updatedAt = moment
        stores[store]?.reverseOrders[id] = reverse
        let itemIDs = Set(reverse.lines.map(\.itemID))
        edit(reverse.orderID, store) { order in
            for index in order.items.indices where itemIDs.contains(order.items[index].id) {
                order.items[index].reverseOrderID = id
                order.items[index].updatedAt = order.updatedAt
                if reverse.kind != .cancel {
                    order.items[index].returnStatus = status
                    order.items[index].cancelInitiator = reverse.kind == .onlyRefund ? "refund-internal" : "return-customer"
                }
            }
        }
        switch status {
        case "CANCEL_SUCCESS": cancel(itemIDs, in: reverse.orderID, store, initiator: "cancellation-customer", reason: reverse.reason, reverse: reverse)
        case "REFUND_SUCCESS" where reverse.kind != .onlyRefund: setStatus(ItemStatus.returned, of: itemIDs, in: reverse.orderID, store, reverse: reverse)
        default: break
        }
        pushReverse(reverse, store)
    }

    /// The buyer sends goods back, or wants money only. Delivered items only.
    mutating func openReturn(_ kind: LazadaReverseKind, _ itemIDs: Set<Int64>?, in orderID: Int64, _ store: String) -> Int64? {
        guard let order = stores[store]?.orders[orderID], kind != .cancel else { return nil }
        let items = order.items.filter { (itemIDs?.contains($0.id) ?? true) && $0.status == ItemStatus.delivered && $0.reverseOrderID == nil }
        guard !items.isEmpty else { return nil }
        let first = Self.firstState(kind)
        let reverse = makeReverse(kind, of: Set(items.map(\.id)), in: order, store, status: first, reason: "Wrong size")
        count("returns opened")
        setReverse(reverse.id, first, store)
        return reverse.id
    }

    static func firstState(_ kind: LazadaReverseKind) -> String {
        switch kind {
        case .cancel: "CANCEL_INIT"
        case .returnToMerchant: "RTM_INIT"
        case .returnToWarehouse: "RTW_INIT"
        case .onlyRefund: "REFUND_INIT"
        }
    }

    /// The state that follows without the seller: goods travel, arrive, and the refund goes through. nil at an end or where the seller is asked.
    static func nextState(_ status: String) -> String? {
        switch status {
        case "RTM_SHIPPING_BACK": "RTM_RECEIVE_ITEM"
        case "RTW_INIT": "RTW_SHIPPING_BACK"
        case "RTW_SHIPPING_BACK": "RTW_REFUND_PENDING"
        case "RTW_REFUND_PENDING", "REFUND_PENDING": "REFUND_SUCCESS"
        case "CANCEL_SUCCESS": "CANCEL_REFUND_ISSUED"
        default: nil
        }
    }

    // MARK: Calls

    /// `/order/reverse/return/detail/list`.
    mutating func getReturn(_ call: Call) throws(Problem) -> LazadaJSON {
        let id = try call.id("reverse_order_id")
        guard let reverse = stores[call.store]?.reverseOrders[id] else { throw .invalid("reverse_order_id") }
        return ["data": render(reverse, call.store)]
    }

    /// `/reverse/getreverseordersforseller`: pages by number.
    mutating func getReturns(_ call: Call) throws(Problem) -> LazadaJSON {
        let size = call.text("page_size").flatMap { Int($0) } ?? 10, page = call.text("page_no").flatMap { Int($0) } ?? 1
        guard (1...100).contains(size), page > 0, let store = stores[call.store] else { throw .invalid("page_size") }
        let sorted = store.reverseOrders.values.sorted { ($0.updatedAt, $0.id) < ($1.updatedAt, $1.id) }
        let items = sorted.dropFirst((page - 1) * size).prefix(size).map { render($0, call.store) }
        return ["result": ["success": true, "total": .integer(sorted.count), "page_no": .integer(page), "page_size": .integer(size), "items": .array(items)]]
    }

    private func render(_ reverse: ReverseOrder, _ store: String) -> LazadaJSON {
        let order = stores[store]?.orders[reverse.orderID], country = stores[store]?.country ?? .th
        let type: String = switch reverse.kind {
        case .cancel: "CANCEL"
        case .onlyRefund: "ONLY_REFUND"
        case .returnToMerchant, .returnToWarehouse: "RETURN"
        }
        return [
            "reverse_order_id": .integer(reverse.id), "trade_order_id": .integer(reverse.orderID), "request_type": .string(type),
            "is_rtm": .bool(reverse.kind == .returnToMerchant), "shipping_type": reverse.kind == .returnToWarehouse ? "RTW" : "RTM",
            "reverseOrderLineDTOList": .array(reverse.lines.map { line in
                let item = order?.items.first { $0.id == line.itemID }
                return [
                    "reverse_order_line_id": .integer(line.id), "trade_order_line_id": .integer(line.itemID), "reverse_status": .string(reverse.status),
                    "reason_text": .string(reverse.reason), "refund_amount": Self.amount(item?.paidMinor ?? 0, country),
                    "return_order_line_gmt_create": .integer(LazadaTime.seconds(reverse.createdAt)),
                    "return_order_line_gmt_modified": .integer(LazadaTime.seconds(reverse.updatedAt)), "seller_sku_id": .string(item?.sku ?? ""),
                ]
            }),
        ]
    }

    /// `/order/reverse/return/update`. The guide also spells `refuesReturn`: both are taken.
    mutating func updateReturn(_ call: Call) throws(Problem) -> LazadaJSON {
        let id = try call.id("reverse_order_id"), action = try call.required("action")
        guard let reverse = stores[call.store]?.reverseOrders[id], reverse.kind == .returnToMerchant || reverse.kind == .returnToWarehouse else {
            throw .invalid("reverse_order_id")
        }
        if ["refuseReturn", "refuesReturn", "refuseRefund"].contains(action) {
            for name in ["reason_id", "comment", "image_info"] { _ = try call.required(name) }
        }
        guard let next = Self.decisions[action] else { throw .invalid("action") }
        guard next.from.contains(reverse.status) else { throw Problem("501", "The return is \(reverse.status)") }
        count("returns decided")
        setReverse(id, next.to, call.store)
        return ["data": ["reverse_order_id": .integer(id), "success": true]]
    }

    private static let decisions: [String: (from: Set<String>, to: String)] = [
        "instantRefund": (["RTM_INIT", "RTW_INIT"], "REFUND_SUCCESS"), "agreeReturn": (["RTM_INIT"], "RTM_SHIPPING_BACK"),
        "refuseReturn": (["RTM_INIT"], "RTM_CANCELED"), "refuesReturn": (["RTM_INIT"], "RTM_CANCELED"),
        "confirmDelivery": (["RTM_SHIPPING_BACK"], "RTM_RECEIVE_ITEM"), "agreeRefund": (["RTM_RECEIVE_ITEM", "RTW_REFUND_PENDING"], "REFUND_PENDING"),
        "refuseRefund": (["RTM_RECEIVE_ITEM", "RTW_REFUND_PENDING"], "REFUND_REJECTED"),
    ]

    /// `/order/reverse/onlyrefund/seller/decide`.
    mutating func decideRefund(_ call: Call) throws(Problem) -> LazadaJSON {
        let id = try call.id("reverse_order_id"), action = try call.required("action")
        guard let reverse = stores[call.store]?.reverseOrders[id], reverse.kind == .onlyRefund else { throw .invalid("reverse_order_id") }
        guard ["agreeRefund", "startDispute"].contains(action) else { throw .invalid("action") }
        guard reverse.status == "REFUND_INIT" else { throw Problem("501", "The refund is \(reverse.status)") }
        count("refunds decided")
        setReverse(id, action == "agreeRefund" ? "REFUND_PENDING" : "REFUND_REJECTED", call.store)
        return ["data": ["reverse_order_id": .integer(id), "success": true]]
    }
}
