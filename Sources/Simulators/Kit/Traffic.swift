import Synchronization

/// What a buyer or the shop's owner does next.
package enum TrafficAction: Sendable, Equatable, CaseIterable {
    case place, edit, cancel, progress

    /// Of the steps after a placed order, this share changes an earlier one.
    static let editShare = 0.15, cancelShare = 0.05, progressShare = 0.05
}

/// A clockwork that calls a step at a rate until it is stopped. The actions are drawn from a seed; their moments are the machine's.
package final class Traffic: Sendable {
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    /// Calls `.place` `ordersPerSecond` times a second, and sometimes `.edit`, `.cancel` or `.progress` right after it.
    /// A second start replaces the first. A step that throws is simply over; the next one comes.
    package func start(ordersPerSecond: Double, step: @escaping @Sendable (TrafficAction) async throws -> Void) {
        let pause = Duration.seconds(1 / max(ordersPerSecond, 0.001))
        // Ends when `stop` cancels it; `stop` waits for it.
        let fresh = Task { [seed] in
            var generator = SeededGenerator(seed: seed)
            var due = ContinuousClock.now
            while !Task.isCancelled {
                // A failing step is the simulator's own matter: traffic goes on as buyers do.
                try? await step(.place)
                for action in Self.followers(using: &generator) { try? await step(action) }
                due += pause
                // Cancelled while waiting: the loop condition ends it.
                try? await Task.sleep(until: due, clock: .continuous)
            }
        }
        task.withLock { old in
            old?.cancel()
            old = fresh
        }
    }

    package func stop() async {
        let running = task.withLock { task in
            defer { task = nil }
            return task
        }
        running?.cancel()
        await running?.value
    }

    private static func followers(using generator: inout SeededGenerator) -> [TrafficAction] {
        var actions: [TrafficAction] = []
        if generator.chance(TrafficAction.editShare) { actions.append(.edit) }
        if generator.chance(TrafficAction.cancelShare) { actions.append(.cancel) }
        if generator.chance(TrafficAction.progressShare) { actions.append(.progress) }
        return actions
    }
}
