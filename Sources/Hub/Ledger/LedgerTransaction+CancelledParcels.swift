package import Domain
import Database

/// Boxes of an order that was cancelled, and goods that come back.
extension LedgerTransaction {
    /// The order was cancelled: its boxes at hand must not leave. One that other living orders share stays as it is, and a person is told of it; what a carrier has taken is the carrier's to bring back.
    func voidParcels(of order: StoredOrder, reason: String) throws {
        for var shipment in try shipments(of: order.id) where !shipment.isVoid {
            guard try livingCompanions(of: shipment.id, besides: order.id).isEmpty else { continue }
            try ParcelRows.void(shipment.id, ref: nil, reason: reason, at: now, in: tx)
            // What the marketplace was to ship itself it does not ship: nobody has to be asked. A courier is asked, and its answer decides.
            let boxes = try ParcelRows.all(of: shipment.id, in: tx)
            guard shipment.channel == order.channel, boxes.allSatisfy({ $0.state == .void }) else { continue }
            shipment.isVoid = true
            try ShipmentRows.keep(shipment, in: tx)
        }
    }

    /// Other orders in the shipment that are to arrive.
    func livingCompanions(of shipment: ShipmentID, besides order: OrderID) throws -> [OrderID] {
        try companions(of: shipment, besides: order).filter { id in
            guard let other = try OrderRows.find(id, in: tx) else { return false }
            return other.workflow != .cancelled && other.workflow != .excluded
        }
    }

    /// A person has put the goods of a box that did not leave, or that came back, on the shelf again; saying it twice changes nothing.
    ///
    /// A box that holds cancelled orders beside living ones: the cancelled ones' goods were taken out, and the rest may leave.
    func goodsAreBack(_ id: Int64, by actor: String) throws {
        guard let parcel = try ParcelRows.one(id, in: tx), let order = try OrderRows.find(parcel.order, in: tx) else { throw ShippingFault.unknownParcel }
        guard parcel.goodsBackAt == nil else { return }
        let cause = Cause(.person, actor), note = "goods are back on the shelf" + (Self.boxNote(parcel).map { " (\($0))" } ?? "")
        guard parcel.state == .void || parcel.status == .returned || parcel.status == .returning else {
            if try takeOutCancelled(parcel, cause: cause) { return }
            throw GoodsFault.notBack
        }
        try tx.run("UPDATE parcels SET goods_back_at = \(now.milliseconds), goods_back_by = \(actor) WHERE id = \(id)")
        try record(.unpacked, of: order, cause: cause, note: note)
        for member in try companions(of: parcel.shipment, besides: order.id) {
            if let other = try OrderRows.find(member, in: tx) { try record(.unpacked, of: other, cause: cause, note: note) }
        }
    }

    /// - Returns: false where nothing of a cancelled order is in it, or nothing else.
    private func takeOutCancelled(_ parcel: StoredParcel, cause: Cause) throws -> Bool {
        let living = try livingCompanions(of: parcel.shipment, besides: OrderID(0)), all = try companions(of: parcel.shipment, besides: OrderID(0))
        let gone = all.filter { !living.contains($0) }
        guard let lead = living.first, !gone.isEmpty, [.toPack, .packed].contains(parcel.state), var shipment = try shipments(of: parcel.order).first(where: { $0.id == parcel.shipment }) else { return false }
        let orders = try gone.compactMap { try OrderRows.find($0, in: tx) }
        // The carrier collects what it was told: with a cancelled order's money in it the whole booking has to be made again.
        if let order = orders.first(where: { $0.collectsMinor != nil }) { throw GoodsFault.collected(order.snapshot.externalNumber) }
        for index in shipment.parcels.indices { shipment.parcels[index].contents.removeAll { $0.order.map(gone.contains) ?? false } }
        try ShipmentRows.keep(shipment, in: tx)
        try tx.run("DELETE FROM shipment_orders WHERE shipment_id = \(shipment.id.value) AND order_id IN (\(list: gone.map(\.value)))")
        if gone.contains(parcel.order) {
            try tx.run("DELETE FROM shipment_orders WHERE shipment_id = \(shipment.id.value) AND order_id = \(lead.value)")
            try tx.run("UPDATE shipments SET order_id = \(lead.value) WHERE id = \(shipment.id.value)")
            try tx.run("UPDATE parcels SET order_id = \(lead.value) WHERE shipment_id = \(shipment.id.value)")
            try handOn(shipment, from: parcel.order, to: lead)
        }
        for order in orders {
            try record(.unpacked, of: order, cause: cause, note: "goods are back on the shelf")
            try resolve(.sharedParcel, subject: "order:\(order.id)")
        }
        return true
    }

    /// The booking is another's now: what becomes of that one, its end or another address, is the carrier's business.
    private func handOn(_ shipment: Shipment, from old: OrderID, to lead: OrderID) throws {
        try tx.run("""
            UPDATE takings SET state = 'cancelled', updated_at = \(now.milliseconds)
             WHERE order_id = \(old.value) AND destination_id = \(shipment.channel.value) AND external_ref = \(shipment.externalRef)
            """)
        try tx.run("""
            INSERT INTO takings (order_id, destination_id, state, external_ref, updated_at) VALUES (\(lead.value), \(shipment.channel.value), 'taken', \(shipment.externalRef), \(now.milliseconds))
            ON CONFLICT (order_id, destination_id) DO UPDATE SET state = 'taken', external_ref = excluded.external_ref, updated_at = excluded.updated_at
            """)
    }
}

package enum GoodsFault: HubError, Equatable {
    case notBack, collected(String)

    package var code: String {
        switch self {
        case .notBack: "goods_not_back"
        case .collected: "goods_collected"
        }
    }
    package var sentence: String {
        switch self {
        case .notBack: "The parcel is to leave, or has left and not come back. Cancel its order first, or open the box again at the packing table."
        case .collected(let number): "The carrier is to collect the money of \(number) with this parcel. Cancel the whole booking and book the rest again."
        }
    }
    package var failureClass: FailureClass { .rejected }
}
