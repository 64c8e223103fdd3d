package import Connect
import Domain

extension ShopeeConnector: ArrangesShipments {
    package func handoverChoices(of order: OrderForAction) async throws(ConnectorError) -> [HandoverChoice] {
        let current = try await currentOrder(order.snapshot.externalID)
        try Self.checkArrangeable(current)
        guard let package = current.packages.first(where: { $0.word?.isShippable == true }), let number = current.number else { return [] }
        return try await shippingParameter(of: number, package, in: current).choices
    }

    /// `ship_order` knows no idempotency key (platforms/shopee.md §6), so each package is looked at before it is touched, and again when the platform refuses.
    package func arrangeShipment(of order: OrderForAction, by handover: Handover, idempotencyKey: String) async throws(ConnectorError) -> [ArrangedPackage] {
        let current = try await currentOrder(order.snapshot.externalID)
        try Self.checkArrangeable(current)
        guard let number = current.number, !current.packages.isEmpty else { throw notReady }
        let isDone = { (package: PlatformPackage) in package.word.map { $0.isArranged || $0.isCancelled } ?? false }
        if current.packages.allSatisfy({ $0.word?.isCancelled == true }) {
            let words = current.packages.map(\.status).joined(separator: ", ").cut(200)
            throw .refused(platformCode: "package_cancelled", platformMessage: "Shopee sends none of the order's packages any more (\(words))")
        }
        var failure: ConnectorError?
        for package in current.packages where !isDone(package) {
            do throws(ConnectorError) { try await arrange(package, of: number, in: current, by: handover) } catch {
                switch error.failureClass {
                // The others can still go; the first reason is told when all were tried.
                case .rejected, .throttled: failure = failure ?? error
                case .transient, .unauthorised, .alreadyDone: throw error
                }
            }
        }
        if let failure { throw failure }
        let after = try await currentOrder(order.snapshot.externalID)
        return await arranged(after, number: number)
    }

    package func arrangedPackages(of order: OrderForAction) async throws(ConnectorError) -> [ArrangedPackage] {
        let current = try await currentOrder(order.snapshot.externalID)
        guard let number = current.number else { return [] }
        var packages: [ArrangedPackage] = []
        for package in current.packages {
            var tracking: String?
            if package.word?.isArranged == true { tracking = try await trackingNumber(of: number, package.number, in: current) }
            packages.append(arrangedPackage(package, of: current, number: number, trackingNumber: tracking))
        }
        return packages
    }

    // MARK: One package

    private func arrange(_ package: PlatformPackage, of number: String, in order: PlatformOrder, by handover: Handover) async throws(ConnectorError) {
        guard package.word?.isShippable == true else {
            if package.word?.isHeld == true { throw notReady }
            throw .refused(platformCode: "package_not_shippable", platformMessage: "the package \(package.number ?? "") has the status \(package.status.cut(60))")
        }
        let way = try await shippingParameter(of: number, package, in: order).way(for: handover, preferring: settings.handover, senderName: settings.senderName)
        try await ship(number, package, in: order, way: way, handover: handover)
    }

    /// Sends the shipment, mends what can be mended once, and otherwise lets the package's state decide.
    func ship(_ number: String, _ package: PlatformPackage, in order: PlatformOrder, way: ShippingParameter.Way, handover: Handover) async throws(ConnectorError) {
        let packageNumber = order.isSplit ? package.number : nil
        guard let refusal = try await shipOnce(number, packageNumber, way) else { return }
        guard case .state(let state) = refusal.kind else { throw refusal.error }
        switch state {
        case .needsNoPackageNumber where packageNumber != nil:
            if let second = try await shipOnce(number, nil, way) { try await settle(second, number, package) }
        case .pickupTime, .cutoffTime:
            // A slot that a person chose is for a person to choose again; the usual one is looked up anew.
            guard handover == .usual else { throw refusal.error }
            let fresh = try await shippingParameter(of: number, package, in: order).way(for: handover, preferring: settings.handover, senderName: settings.senderName)
            if let second = try await shipOnce(number, packageNumber, fresh) { try await settle(second, number, package) }
        case .notReadyToShip, .onlyOneWay, .needsNoPackageNumber, .needsSenderName, .alreadyShipped, .isBooking, .locked, .tooManyCalls, .labelLater, .labelNotMade, .labelFailed, .noLabel:
            try await settle(refusal, number, package)
        }
    }

    /// After a refusal the package is read again: where it is arranged all the same, it is done.
    private func settle(_ refusal: Refusal, _ number: String, _ package: PlatformPackage) async throws(ConnectorError) {
        guard case .state(let state) = refusal.kind else { throw refusal.error }
        let now = try await currentOrder(externalID(of: number))
        let same = now.packages.first { $0.number == package.number } ?? (now.packages.count == 1 ? now.packages.first : nil)
        if same?.word?.isArranged == true || state == .alreadyShipped { return }
        try Self.checkArrangeable(now)
        throw refusal.error
    }

    /// - Returns: nil for a success, which has no `response`.
    private func shipOnce(_ number: String, _ packageNumber: String?, _ way: ShippingParameter.Way) async throws(ConnectorError) -> Refusal? {
        let call = ShopeeCall.post("logistics/ship_order") { json in
            json.field("order_sn", number)
            json.field("package_number", packageNumber)
            way.write(to: &json)
        }
        if case .failure(let refusal) = try await client.outcome(of: call) { return refusal }
        return nil
    }

    func shippingParameter(of number: String, _ package: PlatformPackage, in order: PlatformOrder) async throws(ConnectorError) -> ShippingParameter {
        let envelope = try await client.call(.get("logistics/get_shipping_parameter", Self.query(number, order.isSplit ? package.number : nil)))
        guard envelope["response"]["info_needed"].isObject else { throw .notUnderstood(field: "response.info_needed", found: envelope["response"]["info_needed"].quoted) }
        return ShippingParameter(envelope["response"])
    }

    /// nil while the courier has given none.
    func trackingNumber(of number: String, _ packageNumber: String?, in order: PlatformOrder) async throws(ConnectorError) -> String? {
        try await client.call(.get("logistics/get_tracking_number", Self.query(number, order.isSplit ? packageNumber : nil)))["response"]["tracking_number"].text
    }

    private static func query(_ number: String, _ packageNumber: String?) -> [ShopeeCall.Parameter] {
        [.init("order_sn", number)] + (packageNumber.map { [.init("package_number", $0)] } ?? [])
    }

    // MARK: What may be arranged

    static func checkArrangeable(_ order: PlatformOrder) throws(ConnectorError) {
        if order.isAdvance { throw .refused(platformCode: "advance_package", platformMessage: "the stock lies at Shopee already; Shopee arranges the shipment itself") }
        if order.isFulfilledByPlatform { throw .refused(platformCode: "fulfilled_by_shopee", platformMessage: "Shopee fulfils the order from its own warehouse") }
        switch order.word {
        case .cancelled: throw .refused(platformCode: "order_cancelled", platformMessage: "the order was cancelled")
        case .inCancel: throw .refused(platformCode: "cancel_requested", platformMessage: "the buyer asked to cancel the order; answer that first")
        case .unpaid, .pending, .invoicePending, .readyToShip, .processed, .retryShip, .shipped, .toConfirmReceive, .completed, .toReturn, nil: break
        }
    }

    /// The package is not let go yet; it is looked at again later (advised from an hour after the order on).
    private var notReady: ConnectorError { .throttled(until: context.now() + StateRefusal.notReadyPause) }

    // MARK: In our words

    /// After the arranging a missing number must not make the work look undone: it comes by push, or is asked for again.
    private func arranged(_ order: PlatformOrder, number: String) async -> [ArrangedPackage] {
        var packages: [ArrangedPackage] = []
        for package in order.packages {
            var tracking: String?
            if package.word?.isArranged == true { tracking = try? await trackingNumber(of: number, package.number, in: order) }
            packages.append(arrangedPackage(package, of: order, number: number, trackingNumber: tracking))
        }
        return packages
    }

    private func arrangedPackage(_ package: PlatformPackage, of order: PlatformOrder, number: String, trackingNumber: String?) -> ArrangedPackage {
        let contents = PackageContents.contents(of: package, in: order)
        return ArrangedPackage(
            externalID: packageID(number, package.number), isArranged: package.word?.isArranged == true, trackingNumber: trackingNumber,
            carrier: package.carrier ?? order.json["shipping_carrier"].text, contents: contents, weightGrams: PackageContents.weightGrams(contents, in: order), platformStatus: package.status.cut(100),
            isVoid: package.word.map { $0.isVoid(wasPickedUp: order.pickedUpAt != nil) } ?? false)
    }

    /// `{shop_id}:{order_sn}/{package_number}`: what a label is asked with.
    func packageID(_ orderNumber: String, _ packageNumber: String?) -> ExternalID { externalID(of: orderNumber) + (packageNumber.map { "/\($0)" } ?? "") }
}

/// What of an order's lines lies in a package (platforms/shopee.md §4.2).
enum PackageContents {
    static func contents(of package: PlatformPackage, in order: PlatformOrder) -> [Parcel.Content] {
        var contents: [Parcel.Content] = [], used: [String: Int] = [:]
        for item in package.items {
            let key = PlatformLine.key(of: item), quantity = Int(min(max(item["model_quantity"].integer ?? 0, 0), Int64(OrderReading.maximumQuantity)))
            let exact = order.lines.filter { PlatformLine.key(of: $0.json) == key }
            let goods = "\(item["item_id"].identifier ?? "0"):\(item["model_id"].identifier ?? "0")"
            let candidates = exact.isEmpty ? order.lines.filter { $0.goods == goods } : exact
            var left = quantity
            // Lines that nobody can tell apart are filled one after the other, the last takes what is over.
            for (index, line) in candidates.enumerated() where left > 0 {
                let bought = Int(min(max((line.active.isAbsent ? line.purchased : line.active).integer ?? 0, 0), Int64(OrderReading.maximumQuantity)))
                let free = index == candidates.count - 1 ? left : max(0, bought - used[line.id, default: 0])
                let taken = min(left, free)
                guard taken > 0 else { continue }
                used[line.id, default: 0] += taken
                left -= taken
                contents.append(Parcel.Content(externalLineID: line.id, sku: line.json["model_sku"].text ?? line.json["item_sku"].text, quantity: taken))
            }
        }
        return contents
    }

    /// nil where one of the lines has no weight.
    static func weightGrams(_ contents: [Parcel.Content], in order: PlatformOrder) -> Int? {
        let weights = Dictionary(order.lines.map { ($0.id, OrderReading.grams($0.json["weight"])) }, uniquingKeysWith: { first, _ in first })
        var sum = 0
        for content in contents {
            guard let grams = weights[content.externalLineID] ?? nil else { return nil }
            sum += grams * content.quantity
        }
        return contents.isEmpty ? nil : sum
    }
}
