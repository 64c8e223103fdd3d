import Foundation

/// Reading orders and packages (shopee.md §4).
extension ShopeeWorld {
    /// 15 days.
    static let maximumSpanSeconds: Int64 = 1_296_000
    static let maximumDetails = 50

    mutating func orderList(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let field = try call.text("time_range_field")
        guard ["create_time", "update_time"].contains(field) else { throw .parameter("time_range_field is invalid.", in: "order.") }
        let from = try call.number("time_from", in: 0...Int64.max), to = try call.number("time_to", in: 0...Int64.max)
        guard from <= to, to - from <= Self.maximumSpanSeconds else {
            throw .init("order.order_list_invalid_time", "Start time must be earlier than end time and differ in 15 days.")
        }
        let size = Int(try call.number("page_size", in: 1...100))
        let withPending = call.flag("request_order_status_pending")
        let wanted = call.one("order_status").flatMap { $0.isEmpty ? nil : $0 }
        if let wanted, ShopeeOrderStatus(rawValue: wanted) == nil { throw .parameter("order_status is invalid.", in: "order.") }
        let moment: (ShopeeOrder) -> Int64 = { field == "create_time" ? $0.createTime : $0.updateTime }
        let after = try Self.position(call.one("cursor") ?? "")
        let matching = orders(of: call.shopID).filter { order in
            guard (from...to).contains(moment(order)), wanted == nil || order.shownStatus(withPending: withPending).rawValue == wanted else { return false }
            return after.map { (moment(order), order.number) > $0 } ?? true
        }.sorted { (moment($0), $0.number) < (moment($1), $1.number) }
        let page = matching.prefix(size)
        let showsStatus = (call.one("response_optional_fields") ?? "").split(separator: ",").contains("order_status")
        let list = page.map { order -> ShopeeJSON in
            var members: [ShopeeJSON.Member] = [.init("order_sn", .text(order.number))]
            if showsStatus { members.append(.init("order_status", .text(order.shownStatus(withPending: withPending).rawValue))) }
            if let booking = order.bookingNumber { members.append(.init("booking_sn", .text(booking))) }
            return .object(members)
        }
        let more = matching.count > page.count
        var next = more ? page.last.map { Self.cursor(moment($0), $0.number) } ?? "" : ""
        if switches.repeatsCursor { next = call.one("cursor") ?? "" }
        if more, switches.ordersWhilePaging > 0 {
            switches.ordersWhilePaging -= 1
            _ = place(.everyday, shopID: call.shopID)
        }
        return ShopeeReply(["more": .bool(more || switches.repeatsCursor), "next_cursor": .text(next), "order_list": .array(list)])
    }

    /// Opaque to the caller: the last row's moment and number.
    private static func cursor(_ moment: Int64, _ number: String) -> String { Data("\(moment):\(number)".utf8).base64EncodedString() }

    private static func position(_ cursor: String) throws(ShopeeProblem) -> (Int64, String)? {
        guard !cursor.isEmpty else { return nil }
        let parts = Data(base64Encoded: cursor).map { String(decoding: $0, as: UTF8.self).split(separator: ":") } ?? []
        guard parts.count == 2, let moment = Int64(parts[0]) else { throw .parameter("cursor is invalid.", in: "order.") }
        return (moment, String(parts[1]))
    }

    /// Unknown numbers are silently missing.
    func orderDetail(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let numbers = try call.list("order_sn_list", limit: Self.maximumDetails)
        let asked = Set((call.one("response_optional_fields") ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        let withPending = call.flag("request_order_status_pending")
        let found = numbers.compactMap { orders[$0] }.filter { $0.shopID == call.shopID }
        let list = found.map { order in
            order.detail(asked: asked, withPending: withPending, masked: isMasked(order), oddShapes: configuration.hasOddShapes)
        }
        return ShopeeReply(["order_list": .array(list)])
    }

    private func isMasked(_ order: ShopeeOrder) -> Bool {
        switch configuration.masking {
        case .never: false
        case .onceShipped: order.isMaskedOnceShipped
        case .always: true
        }
    }

    func escrowDetail(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.text("order_sn"), of: call.shopID)
        let odd = configuration.hasOddShapes && order.oddity % 2 == 1
        let original = order.items.reduce(0) { $0 + $1.originalMinor * Int64($1.active) }
        let fee = order.itemsMinor / 20
        let items = order.items.map { item -> ShopeeJSON in
            [
                "item_id": .integer(item.itemID), "item_name": .text(item.name), "item_sku": .text(item.itemSKU), "model_id": .integer(item.modelID),
                "model_sku": .text(item.modelSKU), "quantity_purchased": ShopeeJSON(item.quantity),
                // Totals of the line, not of one piece.
                "original_price": ShopeeForms.money(item.originalMinor * Int64(item.active), odd: odd),
                "discounted_price": ShopeeForms.money(item.priceMinor * Int64(item.active), odd: odd), "discount_from_voucher_seller": 0,
                "activity_type": .text(item.isBundle ? "bundle_deal" : ""), "activity_id": .integer(item.promotionID),
            ]
        }
        return ShopeeReply([
            "order_sn": .text(order.number), "buyer_user_name": .text(order.buyer.username), "return_order_sn_list": [],
            "order_income": [
                "escrow_amount": ShopeeForms.money(order.itemsMinor - fee, odd: odd), "buyer_total_amount": ShopeeForms.money(order.totalMinor, odd: odd),
                "original_price": ShopeeForms.money(original, odd: odd), "seller_discount": ShopeeForms.money(original - order.itemsMinor, odd: odd),
                "shopee_discount": 0, "voucher_from_seller": 0, "voucher_from_shopee": ShopeeForms.money(order.voucherMinor, odd: odd), "coins": 0,
                "buyer_paid_shipping_fee": ShopeeForms.money(order.shippingMinor, odd: odd), "commission_fee": ShopeeForms.money(fee, odd: odd),
                "service_fee": 0, "items": .array(items),
            ],
        ])
    }

    // MARK: Packages

    /// Only packages that were not shipped yet; 0 all, 1 pending, 2 to process, 3 processed.
    func searchPackages(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let wanted = call.json["filter"]?["package_status"]?.int64 ?? 2
        guard (0...3).contains(wanted) else { throw .parameter("package_status is invalid.", in: "order.") }
        let size = Int(call.json["pagination"]?["page_size"]?.int64 ?? 0)
        guard (1...100).contains(size) else { throw .parameter("page_size is invalid.", in: "order.") }
        let after = call.json["pagination"]?["cursor"]?.string ?? ""
        let rows = openPackages(of: call.shopID).filter { row in
            switch wanted {
            case 1: [.notStart, .pendingArrange].contains(row.package.status)
            case 2: row.package.status == .ready
            case 3: row.package.status.isArranged
            default: true
            }
        }
        let isAscending = call.json["sort"]?["ascending"]?.flag ?? true
        let sorted = isAscending ? rows : rows.reversed()
        let rest = sorted.filter { after.isEmpty || (isAscending ? $0.package.number > after : $0.package.number < after) }
        let page = rest.prefix(size)
        let list = page.map { row -> ShopeeJSON in
            [
                "order_sn": .text(row.order.number), "package_number": .text(row.package.number), "logistics_channel_id": .integer(row.package.channel.id),
                "product_location_id": .text(ShopeeProduct.locationID), "sorting_group": "", "is_shipment_arranged": .bool(row.package.status.isArranged),
            ]
        }
        let more = rest.count > page.count
        return ShopeeReply([
            "packages_list": .array(list),
            "pagination": [
                "total_count": ShopeeJSON(rows.count), "next_cursor": .text(more ? page.last?.package.number ?? "" : ""), "more": .bool(more),
            ],
        ])
    }

    /// Packages of orders that are paid for and not on their way, by number.
    private func openPackages(of shopID: Int64) -> [(order: ShopeeOrder, package: ShopeePackage)] {
        orders(of: shopID).filter { $0.status.isBeforeShipping && $0.status != .unpaid }
            .flatMap { order in order.packages.filter { !$0.status.isOver && !$0.status.hasLeft }.map { (order, $0) } }
            .sorted { $0.1.number < $1.1.number }
    }

    func packageDetail(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let found = try call.list("package_number_list", limit: Self.maximumDetails).compactMap { package($0) }.filter { $0.order.shopID == call.shopID }
        return ShopeeReply(["package_list": .array(found.map { (order, index) -> ShopeeJSON in
            let package = order.packages[index]
            let contents = package.contents.map { content -> ShopeeJSON in
                let item = order.items[content.line]
                return [
                    "item_id": .integer(item.itemID), "model_id": .integer(item.modelID), "model_quantity": ShopeeJSON(content.quantity),
                    "order_item_id": .integer(item.orderItemID), "promotion_group_id": .integer(item.promotionGroupID),
                ]
            }
            return [
                "order_sn": .text(order.number), "package_number": .text(package.number), "fulfillment_status": .text(package.status.rawValue),
                "logistics_status": .text(package.status.rawValue), "update_time": .integer(package.updateTime),
                "logistics_channel_id": .integer(package.channel.id), "shipping_carrier": .text(package.channel.name),
                "tracking_number": .text(package.isTrackingShown ? package.trackingNumber ?? "" : ""), "days_to_ship": ShopeeJSON(order.daysToShip),
                "ship_by_date": .integer(order.shipByDate), "is_split_up": .bool(order.isSplit), "product_location_id": .text(ShopeeProduct.locationID),
                "item_list": .array(contents),
            ]
        })])
    }

    /// The older call: what is ready to be arranged.
    func shipmentList(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let size = Int(try call.number("page_size", in: 1...100))
        let after = call.one("cursor") ?? ""
        let rest = openPackages(of: call.shopID).filter { $0.package.status == .ready && $0.package.number > after }
        let page = rest.prefix(size)
        let more = rest.count > page.count
        return ShopeeReply([
            "order_list": .array(page.map { ["order_sn": .text($0.order.number), "package_number": .text($0.package.number)] }),
            "more": .bool(more), "next_cursor": .text(more ? page.last?.package.number ?? "" : ""),
        ])
    }
}
