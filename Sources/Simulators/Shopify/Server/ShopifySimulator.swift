import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
package import SimulatorKit
import Synchronization

/// A Shopify shop on loopback: OAuth, GraphQL, REST, webhooks with the platform's retries, and misbehaviour from a seed.
///
/// Everything it knows of the platform is written in platforms/shopify.md.
package final class ShopifySimulator: ShopSimulator {
    package let configuration: Configuration
    let store: ShopStore
    let queue: WebhookQueue
    let gate: ShopGate
    private let graph: GraphEndpoint
    private let server: SimulatorServer
    private let traffic: Traffic
    private let jobs: CancelJobs

    /// Makes the shop and starts its server.
    package static func start(_ configuration: Configuration) async throws -> ShopifySimulator {
        let simulator = ShopifySimulator(configuration)
        try await simulator.server.start()
        // What was accepted before a restart and not carried out.
        simulator.jobs.start(simulator.store.read { $0.jobs.filter { !$0.value.isDone }.map(\.key) })
        return simulator
    }

    private init(_ configuration: Configuration) {
        self.configuration = configuration
        let store = ShopStore(Self.initialState(configuration), clock: configuration.clock)
        let jobs = CancelJobs(store: store, delay: configuration.cancelJobDelay)
        let graph = GraphEndpoint(
            store: store, bucketSize: configuration.costBucketSize, restorePerSecond: configuration.costRestorePerSecond,
            maximumQueryCost: configuration.maximumQueryCost, limitsNewOrders: configuration.isDevelopmentStore, clock: configuration.clock,
            startJobs: { jobs.start($0) })
        let lifetimes = TokenGrants.Lifetimes(
            access: configuration.accessTokenSeconds, refresh: configuration.refreshTokenSeconds,
            clientCredentials: configuration.clientCredentialsSeconds)
        let grants = TokenGrants(
            clientID: configuration.clientID, mode: configuration.tokenMode, scopes: configuration.scopes, lifetimes: lifetimes,
            oldAccessTokenSurvives: configuration.oldAccessTokenSurvivesRefresh)
        let oauth = OAuthEndpoint(
            store: store, grants: grants, allowedRedirects: configuration.allowedRedirects, compactsScopes: configuration.compactsScopes)
        let gate = ShopGate(store: store, oauth: oauth, graph: graph, configuration: configuration)
        let control = Mutex<ControlPlane?>(nil)
        server = SimulatorServer(name: "shopify", port: configuration.port) { router in
            Self.addRoutes(to: router, gate: gate) { control.withLock { $0 } }
        }
        (self.store, self.jobs, self.graph, self.gate) = (store, jobs, graph, gate)
        traffic = Traffic(seed: configuration.seed)
        queue = WebhookQueue(
            store: store, apiVersion: configuration.apiVersion, headerFamily: configuration.webhookHeaders,
            removal: configuration.subscriptionRemoval,
            timeScale: configuration.timeScale, faults: configuration.faults)
        control.withLock { $0 = ControlPlane(simulator: self) }
    }

    package var platform: String { "shopify" }
    package var baseURL: String { server.baseURL }
    package var faults: FaultPlan { configuration.faults }

    package func statistics() -> [SimulatorStatistic] {
        let orders = store.read { $0.placed.count }
        return [.init("orders", orders)] + gate.statistics + queue.counters.statistics + [.init("faults", faults.total)]
    }

    package func idle() async {
        await jobs.idle()
        await queue.idle()
    }

    /// Makes the next GraphQL query run into an empty bucket.
    package func drainCostBucket() { graph.drain() }

    package func pauseWebhooks() { queue.pause() }
    package func resumeWebhooks() { queue.resume() }

    package func startTraffic(ordersPerSecond: Double) {
        traffic.start(ordersPerSecond: ordersPerSecond) { [weak self] action in try self?.step(action) }
    }

    package func stopTraffic() async { await traffic.stop() }

    package func stop() async {
        await traffic.stop()
        await server.stop()
        await jobs.stop()
        await queue.stop()
        saveState()
    }

    // MARK: State between runs

    private static func initialState(_ configuration: Configuration) -> ShopState {
        // A file that is missing or of another shape is a new shop.
        if let url = configuration.stateFile, let data = try? Data(contentsOf: url),
            var kept = try? JSONDecoder().decode(ShopState.self, from: data)
        {
            if let token = configuration.staticToken { kept.access.tokens[token] = .init(expiresAt: nil, scopes: configuration.scopes) }
            return kept
        }
        let offset = configuration.utcOffsetMinutes ?? Self.usualOffset(of: configuration.currency)
        var state = ShopState(
            domain: configuration.shop, currency: CurrencyUnit(configuration.currency), utcOffsetMinutes: offset, seed: configuration.seed,
            now: Int64(configuration.clock().timeIntervalSince1970))
        state.access.secret = configuration.clientSecret
        state.access.isInstalled = configuration.isInstalled
        state.access.hasProtectedDataApproval = configuration.hasProtectedDataApproval
        if let token = configuration.staticToken { state.access.tokens[token] = .init(expiresAt: nil, scopes: configuration.scopes) }
        return state
    }

    private static func usualOffset(of currency: String) -> Int64 {
        switch currency {
        case "THB": 420
        case "JPY": 540
        case "KWD": 180
        case "CLP": -180
        case "EUR": 60
        default: 0
        }
    }

    private func saveState() {
        guard let url = configuration.stateFile else { return }
        // A shop that cannot be kept starts new the next time; there is nobody to tell while stopping.
        try? store.read { try JSONEncoder().encode($0) }.write(to: url, options: .atomic)
    }

    // MARK: Routes

    private static func addRoutes(
        to router: Router<BasicSimulatorContext>, gate: ShopGate, control: @escaping @Sendable () -> ControlPlane?
    ) {
        for method in [HTTPRequest.Method.get, .post, .put, .delete] {
            router.on("**", method: method) { request, context in
                let asked = try await ShopRequest(request)
                let answer = asked.path.first == "_sim" ? control()?.answer(asked) ?? .notFound : await gate.answer(asked)
                if answer.isLost { return await context.loseAnswer() }
                return Response(answer)
            }
        }
    }
}

extension ShopRequest {
    init(_ request: Request) async throws {
        let body = try await request.body.collect(upTo: SimulatorServer.maximumBodyBytes)
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        headers["host"] = request.head.authority
        self.init(
            method: request.method.rawValue, path: Self.parts(of: request.uri.path), query: Self.pairs(request.uri.query ?? ""),
            headers: headers,
            body: Data(body.readableBytesView))
    }
}

extension Response {
    init(_ answer: ShopAnswer) {
        var headers = HTTPFields()
        for (name, value) in answer.headers { if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) } }
        self.init(status: .init(code: answer.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
