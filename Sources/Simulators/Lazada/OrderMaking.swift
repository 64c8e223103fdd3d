import Foundation
import SimulatorKit

/// Seeded orders of every kind.
extension LazadaState {
    /// Adds an order and tells the seller of each of its items.
    mutating func place(_ kind: LazadaOrderKind, _ store: String) -> Int64? {
        guard let shop = stores[store], let id = stores[store]?.makeID() else { return nil }
        let moment = moment, country = shop.country
        let skus = basket(kind, of: shop)
        var items = skus.map { item(of: $0, in: shop, at: moment) }
        price(&items, kind, country)
        let isUnpaid = kind == .unpaid
        for index in items.indices {
            items[index].id = stores[store]?.makeID() ?? 0
            items[index].status = isUnpaid ? ItemStatus.unpaid : ItemStatus.pending
            shape(&items[index], at: index, kind)
            hold(ItemStatus.holding(items[index].status), by: 1, items[index].sku, store)
        }
        let isCOD = kind == .cashOnDelivery
        var order = Order(
            id: id, number: kind == .oldNumbering ? id - 90_000_000_000 : id, createdAt: moment, updatedAt: moment, addressUpdatedAt: moment,
            paymentMethod: isCOD ? "COD" : generator.pick(["MIXEDCARD", "PAYMENT_ACCOUNT", "SCB_BANK_ONLINE", "KTC_IPP"], or: "MIXEDCARD"), isPaid: !isCOD && !isUnpaid,
            buyerID: 900_000_000 + Int64(Int.random(in: 1...9_999_999, using: &generator)), address: address(kind, country), items: items)
        if kind == .guarantee {
            (order.wantsTaxInvoice, order.taxCode, order.branchNumber) = (true, "0105500000001", "00000")
        }
        if kind == .guarantee || generator.chance(0.15) { order.buyerNote = generator.pick(["โทรก่อนส่ง", "Leave at reception 🎁", "ฝากไว้ที่ป้อมยาม & ขอบคุณ"], or: "") }
        if kind == .odd { order.remarks = "remark \"quoted\" <b>&</b> \u{202E}abc" }
        stores[store]?.orders[id] = order
        count("orders placed")
        for item in order.items { pushItem(item, of: order, store) }
        return id
    }

    /// Mostly everyday orders; each odd kind comes along now and then.
    mutating func anyKind() -> LazadaOrderKind {
        if generator.chance(0.15) { return generator.pick(LazadaOrderKind.allCases.filter { $0 != .digital && $0 != .fulfilledByLazada }, or: .everyday) }
        return generator.chance(configuration.cashOnDeliveryShare) ? .cashOnDelivery : .everyday
    }

    private mutating func basket(_ kind: LazadaOrderKind, of shop: Store) -> [Sku] {
        let known = shop.skus.values.sorted { $0.id < $1.id }, oddStart = max(0, known.count - 7)
        let ordinary = Array(known.prefix(oddStart)), odd = Array(known.dropFirst(oddStart))
        guard let first = (kind == .odd ? odd : ordinary).randomElement(using: &generator) else { return [] }
        switch kind {
        case .twoUnits: return [first, first]
        case .twoWarehouses, .mixed, .odd:
            let others = (0..<(kind == .twoWarehouses ? 1 : 2)).compactMap { _ in ordinary.randomElement(using: &generator) }
            return [first] + others
        case .digital: return [first]
        default: return (0..<Int.random(in: 1...4, using: &generator)).compactMap { _ in ordinary.randomElement(using: &generator) }
        }
    }

    private func item(of sku: Sku, in shop: Store, at moment: Date) -> Item {
        Item(
            id: 0, productID: sku.productID, skuID: sku.id, shopSKU: sku.shopSKU, sku: sku.sellerSKU, name: shop.products[sku.productID]?.name ?? sku.sellerSKU,
            variation: sku.variation, priceMinor: sku.specialPriceMinor ?? sku.priceMinor, status: ItemStatus.pending, updatedAt: moment)
    }

    /// Vouchers and delivery are agreed for the order and spread over its items; what does not divide goes to the dearest.
    private mutating func price(_ items: inout [Item], _ kind: LazadaOrderKind, _ country: LazadaCountry) {
        let total = items.reduce(0) { $0 + $1.priceMinor }
        let step = country == .vn ? 1_000 : max(100, country.hundredthsPerBaht / 100 * 100)
        let fee = kind == .digital || generator.chance(0.3) ? 0 : step * Int64(Int.random(in: 25...60, using: &generator)) / 5
        let voucher = kind == .discounted || generator.chance(0.25) ? total / 20 / step * step : 0
        let byPlatform = generator.chance(0.5)
        for (index, share) in Self.spread(fee, over: items.map { _ in 1 }).enumerated() { items[index].shippingMinor = share }
        for (index, share) in Self.spread(voucher, over: items.map(\.priceMinor)).enumerated() {
            if byPlatform { items[index].voucherPlatformMinor = share } else { items[index].voucherSellerMinor = share }
        }
        for index in items.indices where country == .th { items[index].taxMinor = items[index].paidMinor * 7 / 107 }
    }

    static func spread(_ amount: Int64, over weights: [Int64]) -> [Int64] {
        let sum = weights.reduce(0, +)
        guard amount > 0, sum > 0 else { return weights.map { _ in 0 } }
        var shares = weights.map { amount * $0 / sum }
        let largest = weights.indices.max { weights[$0] < weights[$1] } ?? 0
        shares[largest] += amount - shares.reduce(0, +)
        return shares
    }

    private func shape(_ item: inout Item, at index: Int, _ kind: LazadaOrderKind) {
        switch kind {
        case .digital: item.isDigital = true
        case .fulfilledByLazada: item.isFBL = true
        case .sellerDelivered: item.isSellerDelivered = true
        case .mixed: (item.isDigital, item.isFBL) = (index == 1, index == 2)
        case .withoutSkuID: (item.skuID, item.shopSKU) = (nil, "OLD-\(item.productID)")
        case .twoWarehouses: item.warehouse = index == 0 ? "dropshipping" : "WH-02"
        case .guarantee: item.flag = "GUARANTEE"
        case .everyday, .cashOnDelivery, .unpaid, .twoUnits, .oldNumbering, .odd, .discounted: break
        }
    }

    private mutating func address(_ kind: LazadaOrderKind, _ country: LazadaCountry) -> OrderAddress {
        let buyer = SampleData.buyer(in: country == .th ? .thailand : .unitedKingdom, oddShare: kind == .odd ? 1 : 0.03, using: &generator)
        let place = generator.pick(country.places, or: LazadaPlace("", "", "", "10900"))
        let number = Int.random(in: 800_000_000...899_999_999, using: &generator)
        return OrderAddress(
            firstName: buyer.firstName + " ", lastName: generator.chance(0.7) ? buyer.lastName : "", phone: "\(country.phonePrefix)\(number)", line1: buyer.line1,
            line2: buyer.line2 ?? "", place: place)
    }
}
