import Connect
import Domain
import Database

/// An order that was sent on and is then edited is amended where it was sent: what took it is told, and a courier's booking is withdrawn and made again.
extension LedgerTransaction {
    func amend(_ order: StoredOrder, event: EventID, changes: [FieldChange], by actor: String) throws {
        guard [.queued, .synced, .processed].contains(order.workflow) else { return }
        try tellTakers(of: order, event: event)
        let fields = changes.map(\.field).filter(OrderField.concernsParcel)
        guard !fields.isEmpty, order.workflow != .processed else { return }
        for shipment in try shipments(of: order.id) where !shipment.isVoid {
            // Booking again would stop the others' parcel.
            if try isShared(order.id, at: shipment.channel) { try raiseSharedChange(order, fields, by: actor) } else { try rebook(order, at: shipment.channel, fields: fields, by: actor) }
        }
    }

    /// A booking that was under way while the order was edited was made with what is no longer true.
    func amendIfOvertaken(_ order: StoredOrder, by job: Job, startedAt: Timestamp) throws {
        let newer = order.edits.filter { OrderField.concernsParcel($0.field) && $0.at >= startedAt }
        let courier = surroundings.courier(of: order)?.id
        guard let first = newer.first, courier == nil || courier != job.destination || newer.contains(where: { $0.field != OrderField.courier }) else { return }
        if try isShared(order.id, at: job.destination) { return try raiseSharedChange(order, newer.map(\.field), by: first.by) }
        try rebook(order, at: job.destination, fields: newer.map(\.field), by: first.by)
    }

    /// A destination that was told of the order by another event, and that no route of its own tells of edits.
    private func tellTakers(of order: StoredOrder, event: EventID) throws {
        let taken = try tx.rows("SELECT destination_id FROM takings WHERE order_id = \(order.id.value) AND state = 'taken'") { ChannelID(try $0.int64(0)) }
        for destination in taken where surroundings.channels[destination]?.kind == .destination && !isRouted(.edited, to: destination) {
            try insert(Job(id: JobID(ids.next()), route: RouteID(0), destination: destination, order: order.id, event: event, eventType: EventType.edited.rawValue, action: .sendEvent,
                           idempotencyKey: "amendSent:\(event):\(destination)", payload: try document(of: order), createdAt: now), isOrdered: true, isPaused: false)
        }
    }

    private func rebook(_ order: StoredOrder, at destination: ChannelID, fields: [String], by actor: String) throws {
        let names = Set(fields).sorted().joined(separator: ", ")
        let isNew = try tx.run("""
            INSERT INTO amendments (order_id, destination_id, actor, fields, at) VALUES (\(order.id.value), \(destination.value), \(actor), \(names), \(now.milliseconds))
            ON CONFLICT (order_id, destination_id) DO NOTHING
            """) == 1
        // One withdrawal is enough for several edits: the new booking is made of the order as it is then.
        guard isNew else { return }
        let id = JobID(ids.next())
        try insert(Job(id: id, route: RouteID(0), destination: destination, order: order.id, event: EventID(0), eventType: EventType.edited.rawValue, action: .cancelBooking,
                       idempotencyKey: "amendBooking:\(id)", payload: "\(actor) changed \(names)", createdAt: now), isOrdered: true, isPaused: false)
        try tx.run("UPDATE takings SET state = 'cancelling', updated_at = \(now.milliseconds) WHERE order_id = \(order.id.value) AND destination_id = \(destination.value) AND state = 'taken'")
    }

    /// Ends an amendment that waits for this destination.
    ///
    /// - Returns: who changed what; nil when there is none.
    func endAmendment(of order: OrderID, at destination: ChannelID) throws -> (actor: String, fields: String)? {
        try tx.first("DELETE FROM amendments WHERE order_id = \(order.value) AND destination_id = \(destination.value) RETURNING actor, fields") { (try $0.text(0), try $0.text(1)) }
    }

    /// The booking was withdrawn because the order was edited: it is booked again as it is now.
    func bookAgain(_ order: inout StoredOrder, destination: ChannelID) throws {
        guard let amendment = try endAmendment(of: order.id, at: destination), order.workflow == .approved else { return }
        try record(.approved, of: order, cause: Cause(.person, amendment.actor, detail: "booked again after a change of \(amendment.fields)"))
        if try hasUnfinishedJobs(order.id) { try move(&order, by: .dispatchQueued, cause: Cause(.schedule, "dispatch")) }
    }

    /// The courier keeps the parcel as it was booked: a task for a person.
    func amendmentFailed(of order: StoredOrder, at destination: ChannelID, answer: String) throws -> Bool {
        guard let amendment = try endAmendment(of: order.id, at: destination), order.workflow != .cancelled else { return false }
        try tx.run("UPDATE takings SET state = 'taken', updated_at = \(now.milliseconds) WHERE order_id = \(order.id.value) AND destination_id = \(destination.value)")
        let courier = surroundings.channels[destination]?.name ?? "the courier"
        try raise(Problem(kind: .changedAfterSent, subject: "order:\(order.id)", channel: order.channel, order: order.id, code: "changed_after_sent",
                          message: "\(amendment.actor) changed \(amendment.fields), but \(courier) \(answer) Ask the courier to correct the parcel by hand."))
        return true
    }
}
