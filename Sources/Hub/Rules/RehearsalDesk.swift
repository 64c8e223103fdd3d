package import Domain
import Foundation
package import Logging
import Synchronization

/// A rehearsal that runs, or ran a while ago.
package struct Rehearsal: Sendable, Equatable, Codable {
    package enum State: String, Sendable, Codable { case running, done, failed }
    package var id: String, channel: ChannelID, state: State, startedAt: Timestamp, startedBy: String
    /// The text that was tried.
    package var text: String
    /// Orders that will be looked at.
    package var orders: Int
    package var report: RehearsalReport
}

/// The rehearsals of this process: they go on when nobody looks, and are forgotten by and by. Nothing of them is stored.
package final class RehearsalDesk: Sendable {
    package static let maximumRunning = 3, maximumOrders = 100_000
    static let kept = 24, listedChanges = 1000

    private struct State {
        var all: [Int64: Rehearsal] = [:]
        var tasks: [Int64: Task<Void, Never>] = [:]
        var isClosing = false
    }
    private let state = Mutex(State())
    private let ids: IdentifierSource
    private let logger: Logger

    package init(ids: IdentifierSource, logger: Logger) { self.ids = ids; self.logger = logger }

    /// - Returns: nil when as many as may run do so already.
    /// - Throws: `RuleError` for a text that is no rules.
    package func start(_ text: String, channel: ChannelID, last count: Int, by actor: String, in ledger: Ledger) async throws -> Rehearsal? {
        let draft = try RuleSet(yaml: text, version: 0), total = min(max(count, 1), Self.maximumOrders, max(1, try await ledger.orderCount(of: channel)))
        let id = ids.next()
        let begun = Rehearsal(id: "\(id)", channel: channel, state: .running, startedAt: ledger.now(), startedBy: actor, text: text, orders: total,
                              report: RehearsalReport(examined: 0, changed: 0, moves: [:], decidedBy: [:], changes: []))
        let isTaken = state.withLock { state in
            guard !state.isClosing, state.tasks.count < Self.maximumRunning else { return false }
            if state.all.count >= Self.kept, let oldest = state.all.keys.filter({ state.tasks[$0] == nil }).min() { state.all[oldest] = nil }
            state.all[id] = begun
            state.tasks[id] = Task {      // awaited by stop()
                do {
                    let report = try await ledger.rehearse(draft, channel: channel, last: total, keeping: Self.listedChanges) { [self] report in show(report, .running, id) }
                    show(report, .done, id)
                } catch {
                    show(nil, .failed, id)
                    if !(error is CancellationError) { logger.error("rehearsal failed", metadata: ["error.code": "\((error as? any HubError)?.code ?? "internal")"]) }
                }
                self.state.withLock { $0.tasks[id] = nil }
            }
            return true
        }
        return isTaken ? begun : nil
    }

    /// nil: unknown, or forgotten meanwhile.
    package func rehearsal(_ id: Int64) -> Rehearsal? { state.withLock { $0.all[id] } }

    /// Waits for one that runs, for those who cannot ask again by themselves.
    package func finished(_ id: Int64, within limit: Duration) async -> Rehearsal? {
        let deadline = ContinuousClock.now + limit
        while let found = rehearsal(id), found.state == .running, ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return found }      // cancelled: nobody waits any more
        }
        return rehearsal(id)
    }

    private func show(_ report: RehearsalReport?, _ standing: Rehearsal.State, _ id: Int64) {
        state.withLock { state in
            if let report { state.all[id]?.report = report }
            state.all[id]?.state = standing
        }
    }

    /// Ends what runs; a rehearsal changes nothing, so nothing is lost.
    package func stop() async {
        let tasks = state.withLock { state -> [Task<Void, Never>] in
            state.isClosing = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}
