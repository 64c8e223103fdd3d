import Domain
import Foundation
import Hub
import Hummingbird

/// Who did and who read what, narrowed by person, act, subject and time; and whether the record is whole.
struct AuditPage: Sendable {
    static let rows = 100
    let console: Console

    func add(to settings: RouterGroup<AppContext>) { settings.get("audit", use: console.page(show)) }

    private struct Content: Sendable {
        var tabs: [SettingsTabs.Item], entries: [Row], hasEntries: Bool, people: [LinkPages.Choice], actor: String, action: String, subject: String, from: String, until: String
        var checkPath: String, check: Check?, morePath: String?, isFiltered: Bool, fault: String?, actions: [String]
    }
    private struct Check: Sendable { var text: String, tone: String }
    private struct Row: Sendable { var at: PageTime, who: String, whoKind: String, what: String, action: String, about: String, link: String, hasLink: Bool, detail: String, hasDetail: Bool }

    @Sendable private func show(_ visit: Visit) async throws -> Response {
        try visit.require(.auditRead)
        let request = visit.request, words = visit.words
        func text(_ name: String) throws -> String { String((try request.query[name] ?? "").trimmingCharacters(in: .whitespaces).prefix(AuditRoutes.maximumWord)) }
        let chosen = try text("person"), actor = try text("actor"), action = try text("action"), subject = try text("subject"), from = try text("from"), until = try text("until")
        let people = try await visit.hub.people.all(), person = PersonID(text: chosen)
        var fault: String?
        let start = day(from, visit), end = day(until, visit)
        if (!from.isEmpty && start == nil) || (!until.isEmpty && end == nil) { fault = words("people.audit.badDay") }
        let filter = AuditFilter(actor: actor.isEmpty ? nil : actor, action: action.isEmpty ? nil : action, subject: subject.isEmpty ? nil : subject, person: person, from: start,
                                 before: end.map { visit.clock.startOfDay($0, plusDays: 1) })
        let cursor: EventID? = try APIRead.identifier(request, "cursor")
        let (entries, next) = try await visit.hub.audit.entries(filter, before: cursor?.value, limit: Self.rows)
        let isChecked = try request.query["check"] == "true"
        let check = isChecked ? try await visit.hub.audit.check() : nil
        let names = Dictionary(people.map { ("\($0.id)", $0.name) }) { first, _ in first }
        let query = [("person", chosen), ("actor", actor), ("action", action), ("subject", subject), ("from", from), ("until", until)].filter { !$0.1.isEmpty }
            .map { "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }
        func path(_ more: String) -> String { "/settings/audit?" + (query + [more]).joined(separator: "&") }
        let content = Content(
            tabs: SettingsTabs.items(visit, at: .audit), entries: entries.map { row($0, names, visit) }, hasEntries: !entries.isEmpty,
            people: people.map { .init(value: "\($0.id)", name: $0.name, isChosen: $0.id == person) }, actor: actor, action: action, subject: subject, from: from, until: until,
            checkPath: path("check=true"), check: check.map { Self.check($0, words) }, morePath: next.map { path("cursor=\($0)") }, isFiltered: !query.isEmpty, fault: fault, actions: Self.actions)
        visit.hub.readings.note(visit.caller.actor, "audit.read", "audit")
        return try visit.page("people-audit", title: words("people.tabs.audit"), at: .settings, content, styles: ["people.css"])
    }

    private static func check(_ check: AuditCheck, _ words: Words) -> Check {
        let count = PageWords.grouped("\(check.entries)")
        if check.isWhole { return Check(text: words("people.audit.whole", ["count": count]), tone: "good") }
        if let broken = check.firstBroken { return Check(text: words("people.audit.broken", ["entry": "\(broken)", "count": count]), tone: "bad") }
        return Check(text: words("people.audit.cut", ["count": count]), tone: "bad")
    }

    private func row(_ entry: AuditEntry, _ names: [String: String], _ visit: Visit) -> Row {
        let words = visit.words, path = "people.actions." + entry.action.replacing(".", with: "_")
        let parts = entry.subject.split(separator: ":", maxSplits: 1).map(String.init), id = parts.count > 1 ? parts[1] : ""
        let link = switch parts.first {
        case "order": "/orders/\(id)"
        case "person" where names[id] != nil: "/settings/people/\(id)"
        case "channel": "/channels/\(id)"
        case "manifest": "/ship/manifests/\(id)"
        default: ""
        }
        let about = switch parts.first {
        case "person": names[id] ?? entry.subject
        case "channel": ChannelID(text: id).flatMap { visit.hub.channels.directory.channel($0)?.name } ?? entry.subject
        default: entry.subject
        }
        let changes = Set((entry.detail.before ?? [:]).keys).union((entry.detail.after ?? [:]).keys).sorted().map { name in
            let before = entry.detail.before?[name], after = entry.detail.after?[name]
            return before == nil || before == after ? "\(name): \(after ?? before ?? "")" : "\(name): \(before ?? "") → \(after ?? "–")"
        }
        let detail = (changes + [entry.detail.note].compactMap { $0 }).joined(separator: " · ")
        let kind = entry.detail.person != nil ? "person" : entry.detail.token != nil ? "token" : "hub"
        return Row(at: visit.time(entry.at), who: entry.actor, whoKind: words("people.audit.kinds.\(kind)"), what: words.has(path) ? words(path) : entry.action, action: entry.action, about: about,
                   link: link, hasLink: !link.isEmpty, detail: detail, hasDetail: !detail.isEmpty)
    }

    /// The beginning of a calendar day of the workspace.
    private func day(_ text: String, _ visit: Visit) -> Timestamp? {
        guard text.utf8.count == 10, let midnight = Timestamp(rfc3339: "\(text)T00:00:00Z") else { return nil }
        let near = Timestamp(milliseconds: midnight.milliseconds - visit.clock.offsetMilliseconds(at: midnight))
        return Timestamp(milliseconds: midnight.milliseconds - visit.clock.offsetMilliseconds(at: near))
    }

    /// What can stand in the field, as the record names it.
    static let actions = [
        "audit.read", "bulk.download", "channel.breaker", "channel.change", "channel.create", "channel.state", "channel.sync", "channel.webhooks", "deadLetter.discard",
        "deadLetter.retry", "delivery.read", "export.orders", "file.import", "import.begin", "import.commit", "import.fail", "job.send", "label.read", "manifest.reopen", "manifest.takeOut", "order.approve",
        "order.cancel", "order.edit", "order.exclude", "order.hold", "order.note", "order.push", "order.read", "order.reopen", "orders.read", "orders.undo",
        "person.invitationLink", "person.join", "person.ownerLink", "person.password", "person.recoveryCode", "person.rename", "person.reset", "person.resetLink", "person.role",
        "person.secondFactor", "person.state", "person.withdrawInvitation", "problem.resolve", "replay", "route.create", "route.remove", "route.replace", "rules.apply",
        "rules.schedule", "rules.withdraw", "session.end", "session.endAll", "session.start", "token.create", "token.revoke", "view.change", "view.create", "view.delete",
        "workspace.change",
    ]
}
