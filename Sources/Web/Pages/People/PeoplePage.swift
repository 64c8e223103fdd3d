import Hub
import Hummingbird

/// Who is here, who is invited, and what each role may do.
struct PeoplePage: Sendable {
    let console: Console

    func add(to settings: RouterGroup<AppContext>) {
        settings.get("people", use: console.page(show))
        settings.post("people/invite", use: console.page(invite))
        settings.post("people/invitations/:id/withdraw", use: console.page(withdraw))
    }

    private struct Content: Sendable {
        var tabs: [SettingsTabs.Item], mayChange: Bool, people: [Row], invitations: [Invitation], hasInvitations: Bool
        var roles: [String], abilities: [RoleTable.Row], choices: [LinkPages.Choice], once: String
        var email = "", fault: String?, made: Made?
    }
    private struct Row: Sendable { var personID: String, personName: String, personEmail: String, role: String, state: StateWord, factor: StateWord, seen: PageTime, hasSeen: Bool, isSelf: Bool }
    private struct Invitation: Sendable { var invitationID: String, forWhom: String, role: String, by: String, until: PageTime }
    /// A link that is shown once.
    struct Made: Sendable { var link: String, lead: String }

    @Sendable private func show(_ visit: Visit) async throws -> Response { try await page(visit, nil) }

    private func page(_ visit: Visit, _ form: PageForm?, fault: PeopleFault? = nil, made: Made? = nil) async throws -> Response {
        try visit.require(.peopleRead)
        let words = visit.words, table = RoleTable(words: words)
        let people = try await visit.hub.people.all().map { row($0, visit) }
        let invitations = try await visit.hub.people.openInvitations().map { link in
            Invitation(invitationID: "\(link.id)", forWhom: link.email ?? words("people.people.anybody"), role: words("shell.roles.\(link.role.rawValue)"), by: link.madeBy, until: visit.time(link.expiresAt))
        }
        let wanted = form?["role"] ?? Role.operator.rawValue
        var content = Content(
            tabs: SettingsTabs.items(visit, at: .people), mayChange: visit.caller.may(.peopleWrite), people: people, invitations: invitations, hasInvitations: !invitations.isEmpty,
            roles: table.roles, abilities: table.rows,
            choices: Role.allCases.filter { visit.caller.scopes.cover($0) }.map { .init(value: $0.rawValue, name: words("shell.roles.\($0.rawValue)"), isChosen: $0.rawValue == wanted) }, once: Visit.newOnce())
        content.email = made == nil ? form?["email"] ?? "" : ""
        content.fault = fault.map(visit.sentence)
        content.made = made
        return try visit.page("people-people", title: words("people.tabs.people"), at: .settings, content, scripts: ["people.js"], styles: ["people.css"], status: fault.map { APIProblem($0).status } ?? .ok)
    }

    private func row(_ person: Person, _ visit: Visit) -> Row {
        let words = visit.words
        return Row(
            personID: "\(person.id)", personName: person.name, personEmail: person.email, role: words("shell.roles.\(person.role.rawValue)"),
            state: person.isDisabled ? StateWord(word: words("people.people.disabled"), tone: "off") : StateWord(word: words("people.people.active"), tone: "good"),
            factor: person.hasSecondFactor ? StateWord(word: words("people.factor.on"), tone: "good") : StateWord(word: words("people.factor.off"), tone: "off"),
            seen: visit.time(person.seenAt ?? person.createdAt), hasSeen: person.seenAt != nil, isSelf: person.id == visit.caller.person)
    }

    @Sendable private func invite(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        try visit.require(.peopleWrite)
        guard let role = Role(rawValue: form["role"] ?? "") else { throw APIProblem(.unprocessableContent, "unknown_role", visit.words("people.faults.role_unknown")) }
        guard visit.caller.scopes.cover(role) else { throw APIProblem(.forbidden, "role_above", visit.words("people.faults.role_above")) }
        return try await visit.once(form) {
            do {
                let made = try await visit.hub.people.invite(email: form.text("email"), role: role, by: visit.caller.actor)
                let lead = visit.words("people.people.invited", ["role": visit.words("shell.roles.\(role.rawValue)"), "until": visit.time(made.link.expiresAt).text])
                return try await page(visit, form, made: Made(link: visit.address(made.path), lead: lead))
            } catch let fault as PeopleFault { return try await page(visit, form, fault: fault) }
        }
    }

    @Sendable private func withdraw(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        try visit.require(.peopleWrite)
        guard let id = visit.context.parameters.get("id").flatMap(APIRead.whole) else { throw APIProblem.notFound("invitation") }
        let isWithdrawn = try await visit.hub.people.withdraw(id, by: visit.caller.actor)
        return visit.redirect("/settings/people", notice: visit.words(isWithdrawn ? "people.people.withdrawn" : "people.people.gone"), tone: isWithdrawn ? .good : .warn)
    }
}
