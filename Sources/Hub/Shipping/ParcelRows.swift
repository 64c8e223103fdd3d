import Database
package import Domain

/// One physical box as it goes through the house.
package struct StoredParcel: Sendable, Equatable {
    package enum State: String, Sendable, Codable, CaseIterable { case toPack, packed, handedOver, void }
    package var id: Int64
    package var shipment: ShipmentID
    package var order: OrderID
    /// The channel of the carrier account, or of the marketplace that ships it.
    package var channel: ChannelID
    package var ref: String, ofParcels: Int
    package var trackingNumber: String?
    package var weightGrams: Int
    /// What the carrier collects with this box, in minor units of `currency`.
    package var codMinor: Int64?
    package var currency: String
    package var postcode: String?
    package var status: Fulfilment
    package var state: State
    package var packedAt: Timestamp?, packedBy: String?, handedAt: Timestamp?
    package var manifest: Int64?
    package var lastSequence: Int64, lastEventAt: Timestamp
    package var createdAt: Timestamp
    /// What a marketplace calls the package.
    package var externalID: ExternalID?
    /// Why it must not leave, as a part of a sentence ("the order was cancelled at the shop"); nil where it is not void, or nobody said.
    package var voidReason: String?, voidedAt: Timestamp?
    /// A person said that its goods are on the shelf again (`ShippingExceptions.goodsAreBack`).
    package var goodsBackAt: Timestamp?, goodsBackBy: String?
}

/// The SQL of parcels.
enum ParcelRows {
    static let columns: SQL = """
        id, shipment_id, order_id, channel_id, ref, of_parcels, tracking_number, weight_grams, cod_minor, currency, postcode, status, state, packed_at, packed_by, handed_at, manifest_id,
        last_sequence, last_event_at, created_at, external_id, void_reason, voided_at, goods_back_at, goods_back_by
        """

    static func parcel(_ row: Row) throws -> StoredParcel {
        func time(_ column: Int) throws -> Timestamp? { try row.optionalInt64(column).map { Timestamp(milliseconds: $0) } }
        return StoredParcel(
            id: try row.int64(0), shipment: ShipmentID(try row.int64(1)), order: OrderID(try row.int64(2)), channel: ChannelID(try row.int64(3)), ref: try row.text(4), ofParcels: try row.int(5),
            trackingNumber: try row.optionalText(6), weightGrams: try row.int(7), codMinor: try row.optionalInt64(8), currency: try row.text(9), postcode: try row.optionalText(10),
            status: try row.value(Fulfilment.self, 11), state: try row.value(StoredParcel.State.self, 12), packedAt: try time(13), packedBy: try row.optionalText(14), handedAt: try time(15),
            manifest: try row.optionalInt64(16), lastSequence: try row.int64(17), lastEventAt: Timestamp(milliseconds: try row.int64(18)), createdAt: Timestamp(milliseconds: try row.int64(19)),
            externalID: try row.optionalText(20), voidReason: try row.optionalText(21), voidedAt: try time(22), goodsBackAt: try time(23), goodsBackBy: try row.optionalText(24))
    }

    /// The boxes of a new shipment. What is collected on delivery goes with the first; where each box is a consignment of its own it is shared out evenly,
    /// what does not divide going to the first ones, as the carrier is told.
    static func insert(_ shipment: Shipment, of order: StoredOrder, cod: Int64?, isShared: Bool, track: Bool, ids: () -> Int64, at: Timestamp, in tx: any Transaction) throws {
        for (index, parcel) in shipment.parcels.enumerated() {
            let count = Int64(shipment.parcels.count), share = cod.map { $0 / count + (Int64(index) < $0 % count ? 1 : 0) }
            let amount = isShared ? share : index == 0 ? cod : nil, trackAt: Int64? = track && parcel.trackingNumber != nil ? at.milliseconds : nil
            try tx.run("""
                INSERT INTO parcels (id, shipment_id, order_id, channel_id, ref, of_parcels, tracking_number, weight_grams, cod_minor, currency, postcode, status, state, last_sequence, last_event_at, track_at, created_at, external_id,
                    voided_at)
                VALUES (\(ids()), \(shipment.id.value), \(order.id.value), \(shipment.channel.value), \(parcel.ref), \(shipment.parcels.count), \(parcel.trackingNumber), \(parcel.weightGrams), \(amount),
                        \(order.snapshot.currency.code), \(order.snapshot.shipTo?.postcode), \(shipment.status.rawValue), \(shipment.isVoid ? "void" : "toPack"), 0, 0, \(trackAt), \(at.milliseconds),
                        \(parcel.externalID), \(shipment.isVoid ? at.milliseconds : nil))
                """)
        }
    }

    static func all(of shipment: ShipmentID, in tx: any Transaction) throws -> [StoredParcel] {
        try tx.rows("SELECT \(columns) FROM parcels WHERE shipment_id = \(shipment.value) ORDER BY id", parcel)
    }

    static func all(of order: OrderID, in tx: any Transaction) throws -> [StoredParcel] {
        try tx.rows("""
            SELECT \(columns) FROM parcels WHERE order_id = \(order.value) OR shipment_id IN (SELECT shipment_id FROM shipment_orders WHERE order_id = \(order.value)) ORDER BY id
            """, parcel)
    }

    static func one(_ id: Int64, in tx: any Transaction) throws -> StoredParcel? { try tx.first("SELECT \(columns) FROM parcels WHERE id = \(id)", parcel) }

    /// The living box under a number; of several (a number used again years later) the youngest.
    static func find(number: String, in tx: any Transaction) throws -> StoredParcel? {
        try tx.first("SELECT \(columns) FROM parcels WHERE tracking_number = \(number) AND state <> 'void' ORDER BY id DESC LIMIT 1", parcel)
    }

    static func find(number: String, channel: ChannelID, in tx: any Transaction) throws -> StoredParcel? {
        try tx.first("SELECT \(columns) FROM parcels WHERE tracking_number = \(number) AND channel_id = \(channel.value) ORDER BY id DESC LIMIT 1", parcel)
    }

    /// The box that a marketplace calls so.
    static func find(externalID: ExternalID, channel: ChannelID, in tx: any Transaction) throws -> StoredParcel? {
        try tx.first("SELECT \(columns) FROM parcels WHERE external_id = \(externalID) AND channel_id = \(channel.value) ORDER BY id DESC LIMIT 1", parcel)
    }

    /// The carrier has collected what a box was sent for; without a box's own reference, that of every box of the shipment.
    static func collected(_ shipment: ShipmentID, ref: String?, at: Timestamp, in tx: any Transaction) throws {
        let which: SQL = ref.map { "ref = \($0)" } ?? "1 = 1"
        try tx.run("UPDATE parcels SET collected_at = COALESCE(collected_at, \(at.milliseconds)) WHERE shipment_id = \(shipment.value) AND \(which)")
    }

    /// Whether a living box of the order has still to bring its cash on delivery: neither the carrier's news nor its remittance has told of it.
    static func isOwed(for order: OrderID, in tx: any Transaction) throws -> Bool {
        try tx.first("""
            SELECT 1 FROM parcels
             WHERE (order_id = \(order.value) OR shipment_id IN (SELECT shipment_id FROM shipment_orders WHERE order_id = \(order.value)))
               AND cod_minor IS NOT NULL AND state <> 'void' AND remitted_at IS NULL AND collected_at IS NULL LIMIT 1
            """) { try $0.int(0) } != nil
    }

    /// Brings the boxes in step with their shipment: numbers that came later, a booking that no longer stands, an end after which nobody is asked any more.
    static func follow(_ shipment: Shipment, at: Timestamp, in tx: any Transaction) throws {
        if shipment.isVoid { return try void(shipment.id, ref: nil, reason: "its booking was cancelled", at: at, in: tx) }
        for parcel in shipment.parcels {
            try tx.run("""
                UPDATE parcels SET tracking_number = COALESCE(\(parcel.trackingNumber), tracking_number), weight_grams = \(parcel.weightGrams), external_id = COALESCE(\(parcel.externalID), external_id)
                 WHERE shipment_id = \(shipment.id.value) AND ref = \(parcel.ref)
                """)
        }
    }

    /// Boxes that must not leave any more, and why; what was said first stays. One that has left the house is not called back by this.
    static func void(_ shipment: ShipmentID, ref: String?, reason: String, at: Timestamp, in tx: any Transaction) throws {
        let which: SQL = ref.map { "ref = \($0)" } ?? "1 = 1"
        try tx.run("""
            UPDATE parcels SET state = 'void', track_at = NULL, void_reason = COALESCE(void_reason, \(reason)), voided_at = COALESCE(voided_at, \(at.milliseconds))
             WHERE shipment_id = \(shipment.value) AND \(which) AND state IN ('toPack','packed','void')
            """)
    }

    /// News of one box, or of all boxes of a shipment.
    static func moved(_ shipment: ShipmentID, ref: String?, to status: Fulfilment, sequence: Int64, at: Timestamp, in tx: any Transaction) throws {
        let isOver = [.delivered, .returned, .lost].contains(status), which: SQL = ref.map { "ref = \($0)" } ?? "1 = 1"
        // A box that the carrier has seen has left the house, whether somebody scanned it out or not, and whether it was to be kept back or not.
        let state: SQL = status.isShipped ? "CASE WHEN state = 'void' AND shipment_id IN (SELECT id FROM shipments WHERE is_void = 1) THEN 'void' ELSE 'handedOver' END" : "state"
        try tx.run("""
            UPDATE parcels
               SET status = \(status.rawValue), state = \(state), last_sequence = CASE WHEN last_sequence > \(sequence) THEN last_sequence ELSE \(sequence) END,
                   last_event_at = CASE WHEN last_event_at > \(at.milliseconds) THEN last_event_at ELSE \(at.milliseconds) END, track_at = CASE WHEN \(isOver) = 1 THEN NULL ELSE track_at END
             WHERE shipment_id = \(shipment.value) AND \(which)
            """)
    }
}
