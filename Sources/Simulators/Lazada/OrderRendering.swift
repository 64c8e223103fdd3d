import Domain
import Foundation

/// Orders and items as live answers write them (lazada.md §4.2): numbers and texts mixed; `NumberStyling` makes the other forms.
extension LazadaState {
    func render(_ order: Order, _ store: Store) -> LazadaJSON {
        let country = store.country
        let platform = order.wantedItems.reduce(0) { $0 + $1.voucherPlatformMinor }, seller = order.wantedItems.reduce(0) { $0 + $1.voucherSellerMinor }
        return [
            "order_id": .integer(order.id), "order_number": .integer(order.number), "created_at": .string(LazadaTime.local(order.createdAt, country)),
            "updated_at": .string(LazadaTime.local(order.updatedAt, country)), "price": .string(Self.amountText(order.itemsMinor, country)),
            "shipping_fee": Self.amount(order.shippingMinor, country), "shipping_fee_original": Self.amount(order.shippingMinor, country),
            "shipping_fee_discount_seller": 0, "shipping_fee_discount_platform": 0, "voucher": Self.amount(platform + seller, country),
            "voucher_platform": Self.amount(platform, country), "voucher_seller": Self.amount(seller, country), "voucher_code": "",
            "payment_method": .string(order.paymentMethod), "customer_first_name": .string(masked(order.address.firstName)),
            "customer_last_name": .string(masked(order.address.lastName)), "items_count": .integer(order.items.count),
            "statuses": .array(statuses(of: order).map { .string($0) }), "warehouse_code": .string(order.items.first?.warehouse ?? ""), "delivery_info": "",
            "promised_shipping_times": "", "gift_option": false, "gift_message": "", "remarks": .string(order.remarks), "buyer_note": .string(order.buyerNote),
            "national_registration_number": "", "tax_code": .string(order.taxCode), "branch_number": .string(order.branchNumber),
            "extra_attributes": .string(order.isOldNumbered ? "" : "{\"TaxInvoiceRequested\":\(order.wantsTaxInvoice)}"),
            "address_updated_at": .string(LazadaTime.local(order.addressUpdatedAt, country)), "need_cancel_confirm": .bool(order.needsCancelConfirm),
            "is_cancel_pending": .bool(order.needsCancelConfirm), "address_shipping": shipping(order, country), "address_billing": billing(order, country),
        ]
    }

    /// An order has no status of its own: the different ones of its items, in their order.
    func statuses(of order: Order) -> [String] {
        order.items.reduce(into: [String]()) { list, item in
            let word = shown(item.status)
            if !list.contains(word) { list.append(word) }
        }
    }

    func render(_ item: Item, of order: Order, _ store: Store) -> LazadaJSON {
        let country = store.country
        let money: LazadaJSON = [
            "item_price": Self.amount(item.priceMinor, country), "paid_price": Self.amount(item.paidMinor, country),
            "voucher_amount": Self.amount(item.voucherPlatformMinor + item.voucherSellerMinor, country),
            "voucher_platform": Self.amount(item.voucherPlatformMinor, country), "voucher_seller": Self.amount(item.voucherSellerMinor, country),
            "tax_amount": Self.amount(item.taxMinor, country), "shipping_amount": Self.amount(item.shippingMinor, country),
            "shipping_fee_original": Self.amount(item.shippingMinor, country), "shipping_service_cost": 0, "currency": .string(country.currency),
        ]
        let good: LazadaJSON = [
            "name": .string(item.name), "variation": .string(item.variation), "sku": .string(item.sku), "shop_sku": .string(item.shopSKU),
            "sku_id": .string(item.skuID.map { "\($0)" } ?? ""), "product_id": .string("\(item.productID)"),
            "product_main_image": .string("https://img.example.test/\(item.productID).jpg"),
            "product_detail_url": .string("https://www.example.test/i\(item.productID).html"), "shop_id": .string(store.seller.shopName),
        ]
        let delivery: LazadaJSON = [
            "status": .string(shown(item.status)), "package_id": .string(item.packageID), "tracking_code": .string(item.trackingNumber), "tracking_code_pre": "",
            "shipment_provider": .string(item.provider), "shipping_type": .string(item.isSellerDelivered ? "Delivered by Seller" : item.isFBL ? "Own Warehouse" : "Dropshipping"),
            "shipping_provider_type": .string(item.isDigital ? "digital" : item.isSellerDelivered ? "seller_own_fleet" : "standard"),
            "warehouse_code": .string(item.warehouse), "sla_time_stamp": .string(LazadaTime.endOfDay(after: 2, order.createdAt, country)), "promised_shipping_time": "",
            "is_digital": item.isDigital ? 1 : 0, "is_fbl": item.isFBL ? 1 : 0, "is_reroute": 0, "delivery_option_sof": item.isSellerDelivered ? 1 : 0,
            "digital_delivery_info": "",
        ]
        let base: LazadaJSON = [
            "order_item_id": .integer(item.id), "order_id": .integer(order.number), "order_flag": .string(item.flag), "order_type": "Normal",
            "created_at": .string(LazadaTime.local(order.createdAt, country)), "updated_at": .string(LazadaTime.local(item.updatedAt, country)),
            "payment_time": .integer(order.isPaid ? LazadaTime.milliseconds(order.createdAt) : Int64(0)), "cancel_return_initiator": .string(item.cancelInitiator),
            "reason": .string(item.reason), "reason_detail": "", "return_status": .string(item.returnStatus),
            "reverse_order_id": .string(item.reverseOrderID.map { "\($0)" } ?? ""), "stage_pay_status": "", "invoice_number": "", "purchase_order_id": "",
            "buyer_id": .integer(order.buyerID), "extra_attributes": "",
        ]
        return base.with(money.members ?? [:]).with(good.members ?? [:]).with(delivery.members ?? [:])
    }

    // MARK: Addresses

    /// `address5` is the postcode in one half of the orders and the third level in the other: documents conflict. The misspelt member is the platform's.
    private func shipping(_ order: Order, _ country: LazadaCountry) -> LazadaJSON {
        let address = order.address, place = address.place
        let third = order.id.isMultiple(of: 2) ? place.postcode : place.subdistrict
        return [
            "first_name": .string(masked(address.firstName)), "last_name": .string(masked(address.lastName)), "phone": .string(maskedPhone(address.phone)), "phone2": "",
            "address1": .string(maskedLine(address.line1)), "address2": .string(address.line2), "address3": .string(place.province),
            "address4": .string(place.district), "address5": .string(third), "city": .string(place.district), "post_code": .string(place.postcode),
            "country": .string(country.name), "addressDsitrict": .string(order.id.isMultiple(of: 3) ? place.subdistrict : ""),
        ]
    }

    private func billing(_ order: Order, _ country: LazadaCountry) -> LazadaJSON {
        let address = order.address
        return [
            "first_name": .string(masked(address.firstName)), "last_name": .string(masked(address.lastName)), "phone": .string(maskedPhone(address.phone)), "phone2": "",
            "address1": .string(maskedLine(address.line1)), "address2": "", "address3": "", "address4": "", "address5": "", "city": "",
            "post_code": .string(address.place.postcode), "country": .string(country.name),
        ]
    }

    private func masked(_ name: String) -> String {
        guard configuration.masksBuyers, let first = name.first else { return name }
        return "\(first)**** "
    }

    private func maskedPhone(_ phone: String) -> String { configuration.masksBuyers ? "\(phone.prefix(2))******\(phone.suffix(2))" : phone }
    private func maskedLine(_ line: String) -> String { configuration.masksBuyers ? "\(line.prefix(1))*********" : line }

    // MARK: Money

    static func exponent(_ country: LazadaCountry) -> Int { Currency(country.currency)?.exponent ?? 2 }

    static func amount(_ minor: Int64, _ country: LazadaCountry) -> LazadaJSON {
        .decimal(Decimal(sign: minor < 0 ? .minus : .plus, exponent: -exponent(country), significand: Decimal(minor.magnitude)))
    }

    /// With two decimals, whatever the currency has: "399.50".
    static func amountText(_ minor: Int64, _ country: LazadaCountry) -> String {
        let hundredths = exponent(country) == 0 ? minor * 100 : minor
        let cents = hundredths.magnitude % 100
        return "\(hundredths < 0 ? "-" : "")\(hundredths.magnitude / 100).\(cents < 10 ? "0" : "")\(cents)"
    }

    /// The other way round, for prices that a call sets; nil where it is no amount of this currency.
    static func minor(_ text: String, _ country: LazadaCountry) -> Int64? {
        guard let currency = Currency(country.currency) else { return nil }
        // No amount is the answer "no".
        return (try? Money(parsing: text, currency))?.minor
    }
}
