import Connect
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// The rules of each channel: written, rehearsed, applied now or from a time, compared, taken back.
struct RulesPages {
    let console: Console
    static let defaultRehearsal = 500

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("rules", use: console.page(list))
        pages.get("rules/:channel", use: console.page(show))
        pages.post("rules/:channel/edit", use: console.page(edit))
        pages.post("rules/:channel/review", use: console.page(review))
        pages.post("rules/:channel/apply", use: console.page(apply))
        pages.get("rules/:channel/rehearsals/:id", use: console.page(rehearsal))
        pages.get("rules/:channel/versions/:version", use: console.page(version))
        pages.post("rules/:channel/versions/:version/withdraw", use: console.page(withdraw))
    }

    // MARK: which channels

    struct ListView: Sendable {
        struct Row: Sendable { var name: String, url: String, state: StateWord, count: String, since: PageTime?, by: String?, next: String? }
        var rows: [Row], isEmpty: Bool
    }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsRead)
        var rows: [ListView.Row] = []
        let channels = visit.hub.channels.directory.surroundings.channels.values.filter { $0.state != .removed && Self.hasOrders($0) }.sorted { $0.name < $1.name }
        for channel in channels.prefix(Self.maximumChannels) {
            let versions = try await visit.hub.channels.ruleVersions(of: channel.id), current = versions.first { $0.standing == .inForce }
            let rules = current.flatMap { try? RuleSet(yaml: $0.text, version: 0).rules.count }      // rules that cannot be read are told as such
            let state: StateWord = current == nil || rules == 0 ? StateWord(word: visit.words("rules.list.none"), tone: "off")
                : rules == nil ? StateWord(word: visit.words("rules.list.unreadable"), tone: "bad") : StateWord(word: visit.words("rules.standing.inForce"), tone: "good")
            let next = versions.filter { $0.standing == .scheduled }.min { $0.effectiveFrom < $1.effectiveFrom }
            rows.append(.init(
                name: channel.name, url: "/rules/\(channel.id)", state: state, count: rules.map { visit.words.counted("rules.list.count", $0) } ?? "",
                since: current.map { visit.time($0.effectiveFrom) }, by: current?.appliedBy,
                next: next.map { visit.words("rules.list.next", ["version": "\($0.version)", "time": visit.time($0.effectiveFrom).full]) }))
        }
        return try visit.page("rules-list", title: visit.words("rules.title"), at: .rules, ListView(rows: rows, isEmpty: rows.isEmpty))
    }

    private static let maximumChannels = 200

    private static func hasOrders(_ channel: Channel) -> Bool { channel.kind == .shop || channel.kind == .file }

    func channel(_ visit: Visit) throws -> Channel {
        guard let text = visit.context.parameters.get("channel"), let id = APIRead.whole(text), let channel = visit.hub.channels.directory.channel(ChannelID(id)),
              channel.state != .removed, Self.hasOrders(channel) else { throw APIProblem(.notFound, "unknown_channel", visit.words("rules.noChannel")) }
        return channel
    }

    func number(_ visit: Visit) throws -> Int {
        guard let text = visit.context.parameters.get("version"), let number = APIRead.whole(text), number > 0, number < Int64(Int32.max) else { throw APIProblem(.notFound, "unknown_version", visit.words("rules.noVersion")) }
        return Int(number)
    }

    // MARK: writing

    @Sendable private func show(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsRead)
        let channel = try channel(visit), query = try visit.request.query
        let text = try await visit.hub.channels.rules(of: channel.id)?.text ?? ""
        let added = query["add"].flatMap { RuleTemplate(rawValue: $0) }.map { $0.added(to: text, visit.words) }
        return try await editor(visit, channel, text: added ?? text, basedOn: nil, fault: nil)
    }

    @Sendable private func edit(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsRead)
        let channel = try channel(visit), form = try await visit.form()
        return try await editor(visit, channel, text: Self.text(form), basedOn: form["basedOn"].flatMap { Int($0) }, fault: nil)
    }

    /// Browsers send line ends as CR LF.
    static func text(_ form: PageForm) -> String { (form["text"] ?? "").replacingOccurrences(of: "\r\n", with: "\n") }

    func editor(_ visit: Visit, _ channel: Channel, text: String, basedOn: Int?, fault: RuleError?) async throws -> Response {
        let versions = try await visit.hub.channels.ruleVersions(of: channel.id)
        let view = RulesEditorView(visit, channel, text: text, basedOn: basedOn ?? versions.first?.version ?? 0, versions: versions, fault: fault)
        return try visit.page("rules-editor", title: "\(channel.name) · \(visit.words("rules.title"))", at: .rules, view, scripts: ["rules.js"], styles: ["rules.css"],
                              status: fault == nil ? .ok : .unprocessableContent)
    }

    // MARK: trying and applying

    @Sendable private func review(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsRead)
        try visit.require(.ordersRead)
        let channel = try channel(visit), form = try await visit.form()
        var draft = RulesDraft(form)
        do { return try await review(visit, channel, &draft) } catch let error as RuleError {
            return try await editor(visit, channel, text: draft.text, basedOn: draft.basedOn, fault: error)
        }
    }

    private func review(_ visit: Visit, _ channel: Channel, _ draft: inout RulesDraft, fault: String? = nil) async throws -> Response {
        let hub = visit.hub, current = try await hub.channels.rules(of: channel.id), versions = try await hub.channels.ruleVersions(of: channel.id)
        if draft.basedOn == nil { draft.basedOn = versions.first?.version ?? 0 }
        guard let begun = try await hub.rehearsals.start(draft.text, channel: channel.id, last: draft.last, by: visit.caller.name, in: hub.ledger) else { throw RuleRoutes.tooMany }
        // A short one is done before the page is; a long one shows how far it has come.
        let rehearsal = await hub.rehearsals.finished(Int64(begun.id) ?? 0, within: .seconds(2)) ?? begun
        let view = RulesReviewView(visit, channel, draft, difference: TextDifference(from: current?.text ?? "", to: draft.text), versions: versions, rehearsal: rehearsal, fault: fault)
        return try visit.page("rules-review", title: "\(visit.words("rules.review.title")) · \(channel.name)", at: .rules, view, scripts: ["rules.js"], styles: ["rules.css"],
                              status: fault == nil ? .ok : .unprocessableContent)
    }

    /// How a rehearsal stands, for the page that shows it.
    @Sendable private func rehearsal(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsRead)
        try visit.require(.ordersRead)
        let channel = try channel(visit)
        guard let text = visit.context.parameters.get("id"), let id = APIRead.whole(text), let found = visit.hub.rehearsals.rehearsal(id), found.channel == channel.id else {
            throw APIProblem(.notFound, "unknown_rehearsal", visit.words("rules.review.forgotten"))
        }
        let view = RehearsalView(visit, found)
        if visit.isFragment { return try visit.fragment("rules-rehearsal", RulesReviewView.Part(rehearsal: view)) }
        var draft = RulesDraft(text: found.text)
        draft.last = found.orders
        let versions = try await visit.hub.channels.ruleVersions(of: channel.id), current = try await visit.hub.channels.rules(of: channel.id)
        draft.basedOn = versions.first?.version ?? 0
        let page = RulesReviewView(visit, channel, draft, difference: TextDifference(from: current?.text ?? "", to: found.text), versions: versions, rehearsal: found, fault: nil)
        return try visit.page("rules-review", title: "\(visit.words("rules.review.title")) · \(channel.name)", at: .rules, page, scripts: ["rules.js"], styles: ["rules.css"])
    }

    @Sendable private func apply(_ visit: Visit) async throws -> Response {
        try visit.require(.rulesWrite)
        let channel = try channel(visit), form = try await visit.form()
        var draft = RulesDraft(form)
        do {
            var wanted = RuleApplication(draft.text, by: visit.caller.actor, basedOn: draft.basedOn, note: draft.note)
            if draft.isScheduled {
                guard let time = visit.clock.moment(draft.from) else { throw APIProblem(.unprocessableContent, "bad_time", visit.words("rules.review.noTime")) }
                wanted.effectiveFrom = time
            }
            let (version, isNew) = try await visit.hub.channels.applyRules(wanted, to: channel.id)
            let notice = !isNew ? "rules.done.same" : version.standing == .scheduled ? "rules.done.scheduled" : "rules.done.applied"
            return visit.redirect("/rules/\(channel.id)", notice: visit.words(notice, ["version": "\(version.version)", "time": visit.time(version.effectiveFrom).full]), tone: isNew ? .good : .warn)
        } catch let error as RuleError {
            return try await editor(visit, channel, text: draft.text, basedOn: draft.basedOn, fault: error)
        } catch RuleVersionFault.conflict(let newest, _, _) {
            return try await conflict(visit, channel, draft, newest: newest)
        } catch let fault as RuleVersionFault {
            return try await review(visit, channel, &draft, fault: visit.words("rules.faults.\(fault.code)"))
        } catch let problem as APIProblem where problem.code == "bad_time" {
            return try await review(visit, channel, &draft, fault: problem.detail)
        }
    }

    private func conflict(_ visit: Visit, _ channel: Channel, _ draft: RulesDraft, newest: Int) async throws -> Response {
        let theirs = try await visit.hub.channels.ruleVersion(newest, of: channel.id)
        let base = draft.basedOn.flatMap { $0 > 0 ? $0 : nil }
        let before = if let base { try await visit.hub.channels.ruleVersion(base, of: channel.id).text } else { "" }
        let view = RulesConflictView(visit, channel, draft, theirs: theirs, before: before)
        return try visit.page("rules-conflict", title: "\(visit.words("rules.conflict.title")) · \(channel.name)", at: .rules, view, styles: ["rules.css"], status: .conflict)
    }

    // MARK: versions

    @Sendable private func version(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsRead)
        let channel = try channel(visit), number = try number(visit), versions = try await visit.hub.channels.ruleVersions(of: channel.id)
        let found = try await find(number, channel, visit), with: Int
        if let text = try visit.request.query["with"] {
            guard let other = APIRead.whole(text), other >= 0, other < Int64(Int32.max) else { throw APIProblem(.notFound, "unknown_version", visit.words("rules.noVersion")) }
            with = Int(other)
        } else { with = versions.first { $0.standing == .inForce && $0.version != number }?.version ?? versions.first { $0.version < number }?.version ?? 0 }
        let other = with == 0 ? "" : try await find(with, channel, visit).text
        let view = RulesVersionView(visit, channel, found, with: with, difference: TextDifference(from: other, to: found.text), versions: versions)
        return try visit.page("rules-version", title: "\(visit.words("rules.version", ["version": "\(number)"])) · \(channel.name)", at: .rules, view, styles: ["rules.css"])
    }

    private func find(_ version: Int, _ channel: Channel, _ visit: Visit) async throws -> RuleSetVersion {
        do { return try await visit.hub.channels.ruleVersion(version, of: channel.id) } catch RuleVersionFault.unknownVersion { throw APIProblem(.notFound, "unknown_version", visit.words("rules.noVersion")) }
    }

    @Sendable private func withdraw(_ visit: Visit) async throws -> Response {
        try visit.require(.rulesWrite)
        let channel = try channel(visit), version = try number(visit)
        _ = try await visit.form()
        do {
            _ = try await visit.hub.channels.withdrawRules(version, of: channel.id, by: visit.caller.actor)
            return visit.redirect("/rules/\(channel.id)", notice: visit.words("rules.done.withdrawn", ["version": "\(version)"]))
        } catch let fault as RuleVersionFault {
            return visit.redirect("/rules/\(channel.id)", notice: visit.words("rules.faults.\(fault.code)"), tone: .bad)
        }
    }
}

/// What a person is about to apply, as the forms carry it from page to page.
struct RulesDraft: Sendable {
    var text: String, basedOn: Int?, last = RulesPages.defaultRehearsal, isScheduled = false, from = "", note: String?

    init(text: String) { self.text = text }

    init(_ form: PageForm) {
        text = RulesPages.text(form)
        basedOn = form["basedOn"].flatMap { Int($0) }
        last = form["last"].flatMap { Int($0) }.map { min(max($0, 1), RehearsalDesk.maximumOrders) } ?? RulesPages.defaultRehearsal
        isScheduled = form["when"] == "later"
        from = form["from"] ?? ""
        note = form.text("note")
    }
}
