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
}

/// The SQL of parcels.
enum ParcelRows {
    static let columns: SQL = """
        id, shipment_id, order_id, channel_id, ref, of_parcels, tracking_number, weight_grams, cod_minor, currency, postcode, status, state, packed_at, packed_by, handed_at, manifest_id,
        last_sequence, last_event_at, created_at
        """

    static func parcel(_ row: Row) throws -> StoredParcel {
        func time(_ column: Int) throws -> Timestamp? { try row.optionalInt64(column).map { Timestamp(milliseconds: $0) } }
        return StoredParcel(
            id: try row.int64(0), shipment: ShipmentID(try row.int64(1)), order: OrderID(try row.int64(2)), channel: ChannelID(try row.int64(3)), ref: try row.text(4), ofParcels: try row.int(5),
            trackingNumber: try row.optionalText(6), weightGrams: try row.int(7), codMinor: try row.optionalInt64(8), currency: try row.text(9), postcode: try row.optionalText(10),
            status: try row.value(Fulfilment.self, 11), state: try row.value(StoredParcel.State.self, 12), packedAt: try time(13), packedBy: try row.optionalText(14), handedAt: try time(15),
            manifest: try row.optionalInt64(16), lastSequence: try row.int64(17), lastEventAt: Timestamp(milliseconds: try row.int64(18)), createdAt: Timestamp(milliseconds: try row.int64(19)))
    }

    /// The boxes of a new shipment. What is collected on delivery goes with the first; where each box is a consignment of its own it is shared out evenly,
    /// what does not divide going to the first ones, as the carrier is told.
    static func insert(_ shipment: Shipment, of order: StoredOrder, cod: Int64?, isShared: Bool, track: Bool, ids: () -> Int64, at: Timestamp, in tx: any Transaction) throws {
        for (index, parcel) in shipment.parcels.enumerated() {
            let count = Int64(shipment.parcels.count), share = cod.map { $0 / count + (Int64(index) < $0 % count ? 1 : 0) }
            let amount = isShared ? share : index == 0 ? cod : nil, trackAt: Int64? = track && parcel.trackingNumber != nil ? at.milliseconds : nil
            try tx.run("""
                INSERT INTO parcels (id, shipment_id, order_id, channel_id, ref, of_parcels, tracking_number, weight_grams, cod_minor, currency, postcode, status, state, last_sequence, last_event_at, track_at, created_at)
                VALUES (\(ids()), \(shipment.id.value), \(order.id.value), \(shipment.channel.value), \(parcel.ref), \(shipment.parcels.count), \(parcel.trackingNumber), \(parcel.weightGrams), \(amount),
                        \(order.snapshot.currency.code), \(order.snapshot.shipTo?.postcode), \(shipment.status.rawValue), \(shipment.isVoid ? "void" : "toPack"), 0, 0, \(trackAt), \(at.milliseconds))
                """)
        }
    }

    static func all(of shipment: ShipmentID, in tx: any Transaction) throws -> [StoredParcel] {
        try tx.rows("SELECT \(columns) FROM parcels WHERE shipment_id = \(shipment.value) ORDER BY id", parcel)
    }

    static func all(of order: OrderID, in tx: any Transaction) throws -> [StoredParcel] {
        try tx.rows("SELECT \(columns) FROM parcels WHERE order_id = \(order.value) ORDER BY id", parcel)
    }

    static func one(_ id: Int64, in tx: any Transaction) throws -> StoredParcel? { try tx.first("SELECT \(columns) FROM parcels WHERE id = \(id)", parcel) }

    /// The living box under a number; of several (a number used again years later) the youngest.
    static func find(number: String, in tx: any Transaction) throws -> StoredParcel? {
        try tx.first("SELECT \(columns) FROM parcels WHERE tracking_number = \(number) AND state <> 'void' ORDER BY id DESC LIMIT 1", parcel)
    }

    static func find(number: String, channel: ChannelID, in tx: any Transaction) throws -> StoredParcel? {
        try tx.first("SELECT \(columns) FROM parcels WHERE tracking_number = \(number) AND channel_id = \(channel.value) ORDER BY id DESC LIMIT 1", parcel)
    }

    /// Brings the boxes in step with their shipment: numbers that came later, a booking that no longer stands, an end after which nobody is asked any more.
    static func follow(_ shipment: Shipment, in tx: any Transaction) throws {
        if shipment.isVoid {
            try tx.run("UPDATE parcels SET state = 'void', track_at = NULL WHERE shipment_id = \(shipment.id.value)")
            return
        }
        for parcel in shipment.parcels {
            try tx.run("UPDATE parcels SET tracking_number = \(parcel.trackingNumber), weight_grams = \(parcel.weightGrams) WHERE shipment_id = \(shipment.id.value) AND ref = \(parcel.ref)")
        }
    }

    /// News of one box, or of all boxes of a shipment.
    static func moved(_ shipment: ShipmentID, ref: String?, to status: Fulfilment, sequence: Int64, at: Timestamp, in tx: any Transaction) throws {
        let isOver = [.delivered, .returned, .lost].contains(status), which: SQL = ref.map { "ref = \($0)" } ?? "1 = 1"
        // A box that the carrier has seen has left the house, whether somebody scanned it out or not.
        let state: SQL = status.isShipped ? "CASE WHEN state = 'void' THEN 'void' ELSE 'handedOver' END" : "state"
        try tx.run("""
            UPDATE parcels
               SET status = \(status.rawValue), state = \(state), last_sequence = CASE WHEN last_sequence > \(sequence) THEN last_sequence ELSE \(sequence) END,
                   last_event_at = CASE WHEN last_event_at > \(at.milliseconds) THEN last_event_at ELSE \(at.milliseconds) END, track_at = CASE WHEN \(isOver) = 1 THEN NULL ELSE track_at END
             WHERE shipment_id = \(shipment.value) AND \(which)
            """)
    }
}
