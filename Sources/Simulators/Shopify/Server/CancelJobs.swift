import Synchronization

/// Carries accepted cancellations out a little later, as the platform does.
final class CancelJobs: Sendable {
    private let store: ShopStore
    private let delay: Duration
    private let running = Mutex<[String: Task<Void, Never>]>([:])

    init(store: ShopStore, delay: Duration) {
        self.store = store
        self.delay = delay
    }

    func start(_ jobs: [String]) {
        for job in jobs {
            running.withLock { running in
                // Ends when its order is cancelled; `stop` cancels it and waits for it.
                running[job] = Task {
                    do { try await Task.sleep(for: self.delay) } catch { return }
                    self.carryOut(job)
                    self.running.withLock { $0[job] = nil }
                }
            }
        }
    }

    func idle() async {
        for task in running.withLock({ Array($0.values) }) { await task.value }
    }

    func stop() async {
        let tasks = running.withLock { running in
            defer { running = [:] }
            return Array(running.values)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    private func carryOut(_ id: String) {
        store.change { state, now in
            guard let job = state.jobs[id] else { return }
            // What became impossible meanwhile (shipped, cancelled by somebody else) ends without an effect.
            _ = try? state.cancel(job.orderID, reason: job.reason, restock: job.restock, refunds: job.refunds, at: now)
            state.jobs[id]?.isDone = true
        }
    }
}
