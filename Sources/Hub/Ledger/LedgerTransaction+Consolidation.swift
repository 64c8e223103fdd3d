import Domain
import Database

/// Orders that travel together: how they are let go, booked, followed and parted.
extension LedgerTransaction {
    /// nil: fewer than two of the chosen orders can still be put together.
    func consolidate(_ choice: ConsolidationPlan.Choice, by actor: String) throws -> Consolidation? {
        let free = try choice.orders.compactMap { try OrderRows.find($0, in: tx) }.filter { order in
            guard try ConsolidationRows.of(order.id, in: tx) == nil, order.workflow == .approved else { return false }
            return try !hasUnfinishedBooking(order.id) && shipments(of: order.id).allSatisfy(\.isVoid)
        }
        guard free.count > 1 else { return nil }
        let id = nextID(), group = choice.group, fare = fare(of: free)
        try tx.run("""
            INSERT INTO consolidations (id, channel_id, lead_order_id, state, single_minor, together_minor, currency, made_by, made_at, updated_at)
            VALUES (\(id), \(group.carrier.value), \(free[0].id.value), 'planned', \(fare.singleMinor), \(fare.togetherMinor), \(group.currency), \(actor),
                    \(now.milliseconds), \(now.milliseconds))
            """)
        for order in free { try tx.run("INSERT INTO consolidation_orders (consolidation_id, order_id, is_active) VALUES (\(id), \(order.id.value), 1)") }
        return try ConsolidationRows.find(id, in: tx)
    }

    private func fare(of orders: [StoredOrder]) -> ConsolidationPlan.Fare {
        guard let lead = orders.first else { return ConsolidationPlan.Fare() }
        return ConsolidationPlan.fare(of: orders, by: surroundings.traveller(lead).rates)
    }

    /// One that has not been let go.
    func planned(_ id: Int64) throws -> Consolidation {
        guard let one = try ConsolidationRows.find(id, in: tx) else { throw ShippingFault.unknownGroup }
        guard one.state == .planned else { throw ShippingFault.groupGone }
        return one
    }

    /// The rest stays together where it is two or more, and is reckoned anew.
    func takeOut(_ order: OrderID, of id: Int64) throws {
        let one = try planned(id), rest = one.orders.filter { $0 != order }
        guard one.orders.contains(order) else { throw ShippingFault.notInGroup }
        try leaveBehind([order], from: id)
        guard rest.count > 1 else { return try ConsolidationRows.move(id, to: .undone, at: now, in: tx) }
        if one.lead == order { try tx.run("UPDATE consolidations SET lead_order_id = \(rest[0].value) WHERE id = \(id)") }
        try ConsolidationRows.setFare(fare(of: try Ledger.load(rest, in: tx)), of: id, at: now, in: tx)
    }

    // MARK: letting go

    /// - Returns: false when none of them could go: it is undone.
    func releaseTogether(_ id: Int64, by actor: String) throws -> Bool {
        let one = try planned(id)
        // Who was cancelled or held meanwhile, went alone, or goes elsewhere now stays behind.
        let waiting = try one.orders.compactMap { try OrderRows.find($0, in: tx) }.filter { order in
            try order.workflow == .approved && !hasUnfinishedBooking(order.id) && shipments(of: order.id).allSatisfy(\.isVoid)
        }
        let going = waiting.first.map { lead in waiting.filter { $0.id == lead.id || travels($0, with: lead) } } ?? []
        try leaveBehind(one.orders.filter { id in !going.contains { $0.id == id } }, from: id)
        guard let lead = going.first else {
            try ConsolidationRows.move(id, to: .undone, at: now, in: tx)
            return false
        }
        try release(lead.id, by: actor)
        guard going.count > 1 else {
            try ConsolidationRows.move(id, to: .undone, at: now, in: tx)
            return true
        }
        try setLead(id, with: lead.id)
        try ConsolidationRows.move(id, to: .released, at: now, in: tx)
        for var order in going.dropFirst() {
            let old = order
            try record(.released, of: order, cause: Cause(.person, actor), note: "together with \(lead.snapshot.externalNumber)")
            try move(&order, by: .dispatchQueued, cause: Cause(.schedule, "dispatch"))
            order.version = old.version + 1
            try save(order, was: old)
        }
        return true
    }

    /// The booking that waits for `order` is all members'.
    private func setLead(_ id: Int64, with order: OrderID) throws {
        try tx.run("UPDATE jobs SET payload = \(Self.payload(of: id)) WHERE order_id = \(order.value) AND action = 'book'")
        try tx.run("UPDATE consolidations SET lead_order_id = \(order.value), updated_at = \(now.milliseconds) WHERE id = \(id)")
    }

    private func leaveBehind(_ orders: [OrderID], from id: Int64) throws {
        guard !orders.isEmpty else { return }
        try tx.run("UPDATE consolidation_orders SET is_active = 0 WHERE consolidation_id = \(id) AND order_id IN (\(list: orders.map(\.value)))")
    }

    /// Whether the two are still bound for one place with one carrier: a person, or the platform, may have changed one since they were put together.
    private func travels(_ order: StoredOrder, with lead: StoredOrder) -> Bool {
        func place(_ order: StoredOrder) -> String {
            ConsolidationPlan.place(.init(order: order, carrier: surroundings.courier(of: order), rates: nil, isShippedByPlatform: surroundings.isShippedByPlatform(order.channel)))
        }
        return place(order) == place(lead)
    }

    static let consolidationPrefix = "consolidation:"
    static func payload(of consolidation: Int64) -> String { "\(consolidationPrefix)\(consolidation)" }
    static func consolidation(of job: Job) -> Int64? {
        guard job.action == .book, let payload = job.payload, payload.hasPrefix(consolidationPrefix) else { return nil }
        return Int64(payload.dropFirst(consolidationPrefix.count))
    }

    // MARK: booking

    /// Written down before the carrier is asked, so that a repeat books the same goods: who travels with the leading order now. The others are parted from it, and go alone where they are to go.
    ///
    /// - Returns: the orders, the leading one first.
    func gather(_ id: Int64, lead: StoredOrder) throws -> [StoredOrder] {
        guard let one = try ConsolidationRows.find(id, in: tx), one.state == .released else { return [lead] }
        let others = try Ledger.load(one.orders.filter { $0 != lead.id }, in: tx)
        let going = others.filter { $0.workflow == .queued && travels($0, with: lead) }, staying = others.filter { order in !going.contains { $0.id == order.id } }
        try leaveBehind(staying.map(\.id), from: id)
        for order in staying where order.workflow == .queued { try enqueueAlone(order) }
        return [lead] + going
    }

    private func enqueueAlone(_ order: StoredOrder) throws {
        let event = try record(.released, of: order, cause: Cause(.schedule, "dispatch"))
        try enqueue(.approved, event: event, of: order, isReleased: true)
    }

    /// Whose goods are in a shipment beside the leading order's: as its carrier was told, whatever became of them since.
    static func companions(in shipment: Shipment, besides lead: OrderID) -> [OrderID] {
        Set(shipment.parcels.flatMap { $0.contents.compactMap(\.order) }).subtracting([lead]).sorted()
    }

    /// The booking was made: it is every member's, of one that was cancelled meanwhile too.
    func booked(_ shipment: Shipment, together id: Int64, startedAt: Timestamp, cause: Cause) throws {
        guard let one = try ConsolidationRows.find(id, in: tx), one.state == .released else { return }
        for member in Self.companions(in: shipment, besides: one.lead) {
            guard var order = try OrderRows.find(member, in: tx) else { continue }
            let old = order
            try tx.run("INSERT INTO shipment_orders (shipment_id, order_id) VALUES (\(shipment.id.value), \(member.value)) ON CONFLICT (shipment_id, order_id) DO NOTHING")
            try record(.booked, of: order, cause: cause, note: shipment.trackingNumber)
            if WorkflowLaw.destination(from: order.workflow, cause: .dispatchTaken) != nil { try move(&order, by: .dispatchTaken, cause: cause) }
            let terms = Set((shipment.parcels.map(\.trackingNumber) + [shipment.trackingNumber]).compactMap { $0.flatMap(SearchTerms.fold) })
            if !terms.isEmpty { addTerms(terms.sorted(), to: member, isNew: false) }
            order.fulfilment = try fulfilment(of: order)
            try announceFulfilment(of: order, was: old.fulfilment, cause: cause)
            if order != old { try save(order, was: old) }
            if [.cancelled, .excluded].contains(order.workflow) { try raiseShared(order) }
            let newer = order.edits.filter { OrderField.concernsParcel($0.field) && $0.at >= startedAt }
            if let first = newer.first { try raiseSharedChange(order, newer.map(\.field), by: first.by) }
        }
        try ConsolidationRows.move(id, to: .booked, at: now, in: tx)
    }

    /// A job that the order no longer wanted was taken back.
    func withdrawn(_ job: Job) throws {
        guard let order = try OrderRows.find(job.order, in: tx) else { return }
        if job.action == .cancelBooking, try isShared(order.id, at: job.destination) { return try raiseShared(order) }
        guard let id = Self.consolidation(of: job), let one = try ConsolidationRows.find(id, in: tx), one.state == .released else { return }
        // Those who were to travel with it go without it.
        let rest = try Ledger.load(one.orders.filter { $0 != order.id }, in: tx).filter { $0.workflow == .queued }
        try leaveBehind(one.orders.filter { id in !rest.contains { $0.id == id } }, from: id)
        guard let first = rest.first else { return try ConsolidationRows.move(id, to: .undone, at: now, in: tx) }
        try enqueueAlone(first)
        if rest.count > 1 { try setLead(id, with: first.id) } else { try ConsolidationRows.move(id, to: .undone, at: now, in: tx) }
    }

    // MARK: on the way

    /// The other orders that a shipment carries.
    func companions(of shipment: ShipmentID, besides order: OrderID) throws -> [OrderID] {
        try tx.rows("""
            SELECT order_id FROM shipment_orders WHERE shipment_id = \(shipment.value) AND order_id <> \(order.value)
            UNION SELECT order_id FROM shipments WHERE id = \(shipment.value) AND order_id <> \(order.value)
            ORDER BY 1
            """) { OrderID(try $0.int64(0)) }
    }

    /// News of a shipment is news of everything in it.
    ///
    /// - Parameter update: the carrier's words; nil: our own hands moved it.
    func follow(_ shipment: Shipment, besides lead: OrderID, by update: TrackingUpdate?, cause: Cause) throws {
        if update?.isVoid == true, shipment.isVoid { try withdrawCompanions(of: shipment, besides: lead, cause: cause) }
        for member in try companions(of: shipment.id, besides: lead) {
            guard var order = try OrderRows.find(member, in: tx) else { continue }
            let old = order
            order.fulfilment = try fulfilment(of: order)
            if update?.codCollected == true, order.collectsMinor != nil { try payIfCollected(&order) }
            try announceFulfilment(of: order, was: old.fulfilment, cause: cause)
            if order.paymentState != old.paymentState { try record(.paymentChanged, of: order, cause: cause) }
            if let update { try noteTrouble(update, on: shipment, of: &order, cause: cause) }
            if order.fulfilment == .delivered, WorkflowLaw.destination(from: order.workflow, cause: .dispatchFinished) != nil { try move(&order, by: .dispatchFinished, cause: cause) }
            if order != old { try save(order, was: old) }
        }
    }

    /// The booking stands no more for anyone in it.
    func withdrawCompanions(of shipment: Shipment, besides lead: OrderID, cause: Cause) throws {
        for member in try companions(of: shipment.id, besides: lead) {
            guard var order = try OrderRows.find(member, in: tx) else { continue }
            let old = order
            try bookingWithdrawn(&order, destination: shipment.channel, cause: cause)
            order.fulfilment = try fulfilment(of: order)
            try announceFulfilment(of: order, was: old.fulfilment, cause: cause)
            try resolve(.sharedParcel, subject: "order:\(order.id)")
            if order != old { try save(order, was: old) }
        }
    }

    // MARK: what only a person can settle

    func raiseShared(_ order: StoredOrder) throws {
        try raise(Problem(kind: .sharedParcel, subject: "order:\(order.id)", channel: order.channel, order: order.id, code: "shared_parcel",
                          message: "The order was cancelled, but it travels in one parcel with others. Take its goods out before the parcel leaves, or cancel the whole booking."))
    }

    func raiseSharedChange(_ order: StoredOrder, _ fields: [String], by actor: String) throws {
        try raise(Problem(kind: .changedAfterSent, subject: "order:\(order.id)", channel: order.channel, order: order.id, code: "changed_after_sent",
                          message: "\(actor) changed \(Set(fields).sorted().joined(separator: ", ")), but the order travels in one parcel with others, which goes where it was booked to. Take its goods out, or cancel the whole booking."))
    }
}

extension Ledger {
    /// Whether a living booking of the order at this destination carries other orders that are to arrive.
    func isShared(_ order: OrderID, at destination: ChannelID) async throws -> Bool { try await write { try $0.isShared(order, at: destination) } }
}
