import Hub
import Hummingbird

/// Finds out who sends a request: a bearer token or the console's session.
struct RequestCaller: Sendable {
    let hub: Hub

    func caller(of request: Request) async throws -> Caller? { try await TokenMiddleware(tokens: hub.tokens).caller(of: request) }
}
