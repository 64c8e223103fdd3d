import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import SimulatorKit
import Synchronization

/// The shop's wp-cron: takes what is due from the queue, builds it, sends it once, and books the outcome. There is no second try.
final class WebhookRunner: Sendable {
    private struct State {
        var running: [Int: Task<Void, Never>] = [:]
        var nextID = 0
        var alarm: (due: ContinuousClock.Instant, task: Task<Void, Never>)?
        var isPaused = false
        var isStopped = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let shop: Shop
    private let faults: FaultPlan
    private let width: Int
    private let timeout: Duration
    private let client: HTTPClient
    private let state = Mutex(State())

    init(shop: Shop, configuration: WooCommerceSimulator.Configuration) {
        self.shop = shop
        faults = configuration.faults
        width = max(1, configuration.deliveryWidth)
        timeout = configuration.webhookTimeout
        var http = HTTPClient.Configuration(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)))
        http.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: http)
    }

    /// Nothing runs until `resume`, as on a shop that nobody visits.
    func pause() {
        state.withLock { $0.isPaused = true }
        release()
    }

    func resume() {
        state.withLock { $0.isPaused = false }
        pump()
    }

    /// Runs everything that waits now, whatever its delay, and waits for the end of it.
    func runNow() async {
        shop.change { $0.queue.hurry(to: .now) }
        resume()
        await idle()
    }

    /// Returns when nothing waits and nothing is under way; at once while paused with nothing under way, or stopped.
    func idle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if hasNothingToDo(state) { return true }
                state.waiters.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    private func hasNothingToDo(_ state: State) -> Bool {
        state.running.isEmpty && (state.isStopped || state.isPaused || shop.read { $0.queue.count } == 0)
    }

    func stop() async {
        let (tasks, isFirst) = state.withLock { state in
            let isFirst = !state.isStopped
            state.isStopped = true
            let tasks = Array(state.running.values) + [state.alarm?.task].compactMap(\.self)
            state.alarm = nil
            return (tasks, isFirst)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        release()
        guard isFirst else { return }
        // A shutdown that fails leaves nothing to do: the simulator is over.
        try? await client.shutdown()
    }

    /// Starts what is due while there is room, and sets the alarm for the next one.
    func pump() {
        state.withLock { state in
            guard !state.isStopped, !state.isPaused else { return }
            let now = ContinuousClock.now
            while state.running.count < width, let key = shop.quietly({ $0.queue.takeDue(at: now) }) {
                let id = state.nextID
                state.nextID += 1
                // Ends with its delivery; `stop` cancels it and waits for it.
                state.running[id] = Task { await self.run(key, task: id) }
            }
            guard let due = shop.read({ $0.queue.nextDue }), due > now, state.alarm.map({ due < $0.due }) ?? true else { return }
            state.alarm?.task.cancel()
            // Ends when it rang; replaced by an earlier one, cancelled by `stop`.
            state.alarm = (due, Task { await self.ring(at: due) })
        }
    }

    private func ring(at due: ContinuousClock.Instant) async {
        // Cancelled: an earlier alarm has taken over, or the simulator stops.
        do { try await Task.sleep(until: due, clock: .continuous) } catch { return }
        state.withLock { if $0.alarm?.due == due { $0.alarm = nil } }
        pump()
    }

    private func run(_ key: QueueKey, task: Int) async {
        await deliver(key)
        state.withLock { $0.running[task] = nil }
        pump()
        release()
    }

    private func release() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard hasNothingToDo(state) else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private func deliver(_ key: QueueKey) async {
        let fault = faults.draw(.webhook)
        if fault == .drop {
            shop.change { $0.counters.dropped += 1 }
            return
        }
        if case .delay(let pause)? = fault {
            // Cancelled: the delivery is lost with the shop.
            do { try await Task.sleep(for: pause) } catch { return }
        }
        guard var delivery = shop.read({ $0.delivery(key) }) else {
            shop.change { $0.counters.vanished += 1 }
            return
        }
        if fault == .malform { delivery.body = delivery.body.prefix(delivery.body.count / 2) }
        if fault == .badSignature {
            delivery.headers = delivery.headers.map { $0.name == "X-WC-Webhook-Signature" ? ($0.name, "AAAA" + $0.value.dropFirst(4)) : $0 }
        }
        var status = shop.read({ $0.refusesToDeliver(to: delivery.url) }) ? nil : await send(delivery)
        if fault == .duplicate {
            shop.change { $0.counters.duplicated += 1 }
            status = await send(delivery)
        }
        if fault == .lostAnswer { status = nil }
        if Task.isCancelled { return }
        let isSuccess = status.map { (200...302).contains($0) } ?? false
        shop.change { $0.book(isSuccess: isSuccess, webhook: key.webhookID) }
    }

    private func send(_ delivery: SignedDelivery) async -> Int? { await post(delivery.url, headers: delivery.headers, body: delivery.body) }

    /// Unsigned, a form, without any X-WC header; its answer does not matter over the API (§3.1).
    func ping(_ ping: RestAnswer.Ping) async {
        let (agent, refused) = shop.read { ($0.userAgent, $0.refusesToDeliver(to: ping.url)) }
        guard !refused else { return }
        let headers = [("User-Agent", agent), ("Content-Type", "application/x-www-form-urlencoded")]
        _ = await post(ping.url, headers: headers, body: Data("webhook_id=\(ping.webhookID)".utf8))
        shop.change { $0.counters.pings += 1 }
    }

    /// The status of the answer; nil where none came in time. Redirects are not followed.
    func post(_ url: String, headers: [(name: String, value: String)], body: Data) async -> Int? {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.headers.add(name: "Connection", value: "close")
        request.headers.add(name: "Accept-Encoding", value: "deflate, gzip, br, zstd")
        request.body = .bytes(ByteBuffer(bytes: body))
        let (client, prepared, limit) = (client, request, timeout)
        do {
            return try await withThrowingTaskGroup(of: Int?.self) { group in
                group.addTask {
                    let response = try await client.execute(prepared, timeout: .milliseconds(max(1, Int64(limit / .milliseconds(1)))))
                    _ = try await response.body.collect(upTo: Self.maximumAnswerBytes)
                    return Int(response.status.code)
                }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        } catch {
            return nil
        }
    }

    /// More than this counts as no answer.
    private static let maximumAnswerBytes = 1 << 20
}

extension ShopState {
    /// Any success clears the counter; the seventh failure in a row disables the webhook for good.
    mutating func book(isSuccess: Bool, webhook id: Int) {
        if isSuccess { counters.delivered += 1 } else { counters.failed += 1 }
        guard var webhook = webhooks[id] else { return }
        let before = webhook.status
        if isSuccess { webhook.succeed() } else { webhook.fail() }
        if before == "active", webhook.status == "disabled" { counters.disabled += 1 }
        webhooks[id] = webhook
    }
}
