package import Domain
import Database

/// What is wrong with a parcel that left, or must not.
package struct ShippingException: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Cancelled, held or excluded while its box stands packed.
        case cancelledAfterPacking
        /// The buyer did not take it.
        case refused
        case returning, returned, lost
        /// The carrier has said nothing for long.
        case still
    }
    package var kind: Kind
    package var line: ParcelLine
    package var since: Timestamp
}

/// Lists parcels that need a person.
package struct ShippingExceptions: Sendable {
    let ledger: Ledger
    let now: @Sendable () -> Timestamp
    package static let longestList = 200
    /// After so long without news a parcel on its way is told of.
    package static let stillAfter = Duration.seconds(48 * 3600)
    static let lookedBack = Duration.seconds(30 * 86_400)

    /// - Parameter stillHours: hours without news after which a parcel counts as not moving.
    package func list(stillHours: Int? = nil) async throws -> [ShippingException] {
        let time = now(), quiet = (time - (stillHours.map { .seconds(Int64($0) * 3600) } ?? Self.stillAfter)).milliseconds, oldest = (time - Self.lookedBack).milliseconds
        return try await ledger.database.read { tx in
            var found: [ShippingException] = []
            func add(_ kind: ShippingException.Kind, _ condition: SQL) throws {
                let parcels = try tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE \(condition) ORDER BY id LIMIT \(Self.longestList)", ParcelRows.parcel)
                for parcel in parcels {
                    guard let line = try PackDesk.line(parcel, in: tx) else { continue }
                    found.append(ShippingException(kind: kind, line: line, since: max(parcel.lastEventAt, parcel.handedAt ?? parcel.packedAt ?? parcel.createdAt)))
                }
            }
            try add(.refused, "status = 'deliveryFailed' AND state = 'handedOver'")
            try add(.returning, "status = 'returning'")
            try add(.lost, "status = 'lost' AND created_at > \(oldest)")
            try add(.still, """
                status IN ('pickedUp','inTransit','outForDelivery') AND state = 'handedOver' AND created_at > \(oldest)
                AND CASE WHEN last_event_at > 0 THEN last_event_at ELSE COALESCE(handed_at, created_at) END < \(quiet)
                """)
            // Few stand packed at once: those whose order may not leave any more are found by looking at each.
            let packed = try tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE state = 'packed' ORDER BY id", ParcelRows.parcel)
                + tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE state = 'void' AND packed_at IS NOT NULL AND handed_at IS NULL AND created_at > \(oldest) ORDER BY id DESC LIMIT \(Self.longestList)", ParcelRows.parcel)
            for parcel in packed {
                guard let line = try PackDesk.line(parcel, in: tx), line.hindrance != nil else { continue }
                found.append(ShippingException(kind: .cancelledAfterPacking, line: line, since: line.order.updatedAt))
            }
            return found
        }
    }
}
