import Foundation

/// Reading orders (lazada.md §4).
extension LazadaState {
    static let maximumLimit = 100, maximumOffset = 5_000, maximumOrdersOfItems = 100

    /// `/orders/get`. Unpaid orders are hidden unless asked for.
    mutating func getOrders(_ call: Call) throws(Problem) -> LazadaJSON {
        guard let store = stores[call.store] else { return .object([:]) }
        let window = try OrderWindow(call)
        let matching = store.orders.values.filter { order in
            guard window.contains(order) else { return false }
            guard let status = window.status else { return !configuration.hidesUnpaid || order.items.contains { $0.status != ItemStatus.unpaid } }
            return order.items.contains { $0.status == ItemStatus.classic(status) }
        }
        let sorted = matching.sorted { window.precedes($0, $1) }
        let page = sorted.dropFirst(window.offset).prefix(window.limit)
        return ["data": [
            "count": .integer(page.count), "countTotal": .integer(sorted.count), "orders": .array(page.map { render($0, store) }),
        ]]
    }

    mutating func getOrder(_ call: Call) throws(Problem) -> LazadaJSON {
        let id = try call.id("order_id")
        guard let store = stores[call.store], let order = store.orders[id] else { throw .unknownOrder }
        return ["data": render(order, store)]
    }

    mutating func getItems(_ call: Call) throws(Problem) -> LazadaJSON {
        let id = try call.id("order_id")
        guard let store = stores[call.store], let order = store.orders[id] else { throw .unknownOrder }
        return ["data": .array(order.items.map { render($0, of: order, store) })]
    }

    /// Unknown ids are left out.
    mutating func getItemsOfOrders(_ call: Call) throws(Problem) -> LazadaJSON {
        let ids = try call.ids("order_ids")
        guard let store = stores[call.store], ids.count <= Self.maximumOrdersOfItems else { throw .invalid("order_ids") }
        return ["data": .array(ids.compactMap { store.orders[$0] }.map { order in
            [
                "order_id": .integer(order.id), "order_number": .integer(order.number), "order_items": .array(order.items.map { render($0, of: order, store) }),
            ]
        })]
    }
}

/// The parameters of `/orders/get` (lazada.md §4.1).
private struct OrderWindow {
    var updatedAfter: Date?, updatedBefore: Date?
    var createdAfter: Date?, createdBefore: Date?
    var sortsByUpdate: Bool
    var isDescending: Bool
    var limit: Int
    var offset: Int
    var status: String?

    init(_ call: Call) throws(Problem) {
        updatedAfter = try Self.date("update_after", call)
        updatedBefore = try Self.date("update_before", call)
        createdAfter = try Self.date("created_after", call)
        createdBefore = try Self.date("created_before", call)
        guard updatedAfter != nil || createdAfter != nil else {
            throw Problem("InvalidParameter", "Either the 'created_after' or 'update_after' parameter is mandatory")
        }
        limit = try Self.number("limit", call, fallback: LazadaState.maximumLimit, in: 1...LazadaState.maximumLimit, code: "19")
        offset = try Self.number("offset", call, fallback: 0, in: 0...LazadaState.maximumOffset, code: "14")
        status = call.text("status")
        if let status, !ItemStatus.filters.contains(status) { throw Problem("36", "E036: Invalid status filter") }
        switch call.text("sort_by") {
        case "created_at", nil: sortsByUpdate = false
        case "updated_at": sortsByUpdate = true
        default: throw Problem("75", "E075: Invalid sort filter")
        }
        switch call.text("sort_direction") {
        case "ASC", nil: isDescending = false
        case "DESC": isDescending = true
        default: throw Problem("74", "E074: Invalid sort direction")
        }
    }

    private static func date(_ name: String, _ call: Call) throws(Problem) -> Date? {
        guard let text = call.text(name) else { return nil }
        guard let date = LazadaTime.parse(text) else { throw Problem("17", "E017: \"\(text)\" Invalid Date Format") }
        return date
    }

    private static func number(_ name: String, _ call: Call, fallback: Int, in range: ClosedRange<Int>, code: String) throws(Problem) -> Int {
        guard let text = call.text(name) else { return fallback }
        guard let value = Int(text), range.contains(value) else { throw Problem(code, "E0\(code): \"\(text)\" Invalid \(name)") }
        return value
    }

    /// Both ends belong to the window: unverified, and the reader's overlap makes it harmless.
    func contains(_ order: Order) -> Bool {
        (updatedAfter.map { order.updatedAt >= $0 } ?? true) && (updatedBefore.map { order.updatedAt <= $0 } ?? true)
            && (createdAfter.map { order.createdAt >= $0 } ?? true) && (createdBefore.map { order.createdAt <= $0 } ?? true)
    }

    func precedes(_ one: Order, _ other: Order) -> Bool {
        let (first, second) = sortsByUpdate ? (one.updatedAt, other.updatedAt) : (one.createdAt, other.createdAt)
        if first == second { return one.id < other.id }
        return isDescending ? first > second : first < second
    }
}
