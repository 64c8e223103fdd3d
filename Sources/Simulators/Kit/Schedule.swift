import Synchronization

/// Calls a handler for each element at its moment, one after another: the clockwork behind parcels that move and labels that become ready.
package final class Schedule<Element: Sendable>: Sendable {
    private struct State {
        var queue = DueQueue<Element>()
        var wake: (at: ContinuousClock.Instant, task: Task<Void, Never>)?
        var isStopped = false
    }

    private let handler: @Sendable (Element) -> Void
    private let state = Mutex(State())

    package init(handler: @escaping @Sendable (Element) -> Void) { self.handler = handler }

    /// Elements whose moment has not come.
    package var count: Int { state.withLock { $0.queue.count } }

    package func add(_ element: Element, after pause: Duration) {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.queue.insert(element, due: .now + pause)
            setAlarm(&state)
        }
    }

    /// Forgets what is waiting and ends the clockwork. A handler under way finishes first.
    package func stop() async {
        let task = state.withLock { state in
            state.isStopped = true
            state.queue.removeAll()
            defer { state.wake = nil }
            return state.wake?.task
        }
        task?.cancel()
        await task?.value
    }

    private func setAlarm(_ state: inout State) {
        guard let due = state.queue.nextDue, state.wake.map({ due < $0.at }) ?? true else { return }
        state.wake?.task.cancel()
        // The alarm for the next element; replaced by an earlier one, cancelled by `stop`.
        state.wake = (due, Task { await self.run(at: due) })
    }

    private func run(at due: ContinuousClock.Instant) async {
        do { try await Task.sleep(until: due, clock: .continuous) } catch { return }
        while !Task.isCancelled, let element = state.withLock({ $0.queue.popDue(at: .now) }) { handler(element) }
        state.withLock { state in
            guard !state.isStopped, state.wake?.at == due else { return }
            state.wake = nil
            setAlarm(&state)
        }
    }
}
