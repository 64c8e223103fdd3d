import Foundation
import Hummingbird
package import SimulatorKit
import Synchronization

/// A last-mile courier that keeps the contract of platforms/generic-courier.md, counts what it booked, and misbehaves on request.
package final class CourierSimulator: PlatformSimulator {
    enum Step: Sendable { case progress(String), labelReady(String), confirmCancel(String), remit(String) }
    struct State {
        var book: CourierBook
        var rate: RateWindow
        var callback: (url: String?, secret: String)
        var counts: [String: Int] = [:]
        var manifestOf: [String: String] = [:]
        var pickups: [String: CourierPickup] = [:]
        var generator: SeededGenerator
    }
    private struct Machinery: Sendable { var server: SimulatorServer, schedule: Schedule<Step> }

    package let platform = "courier"
    package let configuration: CourierConfiguration
    let state: Mutex<State>
    let sender: WebhookSender
    private let machinery = Mutex<Machinery?>(nil)

    /// Listening when it returns.
    package static func start(_ configuration: CourierConfiguration = CourierConfiguration()) async throws -> CourierSimulator {
        let simulator = CourierSimulator(configuration)
        let server = SimulatorServer(name: "courier", port: configuration.port, faults: configuration.faults, answer: Self.answer(to:for:)) {
            simulator.addRoutes(to: $0)
        }
        let schedule = Schedule<Step> { [weak simulator] step in simulator?.take(step) }
        simulator.machinery.withLock { $0 = Machinery(server: server, schedule: schedule) }
        try await server.start()
        return simulator
    }

    private init(_ configuration: CourierConfiguration) {
        self.configuration = configuration
        state = Mutex(State(
            book: CourierBook(configuration: configuration), rate: RateWindow(limit: configuration.requestsPerSecond),
            callback: (configuration.callbackURL, configuration.callbackSecret), generator: SeededGenerator(seed: configuration.faults.seed)))
        var policy = WebhookPolicy()
        policy.totalTimeout = .seconds(5)
        policy.retrySchedule = [.seconds(60), .seconds(300), .seconds(1_800)] + [2, 6, 12, 24].map { .seconds($0 * 3_600) }
        policy.timeScale = configuration.callbackTimeScale
        sender = WebhookSender(policy: policy, faults: configuration.faults)
    }

    package var faults: FaultPlan { configuration.faults }
    /// `http://127.0.0.1:PORT`; the API begins at `/v1`.
    package var baseURL: String { machinery.withLock { $0?.server.baseURL } ?? "" }
    package var apiURL: String { baseURL + "/v1" }

    package func stop() async {
        guard let machinery = machinery.withLock({ $0 }) else { return }
        await machinery.schedule.stop()
        await sender.stop()
        await machinery.server.stop()
    }

    // MARK: What tests and the demo ask

    /// Distinct orders made under each `externalRef`: anything but 1 is a parcel sent twice.
    package func bookings() -> [String: Int] { state.withLock { $0.book.bookings } }
    /// Repetitions answered from memory (same `Idempotency-Key`, same body).
    package func idempotentReplays() -> [String: Int] { state.withLock { $0.book.replays } }
    /// Repetitions under another key, refused with `duplicate_ref`.
    package func refusedDuplicates() -> [String: Int] { state.withLock { $0.book.refusedDuplicates } }

    package func orders() -> [CourierOrder] { state.withLock { Array($0.book.orders.values) } }
    package func order(_ orderID: String) -> CourierOrder? { state.withLock { $0.book.orders[orderID] } }
    package func order(reference: String) -> CourierOrder? { state.withLock { $0.book.order(reference: reference) } }

    package var callbackCounters: WebhookCounters { sender.counters }
    /// Waits until every callback was acknowledged or given up.
    package func idle() async { await sender.idle() }
    package func setCallback(url: String?, secret: String? = nil) {
        state.withLock { $0.callback = (url, secret ?? $0.callback.secret) }
    }

    package func statistics() -> [SimulatorStatistic] {
        let counts = state.withLock { $0.counts }
        let proofs = [("orders booked", bookings()), ("idempotent replays", idempotentReplays()), ("duplicate references refused", refusedDuplicates())]
        return proofs.map { .init($0.0, $0.1.values.reduce(0, +)) }
            + counts.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) } + sender.counters.statistics + [.init("faults", faults.total)]
    }

    func count(_ name: String) { state.withLock { $0.counts[name, default: 0] += 1 } }

    func schedule(_ step: Step, after pause: Duration) { machinery.withLock { $0?.schedule }?.add(step, after: pause) }

    /// The contract's envelope for a fault.
    private static func answer(to fault: Fault, for request: Request) -> Response? {
        switch fault {
        case .throttle(let seconds): CourierProblem(.rateLimited, "Too many requests.", retryAfterSeconds: seconds).reply.response
        case .serverError(let status): CourierProblem(.internal, "Something failed at the courier.", status: status).reply.response
        case .expireToken: CourierProblem(.badSignature, "The signature does not match.").reply.response
        default: nil
        }
    }
}
