import Foundation
import Hummingbird
package import SimulatorKit
import Synchronization

/// Shopat24 as the dossier reconstructs it (platforms/shopat24.md): vendor order files and the two known reports into a folder, the hub's
/// files out of another, and a configurable REST side with every scheme, paging style and refusal of §2 to §7.
package final class Shopat24Simulator: ShopSimulator {
    struct State {
        var book: Shopat24Book
        var door: Shopat24Door
        var rate: Shopat24Rate
        var replays = Shopat24Replays()
        var answers: [Shopat24Answer?] = []
        /// Orders that change right after a page of the list was answered.
        var pageChanges: [String] = []
        var hookURL: String?
        /// Orders that changed since the last file, oldest change first.
        var pending: [String] = []
        var hasPendingKeys = false
        var missesNextFile = false
        var lastReportTime = Date.distantPast
        var ackModes: [Shopat24Configuration.AckMode] = []
        var readNames: Set<String> = []
        var lateAcks: [ChannelFile] = []
        var counts: [String: Int] = [:]

        /// Names carry whole seconds, so each file's is at least one later than the last.
        mutating func nextReportTime(_ now: Date) -> Date {
            lastReportTime = max(Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down)), lastReportTime.addingTimeInterval(1))
            return lastReportTime
        }

        mutating func forgetPending() { (pending, hasPendingKeys) = ([], false) }
    }
    private struct Machinery: Sendable { var server: SimulatorServer, sender: WebhookSender, alarm: Schedule<Alarm>, traffic: Traffic }
    enum Alarm: Sendable { case walk(orderNo: String), readOutgoing }

    package let platform = "shopat24"
    package let configuration: Shopat24Configuration
    let state: Mutex<State>
    private let machinery = Mutex<Machinery?>(nil)

    /// Listening when it returns.
    package static func start(_ configuration: Shopat24Configuration = Shopat24Configuration()) async throws -> Shopat24Simulator {
        let simulator = Shopat24Simulator(configuration)
        let server = SimulatorServer(name: "shopat24", port: configuration.port) { simulator.addRoutes(to: $0) }
        let sender = WebhookSender(policy: Self.policy(configuration), faults: configuration.faults)
        let alarm = Schedule<Alarm> { [weak simulator] in simulator?.take($0) }
        simulator.machinery.withLock {
            $0 = Machinery(server: server, sender: sender, alarm: alarm, traffic: Traffic(seed: configuration.seed))
        }
        try await server.start()
        if let pause = configuration.outgoingPause { alarm.add(.readOutgoing, after: pause) }
        return simulator
    }

    private init(_ configuration: Shopat24Configuration) {
        self.configuration = configuration
        state = Mutex(State(
            book: Shopat24Book(configuration: configuration), door: Shopat24Door(auth: configuration.auth),
            rate: Shopat24Rate(limit: configuration.requestsPerSecond), hookURL: configuration.webhook?.hookURL))
    }

    /// A sender's retry rules are unknown (shopat24.md §3): these are a middleware's usual ones.
    private static func policy(_ configuration: Shopat24Configuration) -> WebhookPolicy {
        var policy = WebhookPolicy()
        policy.concurrency = configuration.concurrency
        policy.connectTimeout = .seconds(5)
        policy.totalTimeout = .seconds(5)
        policy.retrySchedule = [.seconds(60), .seconds(300), .seconds(900), .seconds(3_600)]
        policy.timeScale = configuration.timeScale
        return policy
    }

    package var faults: FaultPlan { configuration.faults }
    package var baseURL: String { machinery.withLock { $0?.server.baseURL } ?? "" }
    /// Of the `oauth2cc` scheme.
    package var tokenURL: String { baseURL + "/oauth/token" }

    package func stop() async {
        guard let machinery = machinery.withLock({ $0 }) else { return }
        await machinery.traffic.stop()
        await machinery.alarm.stop()
        await machinery.sender.stop()
        await machinery.server.stop()
    }

    // MARK: Settings while it runs

    /// Where webhooks go; nil: nowhere.
    package func setHook(url: String?) { state.withLock { $0.hookURL = url } }
    /// Every token handed out so far gets 401.
    package func expireTokens() { state.withLock { $0.door.expireTokens() } }
    /// Nothing the hub can show lets it in any more: the operator's to mend (shopat24.md §8).
    package func endAccount() { state.withLock { $0.door.shut() } }
    /// What the next calls get instead of, or after, their own answer; `nil` means "behave this time".
    package func force(_ answers: [Shopat24Answer?]) { state.withLock { $0.answers += answers } }
    /// The order changes right after the next page of the list: a page then misses one, or shows one twice.
    package func changeAfterNextPage(_ orderNo: String) { state.withLock { $0.pageChanges.append(orderNo) } }
    /// How the next files of the hub are answered.
    package func answerFiles(_ modes: [Shopat24Configuration.AckMode]) { state.withLock { $0.ackModes += modes } }

    // MARK: What tests and the demo ask

    package func order(_ orderNo: String) -> Shopat24Order? { state.withLock { $0.book.orders[orderNo] } }
    package func products() -> [Shopat24Product] { state.withLock { $0.book.products } }
    /// Shipments that had an effect, by `orderNo`, or `orderNo/invoiceNo` where the hub named one: each must be 1.
    package var shippedCounts: [String: Int] { state.withLock { $0.book.shippedCounts } }
    /// How often the hub told each shipment under a new key or in a new file, whatever came of it.
    package var toldCounts: [String: Int] { state.withLock { $0.book.toldCounts } }
    package var confirmedCounts: [String: Int] { state.withLock { $0.book.confirmedCounts } }
    package var tokensIssued: Int { state.withLock { $0.door.tokensIssued } }
    package var counters: WebhookCounters { sender?.counters ?? WebhookCounters() }

    package func orderStates() -> [SimulatedOrder] {
        state.withLock { state in
            state.book.orders.values.map { $0.simulated(connection: configuration.connection) }.sorted { $0.externalID < $1.externalID }
        }
    }

    /// Writes what waits for a file, and waits for the webhooks.
    package func idle() async {
        dropPending()
        await sender?.idle()
    }

    package func statistics() -> [SimulatorStatistic] {
        let (book, counts, tokens) = state.withLock { ($0.book, $0.counts, $0.door.tokensIssued) }
        return [
            .init("orders", book.orders.count), .init("tokens issued", tokens), .init("shipments", book.shippedCounts.values.reduce(0, +)),
            .init("shipments told", book.toldCounts.values.reduce(0, +)), .init("orders confirmed", book.confirmedCounts.values.reduce(0, +)),
        ] + counts.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) } + counters.statistics + [.init("faults", faults.total)]
    }

    func count(_ name: String) { state.withLock { $0.counts[name, default: 0] += 1 } }
    var sender: WebhookSender? { machinery.withLock { $0?.sender } }
    var traffic: Traffic? { machinery.withLock { $0?.traffic } }
    func schedule(_ alarm: Alarm, after pause: Duration) { machinery.withLock { $0?.alarm }?.add(alarm, after: pause) }
}
