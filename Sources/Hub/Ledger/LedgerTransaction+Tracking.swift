import Connect
package import Domain
import Database

extension LedgerTransaction {
    /// A carrier's news: late, shuffled and doubled is normal. News that outran the record of its booking waits for it.
    package func apply(_ update: TrackingUpdate, from channel: Channel, cause: Cause) throws -> Applied {
        guard var found = try ShipmentRows.find(update, channel: channel.id, in: tx) else {
            try tx.run("""
                INSERT INTO early_tracking (id, channel_id, external_ref, external_id, tracking_number, document, received_at)
                VALUES (\(nextID()), \(channel.id.value), \(update.externalRef), \(update.externalID), \(update.trackingNumber), \(try OrderRows.encodeOne(update)), \(now.milliseconds))
                """)
            return .waiting
        }
        let boxes = try ParcelRows.all(of: found.shipment.id, in: tx)
        // Each box of several travels by itself; without its number the news is of them all.
        let box = boxes.count > 1 ? boxes.first { $0.trackingNumber != nil && $0.trackingNumber == update.trackingNumber } : nil
        let last = box.map { News(sequence: $0.lastSequence, at: $0.lastEventAt, status: $0.status) } ?? News(sequence: found.lastSequence, at: found.lastEventAt, status: found.shipment.status)
        guard isNews(update, after: last) else { return .stale }
        guard var order = try OrderRows.find(found.order, in: tx) else { throw LedgerError.unknownOrder }
        let old = order
        if let number = update.trackingNumber, found.shipment.trackingNumber == nil {
            found.shipment.trackingNumber = number
            if found.shipment.parcels.count == 1, found.shipment.parcels[0].trackingNumber == nil { found.shipment.parcels[0].trackingNumber = number }
            if let term = SearchTerms.fold(number) { addTerms([term], to: order.id, isNew: false) }
        }
        if let status = update.fulfilment {
            try ParcelRows.moved(found.shipment.id, ref: box?.ref, to: status, sequence: update.sequence, at: update.occurredAt, in: tx)
            // A shipment is as far as the box that lags behind.
            found.shipment.status = box == nil ? status : try ParcelRows.all(of: found.shipment.id, in: tx).map(\.status).min { $0.rank < $1.rank } ?? status
        } else if update.trouble == nil {
            try raise(Problem(kind: .unknownStatus, subject: "\(channel.platform):\(update.rawStatus)", channel: channel.id, order: order.id, code: "unknown_status",
                              message: "The carrier sent the status \"\(update.rawStatus)\", which nobody has mapped. The parcel's state was left as it was."))
        }
        if update.isVoid { found.shipment.isVoid = true }
        if update.isVoid || update.trackingNumber != nil { try ParcelRows.follow(found.shipment, in: tx) }
        try ShipmentRows.update(found.shipment, lastSequence: max(update.sequence, found.lastSequence), lastEventAt: max(update.occurredAt, found.lastEventAt), in: tx)
        if update.isVoid { try bookingWithdrawn(&order, destination: channel.id, cause: cause) }
        order.fulfilment = try fulfilment(of: order)
        if update.codCollected, order.paymentState == .unpaid || order.paymentState == .authorised { order.paymentState = .paid }
        try announceFulfilment(of: order, was: old.fulfilment, cause: cause)
        if order.paymentState != old.paymentState { try record(.paymentChanged, of: order, cause: cause) }
        try noteTrouble(update, on: found.shipment, of: &order, cause: cause)
        if order.fulfilment == .delivered, WorkflowLaw.destination(from: order.workflow, cause: .dispatchFinished) != nil {
            try move(&order, by: .dispatchFinished, cause: cause)
        }
        if order != old { try save(order, was: old) }
        return .tracked
    }

    /// A parcel's trouble is a flag on its order until the carrier tells a state of that parcel again; both are in the timeline.
    private func noteTrouble(_ update: TrackingUpdate, on shipment: Shipment, of order: inout StoredOrder, cause: Cause) throws {
        let mark = "(\(shipment.externalRef))"
        let old = order.snapshot.flags.filter { $0.isCarriers && $0.message.hasSuffix(mark) }
        let new = update.trouble.map { trouble in
            Flag.ofCarrier(update.rawStatus, message: [trouble, update.note].compactMap(\.self).joined(separator: " ") + " " + mark)
        }
        guard old != [new].compactMap(\.self) else { return }
        order.snapshot.flags.removeAll { old.contains($0) }
        if let new { order.snapshot.flags.append(new) }
        order.version += 1
        try record(.updated, of: order, cause: cause, changes: [FieldChange("flags", from: old.first?.code, to: new?.code)], note: new?.message)
    }

    private struct News { var sequence: Int64, at: Timestamp, status: Fulfilment }

    /// Newer by the carrier's own counter; without one by time, then by how far along the goods are (generic-courier.md §3).
    private func isNews(_ update: TrackingUpdate, after last: News) -> Bool {
        if update.sequence > 0, last.sequence > 0 { return update.sequence > last.sequence }
        if update.occurredAt != last.at { return update.occurredAt > last.at }
        return (update.fulfilment?.rank ?? 0) > last.status.rank || update.codCollected || update.isVoid
    }

    /// The least advanced of the order's living shipments; without one, what the platform said.
    func fulfilment(of order: StoredOrder) throws -> Fulfilment {
        // What the marketplace ships itself is where the marketplace says.
        let living = try shipments(of: order.id).filter { !$0.isVoid && $0.channel != order.channel }
        return living.map(\.status).min { $0.rank < $1.rank } ?? order.snapshot.fulfilment
    }

    /// News that came before its booking was recorded is applied right after it.
    func applyEarlyTracking(to shipment: Shipment, channel: Channel, cause: Cause) throws {
        let numbers = shipment.parcels.compactMap(\.trackingNumber) + [shipment.trackingNumber].compactMap(\.self)
        let waiting = try tx.rows("""
            SELECT id, document FROM early_tracking
             WHERE channel_id = \(channel.id.value)
               AND (external_ref = \(shipment.externalRef) OR external_id = \(shipment.externalID) OR tracking_number IN (\(list: numbers)))
             ORDER BY id
            """) { row in (try row.int64(0), try OrderRows.decode(TrackingUpdate.self, row.text(1), column: "document")) }
        for (id, update) in waiting {
            try tx.run("DELETE FROM early_tracking WHERE id = \(id)")
            _ = try apply(update, from: channel, cause: cause)
        }
    }

    /// A booking that no longer stands: the order can be booked again, or is done with when it was cancelled.
    func bookingWithdrawn(_ order: inout StoredOrder, destination: ChannelID, cause: Cause) throws {
        try tx.run("UPDATE takings SET state = 'cancelled', updated_at = \(now.milliseconds) WHERE order_id = \(order.id.value) AND destination_id = \(destination.value)")
        try record(.bookingCancelled, of: order, cause: cause)
        if WorkflowLaw.destination(from: order.workflow, cause: .dispatchWithdrawn) != nil { try move(&order, by: .dispatchWithdrawn, cause: cause) }
        try bookAgain(&order, destination: destination)
    }
}
