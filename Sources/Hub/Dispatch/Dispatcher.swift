package import Domain
import Connect
package import Logging
import Database
import Synchronization

/// Carries jobs to their destinations: one runner a destination, so that a slow or broken one delays its own orders only (law 5).
package final class Dispatcher: Sendable {
    private let ledger: Ledger
    private let store: ChannelStore
    private let executor: JobExecutor
    private let counters: Counters
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    /// Jobs from before this moment may have had their effect in the life that ended without saying goodbye.
    private let uncertainBefore: Timestamp?
    private let runners = Mutex<[ChannelID: DestinationRunner]>([:])
    private let news = Signal()
    private let isStopping = Mutex(false)
    static let lookAround = Duration.seconds(2)

    package init(ledger: Ledger, store: ChannelStore, executor: JobExecutor, counters: Counters, logger: Logger, now: @escaping @Sendable () -> Timestamp, uncertainBefore: Timestamp?) {
        self.ledger = ledger; self.store = store; self.executor = executor; self.counters = counters; self.logger = logger; self.now = now
        self.uncertainBefore = uncertainBefore
    }

    /// Runs until `stop()` and until every started call has ended, or until cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !isStopping.withLock({ $0 }) {
                do {
                    for destination in try await ledger.database.read({ try JobRows.destinationsWithWork(in: $0) }) {
                        let (runner, isNew) = runner(for: destination)
                        if isNew { group.addTask { await runner.run() } } else { runner.wake() }
                    }
                } catch { logger.error("dispatch could not look for work", metadata: ["error": "\(error)"]) }
                await news.wait(atMost: Self.lookAround)
            }
            for runner in runners.withLock({ Array($0.values) }) { runner.stop() }
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

    package func states() -> [ChannelID: DestinationRunner.Standing] { runners.withLock { $0.mapValues(\.standing) } }

    /// Lets a destination be tried at once: its breaker is closed and a throttle forgotten.
    package func release(_ destination: ChannelID) { runners.withLock { $0[destination] }?.release() }

    private func runner(for destination: ChannelID) -> (DestinationRunner, isNew: Bool) {
        runners.withLock { runners in
            if let runner = runners[destination] { return (runner, false) }
            let runner = DestinationRunner(destination: destination, ledger: ledger, store: store, executor: executor, counters: counters, logger: logger, now: now,
                                           uncertainBefore: uncertainBefore)
            runners[destination] = runner
            return (runner, true)
        }
    }
}
