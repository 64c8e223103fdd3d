import Foundation
import SimulatorKit

/// The channel's tables: orders, products, and what the hub told it. No I/O: the simulator holds it under a lock.
struct Shopat24Book {
    let configuration: Shopat24Configuration
    private(set) var orders: [String: Shopat24Order] = [:]
    private var arrival: [String] = []
    private var oldestArrival = 0
    private(set) var products = Shopat24Product.catalogue()
    /// Tracking number to order: a second order may not use it (4003).
    private var orderOfTracking: [String: String] = [:]
    /// Shipments that had an effect, by `orderNo` or `orderNo/invoiceNo`: one each is the exactly-once proof.
    private(set) var shippedCounts: [String: Int] = [:]
    /// Every telling of the hub under a new key or in a new file, done or refused.
    private(set) var toldCounts: [String: Int] = [:]
    private(set) var confirmedCounts: [String: Int] = [:]
    var generator: SeededGenerator
    private var number = 0
    private var invoiceNumber = 0
    /// Makes numbers of two runs differ, since the hub remembers across runs.
    private let run: Int

    init(configuration: Shopat24Configuration) {
        self.configuration = configuration
        generator = SeededGenerator(seed: configuration.seed)
        run = Int(configuration.now().timeIntervalSince1970)
    }

    // MARK: Orders

    /// The newest last.
    var arrivals: ArraySlice<String> { arrival[oldestArrival...] }

    mutating func place(_ kind: Shopat24OrderKind) -> Shopat24Order {
        number += 1
        var basket = SampleData.basket(in: .thailand, oddShare: configuration.oddShare, using: &generator)
        while kind == .severalInvoices, basket.lines.count < 2 {
            basket = SampleData.basket(in: .thailand, oddShare: configuration.oddShare, using: &generator)
        }
        let (run, orderNo) = (run, "25" + Self.padded(run % 100_000, to: 5) + Self.padded(number, to: 5))
        var (dice, lastInvoice) = (generator, invoiceNumber)
        let order = Shopat24Order.placed(
            orderNo: orderNo, kind: kind, basket: basket, configuration: configuration, at: wholeSecond(configuration.now()), using: &dice
        ) {
            lastInvoice += 1
            return "99" + Self.padded(run % 1_000, to: 3) + Self.padded(lastInvoice, to: 6)
        }
        (generator, invoiceNumber) = (dice, lastInvoice)
        insert(order)
        return order
    }

    mutating func insert(_ order: Shopat24Order) {
        if orders[order.orderNo] == nil { arrival.append(order.orderNo) }
        orders[order.orderNo] = order
        while orders.count > configuration.maximumOrders, oldestArrival < arrival.count {
            orders[arrival[oldestArrival]] = nil
            oldestArrival += 1
        }
        if oldestArrival > configuration.maximumOrders {
            arrival.removeFirst(oldestArrival)
            oldestArrival = 0
        }
    }

    /// Applies a change with a later time. Nil when the order is unknown or nothing changed.
    mutating func change(_ orderNo: String, _ body: (inout Shopat24Order) -> Void) -> Shopat24Order? {
        guard let before = orders[orderNo] else { return nil }
        var order = before
        body(&order)
        guard order != before else { return nil }
        order.updatedAt = max(wholeSecond(configuration.now()), before.updatedAt.addingTimeInterval(1))
        orders[orderNo] = order
        return order
    }

    mutating func move(_ orderNo: String, to status: Shopat24Status) -> Shopat24Order? {
        change(orderNo) { _ = $0.move(to: status) }
    }

    /// A seeded edit of an order in the vendor's hands: quantity, phone or note.
    mutating func edit(_ orderNo: String) -> Shopat24Order? {
        guard let status = orders[orderNo]?.status, status.isBeforeShipped else { return nil }
        var generator = generator
        defer { self.generator = generator }
        return change(orderNo) { order in
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: order.invoices[0].lines[0].quantity += 1
            case 1: order.recipient.phone = "08" + Self.padded(Int.random(in: 0...99_999_999, using: &generator), to: 8)
            default: order.note = "แก้ไข \(Int.random(in: 1...9_999_999, using: &generator))"
            }
        }
    }

    /// One of the last two hundred orders that passes, for traffic.
    mutating func recentOrder(where passes: (Shopat24Order) -> Bool) -> String? {
        arrivals.suffix(200).filter { orders[$0].map(passes) ?? false }.randomElement(using: &generator)
    }

    /// Oldest change first; equal moments by number.
    func changed(from: Date, to: Date) -> [Shopat24Order] {
        orders.values.filter { $0.updatedAt >= from && $0.updatedAt <= to }
            .sorted { ($0.updatedAt, $0.orderNo) < ($1.updatedAt, $1.orderNo) }
    }

    func order(_ orderNo: String) throws(Shopat24Problem) -> Shopat24Order {
        guard let order = orders[orderNo] else { throw Shopat24Problem(.unknownOrder, "Order \(orderNo) is not known.") }
        return order
    }

    // MARK: What the hub told

    mutating func noteTold(_ key: String) { toldCounts[key, default: 0] += 1 }
    mutating func noteConfirmed(_ orderNo: String) { confirmedCounts[orderNo, default: 0] += 1 }

    /// False when another order has it.
    func isFree(_ trackingNumber: String, for orderNo: String) -> Bool { orderOfTracking[trackingNumber].map { $0 == orderNo } ?? true }

    mutating func noteShipped(_ key: String) { shippedCounts[key, default: 0] += 1 }
    mutating func keep(_ trackingNumber: String, of orderNo: String) { orderOfTracking[trackingNumber] = orderNo }

    // MARK: Products

    /// By house code or vendor SKU; nil when there is none.
    mutating func changeProduct(_ sku: String, _ body: (inout Shopat24Product) -> Void) -> Shopat24Product? {
        guard let index = products.firstIndex(where: { $0.houseCode == sku || $0.vendorSKU == sku }) else { return nil }
        body(&products[index])
        return products[index]
    }

    /// A product sheet's row; a good that is known keeps its house code.
    mutating func submit(sku: String, name: String, priceMinor: Int64) -> Shopat24Product {
        if let known = changeProduct(sku, { product in
            product.name = name
            product.priceMinor = priceMinor
        }) { return known }
        let product = Shopat24Product(
            houseCode: Self.houseCode(number: products.count + 1), vendorSKU: sku, name: name, priceMinor: priceMinor, available: 0, review: .submitted)
        products.append(product)
        return product
    }

    // MARK: Numbers

    /// `885000000017`.
    static func houseCode(_ product: SampleProduct) -> String { houseCode(number: product.number) }
    private static func houseCode(number: Int) -> String { "885" + padded(number, to: 9) }

    static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private func wholeSecond(_ date: Date) -> Date { Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)) }
}
