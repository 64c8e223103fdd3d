package import Connect
import Database
package import Domain

/// Numbers of a carrier's range: drawn ahead, written down for a parcel before they are used, never given twice.
package struct TrackingNumbers: Sendable {
    let ledger: Ledger
    let now: @Sendable () -> Timestamp
    private var database: Database { ledger.database }
    package init(ledger: Ledger, now: @escaping @Sendable () -> Timestamp) { self.ledger = ledger; self.now = now }

    /// Drawn at once, where the carrier is asked for them; a range of our own gives as many.
    static let drawnAtOnce = 100
    static let tries = 8

    /// What parcels wait for numbers for.
    package struct Need: Sendable {
        package var parcels: [Parcel], externalRef: String, channel: ChannelID, service: String?, isCOD: Bool
        package init(_ parcels: [Parcel], under externalRef: String, channel: ChannelID, service: String?, isCOD: Bool) {
            self.parcels = parcels; self.externalRef = externalRef; self.channel = channel; self.service = service; self.isCOD = isCOD
        }
    }

    /// A number for each of the parcels, the same ones at every try; those of another range than the parcel's now (its service was changed, or its COD) are exchanged, with an event on the order.
    ///
    /// - Throws: the connector's error when its range is at its end.
    package func allot(_ need: Need, of order: OrderID?, from carrier: any AllotsTrackingNumbers) async throws -> [Parcel] {
        let pool = carrier.numberRange(service: need.service, isCOD: need.isCOD), refs = need.parcels.map(\.ref), channel = need.channel
        let old = try await database.read { tx in
            try tx.rows("SELECT number FROM tracking_numbers WHERE channel_id = \(channel.value) AND external_ref = \(need.externalRef) AND pool <> \(pool)") { try $0.text(0) }
        }
        if !old.isEmpty { try await spoil(old, reason: "the parcel's service or payment was changed", channel: channel, order: order) }
        var after: String?
        for _ in 0..<Self.tries {
            let at = now()
            let given = try await database.write { tx in try Self.take(refs, under: need.externalRef, channel: channel, pool: pool, at: at, in: tx) }
            if let given { return need.parcels.map { parcel in var parcel = parcel; parcel.trackingNumber = given[parcel.ref] ?? parcel.trackingNumber; return parcel } }
            let last: String? = if let after { after } else { try await database.read { tx in try Self.last(of: pool, channel: channel, in: tx) } }
            let drawn = try await carrier.trackingNumbers(max(Self.drawnAtOnce, refs.count), service: need.service, isCOD: need.isCOD, after: last)
            after = try await database.write { tx in try Self.keep(drawn, channel: channel, pool: pool, at: at, in: tx) }
        }
        throw ConnectorError.refused(platformCode: "range_exhausted", platformMessage: "no free number could be drawn for the parcel")
    }

    /// The numbers that were written down under a reference, by the parcel's ref.
    package func allotted(under externalRef: String, channel: ChannelID) async throws -> [String: String] {
        try await database.read { tx in try Self.allotted(under: externalRef, channel: channel, in: tx) }
    }

    /// Numbers that are never given again: the next try draws others. The order's timeline tells of each.
    package func spoil(_ numbers: [String], reason: String, channel: ChannelID, order: OrderID?) async throws {
        try await ledger.write { transaction in
            for number in numbers {
                let changed = try transaction.tx.run("""
                    UPDATE tracking_numbers SET spoiled_at = \(transaction.now.milliseconds), spoiled_reason = \(reason), external_ref = NULL, parcel_ref = NULL
                     WHERE channel_id = \(channel.value) AND number = \(number) AND spoiled_at IS NULL
                    """)
                guard changed == 1, let order, let stored = try OrderRows.find(order, in: transaction.tx) else { continue }
                let name = transaction.surroundings.channels[channel]?.name ?? "\(channel)"
                try transaction.record(.updated, of: stored, cause: Cause(.destination, name), changes: [FieldChange("trackingNumber", from: number, to: nil)],
                                       note: "The number \(number) is used no more, the parcel gets another: \(reason)")
            }
        }
    }

    // MARK: the pool

    /// The number that was put into the range last: by its place, whatever the clock said when it was drawn.
    private static func last(of pool: String, channel: ChannelID, in tx: any Transaction) throws -> String? {
        try tx.first("SELECT number FROM tracking_numbers WHERE channel_id = \(channel.value) AND pool = \(pool) ORDER BY position DESC LIMIT 1") { try $0.text(0) }
    }

    /// Two drawings of a range of our own may bring the same numbers: the first keeps them.
    ///
    /// - Returns: the number to draw after next where all of these were known: the last one of the range that has them, under whatever name it was drawn; nil: after our own last one.
    private static func keep(_ drawn: [String], channel: ChannelID, pool: String, at: Timestamp, in tx: any Transaction) throws -> String? {
        var place = try tx.first("SELECT MAX(position) FROM tracking_numbers WHERE channel_id = \(channel.value) AND pool = \(pool)") { try $0.optionalInt64(0) }.flatMap(\.self) ?? 0, isNew = false
        for number in drawn {
            let kept = try tx.run("""
                INSERT INTO tracking_numbers (channel_id, number, pool, drawn_at, position) VALUES (\(channel.value), \(number), \(pool), \(at.milliseconds), \(place + 1))
                ON CONFLICT (channel_id, number) DO NOTHING
                """)
            if kept == 1 { place += 1; isNew = true }
        }
        guard !isNew, let final = drawn.last else { return nil }
        let owner = try tx.first("SELECT pool FROM tracking_numbers WHERE channel_id = \(channel.value) AND number = \(final)") { try $0.text(0) }
        return try owner.flatMap { $0 == pool ? nil : try last(of: $0, channel: channel, in: tx) } ?? final
    }

    private static func allotted(under externalRef: String, channel: ChannelID, in tx: any Transaction) throws -> [String: String] {
        Dictionary(try tx.rows("SELECT parcel_ref, number FROM tracking_numbers WHERE channel_id = \(channel.value) AND external_ref = \(externalRef)") { (try $0.text(0), try $0.text(1)) },
                   uniquingKeysWith: { first, _ in first })
    }

    /// nil: the pool holds too few.
    private static func take(_ refs: [String], under externalRef: String, channel: ChannelID, pool: String, at: Timestamp, in tx: any Transaction) throws -> [String: String]? {
        var given = try allotted(under: externalRef, channel: channel, in: tx)
        let wanting = refs.filter { given[$0] == nil }
        guard !wanting.isEmpty else { return given }
        let free = try tx.rows("""
            SELECT number FROM tracking_numbers WHERE channel_id = \(channel.value) AND pool = \(pool) AND external_ref IS NULL AND spoiled_at IS NULL ORDER BY number LIMIT \(wanting.count)
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

extension TrackingNumbers {
    func allot(_ request: BookingRequest, for job: Job, from carrier: any AllotsTrackingNumbers) async throws -> [Parcel] {
        try await allot(Need(request.parcels, under: request.externalRef, channel: job.destination, service: request.service, isCOD: request.codAmount != nil), of: job.order, from: carrier)
    }
    func spoil(_ numbers: [String], reason: String, for job: Job) async throws { try await spoil(numbers, reason: reason, channel: job.destination, order: job.order) }
}
