import HTTPTypes
package import Hummingbird
import NIOCore

/// Lets the faults of a plan strike the routes that follow it: GET and HEAD draw at `.request`, all others at `.write`.
///
/// `throttle`, `serverError` and `expireToken` answer with the platform's own error body (`answer`); `drop` closes before anything is
/// done; `lostAnswer` does the work and closes; `hang` and `delay` wait first; `malform` cuts the answer in half. Webhook faults are ignored.
package struct FaultMiddleware: RouterMiddleware {
    package typealias Context = BasicSimulatorContext
    /// The platform's words for a fault; nil where this request is to be spared.
    package typealias Answer = @Sendable (Fault, Request) -> Response?

    private let plan: FaultPlan
    private let answer: Answer
    /// Paths the faults never touch (a simulator's own control routes).
    private let sparedPrefix: String?

    package init(plan: FaultPlan, sparedPrefix: String? = nil, answer: @escaping Answer = FaultMiddleware.plainAnswer) {
        self.plan = plan
        self.sparedPrefix = sparedPrefix
        self.answer = answer
    }

    package func handle(
        _ request: Request, context: BasicSimulatorContext, next: @concurrent (Request, BasicSimulatorContext) async throws -> Response
    ) async throws -> Response {
        if let sparedPrefix, request.uri.path.hasPrefix(sparedPrefix) { return try await next(request, context) }
        let isRead = request.method == .get || request.method == .head
        guard let fault = plan.draw(isRead ? .request : .write) else { return try await next(request, context) }
        switch fault {
        case .throttle, .serverError, .expireToken:
            if let response = answer(fault, request) { return response }
            return try await next(request, context)
        case .drop:
            return await context.loseAnswer()
        case .lostAnswer:
            _ = try await next(request, context)
            return await context.loseAnswer()
        case .hang(let duration), .delay(let duration):
            try await Task.sleep(for: duration)
            return try await next(request, context)
        case .malform:
            return try await cut(next(request, context))
        case .duplicate, .badSignature:
            return try await next(request, context)
        }
    }

    /// Bare statuses with `Retry-After`, for a platform whose error bodies do not matter.
    package static let plainAnswer: Answer = { fault, _ in
        switch fault {
        case .throttle(let seconds): Response(status: .tooManyRequests, headers: [.retryAfter: "\(seconds)"])
        case .serverError(let status): Response(status: .init(code: status))
        case .expireToken: Response(status: .unauthorized)
        default: nil
        }
    }

    /// The same status with a body that ends in the middle.
    private func cut(_ response: Response) -> Response {
        let text = #"{"data":[{"id":"1","tot"#
        return Response(status: response.status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
