import Connect
import Domain
import Foundation

/// Turns an order and its items into ours (platforms/lazada.md §5). Pure; the platform's words end here.
struct OrderReading: Sendable {
    let market: Market
    let externalID: ExternalID

    static let maskedKey = "masked", reverseOrdersKey = "reverse.orders", cancelledItemsKey = "cancelled.items"

    /// - Throws: `.notUnderstood` when it has no items, no time, or an amount that is none.
    func snapshot(of joined: JoinedOrder, wasRead: Bool) throws(ConnectorError) -> OrderSnapshot {
        let order = joined.order
        guard !joined.items.isEmpty else { throw .notUnderstood(field: "items", found: "nothing") }
        let reader = AmountReader(currency: try currency(of: joined.items))
        var items: [ItemReading] = []
        items.reserveCapacity(joined.items.count)
        for (index, item) in joined.items.enumerated() { items.append(try ItemReading(item, at: index, reader)) }
        // The platform gives no order of its own: one order has one content, however its items come.
        items.sort { LineFolding.isBefore($0.item.id, $1.item.id) }

        let isCashOnDelivery = order.paymentMethod?.trimmedOrNil?.uppercased() == "COD"
        let states = OrderStates(order, items, isCashOnDelivery: isCashOnDelivery)
        let totals = try OrderSums(order, items, isCashOnDelivery: isCashOnDelivery, reader).totals
        let folds = try LineFolding.folds(items.contains { $0.meaning.family != .cancelled } ? items.filter { $0.meaning.family != .cancelled } : items)
        var lines: [OrderLine] = []
        for fold in folds { lines.append(try LineFolding.line(fold)) }

        guard let updatedAt = Self.updatedAt(order, joined.items) else { throw .notUnderstood(field: "updated_at", found: (order.updatedAt ?? "nothing").cut(40)) }
        let shipTo = order.shipping.flatMap { AddressReading(market: market).address($0) }, billTo = order.billing.flatMap { AddressReading(market: market).address($0) }
        let buyer = Buyer(name: AddressReading.name(order.firstName, order.lastName) ?? shipTo?.name, phone: shipTo?.phone)
        let masked = AddressReading.maskedFields(shipTo)
        return OrderSnapshot(
            externalID: externalID, externalNumber: order.number ?? order.id, placedAt: LazadaTime.parse(order.createdAt) ?? updatedAt,
            revision: Revision(updatedAt: updatedAt, counter: 0, wasRead: wasRead), buyer: buyer, shipTo: shipTo, billTo: billTo, currency: reader.currency, totals: totals,
            payment: payment(order, states.payment, totals, isCashOnDelivery: isCashOnDelivery), shipping: Self.shipping(items), lines: lines,
            note: order.buyerNote?.trimmedOrNil ?? order.remarks?.trimmedOrNil, tags: Self.tags(order, items), platformStatus: states.words, standing: states.standing,
            fulfilment: states.fulfilment, flags: states.flags + Self.flags(order, items, masked: masked), attributes: attributes(order, items, folds, masked: masked))
    }

    /// The latest of the order's and the items' times of change.
    static func updatedAt(_ order: WireOrder, _ items: [WireItem]) -> Timestamp? {
        ([order.updatedAt] + items.map(\.updatedAt)).compactMap { LazadaTime.parse($0) }.max() ?? LazadaTime.parse(order.createdAt)
    }

    private func currency(of items: [WireItem]) throws(ConnectorError) -> Currency {
        let words = Set(items.compactMap { $0.currency?.trimmedOrNil?.uppercased() })
        guard words.count <= 1, let currency = Currency(words.first ?? market.currencyCode) else {
            throw .notUnderstood(field: "items.currency", found: words.sorted().joined(separator: ", ").cut(40))
        }
        return currency
    }

    private func payment(_ order: WireOrder, _ state: PaymentState, _ totals: Totals, isCashOnDelivery: Bool) -> Payment {
        let due = isCashOnDelivery && state == .unpaid ? max(0, totals.grand - totals.refunded) : nil
        return Payment(method: order.paymentMethod?.trimmedOrNil, state: state, isCashOnDelivery: isCashOnDelivery, codAmount: due)
    }

    private static func shipping(_ items: [ItemReading]) -> Shipping {
        let living = items.filter { $0.meaning.family != .cancelled }, shown = (living.isEmpty ? items : living).map(\.item)
        func first(_ path: KeyPath<WireItem, String?>) -> String? { shown.lazy.compactMap { $0[keyPath: path]?.trimmedOrNil }.first }
        return Shipping(methodCode: first(\.providerType), methodTitle: first(\.shippingType), requestedCarrier: first(\.provider), shipBy: shown.compactMap { LazadaTime.parse($0.shipBy) }.min())
    }

    // MARK: what rules and people go by

    private static func tags(_ order: WireOrder, _ items: [ItemReading]) -> [String] {
        let units = items.map(\.item)
        var tags: [String] = []
        if units.contains(where: \.isFulfilledByLazada) { tags.append("fbl") }
        if units.contains(where: \.isDigital) { tags.append("digital") }
        if units.contains(where: \.isSellerDelivered) { tags.append("dbs") }
        if units.contains(where: { $0.type?.lowercased().hasPrefix("pre") ?? false }) { tags.append("preorder") }
        if units.contains(where: { $0.flag?.uppercased() == "GUARANTEE" }) { tags.append("guarantee") }
        if order.isGift || order.giftMessage?.trimmedOrNil != nil { tags.append("gift") }
        return tags
    }

    private static func flags(_ order: WireOrder, _ items: [ItemReading], masked: [String]) -> [Flag] {
        var flags: [Flag] = []
        let living = items.filter { $0.meaning.family != .cancelled }.map(\.item)
        if living.contains(where: \.isFulfilledByLazada) {
            let whole = living.allSatisfy(\.isFulfilledByLazada)
            let message = whole ? "Lazada's own warehouse sends this order. Nothing is to be packed here." : "Lazada's own warehouse sends a part of this order; only the rest is packed here."
            flags.append(Flag(code: "fulfilled_by_lazada", message: message))
        }
        if !living.isEmpty, living.allSatisfy(\.isDigital) { flags.append(Flag(code: "digital_goods", message: "This order holds digital goods only. Nothing is to be packed.")) }
        if !masked.isEmpty {
            flags.append(Flag(code: "masked", message: "Lazada hides the buyer's \(masked.joined(separator: ", ")) with stars: the app may not read buyers' data yet (DataMoat)."))
        }
        let cancelled = items.count { $0.meaning.family == .cancelled }
        if cancelled > 0, cancelled < items.count {
            flags.append(Flag(code: "partly_cancelled", message: "\(cancelled) of \(items.count) units of this order are cancelled; they are not among its lines."))
        }
        return flags
    }

    private func attributes(_ order: WireOrder, _ items: [ItemReading], _ folds: [[ItemReading]], masked: [String]) -> [String: String] {
        var found: [String: String] = [:]
        for fold in folds {
            let line = fold[0].item.id
            found[LineFolding.unitsKey(line)] = fold.map(\.item.id).joined(separator: ",")
            let words = Dictionary(grouping: fold, by: \.item.status)
            if words.count > 1 { found["line.\(line).status"] = words.sorted { $0.key < $1.key }.prefix(10).map { "\($0.value.count) \($0.key.cut(60))" }.joined(separator: ", ") }
            let packages = Set(fold.compactMap { $0.item.packageID?.trimmedOrNil })
            if !packages.isEmpty { found["line.\(line).packages"] = packages.sorted().joined(separator: ",") }
        }
        let cancelled = items.filter { $0.meaning.family == .cancelled }.map(\.item)
        if !cancelled.isEmpty, cancelled.count < items.count { found[Self.cancelledItemsKey] = cancelled.map(\.id).sorted(by: LineFolding.isBefore).joined(separator: ",") }
        let reverse = Set(items.compactMap(\.item.reverseOrderID))
        if !reverse.isEmpty { found[Self.reverseOrdersKey] = reverse.sorted(by: LineFolding.isBefore).joined(separator: ",") }
        let initiators = Set(items.compactMap { $0.item.initiator?.trimmedOrNil }.filter { $0 != "null-null" }), reasons = Set(items.compactMap { $0.item.reason?.trimmedOrNil })
        if !initiators.isEmpty { found["cancel.initiator"] = initiators.sorted().joined(separator: ", ") }
        if !reasons.isEmpty { found["cancel.reason"] = reasons.sorted().joined(separator: ", ") }
        if !masked.isEmpty { found[Self.maskedKey] = masked.joined(separator: ",") }
        found["tax.code"] = order.taxCode?.trimmedOrNil
        found["tax.branch"] = order.branchNumber?.trimmedOrNil
        found["voucher.code"] = order.voucherCode?.trimmedOrNil
        found["gift.message"] = order.giftMessage?.trimmedOrNil
        let warehouses = Set(items.compactMap { $0.item.warehouse?.trimmedOrNil })
        if !warehouses.isEmpty { found["warehouse"] = warehouses.sorted().joined(separator: ", ") }
        if order.number != nil, order.number != order.id { found["order.id"] = order.id }
        if Self.wantsTaxInvoice(order.extra) { found["taxInvoiceRequested"] = "true" }
        return found
    }

    /// `extra_attributes` is JSON inside a text, or "".
    private static func wantsTaxInvoice(_ text: String?) -> Bool {
        struct Extra: Decodable {
            var isWanted: Bool
            private enum Key: String, CodingKey { case TaxInvoiceRequested }
            init(from decoder: any Decoder) throws { isWanted = try decoder.container(keyedBy: Key.self).flag(.TaxInvoiceRequested) }
        }
        guard let text else { return false }
        // What is no JSON asks for nothing.
        return (try? JSONDecoder().decode(Extra.self, from: Data(text.utf8)))?.isWanted ?? false
    }
}
