import Domain
import Synchronization

/// What the day's people and its driver write down: their own books, beside the hub's and the platforms'.
final class DayBook: Sendable {
    struct Entry: Sendable {
        let order: DayPlan.Order, externalID: String, number: String, placedAt: Timestamp
        var isPaid = false, isCancelled = false
        var packed: Set<String> = [], handed: [String: String] = [:], ofParcels = 0
        /// Steps of the carrier so far; nil: at its end.
        var step: Int? = 0
        var hasArrived = false
    }
    struct Manifest: Sendable {
        var carrier: String, scanned: Set<String> = [], listed: Set<String> = [], isHandedOver = false
    }
    struct State: Sendable {
        var entries: [String: Entry] = [:]
        var manifests: [String: Manifest] = [:]
        /// Parcels at which the ramp said stop, by number.
        var stopped: Set<String> = [], stoppedInError: [String] = []
        var authorised: [String: Int] = [:], resumed: [String: Int] = [:]
        var labels = 0, labelsRefused = 0, prints = 0, refusals: [String: Int] = [:]
    }
    private let state = Mutex(State())

    static func key(_ channel: String, _ number: String) -> String { "\(channel)/\(number)" }

    func with<T>(_ body: (inout State) -> sending T) -> sending T { state.withLock { body(&$0) } }

    func note(_ order: DayPlan.Order, _ externalID: String, _ number: String, at: Timestamp) {
        state.withLock { $0.entries[Self.key(order.channel.rawValue, number)] = Entry(order: order, externalID: externalID, number: number, placedAt: at) }
    }
    func entry(_ channel: String, _ number: String) -> Entry? { state.withLock { $0.entries[Self.key(channel, number)] } }
    func change(_ key: String, _ body: (inout Entry) -> Void) { state.withLock { state in if var entry = state.entries[key] { body(&entry); state.entries[key] = entry } } }
    var entries: [String: Entry] { state.withLock { $0.entries } }
    var placed: Int { state.withLock { $0.entries.count } }
    func count(_ refusal: String) { state.withLock { $0.refusals[refusal, default: 0] += 1 } }

    /// Orders that are to leave and have not left yet.
    var waiting: Int { state.withLock { state in state.entries.values.count { $0.order.fate == .delivered && ($0.ofParcels == 0 || $0.handed.count < $0.ofParcels) } } }
    /// Orders whose way to the buyer is not at its end.
    var underway: Int { state.withLock { state in state.entries.values.count { $0.order.fate == .delivered && !$0.hasArrived } } }
    /// Cancellations that buyers have still to make.
    var uncancelled: Int { state.withLock { state in state.entries.values.count { $0.order.fate != .delivered && !$0.isCancelled } } }
}
