import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// A platform's queue of outgoing webhooks: width, time-outs, retry schedule and misbehaviour, in memory and bounded.
///
/// Deliveries due at the same moment leave in the order they were handed in, `concurrency` at a time; nothing promises their arrival order.
/// Faults strike a delivery's first attempt only, so what a platform garbles once it repeats properly, as real ones do.
package final class WebhookSender: Sendable {
    private struct Entry: Sendable {
        var delivery: WebhookDelivery
        var attempt = 1
        var fault: Fault?
    }
    private struct State {
        var queue = DueQueue<Entry>()
        var running: [UInt64: Task<Void, Never>] = [:]
        var nextTask: UInt64 = 0
        var wake: (at: ContinuousClock.Instant, task: Task<Void, Never>)?
        var counters = WebhookCounters()
        var failures: [String: (attempts: Int, givenUp: Int)] = [:]
        var waiters: [CheckedContinuation<Void, Never>] = []
        var generator: SeededGenerator
        var isPaused = false
        var isStopped = false
    }

    private let policy: WebhookPolicy
    private let faults: FaultPlan
    private let client: HTTPClient
    private let onOutcome: @Sendable (WebhookOutcome) -> Void
    private let state: Mutex<State>

    /// - Parameter onOutcome: called after every attempt, on the attempt's own task, before a retry is queued.
    package init(policy: WebhookPolicy, faults: FaultPlan, onOutcome: @escaping @Sendable (WebhookOutcome) -> Void = { _ in }) {
        self.policy = policy
        self.faults = faults
        self.onOutcome = onOutcome
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .nanoseconds(policy.connectTimeout.nanoseconds)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, policy.concurrency)
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        state = Mutex(State(generator: SeededGenerator(seed: faults.seed)))
    }

    package var counters: WebhookCounters { state.withLock { $0.counters } }

    /// Deliveries waiting, retrying or under way.
    package var depth: Int { state.withLock { $0.queue.count + $0.running.count } }

    /// Hands a delivery in. False when the queue is full or the sender has stopped.
    @discardableResult
    package func enqueue(_ delivery: WebhookDelivery) -> Bool {
        var wasDropped = false
        let taken = state.withLock { state in
            guard !state.isStopped, state.queue.count < policy.maximumQueued else { state.counters.refused += 1; return false }
            state.counters.enqueued += 1
            let now = ContinuousClock.now
            switch faults.draw(.webhook) {
            case .drop:
                state.counters.dropped += 1
                wasDropped = true
            case .duplicate:
                state.counters.duplicated += 1
                state.queue.insert(Entry(delivery: delivery), due: now)
                state.queue.insert(Entry(delivery: delivery), due: now)
            case .delay(let pause), .hang(let pause):
                state.queue.insert(Entry(delivery: delivery), due: now + pause)
            case let fault:
                state.queue.insert(Entry(delivery: delivery, fault: fault), due: now)
            }
            return true
        }
        if wasDropped { delivery.onDropped?() }
        pump()
        return taken
    }

    /// Holds everything back, as a platform with a stuck queue does, until `resume`.
    package func pause() { state.withLock { $0.isPaused = true } }

    package func resume() {
        state.withLock { $0.isPaused = false }
        pump()
    }

    /// Waits until nothing is queued, retrying or under way (at once when stopped).
    package func idle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.queue.isEmpty && state.running.isEmpty { return true }
                state.waiters.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Forgets what is queued, cancels what is under way, closes the connections. Safe to call twice.
    package func stop() async {
        let (tasks, waiters, isFirst) = state.withLock { state in
            let isFirst = !state.isStopped
            state.isStopped = true
            state.queue.removeAll()
            let tasks = Array(state.running.values) + [state.wake?.task].compactMap(\.self)
            state.wake = nil
            defer { state.waiters = [] }
            return (tasks, state.waiters, isFirst)
        }
        for waiter in waiters { waiter.resume() }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        guard isFirst else { return }
        // A shutdown that fails leaves nothing to do: the process or the test goes on without this client.
        try? await client.shutdown()
    }

    // MARK: Sending

    /// Starts what is due, and sets the alarm for what is not.
    private func pump() {
        state.withLock { state in
            guard !state.isStopped, !state.isPaused else { return }
            let now = ContinuousClock.now
            while state.running.count < policy.concurrency, let entry = state.queue.popDue(at: now) {
                let id = state.nextTask
                state.nextTask += 1
                // Ends with its attempt; `stop` cancels it and waits for it.
                state.running[id] = Task { await self.attempt(entry, task: id) }
            }
            guard let due = state.queue.nextDue, due > now, state.wake.map({ due < $0.at }) ?? true else { return }
            state.wake?.task.cancel()
            // The alarm for the next due delivery; replaced by an earlier one, cancelled by `stop`.
            state.wake = (due, Task { await self.wake(at: due) })
        }
    }

    private func wake(at due: ContinuousClock.Instant) async {
        do { try await Task.sleep(until: due, clock: .continuous) } catch { return }
        state.withLock { if $0.wake?.at == due { $0.wake = nil } }
        pump()
    }

    private func attempt(_ entry: Entry, task: UInt64) async {
        let attempt = WebhookAttempt(deliveryID: entry.delivery.id, number: entry.attempt, sentAt: Date(), fault: entry.fault)
        var verdict = WebhookVerdict.stop
        if let request = entry.delivery.make(attempt) {
            var answer = await send(request)
            if entry.fault == .lostAnswer { answer = WebhookAnswer(status: nil) }
            verdict = policy.judge(answer)
            onOutcome(record(answer, verdict, of: entry))
        } else {
            state.withLock { $0.counters.skipped += 1 }
        }
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            if !state.isStopped, case .retry(let after) = verdict, let pause = pause(after: entry.attempt, asked: after, using: &state.generator) {
                var next = entry
                next.attempt += 1
                next.fault = nil
                state.queue.insert(next, due: .now + pause)
            }
            state.running[task] = nil
            guard state.queue.isEmpty, state.running.isEmpty else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
        pump()
    }

    /// The pause before the next attempt, or nil when there is none.
    private func pause(after attempt: Int, asked: Duration?, using generator: inout SeededGenerator) -> Duration? {
        guard attempt <= policy.retrySchedule.count else { return nil }
        let planned = policy.retrySchedule[attempt - 1] * Double.random(in: policy.jitter, using: &generator) * policy.timeScale
        return max(planned, (asked ?? .zero) * policy.timeScale)
    }

    private func record(_ answer: WebhookAnswer, _ verdict: WebhookVerdict, of entry: Entry) -> WebhookOutcome {
        state.withLock { state in
            state.counters.sent += 1
            state.counters.statuses[answer.status ?? 0, default: 0] += 1
            let key = entry.delivery.subscription
            var failures = state.failures[key] ?? (0, 0)
            var willRetry = false
            if verdict == .acknowledged {
                state.counters.acknowledged += 1
                failures = (0, 0)
            } else {
                state.counters.failed += 1
                failures.attempts += 1
                if case .retry = verdict { willRetry = entry.attempt <= policy.retrySchedule.count }
                if !willRetry {
                    state.counters.givenUp += 1
                    failures.givenUp += 1
                }
            }
            state.failures[key] = failures
            return WebhookOutcome(
                deliveryID: entry.delivery.id, subscription: key, attempt: entry.attempt, status: answer.status,
                isAcknowledged: verdict == .acknowledged, willRetry: willRetry, consecutiveFailures: failures.attempts,
                consecutiveGivenUp: failures.givenUp)
        }
    }

    private func send(_ webhook: WebhookRequest) async -> WebhookAnswer {
        var request = HTTPClientRequest(url: webhook.url)
        request.method = .init(rawValue: webhook.method)
        for (name, value) in webhook.headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: webhook.body))
        let (client, limit, prepared) = (client, policy.totalTimeout, request)
        do {
            return try await withThrowingTaskGroup(of: WebhookAnswer?.self) { group in
                group.addTask {
                    let response = try await client.execute(prepared, timeout: .nanoseconds(limit.nanoseconds))
                    _ = try await response.body.collect(upTo: Self.maximumAnswerBytes)
                    let retryAfter = response.headers.first(name: "retry-after").flatMap { Int($0) }
                    return WebhookAnswer(status: Int(response.status.code), retryAfterSeconds: retryAfter)
                }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return nil
                }
                defer { group.cancelAll() }
                return try await (group.next() ?? nil) ?? WebhookAnswer(status: nil)
            }
        } catch {
            return WebhookAnswer(status: nil)
        }
    }

    /// Answers are looked at for their status only; more than this counts as no answer.
    private static let maximumAnswerBytes = 1 << 20
}

extension Duration {
    /// For APIs that count in whole nanoseconds; good for 292 years.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
