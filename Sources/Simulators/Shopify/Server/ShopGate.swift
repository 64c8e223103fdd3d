import Foundation
import SimulatorKit
import Synchronization

/// The front of the shop: routes a request, checks its token, lets faults strike, adds the platform's headers.
final class ShopGate: Sendable {
    private let store: ShopStore
    private let oauth: OAuthEndpoint
    private let graph: GraphEndpoint
    private let rest: RestEndpoint
    private let faults: FaultPlan
    private let apiVersion: String
    private let restBucket: Mutex<CostBucket>
    private let clock: @Sendable () -> Date
    private let counters = Mutex<(rest: Int, tokens: Int, unauthorised: Int, throttled: Int)>((0, 0, 0, 0))

    init(store: ShopStore, oauth: OAuthEndpoint, graph: GraphEndpoint, configuration: ShopifySimulator.Configuration) {
        self.store = store
        self.oauth = oauth
        self.graph = graph
        rest = RestEndpoint(store: store)
        faults = configuration.faults
        apiVersion = configuration.apiVersion
        clock = configuration.clock
        restBucket = Mutex(
            CostBucket(
                capacity: configuration.restBucketSize, restorePerSecond: configuration.restLeakPerSecond, now: configuration.clock()))
    }

    var statistics: [SimulatorStatistic] {
        let counts = counters.withLock { $0 }
        return graph.statistics + [
            .init("rest calls", counts.rest), .init("rest throttled", counts.throttled), .init("token requests", counts.tokens),
            .init("unauthorised calls", counts.unauthorised),
        ]
    }

    func answer(_ request: ShopRequest) async -> ShopAnswer {
        let answer = await route(request)
        let requestID = store.change { state, _ in state.uuid() }
        return answer.adding("X-Request-Id", requestID)
    }

    private func route(_ request: ShopRequest) async -> ShopAnswer {
        guard request.path.first == "admin", request.path.count > 1 else { return .page("Not Found", status: 404) }
        switch (request.method, request.path.dropFirst().joined(separator: "/")) {
        case ("GET", "oauth/authorize"): return oauth.authorise(request)
        case ("POST", "oauth/access_token"):
            counters.withLock { $0.tokens += 1 }
            return await struck(.write, request, throttled: { self.tooManyRequests($0) }) { self.oauth.token(request) }
        case ("GET", "oauth/access_scopes"):
            return await authorised(request) { scopes in .json(["access_scopes": .array(scopes.map { ["handle": .text($0)] })]) }
        case ("DELETE", "api_permissions/current"):
            return await authorised(request) { _ in
                self.store.change { state, _ in state.uninstall() }
                return .json(.object([]))
            }
        default: return await api(request)
        }
    }

    private func api(_ request: ShopRequest) async -> ShopAnswer {
        var inner = request
        var version = apiVersion
        if request.path[1] == "api" {
            guard request.path.count > 3, let served = served(request.path[2]) else { return .notFound }
            (version, inner.path) = (served, Array(request.path.dropFirst(3)))
        } else {
            inner.path = Array(request.path.dropFirst())
        }
        let (asked, used) = (inner, version)
        return await authorised(request) { scopes in
            asked.path == ["graphql"] ? await self.graphQL(asked, scopes, used) : await self.restCall(asked, scopes, used)
        }.adding("X-Shopify-API-Version", used).adding("X-Shopify-Shop-Id", "\(store.read(\.shopID))")
    }

    /// Names of quarters; older ones fall forward to the oldest that is supported, future ones do not exist (platforms/shopify.md §1).
    private func served(_ version: String) -> String? {
        if version == "unstable" { return version }
        let parts = version.split(separator: "-")
        guard version.utf8.count == 7, parts.count == 2, Int(parts[0]) != nil, ["01", "04", "07", "10"].contains(parts[1]),
            version <= apiVersion
        else { return nil }
        let oldest = "\((Int(apiVersion.prefix(4)) ?? 1) - 1)-\(apiVersion.suffix(2))"
        return max(version, oldest)
    }

    private func authorised(_ request: ShopRequest, _ body: ([String]) async -> ShopAnswer) async -> ShopAnswer {
        let now = store.now
        guard let token = request.token, let scopes = store.read({ $0.access.scopes(of: token, at: now) }) else {
            counters.withLock { $0.unauthorised += 1 }
            return .unauthorised
        }
        return await body(scopes)
    }

    // MARK: The two APIs

    private func graphQL(_ request: ShopRequest, _ scopes: [String], _ version: String) async -> ShopAnswer {
        guard request.method == "POST" else { return .page("Method Not Allowed", status: 405) }
        let parsed: GraphEndpoint.Parsed
        do throws(GraphProblem) { parsed = try graph.parse(request.body) } catch { return graph.refusal(error) }
        return await struck(parsed.isMutation ? .write : .request, request) { seconds in
            // As little left as makes the caller wait that long.
            self.graph.throttled(parsed, available: Double(parsed.cost - seconds * 100))
        } inner: {
            self.graph.internalError(requestID: self.store.change { state, _ in state.uuid() })
        } normal: {
            self.graph.answer(parsed, scopes: scopes, apiVersion: version)
        }
    }

    private func restCall(_ request: ShopRequest, _ scopes: [String], _ version: String) async -> ShopAnswer {
        counters.withLock { $0.rest += 1 }
        let (fits, used, size) = restBucket.withLock { bucket in
            let fits = bucket.reserve(1, now: clock())
            return (fits, Int((bucket.capacity - bucket.available).rounded(.up)), Int(bucket.capacity))
        }
        let answer =
            fits
            ? await struck(request.method == "GET" ? .request : .write, request, throttled: { self.tooManyRequests($0) }) {
                self.rest.answer(request, scopes: scopes, apiVersion: version)
            } : tooManyRequests(2)
        return answer.adding("X-Shopify-Shop-Api-Call-Limit", "\(min(used, size))/\(size)")
    }

    /// `Retry-After` is a decimal number (platforms/shopify.md §4.2).
    private func tooManyRequests(_ seconds: Int) -> ShopAnswer {
        counters.withLock { $0.throttled += 1 }
        return .errors("Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.", status: 429)
            .adding("Retry-After", "\(seconds).0")
    }

    // MARK: Faults

    /// - Parameters:
    ///   - throttled: the API's own way to say "slow down", for that many seconds.
    ///   - inner: an internal error inside HTTP 200, where the API has that.
    private func struck(
        _ point: FaultPoint, _ request: ShopRequest, throttled: (Int) -> ShopAnswer, inner: (() -> ShopAnswer)? = nil,
        normal: () -> ShopAnswer
    ) async -> ShopAnswer {
        switch faults.draw(point) {
        case .throttle(let seconds): return throttled(seconds)
        case .serverError(500): return inner?() ?? .page("500 Internal Server Error", status: 500)
        case .serverError(let status): return .page("\(status) Service Unavailable", status: status)
        case .drop: return ShopAnswer(status: 0, isLost: true)
        case .lostAnswer:
            _ = normal()
            return ShopAnswer(status: 0, isLost: true)
        case .hang(let pause), .delay(let pause):
            // Cancelled only when the server stops; then nobody waits for the answer.
            try? await Task.sleep(for: pause)
            return normal()
        case .malform: return normal().cut
        case .expireToken:
            guard let token = request.token, expire(token) else { return normal() }
            counters.withLock { $0.unauthorised += 1 }
            return .unauthorised
        case .duplicate, .badSignature, nil: return normal()
        }
    }

    /// Ends a token that the client can replace by itself; permanent ones are left alone, or a person would be needed.
    private func expire(_ token: String) -> Bool {
        store.change { state, _ in
            guard state.access.tokens[token]?.expiresAt != nil else { return false }
            state.access.tokens[token] = nil
            return true
        }
    }
}
