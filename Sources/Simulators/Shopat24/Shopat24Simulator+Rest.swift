import Foundation
import HTTPTypes
import Hummingbird
import SimulatorKit
import Synchronization

/// The configurable REST side (shopat24.md §4B, §6, §7): routes, the door, and what every call has in common.
extension Shopat24Simulator {
    typealias Work = @Sendable (Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply
    typealias NamedWork = @Sendable (String, Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply

    func addRoutes(to router: Router<BasicSimulatorContext>) {
        router.addMiddleware {
            FaultMiddleware(plan: configuration.faults, sparedPrefix: "/_control") { fault, _ in self.answer(to: fault) }
        }
        addControl(to: router.group("_control"))
        router.post("oauth/token") { request, _ in
            let call = try await Shopat24Call(request, limit: SimulatorServer.maximumBodyBytes)
            return self.state.withLock { $0.door.issueToken(call, now: self.configuration.now()) }.response
        }
        let api = router.group("vendor/v1")
        api.get("orders") { request, _ in await self.answer(request, self.listOrders) }
        api.get("products") { request, _ in await self.answer(request, self.listProducts) }
        api.post("shipments") { request, _ in await self.answer(request, self.postShipment) }
        api.put("products/stock") { request, _ in await self.answer(request, self.putStocks) }
        api.put("products/price") { request, _ in await self.answer(request, self.putPrices) }
        let named: [(HTTPRequest.Method, RouterPath, NamedWork)] = [
            (.get, "orders/{name}", { name, call throws(Shopat24Problem) in try self.getOrder(name, call) }),
            (.get, "orders/{name}/label", { name, call throws(Shopat24Problem) in try self.getLabel(name, call) }),
            (.post, "orders/{name}/confirm", { name, call throws(Shopat24Problem) in try self.postConfirm(name, call) }),
            (.post, "orders/{name}/cancel", { name, call throws(Shopat24Problem) in try self.postCancel(name, call) }),
            (.put, "products/{name}/stock", { name, call throws(Shopat24Problem) in try self.putStock(name, call) }),
            (.put, "products/{name}/price", { name, call throws(Shopat24Problem) in try self.putPrice(name, call) }),
        ]
        for (method, path, work) in named {
            api.on(path, method: method) { request, context in
                let name = try context.parameters.require("name")
                return await self.answer(request) { call throws(Shopat24Problem) in try work(name.removingPercentEncoding ?? name, call) }
            }
        }
    }

    /// Checks who calls and how often, does the work, and lets a forced answer have its way.
    private func answer(_ request: Request, _ work: Work) async -> Response {
        let forced = state.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() }
        var reply: Shopat24Reply
        do throws(Shopat24Problem) {
            if let instead = Self.reply(instead: forced) { return instead.response }
            let call = try await read(request)
            try state.withLock { state throws(Shopat24Problem) in try state.door.check(call, now: configuration.now()) }
            guard state.withLock({ $0.rate.take(at: configuration.now()) }) else { throw .init(.throttled, "Too many requests.") }
            count("requests")
            reply = try work(call)
        } catch {
            count("refused \(error.code.rawValue)")
            reply = refusal(error)
        }
        if case .hangAfterEffect(let pause) = forced {
            // Cancelled: the server is stopping, and nobody reads the answer.
            try? await Task.sleep(for: pause)
        }
        return reply.response
    }

    private func read(_ request: Request) async throws(Shopat24Problem) -> Shopat24Call {
        do { return try await Shopat24Call(request, limit: SimulatorServer.maximumBodyBytes) } catch { throw .init(.invalid, "The body could not be read.") }
    }

    private func refusal(_ problem: Shopat24Problem) -> Shopat24Reply {
        let isSoft = configuration.refusesWithStatus200 && problem.code.isAboutTheOrder
        var reply = Shopat24Reply.problem(code: problem.code.rawValue, problem.message, status: isSoft ? 200 : problem.code.httpStatus)
        if problem.code == .throttled, configuration.sendsRetryAfter { reply.headers.append(("Retry-After", "1")) }
        return reply
    }

    private static func reply(instead forced: Shopat24Answer?) -> Shopat24Reply? {
        switch forced {
        case nil, .hangAfterEffect: nil
        case .unsuccessful(let code): .problem(code: code, "This did not work.", status: 200)
        case .throttled(let seconds): throttled(seconds)
        case .unauthorised: .problem(code: Shopat24Problem.Code.unauthorised.rawValue, "Not any more.", status: 401)
        case .status(let status): .problem(code: Shopat24Problem.Code.unavailable.rawValue, "Out of order.", status: status)
        }
    }

    private static func throttled(_ seconds: Int?) -> Shopat24Reply {
        var reply = Shopat24Reply.problem(code: Shopat24Problem.Code.throttled.rawValue, "Too many requests.", status: 429)
        if let seconds { reply.headers.append(("Retry-After", "\(seconds)")) }
        return reply
    }

    /// The faults of a plan in the channel's words; a token is lost only where there is one.
    private func answer(to fault: Fault) -> Response? {
        switch fault {
        case .throttle(let seconds): Self.throttled(configuration.sendsRetryAfter ? seconds : nil).response
        case .serverError(let status): Self.reply(instead: .status(status))?.response
        case .expireToken: state.withLock { $0.door.expireTokensByFault() } ? Self.reply(instead: .unauthorised)?.response : nil
        default: nil
        }
    }

    /// Runs a write's effect once per `Idempotency-Key`, which every write carries (shopat24.md §6).
    func once(_ call: Shopat24Call, _ work: (inout State) throws(Shopat24Problem) -> Shopat24Reply) throws(Shopat24Problem) -> Shopat24Reply {
        guard let key = call.header("Idempotency-Key"), !key.isEmpty else { throw .init(.invalid, "Every write needs an Idempotency-Key.") }
        let fingerprint = SimulatorSignature.sha256(Data("\(call.method) \(call.path)\n".utf8) + call.body)
        let now = configuration.now()
        return try state.withLock { state throws(Shopat24Problem) in
            if let known = try state.replays.reply(key: key, fingerprint: fingerprint, now: now) {
                state.counts["writes repeated", default: 0] += 1
                return known
            }
            let reply = try work(&state)
            state.replays.keep(reply, key: key, fingerprint: fingerprint, now: now)
            return reply
        }
    }
}
