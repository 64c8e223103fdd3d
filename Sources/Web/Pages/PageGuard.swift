import Logging
import HTTPTypes
import Hummingbird
import NIOCore

/// Headers that every page of the console carries, and errors in words instead of problems.
struct PageGuard: RouterMiddleware {
    typealias Context = AppContext
    let console: Console

    func handle(_ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response) async throws -> Response {
        var response: Response
        do { response = try await next(request, context) } catch is CancellationError { return Response(status: .serviceUnavailable) } catch {
            let problem = APIProblem(error)
            if problem.status.code >= 500 { context.logger.error("page failed", metadata: ["request.id": "\(context.requestID)", "error.code": "\(problem.code)"]) }
            response = try fault(problem, request)
        }
        for (name, value) in Self.headers { response.headers[name] = value }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private struct Fault: Sendable { var heading: String, message: String, code: String }

    /// For those who are not signed in as well: nothing of the console stands around it.
    private func fault(_ problem: APIProblem, _ request: Request) throws -> Response {
        let door = Door(console, request), key = "shell.failed.\(problem.status.code)"
        let heading = door.words(door.words.has(key) ? key : problem.status.code >= 500 ? "shell.failed.500" : "shell.failed.other")
        return try door.page("fault", title: heading, Fault(heading: heading, message: problem.detail, code: problem.code), status: problem.status)
    }

    private static let headers: [(HTTPField.Name, String)] = [
        ("Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"), ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}
