package import Domain
import Database

package enum EditFault: HubError, Equatable {
    case tooMany, unknown, undone
    package var code: String { switch self { case .tooMany: "too_many"; case .unknown: "not_found"; case .undone: "cannot_undo" } }
    package var sentence: String {
        switch self {
        case .tooMany: "At most \(OrderEdit.maximumOrders) orders with \(OrderEdit.maximumCells) cells each are saved at once."
        case .unknown: "There is no saved batch with this id."
        case .undone: "It was taken back already."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// Edits of many cells of many orders, decided cell by cell, kept as one batch.
package struct EditDesk: Sendable {
    static let ordersAtOnce = 100
    let ledger: Ledger

    /// Decides and applies. What cannot be applied changes nothing and hinders nothing else.
    ///
    /// - Returns: a result for each order in their order, and the batch when anything was changed.
    package func save(_ edits: [OrderEdit], by actor: AuditActor, holder: Int64, undoOf: Int64? = nil) async throws -> (results: [OrderEditResult], batch: EditBatch?) {
        guard edits.count <= OrderEdit.maximumOrders, edits.allSatisfy({ $0.cells.count <= OrderEdit.maximumCells }) else { throw EditFault.tooMany }
        var results: [OrderEditResult] = [], number: Int64?
        for start in stride(from: 0, to: edits.count, by: Self.ordersAtOnce) {
            let part = Array(edits[start..<min(start + Self.ordersAtOnce, edits.count)]), known = number
            let (made, used) = try await ledger.write { transaction in
                let batch = known ?? transaction.nextID()
                let results = try part.map { try transaction.edit($0, by: actor, batch: batch) }
                let cells = results.reduce(0) { $0 + $1.applied.count }, orders = results.count { !$0.applied.isEmpty }
                guard cells > 0 else { return (results, known) }
                try transaction.keepBatch(batch, holder: holder, by: actor, orders: orders, cells: cells, undoOf: undoOf)
                return (results, batch)
            }
            results += made
            number = used
        }
        let id = number
        return (results, try await ledger.database.read { tx in try id.flatMap { try EditRows.find($0, in: tx) } })
    }

    /// The inverse of a batch, wherever nobody changed its cells since.
    package func undo(_ id: Int64, by actor: AuditActor, holder: Int64) async throws -> (results: [OrderEditResult], batch: EditBatch?) {
        let edits = try await ledger.write { transaction in
            guard let batch = try EditRows.find(id, in: transaction.tx), batch.holder == holder else { throw EditFault.unknown }
            // Taken first, so that a second click finds it taken back.
            guard try transaction.tx.run("UPDATE edit_batches SET undone_by = 0 WHERE id = \(id) AND undone_by IS NULL") == 1 else { throw EditFault.undone }
            return try EditRows.inverse(of: id, in: transaction.tx)
        }
        let (results, batch) = try await save(edits, by: actor, holder: holder, undoOf: id)
        if let batch { try await ledger.database.write { tx in try tx.run("UPDATE edit_batches SET undone_by = \(batch.id) WHERE id = \(id)") } }
        return (results, batch)
    }

    /// Newest first.
    package func batches(of holder: Int64, before: Int64?, limit: Int) async throws -> [EditBatch] {
        try await ledger.database.read { tx in
            try tx.rows("SELECT \(raw: EditRows.columns) FROM edit_batches WHERE holder_id = \(holder) AND id < \(before ?? .max) ORDER BY id DESC LIMIT \(limit)", EditRows.read)
        }
    }
}

/// The SQL of edit batches.
enum EditRows {
    static let columns = "id, holder_id, actor, orders, cells, undo_of, undone_by, created_at"

    static func read(_ row: Row) throws -> EditBatch {
        EditBatch(id: try row.int64(0), holder: try row.int64(1), actor: try row.text(2), orders: try row.int(3), cells: try row.int(4), undoOf: try row.optionalInt64(5), undoneBy: try row.optionalInt64(6),
                  createdAt: Timestamp(milliseconds: try row.int64(7)))
    }

    static func find(_ id: Int64, in tx: any Transaction) throws -> EditBatch? { try tx.first("SELECT \(raw: columns) FROM edit_batches WHERE id = \(id)", read) }

    static func inverse(of batch: Int64, in tx: any Transaction) throws -> [OrderEdit] {
        let cells = try tx.rows("SELECT order_id, field, was, became FROM edit_cells WHERE batch_id = \(batch) ORDER BY order_id, field LIMIT \(OrderEdit.maximumOrders * OrderEdit.maximumCells * 2)") {
            (OrderID(try $0.int64(0)), try $0.text(1), CellEdit(seen: try $0.optionalText(3), value: try $0.optionalText(2)))
        }
        return Dictionary(grouping: cells, by: \.0).sorted { $0.key < $1.key }.map { order, cells in
            OrderEdit(order: order, cells: Dictionary(cells.map { ($0.1, $0.2) }, uniquingKeysWith: { $1 }))
        }
    }
}

extension LedgerTransaction {
    fileprivate func keepBatch(_ id: Int64, holder: Int64, by actor: AuditActor, orders: Int, cells: Int, undoOf: Int64?) throws {
        try tx.run("""
            INSERT INTO edit_batches (id, holder_id, actor, orders, cells, undo_of, created_at)
            VALUES (\(id), \(holder), \(actor.name), \(orders), \(cells), \(undoOf), \(now.milliseconds))
            ON CONFLICT (id) DO UPDATE SET orders = edit_batches.orders + excluded.orders, cells = edit_batches.cells + excluded.cells
            """)
    }

    /// Decides one order's cells: unchanged, applied, in conflict, or not allowed.
    fileprivate func edit(_ edit: OrderEdit, by actor: AuditActor, batch: Int64) throws -> OrderEditResult {
        guard let order = try OrderRows.find(edit.order, in: tx) else { return OrderEditResult(order: edit.order, number: nil, outcome: .unknownOrder) }
        var result = OrderEditResult(order: order.id, number: order.snapshot.externalNumber, outcome: .unchanged, revision: order.version, workflow: order.workflow)
        var wanted: [String: String?] = [:]
        let base = order.source ?? order.snapshot, couriers = surroundings.couriers.map(\.name)
        for (field, cell) in edit.expanded.sorted(by: { $0.key < $1.key }) {
            let current = OrderField.value(of: field, in: order.snapshot)
            let mine = EditLaw.canonical(cell.value, in: field, of: order.snapshot) ?? (cell.value?.isEmpty == true ? nil : cell.value)
            let seen = cell.seen?.isEmpty == true ? nil : cell.seen
            if mine == current { continue }
            if current != seen, EditLaw.canonical(seen, in: field, of: order.snapshot) != current {
                let other = try lastChange(of: field, in: order.id)
                result.conflicts.append(CellConflict(field: field, mine: mine, theirs: current, cause: other?.cause, at: other?.at))
                continue
            }
            let isPlatforms = mine == OrderField.value(of: field, in: base)
            if let refusal = EditLaw.refusal(of: field, workflow: order.workflow, fulfilment: order.fulfilment) ?? (isPlatforms ? nil : EditLaw.refusal(of: mine, in: field, of: order.snapshot, couriers: couriers)) {
                result.refused.append(CellRefusal(field: field, refusal: refusal))
            } else { wanted[field] = .some(mine) }
        }
        if !wanted.isEmpty { try apply(wanted, to: order, by: actor, batch: batch, seen: edit.revision, &result) }
        let hasTrouble = !result.conflicts.isEmpty || !result.refused.isEmpty
        result.outcome = if !result.applied.isEmpty { hasTrouble ? .partly : .applied } else if !result.conflicts.isEmpty { .conflict } else if !result.refused.isEmpty { .refused } else { .unchanged }
        return result
    }

    private func apply(_ wanted: [String: String?], to order: StoredOrder, by actor: AuditActor, batch: Int64, seen: Int?, _ result: inout OrderEditResult) throws {
        do {
            let (after, changes) = try isolated { () -> (StoredOrder, [FieldChange]) in
                var edited = order
                let changes = try self.edit(&edited, wanted, by: actor.name)
                try save(edited, was: order)
                for change in changes {
                    try tx.run("INSERT INTO edit_cells (batch_id, order_id, field, was, became) VALUES (\(batch), \(order.id.value), \(change.field), \(change.from), \(change.to)) ON CONFLICT (batch_id, order_id, field) DO NOTHING")
                }
                try audit(.edit(wanted), of: edited, was: order, by: actor)
                return (edited, changes)
            }
            result.applied = changes
            result.revision = after.version
            result.workflow = after.workflow
            result.isRebased = seen.map { $0 != order.version } ?? false
            result.isAmended = [.queued, .synced].contains(order.workflow)
        } catch let error as LedgerError {
            let refusal = if case .refusedValue(_, let refusal) = error { refusal } else { EditRefusal(error.code, error.sentence) }
            result.refused += wanted.keys.sorted().map { CellRefusal(field: $0, refusal: refusal) }
        }
    }

    /// Events looked at for who wrote a value.
    private static var lookedAt: Int { 100 }

    /// Who changed this field last; lines and tags are told as one by platforms.
    private func lastChange(of field: String, in order: OrderID) throws -> (cause: Cause, at: Timestamp)? {
        let whole = field.hasPrefix("lines.") ? "lines" : field.hasPrefix("tag.") ? "tags" : field
        let events = try tx.rows("SELECT at, cause, data FROM events WHERE order_id = \(order.value) ORDER BY id DESC LIMIT \(Self.lookedAt)") { row in
            (Timestamp(milliseconds: try row.int64(0)), try row.text(1), try row.optionalText(2))
        }
        for (at, cause, data) in events {
            guard let data, data.contains("\"changes\"") else { continue }
            let changes = try OrderRows.decode(EventData.self, data, column: "data").changes ?? []
            if changes.contains(where: { $0.field == field || $0.field == whole }) { return (try OrderRows.decode(Cause.self, cause, column: "cause"), at) }
        }
        return nil
    }
}
