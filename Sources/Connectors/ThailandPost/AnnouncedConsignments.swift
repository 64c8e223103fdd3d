import Synchronization

/// What this process announced under which reference. e-Parcel finds a consignment by its number alone (thailandpost.md §4.3),
/// so a booking whose answer got lost is found again by what was sent; after a restart by the numbers that the hub wrote down beforehand (`findBooking(BookingReference)`).
final class AnnouncedConsignments: Sendable {
    struct Entry: Sendable, Equatable {
        var consignments: [Consignment]
        var isCOD: Bool
        var isCancelled = false
    }
    private struct State { var entries: [String: Entry] = [:], order: [String] = [] }
    private let state = Mutex(State())

    static let maximumEntries = 5_000

    subscript(_ externalRef: String) -> Entry? { state.withLock { $0.entries[externalRef] } }

    /// Written before the call, since its answer may never come.
    func note(_ consignments: [Consignment], isCOD: Bool, under externalRef: String) {
        state.withLock { state in
            if state.entries.updateValue(Entry(consignments: consignments, isCOD: isCOD), forKey: externalRef) == nil { state.order.append(externalRef) }
            if state.order.count > Self.maximumEntries { state.entries[state.order.removeFirst()] = nil }
        }
    }

    func cancelled(_ externalRef: String) { state.withLock { $0.entries[externalRef]?.isCancelled = true } }
}
