import Crypto
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore
import Synchronization

/// `Idempotency-Key` on calls that change something: the same key with the same request is answered as before and does nothing again.
struct IdempotencyMiddleware: RouterMiddleware {
    typealias Context = AppContext
    let hub: Hub

    func handle(_ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response) async throws -> Response {
        guard try Idempotency.key(of: request) != nil, !ImportRoutes.isUpload(request.head) else { return try await next(request, context) }
        var request = request
        let body = try await APIRead.body(of: request)
        request.body = RequestBody(buffer: body)
        let whole = request
        return try await context.once(request, in: hub, digest: Array(SHA256.hash(data: Data(body.readableBytesView))), unless: {}) { try await next(whole, context) }
    }
}

enum Idempotency {
    static let maximumKeyBytes = 255
    static let methods: Set<HTTPRequest.Method> = [.post, .put, .patch, .delete]
    static let field = "Idempotency-Key", replayed = "Idempotent-Replayed"

    /// nil: none is given, or the call changes nothing.
    static func key(of request: Request) throws -> String? {
        guard methods.contains(request.method), let name = HTTPField.Name(field), let key = request.headers[name] else { return nil }
        guard (1...maximumKeyBytes).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw APIProblem(.badRequest, "invalid_idempotency_key", "\(field) has 1 to \(maximumKeyBytes) visible ASCII characters.", pointer: field)
        }
        return key
    }

    /// Answers that say something about the request itself; one about the caller or the moment is not kept, and its key is free again.
    static func isKept(_ status: HTTPResponse.Status) -> Bool {
        switch status.code {
        case 200..<300, 400, 404, 409, 422: true
        default: false
        }
    }

    /// What makes a request the same request: its method, its address, its body.
    static func digest(_ request: Request, body: [UInt8]) -> Int64 {
        let hash = SHA256.hash(data: Data("\(request.method.rawValue) \(request.uri.string)\n".utf8) + Data(body))
        return hash.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

extension AppContext {
    /// Runs `work` unless its key says that it ran already.
    ///
    /// - Parameters:
    ///   - digest: of the body.
    ///   - unless: called when `work` is not run.
    func once(_ request: Request, in hub: Hub, digest: [UInt8], unless: () -> Void, _ work: () async throws -> Response) async throws -> Response {
        let key: String?
        do { key = try Idempotency.key(of: request) } catch { unless(); throw error }
        guard let caller, let key else { return try await work() }
        let claim = IdempotencyStore.Claim(token: caller.holderID, key: key)
        let verdict: IdempotencyStore.Verdict
        do { verdict = try await hub.idempotency.begin(claim, digest: Idempotency.digest(request, body: digest)) } catch { unless(); throw error }
        guard verdict == .begin else {
            unless()
            return try Self.answer(verdict)
        }
        do {
            let response = try await work()
            return try await keep(response, claim, hub)
        } catch {
            let problem = APIProblem(error)
            if error is CancellationError || !Idempotency.isKept(problem.status) { try await hub.idempotency.release(claim) } else { _ = try await keep(problem.response(), claim, hub) }
            throw error
        }
    }

    private static func answer(_ verdict: IdempotencyStore.Verdict) throws -> Response {
        switch verdict {
        case .begin, .running:
            throw APIProblem(.conflict, "idempotency_running", "The first request with this Idempotency-Key is still under way. Ask again in a moment.", retryAfterSeconds: 1)
        case .otherRequest: throw APIProblem(.unprocessableContent, "idempotency_key_reused", "This Idempotency-Key was used for another request. Every request has a key of its own.", pointer: Idempotency.field)
        case .outcomeUnknown:
            throw APIProblem(.conflict, "idempotency_outcome_unknown", "The hub ended while it worked on this request. Look whether it had its effect; to repeat it, use a new Idempotency-Key.")
        case .replay(let answer):
            var response = Response(status: .init(code: answer.status), body: answer.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: answer.body)))
            response.headers[.contentType] = answer.contentType
            response.headers[.location] = answer.location
            response.headers[.cacheControl] = "no-store"
            if let name = HTTPField.Name(Idempotency.replayed) { response.headers[name] = "true" }
            return response
        }
    }

    private func keep(_ response: Response, _ claim: IdempotencyStore.Claim, _ hub: Hub) async throws -> Response {
        guard Idempotency.isKept(response.status) else {
            try await hub.idempotency.release(claim)
            return response
        }
        let body = try await response.body.bytes()
        try await hub.idempotency.finish(claim, .init(status: response.status.code, contentType: response.headers[.contentType], body: Array(body.readableBytesView), location: response.headers[.location]))
        return Response(status: response.status, headers: response.headers, body: body.readableBytes == 0 ? .init() : .init(byteBuffer: body))
    }
}

extension ResponseBody {
    /// The whole body; only for answers that are whole in memory anyway.
    fileprivate func bytes() async throws -> ByteBuffer {
        let whole = WholeBody()
        try await write(BodyCollector(whole: whole))
        return whole.buffer.withLock { $0 }
    }
}

private final class WholeBody: Sendable { let buffer = Mutex(ByteBuffer()) }

private struct BodyCollector: ResponseBodyWriter {
    let whole: WholeBody
    mutating func write(_ buffer: ByteBuffer) async throws { _ = whole.buffer.withLock { $0.writeImmutableBuffer(buffer) } }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
