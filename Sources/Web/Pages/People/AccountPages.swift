import Documents
import Domain
import HTTPTypes
import Hub
import Hummingbird

/// One's own account: name and language, password, second factor, where one is signed in.
struct AccountPages: Sendable {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("account", use: console.page(show))
        pages.post("account/profile", use: console.page(saveProfile))
        pages.post("account/password", use: console.page(changePassword))
        pages.post("account/second-factor", use: console.page(beginSecondFactor))
        pages.post("account/second-factor/confirm", use: console.page(confirmSecondFactor))
        pages.post("account/second-factor/off", use: console.page(endSecondFactor))
        pages.post("account/sessions/:id/end", use: console.page(endSession))
        pages.post("account/sign-out-everywhere", use: console.page(signOutEverywhere))
    }

    /// Where on the page something went wrong.
    private enum Part: String { case profile, password, secondFactor, secondFactorOff }

    private struct Content: Sendable {
        var isPerson: Bool, name: String, email: String, role: String, may: [String]
        var languages: [LinkPages.Choice] = [], themes: [LinkPages.Choice] = []
        var isSecondFactorOn = false, codesLeft = 0, isCodesLow = false, codesLeftText = "", pending: Pending?, newCodes: [String] = [], hasNewCodes = false
        var sessions: [Row] = []
        var profileFault: String?, passwordFault: String?, factorFault: String?, factorOffFault: String?
    }
    private struct Pending: Sendable { var secret: String, address: String, hasQR: Bool, qrPath: String, qrSide: Int }
    private struct Row: Sendable { var sessionID: String, browser: String, from: String, since: PageTime, used: PageTime, isThis: Bool }

    @Sendable private func show(_ visit: Visit) async throws -> Response { try await page(visit) }

    private func page(_ visit: Visit, status: HTTPResponse.Status = .ok, fault: (part: Part, text: String)? = nil, codes: [String] = [], session: Session? = nil, cookie: String? = nil) async throws -> Response {
        let words = visit.words, current = session ?? visit.caller.session
        let may = visit.caller.role.map { RoleTable(words: words).abilities(of: $0) } ?? RoleTable(words: words).abilities(of: visit.caller.scopes)
        guard let person = current?.person else {
            return try visit.page("people-account", title: words("people.account.title"), at: nil, Content(isPerson: false, name: visit.caller.name, email: "", role: words("shell.roles.token"), may: may))
        }
        var content = Content(isPerson: true, name: person.name, email: person.email, role: words("shell.roles.\(person.role.rawValue)"), may: may)
        let chosen = person.language ?? visit.hub.workspace.current.language
        content.languages = Language.allCases.map { .init(value: $0.rawValue, name: Door.names[$0] ?? "", isChosen: $0.rawValue == chosen) }
        content.themes = ["", "light", "dark"].map { .init(value: $0, name: words("people.themes.\($0.isEmpty ? "system" : $0)"), isChosen: $0 == person.theme ?? "") }
        content.isSecondFactorOn = person.hasSecondFactor
        if person.hasSecondFactor {
            content.codesLeft = try await visit.hub.people.recoveryCodesLeft(of: person.id)
            content.isCodesLow = content.codesLeft < 3
            content.codesLeftText = words("people.factor.left", ["count": "\(content.codesLeft)"])
        } else if let pending = try await visit.hub.people.pendingSecondFactor(of: person, workspace: visit.caller.workspaceName) {
            let code = try? QRCode(pending.address)      // too long a name of the workspace: the key is typed
            content.pending = Pending(secret: Self.grouped(pending.secret), address: pending.address, hasQR: code != nil, qrPath: code?.path ?? "", qrSide: (code?.side ?? 0) + 8)
        }
        content.newCodes = codes
        content.hasNewCodes = !codes.isEmpty
        content.sessions = try await visit.hub.sessions.sessions(of: person).map { one in
            Row(sessionID: "\(one.id)", browser: BrowserName.name(one.browser, words), from: one.address, since: visit.time(one.createdAt), used: visit.time(one.usedAt), isThis: one.id == current?.id)
        }
        switch fault?.part {
        case .profile: content.profileFault = fault?.text
        case .password: content.passwordFault = fault?.text
        case .secondFactor: content.factorFault = fault?.text
        case .secondFactorOff: content.factorOffFault = fault?.text
        case nil: break
        }
        var shown = visit
        if let session { shown = Visit(console: console, caller: Caller(session, workspace: visit.hub.workspace.current), request: visit.request, context: visit.context) }
        var response = try shown.page("people-account", title: words("people.account.title"), at: nil, content, scripts: ["people.js"], styles: ["people.css"], status: status)
        if let cookie { response.headers.append(.init(name: .setCookie, value: SessionCookie.set(cookie, for: visit.request))) }
        return response
    }

    /// In groups of four, as people read it aloud.
    private static func grouped(_ secret: String) -> String { stride(from: 0, to: secret.count, by: 4).map { String(secret.dropFirst($0).prefix(4)) }.joined(separator: " ") }

    private func person(_ visit: Visit) throws -> (Session, Person) {
        guard let session = visit.caller.session, let person = session.person else { throw PeopleFault.notAPerson }
        return (session, person)
    }

    /// What a form's author did wrong stands beside the form.
    private func answer(_ visit: Visit, _ part: Part, _ work: () async throws -> Response) async throws -> Response {
        do { return try await work() } catch let fault as PeopleFault {
            return try await page(visit, status: APIProblem(fault).status, fault: (part, visit.sentence(fault)))
        }
    }

    // MARK: acts

    @Sendable private func saveProfile(_ visit: Visit) async throws -> Response {
        let form = try await visit.form(), (_, person) = try person(visit)
        return try await answer(visit, .profile) {
            let theme = form["theme"].flatMap { $0.isEmpty ? nil : $0 }
            let changed = try await visit.hub.people.change(person.id, name: form["name"] ?? "", language: form["language"] ?? person.language, theme: theme)
            let language = changed.language.flatMap(Language.init(rawValue:)) ?? visit.words.language
            return visit.redirect("/account", notice: console.words(language)("people.account.saved"))
        }
    }

    @Sendable private func changePassword(_ visit: Visit) async throws -> Response {
        let form = try await visit.form(), (session, _) = try person(visit)
        return try await answer(visit, .password) {
            guard form["password"] == form["again"] else { throw PeopleFault.badSetting(visit.words("people.faults.not_same")) }
            let signedIn = try await visit.hub.people.changePassword(of: session, present: form["present"] ?? "", to: form["password"] ?? "", at: visit.place)
            return visit.redirect("/account", notice: visit.words("people.account.passwordChanged"), as: signedIn)
        }
    }

    @Sendable private func beginSecondFactor(_ visit: Visit) async throws -> Response {
        let form = try await visit.form(), (_, person) = try person(visit)
        return try await answer(visit, .secondFactor) {
            try await visit.hub.people.beginSecondFactor(of: person, password: form["present"] ?? "", at: visit.place)
            return visit.redirect("/account#second-factor")
        }
    }

    @Sendable private func confirmSecondFactor(_ visit: Visit) async throws -> Response {
        let form = try await visit.form(), (session, _) = try person(visit)
        return try await answer(visit, .secondFactor) {
            let (signedIn, codes) = try await visit.hub.people.confirmSecondFactor(of: session, code: form["code"] ?? "", at: visit.place)
            // Shown in the answer itself: the codes are stored nowhere, so no other page could show them.
            return try await page(visit, codes: codes, session: signedIn.session, cookie: signedIn.cookie)
        }
    }

    @Sendable private func endSecondFactor(_ visit: Visit) async throws -> Response {
        let form = try await visit.form(), (session, _) = try person(visit)
        return try await answer(visit, .secondFactorOff) {
            let signedIn = try await visit.hub.people.endSecondFactor(of: session, password: form["present"] ?? "", at: visit.place)
            return visit.redirect("/account", notice: visit.words("people.factor.turnedOff"), as: signedIn)
        }
    }

    @Sendable private func endSession(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        let (_, person) = try person(visit)
        guard let id = visit.context.parameters.get("id").flatMap({ SessionID(text: $0) }) else { throw APIProblem.notFound("session") }
        _ = try await visit.hub.sessions.end(id, of: person.id, by: visit.caller.actor)
        return visit.redirect("/account", notice: visit.words("people.account.sessionEnded"))
    }

    @Sendable private func signOutEverywhere(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        let (_, person) = try person(visit)
        _ = try await visit.hub.sessions.endAll(of: person.id, by: visit.caller.actor)
        var response = visit.redirect("/sign-in", notice: visit.words("people.account.everywhereEnded"))
        response.headers.append(.init(name: .setCookie, value: SessionCookie.cleared))
        return response
    }
}

/// A browser's own description in a word or two.
enum BrowserName {
    private static let browsers = [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Chromium/", "Chromium"), ("Safari/", "Safari"), ("curl/", "curl")]
    private static let systems = [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")]

    static func name(_ text: String, _ words: Words) -> String {
        let browser = browsers.first { text.contains($0.0) }?.1, system = systems.first { text.contains($0.0) }?.1
        let known = [browser, system].compactMap { $0 }
        return known.isEmpty ? words("people.account.unknownBrowser") : known.joined(separator: ", ")
    }
}
