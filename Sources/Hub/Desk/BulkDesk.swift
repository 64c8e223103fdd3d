package import Domain
import Database

/// What a bulk action will do, before it is done.
package struct BulkPreview: Sendable, Equatable {
    package var total: Int, goes: Int, unchanged: Int
    /// What will not go, by reason, the most frequent first.
    package var refused: [BulkGroup]
    package static let sampleSize = 5
}

/// Which orders.
package enum BulkSelection: Sendable, Equatable {
    case orders([OrderID])
    /// All that match, without some.
    case matching(GridFilter, except: Set<OrderID>)
}

/// Bulk actions: previewed, started, followed, stopped, taken back. They run in `BulkWorker`, whoever looks on.
package struct BulkDesk: Sendable {
    let ledger: Ledger
    let beacon: Beacon
    let wake: @Sendable () -> Void

    /// The orders that are meant, in the list's order.
    ///
    /// - Throws: `BulkFault.nothingChosen`, `.tooMany`.
    package func chosen(_ selection: BulkSelection) async throws -> [OrderID] {
        switch selection {
        case .orders(let ids):
            var seen: Set<OrderID> = []
            let unique = ids.filter { seen.insert($0).inserted }
            guard !unique.isEmpty else { throw BulkFault.nothingChosen }
            guard unique.count <= Ledger.maximumListed else { throw BulkFault.tooMany(unique.count) }
            return unique
        case .matching(let filter, let except):
            let index = try await ledger.gridIndex(filter)
            guard index.total.isExact, index.total.count <= Ledger.maximumListed else { throw BulkFault.tooMany(index.total.count) }
            let ids = index.ids.filter { !except.contains($0) }
            guard !ids.isEmpty else { throw BulkFault.nothingChosen }
            return ids
        }
    }

    package func preview(_ request: BulkRequest, of ids: [OrderID]) async throws -> BulkPreview {
        let request = try request.checked(couriers: ledger.channels.surroundings.couriers.map(\.name))
        return try await tally(request, undoing: nil, ids.map { ($0, nil, nil) })
    }

    package func previewUndo(of id: Int64) async throws -> BulkPreview {
        let (action, changed) = try await undoable(id)
        return try await tally(BulkRequest(.undo), undoing: action.request, changed)
    }

    private func tally(_ request: BulkRequest, undoing: BulkRequest?, _ orders: [(id: OrderID, was: String?, became: String?)]) async throws -> BulkPreview {
        try await ledger.database.read { tx in
            var preview = BulkPreview(total: orders.count, goes: 0, unchanged: 0, refused: [])
            for start in stride(from: 0, to: orders.count, by: 500) {
                let part = Array(orders[start..<min(start + 500, orders.count)])
                let facts = try BulkFacts.read(part.map(\.id), request: undoing ?? request, in: tx)
                for order in part {
                    var known = facts[order.id]
                    known?.facts.was = order.was
                    known?.facts.became = order.became
                    let verdict = known.map { BulkLaw.verdict(request, undoing: undoing, $0.facts) } ?? BulkWorker.gone
                    preview.add(verdict, order.id, known?.number ?? "\(order.id)")
                }
            }
            preview.refused.sort { ($0.count, $1.code) > ($1.count, $0.code) }
            return preview
        }
    }

    /// Starts it: from then on it runs whether anybody looks or not.
    package func start(_ request: BulkRequest, of ids: [OrderID], by actor: AuditActor, holder: Int64) async throws -> BulkAction {
        let request = try request.checked(couriers: ledger.channels.surroundings.couriers.map(\.name))
        return try await enter(request, ids.map { ($0, nil, nil) }, undoOf: nil, by: actor, holder: holder)
    }

    package func undo(_ id: Int64, by actor: AuditActor, holder: Int64) async throws -> BulkAction {
        let (_, changed) = try await undoable(id)
        return try await enter(BulkRequest(.undo), changed, undoOf: id, by: actor, holder: holder)
    }

    private func enter(_ request: BulkRequest, _ orders: [(id: OrderID, was: String?, became: String?)], undoOf: Int64?, by actor: AuditActor, holder: Int64) async throws -> BulkAction {
        let action = try await ledger.write { transaction in
            let tx = transaction.tx
            let action = BulkAction(id: transaction.nextID(), request: request, holder: holder, actor: actor, state: .running, total: orders.count, position: 0, went: 0, unchanged: 0, refused: 0,
                                    undoOf: undoOf, undoneBy: nil, createdAt: transaction.now, updatedAt: transaction.now)
            if let undoOf {
                guard try tx.run("UPDATE bulk_actions SET undone_by = \(action.id) WHERE id = \(undoOf) AND undone_by IS NULL") == 1 else { throw BulkFault.cannotUndo("It was taken back already.") }
            }
            try BulkRows.insert(action, in: tx)
            try BulkRows.insert(orders, of: action.id, in: tx)
            var after = ["orders": "\(orders.count)"]
            after["tag"] = request.tag
            after["courier"] = request.courier
            after["undoOf"] = undoOf.map { "bulk:\($0)" }
            try transaction.audit(AuditChange(actor, "bulk.\(request.kind.rawValue)", "bulk:\(action.id)", after: after, note: request.reason))
            return action
        }
        beacon.tell("jobs", "\(action.id)")
        wake()
        return action
    }

    private func undoable(_ id: Int64) async throws -> (BulkAction, [(id: OrderID, was: String?, became: String?)]) {
        try await ledger.database.read { tx in
            guard let action = try BulkRows.find(id, in: tx) else { throw BulkFault.unknown }
            guard action.canBeUndone else { throw BulkFault.cannotUndo(action.undoneBy != nil ? "It was taken back already." : "This cannot be taken back.") }
            return (action, try BulkRows.changed(by: id, in: tx))
        }
    }

    /// No order after the batch that runs now is touched any more.
    package func cancel(_ id: Int64, by actor: AuditActor) async throws -> BulkAction {
        let action = try await ledger.write { transaction in
            guard try BulkRows.find(id, in: transaction.tx) != nil else { throw BulkFault.unknown }
            if try transaction.tx.run("UPDATE bulk_actions SET state = 'cancelling', updated_at = \(transaction.now.milliseconds) WHERE id = \(id) AND state = 'running'") == 1 {
                try transaction.audit(AuditChange(actor, "bulk.cancel", "bulk:\(id)"))
            }
            guard let action = try BulkRows.find(id, in: transaction.tx) else { throw BulkFault.unknown }
            return action
        }
        beacon.tell("jobs", "\(id)")
        wake()
        return action
    }

    package func action(_ id: Int64) async throws -> BulkAction? { try await ledger.database.read { try BulkRows.find(id, in: $0) } }

    /// Newest first.
    package func actions(of holder: Int64?, before: Int64?, limit: Int) async throws -> [BulkAction] {
        try await ledger.database.read { tx in
            var conditions: [SQL] = ["id < \(before ?? .max)"]
            if let holder { conditions.append("holder_id = \(holder)") }
            return try tx.rows("SELECT \(raw: BulkRows.columns) FROM bulk_actions WHERE \(conditions.joined(by: " AND ")) ORDER BY id DESC LIMIT \(limit)", BulkRows.read)
        }
    }

    /// What did not go, and why, in the list's order.
    package func refusals(of id: Int64, after position: Int, limit: Int) async throws -> [BulkRefusal] {
        try await ledger.database.read { tx in
            let items = try tx.rows("SELECT position, order_id, code, sentence FROM bulk_items WHERE bulk_id = \(id) AND outcome = 'refused' AND position > \(position) ORDER BY position LIMIT \(limit)") {
                (try $0.int(0), try $0.int64(1), try $0.optionalText(2) ?? "", try $0.optionalText(3) ?? "")
            }
            let numbers = Dictionary(try tx.rows("SELECT id, external_number FROM orders WHERE id IN (\(list: items.map(\.1)))") { (try $0.int64(0), try $0.text(1)) }, uniquingKeysWith: { $1 })
            return items.map { BulkRefusal(position: $0.0, order: OrderID($0.1), number: numbers[$0.1] ?? "\($0.1)", code: $0.2, sentence: $0.3) }
        }
    }
}

extension BulkPreview {
    fileprivate mutating func add(_ verdict: BulkVerdict, _ id: OrderID, _ number: String) {
        switch verdict {
        case .goes: goes += 1
        case .unchanged: unchanged += 1
        case .refused(let code, let sentence):
            if let index = refused.firstIndex(where: { $0.code == code }) {
                refused[index].count += 1
                if refused[index].sample.count < Self.sampleSize { refused[index].sample.append(id); refused[index].numbers.append(number) }
            } else { refused.append(BulkGroup(code: code, sentence: sentence, count: 1, sample: [id], numbers: [number])) }
        }
    }
}

extension BulkFacts {
    /// What a preview needs of these orders, without reading them whole.
    fileprivate static func read(_ ids: [OrderID], request: BulkRequest, in tx: any Transaction) throws -> [OrderID: (number: String, facts: BulkFacts)] {
        let list = ids.map(\.value)
        let orders = try tx.rows("SELECT id, external_number, workflow, fulfilment, placed_at FROM orders WHERE id IN (\(list: list))") { row in
            (try row.int64(0), try row.text(1), try row.value(Workflow.self, 2), try row.value(Fulfilment.self, 3), try row.int64(4))
        }
        let from = orders.map(\.4).min() ?? 0, to = orders.map(\.4).max() ?? 0
        var tagged: Set<Int64> = []
        if let tag = request.tag {
            tagged = Set(try tx.rows("SELECT order_id FROM order_marks WHERE kind = 'tag' AND value = \(OrderTags.fold(tag)) AND at BETWEEN \(from) AND \(to) AND order_id IN (\(list: list))") { try $0.int64(0) })
        }
        var couriers: [Int64: String] = [:]
        if request.kind == .courier {
            // Who chose the courier stands in the edits only.
            for order in try Ledger.load(ids, in: tx) { couriers[order.id.value] = order.chosenCourier }
        }
        return Dictionary(orders.map { id, number, workflow, fulfilment, _ in
            (OrderID(id), (number, BulkFacts(workflow: workflow, fulfilment: fulfilment, hasTag: tagged.contains(id), chosenCourier: couriers[id], lacksNumber: request.lacksNumber(OrderID(id)))))
        }, uniquingKeysWith: { $1 })
    }
}
