import Foundation
import SimulatorKit
import Synchronization

/// The writing calls (shopat24.md §6, §7).
extension Shopat24Simulator {
    private static let maximumBatch = 100

    private struct Done: Encodable, Sendable {
        var orderNo: String, status: Shopat24Status, updatedAt: String

        init(_ order: Shopat24Order) {
            orderNo = order.orderNo
            status = order.status
            updatedAt = BangkokTime.iso(order.updatedAt)
        }
    }

    /// One effect on one order, told once; the channel announces it like any other change.
    private func change(
        _ call: Shopat24Call, _ work: (inout Shopat24Book) throws(Shopat24Problem) -> Shopat24Order
    ) throws(Shopat24Problem) -> Shopat24Reply {
        var changed: Shopat24Order?
        let reply = try once(call) { state throws(Shopat24Problem) in
            let order = try work(&state.book)
            changed = order
            return .ok(Done(order))
        }
        if let changed { settle(changed) }
        return reply
    }

    func postConfirm(_ orderNo: String, _ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        try change(call) { book throws(Shopat24Problem) in try book.confirm(orderNo) }
    }

    func postShipment(_ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        struct Body: Decodable { var orderNo: String, trackingNo: String, carrier: String?, invoiceNo: String?, shippedAt: String? }
        let body = try call.decode(Body.self)
        var shippedAt: Date?
        if let text = body.shippedAt {
            guard let date = BangkokTime.parse(iso: text) else { throw .init(.invalid, "shippedAt is not a time.") }
            shippedAt = date
        }
        let shipment = Shopat24Book.Shipment(
            orderNo: body.orderNo, invoiceNo: body.invoiceNo, carrier: body.carrier, trackingNumber: body.trackingNo, shippedAt: shippedAt)
        return try change(call) { book throws(Shopat24Problem) in try book.ship(shipment) }
    }

    func postCancel(_ orderNo: String, _ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        struct Body: Decodable { var reason: String, lineNo: Int? }
        let body = try call.decode(Body.self)
        return try change(call) { book throws(Shopat24Problem) in try book.requestCancel(orderNo, lineNo: body.lineNo, reason: body.reason) }
    }

    // MARK: Stock and price

    private struct ItemResult: Encodable, Sendable {
        var sku: String, success: Bool, code: String, message: String

        init(_ sku: String, _ problem: Shopat24Problem?) {
            self.sku = sku
            success = problem == nil
            code = problem?.code.rawValue ?? "0000"
            message = problem?.message ?? "OK"
        }
    }
    private struct StockItem: Decodable { var sku: String, available: Int }
    private struct PriceItem: Decodable { var sku: String, price: String }
    private struct Batch<Item: Decodable>: Decodable { var items: [Item] }

    func putStock(_ sku: String, _ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        struct Body: Decodable { var available: Int }
        let item = StockItem(sku: sku, available: try call.decode(Body.self).available)
        return try once(call) { state throws(Shopat24Problem) in
            try Self.set(item, &state.book)
            return .ok(ItemResult(sku, nil))
        }
    }

    func putPrice(_ sku: String, _ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        struct Body: Decodable { var price: String }
        let item = PriceItem(sku: sku, price: try call.decode(Body.self).price)
        return try once(call) { state throws(Shopat24Problem) in
            try Self.set(item, &state.book)
            return .ok(ItemResult(sku, nil))
        }
    }

    /// Many at once; every item has its own result.
    func putStocks(_ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        try batch(call, sku: \.sku) { item, book throws(Shopat24Problem) in try Self.set(item as StockItem, &book) }
    }

    func putPrices(_ call: Shopat24Call) throws(Shopat24Problem) -> Shopat24Reply {
        try batch(call, sku: \.sku) { item, book throws(Shopat24Problem) in try Self.set(item as PriceItem, &book) }
    }

    private func batch<Item: Decodable>(
        _ call: Shopat24Call, sku: (Item) -> String, _ work: (Item, inout Shopat24Book) throws(Shopat24Problem) -> Void
    ) throws(Shopat24Problem) -> Shopat24Reply {
        let items = try call.decode(Batch<Item>.self).items
        guard (1...Self.maximumBatch).contains(items.count) else { throw .init(.invalid, "A batch has 1 to \(Self.maximumBatch) items.") }
        return try once(call) { state throws(Shopat24Problem) in
            var results: [ItemResult] = []
            for item in items {
                do throws(Shopat24Problem) {
                    try work(item, &state.book)
                    results.append(ItemResult(sku(item), nil))
                } catch { results.append(ItemResult(sku(item), error)) }
            }
            return .ok(results)
        }
    }

    private static func set(_ item: StockItem, _ book: inout Shopat24Book) throws(Shopat24Problem) { try book.setStock(item.sku, item.available) }
    private static func set(_ item: PriceItem, _ book: inout Shopat24Book) throws(Shopat24Problem) { try book.setPrice(item.sku, item.price, special: nil) }
}

extension Shopat24Book {
    mutating func setStock(_ sku: String, _ available: Int) throws(Shopat24Problem) {
        guard available >= 0 else { throw .init(.invalid, "Stock is not negative.") }
        guard changeProduct(sku, { $0.available = available }) != nil else { throw .init(.unknownOrder, "Product \(sku) is not known.") }
    }

    /// Baht with two decimals; a special price is below the price (shopat24.md §7).
    mutating func setPrice(_ sku: String, _ price: String, special: String?) throws(Shopat24Problem) {
        guard let minor = Satang.parse(price) else { throw .init(.invalid, "\(price) is not a price.") }
        var specialMinor: Int64?
        if let special {
            guard let lower = Satang.parse(special), lower < minor else { throw .init(.invalid, "The special price is not below the price.") }
            specialMinor = lower
        }
        let changed = changeProduct(sku) { product in
            product.priceMinor = minor
            product.specialPriceMinor = specialMinor
        }
        guard changed != nil else { throw .init(.unknownOrder, "Product \(sku) is not known.") }
    }
}
