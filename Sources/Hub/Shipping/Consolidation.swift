package import Domain
import Database

/// Orders that were put together.
package struct Consolidation: Sendable, Equatable {
    package enum State: String, Sendable, Codable, CaseIterable { case planned, released, booked, undone }
    package var id: Int64, channel: ChannelID, lead: OrderID, state: State
    package var orders: [OrderID]
    package var singleMinor: Int64?, togetherMinor: Int64?
    package var currency: String, madeBy: String, madeAt: Timestamp
    package var savingMinor: Int64? { singleMinor.flatMap { single in togetherMinor.map { single - $0 } } }
}

/// The SQL of consolidations.
enum ConsolidationRows {
    static func find(_ id: Int64, in tx: any Transaction) throws -> Consolidation? { try rows("id = \(id)", limit: 1, in: tx).first }
    static func open(limit: Int, in tx: any Transaction) throws -> [Consolidation] { try rows("state IN ('planned','released')", limit: limit, in: tx) }

    private static func rows(_ condition: SQL, limit: Int, in tx: any Transaction) throws -> [Consolidation] {
        try tx.rows("""
            SELECT id, channel_id, lead_order_id, state, single_minor, together_minor, currency, made_by, made_at FROM consolidations WHERE \(condition) ORDER BY id LIMIT \(limit)
            """) { row in
            Consolidation(id: try row.int64(0), channel: ChannelID(try row.int64(1)), lead: OrderID(try row.int64(2)), state: try row.value(Consolidation.State.self, 3), orders: [],
                          singleMinor: try row.optionalInt64(4), togetherMinor: try row.optionalInt64(5), currency: try row.text(6), madeBy: try row.text(7), madeAt: Timestamp(milliseconds: try row.int64(8)))
        }.map { one in
            var one = one
            one.orders = try members(of: one.id, lead: one.lead, in: tx)
            return one
        }
    }

    /// The leading order first.
    static func members(of id: Int64, lead: OrderID, in tx: any Transaction) throws -> [OrderID] {
        let all = try tx.rows("SELECT order_id FROM consolidation_orders WHERE consolidation_id = \(id) AND is_active = 1 ORDER BY order_id") { OrderID(try $0.int64(0)) }
        return [lead].filter(all.contains) + all.filter { $0 != lead }
    }

    static func move(_ id: Int64, to state: Consolidation.State, at: Timestamp, in tx: any Transaction) throws {
        try tx.run("UPDATE consolidations SET state = \(state.rawValue), updated_at = \(at.milliseconds) WHERE id = \(id)")
        if state == .undone { try tx.run("UPDATE consolidation_orders SET is_active = 0 WHERE consolidation_id = \(id)") }
    }

    /// Who is in it has changed: what it costs is another sum.
    static func setFare(_ fare: ConsolidationPlan.Fare, of id: Int64, at: Timestamp, in tx: any Transaction) throws {
        try tx.run("UPDATE consolidations SET single_minor = \(fare.singleMinor), together_minor = \(fare.togetherMinor), updated_at = \(at.milliseconds) WHERE id = \(id)")
    }

    /// The consolidation an order is in now.
    static func of(_ order: OrderID, in tx: any Transaction) throws -> Consolidation? {
        guard let id = try tx.first("SELECT consolidation_id FROM consolidation_orders WHERE order_id = \(order.value) AND is_active = 1", { try $0.int64(0) }) else { return nil }
        return try find(id, in: tx)
    }
}

/// Puts orders together, takes them apart again, and lets them go as one.
package struct ConsolidationDesk: Sendable {
    let ledger: Ledger
    let directory: ChannelDirectory
    package static let maximumOrders = 5000, longestList = 500

    /// What can travel together of the orders that wait to be let go, up to a cut-off.
    package func plan(by key: ConsolidationKey, placedBefore cutoff: Timestamp? = nil) async throws -> ConsolidationPlan {
        let surroundings = directory.surroundings
        let waiting = surroundings.channels.values.filter { $0.state != .removed && $0.settings[HubSetting.booking] == "whenPacked" }.map(\.id.value).sorted()
        guard !waiting.isEmpty else { return ConsolidationPlan([], by: key) }
        let orders = try await ledger.database.read { tx in
            let ids = try tx.rows("""
                SELECT id FROM orders WHERE channel_id IN (\(list: waiting)) AND workflow = 'approved' AND placed_at < \(cutoff?.milliseconds ?? .max)
                   AND NOT EXISTS (SELECT 1 FROM consolidation_orders c WHERE c.order_id = orders.id AND c.is_active = 1)
                 ORDER BY placed_at, id LIMIT \(Self.maximumOrders)
                """) { OrderID(try $0.int64(0)) }
            return try Ledger.load(ids, in: tx)
        }
        return ConsolidationPlan(orders.map(surroundings.traveller), by: key)
    }

    package func open() async throws -> [Consolidation] { try await ledger.database.read { try ConsolidationRows.open(limit: Self.longestList, in: $0) } }

    /// - Throws: `ShippingFault.unknownGroup`.
    package func find(_ id: Int64) async throws -> Consolidation {
        guard let one = try await ledger.database.read({ try ConsolidationRows.find(id, in: $0) }) else { throw ShippingFault.unknownGroup }
        return one
    }

    /// Keeps whole groups of a plan.
    package func keep(_ groups: [ConsolidationPlan.Group], by actor: String) async throws -> [Consolidation] {
        try await keep(groups.map { ConsolidationPlan.Choice(group: $0, orders: $0.orders) }, by: actor)
    }

    /// Keeps what was chosen of a plan. An order that is in another one meanwhile, or no longer waits, is left out of its group.
    package func keep(_ choices: [ConsolidationPlan.Choice], by actor: String) async throws -> [Consolidation] {
        try await ledger.write { transaction in try choices.compactMap { try transaction.consolidate($0, by: actor) } }
    }

    /// Takes an order out before the booking is made; with fewer than two left there is nothing to keep together, and it is undone.
    ///
    /// - Throws: `ShippingFault.unknownGroup`, `.groupGone`, `.notInGroup`.
    @discardableResult
    package func remove(_ order: OrderID, from id: Int64) async throws -> Consolidation {
        try await ledger.write { transaction in try transaction.takeOut(order, of: id) }
        return try await find(id)
    }

    /// - Throws: `ShippingFault.unknownGroup`, `.groupGone`.
    package func undo(_ id: Int64) async throws {
        try await ledger.write { transaction in
            _ = try transaction.planned(id)
            try ConsolidationRows.move(id, to: .undone, at: transaction.now, in: transaction.tx)
        }
    }

    /// Lets the orders go as one booking, made under the number of the leading one.
    ///
    /// - Throws: `ShippingFault.unknownGroup`, `.groupGone`, `.cannotRelease`; `.noneWaits` when none of them waits any more.
    package func release(_ id: Int64, by actor: String) async throws {
        guard try await ledger.write({ try $0.releaseTogether(id, by: actor) }) else { throw ShippingFault.noneWaits }
    }
}

extension Surroundings {
    /// An order as the plan looks at it. A price list that cannot be read is none: the plan then tells no saving.
    func traveller(_ order: StoredOrder) -> ConsolidationPlan.Candidate {
        let carrier = courier(of: order)
        return .init(order: order, carrier: carrier, rates: rates(of: carrier, order.snapshot.currency), isShippedByPlatform: isShippedByPlatform(order.channel))
    }

    private func rates(of carrier: Channel?, _ currency: Currency) -> RateTable? {
        guard let text = carrier?.settings[HubSetting.rates], case .table(let table) = RateTables.rates(text, currency) else { return nil }
        return table
    }
}
