import Domain
import Hub
import Hummingbird

/// One person: role, sessions, and what an admin can do for them.
struct PersonPage: Sendable {
    let console: Console

    func add(to settings: RouterGroup<AppContext>) {
        settings.get("people/:id", use: console.page(show))
        settings.post("people/:id/role", use: console.page(act { visit, person, form in
            guard let role = Role(rawValue: form["role"] ?? "") else { throw PeopleFault.badSetting(visit.words("people.faults.role_above")) }
            try PersonRules.mayChange(person, to: role, visit.caller)
            _ = try await visit.hub.people.setRole(role, of: person.id, by: visit.caller.actor)
            return "people.person.roleSaved"
        }))
        settings.post("people/:id/state", use: console.page(act { visit, person, form in
            try PersonRules.mayChange(person, visit.caller)
            let isDisabled = form["state"] == "disabled"
            _ = try await visit.hub.people.setDisabled(isDisabled, of: person.id, by: visit.caller.actor)
            return isDisabled ? "people.person.disabledNow" : "people.person.enabledNow"
        }))
        settings.post("people/:id/sign-out", use: console.page(act { visit, person, _ in
            try PersonRules.mayChange(person, visit.caller)
            _ = try await visit.hub.sessions.endAll(of: person.id, by: visit.caller.actor)
            return "people.person.signedOut"
        }))
        settings.post("people/:id/second-factor", use: console.page(act { visit, person, _ in
            try PersonRules.mayChange(person, visit.caller)
            _ = try await visit.hub.people.removeSecondFactor(of: person.id, by: visit.caller.actor)
            return "people.person.factorRemoved"
        }))
        settings.post("people/:id/reset", use: console.page(reset))
    }

    private struct Content: Sendable {
        var tabs: [SettingsTabs.Item], mayChange: Bool, isSelf: Bool, personID: String, personName: String, personEmail: String, role: String, state: StateWord, isDisabled: Bool
        var hasSecondFactor: Bool, factor: StateWord, created: PageTime, seen: PageTime, hasSeen: Bool
        var choices: [LinkPages.Choice], sessions: [Row], hasSessions: Bool, auditPath: String, once: String, mayReadAudit: Bool
        var fault: String?, made: PeoplePage.Made?
    }
    private struct Row: Sendable { var browser: String, from: String, since: PageTime, used: PageTime }

    private func person(_ visit: Visit) async throws -> Person {
        guard let id = visit.context.parameters.get("id").flatMap({ PersonID(text: $0) }), let person = try await visit.hub.people.person(id) else { throw APIProblem.notFound("person") }
        return person
    }

    @Sendable private func show(_ visit: Visit) async throws -> Response {
        try visit.require(.peopleRead)
        return try await page(visit, try await person(visit))
    }

    private func page(_ visit: Visit, _ person: Person, fault: PeopleFault? = nil, made: PeoplePage.Made? = nil) async throws -> Response {
        let words = visit.words, isSelf = person.id == visit.caller.person
        let sessions = try await visit.hub.sessions.sessions(of: person).map { Row(browser: BrowserName.name($0.browser, words), from: $0.address, since: visit.time($0.createdAt), used: visit.time($0.usedAt)) }
        let content = Content(
            tabs: SettingsTabs.items(visit, at: .people), mayChange: visit.caller.may(.peopleWrite) && !isSelf && visit.caller.scopes.cover(person.role), isSelf: isSelf,
            personID: "\(person.id)", personName: person.name, personEmail: person.email, role: words("shell.roles.\(person.role.rawValue)"),
            state: person.isDisabled ? StateWord(word: words("people.people.disabled"), tone: "off") : StateWord(word: words("people.people.active"), tone: "good"), isDisabled: person.isDisabled,
            hasSecondFactor: person.hasSecondFactor,
            factor: person.hasSecondFactor ? StateWord(word: words("people.factor.on"), tone: "good") : StateWord(word: words("people.factor.off"), tone: "off"),
            created: visit.time(person.createdAt), seen: visit.time(person.seenAt ?? person.createdAt), hasSeen: person.seenAt != nil,
            choices: Role.allCases.filter { visit.caller.scopes.cover($0) }.map { .init(value: $0.rawValue, name: words("shell.roles.\($0.rawValue)"), isChosen: $0 == person.role) },
            sessions: sessions, hasSessions: !sessions.isEmpty, auditPath: "/settings/audit?person=\(person.id)", once: Visit.newOnce(), mayReadAudit: visit.caller.may(.auditRead),
            fault: fault.map(visit.sentence), made: made)
        return try visit.page("people-person", title: person.name, at: .settings, content, scripts: ["people.js"], styles: ["people.css"], status: fault.map { APIProblem($0).status } ?? .ok)
    }

    /// - Parameter work: returns the name of the words that say what was done.
    private func act(_ work: @escaping @Sendable (Visit, Person, PageForm) async throws -> String) -> @Sendable (Visit) async throws -> Response {
        { visit in
            let form = try await visit.form()
            try visit.require(.peopleWrite)
            let person = try await person(visit)
            do {
                let done = try await work(visit, person, form)
                return visit.redirect("/settings/people/\(person.id)", notice: visit.words(done, ["name": person.name]))
            } catch let fault as PeopleFault { return try await page(visit, person, fault: fault) }
        }
    }

    @Sendable private func reset(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        try visit.require(.peopleWrite)
        let person = try await person(visit)
        try PersonRules.mayChange(person, visit.caller)
        return try await visit.once(form) {
            let made = try await visit.hub.people.resetLink(of: person, by: visit.caller.actor)
            let lead = visit.words("people.person.resetMade", ["name": person.name, "until": visit.time(made.link.expiresAt).text])
            return try await page(visit, person, made: .init(link: visit.address(made.path), lead: lead))
        }
    }
}

/// Who may change whom.
enum PersonRules {
    /// Nobody changes their own rights, or those of somebody who may more; nobody gives more than they have.
    static func mayChange(_ person: Person, to role: Role? = nil, _ caller: Caller) throws {
        guard person.id != caller.person else { throw APIProblem(.conflict, "own_account", "Ask another admin: nobody changes their own rights.") }
        guard caller.scopes.cover(person.role), role.map(caller.scopes.cover) ?? true else {
            throw APIProblem(.forbidden, "role_above", "This role may do more than you may: an admin has to do that.")
        }
    }
}
