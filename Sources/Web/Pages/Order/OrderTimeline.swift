import Domain
import Hub

/// What happened, newest first: each change with its cause, linked to the delivery, the rule or the person behind it.
struct OrderTimeline {
    let page: OrderPage, limit: Int
    static let shownChanges = 12

    private var words: Words { page.words }
    private var count: Int { page.events.count + page.attempts.count }
    var hidden: Int { max(0, count - limit) }

    var entries: [OrderView.Entry] {
        let all = (page.events.map { Item(at: $0.at, id: $0.id.value, event: $0, attempt: nil) } + page.attempts.map { Item(at: $0.at, id: $0.id, event: nil, attempt: $0) })
            .sorted { ($0.at, $0.id) > ($1.at, $1.id) }
        return all.prefix(limit).compactMap { item in item.event.map(entry) ?? item.attempt.map(entry) }
    }
    private struct Item {
        var at: Timestamp, id: Int64
        var event: StoredEvent?
        var attempt: StoredAttempt?
    }

    private func entry(_ event: StoredEvent) -> OrderView.Entry {
        let changes = (event.data?.changes ?? []).prefix(Self.shownChanges).map { change in
            OrderView.Change(name: OrderWords(words).field(change.field), before: shown(change.from, change.field), after: shown(change.to, change.field))
        }
        let note = page.seesBuyer || event.type != EventType.noted.rawValue ? event.data?.note : nil
        let detail = [note, event.cause.kind == .person && event.cause.detail == event.data?.note ? nil : causeDetail(event.cause)].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " · ")
        return OrderView.Entry(time: page.visit.time(event.at), what: StateWord(word: OrderWords(words).event(event.type), tone: tone(event.type)), cause: cause(event.cause), causeAddress: address(event.cause),
                               detail: detail, changes: Array(changes), exchange: [])
    }

    /// A state is told in the reader's words; a value of a buyer only to those who may see it.
    private func shown(_ value: String?, _ field: String) -> [String] {
        guard let value else { return [] }
        switch field {
        case "fulfilment": return [Fulfilment(rawValue: value).map { words.word($0) } ?? value]
        case "payment.state": return [PaymentState(rawValue: value).map { words.word($0) } ?? value]
        default: return page.seesBuyer ? [value] : []
        }
    }

    private func entry(_ attempt: StoredAttempt) -> OrderView.Entry {
        let action = JobAction(rawValue: attempt.action).map { OrderWords(words).action($0) } ?? attempt.action, key = "order.outcomes.\(attempt.outcome)"
        let outcome = words.has(key) ? words(key) : attempt.outcome
        let cause = words("order.try", ["destination": page.name(attempt.destination), "count": "\(attempt.attempt)", "time": "\(attempt.durationMilliseconds) ms"])
        return OrderView.Entry(
            time: page.visit.time(attempt.at), what: StateWord(word: "\(action): \(outcome)", tone: attempt.code == nil ? Tone.good.rawValue : Tone.warn.rawValue), cause: cause, causeAddress: [],
            detail: [attempt.code, attempt.message.map(words.said)].compactMap(\.self).joined(separator: ": "), changes: [],
            exchange: page.exchanged.contains(attempt.id) && page.visit.caller.may(.flowsRead) ? ["/flows/attempts/\(attempt.id)"] : [])
    }

    private func cause(_ cause: Cause) -> String {
        switch cause.kind {
        case .delivery, .reconciliation: words("order.causes.\(cause.kind.rawValue)", ["topic": cause.detail ?? ""])
        case .schedule: words("order.causes.schedule")
        case .rule: cause.subject == "channel default" ? words("order.causes.default") : words("order.causes.rule", ["name": cause.subject])
        case .person: words("order.causes.person", ["name": cause.subject])
        case .destination: words("order.causes.destination", ["name": cause.subject])
        }
    }

    private func causeDetail(_ cause: Cause) -> String? {
        switch cause.kind {
        case .delivery, .reconciliation: nil
        case .rule: page.seesBuyer ? cause.detail : nil
        case .person, .schedule, .destination: cause.detail
        }
    }

    /// The page of what is behind it.
    private func address(_ cause: Cause) -> [String] {
        switch cause.kind {
        case .delivery, .reconciliation: DeliveryID(text: cause.subject).map { ["/deliveries/\($0)?order=\(page.order.id)"] } ?? []
        case .rule: cause.subject == "channel default" ? [] : ["/rules/\(page.order.channel)" + Self.version(in: cause.subject)]
        case .person: page.visit.caller.may(.auditRead) ? ["/settings/audit?actor=\(TodayLinks.escaped(cause.subject))"] : []
        case .schedule, .destination: []
        }
    }

    /// The rules as they were when they decided: `approve paid (version 3)`.
    private static func version(in subject: String) -> String {
        subject.firstMatch(of: /\(version ([0-9]+)\)$/).map { "/versions/\($0.output.1)" } ?? ""
    }

    private func tone(_ type: String) -> String {
        switch EventType(rawValue: type) {
        case .booked, .packed, .handedOver, .approved, .delivered, .shipped, .synced, .processed, .shopInformed: Tone.good.rawValue
        case .held, .edited, .conflict, .cancelRequested: Tone.warn.rawValue
        case .cancelTooLate, .cancelUnknown: Tone.bad.rawValue
        case .excluded, .cancelled, .bookingCancelled: Tone.off.rawValue
        default: Tone.going.rawValue
        }
    }
}
