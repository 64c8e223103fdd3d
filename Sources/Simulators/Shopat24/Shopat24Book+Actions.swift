import Foundation
import SimulatorKit

/// What the hub may ask, by file or over REST: one rule for both ways (shopat24.md §6).
extension Shopat24Book {
    struct Shipment {
        var orderNo: String
        /// nil: every invoice of the order.
        var invoiceNo: String?
        var carrier: String?
        var trackingNumber: String
        var shippedAt: Date?

        var key: String { invoiceNo.map { "\(orderNo)/\($0)" } ?? orderNo }
    }

    static let cancelReasons: Set<String> = ["OUT_OF_STOCK", "PRICE_ERROR", "DAMAGED", "OTHER"]

    mutating func confirm(_ orderNo: String) throws(Shopat24Problem) -> Shopat24Order {
        let order = try order(orderNo)
        switch order.status {
        case .new: break
        case .waitPay, .cancelled, .lost: throw .init(.wrongState, "Order \(orderNo) is \(order.status.rawValue).")
        default: throw .init(.alreadyDone, "Order \(orderNo) is confirmed already.")
        }
        guard let confirmed = move(orderNo, to: .confirmed) else { throw .init(.wrongState, "Order \(orderNo) cannot be confirmed.") }
        noteConfirmed(orderNo)
        return confirmed
    }

    /// Ships one invoice, or all that have not left; the order is SHIPPED when the last one has.
    ///
    /// - Parameter isTold: the hub asked for it, so that it counts.
    mutating func ship(_ shipment: Shipment, isTold: Bool = true) throws(Shopat24Problem) -> Shopat24Order {
        if isTold { noteTold(shipment.key) }
        let order = try order(shipment.orderNo)
        guard !shipment.trackingNumber.isEmpty else { throw .init(.invalid, "A tracking number is needed.") }
        let chosen = order.invoices.indices.filter { shipment.invoiceNo == nil || order.invoices[$0].invoiceNo == shipment.invoiceNo }
        guard !chosen.isEmpty else { throw .init(.invalid, "Order \(order.orderNo) has no invoice \(shipment.invoiceNo ?? "").") }
        guard isFree(shipment.trackingNumber, for: order.orderNo) else {
            throw .init(.duplicateTracking, "Tracking number \(shipment.trackingNumber) belongs to another order.")
        }
        let waiting = chosen.filter { order.invoices[$0].trackingNumber == nil }
        if waiting.isEmpty {
            let isSame = chosen.allSatisfy { order.invoices[$0].trackingNumber == shipment.trackingNumber }
            throw Shopat24Problem(isSame ? .alreadyDone : .wrongState, isSame ? "Shipped already." : "Shipped already under another number.")
        }
        guard order.status.isBeforeShipped else { throw .init(.wrongState, "Order \(order.orderNo) is \(order.status.rawValue).") }
        let now = configuration.now()
        let shipped = change(order.orderNo) { order in
            for index in waiting {
                order.invoices[index].trackingNumber = shipment.trackingNumber
                order.invoices[index].carrier = shipment.carrier
                order.invoices[index].shippedAt = shipment.shippedAt ?? now
            }
            if order.invoices.allSatisfy({ $0.trackingNumber != nil }) { _ = order.move(to: .shipped) }
        }
        guard let shipped else { throw .init(.wrongState, "Order \(order.orderNo) cannot be shipped.") }
        keep(shipment.trackingNumber, of: order.orderNo)
        if isTold { noteShipped(shipment.key) }
        return shipped
    }

    /// A line, or the whole order where none is named; the last line takes the order with it.
    mutating func requestCancel(_ orderNo: String, lineNo: Int?, reason: String) throws(Shopat24Problem) -> Shopat24Order {
        let order = try order(orderNo)
        guard Self.cancelReasons.contains(reason) else { throw .init(.invalid, "Reason \(reason) is not one of ours.") }
        if order.status == .cancelled { throw .init(.alreadyDone, "Order \(orderNo) is cancelled already.") }
        guard order.status.isBeforeShipped || order.status == .waitPay else { throw .init(.wrongState, "Order \(orderNo) has left.") }
        if let lineNo, !order.lines.contains(where: { $0.lineNo == lineNo }) { throw .init(.invalid, "Order \(orderNo) has no line \(lineNo).") }
        switch configuration.cancelDecision {
        case .refused: throw .init(.wrongState, "Order \(orderNo) is not cancelled.")
        case .reviewed:
            if order.cancelReason != nil { throw .init(.alreadyDone, "The wish is known.") }
            return change(orderNo) { $0.cancelReason = reason } ?? order
        case .granted:
            guard let lineNo, order.lines.count > 1 else { return move(orderNo, to: .cancelled) ?? order }
            return change(orderNo) { order in
                for index in order.invoices.indices { order.invoices[index].lines.removeAll { $0.lineNo == lineNo } }
                order.invoices.removeAll { $0.lines.isEmpty }
            } ?? order
        }
    }

    // MARK: The store walk

    /// The store keys what it got: one invoice, or the next one.
    mutating func receive(_ orderNo: String, invoiceNo: String? = nil) -> Shopat24Order? {
        key(orderNo, invoiceNo, as: .received) { $0.key == nil }
    }

    /// The store keys what it handed to the buyer.
    mutating func handOver(_ orderNo: String, invoiceNo: String? = nil) -> Shopat24Order? {
        key(orderNo, invoiceNo, as: .handedOver) { $0.key == .received }
    }

    private mutating func key(_ orderNo: String, _ invoiceNo: String?, as key: StoreKey, where passes: (Shopat24Order.Invoice) -> Bool) -> Shopat24Order? {
        guard let order = orders[orderNo], order.store != nil, order.status == .shipped || order.status == .atStore else { return nil }
        let now = configuration.now()
        return change(orderNo) { order in
            guard let index = order.invoices.firstIndex(where: { passes($0) && (invoiceNo == nil || $0.invoiceNo == invoiceNo) }) else { return }
            order.invoices[index].key = key
            order.invoices[index].keyedAt = now
            order.settleKeys()
        }
    }

    /// The next step nobody needs the hub for: paid; received, then handed over invoice by invoice; not collected, then returned; delivered at home.
    mutating func advance(_ orderNo: String) -> Shopat24Order? {
        guard let order = orders[orderNo] else { return nil }
        switch order.status {
        case .waitPay: return move(orderNo, to: .new)
        case .shipped where order.store == nil: return move(orderNo, to: .delivered)
        case .shipped: return receive(orderNo)
        case .atStore:
            let isUntouched = order.invoices.allSatisfy { $0.key == .received }
            if isUntouched, generator.chance(configuration.notCollectedShare) { return move(orderNo, to: .notCollected) }
            return handOver(orderNo) ?? receive(orderNo)
        case .notCollected: return move(orderNo, to: .returned)
        default: return nil
        }
    }
}
