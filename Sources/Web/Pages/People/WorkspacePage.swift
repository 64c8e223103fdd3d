import Domain
import Foundation
import Hub
import Hummingbird

/// Name, time zone and language of the workspace; and what is removed after how many days.
struct WorkspacePage: Sendable {
    let console: Console

    func add(to settings: RouterGroup<AppContext>) {
        settings.get("", use: console.page(show))
        settings.post("workspace", use: console.page(save))
        settings.get("retention", use: console.page(showRetention))
        settings.post("retention", use: console.page(saveRetention))
    }

    private struct Content: Sendable {
        var tabs: [SettingsTabs.Item], mayChange: Bool, name: String, timeZone: String, zones: [String], languages: [LinkPages.Choice], languageName: String, now: PageTime, fault: String?
        var stillHours: String, shortestStillHours: Int, longestStillHours: Int
    }

    @Sendable private func show(_ visit: Visit) async throws -> Response { try page(visit, visit.hub.workspace.current, fault: nil) }

    /// - Parameter stillHours: as it was typed, where that is no number that could be kept.
    private func page(_ visit: Visit, _ workspace: Workspace, stillHours: String? = nil, fault: PeopleFault?) throws -> Response {
        let content = Content(
            tabs: SettingsTabs.items(visit, at: .workspace), mayChange: visit.caller.may(.workspaceWrite), name: workspace.name, timeZone: workspace.timeZone, zones: WorkspaceStore.zones.sorted(),
            languages: Language.allCases.map { .init(value: $0.rawValue, name: Door.names[$0] ?? "", isChosen: $0.rawValue == workspace.language) },
            languageName: Language(rawValue: workspace.language).flatMap { Door.names[$0] } ?? workspace.language, now: visit.time(visit.now), fault: fault.map(visit.sentence),
            stillHours: stillHours ?? "\(workspace.stillHours)", shortestStillHours: Workspace.shortestStillHours, longestStillHours: Workspace.longestStillHours)
        return try visit.page("people-workspace", title: visit.words("people.tabs.workspace"), at: .settings, content, styles: ["people.css"], status: fault.map { APIProblem($0).status } ?? .ok)
    }

    @Sendable private func save(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        try visit.require(.workspaceWrite)
        var wanted = visit.hub.workspace.current
        wanted.name = form.text("name") ?? ""
        wanted.timeZone = form.text("timeZone") ?? "UTC"
        wanted.language = form["language"] ?? wanted.language
        let typed = form["stillHours"].map { $0.trimmingCharacters(in: .whitespaces) }, hours = typed.map { Int($0) ?? 0 } ?? wanted.stillHours
        let chosen = wanted
        do {
            guard (Workspace.shortestStillHours...Workspace.longestStillHours).contains(hours) else {
                throw PeopleFault.badSetting(visit.words("people.faults.stillHours", ["least": "\(Workspace.shortestStillHours)", "most": "\(Workspace.longestStillHours)"]))
            }
            guard WorkspaceStore.isTimeZone(chosen.timeZone) else { throw PeopleFault.badSetting(visit.words("people.faults.zone", ["zone": String(chosen.timeZone.prefix(60))])) }
            _ = try await visit.hub.workspace.change(by: visit.caller.actor) { workspace in
                workspace.name = chosen.name
                workspace.timeZone = chosen.timeZone
                workspace.language = chosen.language
                workspace.stillHours = hours
            }
            visit.console.exceptions.forget()
            return visit.redirect("/settings", notice: visit.words("people.saved"))
        } catch let fault as PeopleFault { return try page(visit, chosen, stillHours: typed.map { String($0.prefix(20)) }, fault: fault) }
    }

    // MARK: retention

    private struct RetentionContent: Sendable { var tabs: [SettingsTabs.Item], fields: [Field], removed: [Removed], hasRemoved: Bool, fault: String? }
    private struct Field: Sendable { var id: String, label: String, hint: String, value: String }
    private struct Removed: Sendable { var day: String, what: String, count: String }

    @Sendable private func showRetention(_ visit: Visit) async throws -> Response {
        try visit.require(.workspaceWrite)
        let retention = visit.hub.workspace.current.retention
        return try await retentionPage(visit, ["\(retention.deliveries)", "\(retention.attempts)", "\(retention.closedDeadLetters)"], fault: nil)
    }

    private static let kinds = ["deliveries", "attempts", "closedDeadLetters"]

    private func retentionPage(_ visit: Visit, _ values: [String], fault: String?) async throws -> Response {
        let words = visit.words
        let removed = try await visit.hub.retention.removals().map { removal in
            Removed(day: visit.clock.day(removal.day), what: words("people.retention.kinds.\(removal.kind)"), count: PageWords.grouped("\(removal.count)"))
        }
        let fields = zip(Self.kinds, values).map { Field(id: $0.0, label: words("people.retention.kinds.\($0.0)"), hint: words("people.retention.hints.\($0.0)"), value: $0.1) }
        let content = RetentionContent(tabs: SettingsTabs.items(visit, at: .retention), fields: fields, removed: removed, hasRemoved: !removed.isEmpty, fault: fault)
        return try visit.page("people-retention", title: words("people.tabs.retention"), at: .settings, content, styles: ["people.css"], status: fault == nil ? .ok : .unprocessableContent)
    }

    @Sendable private func saveRetention(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        try visit.require(.workspaceWrite)
        let texts = Self.kinds.map { form.text($0) ?? "0" }, days = texts.compactMap { Int($0) }
        guard days.count == texts.count, days.allSatisfy({ $0 == 0 || (Workspace.shortestRetention...Workspace.longestRetention).contains($0) }) else {
            return try await retentionPage(visit, texts, fault: visit.words("people.retention.fault", ["least": "\(Workspace.shortestRetention)", "most": "\(Workspace.longestRetention)"]))
        }
        _ = try await visit.hub.workspace.change(by: visit.caller.actor) { $0.retention = .init(deliveries: days[0], attempts: days[1], closedDeadLetters: days[2]) }
        return visit.redirect("/settings/retention", notice: visit.words("people.saved"))
    }
}
