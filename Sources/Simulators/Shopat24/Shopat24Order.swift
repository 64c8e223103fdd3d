package import Foundation
import SimulatorKit

/// An order as the channel has it (shopat24.md §4B). Money in satang.
package struct Shopat24Order: Sendable, Equatable {
    package struct Line: Sendable, Equatable {
        /// Counted through the whole order, so that a cancel request names one line.
        package var lineNo: Int
        /// The house's code: `sku` over REST.
        package var houseCode: String
        package var vendorSKU: String
        package var name: String
        package var quantity: Int
        package var unitPriceMinor: Int64
        package var discountMinor: Int64

        package var itemsMinor: Int64 { unitPriceMinor * Int64(quantity) }
        package var totalMinor: Int64 { itemsMinor - discountMinor }
    }

    /// One parcel (shopat24.md §4A.4).
    package struct Invoice: Sendable, Equatable {
        package var invoiceNo: String
        package var lines: [Line]
        package var carrier: String?
        package var trackingNumber: String?
        package var shippedAt: Date?
        package var key: StoreKey?
        package var keyedAt: Date?
    }

    package struct Recipient: Sendable, Equatable {
        package var name: String
        /// Ten digits.
        package var phone: String
        /// Absent on most orders to a store.
        package var address: String?
        package var subdistrict: String?
        package var district: String?
        package var province: String?
        package var postcode: String?
    }

    package struct Store: Sendable, Equatable {
        /// Five digits, often with leading zeros.
        package var code: String
        package var name: String?
    }

    package let orderNo: String
    package let placedAt: Date
    /// Whole seconds, later with every change.
    package var updatedAt: Date
    package private(set) var status: Shopat24Status
    /// The hub's word; a cancelled order keeps the one it had.
    package private(set) var fulfilment: String
    /// nil: to the buyer's home.
    package var store: Store?
    package var payment: String
    package var isPaid: Bool
    package var recipient: Recipient
    package var invoices: [Invoice]
    package var shippingMinor: Int64
    package var note: String?
    /// The reason of a wish to cancel nobody has decided on.
    package var cancelReason: String?

    package init(
        orderNo: String, placedAt: Date, status: Shopat24Status, store: Store?, payment: String, isPaid: Bool, recipient: Recipient, invoices: [Invoice],
        shippingMinor: Int64, note: String?
    ) {
        self.orderNo = orderNo
        self.placedAt = placedAt
        updatedAt = placedAt
        self.status = status
        fulfilment = status.fulfilment ?? "unfulfilled"
        self.store = store
        self.payment = payment
        self.isPaid = isPaid
        self.recipient = recipient
        self.invoices = invoices
        self.shippingMinor = shippingMinor
        self.note = note
    }

    package var lines: [Line] { invoices.flatMap(\.lines) }
    package var itemsMinor: Int64 { lines.reduce(0) { $0 + $1.itemsMinor } }
    package var discountMinor: Int64 { lines.reduce(0) { $0 + $1.discountMinor } }
    package var grandMinor: Int64 { itemsMinor - discountMinor + shippingMinor }
    package var isCashOnDelivery: Bool { payment == "COD" || payment == "เก็บเงินปลายทาง" }
    package var shipToWord: String { store == nil ? "H" : "S" }

    /// Each number once, in the order of the invoices.
    package var trackingNumbers: [String] {
        invoices.compactMap(\.trackingNumber).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// False when the words do not allow it.
    mutating func move(to next: Shopat24Status) -> Bool {
        guard status.canMove(to: next) else { return false }
        status = next
        fulfilment = next.fulfilment ?? fulfilment
        if next == .delivered || next == .new { isPaid = next == .delivered || !isCashOnDelivery }
        return true
    }

    /// What the keys of all invoices together mean for the order (shopat24.md §5.1).
    mutating func settleKeys() {
        let keys = invoices.map(\.key)
        if keys.allSatisfy({ $0 == .handedOver }) {
            _ = move(to: .delivered)
        } else if keys.allSatisfy({ $0 != nil }) || keys.contains(.handedOver) {
            _ = move(to: .atStore)
        }
    }

    func simulated(connection: String) -> SimulatedOrder {
        SimulatedOrder(
            externalID: "\(connection):\(orderNo)", number: orderNo, updatedAt: updatedAt, isCancelled: status == .cancelled, grandMinor: grandMinor,
            currency: "THB", lineCount: lines.count, shipToPostcode: store == nil ? recipient.postcode : nil, fulfilment: fulfilment,
            trackingNumbers: trackingNumbers)
    }
}

/// What kind of order a buyer places.
package enum Shopat24OrderKind: String, Sendable, CaseIterable, Decodable {
    case any, home, store, cashOnDelivery, unpaid, severalInvoices
}

extension Shopat24Order {
    /// A new order from a seeded basket.
    static func placed(
        orderNo: String, kind: Shopat24OrderKind, basket: SampleBasket, configuration: Shopat24Configuration, at date: Date,
        using generator: inout SeededGenerator, nextInvoiceNo: () -> String
    ) -> Shopat24Order {
        let (buyer, place) = (basket.buyer, basket.buyer.place)
        let goesToStore = kind == .store || (kind != .home && generator.chance(configuration.storeShare))
        let showsAddress = !goesToStore || generator.chance(0.2)
        let isCOD = kind == .cashOnDelivery || (kind == .any && basket.isCashOnDelivery)
        let isUnpaid = kind == .unpaid || (kind == .any && !isCOD && generator.chance(configuration.unpaidShare))
        let address = [buyer.line1, buyer.line2].compactMap(\.self).joined(separator: "\n")
        let recipient = Recipient(
            name: buyer.fullName, phone: "0" + buyer.phone.dropFirst(3), address: showsAddress ? address : nil,
            subdistrict: showsAddress ? place.subdistrict : nil, district: showsAddress ? place.district : nil,
            province: showsAddress ? place.province : nil, postcode: showsAddress ? place.postcode : nil)
        let number = Int.random(in: 1...14_000, using: &generator)
        let name = generator.chance(0.9) ? "สาขาตัวอย่าง \(number)" : nil
        let store = goesToStore ? Store(code: Shopat24Book.padded(number, to: 5), name: name) : nil
        let methods = isCOD ? ["COD", "เก็บเงินปลายทาง"] : ["COUNTER", "CREDIT_CARD", "WALLET", "บัตรเครดิต"]
        let method = generator.pick(methods, or: "COUNTER")
        let lines = lines(of: basket)
        let wantsSeveral = kind == .severalInvoices || generator.chance(0.25)
        let firstShare = wantsSeveral ? (lines.count + 1) / 2 : lines.count
        let shares = [Array(lines.prefix(firstShare)), Array(lines.dropFirst(firstShare))].filter { !$0.isEmpty }
        return Shopat24Order(
            orderNo: orderNo, placedAt: date, status: isUnpaid ? .waitPay : .new, store: store, payment: method, isPaid: !isCOD && !isUnpaid,
            recipient: recipient, invoices: shares.map { Invoice(invoiceNo: nextInvoiceNo(), lines: $0) }, shippingMinor: basket.shippingMinor,
            note: basket.note)
    }

    /// The discount of the basket sits on its first lines, as far as they carry it.
    private static func lines(of basket: SampleBasket) -> [Line] {
        var discount = basket.discountMinor
        return basket.lines.enumerated().map { index, line in
            let share = min(discount, line.amountMinor)
            discount -= share
            return Line(
                lineNo: index + 1, houseCode: Shopat24Book.houseCode(line.product), vendorSKU: line.product.sku, name: line.product.title,
                quantity: line.quantity, unitPriceMinor: line.product.priceMinor, discountMinor: share)
        }
    }
}
