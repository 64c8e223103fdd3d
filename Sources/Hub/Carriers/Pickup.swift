import Connect
import Database
package import Domain

/// A pick-up that a carrier was asked for.
package struct Pickup: Sendable, Equatable {
    package enum State: String, Sendable, Codable, CaseIterable {
        /// The carrier was asked, and its answer is not known yet: asking again is the same question.
        case asking
        case requested, refused, cancelled
    }
    package var id: Int64, channel: ChannelID
    /// `2026-11-21`, where the parcels are.
    package var day: String
    /// From and until; nil: the carrier's own hours.
    package var window: [String]?
    package var parcels: Int
    package var state: State
    package var externalID: ExternalID?
    /// The carrier's word for how it stands, and why it refused.
    package var carrierStatus: String?, message: String?
    package var askedBy: String, askedAt: Timestamp
    var bookings: [ExternalID]
}

/// How a carrier is asked to come.
package enum PickupWay: Sendable, Equatable {
    case call
    /// The carrier documents no call: what to do instead.
    case byHand(String)
}

package enum PickupFault: HubError, Equatable {
    case unknown, noCarrier, byHand(String), badDay(String), badWindow, nothingPacked(String), notLiving(Pickup.State)

    package var code: String {
        switch self {
        case .unknown: "unknown_pickup"
        case .noCarrier: "unknown_channel"
        case .byHand: "pickup_by_hand"
        case .badDay: "bad_day"
        case .badWindow: "bad_window"
        case .nothingPacked: "no_orders"
        case .notLiving: "pickup_over"
        }
    }
    package var sentence: String {
        switch self {
        case .unknown: "There is no such pick-up."
        case .noCarrier: "There is no such carrier."
        case .byHand(let words): words
        case .badDay(let text): "“\(text.prefix(40))” is no day to come on: write today or a day of the next \(PickupDesk.maximumDaysAhead), like 2026-11-21."
        case .badWindow: "The hours are from and until, like 13:00 and 17:00."
        case .nothingPacked(let carrier): "Nothing is packed for \(carrier). Pack its parcels, or count them into its manifest, then ask for the pick-up."
        case .notLiving(let state): "The pick-up is \(state.rawValue), so it cannot be called off."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// The SQL of pick-ups.
enum PickupRows {
    private static let columns: SQL = "id, channel_id, day, window_from, window_to, parcels, bookings, state, external_id, carrier_status, message, asked_by, asked_at"

    private static func pickup(_ row: Row) throws -> Pickup {
        let from = try row.optionalText(3), until = try row.optionalText(4)
        return Pickup(
            id: try row.int64(0), channel: ChannelID(try row.int64(1)), day: try row.text(2), window: from.flatMap { from in until.map { [from, $0] } }, parcels: try row.int(5),
            state: try row.value(Pickup.State.self, 7), externalID: try row.optionalText(8), carrierStatus: try row.optionalText(9), message: try row.optionalText(10), askedBy: try row.text(11),
            askedAt: Timestamp(milliseconds: try row.int64(12)), bookings: try OrderRows.decode([ExternalID].self, row.text(6), column: "bookings"))
    }

    static func one(_ id: Int64, in tx: any Transaction) throws -> Pickup? { try tx.first("SELECT \(columns) FROM pickups WHERE id = \(id)", pickup) }

    static func living(of channel: ChannelID, on day: String, in tx: any Transaction) throws -> Pickup? {
        try tx.first("SELECT \(columns) FROM pickups WHERE channel_id = \(channel.value) AND day = \(day) AND state IN ('asking','requested')", pickup)
    }

    static func since(_ day: String, limit: Int, in tx: any Transaction) throws -> [Pickup] {
        try tx.rows("SELECT \(columns) FROM pickups WHERE day >= \(day) ORDER BY day, id LIMIT \(limit)", pickup)
    }

    /// Nothing happens when another living one stands for the carrier and the day.
    static func insert(_ pickup: Pickup, in tx: any Transaction) throws {
        try tx.run("""
            INSERT INTO pickups (id, channel_id, day, window_from, window_to, parcels, bookings, state, asked_by, asked_at, updated_at)
            VALUES (\(pickup.id), \(pickup.channel.value), \(pickup.day), \(pickup.window?.first), \(pickup.window?.last), \(pickup.parcels), \(try OrderRows.encodeOne(pickup.bookings)),
                    \(pickup.state.rawValue), \(pickup.askedBy), \(pickup.askedAt.milliseconds), \(pickup.askedAt.milliseconds))
            ON CONFLICT (channel_id, day) WHERE state IN ('asking','requested') DO NOTHING
            """)
    }

    static func answer(_ id: Int64, _ state: Pickup.State, externalID: ExternalID?, status: String?, message: String?, at: Timestamp, in tx: any Transaction) throws {
        try tx.run("""
            UPDATE pickups SET state = \(state.rawValue), external_id = \(externalID), carrier_status = \(status), message = \(message), updated_at = \(at.milliseconds) WHERE id = \(id)
            """)
    }
}
