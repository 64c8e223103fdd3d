import Foundation
import SimulatorKit

/// One message on its way out: its bytes are made once and signed at each attempt (lazada.md §3).
struct Push: Sendable {
    var id: String
    var type: Int
    /// Whose token must be valid; nil for the verify message, which belongs to nobody.
    var store: String?
    var body: Data
}

extension LazadaState {
    /// `message_type` of §3.2.
    enum PushType {
        static let itemStatus = 0, tokenAlert = 8, reverseOrder = 10, package = 14
    }

    /// Queues a message. Type 0 stamps milliseconds, the others seconds.
    mutating func push(_ type: Int, _ store: String, _ data: LazadaJSON, sellerID: String? = nil) {
        guard let seller = stores[store]?.seller else { return }
        send(type, data, store: store, sellerID: sellerID ?? seller.sellerID, site: site(seller.country))
    }

    private mutating func send(_ type: Int, _ data: LazadaJSON, store: String?, sellerID: String, site: String) {
        let body: LazadaJSON = [
            "seller_id": .string(sellerID), "message_type": .integer(type), "data": data, "site": .string(site),
            "timestamp": .integer(type == PushType.itemStatus ? LazadaTime.milliseconds(now) : LazadaTime.seconds(now)),
        ]
        outbox.append(Push(id: "push-\(nextSerial())", type: type, store: store, body: body.data))
    }

    private mutating func site(_ country: LazadaCountry) -> String {
        guard configuration.mixesSiteSpellings else { return "lazada_\(country.rawValue)" }
        return generator.pick(["lazada_\(country.rawValue)", "LAZADA_\(country.rawValue.uppercased())", "lazada-\(country.rawValue)"], or: "lazada_th")
    }

    /// Type 0: one message for each item, ids as texts.
    mutating func pushItem(_ item: Item, of order: Order, _ store: String, reverse: (order: Int64, line: Int64)? = nil) {
        var data: [String: LazadaJSON] = [
            "order_status": .string(shown(item.status)), "trade_order_id": .string("\(order.id)"), "trade_order_line_id": .string("\(item.id)"),
            "status_update_time": .integer(LazadaTime.seconds(item.updatedAt)),
        ]
        if let reverse {
            data["reverse_order_id"] = .string("\(reverse.order)")
            data["reverse_order_line_id"] = .string("\(reverse.line)")
        }
        push(PushType.itemStatus, store, .object(data))
    }

    /// Type 10: ids as numbers, one message a line. The inner `seller_id` of a cross-border shop is not the outer one.
    mutating func pushReverse(_ reverse: ReverseOrder, _ store: String) {
        guard let seller = stores[store]?.seller, let order = stores[store]?.orders[reverse.orderID] else { return }
        let inner = Int64(seller.sellerID).map { seller.isCrossBorder ? $0 + 1 : $0 } ?? 0
        for line in reverse.lines {
            push(PushType.reverseOrder, store, [
                "seller_id": .integer(inner), "buyer_id": .integer(order.buyerID), "trade_order_id": .integer(order.id), "trade_order_line_id": .integer(line.itemID),
                "reverse_order_id": .integer(reverse.id), "reverse_order_line_id": .integer(line.id), "reverse_status": .string(reverse.status),
                "status_update_time": .integer(LazadaTime.seconds(reverse.updatedAt)),
            ])
        }
    }

    /// Type 14.
    mutating func pushPackage(_ package: Package, word: String, _ store: String) {
        guard let order = stores[store]?.orders[package.orderID] else { return }
        push(PushType.package, store, [
            "trade_order_id": .string("\(order.id)"), "buyer_id": .integer(order.buyerID), "fulfillment_package_id": .string(package.id), "status": .string(word),
            "status_update_time": .integer(LazadaTime.seconds(now)),
        ])
    }

    /// What **Verify** of the app console sends (lazada.md §3.1).
    mutating func pushVerification() {
        send(
            PushType.itemStatus,
            ["order_status": "unpaid", "trade_order_id": "260422", "trade_order_line_id": "260423", "status_update_time": .integer(LazadaTime.seconds(now))],
            store: nil, sellerID: "9999", site: "lazada_sg")
    }

    /// Type 8 for every account whose authorisation ends within 48 hours; `seller_id` can be "null". The shape of `data` is unverified.
    mutating func pushTokenAlerts() -> Int {
        var sent = 0
        for account in accounts {
            let ends = tokens.refresh.values.filter { $0.account == account.id }.map(\.expiresAt).max()
            guard let ends, ends.timeIntervalSince(now) <= 48 * 3_600, let store = account.stores.first else { continue }
            sent += 1
            push(
                PushType.tokenAlert, store, ["account": .string(account.login), "expires_at": .integer(LazadaTime.seconds(ends))],
                sellerID: sent.isMultiple(of: 2) ? "null" : nil)
        }
        return sent
    }

    /// A word of ours in the newer spelling, where that is asked for.
    func shown(_ word: String) -> String { configuration.usesNewerWords ? ItemStatus.newer(word) : word }
}
