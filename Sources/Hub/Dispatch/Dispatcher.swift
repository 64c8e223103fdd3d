package import Domain
import Connect
import Logging
import Database
import Synchronization

/// Jobs that may have had their effect in the life that ended without saying goodbye.
struct Uncertain: Sendable {
    /// A number, not a moment: clocks are set back.
    var upTo: JobID
    /// What that life had sent may still be on its way: nobody is asked about it before, or the answer would be "never heard of it".
    var askedFrom: ContinuousClock.Instant
}

/// Carries jobs to their destinations: one runner a destination, so that a slow or broken one delays its own orders only (law 5).
package final class Dispatcher: Sendable {
    private let ledger: Ledger
    private let store: ChannelStore
    private let executor: JobExecutor
    private let counters: Counters
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let uncertain: Uncertain?
    private let lastLook: Mutex<Timestamp>
    private let written: Mutex<(statistics: Timestamp, trimmed: Timestamp)>
    private let runners = Mutex<[ChannelID: DestinationRunner]>([:])
    private let news = Signal()
    private let isStopping = Mutex(false)
    static let lookAround = Duration.seconds(2)

    init(ledger: Ledger, store: ChannelStore, executor: JobExecutor, counters: Counters, logger: Logger, now: @escaping @Sendable () -> Timestamp, uncertain: Uncertain?) {
        self.ledger = ledger; self.store = store; self.executor = executor; self.counters = counters; self.logger = logger; self.now = now
        self.uncertain = uncertain
        lastLook = Mutex(now())
        written = Mutex((now(), now()))
    }

    /// Runs until `stop()` and until every started call has ended, or until cancelled.
    package func run() async {
        do { try await followClockAcrossRestart() } catch { logger.error("jobs from the future could not be set back", metadata: ["error": "\(error)"]) }
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !isStopping.withLock({ $0 }) {
                do {
                    try await followClock()
                    try await keepStatistics()
                    for destination in try await ledger.database.read({ try JobRows.destinationsWithWork(in: $0) }) {
                        let (runner, isNew) = runner(for: destination)
                        if isNew { group.addTask { await runner.run() } } else { runner.wake() }
                    }
                } catch { logger.error("dispatch could not look for work", metadata: ["error": "\(error)"]) }
                await news.wait(atMost: Self.lookAround)
            }
            for runner in runners.withLock({ Array($0.values) }) { runner.stop() }
        }
        do { try await ledger.flows.write(to: ledger.database) } catch { logger.error("statistics could not be written", metadata: ["error": "\(error)"]) }
    }

    static let statisticsEvery = Duration.seconds(10), trimmingEvery = Duration.seconds(300)

    private func keepStatistics() async throws {
        let time = now()
        let (isDue, trims) = written.withLock { written in
            // A clock that was set back is due as well.
            let isDue = !(Duration.zero..<Self.statisticsEvery).contains(time - written.statistics)
            let trims = !(Duration.zero..<Self.trimmingEvery).contains(time - written.trimmed)
            if isDue { written.statistics = time }
            if trims { written.trimmed = time }
            return (isDue, trims)
        }
        if isDue { try await ledger.flows.write(to: ledger.database) }
        if trims { try await ledger.trimExchanges(of: runners.withLock { Array($0.keys) }) }
    }

    static let smallestJump = Duration.seconds(2)

    /// A clock that was set back would leave every job, hold and open breaker waiting until it has come round again: they are set back with it.
    /// Set forward, it only makes waiting jobs due sooner, each at most once.
    private func followClock() async throws {
        let time = now(), before = lastLook.withLock { last in defer { last = time }; return last }
        guard before - time > Self.smallestJump else { return }
        let jump = (before - time).inMilliseconds
        logger.notice("the clock was set back", metadata: ["seconds": "\(jump / 1000)"])
        try await ledger.database.write { tx in
            try tx.run("UPDATE jobs SET run_at = run_at - \(jump) WHERE run_at > \(time.milliseconds)")
        }
        for runner in runners.withLock({ Array($0.values) }) { runner.clockWasSetBack(by: .milliseconds(jump)) }
    }

    /// Jobs that an earlier process made in what is now the future: the clock was set back between the two.
    private func followClockAcrossRestart() async throws {
        let time = now().milliseconds
        try await ledger.database.write { tx in
            try tx.run("UPDATE jobs SET run_at = run_at - (created_at - \(time)), created_at = \(time) WHERE created_at > \(time)")
        }
    }

    package func stop() {
        isStopping.withLock { $0 = true }
        news.wake()
        for runner in runners.withLock({ Array($0.values) }) { runner.stop() }
    }

    package func wake(_ destinations: Set<ChannelID>) {
        guard !destinations.isEmpty else { return }
        let known = runners.withLock { runners in destinations.compactMap { runners[$0] } }
        for runner in known { runner.wake() }
        if known.count < destinations.count { news.wake() }
    }

    /// Many queues may have got work at once.
    package func wakeAll() {
        for runner in runners.withLock({ Array($0.values) }) { runner.wake() }
        news.wake()
    }

    package func states() -> [ChannelID: DestinationRunner.Standing] { runners.withLock { $0.mapValues(\.standing) } }

    /// Lets a destination be tried at once: its breaker is closed and a throttle forgotten.
    package func release(_ destination: ChannelID) { runners.withLock { $0[destination] }?.release() }

    /// Lets one call through where the breaker holds all back.
    package func tryOne(_ destination: ChannelID) { runners.withLock { $0[destination] }?.tryOne() }

    private func runner(for destination: ChannelID) -> (DestinationRunner, isNew: Bool) {
        runners.withLock { runners in
            if let runner = runners[destination] { return (runner, false) }
            let runner = DestinationRunner(destination: destination, ledger: ledger, store: store, executor: executor, counters: counters, logger: logger, now: now,
                                           uncertain: uncertain)
            runners[destination] = runner
            return (runner, true)
        }
    }
}
