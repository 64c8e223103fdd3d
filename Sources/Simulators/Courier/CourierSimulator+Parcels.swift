import Foundation
import SimulatorKit
import Synchronization

/// The parcels' lives: by themselves at `configuration.pace`, or step by step when a test says so.
extension CourierSimulator {
    func take(_ step: Step) {
        switch step {
        case .progress(let id): progress(id)
        case .labelReady(let id): releaseLabel(of: id)
        case .confirmCancel(let id): confirmCancel(of: id)
        case .remit(let id): remitCOD(of: id)
        }
    }

    /// After a booking: the label that is late, and the first step of its life.
    func begin(_ order: CourierOrder) {
        if !order.isLabelReady { schedule(.labelReady(order.orderID), after: configuration.labelDelay) }
        scheduleProgress(of: order.orderID)
    }

    private func scheduleProgress(of id: String) {
        guard let pace = configuration.pace else { return }
        let stretch = state.withLock { Double.random(in: 0.7...1.3, using: &$0.generator) }
        schedule(.progress(id), after: pace * stretch)
    }

    private func progress(_ id: String) {
        guard let order = order(id), !order.isCancelRequested, !order.status.isTerminal else { return }
        // A parcel without its label waits in the warehouse.
        if order.isLabelReady { advance(id) }
        scheduleProgress(of: id)
    }

    /// The next step of this order's life; false when there is none (finished, cancelled, unknown).
    @discardableResult
    package func advance(_ orderID: String) -> Bool {
        let next: CourierStatus? = state.withLock { state in
            var next: CourierStatus?
            state.book.update(orderID) { order in
                if !order.status.isTerminal, !order.life.isEmpty { next = order.life.removeFirst() }
            }
            return next
        }
        guard let next else { return false }
        return set(orderID, to: next)
    }

    /// Sets any status, rank or not, and tells the callback URL. A delivered COD order is collected and, a pace later, remitted.
    @discardableResult
    package func set(_ orderID: String, to status: CourierStatus, reason: String? = nil, note: String? = nil) -> Bool {
        let reason = reason ?? (status == .deliveryFailed ? "consignee_not_home" : nil)
        let kind: CourierFact.Kind = status == .cancelled ? .cancelled : .status
        guard let fact = change(orderID, kind: kind, to: status, reason: reason, note: note, also: { order, fact in
            switch status {
            case .deliveryFailed: fact.attempt = order.deliveryAttempts
            case .delivered:
                fact.attempt = order.deliveryAttempts + 1
                fact.proof = .init(receivedBy: "recipient")
                if order.request.cod != nil { fact.codCollected = true }
            case .outForDelivery: fact.driver = .init(name: "คนขับตัวอย่าง", phone: "0800000000")
            default: break
            }
        }) else { return false }
        send(fact)
        count("parcels \(status.rawValue)")
        if status == .delivered, order(orderID)?.request.cod != nil {
            collectCOD(of: orderID)
            schedule(.remit(orderID), after: configuration.pace ?? .milliseconds(50))
        }
        return true
    }

    private func collectCOD(of id: String) {
        guard let cod = order(id)?.request.cod else { return }
        tell(id, .codCollected) { _, fact in (fact.amount, fact.currency, fact.reference) = (cod.amount, cod.currency, "collected-\(id)") }
    }

    /// The courier pays the seller out.
    package func remitCOD(of orderID: String) {
        guard let cod = order(orderID)?.request.cod else { return }
        tell(orderID, .codRemitted) { _, fact in (fact.amount, fact.currency, fact.reference) = (cod.amount, cod.currency, "remitted-\(orderID)") }
    }

    /// Ends the wait of postcode 99904 and `withholdsTrackingNumber`.
    package func releaseLabel(of orderID: String) {
        guard order(orderID)?.isLabelReady == false else { return }
        tell(orderID, .labelReady) { order, _ in order.isLabelReady = true }
    }

    private func confirmCancel(of id: String) {
        guard let order = order(id), order.isCancelRequested else { return }
        state.withLock { $0.book.update(id) { $0.isCancelRequested = false } }
        if order.status.isBeforePickup { set(id, to: .cancelled) }
    }

    /// The scale at the hub says something else, so the fee changes (generic-courier.md §9).
    package func correctWeight(of orderID: String, to grams: Int) {
        tell(orderID, .weightChanged) { order, fact in
            order.feeMinor = CourierBook.fee(ofGrams: grams)
            (fact.weightGrams, fact.fee) = (grams, .init(amount: order.feeMinor, currency: CourierTime.feeCurrency))
        }
    }

    package func raiseAddressIssue(with orderID: String) {
        tell(orderID, .addressIssue) { _, fact in (fact.reasonCode, fact.note) = ("consignee_incorrect_address", "บ้านเลขที่ไม่ตรง") }
    }

    /// One parcel of several is lost; the others go on, so the order keeps its status.
    package func loseParcel(_ ref: String, of orderID: String) {
        tell(orderID, .status) { order, fact in
            guard let index = order.parcels.firstIndex(where: { $0.ref == ref }) else { return }
            order.parcels[index].isLost = true
            fact.status = CourierStatus.lost.rawValue
            fact.parcelRef = ref
            fact.reasonCode = "carrier_parcel_lost"
            fact.trackingNumber = Nullable(order.parcels[index].trackingNumber)
        }
    }

    private func tell(_ id: String, _ kind: CourierFact.Kind, also: (inout CourierOrder, inout CourierFact) -> Void) {
        guard let fact = change(id, kind: kind, also: also) else { return }
        send(fact)
        count("callbacks \(kind.rawValue)")
    }

    private func change(
        _ id: String, kind: CourierFact.Kind, to status: CourierStatus? = nil, reason: String? = nil, note: String? = nil,
        also: (inout CourierOrder, inout CourierFact) -> Void
    ) -> CourierFact? {
        // An order that is not there (any more) has no life to tell of.
        state.withLock { try? $0.book.change(id, kind: kind, to: status, reason: reason, note: note, also: also) }
    }
}
