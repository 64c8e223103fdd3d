package import Domain
import Database

extension Ledger {
    static let scanBudget = 2000, maximumTermMatches = 400

    /// A page of orders, newest placed first. Work is bounded whatever the filter: each combination of channel and axes has its own sorted index range,
    /// and a search walks its word's range.
    package func orders(_ filter: OrderFilter, after cursor: OrderCursor?, limit: Int) async throws -> OrderPage {
        if let search = filter.search, !search.isEmpty { return try await searched(filter, search, after: cursor, limit: limit) }
        return try await database.read { tx in
            let facets = try Self.facets(filter, in: tx)
            if facets.isEmpty { return OrderPage(orders: [], next: nil) }
            let ids: [OrderCursor]
            if facets.isAll { ids = try Self.placed(nil, filter, after: cursor, limit: limit + 1, in: tx) } else {
                ids = try facets.list.flatMap { try Self.placed($0, filter, after: cursor, limit: limit + 1, in: tx) }
                    .sorted { ($0.placedAt, $0.id) > ($1.placedAt, $1.id) }
            }
            let page = Array(ids.prefix(limit))
            return OrderPage(orders: try Self.load(page.map(\.id), in: tx), next: ids.count > limit ? page.last : nil)
        }
    }

    private struct Facets {
        struct Key: Sendable { let channel: Int64, workflow: String, fulfilment: String, payment: String, isFlagged: Bool }
        var list: [Key], isAll: Bool
        var isEmpty: Bool { list.isEmpty }
    }

    /// The combinations of channel and axes that exist and match; there are some dozens, with their counts kept by the ledger.
    private static func facets(_ filter: OrderFilter, in tx: any Transaction) throws -> Facets {
        let all = try tx.rows("SELECT channel_id, workflow, fulfilment, payment_state, flagged FROM facet_counts WHERE orders > 0") {
            Facets.Key(channel: try $0.int64(0), workflow: try $0.text(1), fulfilment: try $0.text(2), payment: try $0.text(3), isFlagged: try $0.bool(4))
        }
        let channels = Set(filter.channels.map(\.value)), workflows = Set(filter.workflows.map(\.rawValue))
        let fulfilments = Set(filter.fulfilments.map(\.rawValue)), payments = Set(filter.payments.map(\.rawValue))
        let matching = all.filter { key in
            (channels.isEmpty || channels.contains(key.channel)) && (workflows.isEmpty || workflows.contains(key.workflow))
                && (fulfilments.isEmpty || fulfilments.contains(key.fulfilment)) && (payments.isEmpty || payments.contains(key.payment))
                && (filter.isFlagged.map { $0 == key.isFlagged } ?? true)
        }
        return Facets(list: matching, isAll: matching.count == all.count)
    }

    private static func placed(_ facet: Facets.Key?, _ filter: OrderFilter, after cursor: OrderCursor?, limit: Int, in tx: any Transaction) throws -> [OrderCursor] {
        var conditions: [SQL] = []
        if let facet {
            conditions.append("channel_id = \(facet.channel) AND workflow = \(facet.workflow) AND fulfilment = \(facet.fulfilment) AND payment_state = \(facet.payment) AND flagged = \(facet.isFlagged)")
        }
        if let from = filter.placedFrom { conditions.append("placed_at >= \(from.milliseconds)") }
        if let before = filter.placedBefore { conditions.append("placed_at < \(before.milliseconds)") }
        if let cursor { conditions.append("(placed_at, id) < (\(cursor.placedAt.milliseconds), \(cursor.id.value))") }
        if conditions.isEmpty { conditions.append("placed_at > 0") }
        return try tx.rows("SELECT placed_at, id FROM orders WHERE \(conditions.joined(by: " AND ")) ORDER BY placed_at DESC, id DESC LIMIT \(limit)") {
            OrderCursor(placedAt: Timestamp(milliseconds: try $0.int64(0)), id: OrderID(try $0.int64(1)))
        }
    }

    /// These orders, in the order asked for; who is not there is left out.
    package func orders(_ ids: [OrderID]) async throws -> [StoredOrder] { try await database.read { try Self.load(ids, in: $0) } }

    static func load(_ ids: [OrderID], in tx: any Transaction) throws -> [StoredOrder] {
        guard !ids.isEmpty else { return [] }
        let rows = try tx.rows("SELECT \(raw: OrderRows.columns) FROM orders WHERE id IN (\(list: ids.map(\.value)))", OrderRows.read)
        let byID = Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ids.compactMap { byID[$0] }
    }

    /// Orders that carry every word, listed by the hub's own time of arrival, newest first, and filtered after the look-up. The work is bounded: a page may
    /// hold fewer than asked for and still have a cursor.
    private func searched(_ filter: OrderFilter, _ search: String, after cursor: OrderCursor?, limit: Int) async throws -> OrderPage {
        let words = search.split(whereSeparator: \.isWhitespace).map(String.init)
        var terms = words.compactMap(SearchTerms.fold)
        if let phone = SearchTerms.foldPhone(search), search.allSatisfy({ $0.isNumber || "+-() .".contains($0) }) { terms = [phone] }
        guard let last = terms.last else { return OrderPage(orders: [], next: nil) }
        let exact = Array(terms.dropLast())
        return try await database.read { tx in
            var page = SearchPage(limit: limit, budget: Self.scanBudget)
            var bucket = try cursor.map(\.bucket) ?? TermBuckets.lastBucket(in: tx), before = cursor?.id.value ?? Int64.max
            while bucket > 0 {
                let candidates = try Self.candidates(prefix: last, bucket: bucket, before: before, in: tx)
                page.budget -= candidates.count
                let found = try Self.having(exact, among: candidates, in: tx)
                // A page's worth at a time: reading an order is what costs.
                for start in stride(from: 0, to: found.count, by: limit + 1) {
                    for order in try Self.load(found[start..<min(start + limit + 1, found.count)].map { OrderID($0) }, in: tx) where Self.matches(order, filter) {
                        guard page.add(order, bucket: bucket) else { return page.finished }
                    }
                }
                if candidates.count == Self.maximumTermMatches, let lowest = candidates.last {
                    before = lowest
                    if page.budget <= 0 { return page.interrupted(bucket: bucket, before: lowest) }
                } else {
                    before = Int64.max
                    bucket = try tx.first("SELECT MAX(bucket) FROM order_terms WHERE bucket < \(bucket)") { try $0.optionalInt64(0) }.flatMap { $0 } ?? 0
                }
            }
            return page.finished
        }
    }

    /// What a search has gathered. Words of a later edit lie in a later bucket, so one order can be met twice.
    private struct SearchPage {
        let limit: Int
        var budget: Int
        private var orders: [StoredOrder] = [], known: Set<OrderID> = [], lastPlace: OrderCursor?, next: OrderCursor?
        init(limit: Int, budget: Int) { self.limit = limit; self.budget = budget }

        /// - Returns: false when the page was full already.
        mutating func add(_ order: StoredOrder, bucket: Int64) -> Bool {
            guard known.insert(order.id).inserted else { return true }
            guard orders.count < limit else {
                next = lastPlace
                return false
            }
            orders.append(order)
            lastPlace = OrderCursor(bucket: bucket, id: order.id)
            return true
        }

        var finished: OrderPage { OrderPage(orders: orders, next: next) }
        func interrupted(bucket: Int64, before: Int64) -> OrderPage { OrderPage(orders: orders, next: OrderCursor(bucket: bucket, id: OrderID(before))) }
    }

    /// The newest orders of a bucket with a word that begins so, newest first. The whole word lies in the index in this order, so one that every order has costs what is taken of it.
    static func candidates(prefix: String, bucket: Int64, before: Int64, in tx: any Transaction) throws -> [Int64] {
        let end = prefix + "\u{10FFFF}"
        return try tx.rows("""
            SELECT order_id
              FROM (SELECT order_id FROM order_terms WHERE bucket = \(bucket) AND term = \(prefix) AND order_id < \(before) ORDER BY order_id DESC LIMIT \(maximumTermMatches)) AS whole
             UNION
            SELECT order_id FROM order_terms WHERE bucket = \(bucket) AND term > \(prefix) AND term < \(end) AND order_id < \(before)
             ORDER BY order_id DESC LIMIT \(maximumTermMatches)
            """) { try $0.int64(0) }
    }

    /// Those of `ids` that carry each of the exact words, in any bucket: words of a later edit lie in a later one.
    static func having(_ words: [String], among ids: [Int64], in tx: any Transaction) throws -> [Int64] {
        guard !words.isEmpty, let highest = ids.first, let lowest = ids.last else { return ids }
        let buckets = try TermBuckets.all(in: tx)
        var rest = ids
        for word in words where !rest.isEmpty {
            var carriers: Set<Int64> = []
            for bucket in buckets {
                carriers.formUnion(try tx.rows("SELECT order_id FROM order_terms WHERE bucket = \(bucket) AND term = \(word) AND order_id BETWEEN \(lowest) AND \(highest)") { try $0.int64(0) })
            }
            rest.removeAll { !carriers.contains($0) }
        }
        return rest
    }

    private static func matches(_ order: StoredOrder, _ filter: OrderFilter) -> Bool {
        (filter.channels.isEmpty || filter.channels.contains(order.channel)) && (filter.workflows.isEmpty || filter.workflows.contains(order.workflow))
            && (filter.fulfilments.isEmpty || filter.fulfilments.contains(order.fulfilment)) && (filter.payments.isEmpty || filter.payments.contains(order.paymentState))
            && (filter.placedFrom.map { order.snapshot.placedAt >= $0 } ?? true) && (filter.placedBefore.map { order.snapshot.placedAt < $0 } ?? true)
            && (filter.isFlagged.map { $0 == !order.snapshot.flags.isEmpty } ?? true)
    }
}

package struct StoredEvent: Sendable, Equatable {
    package var id: EventID, order: OrderID, type: String, at: Timestamp, version: Int, cause: Cause, data: EventData?
}

package struct StoredAttempt: Sendable, Equatable {
    package var id: Int64, job: JobID, order: OrderID, destination: ChannelID, action: String, attempt: Int, at: Timestamp, durationMilliseconds: Int64
    package var outcome: String, code: String?, message: String?
}

extension Ledger {
    package func events(of order: OrderID) async throws -> [StoredEvent] {
        try await database.read { tx in
            try tx.rows("SELECT id, order_id, type, at, version, cause, data FROM events WHERE order_id = \(order.value) ORDER BY id LIMIT 1000", Self.event)
        }
    }

    /// The change feed: events after `cursor`, oldest first.
    package func events(after cursor: EventID, limit: Int) async throws -> [StoredEvent] {
        try await database.read { tx in
            try tx.rows("SELECT id, order_id, type, at, version, cause, data FROM events WHERE id > \(cursor.value) ORDER BY id LIMIT \(limit)", Self.event)
        }
    }

    package func lastEvent() async throws -> EventID {
        EventID(try await database.read { tx in try tx.first("SELECT MAX(id) FROM events") { try $0.optionalInt64(0) }.flatMap { $0 } ?? 0 })
    }

    package func attempts(of order: OrderID) async throws -> [StoredAttempt] {
        try await database.read { tx in
            try tx.rows("""
                SELECT id, job_id, order_id, destination_id, action, attempt, at, duration_ms, outcome, code, message FROM attempts WHERE order_id = \(order.value) ORDER BY id LIMIT 1000
                """) { row in
                StoredAttempt(id: try row.int64(0), job: JobID(try row.int64(1)), order: OrderID(try row.int64(2)), destination: ChannelID(try row.int64(3)), action: try row.text(4),
                              attempt: try row.int(5), at: Timestamp(milliseconds: try row.int64(6)), durationMilliseconds: try row.int64(7), outcome: try row.text(8),
                              code: try row.optionalText(9), message: try row.optionalText(10))
            }
        }
    }

    private static func event(_ row: Row) throws -> StoredEvent {
        StoredEvent(id: EventID(try row.int64(0)), order: OrderID(try row.int64(1)), type: try row.text(2), at: Timestamp(milliseconds: try row.int64(3)), version: try row.int(4),
                    cause: try OrderRows.decode(Cause.self, row.text(5), column: "cause"),
                    data: try row.optionalText(6).map { try OrderRows.decode(EventData.self, $0, column: "data") })
    }
}

extension Ledger {
    /// Which orders had events after `cursor`, oldest first.
    package func eventIDs(after cursor: EventID, limit: Int) async throws -> [(event: EventID, order: OrderID)] {
        try await database.read { tx in
            try tx.rows("SELECT id, order_id FROM events WHERE id > \(cursor.value) ORDER BY id LIMIT \(limit)") { (event: EventID(try $0.int64(0)), order: OrderID(try $0.int64(1))) }
        }
    }
}
