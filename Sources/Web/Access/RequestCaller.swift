import HTTPTypes
import Hub
import Hummingbird

/// Finds out who sends a request: a bearer token or the console's session.
struct RequestCaller: Sendable {
    let hub: Hub
    static let maximumTokenBytes = 200

    /// nil: neither, or one that is unknown, ended or revoked. A header goes before the cookie.
    ///
    /// - Parameter isUse: false: it does not keep a session from ending.
    func caller(of request: Request, isUse: Bool = true) async throws -> Caller? {
        var caller: Caller
        if let header = request.headers[.authorization], header.hasPrefix("Bearer ") {
            let text = String(header.dropFirst(7))
            guard text.utf8.count < Self.maximumTokenBytes, let token = try await hub.tokens.token(text) else { return nil }
            caller = Caller(token)
        } else {
            guard let cookie = request.cookies[SessionCookie.name]?.value, cookie.utf8.count < Self.maximumTokenBytes, let session = try await hub.sessions.session(cookie, isUse: isUse) else { return nil }
            caller = Caller(session, workspace: hub.workspace.current)
        }
        let workspace = hub.workspace.current
        caller.zone = workspace.timeZone
        caller.workspaceName = workspace.name
        return caller
    }

    /// A browser sends its cookie with whatever another site makes it send: what changes something also needs the session's secret.
    static func refuseForgery(_ request: Request, _ caller: Caller) throws {
        guard caller.session != nil, request.method != .get, request.method != .head else { return }
        guard caller.owns(csrf: request.headers[csrfField]) else { throw forgery }
    }

    static let csrfField = HTTPField.Name("X-CSRF-Token")!      // a literal: a valid name
    static let forgery = APIProblem(.forbidden, "csrf", "This did not come from a page of yours, or the page is of an earlier session. Load the page again.")
}

/// The cookie that holds a browser's session.
enum SessionCookie {
    static let name = "crossdock_session"

    static func set(_ cookie: String, for request: Request) -> String {
        "\(name)=\(cookie); Path=/; Max-Age=\(SessionStore.longest.components.seconds); HttpOnly; SameSite=Lax" + (isSecure(request) ? "; Secure" : "")
    }
    static let cleared = "\(name)=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"

    /// Behind a proxy that speaks https with the browser.
    static func isSecure(_ request: Request) -> Bool { request.headers[.init("X-Forwarded-Proto")!] == "https" }      // a literal: a valid name
}

/// Nothing but hooks, the door for keys, health and signing in answers without a token or a session.
struct CallerMiddleware: RouterMiddleware {
    typealias Context = AppContext
    let console: Console

    func handle(_ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response) async throws -> Response {
        guard let caller = try await RequestCaller(hub: console.hub).caller(of: request) else {
            return APIProblem(.unauthorized, "token_required", "Send a token: Authorization: Bearer cdt_…. `crossdock token create` makes one.").response()
        }
        try RequestCaller.refuseForgery(request, caller)
        var context = context
        context.caller = caller
        guard caller.session != nil else { return try await next(request, context) }
        let words = console.words(caller.language ?? Language(accepted: request.headers[.acceptLanguage]) ?? .en)
        context.words = words
        do { return try await next(request, context) } catch is CancellationError { throw CancellationError() } catch {
            var problem = APIProblem(error)
            guard problem.status.code < 500 else { throw error }
            problem.detail = words.said(problem.detail)
            throw problem
        }
    }
}
