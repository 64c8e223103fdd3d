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
        let box = boxes.count > 1 ? boxes.first { $0.isMeant(by: update) } : nil
        let last = box.map { News(sequence: $0.lastSequence, at: $0.lastEventAt, status: $0.status) } ?? News(sequence: found.lastSequence, at: found.lastEventAt, status: found.shipment.status)
        guard isNews(update, after: last) else { return .stale }
        guard var order = try OrderRows.find(found.order, in: tx) else { throw LedgerError.unknownOrder }
        let old = order, isPlatforms = channel.id == order.channel
        if let number = update.trackingNumber, found.shipment.trackingNumber == nil {
            found.shipment.trackingNumber = number
            if found.shipment.parcels.count == 1, found.shipment.parcels[0].trackingNumber == nil { found.shipment.parcels[0].trackingNumber = number }
            if let term = SearchTerms.fold(number) { addTerms([term], to: order.id, isNew: false) }
        }
        if let told = update.fulfilment {
            let status = Self.keepingOurHands(told, from: last.status)
            try ParcelRows.moved(found.shipment.id, ref: box?.ref, to: status, sequence: update.sequence, at: update.occurredAt, in: tx)
            // A shipment is as far as the box that lags behind.
            found.shipment.status = box == nil ? status : try Self.least(ParcelRows.all(of: found.shipment.id, in: tx)) ?? status
        } else if update.trouble == nil {
            try raise(Problem(kind: .unknownStatus, subject: "\(channel.platform):\(update.rawStatus)", channel: channel.id, order: order.id, code: "unknown_status",
                              message: "The carrier sent the status \"\(update.rawStatus)\", which nobody has mapped. The parcel's state was left as it was."))
        }
        // A marketplace voids package by package; a carrier, the whole booking.
        if update.isVoid, isPlatforms {
            try ParcelRows.void(found.shipment.id, ref: box?.ref, reason: "\(channel.name) cancelled this package", at: now, in: tx)
            found.shipment.isVoid = try ParcelRows.all(of: found.shipment.id, in: tx).allSatisfy { $0.state == .void }
        } else if update.isVoid { found.shipment.isVoid = true }
        if found.shipment.isVoid || update.trackingNumber != nil { try ParcelRows.follow(found.shipment, at: now, in: tx) }
        try ShipmentRows.update(found.shipment, lastSequence: max(update.sequence, found.lastSequence), lastEventAt: max(update.occurredAt, found.lastEventAt), in: tx)
        if update.isVoid, !isPlatforms { try bookingWithdrawn(&order, destination: channel.id, cause: cause) }
        order.fulfilment = try fulfilment(of: order)
        if update.codCollected {
            // Where the money travels with one box alone, it does not matter which of them the carrier names.
            let isShared = boxes.count { $0.codMinor != nil } > 1
            try ParcelRows.collected(found.shipment.id, ref: isShared ? box?.ref : nil, at: update.occurredAt, in: tx)
            try payIfCollected(&order)
        }
        try announceFulfilment(of: order, was: old.fulfilment, cause: cause)
        if order.paymentState != old.paymentState { try record(.paymentChanged, of: order, cause: cause) }
        try noteTrouble(update, on: found.shipment, of: &order, cause: cause)
        if order.fulfilment == .delivered, WorkflowLaw.destination(from: order.workflow, cause: .dispatchFinished) != nil {
            try move(&order, by: .dispatchFinished, cause: cause)
        }
        if order != old { try save(order, was: old) }
        try follow(found.shipment, besides: order.id, by: update, cause: cause)
        return .tracked
    }

    /// An order is paid when each of its boxes has brought its cash on delivery.
    func payIfCollected(_ order: inout StoredOrder) throws {
        guard order.paymentState == .unpaid || order.paymentState == .authorised, try !ParcelRows.isOwed(for: order.id, in: tx) else { return }
        order.paymentState = .paid
    }

    /// How far the box of living ones is that lags behind; nil: none is left.
    static func least(_ boxes: [StoredParcel]) -> Fulfilment? { boxes.filter { $0.state != .void }.map(\.status).min { $0.rank < $1.rank } }

    /// A parcel's trouble is a flag on its order until the carrier tells a state of that parcel again; both are in the timeline.
    func noteTrouble(_ update: TrackingUpdate, on shipment: Shipment, of order: inout StoredOrder, cause: Cause) throws {
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

    /// The least advanced of the order's living shipments, or what the platform said where that is further: a carrier's news that comes later than the platform's takes nothing back.
    func fulfilment(of order: StoredOrder) throws -> Fulfilment {
        // What the marketplace ships itself is where the marketplace says.
        let living = try shipments(of: order.id).filter { !$0.isVoid && $0.channel != order.channel }, platforms = order.snapshot.fulfilment
        guard let carriers = living.map(\.status).min(by: { $0.rank < $1.rank }) else { return platforms }
        // What went wrong on the way, the carrier knows first.
        return platforms.rank > carriers.rank && ![.deliveryFailed, .returning].contains(carriers) ? platforms : carriers
    }

    /// What our own hands did to a box, up to handing it over, is not undone by a carrier that is at an earlier step in its own books.
    static func keepingOurHands(_ told: Fulfilment, from known: Fulfilment) -> Fulfilment {
        [.packed, .readyToShip, .pickedUp].contains(known) && told.rank < known.rank ? known : told
    }

    /// What the marketplace says of an order is so of every box of it that the marketplace ships: each is at least so far. A box of which its own news has told more stays where it is.
    func movePlatformsParcels(of order: StoredOrder, to status: Fulfilment, at: Timestamp) throws {
        for var shipment in try shipments(of: order.id) where shipment.channel == order.channel && !shipment.isVoid {
            for box in try ParcelRows.all(of: shipment.id, in: tx) where box.state != .void && Self.goesOn(from: box.status, to: status, isNewer: at >= box.lastEventAt) {
                try ParcelRows.moved(shipment.id, ref: box.ref, to: status, sequence: 0, at: at, in: tx)
            }
            guard let least = try Self.least(ParcelRows.all(of: shipment.id, in: tx)), least != shipment.status else { continue }
            shipment.status = least
            try ShipmentRows.keep(shipment, in: tx)
        }
    }

    /// Along the way, and the three steps that lead back: tried again after a failure, sent back after it arrived, found again.
    static func goesOn(from old: Fulfilment, to new: Fulfilment, isNewer: Bool) -> Bool {
        if new.rank > old.rank { return true }
        guard isNewer, new != old else { return false }
        return switch old {
        case .deliveryFailed: new.isShipped
        case .delivered: new == .returning
        case .lost: new.isShipped
        default: false
        }
    }

    /// News that came before its booking was recorded is applied right after it.
    func applyEarlyTracking(to shipment: Shipment, channel: Channel, cause: Cause) throws {
        let numbers = shipment.parcels.compactMap(\.trackingNumber) + [shipment.trackingNumber].compactMap(\.self)
        let names = shipment.parcels.compactMap(\.externalID) + [shipment.externalID].compactMap(\.self)
        let waiting = try tx.rows("""
            SELECT id, document FROM early_tracking
             WHERE channel_id = \(channel.id.value)
               AND (external_ref = \(shipment.externalRef) OR external_id IN (\(list: names)) OR tracking_number IN (\(list: numbers)))
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
        // Whatever it travelled with: it can be put together with others again.
        try tx.run("UPDATE consolidation_orders SET is_active = 0 WHERE order_id = \(order.id.value)")
        try record(.bookingCancelled, of: order, cause: cause)
        if WorkflowLaw.destination(from: order.workflow, cause: .dispatchWithdrawn) != nil { try move(&order, by: .dispatchWithdrawn, cause: cause) }
        try bookAgain(&order, destination: destination)
    }
}

extension StoredParcel {
    func isMeant(by update: TrackingUpdate) -> Bool {
        if let externalID, externalID == update.externalID { return true }
        return trackingNumber != nil && trackingNumber == update.trackingNumber
    }
}
