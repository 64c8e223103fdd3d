package import Domain
import Database

package enum ShippingFault: HubError, Equatable {
    case unknownParcel, unknownManifest, notPacked, isVoid(reason: String), alreadyGone
    case otherCarrier(expected: String, found: String), manifestState(ManifestState), badWeight, tooMany(Int), noOrders
    case cannotRelease(reason: String)
    /// Of orders that were put together.
    case unknownGroup, groupGone, notInGroup, noneWaits
    case inManifest(number: String), otherOpen(number: String), mustNotGo([String]), reasonRequired, badMeasure, unknownPreset(String)

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
        case .unknownGroup: "unknown_group"
        case .groupGone: "group_gone"
        case .notInGroup: "not_in_group"
        case .noneWaits: "none_waits"
        case .inManifest: "in_manifest"
        case .otherOpen: "other_manifest_open"
        case .mustNotGo: "must_not_go"
        case .reasonRequired: "reason_required"
        case .badMeasure: "bad_measure"
        case .unknownPreset: "unknown_preset"
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
        case .unknownGroup: "There is no such group of orders."
        case .groupGone: "The group is on its way to its carrier, or was taken apart. Nothing can be changed in it."
        case .notInGroup: "The order is not in this group."
        case .noneWaits: "None of the group's orders waits any more. The group was taken apart."
        case .inManifest(let number): "The parcel is listed in the closed manifest \(number). Open that manifest again first."
        case .otherOpen(let number): "The manifest \(number) of this carrier is open. Close it first: a carrier has one open manifest."
        case .mustNotGo(let lines): "Nothing was handed over. These must not leave: \(lines.prefix(Self.mostNamed).joined(separator: "; "))\(lines.count > Self.mostNamed ? " …" : ""). Take them out, then hand over."
        case .reasonRequired: "Give a reason of at most \(BulkRequest.maximumReason) characters."
        case .badMeasure: "A box has three sides of \(ParcelMeasure.sides.lowerBound) to \(ParcelMeasure.sides.upperBound) millimetres: write 200x150x100 or 20x15x10 cm."
        case .unknownPreset(let name): "No box is called \(name). The channel's settings name the boxes."
        }
    }
    package var failureClass: FailureClass { .rejected }
    /// The numbers, where the fault is about some.
    package var named: [String] { if case .mustNotGo(let lines) = self { lines } else { [] } }
    private static let mostNamed = 20
}

/// A parcel with what a packer needs of its order.
package struct ParcelLine: Sendable, Equatable {
    package var parcel: StoredParcel
    package var order: StoredOrder
    package var contents: [Parcel.Content]
    package var carrier: String
    package var externalRef: String
    /// The other orders in the same box.
    package var companions: [StoredOrder] = []
    /// How large the box is; nil: nobody measured it.
    package var measure: ParcelMeasure?
    /// The name of the box that was taken.
    package var preset: String?

    /// What people call it by.
    var name: String { parcel.trackingNumber ?? order.snapshot.externalNumber }

    /// What its contents weigh by the orders' own words; nil where nothing says so.
    var contentGrams: Int? {
        let grams = contents.reduce(0) { $0 + (bought($1)?.weightGrams ?? 0) * $1.quantity }
        return grams > 0 ? grams : nil
    }

    /// The position that something in the box was bought in.
    package func bought(_ content: Parcel.Content) -> OrderLine? {
        let whose = content.order.flatMap { id in companions.first { $0.id == id } } ?? order
        return whose.snapshot.lines.first { $0.externalLineID == content.externalLineID }
    }

    /// Why it must not leave; nil: it may.
    package var hindrance: String? {
        if parcel.state == .void { return parcel.voidReason ?? "its booking was cancelled" }
        if let hindrance = order.packingHindrance { return hindrance }
        let gone = companions.filter { $0.workflow == .cancelled || $0.workflow == .excluded }.map(\.snapshot.externalNumber)
        if !gone.isEmpty { return "its goods of \(gone.joined(separator: ", ")) were cancelled" }
        return companions.lazy.compactMap { other in other.packingHindrance.map { "\(other.snapshot.externalNumber): \($0)" } }.first
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
        let companions = try tx.rows("SELECT order_id FROM shipment_orders WHERE shipment_id = \(parcel.shipment.value) ORDER BY order_id") { OrderID(try $0.int64(0)) }.compactMap { try OrderRows.find($0, in: tx) }
        var line = ParcelLine(parcel: parcel, order: order, contents: shipment.parcels.first { $0.ref == parcel.ref }?.contents ?? [], carrier: shipment.carrier, externalRef: shipment.externalRef, companions: companions)
        try tx.first("SELECT length_mm, width_mm, height_mm, preset FROM parcels WHERE id = \(parcel.id)") { row in
            if let length = try row.optionalInt(0), let width = try row.optionalInt(1), let height = try row.optionalInt(2) { line.measure = ParcelMeasure(length: length, width: width, height: height) }
            line.preset = try row.optionalText(3)
        }
        return line
    }

    /// The box is closed and weighed. Doing it again changes its weight and size and nothing else.
    ///
    /// - Parameter weightGrams: nil: what was reckoned stays.
    /// - Throws: `.isVoid` when the order has been cancelled meanwhile, `.inManifest` when a closed manifest says otherwise.
    @discardableResult
    package func pack(_ id: Int64, weightGrams: Int?, by actor: String) async throws -> ParcelLine { try await pack(id, Weighing(grams: weightGrams), by: actor) }

    @discardableResult
    package func pack(_ id: Int64, _ weighing: Weighing, by actor: String) async throws -> ParcelLine {
        try weighing.check()
        return try await ledger.write { try $0.pack(id, weighing, by: actor) }
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

/// What a packer says of a box.
package struct Weighing: Sendable, Equatable {
    /// With its contents, as the scale shows it; nil: what was reckoned.
    package var grams: Int?
    package var measure: ParcelMeasure?
    /// One of the carrier's boxes by its name: it gives the size, and where nothing was weighed its own weight to that of the contents.
    package var preset: String?
    package init(grams: Int? = nil, measure: ParcelMeasure? = nil, preset: String? = nil) { self.grams = grams; self.measure = measure; self.preset = preset }

    func check() throws(ShippingFault) {
        if let grams, !PackDesk.weights.contains(grams) { throw .badWeight }
        if let measure, !measure.isAllowed { throw .badMeasure }
    }
}

extension LedgerTransaction {
    func pack(_ id: Int64, _ weighing: Weighing, by actor: String) throws -> ParcelLine {
        guard let parcel = try ParcelRows.one(id, in: tx), let line = try PackDesk.line(parcel, in: tx) else { throw ShippingFault.unknownParcel }
        if let hindrance = line.hindrance { throw ShippingFault.isVoid(reason: hindrance) }
        guard parcel.state != .handedOver else { throw ShippingFault.alreadyGone }
        let isFirst = parcel.state == .toPack, (grams, measure, preset) = try box(weighing, of: line)
        if grams != parcel.weightGrams || measure != line.measure, let manifest = try ManifestRows.holding(parcel, in: tx) { throw ShippingFault.inManifest(number: manifest.number) }
        try tx.run("""
            UPDATE parcels
               SET state = 'packed', weight_grams = \(grams), length_mm = \(measure?.length), width_mm = \(measure?.width), height_mm = \(measure?.height), preset = \(preset),
                   packed_at = COALESCE(packed_at, \(now.milliseconds)), packed_by = COALESCE(packed_by, \(actor))
             WHERE id = \(id) AND state IN ('toPack','packed')
            """)
        try weigh(parcel, grams)
        if isFirst {
            try record(.packed, of: line.order, cause: Cause(.person, actor), note: Self.boxNote(parcel))
            try boxMoved(parcel, of: line.order.id, to: .readyToShip, cause: Cause(.person, actor))
        }
        return try ParcelRows.one(id, in: tx).flatMap { try PackDesk.line($0, in: tx) } ?? line
    }

    /// What is left unsaid stays as it is.
    private func box(_ weighing: Weighing, of line: ParcelLine) throws -> (Int, ParcelMeasure?, String?) {
        guard let name = weighing.preset else { return (weighing.grams ?? line.parcel.weightGrams, weighing.measure ?? line.measure, weighing.measure == nil ? line.preset : nil) }
        guard let preset = ParcelPresets.of(line.parcel.channel, order: line.order.channel, in: surroundings)[name] else { throw ShippingFault.unknownPreset(String(name.prefix(ParcelPresets.longestName))) }
        let grams = weighing.grams ?? line.contentGrams.map { $0 + preset.tareGrams } ?? line.parcel.weightGrams
        guard PackDesk.weights.contains(grams) else { throw ShippingFault.badWeight }
        return (grams, weighing.measure ?? preset.measure, name)
    }

    func unpack(_ id: Int64, by actor: String) throws {
        guard let parcel = try ParcelRows.one(id, in: tx), let order = try OrderRows.find(parcel.order, in: tx) else { throw ShippingFault.unknownParcel }
        guard parcel.state != .handedOver else { throw ShippingFault.alreadyGone }
        guard parcel.state == .packed else { return }
        if let manifest = try ManifestRows.holding(parcel, in: tx) { throw ShippingFault.inManifest(number: manifest.number) }
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
        try follow(shipment, besides: id, by: nil, cause: cause)
    }
}
