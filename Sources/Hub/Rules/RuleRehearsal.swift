package import Domain
import Database

/// One order that a draft would treat differently.
package struct RehearsedChange: Sendable, Equatable, Codable {
    package var id: OrderID, number: String
    package var from: RuleDecision, to: RuleDecision
    /// The draft's rule; nil: none decided.
    package var rule: String?
    package var matched: [MatchedValue]
}

package struct RehearsalReport: Sendable, Equatable, Codable {
    package var examined: Int, changed: Int
    /// How many orders go from one outcome to another, e.g. `approved → held`.
    package var moves: [String: Int]
    /// How many orders each rule of the draft decided.
    package var decidedBy: [String: Int]
    package var changes: [RehearsedChange]
}

/// Compares what the live rules say with what a draft says, order by order. Nothing is changed.
///
/// `undecided` is the channel's default on both sides. Tags that earlier decisions gave an order are taken off before the rules look at it.
package struct RuleRehearsal: Sendable {
    package static let maximumOrders = 5000
    /// Changes beyond this many are counted only.
    let keeping: Int

    let live: (any OrderRules)?
    let draft: RuleSet
    let surroundings: Surroundings
    package private(set) var report = RehearsalReport(examined: 0, changed: 0, moves: [:], decidedBy: [:], changes: [])

    /// - Parameter surroundings: the couriers and their price lists, of which rules may leave the choice to the hub.
    package init(live: (any OrderRules)?, draft: RuleSet, keeping: Int = RuleRehearsal.maximumOrders, surroundings: Surroundings = Surroundings()) {
        self.live = live; self.draft = draft; self.keeping = keeping; self.surroundings = surroundings
    }

    package mutating func examine(_ order: StoredOrder, channel: Channel) {
        var snapshot = order.snapshot
        if let given = order.decision?.tags, !given.isEmpty { snapshot.tags.removeAll { given.contains($0) } }
        let facts = RuleFacts(order: snapshot, channel: channel.name, platform: channel.platform, workflow: .new, now: order.createdAt)
        var asked = order
        asked.snapshot = snapshot
        let from = surroundings.settled(live?.decide(facts) ?? RuleDecision(), of: asked), to = surroundings.settled(draft.decide(facts), of: asked)
        report.examined += 1
        if let rule = to.rule { report.decidedBy[rule, default: 0] += 1 }
        guard Self.differ(from, to) else { return }
        report.changed += 1
        report.moves["\(from.outcome.rawValue) → \(to.outcome.rawValue)", default: 0] += 1
        guard report.changes.count < keeping else { return }
        report.changes.append(RehearsedChange(id: order.id, number: snapshot.externalNumber, from: from, to: to, rule: to.rule, matched: to.matched))
    }

    /// A renamed rule or a new version is no difference to the order.
    private static func differ(_ a: RuleDecision, _ b: RuleDecision) -> Bool {
        a.outcome != b.outcome || a.reason != b.reason || a.tags != b.tags || a.courier != b.courier || a.service != b.service || a.priority != b.priority
            || a.packages != b.packages
    }
}

extension Ledger {
    private static let rehearsalPage = 250

    /// What `draft` would change on the last `count` orders of a channel, newest placed first; at most `RuleRehearsal.maximumOrders`.
    package func rehearse(_ draft: RuleSet, channel id: ChannelID, last count: Int) async throws -> RehearsalReport {
        try await rehearse(draft, channel: id, last: min(max(count, 1), RuleRehearsal.maximumOrders), keeping: RuleRehearsal.maximumOrders) { _ in }
    }

    /// - Parameters:
    ///   - keeping: so many changes are listed; all are counted.
    ///   - progress: told after each page how it stands.
    func rehearse(_ draft: RuleSet, channel id: ChannelID, last count: Int, keeping: Int, progress: (RehearsalReport) -> Void) async throws -> RehearsalReport {
        let surroundings = channels.surroundings
        guard let channel = surroundings.channels[id] else { throw ChannelFault.unknownChannel("\(id)") }
        var rehearsal = RuleRehearsal(live: surroundings.rules(of: id, at: now()), draft: draft, keeping: keeping, surroundings: surroundings)
        var filter = OrderFilter(), cursor: OrderCursor?, rest = count
        filter.channels = [id]
        while rest > 0 {
            try Task.checkCancellation()
            let page = try await orders(filter, after: cursor, limit: min(rest, Self.rehearsalPage))
            for order in page.orders { rehearsal.examine(order, channel: channel) }
            progress(rehearsal.report)
            rest -= page.orders.count
            guard let next = page.next, !page.orders.isEmpty else { break }
            cursor = next
        }
        return rehearsal.report
    }

    /// How many orders a channel has.
    package func orderCount(of channel: ChannelID) async throws -> Int {
        try await database.read { tx in try tx.first("SELECT SUM(orders) FROM facet_counts WHERE channel_id = \(channel.value)") { try $0.optionalInt64(0) } }.flatMap { $0 }.map(Int.init) ?? 0
    }
}
