package import Domain
import Connect
import Logging
import Database
import Synchronization

/// Works off the jobs of one destination: within its concurrency, held back by its breaker, its throttle and its channel's state.
package final class DestinationRunner: Sendable {
    package struct Standing: Sendable, Equatable { package var running: Int, breaker: Breaker.State, heldUntil: Timestamp? }
    private struct State { var running: Set<JobID> = [], breaker = Breaker(), heldUntil: Timestamp?, isStopping = false }

    private let destination: ChannelID
    private let ledger: Ledger
    private let store: ChannelStore
    private let executor: JobExecutor
    private let counters: Counters
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let uncertain: Uncertain?
    private let signal = Signal()
    private let sampling = ExchangeSampling()
    private let state = Mutex(State())

    static let idle = Duration.seconds(1)
    /// A short hold is looked at this often, so that no second is lost at its end; a long one once in `idle`.
    static let looksAHold = 10, shortest = Duration.milliseconds(10)
    static let defaultWidth = 16
    static let recordPause = Duration.milliseconds(250)

    init(destination: ChannelID, ledger: Ledger, store: ChannelStore, executor: JobExecutor, counters: Counters, logger: Logger, now: @escaping @Sendable () -> Timestamp, uncertain: Uncertain?) {
        self.destination = destination; self.ledger = ledger; self.store = store; self.executor = executor; self.counters = counters
        self.logger = logger; self.now = now; self.uncertain = uncertain
    }

    func wake() { signal.wake() }
    func stop() { state.withLock { $0.isStopping = true }; signal.wake() }
    func tryOne() { state.withLock { $0.breaker.tryOne() }; signal.wake() }
    func release() { state.withLock { $0.breaker = Breaker(); $0.heldUntil = nil }; signal.wake() }
    func clockWasSetBack(by jump: Duration) {
        state.withLock { state in
            state.heldUntil = state.heldUntil.map { $0 - jump }
            state.breaker.clockWasSetBack(by: jump)
        }
        signal.wake()
    }
    var standing: Standing { state.withLock { Standing(running: $0.running.count, breaker: $0.breaker.state, heldUntil: $0.heldUntil) } }

    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !state.withLock({ $0.isStopping }) {
                do {
                    let jobs = try await take()
                    for job in jobs { group.addTask { await self.carryOut(job) } }
                    if jobs.isEmpty { await signal.wait(atMost: try await pause()) }
                } catch {
                    logger.error("jobs could not be read", metadata: ["channel.id": "\(destination)", "error": "\(error)"])
                    await signal.wait(atMost: Self.idle)
                }
            }
        }
    }

    /// As many due jobs as may run now; a claim writes nothing, the process owns its lanes.
    private func take() async throws -> [Job] {
        guard let channel = store.directory.channel(destination), channel.state == .active else { return [] }
        let now = now()
        let width = store.directory.descriptor(of: destination)?.budget.concurrency ?? Self.defaultWidth
        let (free, running) = state.withLock { state -> (Int, Set<JobID>) in
            if let until = state.heldUntil { if now < until { return (0, []) } else { state.heldUntil = nil } }
            return (state.breaker.allowance(width: width, now: now) - state.running.count, state.running)
        }
        guard free > 0 else { return [] }
        let destination = destination, limit = free + running.count
        let ready = try await ledger.database.read { try JobRows.ready(for: destination, limit: limit, now: now, in: $0) }
        let chosen = Array(ready.filter { !running.contains($0.id) }.prefix(free))
        state.withLock { state in for job in chosen { state.running.insert(job.id) } }
        return chosen
    }

    /// How long nothing can be due: until the next job, the end of a hold, or a wake.
    private func pause() async throws -> Duration {
        if let until = state.withLock({ $0.heldUntil ?? $0.breaker.opensAgainAt }) { return min(max((until - now()) / Self.looksAHold, Self.shortest), Self.idle) }
        let destination = destination
        guard state.withLock({ $0.running.isEmpty }), let due = try await ledger.database.read({ try JobRows.nextDue(for: destination, in: $0) }) else { return Self.idle }
        return min(max(due - now(), .milliseconds(1)), Self.idle)
    }

    private func carryOut(_ job: Job) async {
        defer {
            state.withLock { _ = $0.running.remove(job.id) }
            signal.wake()
        }
        let clock = ContinuousClock(), isUncertain = uncertain.map { job.id <= $0.upTo } ?? false
        if isUncertain, let uncertain { do { try await clock.sleep(until: uncertain.askedFrom) } catch { return } }
        let started = now(), begin = clock.now, admission = store.admission(of: destination)
        let outcome: JobOutcome
        let recorder = ExchangeRecorder()
        do { outcome = try await ExchangeRecorder.$current.withValue(recorder) { try await executor.perform(job, asksFirst: isUncertain) } } catch is CancellationError { return } catch {
            // The database, not the destination: nothing is known to have happened there that the next try will not ask about.
            logger.error("job could not be prepared", metadata: ["job.id": "\(job.id)", "error": "\(error)"])
            do { try await Task.sleep(for: Self.recordPause) } catch { return }
            return
        }
        if Task.isCancelled, case .failed = outcome { return }
        note(outcome)
        let exchanges = sampling.wants(outcome, of: job.action, now: started) ? recorder.exchanges : []
        await record(job, outcome, AttemptRecord(at: started, durationMilliseconds: (clock.now - begin).inMilliseconds, exchanges: exchanges))
        ledger.flows.add(job, outcome)
        if case .failed(let error, _) = outcome, error.failureClass == .unauthorised { await ledger.lose(destination, error, admittedAs: admission, in: store) }
    }

    /// Breaker, throttle and metrics.
    private func note(_ outcome: JobOutcome) {
        counters.add(to: "crossdock_jobs_total", label: "outcome", value: outcome.word)
        let now = now()
        state.withLock { state in
            guard case .failed(let error, _) = outcome else { state.breaker.succeeded(); return }
            switch error.failureClass {
            case .transient: state.breaker.failed(now: now)
            case .throttled(let until):
                let bounds = RetryPolicy.retryAfterBoundsSeconds
                state.heldUntil = min(max(until, now), now + .seconds(bounds.upperBound))
            case .unauthorised, .rejected, .alreadyDone: state.breaker.succeeded()
            }
        }
    }

    /// Writes what happened, again and again until it is on disk: the effect is out there already. What the ledger refuses for good becomes a dead letter, for a
    /// person to look at, and stands in nobody's way.
    private func record(_ job: Job, _ outcome: JobOutcome, _ attempt: AttemptRecord) async {
        let retry = store.directory.surroundings.routes.first { $0.route.id == job.route }?.route.retry ?? .standard
        let random = Double.random(in: 0..<1)
        var outcome = outcome
        while true {
            do { return try await ledger.write { [outcome] in try $0.finish(job, outcome, attempt: attempt, retry: retry, random: random) } } catch {
                logger.error("outcome could not be recorded", metadata: ["job.id": "\(job.id)", "error": "\(error)"])
                if Task.isCancelled || state.withLock({ $0.isStopping }) { return }
                if case .failed = outcome {} else if let refusal = Self.refusal(error) { outcome = .failed(refusal, isEffectUnknown: true) }
                do { try await Task.sleep(for: Self.recordPause) } catch { return }
            }
        }
    }

    /// What the destination answered cannot be stored, however often it is tried; nil: it can later.
    private static func refusal(_ error: any Error) -> ConnectorError? {
        if let database = error as? DatabaseError, database.isTransient { return nil }
        let sentence = (error as? any HubError)?.sentence ?? (error as? DatabaseError)?.sentence ?? "\(type(of: error))"
        return .refused(platformCode: "answer_not_recorded", platformMessage: "It acted, but its answer could not be stored: \(sentence)")
    }
}
