package import Domain

extension Ledger {
    /// What `act` does, with its line of the audit in the same transaction. Fields of people are named, their values stand in the order's timeline only.
    package func act(_ action: OrderAction, on id: OrderID, by actor: AuditActor, seenVersion: Int? = nil) async throws -> StoredOrder {
        try await write { transaction in
            let before = try OrderRows.find(id, in: transaction.tx)
            let order = try transaction.act(action, on: id, by: actor.name, seenVersion: seenVersion)
            try transaction.audit(action, of: order, was: before, by: actor)
            return order
        }
    }
}

extension LedgerTransaction {
    func audit(_ change: AuditChange) throws { try AuditRows.append(change, in: tx, ids: ids, at: now) }

    func audit(_ action: OrderAction, of order: StoredOrder, was before: StoredOrder?, by actor: AuditActor) throws {
        let (word, note): (String, String?) = switch action {
        case .edit(let fields): ("order.edit", "fields: " + fields.keys.sorted().joined(separator: ", "))
        case .approve: ("order.approve", nil)
        case .hold(let reason): ("order.hold", reason)
        case .exclude(let reason): ("order.exclude", reason)
        case .cancel(let reason): ("order.cancel", reason)
        case .reopen: ("order.reopen", nil)
        case .note: ("order.note", nil)
        }
        try audit(AuditChange(actor, word, "order:\(order.id)", before: before.map(Self.summary), after: Self.summary(order), note: note))
    }

    private static func summary(_ order: StoredOrder) -> [String: String] { ["workflow": order.workflow.rawValue, "revision": "\(order.version)"] }
}
