import Foundation
import SimulatorKit
import Synchronization

/// An order's life: placed, edited, cancelled, walked through the stores; each change is announced by webhook and by file.
extension Shopat24Simulator {
    @discardableResult
    package func placeOrder() async throws -> String { "\(configuration.connection):\(placeOrder(.any))" }

    /// - Returns: the order number, without the connection.
    @discardableResult
    package func placeOrder(_ kind: Shopat24OrderKind) -> String {
        let order = state.withLock { $0.book.place(kind) }
        count("orders placed")
        settle(order)
        return order.orderNo
    }

    @discardableResult
    package func editOrder(_ orderNo: String) -> Bool { apply("orders edited") { $0.edit(orderNo) } }

    @discardableResult
    package func payOrder(_ orderNo: String) -> Bool { move(orderNo, to: .new) }

    /// By the channel; false once it was delivered.
    @discardableResult
    package func cancelOrder(_ orderNo: String) -> Bool { move(orderNo, to: .cancelled) }

    /// Any word the forward order allows (shopat24.md §5.1).
    @discardableResult
    package func move(_ orderNo: String, to status: Shopat24Status) -> Bool { apply("orders \(status.rawValue)") { $0.move(orderNo, to: status) } }

    /// The channel itself sends it out, as when a vendor uses the back office.
    @discardableResult
    package func shipOrder(_ orderNo: String, invoiceNo: String? = nil, trackingNumber: String) -> Bool {
        let shipment = Shopat24Book.Shipment(orderNo: orderNo, invoiceNo: invoiceNo, carrier: "THP", trackingNumber: trackingNumber, shippedAt: nil)
        // A refusal is the answer "no".
        return apply("orders shipped by hand") { try? $0.ship(shipment, isTold: false) }
    }

    /// The store keys a receipt: of one invoice, or of the next.
    @discardableResult
    package func receiveAtStore(_ orderNo: String, invoiceNo: String? = nil) -> Bool {
        apply("store receipts", isKey: true) { $0.receive(orderNo, invoiceNo: invoiceNo) }
    }

    /// The store keys a hand-over to the buyer: of one invoice, or of the next.
    @discardableResult
    package func handOver(_ orderNo: String, invoiceNo: String? = nil) -> Bool {
        apply("store hand-overs", isKey: true) { $0.handOver(orderNo, invoiceNo: invoiceNo) }
    }

    /// The next step of the walk; false where the order waits for the hub or is at its end.
    @discardableResult
    package func advance(_ orderNo: String) -> Bool { apply("walk steps", isKey: true) { $0.advance(orderNo) } }

    /// The decision on a wish under `CancelDecision.reviewed`.
    @discardableResult
    package func grantCancel(_ orderNo: String) -> Bool { order(orderNo)?.cancelReason != nil && cancelOrder(orderNo) }

    @discardableResult
    package func refuseCancel(_ orderNo: String) -> Bool { apply("cancels refused") { $0.change(orderNo) { $0.cancelReason = nil } } }

    private func apply(_ name: String, isKey: Bool = false, _ body: (inout Shopat24Book) -> Shopat24Order?) -> Bool {
        guard let order = state.withLock({ body(&$0.book) }) else { return false }
        count(name)
        settle(order, isKey: isKey)
        return true
    }

    /// After any change: the webhook, the file, and the next step of the walk.
    func settle(_ order: Shopat24Order, isKey: Bool = false) {
        sendWebhook(of: order)
        let isFull = state.withLock { state in
            guard configuration.incomingFolder != nil else { return false }
            state.pending.removeAll { $0 == order.orderNo }
            state.pending.append(order.orderNo)
            if isKey { state.hasPendingKeys = true }
            return state.pending.count >= configuration.ordersPerFile
        }
        if isFull { dropPending() }
        if let pause = configuration.walkPause, [.shipped, .atStore, .notCollected].contains(order.status) {
            schedule(.walk(orderNo: order.orderNo), after: pause * configuration.timeScale)
        }
    }

    func dropPending() {
        guard configuration.incomingFolder != nil else { return }
        // A folder that cannot be written is the harness's to see: the number is in the statistics.
        do { try dropChanges() } catch { count("files not written") }
    }

    func take(_ alarm: Alarm) {
        switch alarm {
        case .walk(let orderNo): advance(orderNo)
        case .readOutgoing:
            do { try readOutgoing() } catch { count("folders not read") }
            if let pause = configuration.outgoingPause { schedule(.readOutgoing, after: pause) }
        }
    }

    // MARK: Traffic

    package func startTraffic(ordersPerSecond: Double) {
        traffic?.start(ordersPerSecond: ordersPerSecond) { [weak self] action in self?.step(action) }
    }

    package func stopTraffic() async { await traffic?.stop() }

    private func step(_ action: TrafficAction) {
        switch action {
        case .place: placeOrder(.any)
        case .edit: if let orderNo = recent(\.status.isBeforeShipped) { editOrder(orderNo) }
        case .cancel: if let orderNo = recent(\.status.isBeforeShipped) { cancelOrder(orderNo) }
        case .progress: if let orderNo = recent({ [.waitPay, .shipped, .atStore, .notCollected].contains($0.status) }) { advance(orderNo) }
        }
    }

    private func recent(_ passes: (Shopat24Order) -> Bool) -> String? { state.withLock { $0.book.recentOrder(where: passes) } }
}
