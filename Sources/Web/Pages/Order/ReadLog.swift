import Domain
import Hub
import Synchronization

/// Writes down who read a buyer's data: once an hour for each person and order, however often the page brings itself up to date.
final class ReadLog: Sendable {
    private struct Key: Hashable { var reader: Int64, order: OrderID }
    private struct State { var hour: Int64 = 0, seen: Set<Key> = [] }
    static let maximumSeen = 100_000
    private let state = Mutex(State())

    func note(_ visit: Visit, read order: OrderID) async throws {
        guard visit.caller.may(.buyersRead) else { return }
        let hour = visit.now.milliseconds / 3_600_000, key = Key(reader: visit.caller.holderID, order: order)
        let isNew = state.withLock { state -> Bool in
            if state.hour != hour || state.seen.count >= Self.maximumSeen { state = State(hour: hour) }
            return state.seen.insert(key).inserted
        }
        if isNew { try await visit.hub.audit.record(AuditChange(visit.caller.actor, "order.read", "order:\(order)")) }
    }
}
