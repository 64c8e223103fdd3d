package import Database
package import Domain
import Foundation

package enum ShipmentRows {
    package static func all(of order: OrderID, in tx: any Transaction) throws -> [Shipment] {
        try tx.rows("""
            SELECT document, id FROM shipments WHERE order_id = \(order.value)
            UNION ALL
            SELECT s.document, s.id FROM shipments s JOIN shipment_orders o ON o.shipment_id = s.id WHERE o.order_id = \(order.value)
            ORDER BY 2
            """) { row in
            try OrderRows.decode(Shipment.self, row.text(0), column: "document")
        }
    }

    struct Found { var shipment: Shipment, order: OrderID, lastSequence: Int64, lastEventAt: Timestamp }

    /// The shipment that a carrier's news is about, by our reference, its id or the tracking number.
    static func find(_ update: TrackingUpdate, channel: ChannelID, in tx: any Transaction) throws -> Found? {
        func first(_ condition: SQL) throws -> Found? {
            try tx.first("SELECT document, order_id, last_sequence, last_event_at FROM shipments WHERE channel_id = \(channel.value) AND \(condition)") { row in
                Found(shipment: try OrderRows.decode(Shipment.self, row.text(0), column: "document"), order: OrderID(try row.int64(1)),
                      lastSequence: try row.int64(2), lastEventAt: Timestamp(milliseconds: try row.int64(3)))
            }
        }
        if let ref = update.externalRef, let found = try first("external_ref = \(ref)") { return found }
        if let id = update.externalID {
            if let found = try first("external_id = \(id)") { return found }
            // A marketplace's news is of a package of its own.
            if let parcel = try ParcelRows.find(externalID: id, channel: channel, in: tx), let found = try first("id = \(parcel.shipment.value)") { return found }
        }
        guard let number = update.trackingNumber else { return nil }
        if let found = try first("tracking_number = \(number)") { return found }
        guard let parcel = try ParcelRows.find(number: number, channel: channel, in: tx) else { return nil }
        return try first("id = \(parcel.shipment.value)")
    }

    /// The shipment that was booked under our reference, whoever recorded it.
    static func find(externalRef: String, in tx: any Transaction) throws -> Found? {
        try tx.first("SELECT document, order_id, last_sequence, last_event_at FROM shipments WHERE external_ref = \(externalRef)") { row in
            Found(shipment: try OrderRows.decode(Shipment.self, row.text(0), column: "document"), order: OrderID(try row.int64(1)),
                  lastSequence: try row.int64(2), lastEventAt: Timestamp(milliseconds: try row.int64(3)))
        }
    }

    /// Writes what changed of it by our own hands: no news of its carrier.
    static func keep(_ shipment: Shipment, in tx: any Transaction) throws {
        try tx.run("""
            UPDATE shipments SET external_id = \(shipment.externalID), tracking_number = \(shipment.trackingNumber), status = \(shipment.status.rawValue), is_void = \(shipment.isVoid),
                   document = \(try OrderRows.encodeOne(shipment))
             WHERE id = \(shipment.id.value)
            """)
    }

    static func insert(_ shipment: Shipment, order: OrderID, at: Timestamp, in tx: any Transaction) throws {
        try tx.run("""
            INSERT INTO shipments (id, order_id, channel_id, external_ref, external_id, tracking_number, status, is_void, last_sequence, last_event_at, document)
            VALUES (\(shipment.id.value), \(order.value), \(shipment.channel.value), \(shipment.externalRef), \(shipment.externalID), \(shipment.trackingNumber),
                    \(shipment.status.rawValue), \(shipment.isVoid), 0, 0, \(try OrderRows.encodeOne(shipment)))
            """)
    }

    static func update(_ shipment: Shipment, lastSequence: Int64, lastEventAt: Timestamp, in tx: any Transaction) throws {
        try tx.run("""
            UPDATE shipments
               SET external_id = \(shipment.externalID), tracking_number = \(shipment.trackingNumber), status = \(shipment.status.rawValue),
                   is_void = \(shipment.isVoid), last_sequence = \(lastSequence), last_event_at = \(lastEventAt.milliseconds),
                   document = \(try OrderRows.encodeOne(shipment))
             WHERE id = \(shipment.id.value)
            """)
    }
}
