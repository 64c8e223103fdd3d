import Domain
import Synchronization

/// Stands for a password that was right while its second factor is typed: a few minutes, in memory alone.
final class CodeTickets: Sendable {
    static let lifeSeconds: Int64 = 300
    static let maximumKnown = 1000

    private struct Ticket { var person: PersonID, expiresAt: Timestamp }
    private let known = Mutex<[String: Ticket]>([:])
    private let now: @Sendable () -> Timestamp

    init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    func make(for person: PersonID) -> String {
        let text = Vault.randomWord(bytes: 24), at = now()
        known.withLock { known in
            if known.count >= Self.maximumKnown { known = known.filter { at < $0.value.expiresAt } }
            if known.count >= Self.maximumKnown { known.removeAll() }
            known[text] = Ticket(person: person, expiresAt: at + .seconds(Self.lifeSeconds))
        }
        return text
    }

    func person(of text: String) -> PersonID? {
        let at = now()
        return known.withLock { known in known[text].flatMap { at < $0.expiresAt ? $0.person : nil } }
    }

    func spend(_ text: String) { known.withLock { $0[text] = nil } }
    func spend(of person: PersonID) { known.withLock { known in known = known.filter { $0.value.person != person } } }
}
