import Foundation
import Hummingbird
package import SimulatorKit

/// Lazada's open platform on 127.0.0.1, read from platforms/lazada.md alone: API host (`/rest/…`, or `/{country}/rest/…`), token host (`/rest/auth/…`), consent
/// page (`/oauth/authorize`) and pushes, with misbehaviour on request. Its control plane for other languages is under `/_control/` (see `ControlPlane`).
package final class LazadaSimulator: ShopSimulator {
    package let platform = "lazada"
    package let configuration: Configuration
    let market: Market
    let sender: WebhookSender
    let traffic: Traffic
    private let server: SimulatorServer
    private let parcels: Schedule<ParcelStep>

    /// Listening when it returns.
    package static func start(_ configuration: Configuration = Configuration()) async throws -> LazadaSimulator {
        let market = Market(configuration)
        let sender = WebhookSender(policy: pushPolicy(configuration), faults: configuration.faults)
        let control = ControlPlane(market: market, faults: configuration.faults, simulator: SimulatorReference())
        let door = Door(market: market, faults: configuration.faults, consent: ConsentPage(market: market), control: control)
        let server = SimulatorServer(name: "lazada", port: configuration.port) { router in router.addMiddleware { door } }
        let simulator = LazadaSimulator(configuration, market, sender, server)
        control.simulator.set(simulator)
        market.observe { [weak simulator] effects in simulator?.carryOut(effects) }
        try await server.start()
        let baseURL = server.baseURL
        market.change { $0.baseURL = baseURL }
        return simulator
    }

    private init(_ configuration: Configuration, _ market: Market, _ sender: WebhookSender, _ server: SimulatorServer) {
        self.configuration = configuration
        self.market = market
        self.sender = sender
        self.server = server
        traffic = Traffic(seed: configuration.seed)
        let step = configuration.parcelStep
        parcels = Schedule { parcel in
            guard step != nil else { return }
            market.change { state in
                guard let word = state.advance(parcel.package, parcel.store), !LazadaParcelWord.isLast(word) else { return }
                state.parcelsToMove.append(parcel)
            }
        }
    }

    /// HTTP 200 within 500 ms; else again every 30 minutes, up to 12 times (lazada.md §3.4).
    private static func pushPolicy(_ configuration: Configuration) -> WebhookPolicy {
        var policy = WebhookPolicy()
        policy.connectTimeout = configuration.pushTimeout
        policy.totalTimeout = configuration.pushTimeout
        policy.retrySchedule = Array(repeating: .seconds(30 * 60), count: 12)
        policy.timeScale = configuration.retryTimeScale
        policy.judge = { $0.status == 200 ? .acknowledged : .retry(after: nil) }
        return policy
    }

    /// `http://127.0.0.1:PORT`; the API begins at `/rest`.
    package var baseURL: String { market.read { $0.baseURL } }
    package var apiURL: String { baseURL + "/rest" }
    /// A stand-in for that country's API host.
    package func apiURL(_ country: LazadaCountry) -> String { "\(baseURL)/\(country.rawValue)/rest" }
    package var consentURL: String { baseURL + "/oauth/authorize" }
    package var faults: FaultPlan { configuration.faults }

    package func stop() async {
        await traffic.stop()
        await parcels.stop()
        await sender.stop()
        await server.stop()
    }

    /// Waits until every push was acknowledged or given up.
    package func idle() async { await sender.idle() }
    package var pushCounters: WebhookCounters { sender.counters }

    // MARK: Effects

    private func carryOut(_ effects: Market.Effects) {
        for push in effects.pushes { send(push) }
        guard let step = configuration.parcelStep else { return }
        for parcel in effects.parcels { parcels.add(parcel, after: step) }
    }

    /// Nothing goes out without a URL, a subscription and the shop's valid token; the bytes stay, the signature is made at each attempt.
    private func send(_ push: Push) {
        let wanted = market.change { state -> Bool in
            guard state.configuration.pushURL != nil, state.configuration.pushTypes.contains(push.type) else { return false }
            guard let store = push.store else { return true }
            guard state.isHeard(store) else {
                state.count("pushes withheld without a token")
                return false
            }
            state.counters.pushes[push.type, default: 0] += 1
            return true
        }
        guard wanted else { return }
        let market = market
        sender.enqueue(WebhookDelivery(id: push.id, subscription: "type-\(push.type)") { attempt in
            let (configuration, isHeard) = market.read { state in (state.configuration, push.store.map { state.isHeard($0) } ?? true) }
            guard isHeard, let url = configuration.pushURL else { return nil }
            let body = attempt.wantsMalformedBody ? Data(push.body.prefix(push.body.count / 2)) : push.body
            let secret = attempt.wantsBadSignature ? "wrong-secret" : configuration.appSecret
            let signature = LazadaSigning.pushSignature(appKey: configuration.appKey, secret: secret, body: body)
            return WebhookRequest(url: url, headers: [("Content-Type", "application/json"), ("Authorization", signature)], body: body)
        })
    }
}
