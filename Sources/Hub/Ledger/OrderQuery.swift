package import Domain

/// What a list of orders is asked for.
package struct OrderFilter: Sendable, Equatable {
    package var channels: [ChannelID] = [], workflows: [Workflow] = [], fulfilments: [Fulfilment] = [], payments: [PaymentState] = []
    package var placedFrom: Timestamp?, placedBefore: Timestamp?
    package var isFlagged: Bool?
    /// Words of number, phone, e-mail, name, SKU or tracking number; all must match, the last as a prefix.
    package var search: String?
    package init() {}
}

/// Where a page goes on: orders are listed by placing time, newest first.
package struct OrderCursor: Sendable, Equatable {
    package var placedAt: Timestamp, id: OrderID
    package init(placedAt: Timestamp, id: OrderID) { self.placedAt = placedAt; self.id = id }
    /// A search goes by its own buckets, not by placing time; to a client both are the same opaque text.
    init(bucket: Int64, id: OrderID) { self.init(placedAt: Timestamp(milliseconds: bucket), id: id) }
    var bucket: Int64 { placedAt.milliseconds }
    package var text: String { "\(placedAt.milliseconds)-\(id)" }
    package init?(text: String) {
        let parts = text.split(separator: "-")
        guard parts.count == 2, let at = Int64(parts[0]), let id = OrderID(text: parts[1]) else { return nil }
        self.init(placedAt: Timestamp(milliseconds: at), id: id)
    }
}

package struct OrderPage: Sendable {
    package var orders: [StoredOrder]
    /// nil: the end. A page may hold fewer than asked for and still have a cursor: the look-up stops after a bounded amount of work.
    package var next: OrderCursor?
}
