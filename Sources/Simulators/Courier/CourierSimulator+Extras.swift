import Foundation
import Hummingbird
import SimulatorKit
import Synchronization

/// The optional calls: pick-up, manifest, rates (generic-courier.md §6).
extension CourierSimulator {
    func addExtras(to api: RouterGroup<BasicSimulatorContext>) {
        api.post("pickups") { request, _ in await self.answer(request, self.postPickup) }
        api.post("pickups/{id}/cancel") { request, context in
            let id = try context.parameters.require("id")
            return await self.answer(request) { call throws(CourierProblem) in try self.postPickupCancel(id, call) }
        }
        api.post("manifests") { request, _ in await self.answer(request, self.postManifest) }
        api.post("rates") { request, _ in await self.answer(request, self.postRates) }
    }

    private struct Pickup: Encodable { var pickupId: String, status: String }

    private func postPickup(_ call: CourierCall) throws(CourierProblem) -> CourierReply {
        struct Body: Decodable { var date: String, parcelCount: Int; var window: [String]?, orderIds: [String]? }
        let body = try call.decode(Body.self)
        guard body.parcelCount > 0 else { throw .init(.invalidField, "parcelCount must be positive.", field: "parcelCount") }
        guard CourierTime.parse("\(body.date)T00:00:00+07:00") != nil else { throw .init(.invalidField, "date is a day like 2026-03-02.", field: "date") }
        guard body.window.map({ $0.count == 2 }) ?? true else { throw .init(.invalidField, "window is two hours.", field: "window") }
        let id = "pu_\(String(UInt64.random(in: .min ... .max), radix: 36))"
        var isNew = false
        let reply = try once(call) { book throws(CourierProblem) in
            for order in body.orderIds ?? [] { _ = try book.order(order) }
            isNew = true
            return .json(Pickup(pickupId: id, status: "scheduled"), status: 201)
        }
        if isNew { state.withLock { $0.pickups[id] = CourierPickup(id: id, date: body.date, parcelCount: body.parcelCount, orders: body.orderIds ?? [], status: "scheduled") } }
        return reply
    }

    private func postPickupCancel(_ id: String, _ call: CourierCall) throws(CourierProblem) -> CourierReply {
        guard state.withLock({ $0.pickups[id] }) != nil else { throw .init(.notFound, "No such pick-up.") }
        let reply = try once(call) { _ throws(CourierProblem) in .json(Pickup(pickupId: id, status: "cancelled")) }
        state.withLock { $0.pickups[id]?.status = "cancelled" }
        return reply
    }

    /// By day.
    package var pickups: [CourierPickup] { state.withLock { Array($0.pickups.values) }.sorted { ($0.date, $0.id) < ($1.date, $1.id) } }

    /// An order may be in one open manifest only.
    private func postManifest(_ call: CourierCall) throws(CourierProblem) -> CourierReply {
        struct Body: Decodable { var orderIds: [String]; var handoverPoint: String? }
        struct Manifest: Encodable { var manifestId: String, pdfUrl: String }
        let body = try call.decode(Body.self)
        guard !body.orderIds.isEmpty else { throw .init(.missingField, "No order is named.", field: "orderIds") }
        let manifested = state.withLock { $0.manifestOf }
        let id = "mf_\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let url = "\(apiURL)/manifests/\(id).pdf"
        let reply = try once(call) { book throws(CourierProblem) in
            for (index, order) in body.orderIds.enumerated() {
                _ = try book.order(order)
                guard manifested[order] != nil else { continue }
                throw .init(.invalidField, "In another open manifest already.", field: "orderIds[\(index)]", orderID: order)
            }
            return .json(Manifest(manifestId: id, pdfUrl: url), status: 201)
        }
        state.withLock { state in for order in body.orderIds { state.manifestOf[order] = state.manifestOf[order] ?? id } }
        return reply
    }

    private func postRates(_ call: CourierCall) throws(CourierProblem) -> CourierReply {
        struct Parcel: Decodable { var weightGrams: Int }
        struct Body: Decodable { var parcels: [Parcel] }
        struct Rate: Encodable { var service: String, amount: Int64, currency: String, etaDays: Int }
        let body = try call.decode(Body.self)
        let base = body.parcels.reduce(0) { $0 + CourierBook.fee(ofGrams: $1.weightGrams) }
        return try once(call) { _ throws(CourierProblem) in
            .json(configuration.services.sorted().map { service in
                let isFast = service == "express"
                return Rate(service: service, amount: isFast ? base * 2 : base, currency: CourierTime.feeCurrency, etaDays: isFast ? 1 : 3)
            })
        }
    }
}

/// A pick-up that the courier was asked for.
package struct CourierPickup: Sendable, Equatable {
    package var id: String, date: String, parcelCount: Int, orders: [String], status: String
}
