/// One location's share of what an order still has to ship (platforms/shopify.md §5, §6.3).
struct FulfillmentOrder: Sendable, Codable {
    enum Status: String, Sendable, Codable {
        case open, inProgress = "in_progress", scheduled, onHold = "on_hold", closed, cancelled, incomplete
    }
    struct Line: Sendable, Codable {
        var id: Int64
        var lineID: Int64
        var total: Int64
        var remaining: Int64
    }
    var id: Int64
    var status: Status
    var requestStatus = "unsubmitted"
    var locationID: Int64
    var holdReason: String?
    /// Seconds since 1970.
    var fulfilBy: Int64?
    var createdAt: Int64
    var updatedAt: Int64
    var lines: [Line]

    var remaining: Int64 { lines.reduce(0) { $0 + $1.remaining } }

    /// In GraphQL's words. A client chooses by these, not by position.
    var supportedActions: [String] {
        switch status {
        case .open: ["CREATE_FULFILLMENT", "MOVE", "HOLD", "SPLIT"]
        case .inProgress: ["CREATE_FULFILLMENT", "REQUEST_CANCELLATION"]
        case .scheduled: ["MARK_AS_OPEN"]
        case .onHold: ["RELEASE_HOLD", "HOLD", "MOVE"]
        case .closed, .cancelled, .incomplete: []
        }
    }
}

/// What left the shop under one tracking entry.
struct ShopFulfilment: Sendable, Codable {
    struct Line: Sendable, Codable {
        var lineID: Int64
        var fulfillmentOrderLineID: Int64
        var quantity: Int64
    }
    struct Event: Sendable, Codable {
        var id: Int64
        /// In GraphQL's words: `IN_TRANSIT`.
        var status: String
        var happenedAt: Int64
    }
    var id: Int64
    /// 1, 2, 3… within its order; `#1001-F1`.
    var position: Int
    /// `success` or `cancelled`.
    var status = "success"
    var fulfillmentOrderID: Int64
    var locationID: Int64
    var lines: [Line]
    var company: String?
    var numbers: [String] = []
    var urls: [String] = []
    var events: [Event] = []
    var createdAt: Int64
    var updatedAt: Int64

    var isLive: Bool { status == "success" }

    /// GraphQL `displayStatus`.
    var displayStatus: String {
        guard isLive else { return "CANCELED" }
        return events.last?.status ?? "FULFILLED"
    }

    /// REST `shipment_status`; null until a carrier said something.
    var shipmentStatus: String? { isLive ? events.last?.status.lowercased() : nil }

    /// The statuses `fulfillmentEventCreate` takes (platforms/shopify.md §6.4).
    static let eventStatuses: Set<String> = [
        "ATTEMPTED_DELIVERY", "CARRIER_PICKED_UP", "CONFIRMED", "DELAYED", "DELIVERED", "FAILURE", "IN_TRANSIT", "LABEL_PRINTED",
        "LABEL_PURCHASED", "OUT_FOR_DELIVERY", "READY_FOR_PICKUP",
    ]
}
