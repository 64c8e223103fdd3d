package import Connect
package import Domain
import Database

/// What became of one order of a bulk arrangement.
package struct ArrangedOrder: Sendable, Equatable {
    package enum Standing: Sendable, Equatable {
        /// It has its numbers.
        case arranged(numbers: [String])
        /// It is on its way, or waits: for its turn, for a number, for a channel that is not authorised.
        case waiting(code: String?, reason: String?)
        /// It was refused: by us, or in the platform's words.
        case refused(code: String, reason: String)

        package var kind: String {
            switch self {
            case .arranged: "arranged"
            case .waiting: "waiting"
            case .refused: "refused"
            }
        }
    }
    package var position: Int, order: OrderID, number: String, channel: ChannelID
    package var standing: Standing
    /// What is to be mended and tried again.
    package var deadLetter: JobID?
}

/// Marketplace orders that are arranged many at once: how they can be handed over, and what became of each.
package struct ArrangingDesk: Sendable {
    let ledger: Ledger
    let directory: ChannelDirectory
    package static let maximumOrders = 500

    /// Channels whose marketplace ships itself and whose approved orders wait for somebody's word.
    package var channels: [Channel] {
        let surroundings = directory.surroundings
        return surroundings.channels.values.filter { $0.state != .removed && surroundings.isShippedByPlatform($0.id) }.sorted { $0.name < $1.name }
    }

    /// How many approved orders of a channel wait.
    package func waiting(of channel: ChannelID) async throws -> Int {
        try await ledger.database.read { tx in try tx.first("SELECT COUNT(*) FROM orders WHERE channel_id = \(channel.value) AND workflow = 'approved'") { try $0.int(0) } ?? 0 }
    }

    /// The approved orders of a channel, those that must leave first on top.
    package func orders(of channel: ChannelID, limit: Int = maximumOrders) async throws -> [StoredOrder] {
        try await ledger.database.read { tx in
            let ids = try tx.rows("""
                SELECT id FROM orders WHERE channel_id = \(channel.value) AND workflow = 'approved' ORDER BY COALESCE(ship_by, \(ParcelCursor.never)), external_number, id LIMIT \(limit)
                """) { OrderID(try $0.int64(0)) }
            let found = Dictionary(try Ledger.load(ids, in: tx).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            return ids.compactMap { found[$0] }
        }
    }

    /// The ways that the platform offers, as it says for one order that stands for all; empty: it offers none, or cannot be asked (then its usual way is taken).
    package func choices(like id: OrderID) async throws -> [HandoverChoice] {
        guard let order = try await ledger.order(id), let connector = directory.connector(of: order.channel) as? any ArrangesShipments else { return [] }
        let name = directory.channel(order.channel)?.name ?? "", shipments = try await ledger.shipments(of: id)
        return try await connector.handoverChoices(of: OrderForAction(id: id, channel: order.channel, channelName: name, snapshot: order.snapshot, shipments: shipments))
    }

    /// One page of what became of the orders of a bulk action, in the order in which they were chosen.
    package func results(of bulk: Int64, after position: Int = 0, limit: Int = maximumOrders) async throws -> [ArrangedOrder] {
        try await ledger.database.read { tx in
            let items = try tx.rows("""
                SELECT i.position, i.order_id, i.outcome, i.code, i.sentence, o.external_number, o.channel_id, o.workflow
                  FROM bulk_items i JOIN orders o ON o.id = i.order_id WHERE i.bulk_id = \(bulk) AND i.position > \(position) ORDER BY i.position LIMIT \(limit)
                """) { row in
                (try row.int(0), OrderID(try row.int64(1)), try row.text(2), try row.optionalText(3), try row.optionalText(4), try row.text(5), ChannelID(try row.int64(6)), try row.value(Workflow.self, 7))
            }
            return try items.map { position, order, outcome, code, sentence, number, channel, workflow in
                var result = ArrangedOrder(position: position, order: order, number: number, channel: channel, standing: .waiting(code: nil, reason: nil))
                if outcome == "refused" { result.standing = .refused(code: code ?? "refused", reason: sentence ?? "") } else { try Self.look(&result, workflow, in: tx) }
                return result
            }
        }
    }

    private static func look(_ result: inout ArrangedOrder, _ workflow: Workflow, in tx: any Transaction) throws {
        let order = result.order.value
        if try !ShipmentRows.all(of: result.order, in: tx).allSatisfy(\.isVoid) {
            result.standing = .arranged(numbers: try ParcelRows.all(of: result.order, in: tx).filter { $0.state != .void }.compactMap(\.trackingNumber))
            return
        }
        let letter = try tx.first("SELECT id, code, message FROM dead_letters WHERE order_id = \(order) AND action IN ('arrange','book') AND state = 'open' ORDER BY id DESC LIMIT 1") {
            (JobID(try $0.int64(0)), try $0.text(1), try $0.text(2))
        }
        if let (id, code, message) = letter {
            (result.standing, result.deadLetter) = (.refused(code: code, reason: message), id)
            return
        }
        let job = try tx.first("SELECT last_code, last_message FROM jobs WHERE order_id = \(order) AND action IN ('arrange','book') ORDER BY id DESC LIMIT 1") { (try $0.optionalText(0), try $0.optionalText(1)) }
        if let (code, message) = job { result.standing = .waiting(code: code, reason: message) } else if workflow == .cancelled || workflow == .excluded {
            result.standing = .refused(code: "is_\(workflow.rawValue)", reason: "The order is \(workflow.rawValue).")
        }
    }
}

extension LedgerTransaction {
    /// Lets an approved order go by a chosen way of handing over; a carrier's booking, and the platform's usual way, need none.
    @discardableResult
    func release(_ id: OrderID, handover: Handover?, by actor: String) throws -> StoredOrder {
        let order = try release(id, by: actor)
        if let handover, handover != .usual {
            try tx.run("UPDATE jobs SET payload = \(try OrderRows.encodeOne(handover)) WHERE order_id = \(id.value) AND action = 'arrange' AND attempt = 0")
        }
        return order
    }
}
