import Database
import Domain

/// What one transaction changes of the counts that Today shows, gathered and written once at its end.
struct TodayTally {
    struct DueKey: Hashable { let slot: Int64, channel: ChannelID, carrier: String, stage: DueStage }
    struct WaitingKey: Hashable { let cause: WaitingCause, subject: String, channel: ChannelID }
    struct Waiting { var orders = 0, reason = "" }

    var due: [DueKey: Int] = [:]
    var waiting: [WaitingKey: Waiting] = [:]

    mutating func add(_ later: TodayTally) {
        due.merge(later.due, uniquingKeysWith: +)
        waiting.merge(later.waiting) { Waiting(orders: $0.orders + $1.orders, reason: $1.reason.isEmpty ? $0.reason : $1.reason) }
    }

    func flush(in tx: any Transaction) throws {
        for (key, change) in due where change != 0 {
            try tx.run("""
                INSERT INTO due_counts (slot, channel_id, carrier, stage, orders) VALUES (\(key.slot), \(key.channel.value), \(key.carrier), \(key.stage.rawValue), \(change))
                ON CONFLICT (slot, channel_id, carrier, stage) DO UPDATE SET orders = due_counts.orders + excluded.orders
                """)
        }
        for (key, change) in waiting where change.orders != 0 {
            try tx.run("""
                INSERT INTO waiting_counts (cause, subject, channel_id, reason, orders) VALUES (\(key.cause.rawValue), \(key.subject), \(key.channel.value), \(change.reason), \(change.orders))
                ON CONFLICT (cause, subject, channel_id) DO UPDATE
                   SET orders = waiting_counts.orders + excluded.orders, reason = CASE WHEN excluded.orders > 0 THEN excluded.reason ELSE waiting_counts.reason END
                """)
        }
    }
}

extension LedgerTransaction {
    static let defaultShipWithinHours: Int64 = 24, maximumShipWithinHours: Int64 = 8760

    /// Keeps the lists of what must leave and of what waits in step with an order that is about to be written.
    ///
    /// - Parameter old: nil: the order is new.
    func keepToday(_ order: inout StoredOrder, was old: StoredOrder?) throws {
        keepDue(&order, was: old, since: old == nil ? order.snapshot.placedAt : now)
        try keepWaiting(order.id, WaitingOrder(order), was: old.flatMap(WaitingOrder.init), channel: order.channel)
    }

    private func keepDue(_ order: inout StoredOrder, was old: StoredOrder?, since: Timestamp) {
        let next = DueOrder(order), last = old.flatMap(DueOrder.init), known = last == nil ? nil : old?.shipBy
        guard next != last else { order.shipBy = old?.shipBy; return }
        order.shipBy = next.flatMap { next in next.stated ?? known ?? promise(of: next.channel, since: since) }
        if let known, let last { today.due[.init(slot: DueSlot.of(known), channel: last.channel, carrier: last.carrier, stage: last.stage), default: 0] -= 1 }
        if let shipBy = order.shipBy, let next { today.due[.init(slot: DueSlot.of(shipBy), channel: next.channel, carrier: next.carrier, stage: next.stage), default: 0] += 1 }
    }

    /// Until when an order must leave whose platform names no time; nil: the channel promises nothing.
    private func promise(of channel: ChannelID, since: Timestamp) -> Timestamp? {
        let hours = surroundings.channels[channel]?.settings[HubSetting.shipWithinHours].flatMap(Int64.init) ?? Self.defaultShipWithinHours
        return hours > 0 ? since + .seconds(min(hours, Self.maximumShipWithinHours) * 3600) : nil
    }

    private func keepWaiting(_ id: OrderID, _ order: WaitingOrder?, was old: WaitingOrder?, channel: ChannelID) throws {
        guard order != old else { return }
        let isKnown = try old != nil && tx.first("SELECT 1 FROM waiting WHERE order_id = \(id.value)") { try $0.int(0) } != nil
        if isKnown, let old { today.waiting[.init(cause: old.cause, subject: old.subject, channel: channel), default: .init()].orders -= 1 }
        if let order {
            let key = TodayTally.WaitingKey(cause: order.cause, subject: order.subject, channel: channel)
            today.waiting[key, default: .init()].orders += 1
            today.waiting[key]?.reason = order.reason
        }
        switch (isKnown, order) {
        case (false, let order?):
            try tx.run("INSERT INTO waiting (order_id, channel_id, cause, subject, since) VALUES (\(id.value), \(channel.value), \(order.cause.rawValue), \(order.subject), \(now.milliseconds))")
        case (true, let order?):
            try tx.run("UPDATE waiting SET cause = \(order.cause.rawValue), subject = \(order.subject), since = \(now.milliseconds) WHERE order_id = \(id.value)")
        case (true, nil): try tx.run("DELETE FROM waiting WHERE order_id = \(id.value)")
        case (false, nil): break
        }
    }

    /// Puts an order on the lists that was there before the lists were.
    fileprivate func learnToday(_ id: OrderID) throws {
        guard var order = try OrderRows.find(id, in: tx) else { return }
        if order.shipBy == nil {
            keepDue(&order, was: nil, since: order.snapshot.placedAt)
            try tx.run("UPDATE orders SET ship_by = \(order.shipBy?.milliseconds) WHERE id = \(id.value)")
        }
        let isWaiting = try tx.first("SELECT 1 FROM waiting WHERE order_id = \(id.value)") { try $0.int(0) } != nil
        if !isWaiting { try keepWaiting(id, WaitingOrder(order), was: nil, channel: order.channel) }
    }
}

extension Ledger {
    static let learnedAtOnce = 200

    /// Orders from before there were the lists of Today: looked at once, a bounded batch at a time, while everything else goes on.
    func fillToday() async throws {
        guard try await cursor(of: ChannelID(0), name: "today") == nil else { return }
        var filter = OrderFilter(), cursor: OrderCursor?
        filter.workflows = [.new, .edited, .awaitingConfirmation, .approved, .queued, .synced]
        repeat {
            try Task.checkCancellation()
            let page = try await orders(filter, after: cursor, limit: Self.learnedAtOnce)
            try await write { transaction in for order in page.orders { try transaction.learnToday(order.id) } }
            cursor = page.next
        } while cursor != nil
        try await write { try $0.moveCursor(channel: ChannelID(0), name: "today", to: 1) }
    }
}
