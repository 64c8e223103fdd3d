import Connect
import Database
package import Domain

/// What is wrong with a parcel that left, or must not.
package struct ShippingException: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Cancelled, held or excluded while its box stands packed (or has its label): are the goods back? `ShippingExceptions.goodsAreBack` answers.
        case cancelledAfterPacking
        /// The buyer did not take it.
        case refused
        /// On its way back, and come back: `goodsAreBack` ends both.
        case returning, returned
        case lost
        /// A carrier that tells where its parcels are has said nothing for long.
        case still

        /// After so many days without news a parcel leaves the list: nobody has dealt with it, and nobody will.
        package var leavesAfterDays: Int64 {
            switch self {
            case .cancelledAfterPacking, .refused, .still: 30
            case .returning, .returned: 60
            case .lost: 90
            }
        }
    }
    package var kind: Kind
    package var line: ParcelLine
    package var since: Timestamp
}

/// Lists parcels that need a person.
package struct ShippingExceptions: Sendable {
    let ledger: Ledger
    let now: @Sendable () -> Timestamp
    /// `Workspace.stillHours`: after so many hours without news a parcel on its way is told of.
    package let stillHours: @Sendable () -> Int
    /// Of one kind; more than a person can look through.
    package static let longestList = 2000

    package func list() async throws -> [ShippingException] {
        let time = now(), hours = Int64(stillHours()), quiet = (time - .seconds(hours * 3600)).milliseconds
        // However late a parcel comes on the list, it stands there for a while.
        let stillSince = time.milliseconds - max(ShippingException.Kind.still.leavesAfterDays * 24, 2 * hours) * 3_600_000
        @Sendable func oldest(_ kind: ShippingException.Kind) -> Int64 { (time - .seconds(kind.leavesAfterDays * 86_400)).milliseconds }
        // A marketplace that is not asked tells when it tells: its silence says nothing.
        let following = ledger.channels.surroundings.channels.values.filter { $0.kind == .courier || $0.abilities.contains(.tracks) }.map(\.id.value).sorted()
        return try await ledger.database.read { tx in
            var found: [ShippingException] = []
            func add(_ kind: ShippingException.Kind, _ condition: SQL) throws {
                let parcels = try tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE \(condition) ORDER BY id LIMIT \(Self.longestList)", ParcelRows.parcel)
                for parcel in parcels {
                    guard let line = try PackDesk.line(parcel, in: tx) else { continue }
                    found.append(ShippingException(kind: kind, line: line, since: max(parcel.lastEventAt, parcel.voidedAt ?? parcel.handedAt ?? parcel.packedAt ?? parcel.createdAt)))
                }
            }
            try add(.refused, "status = 'deliveryFailed' AND state = 'handedOver' AND last_event_at > \(oldest(.refused))")
            try add(.returning, "status = 'returning' AND last_event_at > \(oldest(.returning)) AND goods_back_at IS NULL")
            try add(.returned, "status = 'returned' AND last_event_at > \(oldest(.returned)) AND goods_back_at IS NULL")
            try add(.lost, "status = 'lost' AND last_event_at > \(oldest(.lost))")
            if !following.isEmpty {
                try add(.still, """
                    status IN ('pickedUp','inTransit','outForDelivery') AND state = 'handedOver' AND channel_id IN (\(list: following))
                    AND CASE WHEN last_event_at > 0 THEN last_event_at ELSE COALESCE(handed_at, created_at) END BETWEEN \(stillSince) AND \(quiet)
                    """)
            }
            // Its goods left the shelf when it was packed, or at the latest when its label was printed.
            try add(.cancelledAfterPacking, """
                voided_at > \(oldest(.cancelledAfterPacking)) AND goods_back_at IS NULL AND state = 'void' AND handed_at IS NULL
                AND (packed_at IS NOT NULL OR EXISTS (SELECT 1 FROM labels l WHERE l.shipment_id = parcels.shipment_id AND l.parcel_ref = parcels.ref AND l.prints > 0))
                """)
            // Few stand packed at once: those whose order may not leave any more are found by looking at each.
            for parcel in try tx.rows("SELECT \(ParcelRows.columns) FROM parcels WHERE state = 'packed' ORDER BY id", ParcelRows.parcel) {
                guard let line = try PackDesk.line(parcel, in: tx), line.hindrance != nil else { continue }
                found.append(ShippingException(kind: .cancelledAfterPacking, line: line, since: line.order.updatedAt))
            }
            return found
        }
    }

    /// A person says that the goods of a parcel that must not leave, or that came back, are on the shelf again: it leaves the list, and the order's timeline tells who said so.
    /// Saying it twice changes nothing. In a box that holds cancelled orders beside living ones it means that the cancelled ones' goods were taken out: the rest may leave.
    ///
    /// - Throws: `ShippingFault.unknownParcel`; `GoodsFault.notBack` for a parcel that is to leave or is on its way; `.collected` where the money of a cancelled order is collected with the box.
    package func goodsAreBack(_ parcel: Int64, by actor: String) async throws { try await ledger.write { try $0.goodsAreBack(parcel, by: actor) } }
}
