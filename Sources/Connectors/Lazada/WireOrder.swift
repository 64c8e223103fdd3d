import Foundation

/// An order as the platform writes it, reduced to what we read (platforms/lazada.md §4.2). Money and time stay text until currency and form are known.
struct WireOrder: Decodable, Sendable {
    var id: String, number: String?, createdAt: String?, updatedAt: String?
    var price: String?, shippingFee: String?, voucher: String?, voucherCode: String?
    var paymentMethod: String?, firstName: String?, lastName: String?
    var statuses: [String]
    var isGift: Bool, giftMessage: String?, remarks: String?, buyerNote: String?, taxCode: String?, branchNumber: String?, extra: String?
    /// A buyer's wish to cancel waits for the seller's word; a cancellation is on its way (§5.2).
    var needsCancelAnswer: Bool, isCancelPending: Bool
    var shipping: WireAddress?, billing: WireAddress?

    private enum Key: String, CodingKey {
        case order_id, order_number, created_at, updated_at, price, shipping_fee, voucher, voucher_code, payment_method, customer_first_name, customer_last_name, statuses
        case gift_option, gift_message, remarks, buyer_note, tax_code, branch_number, extra_attributes, need_cancel_confirm, is_cancel_pending, address_shipping, address_billing
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        guard let id = box.identifier(.order_id) else { throw DecodingError.keyNotFound(Key.order_id, .init(codingPath: decoder.codingPath, debugDescription: "no order number")) }
        self.id = id
        number = box.text(.order_number)
        createdAt = box.text(.created_at)
        updatedAt = box.text(.updated_at)
        price = try box.amount(.price)
        shippingFee = try box.amount(.shipping_fee)
        voucher = try box.amount(.voucher)
        voucherCode = box.text(.voucher_code)
        paymentMethod = box.text(.payment_method)
        firstName = box.text(.customer_first_name)
        lastName = box.text(.customer_last_name)
        statuses = box.texts(.statuses)
        isGift = box.flag(.gift_option)
        giftMessage = box.text(.gift_message)
        remarks = box.text(.remarks)
        buyerNote = box.text(.buyer_note)
        taxCode = box.text(.tax_code)
        branchNumber = box.text(.branch_number)
        extra = box.text(.extra_attributes)
        needsCancelAnswer = box.flag(.need_cancel_confirm)
        isCancelPending = box.flag(.is_cancel_pending)
        shipping = try? box.decodeIfPresent(WireAddress.self, forKey: .address_shipping)  // "" where there is none
        billing = try? box.decodeIfPresent(WireAddress.self, forKey: .address_billing)  // "" where there is none
    }
}

struct WireAddress: Decodable, Sendable {
    var firstName: String?, lastName: String?, phone: String?, phone2: String?, address1: String?, address2: String?, address3: String?, address4: String?, address5: String?
    /// `addressDsitrict`: spelt so.
    var subdistrict: String?, city: String?, postcode: String?, country: String?

    private enum Key: String, CodingKey {
        case first_name, last_name, phone, phone2, address1, address2, address3, address4, address5, addressDsitrict, city, post_code, country
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        firstName = box.text(.first_name)
        lastName = box.text(.last_name)
        phone = box.text(.phone)
        phone2 = box.text(.phone2)
        address1 = box.text(.address1)
        address2 = box.text(.address2)
        address3 = box.text(.address3)
        address4 = box.text(.address4)
        address5 = box.text(.address5)
        subdistrict = box.text(.addressDsitrict)
        city = box.text(.city)
        postcode = box.text(.post_code)
        country = box.text(.country)
    }
}

/// One unit of an order: the platform has no quantity (§4.2).
struct WireItem: Decodable, Sendable, Equatable {
    var id: String, status: String
    var flag: String?, type: String?, name: String?, variation: String?, sku: String?, shopSKU: String?, skuID: String?, productID: String?
    var price: String?, paid: String?, tax: String?, voucher: String?, currency: String?
    var packageID: String?, trackingCode: String?, earlyTrackingCode: String?, provider: String?, shippingType: String?, providerType: String?, warehouse: String?
    var shipBy: String?, createdAt: String?, updatedAt: String?, paidAt: String?
    var initiator: String?, reason: String?, returnStatus: String?, reverseOrderID: String?
    var isDigital: Bool, isFulfilledByLazada: Bool, isSellerDelivered: Bool

    private enum Key: String, CodingKey {
        case order_item_id, status, order_flag, order_type, name, variation, sku, shop_sku, sku_id, product_id, item_price, paid_price, tax_amount, voucher_amount, currency
        case package_id, tracking_code, tracking_code_pre, shipment_provider, shipping_type, shipping_provider_type, warehouse_code, sla_time_stamp, created_at, updated_at, payment_time
        case cancel_return_initiator, reason, return_status, reverse_order_id, is_digital, is_fbl, delivery_option_sof
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        guard let id = box.identifier(.order_item_id) else { throw DecodingError.keyNotFound(Key.order_item_id, .init(codingPath: decoder.codingPath, debugDescription: "no item number")) }
        self.id = id
        status = box.text(.status) ?? ""
        flag = box.text(.order_flag)
        type = box.text(.order_type)
        name = box.text(.name)
        variation = box.text(.variation)
        sku = box.text(.sku)
        shopSKU = box.text(.shop_sku)
        skuID = box.text(.sku_id)
        productID = box.text(.product_id)
        price = try box.amount(.item_price)
        paid = try box.amount(.paid_price)
        tax = try box.amount(.tax_amount)
        voucher = try box.amount(.voucher_amount)
        currency = box.text(.currency)
        packageID = box.text(.package_id)
        trackingCode = box.text(.tracking_code)
        earlyTrackingCode = box.text(.tracking_code_pre)
        provider = box.text(.shipment_provider)
        shippingType = box.text(.shipping_type)
        providerType = box.text(.shipping_provider_type)
        warehouse = box.text(.warehouse_code)
        shipBy = box.text(.sla_time_stamp)
        createdAt = box.text(.created_at)
        updatedAt = box.text(.updated_at)
        paidAt = box.text(.payment_time)
        initiator = box.text(.cancel_return_initiator)
        reason = box.text(.reason)
        returnStatus = box.text(.return_status)
        reverseOrderID = box.identifier(.reverse_order_id)
        isDigital = box.flag(.is_digital)
        isFulfilledByLazada = box.flag(.is_fbl)
        isSellerDelivered = box.flag(.delivery_option_sof)
    }

    /// The seller packs and hands it over: not Lazada's warehouse, not a download.
    var isOursToShip: Bool { !isDigital && !isFulfilledByLazada }
}

/// The body that enters intake: `{"order":{..},"items":[..]}`, joined by us from two answers.
struct JoinedOrder: Decodable, Sendable {
    var order: WireOrder, items: [WireItem]
}
