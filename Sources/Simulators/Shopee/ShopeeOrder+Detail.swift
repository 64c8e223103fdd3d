/// One element of `get_order_detail` (shopee.md §4.2): what is always there, and what only on request.
extension ShopeeOrder {
    /// The names `response_optional_fields` knows.
    static let optionalFields: Set<String> = [
        "buyer_user_id", "buyer_username", "estimated_shipping_fee", "recipient_address", "actual_shipping_fee", "actual_shipping_fee_confirmed", "note",
        "note_update_time", "item_list", "pay_time", "split_up", "buyer_cancel_reason", "cancel_by", "cancel_reason", "fulfillment_flag",
        "pickup_done_time", "package_list", "shipping_carrier", "payment_method", "total_amount", "invoice_data", "checkout_shipping_carrier",
        "return_request_due_date", "goods_to_declare", "dropshipper", "dropshipper_phone", "pending_terms", "pending_description",
    ]

    func detail(asked: Set<String>, withPending: Bool, masked: Bool, oddShapes: Bool) -> ShopeeJSON {
        var members: [ShopeeJSON.Member] = [
            .init("order_sn", .text(number)), .init("region", .text(region)), .init("currency", .text(currency)), .init("cod", .bool(isCOD)),
            .init("order_status", .text(shownStatus(withPending: withPending).rawValue)), .init("message_to_seller", .text(message)),
            .init("create_time", .integer(createTime)), .init("update_time", .integer(updateTime)), .init("days_to_ship", ShopeeJSON(daysToShip)),
            .init("ship_by_date", .integer(shipByDate)), .init("can_partial_cancel_order", .bool(canPartialCancel && status == .readyToShip)),
        ]
        if let bookingNumber { members.append(.init("booking_sn", .text(bookingNumber))) }
        if isAdvance { members.append(.init("advance_package", true)) }
        let optional = optionalMembers(withPending: withPending, masked: masked, oddShapes: oddShapes)
        return .object(members + optional.filter { asked.contains($0.name.trimmingSuffix) })
    }

    private func optionalMembers(withPending: Bool, masked: Bool, oddShapes: Bool) -> [ShopeeJSON.Member] {
        let odd = oddShapes && oddity % 2 == 1
        var members: [ShopeeJSON.Member] = [
            .init("buyer_user_id", .integer(buyer.id)), .init("buyer_username", .text(buyer.username)),
            .init("estimated_shipping_fee", ShopeeForms.money(shippingMinor, odd: odd)),
            .init("recipient_address", address(masked: masked, oddShapes: oddShapes)),
            // One live body had this name with a blank at its end.
            .init(oddShapes && oddity % 7 == 3 ? "actual_shipping_fee " : "actual_shipping_fee", 0), .init("actual_shipping_fee_confirmed", false),
            .init("note", .text(note)), .init("note_update_time", .integer(noteTime)),
            .init("item_list", .array(items.map { $0.detail(odd: odd, hasQuantities: kind != .oldFashioned) })),
            .init("pay_time", payTime.map { .integer($0) } ?? .null), .init("payment_method", .text(paymentMethod)),
            .init("split_up", .bool(isSplit)), .init("fulfillment_flag", isFulfilledByPlatform ? "fulfilled_by_shopee" : "fulfilled_by_local_seller"),
            .init("pickup_done_time", .integer(pickupDoneTime)), .init("package_list", .array(packages.map { packageMember($0) })),
            .init("shipping_carrier", .text(packages.first?.channel.name ?? "")), .init("checkout_shipping_carrier", .text(kind.channel.name)),
            .init("invoice_data", nil), .init("goods_to_declare", false), .init("dropshipper", odd ? nil : ""), .init("dropshipper_phone", odd ? nil : ""),
        ]
        members += [("cancel_by", cancelBy), ("cancel_reason", cancelReason), ("buyer_cancel_reason", buyerCancelReason)].compactMap { empty($0, $1, oddShapes) }
        // Comes only after payment: absent, or 0, before.
        if status != .unpaid || !oddShapes || odd {
            members.append(.init("total_amount", status == .unpaid ? 0 : ShopeeForms.money(totalMinor, odd: odd)))
        }
        if status == .toConfirmReceive || status == .completed { members.append(.init("return_request_due_date", .integer(updateTime + 15 * 86_400))) }
        if withPending, status == .pending {
            members += [.init("pending_terms", ["SYSTEM_PENDING"]), .init("pending_description", ["The order is being checked by the platform."])]
        }
        return members
    }

    /// Empty is "" or null or missing; all three were seen.
    private func empty(_ name: String, _ value: String, _ oddShapes: Bool) -> ShopeeJSON.Member? {
        guard value.isEmpty, oddShapes else { return .init(name, .text(value)) }
        return switch oddity % 3 {
        case 0: .init(name, .null)
        case 1: .init(name, "")
        default: nil
        }
    }

    private func packageMember(_ package: ShopeePackage) -> ShopeeJSON {
        let contents = package.contents.map { content -> ShopeeJSON in
            let item = items[content.line]
            return [
                "item_id": .integer(item.itemID), "model_id": .integer(item.modelID), "model_quantity": ShopeeJSON(content.quantity),
                "order_item_id": .integer(item.orderItemID), "promotion_group_id": .integer(item.promotionGroupID),
                "product_location_id": .text(ShopeeProduct.locationID),
            ]
        }
        return [
            "package_number": .text(package.number), "logistics_status": .text(package.status.rawValue),
            "logistics_channel_id": .integer(package.channel.id), "shipping_carrier": .text(package.channel.name), "allow_self_design_awb": false,
            "item_list": .array(contents),
        ]
    }
}

extension ShopeeItem {
    func detail(odd: Bool, hasQuantities: Bool) -> ShopeeJSON {
        var members: [ShopeeJSON.Member] = [
            .init("item_id", .integer(itemID)), .init("item_name", .text(name)), .init("item_sku", .text(itemSKU)), .init("model_id", .integer(modelID)),
            .init("model_name", .text(modelName)), .init("model_sku", .text(modelSKU)), .init("model_quantity_purchased", ShopeeJSON(quantity)),
        ]
        if hasQuantities {
            members += [
                .init("active_qty", ShopeeJSON(active)), .init("cancel_requested_qty", ShopeeJSON(cancelRequested)),
                .init("cancelled_qty", ShopeeJSON(cancelled)), .init("return_requested_qty", ShopeeJSON(returnRequested)),
                .init("returned_qty", ShopeeJSON(returned)),
            ]
        }
        members += [
            .init("model_original_price", ShopeeForms.money(originalMinor, odd: odd)),
            .init("model_discounted_price", ShopeeForms.money(isBundle ? 0 : priceMinor, odd: odd)), .init("wholesale", false),
            .init("weight", .number(ShopeeForms.kilograms(weightGrams))), .init("add_on_deal", false), .init("main_item", false), .init("add_on_deal_id", 0),
            .init("promotion_type", .text(isBundle ? "bundle_deal" : isPromoted ? "product_promotion" : "")), .init("promotion_id", .integer(promotionID)),
            .init("order_item_id", .integer(orderItemID)), .init("promotion_group_id", .integer(promotionGroupID)),
            .init("promotion_list", isPromoted && !isBundle ? [["promotion_type": "seller_discount", "promotion_id": .integer(promotionID)]] : []),
            .init("image_info", ["image_url": .text("https://img.example.test/\(itemID)_tn")]),
            .init("product_location_id", [.text(ShopeeProduct.locationID)]), .init("is_prescription_item", .bool(isPrescription)),
            // A known misnomer that is kept.
            .init("is_b2c_owned_item", false),
        ]
        if let lineItemID { members.append(.init("line_item_id", .integer(lineItemID))) }
        return .object(members)
    }
}

extension String {
    /// Without blanks at its end.
    fileprivate var trimmingSuffix: String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
