package import Domain
import Database

package enum ShippingFault: HubError, Equatable {
    case unknownParcel, unknownManifest, notPacked, isVoid(reason: String), alreadyGone
    case otherCarrier(expected: String, found: String), manifestState(ManifestState), badWeight, tooMany(Int), noOrders
    case cannotRelease(reason: String)

    package var code: String {
        switch self {
        case .unknownParcel: "unknown_parcel"
        case .unknownManifest: "unknown_manifest"
        case .notPacked: "not_packed"
        case .isVoid: "parcel_void"
        case .alreadyGone: "already_handed_over"
        case .otherCarrier: "other_carrier"
        case .manifestState: "manifest_state"
        case .badWeight: "bad_weight"
        case .tooMany: "too_many"
        case .noOrders: "no_orders"
        case .cannotRelease: "cannot_release"
        }
    }
    package var sentence: String {
        switch self {
        case .unknownParcel: "No parcel has this number. Scan the carrier's bar code, or type the order's number."
        case .unknownManifest: "There is no such manifest."
        case .notPacked: "The parcel has not been packed yet. Scan it at the packing table first."
        case .isVoid(let reason): "This parcel must not leave: \(reason). Take it out and put the goods back."
        case .alreadyGone: "The parcel has been handed over already."
        case .otherCarrier(let expected, let found): "The parcel travels with \(found), this manifest is of \(expected). Put it aside."
        case .manifestState(let state): "The manifest is \(state.rawValue), so nothing can be changed in it. Open a new one."
        case .badWeight: "A parcel weighs between 1 gram and 100 kilograms."
        case .tooMany(let most): "At most \(most) at once."
        case .noOrders: "None of these orders can go."
        case .cannotRelease(let reason): "The order cannot go to its carrier: \(reason)."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// A parcel with what a packer needs of its order.
package struct ParcelLine: Sendable, Equatable {
    package var parcel: StoredParcel
    package var order: StoredOrder
    package var contents: [Parcel.Content]
    package var carrier: String
    package var externalRef: String

    /// Why it must not leave; nil: it may.
    package var hindrance: String? {
        if parcel.state == .void { return "its booking was cancelled" }
        switch order.workflow {
        case .cancelled: return "the order was cancelled"
        case .excluded: return "the order was excluded"
        case .awaitingConfirmation: return "the order is held"
        default: return nil
        }
    }
}

/// The packing table: what is to be packed, what a scan means, what was packed.
package struct PackDesk: Sendable {
    let ledger: Ledger
    package static let longestList = 500
    package static let weights = 1...100_000

    package init(ledger: Ledger) { self.ledger = ledger }

    /// Parcels at hand, those that must leave first on top.
    /// - Parameter channel: one carrier's; nil: all.
    package func parcels(in state: StoredParcel.State, of channel: ChannelID?, after: Int64? = nil, limit: Int = longestList) async throws -> [ParcelLine] {
        try await ledger.database.read { tx in
            let which: SQL = channel.map { "AND channel_id = \($0.value)" } ?? ""
            let parcels = try tx.rows("""
                SELECT \(ParcelRows.columns) FROM parcels WHERE state = \(state.rawValue) \(which) AND id > \(after ?? 0) ORDER BY id LIMIT \(limit)
                """, ParcelRows.parcel)
            return try parcels.compactMap { try Self.line($0, in: tx) }
        }
    }

    /// How many parcels stand where, by carrier.
    package func counts() async throws -> [(channel: ChannelID, state: StoredParcel.State, parcels: Int)] {
        try await ledger.database.read { tx in
            try tx.rows("SELECT channel_id, state, COUNT(*) FROM parcels WHERE state IN ('toPack','packed') GROUP BY channel_id, state ORDER BY channel_id, state") {
                (ChannelID(try $0.int64(0)), try $0.value(StoredParcel.State.self, 1), try $0.int(2))
            }
        }
    }

    package func parcel(_ id: Int64) async throws -> ParcelLine {
        let found = try await ledger.database.read { tx in try ParcelRows.one(id, in: tx).flatMap { try Self.line($0, in: tx) } }
        guard let found else { throw ShippingFault.unknownParcel }
        return found
    }

    /// The boxes of an order, packed or not.
    package func parcels(of order: OrderID) async throws -> [ParcelLine] {
        try await ledger.database.read { tx in try ParcelRows.all(of: order, in: tx).compactMap { try Self.line($0, in: tx) } }
    }

    /// What was scanned or typed: a carrier's number, with or without blanks, or a text whose first part is one (a label's QR code).
    package func find(_ scanned: String) async throws -> ParcelLine {
        let numbers = Self.numbers(in: scanned)
        let found = try await ledger.database.read { tx -> ParcelLine? in
            for number in numbers { if let parcel = try ParcelRows.find(number: number, in: tx) ?? Self.voided(number, in: tx) { return try Self.line(parcel, in: tx) } }
            return nil
        }
        guard let found else { throw ShippingFault.unknownParcel }
        return found
    }

    static let longestScan = 200
    static func numbers(in scanned: String) -> [String] {
        let text = scanned.prefix(longestScan).trimmingWhitespace
        let first = text.split(separator: "|", maxSplits: 1).first.map(String.init) ?? text
        return [first, first.filter { !$0.isWhitespace }.uppercased()].filter { !$0.isEmpty }
    }

    private static func voided(_ number: String, in tx: any Transaction) throws -> StoredParcel? {
        try tx.first("SELECT \(ParcelRows.columns) FROM parcels WHERE tracking_number = \(number) ORDER BY id DESC LIMIT 1", ParcelRows.parcel)
    }

    static func line(_ parcel: StoredParcel, in tx: any Transaction) throws -> ParcelLine? {
        guard let order = try OrderRows.find(parcel.order, in: tx), let shipment = try ShipmentRows.all(of: parcel.order, in: tx).first(where: { $0.id == parcel.shipment }) else { return nil }
        return ParcelLine(parcel: parcel, order: order, contents: shipment.parcels.first { $0.ref == parcel.ref }?.contents ?? [], carrier: shipment.carrier, externalRef: shipment.externalRef)
    }

    /// The box is closed and weighed. Doing it again changes its weight and nothing else.
    ///
    /// - Parameter weightGrams: nil: what was reckoned stays.
    /// - Throws: `.isVoid` when the order has been cancelled meanwhile.
    @discardableResult
    package func pack(_ id: Int64, weightGrams: Int?, by actor: String) async throws -> ParcelLine {
        if let weightGrams, !Self.weights.contains(weightGrams) { throw ShippingFault.badWeight }
        return try await ledger.write { try $0.pack(id, weightGrams: weightGrams, by: actor) }
    }

    /// It was opened again.
    package func unpack(_ id: Int64, by actor: String) async throws { try await ledger.write { try $0.unpack(id, by: actor) } }
}

extension StringProtocol {
    var trimmingWhitespace: String {
        var view = Substring(self)
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}

extension LedgerTransaction {
    func pack(_ id: Int64, weightGrams: Int?, by actor: String) throws -> ParcelLine {
        guard let parcel = try ParcelRows.one(id, in: tx), var line = try PackDesk.line(parcel, in: tx) else { throw ShippingFault.unknownParcel }
        if let hindrance = line.hindrance { throw ShippingFault.isVoid(reason: hindrance) }
        guard parcel.state != .handedOver else { throw ShippingFault.alreadyGone }
        let isFirst = parcel.state == .toPack, grams = weightGrams ?? parcel.weightGrams
        try tx.run("""
            UPDATE parcels SET state = 'packed', weight_grams = \(grams), packed_at = \(now.milliseconds), packed_by = \(actor) WHERE id = \(id) AND state IN ('toPack','packed')
            """)
        try weigh(parcel, grams)
        if isFirst {
            try record(.packed, of: line.order, cause: Cause(.person, actor), note: Self.boxNote(parcel))
            try boxMoved(parcel, of: line.order.id, to: .readyToShip, cause: Cause(.person, actor))
        }
        line.parcel = try ParcelRows.one(id, in: tx) ?? parcel
        return line
    }

    func unpack(_ id: Int64, by actor: String) throws {
        guard let parcel = try ParcelRows.one(id, in: tx), let order = try OrderRows.find(parcel.order, in: tx) else { throw ShippingFault.unknownParcel }
        guard parcel.state != .handedOver else { throw ShippingFault.alreadyGone }
        guard parcel.state == .packed else { return }
        try tx.run("UPDATE parcels SET state = 'toPack', packed_at = NULL, packed_by = NULL, manifest_id = NULL WHERE id = \(id) AND state = 'packed'")
        try record(.unpacked, of: order, cause: Cause(.person, actor), note: Self.boxNote(parcel))
    }

    static func boxNote(_ parcel: StoredParcel) -> String? {
        let number = parcel.trackingNumber ?? ""
        return parcel.ofParcels > 1 ? "\(parcel.ref)/\(parcel.ofParcels) \(number)" : number.isEmpty ? nil : number
    }

    private func weigh(_ parcel: StoredParcel, _ grams: Int) throws {
        guard grams != parcel.weightGrams, var shipment = try shipments(of: parcel.order).first(where: { $0.id == parcel.shipment }) else { return }
        for index in shipment.parcels.indices where shipment.parcels[index].ref == parcel.ref { shipment.parcels[index].weightGrams = grams }
        try keep(shipment)
    }

    private func keep(_ shipment: Shipment) throws {
        try tx.run("UPDATE shipments SET status = \(shipment.status.rawValue), document = \(try OrderRows.encodeOne(shipment)) WHERE id = \(shipment.id.value)")
    }

    /// Our own hands have moved a box: it is as far as that, never back; the order follows when its last box has come so far.
    func boxMoved(_ parcel: StoredParcel, of id: OrderID, to status: Fulfilment, cause: Cause) throws {
        guard parcel.status.rank < status.rank else { return }
        try tx.run("UPDATE parcels SET status = \(status.rawValue) WHERE id = \(parcel.id)")
        guard var order = try OrderRows.find(id, in: tx), var shipment = try shipments(of: id).first(where: { $0.id == parcel.shipment }) else { return }
        let least = try ParcelRows.all(of: parcel.shipment, in: tx).map(\.status).min { $0.rank < $1.rank } ?? status
        guard least.rank > shipment.status.rank else { return }
        shipment.status = least
        try keep(shipment)
        let old = order
        order.fulfilment = try fulfilment(of: order)
        try announceFulfilment(of: order, was: old.fulfilment, cause: cause)
        if order != old { try save(order, was: old) }
    }
}
