package import Connect
package import Domain

extension LazadaConnector: MarksDelivered {
    /// Only for orders that the seller delivers himself: for all others Lazada's own courier tells what left, and its numbers cannot be set (§1).
    ///
    /// The shipment's units are packed and said to be ready; once it is delivered or failed, that is told as well. What is there already is read first.
    /// - Throws: `.alreadyDone` when nothing was left to tell, and for orders that Lazada's couriers carry.
    package func markShipped(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError) {
        let number = try orderNumber(order.snapshot.externalID)
        let items = try await OrderBodies(api: api).items(of: number)
        let living = items.filter { ItemStates.meaning(of: $0.status).family != .cancelled }
        guard !living.isEmpty else { throw .refused(platformCode: "cancelled", platformMessage: "every unit of the order is cancelled at Lazada") }
        guard living.contains(where: \.isSellerDelivered) else { throw .alreadyDone }

        let wanted = Self.quantities(of: shipment)
        let arranged = try await arrange(number, order.snapshot, wanted: wanted)
        let hasReported = try await report(shipment, order.snapshot, arranged.items, wanted: wanted)
        guard arranged.hasWritten || hasReported else { throw .alreadyDone }
    }

    /// What is not packed or ready yet is made so first: the word of the delivery may be the first that gets through.
    package func markDelivered(_ shipment: Shipment, of order: OrderForAction, idempotencyKey: String) async throws(ConnectorError) {
        try await markShipped(shipment, of: order, idempotencyKey: idempotencyKey)
    }

    /// Quantities by line; nil where the shipment does not say what it holds: all of it then.
    static func quantities(of shipment: Shipment) -> [String: Int]? {
        let contents = shipment.parcels.flatMap(\.contents)
        return contents.isEmpty ? nil : Dictionary(contents.map { ($0.externalLineID, max(0, $0.quantity)) }) { $0 &+ $1 }
    }

    /// Tells the end of the way, for the packages that hold the shipment's units and have not come to it yet.
    private func report(_ shipment: Shipment, _ snapshot: OrderSnapshot, _ items: [WireItem], wanted: [String: Int]?) async throws(ConnectorError) -> Bool {
        guard shipment.status == .delivered || shipment.status == .deliveryFailed else { return false }
        let lines = snapshot.lines.filter { (wanted?[$0.externalLineID] ?? ($0.quantity)) > 0 }
        let units = lines.flatMap { UnitChoice.units(of: $0, in: snapshot, among: items) }.filter(\.isSellerDelivered)
        let open = units.filter { unit in
            let meaning = ItemStates.meaning(of: unit.status)
            return meaning.family == .live && meaning.fulfilment != .delivered && meaning.fulfilment != shipment.status
        }
        let packages = Set(open.compactMap(\.packageNumber)).sorted()
        for start in stride(from: 0, to: packages.count, by: PackageRequests.batch) {
            let batch = Array(packages[start..<min(start + PackageRequests.batch, packages.count)])
            let call = shipment.status == .delivered ? PackageRequests.delivered(batch) : PackageRequests.deliveryFailed(batch)
            let failures = try await api.call(call).decode(ActionAnswer.self).failures()
            try PackagePlan.raise(failures.filter { $0.meaning != .notSellerDelivered }, [])
        }
        return !packages.isEmpty
    }
}
