import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// What links lead to: setting the hub up, joining, choosing a new password.
struct LinkPages: Sendable {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("invite/:secret", use: invitation)
        pages.post("invite/:secret", use: join)
        pages.get("reset/:secret", use: forgotten)
        pages.post("reset/:secret", use: reset)
    }

    private struct Join: Sendable {
        var heading: String, lead: String, tongues: [Door.Tongue], lang: String?
        var isOwner: Bool, givenEmail: String?
        var email: String, name: String, workspace: String, timeZone: String, zones: [String], languages: [Choice]
        var fault: String?
    }
    struct Choice: Sendable { var value: String, name: String, isChosen: Bool }

    private func secret(_ context: AppContext) throws -> String {
        guard let secret = context.parameters.get("secret"), secret.utf8.count < RequestCaller.maximumTokenBytes else { throw PeopleFault.linkSpent }
        return secret
    }

    @Sendable private func invitation(_ request: Request, _ context: AppContext) async throws -> Response {
        let door = Door(console, request)
        guard let link = try await console.hub.people.link(try secret(context)), link.kind != .reset else { return try spent(door) }
        return try joinPage(door, link, nil, fault: nil)
    }

    private func joinPage(_ door: Door, _ link: AccessLink, _ form: PageForm?, fault: PeopleFault?) throws -> Response {
        let words = door.words, workspace = console.hub.workspace.current, isOwner = link.kind == .owner
        let language = form?["language"] ?? words.language.rawValue, role = words("shell.roles.\(link.role.rawValue)")
        let content = Join(
            heading: isOwner ? words("people.join.ownerTitle") : words("people.join.title", ["workspace": workspace.name.isEmpty ? "Crossdock" : workspace.name]),
            lead: isOwner ? words("people.join.ownerLead") : words("people.join.lead", ["name": link.madeBy, "role": role]), tongues: door.tongues(), lang: door.chosen?.rawValue,
            isOwner: isOwner, givenEmail: link.email, email: form?["email"] ?? "", name: form?["name"] ?? "", workspace: form?["workspace"] ?? workspace.name,
            timeZone: form?["timeZone"] ?? (workspace.timeZone == "UTC" ? "" : workspace.timeZone), zones: WorkspaceStore.zones.sorted(),
            languages: Language.allCases.map { Choice(value: $0.rawValue, name: Door.names[$0] ?? "", isChosen: $0.rawValue == language) }, fault: fault.map(door.sentence))
        return try door.page("people-join", title: content.heading, content, status: fault.map { APIProblem($0).status } ?? .ok)
    }

    @Sendable private func join(_ request: Request, _ context: AppContext) async throws -> Response {
        try Door.refuseOtherSites(request)
        let form = try await PageForm(request), door = Door(console, request, form: form), secret = try secret(context), hub = console.hub
        guard let link = try await hub.people.link(secret), link.kind != .reset else { return try spent(door) }
        do {
            // Before the link is spent: a zone that is mistyped must not cost the only way in.
            let zone = link.kind == .owner ? form.text("timeZone") ?? "UTC" : nil, workspace = form.text("workspace").flatMap(PersonText.name)
            if let zone, !WorkspaceStore.isTimeZone(zone) { throw PeopleFault.badSetting(door.words("people.faults.zone", ["zone": String(zone.prefix(60))])) }
            guard form["password"] == form["again"] else { throw PeopleFault.badSetting(door.words("people.faults.not_same")) }
            let signedIn = try await hub.people.join(secret, .init(email: form["email"] ?? "", name: form["name"] ?? "", password: form["password"] ?? "", language: form["language"]), at: context.place(of: request))
            if let zone, let person = signedIn.session.person {
                _ = try await hub.workspace.change(by: AuditActor(name: person.name, person: person.id)) { settings in
                    settings.timeZone = zone
                    if let workspace { settings.name = workspace }
                    if let language = person.language { settings.language = language }
                }
            }
            return SignInPages.go("/", cookie: signedIn.cookie, for: request)
        } catch PeopleFault.linkSpent { return try spent(door) } catch let fault as PeopleFault { return try joinPage(door, link, form, fault: fault) }
    }

    // MARK: a new password

    private struct Reset: Sendable { var email: String, tongues: [Door.Tongue], lang: String?, fault: String? }

    @Sendable private func forgotten(_ request: Request, _ context: AppContext) async throws -> Response {
        let door = Door(console, request)
        guard let link = try await console.hub.people.link(try secret(context)), link.kind == .reset else { return try spent(door) }
        return try resetPage(door, link, fault: nil)
    }

    private func resetPage(_ door: Door, _ link: AccessLink, fault: PeopleFault?) throws -> Response {
        let content = Reset(email: link.email ?? "", tongues: door.tongues(), lang: door.chosen?.rawValue, fault: fault.map(door.sentence))
        return try door.page("people-reset", title: door.words("people.reset.title"), content, status: fault.map { APIProblem($0).status } ?? .ok)
    }

    @Sendable private func reset(_ request: Request, _ context: AppContext) async throws -> Response {
        try Door.refuseOtherSites(request)
        let form = try await PageForm(request), door = Door(console, request, form: form), secret = try secret(context)
        guard let link = try await console.hub.people.link(secret), link.kind == .reset else { return try spent(door) }
        do {
            guard form["password"] == form["again"] else { throw PeopleFault.badSetting(door.words("people.faults.not_same")) }
            _ = try await console.hub.people.reset(secret, to: form["password"] ?? "")
            var response = SignInPages.go("/sign-in")
            response.headers[.setCookie] = NoticeCookie.set(Frame.Notice(text: door.words("people.reset.done"), tone: Tone.good.rawValue))
            return response
        } catch PeopleFault.linkSpent { return try spent(door) } catch let fault as PeopleFault { return try resetPage(door, link, fault: fault) }
    }

    private struct Spent: Sendable { var tongues: [Door.Tongue] }
    private func spent(_ door: Door) throws -> Response { try door.page("people-spent", title: door.words("people.spent.title"), Spent(tongues: door.tongues()), status: .gone) }
}
