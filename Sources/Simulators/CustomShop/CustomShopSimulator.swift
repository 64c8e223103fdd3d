import Foundation
import Hummingbird
package import SimulatorKit
import Synchronization

/// An own-built shop that keeps the signed push contract (platforms/companion-webhook.md): orders with a life, an outbox, the pull
/// endpoint, and an ear for the hub's callbacks.
package final class CustomShopSimulator: ShopSimulator {
    struct State {
        var book: CustomShopBook
        var hookURL: String?
        var style = CustomShopSigning.Style.current
        var clockSkewSeconds = 0
        var isDisabled = false
        var isPaused = false
        var refusedInARow = 0
        var callbacks = CustomShopCallbacks()
        var counts: [String: Int] = [:]
    }
    private struct Machinery: Sendable { var server: SimulatorServer, sender: WebhookSender, alarm: Schedule<Alarm>, traffic: Traffic }
    enum Alarm: Sendable { case ping }

    /// Events in a row that died or were refused as unknown before the shop only pings (companion-webhook.md §7.5).
    static let refusalsBeforePause = 10
    static let pingInterval: Duration = .seconds(15 * 60)

    package let platform: String
    package let configuration: CustomShopConfiguration
    let state: Mutex<State>
    private let machinery = Mutex<Machinery?>(nil)

    /// Listening when it returns.
    package static func start(_ configuration: CustomShopConfiguration = CustomShopConfiguration()) async throws -> CustomShopSimulator {
        let simulator = CustomShopSimulator(configuration)
        let server = SimulatorServer(name: "customshop", port: configuration.port, faults: configuration.faults) { simulator.addRoutes(to: $0) }
        let sender = WebhookSender(policy: Self.policy(configuration), faults: configuration.faults) { [weak simulator] in simulator?.take($0) }
        let alarm = Schedule<Alarm> { [weak simulator] _ in
            // Ends with its one call; a shop that is stopped meanwhile gets no answer, which is the end of it.
            Task { await simulator?.pingAndResume() }
        }
        simulator.machinery.withLock {
            $0 = Machinery(server: server, sender: sender, alarm: alarm, traffic: Traffic(seed: configuration.seed))
        }
        try await server.start()
        simulator.state.withLock { $0.book.baseURL = server.baseURL }
        return simulator
    }

    private init(_ configuration: CustomShopConfiguration) {
        platform = configuration.sourcePlatform
        self.configuration = configuration
        state = Mutex(State(book: CustomShopBook(configuration: configuration), hookURL: configuration.hookURL))
    }

    /// Ten attempts over 75 h 35 min 5 s; which answers end it early (companion-webhook.md §6, §7.4).
    private static func policy(_ configuration: CustomShopConfiguration) -> WebhookPolicy {
        var policy = WebhookPolicy()
        policy.concurrency = configuration.concurrency
        policy.connectTimeout = .seconds(5)
        policy.totalTimeout = .seconds(15)
        policy.retrySchedule = [.seconds(5), .seconds(300), .seconds(1_800)] + [2, 5, 10, 14, 20, 24].map { .seconds($0 * 3_600) }
        policy.jitter = 0.8...1.2
        policy.timeScale = configuration.timeScale
        policy.judge = { answer in
            switch answer.status {
            case .some(200..<300): .acknowledged
            case 400, 409, 410, 413, 415, 422: .stop
            case 429, 500, 502, 503, 504: .retry(after: answer.retryAfterSeconds.map { .seconds($0) })
            default: .retry(after: nil)
            }
        }
        return policy
    }

    package var faults: FaultPlan { configuration.faults }
    package var baseURL: String { machinery.withLock { $0?.server.baseURL } ?? "" }
    /// Where the hub pulls orders.
    package var pullURL: String { baseURL + "/crossdock/v1/orders" }
    /// Where the hub sends its callbacks.
    package var callbackURL: String { baseURL + "/crossdock/v1/callbacks" }

    package func stop() async {
        guard let machinery = machinery.withLock({ $0 }) else { return }
        await machinery.traffic.stop()
        await machinery.alarm.stop()
        await machinery.sender.stop()
        await machinery.server.stop()
    }

    // MARK: Settings while it runs

    /// A hub that starts later than the shop; also mends a disabled endpoint.
    package func setHook(url: String?) {
        state.withLock { state in
            state.hookURL = url
            state.isDisabled = false
        }
    }

    package func setStyle(_ style: CustomShopSigning.Style) { state.withLock { $0.style = style } }
    /// The shop's clock is wrong by so many seconds when it signs.
    package func setClockSkew(seconds: Int) { state.withLock { $0.clockSkewSeconds = seconds } }

    // MARK: What tests and the demo ask

    package func order(_ externalID: String) -> CustomShopOrder? { state.withLock { $0.book.orders[externalID] } }
    package func events() -> [CustomShopEvent] { state.withLock { Array($0.book.events.values) } }
    /// The hub answered 410: nothing is sent any more.
    package var isDisabled: Bool { state.withLock { $0.isDisabled } }
    /// After ten refusals in a row only pings go out.
    package var isPaused: Bool { state.withLock { $0.isPaused } }
    package var counters: WebhookCounters { sender?.counters ?? WebhookCounters() }
    package var mergedChanges: Int { state.withLock { $0.book.merged } }

    package func orderStates() -> [SimulatedOrder] {
        state.withLock { state in
            state.book.orders.values.map { $0.simulated(trackingNumbers: state.callbacks.trackingNumbers(of: $0.externalID)) }
                .sorted { $0.externalID < $1.externalID }
        }
    }

    package func idle() async { await sender?.idle() }

    package func statistics() -> [SimulatorStatistic] {
        let (orders, merged, counts, callbacks) = state.withLock { ($0.book.orders.count, $0.book.merged, $0.counts, $0.callbacks) }
        return [.init("orders", orders), .init("changes merged", merged)] + counts.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
            + counters.statistics + callbacks.statistics + [.init("faults", faults.total)]
    }

    func count(_ name: String) { state.withLock { $0.counts[name, default: 0] += 1 } }
    var sender: WebhookSender? { machinery.withLock { $0?.sender } }
    var traffic: Traffic? { machinery.withLock { $0?.traffic } }
    func setPingAlarm() { machinery.withLock { $0?.alarm }?.add(.ping, after: Self.pingInterval * configuration.timeScale) }
}
