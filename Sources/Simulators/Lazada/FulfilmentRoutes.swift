import Foundation
import SimulatorKit

/// Packing, making ready to ship, and undoing (lazada.md §6 nos. 1 to 5). `success: true` does not mean that all went well: each element has its own code.
extension LazadaState {
    static let maximumBatch = 20

    // MARK: Answers

    static func result(_ data: LazadaJSON) -> LazadaJSON { ["result": ["data": data, "success": true]] }

    /// The whole call refused. Tables write `error_code`, samples `errorCode`: both are met.
    mutating func refusal(_ code: String, _ message: String) -> LazadaJSON {
        let camel = nextSerial().isMultiple(of: 2)
        return ["result": ["success": false, (camel ? "errorCode" : "error_code"): .string(code), (camel ? "errorMsg" : "error_msg"): .string(message)]]
    }

    private static func element(_ name: String, _ id: LazadaJSON, code: String = "0", _ message: String = "success", retry: Bool = false) -> LazadaJSON {
        [name: id, "item_err_code": .string(code), "msg": .string(message), "retry": .bool(retry)]
    }

    // MARK: Providers and packing

    mutating func getProviders(_ call: Call) throws(Problem) -> LazadaJSON {
        let wish = try call.json("getShipmentProvidersReq")
        guard let orders = wish["orders"]?.items, !orders.isEmpty, let store = stores[call.store] else { return refusal("700004", "orders is missing") }
        for wanted in orders where wanted["order_id"]?.looseInteger.flatMap({ store.orders[$0] }) == nil { return refusal("700021", "order not found") }
        let name = Self.providerName(store.country)
        return Self.result([
            "platform_default": 1, "shipping_allocate_type": store.seller.isCrossBorder ? "NTFS" : "TFS",
            "shipment_providers": [["name": .string(name), "provider_code": .string(name.replacing(" ", with: "_"))]],
        ])
    }

    static func providerName(_ country: LazadaCountry) -> String { "LEX \(country.rawValue.uppercased())" }

    mutating func pack(_ call: Call) throws(Problem) -> LazadaJSON {
        let wish = try call.json("packReq")
        guard let store = stores[call.store], let orders = wish["pack_order_list"]?.items, !orders.isEmpty else { return refusal("700004", "pack_order_list is missing") }
        guard orders.count <= Self.maximumBatch else { return refusal("700022", "at most \(Self.maximumBatch) orders") }
        guard wish["delivery_type"]?.looseText == "dropship" else { return refusal("700017", "delivery_type must be dropship") }
        let providerCode = wish["shipment_provider_code"]?.looseText
        guard wish["shipping_allocate_type"]?.looseText == (store.seller.isCrossBorder ? "NTFS" : "TFS") else { return refusal("700018", "wrong shipping_allocate_type") }
        guard store.seller.isCrossBorder == (providerCode != nil) else { return refusal("700019", "shipment_provider_code does not fit the allocate type") }
        let answers = orders.map { packOrder($0, call.store, providerCode: providerCode) }
        return Self.result(["pack_order_list": .array(answers)])
    }

    /// The listed items of one order become one parcel, as far as they can; unlisted ones stay.
    private mutating func packOrder(_ wish: LazadaJSON, _ store: String, providerCode: String?) -> LazadaJSON {
        let wanted = wish["order_item_list"]?.items?.compactMap(\.looseInteger) ?? []
        let orderID = wish["order_id"]?.looseInteger ?? 0
        func answer(_ items: [LazadaJSON]) -> LazadaJSON { ["order_id": .integer(orderID), "order_item_list": .array(items)] }
        guard let order = stores[store]?.orders[orderID], !wanted.isEmpty else {
            return answer(wanted.map { Self.element("order_item_id", .integer($0), code: "700021", "order not found") })
        }
        let places = Set(order.items.filter { wanted.contains($0.id) }.map(\.warehouse))
        var elements: [LazadaJSON] = [], packable: [Item] = []
        for id in wanted {
            if let fault = whyNotPacked(id, in: order, places.count, store) {
                elements.append(Self.element("order_item_id", .integer(id), code: fault.code, fault.message, retry: fault.retry))
            } else if let item = order.items.first(where: { $0.id == id }), !packable.contains(where: { $0.id == id }) {
                packable.append(item)
            }
        }
        guard !packable.isEmpty else { return answer(elements) }
        let package = makePackage(of: packable, in: order, store)
        if order.needsCancelConfirm { count("packed while a cancellation was asked for") }
        elements += packable.map { item in
            Self.element("order_item_id", .integer(item.id)).with([
                "tracking_number": .string(package.trackingNumber), "shipment_provider": .string(package.provider), "package_id": .string(package.id),
            ])
        }
        return answer(elements)
    }

    private mutating func whyNotPacked(_ id: Int64, in order: Order, _ warehouses: Int, _ store: String) -> LazadaPackFault? {
        guard let item = order.items.first(where: { $0.id == id }) else { return LazadaPackFault(code: "700025", message: "item not found") }
        if item.isFBL { return LazadaPackFault(code: "700027", message: "item is fulfilled by Lazada") }
        if item.isDigital { return LazadaPackFault(code: "700030", message: "digital item needs no packing") }
        if !ItemStatus.mayBePacked(item.status) {
            counters.refusedPackings["\(store):\(id)", default: 0] += 1
            return LazadaPackFault(code: "700026", message: "item is \(item.status)")
        }
        if warehouses > 1 { return LazadaPackFault(code: "700029", message: "items of several warehouses") }
        if !packFaults.isEmpty { return packFaults.removeFirst() }
        return drawnPackFault()
    }

    /// By the fault level: the lock that another call holds, a busy system.
    private mutating func drawnPackFault() -> LazadaPackFault? {
        let chance: Double = switch configuration.faults.level {
        case .none: 0
        case .normal: 0.02
        case .storm: 0.1
        }
        guard chance > 0, generator.chance(chance) else { return nil }
        return LazadaPackFault(code: generator.pick(["700024", "40011", "6"], or: "6"), message: "system busy, please retry")
    }

    private mutating func makePackage(of items: [Item], in order: Order, _ store: String) -> Package {
        let country = stores[store]?.country ?? .th
        let isOwn = items.allSatisfy(\.isSellerDelivered)
        let life = chooseLife(isCrossBorder: stores[store]?.seller.isCrossBorder == true)
        let package = Package(
            id: packageID(), orderID: order.id, itemIDs: items.map(\.id), trackingNumber: isOwn ? "" : trackingNumber(country),
            provider: isOwn ? "Seller Own Fleet" : Self.providerName(country), isSellerDelivered: isOwn, life: life)
        stores[store]?.packages[package.id] = package
        for index in order.items.indices where package.itemIDs.contains(order.items[index].id) {
            stores[store]?.orders[order.id]?.items[index].packageID = package.id
            stores[store]?.orders[order.id]?.items[index].trackingNumber = package.trackingNumber
            stores[store]?.orders[order.id]?.items[index].provider = package.provider
            counters.packings["\(store):\(order.items[index].id)", default: 0] += 1
        }
        count("parcels packed")
        setStatus(ItemStatus.packed, of: Set(package.itemIDs), in: order.id, store)
        return package
    }

    private mutating func chooseLife(isCrossBorder: Bool) -> LazadaParcelLife {
        if !nextLife.isEmpty { return nextLife.removeFirst() }
        if generator.chance(configuration.oddLifeShare) { return generator.pick(LazadaParcelLife.allCases.filter { $0 != .crossBorder }, or: .delivered) }
        return isCrossBorder ? .crossBorder : .delivered
    }

    // MARK: Ready to ship, repack

    mutating func makeReadyToShip(_ call: Call) throws(Problem) -> LazadaJSON {
        try forEachPackage(of: call, "readyToShipReq") { state, package, store in
            guard package.stage == .packed else {
                state.counters.refusedReadyToShips[package.id, default: 0] += 1
                return LazadaPackFault(code: package.stage == .cancelled ? "600002" : "700031", message: "package is \(package.stage.rawValue)", retry: false)
            }
            state.counters.readyToShips[package.id, default: 0] += 1
            state.stores[store]?.packages[package.id]?.stage = .readyToShip
            let first = Package.Event(word: "READY_TO_SHIP", at: state.moment)
            state.stores[store]?.packages[package.id]?.events = [first]
            state.setStatus(ItemStatus.readyToShip, of: Set(package.itemIDs), in: package.orderID, store)
            state.pushPackage(package, word: "READY_TO_SHIP", store)
            if !package.isSellerDelivered { state.parcelsToMove.append(ParcelStep(store: store, package: package.id)) }
            return nil
        }
    }

    /// Back to `repacked`, without a parcel: the next packing makes a new one. From ready_to_ship it is unverified on the real platform.
    mutating func repack(_ call: Call) throws(Problem) -> LazadaJSON {
        try forEachPackage(of: call, "rePackReq") { state, package, store in
            guard package.stage == .packed || package.stage == .readyToShip else {
                return LazadaPackFault(code: package.stage == .cancelled ? "600002" : "700031", message: "package is \(package.stage.rawValue)", retry: false)
            }
            state.stores[store]?.packages[package.id]?.stage = .repacked
            guard let order = state.stores[store]?.orders[package.orderID] else { return nil }
            for index in order.items.indices where order.items[index].packageID == package.id {
                state.stores[store]?.orders[order.id]?.items[index].packageID = ""
                state.stores[store]?.orders[order.id]?.items[index].trackingNumber = ""
                state.stores[store]?.orders[order.id]?.items[index].provider = ""
            }
            state.count("parcels repacked")
            state.setStatus(ItemStatus.repacked, of: Set(package.itemIDs), in: order.id, store)
            return nil
        }
    }

    /// Runs `body` for each named package; nil from it is success.
    mutating func forEachPackage(
        of call: Call, _ parameter: String?, _ body: (inout LazadaState, Package, String) -> LazadaPackFault?
    ) throws(Problem) -> LazadaJSON {
        let wish = if let parameter { try call.json(parameter) } else { try call.anyJSONObject() }
        guard let wanted = wish["packages"]?.items, !wanted.isEmpty else { return refusal("700004", "packages is missing") }
        guard wanted.count <= Self.maximumBatch else { return refusal("700022", "at most \(Self.maximumBatch) packages") }
        let elements = wanted.map { wish -> LazadaJSON in
            let id = wish["package_id"]?.looseText ?? ""
            guard let package = stores[call.store]?.packages[id] else { return Self.element("package_id", .string(id), code: "700032", "package not found") }
            let fault = body(&self, package, call.store)
            return Self.element("package_id", .string(id), code: fault?.code ?? "0", fault?.message ?? "success", retry: fault?.retry ?? false)
        }
        return Self.result(["packages": .array(elements)])
    }
}
