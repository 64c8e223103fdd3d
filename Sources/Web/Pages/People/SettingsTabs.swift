import Hub
import Hummingbird

/// The parts of the settings that a visitor may open.
struct SettingsTabs: Sendable {
    enum Tab: String, CaseIterable { case workspace, people, tokens, retention, audit }
    struct Item: Sendable { var name: String, path: String, isCurrent: Bool }

    static func may(_ tab: Tab, _ caller: Caller) -> Bool {
        switch tab {
        case .workspace: true
        case .people: caller.may(.peopleRead)
        case .tokens: caller.may(.admin)
        case .retention: caller.may(.workspaceWrite)
        case .audit: caller.may(.auditRead)
        }
    }

    static func items(_ visit: Visit, at current: Tab) -> [Item] {
        Tab.allCases.filter { may($0, visit.caller) }.map { tab in
            Item(name: visit.words("people.tabs.\(tab.rawValue)"), path: path(tab), isCurrent: tab == current)
        }
    }
    static func path(_ tab: Tab) -> String { tab == .workspace ? "/settings" : "/settings/\(tab.rawValue)" }
}

/// Everything under /settings.
struct SettingsPages: Sendable {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        let settings = pages.group("settings")
        WorkspacePage(console: console).add(to: settings)
        PeoplePage(console: console).add(to: settings)
        PersonPage(console: console).add(to: settings)
        TokensPage(console: console).add(to: settings)
        AuditPage(console: console).add(to: settings)
    }
}
