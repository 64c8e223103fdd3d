import Foundation

/// Seller-delivered and digital orders, and the parcel's history (lazada.md §6 nos. 6 and 10).
extension LazadaState {
    /// `/order/package/sof/delivered`, `…/failed_delivery`, `…/status/update`: the dossier names no parameter, so the one with JSON in it counts.
    mutating func setSellerDelivery(_ call: Call, to word: String) throws(Problem) -> LazadaJSON {
        try forEachPackage(of: call, nil) { state, package, store in
            guard package.isSellerDelivered else { return LazadaPackFault(code: "700033", message: "package is not delivered by the seller") }
            guard package.stage == .readyToShip || package.stage == .moving else {
                return LazadaPackFault(code: "700031", message: "package is \(package.stage.rawValue)")
            }
            state.stores[store]?.packages[package.id]?.stage = .moving
            state.count("seller deliveries told")
            state.setStatus(word, of: Set(package.itemIDs), in: package.orderID, store)
            return nil
        }
    }

    /// `/order/digital/delivered`: an order, or a list of them, each whole or by its items.
    mutating func setDigitalDelivered(_ call: Call) throws(Problem) -> LazadaJSON {
        let wish = try call.anyJSONObject()
        let wanted = wish["orders"]?.items ?? [wish]
        let answers = wanted.map { entry -> LazadaJSON in
            let id = entry["order_id"]?.looseInteger ?? 0
            guard let order = stores[call.store]?.orders[id] else { return ["order_id": .integer(id), "item_err_code": "700021", "msg": "order not found"] }
            let named = Set((entry["order_item_list"] ?? entry["order_items"])?.items?.compactMap(\.looseInteger) ?? [])
            let items = order.items.filter { $0.isDigital && $0.status == ItemStatus.pending && (named.isEmpty || named.contains($0.id)) }
            guard !items.isEmpty else { return ["order_id": .integer(id), "item_err_code": "700026", "msg": "no digital item waits"] }
            setStatus(ItemStatus.delivered, of: Set(items.map(\.id)), in: id, call.store)
            return ["order_id": .integer(id), "item_err_code": "0", "msg": "success"]
        }
        return Self.result(["orders": .array(answers)])
    }

    /// `/logistic/order/trace`: filled only after ready-to-ship.
    mutating func trace(_ call: Call) throws(Problem) -> LazadaJSON {
        let id = try call.id("order_id")
        guard let store = stores[call.store], store.orders[id] != nil else { throw .unknownOrder }
        var wanted: Set<String> = []
        if call.text("ofcPackageIdList") != nil { wanted = Set(try call.json("ofcPackageIdList").items?.compactMap(\.looseText) ?? []) }
        let packages = store.packages.values
            .filter { $0.orderID == id && !$0.events.isEmpty && (wanted.isEmpty || wanted.contains($0.id)) }.sorted { $0.id < $1.id }
        let infos = packages.map { package -> LazadaJSON in
            [
                "ofc_package_id": .string(package.id), "tracking_number": .string(package.trackingNumber), "logistic_detail_info_list": .array(package.events.map { event in
                    let title = LazadaParcelWord.bare(event.word).replacing("_", with: " ").capitalized
                    return [
                        "title": .string(title), "description": .string("Your package: \(title)"), "event_time": .integer(LazadaTime.milliseconds(event.at)),
                        "status_code": .string(event.word),
                    ]
                }),
            ]
        }
        return ["result": ["success": true, "module": infos.isEmpty ? [] : [["order_id": .integer(id), "package_detail_info_list": .array(infos)]]]]
    }
}
