import Domain
import Database

extension LedgerTransaction {
    /// Moves an order along the workflow by the law's table, records the event, and starts the compensation of a cancelled one.
    func move(_ order: inout StoredOrder, by workflowCause: WorkflowCause, cause: Cause, note: String? = nil) throws {
        guard let destination = WorkflowLaw.destination(from: order.workflow, cause: workflowCause) else {
            throw LedgerError.notAllowed(from: order.workflow, cause: workflowCause)
        }
        let old = order.workflow
        order.workflow = destination
        try noteReason(of: order, was: old, cause: cause, note: note)
        let event: EventType? = switch destination {
        case .approved: workflowCause == .dispatchWithdrawn ? nil : .approved
        case .awaitingConfirmation: .held
        case .excluded: .excluded
        case .cancelled: .cancelled
        case .queued: .queued
        case .synced: .synced
        case .processed: .processed
        case .edited: .edited
        case .new: .reopened
        }
        let recorded = try event.map { try record($0, of: order, cause: cause, note: note) }
        if destination == .approved, workflowCause != .dispatchWithdrawn, try surroundings.isBookedWhenPacked(order.channel) ? hasUnfinishedBooking(order.id) : hasUnfinishedJobs(order.id) {
            try move(&order, by: .dispatchQueued, cause: Cause(.schedule, "dispatch"))
        }
        if destination == .cancelled {
            try compensate(order, event: recorded ?? EventID(0), cause: cause)
            try closeRefusedBookings(of: order.id)
            let who = cause.kind == .person ? "by \(cause.subject)" : "at the shop", why = (note ?? (cause.kind == .person ? cause.detail : nil)).map { ": \($0.trimmedFullStop)" } ?? ""
            try voidParcels(of: order, reason: "the order was cancelled \(who)\(why)")
        }
    }

    /// What the channel's rules say, or its default: approve what is paid or cash on delivery.
    func decide(_ order: StoredOrder) -> RuleDecision {
        guard let channel = surroundings.channels[order.channel] else { return RuleDecision() }
        let facts = RuleFacts(order: order.snapshot, channel: channel.name, platform: channel.platform, workflow: order.workflow, now: now)
        var decision = surroundings.rules[order.channel]?.decide(facts) ?? RuleDecision()
        if decision.outcome == .undecided {
            if channel.settings[HubSetting.approval] == "manual" { decision.reason = RuleDecision.approvedByHand }
            else if order.snapshot.payment.isCashOnDelivery || order.paymentState == .paid || order.paymentState == .authorised || order.snapshot.totals.grand == 0 {
                decision.outcome = .approved
                decision.reason = order.snapshot.payment.isCashOnDelivery ? RuleDecision.cashOnDelivery : RuleDecision.paid
            } else {
                decision.reason = RuleDecision.awaitingPayment
            }
        }
        if decision.outcome == .approved, order.snapshot.shipTo == nil, order.snapshot.lines.contains(where: \.requiresShipping) {
            decision.outcome = .held
            decision.reason = RuleDecision.withoutAddress
        }
        return surroundings.settled(decision, of: order)
    }

    /// Turns a decision into a move with its cause.
    func carryOut(_ decision: RuleDecision, on order: inout StoredOrder) throws {
        let matched = decision.matched.map { "\($0.field) = \($0.value)" }.joined(separator: ", ")
        let name = decision.rule ?? "channel default"
        let version = decision.ruleSetVersion > 0 ? " (version \(decision.ruleSetVersion))" : ""
        let cause = Cause(.rule, name + version, detail: [decision.reason, matched.isEmpty ? nil : matched].compactMap(\.self).joined(separator: "; "))
        switch decision.outcome {
        case .undecided: return
        case .approved: try move(&order, by: .ruleApproved, cause: cause)
        case .held: try move(&order, by: .ruleHeld, cause: cause)
        case .excluded: try move(&order, by: .ruleExcluded, cause: cause)
        }
    }

    func announceFulfilment(of order: StoredOrder, was old: Fulfilment, cause: Cause) throws {
        guard order.fulfilment != old else { return }
        try record(.fulfilmentChanged, of: order, cause: cause, changes: [FieldChange("fulfilment", from: old.rawValue, to: order.fulfilment.rawValue)])
        if order.fulfilment.isShipped, !old.isShipped { try record(.shipped, of: order, cause: cause) }
        if order.fulfilment == .delivered { try record(.delivered, of: order, cause: cause) }
    }
}
