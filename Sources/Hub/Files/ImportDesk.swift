package import Logging
import Domain
import Synchronization

/// The imports that run in this process: how far each has come, and the ones nobody waits for.
package final class ImportDesk: Sendable {
    /// Files taken in at the same time; each is a second pass over its rows on disk.
    package static let maximumRunning = 4

    /// A place among the imports that run; given back by `leave`.
    package struct Place: Sendable, Equatable { package let id: Int64 }

    private struct State {
        var running: [Int64: ImportReport?] = [:]
        var tasks: [Int64: Task<Void, Never>] = [:]
        var isClosing = false
    }
    private let state = Mutex(State())
    private let logger: Logger

    package init(logger: Logger) { self.logger = logger }

    /// nil: as many as may run do so already, this one among them, or the process is ending.
    package func enter(_ id: Int64) -> Place? {
        state.withLock { state in
            guard !state.isClosing, state.running.count < Self.maximumRunning, !state.running.keys.contains(id) else { return nil }
            state.running.updateValue(nil, forKey: id)
            return Place(id: id)
        }
    }

    package func isRunning(_ id: Int64) -> Bool { state.withLock { $0.running.keys.contains(id) } }

    package func leave(_ place: Place) { state.withLock { _ = $0.running.removeValue(forKey: place.id) } }

    /// The import as it stands, while it runs here.
    package func report(_ id: Int64) -> ImportReport? { state.withLock { $0.running[id] ?? nil } }

    func show(_ report: ImportReport, id: Int64) { state.withLock { if $0.running[id] != nil { $0.running[id] = report } } }

    func show(_ progress: ImportProgress, id: Int64) {
        state.withLock { state in
            guard var report = state.running[id] ?? nil else { return }
            report.progress = progress
            state.running[id] = report
        }
    }

    /// Runs `work` while its caller goes on; it is awaited by `stop`.
    package func detach(_ place: Place, _ work: @escaping @Sendable () async throws -> Void) {
        state.withLock { inner in
            guard !inner.isClosing else { return }
            inner.tasks[place.id] = Task {      // awaited by stop()
                do { try await work() } catch is CancellationError {} catch {
                    logger.error("import failed", metadata: ["import.id": "\(place.id)", "error.code": "\((error as? any HubError)?.code ?? "internal")"])
                }
                state.withLock { $0.tasks[place.id] = nil }
            }
        }
    }

    /// Ends what nobody waits for; what was taken so far stays taken.
    package func stop() async {
        let tasks = state.withLock { state -> [Task<Void, Never>] in
            state.isClosing = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}
