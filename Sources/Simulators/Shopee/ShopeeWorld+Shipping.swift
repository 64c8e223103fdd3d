import Foundation

/// Arranging the shipment (shopee.md §6): three ways, and every refusal the dossier names.
extension ShopeeWorld {
    // MARK: What is needed

    func shippingParameter(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.text("order_sn"), of: call.shopID)
        let index = try chosenPackage(of: order, named: call.one("package_number"))
        try checkReady(order, order.packages[index])
        return ShopeeReply(parameter(for: order.packages[index].channel))
    }

    private func parameter(for channel: ShopeeChannel) -> ShopeeJSON {
        var needed: [ShopeeJSON.Member] = [], offers: [ShopeeJSON.Member] = []
        for way in channel.ways {
            switch way {
            case .pickup:
                needed.append(.init("pickup", channel.hasPickupSlots ? ["address_id", "pickup_time_id"] : ["address_id"]))
                offers.append(.init("pickup", ["address_list": [address(hasSlots: channel.hasPickupSlots)]]))
            case .dropoff:
                let names = (channel.needsBranch ? ["branch_id"] : []) + (channel.needsSenderName ? ["sender_real_name"] : [])
                needed.append(.init("dropoff", ShopeeJSON(texts: names)))
                let branches: ShopeeJSON = channel.needsBranch
                    ? [[
                        "branch_id": .integer(ShopeeChannel.branchID), "region": "TH", "state": "กรุงเทพมหานคร", "city": "จตุจักร", "address": "99 ถนนตัวอย่าง",
                        "zipcode": "10900",
                    ]]
                    : nil
                offers.append(.init("dropoff", ["branch_list": branches, "slug_list": nil]))
            case .nonIntegrated:
                needed.append(.init("non_integrated", ["tracking_no"]))
            }
        }
        return .object([.init("info_needed", .object(needed))] + offers)
    }

    private func address(hasSlots: Bool) -> ShopeeJSON {
        let slots = ShopeeChannel.slots(at: now).enumerated().map { index, slot -> ShopeeJSON in
            [
                "date": .integer(slot.date), "time_text": "14:00 - 18:00", "pickup_time_id": .text(slot.id),
                "flags": index == 0 ? ["recommended"] : [],
            ]
        }
        return [
            "address_id": .integer(ShopeeChannel.addressID), "region": "TH", "state": "จังหวัดกรุงเทพมหานคร", "city": "เขตจตุจักร", "district": "แขวงลาดยาว", "town": "",
            "address": "99/1 ถนนตัวอย่าง", "zipcode": "10900", "address_flag": ["default_address", "pickup_address"],
            "time_slot_list": hasSlots ? .array(slots) : nil,
        ]
    }

    /// The one package of an unsplit order, or the named one of a split order.
    private func chosenPackage(of order: ShopeeOrder, named number: String?) throws(ShopeeProblem) -> Int {
        guard let number, !number.isEmpty else {
            guard !order.isSplit else { throw .shipping("package_number is required for a split order.") }
            return 0
        }
        guard let index = order.packages.firstIndex(where: { $0.number == number }) else { throw .shipping("The package_number is invalid.") }
        return index
    }

    private func checkReady(_ order: ShopeeOrder, _ package: ShopeePackage) throws(ShopeeProblem) {
        guard !order.isAdvance else { throw .init("logistics.error_booking_order", "The stock of this order is at the platform already.") }
        let isOpen = order.status == .readyToShip || (order.isSplit && order.status == .processed)
        guard isOpen, package.status == .ready, !order.isFulfilledByPlatform else {
            throw .init("logistics.ship_order_not_ready_to_ship", "The package is not ready to ship.")
        }
    }

    // MARK: Arranging

    mutating func shipOrder(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.bodyText("order_sn"), of: call.shopID)
        let named = call.json["package_number"]
        if named != nil {
            guard order.isSplit else {
                throw .init("logistics.ship_order_not_need_pacakge_number", "The order is not split, package_number is not needed.")
            }
            guard named?.string?.isEmpty == false else { throw .shipping("The package_number is invalid.") }
        }
        let index = try chosenPackage(of: order, named: named?.string)
        try arrange(order, order.packages[index], with: call.json)
        // A success has no `response`.
        return ShopeeReply()
    }

    /// The whole of one arrangement, for one order or one of many.
    private mutating func arrange(_ order: ShopeeOrder, _ package: ShopeePackage, with wish: ShopeeJSON) throws(ShopeeProblem) {
        if lockedArrangements > 0 {
            lockedArrangements -= 1
            throw .init("logistics.logistic_order_is_locked_on_creating", "The logistics order is being created, please try again later.")
        }
        let isRepeated = package.status.isArranged
        if isRepeated, switches.refusesSecondArrangement || package.status != .requestCreated {
            counters.refusedArrangements[package.number, default: 0] += 1
            throw .init(configuration.hasOddShapes ? " package_already_shipped" : "package_already_shipped", "The package has been shipped already.")
        }
        if !isRepeated { try checkReady(order, package) }
        let ways = ShopeeChannel.Way.allCases.filter { wish[$0.rawValue]?.members != nil }
        guard let way = ways.first, ways.count == 1 else {
            throw .init("logistics.ship_order_only_support_one_type", "Exactly one of pickup, dropoff and non_integrated is supported.")
        }
        guard package.channel.ways.contains(way) else { throw .shipping("The channel does not support \(way.rawValue).") }
        let details = wish[way.rawValue] ?? .object([])
        let ownNumber = try check(details, way, of: package)
        counters.arrangements[package.number, default: 0] += 1
        guard !isRepeated else { return }
        if let ownNumber {
            trackingOwner[ownNumber] = package.number
            changeQuietly(package.number) { $0.trackingNumber = ownNumber }
        }
        if way == .pickup, let address = details["address_id"]?.int64 {
            let slot = details["pickup_time_id"]?.string ?? ""
            changeQuietly(package.number) { $0.pickup = .init(addressID: address, timeID: slot) }
        }
        if way == .nonIntegrated {
            movePackage(package.number, to: .pickupDone, word: "PICKED_UP", "ผู้ขายจัดส่งพัสดุแล้ว")
            showTracking(package.number)
        } else {
            movePackage(package.number, to: .requestCreated, word: "ORDER_CREATED", "ผู้ขายกำลังเตรียมพัสดุ")
            arranged(package.number)
        }
    }

    /// What a way asks for; answers with a number of the seller's own.
    private func check(_ details: ShopeeJSON, _ way: ShopeeChannel.Way, of package: ShopeePackage) throws(ShopeeProblem) -> String? {
        switch way {
        case .pickup:
            guard details["address_id"]?.int64 == ShopeeChannel.addressID else { throw .shipping("The address_id is invalid.") }
            if package.channel.hasPickupSlots { try checkSlot(details["pickup_time_id"]?.string ?? "") }
            return nil
        case .dropoff:
            if package.channel.needsBranch {
                guard details["branch_id"]?.int64 == ShopeeChannel.branchID else { throw .shipping("The branch_id is invalid.") }
            }
            if package.channel.needsSenderName, details["sender_real_name"]?.string ?? "" == "" {
                throw .init("logistics.ship_order_need_sender_real_name", "sender_real_name is required.")
            }
            return nil
        case .nonIntegrated:
            let number = details["tracking_number"]?.string ?? ""
            guard !number.isEmpty else { throw .shipping("tracking_number is required.") }
            if let refusal = package.channel.refusal(of: number) { throw .shipping(refusal) }
            guard [nil, package.number].contains(trackingOwner[number]) else { throw .shipping("The tracking number is used by another order.") }
            return number
        }
    }

    private func checkSlot(_ id: String) throws(ShopeeProblem) {
        switch ShopeeChannel.check(slot: id, at: now) {
        case .unknown: throw .init("logistics.error_pickup_time", "The pickup_time_id is invalid.")
        case .closed: throw .init("logistics.error_cutoff_time", "The cutoff time of this pickup has passed.")
        case nil: break
        }
    }

    /// A pickup is moved; a package whose pickup failed is arranged for anew.
    mutating func updateShippingOrder(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.bodyText("order_sn"), of: call.shopID)
        let index = try chosenPackage(of: order, named: call.json["package_number"]?.string)
        let package = order.packages[index]
        guard [.requestCreated, .pickupRetry].contains(package.status), package.channel.ways.contains(.pickup), order.status != .inCancel else {
            throw .shipping("The pickup of this package can not be updated.")
        }
        let details = call.json["pickup"] ?? .object([])
        _ = try check(details, .pickup, of: package)
        let slot = details["pickup_time_id"]?.string ?? ""
        changeQuietly(package.number) { $0.pickup = .init(addressID: ShopeeChannel.addressID, timeID: slot) }
        if package.status == .pickupRetry {
            movePackage(package.number, to: .requestCreated, word: "ORDER_CREATED", "นัดเข้ารับพัสดุใหม่")
        } else {
            change(order.number) { _ in }
        }
        return ShopeeReply()
    }

    // MARK: Many at once

    /// One channel and warehouse a call.
    private func massPackages(_ call: ShopeeCall) throws(ShopeeProblem) -> [(number: String, found: (order: ShopeeOrder, index: Int)?)] {
        let rows = try call.bodyList("package_list", limit: 50).map { $0["package_number"]?.string ?? "" }
        let found = rows.map { number in (number, package(number).flatMap { $0.order.shopID == call.shopID ? $0 : nil }) }
        guard Set(found.compactMap { $0.1.map { $0.order.packages[$0.index].channel.id } }).count <= 1 else {
            throw .shipping("The packages should be of the same logistics channel.")
        }
        return found
    }

    func massShippingParameter(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let rows = try massPackages(call)
        var good: [ShopeeJSON] = [], bad: [ShopeeJSON] = [], channel: ShopeeChannel?
        for row in rows {
            do throws(ShopeeProblem) {
                guard let (order, index) = row.found else { throw .shipping("The package_number is invalid.") }
                try checkReady(order, order.packages[index])
                channel = order.packages[index].channel
                good.append(["package_number": .text(row.number)])
            } catch {
                bad.append(failure(row.number, error))
            }
        }
        guard let channel else { throw .init("common.batch_api_all_failed", "All packages failed.", response: ["success_list": [], "fail_list": .array(bad)]) }
        return ShopeeReply(parameter(for: channel).adding("success_list", .array(good)).adding("fail_list", .array(bad)))
    }

    /// One result a package: some may fail. The dossier gives the rule for batches, not these lists' names; `result_list` and both lists say the same.
    mutating func massShipOrder(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let rows = try massPackages(call)
        var results: [ShopeeJSON] = [], good: [ShopeeJSON] = [], bad: [ShopeeJSON] = [], warnings: [ShopeeJSON] = []
        for row in rows {
            do throws(ShopeeProblem) {
                guard let (order, index) = package(row.number), order.shopID == call.shopID else { throw .shipping("The package_number is invalid.") }
                try arrange(order, order.packages[index], with: call.json)
                good.append(["package_number": .text(row.number)])
                results.append(["order_sn": .text(order.number), "package_number": .text(row.number)])
            } catch {
                let order = row.found?.order.number ?? ""
                bad.append(failure(row.number, error))
                warnings.append(["order_sn": .text(order), "package_number": .text(row.number)])
                results.append(failure(row.number, error).adding("order_sn", .text(order)))
            }
        }
        let response: ShopeeJSON = ["result_list": .array(results), "success_list": .array(good), "fail_list": .array(bad)]
        guard !good.isEmpty else { throw .init("common.batch_api_all_failed", "All packages failed.", response: response) }
        return ShopeeReply(response, warning: warnings.isEmpty ? nil : .array(warnings))
    }

    private func failure(_ number: String, _ problem: ShopeeProblem) -> ShopeeJSON {
        [
            "package_number": .text(number), "fail_error": .text(problem.code), "fail_message": .text(problem.message),
            "fail_reason": .text(problem.message),
        ]
    }

    mutating func massTrackingNumbers(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let rows = try call.bodyList("package_list", limit: 50).map { $0["package_number"]?.string ?? "" }
        var good: [ShopeeJSON] = [], bad: [ShopeeJSON] = []
        for number in rows {
            guard let (order, index) = package(number), order.shopID == call.shopID, order.packages[index].status.isArranged else {
                bad.append(failure(number, .shipping("The package has no tracking number.")))
                continue
            }
            good.append(["package_number": .text(number), "tracking_number": .text(polledNumber(number) ?? "")])
        }
        return ShopeeReply(["success_list": .array(good), "fail_list": .array(bad)])
    }

    // MARK: Tracking

    mutating func trackingNumber(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.text("order_sn"), of: call.shopID)
        let package = order.packages[try chosenPackage(of: order, named: call.one("package_number"))]
        guard package.status.isArranged else { throw .shipping("The package is not arranged yet.") }
        let number = polledNumber(package.number)
        return ShopeeReply([
            "tracking_number": .text(number ?? ""), "plp_number": "", "first_mile_tracking_number": "", "last_mile_tracking_number": "",
            "hint": .text(number == nil ? "The tracking number is not available now, please try again later." : ""),
        ])
    }

    /// A late number comes after so many empty answers.
    private mutating func polledNumber(_ packageNumber: String) -> String? {
        guard let (order, index) = package(packageNumber) else { return nil }
        let package = order.packages[index]
        if package.isTrackingShown { return package.trackingNumber }
        if package.trackingPollsLeft > 0 {
            changeQuietly(packageNumber) { $0.trackingPollsLeft -= 1 }
            return nil
        }
        guard configuration.trackingDelay == nil else { return nil }
        showTracking(packageNumber)
        return self.package(packageNumber).flatMap { $0.order.packages[$0.index].trackingNumber }
    }

    func trackingInfo(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        let order = try order(try call.text("order_sn"), of: call.shopID)
        let package = order.packages[try chosenPackage(of: order, named: call.one("package_number"))]
        let events = package.events.reversed().map { event -> ShopeeJSON in
            var members: [ShopeeJSON.Member] = [
                .init("update_time", .integer(event.at)), .init("description", .text(event.description)), .init("logistics_status", .text(event.word)),
            ]
            if let code = event.returnCode { members.append(.init("return_code", .text(code))) }
            return .object(members)
        }
        return ShopeeReply([
            "order_sn": .text(order.number), "package_number": .text(package.number), "logistics_status": .text(package.status.rawValue),
            "tracking_info": .array(events),
        ])
    }

    func channelList() -> ShopeeReply {
        ShopeeReply(["logistics_channel_list": .array(ShopeeChannel.all.map { channel in
            [
                "logistics_channel_id": .integer(channel.id), "logistics_channel_name": .text(channel.name), "enabled": true, "cod_enabled": true,
                "seller_logistic_has_configuration": nil, "preferred": false,
            ]
        })])
    }
}
