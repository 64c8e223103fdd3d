package import Database
package import Domain
import Foundation

/// One write of the ledger in progress: everything that one cause changes, in one transaction (law 4). Lives inside a `Database.write` closure and cannot await.
///
/// Facet counts and search terms are gathered here and written once at the end by `flush`.
package final class LedgerTransaction {
    package let tx: any Transaction
    package let surroundings: Surroundings
    package let now: Timestamp
    let ids: IdentifierSource
    let buckets: TermBuckets
    private var facets: [Facet: Int] = [:]
    private var terms: [TermRow] = []
    /// Orders made in this transaction and how many jobs each has so far: what is new needs no look-up.
    private var fresh: [OrderID: Int] = [:]
    /// Destinations that got work: their runners are woken after the commit.
    package private(set) var destinations: Set<ChannelID> = []
    /// How the queues changed: told to their book after the commit.
    package private(set) var queued: [QueueBook.Key: Int] = [:]
    /// How many events were written, for the metrics.
    package private(set) var events = 0

    /// For the charts.
    var beat = Pulse.Beat()
    var today = TodayTally()

    struct Facet: Hashable { let channel: ChannelID, workflow: Workflow, fulfilment: Fulfilment, payment: PaymentState, isFlagged: Bool }
    private var marks: [[SQLValue]] = []
    private struct TermRow { let bucket: Int64, term: String, order: OrderID }

    package init(_ tx: any Transaction, surroundings: Surroundings, ids: IdentifierSource, buckets: TermBuckets, now: Timestamp) {
        self.tx = tx; self.surroundings = surroundings; self.ids = ids; self.buckets = buckets; self.now = now
    }

    /// Runs `body` in a savepoint; when it throws, what it gathered is forgotten together with what it wrote.
    package func isolated<T>(_ body: () throws -> T) throws -> T {
        let before = (facets, terms.count, destinations, events, fresh, marks.count, beat, today, queued)
        do { return try tx.savepoint(body) } catch {
            facets = before.0
            terms.removeSubrange(before.1...)
            destinations = before.2
            events = before.3
            fresh = before.4
            marks.removeSubrange(before.5...)
            beat = before.6
            today = before.7
            queued = before.8
            throw error
        }
    }

    package func flush() throws {
        for (facet, change) in facets where change != 0 {
            try tx.run("""
                INSERT INTO facet_counts (channel_id, workflow, fulfilment, payment_state, flagged, orders)
                VALUES (\(facet.channel.value), \(facet.workflow.rawValue), \(facet.fulfilment.rawValue), \(facet.payment.rawValue), \(facet.isFlagged), \(change))
                ON CONFLICT (channel_id, workflow, fulfilment, payment_state, flagged) DO UPDATE SET orders = facet_counts.orders + excluded.orders
                """)
        }
        terms.sort { ($0.bucket, $0.term, $0.order.value) < ($1.bucket, $1.term, $1.order.value) }
        let rows: [[SQLValue]] = terms.map { [.integer($0.bucket), .text($0.term), .integer($0.order.value)] }
        if !rows.isEmpty { _ = try tx.insertMany(into: "order_terms", columns: ["bucket", "term", "order_id"], rows: rows, onConflictDoNothing: true) }
        if !marks.isEmpty { _ = try tx.insertMany(into: "order_marks", columns: OrderMark.columns, rows: marks, onConflictDoNothing: true) }
        try today.flush(in: tx)
        facets = [:]
        terms = []
        marks = []
        today = TodayTally()
    }

    /// Marks of new orders, written once at the end.
    func gather(_ rows: [[SQLValue]]) { marks += rows }

    func noteQueued(_ change: Int, route: RouteID, destination: ChannelID, state: String) {
        queued[QueueBook.Key(route: route, destination: destination, state: state), default: 0] += change
    }

    func begin(_ order: OrderID) { fresh[order] = 0 }
    func isFresh(_ order: OrderID) -> Bool { fresh[order] != nil }
    func jobsOfFresh(_ order: OrderID) -> Int? { fresh[order] }
    func noteJob(of order: OrderID) { if let jobs = fresh[order] { fresh[order] = jobs + 1 } }

    func count(_ order: StoredOrder, _ change: Int) {
        facets[Facet(channel: order.channel, workflow: order.workflow, fulfilment: order.fulfilment, payment: order.paymentState,
                     isFlagged: !order.snapshot.flags.isEmpty), default: 0] += change
    }

    func addTerms(_ words: [String], to order: OrderID, isNew: Bool) {
        let bucket = isNew ? buckets.bucketForNewOrder() : buckets.current
        terms += words.map { TermRow(bucket: bucket, term: $0, order: order) }
    }

    /// Writes the event and one job per matching live or paused route.
    @discardableResult
    package func record(_ type: EventType, of order: StoredOrder, cause: Cause, changes: [FieldChange] = [], note: String? = nil) throws -> EventID {
        let event = EventID(ids.next())
        let data = changes.isEmpty && note == nil ? nil : try OrderRows.encodeOne(EventData(changes: changes.isEmpty ? nil : changes, note: note))
        try tx.run("""
            INSERT INTO events (id, order_id, type, at, version, cause, data)
            VALUES (\(event.value), \(order.id.value), \(type.rawValue), \(now.milliseconds), \(order.version), \(OrderRows.text(of: cause)), \(data))
            """)
        events += 1
        try enqueue(type, event: event, of: order)
        return event
    }

    /// Tells the runner of `destination` after the commit that there is work.
    func wake(_ destination: ChannelID) { destinations.insert(destination) }

    func nextID() -> Int64 { ids.next() }
}

/// What an event carries beside its type.
package struct EventData: Sendable, Equatable, Codable {
    package var changes: [FieldChange]?
    package var note: String?
    package init(changes: [FieldChange]? = nil, note: String? = nil) { self.changes = changes; self.note = note }
}
