import Connect
import Domain
import Hub

/// "Why is it here?": the state of an order in one sentence, from its workflow, its decision and what happened to it last.
struct OrderWhy {
    let order: StoredOrder, events: [StoredEvent], affairs: OrderAffairs, shipments: [Shipment], visit: Visit

    private var words: Words { visit.words }
    private var directory: ChannelDirectory { visit.hub.channels.directory }
    private var waits: OrderWaits { OrderWaits(order: order, jobs: affairs.jobs, visit: visit) }

    var view: OrderView.Why {
        let waits = waits.list
        return OrderView.Why(sentence: sentence, tone: (waits.isEmpty ? PageWords.tone(order.workflow) : .warn).rawValue, ruleAddress: isByRule ? ["/rules/\(order.channel)" + (order.decision.map { $0.ruleSetVersion > 0 ? "/versions/\($0.ruleSetVersion)" : "" } ?? "")] : [], next: next, waits: waits)
    }

    /// The event that put the order where it is.
    private var turn: StoredEvent? {
        let type: EventType? = switch order.workflow {
        case .awaitingConfirmation: .held
        case .excluded: .excluded
        case .cancelled: .cancelled
        case .approved, .queued: .approved
        case .synced: .booked
        case .processed: .processed
        case .edited: .edited
        case .new: nil
        }
        guard let type else { return nil }
        return events.last { $0.type == type.rawValue }
    }

    private var isByRule: Bool { turn?.cause.kind == .rule && order.decision?.rule != nil && !isByAddress }
    /// Held by no rule of anybody's: its address contradicts itself, and the page says how right below.
    private var isByAddress: Bool { order.workflow == .awaitingConfirmation && order.decision?.rule == RuleDecision.addressCheck }

    private var sentence: String {
        guard order.workflow != .new else { return words("order.why.new", ["reason": defaultReason]) }
        guard let turn else {
            // Made in this state: the platform told it so, before there was an event for it.
            return words("order.why.platform.\(order.workflow.rawValue)", ["status": order.snapshot.platformStatus])
        }
        let who = turn.cause, reason = turn.data?.note ?? who.detail ?? ""
        switch (order.workflow, who.kind) {
        case (.synced, _):
            let parcel = shipments.last { !$0.isVoid }
            return words(parcel?.trackingNumber == nil ? "order.why.bookedWithout" : "order.why.booked", ["courier": parcel?.carrier ?? who.subject, "number": parcel?.trackingNumber ?? ""])
        case (.processed, .delivery) where order.fulfilment == .delivered: return words("order.why.delivered", ["courier": shipments.last { !$0.isVoid }?.carrier ?? order.snapshot.platformStatus])
        case (.edited, _): return words("order.why.edited", ["name": who.subject, "fields": fields(turn)])
        case (let state, .rule): return byRule(state)
        case (let state, .person):
            return words(reason.isEmpty ? "order.why.person.\(state.rawValue)" : "order.why.personBecause.\(state.rawValue)", ["name": who.subject, "reason": trimmed(reason)])
        case (let state, .delivery), (let state, .reconciliation): return words("order.why.platform.\(state.rawValue)", ["status": order.snapshot.platformStatus])
        case (let state, .destination), (let state, .schedule): return words("order.why.other.\(state.rawValue)", ["name": who.subject])
        }
    }

    private func byRule(_ state: Workflow) -> String {
        if isByAddress { return words("order.why.address") }
        guard let decision = order.decision, let rule = decision.rule else {
            return words("order.why.default.\(state.rawValue)", ["reason": defaultReason])
        }
        let matched = decision.matched.filter { mayShow($0.field) }.map { words("order.why.matched", ["field": OrderWords(words).field($0.field), "value": amount($0.value)]) }.joined(separator: ", ")
        let parts = [decision.reason.map(trimmed), matched.isEmpty ? nil : matched].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "; ")
        return words("order.why.rule.\(state.rawValue)", ["rule": rule, "version": "\(decision.ruleSetVersion)", "reason": parts])
    }

    private func mayShow(_ field: String) -> Bool { visit.caller.may(.buyersRead) || !(field.hasPrefix("shipTo.") || field.hasPrefix("buyer.") || field == "note") }

    /// `6200.00 THB` as the rest of the page writes it.
    private func amount(_ value: String) -> String { value.hasSuffix(" \(order.snapshot.currency)") ? PageWords.grouped(value) : value }

    /// The channel's own default, in the reader's language.
    private var defaultReason: String {
        switch order.decision?.reason {
        case RuleDecision.approvedByHand: words("order.default.byHand")
        case RuleDecision.awaitingPayment: words("order.default.payment")
        case RuleDecision.withoutAddress: words("order.default.address")
        case RuleDecision.cashOnDelivery: words("order.default.cod")
        case RuleDecision.paid: words("order.default.paid")
        case let reason?: trimmed(reason)
        case nil: words("order.default.none")
        }
    }

    private func fields(_ event: StoredEvent) -> String {
        (event.data?.changes ?? []).prefix(4).map { OrderWords(words).field($0.field) }.joined(separator: ", ")
    }

    private func trimmed(_ text: String) -> String { text.hasSuffix(".") ? String(text.dropLast()) : text }

    /// What comes next, or what it waits for. Work for a channel that is parked or paused is told of beside it.
    private var next: String {
        let waits = waits, going = affairs.jobs.filter { waits.halt(of: $0) == nil }, allWait = going.isEmpty && !affairs.jobs.isEmpty
        if let letter = affairs.letters.last { return words("order.next.letter", ["destination": name(letter.job.destination)]) }
        if let job = going.first(where: { $0.lastCode != nil }) { return words("order.next.retrying", ["destination": name(job.job.destination), "time": visit.time(job.runAt).text, "count": "\(job.job.attempt)"]) }
        switch order.workflow {
        case .new: return order.decision?.reason == RuleDecision.awaitingPayment ? words("order.next.payment") : words("order.next.word")
        case .edited, .awaitingConfirmation: return words("order.next.word")
        case .approved: return affairs.jobs.isEmpty ? words("order.next.noJob") : allWait ? "" : words("order.next.underWay")
        case .queued: return allWait ? "" : words("order.next.underWay")
        case .synced: return order.fulfilment.isShipped ? words("order.next.carrier", ["state": words.word(order.fulfilment)]) : words("order.next.handOver")
        case .processed, .excluded, .cancelled: return ""
        }
    }

    private func name(_ id: ChannelID) -> String { directory.channel(id)?.name ?? "\(id)" }
}

/// Fields, events and actions in the reader's language.
struct OrderWords {
    let words: Words
    init(_ words: Words) { self.words = words }

    /// `shipTo.postcode` as `postcode`; a field nobody has a word for keeps its path.
    func field(_ path: String) -> String {
        if path.hasPrefix("tag.") { return words("order.fields.tag", ["tag": String(path.dropFirst(4))]) }
        if path.hasPrefix("lines."), let end = path.split(separator: ".").last { return words("order.fields.line_\(end)") }
        let key = "order.fields.\(path.split(separator: ".").joined(separator: "_"))"
        return words.has(key) ? words(key) : path
    }

    func event(_ type: String) -> String {
        let key = "order.events.\(type.split(separator: ".").last ?? "")"
        return words.has(key) ? words(key) : type
    }

    func action(_ action: JobAction) -> String { words("order.jobActions.\(action.rawValue)") }
}
