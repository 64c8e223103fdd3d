import HTTPTypes
import Hummingbird

/// The answer where no route is: 405 with the methods that the path has, else 404; a page for somebody who typed a wrong address into a browser.
struct Fallback: RouterMiddleware {
    typealias Context = AppContext
    struct Route: Sendable { var method: HTTPRequest.Method, path: String }

    private let routes: [(method: HTTPRequest.Method, parts: [Substring])]

    private let console: Console

    init(_ routes: [Route], console: Console) {
        self.routes = routes.map { ($0.method, $0.path.split(separator: "/")) }
        self.console = console
    }

    func handle(_ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response) async throws -> Response {
        let allowed = methods(at: request.uri.path)
        guard !allowed.isEmpty else {
            guard request.method == .get, request.headers[.accept]?.contains("text/html") == true else { return APIProblem(.notFound, "not_found", "There is nothing at this address.").response() }
            return try await PageGuard(console: console).handle(request, context: context) { request, _ in
                throw APIProblem(.notFound, "not_found", Door(console, request).words("shell.nothingHere"))
            }
        }
        var problem = APIProblem(.methodNotAllowed, "method_not_allowed", "This address takes \(allowed.joined(separator: ", ")) only.")
        problem.allow = allowed.joined(separator: ", ")
        return problem.response()
    }

    private func methods(at path: String) -> [String] {
        let parts = path.split(separator: "/")
        let fitting = routes.filter { route in route.parts.count == parts.count && zip(route.parts, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 } }
        // A name that is written out goes before one that stands for anything, as in the router.
        let fewest = fitting.map(Self.parameters).min()
        var methods = Set(fitting.filter { Self.parameters($0) == fewest }.map(\.method.rawValue))
        if methods.contains("GET") { methods.insert("HEAD") }
        return methods.sorted()
    }

    private static func parameters(_ route: (method: HTTPRequest.Method, parts: [Substring])) -> Int { route.parts.filter { $0.hasPrefix("{") }.count }
}
