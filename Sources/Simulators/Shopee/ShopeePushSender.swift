import Foundation
import SimulatorKit
import Synchronization

/// The platform's outgoing queue (shopee.md §3.4): a 2xx without a body within three seconds is success; three more tries; then the message is lost.
///
/// The kit's sender looks at the status alone, and here an answer with a body is a failure, so this platform has its own.
final class ShopeePushSender: Sendable {
    struct Target: Sendable { var url: String, key: String, retryKeepsMessageID: Bool }
    private struct Entry: Sendable {
        var push: ShopeePush
        var attempt = 1
        var fault: Fault?
    }
    private struct State {
        /// Taken from `head` on, so that a long queue is not moved for each message.
        var ready: [Entry] = []
        var head = 0
        var later = 0
        var running: [Int: Task<Void, Never>] = [:]
        var nextTask = 0
        var isPaused = false
        var isStopped = false
        var counters = WebhookCounters()
        var waiters: [CheckedContinuation<Void, Never>] = []

        var waiting: Int { ready.count - head }

        mutating func takeFirst() -> Entry? {
            guard head < ready.count else { return nil }
            defer { head += 1 }
            if head > 1_000 {
                ready.removeFirst(head)
                head = 0
            }
            return ready[head]
        }
    }

    static let retrySchedule: [Duration] = [.seconds(300), .seconds(1_800), .seconds(10_800)]

    private let configuration: ShopeeConfiguration
    /// Nil: nobody is to hear it any more.
    private let target: @Sendable (ShopeePush) -> Target?
    /// After every attempt: whether it was taken, and whether it was the last one.
    private let onOutcome: @Sendable (ShopeePush, _ isGood: Bool, _ isLost: Bool) -> Void
    private let state = Mutex(State())
    private let alarm = Mutex<Schedule<Entry>?>(nil)

    init(
        configuration: ShopeeConfiguration, target: @escaping @Sendable (ShopeePush) -> Target?,
        onOutcome: @escaping @Sendable (ShopeePush, Bool, Bool) -> Void
    ) {
        self.configuration = configuration
        self.target = target
        self.onOutcome = onOutcome
        alarm.withLock { $0 = Schedule { [weak self] entry in self?.wake(entry) } }
    }

    var counters: WebhookCounters { state.withLock { $0.counters } }

    func enqueue(_ push: ShopeePush) {
        let delays: [Duration]
        var fault: Fault?
        let isTaken = state.withLock { state in
            guard !state.isStopped, state.waiting + state.later < configuration.maximumPushes else { state.counters.refused += 1; return false }
            state.counters.enqueued += 1
            return true
        }
        guard isTaken else { return }
        switch configuration.faults.draw(.webhook) {
        case .drop:
            state.withLock { $0.counters.dropped += 1 }
            return
        case .duplicate:
            state.withLock { $0.counters.duplicated += 1 }
            delays = [.zero, .zero]
        case .delay(let pause), .hang(let pause): delays = [pause]
        case let drawn:
            fault = drawn
            delays = [.zero]
        }
        for delay in delays { put(Entry(push: push, fault: fault), after: delay) }
    }

    /// Holds everything back until `resume`.
    func pause() { state.withLock { $0.isPaused = true } }

    func resume() {
        state.withLock { $0.isPaused = false }
        pump()
    }

    /// Sends what was held back in the opposite order, the newest first: later states overtake earlier ones.
    func resumeReversed() {
        state.withLock { state in
            state.ready = state.ready.dropFirst(state.head).reversed()
            state.head = 0
            state.isPaused = false
        }
        pump()
    }

    /// Waits until every message was taken or lost; at once when stopped.
    func idle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.isStopped || Self.isIdle(state) { return true }
                state.waiters.append(continuation)
                return false
            }
            if isIdle { continuation.resume() }
        }
    }

    func stop() async {
        let (tasks, waiters) = state.withLock { state in
            state.isStopped = true
            (state.ready, state.head) = ([], 0)
            defer { state.waiters = [] }
            return (Array(state.running.values), state.waiters)
        }
        for waiter in waiters { waiter.resume() }
        for task in tasks { task.cancel() }
        await alarm.withLock { $0 }?.stop()
        for task in tasks { await task.value }
    }

    /// The test push when an address is saved: it carries no order.
    func verify(url: String, key: String) async -> Bool {
        let body = ShopeeJSON.object([
            .init("data", ["verify_info": "This is a verification message."]), .init("shop_id", 0), .init("code", 0),
            .init("timestamp", .integer(Int64(configuration.now().timeIntervalSince1970))),
        ]).data
        guard let answer = await send(url, body: body, authorization: ShopeeSigning.push(key: key, url: url, body: body)) else { return false }
        return (200..<300).contains(answer.status)
    }

    // MARK: Sending

    private static func isIdle(_ state: State) -> Bool { state.waiting == 0 && state.later == 0 && state.running.isEmpty }

    private func put(_ entry: Entry, after delay: Duration) {
        if delay > .zero {
            state.withLock { $0.later += 1 }
            alarm.withLock { $0 }?.add(entry, after: delay)
        } else {
            state.withLock { if !$0.isStopped { $0.ready.append(entry) } }
            pump()
        }
    }

    private func wake(_ entry: Entry) {
        state.withLock { state in
            state.later -= 1
            if !state.isStopped { state.ready.append(entry) }
        }
        pump()
    }

    private func pump() {
        state.withLock { state in
            while !state.isStopped, !state.isPaused, state.running.count < max(1, configuration.pushWidth), let entry = state.takeFirst() {
                let id = state.nextTask
                state.nextTask += 1
                // Ends with its attempt; `stop` cancels it and waits for it.
                state.running[id] = Task { await self.attempt(entry, task: id) }
            }
        }
    }

    private func attempt(_ entry: Entry, task: Int) async {
        if let target = target(entry.push) {
            let answer = await post(entry, to: target)
            let status = entry.fault == .lostAnswer ? nil : answer?.status
            let isGood = status.map { (200..<300).contains($0) } == true && answer?.body.isEmpty == true
            let isLost = !isGood && entry.attempt > Self.retrySchedule.count
            state.withLock { state in
                state.counters.sent += 1
                state.counters.statuses[status ?? 0, default: 0] += 1
                if isGood { state.counters.acknowledged += 1 } else { state.counters.failed += 1 }
                if isLost { state.counters.givenUp += 1 }
            }
            if !Task.isCancelled { onOutcome(entry.push, isGood, isLost) }
            if !isGood, !isLost { retry(entry) }
        } else {
            state.withLock { $0.counters.skipped += 1 }
        }
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.running[task] = nil
            guard Self.isIdle(state) else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
        pump()
    }

    private func retry(_ entry: Entry) {
        var next = entry
        next.attempt += 1
        // What was garbled once is repeated properly.
        next.fault = nil
        state.withLock { $0.later += 1 }
        alarm.withLock { $0 }?.add(next, after: Self.retrySchedule[entry.attempt - 1] * configuration.pushTimeScale)
    }

    private func post(_ entry: Entry, to target: Target) async -> PlainAnswer? {
        var push = entry.push
        if entry.attempt > 1, !target.retryKeepsMessageID, let id = push.messageID { push.messageID = String(id.reversed()) }
        let body = push.envelope.data
        var signature = ShopeeSigning.push(key: target.key, url: target.url, body: body)
        if entry.fault == .badSignature { signature = String(signature.reversed()) }
        // Garbled on the way: the signature is of the whole body.
        return await send(target.url, body: entry.fault == .malform ? body.prefix(body.count / 2) : body, authorization: signature)
    }

    /// Nil where no answer came in time.
    private func send(_ url: String, body: Data, authorization: String) async -> PlainAnswer? {
        let limit = configuration.pushTimeout
        let headers = [(name: "Authorization", value: authorization), (name: "Content-Type", value: "application/json")]
        // An address that refuses, hangs or answers nonsense is a failed attempt, whatever the reason.
        return try? await withThrowingTaskGroup(of: PlainAnswer?.self) { group in
            group.addTask { try await PlainHTTP.send("POST", url, headers: headers, body: body, limit: limit) }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
