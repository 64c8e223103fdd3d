package import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// One call a catcher took, with its raw bytes.
package struct CaughtWebhook: Sendable {
    package var method: String
    package var path: String
    /// Names in lower case; the last of equal names wins.
    package var headers: [String: String]
    package var body: Data
    package var receivedAt: Date
}

/// A server that takes whatever is sent to it: the stand-in for a hub when a simulator's webhooks are looked at alone.
package final class WebhookCatcher: Sendable {
    /// What the catcher says to a call: a status, a pause before it, or nothing at all.
    package struct Answer: Sendable {
        package var status: Int
        package var delay: Duration
        package var retryAfterSeconds: Int?
        package var closesConnection: Bool
        /// The call is kept waiting until this holds.
        package var waits: (@Sendable () -> Bool)?

        package init(status: Int = 200, delay: Duration = .zero, retryAfterSeconds: Int? = nil, closesConnection: Bool = false, until waits: (@Sendable () -> Bool)? = nil) {
            self.waits = waits
            self.status = status
            self.delay = delay
            self.retryAfterSeconds = retryAfterSeconds
            self.closesConnection = closesConnection
        }
    }

    /// Calls kept; older ones are forgotten.
    private static let maximumKept = 20_000

    private let caught = Mutex<[CaughtWebhook]>([])
    private let server = Mutex<SimulatorServer?>(nil)
    private let answer: @Sendable (CaughtWebhook, Int) -> Answer

    /// - Parameter answer: gets the call and how many came before it.
    package static func start(answer: @escaping @Sendable (CaughtWebhook, Int) -> Answer = { _, _ in Answer() }) async throws -> WebhookCatcher {
        let catcher = WebhookCatcher(answer: answer)
        let server = SimulatorServer(name: "catcher") { router in
            for method in [HTTPRequest.Method.post, .put, .get, .delete] {
                router.on("**", method: method) { request, context in try await catcher.take(request, context) }
            }
        }
        catcher.server.withLock { $0 = server }
        try await server.start()
        return catcher
    }

    private init(answer: @escaping @Sendable (CaughtWebhook, Int) -> Answer) { self.answer = answer }

    package var all: [CaughtWebhook] { caught.withLock { $0 } }
    package var count: Int { caught.withLock { $0.count } }

    /// Where to send to; any path below it is taken too.
    package var url: String { (server.withLock { $0?.baseURL } ?? "") + "/hook" }

    /// Waits until so many calls came in. False when the limit passed first.
    @discardableResult
    package func wait(for count: Int, limit: Duration = .seconds(10)) async -> Bool {
        let end = ContinuousClock.now + limit
        while self.count < count {
            guard ContinuousClock.now < end else { return false }
            // Cancelled: the caller's expectation says what is missing.
            try? await Task.sleep(for: .milliseconds(5))
        }
        return true
    }

    package func stop() async { await server.withLock { $0 }?.stop() }

    private func take(_ request: Request, _ context: BasicSimulatorContext) async throws -> Response {
        let body = Data(try await request.body.collect(upTo: SimulatorServer.maximumBodyBytes).readableBytesView)
        let headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $1 })
        let call = CaughtWebhook(
            method: request.method.rawValue, path: request.head.path ?? request.uri.path, headers: headers, body: body, receivedAt: Date())
        let before = caught.withLock { caught in
            if caught.count >= Self.maximumKept { caught.removeFirst(Self.maximumKept / 2) }
            caught.append(call)
            return caught.count - 1
        }
        let answer = answer(call, before)
        if answer.delay > .zero { try await Task.sleep(for: answer.delay) }
        if let waits = answer.waits { while !waits() { try await Task.sleep(for: .milliseconds(5)) } }
        if answer.closesConnection { return await context.loseAnswer() }
        var fields: HTTPFields = [:]
        if let seconds = answer.retryAfterSeconds { fields[.retryAfter] = "\(seconds)" }
        return Response(status: .init(code: answer.status), headers: fields)
    }
}
