package import Connect
package import Domain

extension ShopeeConnector: FulfilsOrders {
    /// Only where a carrier of the seller's own takes the package (`non_integrated`) does the shop wait to be told; everywhere else the courier's scans move the order,
    /// and there is nothing to tell (platforms/shopee.md §1, §6).
    ///
    /// - Throws: `.alreadyDone` where nothing was left to tell.
    package func markShipped(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError) {
        let current = try await currentOrder(order.snapshot.externalID)
        if current.word?.isPastShipping == true { throw .alreadyDone }
        try Self.checkArrangeable(current)
        guard let number = current.number else { throw .alreadyDone }
        var told = 0, notReady = false
        for package in ShippedPackages.of(shipment, in: current) {
            if package.word?.isHeld == true { notReady = true }
            guard package.word?.isShippable == true else { continue }
            let parameter = try await shippingParameter(of: number, package, in: current)
            guard parameter.nonIntegrated != nil else { continue }
            guard let tracking = ShippedPackages.trackingNumber(of: package, by: shipment, in: current) else {
                throw .refused(platformCode: "tracking_number_missing", platformMessage: "Shopee wants a tracking number with a carrier of your own")
            }
            try await ship(number, package, in: current, way: .nonIntegrated(trackingNumber: tracking), handover: .ownCarrier(trackingNumber: tracking))
            told += 1
        }
        if told == 0 {
            if notReady { throw .throttled(until: context.now() + StateRefusal.notReadyPause) }
            throw .alreadyDone
        }
    }

    /// Only before shipping (§6). The platform has no idempotency key, so the order is read before and after.
    package func cancelOrder(_ order: OrderForAction, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer {
        let current: PlatformOrder
        do throws(ConnectorError) { current = try await currentOrder(order.snapshot.externalID) } catch {
            if case .refused(platformCode: "not_found", _) = error { return .unknown }
            throw error
        }
        if let answer = Self.cancellation(of: current) { return answer }
        guard let number = current.number else { return .unknown }
        let code = CancelReason(reason, fallback: settings.cancelReason, order: current)
        let call = ShopeeCall.post("order/cancel_order") { json in
            json.field("order_sn", number)
            json.field("cancel_reason", code.rawValue)
            if code == .outOfStock { Self.write(current.lines, to: &json) }
        }
        let outcome = try await client.outcome(of: call)
        let after = try await currentOrder(order.snapshot.externalID)
        if let answer = Self.cancellation(of: after) { return answer }
        switch outcome {
        // It was taken, and the order does not show it yet.
        case .success: return .pending
        case .failure(let refusal):
            if case .alreadyDone = refusal.error { return .pending }
            throw refusal.error
        }
    }

    /// What the order says by itself; nil: it could still be cancelled, and is not.
    private static func cancellation(of order: PlatformOrder) -> CancelAnswer? {
        switch order.word {
        case .cancelled: .cancelled
        case .inCancel: .pending
        case .shipped, .toConfirmReceive, .completed, .toReturn: .tooLate(platformMessage: "the order has the status \(order.status ?? "") at Shopee")
        case .unpaid, .pending, .invoicePending, .readyToShip, .processed, .retryShip, nil: nil
        }
    }

    private static func write(_ lines: [PlatformLine], to json: inout JSONText) {
        json.name("item_list")
        json.array { json in
            for line in lines {
                json.object { json in
                    json.number("item_id", line.itemID ?? "0")
                    json.number("model_id", line.modelID ?? "0")
                }
            }
        }
    }
}

extension ShopeeConnector: AnswersCancellations {
    package func answerCancellation(of order: OrderForAction, isAccepted: Bool, reason: String?, idempotencyKey: String) async throws(ConnectorError) {
        let current = try await currentOrder(order.snapshot.externalID)
        try Self.checkAnswerable(current, isAccepted: isAccepted)
        guard let number = current.number else { throw .alreadyDone }
        let call = ShopeeCall.post("order/handle_buyer_cancellation") { json in
            json.field("order_sn", number)
            json.field("operation", isAccepted ? "ACCEPT" : "REJECT")
        }
        guard case .failure(let refusal) = try await client.outcome(of: call) else { return }
        guard refusal.error.failureClass == .rejected else { throw refusal.error }
        // Somebody else, or the platform's own clock, may have answered meanwhile.
        try Self.checkAnswerable(try await currentOrder(order.snapshot.externalID), isAccepted: isAccepted)
        throw refusal.error
    }

    /// - Throws: `.alreadyDone` where the order stands as the answer would have it, `.refused` where it was decided otherwise.
    private static func checkAnswerable(_ order: PlatformOrder, isAccepted: Bool) throws(ConnectorError) {
        switch (order.word, isAccepted) {
        case (.inCancel, _): return
        case (.cancelled, true): throw .alreadyDone
        case (.cancelled, false): throw .refused(platformCode: "order_cancelled", platformMessage: "the order was cancelled already")
        case (_, false): throw .alreadyDone
        case (_, true): throw .refused(platformCode: "not_in_cancel", platformMessage: "nobody asks to cancel the order; it has the status \((order.status ?? "").cut(60))")
        }
    }
}

/// The reasons that Shopee takes (platforms/shopee.md §6).
enum CancelReason: String, Sendable, CaseIterable {
    case outOfStock = "OUT_OF_STOCK"
    case customerRequest = "CUSTOMER_REQUEST"
    /// Taiwan and Malaysia only.
    case undeliverableArea = "UNDELIVERABLE_AREA"
    case codNotSupported = "COD_NOT_SUPPORTED"

    /// The reason that `words` names, where this order may have it; else the channel's usual one.
    init(_ words: String, fallback: CancelReason, order: PlatformOrder) {
        let word = words.trimmed.uppercased().replacing(" ", with: "_").replacing("-", with: "_")
        let named = Self.allCases.first { $0.rawValue == word } ?? fallback
        self = named.isFor(order) ? named : .customerRequest
    }

    private func isFor(_ order: PlatformOrder) -> Bool {
        switch self {
        case .outOfStock, .customerRequest: true
        case .undeliverableArea: ["TW", "MY"].contains(order.region ?? "")
        case .codNotSupported: order.isCashOnDelivery
        }
    }
}

/// Which of an order's packages a shipment speaks of.
enum ShippedPackages {
    /// All of them where there is one, or where the shipment does not say what it holds; else those whose contents it holds.
    static func of(_ shipment: Shipment, in order: PlatformOrder) -> [PlatformPackage] {
        let held = quantities(shipment.parcels.flatMap(\.contents))
        guard order.packages.count > 1, !held.isEmpty else { return order.packages }
        return order.packages.filter { isHeld($0, by: held, in: order) }
    }

    /// The number of the parcel that holds the package, else the shipment's.
    static func trackingNumber(of package: PlatformPackage, by shipment: Shipment, in order: PlatformOrder) -> String? {
        let parcel = shipment.parcels.first { $0.trackingNumber != nil && isHeld(package, by: quantities($0.contents), in: order) }
        let number = parcel?.trackingNumber ?? shipment.trackingNumber ?? (shipment.parcels.count == 1 ? shipment.parcels.first?.trackingNumber : nil)
        return number?.trimmed.nonEmpty
    }

    private static func isHeld(_ package: PlatformPackage, by held: [String: Int], in order: PlatformOrder) -> Bool {
        let contents = quantities(PackageContents.contents(of: package, in: order))
        return !contents.isEmpty && contents.allSatisfy { held[$0.key, default: 0] >= $0.value }
    }

    private static func quantities(_ contents: [Parcel.Content]) -> [String: Int] { Dictionary(contents.map { ($0.externalLineID, $0.quantity) }, uniquingKeysWith: +) }
}
