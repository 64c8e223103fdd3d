import Database
package import Domain

/// The SQL of bulk actions.
enum BulkRows {
    static let columns = "id, kind, parameters, holder_id, actor, actor_token, actor_person, state, total, position, went, unchanged, refused, undo_of, undone_by, created_at, updated_at"

    static func read(_ row: Row) throws -> BulkAction {
        BulkAction(id: try row.int64(0), request: try OrderRows.decode(BulkRequest.self, row.text(2), column: "parameters"), holder: try row.int64(3),
                   actor: AuditActor(name: try row.text(4), token: try row.optionalInt64(5), person: try row.optionalInt64(6).map { PersonID($0) }), state: try row.value(BulkAction.State.self, 7),
                   total: try row.int(8), position: try row.int(9), went: try row.int(10), unchanged: try row.int(11), refused: try row.int(12),
                   undoOf: try row.optionalInt64(13), undoneBy: try row.optionalInt64(14), createdAt: Timestamp(milliseconds: try row.int64(15)), updatedAt: Timestamp(milliseconds: try row.int64(16)))
    }

    static func find(_ id: Int64, in tx: any Transaction) throws -> BulkAction? { try tx.first("SELECT \(raw: columns) FROM bulk_actions WHERE id = \(id)", read) }

    /// The oldest that is not finished.
    static func next(in tx: any Transaction) throws -> BulkAction? {
        try tx.first("SELECT \(raw: columns) FROM bulk_actions WHERE state IN ('running','cancelling') ORDER BY id LIMIT 1", read)
    }

    static func insert(_ action: BulkAction, in tx: any Transaction) throws {
        try tx.run("""
            INSERT INTO bulk_actions (id, kind, parameters, holder_id, actor, actor_token, actor_person, state, total, position, went, unchanged, refused, undo_of, created_at, updated_at)
            VALUES (\(action.id), \(action.request.kind.rawValue), \(try OrderRows.encodeOne(action.request)), \(action.holder), \(action.actor.name), \(action.actor.token), \(action.actor.person?.value),
                    \(action.state.rawValue), \(action.total), 0, 0, 0, 0, \(action.undoOf), \(action.createdAt.milliseconds), \(action.createdAt.milliseconds))
            """)
    }

    static func save(_ action: BulkAction, at: Timestamp, in tx: any Transaction) throws {
        // A wish to stop that came meanwhile is not written over.
        try tx.run("""
            UPDATE bulk_actions
               SET state = CASE WHEN state = 'cancelling' AND \(action.state.rawValue) = 'running' THEN state ELSE \(action.state.rawValue) END,
                   position = \(action.position), went = \(action.went), unchanged = \(action.unchanged), refused = \(action.refused), updated_at = \(at.milliseconds)
             WHERE id = \(action.id)
            """)
    }

    struct Item: Sendable { var position: Int, order: OrderID, was: String?, became: String? }

    static func insert(_ orders: [(id: OrderID, was: String?, became: String?)], of action: Int64, in tx: any Transaction) throws {
        let rows: [[SQLValue]] = orders.enumerated().map { index, order in
            [.integer(action), .integer(Int64(index + 1)), .integer(order.id.value), .text("waiting"), order.was.sqlValue, order.became.sqlValue]
        }
        _ = try tx.insertMany(into: "bulk_items", columns: ["bulk_id", "position", "order_id", "outcome", "was", "became"], rows: rows, onConflictDoNothing: false)
    }

    static func items(of action: Int64, after position: Int, limit: Int, in tx: any Transaction) throws -> [Item] {
        try tx.rows("SELECT position, order_id, was, became FROM bulk_items WHERE bulk_id = \(action) AND position > \(position) ORDER BY position LIMIT \(limit)") {
            Item(position: try $0.int(0), order: OrderID(try $0.int64(1)), was: try $0.optionalText(2), became: try $0.optionalText(3))
        }
    }

    /// The orders that an action changed, with what they were and became.
    static func changed(by action: Int64, in tx: any Transaction) throws -> [(id: OrderID, was: String?, became: String?)] {
        try tx.rows("SELECT order_id, was, became FROM bulk_items WHERE bulk_id = \(action) AND outcome = 'went' ORDER BY position LIMIT \(Ledger.maximumListed)") {
            (OrderID(try $0.int64(0)), try $0.optionalText(1), try $0.optionalText(2))
        }
    }

    static func settle(_ item: Item, of action: Int64, _ verdict: BulkVerdict, was: String?, became: String?, in tx: any Transaction) throws {
        let (outcome, code, sentence): (String, String?, String?) = switch verdict {
        case .goes: ("went", nil, nil)
        case .unchanged: ("unchanged", nil, nil)
        case .refused(let code, let sentence): ("refused", code, sentence)
        }
        try tx.run("""
            UPDATE bulk_items SET outcome = \(outcome), code = \(code), sentence = \(sentence), was = \(was), became = \(became) WHERE bulk_id = \(action) AND position = \(item.position)
            """)
    }
}

/// One order of a bulk action that did not go, and why.
package struct BulkRefusal: Sendable, Equatable {
    package var position: Int, order: OrderID, number: String, code: String, sentence: String
}

/// Orders of one reason, with some of them.
package struct BulkGroup: Sendable, Equatable {
    package var code: String, sentence: String, count: Int, sample: [(OrderID)], numbers: [String]
}
