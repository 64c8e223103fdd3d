import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit

/// What goes back over the wire.
struct ShopeeAnswer: Sendable {
    var status = 200
    var contentType = "application/json"
    var body: Data
    var headers: [(HTTPField.Name, String)] = []

    static func page(_ status: Int, _ words: String) -> Self {
        Self(
            status: status, contentType: "text/html",
            body: Data("<html><head><title>\(status) \(words)</title></head><body><center><h1>\(status) \(words)</h1></center></body></html>\n".utf8))
    }

    var response: Response {
        var fields: HTTPFields = [.contentType: contentType]
        for (name, value) in headers { fields[name] = value }
        return Response(status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}

/// Every request: control plane, consent pages, the API with its accidents.
extension ShopeeSimulator {
    func addRoutes(to router: Router<BasicSimulatorContext>) {
        for method in [HTTPRequest.Method.get, .post, .put, .delete] {
            router.on("**", method: method) { request, context in try await self.answer(request, context) }
        }
    }

    private func answer(_ request: Request, _ context: BasicSimulatorContext) async throws -> Response {
        let body = Data(try await request.body.collect(upTo: SimulatorServer.maximumBodyBytes).readableBytesView)
        let call = ShopeeCall(method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "", body: body)
        if call.path.hasPrefix(ShopeeControl.prefix) { return await ShopeeControl(simulator: self).answer(call).response }
        if ShopeeConsentPages.paths.contains(call.path) { return change { ShopeeConsentPages.answer(call, &$0) }.response }
        guard call.path.hasPrefix("/api/") else { return ShopeeAnswer.page(404, "Not Found").response }
        return try await struck(call, context)
    }

    // MARK: Accidents

    /// A test's own answer first, then the plan's fault, then the work.
    private func struck(_ call: ShopeeCall, _ context: BasicSimulatorContext) async throws -> Response {
        switch change({ $0.takeForced(call.endpoint) }) {
        case .refuse(let code, let message): return refusal(.init(code, message)).response
        case .loseAnswer:
            _ = await work(call)
            return await context.loseAnswer()
        case .hang(let pause):
            try await Task.sleep(for: pause)
            return await work(call).response
        case .page(let status): return ShopeeAnswer.page(status, "Bad Gateway").response
        case nil: break
        }
        switch faults.draw(call.isRead ? .request : .write) {
        case .throttle(let seconds): return throttled(seconds).response
        case .serverError(500): return refusal(.init("error_server", "Something wrong, please try again later.")).response
        case .serverError(let status): return ShopeeAnswer.page(status, "Bad Gateway").response
        case .expireToken:
            guard ShopeeWorld.audience(of: call.endpoint) != .app else { return await work(call).response }
            return refusal(change { $0.tokenProblem }).response
        case .drop: return await context.loseAnswer()
        case .lostAnswer:
            _ = await work(call)
            return await context.loseAnswer()
        case .hang(let pause), .delay(let pause):
            try await Task.sleep(for: pause)
            return await work(call).response
        case .malform:
            var answer = await work(call)
            answer.body = answer.body.prefix(answer.body.count / 2)
            return answer.response
        case .duplicate, .badSignature, nil: return await work(call).response
        }
    }

    private func refusal(_ problem: ShopeeProblem) -> ShopeeAnswer { change { $0.envelope(problem) } }

    /// Mostly the platform's own word; now and then the edge's, whose limits nobody documented (shopee.md §4.4).
    private func throttled(_ seconds: Int) -> ShopeeAnswer {
        guard faults.total.isMultiple(of: 3) else { return refusal(.init("error_rate_limit", "Your request is over the rate limit.")) }
        var page = ShopeeAnswer.page(429, "Too Many Requests")
        page.headers = [(.retryAfter, "\(seconds)")]
        return page
    }

    // MARK: Work

    private func work(_ call: ShopeeCall) async -> ShopeeAnswer {
        guard call.path.hasPrefix(ShopeeCall.prefix) else { return refusal(.init("api_suspended", "The API has been suspended. Please use v2.")) }
        if call.endpoint == "push/set_app_push_config", let url = call.json["callback_url"]?.string, let refused = await refusedAddress(url, call) {
            return refused
        }
        return change { world in
            world.counters.requests += 1
            var call = call
            do throws(ShopeeProblem) {
                try world.admit(&call)
                return world.envelope(try world.perform(call))
            } catch {
                return world.envelope(error)
            }
        }
    }

    /// The address is tried before it is saved; a caller who may not save it is answered without a try.
    private func refusedAddress(_ url: String, _ call: ShopeeCall) async -> ShopeeAnswer? {
        let isAdmitted = change { world in
            var call = call
            // Why not is said when the call itself is worked on.
            return (try? world.admit(&call)) != nil
        }
        guard isAdmitted, await !verifies(url) else { return nil }
        return refusal(.parameter("The callback URL did not answer the test push."))
    }
}

// MARK: Envelopes

extension ShopeeWorld {
    /// The next answer a test wants for this endpoint.
    mutating func takeForced(_ endpoint: String) -> ShopeeForced.Act? {
        guard let index = forced.firstIndex(where: { $0.endpoint == nil || $0.endpoint == endpoint }) else { return nil }
        let act = forced[index].act
        forced[index].times -= 1
        if forced[index].times <= 0 { forced.remove(at: index) }
        return act
    }

    /// `{"error":"","message":"","warning":…,"response":…,"request_id":…}` with `warning` in all its shapes (shopee.md §8).
    mutating func envelope(_ reply: ShopeeReply) -> ShopeeAnswer {
        if let file = reply.file { return ShopeeAnswer(contentType: file.contentType, body: Data(file.bytes)) }
        var members: [ShopeeJSON.Member] = [.init("error", reply.saysDash ? "-" : ""), .init("message", reply.saysDash ? "-" : "")] + reply.top
        if let response = reply.response {
            members.append(.init("response", response))
            let shapes: [ShopeeJSON?] = [nil, .null, "", []]
            if let warning = reply.warning ?? (configuration.hasOddShapes ? shapes[counters.requests % shapes.count] : "") {
                members.append(.init("warning", warning))
            }
        }
        members.append(.init("request_id", .text(requestID())))
        return ShopeeAnswer(body: ShopeeJSON.object(members).data)
    }

    mutating func envelope(_ problem: ShopeeProblem) -> ShopeeAnswer {
        counters.refusals[problem.code, default: 0] += 1
        var members: [ShopeeJSON.Member] = [.init("error", .text(problem.code)), .init("message", .text(problem.message))]
        if let response = problem.response { members.append(.init("response", response)) }
        members.append(.init("request_id", .text(requestID())))
        return ShopeeAnswer(status: problem.isAuthority && switches.answersForbidden ? 403 : 200, body: ShopeeJSON.object(members).data)
    }
}
