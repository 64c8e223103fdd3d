import Foundation

/// Acting on orders before they are shipped (shopee.md §6): cancel, split, note, and the answers to returns.
extension ShopeeWorld {
    private static let cancelReasons: Set<String> = ["OUT_OF_STOCK", "CUSTOMER_REQUEST", "UNDELIVERABLE_AREA", "COD_NOT_SUPPORTED"]
    private static let cancellable: Set<ShopeeOrderStatus> = [.unpaid, .pending, .invoicePending, .readyToShip, .processed]

    mutating func cancelOrder(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.bodyText("order_sn"), of: call.shopID)
        let reason = try call.bodyText("cancel_reason")
        guard Self.cancelReasons.contains(reason) else { throw .parameter("cancel_reason is invalid.", in: "order.") }
        guard Self.cancellable.contains(order.status) else { throw .parameter("The order status does not allow cancelling.", in: "order.") }
        switch reason {
        case "OUT_OF_STOCK" where call.json["partial_cancel_item_list"] == nil: try checkMissingItems(call, order)
        case "UNDELIVERABLE_AREA" where !["TW", "MY"].contains(order.region):
            throw .parameter("The cancel_reason UNDELIVERABLE_AREA is not allowed in this region.", in: "order.")
        case "COD_NOT_SUPPORTED" where !order.isCOD:
            throw .parameter("The cancel_reason COD_NOT_SUPPORTED is for COD orders.", in: "order.")
        default: break
        }
        if let parts = call.json["partial_cancel_item_list"]?.items, !parts.isEmpty {
            try cancelPart(of: order, parts, reason: reason)
        } else if switches.cancelMode == .asks, order.status.successors.contains(.inCancel) {
            noteCancellation(order.number, by: "seller", reason: reason)
            move(order.number, to: .inCancel)
        } else {
            cancel(order.number, by: "seller", reason: reason)
        }
        counters.cancellations[order.number, default: 0] += 1
        return ShopeeReply(["update_time": .integer(orders[order.number]?.updateTime ?? now)])
    }

    private func checkMissingItems(_ call: ShopeeCall, _ order: ShopeeOrder) throws(ShopeeProblem) {
        let named = call.json["item_list"]?.items ?? []
        guard !named.isEmpty else { throw .parameter("item_list is required when cancel_reason is OUT_OF_STOCK.", in: "order.") }
        let known = named.allSatisfy { name in order.items.contains { $0.itemID == name["item_id"]?.int64 && $0.modelID == name["model_id"]?.int64 ?? 0 } }
        guard known else { throw .parameter("The item is not in the order.", in: "order.") }
    }

    /// Lines are named by four numbers, since item and model are not unique.
    private func line(_ name: ShopeeJSON, in order: ShopeeOrder) -> Int? {
        order.items.firstIndex { item in
            item.itemID == name["item_id"]?.int64 && item.modelID == name["model_id"]?.int64 ?? 0
                && item.orderItemID == name["order_item_id"]?.int64 ?? item.orderItemID
                && item.promotionGroupID == name["promotion_group_id"]?.int64 ?? item.promotionGroupID
        }
    }

    private mutating func cancelPart(of order: ShopeeOrder, _ parts: [ShopeeJSON], reason: String) throws(ShopeeProblem) {
        guard order.canPartialCancel, order.status == .readyToShip else { throw .parameter("The order can not be partially cancelled.", in: "order.") }
        var counts: [Int: Int] = [:]
        for part in parts {
            guard let line = line(part, in: order) else { throw .parameter("The item is not in the order.", in: "order.") }
            guard let quantity = part["model_quantity"]?.int64, quantity > 0 else { throw .parameter("model_quantity is invalid.", in: "order.") }
            counts[line, default: 0] += Int(quantity)
        }
        guard counts.allSatisfy({ $0.value <= order.items[$0.key].active }) else { throw .parameter("model_quantity is over what is left.", in: "order.") }
        if order.items.indices.allSatisfy({ order.items[$0].active == counts[$0, default: 0] }) {
            cancel(order.number, by: "seller", reason: reason)
            return
        }
        for (line, count) in counts { restock(order.items[line], count) }
        change(order.number) { order in
            for (line, count) in counts { order.items[line].cancelled += count }
            for index in order.packages.indices {
                for place in order.packages[index].contents.indices {
                    let content = order.packages[index].contents[place]
                    order.packages[index].contents[place].quantity = min(content.quantity, order.items[content.line].active)
                }
            }
        }
        if let changed = orders[order.number] { announceStatus(of: changed) }
    }

    mutating func handleBuyerCancellation(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.bodyText("order_sn"), of: call.shopID)
        let operation = try call.bodyText("operation")
        guard ["ACCEPT", "REJECT"].contains(operation) else { throw .parameter("operation is invalid.", in: "order.") }
        guard order.status == .inCancel, order.isCancelAskedByBuyer else { throw .parameter("The buyer has not asked to cancel this order.", in: "order.") }
        settleCancellation(order.number, accepting: operation == "ACCEPT")
        if operation == "ACCEPT" { counters.cancellations[order.number, default: 0] += 1 }
        return ShopeeReply(["update_time": .integer(orders[order.number]?.updateTime ?? now)])
    }

    mutating func setNote(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.bodyText("order_sn"), of: call.shopID)
        guard let note = call.json["note"]?.string else { throw .parameter("note is required.") }
        let moment = now
        change(order.number) { order in
            order.note = note
            order.noteTime = moment
        }
        return ShopeeReply()
    }

    // MARK: Splitting

    private static let maximumPackages = 5, maximumPackagesInTaiwan = 30

    mutating func splitOrder(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.bodyText("order_sn"), of: call.shopID)
        guard order.status == .readyToShip, !order.isSplit, order.packages.allSatisfy({ $0.status == .ready }) else {
            throw .parameter("Only an unsplit order in READY_TO_SHIP can be split.", in: "order.")
        }
        let wanted = call.json["package_list"]?.items ?? []
        guard (2...(order.region == "TW" ? Self.maximumPackagesInTaiwan : Self.maximumPackages)).contains(wanted.count) else {
            throw .parameter("The number of packages is invalid.", in: "order.")
        }
        var groups: [[ShopeePackage.Content]] = []
        for group in wanted {
            var contents: [ShopeePackage.Content] = []
            for name in group["item_list"]?.items ?? [] {
                // Of equal names the lines are taken one after another.
                let taken = Set((groups.flatMap(\.self) + contents).map(\.line))
                guard let named = line(name, in: order),
                      let line = order.items.indices.first(where: { !taken.contains($0) && order.items[$0].isSame(as: order.items[named]) })
                else { throw .parameter("The item is not in the order.", in: "order.") }
                contents.append(.init(line: line, quantity: order.items[line].active))
            }
            guard !contents.isEmpty else { throw .parameter("item_list is required.", in: "order.") }
            groups.append(contents)
        }
        guard groups.flatMap(\.self).count == order.items.count else { throw .parameter("All items have to be in a package.", in: "order.") }
        rearrange(order, groups, isSplit: true)
        return packagesReply(of: order.number)
    }

    mutating func unsplitOrder(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.bodyText("order_sn"), of: call.shopID)
        guard order.isSplit, order.packages.allSatisfy({ $0.status == .ready }) else {
            throw .parameter("Only a split order without arranged packages can be unsplit.", in: "order.")
        }
        rearrange(order, [order.items.indices.map { .init(line: $0, quantity: order.items[$0].active) }], isSplit: false)
        return packagesReply(of: order.number)
    }

    private mutating func rearrange(_ order: ShopeeOrder, _ groups: [[ShopeePackage.Content]], isSplit: Bool) {
        for package in order.packages { packageOwner[package.number] = nil }
        let moment = now
        var packages: [ShopeePackage] = []
        for contents in groups {
            packages.append(ShopeePackage(number: nextPackageNumber(), status: .ready, channel: order.kind.channel, contents: contents, updateTime: moment))
        }
        for package in packages { packageOwner[package.number] = order.number }
        change(order.number) { order in
            order.packages = packages
            order.isSplit = isSplit
        }
        for package in packages { announcePackage(package, of: order) }
    }

    private func packagesReply(of number: String) -> ShopeeReply {
        guard let order = orders[number] else { return ShopeeReply() }
        return ShopeeReply([
            "order_sn": .text(number),
            "package_list": .array(order.packages.map { package in
                [
                    "package_number": .text(package.number),
                    "item_list": .array(package.contents.map { content in
                        [
                            "item_id": .integer(order.items[content.line].itemID), "model_id": .integer(order.items[content.line].modelID),
                            "order_item_id": .integer(order.items[content.line].orderItemID), "model_quantity": ShopeeJSON(content.quantity),
                        ]
                    }),
                ]
            }),
        ])
    }

    // MARK: Returns

    func returnList(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let number = Int(try call.number("page_no", in: 0...100_000)), size = Int(try call.number("page_size", in: 1...100))
        let from = try call.number("update_time_from", in: 0...Int64.max, default: 0), to = try call.number("update_time_to", in: 0...Int64.max, default: .max)
        let wanted = call.one("status").flatMap { $0.isEmpty ? nil : $0 }
        let matching = returns.values.filter { item in
            item.shopID == call.shopID && (from...max(from, to)).contains(item.updateTime) && (wanted == nil || item.status.rawValue == wanted)
        }.sorted { ($0.updateTime, $0.number) < ($1.updateTime, $1.number) }
        // A page number from 0 on; 1 is taken for the second page (the dossier leaves it open).
        let rest = matching.dropFirst(number * size)
        let page = rest.prefix(size)
        return ShopeeReply(["more": .bool(rest.count > page.count), "return": .array(page.map(returnMember))])
    }

    func returnDetail(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        guard let item = returns[try call.text("return_sn")], item.shopID == call.shopID else { throw .notFound("The return is not found.") }
        return ShopeeReply(returnMember(item))
    }

    private func returnMember(_ item: ShopeeReturn) -> ShopeeJSON {
        let order = orders[item.orderNumber]
        let contents = item.contents.compactMap { content -> ShopeeJSON? in
            guard let line = order?.items[content.line] else { return nil }
            return [
                "item_id": .integer(line.itemID), "model_id": .integer(line.modelID), "name": .text(line.name), "amount": ShopeeJSON(content.quantity),
                "variation_sku": .text(line.modelSKU), "item_sku": .text(line.itemSKU), "item_price": ShopeeForms.money(line.priceMinor),
            ]
        }
        return [
            "return_sn": .text(item.number), "order_sn": .text(item.orderNumber), "status": .text(item.status.rawValue), "reason": .text(item.reason),
            "text_reason": "", "refund_amount": ShopeeForms.money(item.refundMinor), "currency": .text(order?.currency ?? "THB"),
            "create_time": .integer(item.createTime), "update_time": .integer(item.updateTime), "item": .array(contents), "tracking_number": "",
            "needs_logistics": false,
        ]
    }

    mutating func decideReturn(_ call: ShopeeCall, _ status: ShopeeReturnStatus) throws(ShopeeProblem) -> ShopeeReply {
        guard let item = returns[try call.bodyText("return_sn")], item.shopID == call.shopID else { throw .notFound("The return is not found.") }
        guard [.requested, .processing].contains(item.status) else { throw .parameter("The return status does not allow this.") }
        moveReturn(item.number, to: status)
        return ShopeeReply(["return_sn": .text(item.number)])
    }
}

extension ShopeeItem {
    /// The same goods under the same promotion: names cannot tell such lines apart.
    fileprivate func isSame(as other: ShopeeItem) -> Bool {
        itemID == other.itemID && modelID == other.modelID && orderItemID == other.orderItemID && promotionGroupID == other.promotionGroupID
    }
}
