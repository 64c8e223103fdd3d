import Domain
import Database

extension LedgerTransaction {
    /// Lays a person's values into an order, moves it, records it, and amends what was sent on already.
    ///
    /// - Throws: `LedgerError.unknownField`, `.refusedValue`, `.nothingToDo`.
    /// - Returns: what differs now.
    @discardableResult
    func edit(_ order: inout StoredOrder, _ values: [String: String?], by actor: String) throws -> [FieldChange] {
        let old = order
        var changes: [FieldChange] = []
        let source = order.source ?? order.snapshot
        let base = withTags(of: order.decision, source), couriers = surroundings.couriers.map(\.name)
        for (field, given) in values.sorted(by: { $0.key < $1.key }) {
            let current = OrderField.value(of: field, in: order.snapshot)
            let given = given?.isEmpty == true ? nil : given
            guard OrderField.kind(of: field) != nil else { throw LedgerError.unknownField(field) }
            guard given != current else { continue }
            // What the platform said may come back as it is, whatever it is.
            if given != OrderField.value(of: field, in: base), let refusal = EditLaw.refusal(of: given, in: field, of: order.snapshot, couriers: couriers) { throw LedgerError.refusedValue(field: field, refusal) }
            if let refusal = EditLaw.refusal(of: field, workflow: order.workflow, fulfilment: order.fulfilment) { throw LedgerError.refusedValue(field: field, refusal) }
            let value = EditLaw.canonical(given, in: field, of: order.snapshot)
            guard value != current else { continue }
            changes.append(FieldChange(field, from: current, to: value))
            note(&order, field, value, platformValue: OrderField.value(of: field, in: base), by: actor)
            guard EditLaw.set(field, to: value, in: &order.snapshot) else { throw LedgerError.unknownField(field) }
        }
        guard !changes.isEmpty else { throw LedgerError.nothingToDo("Nothing differs from what the order already says.") }
        changes += settle(&order, changes, by: actor, base: base)
        guard EditedTotals.lay(order.edits, over: source, onto: &order.snapshot) else {
            throw LedgerError.refusedValue(field: changes[0].field, EditRefusal("not_an_amount", "The total would be larger than an amount may be."))
        }
        order.source = order.edits.isEmpty ? nil : source
        let fields = Set(changes.map(\.field))
        order.snapshot.flags.removeAll { flag in flag.code == Flag.editDiffers && fields.contains { flag.message.hasPrefix("\($0) ") } }
        if order.snapshot.lines != old.snapshot.lines {
            if order.decision?.packages.isEmpty == false {
                let packages = decide(order).packages
                order.decision?.packages = packages
            }
            try OrderRows.replaceLines(of: order, isNew: false, in: tx)
        }
        // Another place, weight or amount may be another courier's.
        if let decision = order.decision, decision.wish != nil { order.decision = surroundings.chosen(decision, of: order) }
        if WorkflowLaw.destination(from: order.workflow, cause: .personEdited) != nil { order.workflow = .edited }
        order.version = old.version + 1
        let event = try record(.edited, of: order, cause: Cause(.person, actor), changes: changes)
        addTerms(SearchTerms.of(order.snapshot), to: order.id, isNew: false)
        try amend(order, event: event, changes: changes, by: actor)
        return changes
    }

    private func note(_ order: inout StoredOrder, _ field: String, _ value: String?, platformValue: String?, by actor: String) {
        order.edits.removeAll { $0.field == field }
        if platformValue != value { order.edits.append(EditedField(field: field, value: value, platformValue: platformValue, by: actor, at: now)) }
    }

    /// What follows from an edited address: its province's code, and what is doubtful about it now.
    private func settle(_ order: inout StoredOrder, _ changes: [FieldChange], by actor: String, base: OrderSnapshot) -> [FieldChange] {
        let fields = Set(changes.map(\.field))
        guard fields.contains(where: { $0.hasPrefix("shipTo.") }), let address = order.snapshot.shipTo else { return [] }
        let found = AddressNormaliser.normalise(RawAddress(address.withoutCode(if: fields.contains("shipTo.province") && !fields.contains("shipTo.provinceCode"))))
        order.snapshot.flags.removeAll { $0.code.hasPrefix("address_") }
        order.snapshot.flags += found.problems.map { Flag(code: $0.code, message: $0.message) }
        guard fields.contains("shipTo.province"), !fields.contains("shipTo.provinceCode"), found.provinceCode != address.provinceCode else { return [] }
        let change = FieldChange("shipTo.provinceCode", from: address.provinceCode, to: found.provinceCode)
        note(&order, change.field, change.to, platformValue: OrderField.value(of: change.field, in: base), by: actor)
        order.snapshot.shipTo?.provinceCode = found.provinceCode
        return [change]
    }

    /// What a person changed stays when the platform tells the order anew; what it says otherwise is a difference to be shown.
    func layEdits(of order: inout StoredOrder, over incoming: OrderSnapshot, onto effective: inout OrderSnapshot) -> [FieldChange] {
        guard !order.edits.isEmpty else { return [] }
        let base = withTags(of: order.decision, incoming)
        var conflicts: [FieldChange] = [], kept: [EditedField] = []
        for var edit in order.edits {
            let platformValue = OrderField.value(of: edit.field, in: base)
            if platformValue == edit.value { continue }
            if platformValue != edit.platformValue {
                conflicts.append(FieldChange(edit.field, from: edit.value, to: platformValue))
                edit.platformValue = platformValue
            }
            if EditLaw.set(edit.field, to: edit.value, in: &effective) { kept.append(edit) }
        }
        order.edits = kept
        // Sums that no number holds: the platform's own are shown, with the person's quantities dropped.
        if !EditedTotals.lay(kept, over: incoming, onto: &effective) {
            order.edits.removeAll { OrderField.concernsMoney($0.field) }
            _ = EditedTotals.lay(order.edits, over: incoming, onto: &effective)
        }
        if order.edits.contains(where: { $0.field.hasPrefix("shipTo.") }), let address = effective.shipTo {
            effective.flags.removeAll { $0.code.hasPrefix("address_") }
            effective.flags += AddressNormaliser.normalise(RawAddress(address)).problems.map { Flag(code: $0.code, message: $0.message) }
        }
        return conflicts
    }

    private func withTags(of decision: RuleDecision?, _ source: OrderSnapshot) -> OrderSnapshot {
        guard let tags = decision?.tags, !tags.isEmpty else { return source }
        var base = source
        base.tags += tags.filter { !base.tags.contains($0) }
        return base
    }

    /// Rules may add a tag that a person took away: the person's word stands.
    func layTagEdits(of order: inout StoredOrder) {
        for edit in order.edits where edit.field.hasPrefix("tag.") { _ = EditLaw.set(edit.field, to: edit.value, in: &order.snapshot) }
    }
}

extension Address {
    fileprivate func withoutCode(if isStale: Bool) -> Address {
        guard isStale else { return self }
        var address = self
        address.provinceCode = nil
        return address
    }
}
