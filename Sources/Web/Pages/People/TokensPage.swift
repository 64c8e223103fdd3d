import Domain
import Hub
import Hummingbird

/// Access tokens of programs.
struct TokensPage: Sendable {
    let console: Console

    func add(to settings: RouterGroup<AppContext>) {
        settings.get("tokens", use: console.page(show))
        settings.post("tokens", use: console.page(create))
        settings.post("tokens/:id/revoke", use: console.page(revoke))
    }

    private struct Content: Sendable {
        var tabs: [SettingsTabs.Item], tokens: [Row], hasTokens: Bool, scopes: [Choice], once: String
        var name = "", fault: String?, made: String?
    }
    private struct Row: Sendable { var tokenID: String, tokenName: String, scopes: String, made: PageTime, used: PageTime, hasUse: Bool, isRevoked: Bool, isOwn: Bool, state: StateWord }
    private struct Choice: Sendable { var value: String, word: String, isChosen: Bool }

    @Sendable private func show(_ visit: Visit) async throws -> Response { try await page(visit, nil) }

    private func page(_ visit: Visit, _ form: PageForm?, fault: String? = nil, made: String? = nil) async throws -> Response {
        try visit.require(.admin)
        let words = visit.words, chosen = Set(form?.all("scopes") ?? [])
        let tokens = try await visit.hub.tokens.all().reversed().map { token in
            Row(tokenID: "\(token.id)", tokenName: token.name, scopes: token.scopes.joined(separator: ", "), made: visit.time(token.createdAt), used: visit.time(token.lastUsedAt ?? token.createdAt), hasUse: token.lastUsedAt != nil,
                isRevoked: token.isRevoked, isOwn: token.id == visit.caller.holderID,
                state: token.isRevoked ? StateWord(word: words("people.tokens.revokedState"), tone: "off") : StateWord(word: words("people.tokens.living"), tone: "good"))
        }
        var content = Content(
            tabs: SettingsTabs.items(visit, at: .tokens), tokens: tokens, hasTokens: !tokens.isEmpty,
            scopes: Scope.allCases.map { scope in
                Choice(value: scope.rawValue, word: words("people.abilities." + scope.rawValue.replacing(":", with: "_")), isChosen: made == nil && chosen.contains(scope.rawValue))
            }, once: Visit.newOnce())
        content.name = made == nil ? form?["name"] ?? "" : ""
        content.fault = fault
        content.made = made
        return try visit.page("people-tokens", title: words("people.tabs.tokens"), at: .settings, content, scripts: ["people.js"], styles: ["people.css"], status: fault == nil ? .ok : .unprocessableContent)
    }

    @Sendable private func create(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        try visit.require(.admin)
        let scopes = form.all("scopes").compactMap(Scope.init(rawValue:))
        guard let name = form.text("name").flatMap(PersonText.name) else { return try await page(visit, form, fault: visit.words("people.faults.bad_name")) }
        guard !scopes.isEmpty else { return try await page(visit, form, fault: visit.words("people.tokens.noScopes")) }
        return try await visit.once(form) {
            let made = try await visit.hub.tokens.create(name: name, scopes: scopes.map(\.rawValue), auditedBy: visit.caller.actor)
            return try await page(visit, form, made: made.text)
        }
    }

    @Sendable private func revoke(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        try visit.require(.admin)
        guard let id = visit.context.parameters.get("id").flatMap(APIRead.whole) else { throw APIProblem.notFound("living token") }
        guard id != visit.caller.holderID else { throw APIProblem(.conflict, "own_token", visit.words("people.tokens.own")) }
        guard try await visit.hub.tokens.revoke(id, auditedBy: visit.caller.actor) else { throw APIProblem.notFound("living token") }
        return visit.redirect("/settings/tokens", notice: visit.words("people.tokens.revoked"))
    }
}
