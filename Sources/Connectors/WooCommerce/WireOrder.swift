import Foundation

/// An order as the shop writes it, reduced to what we read. Money stays text until its currency is known.
///
/// Only `id`, `status`, `currency`, `total` and `line_items` may be relied on; old versions leave out much of the rest (platforms/woocommerce.md §4.4).
struct WireOrder: Decodable {
    var id: Int64
    var number: String?, status: String?, currency: String?
    var dateCreated: String?, dateModified: String?, datePaid: String?, dateCompleted: String?
    var total: String?, totalTax: String?, shippingTotal: String?, discountTotal: String?
    var paymentMethod: String?, paymentTitle: String?, transactionID: String?, createdVia: String?, customerNote: String?
    var billing: WireAddress?, shipping: WireAddress?
    var lines: [WireLine]?
    var shippingLines: [WireShippingLine], feeLines: [WireFee], coupons: [WireCoupon], refunds: [WireRefund]

    enum CodingKeys: String, CodingKey {
        case id, number, status, currency, total, billing, shipping, refunds
        case dateCreated = "date_created_gmt", dateModified = "date_modified_gmt", datePaid = "date_paid_gmt", dateCompleted = "date_completed_gmt"
        case totalTax = "total_tax", shippingTotal = "shipping_total", discountTotal = "discount_total"
        case paymentMethod = "payment_method", paymentTitle = "payment_method_title", transactionID = "transaction_id"
        case createdVia = "created_via", customerNote = "customer_note"
        case lines = "line_items", shippingLines = "shipping_lines", feeLines = "fee_lines", coupons = "coupon_lines"
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        id = try box.wholeNumber(.id)
        number = box.text(.number)
        status = box.text(.status)
        currency = box.text(.currency)
        dateCreated = box.text(.dateCreated)
        dateModified = box.text(.dateModified)
        datePaid = box.text(.datePaid)
        dateCompleted = box.text(.dateCompleted)
        total = box.text(.total)
        totalTax = box.text(.totalTax)
        shippingTotal = box.text(.shippingTotal)
        discountTotal = box.text(.discountTotal)
        paymentMethod = box.text(.paymentMethod)
        paymentTitle = box.text(.paymentTitle)
        transactionID = box.text(.transactionID)
        createdVia = box.text(.createdVia)
        customerNote = box.text(.customerNote)
        // PHP writes an address without fields as [], which is no address.
        billing = try? box.decodeIfPresent(WireAddress.self, forKey: .billing)
        shipping = try? box.decodeIfPresent(WireAddress.self, forKey: .shipping)
        lines = try box.list(.lines)
        shippingLines = try box.list(.shippingLines) ?? []
        feeLines = try box.list(.feeLines) ?? []
        coupons = try box.list(.coupons) ?? []
        refunds = try box.list(.refunds) ?? []
    }
}

struct WireAddress: Decodable {
    var firstName: String?, lastName: String?, company: String?, address1: String?, address2: String?, city: String?, state: String?
    var postcode: String?, country: String?, email: String?, phone: String?

    enum CodingKeys: String, CodingKey {
        case company, city, state, postcode, country, email, phone
        case firstName = "first_name", lastName = "last_name", address1 = "address_1", address2 = "address_2"
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        firstName = box.text(.firstName)
        lastName = box.text(.lastName)
        company = box.text(.company)
        address1 = box.text(.address1)
        address2 = box.text(.address2)
        city = box.text(.city)
        state = box.text(.state)
        postcode = box.text(.postcode)
        country = box.text(.country)
        email = box.text(.email)
        phone = box.text(.phone)
    }
}

struct WireLine: Decodable {
    var id: String?, name: String?, parentName: String?, sku: String?, quantity: String?
    var subtotal: String?, total: String?, totalTax: String?, productID: Int64?, variationID: Int64?
    var meta: [WireMeta]

    enum CodingKeys: String, CodingKey {
        case id, name, sku, quantity, subtotal, total
        case parentName = "parent_name", totalTax = "total_tax", productID = "product_id", variationID = "variation_id", meta = "meta_data"
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        id = box.integer(.id).map { String($0) }
        name = box.text(.name)
        parentName = box.text(.parentName)
        sku = box.text(.sku)
        quantity = box.integer(.quantity).map { String($0) } ?? box.text(.quantity)
        subtotal = box.text(.subtotal)
        total = box.text(.total)
        totalTax = box.text(.totalTax)
        productID = box.integer(.productID)
        variationID = box.integer(.variationID)
        // Meta is any JSON at all: what cannot be shown is not worth losing the line for.
        meta = (try? box.list(.meta)) ?? []
    }
}

/// One entry of a line's meta. `display_value` is HTML; both may be any JSON, and then there is nothing to show.
struct WireMeta: Decodable {
    var displayKey: String?, displayValue: String?

    enum CodingKeys: String, CodingKey { case key, value, displayKey = "display_key", displayValue = "display_value" }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        displayKey = box.text(.displayKey) ?? box.text(.key)
        guard let displayKey, !displayKey.hasPrefix("_") else { return }
        displayValue = box.text(.displayValue) ?? box.text(.value)
    }
}

struct WireShippingLine: Decodable {
    var methodID: String?, instanceID: String?, title: String?, total: String?

    enum CodingKeys: String, CodingKey { case total, methodID = "method_id", instanceID = "instance_id", title = "method_title" }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        methodID = box.text(.methodID)
        instanceID = box.text(.instanceID)
        title = box.text(.title)
        total = box.text(.total)
    }
}

struct WireFee: Decodable {
    var name: String?, total: String?

    enum CodingKeys: String, CodingKey { case name, total }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: CodingKeys.self)
        name = box.text(.name)
        total = box.text(.total)
    }
}

struct WireCoupon: Decodable {
    var code: String?

    enum CodingKeys: String, CodingKey { case code }

    init(from decoder: any Decoder) throws {
        code = try decoder.container(keyedBy: CodingKeys.self).text(.code)
    }
}

/// A refund inside its order: `total` is negative here (platforms/woocommerce.md §4.4).
struct WireRefund: Decodable {
    var total: String?

    enum CodingKeys: String, CodingKey { case total }

    init(from decoder: any Decoder) throws {
        total = try decoder.container(keyedBy: CodingKeys.self).text(.total)
    }
}
