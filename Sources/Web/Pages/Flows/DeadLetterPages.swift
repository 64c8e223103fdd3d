import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// What died, grouped by its cause, with what to do about it: try again, mend and try again, discard.
struct DeadLetterPages {
    let console: Console
    static let pageSize = 50

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("flows/dead-letters", use: console.page(groups))
        pages.get("flows/dead-letters/group", use: console.page(group))
        pages.post("flows/dead-letters/retry", use: console.page(retry))
        pages.post("flows/dead-letters/discard", use: console.page(discard))
        LetterMending(console: console).add(to: pages)
    }

    struct Group: Sendable { var cause: String, path: String, destination: String, what: String, title: String, sample: String, count: String, first: PageTime, last: PageTime, runbook: Runbook }
    struct Groups: Sendable {
        var tabs: [FlowTab], groups: [Group], hasGroups: Bool, destinations: [DestinationChoice], order: String, isFiltered: Bool, filterCount: String?, filterDestination: String?, filterOrder: String?, mayChange: Bool
    }

    @Sendable private func groups(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsRead)
        let destination = try DestinationChoice.chosen(visit), order = try visit.request.query["order"].flatMap { OrderID(text: $0) }, writer = FlowWriter(visit: visit), ledger = visit.hub.ledger
        let filter = DeadLetterFilter(destination: destination, order: order), isFiltered = !filter.isEmpty
        let all = try await ledger.deadLetterGroups().filter { destination == nil || $0.sample.job.destination == destination }
        // Of one order they are few: only its causes are shown.
        let causes: Set<String>? = order == nil ? nil : Set(try await ledger.deadLetters(filter, limit: Self.pageSize).map(\.cause))
        let groups = all.filter { causes?.contains($0.cause) ?? true }.map { group in
            Group(cause: group.cause, path: Self.path(group.cause), destination: writer.channel(group.sample.job.destination), what: writer.action(group.sample.job.action.rawValue),
                  title: Runbook(code: group.sample.code, words: visit.words).title, sample: visit.words.said(group.sample.message), count: writer.count(group.count), first: visit.time(group.firstAt), last: visit.time(group.lastAt),
                  runbook: Runbook(code: group.sample.code, words: visit.words))
        }
        let count = isFiltered ? try await ledger.countDeadLetters(filter, atMost: DeadLetterRoutes.maximumLettersAtOnce) : 0
        let content = Groups(
            tabs: FlowTab.all(visit, at: .letters), groups: groups, hasGroups: !groups.isEmpty, destinations: DestinationChoice.all(visit, chosen: destination), order: order.map { "\($0)" } ?? "", isFiltered: isFiltered,
            filterCount: count > 0 ? visit.words.counted("flows.letters.match", count) : nil, filterDestination: destination.map { "\($0)" }, filterOrder: order.map { "\($0)" }, mayChange: visit.caller.may(.flowsWrite))
        return try visit.page("flows-letters", title: visit.words("flows.tabs.letters"), at: .flows, content, scripts: ["flows.js"], styles: ["flows.css"])
    }

    static func path(_ cause: String) -> String { "/flows/dead-letters/group?cause=\(cause.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }

    // MARK: one cause

    struct Letter: Sendable { var id: String, order: String?, number: String?, message: String, tries: String, died: PageTime, mayMend: Bool, attempts: String }
    struct One: Sendable {
        var tabs: [FlowTab], cause: String, heading: String, destination: String, destinationPath: String, what: String, code: String, count: String, counted: String, runbook: Runbook, state: StateWord
        var isResting: Bool, isParked: Bool, letters: [Letter], more: String?, mayChange: Bool, attempts: String, settingsPath: String, destinationID: String
    }

    @Sendable private func group(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsRead)
        guard let cause = try APIRead.text(visit.request, "cause", maximum: DeadLetterRoutes.maximumCause) else { throw APIProblem.notFound("cause") }
        let ledger = visit.hub.ledger, writer = FlowWriter(visit: visit), after: JobID? = try APIRead.identifier(visit.request, "cursor"), filter = DeadLetterFilter(cause: cause)
        let letters = try await ledger.deadLetters(filter, after: after, limit: Self.pageSize)
        guard let first = letters.first else { return visit.redirect("/flows/dead-letters", notice: NoticeCookie.notice(of: visit.request) == nil ? visit.words("flows.letters.allGone") : nil) }
        let count = try await ledger.countDeadLetters(filter, atMost: DeadLetterGroup.maximumCount), job = first.job, mayMend = visit.caller.may(.ordersWrite) && visit.caller.may(.flowsWrite)
        var rows: [Letter] = []
        for letter in letters {
            let order = letter.job.action == .fetch ? nil : try await ledger.order(letter.job.order)
            rows.append(Letter(id: "\(letter.job.id)", order: order.map { "\($0.id)" }, number: order?.snapshot.externalNumber, message: visit.words.said(letter.message), tries: "\(letter.attempts)", died: visit.time(letter.diedAt),
                               mayMend: mayMend && order != nil, attempts: "/flows/attempts?order=\(letter.job.order)"))
        }
        let channel = visit.hub.channels.directory.channel(job.destination), runner = visit.hub.dispatcher.states()[job.destination]
        let isResting = switch runner?.breaker { case .open, .halfOpen: true; case .closed, nil: false }
        let runbook = Runbook(code: first.code, words: visit.words)
        let content = One(
            tabs: FlowTab.all(visit, at: .letters), cause: cause, heading: runbook.title, destination: writer.channel(job.destination), destinationPath: "/channels/\(job.destination)", what: writer.action(job.action.rawValue),
            code: first.code, count: writer.count(count), counted: visit.words.counted("flows.letters.inGroup", count), runbook: runbook,
            state: channel.map { writer.standing($0, runner) } ?? StateWord(word: visit.words("model.channelState.removed"), tone: "off"), isResting: isResting, isParked: channel?.state == .parked, letters: rows,
            more: letters.count == Self.pageSize ? letters.last.map { Self.path(cause) + "&cursor=\($0.job.id)" } : nil, mayChange: visit.caller.may(.flowsWrite),
            attempts: "/flows/attempts?destination=\(job.destination)&outcome=failed", settingsPath: "/channels/\(job.destination)/settings", destinationID: "\(job.destination)")
        return try visit.page("flows-group", title: runbook.title, at: .flows, content, scripts: ["flows.js"], styles: ["flows.css"])
    }

    // MARK: acts

    /// What a form means: chosen letters, a cause, or a filter. Its own field says which, so that an empty choice is never taken for all.
    private func filter(_ form: PageForm) throws -> DeadLetterFilter {
        switch form["scope"] {
        case "cause": return DeadLetterFilter(cause: form.text("cause"))
        case "filter": return DeadLetterFilter(destination: form.text("destination").flatMap { ChannelID(text: $0) }, order: form.text("order").flatMap { OrderID(text: $0) })
        default: return DeadLetterFilter(ids: form.all("id").compactMap { JobID(text: $0) })
        }
    }

    private func back(_ form: PageForm) -> String { form.text("cause").map(Self.path) ?? "/flows/dead-letters" }

    private func chosen(_ form: PageForm, _ visit: Visit) async throws -> [JobID] {
        let filter = try filter(form)
        guard !filter.isEmpty, filter.ids != [] else { return [] }
        return try await visit.hub.ledger.deadLetters(filter, limit: DeadLetterRoutes.maximumLettersAtOnce).map(\.job.id)
    }

    @Sendable private func retry(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsWrite)
        let form = try await visit.form(), ids = try await chosen(form, visit)
        guard !ids.isEmpty else { return visit.redirect(back(form), notice: visit.words("flows.letters.nothingChosen"), tone: .warn) }
        let count = try await visit.hub.ledger.retryDeadLetters(ids, by: visit.caller.name)
        try await note("deadLetters.retry", ids, count, form, visit)
        return visit.redirect(back(form), notice: visit.words.counted("flows.letters.retried", count))
    }

    @Sendable private func discard(_ visit: Visit) async throws -> Response {
        try visit.require(.flowsWrite)
        let form = try await visit.form()
        guard let reason = form.text("reason"), reason.count <= DeadLetterRoutes.maximumReason else { return visit.redirect(back(form), notice: visit.words("flows.letters.needsReason"), tone: .warn) }
        let ids = try await chosen(form, visit)
        guard !ids.isEmpty else { return visit.redirect(back(form), notice: visit.words("flows.letters.nothingChosen"), tone: .warn) }
        let count = try await visit.hub.ledger.discardDeadLetters(ids, reason: reason, by: visit.caller.name)
        try await note("deadLetters.discard", ids, count, form, visit, reason: reason)
        return visit.redirect(back(form), notice: visit.words.counted("flows.letters.discarded", count))
    }

    private func note(_ action: String, _ ids: [JobID], _ count: Int, _ form: PageForm, _ visit: Visit, reason: String? = nil) async throws {
        guard count > 0 else { return }
        var after = ["count": "\(count)"]
        if form["scope"] == "cause" { after["cause"] = form.text("cause") }
        try await visit.hub.audit.record(AuditChange(visit.caller.actor, action, ids.count == 1 ? "deadLetter:\(ids[0])" : "deadLetters", after: after, note: reason))
    }
}
