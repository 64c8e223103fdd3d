import Foundation
import SimulatorKit

/// The order's JSON, shaped as the default example (shopat24.md §4B).
struct Shopat24OrderView: Encodable, Sendable {
    struct Recipient: Encodable, Sendable { var name: String, phone: String, address: String?, subdistrict: String?, district: String?, province: String?, postcode: String? }
    struct Amount: Encodable, Sendable { var items: String, shipping: String, discount: String, grand: String, currency = "THB" }
    struct Line: Encodable, Sendable { var lineNo: Int, sku: String, vendorSku: String, name: String, qty: Int, unitPrice: String, discount: String, total: String }
    struct Invoice: Encodable, Sendable {
        var invoiceNo: String
        var lines: [Line]
        /// Both only where the configuration shows them.
        var type: StoreKey?
        var typeDate: String?
    }

    var orderNo: String, orderDate: String, updatedAt: String, status: Shopat24Status, shipTo: String
    var storeCode: String?, storeName: String?
    var payment: String, paid: Bool
    var recipient: Recipient
    var amount: Amount
    var invoices: [Invoice]
    var note: Nullable<String>

    init(_ order: Shopat24Order, showsInvoiceTypes: Bool) {
        orderNo = order.orderNo
        orderDate = BangkokTime.iso(order.placedAt)
        updatedAt = BangkokTime.iso(order.updatedAt)
        status = order.status
        shipTo = order.shipToWord
        storeCode = order.store?.code
        storeName = order.store?.name
        payment = order.payment
        paid = order.isPaid
        let buyer = order.recipient
        recipient = Recipient(
            name: buyer.name, phone: buyer.phone, address: buyer.address, subdistrict: buyer.subdistrict, district: buyer.district,
            province: buyer.province, postcode: buyer.postcode)
        amount = Amount(
            items: Satang.text(order.itemsMinor), shipping: Satang.text(order.shippingMinor), discount: Satang.text(order.discountMinor),
            grand: Satang.text(order.grandMinor))
        invoices = order.invoices.map { invoice in
            var view = Invoice(invoiceNo: invoice.invoiceNo, lines: invoice.lines.map { line in
                Line(
                    lineNo: line.lineNo, sku: line.houseCode, vendorSku: line.vendorSKU, name: line.name, qty: line.quantity,
                    unitPrice: Satang.text(line.unitPriceMinor), discount: Satang.text(line.discountMinor), total: Satang.text(line.totalMinor))
            })
            if showsInvoiceTypes {
                view.type = invoice.key
                view.typeDate = invoice.keyedAt.map { BangkokTime($0).text("yyyy-MM-dd") }
            }
            return view
        }
        note = Nullable(order.note)
    }
}

/// A good's JSON (shopat24.md §7).
struct Shopat24ProductView: Encodable, Sendable {
    var sku: String, vendorSku: String, name: String, price: String, available: Int, status: Shopat24Product.Review

    init(_ product: Shopat24Product) {
        sku = product.houseCode
        vendorSku = product.vendorSKU
        name = product.name
        price = Satang.text(product.priceMinor)
        available = product.available
        status = product.review
    }
}
