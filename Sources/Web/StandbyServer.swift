package import AsyncHTTPClient
import HTTPTypes
import Hub
package import Hummingbird
package import Logging
import NIOCore
import NIOHTTP1

/// The door of a hub that stands by: it passes everything on to the one that works, and says so plainly while there is none.
package struct StandbyServer: Sendable {
    let settings: WebServer.Settings
    let client: HTTPClient
    /// The base address of the hub that works; nil: none does at the moment.
    let working: @Sendable () -> String?

    package init(settings: WebServer.Settings, client: HTTPClient, working: @escaping @Sendable () -> String?) { self.settings = settings; self.client = client; self.working = working }

    /// What the client is made with: no redirects followed, answers passed on as they come, and time for a live stream's pauses.
    package static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(2), read: .seconds(120)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        return configuration
    }

    package func application(logger: Logger, onPort: @escaping @Sendable (Int) async -> Void) -> some ApplicationProtocol {
        let router = Router(context: AppContext.self)
        router.get("health/live") { _, _ in Self.plain(.ok, "ok, standing by\n") }
        router.add(middleware: PassOn(client: client, working: working))
        return WebServer.listening(router, settings: settings, logger: logger, onPort: onPort)
    }

    static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
        if status == .serviceUnavailable { headers[.retryAfter] = "5" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

/// Hands a request to the working hub and its answer back, bodies as streams.
private struct PassOn: RouterMiddleware {
    typealias Context = AppContext
    let client: HTTPClient, working: @Sendable () -> String?

    /// These speak of one connection only (RFC 9110 §7.6.1); the length is kept, for it is the body's.
    private static let ofConnection: Set<String> = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "x-forwarded-for"]

    func handle(_ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response) async throws -> Response {
        if request.method == .get, request.uri.path == "/health/live" { return try await next(request, context) }
        guard let base = working() else { return StandbyServer.plain(.serviceUnavailable, "No hub works at the moment. One takes over within seconds; try again then.\n") }
        var outgoing = HTTPClientRequest(url: base + request.uri.string)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers where !Self.ofConnection.contains(field.name.canonicalName) { outgoing.headers.add(name: field.name.rawName, value: field.value) }
        if let authority = request.head.authority { outgoing.headers.replaceOrAdd(name: "host", value: authority) }
        outgoing.headers.replaceOrAdd(name: "x-forwarded-for", value: context.place(of: request).address)
        let length = request.headers[.contentLength].flatMap { Int64($0) }
        if length != nil || request.headers[.transferEncoding] != nil { outgoing.body = .stream(request.body, length: length.map { .known($0) } ?? .unknown) }
        do {
            let answer = try await client.execute(outgoing, deadline: .distantFuture)
            var headers = HTTPFields()
            for (name, value) in answer.headers where !Self.ofConnection.contains(name.lowercased()) {
                if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
            }
            return Response(status: .init(code: Int(answer.status.code)), headers: headers, body: .init(asyncSequence: answer.body))
        } catch {
            return StandbyServer.plain(.serviceUnavailable, "The hub that works did not answer. Another takes over within seconds; try again then.\n")
        }
    }
}
