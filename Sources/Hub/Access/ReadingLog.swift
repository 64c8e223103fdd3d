package import Database
package import Domain
import Synchronization

/// Who read what: buyers' data, exports and the audit itself.
///
/// A page is not kept waiting for the line: lines of a moment are written together, in the order of reading, and what is open is written before the hub ends.
/// Somebody who looks at the same thing again within ten minutes leaves no second line.
package final class ReadingLog: Sendable {
    static let repeatSeconds: Int64 = 600
    static let maximumKnown = 20_000, maximumWaiting = 10_000, batch = 200

    private struct Key: Hashable { var holder: Int64, action: String, subject: String }
    private struct State { var seen: [Key: Int64] = [:], waiting: [(change: AuditChange, at: Timestamp)] = [], writing: Task<Void, Never>?, lost = 0 }
    private let state = Mutex(State())
    private let database: Database
    private let ids: IdentifierSource
    private let now: @Sendable () -> Timestamp

    package init(database: Database, ids: IdentifierSource, now: @escaping @Sendable () -> Timestamp) { self.database = database; self.ids = ids; self.now = now }

    /// Programs are not noted: what a token may read says its scope, and its use is in the log.
    package func note(_ actor: AuditActor, _ action: String, _ subject: String, note: String? = nil) {
        guard let person = actor.person else { return }
        let key = Key(holder: person.value, action: action, subject: subject), at = now()
        state.withLock { state in
            if let last = state.seen[key], at.milliseconds - last < Self.repeatSeconds * 1000 { return }
            if state.seen.count >= Self.maximumKnown { state.seen = state.seen.filter { at.milliseconds - $0.value < Self.repeatSeconds * 1000 } }
            if state.seen.count >= Self.maximumKnown { state.seen.removeAll() }
            guard state.waiting.count < Self.maximumWaiting else { state.lost += 1; return }
            state.seen[key] = at.milliseconds
            state.waiting.append((AuditChange(actor, action, subject, note: note), at))
            // Ends when nothing waits; `settle` waits for it.
            if state.writing == nil { state.writing = Task { await self.write() } }
        }
    }

    private func write() async {
        while true {
            let (taken, lost) = state.withLock { state -> ([(change: AuditChange, at: Timestamp)], Int) in
                let taken = Array(state.waiting.prefix(Self.batch)), lost = state.lost
                if taken.isEmpty { state.writing = nil }
                state.waiting.removeFirst(taken.count)
                state.lost = 0
                return (taken, lost)
            }
            if taken.isEmpty { return }
            let ids = ids
            do {
                try await database.write { tx in
                    for entry in taken { try AuditRows.append(entry.change, in: tx, ids: ids, at: entry.at) }
                    if lost > 0, let last = taken.last { try AuditRows.append(AuditChange(AuditActor(name: "hub"), "reading.lost", "audit", note: "\(lost) readings were not written down"), in: tx, ids: ids, at: last.at) }
                }
            } catch {
                // The database is away: the lines wait for the next reading, as many as there is room for.
                state.withLock { state in
                    state.waiting = taken + state.waiting
                    state.lost += lost
                    state.writing = nil
                }
                return
            }
        }
    }

    /// Waits until everything read so far is written down.
    package func settle() async {
        while let writing = state.withLock({ $0.writing }) { await writing.value }
    }
}
