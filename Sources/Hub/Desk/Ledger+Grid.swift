import Domain
import Database

extension Ledger {
    /// The longest list that is sorted by a column, selected as a whole, or scrolled through.
    package static let maximumListed = 20_000
    /// Index entries looked at for one list whose filter has no index of its own.
    static let gridScan = 100_000

    /// The orders that match, newest placed first or by a column. The work is bounded whatever the filter.
    ///
    /// - Parameter counted: how far matches are counted where the ledger keeps no count and the list itself is shorter.
    package func gridIndex(_ filter: GridFilter, sort: GridSort = GridSort(), limit: Int = maximumListed, counted: Int = maximumListed) async throws -> GridIndex {
        try await database.read { tx in try GridQuery(filter, tx).index(sort: sort, limit: min(limit, Self.maximumListed), counted: counted) }
    }

    /// How many match: exact where the ledger keeps the count, else counted up to `limit`.
    package func gridCount(_ filter: GridFilter, upTo limit: Int = maximumListed) async throws -> GridCount {
        try await database.read { tx in try GridQuery(filter, tx).count(upTo: limit) }
    }

    package func gridCounts(_ filters: [GridFilter], upTo limit: Int) async throws -> [GridCount] {
        try await database.read { tx in
            let facets = try GridFacet.all(in: tx)
            return try filters.map { try GridQuery($0, tx, facets: facets).count(upTo: limit) }
        }
    }

    /// Tags, couriers and reasons that orders carry now, for the filter's choices.
    package func gridChoices() async throws -> (tags: [String], couriers: [String], reasons: [String]) {
        try await database.read { tx in
            (try Self.values(of: .tag, in: tx), try Self.values(of: .courier, in: tx), try Self.reasons(in: tx))
        }
    }

    private static let maximumChoices = 100

    /// Each value once, by seeks from one to the next in a single statement.
    private static func values(of kind: OrderMark.Kind, in tx: any Transaction) throws -> [String] {
        try tx.rows("""
            WITH RECURSIVE found (value) AS (
                SELECT MIN(value) FROM order_marks WHERE kind = \(kind.rawValue)
                UNION ALL
                SELECT (SELECT MIN(value) FROM order_marks WHERE kind = \(kind.rawValue) AND value > found.value) FROM found WHERE found.value IS NOT NULL)
            SELECT value FROM found WHERE value IS NOT NULL LIMIT \(maximumChoices)
            """) { try $0.text(0) }
    }

    private static func reasons(in tx: any Transaction) throws -> [String] {
        try tx.rows("""
            WITH RECURSIVE found (reason) AS (
                SELECT MIN(reason) FROM order_reasons
                UNION ALL
                SELECT (SELECT MIN(reason) FROM order_reasons WHERE reason > found.reason) FROM found WHERE found.reason IS NOT NULL)
            SELECT reason FROM found WHERE reason IS NOT NULL LIMIT \(maximumChoices)
            """) { try $0.text(0) }
    }
}

/// A combination of channel and axes that orders have now, with their count kept by the ledger; there are some dozens.
struct GridFacet {
    var channel: Int64, workflow: String, fulfilment: String, payment: String, isFlagged: Bool, orders: Int

    static func all(in tx: any Transaction) throws -> [GridFacet] {
        try tx.rows("SELECT channel_id, workflow, fulfilment, payment_state, flagged, orders FROM facet_counts WHERE orders > 0") {
            GridFacet(channel: try $0.int64(0), workflow: try $0.text(1), fulfilment: try $0.text(2), payment: try $0.text(3), isFlagged: try $0.bool(4), orders: try $0.int(5))
        }
    }
}

/// One question to the ledger about which orders match.
struct GridQuery {
    private typealias Place = (at: Int64, id: Int64)
    private let filter: GridFilter
    private let tx: any Transaction
    /// Those that the filter allows.
    private let facets: [GridFacet]

    init(_ filter: GridFilter, _ tx: any Transaction) throws { self.init(filter, tx, facets: try GridFacet.all(in: tx)) }

    init(_ filter: GridFilter, _ tx: any Transaction, facets: [GridFacet]) {
        self.filter = filter; self.tx = tx
        self.facets = Self.matching(filter, facets)
    }

    func count(upTo limit: Int) throws -> GridCount {
        if filter.isOfFacetsOnly { return GridCount(facets.reduce(0) { $0 + $1.orders }) }
        let (places, isWhole) = try places(limit: limit + 1)
        return places.count > limit ? GridCount(limit, isExact: false) : GridCount(places.count, isExact: isWhole)
    }

    func index(sort: GridSort, limit: Int, counted most: Int) throws -> GridIndex {
        // A sorted list is made of all that match, a page of the newest of those placed last.
        let isByPlace = sort.column == .placed && !sort.isAscending
        let wanted = isByPlace ? limit : Ledger.maximumListed
        let counted = filter.isOfFacetsOnly ? wanted : max(wanted, most)
        let (found, isWhole) = try places(limit: counted + 1)
        let total = filter.isOfFacetsOnly ? GridCount(facets.reduce(0) { $0 + $1.orders })
            : found.count > counted ? GridCount(counted, isExact: false) : GridCount(found.count, isExact: isWhole)
        let newest = found.sorted { $0 > $1 }.prefix(wanted)
        guard !isByPlace else { return GridIndex(ids: newest.map { OrderID($0.id) }, total: total, isSorted: true) }
        guard found.count <= wanted else { return GridIndex(ids: newest.prefix(limit).map { OrderID($0.id) }, total: total, isSorted: false) }
        return GridIndex(ids: Array(try sorted(newest, by: sort).prefix(limit)), total: total, isSorted: true)
    }

    // MARK: which

    private static func matching(_ filter: GridFilter, _ facets: [GridFacet]) -> [GridFacet] {
        let channels = Set(filter.channels.map(\.value)), workflows = Set(filter.workflows.map(\.rawValue))
        let fulfilments = Set(filter.fulfilments.map(\.rawValue)), payments = Set(filter.payments.map(\.rawValue))
        return facets.filter { facet in
            (channels.isEmpty || channels.contains(facet.channel)) && (workflows.isEmpty || workflows.contains(facet.workflow))
                && (fulfilments.isEmpty || fulfilments.contains(facet.fulfilment)) && (payments.isEmpty || payments.contains(facet.payment))
                && (filter.isFlagged.map { $0 == facet.isFlagged } ?? true)
        }
    }

    private var isOfAllFacets: Bool { filter.channels.isEmpty && filter.workflows.isEmpty && filter.fulfilments.isEmpty && filter.payments.isEmpty && filter.isFlagged == nil }

    /// The places of those that match, the newest among them when there are more than `limit`, and whether these are all.
    private func places(limit: Int) throws -> ([Place], Bool) {
        if facets.isEmpty { return ([], true) }
        if let search = filter.search, !search.isEmpty { return try searched(search, limit: limit) }
        let isPlain = markConditions.isEmpty && filter.isCashOnDelivery == nil && !filter.isDue && filter.reason == nil && filter.waiting == nil && filter.hasDeadLetter != true
        if isPlain { return (try byFacets(limit: limit), true) }
        if let all = try ofOneList(limit: limit) { return all }
        // Whichever list is the shorter one is walked; the rest is looked up.
        if !isOfAllFacets, facets.reduce(0, { $0 + $1.orders }) <= Ledger.maximumListed {
            let all = try byFacets(limit: Ledger.maximumListed)
            return (try narrowed(all, limit: limit), true)
        }
        return try byMarks(limit: limit)
    }

    private var placedConditions: [SQL] {
        var conditions: [SQL] = []
        if let from = filter.placedFrom { conditions.append("placed_at >= \(from.milliseconds)") }
        if let before = filter.placedBefore { conditions.append("placed_at < \(before.milliseconds)") }
        return conditions
    }

    /// The newest of each combination; many combinations in one statement.
    private func byFacets(limit: Int) throws -> [Place] {
        func newest(_ conditions: [SQL]) -> SQL {
            "SELECT placed_at, id FROM orders WHERE \((conditions.isEmpty ? ["placed_at > 0"] : conditions).joined(by: " AND ")) ORDER BY placed_at DESC, id DESC LIMIT \(limit)"
        }
        if isOfAllFacets { return try tx.rows(newest(placedConditions)) { (try $0.int64(0), try $0.int64(1)) } }
        var found: [Place] = []
        for start in stride(from: 0, to: facets.count, by: Self.facetsAtOnce) {
            let parts = facets[start..<min(start + Self.facetsAtOnce, facets.count)].map { facet -> SQL in
                let conditions: [SQL] = ["channel_id = \(facet.channel) AND workflow = \(facet.workflow) AND fulfilment = \(facet.fulfilment) AND payment_state = \(facet.payment) AND flagged = \(facet.isFlagged)"]
                return "SELECT placed_at, id FROM (\(newest(conditions + placedConditions))) AS newest"
            }
            found += try tx.rows(parts.joined(by: " UNION ALL ")) { (try $0.int64(0), try $0.int64(1)) }
        }
        return Array(found.sorted { $0 > $1 }.prefix(limit))
    }
    private static let facetsAtOnce = 32

    /// Where what is due or one mark is all that is asked for, its list has the places itself.
    private func ofOneList(limit: Int) throws -> ([Place], Bool)? {
        guard isOfAllFacets, filter.isCashOnDelivery != false else { return nil }
        if walk == .mark, markConditions.count == 1, let mark = markConditions.first {
            let places = try carriers(of: mark, atMost: limit)
            return (places, places.count < limit)
        }
        guard walk == .due, markConditions.isEmpty, filter.reason == nil, placedConditions.isEmpty else { return nil }
        let most = limit * 2, places = try due(atMost: most)
        return (Array(places.sorted { $0 > $1 }.prefix(limit)), places.count < most)
    }

    private struct MarkCondition { var kind: OrderMark.Kind, value: String }

    private var markConditions: [MarkCondition] {
        var conditions = filter.tags.prefix(GridFilter.maximumTags).map { MarkCondition(kind: .tag, value: OrderTags.fold($0)) }
        if let courier = filter.courier { conditions.append(MarkCondition(kind: .courier, value: courier)) }
        if filter.isCashOnDelivery == true { conditions.append(MarkCondition(kind: .cod, value: "")) }
        return conditions
    }

    /// Walks the shortest list that the filter names, the newest first, and keeps those that the rest of the filter allows.
    private func byMarks(limit: Int) throws -> ([Place], Bool) {
        // Where most of what is walked is wanted, a short walk is enough.
        let few = limit * 2
        if few < Ledger.gridScan {
            let ids = try walked(atMost: few), found = try kept(ids, limit: limit, walk: walk)
            if found.count >= limit || ids.count < few { return (found, ids.count < few) }
        }
        let ids = try walked(atMost: Ledger.gridScan)
        return (try kept(ids, limit: limit, walk: walk), ids.count < Ledger.gridScan)
    }

    /// The list that is walked: what is on it needs not be compared with it again.
    private enum Walk { case failed, waiting, due, reason, mark, newest }

    /// What waits and what is due are few, being only what is still to be worked on; tags and couriers are rarer than cash on delivery.
    private var walk: Walk {
        if filter.hasDeadLetter == true { return .failed }
        if filter.waiting != nil { return .waiting }
        if filter.isDue { return .due }
        if filter.reason != nil { return .reason }
        return markConditions.isEmpty ? .newest : .mark
    }

    private func walked(atMost most: Int) throws -> [Int64] {
        switch walk {
        case .failed: return try failedOrders()
        case .waiting: return try waitingOrders(atMost: most)
        case .due: return try dueOrders(atMost: most)
        case .reason, .mark, .newest: break
        }
        if walk == .reason, let reason = filter.reason {
            return try tx.rows("SELECT order_id FROM order_reasons WHERE reason = \(reason) ORDER BY order_id DESC LIMIT \(most)") { try $0.int64(0) }
        }
        guard let mark = markConditions.first else {
            // Nothing but "not cash on delivery": the newest are walked.
            return try tx.rows("SELECT id FROM orders WHERE placed_at > 0 ORDER BY placed_at DESC, id DESC LIMIT \(most)") { try $0.int64(0) }
        }
        return try carriers(of: mark, atMost: most).map(\.id)
    }

    /// Those placed last among the orders that carry it.
    private func carriers(of mark: MarkCondition, atMost most: Int) throws -> [Place] {
        var conditions: [SQL] = ["kind = \(mark.kind.rawValue) AND value = \(mark.value)"]
        if let from = filter.placedFrom { conditions.append("at >= \(from.milliseconds)") }
        if let before = filter.placedBefore { conditions.append("at < \(before.milliseconds)") }
        return try tx.rows("SELECT at, order_id FROM order_marks WHERE \(conditions.joined(by: " AND ")) ORDER BY at DESC, order_id DESC LIMIT \(most)") { (try $0.int64(0), try $0.int64(1)) }
    }

    private func dueOrders(from: Timestamp? = nil, before: Timestamp? = nil, atMost most: Int = Ledger.gridScan) throws -> [Int64] {
        try due(from: from, before: before, atMost: most).map(\.id)
    }

    /// What is still to be shipped in the range, the most urgent first.
    private func due(from: Timestamp? = nil, before: Timestamp? = nil, atMost most: Int) throws -> [Place] {
        var conditions: [SQL] = ["ship_by > 0"]
        if let from = from ?? filter.shipFrom { conditions.append("ship_by >= \(from.milliseconds)") }
        if let before = before ?? filter.shipBefore { conditions.append("ship_by < \(before.milliseconds)") }
        return try tx.rows("SELECT placed_at, id FROM orders WHERE \(conditions.joined(by: " AND ")) ORDER BY ship_by, id LIMIT \(most)") { (try $0.int64(0), try $0.int64(1)) }
    }

    private func failedOrders() throws -> [Int64] {
        let ids = try tx.rows("SELECT order_id FROM dead_letters WHERE state = 'open' AND action <> 'fetch' ORDER BY id DESC LIMIT \(Ledger.gridScan)") { try $0.int64(0) }
        var seen: Set<Int64> = []
        return ids.filter { seen.insert($0).inserted }
    }

    private func waitingOrders(atMost most: Int = Ledger.gridScan) throws -> [Int64] {
        guard let waiting = filter.waiting else { return [] }
        var conditions: [SQL] = ["cause = \(waiting.rawValue)"]
        if let subject = filter.waitingSubject { conditions.append("subject = \(subject)") }
        return try tx.rows("SELECT order_id FROM waiting WHERE \(conditions.joined(by: " AND ")) ORDER BY cause, subject, channel_id, since, order_id LIMIT \(most)") { try $0.int64(0) }
    }

    private static let chunk = 500

    /// Those of `ids` whose own columns and marks allow them, until `limit` are found.
    private func kept(_ ids: [Int64], limit: Int, walk: Walk? = nil) throws -> [Place] {
        var found: [Place] = []
        for start in stride(from: 0, to: ids.count, by: Self.chunk) where found.count < limit {
            found += try narrowed(try columns(of: Array(ids[start..<min(start + Self.chunk, ids.count)])), limit: limit, walk: walk)
        }
        return Array(found.sorted { $0 > $1 }.prefix(limit))
    }

    private func columns(of ids: [Int64]) throws -> [Place] {
        var conditions: [SQL] = ["id IN (\(list: ids))"]
        conditions += placedConditions
        if !filter.channels.isEmpty { conditions.append("channel_id IN (\(list: filter.channels.map(\.value)))") }
        if !filter.workflows.isEmpty { conditions.append("workflow IN (\(list: filter.workflows.map(\.rawValue)))") }
        if !filter.fulfilments.isEmpty { conditions.append("fulfilment IN (\(list: filter.fulfilments.map(\.rawValue)))") }
        if !filter.payments.isEmpty { conditions.append("payment_state IN (\(list: filter.payments.map(\.rawValue)))") }
        if let isFlagged = filter.isFlagged { conditions.append("flagged = \(isFlagged)") }
        return try tx.rows("SELECT placed_at, id FROM orders WHERE \(conditions.joined(by: " AND "))") { (try $0.int64(0), try $0.int64(1)) }
    }

    /// Those that carry every mark and the reason.
    ///
    /// - Parameter walk: the list from which they are.
    private func narrowed(_ places: [Place], limit: Int, walk: Walk? = nil) throws -> [Place] {
        var rest = places
        for mark in markConditions.dropFirst(walk == .mark ? 1 : 0) where !rest.isEmpty { rest = try carrying(mark, among: rest) }
        if filter.isDue, walk != .due, !rest.isEmpty {
            let due = Set(try dueOrders())
            rest.removeAll { !due.contains($0.id) }
        }
        if filter.hasDeadLetter == true, walk != .failed, !rest.isEmpty {
            let failed = Set(try failedOrders())
            rest.removeAll { !failed.contains($0.id) }
        }
        if filter.waiting != nil, walk != .waiting, !rest.isEmpty {
            let waiting = Set(try waitingOrders())
            rest.removeAll { !waiting.contains($0.id) }
        }
        if filter.isCashOnDelivery == false {
            let cash = Set(try carrying(MarkCondition(kind: .cod, value: ""), among: rest).map(\.id))
            rest.removeAll { cash.contains($0.id) }
        }
        if let reason = filter.reason, walk != .reason, !rest.isEmpty {
            var held: Set<Int64> = []
            for part in Self.parts(rest) {
                held.formUnion(try tx.rows("SELECT order_id FROM order_reasons WHERE reason = \(reason) AND order_id IN (\(list: part.map(\.id)))") { try $0.int64(0) })
            }
            rest.removeAll { !held.contains($0.id) }
        }
        return rest
    }

    /// The marks of the same times: a range of one index, then a look into a set.
    private func carrying(_ mark: MarkCondition, among places: [Place]) throws -> [Place] {
        var carriers: Set<Int64> = []
        for part in Self.parts(places.sorted { $0 < $1 }) {
            // Orders of a file often share one moment with thousands of others: those are looked up one by one, not as a range.
            for run in Self.runs(part) {
                guard let first = run.first, let last = run.last else { continue }
                let when: SQL = first.at == last.at ? "at = \(first.at)" : "at BETWEEN \(first.at) AND \(last.at)"
                carriers.formUnion(try tx.rows("""
                    SELECT order_id FROM order_marks WHERE \([SQL("kind = \(mark.kind.rawValue) AND value = \(mark.value)"), when].joined(by: " AND ")) AND order_id IN (\(list: run.map(\.id)))
                    """) { try $0.int64(0) })
            }
        }
        return places.filter { carriers.contains($0.id) }
    }

    private static let leastAlike = 8

    /// Places in their order, cut where some of the same moment begin and end.
    private static func runs(_ places: [Place]) -> [ArraySlice<Place>] {
        var runs: [ArraySlice<Place>] = [], begin = places.startIndex, at = begin
        while at < places.endIndex {
            let end = places[at...].firstIndex { $0.at != places[at].at } ?? places.endIndex
            if end - at >= leastAlike {
                runs += [places[begin..<at], places[at..<end]]
                begin = end
            }
            at = end
        }
        return (runs + [places[begin...]]).filter { !$0.isEmpty }
    }

    private static func parts(_ places: [Place]) -> [[Place]] {
        stride(from: 0, to: places.count, by: chunk).map { Array(places[$0..<min($0 + chunk, places.count)]) }
    }

    // MARK: words

    private func searched(_ search: String, limit: Int) throws -> ([Place], Bool) {
        let words = search.split(whereSeparator: \.isWhitespace).map(String.init)
        var terms = words.compactMap(SearchTerms.fold)
        if let phone = SearchTerms.foldPhone(search), search.allSatisfy({ $0.isNumber || "+-() .".contains($0) }) { terms = [phone] }
        guard let last = terms.last else { return ([], true) }
        let exact = Array(terms.dropLast())
        var found: [Place] = [], known: Set<Int64> = [], budget = Ledger.maximumListed
        var bucket = try TermBuckets.lastBucket(in: tx), before = Int64.max
        while bucket > 0 {
            let candidates = try Ledger.candidates(prefix: last, bucket: bucket, before: before, in: tx)
            budget -= candidates.count
            let fresh = try Ledger.having(exact, among: candidates, in: tx).filter { known.insert($0).inserted }
            if !fresh.isEmpty { found += try kept(fresh, limit: limit) }
            if found.count >= limit || budget <= 0 { return (Array(found.sorted { $0 > $1 }.prefix(limit)), false) }
            if candidates.count == Ledger.maximumTermMatches, let lowest = candidates.last { before = lowest } else {
                before = Int64.max
                bucket = try tx.first("SELECT MAX(bucket) FROM order_terms WHERE bucket < \(bucket)") { try $0.optionalInt64(0) }.flatMap { $0 } ?? 0
            }
        }
        return (found, true)
    }

    // MARK: order

    private func sorted(_ places: some Sequence<Place>, by sort: GridSort) throws -> [OrderID] {
        let places = Array(places)
        if sort.column == .placed { return places.sorted { sort.isAscending ? $0 < $1 : $0 > $1 }.map { OrderID($0.id) } }
        let column = switch sort.column {
        case .placed: "placed_at"
        case .updated: "updated_at"
        case .number: "external_number"
        case .total: "grand_minor"
        case .channel: "channel_id"
        case .workflow: "workflow"
        case .fulfilment: "fulfilment"
        case .payment: "payment_state"
        case .due: "id"
        }
        var keys: [Int64: SortKey] = [:]
        if sort.column == .due {
            for (rank, id) in try dueOrders(from: Timestamp(milliseconds: 0), before: Timestamp(milliseconds: .max)).enumerated() { keys[id] = .number(Int64(rank)) }
        } else {
            let isText = [.number, .workflow, .fulfilment, .payment].contains(sort.column)
            for part in Self.parts(places) {
                for (id, key) in try tx.rows("SELECT id, \(raw: column) FROM orders WHERE id IN (\(list: part.map(\.id)))", { row in
                    (try row.int64(0), isText ? SortKey.text(try row.text(1)) : .number(try row.int64(1)))
                }) { keys[id] = key }
            }
        }
        // What has no value stands at the end in both directions; equals go by placing time, newest first.
        return places.sorted { a, b in
            guard let one = keys[a.id] else { return keys[b.id] == nil ? a > b : false }
            guard let other = keys[b.id] else { return true }
            if one == other { return a > b }
            return sort.isAscending ? one < other : other < one
        }.map { OrderID($0.id) }
    }

    private enum SortKey: Comparable { case number(Int64), text(String) }
}
