import Foundation
import SimulatorKit

/// How buyers' orders come to be: seeded people, baskets of the shop's own products, and the shapes a test asks for.
extension ShopeeWorld {
    /// Of odd people and goods in orders of kind `.odd`; the others have none.
    private static let oddShare = 0.8
    private static let daySeconds: Int64 = 86_400

    /// Mostly everyday orders; each odd kind comes along now and then.
    mutating func anyKind() -> ShopeeOrderKind {
        if generator.chance(0.6) { return .everyday }
        if generator.chance(0.5) { return .cod }
        return generator.pick(ShopeeOrderKind.allCases.filter { ![.invoicePending, .notReady, .pending, .codPending].contains($0) }, or: .everyday)
    }

    /// Nil: no such shop, or no room for another order.
    mutating func place(_ kind: ShopeeOrderKind, shopID: Int64?) -> ShopeeOrder? {
        let known = configuration.shops.map(\.shopID)
        let chosen = shopID ?? generator.pick(known, or: 0)
        guard let shop = shops[chosen], makeRoom() else { return nil }
        let basket = SampleData.basket(in: .thailand, oddShare: kind == .odd ? Self.oddShare : 0, using: &generator)
        var items: [ShopeeItem] = []
        for line in basket.lines { if let item = item(of: line.product, quantity: line.quantity, in: chosen) { items.append(item) } }
        if kind == .bundle { items = bundled(items) }
        if kind == .split, items.count < 2, let second = secondItem(besides: items, in: chosen) { items.append(second) }
        guard !items.isEmpty else { return nil }
        if kind == .prescription { items[0].isPrescription = true }
        for item in items { restock(item, -item.quantity) }
        let serial = nextSerial(), moment = now
        let promoted = items.contains(where: \.isPromoted)
        var order = ShopeeOrder(
            shopID: chosen, number: nextOrderNumber(), region: shop.settings.region, currency: shop.settings.currency, kind: kind, status: kind.firstStatus,
            isCOD: kind.isCOD, createTime: moment, updateTime: moment, paymentMethod: kind.isCOD ? "Cash on Delivery" : "Online Payment (KBANK)",
            shipByDate: moment + 2 * Self.daySeconds, message: basket.note ?? "",
            buyer: .init(id: 770_012_345 + Int64(serial), username: "buyer_th_\(serial)", sample: basket.buyer), items: items, packages: [],
            shippingMinor: basket.shippingMinor, voucherMinor: promoted ? 0 : basket.discountMinor, oddity: counters.ordersPlaced)
        order.payTime = kind.isCOD || kind == .unpaid ? nil : moment
        order.isFulfilledByPlatform = kind == .fulfilledByPlatform
        order.isAdvance = kind == .advance
        order.bookingNumber = kind == .advance ? "BK\(order.number)" : nil
        order.canPartialCancel = kind != .oldFashioned && kind != .bundle
        order.packages = packages(of: order)
        order.isSplit = order.packages.count > 1
        keep(order)
        counters.ordersPlaced += 1
        announceStatus(of: order)
        return order
    }

    private mutating func item(of sample: SampleProduct, quantity: Int, in shopID: Int64) -> ShopeeItem? {
        let known = products.values.first { $0.shopID == shopID && $0.models.contains { $0.sku == sample.sku } }
        guard let product = known, let model = product.models.first(where: { $0.sku == sample.sku }) else { return nil }
        let isPromoted = generator.chance(0.25)
        return ShopeeItem(
            itemID: product.id, modelID: model.id, name: product.name, itemSKU: product.sku, modelName: model.name,
            modelSKU: model.id == 0 ? "" : model.sku, quantity: quantity, originalMinor: model.priceMinor,
            // A quarter off and a few satang, so that prices have decimals.
            priceMinor: isPromoted ? model.priceMinor * 3 / 4 : model.priceMinor, orderItemID: product.id, lineItemID: product.id,
            promotionID: isPromoted ? 55_501 : 0, weightGrams: sample.weightGrams)
    }

    private mutating func secondItem(besides items: [ShopeeItem], in shopID: Int64) -> ShopeeItem? {
        let other = SampleProduct.catalogue(in: .thailand).first { sample in
            !items.contains { ($0.modelSKU.isEmpty ? $0.itemSKU : $0.modelSKU) == sample.sku }
        }
        guard let other else { return nil }
        return item(of: other, quantity: 1, in: shopID)
    }

    /// Two lines of the same item and model, 0 on the wire; only the second may name its own line (shopee.md §4.2).
    private mutating func bundled(_ items: [ShopeeItem]) -> [ShopeeItem] {
        guard var first = items.first else { return items }
        let namesLines = generator.chance(0.5)
        first.isBundle = true
        first.promotionID = 55_777
        first.promotionGroupID = 1
        first.orderItemID = 55_777_001
        first.lineItemID = namesLines ? 910_000_001 : nil
        var second = first
        second.quantity = 1
        second.lineItemID = namesLines ? 910_000_002 : nil
        return [first, second] + items.dropFirst()
    }

    private mutating func packages(of order: ShopeeOrder) -> [ShopeePackage] {
        let all = order.items.indices.map { ShopeePackage.Content(line: $0, quantity: order.items[$0].quantity) }
        let groups = order.kind == .split ? [Array(all.prefix(1)), Array(all.dropFirst())] : [all]
        return groups.map { contents in
            ShopeePackage(
                number: nextPackageNumber(), status: order.kind.firstPackageStatus, channel: order.kind.channel, contents: contents, updateTime: now)
        }
    }

    // MARK: Traffic

    /// Something small happens to an earlier order: money comes, a note is written, a parcel moves.
    mutating func progress() {
        let open = orders.values.filter { !$0.status.isOver && $0.status != .inCancel }.map(\.number).sorted()
        guard let number = open.randomElement(using: &generator), let order = orders[number] else { return }
        switch order.status {
        case .unpaid: pay(number)
        case .pending, .invoicePending: release(number)
        case .toConfirmReceive: complete(number)
        case .toReturn:
            if let item = returns.values.first(where: { $0.orderNumber == number && !$0.status.isOver }) { moveReturn(item.number, to: .closed) }
        default:
            for package in order.packages {
                guard let next = nextStep(of: package.number) else { continue }
                let fails = next == .deliver && generator.chance(0.05)
                advance(package.number, fails ? .failDelivery : next)
            }
        }
    }

    mutating func cancelSomething() {
        let open = orders.values.filter { [.unpaid, .readyToShip, .processed].contains($0.status) }.map(\.number).sorted()
        guard let number = open.randomElement(using: &generator) else { return }
        cancelByBuyer(number)
    }
}
