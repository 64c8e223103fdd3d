import Logging
import HTTPTypes
import Hummingbird
import NIOCore

/// Headers that every page of the console carries, and errors in words instead of problems.
struct PageGuard: RouterMiddleware {
    typealias Context = AppContext

    func handle(_ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response) async throws -> Response {
        var response: Response
        do { response = try await next(request, context) } catch is CancellationError { return Response(status: .serviceUnavailable) } catch {
            let problem = APIProblem(error)
            if problem.status.code >= 500 { context.logger.error("page failed", metadata: ["request.id": "\(context.requestID)", "error.code": "\(problem.code)"]) }
            response = try ConsoleRoutes.html(.notice(Self.title(problem.status), problem.detail), status: problem.status)
        }
        for (name, value) in Self.headers { response.headers[name] = value }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    private static func title(_ status: HTTPResponse.Status) -> String {
        switch status {
        case .unauthorized: "Not signed in"
        case .forbidden: "Not allowed"
        case .notFound: "Not found"
        default: status.code >= 500 ? "The hub could not do that" : "That did not work"
        }
    }

    private static let headers: [(HTTPField.Name, String)] = [
        ("Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"), ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}
