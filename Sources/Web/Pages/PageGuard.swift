import Logging
import Foundation
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

/// The cookie that holds a browser's token.
enum SignInCookie {
    static let name = "crossdock_token"
    static let maximumTokenBytes = 200, maximumFormBytes = 4096
    /// Twelve hours, a long shift.
    static let lifeSeconds = 12 * 3600

    static func set(_ token: String, isSecure: Bool) -> String {
        "\(name)=\(token); Path=/; Max-Age=\(lifeSeconds); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }
    static let cleared = "\(name)=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"

    /// The token typed into the form; nil when the body is not that form or the token holds what no token holds.
    static func token(inForm text: String) -> String? {
        var parts = URLComponents()
        parts.percentEncodedQuery = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text.replacingOccurrences(of: "+", with: "%20") : nil
        guard let value = parts.queryItems?.first(where: { $0.name == "token" })?.value else { return nil }
        let token = value.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.count < maximumTokenBytes, token.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 65 && $0 <= 90) || ($0 >= 97 && $0 <= 122) || $0 == 95 || $0 == 45 }) else { return nil }
        return token
    }
}
