import Logging
import Hub
import Database
import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Connect
import NIOCore

/// An error of the API, answered after RFC 9457.
struct APIProblem: Error, HTTPResponseError {
    var status: HTTPResponse.Status
    var code: String
    var detail: String
    /// Where in the request it is.
    var pointer: String?
    /// More members: the current revision of a conflict, the fields a word could mean.
    var more: [String: String] = [:]
    var retryAfterSeconds: Int?
    /// The methods that a path has, for 405.
    var allow: String?

    init(_ status: HTTPResponse.Status, _ code: String, _ detail: String, pointer: String? = nil, more: [String: String] = [:], retryAfterSeconds: Int? = nil) {
        self.status = status; self.code = code; self.detail = detail; self.pointer = pointer; self.more = more; self.retryAfterSeconds = retryAfterSeconds
    }

    static func notFound(_ what: String) -> APIProblem { APIProblem(.notFound, "not_found", "There is no \(what) with this id.") }

    func response(from request: Request, context: some RequestContext) throws -> Response { response() }

    func response() -> Response { Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: document))) }

    /// The document of RFC 9457.
    var document: Data {
        var members: [String: String] = more
        members["type"] = "urn:crossdock:problem:\(code)"
        members["title"] = status.reasonPhrase
        members["code"] = code
        members["detail"] = detail
        if let pointer { members["pointer"] = pointer }
        struct Body: Encodable {
            let members: [String: String], status: Int
            struct Key: CodingKey { var stringValue: String; var intValue: Int? { nil }; init(stringValue: String) { self.stringValue = stringValue }; init?(intValue: Int) { nil } }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                for (key, value) in members { try container.encode(value, forKey: Key(stringValue: key)) }
                try container.encode(status, forKey: Key(stringValue: "status"))
            }
        }
        return (try? JSONEncoder.crossdock.encode(Body(members: members, status: status.code))) ?? Data("{}".utf8)      // strings and one number always encode
    }

    var fields: HTTPFields {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        if let allow { headers[.allow] = allow }
        return headers
    }

    /// Every error that the hub knows, in the API's form.
    init(_ error: any Error) {
        switch error {
        case let problem as APIProblem: self = problem
        case let error as LedgerError:
            switch error {
            case .unknownOrder: self = .init(.notFound, error.code, error.sentence)
            case .versionConflict(let current): self = .init(.conflict, error.code, error.sentence, more: ["revision": "\(current)"])
            case .notAllowed, .nothingToDo: self = .init(.conflict, error.code, error.sentence)
            case .unknownField, .refusedValue: self = .init(.unprocessableContent, error.code, error.sentence)
            case .unreadable: self = .init(.internalServerError, error.code, error.sentence)
            }
        case let error as ChannelFault:
            let status: HTTPResponse.Status = switch error { case .unknownChannel: .notFound; case .nameTaken: .conflict; default: .unprocessableContent }
            self = .init(status, error.code, error.sentence)
        case let error as DatabaseError:
            self = .init(error.isTransient ? .serviceUnavailable : .internalServerError, error.code, error.sentence, retryAfterSeconds: error.isTransient ? 5 : nil)
        case let error as RuleError:
            self = .init(.unprocessableContent, error.code, error.sentence, more: ["line": "\(error.line)", "column": "\(error.column)"])
        case let error as PeopleFault: self = .init(error)
        case let error as ViewFault:
            let status: HTTPResponse.Status = switch error { case .unknown: .notFound; case .notYours: .forbidden; case .nameTaken: .conflict; case .badName, .tooMany: .unprocessableContent }
            self = .init(status, error.code, error.sentence)
        case let error as BulkFault:
            let status: HTTPResponse.Status = switch error { case .unknown, .noFile: .notFound; case .notYours: .forbidden; case .cannotUndo: .conflict; default: .unprocessableContent }
            self = .init(status, error.code, error.sentence)
        case let error as EditFault:
            let status: HTTPResponse.Status = switch error { case .unknown: .notFound; case .undone: .conflict; case .tooMany: .unprocessableContent }
            self = .init(status, error.code, error.sentence)
        case let error as OfferFault: self = .init(.conflict, error.code, error.sentence)
        case let error as ShippingFault:
            let status: HTTPResponse.Status = switch error { case .unknownGroup, .notInGroup: .notFound; case .groupGone, .noneWaits: .conflict; default: .unprocessableContent }
            self = .init(status, error.code, error.sentence)
        case let error as PickupFault:
            let status: HTTPResponse.Status = switch error { case .unknown, .noCarrier: .notFound; case .byHand, .notLiving, .nothingPacked: .conflict; case .badDay, .badWindow: .unprocessableContent }
            self = .init(status, error.code, error.sentence)
        case let error as RemittanceFault:
            let status: HTTPResponse.Status = if case .seenBefore = error { .conflict } else { .unprocessableContent }
            self = .init(status, error.code, error.sentence)
        case let error as any HubError: self = .init(.unprocessableContent, error.code, error.sentence)
        case let error as HTTPError: self = .init(error.status, "bad_request", error.body ?? error.status.reasonPhrase)
        default: self = .init(.internalServerError, "internal", "Something failed here. The log has more under this request.")
        }
    }
}

/// Turns every thrown error into a problem; an unknown one is logged with its request.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = AppContext
    func handle(_ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response) async throws -> Response {
        guard !request.uri.string.contains("%00") else { return APIProblem(.badRequest, "bad_request", "An address holds no NUL character.").response() }
        do { return try await next(request, context) } catch is CancellationError { return Response(status: .serviceUnavailable) } catch {
            let problem = APIProblem(error)
            if problem.status.code >= 500 {
                context.logger.error("request failed", metadata: ["request.id": "\(context.requestID)", "error.code": "\(problem.code)", "error": "\(type(of: error))"])
            }
            return problem.response()
        }
    }
}

extension AppContext {
    /// The caller, who has `scope`.
    func require(_ scope: Scope) throws -> Caller {
        guard let caller else { throw APIProblem(.unauthorized, "token_required", "Send a token.") }
        guard caller.may(scope) else {
            let holder = caller.role.map { "The role \($0.rawValue)" } ?? "This token"
            throw APIProblem(.forbidden, "scope_missing", "\(holder) may not do that: it lacks the scope \(scope.rawValue).", more: ["scope": scope.rawValue])
        }
        return caller
    }
    var maySeeBuyers: Bool { caller?.may(.buyersRead) ?? false }
}
