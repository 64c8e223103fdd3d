import Domain
import HTTPTypes
import Hub
import Hummingbird

/// Carriers asked to fetch parcels, once a carrier and day.
struct PickupRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("pickups", use: pickups)
        api.post("pickups", use: request)
        api.post("pickups/:id/cancel", use: cancel)
    }

    struct View: Encodable {
        var id: String, carrier: String, carrierChannel: ChannelID, day: String
        var window: [String]?
        var parcels: Int, state: Pickup.State
        var externalID: ExternalID?
        var carrierStatus: String?, message: String?
        var askedBy: String, askedAt: Timestamp
    }

    private func view(_ pickup: Pickup) -> View {
        View(id: "\(pickup.id)", carrier: hub.channels.directory.channel(pickup.channel)?.name ?? "", carrierChannel: pickup.channel, day: pickup.day, window: pickup.window, parcels: pickup.parcels,
             state: pickup.state, externalID: pickup.externalID, carrierStatus: pickup.carrierStatus, message: pickup.message, askedBy: pickup.askedBy, askedAt: pickup.askedAt)
    }

    @Sendable private func pickups(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersRead)
        let since = try request.query["since"] ?? WorkspaceClock(zone: caller.zone, language: .en, now: hub.now()).day(inFieldOf: hub.now())
        guard since.utf8.count == 10, Timestamp(rfc3339: "\(since)T00:00:00Z") != nil else { throw APIRead.invalid("since", "a day like 2026-11-21") }
        return try APIWrite.json(APIWrite.Page(data: try await hub.pickups.pickups(since: since).map(view), nextCursor: nil))
    }

    struct Body: Decodable { var carrier: String, day: String, window: [String]? }

    /// Asked again for the same carrier and day it is the same pick-up.
    @Sendable private func request(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), body = try await APIRead.body(Body.self, request), carrier = try hub.channels.channel(named: body.carrier)
        return try APIWrite.json(view(try await hub.pickups.request(carrier.id, on: body.day, window: body.window, by: caller.actor)))
    }

    @Sendable private func cancel(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite), id = try ShippingRoutes.id(context, "pick-up")
        return try APIWrite.json(view(try await hub.pickups.cancel(id, by: caller.actor)))
    }
}
