package import Domain
import Database

/// What a person (or a program on a person's behalf) can ask of an order.
package enum OrderAction: Sendable, Equatable {
    case edit([String: String?])
    case approve, hold(reason: String), exclude(reason: String), cancel(reason: String), reopen, note(String)
}

extension LedgerTransaction {
    /// - Parameter seenVersion: the version the person saw; an edit against an older one is refused, other actions ignore nil.
    /// - Throws: `LedgerError.versionConflict`, `.notAllowed`, `.unknownField`, `.unknownOrder`.
    package func act(_ action: OrderAction, on id: OrderID, by actor: String, seenVersion: Int?) throws -> StoredOrder {
        guard var order = try OrderRows.find(id, in: tx) else { throw LedgerError.unknownOrder }
        if let seenVersion, seenVersion != order.version { throw LedgerError.versionConflict(current: order.version) }
        let old = order
        switch action {
        case .edit(let values): try edit(&order, values, by: actor)
        case .approve:
            if let decision = order.decision, decision.wish != nil { order.decision = surroundings.chosen(decision, of: order) }
            try move(&order, by: .personApproved, cause: Cause(.person, actor, detail: order.chosenCourier == nil ? order.decision?.choice?.sentence : nil))
        case .hold(let reason): try move(&order, by: .personHeld, cause: Cause(.person, actor, detail: reason), note: reason)
        case .exclude(let reason): try move(&order, by: .personExcluded, cause: Cause(.person, actor, detail: reason), note: reason)
        case .cancel(let reason):
            try move(&order, by: .personCancelled, cause: Cause(.person, actor, detail: reason), note: reason)
            try record(.cancelRequested, of: order, cause: Cause(.person, actor, detail: reason), note: reason)
        case .reopen: try move(&order, by: .personReopened, cause: Cause(.person, actor))
        case .note(let text): try record(.noted, of: order, cause: Cause(.person, actor), note: text)
        }
        if case .note = action { return order }
        order.version = old.version + 1
        try save(order, was: old)
        return order
    }
}
