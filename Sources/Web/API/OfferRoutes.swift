import Domain
import HTTPTypes
import Hub
import Hummingbird

/// The ways out of an address that contradicts itself.
struct OfferRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("orders/:id/address-offers", use: offers)
        api.post("orders/:id/address-offers", use: take)
    }

    struct Offers: Encodable {
        /// What contradicts what; nil: nothing does.
        var sentence: String?
        var data: [OrderOffer]
    }

    @Sendable private func offers(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        _ = try context.require(.buyersRead)
        let id = try APIRead.id(OrderID.self, context, what: "order")
        guard let order = try await hub.ledger.order(id) else { throw APIProblem.notFound("order") }
        return try APIWrite.json(Offers(sentence: AddressCheck.sentence(for: order), data: AddressCheck.offers(for: order)))
    }

    struct Taken: Decodable { var offer: String, revision: Int? }

    /// Its values are edited in: the order waits for approval as after any edit.
    @Sendable private func take(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite)
        _ = try context.require(.buyersRead)
        let id = try APIRead.id(OrderID.self, context, what: "order"), body = try await APIRead.body(Taken.self, request)
        let order = try await hub.ledger.takeOffer(body.offer, on: id, by: caller.actor, seenVersion: body.revision)
        let platform = hub.channels.directory.channel(order.channel)?.platform ?? "", shipments = try await hub.ledger.shipments(of: id)
        return APIWrite.json(text: try OrderDocument(order, platform: platform, shipments: shipments, isMasked: false).json())
    }
}
