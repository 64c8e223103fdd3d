import Foundation
import SimulatorKit

/// An order as the shop has it; its JSON is the contract's schema (platforms/companion-webhook.md §9). Money in minor units.
package struct CustomShopOrder: Encodable, Sendable, Equatable {
    package enum State: String, Encodable, Sendable { case open, cancelled, closed }

    package struct Buyer: Encodable, Sendable, Equatable {
        package var name: String
        package var email: String?, phone: String?
    }
    package struct Address: Encodable, Sendable, Equatable {
        package var name: String, line1: String, countryCode: String
        package var company: String?, phone: String?, line2: String?
        package var subdistrict: String?, district: String?, city: String?, province: String?, postcode: String?

        mutating func move(to place: SamplePlace) {
            subdistrict = place.subdistrict.orNil
            district = place.district.orNil
            city = place.city.orNil
            province = place.province.orNil
            postcode = place.postcode
        }
    }
    package struct Totals: Encodable, Sendable, Equatable {
        package var items: Int64, shipping: Int64, discount: Int64, tax: Int64, grand: Int64, taxIncluded: Bool
    }
    package struct Payment: Encodable, Sendable, Equatable {
        package var method: String, state: String, isCashOnDelivery: Bool
        package var codAmount: Int64?
    }
    package struct Shipping: Encodable, Sendable, Equatable {
        package var methodCode: String, methodTitle: String
        package var requestedCarrier: String?, shipBy: String?
    }
    package struct Line: Encodable, Sendable, Equatable {
        package var externalLineID: String, sku: String, title: String, quantity: Int64
        package var variant: String?
        package var unitPrice: Int64, discount: Int64, tax: Int64, lineTotal: Int64, requiresShipping: Bool
        package var weightGrams: Int?
        package var externalProductID: String?
    }

    package let externalID: String
    package var externalNumber: String
    package var revision: Int64 = 1
    package let placedAt: String
    package var updatedAt: String
    package var state = State.open
    package var platformStatus: String?
    package var fulfilment: String? = "unfulfilled"
    package var buyer: Buyer
    package var shipTo: Address
    package var billTo: Address?
    package var currency: String
    package var totals: Totals
    package var payment: Payment
    package var shipping: Shipping?
    package var lines: [Line]
    package var note: String?
    package var tags: [String] = []

    /// Makes every equation of the contract hold again after lines or prices changed. Informational taxes are 7 % of what they sit in.
    mutating func settle() {
        for index in lines.indices {
            let amount = lines[index].unitPrice * lines[index].quantity
            lines[index].discount = min(lines[index].discount, amount)
            lines[index].lineTotal = amount - lines[index].discount
            lines[index].tax = totals.taxIncluded ? lines[index].lineTotal * 7 / 107 : lines[index].lineTotal * 7 / 100
        }
        totals.items = lines.reduce(0) { $0 + $1.unitPrice * $1.quantity }
        totals.discount = max(lines.reduce(0) { $0 + $1.discount }, min(totals.discount, totals.items))
        let paidGoods = totals.items - totals.discount + totals.shipping
        totals.tax = totals.taxIncluded ? paidGoods * 7 / 107 : paidGoods * 7 / 100
        totals.grand = paidGoods + (totals.taxIncluded ? 0 : totals.tax)
        if payment.isCashOnDelivery { payment.codAmount = totals.grand }
    }

    var simulated: SimulatedOrder { simulated(trackingNumbers: []) }

    func simulated(trackingNumbers: [String]) -> SimulatedOrder {
        SimulatedOrder(
            externalID: externalID, number: externalNumber, updatedAt: CustomShopTime.parse(updatedAt) ?? .distantPast,
            isCancelled: state == .cancelled, grandMinor: totals.grand, currency: currency, lineCount: lines.count,
            shipToPostcode: shipTo.postcode, fulfilment: fulfilment ?? "unfulfilled", trackingNumbers: trackingNumbers)
    }
}

extension CustomShopOrder {
    /// A new order from a seeded basket.
    static func placed(externalID: String, basket: SampleBasket, at date: Date, using generator: inout SeededGenerator) -> CustomShopOrder {
        let (buyer, place) = (basket.buyer, basket.buyer.place)
        var address = Address(name: buyer.fullName, line1: buyer.line1, countryCode: place.country.code, phone: buyer.phone, line2: buyer.line2)
        address.move(to: place)
        let discountsLine = generator.chance(0.5)
        let lines = basket.lines.enumerated().map { index, line in
            Line(externalLineID: "\(index + 1)", sku: line.product.sku, title: line.product.title, quantity: Int64(line.quantity),
                 variant: line.product.variant, unitPrice: line.product.priceMinor, discount: discountsLine && index == 0 ? basket.discountMinor : 0, tax: 0, lineTotal: 0,
                 requiresShipping: true, weightGrams: line.product.weightGrams, externalProductID: "P-\(line.product.number)")
        }
        let payment = basket.isCashOnDelivery
            ? Payment(method: "cod", state: "unpaid", isCashOnDelivery: true, codAmount: 0)
            : Payment(method: "card", state: generator.pick(["paid", "paid", "paid", "authorised", "unpaid"], or: "paid"), isCashOnDelivery: false)
        let time = CustomShopTime.text(date)
        var order = CustomShopOrder(
            externalID: externalID, externalNumber: externalID, placedAt: time, updatedAt: time, platformStatus: "รอจัดส่ง",
            buyer: Buyer(name: buyer.fullName, email: buyer.email, phone: buyer.phone), shipTo: address, billTo: generator.chance(0.1) ? address : nil,
            currency: basket.country.currency,
            totals: Totals(
                items: 0, shipping: basket.shippingMinor, discount: basket.discountMinor, tax: 0, grand: 0, taxIncluded: !generator.chance(0.1)),
            payment: payment, shipping: Shipping(methodCode: "standard", methodTitle: "ส่งธรรมดา"), lines: lines, note: basket.note)
        order.settle()
        return order
    }
}

/// UTC with milliseconds and `Z`.
enum CustomShopTime {
    static func text(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    static func parse(_ text: String) -> Date? {
        try? Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains(".")).parse(text.replacing(" ", with: "+"))
    }
}

extension String {
    var orNil: String? { isEmpty ? nil : self }
}
