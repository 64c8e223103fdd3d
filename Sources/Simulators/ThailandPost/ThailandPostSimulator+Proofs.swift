package import Foundation
package import SimulatorKit
import Synchronization

/// What tests and the demo ask, and what they may change while it runs.
extension ThailandPostSimulator {
    /// Consignments ever made under each `orderId`: anything but what was meant is a parcel sent twice.
    package func consignmentsPerOrder() -> [String: Int] { state.withLock { $0.perOrder } }
    package func consignmentsPerInvoice() -> [String: Int] { state.withLock { $0.perInvoice } }
    package func consignmentsPerBarcode() -> [String: Int] { state.withLock { $0.perBarcode } }
    /// Bookings refused with 018, by barcode.
    package func refusedDuplicates() -> [String: Int] { state.withLock { $0.refusedDuplicates } }
    /// Calls that arrived, as `C addItem`: refused ones too, not those that a fault cut off before.
    package func callCounts() -> [String: Int] { state.withLock { $0.calls } }
    /// Runs of numbers drawn from D, oldest first.
    package func drawnNumbers() -> [NumberDraw] { state.withLock { $0.draws } }

    package func consignment(_ barcode: String) -> Consignment? { state.withLock { $0.consignments[barcode] } }
    package func consignments() -> [Consignment] { state.withLock { $0.consignments.values.sorted { $0.barcode < $1.barcode } } }
    package func consignments(ofOrder orderID: String) -> [Consignment] { consignments().filter { $0.orderID == orderID } }

    /// Satang taken at the door, by barcode.
    package func collectedCOD() -> [String: Int64] {
        state.withLock { $0.consignments.compactMapValues(\.collectedSatang) }
    }

    package func statistics() -> [SimulatorStatistic] {
        let (counts, calls, proofs) = state.withLock { state in
            let proofs = [
                ("consignments booked", state.perBarcode.values.reduce(0, +)), ("duplicate barcodes refused", state.refusedDuplicates.values.reduce(0, +)),
                ("numbers drawn", state.draws.reduce(0) { $0 + $1.range.last - $1.range.first + 1 }),
            ]
            return (state.counts, state.calls.values.reduce(0, +), proofs)
        }
        return proofs.map { .init($0.0, $0.1) } + [.init("calls", calls)] + counts.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
            + sender.counters.statistics + [.init("faults", faults.total)]
    }

    // MARK: Changing how it behaves

    /// Ports, seed, clock and time scale stay what they were at the start.
    package func adjust(_ body: (inout ThailandPostConfiguration) -> Void) { change { body(&$0.settings) } }

    /// The simulator's own moment.
    package var now: Date { state.withLock { $0.now } }
    package func advanceClock(bySeconds seconds: TimeInterval) { change { $0.clockOffset += seconds } }

    /// Every temporary token of A and B ends now.
    package func expireTokens() { change { $0.expireTokens() } }

    /// These systems answer 503, or nothing, until so many minutes of the simulator's clock have passed. Parcels move on, and pushes are another
    /// machine's.
    package func startOutage(minutes: Double, of systems: Set<PostSystem> = Set(PostSystem.allCases), hangs: Bool = false) {
        change { state in
            for system in systems { state.outages[system] = .init(until: state.now.addingTimeInterval(minutes * 60), hangs: hangs) }
        }
    }

    package func endOutage() { change { $0.outages = [:] } }

    /// The next items announced to C get these codes, in order; one that `stores` is booked nevertheless, as 031 sometimes is.
    package func forceBookingCodes(_ codes: [EParcelCode], stores: Bool) {
        change { $0.forcedCodes += codes.map { .init(code: $0, stores: stores) } }
    }
}
