package import Foundation
import SimulatorKit

/// The parcels' lives: step by step when told, or by traffic at a speed.
extension ThailandPostSimulator {
    /// The next step of this parcel's life; false when there is none (finished, cancelled, unknown).
    @discardableResult
    package func advance(_ barcode: String) -> Bool { change { $0.advance(barcode) } }

    /// All steps that are left, or so many.
    package func advance(_ barcode: String, steps: Int) { for _ in 0..<max(0, steps) where !advance(barcode) { return } }

    /// One step for every parcel that has one; how many moved.
    @discardableResult
    package func advanceAll() -> Int { consignments().count { advance($0.barcode) } }

    /// What a parcel goes through from here; steps behind it are not taken again.
    package func choose(_ life: ParcelLife, for barcode: String) {
        change { state in
            guard var known = state.consignments[barcode], !known.isCancelled else { return }
            var steps = life.steps(isCOD: known.codSatang != nil)
            if let last = known.events.last?.status, let index = steps.firstIndex(of: last) { steps.removeFirst(index + 1) }
            known.life = steps
            state.consignments[barcode] = known
            state.moving.append(barcode)
        }
    }

    /// Any code at all, in or out of order, known or not; the life ahead stays what it was.
    @discardableResult
    package func post(
        _ status: String, to barcode: String, deliveryStatus: String? = nil, office: PostOffice? = nil, at moment: Date? = nil
    ) -> Bool {
        change { $0.post(status, to: barcode, deliveryStatus: deliveryStatus, office: office, at: moment) }
    }

    /// Posts 901 to every delivered COD parcel that was not paid out; their number.
    @discardableResult
    package func payOutCOD() -> Int {
        change { state in
            let due = state.consignments.values.filter { $0.collectedSatang != nil && $0.paidOutAt == nil }.map(\.barcode).sorted()
            for barcode in due {
                state.consignments[barcode]?.life.removeAll { $0 == "901" }
                state.post("901", to: barcode)
            }
            return due.count
        }
    }

    // MARK: Traffic

    /// Parcels take their steps by themselves, so many events a second over all of them. A second start replaces the first.
    package func startTraffic(eventsPerSecond: Double) {
        traffic.start(ordersPerSecond: eventsPerSecond) { [weak self] action in
            if action == .place { self?.advanceAny() }
        }
    }

    /// Returns when no further event will come by itself; pushes may still be on their way.
    package func stopTraffic() async { await traffic.stop() }

    /// One step of one parcel, drawn from the seed. Finished ones leave the drum when they are drawn.
    private func advanceAny() {
        change { state in
            while !state.moving.isEmpty {
                let index = Int.random(in: 0..<state.moving.count, using: &state.generator)
                if state.advance(state.moving[index]) { return }
                state.moving.swapAt(index, state.moving.count - 1)
                state.moving.removeLast()
            }
        }
    }
}
