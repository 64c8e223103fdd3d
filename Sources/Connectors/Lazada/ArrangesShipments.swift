package import Connect
import Domain

extension LazadaConnector: ArrangesShipments {
    /// One way: pick-up or drop-off is set in the seller centre, not by a call (§1). It tells which courier would come.
    package func handoverChoices(of order: OrderForAction) async throws(ConnectorError) -> [HandoverChoice] {
        let number = try orderNumber(order.snapshot.externalID)
        let units = UnitChoice.toPack(order.snapshot, try await OrderBodies(api: api).items(of: number))
        guard !units.isEmpty else { return [] }
        let offer = try await providers(order: number, units)
        if let failure = offer.failure { throw failure.error }
        let names = offer.providers.compactMap(\.name)
        let couriers = names.isEmpty ? "" : ": \(names.joined(separator: ", ").cut(120))"
        return [HandoverChoice(handover: .usual, title: "As set in Lazada's seller centre\(couriers)", isRecommended: true)]
    }

    /// Packs what is not packed, then says of every packed package that it is ready. Lazada has no key for repeats: the units are read first, and a package number there means that
    /// an earlier try went through although its answer was lost (§6).
    ///
    /// - Throws: `.unreachable` while a part may be tried again, else `.refused` with Lazada's words for the first part that failed; the others stay arranged.
    package func arrangeShipment(of order: OrderForAction, by handover: Handover, idempotencyKey: String) async throws(ConnectorError) -> [ArrangedPackage] {
        guard handover == .usual else {
            throw .refused(platformCode: "handover_not_choosable", platformMessage: "how parcels are handed over is set in the seller centre, and Lazada gives the tracking numbers")
        }
        let number = try orderNumber(order.snapshot.externalID)
        let items = try await arrange(number, order.snapshot, wanted: nil).items
        let packages = PackagePlan.packages(of: order.snapshot, items)
        guard packages.contains(where: { !$0.isVoid }) else { throw Self.nothingToArrange(items) }
        return packages
    }

    package func arrangedPackages(of order: OrderForAction) async throws(ConnectorError) -> [ArrangedPackage] {
        let number = try orderNumber(order.snapshot.externalID), items = try await OrderBodies(api: api).items(of: number)
        let packages = PackagePlan.packages(of: order.snapshot, items), open = UnitChoice.toPack(order.snapshot, items)
        guard !packages.isEmpty, !open.isEmpty else { return packages }
        // One warehouse's goods are packed and another's are not: these have no package number yet, and must not be taken for done.
        return packages + [ArrangedPackage(externalID: order.snapshot.externalID, isArranged: false, contents: UnitChoice.contents(open, of: order.snapshot),
                                           platformStatus: Set(open.map(\.status)).sorted().joined(separator: "/"))]
    }

    // MARK: the two steps

    /// - Returns: the units as they stand afterwards, and whether anything was written.
    func arrange(_ number: String, _ snapshot: OrderSnapshot, wanted: [String: Int]?) async throws(ConnectorError) -> (items: [WireItem], hasWritten: Bool) {
        let bodies = OrderBodies(api: api)
        var items = try await bodies.items(of: number), failures: [ActionFailure] = [], hasWritten = false
        let units = UnitChoice.toPack(snapshot, items, wanted: wanted)
        if !units.isEmpty {
            failures += try await pack(number, units)
            items = try await bodies.items(of: number)
            hasWritten = true
        }
        let waiting = PackagePlan.waitingPackages(items)
        for start in stride(from: 0, to: waiting.count, by: PackageRequests.batch) {
            let batch = Array(waiting[start..<min(start + PackageRequests.batch, waiting.count)])
            failures += try await api.call(PackageRequests.readyToShip(batch)).decode(ActionAnswer.self).failures()
        }
        if !waiting.isEmpty {
            items = try await bodies.items(of: number)
            hasWritten = true
        }
        try PackagePlan.raise(failures, items)
        return (items, hasWritten)
    }

    /// One call a warehouse: goods of several cannot be in one package (code 700029).
    private func pack(_ number: String, _ units: [WireItem]) async throws(ConnectorError) -> [ActionFailure] {
        let offer = try await providers(order: number, units)
        if let failure = offer.failure { throw failure.error }
        let allocation = offer.allocation ?? ProviderAnswer.local, isSellerDelivered = units.contains(where: \.isSellerDelivered)
        let provider = allocation == ProviderAnswer.local || isSellerDelivered ? nil : offer.providers.lazy.compactMap(\.code).first
        var failures: [ActionFailure] = []
        for group in PackagePlan.byWarehouse(units) {
            let call = PackageRequests.pack(order: number, items: group.map(\.id), allocation: allocation, provider: provider)
            failures += try await api.call(call).decode(ActionAnswer.self).failures()
        }
        return failures
    }

    private func providers(order number: String, _ units: [WireItem]) async throws(ConnectorError) -> ProviderAnswer {
        try await api.call(PackageRequests.providers(order: number, items: units.map(\.id))).decode(ProviderAnswer.self)
    }

    /// Why there is no package and nothing to make one of.
    static func nothingToArrange(_ items: [WireItem]) -> ConnectorError {
        let living = items.filter { ItemStates.meaning(of: $0.status).family != .cancelled }
        if living.isEmpty { return .refused(platformCode: "cancelled", platformMessage: "every unit of the order is cancelled at Lazada") }
        if living.allSatisfy(\.isFulfilledByLazada) { return .refused(platformCode: "fulfilled_by_lazada", platformMessage: "Lazada's own warehouse sends this order") }
        if living.allSatisfy(\.isDigital) { return .refused(platformCode: "digital_goods", platformMessage: "the order holds digital goods only") }
        let words = Set(living.map(\.status)).sorted().joined(separator: ", ")
        return .refused(platformCode: "nothing_to_pack", platformMessage: "none of the order's units can be packed now; they are \(words.cut(120))")
    }
}

/// What the units say of packages. Pure.
enum PackagePlan {
    /// Every package there is, by number, with what it holds.
    static func packages(of snapshot: OrderSnapshot, _ items: [WireItem]) -> [ArrangedPackage] {
        let packed = items.filter { $0.packageNumber != nil && $0.isOursToShip }
        return Dictionary(grouping: packed) { $0.packageNumber ?? "" }.sorted { $0.key < $1.key }.map { number, all in
            // Once packed, all units of a package go together (§6.7).
            let living = all.filter { ItemStates.meaning(of: $0.status).family != .cancelled }, units = living.isEmpty ? all : living
            let tracking = units.lazy.compactMap { $0.trackingCode?.trimmedOrNil }.first ?? units.lazy.compactMap { $0.earlyTrackingCode?.trimmedOrNil }.first
            return ArrangedPackage(
                externalID: PackageID(order: snapshot.externalID, package: number).text,
                isArranged: units.allSatisfy { ItemStates.meaning(of: $0.status).fulfilment.rank >= Fulfilment.readyToShip.rank },
                trackingNumber: tracking, carrier: units.lazy.compactMap { $0.provider?.trimmedOrNil }.first, contents: UnitChoice.contents(units, of: snapshot),
                platformStatus: Set(units.map(\.status)).sorted().joined(separator: "/"), isVoid: living.isEmpty)
        }
    }

    /// Packages that are packed and not yet said to be ready.
    static func waitingPackages(_ items: [WireItem]) -> [String] {
        Set(items.filter { ItemStates.packed.contains($0.status.lowercased()) && $0.isOursToShip }.compactMap(\.packageNumber)).sorted()
    }

    static func byWarehouse(_ units: [WireItem]) -> [[WireItem]] {
        Dictionary(grouping: units) { $0.warehouse ?? "" }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// What failed and is not mended by what stands there now. While one part may be tried again the whole is: the rest is looked at first then.
    static func raise(_ failures: [ActionFailure], _ items: [WireItem]) throws(ConnectorError) {
        let open = failures.filter { !isSettled($0, items) }.map(\.error)
        if let passing = open.first(where: { $0.failureClass == .transient }) { throw passing }
        if let first = open.first { throw first }
    }

    /// Refused for its state, and found packed or ready: somebody, or an earlier try of ours, was faster.
    private static func isSettled(_ failure: ActionFailure, _ items: [WireItem]) -> Bool {
        let concerned = items.filter { item in failure.unit.map { item.id == $0 } ?? failure.package.map { item.packageNumber == $0 } ?? false }
        return !concerned.isEmpty && concerned.allSatisfy { ItemStates.meaning(of: $0.status).fulfilment.rank >= Fulfilment.readyToShip.rank }
    }
}

extension WireItem {
    /// nil while it is in no package.
    var packageNumber: String? { packageID?.trimmedOrNil.flatMap { PackageID.isName($0) ? $0 : nil } }
}
