package import Domain
import Database
import Synchronization

/// How many jobs wait, by route, destination and state: read once at the start and kept in step by the commits of the one process that owns the queues,
/// so that nobody counts a million rows to show a number.
package final class QueueBook: Sendable {
    package struct Key: Hashable, Sendable {
        package var route: RouteID, destination: ChannelID, state: String
        package init(route: RouteID, destination: ChannelID, state: String) { self.route = route; self.destination = destination; self.state = state }
    }
    package struct Line: Sendable, Equatable {
        package var ready = 0, waiting = 0, paused = 0
        package var all: Int { ready + waiting + paused }
        package init() {}

        mutating func add(_ count: Int, in state: String) {
            switch state {
            case "ready": ready += count
            case "waiting": waiting += count
            default: paused += count
            }
        }
    }

    private let counts = Mutex<[Key: Int]>([:])
    package init() {}

    func replace(_ new: [Key: Int]) { counts.withLock { $0 = new } }

    /// Commits may be told in another order than they were made: an end before its beginning is a count below nothing until the beginning is told.
    func apply(_ changes: [Key: Int]) {
        guard !changes.isEmpty else { return }
        counts.withLock { counts in
            for (key, change) in changes where change != 0 {
                let count = (counts[key] ?? 0) + change
                counts[key] = count == 0 ? nil : count
            }
        }
    }

    package var byRouteAndDestination: [RouteID: [ChannelID: Line]] {
        counts.withLock { counts in
            counts.reduce(into: [:]) { lines, entry in lines[entry.key.route, default: [:]][entry.key.destination, default: Line()].add(max(entry.value, 0), in: entry.key.state) }
        }
    }

    package var byDestination: [ChannelID: Line] {
        counts.withLock { counts in counts.reduce(into: [:]) { lines, entry in lines[entry.key.destination, default: Line()].add(max(entry.value, 0), in: entry.key.state) } }
    }
}

extension Ledger {
    /// Counts the queues, before anything runs.
    func countQueues() async throws {
        let rows = try await database.read { tx in
            try tx.rows("SELECT route_id, destination_id, state, COUNT(*) FROM jobs GROUP BY route_id, destination_id, state") {
                (QueueBook.Key(route: RouteID(try $0.int64(0)), destination: ChannelID(try $0.int64(1)), state: try $0.text(2)), try $0.int(3))
            }
        }
        queues.replace(Dictionary(rows, uniquingKeysWith: +))
    }
}
