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
    private var gathered = Gathered()
    /// Most orders of a batch are decided alike: what was encoded last is often what comes next.
    private var words = LastEncoded<EventData>(), decisions = LastEncoded<RuleDecision>()

    struct Facet: Hashable { let channel: ChannelID, workflow: Workflow, fulfilment: Fulfilment, payment: PaymentState, isFlagged: Bool }
    private struct TermRow { let bucket: Int64, term: String, order: OrderID }

    /// What is told or written once, at the end or after the commit.
    private struct Gathered {
        var facets: [Facet: Int] = [:], terms: [TermRow] = [], marks: [[SQLValue]] = []
        /// Orders made in this cause and how many jobs each has so far: what is new needs no look-up.
        var fresh: [OrderID: Int] = [:]
        var destinations: Set<ChannelID> = [], queued: [QueueBook.Key: Int] = [:], events = 0
        var beat = Pulse.Beat(), today = TodayTally()

        mutating func add(_ later: Gathered) {
            facets.merge(later.facets, uniquingKeysWith: +)
            terms += later.terms
            marks += later.marks
            destinations.formUnion(later.destinations)
            queued.merge(later.queued, uniquingKeysWith: +)
            events += later.events
            beat.add(later.beat)
            today.add(later.today)
        }
    }

    /// Destinations that got work: their runners are woken after the commit.
    package var destinations: Set<ChannelID> { gathered.destinations }
    /// How the queues changed: told to their book after the commit.
    package var queued: [QueueBook.Key: Int] { gathered.queued }
    /// How many events were written, for the metrics.
    package var events: Int { gathered.events }
    /// For the charts.
    var beat: Pulse.Beat { get { gathered.beat } _modify { yield &gathered.beat } }
    var today: TodayTally { get { gathered.today } _modify { yield &gathered.today } }

    package init(_ tx: any Transaction, surroundings: Surroundings, ids: IdentifierSource, buckets: TermBuckets, now: Timestamp) {
        self.tx = tx; self.surroundings = surroundings; self.ids = ids; self.buckets = buckets; self.now = now
    }

    /// Runs `body` in a savepoint; when it throws, what it gathered is forgotten together with what it wrote.
    package func isolated<T>(_ body: () throws -> T) throws -> T {
        // Begun anew and added: a copy of what a whole batch has gathered would be made for each of its deliveries.
        var outer = Gathered()
        swap(&outer, &gathered)
        do {
            let value = try tx.savepoint(body)
            swap(&outer, &gathered)
            gathered.add(outer)
            return value
        } catch {
            gathered = outer
            throw error
        }
    }

    package func flush() throws {
        for (facet, change) in gathered.facets where change != 0 {
            try tx.run("""
                INSERT INTO facet_counts (channel_id, workflow, fulfilment, payment_state, flagged, orders)
                VALUES (\(facet.channel.value), \(facet.workflow.rawValue), \(facet.fulfilment.rawValue), \(facet.payment.rawValue), \(facet.isFlagged), \(change))
                ON CONFLICT (channel_id, workflow, fulfilment, payment_state, flagged) DO UPDATE SET orders = facet_counts.orders + excluded.orders
                """)
        }
        var terms = gathered.terms
        terms.sort { ($0.bucket, $0.term, $0.order.value) < ($1.bucket, $1.term, $1.order.value) }
        let rows: [[SQLValue]] = terms.map { [.integer($0.bucket), .text($0.term), .integer($0.order.value)] }
        if !rows.isEmpty { _ = try tx.insertMany(into: "order_terms", columns: ["bucket", "term", "order_id"], rows: rows, onConflictDoNothing: true) }
        if !gathered.marks.isEmpty { _ = try tx.insertMany(into: "order_marks", columns: OrderMark.columns, rows: gathered.marks, onConflictDoNothing: true) }
        try gathered.today.flush(in: tx)
        (gathered.facets, gathered.terms, gathered.marks, gathered.today) = ([:], [], [], TodayTally())
    }

    /// Marks of new orders, written once at the end.
    func gather(_ rows: [[SQLValue]]) { gathered.marks += rows }

    func noteQueued(_ change: Int, route: RouteID, destination: ChannelID, state: String) {
        gathered.queued[QueueBook.Key(route: route, destination: destination, state: state), default: 0] += change
    }

    func begin(_ order: OrderID) { gathered.fresh[order] = 0 }
    func isFresh(_ order: OrderID) -> Bool { gathered.fresh[order] != nil }
    func jobsOfFresh(_ order: OrderID) -> Int? { gathered.fresh[order] }
    func noteJob(of order: OrderID) { if let jobs = gathered.fresh[order] { gathered.fresh[order] = jobs + 1 } }

    func count(_ order: StoredOrder, _ change: Int) {
        gathered.facets[Facet(channel: order.channel, workflow: order.workflow, fulfilment: order.fulfilment, payment: order.paymentState,
                     isFlagged: !order.snapshot.flags.isEmpty), default: 0] += change
    }

    func addTerms(_ words: [String], to order: OrderID, isNew: Bool) {
        let bucket = isNew ? buckets.bucketForNewOrder() : buckets.current
        gathered.terms += words.map { TermRow(bucket: bucket, term: $0, order: order) }
    }

    /// Writes the event and one job per matching live or paused route.
    @discardableResult
    package func record(_ type: EventType, of order: StoredOrder, cause: Cause, changes: [FieldChange] = [], note: String? = nil) throws -> EventID {
        let event = EventID(ids.next())
        let data = changes.isEmpty && note == nil ? nil : try words.text(of: EventData(changes: changes.isEmpty ? nil : changes, note: note))
        try tx.run("""
            INSERT INTO events (id, order_id, type, at, version, cause, data)
            VALUES (\(event.value), \(order.id.value), \(type.rawValue), \(now.milliseconds), \(order.version), \(OrderRows.text(of: cause)), \(data))
            """)
        gathered.events += 1
        try enqueue(type, event: event, of: order)
        return event
    }

    func text(of decision: RuleDecision?) throws -> String? { try decision.map { try decisions.text(of: $0) } }

    /// Tells the runner of `destination` after the commit that there is work.
    func wake(_ destination: ChannelID) { gathered.destinations.insert(destination) }

    func nextID() -> Int64 { ids.next() }
}

/// Remembers the text of the value that was encoded last.
struct LastEncoded<Value: Encodable & Equatable> {
    private var value: Value?, text = ""

    mutating func text(of new: Value) throws -> String {
        if new != value { (value, text) = (new, try OrderRows.encodeOne(new)) }
        return text
    }
}

/// What an event carries beside its type.
package struct EventData: Sendable, Equatable, Codable {
    package var changes: [FieldChange]?
    package var note: String?
    package init(changes: [FieldChange]? = nil, note: String? = nil) { self.changes = changes; self.note = note }
}
