package import Connect
package import Database
package import Domain

/// Numbers of a carrier's range: drawn ahead, written down for a parcel before they are used, never given twice.
package struct TrackingNumbers: Sendable {
    let database: Database
    let now: @Sendable () -> Timestamp
    package init(database: Database, now: @escaping @Sendable () -> Timestamp) { self.database = database; self.now = now }

    /// Drawn at once, where the carrier is asked for them; a range of our own gives as many.
    static let drawnAtOnce = 100
    static let tries = 4

    /// A number for each of the parcels, the same ones at every try.
    ///
    /// - Throws: the connector's error when its range is at its end.
    package func allot(to parcels: [Parcel], under externalRef: String, channel: ChannelID, service: String?, isCOD: Bool, from carrier: any AllotsTrackingNumbers) async throws -> [Parcel] {
        let pool = (service ?? "") + (isCOD ? "+cod" : ""), refs = parcels.map(\.ref)
        for _ in 0..<Self.tries {
            let at = now()
            let given = try await database.write { tx in try Self.take(refs, under: externalRef, channel: channel, pool: pool, at: at, in: tx) }
            if let given { return parcels.map { parcel in var parcel = parcel; parcel.trackingNumber = given[parcel.ref] ?? parcel.trackingNumber; return parcel } }
            let last = try await database.read { tx in
                try tx.first("SELECT number FROM tracking_numbers WHERE channel_id = \(channel.value) AND pool = \(pool) ORDER BY drawn_at DESC, number DESC LIMIT 1") { try $0.text(0) }
            }
            let drawn = try await carrier.trackingNumbers(max(Self.drawnAtOnce, parcels.count), service: service, isCOD: isCOD, after: last)
            try await database.write { tx in
                // Two drawings of a range of our own may bring the same numbers: the first keeps them.
                for number in drawn {
                    try tx.run("""
                        INSERT INTO tracking_numbers (channel_id, number, pool, drawn_at) VALUES (\(channel.value), \(number), \(pool), \(at.milliseconds)) ON CONFLICT (channel_id, number) DO NOTHING
                        """)
                }
            }
        }
        throw ConnectorError.refused(platformCode: "range_exhausted", platformMessage: "no free number could be drawn for the parcel")
    }

    /// nil: the pool holds too few.
    private static func take(_ refs: [String], under externalRef: String, channel: ChannelID, pool: String, at: Timestamp, in tx: any Transaction) throws -> [String: String]? {
        var given = Dictionary(uniqueKeysWithValues: try tx.rows("""
            SELECT parcel_ref, number FROM tracking_numbers WHERE channel_id = \(channel.value) AND external_ref = \(externalRef)
            """) { (try $0.text(0), try $0.text(1)) })
        let wanting = refs.filter { given[$0] == nil }
        guard !wanting.isEmpty else { return given }
        let free = try tx.rows("""
            SELECT number FROM tracking_numbers WHERE channel_id = \(channel.value) AND pool = \(pool) AND external_ref IS NULL ORDER BY number LIMIT \(wanting.count)
            """) { try $0.text(0) }
        guard free.count == wanting.count else { return nil }
        for (ref, number) in zip(wanting, free) {
            let taken = try tx.run("""
                UPDATE tracking_numbers SET external_ref = \(externalRef), parcel_ref = \(ref), allotted_at = \(at.milliseconds)
                 WHERE channel_id = \(channel.value) AND number = \(number) AND external_ref IS NULL
                """)
            guard taken == 1 else { return nil }
            given[ref] = number
        }
        return given
    }
}
