import Connect
import Database
package import Domain

/// Asks carriers to fetch parcels: once a carrier and day, with what stands packed for it. The carrier is asked outside any transaction, under a key that was written down before;
/// after a crash or a lost answer the same question is asked again under the same key.
package struct PickupDesk: Sendable {
    let ledger: Ledger
    let directory: ChannelDirectory
    package static let maximumDaysAhead = 30
    static let maximumBookings = 5000, maximumListed = 200

    /// Whether a carrier takes the request by a call, or a person has to ask.
    ///
    /// - Throws: `PickupFault.noCarrier` for a channel that is no working carrier.
    package func way(of channel: ChannelID) throws(PickupFault) -> PickupWay {
        guard let known = directory.channel(channel), known.kind == .courier, known.state != .removed, let connector = directory.connector(of: channel) else { throw .noCarrier }
        if connector is any RequestsPickups { return .call }
        if let carrier = connector as? any ArrangesPickupsByHand { return .byHand(type(of: carrier).pickupByHand) }
        return .byHand("\(known.name) takes no pick-up requests from here: its interface documents no call for them. Ask it as its contract says.")
    }

    /// What stands for a carrier from a day on, and what was asked of it.
    package func pickups(since day: String) async throws -> [Pickup] {
        try await ledger.database.read { try PickupRows.since(day, limit: Self.maximumListed, in: $0) }
    }

    /// Asks for a pick-up of what is counted in the carrier's open manifest and what is packed for it. Asked again for the same day it is the same pick-up.
    ///
    /// - Throws: `PickupFault`; `ConnectorError` when the carrier could not be reached (ask again) or refused.
    package func request(_ channel: ChannelID, on day: String, window: [String]? = nil, by actor: AuditActor) async throws -> Pickup {
        guard case .call = try way(of: channel), let connector = directory.connector(of: channel) as? any RequestsPickups else {
            if case .byHand(let words) = try way(of: channel) { throw PickupFault.byHand(words) }
            throw PickupFault.noCarrier
        }
        try check(day, window)
        let name = directory.channel(channel)?.name ?? ""
        let pickup = try await ledger.write { try $0.beginPickup(channel, named: name, on: day, window: window, by: actor) }
        guard pickup.state == .asking else { return pickup }
        do throws(ConnectorError) {
            let request = PickupRequest(date: pickup.day, window: pickup.window, parcelCount: pickup.parcels, externalIDs: pickup.bookings)
            let answer = try await connector.requestPickup(request, idempotencyKey: "pickup:\(pickup.id)")
            return try await keep(pickup.id, .requested, answer, nil, by: actor)
        } catch {
            // What is refused is over; of anything else nobody knows, and the next asking finds out.
            if case .refused(let code, let words) = error { _ = try await keep(pickup.id, .refused, nil, "\(words) (\(code))", by: actor) }
            throw error
        }
    }

    /// Calls a pick-up off. - Throws: `PickupFault`; what the carrier says.
    package func cancel(_ id: Int64, by actor: AuditActor) async throws -> Pickup {
        guard let pickup = try await ledger.database.read({ try PickupRows.one(id, in: $0) }) else { throw PickupFault.unknown }
        if pickup.state == .cancelled { return pickup }
        guard pickup.state == .requested, let externalID = pickup.externalID else { throw PickupFault.notLiving(pickup.state) }
        guard let connector = directory.connector(of: pickup.channel) as? any RequestsPickups else { throw PickupFault.noCarrier }
        try await connector.cancelPickup(externalID, idempotencyKey: "pickup:\(id):cancel")
        return try await keep(id, .cancelled, PickupAnswer(externalID: externalID, status: "cancelled"), nil, by: actor)
    }

    private func keep(_ id: Int64, _ state: Pickup.State, _ answer: PickupAnswer?, _ message: String?, by actor: AuditActor) async throws(ConnectorError) -> Pickup {
        do {
            return try await ledger.write { transaction in
                try PickupRows.answer(id, state, externalID: answer?.externalID, status: answer?.status, message: message, at: transaction.now, in: transaction.tx)
                try transaction.audit(AuditChange(actor, "pickup.\(state.rawValue)", "pickup:\(id)", after: answer.map { ["carrier": $0.externalID] }, note: message))
                guard let kept = try PickupRows.one(id, in: transaction.tx) else { throw PickupFault.unknown }
                return kept
            }
        } catch { throw .unreachable(reason: "the carrier's answer could not be kept") }
    }

    private func check(_ day: String, _ window: [String]?) throws(PickupFault) {
        guard day.utf8.count == 10, let start = Timestamp(rfc3339: "\(day)T00:00:00Z") else { throw .badDay(day) }
        // The day is the carrier's, wherever it is: half a day of leeway on both sides.
        let now = ledger.now(), halfDay = Duration.seconds(43_200)
        guard start + .seconds(86_400) + halfDay > now, start < now + .seconds(86_400 * Self.maximumDaysAhead) + halfDay else { throw .badDay(day) }
        guard let window else { return }
        guard window.count == 2, window.allSatisfy(Self.isHour), window[0] < window[1] else { throw .badWindow }
    }

    private static func isHour(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count == 5, parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]) else { return false }
        return (0...23).contains(hour) && (0...59).contains(minute)
    }
}

extension Hub {
    /// Stateless: everything it knows is in the ledger.
    package var pickups: PickupDesk { PickupDesk(ledger: ledger, directory: channels.directory) }
}

extension LedgerTransaction {
    /// The living pick-up of the carrier and day, or a new one with what is packed now.
    func beginPickup(_ channel: ChannelID, named name: String, on day: String, window: [String]?, by actor: AuditActor) throws -> Pickup {
        if let living = try PickupRows.living(of: channel, on: day, in: tx) { return living }
        let counted: SQL = try ManifestRows.open(of: channel, in: tx).map { "OR p.manifest_id = \($0.id)" } ?? ""
        let rows = try tx.rows("""
            SELECT p.id, s.external_id FROM parcels p JOIN shipments s ON s.id = p.shipment_id WHERE (\(ManifestRows.expected(channel))) \(counted) ORDER BY p.id LIMIT \(PickupDesk.maximumBookings)
            """) { try $0.optionalText(1) }
        guard !rows.isEmpty else { throw PickupFault.nothingPacked(name) }
        var seen: Set<ExternalID> = []
        let bookings = rows.compactMap(\.self).filter { seen.insert($0).inserted }
        let pickup = Pickup(id: nextID(), channel: channel, day: day, window: window, parcels: rows.count, state: .asking, askedBy: actor.name, askedAt: now, bookings: bookings)
        try PickupRows.insert(pickup, in: tx)
        guard let kept = try PickupRows.living(of: channel, on: day, in: tx) else { throw PickupFault.unknown }
        if kept.id == pickup.id { try audit(AuditChange(actor, "pickup.ask", "pickup:\(kept.id)", after: ["channel": "\(channel)", "day": day, "parcels": "\(rows.count)"])) }
        return kept
    }
}
