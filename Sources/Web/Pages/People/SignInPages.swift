import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Signing in with a password, with its second factor or with an access token, and signing out.
struct SignInPages: Sendable {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("sign-in", use: show)
        pages.post("sign-in", use: signIn)
        pages.post("sign-out", use: console.page(signOut))
    }

    private struct Content: Sendable {
        var next: String, tongues: [Door.Tongue], lang: String?
        var email = "", fault: String?
        /// Stands for the password while the code is asked for.
        var ticket: String?
        /// Nobody has been set up: how to get in at all.
        var isFresh = false
        var isToken = false
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let door = Door(console, request), next = Door.ownPath(try request.query["next"])
        if try await RequestCaller(hub: console.hub).caller(of: request)?.session != nil { return Self.go(next) }
        return try await page(door, next) { _ in }
    }

    private func page(_ door: Door, _ next: String, status: HTTPResponse.Status = .ok, _ edit: (inout Content) -> Void) async throws -> Response {
        var content = Content(next: next, tongues: door.tongues(next: next), lang: door.chosen?.rawValue)
        content.isFresh = try await console.hub.people.isEmpty()
        edit(&content)
        return try door.page(content.ticket == nil ? "people-sign-in" : "people-code", title: door.words("people.signIn.title"), content, status: status)
    }

    @Sendable private func signIn(_ request: Request, _ context: AppContext) async throws -> Response {
        try Door.refuseOtherSites(request)
        let form = try await PageForm(request), door = Door(console, request, form: form), next = Door.ownPath(form["next"]), place = context.place(of: request)
        let sessions = console.hub.sessions, token = form.text("token"), ticket = form["ticket"].flatMap { $0.isEmpty ? nil : $0 }
        do {
            let signedIn: SignedIn
            if let token {
                signedIn = try await sessions.signIn(token: String(token.prefix(RequestCaller.maximumTokenBytes)), at: place)
            } else if let ticket {
                signedIn = try await sessions.signIn(ticket: ticket, code: form["code"] ?? "", at: place)
            } else {
                signedIn = try await sessions.signIn(email: form["email"] ?? "", password: form["password"] ?? "", code: nil, at: place)
            }
            try await endEarlier(request)
            return Self.go(next, cookie: signedIn.cookie, for: request)
        } catch let fault as PeopleFault {
            let status = APIProblem(fault).status
            var response: Response
            switch fault {
            case .codeNeeded(let ticket): response = try await page(door, next) { $0.ticket = ticket }
            case .wrongCode(let ticket): response = try await page(door, next, status: status) { $0.ticket = ticket; $0.fault = door.sentence(fault) }
            case .tooManyAttempts(let seconds):
                response = try await page(door, next, status: status) { $0.email = form["email"] ?? ""; $0.fault = door.sentence(fault); $0.ticket = ticket }
                response.headers[.retryAfter] = "\(seconds)"
            default: response = try await page(door, next, status: status) { $0.email = form["email"] ?? ""; $0.fault = door.sentence(fault); $0.isToken = token != nil }
            }
            return response
        }
    }

    /// The browser's earlier session is not left lying about.
    private func endEarlier(_ request: Request) async throws {
        guard let cookie = request.cookies[SessionCookie.name]?.value, cookie.utf8.count < RequestCaller.maximumTokenBytes, let earlier = try await console.hub.sessions.session(cookie) else { return }
        try await console.hub.sessions.end(earlier)
    }

    @Sendable private func signOut(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        if let session = visit.caller.session { try await visit.hub.sessions.end(session) }
        return Response(status: .seeOther, headers: [.location: "/sign-in", .setCookie: SessionCookie.cleared, .cacheControl: "no-store"])
    }

    static func go(_ path: String, cookie: String? = nil, for request: Request? = nil) -> Response {
        var headers: HTTPFields = [.location: path, .cacheControl: "no-store"]
        if let cookie, let request { headers[.setCookie] = SessionCookie.set(cookie, for: request) }
        return Response(status: .seeOther, headers: headers)
    }
}
