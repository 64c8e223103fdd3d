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
        case .approve: try move(&order, by: .personApproved, cause: Cause(.person, actor))
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

    private func edit(_ order: inout StoredOrder, _ values: [String: String?], by actor: String) throws {
        var changes: [FieldChange] = []
        let source = order.source ?? order.snapshot
        for (field, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let path = OrderField.editable[field] else { throw LedgerError.unknownField(field) }
            let value = value?.isEmpty == true ? nil : value
            guard order.snapshot[keyPath: path] != value else { continue }
            changes.append(FieldChange(field, from: order.snapshot[keyPath: path], to: value))
            order.edits.removeAll { $0.field == field }
            if source[keyPath: path] != value {
                order.edits.append(EditedField(field: field, value: value, platformValue: source[keyPath: path], by: actor, at: now))
            }
            order.snapshot[keyPath: path] = value
        }
        guard !changes.isEmpty else { throw LedgerError.nothingToDo("Nothing differs from what the order already says.") }
        order.source = order.edits.isEmpty ? nil : source
        let fields = Set(changes.map(\.field))
        order.snapshot.flags.removeAll { flag in flag.code == Flag.editDiffers && fields.contains { flag.message.hasPrefix("\($0) ") } }
        let cause = Cause(.person, actor)
        if WorkflowLaw.destination(from: order.workflow, cause: .personEdited) != nil { order.workflow = .edited }
        order.version += 1
        try record(.edited, of: order, cause: cause, changes: changes)
        let newTerms = Set(SearchTerms.of(order.snapshot))
        addTerms(newTerms.sorted(), to: order.id, isNew: false)
        if [.queued, .synced].contains(order.workflow), changes.contains(where: { OrderField.concernsParcel($0.field) }) {
            try raise(Problem(kind: .changedAfterSent, subject: "order:\(order.id)", channel: order.channel, order: order.id, code: "changed_after_sent",
                              message: "\(actor) changed the address after the order was sent to the courier. Cancel the booking and book again, or leave it."))
        }
    }
}
